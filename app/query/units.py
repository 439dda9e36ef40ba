"""
Groups (companies, teams) as what charts count, instead of users (semantics §18).

A statement is built as for users; then its `events` are replaced by one row for each event and
group it belongs to, with the group's number as `person`. So every chart counts groups, and a
funnel may be completed by different members.

An event belongs to the groups that it names itself, else to those that its user was in at that
time: putting a user into a group sets a user property that is called after the type of groups.
"""

from dataclasses import replace

from sqlglot import exp

from app.errors import BadInput
from app.query import sql
from app.query.groupvalues import UNIT_NAME, membership, only_group
from app.query.places import Context, is_known, is_of_several
from app.query.sources import source
from app.query.sql import Sql

_BASE = (
    "id",
    "upload",
    "source",
    "type",
    "user_id",
    "device_id",
    "session",
    "time",
    "state",
    "library",
)
_RENAMED = {"events": "unit_events", "newcomers": "unit_newcomers"}
_OWN = ("unit_events", "unit_newcomers", "unit_numbers")


def text(statement: exp.Select, context: Context) -> str:
    """The statement as text for DuckDB; about groups where the chart counts them. Raises BadInput
    for a type of groups that nobody is in."""
    return sql.text(of_groups(statement, context) if context.groups else statement)


def of_groups(statement: exp.Select, context: Context) -> exp.Select:
    """The same question about groups."""
    found = statement.copy()
    for table in list(found.find_all(exp.Table)):
        if table.name in _RENAMED:
            table.set("this", exp.to_identifier(_RENAMED[table.name]))
    if not any(table.name in _OWN for table in found.find_all(exp.Table)):
        return found
    known = found.args.get("with_")
    names = _used(found, context)
    begun = exp.select().with_("unit_named", as_=_named(names, context))
    begun = begun.with_("unit_numbers", as_=_numbers())
    begun = begun.with_("unit_events", as_=_events(names, context))
    begun = begun.with_("unit_newcomers", as_=_newcomers())
    own = begun.args["with_"]
    own.set("expressions", [*own.expressions, *(known.expressions if known else [])])
    found.set("with_", own)
    return found


def names_of(people: Sql) -> exp.Select:
    """The names of groups whose numbers a question gives, in order, each once."""
    found = exp.select("unit_name").from_("unit_numbers")
    found = found.where(exp.In(this=exp.column("unit_number"), query=exp.Subquery(this=people)))
    return found.group_by("unit_name").order_by("MIN(unit_number)")


def _used(statement: exp.Select, context: Context) -> list[str]:
    """The columns of events that a statement asks for."""
    asked = {column.name for column in statement.find_all(exp.Column)}
    known = [one for one in context.properties.values() if one.scope in ("event", "group")]
    names = [*_BASE, *(one.column for one in known), *(one.listed for one in known if one.listed)]
    return [name for name in names if name in asked or name in ("id", "source", "time", "state")]


def _named(names: list[str], context: Context) -> exp.Select:
    """The events with one `unit_name` each; those of several groups once for each of them."""
    kind, users = context.groups, replace(context, groups="")
    if not is_known(kind, context):
        raise BadInput(f"No event carries a group of the type {kind!r}.")
    columns: list[Sql] = [exp.alias_(sql.column(name, "e"), name, quoted=True) for name in names]
    if not is_of_several(kind, users):
        value = only_group(kind, users)
        there = exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))
        return source(there, [*columns, exp.alias_(value, UNIT_NAME)], users)
    listed = exp.alias_(membership(kind, users), "unit_list")
    inner = source(exp.true(), [*columns, listed], users)
    unnest = exp.Unnest(
        expressions=[sql.column("unit_list", "l")],
        alias=exp.TableAlias(this=exp.to_identifier("x"), columns=[exp.to_identifier("item")]),
    )
    outer = exp.select(*(sql.column(name, "l") for name in names))
    outer = outer.select(exp.alias_(sql.column("item", "x"), "unit_name"))
    outer = outer.from_(exp.alias_(inner.subquery(), "l", table=True))
    outer.append("joins", exp.Join(this=unnest, kind="CROSS"))
    return outer.where("x.item IS NOT NULL")


def _numbers() -> exp.Select:
    """Numbers of groups, in the order in which they were first seen. Those of two projects are not
    the same, however they are called."""
    named = ("source", "unit_name")
    order = exp.Order(expressions=[exp.Ordered(this=exp.column(c)) for c in ("first", *named)])
    number = exp.alias_(exp.Window(this=exp.RowNumber(), order=order), "unit_number")
    firsts = exp.select(*named, exp.alias_(exp.Min(this=exp.column("id")), "first"))
    firsts = firsts.from_("unit_named").group_by(*named)
    return exp.select(*named, number).from_(exp.alias_(firsts.subquery(), "f", table=True))


def _events(names: list[str], context: Context) -> exp.Select:
    """The events of groups. What they say of the groups themselves is the one that a row is about:
    an event of two companies is no event of the second for the first."""
    one = context.properties.get(("group", context.groups))
    columns: list[Sql] = []
    for name in names:
        value: Sql = sql.column(name, "n")
        if one is not None and name == one.column:
            value = sql.column("unit_name", "n")
        elif one is not None and name == one.listed:
            value = exp.cast(exp.null(), "VARCHAR[]")
        columns.append(exp.alias_(value, name, quoted=True))
    columns.append(exp.alias_(sql.column("unit_number", "m"), "person", quoted=True))
    columns.append(sql.column(UNIT_NAME, "n"))
    found = exp.select(*columns).from_(exp.alias_(exp.to_table("unit_named"), "n", table=True))
    same = sql.both(
        *(
            exp.EQ(this=sql.column(name, "m"), expression=sql.column(name, "n"))
            for name in ("source", UNIT_NAME)
        )
    )
    return found.join(exp.alias_(exp.to_table("unit_numbers"), "m", table=True), on=same)


def _newcomers() -> exp.Select:
    found = exp.select("person", exp.alias_(exp.Min(this=exp.column("time")), "time"))
    return found.from_("unit_events").group_by("person")
