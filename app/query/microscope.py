"""
What is behind a point of a chart (semantics §10): who, and what can be done with them.

A `Point` names a place in a figure; `People` are the users behind it, as SQL over the views, so
that a million of them cost nothing until they are looked at.
"""

from dataclasses import dataclass, replace

import numpy as np
import sqlglot
from sqlglot import exp

from app.errors import BadInput
from app.query import sql, units
from app.query.calendar import Buckets, Clock, Range, Span, cut, shifted, span_of
from app.query.comparing import earlier
from app.query.conditions import Context
from app.query.definition import (
    TOP_KINDS,
    AnyChart,
    Condition,
    EventSpec,
    Funnel,
    Group,
    Journeys,
    PropertyRef,
    Segment,
    Segmentation,
)
from app.query.figure import NONE
from app.query.funnel import NOT_REACHED
from app.query.funnelviews import by_bucket, span_of_steps, taken_s, time_edges, times_before
from app.query.funnelways import Arrays, Asked, Ways, event_ids, grouped_paths, variants
from app.query.grids import framed
from app.query.journeys import DROPPED, NOTHING_BEFORE, OTHER, event_of_step, journey_behind
from app.query.metrics import Ask, Questions, Rows
from app.query.node import Node
from app.query.paths import Bools, Ints
from app.query.segmentation import FREQUENCY_EDGES, buckets_of, edges_of
from app.query.topevents import chosen

FINER = {
    "year": "quarter",
    "quarter": "month",
    "month": "week",
    "week": "day",
    "day": "hour",
    "hour": "realtime",
}
ACTIONS = (
    "zoom",
    "filter",
    "exclude",
    "journeys",
    "streams",
    "users",
    "download",
    "cohort",
    "drivers",
    "uploads",
    "annotation",
    "release",
)
LONGEST_JOURNEY_DAYS = 30
NOBODY = (DROPPED, NOTHING_BEFORE, OTHER)


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a figure.

    `bucket` is the index of an interval, None for the whole range; `bin` the index of a bin of a
    frequency or distribution. For funnels, `step` counts from 1, and `converted` tells those who
    did it from those who dropped out before it. For journeys, `way` are the steps to a node.
    """

    event: int = 0
    segment: int = 0
    group: Group = ()
    bucket: int | None = None
    bin: int | None = None
    formula: int | None = None
    step: int | None = None
    converted: bool = True
    variant: int = 0
    way: tuple[str, ...] = ()
    compared: str = ""
    """The earlier period that it is of, as the series says it; of segmentations."""


@dataclass(frozen=True, slots=True)
class People:
    """Users behind a point: a question whose rows are persons, and the time they were found in.
    `events` is one whose rows are the ids of the events that made them belong to it. Of a chart of
    groups, the users are those who did these events, and `groups` asks for the groups' names."""

    statement: str
    start_ms: int
    end_ms: int
    events: str = ""
    groups: str = ""


def read_point(value: object) -> Point:
    """A point from its JSON form. Raises BadDefinition."""
    node = Node(value, "point")
    node.only(
        *("event", "segment", "group", "bucket", "bin", "formula", "step", "converted"),
        *("variant", "way", "compared"),
    )
    most = 1_000_000

    def number(name: str) -> int | None:
        return node.get(name).whole(0, most) if node.has(name) else None

    return Point(
        event=node.get("event").whole(0, 9, 0),
        segment=node.get("segment").whole(0, 19, 0),
        group=node.get("group").all(_text),
        bucket=number("bucket"),
        bin=number("bin"),
        formula=number("formula"),
        step=number("step"),
        converted=node.get("converted").yes() if node.has("converted") else True,
        variant=node.get("variant").whole(0, most, 0),
        way=node.get("way").all(Node.text, 10),
        compared=node.get("compared").text("") if node.has("compared") else "",
    )


def _text(node: Node) -> str | None:
    """A value of a group; `(none)` too is what answers say where there is none."""
    return None if node.value in (None, NONE) else node.text()


def menu(chart: AnyChart, point: Point) -> tuple[str, ...]:
    """The actions that a point offers (semantics §10.3), in the order of `ACTIONS`."""
    if isinstance(chart, Segmentation):
        return _ordered(_segmentation_menu(chart, point))
    if isinstance(chart, Funnel):
        return _ordered(_funnel_menu(chart, point))
    return _ordered(_journeys_menu(point))


def _ordered(offered: set[str]) -> tuple[str, ...]:
    return tuple(action for action in ACTIONS if action in offered)


