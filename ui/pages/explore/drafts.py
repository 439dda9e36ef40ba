"""
Charts that are still being made: what is not finished does not count yet.

The builder holds conditions without values and events that nobody chose; `finished` leaves them
out, so that a chart answers while a person still thinks about the next filter.
"""

from dataclasses import replace

from app.query.definition import (
    OF_PROPERTY,
    AnyChart,
    Condition,
    EventSpec,
    Funnel,
    Journeys,
    Performed,
    Segment,
    Segmentation,
)

PICK = "Pick an event"


def is_chosen(spec: EventSpec) -> bool:
    """Whether somebody said which event it is."""
    return spec.kind != "event" or bool(spec.type)


def finished(chart: AnyChart) -> AnyChart:
    """The chart without what is not finished."""
    segments = tuple(map(finished_segment, chart.segments))
    if isinstance(chart, Segmentation):
        events = tuple(_event(one) for one in chart.events if is_chosen(one))
        return replace(chart, segments=segments, events=events)
    if isinstance(chart, Funnel):
        steps = tuple(
            replace(step, event=_event(step.event)) for step in chart.steps if is_chosen(step.event)
        )
        exclude = tuple(
            replace(one, event=_event(one.event)) for one in chart.exclude if is_chosen(one.event)
        )
        return replace(chart, segments=segments, steps=steps, exclude=exclude)
    return _finished_journeys(replace(chart, segments=segments))


def _finished_journeys(chart: Journeys) -> Journeys:
    start, end = chart.start, chart.end
    return replace(
        chart,
        start=_event(start) if start and is_chosen(start) else None,
        end=_event(end) if end and is_chosen(end) else None,
    )


def missing(chart: AnyChart) -> str:
    """What a person has to do before the chart can answer; empty when it can."""
    done = finished(chart)
    if isinstance(done, Segmentation):
        if done.events and done.measure in OF_PROPERTY and done.property is None:
            return "Choose the property that is measured"
        return "" if done.events else PICK
    if isinstance(done, Funnel):
        left = 2 - len(done.steps)
        return {2: "Pick two events", 1: "Pick a second event"}.get(left, "")
    return "" if done.start or done.end else "Pick where journeys begin"


def _event(spec: EventSpec) -> EventSpec:
    parts = tuple(_event(part) for part in spec.parts)
    return replace(spec, where=_conditions(spec.where), parts=parts)


def finished_segment(segment: Segment) -> Segment:
    """The segment without what is not finished. An alternative that says nothing yet would hold
    for everybody, and is left out."""
    either = tuple(map(finished_segment, segment.either))
    return replace(
        segment,
        where=_conditions(segment.where),
        performed=tuple(_performed(one) for one in segment.performed if _is_said(one)),
        held=tuple(one for one in segment.held if one.values),
        either=tuple(one for one in either if says_something(one)),
    )


def says_something(segment: Segment) -> bool:
    """Whether a segment is not simply everybody."""
    return replace(segment, name="") != Segment()


def _is_said(one: Performed) -> bool:
    if not is_chosen(one.event):
        return False
    if one.of == "relative":
        return one.other is not None and is_chosen(one.other)
    return one.of not in ("sum", "distinct") or one.property is not None


def _performed(one: Performed) -> Performed:
    other = _event(one.other) if one.other else None
    then = tuple(_event(spec) for spec in one.then if is_chosen(spec))
    return replace(one, event=_event(one.event), other=other, then=then)


def _conditions(given: tuple[Condition, ...]) -> tuple[Condition, ...]:
    return tuple(one for one in given if one.values)
