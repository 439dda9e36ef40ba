"""
The numbers that measures and formulas are made of: one metric of one event in one segment, by
group and bucket, as one SQL statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from app.query import sql, units
from app.query.calendar import Buckets
from app.query.conditions import (
    Context,
    elements,
    event_is,
    in_project,
    is_listed,
    person,
    source,
    time,
)
from app.query.definition import Chart, EventSpec, Group, PropertyRef, Segment
from app.query.segments import in_segment, members, without_each
from app.query.sql import Sql

type Rows = Callable[[str], list[tuple[object, ...]]]

COUNTS = ("uniques", "totals", "sum", "numbers", "distinct", "pairs", "sessions", "frequency")
"""Metrics of which nothing is zero; of the others nothing is no number."""
BINNED = ("frequency", "distribution")
"""Whose last group is a bin: where nothing happened there is none."""
ADDITIVE = ("totals", "sum", "numbers")
OF_VALUE = ("sum", "numbers", "min", "max", "quantile", "distinct", "pairs", "distribution")
ROWS = 100


@dataclass(frozen=True, slots=True)
class Frame:
    """The buckets of a metric. `lead` of them lie before the chart's range, for rolling figures;
    `window` is over how many a number goes, 0 for one; `cumulative` over all so far."""

    buckets: Buckets
    lead: int = 0
    window: int = 0
    cumulative: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One metric. `by` are the segment's groupings first, then the event's."""

    metric: str
    event: EventSpec
    segment: Segment
    by: tuple[PropertyRef, ...] = ()
    property: PropertyRef | None = None
    number: float = 0.0
    edges: tuple[float, ...] = ()
    rows: int = ROWS
    order: str = "uniques"
    once: bool = False
    groups: tuple[Group, ...] | None = None
    """The groups that are kept, and their order; None for the `rows` that matter most."""
    before: bool = False
    """Of a rolling window, users are filtered by what is asked of each interval after it was
    gathered: what counts is whether they belong to its last interval (semantics §7.4)."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A metric of one group: in each bucket, and over all."""

    points: tuple[float | None, ...]
    total: float | None


@dataclass
class Grid:
    """A metric by group, the most important first. `missing` is what a group has that is not in
    it; `pruned` how many groups were left out."""

    groups: dict[Group, Cells] = field(default_factory=dict)
    missing: Cells = Cells((), None)
    pruned: int = 0

    def get(self, group: Group) -> Cells:
        """The numbers of a group."""
        return self.groups.get(group, self.missing)


