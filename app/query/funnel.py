"""
Funnels: who came how far through steps, when, and by which events (semantics §8).

`funnelways` finds the way of each user; here the ways are counted.
"""

import itertools
from dataclasses import replace

import numpy as np

from app.query import funnelsql
from app.query.definition import EventSpec, Funnel, Group
from app.query.funnelfigure import FunnelFigure, Part, Takeaways
from app.query.funnelviews import (
    by_bucket,
    over_time,
    summed_at_the_end,
    with_frequency,
    with_times,
)
from app.query.funnelways import SECOND, Arrays, Asked, Ways, grouped_paths, variants
from app.query.paths import NEVER, Bools, Ints
from app.query.places import Context
from app.query.statistics import compared

NONE: Ints = np.zeros(0, np.int64)
NOT_REACHED = "did not reach step"
MOST_GROUPS = 300
MOST_WITHOUT_CAPS = 1000
"""Groups of a funnel (semantics §0.5)."""


def funnel(chart: Funnel, arrays: Arrays, context: Context) -> FunnelFigure:
    """The answer to a funnel. Raises BadInput for what cannot be asked."""
    asked = Asked(chart, arrays, context)
    parts: list[Part] = []
    whole: Part | None = None
    gone: list[tuple[int, tuple[EventSpec, ...]]] = []
    for number in range(len(chart.segments)):
        for variant, steps in variants(chart):
            gone.append((number, steps))
            ways = asked.ways(number, steps)
            parts += _parts(asked, ways, number, variant)
            if whole is None:
                everybody = np.ones(len(ways.chosen), bool)
                whole = _part(asked, ways, number, variant, (), everybody)
    if chart.hidden:
        parts = [one for one in parts if not one.group or one.group not in chart.hidden]
    if chart.show == "improvement" and parts:
        parts = _against_baseline(chart, parts)
    titles = tuple(step.event.title() for step in chart.steps)
    return FunnelFigure(
        titles,
        tuple(parts),
        _takeaways(whole),
        asked.buckets if chart.show == "over_time" else None,
        funnelsql.shown(asked, gone),
    )


def _parts(asked: Asked, ways: Ways, number: int, variant: str) -> list[Part]:
    """One part for each group; one for all without groupings."""
    in_time = by_bucket(asked, ways) if asked.chart.show == "over_time" else (NONE, NONE)
    if not asked.groupings:
        everybody = np.ones(len(ways.chosen), bool)
        whole = _part(asked, ways, number, variant, (), everybody)
        return [_timed(asked, ways, whole, *in_time)]
    at, codes = grouped_paths(asked, ways, ways.chosen)
    # A user whose best path is of one group may have entered in another's at another time.
    at_time, codes_in_time = grouped_paths(asked, ways, in_time[0])
    if not codes.shape[1]:
        return []
    unique, inverse = np.unique(np.hstack((codes, codes_in_time)), axis=1, return_inverse=True)
    inverse, inverse_in_time = np.split(inverse.ravel(), [codes.shape[1]])
    names = [asked.names(i) for i in range(len(asked.groupings))]
    sizes = np.bincount(inverse, minlength=unique.shape[1])
    most = MOST_GROUPS if asked.chart.compatible else MOST_WITHOUT_CAPS
    found = []
    for number_of in np.argsort(-sizes, kind="stable")[:most]:
        asked.context.go_on()
        group = tuple(
            NOT_REACHED if code < 0 else names[i].get(int(code))
            for i, code in enumerate(unique[:, number_of])
        )
        among = np.zeros(len(ways.chosen), bool)
        among[at[inverse == number_of]] = True
        part = _part(asked, ways, number, variant, group, among)
        kept = at_time[inverse_in_time == number_of]
        found.append(_timed(asked, ways, part, in_time[0][kept], in_time[1][kept]))
    return sorted(found, key=lambda part: -part.counts[0])


def _timed(asked: Asked, ways: Ways, part: Part, at: Ints, buckets: Ints) -> Part:
    """With the numbers over time, where they are asked for."""
    if asked.chart.show != "over_time":
        return part
    return replace(part, over_time=over_time(asked, ways, at, buckets))


def _part(asked: Asked, ways: Ways, number: int, variant: str, group: Group, among: Bools) -> Part:
    chart, depths = asked.chart, ways.depths()
    size = len(ways.steps)
    counts = tuple(int(((depths >= step + 1) & among).sum()) for step in range(size))
    average, median = _transitions(ways, depths, among)
    segment = chart.segments[number]
    label = [segment.name or f"Segment {number + 1}"] if len(chart.segments) > 1 else []
    label += ["(none)" if one is None else one for one in group]
    label += [variant] if variant else []
    part = Part("; ".join(label), number, group, variant, counts, average, median)
    if chart.sum is not None:
        part = replace(part, sum=summed_at_the_end(asked, ways, among))
    if chart.show == "time_to_convert":
        return with_times(asked, ways, part, among)
    if chart.show == "frequency":
        return with_frequency(asked, ways, part, among)
    return part


def _transitions(
    ways: Ways, depths: Ints, among: Bools
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Mean and median seconds from each step to the next, of those who did both."""
    means: list[float | None] = []
    medians: list[float | None] = []
    times = _in_order_of_time(ways)
    for step in range(1, len(ways.steps)):
        did = (depths > step) & among
        took = (times[did, step] - times[did, step - 1]) / SECOND
        means.append(float(took.mean()) if len(took) else None)
        medians.append(float(np.median(took)) if len(took) else None)
    return tuple(means), tuple(medians)


def _in_order_of_time(ways: Ways) -> Ints:
    """When the steps of the chosen paths were done, in ms; what was not done comes last. In any
    order the second to be done need not be the second step."""
    path = ways.found.path[ways.chosen]
    done = ways.found.nodes.tick[np.maximum(path, 0)] if len(ways.found.nodes) else path
    times: Ints = np.sort(np.where(path >= 0, done * ways.unit_ms, NEVER), axis=1)
    return times


def _against_baseline(chart: Funnel, parts: list[Part]) -> list[Part]:
    """Every part beside the one it is compared with: of the baseline's segment, or the group at
    the baseline's place (semantics §8.10, §8.16)."""
    if len(chart.segments) > 1:
        baseline = next((one for one in parts if one.segment == chart.baseline), parts[0])
    else:
        baseline = parts[min(chart.baseline, len(parts) - 1)]
    return [one if one is baseline else _against(baseline, one) for one in parts]


def _against(baseline: Part, part: Part) -> Part:
    return replace(
        part,
        comparison=compared(
            baseline.counts[0], baseline.counts[-1], part.counts[0], part.counts[-1]
        ),
    )


def _takeaways(part: Part | None) -> Takeaways:
    if part is None:
        return Takeaways(None, None, 0, None, None)
    drops = [a - b for a, b in itertools.pairwise(part.counts)]
    most = max(drops, default=0)
    slow = [(took, at) for at, took in enumerate(part.median_s) if took is not None]
    slowest = max(slow, key=lambda one: one[0], default=None)
    return Takeaways(
        part.conversion,
        drops.index(most) + 2 if most > 0 else None,
        most,
        slowest[1] + 2 if slowest else None,
        slowest[0] if slowest else None,
    )
