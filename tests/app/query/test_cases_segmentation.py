"""
Worked cases of segmentation (semantics §7, and groups of §6.3), as `eventscope chart` answers.
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

A: dict[str, Any] = {"events": ["A"], "range": DAYS}
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


CASES = [
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
]


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
