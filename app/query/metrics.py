"""
The numbers that measures and formulas are made of, each as one SQL statement that is asked once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from app.query import sql, units
from app.query.asks import ADDITIVE, BINNED, COUNTS, Ask, Cells, Frame, Grid
from app.query.calendar import Buckets
from app.query.definition import Chart, Group
from app.query.hits import hits_of
from app.query.metricsql import statement_of
from app.query.places import Context
from app.query.segments import members
from app.query.sql import Sql

type Rows = Callable[[str], list[tuple[object, ...]]]


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
        return hits_of(ask, self.chart, self.context, buckets)

    def hits_inside(self, ask: Ask, buckets: Buckets, part: Buckets) -> exp.Select:
        """Those of a part of the buckets, also with `id`. What is asked of users, or of the rank
        of an event, is still asked over all buckets."""
        return hits_of(ask, self.chart, self.context, buckets, part)

    def _answer(self, ask: Ask, frame: Frame) -> Grid:
        size = len(frame.buckets)
        if frame.cumulative and ask.metric in ADDITIVE:
            plain = self.grid(ask, replace(frame, cumulative=False))
            return _accumulated(plain)
        belongs = self._members(ask, frame) if ask.before else None
        rows = self.run(statement_of(ask, self.hits(ask, frame.buckets), frame, belongs))
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
