"""
The engine beside plain loops, over small random lists of events.
"""

from pathlib import Path
from typing import Self

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.query import Charts, Warehouse, read
from tests.app.query import naive
from tests.app.query.naive import Did
from tests.app.query.small import CLOCK, DAY, DAYS, MIDNIGHT, did, workspace

START = MIDNIGHT - 6 * DAY
END = MIDNIGHT + DAY
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # Finding the smallest case would take minutes.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def histories(kinds: str, latest: int, step: int, most: int = 7):  # type: ignore[no-untyped-def]
    """Many users with a few events each, close enough to meet windows and one another."""
    event = st.tuples(
        st.sampled_from(kinds),
        st.integers(0, latest).map(lambda at: at * step),
        st.sampled_from(["x", "y", None]),
    )
    users = st.lists(st.lists(event, min_size=1, max_size=most), min_size=20, max_size=40)
    return users.map(
        lambda of: [
            Did(f"u{number:03}", kind, START + at, value, number * 100 + place)
            for number, events in enumerate(of)
            for place, (kind, at, value) in enumerate(events)
        ]
    )


class Opened:
    """A workspace with these events, and answers about them."""

    def __init__(self, folder: Path, events: list[Did]) -> None:
        sent = [
            did(e.user, e.kind, e.at, {} if e.value is None else {"v": e.value}) for e in events
        ]
        self.warehouse = Warehouse.open(workspace(folder, sent))
        self.warehouse.refresh()
        self.charts = Charts(self.warehouse, CLOCK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.warehouse.close()

    def series(self, **fields: object):  # type: ignore[no-untyped-def]
        return self.charts.answer(read({"events": ["A"], "range": DAYS, **fields})).series

    def bars(self, **fields: object) -> tuple[int, ...]:
        definition = {"kind": "funnel", "range": DAYS, **fields}
        return self.charts.funnel(read(definition)).parts[0].counts


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    return lambda: tmp_path_factory.mktemp("opinion")


@FEW
@given(events=histories("AB", 8 * 24, DAY // 24))
def test_segmentation(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        (series,) = opened.series()
        assert list(series.points) == naive.uniques(events, "A", START, DAY, 7)
        (series,) = opened.series(measure="totals")
        assert list(series.points) == naive.totals(events, "A", START, DAY, 7)
        (series,) = opened.series(rolling_window=3)
        assert list(series.points) == naive.in_window(events, "A", START, DAY, 7, 3)
        (series,) = opened.series(cumulative=True)
        within = [e for e in events if e.at >= START]
        assert list(series.points) == naive.in_window(within, "A", START, DAY, 7, 7)
        groups = opened.series(events=[{"event": "A", "by": ["v"]}])
        found = {one.group[0]: one.total for one in groups}
        assert found == naive.by_value(events, "A", START, END)
        bins = opened.series(measure="frequency", edges=[1, 2, 3, 4])
        times = naive.frequency(events, "A", START, END)
        many = {"4+": sum(n for count, n in times.items() if count >= 4)}
        expected = {str(n): times[n] for n in (1, 2, 3)} | many
        found = {one.bin: one.total for one in bins if one.total}
        assert found == {k: n for k, n in expected.items() if n}


@pytest.mark.parametrize("steps", ["AB", "ABC", "ABA", "AAB"])
@pytest.mark.parametrize("order", ["this", "exact", "any"])
@FEW
@given(events=histories("ABCX", 12, 500))
def test_funnels_within_seconds(fresh, order: str, steps: str, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        for window in (1, 3):
            ask = naive.Funnel(steps, order, window, START, END)
            found = opened.bars(steps=list(steps), order=order, window_s=window)
            assert found == naive.bars(ask, events)
            excluded = opened.bars(
                steps=list(steps), order=order, window_s=window, exclude=[{"event": "X"}]
            )
            assert excluded == naive.bars(ask._replace(excluded="X"), events)


@pytest.mark.parametrize("order", ["this", "any"])
@FEW
@given(events=histories("ABC", 5000, 1))
def test_funnels_within_milliseconds(fresh, order: str, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        ask = naive.Funnel("ABA", order, 2000, START, END, seconds=False)
        found = opened.bars(steps=list("ABA"), order=order, window_s=2, resolution="millisecond")
        assert found == naive.bars(ask, events)


@FEW
@given(events=histories("AABC", 40, 1000, 9))
def test_totals(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    seen: set[tuple[str, int]] = set()
    apart = [e for e in events if (e.user, e.at) not in seen and not seen.add((e.user, e.at))]
    with Opened(fresh(), apart) as opened:
        for window in (5, 30):
            ask = naive.Funnel("ABC", "this", window, START, END)
            found = opened.bars(steps=list("ABC"), count="totals", window_s=window)
            assert found == naive.attempts(ask, apart)
