"""
Worked cases of funnels and conversion drivers (semantics §8), as `eventscope chart` answers.

A case is called after the id of the worked case that it is (FUN-T1; DRV-T1 is a test of its own),
or else after the section of its rule (8.14); after a slash, which part of it. §8.18 is in
`test_pointcohorts`.
"""

from typing import Any

import pytest

from tests.app.query.cases import Asking, Case, counts, ran
from tests.app.query.small import DAY, DAYS, HOUR, MIDNIGHT, NOON, did

type Found = dict[str, Any]
MINUTE = 60_000
START = MIDNIGHT - DAY


def steps(*kinds: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "funnel", "steps": list(kinds), "range": DAYS, **more}


def one(history: str, unit: int = 1000) -> tuple[dict[str, Any], ...]:
    """What the only user did."""
    return tuple(ran("1", START, history, unit))


def part(found: Found) -> Found:
    (only,) = found["parts"]
    return only  # type: ignore[no-any-return]


def by_group(found: Found) -> dict[str, list[int]]:
    return {" / ".join(one["group"]): one["counts"] for one in found["parts"]}


def by_name(found: Found) -> dict[str, list[int]]:
    return {one["variant"] or one["name"]: one["counts"] for one in found["parts"]}


def converted(per_segment: dict[str, tuple[int, int]]) -> tuple[dict[str, Any], ...]:
    """Users of named kinds, so many of whom convert."""
    return tuple(
        event
        for plan, (whole, did_too) in per_segment.items()
        for n in range(whole)
        for event in (
            did(f"{plan}{n}", "A", NOON, {"plan": plan}),
            *([did(f"{plan}{n}", "B", NOON + 1000)] if n < did_too else []),
        )
    )


