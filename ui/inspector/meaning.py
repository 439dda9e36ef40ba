"""
What values mean: when a number or a text is a time, and what an address is made of.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from app.decode.request import MOST_FIELDS, split
from ui.plain import local_time

LONGEST = 8_000
"""Longer texts are not taken apart."""
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?")
_TIMELIKE = re.compile(r"time|date|stamp|expir|created|updated|(^|_)(at|on|ts)$", re.IGNORECASE)
_FIRST_MS, _LAST_MS = 978_307_200_000, 4_102_444_800_000
"""Of this century: other numbers of that length are no times."""


def time_of(name: str, value: object) -> str:
    """The local time that a value stands for, or an empty text. Milliseconds are known by their
    size, seconds only where the name says so."""
    if type(value) is int:
        if _FIRST_MS <= value < _LAST_MS:
            return local_time(value)
        is_seconds = _FIRST_MS <= value * 1000 < _LAST_MS and _TIMELIKE.search(name[:200])
        return local_time(value * 1000) if is_seconds else ""
    if isinstance(value, str) and 16 <= len(value) <= 40 and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return ""
        # Without a zone it is UTC, as SDKs and exports mean it.
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return local_time(round(aware.timestamp() * 1000))
    return ""


@lru_cache(maxsize=256)
def address_parts(text: str) -> tuple[tuple[str, str], ...]:
    """The parts of an address, decoded, by name; empty for what is none, or says all by itself."""
    if not text.startswith(("http://", "https://")) or len(text) > LONGEST:
        return ()
    parts = split(text)
    if not parts.hostname or not (parts.query or parts.fragment or "%" in parts.path):
        return ()
    try:
        fields = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        fields = []
    found = [("host", parts.netloc.rpartition("@")[2]), ("path", unquote(parts.path))]
    found += [(f"?{name}", value) for name, value in fields]
    if parts.fragment:
        found.append(("#", unquote(parts.fragment)))
    return tuple((name, value) for name, value in found if value or name.startswith("?"))
