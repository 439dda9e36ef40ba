"""
Events from files, as the uploads that they might have come in.

Events of a file of their own have no envelope: they are grouped by API key, a thousand at most.
What `eventscope events` printed remembers its upload and comes back grouped as it was; what
Amplitude exported is grouped by the minute in which it arrived there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.decode.body import json_text
from app.decode.forms import FAMILIES, body
from app.decode.http_v2 import BATCH
from app.exchange import amplitude
from app.model import Capture, Response, Via

LARGEST_UPLOAD = 1000
MINUTE_MS = 60_000
_OPEN_GROUPS = 32
"""Groups that wait for more at once; beyond this the oldest is closed, so memory stays flat."""

NO_KEY = "imported"
"""Stands for the project of events that do not say to which they belong."""
UNANSWERED = "Imported from a file that does not hold the answer."

_HOST = "https://api2.amplitude.com"
_URL = f"{_HOST}/2/httpapi"
_BATCH_URL = f"{_HOST}/batch"
_JSON_TYPE = "application/json"
_FORM_TYPE = "application/x-www-form-urlencoded"


def is_event(value: Any) -> bool:
    """Whether a JSON value is an event by itself."""
    return isinstance(value, dict) and "event_type" in value and "events" not in value


def is_printed(value: Any) -> bool:
    """Whether a JSON value is a line of `eventscope events`."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("event"), dict)
        and "upload" in value
        and "position" in value
    )


def is_body(value: Any) -> bool:
    """Whether a JSON value is the body of an upload."""
    return isinstance(value, dict) and "events" in value and "api_key" in value


def body_capture(data: bytes, document: dict[str, Any], fallback_ms: int) -> Capture:
    """The capture of a whole body, byte for byte."""
    events = document.get("events")
    times = (_time(item) for item in events) if isinstance(events, list) else ()
    at_ms = max((time for time in times if time), default=fallback_ms)
    return _capture(data, at_ms)


@dataclass(slots=True)
class _Group:
    """Events that will be one upload."""

    key: str
    url: str = _URL
    form: str = ""
    at_ms: int = 0
    status: int | None = None
    items: list[bytes] = field(default_factory=list)

    def capture(self, fallback_ms: int) -> Capture:
        """The upload."""
        at_ms = self.at_ms or fallback_ms
        if self.form:
            data = body(self.form, self.key, b"[%b]" % b",".join(self.items))
            return _capture(data, at_ms, self.url, self.status, _FORM_TYPE)
        data = b'{"api_key":%b,"events":[%b]}' % (_json(self.key), b",".join(self.items))
        return _capture(data, at_ms, self.url, self.status)


class Grouping:
    """Collects events into uploads. `add` and `rest` give back those that are complete."""

    def __init__(self, fallback_ms: int) -> None:
        self._fallback_ms = fallback_ms
        self._groups: dict[tuple[str, object], _Group] = {}

    def add(self, value: dict[str, Any], text: bytes | None = None) -> Iterator[Capture]:
        """Take an event, or a line of `eventscope events`. `text` is its JSON, if at hand."""
        if is_printed(value):
            yield from self._add_printed(value)
            return
        if amplitude.is_exported(value):
            yield from self._add_exported(value)
            return
        own = value.get("api_key")
        key = own if isinstance(own, str) and own else NO_KEY
        group = self._groups.get((key, None))
        if group is None:
            yield from self._make_room()
            group = self._groups[key, None] = _Group(key)
        group.at_ms = max(group.at_ms, _time(value))
        group.items.append(text.strip() if text else _json(value))
        if len(group.items) >= LARGEST_UPLOAD:
            yield self._groups.pop((key, None)).capture(self._fallback_ms)

    def rest(self) -> Iterator[Capture]:
        """What is left at the end."""
        for group in self._groups.values():
            yield group.capture(self._fallback_ms)
        self._groups = {}

    def _add_printed(self, value: dict[str, Any]) -> Iterator[Capture]:
        key = value.get("api_key")
        name = key if isinstance(key, str) and key else NO_KEY
        place = (name, repr(value["upload"]))
        group = self._groups.get(place)
        if group is None:
            # Lines of one upload stand together, so the one before is complete.
            for other in [found for found in self._groups if found[1] is not None]:
                yield self._groups.pop(other).capture(self._fallback_ms)
            group = self._groups[place] = _Group(name)
            group.form = form = _form(value.get("endpoint"))
            group.url = _BATCH_URL if value.get("endpoint") == BATCH else _URL
            if form:
                group.url = f"{_HOST}{FAMILIES[form].path or '/'}"
            group.at_ms = _whole(value.get("received_ms"))
            group.status = _status(value.get("status"))
        group.items.append(_json(value["event"]))
        if len(group.items) >= LARGEST_UPLOAD:
            yield self._groups.pop(place).capture(self._fallback_ms)

    def _add_exported(self, value: dict[str, Any]) -> Iterator[Capture]:
        """What arrived at Amplitude in the same minute is one upload."""
        arrived_ms = _whole(amplitude.received_ms(value))
        name = amplitude.project(value) or NO_KEY
        place = (name, ("export", arrived_ms // MINUTE_MS))
        group = self._groups.get(place)
        if group is None:
            yield from self._make_room()
            group = self._groups[place] = _Group(name, status=amplitude.STATUS)
        group.at_ms = max(group.at_ms, arrived_ms)
        group.items.append(_json(amplitude.as_sent(value)))
        if len(group.items) >= LARGEST_UPLOAD:
            yield self._groups.pop(place).capture(self._fallback_ms)

    def _make_room(self) -> Iterator[Capture]:
        if len(self._groups) >= _OPEN_GROUPS:
            oldest = next(iter(self._groups))
            yield self._groups.pop(oldest).capture(self._fallback_ms)


def _form(endpoint: Any) -> str:
    """The endpoint when it is one that takes a form."""
    return endpoint if isinstance(endpoint, str) and endpoint in FAMILIES else ""


def _capture(
    data: bytes,
    at_ms: int,
    url: str = _URL,
    status: int | None = None,
    content_type: str = _JSON_TYPE,
) -> Capture:
    return Capture(
        at_ms=at_ms,
        method="POST",
        url=url,
        headers=(("Content-Type", content_type),),
        body=data,
        response=Response(status) if status else None,
        via=Via.IMPORT,
        failure="" if status else UNANSWERED,
    )


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # Half surrogates and integers beyond 64 bits.
        return json_text(value).encode()


def _time(event: Any) -> int:
    return _whole(event.get("time")) if isinstance(event, dict) else 0


def _whole(value: Any) -> int:
    """Milliseconds that SQLite can keep, or 0."""
    return value if type(value) is int and 0 < value < 1 << 53 else 0


def _status(value: Any) -> int | None:
    return value if type(value) is int and 100 <= value <= 999 else None
