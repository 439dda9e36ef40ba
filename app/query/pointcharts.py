"""
Charts that come from a point of one: zoomed into it, with its series alone or without it, and what
its people did afterwards (semantics §10.3 to §10.6).
"""

from dataclasses import replace

from app.errors import BadInput
from app.query.calendar import Buckets, Clock, Range, Span, cut, shifted, span_of
from app.query.comparing import earlier
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
from app.query.journeynames import event_of_step
from app.query.microscope import FINER, Point, menu
from app.query.segmentation import buckets_of
from app.query.topevents import chosen

LONGEST_JOURNEY_DAYS = 30


def zoomed(chart: Segmentation | Funnel, point: Point, clock: Clock) -> Segmentation | Funnel:
    """The same chart over the clicked interval, in the next finer one (semantics §10.4)."""
    if point.bucket is None or chart.interval not in FINER:
        raise BadInput("This point cannot be zoomed into.")
    span = interval_of(chart, point, clock)
    wanted = Range(start=_moment(span.starts[0], clock), end=_moment(span.ends[0], clock))
    changed = replace(chart, range=wanted, interval=FINER[chart.interval])
    if not isinstance(changed, Segmentation) or not isinstance(chart, Segmentation):
        return changed
    whole = intervals_of(chart, point, clock).span
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
    period = interval_of(chart, point, clock)
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


def interval_of(chart: Segmentation | Funnel, point: Point, clock: Clock) -> Buckets:
    """The interval of a point, or all of them as one."""
    if isinstance(chart, Segmentation):
        buckets = intervals_of(chart, point, clock)
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


def intervals_of(chart: Segmentation, point: Point, clock: Clock) -> Buckets:
    """The intervals of a chart, or of the earlier period that a point is of."""
    buckets = buckets_of(chart, clock)
    if not point.compared:
        return buckets
    if point.compared not in chart.compare:
        raise BadInput(f"The chart is not compared with {point.compared!r}.")
    return earlier(buckets, point.compared, clock)


def period_of(chart: Segmentation | Funnel, point: Point, clock: Clock) -> tuple[int, int]:
    """From when until before when a point is, in ms."""
    period = interval_of(chart, point, clock)
    return period.starts[0], period.ends[-1]


def event_of(chart: Segmentation, point: Point) -> EventSpec:
    """The event of a point's series. Raises BadInput where there is no such series."""
    if point.event >= len(chart.events) or point.segment >= len(chart.segments):
        raise BadInput("The chart has no such series.")
    return chart.events[point.event]
