"""
User properties and the ten operations on them (semantics §3).
"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ingest.user_properties import (
    OPERATIONS,
    applied,
    changes,
    context,
    inherited,
    is_apart,
    own,
)
from tests.effort import effort


def after(*identifies: dict[str, Any], state: dict[str, Any] | None = None) -> dict[str, Any]:
    """The state after these `user_properties` of identifies."""
    found = state or {}
    for properties in identifies:
        found = applied(found, changes(found, "$identify", {"user_properties": properties}))
    return found


def test_operations() -> None:  # UP-T4
    assert after({"$add": {"n": 1}}, {"$add": {"n": 2}}) == {"n": 3}
    assert after({"$setOnce": {"s": "a"}}, {"$setOnce": {"s": "b"}}) == {"s": "a"}
    found = after(
        {"$append": {"l": "x"}},
        {"$preInsert": {"l": "x"}},
        {"$preInsert": {"l": "y"}},
        {"$remove": {"l": "x"}},
    )
    assert found == {"l": ["y"]}


@pytest.mark.parametrize(
    ("state", "operation", "value", "expected"),
    [
        ({"p": 1}, "$set", "a", "a"),
        ({"p": [1]}, "$append", 1, [1, 1]),
        ({"p": [1]}, "$prepend", [2, 3], [2, 3, 1]),
        ({"p": "a"}, "$append", "b", ["a", "b"]),
        ({}, "$append", ["a", "b"], ["a", "b"]),
        ({"p": [1, 2]}, "$postInsert", [2, 3, 3], [1, 2, 3]),
        ({"p": [1, 2]}, "$preInsert", [2, 3], [3, 1, 2]),
        ({"p": [1, 2, 1]}, "$remove", 1, [2]),
        ({"p": [1, True]}, "$remove", True, [1]),
        ({"p": 2}, "$add", -2.5, -0.5),
    ],
)
def test_each_operation(state: dict[str, Any], operation: str, value: Any, expected: Any) -> None:
    assert after({operation: {"p": value}}, state=state) == {"p": expected}


@pytest.mark.parametrize(
    ("state", "properties"),
    [
        ({"p": "text"}, {"$add": {"p": 1}}),
        ({"p": 1}, {"$add": {"p": "1"}}),
        ({"p": 1}, {"$add": {"p": True}}),
        ({"p": 10**400}, {"$add": {"p": 0.5}}),
        ({"p": 0.5}, {"$add": {"p": -(10**400)}}),
        ({"p": 1}, {"$add": {"p": float("nan")}}),
        ({}, {"$remove": {"p": 1}}),
        ({}, {"$unset": {"p": "-"}}),
        ({"p": 1}, {"$setOnce": {"p": 2}}),
        ({"p": 1}, {"$set": "no object"}),
    ],
)
def test_what_cannot_be_changes_nothing(state: dict[str, Any], properties: dict[str, Any]) -> None:
    assert changes(state, "$identify", {"user_properties": properties}) == {}


def test_unset_and_clear() -> None:
    assert after({"$unset": {"p": "-"}}, state={"p": 1, "q": 2}) == {"q": 2}
    assert after({"$clearAll": "-"}, state={"p": 1, "@platform": "Web"}) == {"@platform": "Web"}
    # The server's order, whatever the sender's: what is cleared first can be set after.
    assert after({"$set": {"p": 2}, "$clearAll": "-"}, state={"p": 1, "q": 1}) == {"p": 2}
    assert after({"$add": {"p": 1}, "$set": {"p": 5}, "$unset": {"p": "-"}}) == {"p": 6}


def test_plain_properties_are_set_and_null_unsets() -> None:
    assert after({"a": 1, "b": None}, state={"b": 2}) == {"a": 1}
    assert after({"$set": {"a": 1}, "bare": 2}) == {"a": 1}


def test_lists_stop_growing() -> None:
    found = after({"$append": {"l": ["x" * 99] * 200}})["l"]
    assert len(found) == 100
    assert after({"$append": {"l": "y"}}, state={"l": found})["l"] == found


def test_a_group_of_context_is_replaced_as_one() -> None:
    first = {"os_name": "ios", "os_version": "26", "country": "NO", "city": "Oslo"}
    state = applied({}, changes({}, "View", first))
    assert state == {"@os_name": "ios", "@os_version": "26", "@country": "NO", "@city": "Oslo"}
    state = applied(state, changes(state, "View", {"city": "Bergen"}))
    assert state == {"@os_name": "ios", "@os_version": "26", "@city": "Bergen"}
    assert applied(state, changes(state, "View", {})) == state


def test_first_version_and_paying_stay() -> None:
    state = applied({}, changes({}, "View", {"app_version": "1.0"}))
    state = applied(state, changes(state, "Buy", {"app_version": "2.0", "revenue": 5}))
    assert state["@start_version"] == "1.0"
    assert state["@app_version"] == "2.0"
    assert state["@paying"] == "true"
    assert "@paying" not in changes(state, "Buy", {"revenue": 5})
    assert changes({}, "revenue_amount", {}) == {"@paying": "true"}
    assert changes({}, "Buy", {"price": 4.99, "quantity": 2}) == {"@paying": "true"}
    assert changes({}, "Buy", {"price": "much", "quantity": 2}) == {}
    assert context("Buy", {"price": 4.99}) is None


def test_an_exposure_sets_the_variant() -> None:
    shown = {"event_properties": {"flag_key": "cta", "variant": "big"}}
    state = applied({}, changes({}, "$exposure", shown))
    assert state == {"[Experiment] cta": "big"}
    gone = {"event_properties": {"flag_key": "cta"}}
    assert applied(state, changes(state, "$exposure", gone)) == {}


def test_an_event_may_keep_to_its_own() -> None:
    fields = {"$skip_user_properties_sync": True, "user_properties": {"plan": "old"}}
    assert is_apart(fields)
    assert own(fields) == {"plan": "old"}
    assert not is_apart({})


def test_numbers_and_booleans_are_told_apart() -> None:
    assert changes({"p": 1}, "$identify", {"user_properties": {"p": True}}) == {"p": True}
    assert changes({"p": 1}, "$identify", {"user_properties": {"p": 1}}) == {}


def test_who_is_merged_gives_what_was_missing() -> None:
    assert inherited({"a": 1}, {"a": 2, "b": 3}) == {"b": 3}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
_operation = st.sampled_from([*OPERATIONS, "$unset", "$clearAll", "plain"])


@given(st.lists(st.dictionaries(_operation, _json, max_size=4), max_size=5))
def test_whatever_is_sent_only_changes_are_told(identifies: list[dict[str, Any]]) -> None:
    state: dict[str, Any] = {}
    for properties in identifies:
        before = dict(state)
        found = changes(state, "$identify", {"user_properties": properties})
        assert state == before
        state = applied(state, found)
        assert None not in state.values()
        if all(name in ("$set", "$unset", "$setOnce") for name in properties):
            assert changes(state, "$identify", {"user_properties": properties}) == {}


def test_large_lists_take_time_like_their_size() -> None:
    many = [f"value-{number}" for number in range(200_000)]
    carts = [{"number": number, "of": [number]} for number in range(20_000)]
    operations = {
        "$preInsert": {"a": many, "b": carts},
        "$postInsert": {"c": many},
        "$remove": {"d": many},
    }
    with effort() as spent:
        changed = changes({"d": many}, "$identify", {"user_properties": operations})
    assert spent.counts < 1000
    assert changed["a"][0] == "value-0"
    assert changed["b"][:2] == carts[:2]
    assert changed["d"] == []


def test_lists_tell_values_apart_as_json_does() -> None:
    held = {"p": [1, {"a": 1, "b": [2]}, [True]]}
    operation = {"$postInsert": {"p": [True, {"b": [2], "a": 1}, [1], 1.0, "1"]}}
    changed = changes(held, "$identify", {"user_properties": operation})
    assert [(type(one), one) for one in changed["p"]] == [
        (type(one), one) for one in [*held["p"], True, [1], 1.0, "1"]
    ]


_VALUES = st.sampled_from([None, "", "a", "b", 1, True, 1.0, "$remote"])
_SAID = st.dictionaries(
    st.sampled_from(["platform", "os_name", "city", "ip", "app_version", "revenue", "carrier"]),
    _VALUES,
)


@given(_SAID, _SAID, _SAID, st.sampled_from(["A", "$exposure", "revenue_amount"]))
def test_what_changed_nothing_changes_nothing_again(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any], kind: str
) -> None:
    state = applied({}, changes({}, "A", first))
    said = context(kind, second)
    if said is not None and not changes(state, kind, second) and context("A", third) == said:
        assert not changes(state, "A", third)


def test_what_says_more_than_its_context_is_looked_at() -> None:
    assert context("A", {"platform": "Web"}) == context("B", {"platform": "Web", "x": 1})
    assert context("A", {"platform": "Web"}) != context("A", {"platform": "iOS"})
    assert context("A", {"user_properties": {"plan": "pro"}}) is None
    assert context("A", {"revenue": 0}) is None
    assert context("revenue_amount", {}) is None
    assert context("$exposure", {}) is None
    assert context("A", {"platform": True}) is None
