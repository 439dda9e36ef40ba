"""
How much whole paths are alike (semantics §11).
"""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.query.similar import alike
from tests.app.query.cases import Asking, Case, Found
from tests.app.query.small import DAYS, NOON, did

WAYS = ("ABCD", "ABCD", "AXBD", "ABC", "A", "AYZ", "AYZ", "AYZ")
EVENTS = tuple(
    did(str(user), kind, NOON + at * 1000)
    for user, way in enumerate(WAYS)
    for at, kind in enumerate(way)
)
STEPS = st.text("abc", max_size=6)


def likeness(found: Found) -> dict[str, float]:
    return {
        "".join(step for step in one["way"] if step != "Dropped off"): one["alike"]
        for one in found["paths"]
    }


ASKED = {"kind": "journeys", "start": "A", "range": DAYS}
CASES = [
    Case(
        # The most frequent path of all is the model.
        "11 alike",
        EVENTS,
        ASKED,
        likeness,
        {"AYZ": 1, "A": 0.5, "ABC": 1 / 3, "ABCD": 2 / 7, "AXBD": 2 / 7},
    ),
    Case(
        # Between two events, it is the most frequent of those that arrived.
        "11 alike/between",
        EVENTS,
        ASKED | {"end": "D"},
        likeness,
        {"ABCD": 1, "AXBD": 0.75, "ABC": 6 / 7, "A": 0.4, "AYZ": 2 / 7},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_paths_are_compared(ask: Asking, case: Case) -> None:
    found = case.read(ask(case.name, case.definition))
    assert found == pytest.approx(case.expected)


def every_part(of: str) -> set[str]:
    return {"".join(one) for size in range(len(of) + 1) for one in combinations(of, size)}


@given(STEPS, STEPS)
def test_beside_every_part_of_both(one: str, other: str) -> None:
    longest = max(map(len, every_part(one) & every_part(other)))
    whole = len(one) + len(other)
    assert alike(one, other) == pytest.approx(2 * longest / whole if whole else 1)
    assert alike(one, other) == alike(other, one)
