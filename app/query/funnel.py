"""
Funnels: who came how far through steps, when, and by which events (semantics §8).

SQL finds the events that matter and says which step each may be; `paths` finds the best way
through them for all users at once; here the ways are counted.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sqlglot import exp

from app.errors import BadInput
from app.query import funnelsql, paths, sql
from app.query.calendar import DAY, Buckets, cut, span_of
from app.query.conditions import (
    Context,
    elements,
    event_is,
    in_project,
    is_listed,
    is_new,
    person,
    source,
    time,
)
from app.query.definition import EventSpec, Funnel, PropertyRef, Segment
from app.query.figure import Group
from app.query.paths import Barriers, Bools, Found, Ints, Rows
from app.query.segments import in_segment
from app.query.sql import Sql
from app.query.statistics import Comparison, compared

type Arrays = Callable[[str], dict[str, Any]]

NOT_REACHED = "did not reach step"
BIN_WIDTHS_S = (1, 10, 60, 600, 3600, 86400)
MOST_BINS = 100
MOST_GROUPS = 300
SECOND = 1000


@dataclass(frozen=True, slots=True)
class Bin:
    """Conversions that took from `low` until before `high` (seconds, or a number of times)."""

    low: float
    high: float
    count: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Part:
    """One row of bars. `counts` are users (or what is held constant, or attempts) by step,
    `average_s` and `median_s` the time from each step to the next. `over_time` are entered and
    converted by bucket. `variant` names the way through optional or compared steps."""

    name: str
    segment: int
    group: Group
    variant: str
    counts: tuple[int, ...]
    average_s: tuple[float | None, ...]
    median_s: tuple[float | None, ...]
    over_time: tuple[tuple[int, int], ...] = ()
    bins: tuple[Bin, ...] = ()
    median: float | None = None
    comparison: Comparison | None = None

    @property
    def conversion(self) -> float | None:
        """The share of those that entered who finished."""
        return self.counts[-1] / self.counts[0] if self.counts[0] else None


@dataclass(frozen=True, slots=True)
class Takeaways:
    """What to see at once: the share that converted, the step before which most were lost and how
    many, and the transition with the longest median time. Steps count from 1."""

    conversion: float | None
    drop_step: int | None
    drop: int
    slowest_step: int | None
    slowest_s: float | None


@dataclass(frozen=True, slots=True)
class FunnelFigure:
    """A funnel's numbers. `steps` are titles, `parts` one for each segment, group and variant.
    `sql` are whole statements where that is possible, else selections that say so."""

    steps: tuple[str, ...]
    parts: tuple[Part, ...]
    takeaways: Takeaways
    buckets: Buckets | None = None
    sql: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ways:
    """All paths of one segment and variant, with what is asked about them later. `chosen` are
    those that count; `groups` are codes of groups for every row."""

    rows: Rows
    found: Found
    chosen: Ints
    groups: dict[int, Ints]
    start_ms: int
    unit_ms: int
    steps: tuple[EventSpec, ...]
    every: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def persons(self) -> Ints:
        """Whose the chosen paths are."""
        return self.found.nodes.person[self.found.entry[self.chosen]]

    def depths(self) -> Ints:
        """How far they came."""
        return self.found.depth[self.chosen]

    def times_ms(self, step: int) -> Ints:
        """When a step (from 0) of the chosen paths was done; only right for those that did it."""
        nodes = self.found.path[self.chosen, step]
        ticks: Ints = self.found.nodes.tick[nodes] * self.unit_ms + self.start_ms
        return ticks


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
    if chart.show == "improvement" and parts:
        parts = [parts[0], *(_against(parts[0], one) for one in parts[1:])]
    titles = tuple(step.event.title() for step in chart.steps)
    return FunnelFigure(
        titles,
        tuple(parts),
        _takeaways(whole),
        asked.buckets if chart.show == "over_time" else None,
        funnelsql.shown(asked, gone),
    )


def variants(chart: Funnel) -> list[tuple[str, tuple[EventSpec, ...]]]:
    """The ways through a funnel: without and with the optional step, and for each choice among
    compared events."""
    if any(step.optional for step in chart.steps):
        every = tuple(step.event for step in chart.steps)
        title = next(step.event.title() for step in chart.steps if step.optional)
        without = tuple(step.event for step in chart.steps if not step.optional)
        return [(f"with {title}", every), (f"without {title}", without)]
    choices = [(step.event, *step.compared) for step in chart.steps]
    found = []
    for events in itertools.product(*choices):
        named = [
            one.title() for one, step in zip(events, chart.steps, strict=True) if step.compared
        ]
        found.append((", ".join(named), events))
    return found


@dataclass
class Asked:
    """One funnel while it is answered."""

    chart: Funnel
    arrays: Arrays
    context: Context
    sql: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        chart, clock = self.chart, self.context.clock
        self.buckets = cut(span_of(chart.range, clock), chart.interval, clock, chart.range.without)
        self.unit_ms = 1 if chart.resolution == "millisecond" else SECOND
        self.start_ms = self.buckets.span.start_ms // self.unit_ms * self.unit_ms
        self.end_ms = self.buckets.span.end_ms + chart.window_s * SECOND + self.unit_ms
        if chart.order == "any":
            self.start_ms -= chart.window_s * SECOND
        self.span = (self.end_ms - self.start_ms) // self.unit_ms + 2
        self.groupings = self._groupings()

    def _groupings(self) -> list[tuple[int, PropertyRef]]:
        """What to group by and the step that it is read from."""
        found = [(0, ref) for ref in self.chart.by]
        for at, step in enumerate(self.chart.steps):
            found += [(at, ref) for ref in step.event.by]
        return found

    def ways(self, number: int, steps: tuple[EventSpec, ...]) -> Ways:
        """The paths of a segment."""
        rows, groups = self._rows(self.chart.segments[number], steps)
        barriers = self._barriers(steps)
        chart, window = self.chart, self.chart.window_s * SECOND // self.unit_ms
        simultaneous = chart.resolution == "second"
        if simultaneous:
            rows = paths.merged(rows)
        nodes = paths.grouped(rows, simultaneous=simultaneous)
        size = len(steps)
        if chart.count == "totals":
            if chart.order == "any":
                raise BadInput("Totals go with this order and exact order.")
            found = paths.attempts(rows, nodes, size, window, barriers)
        elif chart.order == "any":
            found = paths.unordered(rows, nodes, size, window, barriers, self.span)
        else:
            found = paths.ordered(rows, nodes, size, window, barriers, self.span)
        every = np.arange(len(found.entry))
        chosen = every if chart.count == "totals" else paths.best(found)
        return Ways(rows, found, chosen, groups, self.start_ms, self.unit_ms, steps, every)

    def _rows(self, segment: Segment, steps: tuple[EventSpec, ...]) -> tuple[Rows, dict[int, Ints]]:
        statement = self._events(segment, steps)
        found = self.run(statement)
        who, identity = _plain(found["person"]), _plain(found["id"])
        tick = (_plain(found["time"]) - self.start_ms) // self.unit_ms
        keys = [identity, who * self.span + tick]
        if self.chart.hold:
            keys = [identity, tick, _plain(found["held"]), who]
        order = np.lexsort(keys)
        rows = Rows(
            _numbered([who[order], *(one[order] for one in keys[2:3])]),
            who[order],
            tick[order],
            identity[order],
            _plain(found["mask"])[order],
            _plain(found["entry"])[order] > 0,
            _plain(found["kind"])[order],
        )
        codes: dict[int, Ints] = {}
        for i, (_, ref) in enumerate(self.groupings):
            if is_listed(ref, self.context):
                codes[i] = self._elements(i)
            else:
                codes[i] = _by_id(rows.id, _plain(found[f"g{i}"])[order])
        return rows, codes

    def _elements(self, index: int) -> Ints:
        """Two rows: ids of events in order, and the code of each element of a grouping."""
        _, ref = self.groupings[index]
        columns = [
            exp.alias_(sql.column("id", "e"), "id"),
            exp.alias_(elements(ref, self.context, once=True), "value"),
        ]
        inner = source(self.in_time(), columns)
        outer = exp.select(
            sql.column("id", "l"), exp.alias_(_code(sql.column("item", "x")), "code")
        )
        found = self.run(_unnested(outer, inner))
        return _by_id(_plain(found["id"]), _plain(found["code"]))

    def run(self, statement: exp.Select) -> dict[str, Any]:
        """The columns of a statement, which is kept to be shown."""
        text = sql.text(statement)
        self.sql.append(text)
        return self.arrays(text)

    def _events(self, segment: Segment, steps: tuple[EventSpec, ...]) -> exp.Select:
        """The events that may be a step: `person`, `time`, `id`, `mask`, `entry`, `kind`, the
        held value and the groups as numbers."""
        flags, entry = self.flags(segment, steps)
        mask = _summed(
            [sql.cases([(flag, sql.value(1 << at))], sql.value(0)) for at, flag in enumerate(flags)]
        )
        columns: list[Sql] = [
            exp.alias_(person(), "person"),
            exp.alias_(time(), "time"),
            exp.alias_(sql.column("id", "e"), "id"),
            exp.alias_(mask, "mask"),
            exp.alias_(sql.cases([(entry, sql.value(1))], sql.value(0)), "entry"),
            exp.alias_(_code(sql.column("type", "e")), "kind"),
        ]
        for i, (_, ref) in enumerate(self.groupings):
            if not is_listed(ref, self.context):
                columns.append(exp.alias_(_code(elements(ref, self.context)), f"g{i}"))
        matches = sql.both(self.in_time(), sql.either(*[exp.paren(f.copy()) for f in flags]))
        if not self.chart.hold:
            return source(matches, columns)
        return self._holding(matches, columns)

    def flags(self, segment: Segment, steps: tuple[EventSpec, ...]) -> tuple[list[Sql], Sql]:
        """The conditions that an event is each step, and that it may begin a path."""
        context, buckets = self.context, self.buckets
        found = [event_is(step, context, buckets) for step in steps]
        entry = sql.both(
            exp.paren(found[0]),
            buckets.within(time()),
            in_segment(segment, context, buckets),
            self._first_day(),
        )
        return found, entry

    def _holding(self, matches: Sql, columns: list[Sql]) -> exp.Select:
        ref = self.chart.hold[0]
        held = elements(ref, self.context, once=True)
        inner = source(matches, [*columns, exp.alias_(held, "value")])
        names = [column.alias for column in columns]
        item: Sql = sql.column("value", "l")
        outer = exp.select(*(sql.column(name, "l") for name in names))
        if is_listed(ref, self.context):
            item = sql.column("item", "x")
            outer = _unnested(outer, inner)
        else:
            outer = outer.from_(exp.alias_(inner.subquery(), "l", table=True))
        outer = outer.select(exp.alias_(_code(item), "held"))
        return outer.where(exp.Not(this=exp.Is(this=item.copy(), expression=exp.null())))

    def _first_day(self) -> Sql | None:
        if not self.chart.first_day:
            return None
        days = cut(self.buckets.span, "day", self.context.clock)
        return is_new(days)

    def in_time(self) -> Sql:
        """The condition that an event lies where a path may go."""
        return sql.both(
            exp.GTE(this=time(), expression=sql.value(self.start_ms)),
            exp.LT(this=time(), expression=sql.value(self.end_ms)),
            in_project(self.chart, self.context),
        )

    def _barriers(self, steps: tuple[EventSpec, ...]) -> Barriers:
        keys: dict[int, list[Ints]] = {}
        transitions = range(len(steps) - 1)
        for exclusion in self.chart.exclude:
            matches = exp.paren(event_is(exclusion.event, self.context, self.buckets))
            found = self._ticks(matches)
            between = exclusion.between
            for step in transitions if between is None else (between[0] - 1,):
                keys.setdefault(step, []).append(found)
        if self.chart.order == "exact":
            found = self._ticks(exp.true())
            for step in transitions:
                keys.setdefault(step, []).append(found)
        return Barriers(self.span, keys)

    def _ticks(self, matches: Sql) -> Ints:
        columns = [exp.alias_(person(), "person"), exp.alias_(time(), "time")]
        found = self.run(source(sql.both(self.in_time(), matches), columns))
        tick = (_plain(found["time"]) - self.start_ms) // self.unit_ms
        keys = _plain(found["person"]) * self.span + tick
        keys.sort()  # Three times as fast as making them unique, which nobody needs.
        return keys

    def names(self, index: int) -> dict[int, str | None]:
        """The values of a grouping by their numbers."""
        _, ref = self.groupings[index]
        value = elements(ref, self.context)
        if is_listed(ref, self.context):
            item = sql.column("item", "x")
            outer = exp.select(exp.alias_(_code(item), "code"), exp.alias_(item.copy(), "value"))
            inner = source(self.in_time(), [exp.alias_(value, "value")])
            statement = _unnested(outer, inner).distinct()
        else:
            columns = [exp.alias_(_code(value), "code"), exp.alias_(value.copy(), "value")]
            statement = source(self.in_time(), columns).distinct()
        found = self.run(statement)
        values = found["value"]
        texts = [
            None if gone else str(text)
            for text, gone in zip(
                np.ma.getdata(values).tolist(), np.ma.getmaskarray(values).tolist(), strict=True
            )
        ]
        return dict(zip(_plain(found["code"]).tolist(), texts, strict=True))


def _unnested(outer: exp.Select, inner: exp.Select) -> exp.Select:
    """A question to `inner` as l, with a row for each `item` of its lists `value`."""
    unnest = exp.Unnest(
        expressions=[sql.column("value", "l")],
        alias=exp.TableAlias(this=exp.to_identifier("x"), columns=[exp.to_identifier("item")]),
    )
    found = outer.from_(exp.alias_(inner.subquery(), "l", table=True))
    found.append("joins", exp.Join(this=unnest, kind="CROSS"))
    return found


def _plain(column: Any) -> Ints:
    return np.ma.filled(column, 0).astype(np.int64)


def _numbered(keys: list[Ints]) -> Ints:
    """Numbers from 0 for runs of rows that have the same keys."""
    begins = np.zeros(len(keys[0]), bool)
    for key in keys:
        begins[1:] |= key[1:] != key[:-1]
    return np.cumsum(begins)


def _by_id(ids: Ints, codes: Ints) -> Ints:
    """Two rows: ids in order, and their codes; each pair once."""
    order = np.lexsort((codes, ids))
    pairs = np.stack([ids[order], codes[order]])
    again = np.zeros(len(order), bool)
    again[1:] = (pairs[:, 1:] == pairs[:, :-1]).all(axis=0)
    return pairs[:, ~again] if again.any() else pairs


def _summed(terms: list[Sql]) -> Sql:
    found = terms[0]
    for term in terms[1:]:
        found = exp.Add(this=found, expression=term)
    return found


def _code(text: Sql) -> Sql:
    """A number for a text, 53 bits of its hash: arrays of numbers are fast, of texts are not."""
    hashed = exp.Anonymous(this="HASH", expressions=[text])
    return exp.cast(exp.Mod(this=hashed, expression=sql.value(1 << 53)), "BIGINT")


def _parts(asked: Asked, ways: Ways, number: int, variant: str) -> list[Part]:
    """One part for each group; one for all without groupings."""
    if not asked.groupings:
        everybody = np.ones(len(ways.chosen), bool)
        return [_part(asked, ways, number, variant, (), everybody)]
    at, codes = grouped_paths(asked, ways)
    if not codes.shape[1]:
        return []
    unique, inverse = np.unique(codes, axis=1, return_inverse=True)
    inverse = inverse.ravel()
    names = [asked.names(i) for i in range(len(asked.groupings))]
    sizes = np.bincount(inverse)
    found = []
    for number_of in np.argsort(-sizes, kind="stable")[:MOST_GROUPS]:
        group = tuple(
            NOT_REACHED if code < 0 else names[i].get(int(code))
            for i, code in enumerate(unique[:, number_of])
        )
        among = np.zeros(len(ways.chosen), bool)
        among[at[inverse == number_of]] = True
        found.append(_part(asked, ways, number, variant, group, among))
    return sorted(found, key=lambda part: -part.counts[0])


def grouped_paths(asked: Asked, ways: Ways) -> tuple[Ints, Ints]:
    """Which of the chosen paths belong to which groups: their places among the chosen, and a row
    of codes for each grouping. A path is there once for each element of an array (semantics
    §0.4); -1 stands for a step that was not reached."""
    at = np.arange(len(ways.chosen))
    codes = np.zeros((0, len(at)), np.int64)
    for index, (step, _) in enumerate(asked.groupings):
        ids = event_ids(ways, ways.chosen, step)[at]
        known, values = ways.groups[index]
        low = np.searchsorted(known, ids, side="left")
        many = np.searchsorted(known, ids, side="right") - low
        many = np.where(ids >= 0, many, 1)
        place = np.repeat(low - np.cumsum(many) + many, many) + np.arange(int(many.sum()))
        reached = np.repeat(ids >= 0, many)
        place = np.where(reached, place, 0)
        found = np.where(reached, values[place], -1) if len(values) else np.full(len(place), -1)
        codes = np.vstack((np.repeat(codes, many, axis=1), found))
        at = np.repeat(at, many)
    return at, codes


def event_ids(ways: Ways, at: Ints, step: int) -> Ints:
    """The event that did a step (from 0) of each of these paths; -1 where it was not done."""
    rows, found = ways.rows, ways.found
    node_of = found.path[at, step]
    does = ((rows.mask >> step) & 1) > 0
    if step == 0:
        does &= rows.entry
    able = np.flatnonzero(does)
    if not len(able):
        return np.full(len(at), -1)
    first = np.searchsorted(able, found.nodes.first[np.maximum(node_of, 0)])
    ids = rows.id[able[np.minimum(first, len(able) - 1)]]
    return np.where(node_of >= 0, ids, -1)


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
    if chart.show == "over_time":
        return replace(part, over_time=_over_time(asked, ways, group, among))
    if chart.show == "time_to_convert":
        return _with_times(asked, ways, part, among)
    if chart.show == "frequency":
        return _with_frequency(asked, ways, part, among)
    return part


def _transitions(
    ways: Ways, depths: Ints, among: Bools
) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    """Mean and median seconds from each step to the next, of those who did both."""
    means: list[float | None] = []
    medians: list[float | None] = []
    for step in range(1, len(ways.steps)):
        did = (depths > step) & among
        took = (ways.times_ms(step)[did] - ways.times_ms(step - 1)[did]) / SECOND
        means.append(float(took.mean()) if len(took) else None)
        medians.append(float(np.median(took)) if len(took) else None)
    return tuple(means), tuple(medians)


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


def _over_time(asked: Asked, ways: Ways, group: Group, among: Bools) -> tuple[tuple[int, int], ...]:
    at, buckets = by_bucket(asked, ways)
    if group:
        units = ways.found.nodes.unit[ways.found.entry[ways.chosen[among]]]
        kept = np.isin(ways.found.nodes.unit[ways.found.entry[at]], units)
        at, buckets = at[kept], buckets[kept]
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


def _with_times(asked: Asked, ways: Ways, part: Part, among: Bools) -> Part:
    did, took = taken_s(asked, ways)
    took = took[among[did]]
    edges = time_edges(asked)
    counts, _ = np.histogram(took[took < edges[-1]], bins=edges)
    inside = int(counts.sum())
    bins = tuple(
        Bin(low, high, int(count), count / inside if inside else None)
        for low, high, count in zip(edges, edges[1:], counts.tolist(), strict=False)
    )
    return replace(part, bins=bins, median=float(np.median(took)) if len(took) else None)


def times_before(asked: Asked, ways: Ways) -> tuple[Ints, Ints]:
    """Of the chosen paths that did the last step asked for: their places among the chosen, and
    how many times the counted event was done from the entry until then."""
    first, last = span_of_steps(asked.chart, len(ways.steps))
    spec = asked.chart.counted or ways.steps[first]
    matches = exp.paren(event_is(spec, asked.context, asked.buckets))
    columns = [exp.alias_(person(), "person"), exp.alias_(time(), "time")]
    found = asked.run(source(sql.both(asked.in_time(), matches), columns))
    tick = (_plain(found["time"]) - asked.start_ms) // asked.unit_ms
    keys = np.sort(_plain(found["person"]) * asked.span + tick)
    did = np.flatnonzero(ways.depths() > last)
    nodes = ways.found.nodes
    path = ways.found.path[ways.chosen[did]]
    who = nodes.person[path[:, first]] * asked.span
    low = np.searchsorted(keys, who + nodes.tick[path[:, first]], side="left")
    high = np.searchsorted(keys, who + nodes.tick[path[:, last]], side="right")
    return did, high - low


def _with_frequency(asked: Asked, ways: Ways, part: Part, among: Bools) -> Part:
    did, counts = times_before(asked, ways)
    values, sizes = np.unique(counts[among[did]], return_counts=True)
    whole = int(sizes.sum())
    bins = tuple(
        Bin(float(value), float(value + 1), int(size), size / whole)
        for value, size in zip(values.tolist(), sizes.tolist(), strict=True)
    )
    return replace(part, bins=bins)


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


def days(of: Buckets) -> int:
    """How many days a range has, begun ones included."""
    return -(-(of.span.end_ms - of.span.start_ms) // DAY)


def funnel_json(figure: FunnelFigure) -> dict[str, Any]:
    """The documented JSON form of an answer."""
    took = figure.takeaways
    return {
        "steps": list(figure.steps),
        "parts": [_part_json(part) for part in figure.parts],
        "takeaways": {
            "conversion": took.conversion,
            "drop_step": took.drop_step,
            "drop": took.drop,
            "slowest_step": took.slowest_step,
            "slowest_s": took.slowest_s,
        },
        "starts_ms": list(figure.buckets.starts) if figure.buckets else [],
    }


def _part_json(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": part.name,
        "segment": part.segment,
        "group": ["(none)" if one is None else one for one in part.group],
        "variant": part.variant,
        "counts": list(part.counts),
        "conversion": part.conversion,
        "average_s": list(part.average_s),
        "median_s": list(part.median_s),
    }
    if part.over_time:
        found["entered"] = [entered for entered, _ in part.over_time]
        found["converted"] = [converted for _, converted in part.over_time]
    if part.bins:
        found["bins"] = [[one.low, one.high, one.count, one.share] for one in part.bins]
        found["median"] = part.median
    if part.comparison:
        found["improvement"] = part.comparison.improvement
        found["significance"] = part.comparison.significance
        found["is_significant"] = part.comparison.is_significant
    return found