@dataclass
class Questions:
    """Answers asks by SQL, each once."""

    rows: Rows
    chart: Chart
    context: Context
    sql: list[str] = field(default_factory=list)
    _known: dict[tuple[Ask, Frame], Grid] = field(default_factory=dict)

    def grid(self, ask: Ask, frame: Frame) -> Grid:
        """The numbers of an ask."""
        if (ask, frame) not in self._known:
            self._known[ask, frame] = self._answer(ask, frame)
        return self._known[ask, frame]

    def run(self, statement: exp.Select) -> list[tuple[object, ...]]:
        """The rows of a statement, which is kept to be shown."""
        text = units.text(statement, self.context)
        self.sql.append(text)
        return self.rows(text)

    def hits(self, ask: Ask, buckets: Buckets) -> exp.Select:
        """The events of an ask: `person`, `bucket`, `session`, groups `g0…`, and of a property
        the text `t` and the number `v`."""
        return _hits(ask, self.chart, self.context, buckets)

    def hits_inside(self, ask: Ask, buckets: Buckets, part: Buckets) -> exp.Select:
        """Those of a part of the buckets, also with `id`. What is asked of users, or of the rank
        of an event, is still asked over all buckets."""
        return _hits(ask, self.chart, self.context, buckets, part)

    def _answer(self, ask: Ask, frame: Frame) -> Grid:
        size = len(frame.buckets)
        if frame.cumulative and ask.metric in ADDITIVE:
            plain = self.grid(ask, replace(frame, cumulative=False))
            return _accumulated(plain)
        belongs = self._members(ask, frame) if ask.before else None
        rows = self.run(_statement(ask, self.hits(ask, frame.buckets), frame, belongs))
        grid = _collected(rows, len(ask.by), frame, ask.metric in COUNTS)
        if frame.cumulative and ask.metric == "uniques":
            grid = _accumulated(grid)
        if frame.lead or frame.window:
            plain = self.grid(replace(ask, before=False), Frame(_without_lead(frame)))
            grid.groups = {
                group: replace(cells, total=plain.get(group).total)
                for group, cells in grid.groups.items()
            }
        zero = 0.0 if ask.metric in COUNTS else None
        grid.missing = Cells((zero,) * (size - frame.lead), zero)
        if not ask.by and not grid.groups and ask.metric not in BINNED:
            grid.groups[()] = grid.missing
        kept = len({group[: len(ask.by)] for group in grid.groups})
        if ask.by and kept >= ask.rows and ask.groups is None:
            grid.pruned = self._groups(ask, frame) - kept
        return grid

    def _members(self, ask: Ask, frame: Frame) -> Sql | None:
        who, bucket = sql.column("person", "z"), sql.column("bucket", "z")
        return members(ask.segment, self.context, frame.buckets, who, bucket)

    def most_important(self, asks: Sequence[Ask], frame: Frame, rows: int) -> tuple[Group, ...]:
        """The groups with most users over several asks with the same groupings: what formulas of
        several terms keep (semantics §6.3)."""
        names = [f"g{i}" for i in range(len(asks[0].by))]
        terms = []
        for ask in asks:
            hits = exp.alias_(self.hits(ask, frame.buckets).subquery(), "h", table=True)
            counted = exp.Count(this=exp.Distinct(expressions=[exp.column("person")]))
            terms.append(exp.select(*names, exp.alias_(counted, "n")).from_(hits).group_by(*names))
        every: exp.Query = terms[0]
        for term in terms[1:]:
            every = exp.union(every, term, distinct=False)
        summed = exp.Sum(this=exp.column("n"))
        order = [exp.Ordered(this=summed, desc=True)]
        order += [exp.Ordered(this=exp.column(name), nulls_first=False) for name in names]
        found = exp.select(*names).from_(exp.alias_(every.subquery(), "t", table=True))
        found = found.group_by(*names).order_by(*order).limit(rows)
        return tuple(
            tuple(None if one is None else str(one) for one in row) for row in self.run(found)
        )

    def _groups(self, ask: Ask, frame: Frame) -> int:
        names = [exp.column(f"g{i}") for i in range(len(ask.by))]
        each = (
            exp.select(*names)
            .distinct()
            .from_(exp.alias_(self.hits(ask, frame.buckets).subquery(), "h", table=True))
        )
        counted = exp.select(exp.Count(this=exp.Star())).from_(
            exp.alias_(each.subquery(), "d", table=True)
        )
        return int(str(self.rows(units.text(counted, self.context))[0][0]))


def _without_lead(frame: Frame) -> Buckets:
    of, lead = frame.buckets, frame.lead
    partial = frozenset(i - lead for i in of.partial if i >= lead)
    return replace(of, starts=of.starts[lead:], ends=of.ends[lead:], partial=partial)


def _hits(
    ask: Ask, chart: Chart, context: Context, buckets: Buckets, part: Buckets | None = None
) -> exp.Select:
    matches = sql.both(
        (part or buckets).within(time()),
        in_project(chart, context),
        event_is(ask.event, context, buckets),
        in_segment(without_each(ask.segment) if ask.before else ask.segment, context, buckets),
    )
    asked: list[tuple[str, PropertyRef, bool]] = [
        (f"g{i}", ref, ask.once) for i, ref in enumerate(ask.by)
    ]
    if ask.property is not None:
        asked.append(("t", ask.property, False))
    own = [
        exp.alias_(person(), "person"),
        exp.alias_(buckets.number(time()), "bucket"),
        exp.alias_(sql.column("session", "e"), "session"),
    ]
    if part is not None:
        own.append(exp.alias_(sql.column("id", "e"), "id"))
    names = [one.alias for one in own]
    columns = own + [
        exp.alias_(elements(ref, context, once=once), name) for name, ref, once in asked
    ]
    found = source(matches, columns)
    listed = [name for name, ref, _ in asked if is_listed(ref, context)]
    if listed:
        found = _unfolded(found, names, [name for name, _, _ in asked], listed)
    if ask.property is not None:
        rest = [exp.column(name) for name, _, _ in asked]
        number = exp.alias_(sql.finite(exp.column("t")), "v")
        outer = exp.select(*map(exp.column, names), *rest, number)
        found = outer.from_(sql.nested(found, "w"), copy=False)
    return found


