"""
Worked cases of values, caps, filters, groupings and ranks (semantics §0.4, §0.5, §6, §20), as
`eventscope chart` answers.

A case is called after the id of the worked case that it is (FLT-T1, HC-T2), or else after the
section of its rule (0.4, 6.3); after a slash, which part of it. GRP-T1 and GRP-T2 are in
`test_cases_segmentation`, those of groups as accounts (GRP-A) in `test_groups`.
"""

from typing import Any

import pytest

from tests.app.query.cases import Asking, Case, points, total, totals
from tests.app.query.small import DAY, DAYS, HOUR, MIDNIGHT, NOON, did

A: dict[str, Any] = {"events": ["A"], "range": DAYS}


def holding(*values: Any, name: str = "p") -> tuple[dict[str, Any], ...]:
    """One user for each value of a property."""
    return tuple(did(str(n), "A", NOON, {name: value}) for n, value in enumerate(values))


def where(op: str, *values: Any, **more: Any) -> dict[str, Any]:
    condition = {"property": "p", "op": op, "values": list(values), **more}
    return A | {"events": [{"event": "A", "where": [condition]}]}


def who(found: dict[str, Any]) -> str:
    """Which of the users, by number."""
    return "".join(sorted(name[-1] for name in totals(found)))


BY_USER = {"by": [{"property": "user_id", "scope": "field"}]}
URL = holding("/a/b/c", "/a/b", "v2", "9x", "zx")
INTERESTS = holding(["Movies", "Music"], ["Sports", "Movies", "Music"], "Movies", None)
GROUPS = holding(["A"], ["A", "B"], "A", [], None)
PHONES = holding("apple iphone 6", "iphone", "iPhone", None)
NUMBERS = holding(5, "5", 5.5, "$5", None, -1, "2026-11-02", "2026-10-01")
MIXED = holding(1, "1.0", True, "true", None, "")
NAMES = tuple(
    did(str(n), "A", NOON, {name: "yes"})
    for n, name in enumerate(('quo"te', "dot.ted", "😀", "it's", "back\\slash", "", "a b"))
)
CARTS = (
    did("1", "A", NOON, {"cart": [{"price": 5}, {"price": 9}]}),
    did("2", "A", NOON, {"cart": {"price": 7}}),
    did("3", "A", NOON, {"cart": "none"}),
)
HELD = (
    did("1", "A", NOON - 2 * HOUR, user_properties={"$set": {"plan": "free"}}),
    did("1", "A", NOON, user_properties={"$set": {"plan": "pro"}}),
)
RUNS = (
    *(did("maya", "run", NOON), did("maya", "walk", NOON + 1)),
    *(did("loc", "walk", NOON + 1), did("loc", "run", NOON + 2)),
)
SCOPES = (
    did("1", "A", NOON, {"plan": "x"}, user_properties={"$set": {"plan": "y"}}),
    did("2", "A", NOON, {"plan": None}),
    did("3", "A", NOON),
)
AMOUNTS = holding(10, "20", 2.5, "$30", None, "1e3", [4, 6])
SPELLED = holding("US", "us", ["a", "b"], ["b", "b"], ["b"])
TWO = (
    did("1", "A", NOON, {"p": 1, "q": "x"}),
    did("1", "A", NOON + 1, {"p": 2, "q": "x"}),
    did("2", "A", NOON, {"p": 1, "q": "z"}),
    did("2", "B", NOON),
)
WORDS = holding("cat", "c1t", "ct", "coat", "data", "date", "dati")
START = MIDNIGHT - 20 * DAY
UNION = tuple(
    did("1", kind, START + day * DAY) for kind, day in zip("abba", (1, 3, 7, 14), strict=True)
)
FAR = (
    *(did("1", "A", NOON), did("2", "A", 86_400_000), did("3", "A", 4_102_444_800_000)),
    did("4", "A", 253_402_300_799_000),
)


def undated(**fields: Any) -> dict[str, Any]:
    """An event whose sender said no time, or none that can be read."""
    one = did("1", "A", NOON)
    del one["time"]
    return one | fields


