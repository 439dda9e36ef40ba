"""
Questions to events, with what they need joined to them.
"""

from sqlglot import exp

from app.query import groupvalues
from app.query.places import Context
from app.query.sql import Sql


def source(matches: Sql, columns: list[Sql], context: Context) -> exp.Select:
    """A question to `events` as e. What was known of the person is joined as u where something
    asks for it, and so is what was known of the groups of an event."""
    events = exp.alias_(exp.to_table("events"), "e", table=True)
    found = exp.select(*columns).from_(events, copy=False)
    tables = {one.table for of in (matches, *columns) for one in of.find_all(exp.Column)}
    joins = [groupvalues.join(name, context) for name in groupvalues.names_in(tables)]
    if "u" in tables or any(map(groupvalues.asks_for_states, joins)):
        found = found.join("states AS u", on="u.id = e.state", join_type="left", copy=False)
    for one in joins:
        found.append("joins", one)
    return found.where(matches, copy=False)
