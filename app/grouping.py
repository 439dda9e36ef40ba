"""
What events of a stream are grouped by, and what a group is called.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from app.naming import PREFIX
from app.store.events import EventRow

type Key = int | str | None
"""What the events of a group have in common; None for those that have nothing of the kind."""

PAGE_VIEW_ID = f"{PREFIX}Page View ID"
_PAGE_NAMES = tuple(PREFIX + name for name in ("Page Path", "Page Title", "Page URL"))


class By(StrEnum):
    """What belongs together."""

    PAGE_VIEW = "page view"
    SESSION = "session"
    UPLOAD = "upload"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of a group: its name, how many events it has, and when the first and the last
    of them arrived."""

    title: str
    count: int
    first_ms: int
    last_ms: int


def title_of(by: By, key: Key, rows: Sequence[EventRow], person: str = "") -> str:
    """The name of a group. `rows` are some of its events, newest first; `person` is the name of the
    person with the number `key`."""
    newest = rows[0] if rows else None
    who = (newest.user_id or newest.device_id or "") if newest else ""
    if by is By.UPLOAD:
        return f"Upload {key:,}"
    if by is By.SESSION:
        return "Out of session" if key is None else f"Session of {who}"
    if by is By.PAGE_VIEW:
        return "Without a page view" if key is None else _page(rows) or str(key)
    return person or who or "Nobody"


def _page(rows: Iterable[EventRow]) -> str:
    """The page, from the first event that says it: not every event of a page view does."""
    for row in rows:
        known = _properties(row.event_properties)
        for name in _PAGE_NAMES:
            found = known.get(name)
            if isinstance(found, str) and found:
                return found
    return ""


def _properties(text: str | None) -> dict[str, Any]:
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
