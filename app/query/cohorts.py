"""
Cohorts: saved sets of users, fixed or by a rule that is asked anew each time (semantics §19).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from app.errors import BadInput
from app.query import sql
from app.query.calendar import Buckets, Clock, Range, Span, ceiling, cut, floor, shifted
from app.query.columns import literal
from app.query.conditions import Context, person, source, time
from app.query.definition import (
    AnyChart,
    Condition,
    EventSpec,
    Held,
    Performed,
    PropertyRef,
    Segment,
    Segmentation,
)
from app.query.microscope import Point, spread
from app.query.node import Node
from app.query.readsegment import read_segment
from app.query.segments import in_segment
from app.query.writing import segment_json
from app.store.definitions import Definition, Definitions

KIND = "cohort"
POPULATION_DAYS = 30
MOST_ALTERNATIVES = 10

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
            or _is_ranked(chart.events[point.event])
            or (point.bucket is None and chart.cumulative)
        )
    return True


def _is_ranked(event: EventSpec) -> bool:
    """Whether it is the n-th of any events: such cohorts are fixed (semantics §19)."""
    ranked = any(one.property.scope == "count" for one in event.where)
    return ranked and event.kind in ("any", "active")


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
            f" (SELECT UNNEST([{', '.join(map(str, people))}])) ORDER BY id"
        )
    members = [[user or "", device or ""] for user, device in found]
    return definitions.save(KIND, name, {"type": "static", "members": members})


def save_dynamic(definitions: Definitions, name: str, segment: Segment) -> Definition:
    """Keep a rule."""
    return definitions.save(KIND, name, {"type": "dynamic", "segment": segment_json(segment)})


def save_groups(
    definitions: Definitions, name: str, group: str, values: Sequence[str]
) -> Definition:
    """Keep groups of a type."""
    return definitions.save(KIND, name, {"type": "groups", "group": group, "values": list(values)})


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
        elif one.body.get("type") == "groups":
            found[one.id] = _in_groups(one.body)
        else:
            found[one.id] = read_segment(Node(one.body.get("segment"), f"cohort {one.name!r}"))
    return found


def _in_groups(body: dict[str, Any]) -> Segment:
    values = tuple(str(one) for one in body.get("values") or ())
    if not values:
        return Segment(people=())
    group = PropertyRef("group", str(body.get("group")))
    return Segment(where=(Condition(group, "is", values),))


def _resolved(body: dict[str, Any], rows: Rows) -> tuple[int, ...]:
    members = body.get("members")
    if not isinstance(members, list):
        raise BadInput("A cohort without members cannot be used.")
    # What other hands wrote into the file may be anything.
    pairs = [one for one in members if isinstance(one, list) and len(one) == 2]
    users = [str(one[0]) for one in pairs if one[0]]
    devices = [str(one[1]) for one in pairs if not one[0] and one[1]]
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


def size(segment: Segment, rows: Rows, context: Context) -> int:
    """How many users a rule holds for, as of the clock's day."""
    clock = context.clock
    today = floor(clock.now_ms, "day", clock)
    return _size(
        segment, rows, context, cut(Span(today, ceiling(today, "day", clock)), "day", clock)
    )


def holds_for(segment: Segment, person: int, rows: Rows, context: Context) -> bool:
    """Whether a rule holds for this user, as of the clock's day."""
    if segment.people is not None and person not in segment.people:
        return False
    return size(replace(segment, people=(person,)), rows, context) > 0


def _size(segment: Segment, rows: Rows, context: Context, day: Buckets) -> int:
    inside = in_segment(segment, context, day)
    before = exp.LT(this=time(), expression=sql.value(day.span.end_ms))
    counted = exp.Count(this=exp.Distinct(expressions=[person()]))
    found = source(sql.both(before, inside), [exp.alias_(counted, "n")])
    return int(rows(sql.text(found))[0][0])


def population(
    segment: Segment, rows: Rows, context: Context, days: int = POPULATION_DAYS
) -> list[tuple[int, int]]:
    """The size of a rule as of each of the last days, today last: the start of the day and how
    many users. Raises BadInput for rules that only today can be asked about (semantics §19)."""
    if any(one.when == "latest" for one in _all_held(segment)):
        raise BadInput("What users have most recently is only known as of now.")
    if len(segment.either) > MOST_ALTERNATIVES:
        raise BadInput(f"At most {MOST_ALTERNATIVES} alternatives can be followed over time.")
    clock = context.clock
    today = floor(clock.now_ms, "day", clock)
    found = []
    for back in range(days - 1, -1, -1):
        start = shifted(today, "day", -back, clock)
        end = ceiling(start, "day", clock)
        then = replace(clock, now_ms=min(end - 1, clock.now_ms))
        day = cut(Span(start, end), "day", then)
        found.append((start, _size(segment, rows, replace(context, clock=then), day)))
    return found


def _all_held(segment: Segment) -> list[Held]:
    return [*segment.held, *(one for way in segment.either for one in _all_held(way))]
