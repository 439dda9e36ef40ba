"""
The conditions of cohorts, as segments of a chart: who is left (semantics §19).
"""

from pathlib import Path
from typing import Any

import pytest

from app.errors import BadInput
from app.query import BadDefinition, Charts, Warehouse, read, written
from app.query.cohorts import is_static
from app.query.microscope import Point
from app.query.node import Node
from app.query.readsegment import read_segment
from app.query.savedcohorts import users_of
from app.query.writing import segment_json
from tests.app.query.small import CLOCK, DAY, DAYS, HOUR, MIDNIGHT, NOON, answer, did, workspace

LAST_WEEK = {"last": 6, "unit": "day"}


def users(folder: Path, events: list[dict[str, Any]], **segment: object) -> set[str | None]:
    """The users of a segment who did anything in the last 40 days."""
    definition = {
        "events": [{"kind": "any", "by": [{"property": "user_id", "scope": "field"}]}],
        "range": {"last": 40, "unit": "day"},
        "segments": [segment],
    }
    return {one.group[0] for one in answer(folder, events, definition).series}


def names(*of: str) -> set[str]:
    return {f"user-{one}" for one in of}


def test_so_many_times_in_a_range(tmp_path: Path) -> None:
    """COH-T1"""
    events = [did("1", "A", NOON - n * DAY) for n in (0, 3, 6)]
    events += [did("2", "A", NOON - n * DAY) for n in (0, 3, 8)]
    asked = {"event": "A", "op": ">=", "count": 3, "during": LAST_WEEK}
    assert users(tmp_path, events, performed=[asked]) == names("1")


def test_more_often_than_another_event(tmp_path: Path) -> None:
    """COH-T2"""
    events = []
    for user, plays, favorites in (("1", 4, 2), ("2", 2, 2), ("3", 0, 1)):
        events += [did(user, "Play", NOON - n * HOUR) for n in range(plays)]
        events += [did(user, "Favorite", NOON - n * HOUR) for n in range(favorites)]
    events.append(did("4", "Other", NOON))
    asked = {"event": "Play", "of": "relative", "op": ">", "other": "Favorite"}
    assert users(tmp_path, events, performed=[asked]) == names("1")


@pytest.mark.parametrize(("op", "expected"), [("=", {"2"}), ("<", {"3"}), ("<=", {"2", "3"})])
def test_as_often_or_less_often_asks_for_one_of_the_two(
    tmp_path: Path, op: str, expected: set[str]
) -> None:
    events = [did("1", "P", NOON), did("2", "P", NOON), did("2", "F", NOON), did("3", "F", NOON)]
    events.append(did("4", "Other", NOON))
    asked = {"event": "P", "of": "relative", "op": op, "other": "F"}
    assert users(tmp_path, events, performed=[asked]) == names(*expected)


@pytest.mark.parametrize(
    ("op", "amount", "expected"), [(">=", 30, {"1"}), ("<", 30, {"2", "3"}), ("=", 0, {"3"})]
)
def test_the_sum_of_a_property(tmp_path: Path, op: str, amount: int, expected: set[str]) -> None:
    events = [did("1", "Buy", NOON - n * HOUR, {"price": 15.5}) for n in range(2)]
    events += [did("2", "Buy", NOON, {"price": 29}), did("2", "Buy", NOON - HOUR, {"price": "$9"})]
    events.append(did("3", "Look", NOON))
    asked = {"event": "Buy", "of": "sum", "property": "price", "op": op, "amount": amount}
    assert users(tmp_path, events, performed=[asked]) == names(*expected)


def test_distinct_values_also_of_lists(tmp_path: Path) -> None:
    events = [
        did("1", "See", NOON, {"tag": ["x", "y"]}),
        did("1", "See", NOON - HOUR, {"tag": "z"}),
    ]
    events += [did("2", "See", NOON - n * HOUR, {"tag": "x"}) for n in range(5)]
    asked = {"event": "See", "of": "distinct", "property": "tag", "op": ">=", "count": 3}
    assert users(tmp_path, events, performed=[asked]) == names("1")


def test_on_distinct_days(tmp_path: Path) -> None:
    events = [did("1", "A", NOON - n * DAY) for n in range(3)]
    events += [did("2", "A", NOON - n * HOUR) for n in range(3)]
    asked = {"event": "A", "of": "intervals", "interval": "day", "count": 3, "during": LAST_WEEK}
    assert users(tmp_path, events, performed=[asked]) == names("1")


def test_one_after_the_other(tmp_path: Path) -> None:
    events = [did("1", kind, NOON + n * HOUR) for n, kind in enumerate("ABC")]
    events += [did("2", kind, NOON + n * HOUR) for n, kind in enumerate("BAC")]
    events += [did("3", kind, NOON + n * HOUR) for n, kind in enumerate("ACB")]
    asked = {"event": "A", "then": ["B"]}
    assert users(tmp_path / "two", events, performed=[asked]) == names("1", "3")
    asked = {"event": "A", "then": ["B", "C"]}
    assert users(tmp_path / "three", events, performed=[asked]) == names("1")
    asked = {"event": "A", "then": ["A"]}
    assert users(tmp_path / "again", events, performed=[asked]) == set()


