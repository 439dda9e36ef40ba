"""
What events of a stream are grouped by, and what a group is called.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from app.naming import PREFIX

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


def title_of(by: By, key: Key, who: str, properties: Sequence[str | None], person: str = "") -> str:
    """The name of a group. `who` is the user or the device of its newest event, `properties` are
    those of some of its events as JSON; `person` is the name of the person with the number `key`.
    """
    if by is By.UPLOAD:
        return f"Upload {key:,}"
    if by is By.SESSION:
        return "Out of session" if key is None else f"Session of {who}"
    if by is By.PAGE_VIEW:
        return "Without a page view" if key is None else _page(properties) or str(key)
    return person or who or "Nobody"


def _page(properties: Iterable[str | None]) -> str:
    """The page, from the first event that says it: not every event of a page view does."""
    for text in properties:
        known = _properties(text)
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
