"""
Who is behind a point of a chart, and the events that made them belong to it (semantics §10.2).
"""

from dataclasses import replace

import numpy as np
import sqlglot
from sqlglot import exp

from app.errors import BadInput
from app.query import sql, units
from app.query.asks import Ask
from app.query.calendar import Buckets, Clock, shifted, span_of
from app.query.definition import (
    AnyChart,
    Funnel,
    Group,
    Segmentation,
)
from app.query.funnel import NOT_REACHED
from app.query.funnelviews import by_bucket, span_of_steps, taken_s, time_edges, times_before
from app.query.funnelways import Arrays, Asked, Ways, event_ids, grouped_paths, variants
from app.query.grids import framed
from app.query.journeysql import journey_behind
from app.query.metrics import Questions, Rows
from app.query.microscope import People, Point, menu
from app.query.paths import Bools, Ints
from app.query.places import Context
from app.query.pointcharts import event_of, interval_of, intervals_of
from app.query.segmentation import FREQUENCY_EDGES, buckets_of, edges_of


def people_behind(
    chart: AnyChart, point: Point, rows: Rows, arrays: Arrays, context: Context
) -> People:
    """The users behind a point (semantics §10.2). Raises BadInput for points without any."""
    if isinstance(chart, Segmentation):
        return _of_segmentation(chart, point, rows, context)
    if isinstance(chart, Funnel):
        return _of_funnel(chart, point, arrays, context)
    if "users" not in menu(chart, point):
        raise BadInput("Nobody is behind this point.")
    span = span_of(chart.range, context.clock)
    who, events = journey_behind(chart, point.way, context)
    whole = Buckets("", (span.start_ms,), (span.end_ms,))
    return _people(who, events, whole, context)


def ask_of(chart: Segmentation, point: Point) -> Ask:
    """The events of a point's series."""
    if chart.measure == "formula" or point.formula is not None:
        raise BadInput("Behind a formula are no users.")
    event = event_of(chart, point)
    by = (*chart.by, *event.by)
    wanted = chart.property if chart.measure == "distribution" else None
    return Ask("totals", event, chart.segments[point.segment], by, wanted)


def spread(chart: Segmentation, point: Point, clock: Clock) -> Buckets:
    """The time that a point is about: its interval, with what rolling figures look back on and
    cumulative ones have gathered."""
    period = interval_of(chart, point, clock)
    start = period.starts[0]
    if point.bucket is not None and chart.cumulative:
        start = intervals_of(chart, point, clock).starts[0]
    reach = max(chart.rolling_window, chart.rolling_average)
    if point.bucket is not None and reach > 1:
        start = shifted(start, chart.interval, 1 - reach, clock)
    return replace(period, starts=(start,))


def _asked_over(chart: Segmentation, point: Point, clock: Clock) -> Buckets:
    """The intervals over which the chart asks who its users are: those who did something in its
    range may have done it outside the point's interval."""
    whole = intervals_of(chart, point, clock)
    if point.bucket is None:
        return whole
    reach = max(chart.rolling_window, chart.rolling_average)
    return framed(chart.interval, chart.range.without, clock, whole, reach).buckets


def hits_behind(
    chart: Segmentation, point: Point, rows: Rows, context: Context
) -> tuple[exp.Select, Buckets]:
    """The events behind a point, as a question with `person`, `session`, `g0…`."""
    buckets = spread(chart, point, context.clock)
    ask = ask_of(chart, point)
    if point.group and len(point.group) != len(ask.by):
        raise BadInput(f"The groups of this series have {len(ask.by)} values.")
    whole = _asked_over(chart, point, context.clock)
    hits = Questions(rows, chart, context).hits_inside(ask, whole, buckets)
    chosen = exp.select("*").from_(exp.alias_(hits.subquery(), "h", table=True))
    for i, value in enumerate(point.group):
        same = exp.NullSafeEQ(this=sql.column(f"g{i}", "h"), expression=sql.value(value))
        chosen = chosen.where(same)
    return chosen, buckets


def _of_segmentation(chart: Segmentation, point: Point, rows: Rows, context: Context) -> People:
    chosen, buckets = hits_behind(chart, point, rows, context)
    inner = exp.alias_(chosen.subquery(), "p", table=True)
    statement, events = exp.select("person").from_(inner), exp.select("id").from_(inner.copy())
    if point.bin is not None and chart.measure == "distribution":
        whole = buckets_of(chart, context.clock)
        edges = edges_of(chart, Questions(rows, chart, context), whole)
        inside = _between(exp.column("v"), edges, point.bin)
        statement, events = statement.where(inside), events.where(inside.copy())
    if point.bin is not None and chart.measure == "frequency":
        counted = _between(exp.Count(this=exp.Star()), chart.edges or FREQUENCY_EDGES, point.bin)
        statement = statement.group_by("person").having(counted)
        events = events.where(exp.In(this=exp.column("person"), query=statement.subquery()))
    else:
        statement = statement.distinct()
    return _people(statement, events, buckets, context)