MANY = tuple(did(f"{n}", "A", NOON, {"p": f"value {n}"}) for n in range(600))
LATE = (did("1", "A", MIDNIGHT - HOUR // 2),)


def ranked(rank: int, name: str = "after", op: str = "is") -> dict[str, Any]:
    return {"property": name, "scope": "count", "op": op, "values": [rank]}


def runs(name: str) -> dict[str, Any]:
    """Any Event, filtered by its type, the first of its like."""
    kind = {"property": "event_type", "scope": "field", "op": "is", "values": ["run"]}
    event = {"kind": "any", "where": [kind, ranked(1, name)]}
    return {"events": [event], "range": DAYS} | BY_USER


def union(rank: int, op: str = "is") -> dict[str, Any]:
    event = {"combined": ["a", "b"], "where": [ranked(rank, op=op)]}
    return {"events": [event], "range": {"last": 20}, "measure": "totals"}


def summed(of: Any) -> dict[str, Any]:
    return A | {"measure": "sum", "property": of}


def on(scope: str, value: str | None) -> dict[str, Any]:
    """A condition on the property "plan" of a scope."""
    condition = {"property": "plan", "scope": scope, "values": [value]}
    return A | {"events": [{"event": "A", "where": [condition]}]}


def filtered(*conditions: tuple[str, str, Any]) -> dict[str, Any]:
    where = [{"property": name, "op": op, "values": [value]} for name, op, value in conditions]
    return {"event": "A", "where": where}


PAIRS = {"measure": "totals", "range": DAYS}
NAMED = [{"name": "ones", "where": [{"property": "p", "values": [1]}]}, {"name": "all"}]


def days(found: dict[str, Any]) -> list[int]:
    return [day for day, n in enumerate(points(found)) if n]


CASES = [
    Case("FLT-T1", URL, where("glob", "/a/*/c") | BY_USER, who, "0"),
    Case("FLT-T1/one level", URL, where("glob", "/a/*") | BY_USER, who, "1"),
    Case("FLT-T1/deep", URL, where("glob", "/a/**") | BY_USER, who, "01"),
    Case("FLT-T1/anywhere", URL, where("glob", "**b**") | BY_USER, who, "01"),
    Case("FLT-T1/class", URL, where("glob", "*[0-9]") | BY_USER, who, "2"),
    Case("FLT-T1/not in", URL, where("glob", "[!a-z]*") | BY_USER, who, "3"),
    Case("FLT-T1/not", URL, where("not glob", "/a/**") | BY_USER, who, "234"),
    Case("FLT-T2", INTERESTS, where("set is", "Movies", "Music") | BY_USER, who, "0"),
    Case("FLT-T2/one", INTERESTS, where("set is", "Movies") | BY_USER, who, "2"),
    Case("FLT-T2/contains", INTERESTS, where("set contains", "Movies") | BY_USER, who, "012"),
    Case("FLT-T2/is", INTERESTS, where("is", "Sports") | BY_USER, who, "1"),
    Case("FLT-T2/not", INTERESTS, where("set is not", "Movies", "Music") | BY_USER, who, "123"),
    Case("FLT-T3", GROUPS, where("set does not contain", "A", "B") | BY_USER, who, "0234"),
    Case("FLT-T4", PHONES, where("contains", "iPhone") | BY_USER, who, "012"),
    Case("FLT-T4/is", PHONES, where("is", "iphone") | BY_USER, who, "1"),
    Case("FLT-T4/prefix", PHONES, where("starts with", "IPH") | BY_USER, who, "12"),
    Case("FLT-T4/none", PHONES, where("does not contain", "apple") | BY_USER, who, "123"),
    Case("FLT-T4/or", PHONES, where("is", "iphone", None) | BY_USER, who, "13"),
    Case("FLT-T4/not or", PHONES, where("is not", "iphone", None) | BY_USER, who, "02"),
    Case("numbers", NUMBERS, where(">", 4) | BY_USER, who, "012"),
    Case("numbers/text", NUMBERS, where("is", 5) | BY_USER, who, "01"),
    Case("numbers/dates", NUMBERS, where(">=", "2026-11-01") | BY_USER, who, "6"),
    Case(
        "0.4",
        MIXED,
        A | {"by": ["p"]},
        totals,
        {"1": 1, "1.0": 1, "True": 2, "(none)": 1, 'A; ""': 1},
    ),
    Case(
        "0.4 carts",
        CARTS,
        A | {"by": ["cart.price"]},
        totals,
        {"5": 1, "9": 1, "7": 1, "(none)": 1},
    ),
    Case(
        "6.1 at event time",
        HELD,
        A
        | {
            "events": [
                {"event": "A", "where": [{"property": "plan", "scope": "user", "values": ["free"]}]}
            ]
        }
        | {"measure": "totals"},
        total,
        1,
    ),
    # 0.4: an event's property and a user's of one name are two; absent and null are (none).
    Case("0.4 scopes", SCOPES, on("event", "x") | BY_USER, who, "1"),
    Case("0.4 scopes/user", SCOPES, on("user", "y") | BY_USER, who, "1"),
    Case("0.4 scopes/other", SCOPES, on("user", "x"), total, 0),
    Case("0.4 scopes/none", SCOPES, A | {"by": ["plan"]}, totals, {"(none)": 2, "x": 1}),
    Case("0.4 scopes/is none", SCOPES, on("event", None) | BY_USER, who, "23"),
    Case("0.4 numbers", AMOUNTS, summed("p"), total, 1042.5),
    Case(
        "0.4 numbers/median", AMOUNTS, summed("p") | {"measure": "median"}, total, 8
    ),
    Case(
        "0.4 texts", SPELLED, A | {"by": ["p"]}, totals, {"US": 1, "a": 1, "b": 3, "us": 1}
    ),
    Case("0.4 texts/elements", SPELLED, where("is", "b") | BY_USER, who, "234"),
    Case(
        "0.4 texts/once", SPELLED, A | {"by": ["p"], "measure": "totals", "items": False},
        lambda f: totals(f)["b"], 3,
    ),
    Case(
        "0.4 texts/each", SPELLED, A | {"by": ["p"], "measure": "totals"},
        lambda f: totals(f)["b"], 4,
    ),
    Case("numbers/none", NUMBERS, where("<", 100) | BY_USER, who, "0125"),
    Case("numbers/not none", NUMBERS, where("is not", 5) | BY_USER, who, "234567"),
    # 6.1: filters of an event all hold, and are that event's alone.
    Case(
        "6.1 two", TWO,
        PAIRS | {"events": [filtered(("p", "is", 1)), {"event": "A", "name": "A2"}]},
        totals, {"A": 2, "A2": 3},
    ),
    Case(
        "6.1 two/both", TWO, PAIRS | {"events": [filtered(("p", "is", 1), ("q", "is", "x"))]},
        totals, {"A": 1},
    ),
    Case("FLT-T1 words", WORDS, where("glob", "c?t") | BY_USER, who, "0"),
    Case("FLT-T1 words/class", WORDS, where("glob", "dat[ae]*") | BY_USER, who, "45"),
    Case("FLT-T1 words/any", WORDS, where("glob", "c*t") | BY_USER, who, "0123"),
    # 6.2, 6.3
    Case(
        "6.1 two/segments", TWO, A | {"segments": NAMED}, totals, {"A; ones": 2, "A; all": 2}
    ),
    Case(
        "6.1 two/own grouping", TWO, PAIRS | {"events": [{"event": "A", "by": ["p"]}, "B"]},
        totals, {"1": 2, "2": 1, "B": 1},
    ),
    Case(
        "6.1 two/one grouping",
        TWO,
        A | {"events": [{"event": "A", "by": ["p"]}]},
        lambda f: totals(f) == {"1": 2, "2": 1},
        True,
    ),
    Case("6.1 two/segment's grouping", TWO, A | {"by": ["p"]}, totals, {"1": 2, "2": 1}),
    Case(
        "6.1 two/order of groupings", TWO, A | {"by": ["p", "q"]}, totals,
        {"1 / x": 1, "1 / z": 1, "2 / x": 1},
    ),
    Case(
        "6.1 two/other order", TWO, A | {"by": ["q", "p"]}, totals,
        {"x / 1": 1, "x / 2": 1, "z / 1": 1},
    ),
    # 0.5
    Case(
        "6.3 many/funnel",
        MANY,
        {"kind": "funnel", "steps": ["A", {"kind": "any"}], "by": ["p"], "range": DAYS},
        lambda f: len(f["parts"]),
        300,
    ),
    Case(
        "6.3 many/funnel without caps",
        MANY,
        {"kind": "funnel", "steps": ["A", {"kind": "any"}], "by": ["p"], "range": DAYS}
        | {"compatible": False},
        lambda f: len(f["parts"]),
        600,
    ),
    Case("HC-T1", RUNS, runs("after"), who, "ac"),
    Case("HC-T1/event", RUNS, runs("before"), who, "a"),
    *(
        Case(f"HC-T2/{rank}", UNION, union(rank), days, [day])
        for rank, day in zip((1, 2, 3, 4), (1, 3, 7, 14), strict=True)
    ),
    Case("HC-T2/below", UNION, union(3, "<"), days, [1, 3]),
    Case("HC-T2/not", UNION, union(2, "is not"), days, [1, 7, 14]),
    Case("0.1 far", FAR, A, total, 1),
    Case(
        "0.1 far/past", FAR, A | {"range": {"start": "1970-01-01", "end": "1971-01-01"}}, total, 1
    ),
    Case(
        "0.1 far/future", FAR, A | {"range": {"start": "2100-01-01", "end": "2100-01-02"}}, total, 1
    ),
    Case("0.1 no time", (undated(),), A, lambda f: points(f)[-1], 1),
    Case(
        "6.3 many", MANY, A | {"by": ["p"]}, lambda f: [len(f["series"]), f["pruned"]], [100, 500]
    ),
    Case(
        "6.3 many/two groupings",
        MANY,
        A | {"by": ["p", "q"]},
        lambda f: [len(f["series"]), f["pruned"]],
        [500, 100],
    ),
    Case(
        "6.3 many/without caps",
        MANY,
        A | {"by": ["p"], "compatible": False},
        lambda f: [len(f["series"]), f["pruned"]],
        [600, 0],
    ),
    Case(
        "6.3 many/frequencies",
        MANY,
        A | {"by": ["p"], "measure": "frequency"},
        lambda f: [len(f["series"]), f["pruned"]],
        [100, 500],
    ),
    Case(
        "6.3 many/active",
        MANY,
        A | {"by": ["p"], "measure": "active", "rows": 7},
        lambda f: sorted({one["total"] for one in f["series"]}),
        [100],
    ),
    Case("0.1 zone", LATE, A, lambda f: points(f)[-2:], [1, 0]),
    Case("0.1 zone/Berlin", LATE, A, lambda f: points(f)[-2:], [0, 1], ("--zone", "Europe/Berlin")),
    Case(
        "0.1 zone/offset", LATE, A, lambda f: points(f)[-2:], [0, 1], ("--zone", "Asia/Kathmandu")
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(ask: Asking, case: Case) -> None:
    ask.check(case)


@pytest.mark.parametrize("user", range(7))
def test_properties_are_called_anything(ask: Asking, user: int) -> None:
    """Quotes, dots, emoji, nothing at all: each is one property, and asked by its own name."""
    name = ('quo"te', "dot.ted", "😀", "it's", "back\\slash", "", "a b")[user]
    condition = {"property": name, "op": "is", "values": ["yes"]}
    found = ask("names", A | {"events": [{"event": "A", "where": [condition]}]} | BY_USER)
    if not name:
        assert "property" in found
        return
    assert who(found) == str(user)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"by": [{"property": "event_id", "scope": "field"}]}, "by[0]: Nothing can be grouped"),
        ({"by": [{"property": "upload_id", "scope": "field"}]}, "by[0]: Nothing can be grouped"),
        ({"by": list("pqrstu")}, "by: No more than 5"),
        ({"events": [{"event": "A", "by": list("pqrstu")}]}, "events[0].by: No more than 5"),
        ({"by": ["p"], "segments": NAMED}, "by: With several segments"),
        ({"formula": ";".join(["UNIQUES(A)"] * 11)}, "formula: At most 10"),
        ({"events": [{"event": "A", "where": [{"property": "p", "op": "like", "values": [1]}]}]},
         "events[0].where[0].op: 'like' is not one of"),
        ({"events": [{"event": "A", "where": [ranked(6)]}]}, "events[0].where[0].values"),
        ({"events": [{"event": "A", "where": [ranked(1), ranked(2)]}]}, "events[0].where: An"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_place(
    ask: Asking, change: dict[str, Any], said: str
) -> None:
    assert said in ask("6.1 two", A | change)


CASES.append(Case("names", NAMES, A, total, 7))