def test_one_of_several_conditions(tmp_path: Path) -> None:
    events = [did("1", "A", NOON), did("2", "B", NOON), did("3", "C", NOON)]
    events += [did(user, "Bad", NOON) for user in "2"]
    a, b = {"performed": [{"event": "A"}]}, {"performed": [{"event": "B"}]}
    assert users(tmp_path / "or", events, either=[a, b]) == names("1", "2")
    bad = {"event": "Bad", "negated": True}
    assert users(tmp_path / "not", events, either=[a, b], performed=[bad]) == names("1")


def test_whoever_did_what_is_excluded_is_out(tmp_path: Path) -> None:
    """COH-T6"""
    events = [did("1", "A", NOON), did("1", "B", NOON), did("2", "A", NOON)]
    asked = [{"event": "A"}, {"event": "B", "negated": True}]
    assert users(tmp_path, events, performed=asked) == names("2")


def test_within_the_first_days(tmp_path: Path) -> None:
    """COH-T8"""
    first = NOON - 20 * DAY
    events = [did("1", "Open", first), did("1", "A", first + 3 * DAY + HOUR)]
    events += [did("2", "Open", first), did("2", "A", first + 3 * DAY - HOUR)]
    asked = {"event": "A", "within_days": 3, "during": {"last": 40, "unit": "day"}}
    assert users(tmp_path, events, performed=[asked]) == names("2")


@pytest.mark.parametrize("odd", ["it's", "a,b", "one\x1ftwo", "é 😀"])
def test_members_are_found_by_any_id(tmp_path: Path, odd: str) -> None:
    folder = workspace(tmp_path, [did(one, "A", NOON) for one in ("1", "2", odd)])
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        members = [[f"user-{odd}", None], [None, "device-1"], ["user-9", None], "none", [None, ""]]
        found = users_of({"members": members}, warehouse.rows)
        names = warehouse.rows(
            f"SELECT user_id FROM people WHERE id IN ({', '.join(map(str, found))}) ORDER BY id"
        )
    assert names == [("user-1",), (f"user-{odd}",)]


def test_power_users_of_each_day_by_the_thirty_before_it(tmp_path: Path) -> None:
    """COH-T5, with five events instead of fifty"""
    events = [did("1", "A", NOON - 34 * DAY + n) for n in range(4)]
    events += [did("1", "A", NOON - 5 * DAY), did("1", "A", NOON - 3 * DAY)]
    asked = {"event": "A", "count": 5, "during": {"last": 30, "unit": "day"}, "each": True}
    definition = {"events": ["A"], "range": DAYS, "segments": [{"performed": [asked]}]}
    (series,) = answer(tmp_path, events, definition).series
    # Five days ago the four of the beginning were 29 days back; three days ago they were 31.
    assert series.points == (0, 1, 0, 0, 0, 0, 0)
    assert series.total == 1


def test_in_each_interval_of_the_chart(tmp_path: Path) -> None:
    events = [did("1", "A", NOON), did("1", "A", NOON + 1), did("1", "A", NOON - DAY)]
    events += [did("2", "A", NOON - DAY), did("2", "A", NOON - DAY + 1)]
    asked = {"event": "A", "count": 2, "each": True}
    definition = {"events": ["A"], "range": DAYS, "segments": [{"performed": [asked]}]}
    (series,) = answer(tmp_path / "a", events, definition).series
    assert series.points == (0, 0, 0, 0, 0, 1, 1)
    assert series.total == 2
    less = {"performed": [asked | {"op": "<"}]}
    (series,) = answer(tmp_path / "b", events, definition | {"segments": [less]}).series
    assert series.points == (0, 0, 0, 0, 0, 1, 0)


def test_a_number_that_was_never_sent_is_zero(tmp_path: Path) -> None:
    """COH-T7"""
    events = [did("1", "A", NOON), did("2", "A", NOON, user_properties={"credits": 7})]
    events.append(did("3", "A", NOON, user_properties={"credits": 3}))
    asked = {"property": "credits", "scope": "user", "op": "<", "values": [5]}
    assert users(tmp_path / "a", events, held=[asked]) == names("1", "3")
    assert users(tmp_path / "b", events, held=[asked | {"op": ">="}]) == names("2")
    assert users(tmp_path / "c", events, held=[asked | {"when": "ever"}]) == names("3")
    never = asked | {"property": "never seen"}
    assert users(tmp_path / "d", events, held=[never]) == names("1", "2", "3")


