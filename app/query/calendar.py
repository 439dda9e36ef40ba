"""
Ranges and intervals of charts in a person's time zone (semantics §0.1, §0.2).

A range is cut into buckets by the wall clock, never by fixed 86 400 s, so that days of daylight
saving have 23 or 25 hours. Everything is integer milliseconds; `now_ms` is always given.
"""

import calendar
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlglot import exp

from app.errors import BadInput
from app.query import sql
from app.query.sql import Sql

INTERVALS = ("realtime", "hour", "day", "week", "month", "quarter", "year")
"""From fine to coarse. `realtime` is five minutes."""
MOST_BUCKETS = 5000
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_STEP = {"realtime": 5 * MINUTE, "hour": HOUR}
BEYOND = "The range of a chart lies between the years 1 and 9999."
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Clock:
    """What a chart's times depend on besides its definition.

    `week_start` is 1 for Monday to 7 for Sunday, `quarter_start` the month in which a year's
    first quarter begins.
    """

    now_ms: int
    zone: str = "UTC"
    week_start: int = 1
    quarter_start: int = 1

    def tz(self) -> ZoneInfo:
        """The time zone. Raises BadInput for one that does not exist."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise BadInput(f"There is no time zone {self.zone!r}.") from error

    def at(self, time_ms: int) -> datetime:
        """A time on this clock's wall. Raises BadInput beyond the years 1 to 9999."""
        try:
            return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time_ms)).astimezone(
                self.tz()
            )
        except OverflowError as error:
            raise BadInput(BEYOND) from error


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms`, until before `end_ms`."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Buckets:
    """A range cut into intervals: bucket i is from `starts[i]` until before `ends[i]`.

    `partial` are the indexes of those that run beyond now. `without` are excluded weekdays as
    spans inside buckets (semantics §0.2).
    """

    interval: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    partial: frozenset[int] = frozenset()
    without: tuple[Span, ...] = field(default=())

    @property
    def span(self) -> Span:
        """From the first start to the last end."""
        return Span(self.starts[0], self.ends[-1]) if self.starts else Span(0, 0)

    def __len__(self) -> int:
        return len(self.starts)

    def index(self, time_ms: int) -> int | None:
        """The bucket of a time, or None outside."""
        found = bisect_right(self.starts, time_ms) - 1
        return found if found >= 0 and time_ms < self.ends[found] else None

    def within(self, time: Sql) -> Sql:
        """The condition that a time lies in the range and on no excluded weekday."""
        span = self.span
        inside = sql.both(
            exp.GTE(this=time.copy(), expression=sql.value(span.start_ms)),
            exp.LT(this=time.copy(), expression=sql.value(span.end_ms)),
        )
        if not self.without:
            return inside
        return sql.both(inside, exp.not_(exp.paren(sql.either(*_runs_of_days(self, time)))))

    def number(self, time: Sql) -> Sql:
        """The index of a time's bucket; only right for times within."""
        return _number(self.starts, self.ends[-1], time) if self.starts else sql.value(0)


def _runs_of_days(buckets: Buckets, time: Sql) -> list[Sql]:
    return [
        exp.paren(
            sql.both(
                exp.GTE(this=time.copy(), expression=sql.value(span.start_ms)),
                exp.LT(this=time.copy(), expression=sql.value(span.end_ms)),
            )
        )
        for span in buckets.without
    ]


def _number(starts: tuple[int, ...], end: int, time: Sql) -> Sql:
    """Integer arithmetic over runs of equally long buckets: a year of days is two or three runs,
    and no engine has to know a time zone."""
    edges = (*starts, end)
    runs: list[tuple[int, int]] = []  # (index of the first bucket, width)
    for i, (low, high) in enumerate(pairwise(edges)):
        if not runs or runs[-1][1] != high - low:
            runs.append((i, high - low))
    results = [_within_run(starts[first], first, width, time) for first, width in runs]
    if len(runs) == 1:
        return results[0]
    branches: list[tuple[Sql, Sql]] = [
        (exp.LT(this=time.copy(), expression=sql.value(starts[following])), result)
        for (following, _), result in zip(runs[1:], results, strict=False)
    ]
    return sql.cases(branches, results[-1])


def _within_run(start: int, first: int, width: int, time: Sql) -> Sql:
    passed = exp.Sub(this=time.copy(), expression=sql.value(start))
    whole = exp.cast(
        exp.Floor(this=exp.Div(this=exp.paren(passed), expression=sql.value(float(width)))), "INT"
    )
    return exp.Add(this=whole, expression=sql.value(first)) if first else whole


@dataclass(frozen=True, slots=True)
class Range:
    """Which time a chart is about. One of three forms:

    `last` N `unit`s, which are N full ones and the running one (`complete` leaves that out,
    `offset` shifts back by so many); `since` a date; `start` to `end`, both included when dates.
    Dates are `2026-11-01`, times `2026-11-01T09:30` or with seconds. `without` are weekdays
    (`sat`) that are left out.
    """

    last: int | None = None
    unit: str = "day"
    offset: int = 0
    complete: bool = False
    since: str | None = None
    start: str | None = None
    end: str | None = None
    without: tuple[str, ...] = ()


def span_of(wanted: Range, clock: Clock) -> Span:
    """The range in milliseconds; relative ones end with the running unit, not now."""
    if wanted.last is not None:
        return _last(wanted, clock)
    if wanted.since is not None:
        today = floor(clock.now_ms, "day", clock)
        start = _moment(wanted.since, clock, end=False)
        end = ceiling(today, "day", clock)
        if start >= end:
            raise BadInput(f"The range begins after now, on {wanted.since}.")
        return Span(start, end)
    start = _moment(wanted.start or "", clock, end=False)
    end = _moment(wanted.end or "", clock, end=True)
    if start >= end:
        raise BadInput(f"The range ends before it begins: {wanted.start} to {wanted.end}.")
    return Span(start, end)


def _last(wanted: Range, clock: Clock) -> Span:
    running = floor(clock.now_ms, wanted.unit, clock)
    last = wanted.last or 0
    start = shifted(running, wanted.unit, -(last + wanted.offset), clock)
    end = running if wanted.complete else ceiling(running, wanted.unit, clock)
    if wanted.offset:
        end = shifted(end, wanted.unit, -wanted.offset, clock)
    return Span(start, end)


def _moment(text: str, clock: Clock, *, end: bool) -> int:
    try:
        given = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is neither a date such as 2026-11-01 nor a time.") from error
    if given.tzinfo is None:
        given = given.replace(tzinfo=clock.tz())
    if end and len(text) == len("2026-11-01"):
        return _ms(_wall(_add_days(given.date(), 1), clock))
    return _ms(given)


def _wall(day: date, clock: Clock) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.tz())


def _ms(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def floor(time_ms: int, interval: str, clock: Clock) -> int:
    """The start of the interval that holds a time."""
    wall = clock.at(time_ms)
    if interval in _STEP:
        offset = round((wall.utcoffset() or timedelta()) / timedelta(milliseconds=1))
        step = _STEP[interval]
        return (time_ms + offset) // step * step - offset
    return _ms(_wall(_first_day(wall.date(), interval, clock), clock))


def _first_day(day: date, interval: str, clock: Clock) -> date:
    if interval == "week":
        return _add_days(day, -((day.isoweekday() - clock.week_start) % 7))
    if interval == "month":
        return day.replace(day=1)
    if interval == "quarter":
        back = (day.month - clock.quarter_start) % 3
        return _add_months(day.replace(day=1), -back)
    if interval == "year":
        return day.replace(month=1, day=1)
    return day


def ceiling(time_ms: int, interval: str, clock: Clock) -> int:
    """The start of the interval after the one that holds a time."""
    return shifted(floor(time_ms, interval, clock), interval, 1, clock)


def shifted(time_ms: int, unit: str, count: int, clock: Clock) -> int:
    """The same wall clock time so many units later, or earlier when negative. Days that a month
    does not have become its last (semantics §7.8)."""
    if unit in _STEP:
        return time_ms + count * _STEP[unit]
    wall = clock.at(time_ms)
    if unit in _MONTHS:
        day = _add_months(wall.date(), count * _MONTHS[unit])
    else:
        day = _add_days(wall.date(), count * (7 if unit == "week" else 1))
    # A new wall time of the zone: adding a duration would be off on days of daylight saving.
    moved = datetime.combine(day, wall.time(), tzinfo=clock.tz())
    return _ms(moved)


def _add_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError as error:
        raise BadInput(BEYOND) from error


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise BadInput(BEYOND)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def cut(span: Span, interval: str, clock: Clock, without: tuple[str, ...] = ()) -> Buckets:
    """The range in intervals; the first and the last are clipped to it. Raises BadInput when
    they are too many to be looked at."""
    starts, ends = _edges(span, interval, clock)
    excluded = _weekdays(span, without, clock)
    if excluded and interval not in _MONTHS and interval != "week":
        kept = [i for i, start in enumerate(starts) if not _inside(start, excluded)]
        starts, ends = [starts[i] for i in kept], [ends[i] for i in kept]
    partial = {i for i in range(len(starts)) if starts[i] <= clock.now_ms < ends[i]}
    return Buckets(interval, tuple(starts), tuple(ends), frozenset(partial), tuple(excluded))


def _edges(span: Span, interval: str, clock: Clock) -> tuple[list[int], list[int]]:
    shortest = {"realtime": 5 * MINUTE, "hour": HOUR}.get(interval, DAY)
    if (span.end_ms - span.start_ms) // shortest > MOST_BUCKETS * (7 if shortest == DAY else 1):
        raise BadInput(f"The range is too long for the interval {interval!r}.")
    starts, ends = [], []
    at = span.start_ms
    while at < span.end_ms:
        following = max(ceiling(at, interval, clock), at + 1)
        starts.append(at)
        ends.append(min(following, span.end_ms))
        at = following
    if len(starts) > MOST_BUCKETS:
        raise BadInput(f"The range is too long for the interval {interval!r}.")
    return starts, ends


def _weekdays(span: Span, without: tuple[str, ...], clock: Clock) -> list[Span]:
    if not without:
        return []
    starts, ends = _edges(span, "day", clock)
    days = {WEEKDAYS.index(name) for name in without}
    return [
        Span(low, high)
        for low, high in zip(starts, ends, strict=True)
        if clock.at(low).weekday() in days
    ]


def _inside(time_ms: int, spans: list[Span]) -> bool:
    return any(span.start_ms <= time_ms < span.end_ms for span in spans)


def label(start_ms: int, interval: str, clock: Clock) -> str:
    """A bucket's start for people and for files: `2026-11-01`, or with hours and minutes."""
    wall = clock.at(start_ms)
    return wall.strftime("%Y-%m-%dT%H:%M%z" if interval in _STEP else "%Y-%m-%d")
