"""
Cohorts: saved sets of users, fixed or by a rule that is asked anew each time (semantics §19).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from app.errors import BadInput
from app.query import sql
from app.query.behind import spread
from app.query.calendar import Buckets, Clock, Range, Span, ceiling, cut, floor, shifted, span_of
from app.query.definition import (
    AnyChart,
    Condition,
    EventSpec,
    Funnel,
    Held,
    Performed,
    PropertyRef,
    Segment,
    Segmentation,
)
from app.query.microscope import People, Point
from app.query.places import Context, person, time
from app.query.pointcharts import dated, event_of, period_of
from app.query.segments import in_segment
from app.query.sources import source
from app.query.writing import segment_json, written
from app.store.definitions import Definition, Definitions

KIND = "cohort"
POPULATION_DAYS = 30
MOST_ALTERNATIVES = 10
LONGEST_LIST = 100_000_000

type Rows = Callable[[str], list[tuple[Any, ...]]]


def is_static(chart: AnyChart, point: Point) -> bool:
    """Whether a cohort of this point is fixed: its rule could not be asked again (§8.18,
    §10.8)."""
    if isinstance(chart, Segmentation):
        return _is_fixed(chart, point)
    return not isinstance(chart, Funnel) or _has_more_than_events(chart)


def _is_fixed(chart: Segmentation, point: Point) -> bool:
    event = event_of(chart, point)
    values = chart.measure in ("sum", "property_average", "distribution", "median")
    return (
        values
        or point.bin is not None
        or bool(point.compared)
        or _is_ranked(event)
        or event.kind == "new"
        or (point.bucket is None and chart.cumulative)
        or not _can_be_asked_again(chart.segments[point.segment])
    )


def _can_be_asked_again(segment: Segment) -> bool:
    """Whether a segment means the same outside its chart: it depends on no other cohort, and on
    no interval of the chart."""
    return (
        segment.users == "any"
        and not segment.cohorts
        and not segment.either
        and not any(one.each for one in segment.performed)
    )


def _has_more_than_events(chart: Funnel) -> bool:
    steps = [step.event for step in chart.steps]
    inline = any(one.performed or one.held or one.either for one in chart.segments)
    return bool(
        chart.hold
        or chart.exclude
        or chart.by
        or inline
        or any(one.by or one.kind == "combined" for one in steps)
        or any(step.compared for step in chart.steps)
        or chart.show in ("time_to_convert", "frequency")
        or not all(_can_be_asked_again(one) for one in chart.segments)
        or any(_is_ranked(one) for one in steps)
    )


def _is_ranked(event: EventSpec) -> bool:
    """Whether it is the n-th of any events: such cohorts are fixed (semantics §19)."""
    ranked = any(one.property.scope == "count" for one in event.where)
    return ranked and event.kind in ("any", "active")


def rule(chart: Segmentation, point: Point, clock: Clock) -> Segment:
    """The users of a point as a rule: those who did its event in its time."""
    event = event_of(chart, point)
    own = dict(zip((*chart.by, *event.by), point.group, strict=False))
    where = (*event.where, *(Condition(ref, "is", (value,)) for ref, value in own.items()))
    segment = chart.segments[point.segment]
    if chart.project:
        project = PropertyRef("field", "project")
        where = (*where, Condition(project, "is", (chart.project,)))
    buckets = spread(chart, point, clock)
    did = Performed(
        replace(event, where=(*where, *segment.where), by=()),
        during=_between(buckets.starts[0], buckets.ends[-1], clock),
    )
    performed = dated(segment, span_of(chart.range, clock), clock).performed
    return Segment(performed=(did, *performed), held=segment.held, people=segment.people)


def _between(start_ms: int, end_ms: int, clock: Clock) -> Range:
    start, end = (clock.at(one).isoformat() for one in (start_ms, end_ms))
    return Range(start=start, end=end)


def funnel_rule(chart: Funnel, point: Point, clock: Clock) -> dict[str, Any]:
    """The users of a point of a funnel as what can be asked again: the funnel, and the point. That
    of an interval is one of a funnel over this interval alone."""
    kept: dict[str, Any] = {
        "step": point.step,
        "converted": point.converted,
        "variant": point.variant,
        "segment": point.segment,
    }
    if point.bucket is not None:
        start, end = period_of(chart, point, clock)
        chart = replace(chart, range=_between(start, end, clock))
        kept["bucket"] = 0
    return {"chart": written(chart), "point": kept}


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
    return save_listed(definitions, name, members)


def save_dynamic(
    definitions: Definitions, name: str, segment: Segment, number: int | None = None
) -> Definition:
    """Keep a rule, or another one for the cohort with this number."""
    body = {"type": "dynamic", "segment": segment_json(segment)}
    return definitions.save(KIND, name, body, number)


def used_by(definitions: Iterable[Definition], number: int) -> list[Definition]:
    """Those of some charts and cohorts that are about the people of this cohort."""
    return [one for one in definitions if one.id != number and _refers(one.body, number)]


def _refers(value: Any, number: int) -> bool:
    if isinstance(value, dict):
        return value.get("cohort") == number or any(_refers(one, number) for one in value.values())
    return isinstance(value, list) and any(_refers(one, number) for one in value)


def save_funnel(definitions: Definitions, name: str, kept: dict[str, Any]) -> Definition:
    """Keep a point of a funnel, to be asked again."""
    return definitions.save(KIND, name, {"type": "dynamic", "funnel": kept})


def save_groups(
    definitions: Definitions, name: str, group: str, values: Sequence[str]
) -> Definition:
    """Keep groups of a type."""
    return definitions.save(KIND, name, {"type": "groups", "group": group, "values": list(values)})


def save_listed(definitions: Definitions, name: str, members: list[list[str]]) -> Definition:
    """Keep users by their ids, also those who never came so far."""
    return definitions.save(KIND, name, {"type": "static", "members": members})


def imported(text: str, *, device: bool = False) -> list[list[str]]:
    """Members from a file with one id a line and no header; only the leftmost column counts
    (semantics §19). Raises BadInput for what is too long."""
    if len(text) > LONGEST_LIST:
        raise BadInput("A list of ids is no longer than 100 MB.")
    ids = [line.split(",")[0].strip().strip('"') for line in text.splitlines()]
    return [["", one] if device else [one, ""] for one in ids if one]


def size(segment: Segment, rows: Rows, context: Context) -> int:
    """How many users a rule holds for, as of the clock's day."""
    clock = context.clock
    today = floor(clock.now_ms, "day", clock)
    return _size(
        segment, rows, context, cut(Span(today, ceiling(today, "day", clock)), "day", clock)
    )


