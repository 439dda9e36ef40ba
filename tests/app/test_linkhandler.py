"""
Links of the desktop: what is written for them, and that nothing is left of it.
"""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app import linkhandler
from app.errors import AppError

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="desktop entries")


@pytest.fixture(autouse=True)
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for what desktops keep, with another program's default in it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    (tmp_path / "config/mimeapps.list").write_text("[Default Applications]\ntext/html=b.desktop\n")
    return tmp_path


def entry(desktop: Path) -> dict[str, str]:
    text = (desktop / "data/applications" / linkhandler.ENTRY).read_text("utf-8")
    assert text.startswith("[Desktop Entry]\n")
    return dict(line.split("=", 1) for line in text.splitlines()[1:])


def test_links_are_opened_and_no_longer(desktop: Path) -> None:
    assert not linkhandler.is_registered()
    linkhandler.register()
    assert linkhandler.is_registered()
    found = entry(desktop)
    assert found["MimeType"] == "x-scheme-handler/eventscope;"
    assert found["Exec"].endswith(" %u")
    linkhandler.register()
    linkhandler.unregister()
    assert not linkhandler.is_registered()
    assert not list((desktop / "data/applications").glob("*.desktop"))
    assert linkhandler.KIND not in (desktop / "config/mimeapps.list").read_text()
    assert "text/html=b.desktop" in (desktop / "config/mimeapps.list").read_text()
    linkhandler.unregister()


def test_what_is_written_starts_this_program(desktop: Path) -> None:
    linkhandler.register()
    found = entry(desktop)
    words = shlex.split(found["Exec"].removesuffix(" %u"))
    result = subprocess.run(
        [*words, "eventscope://event/nonsense"],
        check=False, capture_output=True, text=True, timeout=120, cwd=found["Path"],
    )  # fmt: skip
    assert result.returncode == 1
    assert "This is not a link to an event." in result.stderr


def test_the_desktop_knows_where_it_has_its_tools(desktop: Path) -> None:
    if linkhandler.shutil.which("xdg-mime") is None:
        pytest.skip("there are no tools of a desktop")
    linkhandler.register()
    asked = subprocess.run(
        ["xdg-mime", "query", "default", linkhandler.KIND],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert asked.stdout.strip() == linkhandler.ENTRY


def test_another_copy_of_the_program_is_another_program(
    desktop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkhandler.register()
    monkeypatch.setattr(sys, "executable", str(desktop / "elsewhere/py thon$"))
    assert linkhandler.command() == [str(desktop / "elsewhere/py thon$"), "-m", "app"]
    assert not linkhandler.is_registered()
    linkhandler.register()
    # In double quotes, with what means something there marked, and that once more as in any text.
    assert '/py thon\\\\$" "-m" "app" %u' in entry(desktop)["Exec"]


def test_a_folder_that_cannot_be_written_is_said(desktop: Path) -> None:
    (desktop / "data").write_text("in the way")
    with pytest.raises(AppError, match="Links cannot be opened with this program"):
        linkhandler.register()
    assert not linkhandler.is_registered()


def test_macs_say_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(AppError, match="bundle"):
        linkhandler.register()
