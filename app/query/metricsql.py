"""
The SQL of a metric over the events that it is about: which groups are kept, how rolling and
cumulative figures spread, and what is counted.
"""

from dataclasses import replace

from sqlglot import exp

from app.query import sql
from app.query.asks import Ask, Frame
from app.query.definition import Group
from app.query.sql import Sql


def statement_of(
    ask: Ask, hits: exp.Select, frame: Frame, belongs: Sql | None = None
) -> exp.Select:
    names = [f"g{i}" for i in range(len(ask.by))]
    if ask.metric == "uniques" and ask.order == "uniques":
        # Each user once in a bucket first: what is left to count is many times less.
        kept = [*names, "bucket", "person"]
        hits = exp.select(*kept).distinct().from_(sql.nested(hits, "once"), copy=False)
    query = exp.select().with_("hits", as_=hits, copy=False)
    if ask.metric in ("frequency", "frequency_quantile"):
        inner = _per_person(names, "hits")
        query = query.with_("counted", as_=inner, copy=False)
        if names:
            query = query.with_("kept", as_=_kept(ask, names), copy=False)
        return _of_counts(query, ask, names)
    table = "hits"
    if frame.cumulative and ask.metric == "uniques":
        query = query.with_("firsts", as_=_firsts(names), copy=False)
        table = "firsts"
    elif frame.window or frame.cumulative:
        reach = frame.window or len(frame.buckets)
        spread = _spread(ask, names, reach, len(frame.buckets))
        if belongs is not None:
            spread = exp.select("*").from_(sql.nested(spread, "z"), copy=False)
            spread = spread.where(belongs, copy=False)
        query = query.with_("spread", as_=spread, copy=False)
        table = "spread"
    if names:
        query = query.with_("kept", as_=_kept(ask, names), copy=False)
    return _grouped(query, ask, names, table)


def _grouped(query: exp.Select, ask: Ask, names: list[str], table: str) -> exp.Select:
    groups: list[Sql] = [sql.column(name, "h") for name in names]
    bucket = sql.column("bucket", "h")
    binned: list[Sql] = []
    if ask.metric == "distribution":
        binned = [exp.alias_(_bin(sql.column("v", "h"), ask.edges), "bin")]
    counted = exp.alias_(_aggregate(ask), "n", copy=False)
    query = query.select(*_copies(groups), bucket.copy(), *binned, counted, copy=False)
    query = query.from_(exp.alias_(exp.to_table(table), "h", table=True), copy=False)
    if names:
        query = _joined(query, names)
        place = sql.column("place", "k")
        query = query.select(place.copy(), copy=False)
        groups = [*groups, place]
    if binned:
        groups = [*groups, exp.column("bin")]
        query = query.where(
            exp.Is(this=_bin(sql.column("v", "h"), ask.edges), expression=exp.Not(this=exp.null()))
        )
    return _with_sets(query, groups, bucket)


def _joined(query: exp.Select, names: list[str]) -> exp.Select:
    """Only the groups that are kept, with their `place`."""
    same = sql.both(
        *(
            exp.NullSafeEQ(this=sql.column(name, "h"), expression=sql.column(name, "k"))
            for name in names
        )
    )
    kept = exp.alias_(exp.to_table("kept"), "k", table=True)
    return query.join(kept, on=same, copy=False)


def _with_sets(query: exp.Select, groups: list[Sql], bucket: Sql) -> exp.Select:
    sets = [exp.Tuple(expressions=[*_copies(groups), bucket.copy()])]
    sets.append(exp.Tuple(expressions=_copies(groups)))
    query.set("group", exp.Group(grouping_sets=[exp.GroupingSets(expressions=sets)]))
    return query


def _copies(of: list[Sql]) -> list[Sql]:
    return [one.copy() for one in of]


def _aggregate(ask: Ask) -> Sql:
    number, text, who = sql.column("v", "h"), sql.column("t", "h"), sql.column("person", "h")
    if ask.metric in ("totals", "distribution"):
        return exp.Count(this=exp.Star())
    if ask.metric == "numbers":
        return exp.Count(this=number)
    if ask.metric == "sum":  # Events without a number add nothing, as no events do.
        return sql.call("coalesce", exp.Sum(this=number), sql.value(0.0))
    if ask.metric in ("min", "max"):
        return (exp.Min if ask.metric == "min" else exp.Max)(this=number)
    if ask.metric == "quantile":
        return _quantile(number, ask.number)
    if ask.metric == "distinct":
        return exp.Count(this=exp.Distinct(expressions=[text]))
    if ask.metric == "pairs":
        return exp.Count(this=exp.Distinct(expressions=[_pair(who, text)]))
    if ask.metric == "sessions":
        session = sql.column("session", "h")
        valid = exp.GTE(this=session.copy(), expression=sql.value(0))
        pair = sql.cases([(valid, _pair(who, session))], exp.null())
        return exp.Count(this=exp.Distinct(expressions=[pair]))
    return exp.Count(this=exp.Distinct(expressions=[who]))


def _quantile(of: Sql, share: float) -> Sql:
    """The exact quantile, interpolated (semantics §7.2)."""
    return exp.WithinGroup(
        this=exp.PercentileCont(this=sql.value(share)),
        expression=exp.Order(expressions=[exp.Ordered(this=of)]),
    )