def _segmentation_menu(chart: Segmentation, point: Point) -> set[str]:
    if point.formula is not None or chart.measure == "formula":
        return set()
    offered = {
        "journeys",
        "streams",
        "users",
        "download",
        "cohort",
        "uploads",
        "annotation",
        "release",
    }
    if point.bucket is not None and chart.interval in FINER:
        offered.add("zoom")
    if point.group:
        offered |= {"filter", "exclude"}
    return offered


def _funnel_menu(chart: Funnel, point: Point) -> set[str]:
    offered = {"users", "download", "streams", "cohort", "uploads", "release"}
    steps = [step.event for step in chart.steps]
    plain = all(step.kind != "combined" for step in steps)
    if plain:
        offered.add("journeys")
    if point.bucket is not None and chart.interval in FINER:
        offered.add("zoom")
    if point.group:
        offered.add("exclude")
        if NOT_REACHED not in point.group:
            offered.add("filter")
    later = point.step is not None and point.step > 1 and not chart.groups
    if later and plain and chart.order == "this" and chart.show == "conversion":
        offered.add("drivers")
    return offered


def _journeys_menu(point: Point) -> set[str]:
    """Nobody is to be looked at behind those who did nothing more (semantics §10.1)."""
    if not point.way or point.way[-1] in NOBODY:
        return set()
    offered = {"users", "download", "streams", "cohort", "uploads"}
    if len(point.way) > 1:
        offered |= {"filter", "exclude"}
    return offered


def zoomed(chart: Segmentation | Funnel, point: Point, clock: Clock) -> Segmentation | Funnel:
    """The same chart over the clicked interval, in the next finer one (semantics §10.4)."""
    if point.bucket is None or chart.interval not in FINER:
        raise BadInput("This point cannot be zoomed into.")
    span = _period(chart, point, clock)
    wanted = Range(start=_moment(span.starts[0], clock), end=_moment(span.ends[0], clock))
    changed = replace(chart, range=wanted, interval=FINER[chart.interval])
    if not isinstance(changed, Segmentation) or not isinstance(chart, Segmentation):
        return changed
    whole = _intervals(chart, point, clock).span
    segments = tuple(dated(one, whole, clock) for one in chart.segments)
    return replace(changed, segments=segments, compare=())


def dated(segment: Segment, span: Span, clock: Clock) -> Segment:
    """A segment whose conditions without a range of their own, which are about the chart's, stay
    about this one when the chart's becomes another."""
    during = Range(start=_moment(span.start_ms, clock), end=_moment(span.end_ms, clock))
    return replace(
        segment,
        performed=tuple(
            one if one.during is not None or one.each else replace(one, during=during)
            for one in segment.performed
        ),
        either=tuple(dated(one, span, clock) for one in segment.either),
    )


def _moment(time_ms: int, clock: Clock) -> str:
    return clock.at(time_ms).isoformat()


def filtered(chart: AnyChart, point: Point) -> AnyChart:
    """The same chart, with the point's group as a filter instead of a grouping; of journeys,
    those that hold the point's step."""
    if isinstance(chart, Journeys):
        if "filter" not in menu(chart, point):
            raise BadInput("Journeys cannot be filtered by this step.")
        return replace(chart, include=tuple(dict.fromkeys((*chart.include, point.way[-1]))))
    depth = len(chart.by)
    values = dict(zip(chart.by, point.group, strict=False))
    segments = tuple(replace(one, where=(*one.where, *_equal(values))) for one in chart.segments)
    changed = replace(chart, segments=segments, by=())
    if isinstance(changed, Funnel):
        return _narrowed(changed, point.group[depth:])
    if isinstance(changed, Segmentation):
        event, group = event_of(changed, point), point.group[depth:]
        if event.kind in TOP_KINDS:
            event, group = chosen(event, group), group[1:]
        own = _equal(dict(zip(event.by, group, strict=False)))
        narrowed = replace(event, where=(*event.where, *own), by=())
        events = tuple(
            narrowed if at == point.event else one for at, one in enumerate(changed.events)
        )
        return replace(changed, events=events)
    return changed


def _narrowed(chart: Funnel, group: Group) -> Funnel:
    """The step that is grouped, only where it is of this group."""
    at = next((at for at, step in enumerate(chart.steps) if step.event.by), None)
    if at is None:
        return chart
    step = chart.steps[at]
    own = _equal(dict(zip(step.event.by, group, strict=False)))
    event = replace(step.event, where=(*step.event.where, *own), by=())
    steps = (*chart.steps[:at], replace(step, event=event), *chart.steps[at + 1 :])
    return replace(chart, steps=steps)


def _equal(values: dict[PropertyRef, str | None]) -> tuple[Condition, ...]:
    return tuple(Condition(ref, "is", (value,)) for ref, value in values.items())


