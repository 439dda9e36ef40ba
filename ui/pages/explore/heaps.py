"""
From figures of the engine to what histograms draw.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.query import Figure
from app.query.definition import Funnel
from app.query.distribution import Bin, Distribution, percentile_bin
from app.query.figure import Series
from app.query.funnelfigure import FunnelFigure, Part
from ui.pages.explore.drawing import COLOURS, NOTHING, number_of, short_titles
from ui.pages.explore.histogram import Heap
from ui.pages.explore.times import duration, edge

PLACES = 1000
"""Bins that a key has room for; a key is the place of a part times this, and the bin's."""


def of_segmentation(
    figure: Figure, shown: Sequence[int], called: Mapping[str, str] = NOTHING
) -> tuple[list[str], list[Heap]]:
    """Bins and heaps of a frequency or a distribution; keys are places of series, `called` are
    names that somebody gave."""
    titles = list(dict.fromkeys(one.bin for one in figure.series if not one.compared))
    members: dict[tuple[object, ...], list[int]] = {}
    for at in shown:
        one = figure.series[at]
        if not one.compared:
            members.setdefault((one.event, one.segment, one.group), []).append(at)
    names = dict(zip(shown, short_titles(figure, shown, called), strict=True))
    heaps = []
    for number, places in enumerate(members.values()):
        by_bin = {figure.series[at].bin: at for at in places}
        counts = [
            number_of(figure.series[by_bin[title]].total) if title in by_bin else 0.0
            for title in titles
        ]
        # What is not among the chosen rows has no key; nobody can click a column without height.
        keys = tuple(by_bin.get(title, -1 - place) for place, title in enumerate(titles))
        name = names[places[0]].rpartition("; ")[0] or names[places[0]]
        heap = _heap(name, number, titles, counts, keys)
        heaps.append(_with_median(heap, _spread(figure, figure.series[places[0]])))
    return titles, heaps


def _spread(figure: Figure, one: Series) -> Distribution | None:
    wanted = (one.event, one.segment, one.group)
    return next(
        (found for found in figure.distributions
         if (found.event, found.segment, found.group) == wanted),
        None,
    )  # fmt: skip


def _with_median(heap: Heap, found: Distribution | None) -> Heap:
    """The exact median instead of the middle of its bin."""
    if found is None or found.median is None:
        return heap
    place = _place(found.median, found.bins)
    if place is not None and found.bins[int(place)].low + 1 == found.bins[int(place)].high:
        # Of what is counted, a bin of one number is that number: its middle.
        place += 0.5
    return replace(heap, median=place, median_said=f"{found.median:,.4g}")


def _heap(
    name: str, number: int, titles: Sequence[str], counts: list[float], keys: tuple[int, ...]
) -> Heap:
    counts = [0.0 if math.isnan(value) else value for value in counts]
    middle = percentile_bin(counts, 0.5)
    place = None if middle is None else middle + 0.5
    said = "" if middle is None else titles[middle]
    return Heap(name, number % COLOURS, tuple(counts), keys, place, said)


def of_funnel(chart: Funnel, figure: FunnelFigure) -> tuple[list[str], list[Heap]]:
    """Bins and heaps of a funnel's time to convert, or of how often something was done before."""
    is_frequency = chart.show == "frequency"
    parts = figure.parts[:COLOURS]
    lows = sorted({(one.low, one.high) for part in parts for one in part.bins})
    filled = [at for at, edge in enumerate(lows)
              if any(one.count for part in parts for one in part.bins
                     if (one.low, one.high) == edge)]  # fmt: skip
    kept = lows[: filled[-1] + 1] if filled else []
    titles = [_bin_title(low, high, is_frequency=is_frequency) for low, high in kept]
    heaps = []
    for number, part in enumerate(parts):
        bins = {(one.low, one.high): place for place, one in enumerate(part.bins)}
        counts = [float(part.bins[bins[edge]].count) if edge in bins else 0.0 for edge in kept]
        keys = tuple(
            number * PLACES + bins[edge] if edge in bins else -1 - place
            for place, edge in enumerate(kept)
        )
        heap = _heap(part.name or "All", number, titles, counts, keys)
        exact = None if is_frequency else part.median
        if exact is not None:
            place = _place(exact, [Bin(low, high, 0, None) for low, high in kept])
            heap = replace(heap, median=place, median_said=duration(exact))
        heaps.append(heap)
    return titles, heaps


def _bin_title(low: float, high: float, *, is_frequency: bool) -> str:
    if is_frequency:
        return f"{low:g} ×"
    return f"{edge(low)} – {edge(high)}"


def _place(value: float, bins: Sequence[Bin]) -> float | None:
    """Where a number lies, counted in bins from the left; None beyond all of them."""
    for at, one in enumerate(bins):
        if one.low <= value < one.high:
            # The last one may have no end.
            wide = one.high - one.low
            return at + ((value - one.low) / wide if math.isfinite(wide) else 0.5)
    return None


def part_of(figure: FunnelFigure, key: int) -> tuple[Part, int]:
    """The part and the bin of a key."""
    at, place = divmod(key, PLACES)
    return figure.parts[at], place
