"""
Worked cases of Microscope (semantics §10), as `eventscope chart --point` answers.

Each test says the id of the worked case that it is (MIC-T1), or else the section of its rule.
MIC-T7 is also in `test_cases_journeys`, §10.7 of groups in `test_behind`, §10.8 in
`test_pointcohorts`, §10.10 in `test_cases_segmentation` (distribution) and `test_cases_funnel`
(FUN-T19).
"""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from app.query import Warehouse
from app.query.streams import MOST_DOWNLOADED
from tests.app.query.cases import Asking, Case, ran, total
from tests.app.query.small import DAY, DAYS, HOUR, MIDNIGHT, NOON, did, workspace

MINUTE = 60_000
TODAY = 6


def busy(before: int, inside: int, after: int) -> tuple[dict[str, Any], ...]:
    """A user with so many events before, in and after the 19th of November."""
    start, end = MIDNIGHT - 2 * DAY, MIDNIGHT - DAY
    times = [start - (n + 1) * MINUTE for n in range(before)]
    times += [start + n * MINUTE for n in range(inside)]
    times += [end + n * MINUTE for n in range(after)]
    return tuple(did("1", "A", at) for at in sorted(times))


COUNTRIES = (
    did("1", "A", NOON, {"country": "US"}),
    did("1", "A", NOON + 1, {"country": "FR"}),
    did("1", "B", NOON + 2, {"country": "US"}),
    did("1", "A", NOON - DAY, {"country": "US"}),
)
STOPPED = (
    *ran("1", NOON, "A0 B1"),
    *ran("2", NOON, "A0 B1 C2"),
    *ran("3", NOON, "A0"),
)
SLOWLY = (
    *ran("1", NOON - DAY, "A0 B1 C9"),
    *ran("2", NOON - DAY, "A0 B100"),
    *ran("3", NOON, "A0 X1 X2 B3"),
)
LISTED = (
    did("1", "A", NOON, {"plan": ["pro", "team"]}),
    did("2", "A", NOON, {"plan": "pro"}),
    did("3", "A", NOON, user_properties={"$set": {"=cmd()": "\x00\n-1", "age": 7}}),
)
A: dict[str, Any] = {"events": ["A"], "range": DAYS}
ABC = {"kind": "funnel", "steps": ["A", "B", "C"], "range": DAYS}
AB = ABC | {"steps": ["A", "B"]}

CASES = [
    Case("MIC-T1", busy(30, 10, 60), A, total, 1),
    Case("MIC-T2", busy(30, 60, 5), A, total, 1),
    Case("MIC-T3", COUNTRIES, A, total, 1),
    Case("MIC-T6", STOPPED, A, total, 3),
    Case("MIC-T8", COUNTRIES, A, total, 1),
    Case("slow", SLOWLY, A, total, 3),
    Case("lists", LISTED, A, total, 3),
]


def users(ask: Asking, case: str, chart: dict[str, Any], **point: Any) -> str:
    """Who is behind a point, by number."""
    found = ask(case, chart, "--point", json.dumps(point))
    assert not isinstance(found, str), found
    return "".join(sorted(one["user_id"][-1] for one in found["users"]))


def streams(ask: Asking, case: str, chart: dict[str, Any], *more: str, **point: Any) -> list[Any]:
    given = ("--point", json.dumps(point), "--action", "streams")
    return ask(case, chart, *given, *more)["streams"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("case", "inside", "after"), [("MIC-T1", 10, 40), ("MIC-T2", 60, 0)])
def test_streams_reach_25_back_and_to_50(ask: Asking, case: str, inside: int, after: int) -> None:
    """MIC-T1, MIC-T2"""
    (stream,) = streams(ask, case, A, bucket=4)
    places = [event["in_range"] for event in stream["events"]]
    assert places == [False] * 25 + [True] * inside + [False] * after


def test_highlighting_is_by_type_and_time(ask: Asking) -> None:
    """MIC-T3"""
    filtered = {"event": "A", "where": [{"property": "country", "values": ["US"]}]}
    (stream,) = streams(
        ask, "MIC-T3", A | {"events": [filtered]}, "--property", "country", bucket=TODAY
    )
    lit = [(e["type"], e["properties"]["country"], e["is_highlighted"]) for e in stream["events"]]
    assert lit == [
        ("A", "US", False),
        ("A", "US", True),
        ("A", "FR", True),
        ("B", "US", False),
    ]


