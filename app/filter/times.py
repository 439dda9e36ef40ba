"""
Times as a person types them, as spans of milliseconds.

    5m  2h  3d  30s       the last so long        today  yesterday
    10:30  10:30:15       that minute, second     2026-11-21  2026-11-21T10:30

All are local. A span compares as a whole: `time > 10:30` is after that minute.
"""

import re
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from app.filter.tree import Op

_AGO = re.compile(r"([0-9]{1,6})(s|m|min|h|d)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ](.+))?")
FOREVER = 1 << 62


class Times(NamedTuple):
    """From the first millisecond up to, not including, the end."""

    first_ms: int
    end_ms: int


def now_ms() -> int:
    """The time now."""
    return round(time.time() * 1000)


def times(text: str, at_ms: int) -> Times | None:
    """The span that a text means at a moment; None when it means none."""
    text = text.strip()
    if found := _AGO.fullmatch(text):
        return Times(at_ms - int(found[1]) * _SECONDS[found[2]] * 1000, FOREVER)
    now = datetime.fromtimestamp(at_ms / 1000).astimezone()
    if text.lower() == "today":
        return _day(now)
    if text.lower() == "yesterday":
        return _day(now - timedelta(days=1))
    if found := _DATE.fullmatch(text):
        try:
            day = datetime(int(found[1]), int(found[2]), int(found[3])).astimezone()
        except (ValueError, OverflowError, OSError):
            return None
        return _clock(day, found[4]) if found[4] else _day(day)
    return _clock(now, text)


def span(op: Op, value: str, at_ms: int) -> Times:
    """The times for which a comparison holds. Nothing for what means no time."""
    found = times(value, at_ms)
    if found is None:
        return Times(0, 0)
    if op is Op.MORE:
        # "Within the last five minutes" has no other side.
        return Times(found.first_ms if found.end_ms == FOREVER else found.end_ms, FOREVER)
    if op is Op.AT_LEAST:
        return Times(found.first_ms, FOREVER)
    if op is Op.LESS:
        return Times(-FOREVER, found.first_ms)
    if op is Op.AT_MOST:
        return Times(-FOREVER, found.first_ms if found.end_ms == FOREVER else found.end_ms)
    return found


def _day(moment: datetime) -> Times:
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    # Not 24 hours: a day with a change of clocks has 23 or 25.
    following = (start + timedelta(hours=36)).replace(tzinfo=None)
    end = following.replace(hour=0, minute=0, second=0).astimezone()
    return Times(_ms(start.replace(tzinfo=None).astimezone()), _ms(end))


def _clock(day: datetime, text: str) -> Times | None:
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    start = day.replace(hour=hour, minute=minute, second=second, microsecond=0, tzinfo=None)
    first = _ms(start.astimezone())
    return Times(first, first + (1000 if found[3] else 60_000))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
