"""
Events of a stream in groups: by page view, session, upload or person; newest group first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from app.naming import PREFIX
from app.store.events import EventRow

REST = "none"
"""The key of events that belong to no group."""
PAGE_VIEW_ID = f"{PREFIX}Page View ID"
_PAGE_NAMES = tuple(PREFIX + name for name in ("Page Path", "Page Title", "Page URL"))


class By(StrEnum):
    """What belongs together."""

    PAGE_VIEW = "page view"
    SESSION = "session"
    UPLOAD = "upload"
    PERSON = "person"


@dataclass(slots=True)
class Group:
    """Events that belong together, newest first. `key` stays the same when more arrive."""

    key: str
    title: str
    rows: list[EventRow] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        """The events' numbers."""
        return [row.id for row in self.rows]


def grouped(
    rows: Sequence[EventRow], by: By, people: Mapping[int, tuple[int, str]] | None = None
) -> list[Group]:
    """Groups of rows that are given newest first. `people` gives the number and the name of the
    person of each event that has been studied."""
    found: dict[str, Group] = {}
    for row in rows:
        key, title = _place(row, by, people or {})
        group = found.get(key)
        if group is None:
            group = found[key] = Group(key, title)
        elif title and len(title) > len(group.title) and by is By.PAGE_VIEW:
            # Not every event of a page view says which page it is.
            group.title = title
        group.rows.append(row)
    return list(found.values())


def _place(row: EventRow, by: By, people: Mapping[int, tuple[int, str]]) -> tuple[str, str]:
    """Key and title of the group of an event."""
    if by is By.UPLOAD:
        return f"u{row.upload_id}", f"Upload {row.upload_id:,}"
    if by is By.SESSION:
        return _session(row)
    if by is By.PAGE_VIEW:
        return _page_view(row)
    person = people.get(row.id)
    if person:
        return f"p{person[0]}", person[1]
    name = row.user_id or row.device_id or ""
    return f"n{row.source_id} {name}", name or "Nobody"


def _session(row: EventRow) -> tuple[str, str]:
    if row.session_id is None or row.session_id < 0:
        return REST, "Out of session"
    who = row.user_id or row.device_id or ""
    return f"s{row.source_id} {row.device_id} {row.session_id}", f"Session of {who}"


def _page_view(row: EventRow) -> tuple[str, str]:
    known = _properties(row.event_properties)
    number = known.get(PAGE_VIEW_ID)
    if not isinstance(number, str) or not number:
        return REST, "Without a page view"
    page = next((known[name] for name in _PAGE_NAMES if isinstance(known.get(name), str)), "")
    return f"v{number}", page or number


def _properties(text: str | None) -> dict[str, Any]:
    if not text or PAGE_VIEW_ID not in text:
        return {}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
