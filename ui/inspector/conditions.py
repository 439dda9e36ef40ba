"""
From a place in an event to the condition of a filter that its value is.
"""

import re
from typing import Any

from app.filter import Condition, Op, equals, has
from app.filter.fields import KEY_OF, field_text
from ui.plain import moment

_STEP = re.compile(r'\.([^\W\d]\w*)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|^([^\W\d]\w*)')
_SCOPES = {"event_properties": "prop", "user_properties": "user", "groups": "group"}
REMOTE = "$remote"
"""Stands for the address that the server sees, which is not known here."""
_FIELDS = {
    "event_type": "type",
    "user_id": "user",
    "device_id": "device",
    "session_id": "session",
    "library": "sdk",
    "ip": "ip",
}


def steps_of(path: str) -> list[str | int]:
    """The steps of a path as `facts.step` writes it."""
    found: list[str | int] = []
    for name, quoted, place, first in _STEP.findall(path):
        if place:
            found.append(int(place))
        else:
            found.append(name or first or re.sub(r"\\(.)", r"\1", quoted))
    return found


def condition_at(path: str, value: Any) -> Condition | None:
    """The condition that the value at a path is this one; None where filters cannot look."""
    steps = steps_of(path)
    # Filters look into each entry of a list.
    names = [one for one in steps if isinstance(one, str)]
    if not names:
        return None
    if names == ["insert_id"] and isinstance(value, str):
        # Words are looked for among ids too.
        return has("", value)
    if names == ["ip"] and value == REMOTE:
        return None
    if len(names) == 1 and names[0] in _FIELDS and isinstance(value, str | int):
        key = _FIELDS[names[0]]
        return Condition(key, str(value)) if key == "session" else equals(key, str(value))
    if len(names) == 1 and names[0] in KEY_OF:
        text = field_text(value)
        return equals(KEY_OF[names[0]], text) if text else None
    if names[0] not in _SCOPES or len(names) < 2:
        return None
    inside = names[2:] if names[1].startswith("$") and len(names) > 2 else names[1:]
    return property_condition(_SCOPES[names[0]], tuple(inside), value)


def column_at(path: str) -> str:
    """The column that shows what lies at a path; empty where there is none."""
    match steps_of(path):
        case ["event_properties", str(name)]:
            return f"prop.{name}"
        case ["user_properties", str(name)] if not name.startswith("$"):
            return f"user.{name}"
        case ["user_properties", str(operation), str(name)] if operation.startswith("$"):
            return f"user.{name}"
        case [str(name)] if name in KEY_OF:
            return KEY_OF[name]
    return ""


def property_condition(key: str, path: tuple[str, ...], value: Any) -> Condition | None:
    """The condition that a property has this value; None for what cannot be compared."""
    if isinstance(value, str):
        return equals(key, value, path)
    if value is None or isinstance(value, bool):
        return Condition(key, {None: "null", True: "true", False: "false"}[value], Op.EQUAL, path)
    if isinstance(value, int | float):
        return Condition(key, repr(value), Op.EQUAL, path)
    return None


def arrival_condition(at_ms: int) -> Condition | None:
    """Everything that arrived in that second, by this computer's clock."""
    at = moment(at_ms)
    return Condition("time", f"{at:%Y-%m-%dT%H:%M:%S}") if at and at.year >= 1000 else None
