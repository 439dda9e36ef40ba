"""
Events as CSV that is safe to open in a spreadsheet.

What a sender wrote may start with `=` and would then run as a formula; such cells get an apostrophe
in front, which spreadsheets show as text.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from app.decode.body import json_text

COLUMNS = (
    "id",
    "upload",
    "position",
    "received_ms",
    "api_key",
    "event_type",
    "time_ms",
    "user_id",
    "device_id",
    "session_id",
    "insert_id",
    "library",
    "outcome",
    "status",
    "endpoint",
    "via",
    "event_properties",
    "user_properties",
    "groups",
    "group_properties",
)
_FROM_EVENT = frozenset(COLUMNS[-4:])
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_rows(events: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Lines of CSV, the first one with the names, of what `store.events.export` yields."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    yield _taken(buffer)
    for event in events:
        raw = event.get("normalised") or event.get("event")
        nested = raw if isinstance(raw, dict) else {}
        writer.writerow(
            cell(nested.get(name) if name in _FROM_EVENT else event.get(name)) for name in COLUMNS
        )
        yield _taken(buffer)


def cell(value: Any) -> str:
    """One value as text that no spreadsheet runs."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        # Numbers are ours to write: -1 is a number, not a formula.
        return str(value)
    text = value if isinstance(value, str) else json_text(value)
    # A NUL ends the file for some readers.
    text = text.replace("\0", "")
    return f"'{text}" if text.lstrip(" ").startswith(_RISKY) else text


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
