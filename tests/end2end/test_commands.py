"""
Commands in bad places: no room, no right to write, nobody who reads, arguments that are wrong.
Each ends with one sentence and a status, never with a traceback.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end2end.capturing import ROOT, TIMEOUT, eventscope
from tests.end2end.test_bad_input import small_disk
from tests.factories import event, filled, upload

CHART = {"events": ["Clicked"]}
READING = (
    *(("events",), ("uploads",), ("uploads", "--summary"), ("captures",), ("sdks",)),
    *(("problems",), ("users",), ("label", "list"), ("label", "export")),
)


def is_one_sentence(result: subprocess.CompletedProcess[str], words: str, status: int = 1) -> None:
    assert result.returncode == status, result.stderr
    assert "Traceback" not in result.stderr
    assert words in result.stderr.splitlines()[-1]


def test_a_disk_without_room_for_the_study_is_said_to_be_full(tmp_path: Path) -> None:
    made = filled(tmp_path / "made", [upload(event())])
    with small_disk(tmp_path / "small", "size=500k") as folder:
        shutil.copy(made / "workspace.sqlite", folder)
        (folder / "ballast").write_bytes(bytes(150_000))
        assert json.loads(eventscope("events", "--workspace", str(folder)).stdout)["id"] == 1
        for command in ("sdks", "users", "problems"):
            is_one_sentence(eventscope(command, "--workspace", str(folder)), "is full")


def test_a_disk_without_any_room_is_said_to_be_full(tmp_path: Path) -> None:
    made = filled(tmp_path / "made", [upload(event())])
    with small_disk(tmp_path / "small", "size=500k") as folder:
        shutil.copy(made / "workspace.sqlite", folder)
        room = shutil.disk_usage(folder).free
        (folder / "ballast").write_bytes(bytes(room // 4096 * 4096))
        body = tmp_path / "body.json"
        body.write_text(json.dumps({"api_key": "k", "events": [event()]}))
        is_one_sentence(eventscope("import", "--workspace", str(folder), str(body)), "is full")
        is_one_sentence(eventscope("events", "--workspace", str(folder)), "is full")


def test_a_folder_that_cannot_be_written_is_said_to_be_that(tmp_path: Path) -> None:
    with small_disk(tmp_path / "small", "size=3m") as folder:
        filled(folder, [upload(event())])
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
        for command in READING:
            result = eventscope(*command, "--workspace", str(folder))
            is_one_sentence(result, "Nothing can be written")


@pytest.mark.parametrize("command", READING)
def test_nobody_reads(tmp_path: Path, command: tuple[str, ...]) -> None:
    filled(tmp_path, [upload(event())])
    arguments = [sys.executable, "-m", "app", *command, "--workspace", str(tmp_path)]
    for redirection, status in ((">&-", 0), ("2>&1 >&- 2>&-", 0), (">/dev/full", 1)):
        result = subprocess.run(
            ["/bin/sh", "-c", f'"$@" {redirection}', "sh", *arguments],
            capture_output=True,
            check=False,
            cwd=ROOT,
            text=True,
            timeout=TIMEOUT,
        )
        if status and command[0] != "label":  # There are no labels to print.
            is_one_sentence(result, "The output cannot be written")
        else:
            assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("label", "suggest", "9" * 30), "a number from 1 to"),
        (("label", "suggest", "9" * 5000), "a number from 1 to"),
        (("capture", "--proxy-port", "99999"), "a number from 0 to 65535 is needed"),
        (("capture", "--cap-mb", "-1"), "a number from 1 to"),
    ],
)
def test_wrong_arguments(arguments: tuple[str, ...], words: str) -> None:
    is_one_sentence(eventscope(*arguments), words, status=2)


def test_a_download_that_cannot_be_written(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event())])
    chart = tmp_path / "chart.json"
    chart.write_text(json.dumps(CHART))
    point = ("--point", "{}", "--action", "download", "--output", str(tmp_path))
    result = eventscope("chart", str(chart), "--workspace", str(tmp_path), *point)
    is_one_sentence(result, f"{tmp_path} cannot be written: Is a directory.")


def test_asking_makes_no_workspace(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    for command in READING:
        is_one_sentence(eventscope(*command, "--workspace", str(folder)), "There is no workspace")
    assert not folder.exists()


def test_damaged_definitions_are_not_a_damaged_workspace(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event())])
    (tmp_path / "definitions.sqlite").write_bytes(b"no database" * 1000)
    result = eventscope("label", "export", "--workspace", str(tmp_path))
    is_one_sentence(result, "definitions.sqlite is damaged")
    assert "Move that file away" in result.stderr


def test_what_has_to_be_studied_for_a_filter_is_studied_first(tmp_path: Path) -> None:
    folder = filled(tmp_path / "made", [upload(event("Clicked", insert_id=None))])
    for text in ("problem:LNT-13", "person:user-1"):
        # Each on a file that nobody has studied.
        fresh = tmp_path / text.replace(":", "-")
        shutil.copytree(folder, fresh)
        result = eventscope("events", "--workspace", str(fresh), "--filter", text)
        assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1], text


@pytest.mark.parametrize("text", ["type:", "prop.price >", " not ", "("])
def test_a_filter_that_is_only_begun_is_refused(tmp_path: Path, text: str) -> None:
    """A script with an empty variable must not get everything."""
    folder = filled(tmp_path / "made", [upload(event())])
    result = eventscope("events", "--workspace", str(folder), "--filter", text)
    is_one_sentence(result, "is only begun")
    assert result.stdout == ""


def test_a_key_that_is_none_is_said(tmp_path: Path) -> None:
    folder = filled(tmp_path / "made", [upload(event())])
    result = eventscope("events", "--workspace", str(folder), "--filter", "usr:user-1")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == "There is no key “usr:”; it is looked for as text.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("users",),
        ("events", "--filter"),
        ("label", "match", "--text"),
        ("label", "add", "Label", "--text"),
        ("label", "match"),
    ],
)
def test_arguments_that_are_no_text(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    filled(tmp_path, [upload(event())])
    result = eventscope(*arguments, "\udcff\udced", "--workspace", str(tmp_path))
    assert result.returncode in (0, 1)
    assert "Traceback" not in result.stderr


def test_what_somebody_must_not_have_is_searched_for_as_it_is_typed(tmp_path: Path) -> None:
    folder = filled(
        tmp_path / "made",
        [
            upload(event(user_id="user-1", user_properties={"$set": {"height": "1"}})),
            upload(event(user_id="user-2", user_properties={"$set": {"height": "2"}})),
        ],
    )
    for words in (("-height=1",), ("--", "-height=1"), ("user", "-height=1")):
        result = eventscope("users", "--workspace", str(folder), *words)
        assert (result.returncode, result.stderr) == (0, "")
        assert json.loads(result.stdout)["user_id"] == "user-2"
    is_one_sentence(eventscope("users", "--limits", "3"), "unrecognized arguments: --limits", 2)
