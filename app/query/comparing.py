"""
Earlier periods that a chart is compared with (semantics §7.8).

A comparison is a calendar unit (`month`: the same length of time, a month earlier), so many days
or weeks (`45 days`, which keeps its distance while the range moves), or a date at which the
earlier period begins or ends (`starting 2026-10-01`, `ending 2026-10-31`).
"""

import re
from datetime import date, timedelta

from app.query.calendar import Buckets, Clock, Span, ceiling, cut, shifted
from app.query.node import BadDefinition

SHIFTS = ("day", "week", "month", "quarter", "year")
_DISTANCE = re.compile(r"([1-9]\d{0,4}) (days?|weeks?)")
_FIXED = re.compile(r"(starting|ending) (\d{4}-\d{2}-\d{2})")


def is_comparison(text: str) -> bool:
    """Whether a text names an earlier period."""
    fixed = _FIXED.fullmatch(text)
    if fixed:
        try:
            date.fromisoformat(fixed[2])
        except ValueError:
            return False
    return bool(text in SHIFTS or _DISTANCE.fullmatch(text) or fixed)


def earlier(buckets: Buckets, comparison: str, clock: Clock) -> Buckets:
    """The intervals of the earlier period. Raises BadDefinition for one that is not earlier."""
    back = _days_back(buckets.span, comparison, clock)
    if back is not None:
        return _moved(buckets, back, clock)
    # Months differ in length: what is a month earlier is cut anew, and may have fewer days.
    span = buckets.span
    start = shifted(span.start_ms, comparison, -1, clock)
    last = shifted(span.end_ms - 1, comparison, -1, clock)
    if buckets.interval in ("realtime", "hour"):
        return cut(Span(start, last + 1), buckets.interval, clock)
    return cut(Span(start, ceiling(last, "day", clock)), buckets.interval, clock)


def _days_back(span: Span, comparison: str, clock: Clock) -> int | None:
    """By how many days of the wall clock a period is earlier; None for calendar units that have
    no fixed number of days."""
    if comparison in ("day", "week"):
        return 1 if comparison == "day" else 7
    distance = _DISTANCE.fullmatch(comparison)
    if distance:
        return int(distance[1]) * (7 if distance[2].startswith("week") else 1)
    fixed = _FIXED.fullmatch(comparison)
    if not fixed:
        return None
    edge = span.start_ms if fixed[1] == "starting" else span.end_ms - 1
    back: timedelta = clock.at(edge).date() - date.fromisoformat(fixed[2])
    if back.days < 1:
        raise BadDefinition("compare", f"The period {comparison} is not earlier than the chart's.")
    return back.days


def _moved(buckets: Buckets, days: int, clock: Clock) -> Buckets:
    """As many intervals, each so many days earlier."""
    starts = tuple(shifted(one, "day", -days, clock) for one in buckets.starts)
    ends = tuple(shifted(one, "day", -days, clock) for one in buckets.ends)
    return Buckets(buckets.interval, starts, ends)
