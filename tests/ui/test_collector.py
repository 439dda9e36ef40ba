"""Python's cycle collector in the GUI thread: no cycle is kept, and nobody waits for it."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from ui import collector as module
from ui.collector import FULL_EVERY, SETTLED, Collector


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector(qapp: object) -> Iterator[Collector]:
    made = Collector()
    yield made
    made.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    gc.collect()


def turn(collector: Collector, times: int) -> None:
    for _ in range(times):
        collector.collect()


def test_what_the_window_starts_with_is_set_aside_once(collector: Collector) -> None:
    assert not gc.isenabled()
    # Something else in this process may have set things aside before.
    before = gc.get_freeze_count()
    turn(collector, SETTLED)
    settled = gc.get_freeze_count()
    assert settled > before
    turn(collector, 3)
    assert gc.get_freeze_count() <= settled


def test_a_cycle_that_came_later_goes_with_the_next_full_turn(collector: Collector) -> None:
    turn(collector, SETTLED)
    knot = Knot()
    seen = weakref.ref(knot)
    # Long enough for it to count as old.
    turn(collector, 3)
    del knot
    turn(collector, FULL_EVERY)
    assert seen() is None


def test_what_survives_a_long_search_is_not_searched_again(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG_S", 0.0)
    turn(collector, SETTLED)
    before = gc.get_freeze_count()
    kept = [Knot() for _ in range(1000)]
    turn(collector, FULL_EVERY)
    assert gc.get_freeze_count() >= before + len(kept)
