"""
Charts of events that were ticked on a timeline, in the form in which charts are kept.
"""

from collections.abc import Sequence
from typing import Any

from app.query.calendar import Range
from app.query.definition import EventSpec, Funnel, Segmentation, Step
from app.query.writing import written

LONGEST = 60


def chart_of(kind: str, types: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Name and definition of a chart of these event types, in order of time. A funnel takes a type
    as often as it was ticked, a segmentation once (semantics §5.4)."""
    if kind == "funnel":
        steps = tuple(Step(EventSpec("event", one)) for one in types)
        return _named(types, " → "), written(Funnel(Range(last=30), steps=steps))
    once = list(dict.fromkeys(types))
    events = tuple(EventSpec("event", one) for one in once)
    return _named(once, ", "), written(Segmentation(Range(last=30), events=events))


def _named(types: Sequence[str], between: str) -> str:
    name = " ".join(between.join(types).split())
    return f"{name[:LONGEST]}…" if len(name) > LONGEST else name
