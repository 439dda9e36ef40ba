"""
Worked cases of segmentation (semantics §7, and groups of §6.3), as `eventscope chart` answers.

A case is called after the id of the worked case that it is (SEG-T1), or else after the section of
its rule (7.2); after a slash, which part of it. SEG-T12 and the rest of §7.8 are in
`test_comparing`.
"""

from typing import Any

import pytest

from tests.app.query.cases import Asking, Case, points, total, totals
from tests.app.query.small import DAY, DAYS, HOUR, MIDNIGHT, NOON, did

NOVEMBER = {"range": {"start": "2026-11-01", "end": "2026-11-30"}}


def november(user: str, day: int, kind: str = "A", **properties: Any) -> dict[str, Any]:
    return did(user, kind, NOON + (day - 21) * DAY, properties or None)


def last(found: dict[str, Any]) -> float | None:
    return points(found)[-1]


DOERS = (november("1", 21), november("2", 21), november("2", 21), november("3", 21, "B"))
TWICE = (november("1", 2), november("1", 6))
US, CA = {"country": "US"}, {"country": "CA"}
ACTIVE = (
    *(november(str(n), 21, "A", **US) for n in range(3)),
    *(november(str(n), 21, "B", **US) for n in range(3, 6)),
    *(november(str(n), 21, "B", **CA) for n in range(6, 10)),
)
GROWING = (
    november("A", 5),
    november("A", 11),
    november("B", 11),
    november("C", 19),
    november("D", 19),
)
WINDOW = (november("1", 20), november("1", 21), november("2", 21))
VALUES = tuple(
    did(str(n), "A", NOON + n, {} if value is None else {"v": value})
    for n, value in enumerate((10, 20, None, "$30"))
)
CART = (did("1", "Checkout", NOON, {"items": [{"category": "tacos"}, {"category": "tacos"}]}),)
RISING = tuple(
    did(str(n), "A", NOON + (day - 3) * DAY)
    for day, count in enumerate((1, 2, 2, 3))
    for n in range(count)
)
OFTEN = tuple(did(str(n), "A", NOON + at) for n in range(1, 12) for at in range(n))
JULY = MIDNIGHT - 127 * DAY  # 17 July 2026
FRESH = (
    did("1", "A", JULY + HOUR),
    did("1", "A", JULY + 2 * HOUR),
    did("1", "A", JULY + DAY + HOUR),
)
BOTH = (november("1", 21, **US), november("1", 21, **CA), november("2", 21, **US))
REVENUE = (
    did("us", "Pay", NOON, {"country": "USA", "price": 400}),
    *(did(f"ca{n}", "Pay", NOON, {"country": "Canada", "price": 10}) for n in range(10)),
    *(did("us", "Visit", NOON + n, {"country": "USA"}) for n in range(200)),
    *(did(f"ca{n % 10}", "Visit", NOON + n, {"country": "Canada"}) for n in range(100)),
)
TERMS = (
    *(did(f"us{n}", "Pay", NOON, US) for n in range(3)),
    *(did(f"ca{n}", "Pay", NOON, CA) for n in range(2)),
    *(did(f"ca{n}", "Visit", NOON, CA) for n in range(9)),
    did("us0", "Visit", NOON, US),
)
SPENT = tuple(did(str(n), "A", NOON, {"v": value}) for n, value in enumerate((1, 5, 5, 9, 12, 30)))

VISITS = (
    did("1", "A", NOON, {"v": 10}, session_id=NOON - 9),
    did("1", "A", NOON + 1, {"v": 20}, session_id=NOON - 9),
    did("2", "A", NOON, {"v": 30}, session_id=NOON - 8),
    did("3", "B", NOON),
    did("2", "A", NOON - DAY, {"v": 0}),
)
FEBRUARY = tuple(
    did(str(user), "A", NOON - (294 - day) * DAY)  # From the 31st of January on.
    for day in range(8)
    for user in range(day + 1)
)
BINNED = tuple(
    did(f"{times} {user}", "A", NOON + n)
    for times in (1, 5, 6, 10, 11, 21, 51)
    for user in range(2)
    for n in range(times)
)
CONVERTED = tuple(
    did("1", "A", NOON - day * DAY + n) for day, n in ((2, 0), (1, 0), (1, 1), (0, 0))
)
A: dict[str, Any] = {"events": ["A"], "range": DAYS}
OFTEN_EACH = {"segments": [{"performed": [{"event": "A", "count": 2, "each": True}]}]}
OF_V = {"property": "v"}
BY_V = {"events": [{"event": "A", "by": ["v"]}], "range": DAYS, "measure": "formula"}
IN_CART = {"event": "Checkout", "by": ["items.category"]}