def excluded(chart: AnyChart, point: Point) -> AnyChart:
    """The same chart without the point's series; of journeys, without the event of its step."""
    if isinstance(chart, Journeys):
        if "exclude" not in menu(chart, point):
            raise BadInput("This step cannot be left out.")
        event = event_of_step(chart, point.way[-1])
        if event.kind != "event" or event.where:
            return replace(chart, exclude=(*chart.exclude, event))
        kind = event.type
        return replace(
            chart,
            hide=tuple(dict.fromkeys((*chart.hide, kind))),
            only=tuple(one for one in chart.only if one != kind),
        )
    return replace(chart, hidden=(*chart.hidden, point.group))


def journeys_of(
    chart: Segmentation | Funnel, point: Point, people: tuple[int, ...], clock: Clock
) -> Journeys:
    """What the people behind a point did afterwards, over at most the last thirty days of its
    time (semantics §10.6)."""
    period = _period(chart, point, clock)
    end = period.ends[-1]
    start = max(period.starts[0], shifted(end, "day", -LONGEST_JOURNEY_DAYS, clock))
    if isinstance(chart, Funnel):
        at = (point.step or 1) - (1 if point.converted else 2)
        event = chart.steps[max(0, at)].event
    else:
        event = chosen(event_of(chart, point), point.group[len(chart.by) :])
        if event.kind in TOP_KINDS:
            event = replace(event, kind="active")
    wanted = Range(start=_moment(start, clock), end=_moment(end, clock))
    return Journeys(
        range=wanted,
        segments=(Segment(people=people),),
        project=chart.project,
        start=replace(event, by=()),
    )


def _period(chart: Segmentation | Funnel, point: Point, clock: Clock) -> Buckets:
    """The interval of a point, or all of them as one."""
    if isinstance(chart, Segmentation):
        buckets = _intervals(chart, point, clock)
    else:
        buckets = cut(span_of(chart.range, clock), chart.interval, clock, chart.range.without)
    if point.bucket is None:
        return Buckets(
            buckets.interval, (buckets.starts[0],), (buckets.ends[-1],), without=buckets.without
        )
    if point.bucket >= len(buckets):
        raise BadInput(f"The chart has {len(buckets)} intervals.")
    at = point.bucket
    return Buckets(
        buckets.interval, (buckets.starts[at],), (buckets.ends[at],), without=buckets.without
    )


def _intervals(chart: Segmentation, point: Point, clock: Clock) -> Buckets:
    """The intervals of a chart, or of the earlier period that a point is of."""
    buckets = buckets_of(chart, clock)
    if not point.compared:
        return buckets
    if point.compared not in chart.compare:
        raise BadInput(f"The chart is not compared with {point.compared!r}.")
    return earlier(buckets, point.compared, clock)


def period_of(chart: Segmentation | Funnel, point: Point, clock: Clock) -> tuple[int, int]:
    """From when until before when a point is, in ms."""
    period = _period(chart, point, clock)
    return period.starts[0], period.ends[-1]


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


def event_of(chart: Segmentation, point: Point) -> EventSpec:
    """The event of a point's series. Raises BadInput where there is no such series."""
    if point.event >= len(chart.events) or point.segment >= len(chart.segments):
        raise BadInput("The chart has no such series.")
    return chart.events[point.event]


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
    period = _period(chart, point, clock)
    start = period.starts[0]
    if point.bucket is not None and chart.cumulative:
        start = _intervals(chart, point, clock).starts[0]
    reach = max(chart.rolling_window, chart.rolling_average)
    if point.bucket is not None and reach > 1:
        start = shifted(start, chart.interval, 1 - reach, clock)
    return replace(period, starts=(start,))


def _asked_over(chart: Segmentation, point: Point, clock: Clock) -> Buckets:
    """The intervals over which the chart asks who its users are: those who did something in its
    range may have done it outside the point's interval."""
    whole = _intervals(chart, point, clock)
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
    period = _period(chart, point, context.clock)
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


def highlighted(chart: AnyChart) -> tuple[EventSpec, ...]:
    """The events of a chart that streams highlight; their filters do not count (§10.5)."""
    if isinstance(chart, Segmentation):
        events = list(chart.events)
    elif isinstance(chart, Funnel):
        events = [one for step in chart.steps for one in (step.event, *step.compared)]
    else:
        events = [one for one in (chart.start, chart.end) if one is not None]
    flat: list[EventSpec] = []
    for event in events:
        flat += event.parts if event.kind == "combined" else [event]
    return tuple(replace(one, where=(), by=()) for one in flat)
