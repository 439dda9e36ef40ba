"""
Where an axis has its marks, and what they say.
"""

import math
from datetime import UTC, date, datetime, timedelta, tzinfo

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
_WITHIN_DAY = (
    1 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
    1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    1 * HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR,
)  # fmt: skip
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 3, 6, 12, 60, 120, 600, 1200, 6000, 12_000, 60_000, 120_000)
MOST_DAYS = 400
TINY = 1e-300


def value_ticks(top: float, most: int = 4) -> list[float]:
    """Round numbers from 0 to at least `top`, about `most` of them above 0."""
    if top <= TINY:
        return [0.0, 1.0]
    step = _step(top / most)
    if top == int(top):
        # Of things that are counted there are no halves.
        step = max(1.0, step)
    return [step * at for at in range(math.ceil(top / step - 1e-9) + 1)]


def round_marks(low: float, top: float, most: int = 5) -> list[float]:
    """Round numbers between two ends, which are marks themselves where no other is near."""
    step = _step((top - low) / most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(top / step + 1e-9)
    # What is no round number only for how floats are added up lies at the end.
    found = [min(top, max(low, step * at)) for at in range(first, last + 1)]
    near = step * 0.4
    ends = [end for end in (low, top) if all(abs(end - mark) > near for mark in found)]
    return sorted([*found, *ends])


def _step(rough: float) -> float:
    """The next round number."""
    scale = 10.0 ** math.floor(math.log10(max(TINY, rough)))
    return next(scale * unit for unit in (1, 2, 5, 10) if scale * unit >= rough * 0.999)


def full_text(value: float) -> str:
    """A number with thousands apart; a dash where there is none."""
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"


def with_unit(text: str, unit: str) -> str:
    """A number that was made into text, with `%` behind it or `$` before it; a unit with `#` in
    it has the number there."""
    if text == full_text(math.nan):
        return text
    if unit == "%":
        return f"{text} %"
    if "#" in unit:
        return unit.replace("#", text, 1)
    return f"{unit}{text}"


def value_text(value: float) -> str:
    """The same, short when it is large, for axes."""
    if abs(value) >= 1e15:
        return f"{value:.3g}"
    for scale, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= scale:
            return f"{value / (1e3 if unit == 'k' else scale):,.4g}{unit}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def time_ticks(
    start_ms: int, end_ms: int, most: int, zone: tzinfo | None = None
) -> list[tuple[int, str]]:
    """Round times between two moments with their labels, at most about `most`. `zone` None is
    that of the person."""
    first = local(start_ms, zone)
    if first is None or local(end_ms, zone) is None:
        return []
    try:
        return _ticks(first, start_ms, end_ms, max(1, most), zone)
    except (OverflowError, ValueError, OSError):
        return []  # At the ends of the calendar.


def _ticks(
    first: datetime, start_ms: int, end_ms: int, most: int, zone: tzinfo | None
) -> list[tuple[int, str]]:
    length = max(1, end_ms - start_ms)
    step = next((step for step in _WITHIN_DAY if length / step <= most), None)
    if step is not None:
        return _within_days(first, start_ms, end_ms, step, zone)
    days = next((days for days in _DAYS if length / (days * DAY) <= most), None)
    if days is not None:
        return _by_days(first, start_ms, end_ms, days, zone)
    months = next((n for n in _MONTHS if length / (n * 30.4 * DAY) <= most), _MONTHS[-1])
    return _by_months(first, start_ms, end_ms, months, zone)


def local(at_ms: float, zone: tzinfo | None) -> datetime | None:
    """A moment in a zone, or None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return None


def span_text(start_ms: int, end_ms: int, zone: tzinfo | None = None) -> str:
    """From when to when, as short as it is clear: what is as long as a day has its year, which
    charts of years go by, and one day its name, because weeks have a rhythm."""
    start, end = local(start_ms, zone), local(end_ms, zone)
    if start is None or end is None:
        return f"{start_ms} – {end_ms}"
    length = end_ms - start_ms
    if length >= DAY and not (start.hour or start.minute or end.hour or end.minute):
        # The day before, also where clocks are changed in between.
        last = (end - timedelta(hours=12)).date()
        if last == start.date():
            return f"{start:%a} {_day(start)} {start.year}"
        year = "" if last.year == start.year else f" {start.year}"
        return f"{_day(start)}{year} – {_day(last)} {last.year}"
    clock = "%H:%M:%S" if length < MINUTE or start.second or end.second else "%H:%M"
    has_year = length >= DAY or start.year != end.year
    year = f" {start.year}" if has_year else ""
    other = f" {end.year}" if start.year != end.year else ""
    to = f"{end:{clock}}" if start.date() == end.date() else f"{_day(end)}{other} {end:{clock}}"
    return f"{_day(start)}{year} {start:{clock}} – {to}"


def _within_days(
    first: datetime, start_ms: int, end_ms: int, step: int, zone: tzinfo | None
) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    midnight = _midnight(first, zone)
    for _ in range(MOST_DAYS):
        begin = _ms(midnight)
        if begin >= end_ms:
            break
        after = max(0, -(-(start_ms - begin) // step))
        midnight = _midnight(midnight + timedelta(days=1), zone)
        # A day has 23 or 25 hours when clocks are changed.
        places = range(begin + after * step, min(_ms(midnight), end_ms + 1), step)
        found.extend((at, _clock(at, step, zone)) for at in places)
    return found


def _by_days(
    first: datetime, start_ms: int, end_ms: int, days: int, zone: tzinfo | None
) -> list[tuple[int, str]]:
    day = _midnight(first, zone)
    found: list[tuple[int, str]] = []
    while (at := _ms(day)) <= end_ms and len(found) < MOST_DAYS:
        if at >= start_ms and day.toordinal() % days == 0:
            found.append((at, _day(day)))
        day = _midnight(day + timedelta(days=1, hours=1), zone)
    return found


def _by_months(
    first: datetime, start_ms: int, end_ms: int, months: int, zone: tzinfo | None
) -> list[tuple[int, str]]:
    number = (first.year * 12 + first.month - 1) // months * months
    found: list[tuple[int, str]] = []
    while number // 12 <= 9998 and len(found) < MOST_DAYS:
        year, month = divmod(number, 12)
        number += months
        if year < 1:
            continue
        day = _midnight(datetime(year, month + 1, 1, 12, tzinfo=first.tzinfo), zone)
        at = _ms(day)
        if at > end_ms:
            break
        if at >= start_ms:
            found.append((at, f"{day:%b} {day.year}" if months < 12 else str(day.year)))
    return found


def _midnight(day: datetime, zone: tzinfo | None) -> datetime:
    """When a day begins, in the offset that is valid then."""
    begin = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - its zone comes next
    return begin.astimezone() if zone is None else begin.replace(tzinfo=zone)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _clock(at_ms: int, step: int, zone: tzinfo | None) -> str:
    moment = local(at_ms, zone)
    if moment is None:
        return ""
    if step < MINUTE:
        return f"{moment:%H:%M:%S}"
    return _day(moment) if not (moment.hour or moment.minute) else f"{moment:%H:%M}"


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%b}"
