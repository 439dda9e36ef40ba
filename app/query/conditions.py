"""
From definitions to conditions on the view `events`: filters and events (semantics §6).

Values of an array each count as a value (§0.4). What is not there is `(none)`, and a condition
that says "not" holds for it (§6.1).
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from app.query import sql
from app.query.calendar import DAY, Buckets
from app.query.definition import (
    Chart,
    Condition,
    EventSpec,
)
from app.query.places import Context, Place, nothing, person, place, time
from app.query.sources import source
from app.query.sql import Sql

_DATE = re.compile(r"\d{4}-\d{2}")
FEW = 10
"""More values than this are looked up all at once."""
LOOK_BACK_MS = 365 * DAY
"""How far back the rank of an event among its like is counted (semantics §20)."""
COMPARED = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
_NEGATIONS = {
    "is not": "is",
    "does not contain": "contains",
    "does not start with": "starts with",
    "set is not": "set is",
    "set does not contain": "set contains",
    "not glob": "glob",
}


def holds(condition: Condition, context: Context) -> Sql:
    """A filter as SQL."""
    positive = _NEGATIONS.get(condition.op)
    if positive:
        found = holds(replace(condition, op=positive), context)
        return exp.not_(exp.paren(sql.sure(found)))
    at = place(condition.property, context)
    if condition.op in ("set is", "set contains"):
        return _set(at, condition)
    if condition.op == "is" and len(condition.values) > FEW:
        return _is_among(at, condition.values)
    return sql.either(*(_matches(at, condition.op, value) for value in condition.values))


def _is_among(at: Place, values: Sequence[str | None]) -> Sql:
    """The condition that a property has one of many values: looked up, and not compared with each
    of them."""
    wanted = [sql.value(one) for one in values if one is not None]
    found: list[Sql] = [nothing(at)] if None in values else []
    if at.text is not None:
        found.append(exp.In(this=at.text.copy(), expressions=wanted))
    if at.listed is not None:
        one = exp.In(this=exp.column("item"), expressions=[each.copy() for each in wanted])
        inside = exp.Lambda(this=one, expressions=[exp.to_identifier("item")])
        hits = exp.ArrayFilter(this=at.listed.copy(), expression=inside)
        found.append(exp.GT(this=exp.ArraySize(this=hits), expression=sql.value(0)))
    return exp.paren(sql.either(*found))


def _matches(at: Place, op: str, value: str | None) -> Sql:
    if value is None:
        return nothing(at) if op == "is" else exp.false()
    found: list[Sql] = []
    if at.text is not None:
        found.append(_test(at.text, op, value))
    if at.listed is not None:
        found.append(_any_element(at.listed, op, value))
    return exp.paren(sql.either(*found))


def _any_element(listed: Sql, op: str, value: str) -> Sql:
    if op == "is":
        return exp.ArrayContains(this=listed.copy(), expression=sql.value(value))
    item = exp.column("item")
    hits = exp.ArrayFilter(
        this=listed.copy(),
        expression=exp.Lambda(this=_test(item, op, value), expressions=[exp.to_identifier("item")]),
    )
    return exp.GT(this=exp.ArraySize(this=hits), expression=sql.value(0))


def _test(text: Sql, op: str, value: str) -> Sql:
    if op == "is":
        return exp.EQ(this=text.copy(), expression=sql.value(value))
    if op == "contains":
        where = exp.StrPosition(this=exp.Lower(this=text.copy()), substr=sql.value(value.lower()))
        return exp.GT(this=where, expression=sql.value(0))
    if op == "starts with":
        return exp.StartsWith(this=exp.Lower(this=text.copy()), expression=sql.value(value.lower()))
    if op == "glob":
        return exp.RegexpLike(this=text.copy(), expression=sql.value(glob(value)))
    compare = COMPARED[op]
    wanted = as_number(value)
    if wanted is None:  # Dates compare as texts, and only with other dates.
        compared = compare(this=text.copy(), expression=sql.value(value))
        if not _DATE.match(value):
            return compared
        is_date = exp.Like(this=text.copy(), expression=sql.value("____-__%"))
        return exp.paren(sql.both(is_date, compared))
    return compare(this=sql.number(text.copy()), expression=sql.value(wanted))


def as_number(text: str) -> float | None:
    """The finite number that a text says."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def _set(at: Place, condition: Condition) -> Sql:
    """The values of the property as a set; a single value is a set of one."""
    wanted = list(dict.fromkeys(value for value in condition.values if value is not None))
    found: list[Sql] = []
    if at.listed is not None:
        holding: list[Sql] = [
            exp.ArrayContains(this=at.listed.copy(), expression=sql.value(one)) for one in wanted
        ]
        if condition.op == "set is":
            among = exp.In(this=exp.column("item"), expressions=[sql.value(one) for one in wanted])
            others = exp.ArrayFilter(
                this=at.listed.copy(),
                expression=exp.Lambda(
                    this=exp.not_(among), expressions=[exp.to_identifier("item")]
                ),
            )
            holding.append(exp.EQ(this=exp.ArraySize(this=others), expression=sql.value(0)))
        found.append(exp.paren(sql.both(*holding)))
    if at.text is not None and len(wanted) == 1:
        found.append(exp.EQ(this=at.text.copy(), expression=sql.value(wanted[0])))
    return sql.either(*found)


