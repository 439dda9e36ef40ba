"""
`eventscope users`, as it is run.
"""

import json
import os
from pathlib import Path

import pytest

from app.__main__ import main
from tests.app.study.world import sent, studied


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    captures = [
        sent("Login", 1, user_id="ada-1", device_id="phone-1", user_properties={"plan": "pro"}),
        sent("Landing", 2, device_id="web-01"),
        sent("Login", 3, user_id="ada-1", device_id="web-01", platform="Web"),
        sent("Login", 4, user_id="ada-12", device_id="web-02"),
    ]
    studied(tmp_path, captures).close()
    return tmp_path


def test_people_as_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", "--workspace", str(folder)]) == 0
    found = lines(capsys.readouterr().out)
    assert [(one["user_id"], one["devices"], one["events"]) for one in found] == [
        ("ada-12", 1, 1),
        ("ada-1", 2, 3),
    ]
    assert "ids" not in found[0]


def test_one_match_is_told_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", "--workspace", str(folder), "ada-1"]) == 0
    (found,) = lines(capsys.readouterr().out)
    assert found["merged"] == [
        {"person": 2, "device_id": "web-01", "event": 3, "event_type": "Login",
         "received_ms": found["merged"][0]["received_ms"]}  # type: ignore[index]
    ]  # fmt: skip
    properties = found["user_properties"]
    assert {name: one["value"] for name, one in properties.items()} == {  # type: ignore[attr-defined]
        "plan": "pro",
        "@platform": "Web",
    }
    assert found["seen_with"]["platform"] == {"Web": 1}  # type: ignore[index]
    assert main(["users", "--workspace", str(folder), "did:login -plan=pro"]) == 0
    (other,) = lines(capsys.readouterr().out)
    assert other["user_id"] == "ada-12"


def test_nobody_and_nonsense(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", "--workspace", str(folder), "zoe"]) == 1
    assert "Nobody" in capsys.readouterr().err
    assert main(["users", "--workspace", str(folder), "did:x@yesterday"]) == 1
    assert "length of time" in capsys.readouterr().err
    assert main(["users", "--workspace", str(folder / "missing")]) == 1
    assert "There is no workspace" in capsys.readouterr().err


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_is_read_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.chmod(0o500)
    try:
        assert main(["users", "--workspace", str(folder)]) in (0, 1)
        assert "Traceback" not in capsys.readouterr().err
    finally:
        folder.chmod(0o700)