def _pair(who: Sql, other: Sql) -> Sql:
    texts = [exp.cast(who, "VARCHAR"), sql.value(" "), exp.cast(other, "VARCHAR")]
    return exp.DPipe(this=exp.DPipe(this=texts[0], expression=texts[1]), expression=texts[2])


def _bin(of: Sql, edges: tuple[float, ...]) -> Sql:
    """The index of the last edge that is not above a value; nothing below the first."""
    branches = [
        (exp.GTE(this=of.copy(), expression=sql.value(edge)), sql.value(at))
        for at, edge in reversed(list(enumerate(edges)))
    ]
    return sql.cases(branches, exp.null())


def _firsts(names: list[str]) -> exp.Select:
    groups = [exp.column(name) for name in names]
    first = exp.alias_(exp.Min(this=exp.column("bucket")), "bucket")
    who = exp.column("person")
    return exp.select(*groups, who, first).from_("hits").group_by(*groups, who)


def _spread(ask: Ask, names: list[str], reach: int, size: int) -> exp.Select:
    """Each row once for every bucket whose window holds it."""
    rest = ["person", *names]
    if ask.metric == "uniques":
        # Once for each person and bucket: many times fewer rows to spread.
        inner = exp.select(*rest, "bucket").distinct().from_("hits")
    else:
        rest += ["session", *(("t", "v") if ask.property else ())]
        inner = exp.select(*rest, "bucket").from_("hits")
    later = exp.Add(this=sql.column("bucket", "w"), expression=sql.column("k", "o"))
    offsets = exp.Unnest(
        expressions=[exp.Array(expressions=[sql.value(k) for k in range(reach)])],
        alias=exp.TableAlias(this=exp.to_identifier("o"), columns=[exp.to_identifier("k")]),
    )
    spread = exp.select(*(sql.column(name, "w") for name in rest), exp.alias_(later, "bucket"))
    spread = spread.from_(sql.nested(inner, "w"), copy=False)
    spread.append("joins", exp.Join(this=offsets, kind="CROSS"))
    return spread.where(exp.LT(this=later.copy(), expression=sql.value(size)))


def _kept(ask: Ask, names: list[str]) -> exp.Select:
    """The groups that matter most, and their order (semantics §6.3)."""
    if ask.groups is not None:
        return _listed_groups(ask.groups, names)
    groups: list[Sql] = [sql.column(name, "h") for name in names]
    weight = _aggregate(replace(ask, metric=ask.order))
    order = exp.Order(
        expressions=[
            exp.Ordered(this=weight, desc=True, nulls_first=False),
            *(exp.Ordered(this=one.copy(), desc=False, nulls_first=False) for one in groups),
        ]
    )
    place = exp.alias_(exp.Window(this=exp.RowNumber(), order=order), "place")
    ranked = exp.select(*_copies(groups), place, copy=False)
    ranked = ranked.from_(exp.alias_(exp.to_table("hits"), "h", table=True), copy=False)
    ranked = ranked.group_by(*groups, copy=False)
    limit = exp.LTE(this=exp.column("place"), expression=sql.value(ask.rows))
    return (
        exp.select(*names, "place")
        .from_(sql.nested(ranked, "r"), copy=False)
        .where(limit, copy=False)
    )


def _listed_groups(groups: tuple[Group, ...], names: list[str]) -> exp.Select:
    rows = [(*group, place) for place, group in enumerate(groups)]
    if not rows:
        nothing = [exp.alias_(exp.cast(exp.null(), "VARCHAR"), name) for name in names]
        return exp.select(*nothing, exp.alias_(sql.value(0), "place")).where(exp.false())
    table = exp.values(
        [tuple(sql.value(one) for one in row) for row in rows],
        alias="v",
        columns=[*names, "place"],
    )
    texts = [exp.alias_(exp.cast(sql.column(name, "v"), "VARCHAR"), name) for name in names]
    return exp.select(*texts, sql.column("place", "v")).from_(table)


def _per_person(names: list[str], table: str) -> exp.Select:
    groups: list[Sql] = [exp.column(name) for name in names]
    query = exp.select(*groups, "bucket", "person", exp.alias_(exp.Count(this=exp.Star()), "times"))
    return _with_sets(query.from_(table), [*groups, exp.column("person")], exp.column("bucket"))


def _of_counts(query: exp.Select, ask: Ask, names: list[str]) -> exp.Select:
    groups: list[Sql] = [sql.column(name, "h") for name in names]
    times = exp.column("times")
    query = query.select(*groups, "bucket")
    query = query.from_(exp.alias_(exp.to_table("counted"), "h", table=True))
    grouped = [*groups, exp.column("bucket")]
    if ask.metric == "frequency":
        query = query.select(exp.alias_(_bin(times, ask.edges), "bin"))
        query = query.select(exp.alias_(exp.Count(this=exp.Star()), "n"))
        grouped.append(exp.column("bin"))
    else:
        query = query.select(exp.alias_(_quantile(times, ask.number), "n"))
    if names:
        place = sql.column("place", "k")
        query = _joined(query, names).select(place)
        grouped.append(place)
    return query.group_by(*grouped)
