"""
Text from traffic, made fit to be shown: one line, of bounded length, with nothing that acts.

Line feeds and tabs become signs, other control characters and those that turn the writing
direction around a replacement mark, and half surrogates, which Qt cannot hold, question marks.
"""

import re
from datetime import UTC, datetime

LONGEST = 300

# Not the control pictures of Unicode: many fonts lack them.
_SIGNS = dict.fromkeys(range(0x20), 0xFFFD) | {0x09: "⇥", 0x0A: "↵", 0x0D: "↵"}
_ACTING = dict.fromkeys(
    [
        *range(0x80, 0xA0),
        0x061C,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
    ],
    0xFFFD,
)
_VISIBLE = _SIGNS | {0x7F: 0xFFFD} | _ACTING
_LINES = {code: text for code, text in _VISIBLE.items() if code not in (0x09, 0x0A)}
_NEEDS_WORK = re.compile(r"[^ -~]")


def one_line(text: str, longest: int = LONGEST) -> str:
    """`text` as one line of at most `longest` characters and an ellipsis."""
    cut = text[:longest]
    if _NEEDS_WORK.search(cut):
        cut = _storable(cut).translate(_VISIBLE)
    return f"{cut}…" if len(text) > longest else cut


def lines(text: str) -> str:
    """`text` with its line feeds and tabs, and everything else that acts made visible."""
    return _storable(text).translate(_LINES)


def tooltip(text: str, longest: int = 1500) -> str:
    """A tooltip that shows `text` and never reads it as markup. Qt guesses when it looks like
    markup, so it always gets markup of ours."""
    cut = lines(text[:longest]) + ("…" if len(text) > longest else "")
    return f"<p style='white-space: pre-wrap'>{_escaped(cut)}</p>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clipboard(text: str) -> str:
    """`text` as the clipboard can hold it."""
    return _storable(text)


def cell(text: str) -> str:
    """`text` as one cell of tab-separated values that no spreadsheet takes for a formula."""
    flat = _storable(text).replace("\t", " ").replace("\r", " ").replace("\n", " ")
    return f"'{flat}" if flat.startswith(("=", "+", "-", "@")) else flat


def _storable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def moment(at_ms: int) -> datetime | None:
    """A time in the local zone, or None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return None


def clock(at_ms: int, now: datetime | None = None) -> str:
    """Local time with milliseconds, and the day when it is not today."""
    local = moment(at_ms)
    if local is None:
        return str(at_ms)
    time = f"{local:%H:%M:%S}.{at_ms % 1000:03d}"
    today = (now or datetime.now().astimezone()).date()
    if local.date() == today:
        return time
    day = f"{local.day} {local:%b}" if local.year == today.year else f"{local:%Y-%m-%d}"
    return f"{day} {time}"


def local_time(at_ms: int) -> str:
    """Date and local time with milliseconds."""
    local = moment(at_ms)
    return str(at_ms) if local is None else f"{local:%Y-%m-%d %H:%M:%S}.{at_ms % 1000:03d}"


def utc_time(at_ms: int) -> str:
    """ISO 8601 in UTC with milliseconds."""
    local = moment(at_ms)
    if local is None:
        return str(at_ms)
    return f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


_YEAR_S = 365.25 * 86400
_AGES_S = 1000 * _YEAR_S


def ago(at_ms: int, now_ms: int) -> str:
    """How long before `now_ms`, in one unit. Of a time that nobody means it is not said how
    far: a clock that was sent in the wrong unit is ages away."""
    seconds = (now_ms - at_ms) / 1000
    words = "ago" if seconds >= 0 else "from now"
    seconds = abs(seconds)
    if seconds >= _AGES_S:
        return "ages ago" if words == "ago" else "far in the future"
    if seconds >= 2 * _YEAR_S:
        return f"{seconds / _YEAR_S:.0f} y {words}"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} {words}"
    return f"{seconds:.0f} s {words}"


def size(count: int) -> str:
    """Bytes in words."""
    if count < 1000:
        return f"{count} B"
    for unit, scale in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if count < scale * 1000:
            return f"{count / scale:.1f} {unit}"
    return f"{count / 1e12:.1f} TB"


def number(count: int) -> str:
    """A count with thousands apart."""
    return f"{count:,}"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 event`, `2 events`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def short_key(key: str) -> str:
    """An API key by its ends."""
    return one_line(key, 40) if len(key) <= 12 else f"{one_line(key[:4])}…{one_line(key[-4:])}"
