"""
Releases and annotations: the worked cases of semantics §14 (REL-T1 to REL-T4), also through
`eventscope chart --marks`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.query import Warehouse
from app.query.releases import (
    Seen,
    annotations,
    detected,
    noted,
    save_annotation,
    save_release,
    versions,
)
from app.store.definitions import Definitions
from tests.app.query.small import CLOCK, DAY, MIDNIGHT, NOON, did, workspace

FIRST = MIDNIGHT - 10 * DAY


def seen(day: int, version: str, project: str = "Checkout") -> Seen:
    return Seen(project, "iOS", version, FIRST + (day - 1) * DAY + 5)


def test_new_versions_are_releases_on_the_next_day() -> None:
    """REL-T1"""
    found = detected([seen(1, "1.0"), seen(3, "1.1"), seen(4, "12345")], CLOCK)
    assert [(one.version, (one.at_ms - FIRST) // DAY + 1) for one in found] == [
        ("1.0", 2),
        ("1.1", 4),
    ]


def test_test_projects_have_no_releases() -> None:
    """REL-T2"""
    assert detected([seen(1, "1.0", "Checkout Staging")], CLOCK) == []


def test_an_old_version_that_comes_late_is_none() -> None:
    """REL-T4"""
    found = detected([seen(1, "1.9.0"), seen(2, "1.10.0"), seen(3, "1.2.0")], CLOCK)
    assert [one.version for one in found] == ["1.9.0", "1.10.0"]


def test_versions_come_from_what_was_known_at_the_event(tmp_path: Path) -> None:
    events = [
        did("1", "A", NOON - DAY, platform="iOS", app_version="1.0"),
        did("2", "A", NOON, platform="iOS", app_version="1.1"),
    ]
    with Warehouse.open(workspace(tmp_path, events)) as warehouse:
        warehouse.refresh()
        found = versions(warehouse.rows, warehouse.properties())
    assert {(one.platform, one.version, one.first_ms) for one in found} == {
        ("iOS", "1.0", NOON - DAY),
        ("iOS", "1.1", NOON),
    }


def test_what_people_note(tmp_path: Path) -> None:
    with Definitions(tmp_path) as definitions:
        save_release(definitions, "The big one", "2.0", NOON)
        save_annotation(definitions, "Sale", NOON, NOON + DAY)
        save_annotation(definitions, "Outage", NOON - DAY, chart=7)
        (release,) = noted(definitions.all("release"))
        notes = annotations(definitions.all("annotation"))
    assert (release.name, release.version, release.at_ms) == ("The big one", "2.0", NOON)
    assert [(one.name, one.end_ms, one.chart) for one in notes] == [
        ("Outage", None, 7),
        ("Sale", NOON + DAY, None),
    ]


def test_what_is_marked_is_told_by_the_command(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """REL-T1 and REL-T4 of what was captured; REL-T3 as a chart: the share of a platform's active
    users who have the version."""
    days = {1: "1.0", 3: "1.1", 4: "12345", 5: "0.9"}
    events = [
        did(str(day), "A", FIRST + (day - 1) * DAY + 5, platform="Web", app_version=version)
        for day, version in days.items()
    ]
    events += [
        did(f"i{n}", "A", NOON, platform="iOS", app_version="2.0" if n < 25 else "1.9")
        for n in range(40)
    ]
    events += [did(f"a{n}", "A", NOON, platform="Android", app_version="2.0") for n in range(100)]
    folder = workspace(tmp_path, events)
    with Definitions(folder) as definitions:
        save_annotation(definitions, "Sale", NOON)
        save_release(definitions, "The big one", "2.0", NOON)

    def asked(*more: str) -> dict[str, Any]:
        assert main(["chart", "--workspace", str(folder), "--now", str(NOON), *more]) == 0
        return json.loads(capfd.readouterr().out)  # type: ignore[no-any-return]

    marks = asked("--marks")
    web = [one for one in marks["releases"] if one["platform"] == "Web"]
    assert [(one["version"], (one["at_ms"] - FIRST) // DAY + 1) for one in web] == [
        ("1.0", 2),
        ("1.1", 4),
    ]
    assert [one["name"] for one in marks["releases"] if one["id"]] == ["The big one"]
    assert [one["name"] for one in marks["annotations"]] == ["Sale"]

    def user(name: str, value: str) -> dict[str, Any]:
        return {"property": name, "scope": "user", "values": [value]}

    share = {
        "events": [{"kind": "active", "where": [user("@app_version", "2.0")]}],
        "measure": "active",
        "segments": [{"where": [user("@platform", "iOS")]}],
        "range": {"last": 0},
    }
    file = tmp_path / "share.json"
    file.write_text(json.dumps(share))
    assert asked(str(file))["series"][0]["total"] == 62.5