def _unfolded(found: exp.Select, own: list[str], names: list[str], listed: list[str]) -> exp.Select:
    """A row for each element of lists."""
    kept: list[Sql] = [sql.column(name, "l") for name in own]
    joins = []
    for name in names:
        if name not in listed:
            kept.append(sql.column(name, "l"))
            continue
        unnest = exp.Unnest(
            expressions=[sql.column(name, "l")],
            alias=exp.TableAlias(
                this=exp.to_identifier(f"x_{name}"), columns=[exp.to_identifier("item")]
            ),
        )
        joins.append(exp.Join(this=unnest, kind="CROSS"))
        kept.append(exp.alias_(sql.column("item", f"x_{name}"), name))
    outer = exp.select(*kept).from_(sql.nested(found, "l"), copy=False)
    for join in joins:
        outer.append("joins", join)
    return outer


def _statement(ask: Ask, hits: exp.Select, frame: Frame, belongs: Sql | None = None) -> exp.Select:
    names = [f"g{i}" for i in range(len(ask.by))]
    if ask.metric == "uniques" and ask.order == "uniques":
        # Each user once in a bucket first: what is left to count is many times less.
        kept = [*names, "bucket", "person"]
        hits = exp.select(*kept).distinct().from_(sql.nested(hits, "once"), copy=False)
    query = exp.select().with_("hits", as_=hits, copy=False)
    if ask.metric in ("frequency", "frequency_quantile"):
        inner = _per_person(names, "hits")
        query = query.with_("counted", as_=inner, copy=False)
        if names:
            query = query.with_("kept", as_=_kept(ask, names), copy=False)
        return _of_counts(query, ask, names)
    table = "hits"
    if frame.cumulative and ask.metric == "uniques":
        query = query.with_("firsts", as_=_firsts(names), copy=False)
        table = "firsts"
    elif frame.window or frame.cumulative:
        reach = frame.window or len(frame.buckets)
        spread = _spread(ask, names, reach, len(frame.buckets))
        if belongs is not None:
            spread = exp.select("*").from_(sql.nested(spread, "z"), copy=False)
            spread = spread.where(belongs, copy=False)
        query = query.with_("spread", as_=spread, copy=False)
        table = "spread"
    if names:
        query = query.with_("kept", as_=_kept(ask, names), copy=False)
    return _grouped(query, ask, names, table)


def _grouped(query: exp.Select, ask: Ask, names: list[str], table: str) -> exp.Select:
    groups: list[Sql] = [sql.column(name, "h") for name in names]
    bucket = sql.column("bucket", "h")
    binned: list[Sql] = []
    if ask.metric == "distribution":
        binned = [exp.alias_(_bin(sql.column("v", "h"), ask.edges), "bin")]
    counted = exp.alias_(_aggregate(ask), "n", copy=False)
    query = query.select(*_copies(groups), bucket.copy(), *binned, counted, copy=False)
    query = query.from_(exp.alias_(exp.to_table(table), "h", table=True), copy=False)
    if names:
        query = _joined(query, names)
        place = sql.column("place", "k")
        query = query.select(place.copy(), copy=False)
        groups = [*groups, place]
    if binned:
        groups = [*groups, exp.column("bin")]
        query = query.where(
            exp.Is(this=_bin(sql.column("v", "h"), ask.edges), expression=exp.Not(this=exp.null()))
        )
    return _with_sets(query, groups, bucket)


def _joined(query: exp.Select, names: list[str]) -> exp.Select:
    """Only the groups that are kept, with their `place`."""
    same = sql.both(
        *(
            exp.NullSafeEQ(this=sql.column(name, "h"), expression=sql.column(name, "k"))
            for name in names
        )
    )
    kept = exp.alias_(exp.to_table("kept"), "k", table=True)
    return query.join(kept, on=same, copy=False)


def _with_sets(query: exp.Select, groups: list[Sql], bucket: Sql) -> exp.Select:
    sets = [exp.Tuple(expressions=[*_copies(groups), bucket.copy()])]
    sets.append(exp.Tuple(expressions=_copies(groups)))
    query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    return query


