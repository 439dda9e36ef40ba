"""What differs between two values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.differ import MOST, Difference, Kind, differences

json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner,
                                                                max_size=3),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1, "b": 2}, {"a": 2, "c": 3}, [
            Difference(".a", Kind.CHANGED, 1, 2),
            Difference(".b", Kind.REMOVED, 2, None),
            Difference(".c", Kind.ADDED, None, 3),
        ]),
        ({"a b": [1, {"x": True}]}, {"a b": [1, {"x": 1}, 5]}, [
            Difference('["a b"][1].x', Kind.CHANGED, True, 1),
            Difference('["a b"][2]', Kind.ADDED, None, 5),
        ]),
        ({"a": "1"}, {"a": 1}, [Difference(".a", Kind.CHANGED, "1", 1)]),
        ({"a": None}, {}, [Difference(".a", Kind.REMOVED, None, None)]),
        ([], {}, [Difference("", Kind.CHANGED, [], {})]),
    ],
)  # fmt: skip
def test_differences(left: Any, right: Any, found: list[Difference]) -> None:
    assert differences(left, right) == found


@given(json, json)
def test_the_other_way_around_it_is_the_opposite(left: Any, right: Any) -> None:
    opposite = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}
    there = {(one.path, one.kind) for one in differences(left, right)}
    back = {(one.path, opposite[one.kind]) for one in differences(right, left)}
    assert there == back
    assert not differences(left, left)


def test_there_is_an_end() -> None:
    assert len(differences(dict.fromkeys(map(str, range(9000))), {})) == MOST
    deep: Any = 1
    for _ in range(500):
        deep = {"a": deep}
    assert len(differences(deep, {"a": {}})) == 1
