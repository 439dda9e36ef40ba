"""
Segments and the rules of cohorts as conditions on events (semantics §6.2, §19).

A filter looks at each event. Everything else is about its user: what they did, what they had,
which cohorts they are in; and with `each`, about the user in the interval of the event.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from app.errors import BadInput
from app.query import sql
from app.query.calendar import DAY, Buckets, Clock, Range, Span, cut, floor, shifted, span_of
from app.query.conditions import COMPARED, as_number, event_is, holds, is_active, is_new
from app.query.definition import CohortRef, Condition, EventSpec, Held, Performed, Segment
from app.query.places import Context, elements, is_listed, nothing, person, place, time
from app.query.sources import source
from app.query.sql import Sql

LONG_MS = 3000 * DAY
MOST_LISTED = 1000
"""Longer lists of users are one text in a statement."""
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def in_segment(
    segment: Segment, context: Context, buckets: Buckets, seen: frozenset[int] = frozenset()
) -> Sql | None:
    """The condition that an event belongs to a segment; None for everybody."""
    parts: list[Sql] = [exp.paren(holds(one, context)) for one in segment.where]
    if segment.users == "new":
        parts.append(is_new(buckets))
    if segment.users == "active":
        active = sql.both(is_active(context), buckets.within(time()))
        parts.append(
            _persons(source(active, [exp.alias_(person(), "person")], context), negated=False)
        )
    parts += [_performed(one, context, buckets) for one in segment.performed]
    parts += [_held(one, context) for one in segment.held]
    parts += [_in_cohort(one, context, buckets, seen) for one in segment.cohorts]
    if segment.either:
        ways = [in_segment(one, context, buckets, seen) for one in segment.either]
        parts.append(exp.paren(sql.either(*[exp.paren(way or exp.true()) for way in ways])))
    if segment.people is not None:
        if context.groups:
            raise BadInput("A list of users does not go with a chart of groups.")
        parts.append(among(segment.people))
    return sql.both(*parts) if parts else None


def without_each(segment: Segment) -> Segment:
    """A segment without what is asked of each interval."""
    if any(one.each for way in segment.either for one in way.performed):
        raise BadInput("Alternatives cannot be asked of each interval after a rolling window.")
    return replace(segment, performed=tuple(one for one in segment.performed if not one.each))


def members(
    segment: Segment, context: Context, buckets: Buckets, who: Sql, interval: Sql
) -> Sql | None:
    """What is asked of each interval, as a condition on a person and the index of one."""
    parts = [
        _in_each(pairs, who, interval, negated=negated)
        for one in segment.performed
        if one.each
        for pairs, negated in [_doers(one, context, buckets)]
    ]
    return sql.both(*parts) if parts else None


def among(people: Sequence[int]) -> Sql:
    """The condition that an event is one of these persons'."""
    if not people:
        return exp.false()
    if len(people) > MOST_LISTED:
        # One text instead of as many parts of a statement, each of which would be copied and
        # written by itself: a cohort of a million took minutes.
        text = sql.call("string_split", sql.value(",".join(map(str, people))), sql.value(","))
        unfolded = exp.select(exp.alias_(exp.Explode(this=text), "person"))
        numbers = exp.alias_(unfolded.subquery(copy=False), "l", table=True, copy=False)
        found = exp.select(exp.cast(exp.column("person"), "INT")).from_(numbers, copy=False)
        return exp.In(this=person(), query=found.subquery(copy=False))
    listed = exp.Array(expressions=[sql.value(one) for one in people])
    unfolded = exp.select(exp.alias_(exp.Explode(this=listed), "person"))
    return exp.In(this=person(), query=unfolded.subquery())


def _persons(query: exp.Select, *, negated: bool) -> Sql:
    found = exp.In(this=person(), query=query.subquery())
    return exp.not_(found) if negated else found


def _in_cohort(ref: CohortRef, context: Context, buckets: Buckets, seen: frozenset[int]) -> Sql:
    if ref.cohort in seen:
        raise BadInput(f"Cohort {ref.cohort} depends on itself.")
    segment = context.cohorts.get(ref.cohort)
    if segment is None:
        raise BadInput(f"There is no cohort {ref.cohort}.")
    if context.groups and not _is_of_groups(segment):
        raise BadInput(f"Cohort {ref.cohort} holds users; this chart counts groups.")
    inside = in_segment(segment, context, buckets, seen | {ref.cohort})
    persons = source(inside or exp.true(), [exp.alias_(person(), "person")], context)
    return _persons(persons, negated=ref.negated)


def _is_of_groups(segment: Segment) -> bool:
    """Whether a cohort is one of groups: nothing but their names."""
    named = bool(segment.where) and all(one.property.scope == "group" for one in segment.where)
    return named and segment == Segment(where=segment.where)


def _performed(one: Performed, context: Context, buckets: Buckets) -> Sql:
    """The condition that the user of an event did something so often."""
    found, negated = _doers(one, context, buckets)
    if one.each:
        return _in_each(found, person(), buckets.number(time()), negated=negated)
    return _persons(found, negated=negated)


