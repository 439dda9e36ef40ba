"""
The certificate authority: made once, whole or renewed, private.
"""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import CaptureUnavailable
from proxy.authority import CERTIFICATE, PRIVATE, RENEWED, ready_authority
from tests.end2end.capturing import ROOT


def test_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    assert ready_authority(folder) == ""
    made = (folder / PRIVATE).read_bytes()
    assert ready_authority(folder) == ""
    assert (folder / PRIVATE).read_bytes() == made
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / PRIVATE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["authority"]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN RSA PRIVATE KEY-----\nAAAA", b"\xff"])
def test_damaged_is_set_aside_and_said(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "authority"
    ready_authority(folder)
    (folder / PRIVATE).write_bytes(content)
    assert ready_authority(folder) == RENEWED
    assert ready_authority(folder) == ""
    (aside,) = [path for path in tmp_path.iterdir() if "damaged" in path.name]
    assert (aside / PRIVATE).read_bytes() == content


def test_certificate_file_is_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    ready_authority(folder)
    public = (folder / CERTIFICATE).read_bytes()
    (folder / CERTIFICATE).unlink()
    assert ready_authority(folder) == ""
    assert (folder / CERTIFICATE).read_bytes() == public
    (folder / CERTIFICATE).write_bytes(b"another")
    assert ready_authority(folder) == ""
    assert (folder / CERTIFICATE).read_bytes() == public


def test_who_comes_second_uses_the_first_ones(tmp_path: Path) -> None:
    folder = tmp_path / "authority"
    script = (
        "from pathlib import Path; from proxy.authority import ready_authority;"
        f"ready_authority(Path({str(folder)!r}))"
    )
    started = [subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert ready_authority(folder) == ""
    assert [path.name for path in tmp_path.iterdir()] == ["authority"]


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CaptureUnavailable, match="cannot be made"):
        ready_authority(tmp_path / "file" / "authority")