FOUND_LATER = tuple(
    did("1", kind, START + round(hours * HOUR))
    for kind, hours in (("A", 0), ("A", 1), ("B", 1.5), ("C", 24.75))
)
SIMULTANEOUS = one("B10.1 A10.7")
APART = one("A0 X5 B10")
WITHIN = one("A0 X10.2 B10.8")
TWICE = one("A0 X5 A8 B10")
BETWEEN = one("A0 B1 X2 B3 C4", MINUTE)
SEARCHES = one("search0 search1 search2 search3 cart9")
HELD = tuple(
    did("1", kind, START + at, {"item": item})
    for at, (kind, item) in enumerate((("View", "a"), ("View", "b"), ("Cart", "b"), ("Buy", "b")))
)
LISTS = (did("1", "A", START, {"item": [1, 2, 3]}), did("1", "B", START + 1000, {"item": 3}))
CANADA = (
    did("1", "B", START, {"country": "Canada"}),
    did("1", "A", START + 1000, {"country": "United States"}),
    did("1", "B", START + 2000, {"country": "Canada"}),
)
AC = one("A0 C9")
REPEATED = one("A0 A5 B10")
PAIRS = one("A0 A1 B2 B3")
ELSEWHERE = (
    did("1", "A", START, {"country": "FR"}),
    did("1", "A", START + HOUR, {"country": "US"}),
    did("1", "B", START + 2 * HOUR, {"country": "FR"}),
    did("2", "A", START, {"country": "US"}),
    did("2", "B", START + HOUR, {"country": "FR"}),
    did("3", "A", START, {"country": "FR"}),
    did("3", "B", START + HOUR, {"country": "US"}),
)
SLOW = tuple(
    event
    for n, took in enumerate((10, 20, 50, 300))
    for event in (did(str(n), "A", START), did(str(n), "B", START + took * 1000))
)
DISORDER = (*ran("1", START, "C0 B60 A120", MINUTE), *ran("2", START, "B0 C1", MINUTE))
AB = converted({"control": (1000, 100), "variant": (1000, 130), "weak": (1000, 120)})
FEW = converted({"control": (40, 3), "variant": (40, 10)})
RANKED = tuple(did("1", kind, START + n * HOUR) for n, kind in enumerate("BBABAB"))
MOVED = (
    did("1", "A", NOON - 2 * DAY, {"country": "CA"}),
    did("1", "A", NOON, {"country": "US"}),
    did("1", "B", NOON + 1000),
)
BOUGHT = (
    *(did("1", "A", START), did("1", "B", START + 1000, {"price": 10})),
    *(did("1", "B", START + 2000, {"price": 99}), did("2", "A", START)),
    *(did("3", "A", START), did("3", "B", START + 1000, {"price": "5.5"})),
    *(did("4", "A", START), did("4", "B", START + 1000, {"price": "$3"})),
)
DRIVEN = tuple(
    event
    for n in range(100)
    for event in (
        did(str(n), "A", START),
        *([did(str(n), "X", START + 10_000, {"kind": "k"})] if n < 40 or 60 <= n < 70 else []),
        *([did(str(n), "B", START + 20_000)] if n < 60 else []),
    )
)
EDGE = (*ran("1", START, "A0 B86400"), *ran("2", START, "A0 B86401"))
TYPES = one("A0.1 A0.5 B0.9 B1.2")
NEITHER = (
    did("1", "A", START, {"country": "CA"}),
    did("1", "A", START + HOUR, {"country": "US"}),
    did("1", "B", START + 24 * HOUR + MINUTE),
)
SHUFFLED = (*one("B0 A1 A2 B3 A4"), *ran("2", START, "B0 B1 C2"))
FAR_APART = one("B0 A82800 C90000")
LEFT = (
    did("1", "A", START),
    did("1", "B", START + 1000, {"plan": "pro"}),
    did("2", "A", START),
)
FIRSTS = one("A0 B10 A100 B101 A200 B230")
TWICE_ENTERED = (
    *(did("1", kind, NOON - 2 * DAY + n) for n, kind in enumerate("AA")),
    *(did("1", kind, NOON - DAY + n * 1000) for n, kind in enumerate("ABC")),
    did("1", "A", NOON),
)
OLD_USER = (
    *(did("1", "X", NOON - 2 * DAY), did("1", "A", NOON), did("1", "B", NOON + 1)),
    *(did("2", "A", NOON), did("2", "B", NOON + 1)),
)
STRAYED = one("A0 X1 B2 C3")
THIRTY = converted({"control": (30, 5), "variant": (30, 20)})
FEWER = converted({"control": (29, 5), "variant": (30, 20)})
SECOND = {"property": "after", "scope": "count", "values": [2]}
ITEM = {"hold": ["item"]}
FINAL_X = {"exclude": [{"event": "X"}]}
PLANS = [
    {"name": plan, "where": [{"property": "plan", "values": [plan]}]}
    for plan in ("control", "variant", "weak")
]
US = {"segments": [{"where": [{"property": "country", "values": ["US"]}]}]}

