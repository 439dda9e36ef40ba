"""
What was known of the groups (companies, teams) of an event, such as the plan of its company
(semantics §18): the newest that had been received before the event.

`group_values` has a row for each state of a group, from the call that made it so (`id`) to before
the next one (`until`). An event says itself which groups it belongs to, or its user does; where it
may be several of a type, a property has the values of all of them, each once.
"""

from collections.abc import Iterable

from sqlglot import exp

from app.query import sql
from app.query.definition import PropertyRef
from app.query.places import (
    ALONE,
    GROUP_PROPERTY,
    SEVERAL,
    Context,
    elements,
    groups_of,
    is_listed,
    kind_of,
    place,
)
from app.query.sql import Sql

UNIT_NAME = "unit_name"
"""The group that a row is about, where groups are counted instead of users."""


def names_in(tables: Iterable[str]) -> list[str]:
    """Those of these tables that are of groups, in order."""
    return sorted(name for name in tables if name.startswith((ALONE, SEVERAL)))


def join(name: str, context: Context) -> exp.Join:
    """The table of this name (see `places`), to be joined to `events` as e."""
    if name.startswith(ALONE):
        return _of_the_only(name, context)
    return _of_several(name, context)


def asks_for_states(found: exp.Join) -> bool:
    """Whether what was known of the person has to be joined before: it tells the group."""
    on = found.args.get("on")
    return on is not None and any(one.table == "u" for one in on.find_all(exp.Column))


def membership(kind: str, context: Context) -> Sql:
    """The groups of a type that an event belongs to as a list, each once; null without any."""
    branches: list[tuple[Sql, Sql]] = []
    for ref in groups_of(kind, context):
        value = elements(ref, context, once=True)
        if not is_listed(ref, context):
            value = exp.Array(expressions=[value])
        branches.append((_is_said(ref, context), value))
    return sql.cases(branches, exp.null())


def _is_said(ref: PropertyRef, context: Context) -> Sql:
    """The condition that a property is there, an array without elements too."""
    at = place(ref, context)
    there = [
        exp.Not(this=exp.Is(this=one.copy(), expression=exp.null()))
        for one in (at.text, at.listed)
        if one is not None
    ]
    return exp.paren(sql.either(*there))


def only_group(kind: str, context: Context) -> Sql:
    """The group of a type that an event belongs to, where it cannot be several."""
    if kind == context.groups:
        return sql.column(UNIT_NAME, "e")
    texts = [place(ref, context).text for ref in groups_of(kind, context)]
    known = [one for one in texts if one is not None]
    return sql.call("coalesce", *known) if len(known) > 1 else known[0]


def _of_the_only(name: str, context: Context) -> exp.Join:
    kind = name.removeprefix(ALONE)
    values = exp.alias_(exp.to_table("group_values"), name, table=True, quoted=True)
    same = _is_state(name, kind, "e", only_group(kind, context))
    return exp.Join(this=values, side="LEFT", on=same)


def _is_state(values: str, kind: str, event: str, group: Sql) -> Sql:
    """The condition that a state is that of a group at an event."""
    return sql.both(
        exp.EQ(this=sql.column("kind", values), expression=sql.value(kind)),
        exp.EQ(this=sql.column("source", values), expression=sql.column("source", event)),
        exp.EQ(this=sql.column("name", values), expression=group),
        exp.LT(this=sql.column("id", values), expression=sql.column("id", event)),
        exp.GTE(this=sql.column("until", values), expression=sql.column("id", event)),
    )


def _of_several(name: str, context: Context) -> exp.Join:
    """A list of values for each event (and person, which an event of groups has several of)."""
    one = context.properties[GROUP_PROPERTY, name.removeprefix(SEVERAL)]
    kind = kind_of(one, context) or ""
    cells = [_cells(kind, sql.column(one.column, "g"), context)]
    if one.listed:
        listed = exp.Unnest(expressions=[sql.column(one.listed, "g")])
        cells.append(_cells(kind, listed, context))
    cells_of: exp.Query = cells[0]
    for more in cells[1:]:
        cells_of = exp.union(cells_of, more, distinct=False)
    value = exp.ArrayAgg(this=exp.Distinct(expressions=[exp.column("value")]))
    found = exp.select("id", "person", exp.alias_(value, "value"))
    found = found.from_(exp.alias_(cells_of.subquery(), "c", table=True))
    found = found.where("value IS NOT NULL").group_by("id", "person")
    same = sql.both(
        exp.EQ(this=sql.column("id", name), expression=sql.column("id", "e")),
        exp.EQ(this=sql.column("person", name), expression=sql.column("person", "e")),
    )
    table = exp.alias_(found.subquery(), name, table=True, quoted=True)
    return exp.Join(this=table, side="LEFT", on=same)


def _cells(kind: str, value: Sql, context: Context) -> exp.Select:
    """Rows `id, person, value`, one for each group of an event."""
    groups = membership(kind, context)
    item = exp.Unnest(expressions=[sql.column("groups", "m")])
    columns = [sql.column(name, "e") for name in ("id", "person", "source")]
    inner = exp.select(*columns, exp.alias_(groups, "groups")).from_("events AS e")
    if any(one.scope == "user" for one in groups_of(kind, context)):
        inner = inner.join("states AS u", on="u.id = e.state", join_type="left")
    named = exp.select("id", "person", "source", exp.alias_(item, "name"))
    named = named.from_(exp.alias_(inner.subquery(), "m", table=True))
    values = exp.alias_(exp.to_table("group_values"), "g", table=True)
    found = exp.select("n.id", "n.person", exp.alias_(value, "value"))
    found = found.from_(exp.alias_(named.subquery(), "n", table=True))
    return found.join(values, on=_is_state("g", kind, "n", sql.column("name", "n")))
