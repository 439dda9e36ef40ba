"""
Which events of an upload Amplitude refuses, and with which body (wire-format §2.1, §4.1, §4.2).

Pure. Lenient where documents are silent: what Amplitude takes must not be refused here. Ids that
are too short are dropped from their event; only an event without any id left is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from app.ingest.identity import PLACEHOLDERS, shortest_id
from app.model import Event, Upload

MOST_EVENTS = 2000
DEEPEST = 40

RESERVED = frozenset(
    {
        "[Amplitude] Start Session",
        "[Amplitude] End Session",
        "[Amplitude] Revenue",
        "[Amplitude] Revenue (Verified)",
        "[Amplitude] Revenue (Unverified)",
        "[Amplitude] Merged User",
    }
)
"""Names that the server makes itself; senders must not use them."""

Indexes = dict[str, list[int]]

_OBJECTS = ("event_properties", "user_properties", "groups", "group_properties")
_INTEGERS = ("time", "session_id", "event_id")
_NUMBERS = ("price", "quantity", "revenue", "location_lat", "location_lng")
# Places in an `Event`: much faster than by name.
_type = itemgetter(0)
_ids = itemgetter(2, 3)
_IDS: Final = ("user_id", "device_id")
_CONTAINERS = frozenset({dict, list})
_SUSPICIOUS = frozenset("{[")
_NO_TEXTS = PLACEHOLDERS | {"true", "false"}
"""What ids of other JSON types look like as text, besides lists and objects."""


@dataclass(slots=True)
class Findings:
    """What is wrong: field → indexes of events, ascending."""

    missing: Indexes = field(default_factory=dict)
    invalid: Indexes = field(default_factory=dict)
    short_ids: Indexes = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.missing or self.invalid or self.short_ids)

    def indexes(self) -> set[int]:
        """All events at fault."""
        maps = (self.missing, self.invalid, self.short_ids)
        return {index for found in maps for indexes in found.values() for index in indexes}


def check(upload: Upload) -> Findings:
    """What Amplitude would find wrong with the events of a well-formed upload.

    Runs for every event of a busy capture: what is usual is passed quickly, and only what is not
    is looked at field by field.
    """
    found = Findings()
    values: list[Any] = []
    for index, event in enumerate(upload.events):
        raw = event.raw
        get = raw.get
        properties = get("event_properties")
        if (
            type(get("event_type")) is not str
            or type(properties) is not dict
            or type(get("time")) is not int
            or type(get("event_id")) is not int
            or type(get("session_id")) is not int
            or not raw["event_type"]
            or "user_properties" in raw
            or "groups" in raw
            or "group_properties" in raw
            or "price" in raw
            or "quantity" in raw
            or "revenue" in raw
            or "location_lat" in raw
            or "location_lng" in raw
        ):
            _check_fields(index, raw, found)
            values += map(raw.get, _OBJECTS)
        else:
            values += properties.values()
    if not _CONTAINERS.isdisjoint(map(type, values)):
        _check_depths(upload.events, found)
    if not RESERVED.isdisjoint(map(_type, upload.events)):
        _check_names(upload.events, found)
    # Most uploads are about one person.
    at_least = shortest_id(upload.options)
    people = set(map(_ids, upload.events))
    if not all(_good_ids(user, device, at_least) for user, device in people):
        for index, event in enumerate(upload.events):
            _check_ids(index, event, at_least, found)
    return found


def refusal(found: Findings, *, first_only: bool) -> dict[str, object]:
    """The documented 400. HTTP V2 names the first event of each field, Batch all.

    Ids are measured after everything else, and have a body of their own.
    """
    if found.missing or found.invalid:
        return refused(
            "Invalid field values on some events",
            invalid=_reported(found.invalid, first_only),
            missing=_reported(found.missing, first_only),
        )
    return {
        "code": 400,
        "error": "Invalid id length for user_id or device_id",
        "events_with_invalid_id_lengths": _reported(found.short_ids, first_only),
    }


def refused(
    error: str,
    missing_field: str | None = None,
    *,
    invalid: Indexes | None = None,
    missing: Indexes | None = None,
) -> dict[str, object]:
    """The body of a 400."""
    return {
        "code": 400,
        "error": error,
        "missing_field": missing_field,
        "events_with_invalid_fields": invalid or {},
        "events_with_missing_fields": missing or {},
    }


def _check_depths(events: Iterable[Event], found: Findings) -> None:
    for index, event in enumerate(events):
        for name in _OBJECTS:
            value = event.raw.get(name)
            if isinstance(value, dict) and _is_deep(value):
                _note(found.invalid, name, index)


def _check_fields(index: int, raw: dict[str, Any], found: Findings) -> None:
    kind = raw.get("event_type")
    if kind is not None and not isinstance(kind, str):
        _note(found.invalid, "event_type", index)
    elif not kind:
        _note(found.missing, "event_type", index)
    for name in _OBJECTS:
        if not isinstance(raw.get(name), dict | None):
            _note(found.invalid, name, index)
    for name in _INTEGERS:
        if not _is_integer(raw.get(name)):
            _note(found.invalid, name, index)
    for name in _NUMBERS:
        if not _is_number(raw.get(name)):
            _note(found.invalid, name, index)


def _check_names(events: Iterable[Event], found: Findings) -> None:
    for index, event in enumerate(events):
        if event.type in RESERVED:
            _note(found.invalid, "event_type", index)


def _check_ids(index: int, event: Event, at_least: int, found: Findings) -> None:
    """Refuse ids that are no ids, then see whether a long enough one is left."""
    raw = event.raw
    given = {
        name: value
        for name, value in zip(_IDS, (event.user_id, event.device_id), strict=True)
        if value is not None
    }
    if not given:
        for name in _IDS:
            _note(found.missing, name, index)
        return
    long_enough = {name: value for name, value in given.items() if len(value) >= at_least}
    for name, value in given.items():
        placeholder = name in long_enough and value.strip().lower() in PLACEHOLDERS
        if placeholder or type(raw.get(name)) not in (str, int, float):
            _note(found.invalid, name, index)
    if not long_enough:
        for name in given:
            _note(found.short_ids, name, index)


def _good_ids(user: str | None, device: str | None, at_least: int) -> bool:
    """A quick yes for ids that need no closer look."""
    if user is None and device is None:
        return False
    return _good_id(user, at_least) and _good_id(device, at_least)


def _good_id(value: str | None, at_least: int) -> bool:
    if value is None:
        return True
    # Ids are text here whatever was sent: lists, objects, true and false begin like this.
    return (
        len(value) >= at_least
        and value[:1] not in _SUSPICIOUS
        and value.strip().lower() not in _NO_TEXTS
    )


def _is_deep(value: dict[str, Any]) -> bool:
    """Whether containers are nested beyond the limit. Level by level, so that hostile depth costs
    no recursion."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [item for container in level for item in _containers(container)]
        if not level:
            return False
    return True


def _containers(value: Any) -> Iterable[Any]:
    items = value.values() if type(value) is dict else value
    return [item for item in items if type(item) is dict or type(item) is list]


def _is_integer(value: Any) -> bool:
    if value is None or type(value) is int:
        return True
    return type(value) is float and value.is_integer()


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        # Taken as the number that it spells.
        try:
            float(value)
        except ValueError:
            return False
        return True
    return value is None or type(value) is int or type(value) is float


def _note(indexes: Indexes, name: str, index: int) -> None:
    indexes.setdefault(name, []).append(index)


def _reported(indexes: Indexes, first_only: bool) -> Indexes:
    """As a body lists them: each index once, ascending."""
    if first_only:
        return {name: [min(found)] for name, found in indexes.items()}
    return {name: sorted(set(found)) for name, found in indexes.items()}
