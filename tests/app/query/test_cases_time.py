"""
Worked cases of time, ranges, active and new users (semantics §0.1 to §0.3), as `eventscope chart`
answers. A case is called after its section; more of §0.1 and §0.2 is in `test_worked_cases`.
"""

from typing import Any

import pytest

from tests.app.query.cases import Asking, Case, counts, points, total, totals
from tests.app.query.small import DAY, DAYS, HOUR, MIDNIGHT, NOON, did

MINUTE = 60_000
A: dict[str, Any] = {"events": ["A"], "range": DAYS}
TOTALS = {"measure": "totals"}
SUNDAY = {"start": "2026-10-25", "end": "2026-10-25"}
BERLIN = ("--zone", "Europe/Berlin")

MORNING = tuple(
    did("1", "A", NOON - HOUR + at) for at in (3 * MINUTE + 10_000, 4 * MINUTE + 59_999, 5 * MINUTE)
)
DAILY = tuple(did("1", kind, NOON - day * DAY) for day in range(15) for kind in "AB")
AROUND = tuple(did(str(n), "A", MIDNIGHT + at * HOUR) for n, at in enumerate((5, 6, 9, 10)))
LATER_STEP = (*AROUND, did("1", "B", MIDNIGHT + 10 * HOUR))
NEWCOMER = (
    *(did("1", "A", NOON - DAY + n) for n in range(2)),
    did("1", "B", NOON - DAY + 9),
    did("1", "A", NOON),
    did("2", "Push", NOON - 2 * DAY),
    did("2", "A", NOON - DAY),
)
BUSY = tuple(
    did(user, f"T{kind:02}", NOON + kind * 10 + n)
    for kind in range(12)
    for n in range(12 - kind)
    for user in ("1" if kind != 11 else "2",)
)
RARE = tuple(did("3", "Rare", NOON + n, {"plan": "pro"}) for n in range(2))


def when(found: dict[str, Any]) -> dict[str, float]:
    """The intervals in which something was."""
    return {day: n for day, n in zip(found["buckets"], points(found), strict=True) if n}


def by_interval(interval: str, unit: str = "") -> dict[str, Any]:
    return A | TOTALS | {"interval": interval, "range": {"last": 0, "unit": unit or interval}}


def lengths(found: dict[str, Any]) -> list[float]:
    """Hours of each interval."""
    ends = zip(found["starts_ms"], found["ends_ms"], strict=True)
    return [(end - start) / HOUR for start, end in ends]


def days(found: dict[str, Any]) -> list[str]:
    return [day[8:10] for day in found["buckets"]]


def over(**wanted: Any) -> dict[str, Any]:
    return A | TOTALS | {"range": wanted}


def tops(kind: str, **more: Any) -> dict[str, Any]:
    return {"events": [{"kind": kind}], "range": DAYS, **TOTALS, **more}


PRO = {"segments": [{"where": [{"property": "plan", "values": ["pro"]}]}]}

