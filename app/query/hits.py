"""
The events of a metric as a question: one row for each, or for each element of what is grouped by.
"""

from sqlglot import exp

from app.query import sql
from app.query.asks import Ask
from app.query.calendar import Buckets
from app.query.conditions import event_is, in_project
from app.query.definition import Chart, PropertyRef
from app.query.places import Context, elements, is_listed, person, time
from app.query.segments import in_segment, without_each
from app.query.sources import source
from app.query.sql import Sql


def hits_of(
    ask: Ask, chart: Chart, context: Context, buckets: Buckets, part: Buckets | None = None
) -> exp.Select:
    matches = sql.both(
        (part or buckets).within(time()),
        in_project(chart, context),
        event_is(ask.event, context, buckets),
        in_segment(without_each(ask.segment) if ask.before else ask.segment, context, buckets),
    )
    asked: list[tuple[str, PropertyRef, bool]] = [
        (f"g{i}", ref, ask.once) for i, ref in enumerate(ask.by)
    ]
    if ask.property is not None:
        asked.append(("t", ask.property, False))
    own = [
        exp.alias_(person(), "person"),
        exp.alias_(buckets.number(time()), "bucket"),
        exp.alias_(sql.column("session", "e"), "session"),
    ]
    if part is not None:
        own.append(exp.alias_(sql.column("id", "e"), "id"))
    names = [one.alias for one in own]
    columns = own + [
        exp.alias_(elements(ref, context, once=once), name) for name, ref, once in asked
    ]
    found = source(matches, columns, context)
    listed = [name for name, ref, _ in asked if is_listed(ref, context)]
    if listed:
        found = _unfolded(found, names, [name for name, _, _ in asked], listed)
    if ask.property is not None:
        rest = [exp.column(name) for name, _, _ in asked]
        number = exp.alias_(sql.finite(exp.column("t")), "v")
        outer = exp.select(*map(exp.column, names), *rest, number)
        found = outer.from_(sql.nested(found, "w"), copy=False)
    return found


def _unfolded(found: exp.Select, own: list[str], names: list[str], listed: list[str]) -> exp.Select:
    """A row for each element of lists."""
    kept: list[Sql] = [sql.column(name, "l") for name in own]
    joins = []
    for name in names:
        if name not in listed:
            kept.append(sql.column(name, "l"))
            continue
        unnest = exp.Unnest(
            expressions=[sql.column(name, "l")],
            alias=exp.TableAlias(
                this=exp.to_identifier(f"x_{name}"), columns=[exp.to_identifier("item")]
            ),
        )
        joins.append(exp.Join(this=unnest, kind="CROSS"))
        kept.append(exp.alias_(sql.column("item", f"x_{name}"), name))
    outer = exp.select(*kept).from_(sql.nested(found, "l"), copy=False)
    for join in joins:
        outer.append("joins", join)
    return outer