def _people(
    statement: exp.Select, events: exp.Select, buckets: Buckets, context: Context
) -> People:
    start, end = buckets.starts[0], buckets.ends[-1]
    ids = units.text(events, context)
    if not context.groups:
        return People(units.text(statement, context), start, end, ids)
    return _members(ids, units.names_of(statement), start, end, context)


def _members(ids: str, names: exp.Select, start: int, end: int, context: Context) -> People:
    """Behind groups, whoever did these events."""
    members = f"SELECT DISTINCT person FROM events WHERE id IN ({ids})"
    return People(members, start, end, ids, units.text(names, context))


def _between(of: sql.Sql, edges: tuple[float, ...], at: int) -> sql.Sql:
    if at >= len(edges):
        raise BadInput(f"There are {len(edges)} bins.")
    low = exp.GTE(this=of.copy(), expression=sql.value(edges[at]))
    if at + 1 == len(edges):
        return low
    return sql.both(low, exp.LT(this=of.copy(), expression=sql.value(edges[at + 1])))


def ways_behind(
    chart: Funnel, point: Point, arrays: Arrays, context: Context
) -> tuple[Asked, Ways]:
    """The paths that a point of a funnel is one of."""
    if point.segment >= len(chart.segments):
        raise BadInput("The funnel has no such segment.")
    asked = Asked(chart, arrays, context)
    ways = variants(chart)
    if point.variant >= len(ways):
        raise BadInput("The funnel has no such variant.")
    return asked, asked.ways(point.segment, ways[point.variant][1])


def _of_funnel(chart: Funnel, point: Point, arrays: Arrays, context: Context) -> People:
    asked, ways = ways_behind(chart, point, arrays, context)
    if point.step and point.step > len(ways.steps):
        raise BadInput(f"The funnel has {len(ways.steps)} steps.")
    period = interval_of(chart, point, context.clock)
    nodes, found = ways.found.nodes, ways.found
    if point.bin is not None:
        at = ways.chosen[_in_bin(asked, ways, point.bin)]
    elif point.bucket is not None:
        paths, buckets = by_bucket(asked, ways)
        first, last = span_of_steps(chart, len(ways.steps))
        depth = found.depth[paths]
        wanted = depth > last if point.converted else (depth > first) & (depth <= last)
        at = paths[(buckets == point.bucket) & wanted]
    else:
        at = ways.chosen[_reached(point, ways)]
    if point.group:
        at = at[_in_group(asked, ways, point.group, at)]
    people = np.unique(nodes.person[found.entry[at]]).tolist()
    done = point.step if point.step and point.converted else len(ways.steps)
    events = np.concatenate([event_ids(ways, at, step) for step in range(done)])
    start, end = period.starts[0], period.ends[-1]
    ids = listed(np.unique(events[events >= 0]).tolist(), "id")
    if not context.groups:
        return People(listed(people, "person"), start, end, ids)
    numbers = sqlglot.parse_one(listed(people, "person"), read="duckdb")
    return _members(ids, units.names_of(numbers), start, end, context)


def listed(numbers: list[int], name: str) -> str:
    """A question whose rows are these numbers."""
    if not numbers:
        return f"SELECT CAST(NULL AS BIGINT) AS {name} WHERE FALSE"
    return f"SELECT UNNEST([{', '.join(map(str, numbers))}]) AS {name}"


def _reached(point: Point, ways: Ways) -> Bools:
    step = point.step or len(ways.steps)
    if not 1 <= step <= len(ways.steps):
        raise BadInput(f"The funnel has {len(ways.steps)} steps.")
    depths = ways.depths()
    return depths >= step if point.converted else depths == step - 1


def _in_bin(asked: Asked, ways: Ways, at: int) -> Ints:
    if asked.chart.show == "frequency":
        did, counts = times_before(asked, ways)
        values = np.unique(counts)
        return did[counts == values[at]] if at < len(values) else did[:0]
    did, took = taken_s(asked, ways)
    edges = time_edges(asked)
    if at + 1 >= len(edges):
        raise BadInput(f"There are {len(edges) - 1} bins.")
    inside: Ints = did[(took >= edges[at]) & (took < edges[at + 1])]
    return inside


def _in_group(asked: Asked, ways: Ways, group: Group, chosen: Ints) -> Bools:
    """Which of these paths belong to a group."""
    if len(group) != len(asked.groupings):
        raise BadInput(f"The groups of this funnel have {len(asked.groupings)} values.")
    at, codes = grouped_paths(asked, ways, chosen)
    same = np.ones(len(at), bool)
    for i, value in enumerate(group):
        names = {name: code for code, name in asked.names(i).items()}
        same &= codes[i] == (-1 if value == NOT_REACHED else names.get(value, -2))
    inside = np.zeros(len(chosen), bool)
    inside[at[same]] = True
    return inside