def formula(text: str, **more: Any) -> dict[str, Any]:
    return A | {"measure": "formula", "formula": text} | more


def country(where: str, text: str = "") -> dict[str, Any]:
    """Active percent, grouped in the event's module or in the segment's."""
    if where == "event":
        return A | {"events": [{"event": "A", "by": ["country"]}], "measure": "active"}
    return A | {"by": ["country"], "measure": "active"}


def whole(found: dict[str, Any]) -> list[float | None]:
    """The totals of all series."""
    return [one["total"] for one in found["series"]]


def names(found: dict[str, Any]) -> list[str]:
    return [one["bin"] for one in found["series"]]


def of_visits(text: str) -> dict[str, Any]:
    """A formula over today's visits; functions of a property are of v."""
    functions = ("PROP", "PERCENTILE", "REVENUE", "ARPAU")
    by = ["v"] if any(f"{name}" in text.upper() for name in functions) else []
    by = [] if "FREQ" in text else by
    events = [{"event": "A", "by": by}, {"event": "B"}]
    return {"events": events, "formula": text, "range": {"last": 0}}


FORMULAS = {
    "UNIQUES(A)": 2,
    "uniques(a)": 2,
    "TOTALS(A)": 3,
    "AVG(A)": 1.5,
    "ACTIVE(A)": 2 / 3,
    "%: ACTIVE(A)": 200 / 3,
    "$: TOTALS(A)": 3,
    "PROPSUM(A)": 60,
    "PROPAVG(A)": 20,
    "PROPMIN(A)": 10,
    "PROPMAX(A)": 30,
    "PROPCOUNT(A)": 3,
    "PROPCOUNTAVG(A)": 1.5,
    "PERCENTILE(A, 0.75)": 25,
    "FREQPERCENTILE(A, 0.5)": 1.5,
    "REVENUETOTAL(A)": 60,
    "ARPAU(A)": 20,
    "SESSIONTOTALS(A)": 2,
    "CUMSUM(TOTALS, A)": 3,
    "ROLLWIN(TOTALS, A, 2)": 3,
    "ROLLAVG(UNIQUES, A, 2)": 2,
    "EXP(0*TOTALS(A))": 1,
    "EXP(TOTALS(A)*300)": None,
    "LN(UNIQUES(A)-1)": 0,
    "LN(UNIQUES(A)-2)": None,
    "LOG(UNIQUES(A)*4, 2)": 3,
    "LOG10(TOTALS(A)*0+100)": 2,
    "POWER(UNIQUES(A), 3)": 8,
    "SQRT(UNIQUES(A)+2)": 2,
    "SQRT(-UNIQUES(A))": None,
    "UNIQUES(A)*0+90000": 90_000,
    "(UNIQUES(A)+UNIQUES(B))*2-TOTALS(A)/3": 5,
    "UNIQUES(A)/(UNIQUES(B)-1)": None,
}
"""What functions give for the visits of one day (§7.2)."""