def glob(pattern: str) -> str:
    """A glob as a regular expression that has to match all (semantics §6.1): `*` any run without
    a slash, `**` anything, `?` a letter, `[…]` a class, `[!…]` its opposite."""
    parts, at = ["(?s)^"], 0
    while at < len(pattern):
        if pattern.startswith("**", at):
            parts.append(".*")
            at += 2
            continue
        sign = pattern[at]
        end = pattern.find("]", at + 2) if sign == "[" else -1
        if sign == "*":
            parts.append("[^/]*")
        elif sign == "?":
            parts.append(r"\pL")
        elif end > 0:
            parts.append(_class(pattern[at + 1 : end]))
            at = end
        else:
            parts.append(re.escape(sign))
        at += 1
    return "".join(parts) + "$"


def _class(inner: str) -> str:
    negated = inner.startswith("!")
    signs = inner.removeprefix("!")
    return f"[{'^' if negated else ''}" + re.sub(r"([\\\[\]^&])", r"\\\1", signs) + "]"


def event_is(spec: EventSpec, context: Context, buckets: Buckets) -> Sql:
    """The condition that an event is of this kind, its own filters included."""
    ranked = [one for one in spec.where if one.property.scope == "count"]
    plain = [holds(one, context) for one in spec.where if one.property.scope != "count"]
    matches = sql.both(_kind(spec, context, buckets), *map(exp.paren, plain))
    for one in ranked:
        before = _kind(spec, context, buckets) if one.property.name == "before" else matches
        matches = sql.both(matches, _ranked(one, before, buckets, context))
    return matches


def _kind(spec: EventSpec, context: Context, buckets: Buckets) -> Sql:
    if spec.kind == "event":
        return exp.EQ(this=sql.column("type", "e"), expression=sql.value(spec.type))
    if spec.kind == "label":
        labeled = exp.select("event").from_("labeled").where(f"label = {spec.label:d}")
        return exp.In(this=sql.column("id", "e"), query=labeled.subquery())
    if spec.kind == "combined":
        parts = [exp.paren(event_is(part, context, buckets)) for part in spec.parts]
        return exp.paren(sql.either(*parts))
    if spec.kind == "active":
        return is_active(context)
    return is_new(buckets) if spec.kind == "new" else exp.true()


def is_active(context: Context) -> Sql:
    """The condition that an event makes its user active."""
    if not context.inactive:
        return exp.true()
    kinds = [sql.value(kind) for kind in sorted(context.inactive)]
    return exp.not_(exp.In(this=sql.column("type", "e"), expressions=kinds))


def is_new(buckets: Buckets) -> Sql:
    """The condition that an event lies in the interval in which its user became new (§0.3)."""
    newcomers = (
        exp.select(exp.column("person"), exp.alias_(buckets.number(exp.column("time")), "i"))
        .from_("newcomers")
        .where(buckets.within(exp.column("time")))
    )
    return exp.Exists(
        this=exp.select(exp.Literal.number(1))
        .from_(exp.alias_(newcomers.subquery(), "n", table=True))
        .where(exp.EQ(this=sql.column("person", "n"), expression=person()))
        .where(exp.EQ(this=sql.column("i", "n"), expression=buckets.number(time())))
    )


def _ranked(one: Condition, matches: Sql, buckets: Buckets, context: Context) -> Sql:
    """The condition that an event is the n-th of its like for its user (semantics §20)."""
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[person()],
        order=exp.Order(
            expressions=[exp.Ordered(this=time()), exp.Ordered(this=sql.column("id", "e"))]
        ),
    )
    span = buckets.span
    ranks = source(
        matches, [exp.alias_(sql.column("id", "e"), "id"), exp.alias_(rank, "place")], context
    )
    ranks = ranks.where(exp.GTE(this=time(), expression=sql.value(span.start_ms - LOOK_BACK_MS)))
    op = {"is": "=", "is not": "!="}.get(one.op, one.op)
    tests = [
        COMPARED[op](this=exp.column("place"), expression=sql.value(int(value or 0)))
        for value in one.values
    ]
    chosen = (
        exp.select("id")
        .from_(exp.alias_(ranks.subquery(), "r", table=True))
        .where(sql.either(*tests))
    )
    return exp.In(this=sql.column("id", "e"), query=chosen.subquery())


def in_project(chart: Chart, context: Context) -> Sql | None:
    """The condition that an event belongs to the chart's project."""
    if not chart.project:
        return None
    number = context.projects.get(chart.project, -1)
    return exp.EQ(this=sql.column("source", "e"), expression=sql.value(number))
