"""
Top events: the ten event types that come most often, as one event that is grouped by its type
(semantics §0.3).

Which ten is asked first, over the range of the chart; from then on it is an event like any other.
"""

from dataclasses import replace

from sqlglot import exp

from app.query import sql, units
from app.query.conditions import in_project, is_active
from app.query.definition import (
    TOP_KINDS,
    TYPE,
    Condition,
    EventSpec,
    Segment,
    Segmentation,
)
from app.query.metrics import Rows
from app.query.places import Context, time
from app.query.segmentation import buckets_of
from app.query.segments import in_segment
from app.query.sources import source

MOST = 10


def resolved(
    chart: Segmentation, rows: Rows, context: Context
) -> tuple[tuple[EventSpec, ...], tuple[str, ...]]:
    """The events of a chart with the types in place of "top events", and the SQL that found
    them."""
    asked: dict[str, tuple[str, ...]] = {}
    statements = []
    for kind in TOP_KINDS:
        if any(event.kind == kind for event in chart.events):
            segments = chart.segments if kind == "segment_top" else ()
            text = units.text(_statement(chart, segments, context), context)
            asked[kind] = tuple(str(row[0]) for row in rows(text))
            statements.append(text)
    if not asked:
        return chart.events, ()
    events = tuple(_of_types(event, asked.get(event.kind)) for event in chart.events)
    return events, tuple(statements)


def _of_types(event: EventSpec, types: tuple[str, ...] | None) -> EventSpec:
    if types is None:
        return event
    # An event always has a type, so that none at all is what no event has.
    among = Condition(TYPE, "is", types or (None,))
    return replace(event, kind="active", where=(among, *event.where), name=event.title())


def _statement(chart: Segmentation, segments: tuple[Segment, ...], context: Context) -> exp.Select:
    """The types that make users active, most events first."""
    buckets = buckets_of(chart, context.clock)
    found = [in_segment(one, context, buckets) for one in segments]
    inside = [exp.paren(one or exp.true()) for one in found]
    matches = sql.both(
        buckets.within(time()),
        in_project(chart, context),
        is_active(context),
        exp.paren(sql.either(*inside)) if inside else None,
    )
    kind = sql.column("type", "e")
    query = source(matches, [exp.alias_(kind, "type")], context).group_by(kind.copy())
    count = exp.Ordered(this=exp.Count(this=exp.Star()), desc=True)
    return query.order_by(count, exp.Ordered(this=kind.copy())).limit(MOST)


def chosen(event: EventSpec, group: tuple[str | None, ...]) -> EventSpec:
    """The event behind one of the groups: its type, grouped by what is left."""
    if event.kind not in TOP_KINDS or not group or group[0] is None:
        return event
    return replace(event, kind="event", type=group[0], by=event.by[1:])
