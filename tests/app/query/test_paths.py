"""
The two ways of finding attempts, beside each other.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.query import attempts, inorder, paths
from app.query.paths import Barriers, Rows

SPAN = 200
FEW = settings(max_examples=300, deadline=None, derandomize=True)


def rows_of(events: list[tuple[int, int, int, bool]]) -> Rows:
    """Rows of (unit, tick, step, may begin), sorted and merged as the funnel has them."""
    ordered = sorted(events)
    unit, tick, step = (np.array([one[i] for one in ordered], np.int64) for i in range(3))
    begins = np.array([one[3] and one[2] == 0 for one in ordered], bool)
    identity = np.arange(len(ordered), dtype=np.int64)
    return paths.merged(Rows(unit, unit.copy(), tick, identity, 1 << step, begins, step.copy()))


EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 90), st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=120,
)
KEYS = st.lists(st.integers(0, 4 * SPAN - 1), max_size=12)


@FEW
@given(events=EVENTS, window=st.integers(0, 60), barriers=st.dictionaries(st.integers(0, 2), KEYS))
def test_lines_give_the_attempts_that_going_through_gives(
    events: list[tuple[int, int, int, bool]], window: int, barriers: dict[int, list[int]]
) -> None:
    rows = rows_of(events)
    nodes = paths.grouped(rows, simultaneous=True)
    node_of = np.repeat(np.arange(len(nodes)), np.diff(nodes.first))
    in_the_way = Barriers(
        SPAN, {step: [np.sort(np.array(keys, np.int64))] for step, keys in barriers.items()}
    )
    order = np.lexsort((rows.id, rows.mask, node_of))
    fast = attempts.queued(rows, order, 4, window, in_the_way)
    slow = attempts.one_by_one(rows, order, 4, window, in_the_way)
    assert fast.tolist() == slow.tolist()


@FEW
@given(
    events=EVENTS,
    window=st.integers(0, 60),
    barriers=st.dictionaries(st.integers(0, 2), KEYS),
    piece=st.integers(1, 20),
)
def test_a_search_in_pieces_finds_the_same(
    events: list[tuple[int, int, int, bool]],
    window: int,
    barriers: dict[int, list[int]],
    piece: int,
) -> None:
    rows = rows_of(events)
    nodes = paths.grouped(rows, simultaneous=True)
    keys = {step: [np.sort(np.array(found, np.int64))] for step, found in barriers.items()}

    def found(most: int) -> list[list[int]]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(inorder, "PIECE", most)
            whole = inorder.ordered(rows, nodes, 4, window, Barriers(SPAN, keys), SPAN)
        chosen = paths.best(whole).tolist()
        return [
            *([*one] for one in zip(whole.entry.tolist(), whole.depth.tolist(), strict=True)),
            *whole.path.tolist(),
            chosen,
        ]

    assert found(piece) == found(1000)


@given(events=EVENTS)
@FEW
def test_the_best_path_is_the_longest_and_then_the_earliest(
    events: list[tuple[int, int, int, bool]],
) -> None:
    rows = rows_of(events)
    nodes = paths.grouped(rows, simultaneous=True)
    whole = inorder.ordered(rows, nodes, 4, 30, Barriers(SPAN), SPAN)
    longest: dict[int, tuple[int, int, int]] = {}
    for at, entry in enumerate(whole.entry.tolist()):
        one = (-int(whole.depth[at]), int(nodes.tick[entry]), at)
        unit = int(nodes.unit[entry])
        longest[unit] = min(one, longest.get(unit, one))
    assert paths.best(whole).tolist() == [at for _, _, at in longest.values()]


def test_a_crowd_that_waits_too_long_gives_up() -> None:
    # Five begin at once; one is served each ten ticks, and nobody waits for more than 25.
    events = [(0, at, 0, True) for at in range(5)] + [(0, 10 * n, 1, False) for n in range(1, 6)]
    rows = rows_of(events)
    nodes = paths.grouped(rows, simultaneous=True)
    found = attempts.attempts(rows, nodes, 2, 25, Barriers(SPAN))
    assert found.depth.tolist() == [2, 2, 1, 1, 1]
