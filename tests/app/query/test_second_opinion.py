"""
The engine beside plain loops, over small random lists of events.
"""

from collections.abc import Sequence
from itertools import pairwise, product
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
XY = ("x", "y", None)
FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # Finding the smallest case would take minutes.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def histories(  # type: ignore[no-untyped-def]
    kinds: str, latest: int, step: int, most: int = 7, values: Sequence[str | None] = XY
):
    """Many users with a few events each, close enough to meet windows and one another."""
    event = st.tuples(
        st.sampled_from(kinds),
        st.integers(0, latest).map(lambda at: at * step),
        st.sampled_from(values),
    )
    users = st.lists(st.lists(event, min_size=1, max_size=most), min_size=60, max_size=100)
    return users.map(
        lambda of: [
            Did(f"u{number:03}", kind, START + at, value, number * 100 + place)
            for number, events in enumerate(of)
            for place, (kind, at, value) in enumerate(events)
        ]
    )


def orgs(event: Did) -> list[str]:
    """The groups that an event belongs to: none, one, or one with the next; three users share."""
    number = int(event.user[1:]) // 3
    return [f"g{number + more}" for more in range({"x": 1, "y": 2}.get(event.value or "", 0))]


class Opened:
    """A workspace with these events, and answers about them."""

    def __init__(self, folder: Path, events: list[Did]) -> None:
        sent = [
            did(
                *(e.user, e.kind, e.at, {} if e.value is None else {"v": e.value}),
                groups={"org": orgs(e)},
            )
            for e in events
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

    def funnel(self, **fields: object):  # type: ignore[no-untyped-def]
        definition = {"kind": "funnel", "range": DAYS, **fields}
        return self.charts.funnel(read(definition))

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


@pytest.mark.parametrize("order", ["this", "exact", "any"])
@FEW
@given(events=histories("ABCX", 12, 500))
def test_funnels_within_seconds(fresh, order: str, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        # Asked of the same events, because a workspace takes longer to make than to ask.
        for steps, window in product(("AB", "ABC", "ABA", "AAB"), (1, 3)):
            ask = naive.Funnel(steps, order, window, START, END)
            found = opened.bars(steps=list(steps), order=order, window_s=window)
            assert found == naive.bars(ask, events), ask
            excluded = opened.bars(
                steps=list(steps), order=order, window_s=window, exclude=[{"event": "X"}]
            )
            assert excluded == naive.bars(ask._replace(excluded="X"), events), ask


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


@FEW
@given(events=histories("AABCX", 40, 500, 9))
def test_totals_in_any_order(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        for steps, window in product(("ABC", "BA", "ABA", "AAB"), (1, 4)):
            for excluded in ("", "X"):
                ask = naive.Funnel(steps, "any", window, START, END, excluded=excluded)
                found = opened.bars(
                    steps=list(steps),
                    order="any",
                    count="totals",
                    window_s=window,
                    exclude=[{"event": kind} for kind in excluded],
                )
                assert found == naive.any_attempts(ask, events), ask


@FEW
@given(events=histories("ABCDEFGHIJKLMN", 8 * 24, DAY // 24))
def test_top_events(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        found = opened.series(events=[{"kind": "top"}], measure="totals")
        counts = naive.top(events, START, END)
        expected = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:10]
        assert [(one.group[0], one.total) for one in found] == expected
        for one in found:
            (alone,) = opened.series(events=[one.group[0]], measure="totals")
            assert alone.points == one.points
        where = [{"property": "v", "values": ["x"]}]
        found = opened.series(
            events=[{"kind": "segment_top"}], measure="totals", segments=[{"where": where}]
        )
        counts = naive.top([e for e in events if e.value == "x"], START, END)
        expected = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:10]
        assert [(one.group[0], one.total) for one in found] == expected


MEASURES = ("average", "active", "sum", "property_average", "median", "distinct_per_user")


@FEW
@given(events=histories("AB", 8 * 24, DAY // 24, values=("5", "7", "12", "x", None)))
def test_measures(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        for measure in MEASURES:
            (series,) = opened.series(measure=measure, property="v")
            starts = range(START, END, DAY)
            each = [naive.measured(measure, events, "A", at, at + DAY) for at in starts]
            assert list(series.points) == pytest.approx(each), measure
            whole = naive.measured(measure, events, "A", START, END)
            assert series.total == pytest.approx(whole), measure
        rolled = opened.series(rolling_average=3, measure="totals")[0].points
        counts = naive.totals(events, "A", START - 2 * DAY, DAY, 9)
        assert list(rolled) == pytest.approx([sum(counts[at : at + 3]) / 3 for at in range(7)])
        found = opened.series(events=["A", "B"], measure="formula", formula="TOTALS(A)/UNIQUES(B)")
        over = naive.totals(events, "A", START, DAY, 7)
        under = naive.uniques(events, "B", START, DAY, 7)
        assert list(found[0].points) == pytest.approx(
            [a / b if b else None for a, b in zip(over, under, strict=True)]
        )
        bins = opened.series(measure="distribution", property="v", edges=[0, 6, 10])
        values = naive.numbers(events, "A", START, END)
        ends = pairwise((0, 6, 10, 99))
        expected = [sum(low <= v < high for v in values) for low, high in ends]
        assert [one.total for one in bins] == [n for n in expected if n]


@pytest.mark.parametrize("order", ["this", "exact"])
@FEW
@given(events=histories("ABCX", 12, 500))
def test_funnels_that_hold_a_value(fresh, order: str, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        for excluded in ("", "X"):
            ask = naive.Funnel("ABC", order, 3, START, END, excluded=excluded)
            found = opened.bars(
                steps=list("ABC"),
                order=order,
                window_s=3,
                hold=["v"],
                exclude=[{"event": kind} for kind in excluded],
            )
            assert found == naive.held(ask, events)


@FEW
@given(events=histories("AABC", 3 * 86_400, 1000, 9))
def test_other_views_of_funnels(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    window = 86_400
    with Opened(fresh(), events) as opened:
        ask = naive.Funnel("ABC", "this", window, START, END)
        asked = {"steps": list("ABC"), "window_s": window}
        (part,) = opened.funnel(show="over_time", **asked).parts
        assert list(part.over_time) == naive.over_time(ask, events, DAY)
        edges = [0, 3600, 20_000, 50_000, 90_000]
        (part,) = opened.funnel(show="time_to_convert", edges=edges, **asked).parts
        took = naive.taken(ask, events)
        assert [one.count for one in part.bins] == [
            sum(low <= one < high for one in took) for low, high in pairwise(edges)
        ]
        assert part.median == (naive.median(took) if took else None)


@FEW
@given(events=histories("ABCX", 12, 500))
def test_groups_instead_of_users(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    of_groups = [one._replace(user=org) for one in events for org in orgs(one)]
    with Opened(fresh(), events) as opened:
        for measure, expected in (("uniques", naive.uniques), ("totals", naive.totals)):
            (series,) = opened.series(measure=measure, groups="org")
            assert list(series.points) == expected(of_groups, "A", START, DAY, 7)
        for steps, order in (("AB", "this"), ("ABA", "exact"), ("CBA", "this")):
            ask = naive.Funnel(steps, order, 1, START, END, excluded="X")
            found = opened.bars(
                steps=list(steps), order=order, window_s=1, exclude=[{"event": "X"}], groups="org"
            )
            assert found == naive.bars(ask, of_groups)
        ask = naive.Funnel("AB", "this", 1, START, END)
        by = [{"property": "org", "scope": "group"}]
        found = opened.funnel(steps=["A", "B"], window_s=1, groups="org", by=by)
        names = {one.user for one in of_groups if one.kind == "A"}
        expected = {
            (name,): naive.bars(ask, [one for one in of_groups if one.user == name])
            for name in names
        }
        assert {one.group: one.counts for one in found.parts} == {
            group: counts for group, counts in expected.items() if counts[0]
        }
