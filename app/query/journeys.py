"""
Journeys: what people did after an event, before one, or between two (semantics §11).

A tree of steps as a list of nodes, each with the way to it. SQL cuts the events into paths and
counts them; a node's number is that of the paths that begin so.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from app.query import sql, units
from app.query.calendar import Buckets, cut, span_of
from app.query.conditions import (
    Context,
    elements,
    event_is,
    in_project,
    is_active,
    is_listed,
    person,
    source,
    time,
)
from app.query.definition import EventSpec, Journeys
from app.query.segments import in_segment
from app.query.sql import Sql

type Rows = Callable[[str], list[tuple[Any, ...]]]
type Way = tuple[str, ...]

DROPPED = "Dropped off"
NOTHING_BEFORE = "Did not perform an event"
OTHER = "Other"
BESIDE = " · "
"""Between the type of a step and the values that it is expanded by."""
APART = "\x1f"
SECOND = 1000
MOST_UNITS = 1 << 24
"""Numbers of groups are smaller than this."""


@dataclass(frozen=True, slots=True)
class JourneyNode:
    """A step of a path. `way` are the steps that lead to it, itself last; of journeys that end
    with an event, it is read backward. `count` are users (or paths), `share` their part of all
    that begin, `of_parent` of those one step earlier. Nobody is behind a dropped-off node."""

    way: Way
    count: int
    share: float
    of_parent: float

    @property
    def is_drop(self) -> bool:
        """Whether it stands for those who did nothing more."""
        return self.way[-1] in (DROPPED, NOTHING_BEFORE)


@dataclass(frozen=True, slots=True)
class WholePath:
    """A full path: how many took it, and how long on average from the first to the last step."""

    way: Way
    count: int
    seconds: float | None
    converted: bool


@dataclass(frozen=True, slots=True)
class JourneysFigure:
    """All nodes, level by level and the largest first; and the most frequent full paths."""

    total: int
    nodes: tuple[JourneyNode, ...]
    paths: tuple[WholePath, ...]
    sql: tuple[str, ...]


def journeys(chart: Journeys, rows: Rows, context: Context) -> JourneysFigure:
    """The answer to journeys. Raises BadInput for what cannot be asked."""
    statement = units.text(_paths(chart, context), context)
    found = [_path(chart, row) for row in rows(statement)]
    total = sum(one.count for one in found)
    paths = sorted(found, key=lambda one: (-one.count, one.way))[:100]
    return JourneysFigure(total, _nodes(chart, found, total), tuple(paths), (statement,))


def _path(chart: Journeys, row: tuple[Any, ...]) -> WholePath:
    text, count, seconds, converted = row
    way = tuple(text.split(APART))
    arrived = bool(converted) and chart.end is not None
    shown = way[: chart.levels]
    if len(way) < chart.levels and not arrived and not (chart.end and not chart.start):
        shown = (*shown, DROPPED)
    if chart.start is None and len(way) < chart.levels:
        shown = (*shown, NOTHING_BEFORE)
    done = converted if chart.end is not None else len(way) > 1
    return WholePath(shown, int(count), None if seconds is None else float(seconds), bool(done))


def _nodes(chart: Journeys, found: list[WholePath], total: int) -> tuple[JourneyNode, ...]:
    counts: dict[Way, int] = defaultdict(int)
    for one in found:
        for depth in range(1, len(one.way) + 1):
            counts[one.way[:depth]] += one.count
    children: dict[Way, list[Way]] = defaultdict(list)
    for way in counts:
        children[way[:-1]].append(way)
    nodes: list[JourneyNode] = []
    level: list[Way] = [()]
    while level:
        following: list[Way] = []
        for parent in level:
            kept = _kept(chart, children[parent], counts)
            whole = counts[parent] if parent else total
            nodes += [JourneyNode(way, n, n / total, n / whole) for way, n in kept]
            following += [way for way, _ in kept if way[-1] != OTHER]
        level = following
    return tuple(nodes)


def _kept(chart: Journeys, ways: list[Way], counts: dict[Way, int]) -> list[tuple[Way, int]]:
    """The largest branches; the rest together, and those who dropped out last."""
    if not ways:
        return []
    drops = [way for way in ways if way[-1] in (DROPPED, NOTHING_BEFORE)]
    steps = sorted((way for way in ways if way not in drops), key=lambda w: (-counts[w], w))
    kept = [(way, counts[way]) for way in steps[: chart.top]]
    rest = sum(counts[way] for way in steps[chart.top :])
    if rest:
        kept.append(((*steps[0][:-1], OTHER), rest))
    return kept + [(way, counts[way]) for way in drops]


def _paths(chart: Journeys, context: Context) -> exp.Select:
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


def journey_behind(chart: Journeys, way: Way, context: Context) -> tuple[exp.Select, exp.Select]:
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
        exp.alias_(_title(chart, context, buckets), "name"),
        exp.alias_(starts, "starts"),
        exp.alias_(ends, "ends"),
    ]
    if shown:
        columns.append(exp.alias_(_flag(shown.copy()), "shown"))
    inside = _flag(buckets.within(time()))
    found = source(matches, [*columns, exp.alias_(inside, "inside")])
    labels = _labels(chart)
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


def _labels(chart: Journeys) -> exp.Select | None:
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


def _title(chart: Journeys, context: Context, buckets: Buckets) -> Sql:
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


def journeys_json(figure: JourneysFigure) -> dict[str, Any]:
    """The documented JSON form of an answer."""
    return {
        "total": figure.total,
        "nodes": [
            {
                "way": list(one.way),
                "count": one.count,
                "share": one.share,
                "of_parent": one.of_parent,
                "is_drop": one.is_drop,
            }
            for one in figure.nodes
        ],
        "paths": [
            {
                "way": list(one.way),
                "count": one.count,
                "seconds": one.seconds,
                "converted": one.converted,
            }
            for one in figure.paths
        ],
    }
