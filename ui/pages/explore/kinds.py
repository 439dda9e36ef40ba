"""
The kinds of charts, and what becomes of a definition when a person chooses another kind.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.query import read
from app.query.calendar import Range
from app.query.definition import (
    MOST_EVENTS,
    AnyChart,
    EventSpec,
    Funnel,
    Journeys,
    Segment,
    Segmentation,
    Step,
)
from ui.pages.explore.drafts import is_chosen
from ui.plain import one_line

DEFAULT_RANGE = Range(last=30)
NOBODY_CHOSE = EventSpec("event")
STARTERS: dict[str, tuple[str, dict[str, Any]]] = {
    "active": ("Active people", {"events": [{"kind": "active"}]}),
    "top": ("Top events", {"events": [{"kind": "top"}], "measure": "totals"}),
}
"""Charts that say something about any app: what they are called, and what they are."""


def starter(name: str) -> AnyChart:
    """One of these over the usual time."""
    return replace(read(STARTERS[name][1]), range=DEFAULT_RANGE)


def kind_of(chart: AnyChart) -> str:
    """Its name in the JSON form."""
    return type(chart).__name__.lower()


def empty(kind: str = "segmentation") -> AnyChart:
    """A chart that nobody said anything about yet."""
    return as_kind(kind, None)


def title_of(chart: AnyChart) -> str:
    """A name for a chart that has none yet."""
    between = " → " if isinstance(chart, Funnel) else ", "
    name = one_line(between.join(one.title() for one in events_of(chart)), 60)
    if not isinstance(chart, Journeys):
        return name
    if chart.start is not None and chart.end is not None:
        return f"Between {name}"
    return f"{'After' if chart.start is not None else 'Before'} {name}"


def events_of(chart: AnyChart | None) -> tuple[EventSpec, ...]:
    """The events that a chart is about."""
    if isinstance(chart, Segmentation):
        found: tuple[EventSpec | None, ...] = chart.events
    elif isinstance(chart, Funnel):
        found = tuple(step.event for step in chart.steps)
    elif isinstance(chart, Journeys):
        found = (chart.start, chart.end)
    else:
        found = ()
    return tuple(one for one in found if one is not None and is_chosen(one))


def as_kind(kind: str, before: AnyChart | None) -> AnyChart:
    """A chart of this kind about the same events, people and time."""
    if before is not None and kind_of(before) == kind:
        return before
    events = events_of(before)
    wanted = before.range if before else DEFAULT_RANGE
    segments = before.segments if before else (Segment(),)
    project = before.project if before else ""
    if kind == "funnel":
        plain = [replace(one, by=()) for one in events[:MOST_EVENTS]]
        plain += [NOBODY_CHOSE] * (2 - len(plain))
        return Funnel(
            wanted, "day", segments, project=project, steps=tuple(Step(one) for one in plain)
        )
    if kind == "journeys":
        start = replace(events[0], by=()) if events else NOBODY_CHOSE
        return Journeys(wanted, "day", segments[:1], project=project, start=start)
    by = before.by if isinstance(before, Funnel) else ()
    return Segmentation(wanted, "day", segments, by, project, events=events)


def with_event(chart: AnyChart, spec: EventSpec) -> AnyChart:
    """The chart about one event more."""
    if isinstance(chart, Segmentation):
        return replace(chart, events=(*chart.events, spec)[:MOST_EVENTS])
    if isinstance(chart, Funnel):
        open_at = [at for at, step in enumerate(chart.steps) if not is_chosen(step.event)]
        if open_at:
            at = open_at[0]
            steps = (*chart.steps[:at], Step(spec), *chart.steps[at + 1 :])
        else:
            steps = (*chart.steps, Step(spec))[:MOST_EVENTS]
        return replace(chart, steps=steps)
    return replace(chart, start=spec)
