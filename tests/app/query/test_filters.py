"""
Every operator on every kind of value (semantics §6.1), segments and cohort-like conditions.
"""

from pathlib import Path

import pytest

from app.query.conditions import glob
from tests.app.query.small import DAY, DAYS, NOON, did, figure, workspace

VALUES = {
    "text": "Apple iPhone 6",
    "number": 30,
    "textnumber": "30",
    "nothing": None,
    "list": ["Movies", "Music"],
    "three": ["Sports", "Movies", "Music"],
    "date": "2026-11-02",
    "truth": True,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    events = [did(name, "A", NOON, {"p": value}) for name, value in VALUES.items()]
    events.append(did("absent", "A", NOON, {"q": 1}))
    return workspace(tmp_path_factory.mktemp("filters"), events)


def matching(folder: Path, *where: dict) -> set[str]:
    event = {"event": "A", "where": list(where), "by": [{"scope": "field", "property": "user_id"}]}
    found = figure(folder, {"events": [event], "range": DAYS})
    return {str(one.group[0]).removeprefix("user-") for one in found.series}


ALL = {*VALUES, "absent"}
HALF: dict[str, object] = {
    "empty": [],
    "null": [None],
    "half": ["x", None],
    "whole": ["x"],
    "plain": "x",
    "gone": None,
    "absent": ...,
}


def test_what_is_split_as_none_is_found_as_none(tmp_path: Path) -> None:
    """Arrays without elements, and elements that are null, too: a filter by a group of a chart
    gives the group's number."""
    sent = [
        did(name, "A", NOON, {} if value is ... else {"p": value}) for name, value in HALF.items()
    ]
    folder = workspace(tmp_path, sent)
    chart = {"events": [{"event": "A", "by": ["p"]}], "range": DAYS}
    groups = {one.group: one.total for one in figure(folder, chart).series}
    assert groups == {(None,): 5, ("x",): 3}
    where = {"property": "p", "op": "is", "values": [None]}
    assert matching(folder, where) == {"empty", "null", "half", "gone", "absent"}
    assert matching(folder, where | {"op": "is not"}) == {"whole", "plain"}


@pytest.mark.parametrize(
    ("op", "values", "expected"),
    [
        ("is", ["30"], {"number", "textnumber"}),
        ("is", [30, "Music"], {"number", "textnumber", "list", "three"}),
        ("is", ["apple iphone 6"], set()),
        ("is", [True], {"truth"}),
        ("is", [None], {"nothing", "absent"}),
        ("is not", ["30", "Music"], ALL - {"number", "textnumber", "list", "three"}),
        ("is not", [None], ALL - {"nothing", "absent"}),
        ("contains", ["iPHONE"], {"text"}),
        ("contains", ["usi"], {"list", "three"}),
        ("does not contain", ["iphone"], ALL - {"text"}),
        ("starts with", ["apple"], {"text"}),
        ("does not start with", ["m"], ALL - {"list", "three"}),
        (">", [29], {"number", "textnumber"}),
        (">=", [30], {"number", "textnumber"}),
        ("<", [30], set()),
        ("<=", [30.0], {"number", "textnumber"}),
        (">", ["2026-11-01"], {"date"}),
        ("set is", ["Music", "Movies"], {"list"}),
        ("set is", ["Movies"], set()),
        ("set is not", ["Music", "Movies"], ALL - {"list"}),
        ("set contains", ["Movies"], {"list", "three"}),
        ("set contains", ["Movies", "Sports"], {"three"}),
        ("set does not contain", ["Movies", "Sports"], ALL - {"three"}),
        ("set is", ["30"], {"number", "textnumber"}),
        ("glob", ["M*"], {"list", "three"}),
        ("glob", ["Apple*"], {"text"}),
        ("not glob", ["Apple*"], ALL - {"text"}),
    ],
)
def test_operators(folder: Path, op: str, values: list, expected: set[str]) -> None:
    assert matching(folder, {"property": "p", "op": op, "values": values}) == expected


def test_a_property_that_was_never_seen_is_none(folder: Path) -> None:
    assert matching(folder, {"property": "never", "values": [None]}) == ALL
    assert matching(folder, {"property": "never", "values": ["x"]}) == set()
    assert matching(folder, {"property": "never", "op": "is not", "values": ["x"]}) == ALL


def test_several_filters_must_all_hold(folder: Path) -> None:
    one = {"property": "p", "op": "set contains", "values": ["Movies"]}
    other = {"property": "p", "op": "is not", "values": ["Sports"]}
    assert matching(folder, one, other) == {"list"}


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        ("/a/*/c", "/a/b/c", True),
        ("/a/*", "/a/b/c", False),
        ("/a/**", "/a/b/c", True),
        ("**b**", "/a/b/c", True),
        ("*[0-9]", "v2", True),
        ("[!a-z]*", "9x", True),
        ("[!a-z]*", "ax", False),
        ("?", "é", True),
        ("?", "1", False),
        ("a.c", "abc", False),
        ("[", "[", True),
        ("a\nb", "a\nb", True),
        ("a", "a\n", False),
    ],
)
def test_globs(folder: Path, pattern: str, text: str, does: bool) -> None:
    import duckdb

    query = "SELECT regexp_matches(?, ?)"
    with duckdb.connect() as db:
        assert db.execute(query, [text, glob(pattern)]).fetchone() == (does,)


