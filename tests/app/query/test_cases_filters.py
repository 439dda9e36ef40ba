"""
Worked cases of time, values, filters and ranks (semantics §0, §6, §20), as `eventscope chart`
answers.
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
]


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


CASES.append(Case("names", NAMES, A, total, 7))
