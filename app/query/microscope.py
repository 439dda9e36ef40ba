"""
A point of a chart, who is behind it, and what is offered for it (semantics §10).

A `Point` names a place in a figure; `People` are the users behind it, as SQL over the views, so
that a million of them cost nothing until they are looked at.
"""

from dataclasses import dataclass, replace

from app.query.definition import (
    AnyChart,
    EventSpec,
    Funnel,
    Group,
    Segmentation,
)
from app.query.figure import NONE
from app.query.funnel import NOT_REACHED
from app.query.journeys import DROPPED, NOTHING_BEFORE, OTHER
from app.query.node import Node

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
