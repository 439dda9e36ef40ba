"""
Cohorts: saved sets of users, fixed or by a rule that is asked anew each time (semantics §19).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.errors import BadInput
from app.query.calendar import Clock, Range
from app.query.columns import literal
from app.query.definition import (
    AnyChart,
    Condition,
    Performed,
    Segment,
    Segmentation,
    read_segment,
    segment_json,
)
from app.query.microscope import Point, spread
from app.query.node import Node
from app.store.definitions import Definition, Definitions

KIND = "cohort"

type Rows = Callable[[str], list[tuple[Any, ...]]]


def is_static(chart: AnyChart, point: Point) -> bool:
    """Whether a cohort of this point is fixed: its rule could not be asked again (§8.18,
    §10.8)."""
    if isinstance(chart, Segmentation):
        depends = any(one.cohorts for one in chart.segments)
        values = chart.measure in ("sum", "property_average", "distribution", "median")
        return (
            depends
            or values
            or point.bin is not None
            or (point.bucket is None and chart.cumulative)
        )
    return True


def rule(chart: Segmentation, point: Point, clock: Clock) -> Segment:
    """The users of a point as a rule: those who did its event in its time."""
    event = chart.events[point.event]
    own = dict(zip((*chart.by, *event.by), point.group, strict=False))
    where = (*event.where, *(Condition(ref, "is", (value,)) for ref, value in own.items()))
    segment = chart.segments[point.segment]
    buckets = spread(chart, point, clock)
    start, end = (clock.at(one).isoformat() for one in (buckets.starts[0], buckets.ends[-1]))
    did = Performed(
        replace(event, where=(*where, *segment.where), by=()), during=Range(start=start, end=end)
    )
    return Segment(performed=(did, *segment.performed), users=segment.users, people=segment.people)


def save_static(
    definitions: Definitions, name: str, people: tuple[int, ...], rows: Rows
) -> Definition:
    """Keep these users by their ids, which outlive the numbers that persons have here."""
    found = []
    if people:
        found = rows(
            "SELECT user_id, device_id FROM people WHERE id IN"
            f" (SELECT UNNEST([{', '.join(map(str, people))}]))"
        )
    members = [[user or "", device or ""] for user, device in found]
    return definitions.save(KIND, name, {"type": "static", "members": members})


def save_dynamic(definitions: Definitions, name: str, segment: Segment) -> Definition:
    """Keep a rule."""
    return definitions.save(KIND, name, {"type": "dynamic", "segment": segment_json(segment)})


def imported(text: str, *, device: bool = False) -> list[list[str]]:
    """Members from a file with one id a line and no header; only the leftmost column counts."""
    ids = [line.split(",")[0].strip().strip('"') for line in text.splitlines()]
    return [["", one] if device else [one, ""] for one in ids if one]


def cohorts(
    definitions: Mapping[int, Definition] | list[Definition], rows: Rows
) -> dict[int, Segment]:
    """The saved cohorts as conditions, by id. Ids of static ones that nobody has are skipped."""
    listed = definitions if isinstance(definitions, list) else list(definitions.values())
    found = {}
    for one in listed:
        if one.body.get("type") == "static":
            found[one.id] = Segment(people=_resolved(one.body, rows))
        else:
            found[one.id] = read_segment(Node(one.body.get("segment"), f"cohort {one.name!r}"))
    return found


def _resolved(body: dict[str, Any], rows: Rows) -> tuple[int, ...]:
    members = body.get("members")
    if not isinstance(members, list):
        raise BadInput("A cohort without members cannot be used.")
    users = [str(one[0]) for one in members if one[0]]
    devices = [str(one[1]) for one in members if not one[0] and one[1]]
    found: set[int] = set()
    for name, ids in (("user_id", users), ("device_id", devices)):
        if ids:
            listed = ", ".join(literal(one) for one in ids)
            found |= {
                int(row[0])
                for row in rows(
                    f"SELECT DISTINCT root FROM people WHERE {name} IN (SELECT UNNEST([{listed}]))"
                )
            }
    return tuple(sorted(found))