def _doers(one: Performed, context: Context, buckets: Buckets) -> tuple[exp.Select, bool]:
    """The `person`s who did something so often, with `each` in which interval `i`; and whether it
    holds for all others instead."""
    # Those who did nothing are in no group: "fewer than three" is "not three or more".
    turned = _nothing_suffices(one)
    op = _OPPOSITE[one.op] if turned else one.op
    negated = one.negated != turned
    during = _during(one, context, buckets)
    counted = _counted(one, context, buckets, during)
    wanted = sql.value(one.amount if one.of == "sum" else one.count)
    if one.of == "relative":
        having = COMPARED[op](this=_times("a"), expression=_times("b"))
    else:
        having = COMPARED[op](this=_measured(one), expression=wanted)
    groups = [exp.column("person"), exp.column("i")] if one.each else [exp.column("person")]
    table = exp.alias_(counted.subquery(), "h", table=True)
    found = exp.select(*groups).from_(table).group_by(*groups).having(having)
    if one.then:
        found = _followed(one, context, during, found)
    return found, negated


def _nothing_suffices(one: Performed) -> bool:
    """Whether not having done it at all is enough."""
    if one.of == "relative":
        return False  # Who did neither has no preference.
    least = one.amount if one.of == "sum" else one.count
    return {
        "=": least == 0,
        "!=": least != 0,
        "<": least > 0,
        "<=": least >= 0,
        ">": least < 0,
        ">=": least <= 0,
    }[one.op]


def _during(one: Performed, context: Context, buckets: Buckets) -> Buckets:
    """The time that a condition is about, cut into what it counts."""
    clock = context.clock
    interval = one.interval if one.of == "intervals" else _fine_enough(one.during, context)
    if one.each and one.during is not None:
        low, high = _reach(one, buckets, clock)[0][0], buckets.ends[-1]
        return cut(Span(low, high), interval, clock, one.during.without)
    if one.during is not None:
        return cut(_span(one.during, context), interval, clock, one.during.without)
    if one.of != "intervals":
        return buckets
    return replace(cut(buckets.span, interval, clock), without=buckets.without)


def _fine_enough(wanted: Range | None, context: Context) -> str:
    """An interval for a time whose intervals do not count: of very many days there is no list."""
    if wanted is None:
        return "day"
    span = _span(wanted, context)
    return "day" if span.end_ms - span.start_ms < LONG_MS else "month"


def _counted(one: Performed, context: Context, buckets: Buckets, during: Buckets) -> exp.Select:
    """The events that count: `person`, `i` (the interval of the chart, with `each`), `a` and `b`
    (whether it is the event, or the other one), `t` (a value), `n` (in which interval)."""
    did = exp.paren(event_is(one.event, context, during))
    other = exp.paren(event_is(one.other, context, during)) if one.other else exp.false()
    early = _early(one) if one.within_days else []
    within = [during.within(time()), *early, *_known(context)]
    either = sql.either(did, other) if one.of == "relative" else did
    columns: list[Sql] = [
        exp.alias_(person(), "person"),
        exp.alias_(time(), "time"),
        exp.alias_(sql.cases([(did.copy(), sql.value(1))], sql.value(0)), "a"),
        exp.alias_(sql.cases([(other.copy(), sql.value(1))], sql.value(0)), "b"),
    ]
    names = ["person", "a", "b"]
    if one.of == "intervals":
        columns.append(exp.alias_(during.number(time()), "n"))
        names.append("n")
    ref = one.property if one.of in ("sum", "distinct") else None
    if ref is not None:
        columns.append(exp.alias_(elements(ref, context), "t"))
    hits = source(sql.both(*within, exp.paren(either)), columns, context)
    found = exp.select(*[sql.column(name, "s") for name in names])
    found = found.from_(exp.alias_(hits.subquery(), "s", table=True))
    if ref is not None:
        found = _with_values(found, is_listed(ref, context))
    if not one.each:
        return found
    if one.during is None:
        return found.select(exp.alias_(buckets.number(sql.column("time", "s")), "i"))
    rows = [(i, *reach) for i, reach in enumerate(_reach(one, buckets, context.clock))]
    windows = exp.values(rows, alias="w", columns=["i", "low", "high"])
    inside = exp.condition("s.time >= w.low AND s.time < w.high")
    return found.select(sql.column("i", "w")).join(windows, on=inside)


def _with_values(found: exp.Select, listed: bool) -> exp.Select:
    if not listed:
        return found.select(sql.column("t", "s"))
    unnest = exp.Unnest(
        expressions=[sql.column("t", "s")],
        alias=exp.TableAlias(this=exp.to_identifier("x"), columns=[exp.to_identifier("item")]),
    )
    found.append("joins", exp.Join(this=unnest, kind="CROSS"))
    return found.select(exp.alias_(sql.column("item", "x"), "t"))


def _reach(one: Performed, buckets: Buckets, clock: Clock) -> list[tuple[int, int]]:
    """For each interval of the chart, the relative range that ends with it."""
    found = []
    for end in buckets.ends:
        unit = one.during.unit if one.during else "day"
        back = (one.during.last or 0) if one.during else 0
        found.append((shifted(floor(end - 1, unit, clock), unit, -back, clock), end))
    return found


