"""
The events of a funnel as arrays: SQL finds those that matter and says which step each may be, and
`paths` finds the best way through them for all users at once.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlglot import exp

from app.query import paths, sql, units
from app.query.anyorder import any_attempts, unordered
from app.query.attempts import attempts
from app.query.calendar import cut, span_of
from app.query.conditions import event_is, in_project, is_new
from app.query.definition import EventSpec, Funnel, PropertyRef, Segment
from app.query.inorder import ordered
from app.query.paths import Barriers, Found, Ints, Rows
from app.query.places import Context, elements, is_listed, person, time
from app.query.segments import in_segment
from app.query.sources import source
from app.query.sql import Sql

type Arrays = Callable[[str], dict[str, Any]]

SECOND = 1000


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

    def is_counted(self, index: int) -> bool:
        """Whether a grouping is by the groups that are counted: each of them is its own."""
        counted = PropertyRef("group", self.chart.groups)
        return bool(self.chart.groups) and self.groupings[index][1] == counted

    def ways(self, number: int, steps: tuple[EventSpec, ...]) -> Ways:
        """The paths of a segment."""
        rows, groups = self._rows(self.chart.segments[number], steps)
        barriers = self._barriers(steps)
        chart, window = self.chart, self.chart.window_s * SECOND // self.unit_ms
        simultaneous = chart.resolution == "second"
        if simultaneous:
            rows = paths.merged(rows)
        nodes = paths.grouped(rows, simultaneous=simultaneous)
        size, go_on = len(steps), self.context.go_on
        if chart.count == "totals" and chart.order == "any":
            found = any_attempts(rows, nodes, size, window, barriers, go_on)
        elif chart.count == "totals":
            found = attempts(rows, nodes, size, window, barriers, go_on)
        elif chart.order == "any":
            found = unordered(rows, nodes, size, window, barriers, self.span, go_on)
        else:
            found = ordered(rows, nodes, size, window, barriers, self.span, go_on)
        every = np.arange(len(found.entry))
        chosen = every if chart.count == "totals" else paths.best(found)
        return Ways(rows, found, chosen, groups, self.start_ms, self.unit_ms, steps, every)

    def _rows(self, segment: Segment, steps: tuple[EventSpec, ...]) -> tuple[Rows, dict[int, Ints]]:
        statement = self._events(segment, steps)
        found = self.run(statement)
        who, identity = plain(found.pop("person")), plain(found.pop("id"))
        tick = (plain(found.pop("time")) - self.start_ms) // self.unit_ms
        keys = [identity, who * self.span + tick]
        if self.chart.hold:
            keys = [identity, tick, plain(found.pop("held")), who]
        order = np.lexsort(keys)
        who, tick, identity = who[order], tick[order], identity[order]
        rows = Rows(
            _numbered([who, *(one[order] for one in keys[2:3])]),
            who,
            tick,
            identity,
            plain(found.pop("mask"))[order],
            found.pop("entry")[order] > 0,
            plain(found.pop("kind"))[order],
        )
        codes: dict[int, Ints] = {}
        for i, (_, ref) in enumerate(self.groupings):
            if self.is_counted(i):
                continue
            if is_listed(ref, self.context):
                codes[i] = self._elements(i)
            else:
                codes[i] = _by_id(rows.id, plain(found[f"g{i}"])[order])
        return rows, codes

    def _elements(self, index: int) -> Ints:
        """Two rows: ids of events in order, and the code of each element of a grouping."""
        _, ref = self.groupings[index]
        columns = [
            exp.alias_(sql.column("id", "e"), "id"),
            exp.alias_(elements(ref, self.context, once=True), "value"),
        ]
        inner = source(self.in_time(), columns, self.context)
        outer = exp.select(
            sql.column("id", "l"), exp.alias_(_code(sql.column("item", "x")), "code")
        )
        found = self.run(_unnested(outer, inner))
        return _by_id(plain(found["id"]), plain(found["code"]))

    def run(self, statement: exp.Select) -> dict[str, Any]:
        """The columns of a statement, which is kept to be shown."""
        text = units.text(statement, self.context)
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
            return source(matches, columns, self.context)
        return self._holding(matches, columns)

    def flags(self, segment: Segment, steps: tuple[EventSpec, ...]) -> tuple[list[Sql], Sql]:
        """The conditions that an event is each step, and that it may begin a path."""
        context, buckets = self.context, self.buckets
        found = [event_is(step, context, buckets) for step in steps]
        for at, step in enumerate(steps):
            if at and step.is_ranked():  # The n-th has to lie in the range (semantics §8.17).
                found[at] = sql.both(exp.paren(found[at]), buckets.within(time()))
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
        inner = source(matches, [*columns, exp.alias_(held, "value")], self.context)
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
        """Whose these events are and when they were, as keys of `Barriers`, in order."""
        since = exp.paren(exp.Sub(this=time(), expression=sql.value(self.start_ms)))
        tick = exp.IntDiv(this=since, expression=sql.value(self.unit_ms))
        who = exp.Mul(this=exp.cast(person(), "BIGINT"), expression=sql.value(self.span))
        key = exp.alias_(exp.Add(this=who, expression=tick), "key")
        keys = plain(
            self.run(source(sql.both(self.in_time(), matches), [key], self.context))["key"]
        )
        keys.sort()  # Three times as fast as making them unique, which nobody needs.
        return keys

    def numbers(self, ref: PropertyRef, step: EventSpec) -> tuple[Ints, Any]:
        """Ids of the events of a step in order, and the numbers that a property has there; an
        array has several."""
        matches = sql.both(self.in_time(), exp.paren(event_is(step, self.context, self.buckets)))
        value, item = elements(ref, self.context), sql.column("value", "l")
        columns = [exp.alias_(sql.column("id", "e"), "id"), exp.alias_(value, "value")]
        inner, outer = source(matches, columns, self.context), exp.select(sql.column("id", "l"))
        if is_listed(ref, self.context):
            outer, item = _unnested(outer, inner), sql.column("item", "x")
        else:
            outer = outer.from_(exp.alias_(inner.subquery(), "l", table=True))
        found = self.run(outer.select(exp.alias_(sql.finite(item), "n")))
        ids = plain(found["id"])
        order = np.argsort(ids, kind="stable")
        return ids[order], np.ma.filled(found["n"], 0.0).astype(float)[order]

    def names(self, index: int) -> dict[int, str | None]:
        """The values of a grouping by their numbers."""
        _, ref = self.groupings[index]
        if self.is_counted(index):
            numbers = exp.select("unit_number AS code", "unit_name AS value").from_("unit_numbers")
            return _texts(self.run(numbers))
        value = elements(ref, self.context)
        if is_listed(ref, self.context):
            item = sql.column("item", "x")
            outer = exp.select(exp.alias_(_code(item), "code"), exp.alias_(item.copy(), "value"))
            inner = source(self.in_time(), [exp.alias_(value, "value")], self.context)
            statement = _unnested(outer, inner).distinct()
        else:
            columns = [exp.alias_(_code(value), "code"), exp.alias_(value.copy(), "value")]
            statement = source(self.in_time(), columns, self.context).distinct()
        return _texts(self.run(statement))


def _texts(found: dict[str, Any]) -> dict[int, str | None]:
    """The `value` of each `code`."""
    values = found["value"]
    gone = np.ma.getmaskarray(values).tolist()
    texts = [
        None if is_gone else str(text)
        for text, is_gone in zip(np.ma.getdata(values).tolist(), gone, strict=True)
    ]
    return dict(zip(plain(found["code"]).tolist(), texts, strict=True))


def grouped_paths(asked: Asked, ways: Ways, chosen: Ints) -> tuple[Ints, Ints]:
    """Which of these paths belong to which groups: their places among them, and a row of codes
    for each grouping. A path is there once for each element of an array (semantics §0.4); -1
    stands for a step that was not reached."""
    at = np.arange(len(chosen))
    codes = np.zeros((0, len(at)), np.int64)
    for index, (step, _) in enumerate(asked.groupings):
        ids = event_ids(ways, chosen, step)[at]
        if asked.is_counted(index):
            who = ways.found.nodes.person[ways.found.entry[chosen[at]]]
            codes = np.vstack((codes, np.where(ids >= 0, who, -1)))
            continue
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


def _unnested(outer: exp.Select, inner: exp.Select) -> exp.Select:
    """A question to `inner` as l, with a row for each `item` of its lists `value`."""
    unnest = exp.Unnest(
        expressions=[sql.column("value", "l")],
        alias=exp.TableAlias(this=exp.to_identifier("x"), columns=[exp.to_identifier("item")]),
    )
    found = outer.from_(exp.alias_(inner.subquery(), "l", table=True))
    found.append("joins", exp.Join(this=unnest, kind="CROSS"))
    return found


def plain(column: Any) -> Ints:
    """A column of whole numbers; what is null is 0."""
    found: Ints = np.ma.filled(column, 0).astype(np.int64, copy=False)
    return found


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
