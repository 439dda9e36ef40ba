"""
What the steps of journeys are called, and which event a step is.
"""

from dataclasses import replace

from sqlglot import exp

from app.query import sql
from app.query.calendar import Buckets
from app.query.conditions import event_is
from app.query.definition import EventSpec, Journeys
from app.query.places import Context, elements, is_listed
from app.query.sql import Sql

BESIDE = " · "
"""Between the type of a step and the values that it is expanded by."""
APART = "\x1f"


def event_of_step(chart: Journeys, step: str) -> EventSpec:
    """The event that a step of a way is."""
    kind = step
    for _ in chart.expand:
        kind = kind.rpartition(BESIDE)[0] or kind
    found = next((one for one in _called(chart) if _one_line(one.name) == kind), None)
    return replace(found, by=()) if found else EventSpec("event", kind)


def _called(chart: Journeys) -> list[EventSpec]:
    """The events by whose names steps are called."""
    given = [*(one for one in (chart.start, chart.end) if one is not None), *chart.called]
    return [one for one in given if one.name]


def _is_label(one: EventSpec) -> bool:
    return one.kind == "label" and not one.where


def labels_of(chart: Journeys) -> exp.Select | None:
    """The first label that each event is called by: `event` and `place`. Hundreds of them are
    looked up at once, and not one by one."""
    places = [(one.label, at) for at, one in enumerate(_called(chart)) if _is_label(one)]
    if not places:
        return None
    wanted = exp.values(places, alias="v", columns=["label", "place"])
    same = exp.EQ(this=sql.column("label", "v"), expression=sql.column("label", "l"))
    first = exp.alias_(exp.Min(this=sql.column("place", "v")), "place")
    event = sql.column("event", "l")
    found = exp.select(event, first).from_(exp.alias_(exp.to_table("labeled"), "l", table=True))
    return found.join(wanted, on=same).group_by(event.copy())


def _one_line(name: str) -> str:
    return name.replace(APART, " ")


def title_of(chart: Journeys, context: Context, buckets: Buckets) -> Sql:
    """What a step is called: the name of an event that was given one, or else its type; and the
    values that it is expanded by."""
    found = _whole(sql.column("type", "e"))
    named: list[tuple[Sql, Sql]] = []
    for at, one in enumerate(_called(chart)):
        does: Sql = exp.EQ(this=sql.column("place", "c"), expression=sql.value(at))
        if not _is_label(one):
            does = exp.paren(event_is(one, context, buckets))
        named.append((does, sql.value(_one_line(one.name))))
    if named:
        found = sql.cases(named, found)
    for ref in chart.expand:
        value = elements(ref, context)
        if is_listed(ref, context):
            value = exp.cast(value, "VARCHAR")
        shown = sql.call("coalesce", _whole(value), sql.value("(none)"))
        joined = exp.DPipe(this=found, expression=sql.value(BESIDE))
        found = exp.DPipe(this=joined, expression=shown)
    return found


def _whole(text: Sql) -> Sql:
    """A text without the sign that steps are cut at."""
    return sql.call("replace", text, sql.value(APART), sql.value(" "))