CASES = [
    Case("FUN-T1", FOUND_LATER, steps("A", "B", "C"), counts, [1, 1, 1]),
    Case(
        "FUN-T1/entry at one",
        FOUND_LATER,
        steps("A", "B", "C", interval="hour", show="over_time"),
        lambda f: [
            f["starts_ms"][at] % DAY // HOUR for at, n in enumerate(part(f)["converted"]) if n
        ],
        [1],
    ),
    Case("FUN-T3", SIMULTANEOUS, steps("A", "B"), counts, [1, 1]),
    Case("FUN-T3/ms", SIMULTANEOUS, steps("A", "B", resolution="millisecond"), counts, [1, 0]),
    Case("FUN-T4", APART, steps("A", "B", order="exact"), counts, [1, 0]),
    Case("FUN-T4 same tick", WITHIN, steps("A", "B", order="exact"), counts, [1, 1]),
    Case("FUN-T5", APART, steps("A", "B", **FINAL_X), counts, [1, 0]),
    Case("FUN-T5 again", TWICE, steps("A", "B", **FINAL_X), counts, [1, 1]),
    Case(
        "FUN-T5 between",
        BETWEEN,
        steps("A", "B", "C", exclude=[{"event": "X", "between": [2, 3]}]),
        counts,
        [1, 1, 1],
    ),
    Case("FUN-T8", SEARCHES, steps("search", "cart"), counts, [1, 1]),
    Case("FUN-T8/totals", SEARCHES, steps("search", "cart", count="totals"), counts, [4, 1]),
    Case("FUN-T9", HELD, steps("View", "Cart", "Buy", **ITEM), counts, [2, 1, 1]),
    Case("FUN-T9 lists", LISTS, steps("A", "B", **ITEM), counts, [3, 1]),
    Case(
        "FUN-T11",
        CANADA,
        steps("A", "B", by=["country"]),
        by_group,
        {"United States": [1, 1]},
    ),
    Case(
        "FUN-T11/step",
        CANADA,
        steps("A", {"event": "B", "by": ["country"]}),
        by_group,
        {"Canada": [1, 1]},
    ),
    Case("FUN-T16", AC, steps("A", "B", "C", order="any"), counts, [1, 0, 0]),
    Case("FUN-T16/reordered", AC, steps("A", "C", "B", order="any"), counts, [1, 1, 0]),
    Case("FUN-T17", REPEATED, steps("A", "B"), counts, [1, 1]),
    Case("FUN-T17/exact", REPEATED, steps("A", "B", order="exact"), counts, [1, 1]),
    Case("FUN-T17 totals", PAIRS, steps("A", "B", count="totals"), counts, [2, 2]),
    Case("FUN-T18", ELSEWHERE, steps("A", "B", **US), counts, [2, 2]),
    Case(
        "FUN-T18/by step",
        ELSEWHERE,
        steps("A", {"event": "B", "where": [{"property": "country", "values": ["US"]}]}),
        counts,
        [3, 1],
    ),
    Case(
        "FUN-T19",
        SLOW,
        steps("A", "B", show="time_to_convert", edges=[0, 15, 30, 60]),
        lambda f: part(f)["bins"],
        [[0, 15, 1, 1 / 3, 1 / 3], [15, 30, 1, 1 / 3, 2 / 3], [30, 60, 1, 1 / 3, 1]],
    ),
    Case(
        "FUN-T19/median",
        SLOW,
        steps("A", "B", show="time_to_convert", edges=[0, 15, 30, 60]),
        lambda f: [part(f)["median"], part(f)["percentiles"]["0.5"]],
        [35, 30],
    ),
    Case("DRV", DRIVEN, steps("A", "B"), counts, [100, 60]),
    Case("FUN-T12", DISORDER, steps("A", "B", "C", order="any"), counts, [1, 1, 1]),
    Case(
        "FUN-T12/between",
        DISORDER,
        steps("A", "B", "C", order="any"),
        lambda f: part(f)["average_s"],
        [3600, 3600],
    ),
    Case(
        "FUN-T13",
        AB,
        steps("A", "B", segments=PLANS, show="improvement"),
        lambda f: [f["parts"][1][key] for key in ("improvement", "significance", "difference")],
        pytest.approx([0.3, 0.9645, 0.03], abs=5e-5),
    ),
    Case(
        "FUN-T13/weak",
        AB,
        steps("A", "B", segments=PLANS, show="improvement"),
        lambda f: [f["parts"][2][key] for key in ("improvement", "significance")],
        pytest.approx([0.2, 0.8469], abs=5e-5),
    ),
    Case(
        "FUN-T13/verdicts",
        AB,
        steps("A", "B", segments=PLANS, show="improvement"),
        lambda f: [one.get("is_significant") for one in f["parts"]],
        [None, True, False],
    ),
    Case(
        "FUN-T13/other baseline",
        AB,
        steps("A", "B", segments=PLANS, show="improvement", baseline=1),
        lambda f: [one.get("improvement") for one in f["parts"]][:2],
        pytest.approx([-30 / 130, None]),
    ),
    Case(
        "FUN-T13 few",
        FEW,
        steps("A", "B", segments=PLANS[:2], show="improvement"),
        lambda f: [round(f["parts"][1]["significance"], 4), f["parts"][1]["is_significant"]],
        [0.9652, False],
    ),
    # 8.1: the window is inclusive; 8.2: the entry is in the range, and its user new there.
    Case("8.1 window", EDGE, steps("A", "B"), counts, [2, 1]),
    Case("8.1 window/longer", EDGE, steps("A", "B", window_s=86401), counts, [2, 2]),
    Case("8.1 window/longest", EDGE, steps("A", "B", window_s=366 * 86400), counts, [2, 2]),
    Case("8.1 window/a second", EDGE, steps("A", "B", window_s=1), counts, [2, 0]),
    Case("8.2 first day", OLD_USER, steps("A", "B"), counts, [2, 2]),
    Case("8.2 first day/only", OLD_USER, steps("A", "B", first_day=True), counts, [1, 1]),
    # 8.3: two of a type in one tick count once; a stranger of the same tick is in no way.
    Case("8.3", TYPES, steps("A", "A"), counts, [1, 0]),
    Case("8.3/milliseconds", TYPES, steps("A", "A", resolution="millisecond"), counts, [1, 1]),
    Case("8.3/combined", TYPES, steps({"combined": ["A", "B"]}, "B", "B"), counts, [1, 1, 1]),
    Case("FUN-T4 same tick/excluded", WITHIN, steps("A", "B", **FINAL_X), counts, [1, 1]),
    # 8.5: a grouping reads the best path; a filter takes events away before there is one.
    Case("8.5", NEITHER, steps("A", "B", by=["country"]), by_group, {"US": [1, 1]}),
    Case(
        "8.5/filter",
        NEITHER,
        steps({"event": "A", "where": [{"property": "country", "values": ["CA"]}]}, "B"),
        counts,
        [1, 0],
    ),
    # 8.6: every event of the first step is an attempt, and no event is of two.
    Case("8.6", SHUFFLED, steps("A", "B", count="totals"), counts, [3, 1]),
    Case("8.6/any order", SHUFFLED, steps("A", "B", count="totals", order="any"), counts, [3, 2]),
    Case(
        "8.6/any order, reordered",
        SHUFFLED,
        steps("B", "A", count="totals", order="any"),
        counts,
        [4, 2],
    ),
    Case(
        "8.6/any order over time",
        SHUFFLED,
        steps("A", "B", count="totals", order="any", show="over_time"),
        lambda f: (part(f)["entered"][5], part(f)["converted"][5]),
        (3, 2),
    ),
    Case(
        "8.6/exact order", SHUFFLED, steps("A", "B", count="totals", order="exact"), counts, [3, 1]
    ),
    Case(
        "8.6 windows",
        FAR_APART,
        steps("A", "B", "C", count="totals", order="any"),
        counts,
        [1, 1, 0],
    ),
    Case(
        "8.6 windows/of other steps",
        FAR_APART,
        steps("A", "C", "B", count="totals", order="any"),
        counts,
        [1, 1, 0],
    ),
    Case(
        "8.6 windows/longer",
        FAR_APART,
        steps("A", "C", "B", count="totals", order="any", window_s=90_000),
        counts,
        [1, 1, 1],
    ),
    # 8.8
    Case("8.8", STRAYED, steps("A", "B", "C", order="any", **FINAL_X), counts, [1, 0, 0]),
    Case("8.8/not between", STRAYED, steps("B", "C", order="any", **FINAL_X), counts, [1, 1]),
    Case(
        "8.8/between others",
        STRAYED,
        steps("A", "B", "C", exclude=[{"event": "X", "between": [2, 3]}]),
        counts,
        [1, 1, 1],
    ),
    # 8.12: times are of each user's first conversion; who did not come there has no value.
    Case("8.12", FIRSTS, steps("A", "B"), lambda f: part(f)["average_s"], [10]),
    Case(
        "8.12 groups",
        LEFT,
        steps("A", {"event": "B", "by": ["plan"]}),
        by_group,
        {"pro": [1, 1], "did not reach step": [1, 0]},
    ),
    # 8.13: once in each bucket of entry; spans need the steps up to their end, and no more.
    *(
        Case(
            f"8.13 spans/{between}",
            TWICE_ENTERED,
            steps("A", "B", "C", show="over_time", **({"between": between} if between else {})),
            lambda f: (part(f)["entered"][-3:], part(f)["converted"][-3:]),
            expected,
        )
        for between, expected in (
            (None, ([1, 1, 1], [0, 1, 0])),
            ([1, 2], ([1, 1, 1], [0, 1, 0])),
            ([2, 3], ([0, 1, 0], [0, 1, 0])),
        )
    ),
    # 8.14: the finest bins of which at most a hundred fill the window; [from, until).
    *(
        Case(
            f"FUN-T19/bins of {window}",
            SLOW,
            steps("A", "B", show="time_to_convert", window_s=window),
            lambda f: [part(f)["bins"][1][0], len(part(f)["bins"]) <= 102],
            [width, True],
        )
        for window, width in ((100, 1), (1000, 10), (6000, 60), (60_000, 600), (86_400, 3600))
    ),
    Case(
        "FUN-T19/edges",
        SLOW,
        steps("A", "B", show="time_to_convert", edges=[0, 10, 20, 50]),
        lambda f: [one[2] for one in part(f)["bins"]],
        [0, 1, 1],
    ),
    # 8.16: thirty of each are enough, and one less is not.
    *(
        Case(
            name,
            events,
            steps("A", "B", segments=PLANS[:2], show="improvement"),
            lambda f: f["parts"][1]["is_significant"],
            expected,
        )
        for name, events, expected in (
            ("8.16", THIRTY, True),
            ("8.16 fewer", FEWER, False),
        )
    ),
    Case("FUN-T14", RANKED, steps({"event": "A", "where": [SECOND]}, "B"), counts, [1, 1]),
    Case(
        "FUN-T14/before the range",
        RANKED,
        steps(
            {"event": "A", "where": [SECOND]},
            "B",
            range={"start": "2026-11-20T04:30", "end": "2026-11-21"},
        ),
        counts,
        [0, 0],
    ),
    Case(
        "FUN-T14/second step",
        RANKED,
        steps("A", {"event": "B", "where": [SECOND | {"values": [3]}]}),
        counts,
        [1, 1],
    ),
    Case(
        "FUN-T14/second step after the range",
        RANKED,
        steps(
            "A",
            {"event": "B", "where": [SECOND | {"values": [3]}]},
            range={"start": "2026-11-19", "end": "2026-11-20T02:30"},
        ),
        counts,
        [1, 0],
    ),
    Case(
        "8.13 groups",
        MOVED,
        steps("A", "B", by=["country"], show="over_time"),
        lambda f: {one["group"][0]: (one["entered"], one["converted"]) for one in f["parts"]},
        {
            "US": ([0, 0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0, 1]),
            "CA": ([0, 0, 0, 0, 1, 0, 0], [0] * 7),
        },
    ),
    Case("8.1 sum", BOUGHT, steps("A", "B", sum="price"), lambda f: part(f)["sum"], 15.5),
    Case(
        "8.1 sum/none",
        BOUGHT,
        steps("A", "B", sum="nothing"),
        lambda f: part(f)["sum"],
        0,
    ),
    Case(
        "8.9",
        one("A0 C5 B9"),
        steps("A", {"event": "B", "optional": True}, "C"),
        by_name,
        {"with B": [1, 1, 0], "without B": [1, 1]},
    ),
    Case(
        "8.10",
        one("A0 C5 D9"),
        steps("A", {"event": "B", "compared": ["C", "D"]}),
        by_name,
        {"B": [1, 0], "C": [1, 1], "D": [1, 1]},
    ),
    Case(
        "8.15",
        one("X0 A1 X2 X3 B4 X5 B6"),
        steps("A", "B", show="frequency", counted="X"),
        lambda f: part(f)["bins"],
        [[2, 3, 1, 1, 1]],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(ask: Asking, case: Case) -> None:
    ask.check(case)


def test_behind_a_group_are_those_of_its_paths(ask: Asking) -> None:
    """§8.13, §8.6: the path decides, and not what else its user did."""
    over_time = steps("A", "B", by=["country"], show="over_time")
    totals = steps("A", "B", by=["country"], count="totals")
    for chart, point, found in (
        (over_time, '{"bucket": 4, "converted": false, "group": ["CA"]}', 1),
        (over_time, '{"bucket": 6, "converted": true, "group": ["CA"]}', 0),
        (over_time, '{"bucket": 6, "converted": true, "group": ["US"]}', 1),
        (totals, '{"step": 2, "converted": false, "group": ["CA"]}', 1),
        (totals, '{"step": 2, "converted": false, "group": ["US"]}', 0),
    ):
        assert len(ask("8.13 groups", chart, "--point", point)["users"]) == found, point


def test_takeaways(ask: Asking) -> None:
    """§8.11: the largest loss in users, the longest median."""
    found = ask("FUN-T19", steps("A", "B"))["takeaways"]
    assert found == {
        "conversion": 1,
        "drop_step": None,
        "drop": 0,
        "slowest_step": 2,
        "slowest_s": 35,
    }


def test_groups_are_compared_with_one_of_them(ask: Asking) -> None:
    """§8.10"""
    chart = steps("A", "B", by=["plan"], show="improvement")
    first = ask("FUN-T13", chart)["parts"]
    second = ask("FUN-T13", chart | {"baseline": 1})["parts"]
    rates = [one["conversion"] for one in first]
    assert "difference" not in first[0]
    assert [one["difference"] for one in first[1:]] == pytest.approx(
        [rate - rates[0] for rate in rates[1:]]
    )
    assert "difference" not in second[1]
    assert second[0]["difference"] == pytest.approx(rates[0] - rates[1])


def test_conversion_drivers(ask: Asking) -> None:
    """DRV-T1"""
    point = '{"step": 2}'
    found = ask("DRV", steps("A", "B"), "--point", point, "--action", "drivers")["drivers"]
    (only,) = found
    assert only["event"] == "X"
    table = [only[k] for k in ("converted_did", "dropped_did", "converted_not", "dropped_not")]
    assert table == [40, 10, 20, 30]
    assert only["correlation"] == pytest.approx(0.408, abs=5e-4)
    assert only["converted_share"] == pytest.approx(2 / 3)
    assert only["dropped_share"] == 0.25
    assert (only["strength"], only["between_s"]) == ("high", 20)
    split = ask("DRV", steps("A", "B"), "--point", point, "--action", "drivers", "--by", "kind")
    assert [one["values"] for one in split["drivers"]] == [["k"]]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"order": "any", "steps": [{"event": "A", "where": [SECOND]}, "B"]}, "order"),
        ({"steps": [{"event": "A", "where": [SECOND, SECOND]}, "B"]}, "steps[0].where"),
        ({"steps": [{"event": "A", "where": [SECOND | {"values": [9]}]}, "B"]}, "values"),
        ({"steps": [{"event": "A", "where": [SECOND | {"op": "glob"}]}, "B"]}, "op"),
        ({"hold": [{"scope": "count"}]}, "hold[0]"),
        ({"steps": ["A"]}, "steps: A funnel has two steps"),
        ({"steps": [{"event": "A", "optional": True}, "B"]}, "steps: The first and the last"),
        ({"steps": ["A", *[{"event": "B", "optional": True}] * 2, "C"]}, "steps: Only one"),
        (
            {"steps": ["A", {"event": "B", "optional": True}, "C"], "show": "time_to_convert"},
            "show: Not with",
        ),
        (
            {"steps": [{"event": "A", "by": ["p"]}, {"event": "B", "optional": True}, "C"]},
            "steps: An optional step",
        ),
        ({"steps": ["A", {"event": "B", "compared": ["C", "D", "E"]}]}, "compared: No more than"),
        ({"steps": [{"event": one, "compared": ["X"]} for one in "ABC"]}, "steps: Events can be"),
        ({"exclude": [{"event": "X", "between": [1, 3]}]}, "exclude[0].between"),
        ({"exclude": [{"event": "X", "between": [2, 1]}]}, "exclude[0].between"),
        ({"by": [{"scope": "count"}]}, "by[0]"),
        ({"segments": [{"where": [SECOND]}]}, "segments[0].where[0]"),
        ({"show": "time_to_convert", "edges": [5, 1]}, "edges"),
        ({"show": "time_to_convert", "edges": [5]}, "edges"),
        ({"baseline": 3, "segments": PLANS}, "baseline"),
        ({"window_s": 0}, "window_s"),
        ({"window_s": 366 * 86400 + 1}, "window_s"),
        ({"range": {"since": "the dawn"}}, "range.since"),
        ({"range": {"start": "2026-13-01", "end": "2026-12-01"}}, "range.start"),
        ({"steps": [{"combined": [{"event": "A", "by": ["p"]}, "B"]}, "B"]}, "combined[0]"),
        ({"steps": ["A", {"event": "B", "compared": [{"event": "C", "by": ["p"]}]}]}, "steps[1]"),
    ],
)
def test_mistakes_are_named_with_their_place(
    ask: Asking, change: dict[str, Any], place: str
) -> None:
    assert place in ask("FUN-T1", steps("A", "B") | change)