@pytest.mark.parametrize(
    ("interval", "wanted", "bucket", "finer", "first", "last", "bars"),
    [
        ("week", ("2026-08-03", "2026-08-30"), 1, "day", "2026-08-10", "2026-08-16", 7),
        ("day", ("2026-08-03", "2026-08-09"), 4, "hour", "2026-08-07", "2026-08-07", 24),
        ("month", ("2024-01-01", "2024-03-31"), 1, "week", "2024-02-01", "2024-02-26", 5),
        ("year", ("2024-01-01", "2025-12-31"), 0, "quarter", "2024-01-01", "2024-10-01", 4),
        ("hour", ("2026-08-03", "2026-08-03"), 3, "realtime", "2026-08-03", "2026-08-03", 12),
    ],
)
def test_zooming(
    ask: Asking,
    interval: str,
    wanted: tuple[str, str],
    bucket: int,
    finer: str,
    first: str,
    last: str,
    bars: int,
) -> None:
    """MIC-T4: the clicked time, in the next finer interval; first and last are clipped."""
    chart = A | {"interval": interval, "range": dict(zip(("start", "end"), wanted, strict=True))}
    point = ("--point", json.dumps({"bucket": bucket}), "--action", "zoom")
    zoomed = ask("MIC-T1", chart, *point)
    assert zoomed.get("interval", "day") == finer
    found = ask("MIC-T1", zoomed)
    assert (found["buckets"][0][:10], found["buckets"][-1][:10]) == (first, last)
    assert len(found["buckets"]) == bars


def test_five_minutes_cannot_be_zoomed(ask: Asking) -> None:
    chart = A | {"interval": "realtime", "range": {"last": 0}}
    point = ("--point", '{"bucket": 3}')
    assert "zoom" not in ask("MIC-T1", chart, *point, "--action", "menu")["menu"]
    assert "cannot be zoomed" in ask("MIC-T1", chart, *point, "--action", "zoom")


def test_users_of_funnels(ask: Asking) -> None:
    """MIC-T6"""
    assert users(ask, "MIC-T6", ABC, step=3, converted=False) == "1"
    assert users(ask, "MIC-T6", ABC, step=2) == "12"
    assert users(ask, "MIC-T6", ABC, step=2, converted=False) == "3"
    any_order = ABC | {"order": "any"}
    assert users(ask, "MIC-T6", any_order, step=3, converted=False) == "1"


def test_users_of_other_views_of_funnels(ask: Asking) -> None:
    """§10.2: entry buckets, also of some steps only; bins of times and of counts."""
    over_time = ABC | {"show": "over_time"}
    assert users(ask, "slow", over_time, bucket=5) == "1"
    assert users(ask, "slow", over_time, bucket=5, converted=False) == "2"
    first_two = over_time | {"between": [1, 2]}
    assert users(ask, "slow", first_two, bucket=5) == "12"
    assert users(ask, "slow", first_two, bucket=5, converted=False) == ""
    last_two = over_time | {"between": [2, 3]}
    assert users(ask, "slow", last_two, bucket=5, converted=False) == "2"
    times = AB | {"show": "time_to_convert", "edges": [0, 2, 50, 200]}
    assert [users(ask, "slow", times, bin=n) for n in range(3)] == ["1", "3", "2"]
    counts = AB | {"show": "frequency", "counted": "X"}
    assert [users(ask, "slow", counts, bin=n) for n in range(2)] == ["12", "3"]


def test_users_of_windows_that_roll(ask: Asking) -> None:
    """§10.2: a rolling point is about all of its window."""
    for field in ("rolling_window", "rolling_average"):
        assert users(ask, "slow", A | {field: 2}, bucket=TODAY) == "123"
    assert users(ask, "slow", A, bucket=TODAY) == "3"
    assert users(ask, "slow", A | {"cumulative": True}, bucket=TODAY) == "123"


def test_users_of_groups_bins_and_the_whole_range(ask: Asking) -> None:
    by_plan = A | {"by": ["plan"]}
    assert users(ask, "lists", by_plan, group=["pro"]) == "12"
    assert users(ask, "lists", by_plan, group=["team"]) == "1"
    assert users(ask, "lists", by_plan, group=[None]) == "3"
    assert users(ask, "slow", A | {"measure": "frequency"}, bin=0) == "123"
    fewest = {"events": [{"kind": "any"}], "measure": "frequency", "edges": [1, 3, 4]}
    assert users(ask, "slow", A | fewest, bin=0) == "2"
    assert users(ask, "slow", A | fewest, bin=1) == "1"


@pytest.mark.parametrize("case", ["MIC-T8"])
def test_formulas_have_nobody_behind_them(ask: Asking, case: str) -> None:
    chart = A | {"formula": "UNIQUES(A)"}
    assert ask(case, chart, "--point", '{"bucket": 6}', "--action", "menu") == {"menu": []}
    assert "Behind a formula are no users" in ask(case, chart, "--point", '{"bucket": 6}')


def test_journeys_take_the_last_thirty_days(ask: Asking) -> None:
    """MIC-T10"""
    chart = A | {"range": {"last": 44}}
    made = ask("MIC-T1", chart, "--point", "{}", "--action", "journeys")
    assert made["range"]["start"].startswith("2026-10-23")
    assert made["range"]["end"].startswith("2026-11-22")
    assert ask("MIC-T1", made)["total"] == 1


def test_journeys_of_those_who_dropped_out_begin_before(ask: Asking) -> None:
    """§10.6"""
    point = ("--point", '{"step": 3, "converted": false}', "--action", "journeys")
    made = ask("MIC-T6", ABC, *point)
    assert made["start"] == {"event": "B"}
    assert ask("MIC-T6", made)["total"] == 1


