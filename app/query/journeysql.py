"""
The SQL of journeys: cuts the events into paths, and asks who is behind a step of one
(semantics §11).
"""

from collections.abc import Sequence

from sqlglot import exp

from app.query import sql
from app.query.calendar import Buckets, cut, span_of
from app.query.conditions import event_is, in_project, is_active
from app.query.definition import Journeys
from app.query.journeynames import APART, BESIDE, labels_of, title_of
from app.query.places import Context, person, time
from app.query.segments import in_segment
from app.query.sources import source
from app.query.sql import Sql

SECOND = 1000
MOST_UNITS = 1 << 24
"""Numbers of groups are smaller than this."""


def paths_of(chart: Journeys, context: Context) -> exp.Select:
    """Rows `way, count, seconds, converted`."""
    query = _with_ways(chart, context)
    took = exp.Avg(this=exp.column("took"))
    counted = exp.Count(this=exp.Star())
    return (
        query.select(
            "way",
            exp.alias_(counted, "n"),
            exp.alias_(exp.Div(this=took, expression=sql.value(1000.0)), "seconds"),
            "converted",
        )
        .from_("ways")
        .group_by("way", "converted")
    )


def journey_behind(
    chart: Journeys, way: tuple[str, ...], context: Context
) -> tuple[exp.Select, exp.Select]:
    """Two questions about the paths that begin like this: their persons, and the ids of the
    events of these steps."""
    text = exp.column("way")
    begun = APART.join(way)
    same = exp.EQ(this=text.copy(), expression=sql.value(begun))
    longer = exp.StartsWith(this=text.copy(), expression=sql.value(begun + APART))
    chosen = exp.select("path").from_("ways").where(sql.either(same, longer))
    query = _with_ways(chart, context).with_("chosen", as_=chosen)
    among = "path IN (SELECT path FROM chosen)"
    people = query.select("person").distinct().from_("anchors")
    people = people.where("path IN (SELECT path FROM chosen)")
    events = query.select("ABS(next_along) AS id").from_("placed")
    events = events.where(f"{among} AND place <= {len(way):d}")
    return people, events


def _with_ways(chart: Journeys, context: Context) -> exp.Select:
    """A query with all that paths are found by, and `ways` at last."""
    clock = context.clock
    buckets = cut(span_of(chart.range, clock), "day", clock, chart.range.without)
    backward = chart.start is None
    query = exp.select().with_("events_of", as_=_events(chart, context, buckets), copy=False)
    query = query.with_("anchors", as_=_anchors(chart, context, backward=backward), copy=False)
    query = query.with_("joined", as_=_joined(chart, buckets, backward=backward), copy=False)
    query = query.with_("followed", as_=_followed(chart), copy=False)
    query = query.with_("placed", as_=_placed(), copy=False)
    if chart.include:
        query = query.with_("holding", as_=_holding(chart), copy=False)
    return query.with_("ways", as_=_ways(chart), copy=False)


def _events(chart: Journeys, context: Context, buckets: Buckets) -> exp.Select:
    """The events that count: whose, when, what they are called, and whether they start or end."""
    starts = _flag(event_is(chart.start, context, buckets) if chart.start else exp.false())
    ends = _flag(event_is(chart.end, context, buckets) if chart.end else exp.false())
    reach = 0 if chart.session else chart.window_s * SECOND
    span = buckets.span
    shown = _shown(chart, starts, ends, context, buckets)
    matches = sql.both(
        exp.GTE(this=time(), expression=sql.value(span.start_ms - reach)),
        exp.LT(this=time(), expression=sql.value(span.end_ms + reach)),
        in_project(chart, context),
        exp.paren(sql.either(is_active(context), _yes(starts), _yes(ends))),
        _segment(chart, context, buckets),
        exp.paren(sql.either(shown, _yes(starts), _yes(ends))) if shown else None,
    )
    columns = [
        exp.alias_(person(), "person"),
        exp.alias_(time(), "time"),
        exp.alias_(sql.column("id", "e"), "id"),
        exp.alias_(sql.column("session", "e"), "session"),
        exp.alias_(title_of(chart, context, buckets), "name"),
        exp.alias_(starts, "starts"),
        exp.alias_(ends, "ends"),
    ]
    if shown:
        columns.append(exp.alias_(_flag(shown.copy()), "shown"))
    inside = _flag(buckets.within(time()))
    found = source(matches, [*columns, exp.alias_(inside, "inside")], context)
    labels = labels_of(chart)
    if not labels:
        return found
    same = exp.EQ(this=sql.column("event", "c"), expression=sql.column("id", "e"))
    return found.join(exp.alias_(labels.subquery(), "c", table=True), on=same, join_type="left")


