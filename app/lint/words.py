"""
Values of events in sentences: on one line, short, and telling texts from numbers.
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from app.decode.body import clean, json_text

LONGEST_VALUE = 60
_LAST_MS = 253_402_300_799_999


def shown(value: Any, most: int = LONGEST_VALUE) -> str:
    """A value as a sentence shows it: `"text"`, `4.99`, `["a"]`; nothing for None."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f'"{name(value, most)}"'
    try:
        text = json_text(value)
    except (TypeError, ValueError, RecursionError):
        text = repr(type(value).__name__)
    return name(text, most)


def name(text: str, most: int = LONGEST_VALUE) -> str:
    """A name on one line, without what could hide or turn around its neighbours."""
    if len(text) <= most and text.isascii() and text.isprintable():
        return text
    short = clean(text[: most + 1])
    line = "".join(
        " " if unicodedata.category(letter)[0] in "CZ" and letter != " " else letter
        for letter in short
    )
    return f"{line[:most]}…" if len(text) > most else line


def several(names: Iterable[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    found = list(names)
    text = ", ".join(map(name, found[:most]))
    return f"{text} and {len(found) - most} more" if len(found) > most else text


def moment(time_ms: int) -> str:
    """A time as `2026-11-21 17:11:46 UTC`; one that no calendar knows as its number."""
    if not 0 <= time_ms <= _LAST_MS:
        return str(time_ms)
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def span(ms: int) -> str:
    """A length of time in the unit that reads best."""
    ms = abs(ms)
    for size, unit in ((86_400_000, "days"), (3_600_000, "h"), (60_000, "min"), (1000, "s")):
        if ms >= size:
            return f"{ms / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{ms} ms"