def test_downloads(ask: Asking, tmp_path: Path) -> None:
    """§10.7: ids, then what was last sent of each property, and no formula for a spreadsheet."""
    path = tmp_path / "users.csv"
    point = ("--point", '{"bucket": 6}', "--action", "download", "--output", str(path))
    assert ask("lists", A, *point) == {"users": 3, "more": False}
    header, *rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    assert header[:3] == ["amplitude_id", "user_id", "device_ids"]
    assert header[3:] == sorted(header[3:])
    assert [row[1][-1] for row in rows] == ["1", "2", "3"]
    assert rows[2][header.index("age")] == "7"
    assert not any(cell.startswith(("=", "-")) for row in [header, *rows] for cell in row)


def test_a_million_users_and_one_more(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """MIC-T9"""
    folder = workspace(tmp_path / "workspace", [did("1", "A", NOON)])
    many = MOST_DOWNLOADED + 1
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        # A million more, beside the one that came the usual way.
        warehouse.run(
            "INSERT INTO people SELECT 100 + range, 100 + range, 'u' || range, 'd' FROM"
            f" range({many - 1})"
        )
        warehouse.run(
            "INSERT INTO stored (id, upload, source, type, user_id, owner, session, time, state)"
            f" SELECT 1000 + range, 1, 1, 'A', 'u' || range, 100 + range, -1, {NOON}, 0 FROM"
            f" range({many - 1})"
        )
    ask = Asking(folder, tmp_path, capfd)
    path = tmp_path / "users.csv"
    everywhere = A | {"project": None}
    assert ask("MIC-T9", everywhere)["series"][0]["total"] == many
    point = ("--point", '{"bucket": 6}', "--action", "download", "--output", str(path))
    assert ask("MIC-T9", everywhere, *point) == {"users": 1_000_000, "more": True}
    with path.open("rb") as lines:
        assert sum(1 for _ in lines) == 1_000_001  # The header, too.


def test_users_of_distributions_and_bars(ask: Asking) -> None:
    """§10.2: a bar is over the whole range; a bin of a distribution is of its events."""
    ages = {"measure": "distribution", "property": {"property": "age", "scope": "user"}}
    assert users(ask, "lists", A | ages | {"edges": [0, 5, 10]}, bin=1) == "3"
    assert users(ask, "slow", A | {"view": "bar"}) == "123"
    assert users(ask, "MIC-T6", {"events": ["A", "B"], "range": DAYS}, event=1) == "12"


def test_notes_and_releases_are_marked(ask: Asking) -> None:
    """§10.9: made at a point, and told with all others."""
    note = ("--point", '{"bucket": 4}', "--action", "annotation", "--text", "A sale")
    made = ask("MIC-T1", A, *note)
    marks = ask("MIC-T1", {}, "--marks")
    (found,) = [one for one in marks["annotations"] if one["id"] == made["annotation"]]
    assert (found["name"], found["start_ms"]) == ("A sale", MIDNIGHT - 2 * DAY)
    assert marks["releases"] == []


@pytest.mark.parametrize(
    ("chart", "point", "offered"),
    [
        (A, {"bucket": 6}, "zoom journeys streams users download cohort uploads annotation"
         " release"),
        (A | {"by": ["plan"]}, {"group": ["pro"]}, "filter exclude journeys streams users download"
         " cohort uploads annotation release"),
        (ABC, {"step": 2}, "journeys streams users download cohort drivers uploads release"),
        (ABC, {"step": 1}, "journeys streams users download cohort uploads release"),
        (ABC | {"order": "any"}, {"step": 2}, "journeys streams users download cohort uploads"
         " release"),
        (ABC | {"steps": ["A", {"combined": ["B", "C"]}]}, {"step": 2}, "streams users download"
         " cohort uploads release"),
        (ABC | {"show": "over_time"}, {"bucket": 2}, "zoom journeys streams users download cohort"
         " uploads release"),
        ({"kind": "journeys", "start": "A", "range": DAYS}, {"way": ["A", "B"]}, "filter exclude"
         " streams users download cohort uploads"),
        ({"kind": "journeys", "start": "A", "range": DAYS}, {"way": ["A", "Dropped off"]}, ""),
    ],
)  # fmt: skip
def test_menus(ask: Asking, chart: dict[str, Any], point: dict[str, Any], offered: str) -> None:
    """§10.3"""
    found = ask("MIC-T6", chart, "--point", json.dumps(point), "--action", "menu")
    assert found["menu"] == offered.split()


def test_the_time_of_an_hour(ask: Asking) -> None:
    """Streams of an hour are about that hour, in a zone whose days begin elsewhere."""
    chart = A | {"interval": "hour", "range": {"last": 0}}
    zone = ("--zone", "Asia/Kathmandu")
    found = ask("MIC-T3", chart, *zone)
    at = next(n for n, value in enumerate(found["series"][0]["points"]) if value)
    assert found["starts_ms"][at] <= NOON < found["starts_ms"][at] + HOUR
    (stream,) = streams(ask, "MIC-T3", chart, *zone, bucket=at)
    assert sum(event["is_highlighted"] for event in stream["events"]) == 2
