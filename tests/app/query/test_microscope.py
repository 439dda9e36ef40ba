"""
Everything behind a point: the worked cases of semantics §10 and §8.20, on real workspaces.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.errors import BadInput
from app.query import Charts, Clock, Warehouse, read
from app.query.distribution import percentile_bin, running, shares
from app.query.drivers import driver
from app.query.microscope import Point, menu
from app.query.pointcharts import excluded, filtered, journeys_of, zoomed
from app.query.streams import download
from app.store.definitions import Definitions
from tests.app.query.small import CLOCK, DAY, DAYS, HOUR, MIDNIGHT, NOON, did, workspace

START = MIDNIGHT - DAY
YESTERDAY = 5
"""The bucket that begins at START."""


class Opened:
    """A workspace that is asked several times."""

    def __init__(self, folder: Path, events: list[dict[str, Any]]) -> None:
        self.folder = workspace(folder, events)
        self.warehouse = Warehouse.open(self.folder)
        self.warehouse.refresh()
        self.charts = Charts(self.warehouse, CLOCK)

    def users(self, chart: Any, point: Point) -> set[str]:
        found = self.charts.users(self.charts.people(chart, point))
        return {one.user_id.removeprefix("user-") for one in found}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    made: list[Opened] = []

    def make(events: list[dict[str, Any]]) -> Opened:
        made.append(Opened(tmp_path / "workspace", events))
        return made[-1]

    yield make
    for one in made:
        one.warehouse.close()


def chart(*events: Any, **fields: Any) -> Any:
    return read({"events": list(events) or ["A"], "range": DAYS, **fields})


def funnel(*steps: Any, **fields: Any) -> Any:
    return read({"kind": "funnel", "steps": list(steps), "range": DAYS, **fields})


def around(before: int, inside: int, after: int) -> list[dict[str, Any]]:
    times = [START - 1 - i for i in range(before)]
    times += [START + i for i in range(inside)]
    times += [START + DAY + i for i in range(after)]
    return [did("1", "A", time) for time in times]


@pytest.mark.parametrize(
    ("counts", "shown"), [((30, 10, 60), (25, 10, 40)), ((30, 60, 5), (25, 60, 0))]
)
def test_streams_reach_back_25_and_on_to_50(opened: Any, counts: Any, shown: Any) -> None:
    one = opened(around(*counts))
    point = Point(bucket=YESTERDAY)
    (stream,) = one.charts.streams(chart(), one.charts.people(chart(), point))
    times = [event.time_ms for event in stream.events]
    assert times == sorted(times)
    before = sum(time < START for time in times)
    after = sum(time >= START + DAY for time in times)
    assert (before, len(times) - before - after, after) == shown
    assert sum(event.is_highlighted for event in stream.events) == shown[1]


def test_highlighting_ignores_filters_but_not_types(opened: Any) -> None:
    us = {"event": "A", "where": [{"property": "country", "values": ["US"]}]}
    events = [did("1", "A", START + i, {"country": c}) for i, c in enumerate(("US", "FR"))]
    one = opened([*events, did("1", "B", START + 9), did("1", "A", START + DAY)])
    definition = chart(us)
    (stream,) = one.charts.streams(
        definition,
        one.charts.people(definition, Point(bucket=YESTERDAY)),
        [one.warehouse.properties()["event", "country"]],
    )
    assert [event.is_highlighted for event in stream.events] == [True, True, False, False]
    assert [event.properties.get("country") for event in stream.events] == ["US", "FR", None, None]


def test_users_of_a_point_of_a_line(opened: Any) -> None:
    one = opened(
        [did("1", "A", START, {"p": "x"}), did("2", "A", START, {"p": "y"}), did("3", "A", NOON)]
    )
    assert one.users(chart(), Point(bucket=YESTERDAY)) == {"1", "2"}
    assert one.users(chart(), Point()) == {"1", "2", "3"}
    by = chart({"event": "A", "by": ["p"]})
    assert one.users(by, Point(bucket=YESTERDAY, group=("x",))) == {"1"}
    assert one.users(by, Point(group=(None,))) == {"3"}
    assert one.users(chart(rolling_window=2), Point(bucket=6)) == {"1", "2", "3"}
    assert one.users(chart(cumulative=True), Point(bucket=5)) == {"1", "2"}


def test_users_of_a_bin_of_a_frequency(opened: Any) -> None:
    one = opened([did("1", "A", NOON)] + [did("2", "A", NOON + i) for i in range(7)])
    definition = chart(measure="frequency")
    assert one.users(definition, Point(bin=0)) == {"1"}
    assert one.users(definition, Point(bin=5)) == {"2"}


def test_users_of_a_funnel(opened: Any) -> None:
    events = [did("1", kind, START + i * 1000) for i, kind in enumerate("AB")]
    events += [did("2", kind, START + i * 1000) for i, kind in enumerate("ABC")]
    one = opened(events)
    definition = funnel(*"ABC")
    assert one.users(definition, Point(step=3, converted=False)) == {"1"}
    assert one.users(definition, Point(step=2)) == {"1", "2"}
    assert one.users(definition, Point(step=3)) == {"2"}
    timed = funnel(*"AB", show="time_to_convert", edges=[0, 1, 2])
    assert one.users(timed, Point(bin=1)) == {"1", "2"}
    assert one.users(timed, Point(bin=0)) == set()
    over = funnel(*"ABC", show="over_time")
    assert one.users(over, Point(bucket=YESTERDAY, converted=False)) == {"1"}


@pytest.mark.parametrize(
    ("interval", "range_", "bucket", "finer", "first", "size"),
    [
        ("week", {"start": "2024-07-29", "end": "2024-08-25"}, 1, "day", "2024-08-05", 7),
        ("day", {"start": "2024-08-01", "end": "2024-08-10"}, 6, "hour", "2024-08-07", 24),
        ("month", {"start": "2024-01-01", "end": "2024-03-31"}, 1, "week", "2024-02-01", 5),
    ],
)
def test_zooming(
    interval: str, range_: Any, bucket: int, finer: str, first: str, size: int
) -> None:
    from app.query.segmentation import buckets_of

    found = zoomed(chart(interval=interval, range=range_), Point(bucket=bucket), CLOCK)
    assert found.interval == finer
    buckets = buckets_of(found, CLOCK)  # type: ignore[arg-type]
    assert CLOCK.at(buckets.starts[0]).date().isoformat() == first
    assert len(buckets) == size


def test_five_minutes_are_the_finest() -> None:
    today = {"start": "2026-11-21", "end": "2026-11-21"}
    definition = chart(interval="realtime", range=today)
    assert "zoom" not in menu(definition, Point(bucket=3))
    with pytest.raises(BadInput, match="zoomed"):
        zoomed(definition, Point(bucket=3), CLOCK)


def test_formulas_offer_nothing(opened: Any) -> None:
    definition = chart(formula="UNIQUES(A)")
    assert menu(definition, Point(formula=0)) == ()
    with pytest.raises(BadInput, match="formula"):
        opened([did("1", "A", NOON)]).users(definition, Point(formula=0))


def test_menus() -> None:
    plain = set(menu(chart(), Point(bucket=1)))
    assert {"zoom", "streams", "users", "download", "cohort", "uploads", "annotation"} <= plain
    assert not plain & {"filter", "exclude", "drivers"}
    assert {"filter", "exclude"} <= set(
        menu(chart({"event": "A", "by": ["p"]}), Point(group=("x",)))
    )
    assert "drivers" in menu(funnel(*"AB"), Point(step=2))
    assert "drivers" not in menu(funnel(*"AB"), Point(step=1))
    assert "drivers" not in menu(funnel(*"AB", order="any"), Point(step=2))
    combined = funnel({"combined": ["A", "C"]}, "B")
    assert not {"drivers", "journeys"} & set(menu(combined, Point(step=2)))


def test_filter_by_and_exclude(opened: Any) -> None:
    one = opened([did("1", "A", NOON, {"p": "x"}), did("2", "A", NOON, {"p": "y"})])
    by = chart({"event": "A", "by": ["p"]})
    point = Point(group=("x",))
    (series,) = one.charts.answer(filtered(by, point)).series
    assert series.total == 1
    assert [s.group for s in one.charts.answer(excluded(by, point)).series] == [("y",)]


def test_journeys_take_thirty_days_at_most() -> None:
    definition = chart(range={"start": "2026-10-07", "end": "2026-11-20"})
    found = journeys_of(definition, Point(), (1,), CLOCK)
    clock = Clock(NOON)
    assert clock.at(MIDNIGHT - 30 * DAY).isoformat() == found.range.start
    assert found.segments[0].people == (1,)


def test_the_uploads_behind_a_point(opened: Any) -> None:
    one = opened([did("1", "A", START), did("2", "A", NOON)])
    people = one.charts.people(chart(), Point(bucket=YESTERDAY))
    (found,) = one.charts.uploads(chart(), people)
    assert (found.upload, found.events) == (1, 1)


def test_downloading_users(opened: Any, tmp_path: Path) -> None:
    events = [
        did("1", "A", NOON, user_properties={"plan": "free", "name": "=1+1"}),
        did("1", "$identify", NOON + 1, user_properties={"$set": {"plan": "pro"}}),
        did("2", "A", NOON),
    ]
    one = opened(events)
    people = one.charts.people(chart(), Point())
    told: list[int] = []
    assert one.charts.download(people, tmp_path / "users.csv", told.append) == (2, False)
    with (tmp_path / "users.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert first["user_id"] == "user-1"
    assert first["device_ids"] == "device-1"
    assert (first["plan"], first["name"]) == ("pro", "'=1+1")
    assert second["plan"] == ""
    assert told == [2]
    properties = [p for p in one.warehouse.properties().values() if p.scope == "user"]
    few = download(one.warehouse.stream, people, properties, tmp_path / "few.csv", most=1)
    assert few == (1, True)
    assert len((tmp_path / "few.csv").read_text().splitlines()) == 2


def test_cohorts_from_points(opened: Any) -> None:
    events = [did("1", "A", START), did("2", "A", NOON), did("1", "B", NOON), did("2", "B", NOON)]
    one = opened(events)
    with Definitions(one.folder) as definitions:
        dynamic = one.charts.save_cohort(definitions, "then", chart(), Point(bucket=YESTERDAY))
        fixed = one.charts.save_cohort(
            definitions,
            "both",
            funnel("A", "B", window_s=172_800, exclude=[{"event": "X"}]),
            Point(step=2),
        )
        assert dynamic.body["type"] == "dynamic"
        assert fixed.body["type"] == "static"
        charts = Charts(one.warehouse, CLOCK, cohorts=definitions.all("cohort"))

    def total(cohort: int, *, negated: bool = False) -> float | None:
        segment = {"cohorts": [{"cohort": cohort, "negated": negated}]}
        return charts.answer(chart("B", segments=[segment])).series[0].total

    assert total(dynamic.id) == 1
    assert total(dynamic.id, negated=True) == 1
    assert total(fixed.id) == 2
    rows = one.warehouse.rows("SELECT DISTINCT root, user_id FROM people ORDER BY user_id")
    found = {user: charts.memberships(person) for person, user in rows}
    # The fixed one has no rule to be asked.
    assert found == {"user-1": {dynamic.id: True}, "user-2": {dynamic.id: False}}


def test_a_cohort_that_depends_on_itself_is_refused(opened: Any) -> None:
    one = opened([did("1", "A", NOON)])
    with Definitions(one.folder) as definitions:
        first = definitions.save("cohort", "a", {"type": "dynamic", "segment": {}})
        rule = {"cohorts": [{"cohort": first.id}]}
        second = definitions.save("cohort", "b", {"type": "dynamic", "segment": rule})
        back = {"cohorts": [{"cohort": second.id}]}
        definitions.save("cohort", "a", {"type": "dynamic", "segment": back}, first.id)
        charts = Charts(one.warehouse, CLOCK, cohorts=definitions.all("cohort"))
    with pytest.raises(BadInput, match="depends on itself"):
        charts.answer(chart(segments=[{"cohorts": [{"cohort": first.id}]}]))
    with Definitions(one.folder) as definitions:
        broken = definitions.save("cohort", "c", {"type": "dynamic", "segment": {"users": 7}})
        sound = definitions.save("cohort", "d", {"type": "dynamic", "segment": {}})
        listed = definitions.all("cohort")
    # One that cannot be asked keeps no other from being asked.
    found = Charts(one.warehouse, CLOCK, cohorts=listed).memberships(1)
    assert found[sound.id] is True
    assert "depends on itself" in str(found[first.id])
    assert "cohort 'c'.users" in str(found[broken.id])


def test_drivers_by_their_table() -> None:
    found = driver("X", (), 40, 10, 20, 30)
    assert found.correlation == pytest.approx(0.408, abs=1e-3)
    assert found.converted_share == pytest.approx(0.667, abs=1e-3)
    assert found.dropped_share == 0.25
    assert found.strength == "high"
    assert driver("X", (), 4, 0, 0, 0).correlation is None


def test_drivers_between_steps(opened: Any) -> None:
    events = []
    for user in range(8):
        name = str(user)
        events.append(did(name, "A", START))
        if user < 4:
            events.append(did(name, "B", START + HOUR))
        if user in (0, 1, 2, 5):
            events += [did(name, "Help", START + 1000 * i) for i in (5, 6)]
    events += [did("7", "Late", START + 2 * DAY), did("0", "Late", START + 2 * HOUR)]
    found = opened(events).charts.drivers(funnel("A", "B"), Point(step=2))
    (only,) = found
    table = (only.converted_did, only.dropped_did, only.converted_not, only.dropped_not)
    assert (only.event, table) == ("Help", (3, 1, 1, 3))
    assert only.correlation == 0.5
    assert (only.converted_times, only.between_s) == (2, 3600)


def test_distributions() -> None:
    assert shares([1, 3]) == [0.25, 0.75]
    assert running([1, 1, 2]) == [0.25, 0.5, 1]
    assert percentile_bin([1, 1, 2], 0.5) == 1
    assert percentile_bin([1, 1, 2], 0.51) == 2
    assert percentile_bin([], 0.5) is None


@pytest.mark.parametrize(
    "action", ["menu", "users", "streams", "uploads", "journeys", "zoom", "cohort", "download"]
)
def test_the_command_line(tmp_path: Path, capfd: pytest.CaptureFixture[str], action: str) -> None:
    folder = workspace(tmp_path / "workspace", [did("1", "A", NOON)])
    file = tmp_path / "definition.json"
    file.write_text(json.dumps({"events": ["A"], "range": DAYS}))
    arguments = ["chart", "--workspace", str(folder), str(file), "--now", str(NOON)]
    arguments += ["--point", '{"bucket": 6}', "--action", action]
    arguments += ["--output", str(tmp_path / "out.csv")] if action == "download" else []
    assert main(arguments) == 0
    assert json.loads(capfd.readouterr().out)


def test_points_that_are_not_there(tmp_path: Path, opened: Any) -> None:
    one = opened([did("1", "A", NOON)])
    for point in (Point(bucket=70), Point(event=3), Point(segment=2), Point(group=("x",))):
        with pytest.raises(BadInput):
            one.users(chart(), point)
    for point in (Point(step=5), Point(segment=1), Point(variant=4)):
        with pytest.raises(BadInput):
            one.users(funnel("A", "B"), point)
