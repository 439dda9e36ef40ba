"""
Charts of hostile data, and definitions that nobody would write: an answer or a sentence, no more.
"""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlglot import parse

from app.errors import BadInput
from app.query import DIALECTS, Charts, Warehouse, read, translated
from tests.app.query.small import CLOCK, DAYS, HOUR, NOON, did, workspace

CASES = 500
WHERE = {"property": "p", "op": "is", "values": ["x"]}
NAMES = ("p", "a.b", "q\"uo'te", "$p", "😀", "", "nul\0x", "price", "back\\", "select", "event.p")
VALUES: tuple[Any, ...] = (
    *(1, -1.5, "x", None, True, [1, "a", None], {"a": {"b\\": [1]}, 'c"': 2}, "\0", 1e308),
    *("'; DROP TABLE stored; --", "9" * 400, "NaN", [], {}, 2**63, -(2**70), "\ud800"),
)
TYPES = ("A", "B", "C'; --", "😀", '"q"')
TIMES = (NOON, NOON - HOUR, 1, 253_402_300_799_999, 4_102_444_800_000, 0)
SEEDS: tuple[dict[str, Any], ...] = (
    {"events": ["A", "B"], "interval": "day", "range": DAYS},
    {
        "events": [{"event": "A", "by": ["p"], "where": [{"property": "price", "op": ">",
                                                          "values": [0]}]}],
        "measure": "sum", "property": "price", "range": DAYS,
    },
    {
        "events": ["A", "B"], "measure": "formula", "range": DAYS,
        "formula": "%: UNIQUES(A)/UNIQUES(B); ROLLAVG(TOTALS,A,7)",
    },
    {"kind": "funnel", "steps": ["A", "B", "C'; --"], "order": "any", "by": ["p"], "range": DAYS},
    {
        "kind": "funnel", "steps": ["A", {"event": "B", "optional": True}, "😀"], "hold": "p",
        "exclude": [{"event": "B", "between": [1, 2]}], "show": "time_to_convert",
        "edges": [1, 10], "range": DAYS,
    },
    {"kind": "journeys", "start": "A", "levels": 5, "top": 5, "hide": ["B"], "range": DAYS},
    {
        "kind": "funnel", "steps": ["A", {"event": "B", "compared": ["😀"]}], "sum": "price",
        "order": "exact", "groups": "org", "show": "improvement", "baseline": 1, "by": ["price"],
        "segments": [{"users": "active"}], "range": DAYS,
    },
    {
        "kind": "journeys", "end": "B", "expand": ["p", "a.b"], "include": ["B"],
        "exclude": [{"event": "A", "where": [{"property": "p", "op": "glob",
                                              "values": ["[a-z]*"]}]}],
        "collapse": True, "count": "totals", "session": True, "groups": "org", "range": DAYS,
        "called": [{"event": "A", "name": "😀 · "}],
    },
    {
        "kind": "funnel", "steps": ["A", "B", "A"], "order": "any", "count": "totals",
        "exclude": [{"event": '"q"'}], "groups": "org", "by": [{"property": "org",
                                                                "scope": "group"}],
        "range": DAYS,
    },
    {"events": [{"kind": "top", "by": ["p"]}, {"kind": "segment_top"}], "range": DAYS,
     "segments": [{"where": [{"property": "p", "values": ["x"]}]}]},
    {
        "events": [{"event": "A", "where": [{"scope": "count", "op": "<", "values": [3]}]}],
        "segments": [
            {"performed": [{"event": "A", "of": "relative", "other": "B", "op": ">", "then": []}]},
            {"held": [{"property": "price", "scope": "user", "op": "<", "values": [3]}],
             "either": [{"performed": [{"event": "A", "each": True, "during": {"last": 3}}]}]},
        ],
        "groups": "org", "compare": ["10 days", "starting 2026-10-01"], "inactive": ["A"],
        "relative": True, "view": "area", "compatible": False, "range": {"last": 3},
    },
    {
        "events": [{"kind": "any", "by": [{"property": "p", "scope": "user"}]}],
        "measure": "distribution", "property": "price", "edges": [0, 1, 2], "compare": ["week"],
        "segments": [{"name": "x", "where": [{"property": "a.b", "scope": "user",
                                              "op": "set contains", "values": ["a", None]}]}],
        "range": DAYS,
    },
)  # fmt: skip
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 2**31, 2**63, 2**70, 1e308, 0.5, "", "'", '"', "\\", "p.\\", 'p.a"b'),
    *("\0", "p.\0", "\ud800", "😀", "a" * 20_000, "A", "p", "is", "glob", "*" * 500, "hour"),
    *("[z-a]", "[", "a[!", "starting 2026-02-30", "ending 9999-12-31", "99999 weeks", "org"),
    *("formula", "frequency", "distribution", "ROLLAVG(" * 50, "(" * 3000, "1/0", "-" * 2000 + "1"),
    *("UNIQUES(A)^9999^9999", "SUM()", [], {}, [[]], [{}], ["A"] * 11, list(range(60))),
    *({"property": "p"}, {"combined": ["A", "B"]}, {"label": 2**63}),
    *({"last": 2**31, "unit": "year"}, {"since": "0001-01-01"}),
    *( {"start": "2026-02-01", "end": "2025-01-01"}, {"cohort": 1}),
    *({"event": "A", "where": [{"property": "p", "op": "glob", "values": ["*a" * 200]}]},),
)  # fmt: skip
KEYS = (
    *("events", "where", "by", "measure", "property", "formula", "interval", "range", "segments"),
    *("rolling_average", "rolling_window", "cumulative", "compare", "edges", "project", "steps"),
    *("order", "window_s", "count", "hold", "exclude", "show", "between", "start", "end", "kind"),
    *(
        "called",
        "count",
        "groups",
        "sum",
        "baseline",
        "inactive",
        "compatible",
        "relative",
        "expand",
        "include",
    ),
)


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Charts]:
    chance = random.Random(7)
    events = [
        did(
            str(at % 9),
            chance.choice(TYPES),
            chance.choice(TIMES),
            {chance.choice(NAMES): chance.choice(VALUES) for _ in range(3)},
            user_properties={chance.choice(NAMES): chance.choice(VALUES)},
            groups={"org": chance.choice(("o1", ["o1", "o2"], "o\x1f3", []))},
        )
        for at in range(300)
    ]
    folder = workspace(tmp_path_factory.mktemp("hostile"), events)
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        yield Charts(warehouse, CLOCK)