def people_in(segment: Segment, context: Context) -> People:
    """The users that a rule holds for, as of the clock's day."""
    clock = context.clock
    today = floor(clock.now_ms, "day", clock)
    end = ceiling(today, "day", clock)
    day = cut(Span(today, end), "day", clock)
    inside = sql.both(
        exp.LT(this=time(), expression=sql.value(end)), in_segment(segment, context, day)
    )
    found = source(inside, [exp.alias_(person(), "person")], context).distinct()
    return People(sql.text(found), 0, end)


def holds_for(segment: Segment, person: int, rows: Rows, context: Context) -> bool:
    """Whether a rule holds for this user, as of the clock's day."""
    if segment.people is not None and person not in segment.people:
        return False
    return size(replace(segment, people=(person,)), rows, context) > 0


def _size(segment: Segment, rows: Rows, context: Context, day: Buckets) -> int:
    inside = in_segment(segment, context, day)
    before = exp.LT(this=time(), expression=sql.value(day.span.end_ms))
    counted = exp.Count(this=exp.Distinct(expressions=[person()]))
    found = source(sql.both(before, inside), [exp.alias_(counted, "n")], context)
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
        found.append((start, _size(segment, rows, replace(context, clock=then, as_of=end), day)))
    return found


def _all_held(segment: Segment) -> list[Held]:
    return [*segment.held, *(one for way in segment.either for one in _all_held(way))]
