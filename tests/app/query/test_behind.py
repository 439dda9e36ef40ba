"""
Behind points: nodes of journeys, groups, the uploads of exactly the events that count, notes and
releases; through the command line where that is how it is reached.
"""

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.errors import BadInput
from app.query import Charts, Warehouse, read
from app.query.journeys import DROPPED, NOTHING_BEFORE, OTHER
from app.query.microscope import People, Point, menu
from app.query.pointcharts import excluded, filtered
from app.query.releases import annotations, noted
from app.query.streams import download
from app.store.definitions import Definitions
from tests.app.query.small import CLOCK, DAY, DAYS, HOUR, MIDNIGHT, NOON, did, workspace
from tests.factories import filled, upload

PATHS = {"1": "ABC", "2": "ABD", "3": "AC", "4": "A"}


def steps() -> list[dict[str, Any]]:
    return [
        did(user, kind, NOON + at * 1000)
        for user, kinds in PATHS.items()
        for at, kind in enumerate(kinds)
    ]


def journeys(**fields: Any) -> Any:
    return read({"kind": "journeys", "start": "A", "range": DAYS, **fields})


class Asked:
    """A workspace, asked through the command line."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capfd = folder, capfd

    def __call__(self, definition: dict[str, Any], point: dict[str, Any], *more: str) -> Any:
        file = self._folder / "definition.json"
        file.write_text(json.dumps({"range": DAYS} | definition))
        given = ["chart", "--workspace", str(self._folder), str(file), "--now", str(NOON)]
        code = main([*given, "--point", json.dumps(point), "--action", *more])
        said = self._capfd.readouterr()
        return json.loads(said.out) if not code else said.err


@pytest.mark.parametrize(
    ("way", "expected"),
    [("A", "1234"), ("AB", "12"), ("ABD", "2"), ("AC", "3")],
)
def test_users_of_a_node(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], way: str, expected: str
) -> None:
    asked = Asked(workspace(tmp_path, steps()), capfd)
    chart, point = {"kind": "journeys", "start": "A"}, {"way": list(way)}
    users = asked(chart, point, "users")["users"]
    assert {one["user_id"] for one in users} == {f"user-{one}" for one in expected}
    streams = asked(chart, point, "streams")["streams"]
    assert len(streams) == len(expected)
    cohort = asked(chart, point, "cohort")["body"]
    assert [user for user, _ in cohort["members"]] == [f"user-{one}" for one in expected]
    behind = asked(chart, point, "uploads")["uploads"]
    assert sum(one["events"] for one in behind) == len(way) * len(expected)


def test_users_of_a_node_before_an_event(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = Asked(workspace(tmp_path, steps()), capfd)
    users = asked({"kind": "journeys", "end": "C"}, {"way": ["C", "A"]}, "users")["users"]
    assert [one["user_id"] for one in users] == ["user-3"]


def test_only_paths_with_what_is_included(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(workspace(tmp_path, steps()), capfd)
    chart = {"kind": "journeys", "start": "A", "include": ["D"]}
    users = asked(chart, {"way": ["A"]}, "users")["users"]
    assert [one["user_id"] for one in users] == ["user-2"]


@pytest.mark.parametrize("last", [DROPPED, NOTHING_BEFORE, OTHER])
def test_nobody_is_behind_those_who_dropped_off(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], last: str
) -> None:
    """MIC-T7"""
    point = Point(way=("A", last))
    assert menu(journeys(), point) == ()
    asked = Asked(workspace(tmp_path, steps()), capfd)
    said = asked({"kind": "journeys", "start": "A"}, {"way": list(point.way)}, "streams")
    assert "Nobody is behind this point" in said


def test_what_nodes_offer() -> None:
    assert menu(journeys(), Point(way=("A",))) == (
        *("streams", "users", "download", "cohort", "uploads"),
    )
    assert {"filter", "exclude"} < set(menu(journeys(), Point(way=("A", "B"))))
    assert filtered(journeys(), Point(way=("A", "B"))).include == ("B",)
    assert excluded(journeys(), Point(way=("A", "B"))).hide == ("B",)
    expanded = journeys(expand=["p", "q"])
    assert excluded(expanded, Point(way=("A", "B · c · x · y"))).hide == ("B · c",)
    with pytest.raises(BadInput):
        excluded(journeys(), Point(way=("A",)))


def test_uploads_are_those_of_the_events_that_count(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sent = [
        did("1", "A", NOON, {"v": "x"}),
        did("1", "A", NOON + 1, {"v": "y"}),
        did("1", "A", NOON - DAY, {"v": "x"}),
        did("1", "B", NOON + HOUR),
    ]
    filled(tmp_path, [upload(one, at_ms=NOON + HOUR) for one in sent])
    asked = Asked(tmp_path, capfd)

    def behind(definition: dict[str, Any], point: dict[str, Any]) -> list[int]:
        found = asked(definition, point, "uploads")["uploads"]
        return sorted(one["first_event"] for one in found)

    where = [{"property": "v", "values": ["x"]}]
    assert behind({"events": [{"event": "A", "where": where}]}, {"bucket": 6}) == [1]
    assert behind({"events": [{"event": "A", "where": where}]}, {}) == [1, 3]
    grouped = {"events": [{"event": "A", "by": ["v"]}]}
    assert behind(grouped, {"bucket": 6, "group": ["y"]}) == [2]
    frequency = {"events": ["A"], "measure": "frequency"}
    assert behind(frequency, {"bin": 2}) == [1, 2, 3]
    assert behind(frequency, {"bin": 0}) == []
    funnel = {"kind": "funnel", "steps": ["A", "B"]}
    assert behind(funnel, {"step": 2}) == [1, 4]
    assert behind(funnel, {"step": 1}) == [1]


WHO: list[dict[str, Any]] = [
    {"performed": [{"event": "B"}]},
    {"performed": [{"event": "B", "negated": True}]},
    {"either": [{"performed": [{"event": "B"}]}, {"users": "new"}]},
]
SPREAD: list[dict[str, Any]] = [{}, {"rolling_window": 2}, {"cumulative": True}]


def test_as_many_are_behind_a_point_as_the_chart_counts(tmp_path: Path) -> None:
    """Also where a segment asks for what was done on another day of the chart."""
    happened = [
        did("1", "A", NOON),
        did("1", "B", NOON - 2 * DAY),
        did("2", "A", NOON - DAY),
        did("2", "B", NOON),
        did("3", "A", NOON),
        did("3", "A", NOON - DAY),
        did("4", "B", NOON - DAY),
    ]
    first = {"property": "after", "scope": "count", "op": "<=", "values": [1]}
    with Warehouse.open(workspace(tmp_path, happened)) as warehouse:
        warehouse.refresh()
        charts = Charts(warehouse, CLOCK)
        asked = itertools.product(("A", {"event": "A", "where": [first]}), WHO, SPREAD)
        for event, users, spread in asked:
            chart = read({"events": [event], "range": DAYS, "segments": [users]} | spread)
            (series,) = charts.answer(chart).series
            for bucket, counted in [(5, series.points[5]), (6, series.points[6]),
                                    (None, series.total)]:  # fmt: skip
                people = charts.people(chart, Point(bucket=bucket))
                assert len(charts.persons(people)) == counted, (users, spread, bucket)


def test_a_zoomed_chart_is_about_the_same_users(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(workspace(tmp_path, [did("1", "A", NOON), did("1", "B", NOON - DAY)]), capfd)
    definition = {"events": ["A"], "segments": [{"performed": [{"event": "B"}]}]}
    zoomed = asked(definition, {"bucket": 6}, "zoom")
    assert [one["user_id"] for one in asked(zoomed, {}, "users")["users"]] == ["user-1"]


def test_a_group_is_named_as_the_answer_names_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(
        workspace(tmp_path, [did("1", "A", NOON), did("2", "A", NOON, {"v": "x"})]), capfd
    )
    for nothing in ("(none)", None):
        found = asked({"events": [{"event": "A", "by": ["v"]}]}, {"group": [nothing]}, "users")
        assert [one["user_id"] for one in found["users"]] == ["user-1"]


def with_groups() -> list[dict[str, Any]]:
    return [
        did("1", "A", NOON - DAY, groups={"company": "acme"}),
        did("2", "A", NOON, groups={"company": ["=bad", "acme"]}),
        did("3", "A", NOON, groups={"company": "other"}),
        did("3", "B", NOON, groups={"company": "third"}),
    ]


def test_downloading_groups(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = Asked(workspace(tmp_path, with_groups()), capfd)
    definition, today = {"events": ["A"]}, {"bucket": 6}
    more = ("--group", "company", "--output", str(tmp_path / "groups.csv"))
    assert asked(definition, today, "group_download", *more) == {"groups": 3, "more": False}
    with (tmp_path / "groups.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["group_id", "group_name", "first_time", "creator_amplitude_id"]
    first = str((NOON - DAY) // 1000)
    assert [row[:3] for row in rows] == [
        ["1", "acme", first],
        ["2", "'=bad", str(NOON // 1000)],
        ["3", "other", str(NOON // 1000)],
    ]
    users = asked({"events": ["A"]}, {"bucket": 5}, "users")["users"]
    assert rows[0][3] == str(users[0]["person"])
    assert asked(definition, {"bucket": 5}, "groups", "--group", "company") == {"groups": ["acme"]}


def test_a_cohort_of_groups(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = Asked(workspace(tmp_path, with_groups()), capfd)
    saved = asked({"events": ["A"]}, {"bucket": 5}, "group_cohort", "--group", "company")
    assert saved["body"] == {"type": "groups", "group": "company", "values": ["acme"]}
    segments = [{"cohorts": [{"cohort": saved["cohort"]}]}]
    users = asked({"events": ["A"], "segments": segments}, {}, "users")["users"]
    assert {one["user_id"] for one in users} == {"user-1", "user-2"}


def test_groups_that_are_not_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = Asked(workspace(tmp_path, with_groups()), capfd)
    assert "events carry company" in asked({"events": ["A"]}, {}, "groups")
    assert "No event carries" in asked({"events": ["A"]}, {}, "groups", "--group", "team")


def test_notes_and_releases(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    asked = Asked(workspace(tmp_path, [did("1", "A", NOON, app_version="1.2")]), capfd)
    definition, yesterday = {"events": ["A"]}, {"bucket": 5}
    asked(definition, yesterday, "annotation", "--text", "Sale")
    asked(definition, {}, "annotation", "--text", "All week")
    assert "--text" in asked(definition, yesterday, "annotation")
    wrong = asked(definition, yesterday, "release", "--text", "Winter", "--app-version", "9")
    assert "a version that events came from" in wrong
    asked(definition, yesterday, "release", "--text", "Winter", "--app-version", "1.2")
    with Definitions(tmp_path) as definitions:
        week, sale = annotations(definitions.all("annotation"))
        (release,) = noted(definitions.all("release"))
    assert (sale.name, sale.start_ms, sale.end_ms) == ("Sale", MIDNIGHT - DAY, None)
    assert (week.start_ms, week.end_ms) == (MIDNIGHT - 6 * DAY, MIDNIGHT + DAY)
    assert (release.name, release.version, release.at_ms) == ("Winter", "1.2", MIDNIGHT - DAY)
    formula = {"events": ["A"], "formula": "UNIQUES(A)"}
    assert "does not go with" in asked(formula, yesterday, "annotation", "--text", "x")


def test_a_download_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    """A million of them are in `test_cases_microscope` (MIC-T9)."""
    with Warehouse.open(workspace(tmp_path, [did("1", "A", NOON)])) as warehouse:
        warehouse.refresh()
        many = "SELECT CAST(range + 1 AS INTEGER) AS person FROM range(25001)"
        everybody, told = People(many, MIDNIGHT, NOON), []
        file = tmp_path / "users.csv"
        found = download(warehouse.stream, everybody, [], file, told.append, most=25_000)
        assert found == (25_000, True)
        assert (told[0], told[-1]) == (10_000, 25_000)
        with file.open("rb") as lines:
            assert sum(1 for _ in lines) == 25_001
        stopped = download(warehouse.stream, everybody, [], file, go_on=lambda: False)
        assert stopped == (10_000, False)