def test_user_properties_are_those_at_the_time_of_the_event(tmp_path: Path) -> None:
    events = [
        did("1", "View", NOON, user_properties={"color": "red"}),
        did("1", "$identify", NOON + 1, user_properties={"$set": {"color": "blue"}}),
        did("1", "View", NOON + 2),
    ]
    folder = workspace(tmp_path, events)
    by = {"by": [{"property": "color", "scope": "user"}], "events": ["View"], "range": DAYS}
    found = figure(folder, by | {"measure": "totals"})
    assert {one.group: one.total for one in found.series} == {("red",): 1, ("blue",): 1}
    every = figure(folder, {"events": [{"kind": "any"}], "range": DAYS, "measure": "totals"})
    assert every.series[0].total == 2


def test_segments(tmp_path: Path) -> None:
    events = [did("1", "A", NOON), did("1", "B", NOON), did("2", "A", NOON), did("3", "C", NOON)]
    events += [did("3", "A", NOON - day * DAY) for day in range(3)]
    folder = workspace(tmp_path, events)

    def uniques(**segment: object) -> float | None:
        definition = {"events": ["A"], "range": DAYS, "segments": [segment]}
        return figure(folder, definition).series[0].total

    assert uniques() == 3
    assert uniques(performed=[{"event": "B"}]) == 1
    assert uniques(performed=[{"event": "B", "negated": True}]) == 2
    assert uniques(performed=[{"event": "B", "op": "=", "count": 0}]) == 2
    assert uniques(performed=[{"event": "A", "count": 3}]) == 1
    assert uniques(performed=[{"event": "A", "op": "<", "count": 3}]) == 2
    today = {"last": 0, "unit": "day"}
    assert uniques(performed=[{"event": "A", "count": 3, "during": today}]) == 0
    assert uniques(users="active") == 3
    assert uniques(people=[1]) == 1
    assert uniques(people=[]) == 0


def test_inactive_events_make_nobody_active(tmp_path: Path) -> None:
    folder = workspace(tmp_path, [did("1", "A", NOON), did("2", "Ping", NOON)])
    active = {"events": [{"kind": "active"}, {"kind": "any"}], "range": DAYS}
    found = figure(folder, active, inactive=["Ping"])
    assert [one.total for one in found.series] == [1, 2]


def test_the_rank_of_an_event_among_its_like(tmp_path: Path) -> None:
    events = [
        did("maya", "Run", NOON - 2),
        did("maya", "Walk", NOON - 1),
        did("loc", "Walk", NOON - 1),
        did("loc", "Run", NOON),
    ]
    folder = workspace(tmp_path, events)
    run = {"scope": "field", "property": "event_type", "values": ["Run"]}

    def users(kind: str) -> set:
        where = [run, {"scope": "count", "property": kind, "op": "is", "values": [1]}]
        event = {"kind": "any", "where": where, "by": [{"scope": "field", "property": "user_id"}]}
        return {one.group[0] for one in figure(folder, {"events": [event], "range": DAYS}).series}

    assert users("after") == {"user-maya", "user-loc"}
    assert users("before") == {"user-maya"}


@pytest.mark.parametrize("of", ["times", "intervals"])
def test_weekdays_that_are_left_out_are_left_out_of_conditions(tmp_path: Path, of: str) -> None:
    """What was done on a Sunday is not done in a chart without Sundays."""
    folder = workspace(tmp_path, [did("1", "A", NOON - 6 * DAY), did("1", "B", NOON)])
    rule = {"event": "A", "op": "=", "count": 0, "of": of, "interval": "day"}
    chart = {"events": ["B"], "segments": [{"performed": [rule]}]}
    for without, expected in ((["sun"], 1), (["mon"], 0)):
        days = {"since": "2026-11-14", "without": without}
        assert figure(folder, chart | {"range": days}).series[0].total == expected


def test_many_values_are_looked_up(folder: Path) -> None:
    """Ten thousand of them cost a moment; what they find is what each of them finds."""
    many = [f"value {at}" for at in range(9_997)]
    where = {"property": "p", "op": "is", "values": ["30", "Music", *many]}
    expected = {"number", "textnumber", "list", "three"}
    assert matching(folder, where) == expected
    assert matching(folder, where | {"op": "is not"}) == ALL - expected
    nothing = where | {"values": [*where["values"], None]}
    assert matching(folder, nothing) == expected | {"nothing", "absent"}
    assert matching(folder, where | {"op": "is not", "values": nothing["values"]}) == ALL - (
        expected | {"nothing", "absent"}
    )
