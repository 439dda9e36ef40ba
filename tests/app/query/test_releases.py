"""
Releases and annotations: the worked cases of semantics §14.
"""

from pathlib import Path

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
    found = detected([seen(1, "1.0"), seen(3, "1.1"), seen(4, "12345")], CLOCK)
    assert [(one.version, (one.at_ms - FIRST) // DAY + 1) for one in found] == [
        ("1.0", 2),
        ("1.1", 4),
    ]


def test_test_projects_have_no_releases() -> None:
    assert detected([seen(1, "1.0", "Checkout Staging")], CLOCK) == []


def test_an_old_version_that_comes_late_is_none() -> None:
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