def _copies(of: list[Sql]) -> list[Sql]:
    return [one.copy() for one in of]


def _aggregate(ask: Ask) -> Sql:
    number, text, who = sql.column("v", "h"), sql.column("t", "h"), sql.column("person", "h")
    if ask.metric in ("totals", "distribution"):
        return exp.Count(this=exp.Star())
    if ask.metric == "numbers":
        return exp.Count(this=number)
    if ask.metric == "sum":  # Events without a number add nothing, as no events do.
        return sql.call("coalesce", exp.Sum(this=number), sql.value(0.0))
    if ask.metric in ("min", "max"):
        return (exp.Min if ask.metric == "min" else exp.Max)(this=number)
    if ask.metric == "quantile":
        return _quantile(number, ask.number)
    if ask.metric == "distinct":
        return exp.Count(this=exp.Distinct(expressions=[text]))
    if ask.metric == "pairs":
        return exp.Count(this=exp.Distinct(expressions=[_pair(who, text)]))
    if ask.metric == "sessions":
        session = sql.column("session", "h")
        valid = exp.GTE(this=session.copy(), expression=sql.value(0))
        pair = sql.cases([(valid, _pair(who, session))], exp.null())
        return exp.Count(this=exp.Distinct(expressions=[pair]))
    return exp.Count(this=exp.Distinct(expressions=[who]))


def _quantile(of: Sql, share: float) -> Sql:
    """The exact quantile, interpolated (semantics §7.2)."""
    return exp.WithinGroup(
        this=exp.PercentileCont(this=sql.value(share)),
        expression=exp.Order(expressions=[exp.Ordered(this=of)]),
    )


def _pair(who: Sql, other: Sql) -> Sql:
    texts = [exp.cast(who, "VARCHAR"), sql.value(" "), exp.cast(other, "VARCHAR")]
    return exp.DPipe(this=exp.DPipe(this=texts[0], expression=texts[1]), expression=texts[2])


def _bin(of: Sql, edges: tuple[float, ...]) -> Sql:
    """The index of the last edge that is not above a value; nothing below the first."""
    branches = [
        (exp.GTE(this=of.copy(), expression=sql.value(edge)), sql.value(at))
        for at, edge in reversed(list(enumerate(edges)))
    ]
    return sql.cases(branches, exp.null())


def _firsts(names: list[str]) -> exp.Select:
    groups = [exp.column(name) for name in names]
    first = exp.alias_(exp.Min(this=exp.column("bucket")), "bucket")
    who = exp.column("person")
    return exp.select(*groups, who, first).from_("hits").group_by(*groups, who)


def _spread(ask: Ask, names: list[str], reach: int, size: int) -> exp.Select:
    """Each row once for every bucket whose window holds it."""
    rest = ["person", *names]
    if ask.metric == "uniques":
        # Once for each person and bucket: many times fewer rows to spread.
        inner = exp.select(*rest, "bucket").distinct().from_("hits")
    else:
        rest += ["session", *(("t", "v") if ask.property else ())]
        inner = exp.select(*rest, "bucket").from_("hits")
    later = exp.Add(this=sql.column("bucket", "w"), expression=sql.column("k", "o"))
    offsets = exp.Unnest(
        expressions=[exp.Array(expressions=[sql.value(k) for k in range(reach)])],
        alias=exp.TableAlias(this=exp.to_identifier("o"), columns=[exp.to_identifier("k")]),
    )
    spread = exp.select(*(sql.column(name, "w") for name in rest), exp.alias_(later, "bucket"))
    spread = spread.from_(sql.nested(inner, "w"), copy=False)
    spread.append("joins", exp.Join(this=offsets, kind="CROSS"))
    return spread.where(exp.LT(this=later.copy(), expression=sql.value(size)))