def places(of: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    items = of.items() if isinstance(of, dict) else enumerate(of) if isinstance(of, list) else ()
    for key, value in items:
        yield from places(value, (*way, key))


def mutated(chance: random.Random) -> dict[str, Any]:
    definition: Any = deepcopy(chance.choice(SEEDS))
    for _ in range(chance.choice((1, 1, 1, 2))):
        odd = deepcopy(chance.choice(ODD))
        if chance.random() < 0.4:
            definition[chance.choice(KEYS)] = odd
            continue
        *way, last = chance.choice(list(places(definition)))
        inside = definition
        for key in way:
            inside = inside[key]
        inside[last] = odd
    return dict(definition)


def test_an_answer_or_a_sentence(charts: Charts) -> None:
    chance = random.Random(11)
    answered = longest = 0
    for _ in range(CASES):
        definition = mutated(chance)
        try:
            found, _ = charts.as_json(read(definition))
        except BadInput as error:
            longest = max(longest, len(str(error)))
            continue
        json.dumps(found)
        answered += 1
    assert answered > CASES // 20
    assert longest < 1000


@pytest.mark.parametrize("measure", ["frequency", "distribution"])
def test_bins_of_nothing_are_no_series(charts: Charts, measure: str) -> None:
    chart = {"events": ["never sent"], "measure": measure, "property": "p", "edges": [0, 1],
             "range": DAYS}  # fmt: skip
    if measure == "frequency":
        del chart["property"]
    assert charts.answer(read(chart)).series == ()


def test_children_with_names_that_no_path_can_say(tmp_path: Path) -> None:
    odd = ('a"b', "c\\", "d'e", "f/g~", "h\n")
    events = [did(str(at), "A", NOON, {"p": {name: "x"}}) for at, name in enumerate(odd)]
    with Warehouse.open(workspace(tmp_path, events)) as warehouse:
        warehouse.refresh()
        for name in odd:
            where = [{"property": f"p.{name}", "op": "is", "values": ["x"]}]
            chart = {"events": [{"event": "A", "where": where}], "range": DAYS}
            assert Charts(warehouse, CLOCK).answer(read(chart)).series[0].total == 1, name


@pytest.mark.parametrize("odd", ["a\0b", "\0", "x\0' OR 1=1 --", "line\nbreak\t\u202e"])
def test_what_a_group_is_called_finds_its_events(tmp_path: Path, odd: str) -> None:
    """Also where the name holds what few texts hold: filtering by a group gives that group."""
    events = [did("1", odd, NOON, {"p": odd}), did("2", "A", NOON, {"p": "else"})]
    with Warehouse.open(workspace(tmp_path, events)) as warehouse:
        warehouse.refresh()
        charts = Charts(warehouse, CLOCK)
        grouped = {"events": [{"kind": "any", "by": ["p"]}], "range": DAYS}
        assert {one.group for one in charts.answer(read(grouped)).series} == {(odd,), ("else",)}
        filtered = {"kind": "any", "where": [{"property": "p", "values": [odd]}]}
        for spec in ({"event": odd}, filtered):
            chart = read({"events": [spec], "measure": "totals", "range": DAYS})
            assert charts.answer(chart).series[0].total == 1, spec
            assert charts.notices(chart) == ()


def test_a_long_list_of_users_is_one_text(tmp_path: Path) -> None:
    """A cohort of a million is one part of a statement, and not a million."""
    folder = workspace(tmp_path, [did(str(at), "A", NOON) for at in range(3)])
    every = range(1, 200_001)
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        charts = Charts(warehouse, CLOCK)
        (first,) = warehouse.rows("SELECT min(person) FROM events")[0]
        for people, expected in ((every, 3), ([one for one in every if one != first], 2)):
            chart = read({"events": ["A"], "range": DAYS, "segments": [{"people": list(people)}]})
            found = charts.answer(chart)  # type: ignore[arg-type]
            assert found.series[0].total == expected
        assert all("STRING" in text or "SPLIT" in text or "split" in text for text in found.sql)
        few = read({"events": ["A"], "range": DAYS, "segments": [{"people": list(range(1, 2001))}]})
        statements = charts.answer(few).sql  # type: ignore[arg-type]
        for dialect in DIALECTS:
            assert parse(translated(statements, dialect), read=dialect)


def test_events_are_not_combined_without_end() -> None:
    event: Any = "A"
    for _ in range(900):
        event = {"combined": [event, "B"]}
    with pytest.raises(BadInput, match="cannot hold one another"):
        read({"events": [event]})


def test_hundreds_of_names_for_steps_cost_little(tmp_path: Path) -> None:
    """Each is a branch of one expression, which grows by one and is not copied each time."""
    called = [{"event": "A", "name": f"name {at}", "where": [WHERE]} for at in range(500)]
    chart = read({"kind": "journeys", "start": "A", "range": DAYS, "called": called})
    folder = workspace(tmp_path, [did("1", "A", NOON, {"p": "x"})])
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        found = Charts(warehouse, CLOCK).journeys(chart)  # type: ignore[arg-type]
    assert found.nodes[0].way == ("name 0",)
