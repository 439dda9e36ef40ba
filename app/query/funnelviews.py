"""
What is counted of a funnel besides its steps: over time, how long it took, how often something was
done before (semantics §8.13 to §8.15).
"""

import math
from dataclasses import replace
from typing import Any

import numpy as np
from sqlglot import exp

from app.query import paths, sql
from app.query.conditions import event_is
from app.query.definition import Funnel
from app.query.distribution import bins_of
from app.query.funnelfigure import Part
from app.query.funnelways import SECOND, Asked, Ways, event_ids, plain
from app.query.paths import Bools, Ints
from app.query.places import person, time
from app.query.sources import source

BIN_WIDTHS_S = (1, 10, 60, 600, 3600, 86400)
MOST_BINS = 100


def span_of_steps(chart: Funnel, size: int) -> tuple[int, int]:
    """The first and the last step (from 0) that a figure is about."""
    if chart.between is None:
        return 0, size - 1
    first, last = chart.between[0] - 1, min(chart.between[1] - 1, size - 1)
    return first, last


def entry_buckets(asked: Asked, ways: Ways, at: Ints) -> Ints:
    """The bucket in which paths were entered; -1 for none."""
    ticks = ways.found.nodes.tick[ways.found.entry[at]] * ways.unit_ms + ways.start_ms
    # A tick is the beginning of a second, which may lie before the range that begins within it.
    ticks = np.maximum(ticks, asked.buckets.span.start_ms)
    starts = np.array(asked.buckets.starts, np.int64)
    ends = np.array(asked.buckets.ends, np.int64)
    index = np.searchsorted(starts, ticks, side="right") - 1
    return np.where((index >= 0) & (ticks < ends[np.maximum(index, 0)]), index, -1)


def by_bucket(asked: Asked, ways: Ways) -> tuple[Ints, Ints]:
    """The best path of each unit in each bucket that it entered in (semantics §8.13): indexes of
    paths and their buckets."""
    buckets = entry_buckets(asked, ways, ways.every)
    if asked.chart.count == "totals":
        return ways.every, buckets
    chosen = paths.best(ways.found, by=buckets)
    return chosen, buckets[chosen]


def over_time(asked: Asked, ways: Ways, at: Ints, buckets: Ints) -> tuple[tuple[int, int], ...]:
    """Entered and converted by bucket of entry (semantics §8.13), of these paths of `by_bucket`."""
    first, last = span_of_steps(asked.chart, len(ways.steps))
    size = len(asked.buckets)
    depth, inside = ways.found.depth[at], buckets >= 0
    entered = np.bincount(buckets[inside & (depth > first)], minlength=size)
    converted = np.bincount(buckets[inside & (depth > last)], minlength=size)
    return tuple(zip(entered.tolist(), converted.tolist(), strict=True))


def taken_s(asked: Asked, ways: Ways) -> tuple[Ints, Any]:
    """Of the chosen paths that did both steps: their places among the chosen, and the seconds."""
    first, last = span_of_steps(asked.chart, len(ways.steps))
    did = np.flatnonzero(ways.depths() > last)
    times = ways.found.path[ways.chosen[did]]
    ticks = ways.found.nodes.tick
    took = (ticks[times[:, last]] - ticks[times[:, first]]) * ways.unit_ms / SECOND
    if asked.chart.order == "any":
        done = ticks[times[:, first : last + 1]]
        took = (done.max(axis=1) - done.min(axis=1)) * ways.unit_ms / SECOND
    return did, took


def time_edges(asked: Asked) -> list[float]:
    """Where bins of times begin, and where the last ends: the finest width that gives at most a
    hundred (semantics §8.14)."""
    if asked.chart.edges:
        return list(asked.chart.edges)
    window = asked.chart.window_s
    width = next((w for w in BIN_WIDTHS_S if window / w <= MOST_BINS), 10 * 86400)
    return [float(width * i) for i in range(math.floor(window / width) + 2)]


def with_times(asked: Asked, ways: Ways, part: Part, among: Bools) -> Part:
    """With how long conversions took, by bins; the median is of all of them (semantics §8.14)."""
    did, took = taken_s(asked, ways)
    took = took[among[did]]
    edges = time_edges(asked)
    counts, _ = np.histogram(took[took < edges[-1]], bins=edges)
    bins = bins_of(edges[:-1], edges[1:], counts.tolist())
    return replace(part, bins=bins, median=float(np.median(took)) if len(took) else None)


def times_before(asked: Asked, ways: Ways) -> tuple[Ints, Ints]:
    """Of the chosen paths that did the last step asked for: their places among the chosen, and
    how many times the counted event was done from the entry until then."""
    first, last = span_of_steps(asked.chart, len(ways.steps))
    spec = asked.chart.counted or ways.steps[first]
    matches = exp.paren(event_is(spec, asked.context, asked.buckets))
    columns = [exp.alias_(person(), "person"), exp.alias_(time(), "time")]
    found = asked.run(source(sql.both(asked.in_time(), matches), columns, asked.context))
    tick = (plain(found["time"]) - asked.start_ms) // asked.unit_ms
    keys = np.sort(plain(found["person"]) * asked.span + tick)
    did = np.flatnonzero(ways.depths() > last)
    nodes = ways.found.nodes
    path = ways.found.path[ways.chosen[did]]
    who = nodes.person[path[:, first]] * asked.span
    # In any order, what comes first is not always the first step.
    begun = nodes.tick[path[:, first : last + 1]].min(axis=1)
    low = np.searchsorted(keys, who + begun, side="left")
    high = np.searchsorted(keys, who + nodes.tick[path[:, last]], side="right")
    return did, high - low


def with_frequency(asked: Asked, ways: Ways, part: Part, among: Bools) -> Part:
    """With how often the counted event was done before the last step (semantics §8.15)."""
    did, counts = times_before(asked, ways)
    values, sizes = np.unique(counts[among[did]], return_counts=True)
    lows = values.astype(float).tolist()
    bins = bins_of(lows, [low + 1 for low in lows], sizes.tolist())
    median = float(np.median(counts[among[did]])) if len(lows) else None
    return replace(part, bins=bins, median=median)


def summed_at_the_end(asked: Asked, ways: Ways, among: Bools) -> float:
    """The sum of a property over the events that did the last step (semantics §8.1)."""
    ref, last = asked.chart.sum, len(ways.steps) - 1
    if ref is None:
        return 0.0
    ids, values = asked.numbers(ref, ways.steps[last])
    wanted = event_ids(ways, ways.chosen[among], last)
    wanted = wanted[wanted >= 0]
    low = np.searchsorted(ids, wanted, side="left")
    high = np.searchsorted(ids, wanted, side="right")
    running = np.concatenate(([0.0], np.cumsum(values)))
    return float((running[high] - running[low]).sum())
