"""
Goes through a definition and tells where in its JSON form each part stands: `events[0].where[1]`.

So that whatever is said about an event or a property can be said at its place.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from app.query.definition import (
    AnyChart,
    Condition,
    EventSpec,
    Exclusion,
    Funnel,
    Held,
    Performed,
    Segment,
    Segmentation,
    Step,
)

_PARTS = {"parts": "combined"}
"""Fields that are called something else in JSON."""


def parts_of(record: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every record inside this one with its place; itself first."""
    if isinstance(record, Step):
        # A step is an event, with more keys than one.
        yield from parts_of(record.event, at)
        for number, event in enumerate(record.compared):
            yield from parts_of(event, f"{at}.compared[{number}]")
        return
    yield at, record
    if isinstance(record, Condition | Held):
        yield from parts_of(record.property, f"{at}.property")
        return
    for one in fields(record):
        value, name = getattr(record, one.name), _PARTS.get(one.name, one.name)
        place = f"{at}.{name}" if at else name
        if is_dataclass(value):
            yield from parts_of(value, place)
        elif isinstance(value, tuple):
            for number, inner in enumerate(value):
                if not is_dataclass(inner):
                    break  # A million members of a cohort, say.
                yield from parts_of(inner, f"{place}[{number}]")


def with_events[C: AnyChart](chart: C, change: Callable[[EventSpec], EventSpec]) -> C:
    """The same chart with every event changed: those of segments, too."""

    def some(events: tuple[EventSpec, ...]) -> tuple[EventSpec, ...]:
        return tuple(map(one, events))

    def one(event: EventSpec) -> EventSpec:
        return change(replace(event, parts=some(event.parts)) if event.parts else event)

    changed: dict[str, Any] = {"segments": tuple(_in_segment(of, one) for of in chart.segments)}
    if isinstance(chart, Segmentation):
        changed |= {"events": some(chart.events)}
    elif isinstance(chart, Funnel):
        changed |= {
            "steps": tuple(Step(one(s.event), s.optional, some(s.compared)) for s in chart.steps),
            "exclude": tuple(Exclusion(one(x.event), x.between) for x in chart.exclude),
            "counted": one(chart.counted) if chart.counted else None,
        }
    else:
        changed |= {
            "start": one(chart.start) if chart.start else None,
            "end": one(chart.end) if chart.end else None,
            "exclude": some(chart.exclude),
            "called": some(chart.called),
        }
    return replace(chart, **changed)


def _in_segment(segment: Segment, one: Callable[[EventSpec], EventSpec]) -> Segment:
    return replace(
        segment,
        performed=tuple(_in_performed(rule, one) for rule in segment.performed),
        either=tuple(_in_segment(way, one) for way in segment.either),
    )


def _in_performed(rule: Performed, one: Callable[[EventSpec], EventSpec]) -> Performed:
    return replace(
        rule,
        event=one(rule.event),
        other=one(rule.other) if rule.other else None,
        then=tuple(map(one, rule.then)),
    )