def test_the_newest_value_or_any(tmp_path: Path) -> None:
    def plan(user: str, value: str, at: int) -> dict[str, Any]:
        return did(user, "A", at, user_properties={"plan": value})

    events = [plan("1", "free", NOON - 9 * DAY), plan("1", "paid", NOON - DAY)]
    events += [plan("2", "paid", NOON - 9 * DAY), plan("2", "free", NOON - DAY)]
    asked = {"property": "plan", "scope": "user", "values": ["paid"]}
    assert users(tmp_path / "a", events, held=[asked]) == names("1")
    assert users(tmp_path / "b", events, held=[asked | {"when": "ever"}]) == names("1", "2")
    week = asked | {"when": "ever", "during": LAST_WEEK}
    assert users(tmp_path / "c", events, held=[week]) == names("1")
    assert users(tmp_path / "d", events, held=[week | {"negated": True}]) == names("2")


def test_had_been_active_or_new(tmp_path: Path) -> None:
    events = [did("1", "A", NOON - 20 * DAY), did("1", "A", NOON), did("2", "A", NOON)]
    events.append(did("3", "A", NOON - 20 * DAY))
    week = {"during": LAST_WEEK}
    new = {"event": {"kind": "new"}} | week
    active = {"event": {"kind": "active"}} | week
    assert users(tmp_path / "new", events, performed=[new]) == names("2")
    assert users(tmp_path / "active", events, performed=[active]) == names("1", "2")
    no = active | {"negated": True}
    assert users(tmp_path / "not", events, performed=[no]) == names("3")


def test_size_and_population(tmp_path: Path) -> None:
    events = [did("1", "A", NOON - 2 * DAY), did("2", "A", NOON - DAY), did("3", "B", NOON)]
    recent = {"performed": [{"event": "A", "during": {"last": 1, "unit": "day"}}]}
    with Warehouse.open(workspace(tmp_path, events)) as warehouse:
        warehouse.refresh()
        charts = Charts(warehouse, CLOCK)
        rule = read_segment(Node(recent))
        assert charts.size(rule) == 1
        assert charts.population(rule, days=4) == [
            (MIDNIGHT - 3 * DAY, 0),
            (MIDNIGHT - 2 * DAY, 1),
            (MIDNIGHT - DAY, 2),
            (MIDNIGHT, 1),
        ]
        had = {"held": [{"property": "p", "scope": "user", "values": ["x"]}]}
        with pytest.raises(BadInput, match="as of now"):
            charts.population(read_segment(Node({"either": [had, had]})))


def test_the_nth_of_any_event_makes_a_fixed_cohort() -> None:
    ranked = {"property": "after", "scope": "count", "op": "is", "values": [2]}
    chart = read(
        {"events": [{"kind": "any", "where": [ranked]}, {"event": "A", "where": [ranked]}]}
    )
    assert is_static(chart, Point(event=0, bucket=0))
    assert not is_static(chart, Point(event=1, bucket=0))


EVERYTHING: dict[str, Any] = {
    "performed": [
        {"event": "A", "of": "relative", "op": "<=", "other": {"event": "B"}},
        {"event": "A", "of": "sum", "property": "p", "amount": 2.5, "each": True},
        {"event": "A", "then": ["B", {"kind": "any"}], "within_days": 3},
        {"event": "A", "of": "intervals", "interval": "week", "count": 2},
    ],
    "held": [
        {
            "property": "p",
            "scope": "user",
            "op": ">",
            "values": ["1"],
            "when": "ever",
            "during": {"last": 3},
            "negated": True,
        }
    ],
    "either": [{"where": [{"property": "x", "values": [None]}]}, {"either": [{}]}],
}


def test_rules_survive_being_written() -> None:
    rule = read_segment(Node(EVERYTHING))
    assert read_segment(Node(segment_json(rule))) == rule
    chart = read({"events": ["A"], "segments": [EVERYTHING]})
    assert read(written(chart)) == chart


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"performed": [{"event": "A", "of": "relative"}]}, "performed[0]"),
        ({"performed": [{"event": "A", "of": "sum", "amount": 1}]}, "performed[0]"),
        ({"performed": [{"event": "A", "of": "sum", "property": "p"}]}, "performed[0]"),
        ({"performed": [{"event": "A", "then": ["B"], "op": "<"}]}, "performed[0].op"),
        ({"performed": [{"event": "A", "then": ["B"], "each": True}]}, "performed[0].then"),
        (
            {"performed": [{"event": "A", "each": True, "during": {"since": "2026-01-01"}}]},
            "performed[0].during",
        ),
        ({"held": [{"values": [1]}]}, "held[0]"),
        ({"held": [{"scope": "count", "property": "after", "values": [1]}]}, "held[0].scope"),
        ({"either": [{"either": [{"either": [{"either": [{}]}]}]}]}, "either[0].either[0]"),
    ],
)
def test_mistakes_are_named_with_their_place(rule: dict[str, Any], place: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        read({"events": ["A"], "segments": [rule]})
    assert caught.value.path.startswith(f"segments[0].{place}")
