"""
What can be typed next while an event is written as JSON: its fields, its type, and names of
properties that were captured.
"""

import json
from enum import StrEnum
from typing import NamedTuple

FIELDS = (
    "event_type", "user_id", "device_id", "time", "event_properties", "user_properties", "groups",
    "group_properties", "session_id", "insert_id", "event_id", "app_version", "platform", "os_name",
    "os_version", "device_brand", "device_manufacturer", "device_model", "carrier", "country",
    "region", "city", "dma", "language", "price", "quantity", "revenue", "productId", "revenueType",
    "currency", "location_lat", "location_lng", "ip", "idfa", "idfv", "adid", "android_id",
    "partner_id", "plan",
)  # fmt: skip
"""The fields of an event, those that are needed most first (wire-format §2.1)."""
LONGEST = 200_000


class What(StrEnum):
    """What kind of name is being typed."""

    FIELD = "field"
    TYPE = "type"
    EVENT_PROPERTY = "prop"
    USER_PROPERTY = "user"


class Typed(NamedTuple):
    """What is being typed, as far as it is there; `start` is where it begins, after the quote."""

    what: What
    part: str
    start: int


def typed(before: str) -> Typed | None:
    """What is being typed at the end of this text; None where nothing can be offered."""
    if len(before) > LONGEST:
        return None
    keys: list[str | None] = []
    """For each object or list that is open, the name after which a value stands."""
    kinds: list[str] = []
    start = -1
    at = 0
    while at < len(before):
        sign = before[at]
        if sign == '"':
            end = _end(before, at + 1)
            if end < 0:
                start = at + 1
                break
            text, at = before[at + 1 : end], end
            if kinds and kinds[-1] == "{" and keys[-1] is None:
                keys[-1] = _plain(text)
        elif sign in "{[":
            kinds.append(sign)
            keys.append(None)
        elif sign in "}]" and kinds:
            kinds.pop()
            keys.pop()
        elif sign == "," and kinds:
            keys[-1] = None
        at += 1
    return _typed(kinds, keys, before, start) if start >= 0 else None


def _typed(kinds: list[str], keys: list[str | None], before: str, start: int) -> Typed | None:
    part = before[start:]
    # Several events are a list of objects.
    names = [key for key, kind in zip(keys, kinds, strict=True) if kind == "{"]
    if not kinds or kinds[-1] != "{" or "[" in kinds[1:]:
        return None
    if len(names) == 1:
        if names[0] is None:
            return Typed(What.FIELD, part, start)
        return Typed(What.TYPE, part, start) if names[0] == "event_type" else None
    scope = {"event_properties": What.EVENT_PROPERTY, "user_properties": What.USER_PROPERTY}.get(
        names[0] or ""
    )
    is_name = names[-1] is None
    # Operations of identify hold names of user properties too.
    is_direct = len(names) == 2 or (len(names) == 3 and (names[1] or "").startswith("$"))
    return Typed(scope, part, start) if scope and is_name and is_direct else None


def _end(text: str, at: int) -> int:
    """Where a text ends that begins here, or -1."""
    while at < len(text) and text[at] not in '"\n':
        at += 2 if text[at] == "\\" else 1
    return at if at < len(text) and text[at] == '"' else -1


def _plain(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text
