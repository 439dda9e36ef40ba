"""`eventscope label`, as it is called; and Amplitude's own form, out and in."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from tests.app.study.test_labels import NAMES, clicks
from tests.factories import event, filled, upload

FORM = {
    "id": "7",
    "name": "Added",
    "definition": [
        {
            "event_type": "[Amplitude] Element Clicked",
            "filters": [
                {
                    "subprop_key": "[Amplitude] Element Hierarchy",
                    "subprop_op": "autotrack css match",
                    "subprop_value": [".cards .add", "my-app >>> :scope > .add"],
                },
                {
                    "subprop_key": "[Amplitude] Element Text",
                    "subprop_op": "is",
                    "subprop_value": ["Add to cart", "Buy"],
                },
            ],
        }
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "workspace", [upload(event("Other"), *clicks(*NAMES))])


def label(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[Any]:
    """The lines of one call."""
    assert main(["label", *arguments, "--workspace", str(folder)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_from_a_click_to_a_labeled_event(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    best, *_ = label(folder, capsys, "suggest", "2")
    assert best["confidence"] == "stable"
    assert best["name"] == "*Get started clicked"
    assert best["events"] == 1
    file = tmp_path / "label.json"
    file.write_text(json.dumps(best))
    (added,) = label(folder, capsys, "add", "--file", str(file))
    assert (added["name"], added["events"], added["similar"]) == (best["name"], 1, [])
    *events, counts = label(folder, capsys, "match", "*get started CLICKED")
    assert [one["id"] for one in events] == [2]
    assert counts["matched"]["events"] == 1
    (listed,) = label(folder, capsys, "list")
    assert (listed["events"], listed["needs_repair"], listed["unknown"]) == (1, False, {})
    assert [one["origin"] for one in listed["definitions"]] == ["label", "backup"]


def test_asking_without_saving(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    *events, counts = label(folder, capsys, "match", "--selector", ".cards .add")
    assert [one["id"] for one in events] == [3, 4, 5]
    assert counts["matched"]["unknown"] == {}
    (counts,) = label(folder, capsys, "match", "--selector", "button[style]")
    assert counts["matched"]["unknown"] == {"dropped": 4}
    *_, counts = label(folder, capsys, "match", "--tag", "select", "--action", "changed")
    assert counts["matched"]["events"] == 1
    *_, counts = label(folder, capsys, "match", "--page", "https://shop.example.test/*")
    assert counts["matched"]["events"] == 4
    assert label(folder, capsys, "list") == []


def test_all_like_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    best, *_ = label(folder, capsys, "suggest", "3", "--group")
    assert best["name"] == "Any of 3 add buttons clicked"
    assert best["events"] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["suggest", "1"], "no click"),
        (["suggest", "99"], "no event 99"),
        (["match", "Nothing"], "no labeled event"),
        (["match"], "At least one"),
        (["match", "--selector", "a:hover"], "state"),
        (["add", "--tag", "a"], "needs a name"),
        (["add", "--file", "missing.json"], "cannot be read"),
        (["import", "missing.json"], "cannot be read"),
    ],
)
def test_failures_are_sentences(
    folder: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["label", *arguments, "--workspace", str(folder)]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_amplitudes_form_comes_and_goes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "labels.json"
    file.write_text(json.dumps([FORM]))
    (made,) = label(folder, capsys, "import", str(file))
    assert made["name"] == "Added"
    assert "shadow trees" in made["warnings"][0]
    (listed,) = label(folder, capsys, "list")
    assert listed["events"] == 3
    (form,) = label(folder, capsys, "export")
    assert form["definition"][0]["filters"][1]["subprop_value"] == ["Add to cart", "Buy"]
    assert form["definition"][0]["filters"][0]["subprop_value"] == [
        ".cards .add",
        "my-app > .add",
    ]
    (ours,) = label(folder, capsys, "export", "--ours")
    file.write_text(json.dumps(ours))
    assert main(["label", "import", str(file), "--workspace", str(folder)]) == 1
    told = capsys.readouterr()
    assert "already a labeled event" in json.loads(told.out)["error"]
    assert "nothing was imported, 1 problem." in told.err


def test_bad_entries_stop_no_good_ones(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "labels.json"
    file.write_text(json.dumps([FORM, 7, {**FORM, "name": "Again"}]))
    call = ["label", "import", str(file), "--workspace", str(folder)]
    assert main([*call, "--strict"]) == 1
    assert "nothing was imported, 2 problems." in capsys.readouterr().err
    assert label(folder, capsys, "list") == []
    assert main(call) == 1
    told = capsys.readouterr()
    assert "1 imported, 2 problems." in told.err
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert [one["place"] for one in lines] == ["entry 1 (“Added”)", "entry 2", "entry 3 (“Again”)"]
    assert ["error" in one for one in lines] == [False, True, True]
    assert [one["name"] for one in label(folder, capsys, "list")] == ["Added"]