def _kept(ask: Ask, names: list[str]) -> exp.Select:
    """The groups that matter most, and their order (semantics §6.3)."""
    if ask.groups is not None:
        return _listed_groups(ask.groups, names)
    groups: list[Sql] = [sql.column(name, "h") for name in names]
    weight = _aggregate(replace(ask, metric=ask.order))
    order = exp.Order(
        expressions=[
            exp.Ordered(this=weight, desc=True, nulls_first=False),
            *(exp.Ordered(this=one.copy(), desc=False, nulls_first=False) for one in groups),
        ]
    )
    place = exp.alias_(exp.Window(this=exp.RowNumber(), order=order), "place")
    ranked = exp.select(*_copies(groups), place, copy=False)
    ranked = ranked.from_(exp.alias_(exp.to_table("hits"), "h", table=True), copy=False)
    ranked = ranked.group_by(*groups, copy=False)
    limit = exp.LTE(this=exp.column("place"), expression=sql.value(ask.rows))
    return (
        exp.select(*names, "place")
        .from_(sql.nested(ranked, "r"), copy=False)
        .where(limit, copy=False)
    )


def _listed_groups(groups: tuple[Group, ...], names: list[str]) -> exp.Select:
    rows = [(*group, place) for place, group in enumerate(groups)]
    if not rows:
        nothing = [exp.alias_(exp.cast(exp.null(), "VARCHAR"), name) for name in names]
        return exp.select(*nothing, exp.alias_(sql.value(0), "place")).where(exp.false())
    table = exp.values(
        [tuple(sql.value(one) for one in row) for row in rows],
        alias="v",
        columns=[*names, "place"],
    )
    texts = [exp.alias_(exp.cast(sql.column(name, "v"), "VARCHAR"), name) for name in names]
    return exp.select(*texts, sql.column("place", "v")).from_(table)


def _per_person(names: list[str], table: str) -> exp.Select:
    groups: list[Sql] = [exp.column(name) for name in names]
    query = exp.select(*groups, "bucket", "person", exp.alias_(exp.Count(this=exp.Star()), "times"))
    return _with_sets(query.from_(table), [*groups, exp.column("person")], exp.column("bucket"))


def _of_counts(query: exp.Select, ask: Ask, names: list[str]) -> exp.Select:
    groups: list[Sql] = [sql.column(name, "h") for name in names]
    times = exp.column("times")
    query = query.select(*groups, "bucket")
    query = query.from_(exp.alias_(exp.to_table("counted"), "h", table=True))
    grouped = [*groups, exp.column("bucket")]
    if ask.metric == "frequency":
        query = query.select(exp.alias_(_bin(times, ask.edges), "bin"))
        query = query.select(exp.alias_(exp.Count(this=exp.Star()), "n"))
        grouped.append(exp.column("bin"))
    else:
        query = query.select(exp.alias_(_quantile(times, ask.number), "n"))
    if names:
        place = sql.column("place", "k")
        query = _joined(query, names).select(place)
        grouped.append(place)
    return query.group_by(*grouped)


def _collected(rows: list[tuple[object, ...]], by: int, frame: Frame, counts: bool) -> Grid:
    """Rows `g0…, bucket, [bin,] n[, place]` as a grid; a bin becomes part of the group."""
    binned = bool(rows) and len(rows[0]) == by + 2 + bool(by) + 1
    zero = 0.0 if counts else None
    size = len(frame.buckets)
    points: dict[Group, list[float | None]] = {}
    totals: dict[Group, float | None] = {}
    places: dict[Group, int] = {}
    for row in rows:
        group: Group = tuple(None if one is None else str(one) for one in row[:by])
        bucket, n = row[by], row[by + 1 + binned]
        if binned:
            group = (*group, None if row[by + 1] is None else str(row[by + 1]))
        place = int(str(row[-1])) if by else 0
        places[group] = place
        line = points.setdefault(group, [zero] * size)
        number = None if n is None else float(str(n))
        if bucket is None:
            totals[group] = number
        elif 0 <= int(str(bucket)) < size:
            line[int(str(bucket))] = number
    ordered = sorted(points, key=lambda group: places[group])
    return Grid(
        {g: Cells(tuple(points[g][frame.lead :]), totals.get(g, zero)) for g in ordered},
    )


def _accumulated(grid: Grid) -> Grid:
    found: dict[Group, Cells] = {}
    for group, cells in grid.groups.items():
        so_far, line = 0.0, []
        for point in cells.points:
            so_far += point or 0.0
            line.append(so_far)
        found[group] = Cells(tuple(line), cells.total)
    return Grid(found, grid.missing, grid.pruned)