def _segment(chart: Journeys, context: Context, buckets: Buckets) -> Sql | None:
    found = [in_segment(one, context, buckets) for one in chart.segments]
    known = [one for one in found if one is not None]
    return sql.both(*known) if known else None


def _flag(condition: Sql) -> Sql:
    return sql.cases([(condition, sql.value(1))], sql.value(0))


def _yes(flag: Sql) -> Sql:
    return exp.EQ(this=flag.copy(), expression=sql.value(1))


def _shown(
    chart: Journeys, starts: Sql, ends: Sql, context: Context, buckets: Buckets
) -> Sql | None:
    """Hidden and excluded events are no steps, but where a path begins or arrives; with "only",
    nothing else is but the ends. None where everything is shown."""
    kept: list[Sql] = []
    if chart.only:
        kept.append(exp.paren(sql.either(_named(chart.only), _yes(starts), _yes(ends))))
    if chart.hide:
        kept.append(exp.not_(_named(chart.hide)))
    kept += [
        exp.not_(exp.paren(sql.sure(event_is(one, context, buckets)))) for one in chart.exclude
    ]
    return exp.paren(sql.both(*kept)) if kept else None


def _named(types: Sequence[str]) -> Sql:
    return exp.In(this=sql.column("type", "e"), expressions=[sql.value(one) for one in types])


def _anchors(chart: Journeys, context: Context, *, backward: bool) -> exp.Select:
    """Where paths begin: each user's first start in the range, or every one of them."""
    flag = "ends" if backward else "starts"
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column("person")],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column(c)) for c in ("time", "id")]),
    )
    # An event of two groups begins a path of each.
    path = f"id * {MOST_UNITS} + person AS path" if context.groups else "id AS path"
    inner = exp.select("person", "time", "id", "session", path, exp.alias_(rank, "place"))
    inner = inner.from_("events_of").where(f"{flag} = 1 AND inside = 1")
    outer = exp.select("person", "time", "id", "session", "path").from_(
        exp.alias_(inner.subquery(), "a", table=True)
    )
    return outer if chart.count == "totals" else outer.where("place = 1")


def _joined(chart: Journeys, buckets: Buckets, *, backward: bool) -> exp.Select:
    """Each path's events, its own first; `place` counts them."""
    sign = "-" if backward else ""
    later = (
        "(e.time < a.time OR (e.time = a.time AND e.id <= a.id))"
        if backward
        else "(e.time > a.time OR (e.time = a.time AND e.id >= a.id))"
    )
    if chart.session:
        near = f"e.session = a.session AND e.session >= 0 AND e.time < {buckets.span.end_ms}"
    else:
        window = chart.window_s * SECOND
        near = f"e.time >= a.time - {window}" if backward else f"e.time <= a.time + {window}"
    flag = "e.starts" if backward else "e.ends"
    if chart.only or chart.hide or chart.exclude:
        arrives = " OR e.ends = 1" if _has_two_ends(chart) else ""
        later = f"{later} AND (e.shown = 1 OR e.id = a.id{arrives})"
    return (
        exp.select(
            "a.person",
            "a.path",
            "e.name",
            "e.time",
            "e.id",
            f"{flag} AS arrives",
            "a.time AS since",
            f"{sign}e.time AS along",
            f"{sign}e.id AS next_along",
        )
        .from_("anchors AS a")
        .join("events_of AS e", on=f"e.person = a.person AND {later} AND ({near} OR e.id = a.id)")
    )