def _early(one: Performed) -> list[Sql]:
    """The condition that an event lies in the user's first days, of 24 hours each."""
    reach = sql.value(one.within_days * DAY)
    until = exp.Add(this=sql.column("time", "n"), expression=reach)
    begun = exp.select(exp.Literal.number(1)).from_("newcomers AS n")
    begun = begun.where(exp.EQ(this=sql.column("person", "n"), expression=person()))
    return [exp.Exists(this=begun.where(exp.LT(this=time(), expression=until)))]


def _known(context: Context) -> list[Sql]:
    """The condition that an event had happened at the time as of which is asked."""
    if context.as_of is None:
        return []
    return [exp.LT(this=time(), expression=sql.value(context.as_of))]


def _span(wanted: Range, context: Context) -> Span:
    """A range in milliseconds. Asked as of a day before it began, nothing lies in it."""
    try:
        return span_of(wanted, context.clock)
    except BadInput:
        if context.as_of is None:
            raise
        return Span(context.as_of, context.as_of + DAY)


def _times(flag: str) -> Sql:
    return exp.Sum(this=exp.column(flag))


def _measured(one: Performed) -> Sql:
    if one.of == "sum":
        return sql.call("coalesce", exp.Sum(this=sql.finite(exp.column("t"))), sql.value(0.0))
    if one.of in ("distinct", "intervals"):
        name = "t" if one.of == "distinct" else "n"
        return exp.Count(this=exp.Distinct(expressions=[exp.column(name)]))
    return exp.Count(this=exp.Star())


def _in_each(pairs: exp.Select, who: Sql, interval: Sql, *, negated: bool) -> Sql:
    """The condition that a person is among the pairs in an interval."""
    same = sql.both(
        exp.EQ(this=sql.column("person", "q"), expression=who),
        exp.EQ(this=sql.column("i", "q"), expression=interval),
    )
    query = exp.select(exp.Literal.number(1)).from_(exp.alias_(pairs.subquery(), "q", table=True))
    found = exp.Exists(this=query.where(same))
    return exp.not_(found) if negated else found


def _followed(one: Performed, context: Context, during: Buckets, first: exp.Select) -> exp.Select:
    """Of the persons who did the first event, those who did the others after it, each later than
    the one before. The earliest time at which each can be done is enough to know."""

    def done(spec: EventSpec) -> Sql:
        early = _early(one) if one.within_days else []
        within = (during.within(time()), *early, *_known(context))
        return sql.both(*within, exp.paren(event_is(spec, context, during)))

    earliest = exp.alias_(exp.Min(this=time()), "time")
    who = exp.alias_(person(), "person")
    among_first = exp.In(this=person(), query=first.subquery())
    found = source(sql.both(done(one.event), among_first), [who, earliest], context).group_by(
        person()
    )
    for spec in one.then:
        before = exp.alias_(found.subquery(), "b", table=True)
        after = source(done(spec), [who.copy(), earliest.copy()], context)
        same = exp.EQ(this=sql.column("person", "b"), expression=person())
        later = exp.GT(this=time(), expression=sql.column("time", "b"))
        found = after.join(before, on=sql.both(same, later)).group_by(person())
    return exp.select("person").from_(exp.alias_(found.subquery(), "f", table=True))


def _held(one: Held, context: Context) -> Sql:
    """The condition that the user of an event had a property."""
    asked = Condition(one.property, one.op, one.values)
    has = exp.paren(holds(asked, context))
    within = None
    if one.during is not None:
        clock = context.clock
        interval = _fine_enough(one.during, context)
        days = cut(_span(one.during, context), interval, clock, one.during.without)
        within = days.within(time())
    within = sql.both(within, *_known(context))
    who = exp.alias_(person(), "person")
    if one.when == "ever":
        return _persons(source(sql.both(within, has), [who], context), negated=one.negated)
    if _zero_suffices(asked):
        has = exp.paren(sql.either(has, nothing(place(one.property, context))))
    newest = exp.Order(
        expressions=[
            exp.Ordered(this=time(), desc=True),
            exp.Ordered(this=sql.column("id", "e"), desc=True),
        ]
    )
    rank = exp.Window(this=exp.RowNumber(), partition_by=[person()], order=newest)
    state = exp.alias_(sql.cases([(has, sql.value(1))], sql.value(0)), "has")
    ranked = source(
        sql.both(within, is_active(context)), [who, state, exp.alias_(rank, "place")], context
    ).subquery()
    found = exp.select("person").from_(exp.alias_(ranked, "r", table=True))
    return _persons(found.where("place = 1 AND has = 1"), negated=one.negated)


def _zero_suffices(asked: Condition) -> bool:
    """Whether a comparison with numbers holds for 0, which a missing one counts as."""
    wanted = [as_number(value) for value in asked.values if value is not None]
    holding = {
        "<": lambda x: x > 0,
        "<=": lambda x: x >= 0,
        ">": lambda x: x < 0,
        ">=": lambda x: x <= 0,
    }.get(asked.op)
    return holding is not None and any(one is not None and holding(one) for one in wanted)