CASES = [
    *(
        Case(f"7.2/{text}", VISITS, of_visits(text), lambda f: whole(f)[0], expected)
        for text, expected in FORMULAS.items()
    ),
    Case("7.2/several", VISITS, of_visits("UNIQUES(A); TOTALS(A)"), whole, [2, 3]),
    Case(
        "7.2/segments",
        VISITS,
        formula("UNIQUES(A1)/UNIQUES(A2)", range={"last": 0}, segments=[
            {"where": [{"property": "v", "values": [10]}]}, {}]),
        whole,
        [0.5],
    ),
    Case(
        "7.2/rolls back", VISITS, of_visits("ROLLWIN(TOTALS,A,2); ROLLAVG(TOTALS,A,2)"),
        lambda f: [one["points"] for one in f["series"]], [[4], [2]],
    ),
    Case(
        "7.2/HIST", VISITS, formula("HIST(A)", range={"last": 0}),
        lambda f: [(one["bin"], one["total"]) for one in f["series"]], [("1", 1), ("2", 1)],
    ),
    Case(
        "7.2/PROPHIST",
        VISITS,
        of_visits("PROPHIST(A)") | {"edges": [0, 20]},
        lambda f: [(one["bin"], one["total"]) for one in f["series"]],
        [("0–20", 1), ("20+", 2)],
    ),
    # 7.3: the point of the 6th is the mean of the 31st of January to the 6th of February.
    Case(
        "7.3",
        FEBRUARY,
        A | {"rolling_average": 7, "range": {"start": "2026-02-06", "end": "2026-02-06"}},
        points,
        [4],
    ),
    Case(
        "7.3/formula",
        FEBRUARY,
        formula("ROLLAVG(UNIQUES,A,7)", range={"start": "2026-02-06", "end": "2026-02-06"}),
        points,
        [4],
    ),
    Case(
        "7.3/window of totals",
        FEBRUARY,
        A | {"measure": "totals", "rolling_window": 7}
        | {"range": {"start": "2026-02-06", "end": "2026-02-07"}},
        points,
        [28, 35],
    ),
    Case(
        "7.3/window of uniques",
        FEBRUARY,
        A | {"rolling_window": 7, "range": {"start": "2026-02-06", "end": "2026-02-07"}},
        points,
        [7, 8],
    ),
    # 7.4: who belongs is asked of each day's events, or of the window's last day.
    Case(
        "7.4", CONVERTED, formula("ROLLWIN(TOTALS,A,2)") | OFTEN_EACH,
        lambda f: points(f)[-3:], [0, 2, 2],
    ),
    Case(
        "7.4/before", CONVERTED, formula("ROLLWINBEFORE(TOTALS,A,2)") | OFTEN_EACH,
        lambda f: points(f)[-3:], [0, 3, 0],
    ),
    Case(
        "7.1 frequency",
        BINNED,
        A | {"measure": "frequency"},
        names,
        ["1", "5", "6–10", "11–20", "21–50", "51+"],
    ),
    Case("7.1 frequency/counts", BINNED, A | {"measure": "frequency"}, whole, [2, 2, 4, 2, 2, 2]),
    Case(
        "7.1 frequency/own edges", BINNED, A | {"measure": "frequency", "edges": [1, 6, 20]},
        totals, {"1–5": 4, "6–19": 6, "20+": 4},
    ),
    Case(
        "7.4/a line of frequencies",
        CONVERTED,
        A | {"measure": "frequency"},
        lambda f: {one["bin"]: one["points"][-3:] for one in f["series"]},
        {"1": [1, 0, 1], "2": [0, 1, 0], "4": [0, 0, 0]},
    ),
    Case(
        "7.7",
        VISITS,
        {"events": [{"combined": [
            {"event": "A", "where": [{"property": "v", "op": ">", "values": [15]}]}, "B"]}],
         "measure": "totals", "range": {"last": 0}},
        total,
        3,
    ),
    Case("SEG-T4/total", GROWING, A | NOVEMBER | {"cumulative": True}, total, 4),
    Case(
        "SEG-T4/totals", GROWING, A | NOVEMBER | {"cumulative": True, "measure": "totals"},
        lambda f: [points(f)[day - 1] for day in (5, 11, 19)], [1, 3, 5],
    ),
    Case("SEG-T1", DOERS, A, last, 2),
    Case("SEG-T1/totals", DOERS, A | {"measure": "totals"}, last, 3),
    Case("SEG-T1/average", DOERS, A | {"measure": "average"}, last, 1.5),
    Case("SEG-T1/formula", DOERS, formula("AVG(A)"), last, 1.5),
    Case(
        "SEG-T2",
        TWICE,
        A | NOVEMBER,
        lambda f: [points(f)[1], points(f)[5], sum(points(f))],
        [1, 1, 2],
    ),
    Case("SEG-T2/bar", TWICE, A | NOVEMBER, total, 1),
    Case("SEG-T3/event", ACTIVE, country("event"), lambda f: totals(f)["US"], 30),
    Case("SEG-T3/segment", ACTIVE, country("segment"), lambda f: totals(f)["US"], 50),
    Case(
        "SEG-T4",
        GROWING,
        A | NOVEMBER | {"cumulative": True},
        lambda f: [points(f)[day - 1] for day in (5, 11, 19)],
        [1, 2, 4],
    ),
    Case("SEG-T5", WINDOW, formula("ROLLWIN(UNIQUES,A,2)"), last, 2),
    Case("SEG-T5/totals", WINDOW, formula("ROLLWIN(TOTALS,A,2)"), last, 3),
    Case("SEG-T5/average", WINDOW, formula("ROLLAVG(UNIQUES,A,2)"), last, 1.5),
    Case("SEG-T5/measure", WINDOW, A | {"rolling_window": 2}, last, 2),
    Case("SEG-T5/mean", WINDOW, A | {"rolling_average": 2}, last, 1.5),
    Case("SEG-T6/sum", VALUES, A | OF_V | {"measure": "sum"}, last, 30),
    Case("SEG-T6/average", VALUES, A | OF_V | {"measure": "property_average"}, last, 15),
    Case("SEG-T6/median", VALUES, A | OF_V | {"measure": "median"}, last, 15),
    Case("SEG-T6/events", VALUES, A | {"measure": "totals"}, last, 4),
    Case("SEG-T6/count", VALUES, BY_V | {"formula": "PROPCOUNT(A)"}, last, 3),
    Case("SEG-T6/PROPAVG", VALUES, BY_V | {"formula": "PROPAVG(A)"}, last, 15),
    Case("SEG-T6/PROPMAX", VALUES, BY_V | {"formula": "PROPMAX(A)-PROPMIN(A)"}, last, 10),
    Case("SEG-T6/distinct", VALUES, A | OF_V | {"measure": "distinct_per_user"}, last, 3 / 4),
    Case("SEG-T7", CART, A | {"events": [IN_CART], "measure": "totals"}, totals, {"tacos": 2}),
    Case(
        "SEG-T7/once",
        CART,
        A | {"events": [IN_CART], "measure": "totals", "items": False},
        totals,
        {"tacos": 1},
    ),
    Case(
        "SEG-T7/formula",
        CART,
        formula(
            "SEMANTICTOTALS(A,UNIQUE_ARRAY_VALUES); SEMANTICTOTALS(A,ALL_VALUES)", events=[IN_CART]
        ),
        lambda f: [one["total"] for one in f["series"]],
        [1, 2],
    ),
    Case(
        "SEG-T8",
        RISING,
        formula("TRENDLINE(UNIQUES(A))", range={"last": 3}),
        points,
        [1.1, 1.7, 2.3, 2.9],
    ),
    Case("SEG-T9", OFTEN, formula("FREQPERCENTILE(A,0.9)"), last, 10),
    Case(
        "SEG-T10",
        FRESH,
        A
        | {
            "measure": "totals",
            "segments": [{"users": "new"}],
            "range": {"start": "2026-07-17", "end": "2026-07-18"},
        },
        points,
        [2, 0],
    ),
    Case("GRP-T1", BOTH, A | {"by": ["country"]}, totals, {"US": 2, "CA": 1}),
    Case("GRP-T1/overall", BOTH, A, total, 2),
    Case(
        "GRP-T2",
        REVENUE,
        {
            "events": [
                {"event": "Pay", "by": ["price", "country"]},
                {"event": "Visit", "by": ["country"]},
            ],
            "formula": "PROPSUM(A)/TOTALS(B)",
            "range": DAYS,
        },
        lambda f: list(totals(f).items()),
        [("Canada", 1.0), ("USA", 2.0)],
    ),
    Case("terms", TERMS, A | {"events": ["Pay"]}, total, 5),
    Case(
        "relative",
        BOTH,
        A | {"by": ["country"], "measure": "totals", "relative": True, "view": "area"},
        lambda f: [one["points"][-1] for one in f["series"]],
        [200 / 3, 100 / 3],
    ),
    Case(
        "distribution",
        SPENT,
        A | OF_V | {"measure": "distribution", "edges": [0, 5, 10]},
        lambda f: f["distributions"][0]["bins"],
        [[0, 5, 1, 1 / 6, 1 / 6], [5, 10, 3, 0.5, 2 / 3], [10, None, 2, 1 / 3, 1]],
    ),
    Case(
        "distribution/percentiles",
        SPENT,
        A | OF_V | {"measure": "distribution", "edges": [0, 5, 10]},
        lambda f: [
            f["distributions"][0]["median"],
            *map(f["distributions"][0]["percentiles"].get, ("0.25", "0.5", "0.9")),
        ],
        [7, 10, 10, None],
    ),
    Case(
        "distribution/median",
        SPENT,
        A | OF_V | {"measure": "distribution", "edges": [0, 5]},
        lambda f: f["distributions"][0]["median"],
        7,
    ),
    Case(
        "SEG-T9/spread",
        OFTEN,
        A | {"measure": "frequency"},
        lambda f: [one[2] for one in f["distributions"][0]["bins"]],
        [1, 1, 1, 1, 1, 5, 1, 0, 0],
    ),
    Case(
        "SEG-T9/median",
        OFTEN,
        A | {"measure": "frequency"},
        lambda f: f["distributions"][0]["median"],
        6,
    ),
    Case(
        "SEG-T3/inactive",
        ACTIVE,
        A | {"measure": "active", "inactive": ["B"]},
        total,
        100,
    ),
    Case(
        "SEG-T3/inactive over",
        ACTIVE,
        A | {"events": ["B"], "measure": "active", "inactive": ["B"]},
        total,
        pytest.approx(700 / 3),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(ask: Asking, case: Case) -> None:
    ask.check(case)


def test_terms_keep_the_same_groups(ask: Asking) -> None:
    """§6.3: a formula of several terms keeps the groups with most users over all of them. By
    itself, the first term would keep the US, and the second Canada."""
    grouped = [{"event": kind, "by": ["country"]} for kind in ("Pay", "Visit")]
    text = "TOTALS(B)/UNIQUES(A)"
    chart = {"events": grouped, "formula": text, "range": DAYS, "rows": 1}
    assert totals(ask("terms", chart)) == {"CA": 4.5}
    turned = chart | {"formula": "TOTALS(B)/UNIQUES(A) + 0*PERCENTILE(A,0.5)"}
    assert "same groupings" in ask("terms", turned)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"relative": True, "view": "area", "events": ["A", "B"]}, "relative"),
        ({"formula": "ROLLAVG(ARPAU,A,3)", "measure": "formula"}, "ARPAU"),
        ({"formula": "UNIQUES(A)/0", "measure": "formula"}, "divided by zero"),
        ({"formula": "UNIQUES(C)", "measure": "formula"}, "no such event"),
        ({"formula": "UNIQUES(A2)"}, "no such segment"),
        ({"formula": "ROLLAVG(UNIQUES,A,91)"}, "90 intervals"),
        ({"formula": "ROLLWIN(UNIQUES,A,73)", "interval": "hour"}, "72 intervals"),
        (
            {"formula": "ROLLWIN(UNIQUES,A,37)", "interval": "realtime", "range": {"last": 0}},
            "36 intervals",
        ),
        ({"formula": "ROLLWIN(UNIQUES,A,13)", "interval": "week"}, "12 intervals"),
        ({"formula": "ROLLWIN(UNIQUES,A,13)", "interval": "month"}, "12 intervals"),
        ({"formula": "PERCENTILE(A,1.5)"}, "share from 0 to 1"),
        ({"formula": "LOG(UNIQUES(A),1)"}, "base of LOG"),
        ({"formula": "PROPSUM(A)"}, "events[0].by: PROPSUM(A) needs"),
        ({"formula": "HIST(A)*2"}, "stand by itself"),
        ({"formula": "UNIQUES(A)+"}, "at the end of"),
        ({"formula": "MEDIAN(A)"}, "no such function"),
        ({"events": [{"combined": ["A", {"combined": ["A", "B"]}]}]}, "events[0].combined[1]"),
        ({"events": [{"combined": ["A", {"label": 7}]}]}, "no labeled event 7"),
        ({"rolling_average": 2, "cumulative": True}, "exclude each other"),
        ({"compare": ["day", "week", "month"]}, "compare: At most two"),
        ({"measure": "median"}, "'property'"),
        ({"measure": "distribution", "property": "v", "edges": [2, 1]}, "edges: Bins begin"),
        ({"events": ["A"] * 11}, "events: No more than 10"),
        ({"events": ["A"] * 51, "compatible": False}, "events: No more than 50"),
        ({"version": 2}, "newer version"),
    ],
)
def test_mistakes_are_named(ask: Asking, change: dict[str, Any], place: str) -> None:
    assert place in ask("SEG-T1", A | change)


def test_caps_can_be_lifted(ask: Asking) -> None:
    """§0.5"""
    many = {"events": ["A"] * 11, "compatible": False, "range": DAYS}
    assert len(ask("SEG-T1", many)["series"]) == 11


def test_users_are_divided_by_nobody(ask: Asking) -> None:
    """A division by zero is no number in its bucket, not an error."""
    found = ask("SEG-T1", formula("UNIQUES(A)/UNIQUES(B)", events=["A", "B"]))
    assert points(found) == [None] * 6 + [2]