def _followed(chart: Journeys) -> exp.Select:
    """The same without repeats, where they are collapsed."""
    columns = ["path", "name", "time", "arrives", "since", "along", "next_along"]
    if not chart.collapse:
        return exp.select(*columns).from_("joined")
    before = exp.Window(
        this=exp.Lag(this=exp.column("name")),
        partition_by=[exp.column("path")],
        order=exp.Order(
            expressions=[exp.Ordered(this=exp.column(c)) for c in ("along", "next_along")]
        ),
    )
    inner = exp.select(*columns, exp.alias_(before, "before")).from_("joined")
    outer = exp.select(*columns).from_(exp.alias_(inner.subquery(), "j", table=True))
    return outer.where("before IS NULL OR before <> name")


def _placed() -> exp.Select:
    """Steps with their places, and the place of the first one that arrives."""
    order = exp.Order(
        expressions=[exp.Ordered(this=exp.column(c)) for c in ("along", "next_along")]
    )
    place = exp.Window(this=exp.RowNumber(), partition_by=[exp.column("path")], order=order)
    kept = ["path", "name", "time", "since", "next_along"]
    inner = exp.select(*kept, "arrives", exp.alias_(place, "place")).from_("followed")
    first = exp.Window(
        this=exp.Min(
            this=sql.cases(
                [(exp.condition("arrives = 1 AND place > 1"), exp.column("place"))], exp.null()
            )
        ),
        partition_by=[exp.column("path")],
    )
    return exp.select(*kept, "place", exp.alias_(first, "arrived")).from_(
        exp.alias_(inner.subquery(), "p", table=True)
    )


def _holding(chart: Journeys) -> exp.Select:
    """The paths that hold all that they must, also beyond the levels that are shown: steps as they
    are called, or types of events."""

    def held(one: str) -> Sql:
        name = exp.column("name")
        more = exp.StartsWith(this=name.copy(), expression=sql.value(one + BESIDE))
        does = sql.either(exp.EQ(this=name, expression=sql.value(one)), more)
        flag = sql.cases([(does, sql.value(1))], sql.value(0))
        return exp.EQ(this=exp.Max(this=flag), expression=sql.value(1))

    found = exp.select("path").from_("placed")
    if _has_two_ends(chart):
        found = found.where("arrived IS NULL OR place <= arrived")
    return found.group_by("path").having(sql.both(*map(held, chart.include)))


def _has_two_ends(chart: Journeys) -> bool:
    return chart.start is not None and chart.end is not None


def _ways(chart: Journeys) -> exp.Select:
    """One row for each path: its steps as one text, how long it took, whether it arrived."""
    names = exp.GroupConcat(
        this=exp.Order(
            this=exp.column("name"), expressions=[exp.Ordered(this=exp.column("place"))]
        ),
        separator=sql.value(APART),
    )
    # Between two events a path ends where it arrives, and else where it can be followed to.
    most = f"place <= {chart.levels}"
    where = most
    if _has_two_ends(chart):
        where = f"({most}) AND (arrived IS NULL OR place <= arrived)"
    if chart.include:
        where = f"({where}) AND path IN (SELECT path FROM holding)"
    took = exp.Max(this=exp.Abs(this=exp.condition("time - since")))
    converted = exp.Max(
        this=sql.cases([(exp.condition("arrived IS NOT NULL"), sql.value(1))], sql.value(0))
    )
    return (
        exp.select(
            "path",
            exp.alias_(names, "way"),
            exp.alias_(took, "took"),
            exp.alias_(converted, "converted"),
        )
        .from_("placed")
        .where(where)
        .group_by("path")
    )