CASES = [
    # 0.1: an interval begins at its own wall clock time; five minutes are rounded down.
    Case(
        "0.1 intervals",
        MORNING,
        by_interval("realtime", "day"),
        when,
        {"2026-11-21T11:00+0000": 2, "2026-11-21T11:05+0000": 1},
    ),
    Case("0.1 intervals/hour", MORNING, by_interval("hour"), when, {}),
    Case(
        "0.1 intervals/hours",
        MORNING,
        by_interval("hour", "day"),
        when,
        {"2026-11-21T11:00+0000": 3},
    ),
    *(
        Case(f"0.1 intervals/{interval}", MORNING, by_interval(interval), when, {first: 3}, more)
        for interval, first, more in (
            ("day", "2026-11-21", ()),
            ("week", "2026-11-16", ()),
            ("week", "2026-11-15", ("--week-start", "7")),
            ("month", "2026-11-01", ()),
            ("quarter", "2026-10-01", ()),
            ("quarter", "2026-11-01", ("--quarter-start", "2")),
            ("year", "2026-01-01", ()),
        )
    ),
    Case("0.1 partial", MORNING, A, lambda f: f["partial"], [6]),
    Case("0.1 clocks", MORNING, A | {"range": SUNDAY}, lengths, [25.0], BERLIN),
    Case(
        "0.1 clocks/hours",
        MORNING,
        A | {"range": SUNDAY, "interval": "hour"},
        lambda f: len(f["buckets"]),
        25,
        BERLIN,
    ),
    Case(
        "0.1 clocks/spring",
        MORNING,
        A | {"range": {"start": "2026-03-29", "end": "2026-03-29"}},
        lengths,
        [23.0],
        BERLIN,
    ),
    # 0.2: the last N are N full units and the running one.
    Case("0.2", DAILY, over(last=3), days, ["18", "19", "20", "21"]),
    Case("0.2/today", DAILY, over(last=0), days, ["21"]),
    Case("0.2/complete", DAILY, over(last=3, complete=True), days, ["18", "19", "20"]),
    Case("0.2/offset", DAILY, over(last=3, offset=2), days, ["16", "17", "18", "19"]),
    Case("0.2/weeks", DAILY, over(last=1, unit="week"), lambda f: len(f["buckets"]), 14),
    Case("0.2/since", DAILY, over(since="2026-11-20"), days, ["20", "21"]),
    Case("0.2/between", DAILY, over(start="2026-11-02", end="2026-11-03"), days, ["02", "03"]),
    # Weekdays that are left out vanish from series and totals; rows of weeks stay.
    Case(
        "0.2/weekdays", DAILY, over(last=6, without=["sat", "sun"]), days,
        ["16", "17", "18", "19", "20"],
    ),
    Case("0.2/weekdays total", DAILY, over(last=6, without=["sat", "sun"]), total, 5),
    Case(
        "0.2/weekdays of weeks",
        DAILY,
        over(last=1, unit="week", without=["sat", "sun"]) | {"interval": "week"},
        points,
        [5, 5],
    ),
    Case(
        "0.2/weekdays of funnels",
        DAILY,
        {"kind": "funnel", "steps": ["A", "B"], "count": "totals"}
        | {"range": {"last": 6, "without": ["sat", "sun"]}},
        counts,
        [5, 5],
    ),
    Case(
        "0.2/weekdays of averages",
        DAILY,
        over(last=6, without=["wed"]) | {"rolling_average": 7},
        lambda f: points(f)[-1],
        1,
    ),
    Case("0.2 hours", AROUND, over(since="2026-11-21T06:00"), total, 3),
    Case(
        "0.2 hours/between", AROUND,
        over(start="2026-11-21T06:00", end="2026-11-21T10:00"), total, 2,
    ),
    Case(
        "0.2 hours/seconds",
        AROUND,
        over(start="2026-11-21T06:00:01", end="2026-11-21T10:00:01"),
        total,
        2,
    ),
    Case(
        "0.2 hours of funnels",
        LATER_STEP,
        {"kind": "funnel", "steps": ["A", "B"]}
        | {"range": {"start": "2026-11-21T06:00", "end": "2026-11-21T09:30"}},
        counts,
        [2, 1],
    ),
    # 0.3: who became new, and when, counts inactive events, too.
    Case("0.3", NEWCOMER, A | {"events": [{"kind": "new"}]}, points, [0, 0, 0, 0, 1, 1, 0]),
    Case(
        "0.3/totals", NEWCOMER, A | TOTALS | {"events": [{"kind": "new"}]}, points,
        [0, 0, 0, 0, 1, 3, 0],
    ),
    Case(
        "0.3/inactive first",
        NEWCOMER,
        A | {"events": [{"kind": "new"}], "inactive": ["Push"]},
        points,
        [0, 0, 0, 0, 1, 1, 0],
    ),
    Case(
        "0.3/new segment", NEWCOMER, A | TOTALS | {"segments": [{"users": "new"}]}, points,
        [0, 0, 0, 0, 0, 2, 0],
    ),
    Case(
        "0.3/any active", NEWCOMER, A | {"events": [{"kind": "active"}], "inactive": ["Push"]},
        points, [0, 0, 0, 0, 0, 2, 1],
    ),
    Case(
        "0.3/any", NEWCOMER, A | {"events": [{"kind": "any"}], "inactive": ["Push"]},
        points, [0, 0, 0, 0, 1, 2, 1],
    ),
    Case(
        "0.3/active users",
        NEWCOMER,
        A | {"events": [{"kind": "any"}], "segments": [{"users": "active"}], "inactive": ["A"]},
        total,
        2,
    ),
    Case(
        "0.3/nobody is active",
        NEWCOMER,
        A | {"segments": [{"users": "active"}], "inactive": ["A", "B", "Push"]},
        total,
        0,
    ),
    Case(
        "0.3 top",
        (*BUSY, *RARE),
        tops("top"),
        lambda f: list(totals(f).items()),
        [(f"T{n:02}", 12 - n) for n in range(10)],
    ),
    Case(
        "0.3 top/inactive",
        (*BUSY, *RARE),
        tops("top", inactive=["T00", "T01"]),
        lambda f: [*totals(f)][-2:],
        ["Rare", "T10"],
    ),
    Case("0.3 top/segment", (*BUSY, *RARE), tops("segment_top", **PRO), totals, {"Rare": 2}),
    Case("0.3 top/global", (*BUSY, *RARE), tops("top", **PRO), totals, {}),
    Case(
        "0.3 top/where",
        (*BUSY, *RARE),
        tops("top", events=[{"kind": "top", "where": [
            {"property": "user_id", "scope": "field", "op": "contains", "values": ["user-2"]}]}]),
        totals,
        {},
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(ask: Asking, case: Case) -> None:
    ask.check(case)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"range": {"last": 3, "offset": 1, "complete": True}}, "range: 'offset' and 'complete'"),
        ({"range": {"start": "2026-11-01", "end": "2026-11-02", "without": ["sat"]}},
         "range.without: Weekdays can be left out of 'last' and 'since' only."),
        ({"range": {"last": 3, "without": ["sat"]}, "compare": ["week"]}, "compare: Without"),
        ({"range": {"last": 0, "without": ["sun"]}, "interval": "realtime"}, "Weekdays cannot"),
        ({"range": {"last": 2}, "interval": "realtime"}, "one day at most"),
        ({"range": {"last": 3, "since": "2026-11-01"}}, "range: Either"),
        ({"range": {"last": 30, "unit": "year"}, "interval": "hour"}, "too long"),
        ({"range": {"since": "2026-12-01"}}, "begins after now"),
        ({"range": {"start": "2026-11-01", "end": "9999-12-31"}}, "between the years 1 and 9999"),
        ({"range": {"start": "9999-12-01", "end": "9999-12-31T12:00"}, "interval": "week"},
         "between the years 1 and 9999"),
        ({"kind": "funnel", "events": None, "steps": ["A", {"kind": "top"}]},
         "steps[1].kind: Top events go with segmentation"),
        ({"events": [{"combined": ["A", {"kind": "top"}]}]}, "combined[1].kind: Top events"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_place(
    ask: Asking, change: dict[str, Any], said: str
) -> None:
    asked = {name: of for name, of in (A | change).items() if of is not None}
    assert said in ask("0.2", asked)


def test_behind_top_events(ask: Asking) -> None:
    """A point of one of them is about that event."""
    point = ("--point", '{"group": ["T03"]}')
    (user,) = ask("0.3 top", tops("top"), *point)["users"]
    assert user["user_id"].endswith("user-1")
    filtered = ask("0.3 top", tops("top"), *point, "--action", "filter")
    assert filtered["events"] == [{"event": "T03"}]
    assert totals(ask("0.3 top", filtered)) == {"T03": 9}
    journeys = ask("0.3 top", tops("top"), *point, "--action", "journeys")
    assert journeys["start"] == {"event": "T03"}
    made = ask("0.3 top", tops("top"), *point, "--action", "cohort")
    cohort = {"segments": [{"cohorts": [{"cohort": made["cohort"]}]}]}
    assert total(ask("0.3 top", A | cohort | {"events": [{"kind": "any"}]})) == 1


def test_a_zone_that_is_none(ask: Asking) -> None:
    assert "no time zone 'Mars/Olympus'" in ask("0.2", A, "--zone", "Mars/Olympus")
