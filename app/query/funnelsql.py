"""
A whole funnel as one statement of SQL that other engines run, too: to be copied, and a second
opinion on `paths`.

Each event looks ahead, with window functions, for the earliest time at which the steps up to
each goal can be done after it. That is right for funnels in this order, where the first event
that fits is always the best one. Exclusions, exact and any order, and totals need more than that:
of those there is only the selection of events, and it says so.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from app.query import sql, units
from app.query.definition import EventSpec, Funnel
from app.query.places import elements, is_listed, person, time
from app.query.sources import source
from app.query.sql import Sql

if TYPE_CHECKING:
    from app.query.funnelways import Asked

SECOND = 1000

SELECTION = (
    "Only the events that this funnel looks at: one row each, and in mask a bit for each step that"
    " it may be. How users come through them is not in this statement."
)


def shown(asked: "Asked", ways: Sequence[tuple[int, tuple[EventSpec, ...]]]) -> tuple[str, ...]:
    """What is shown of a funnel: a whole statement for each segment and way through it, else the
    selections that were asked."""
    if is_portable(asked):
        return tuple(statement(asked, number, steps) for number, steps in ways)
    return labeled(asked.sql)


def labeled(statements: Sequence[str]) -> tuple[str, ...]:
    """Selections, each of which says that it is one."""
    return tuple(f"/* {SELECTION} */ {one}" for one in statements)


def is_portable(asked: "Asked") -> bool:
    """Whether a funnel can be said as one statement."""
    chart = asked.chart
    plain = chart.order == "this" and chart.count == "uniques" and not chart.exclude
    first_only = all(step == 0 for step, _ in asked.groupings)
    refs = [*chart.hold, *(ref for _, ref in asked.groupings)]
    single = not any(is_listed(ref, asked.context) for ref in refs)
    shown = chart.show in ("conversion", "improvement")
    return plain and first_only and single and shown and _is_apart(chart)


def _is_apart(chart: Funnel) -> bool:
    """Whether no event can be two steps, as far as that matters: by milliseconds, the second is
    another event that comes later; within a second, it would be the same one."""
    if chart.resolution == "millisecond":
        return True
    found: list[str] = []
    for step in chart.steps:
        for event in (step.event, *step.compared):
            if event.kind != "event" or event.type in found:
                return False
            found.append(event.type)
    return True


def statement(asked: "Asked", number: int, steps: tuple[EventSpec, ...]) -> str:
    """How many users of a segment did the steps up to each: `step1`, `step2`…, by groups `g0`…"""
    query = exp.select().with_("hits", as_=_hits(asked, number, steps), copy=False)
    table, unit = "hits", _unit(asked)
    size, names = len(steps), [f"g{i}" for i in range(len(asked.groupings))]
    kept = ["id", "tick", *unit, *names, *(f"s{step}" for step in range(size))]
    for step in range(size - 1, 0, -1):
        ahead = [_ahead(asked, step, goal, unit) for goal in range(step, size)]
        level = exp.select(*kept, *ahead, copy=False).from_(table, copy=False)
        table = f"from{step}"
        query = query.with_(table, as_=level, copy=False)
    entries = _entries(asked, size, table, unit, names)
    query = query.with_("entries", as_=entries, copy=False)
    best = exp.select(*names, "depth").from_("entries").where("place = 1")
    query = query.with_("best", as_=best, copy=False)
    counts = [
        exp.alias_(exp.Sum(this=_flag(exp.condition(f"depth >= {step + 1}"))), f"step{step + 1}")
        for step in range(size)
    ]
    query = query.select(*names, *counts, copy=False).from_("best", copy=False)
    if names:
        query = query.group_by(*names).order_by("step1 DESC")
    return units.text(query, asked.context)


def _hits(asked: "Asked", number: int, steps: tuple[EventSpec, ...]) -> exp.Select:
    """The events that may be a step: `id`, `tick`, whose (and the held value), `s0`…, `g0`…"""
    flags, entry = asked.flags(asked.chart.segments[number], steps)
    when: Sql = time()
    if asked.chart.resolution == "second":
        when = exp.Floor(this=exp.Div(this=when, expression=sql.value(1000.0)))
    columns: list[Sql] = [
        exp.alias_(sql.column("id", "e"), "id"),
        exp.alias_(when, "tick"),
        exp.alias_(person(), "person"),
        exp.alias_(_flag(entry), "s0"),
    ]
    columns += [exp.alias_(_flag(flag), f"s{at}") for at, flag in enumerate(flags) if at]
    for i, (_, ref) in enumerate(asked.groupings):
        columns.append(exp.alias_(elements(ref, asked.context), f"g{i}"))
    matches = [asked.in_time(), sql.either(*[exp.paren(flag.copy()) for flag in flags])]
    for ref in asked.chart.hold:
        held = elements(ref, asked.context)
        columns.append(exp.alias_(held, "held"))
        matches.append(exp.Not(this=exp.Is(this=held.copy(), expression=exp.null())))
    return source(sql.both(*matches), columns, asked.context)


def _unit(asked: "Asked") -> list[str]:
    return ["person", "held"] if asked.chart.hold else ["person"]


def _flag(condition: Sql) -> Sql:
    return sql.cases([(condition.copy(), sql.value(1))], sql.value(0))


def _ahead(asked: "Asked", step: int, goal: int, unit: list[str]) -> Sql:
    """The earliest tick at which the steps from this one to the goal can be done from here on."""
    end: Sql = exp.column("tick" if step == goal else f"end{step + 1}_{goal}")
    does = exp.EQ(this=exp.column(f"s{step}"), expression=sql.value(1))
    found = exp.Window(
        this=exp.Min(this=sql.cases([(does, end)], exp.null())),
        partition_by=[exp.column(name) for name in unit],
        order=_in_order(asked),
        spec=_following(asked),
    )
    return exp.alias_(found, f"end{step}_{goal}")


def _in_order(asked: "Asked") -> exp.Order:
    names = ["tick"] if asked.chart.resolution == "second" else ["tick", "id"]
    return exp.Order(expressions=[exp.Ordered(this=exp.column(name)) for name in names])


def _following(asked: "Asked") -> exp.WindowSpec:
    if asked.chart.resolution == "second":  # With those of the same second, in either order.
        return exp.WindowSpec(
            kind="RANGE", start="CURRENT ROW", end="UNBOUNDED", end_side="FOLLOWING"
        )
    return exp.WindowSpec(
        kind="ROWS",
        start=sql.value(1),
        start_side="FOLLOWING",
        end="UNBOUNDED",
        end_side="FOLLOWING",
    )


def _entries(
    asked: "Asked", size: int, table: str, unit: list[str], names: list[str]
) -> exp.Select:
    """Every entry with how many steps could be done from it; of each user the longest, and then
    the earliest, has place 1 (semantics §8.5)."""
    window = asked.chart.window_s * (1 if asked.chart.resolution == "second" else SECOND)
    depth = sql.cases(
        [
            (exp.condition(f"end1_{goal} - tick <= {window:d}"), sql.value(goal + 1))
            for goal in range(size - 1, 0, -1)
        ],
        sql.value(1),
    )
    reached = exp.select("id", "tick", *unit, *names, exp.alias_(depth, "depth"))
    reached = reached.from_(table).where("s0 = 1")
    order = exp.Order(
        expressions=[
            exp.Ordered(this=exp.column("depth"), desc=True),
            exp.Ordered(this=exp.column("tick")),
            exp.Ordered(this=exp.column("id")),
        ]
    )
    place = exp.Window(
        this=exp.RowNumber(), partition_by=[exp.column(name) for name in unit], order=order
    )
    found = exp.select(*names, "depth", exp.alias_(place, "place"))
    return found.from_(sql.nested(reached, "r"), copy=False)
