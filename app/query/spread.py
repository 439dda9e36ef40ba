"""
How the values behind a frequency or a distribution spread over its bins (semantics §10.10).
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from app.query.asks import Grid
from app.query.definition import Group, Segmentation
from app.query.distribution import Distribution, bins_of
from app.query.figure import Figure, Series
from app.query.node import BadDefinition


def distributions(
    edges: tuple[float, ...],
    names: Sequence[str],
    series: Sequence[Series],
    medians: dict[tuple[int, int], Grid],
) -> tuple[Distribution, ...]:
    """One for each event, segment and group that has a series; bins without one are empty."""
    counts: dict[tuple[int, int, Group], dict[str, int]] = {}
    for one in series:
        if not one.compared and one.event is not None:
            bins = counts.setdefault((one.event, one.segment, one.group), {})
            bins[one.bin] = int(one.total or 0)
    highs = [*edges[1:], math.inf]
    return tuple(
        Distribution(
            event,
            segment,
            group,
            bins_of(edges, highs, [found.get(name, 0) for name in names]),
            medians[event, segment].get(group).total,
        )
        for (event, segment, group), found in counts.items()
    )


def median_metric(chart: Segmentation) -> str:
    """What the exact median is one of: how often each user did it, or the values themselves."""
    return "frequency_quantile" if chart.measure == "frequency" else "quantile"


def relative(chart: Segmentation, figure: Figure) -> Figure:
    """The figure with each series as its part of all of its period, in percent (semantics §6.5).
    Raises BadInput where series overlap, so that they add up to more than there is."""
    if len(chart.events) > 1 and chart.measure == "uniques":
        raise BadDefinition("relative", "Users of several events have no shares; use a formula.")
    shifts = dict.fromkeys(one.compared for one in figure.series)
    found = [
        part
        for shift in shifts
        for part in _parts([one for one in figure.series if one.compared == shift])
    ]
    return replace(figure, series=tuple(found), unit="%")


def _parts(series: Sequence[Series]) -> list[Series]:
    size = len(series[0].points)
    sums = [sum(one.points[at] or 0.0 for one in series) for at in range(size)]
    whole = sum(one.total or 0.0 for one in series)
    return [_part(one, sums, whole) for one in series]


def _part(one: Series, sums: Sequence[float], whole: float) -> Series:
    points = tuple(_share(point, of) for point, of in zip(one.points, sums, strict=True))
    return replace(one, points=points, total=_share(one.total, whole))


def _share(point: float | None, of: float) -> float | None:
    return point / of * 100 if point is not None and of else None
