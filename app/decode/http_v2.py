"""
HTTP V2 and Batch uploads: one JSON object with `api_key` and `events` (wire-format §1.2).
"""

from datetime import UTC, datetime
from typing import Any

from app.decode.body import GZIP_MAGIC, clean, json_text
from app.model import Capture, Event, Fault, Upload

HTTP_V2 = "HTTP V2"
BATCH = "Batch"
INGESTION_PATHS = ("/2/httpapi", "/batch")
LIKE_AN_UPLOAD = (b"{", b"[", GZIP_MAGIC)
LARGEST = 20 << 20
"""The most that any ingestion endpoint takes (Batch, wire-format §4.2)."""
_INT64 = 1 << 63
# What `Event(…)` does in the end: a third of the time, 30 000 times a second.
_new_event = tuple.__new__


def endpoint(path: str) -> str:
    """Amplitude's name for what a path stands for. First-party paths stand for HTTP V2."""
    return BATCH if path.rstrip("/").endswith("/batch") else HTTP_V2


def may_be(data: bytes) -> bool:
    """A cheap look before parsing: both keys must be there. Legacy forms and pages have not."""
    return b'"events"' in data and b'"api_key"' in data


def is_upload(document: Any) -> bool:
    """Whether JSON from a first-party address has the shape of an upload."""
    if not isinstance(document, dict) or not isinstance(document.get("api_key"), str):
        return False
    events = document.get("events")
    if not isinstance(events, list):
        return False
    return not events or (isinstance(events[0], dict) and "event_type" in events[0])


def has_rounded_ids(items: Any) -> bool:
    """Whether an id among these events was so large an integer that parsing it quickly made a float
    of it. Nobody sends an id with a decimal point."""
    if not isinstance(items, list):
        return False
    return any(
        type(item.get("user_id")) is float
        or type(item.get("device_id")) is float
        or type(item.get("insert_id")) is float
        for item in items
        if type(item) is dict
    )


def upload(capture: Capture, path: str, data: bytes, compression: str, document: Any) -> Upload:
    """The upload of a parsed body, with a problem in words where its shape is wrong."""
    fault, problem = _fault(document)
    fields: dict[str, Any] = document if isinstance(document, dict) else {}
    items = fields.get("events")
    options = fields.get("options")
    api_key = fields.get("api_key")
    events = tuple(map(event, items)) if isinstance(items, list) else ()
    return Upload(
        endpoint=endpoint(path),
        api_key=clean(api_key) if isinstance(api_key, str) and api_key else None,
        library=library_of(events),
        transport=transport(capture),
        compression=compression,
        wire_bytes=len(capture.body),
        body_bytes=len(data),
        client_upload_ms=milliseconds(fields.get("client_upload_time")),
        options=options if isinstance(options, dict) else {},
        events=events,
        problem=problem,
        fault=fault,
    )


def event(item: Any) -> Event:
    """One entry of `events`. Whatever it is, it keeps its place."""
    if type(item) is not dict:
        value = {"value": item}
        return Event("(not an object)", None, None, None, None, None, value, value)
    get = item.get
    return _new_event(
        Event,
        (
            _text(get("event_type")) or "",
            _integer(get("time")),
            _text(get("user_id")),
            _text(get("device_id")),
            _integer(get("session_id")),
            _text(get("insert_id")),
            item,
            item,
        ),
    )


def transport(capture: Capture) -> str:
    """How it was sent. A beacon is JSON that calls itself text; fetch and XHR look the same."""
    content_type = capture.header("content-type").lower()
    if content_type.startswith("text/plain"):
        return "beacon"
    mode = capture.header("sec-fetch-mode")
    if mode == "no-cors":
        # Only a beacon is posted without asking for the answer.
        return "beacon"
    return "fetch" if mode else "http"


def library_name(value: Any) -> str | None:
    """`name/version` from the string form, or from the object form of older SDKs."""
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        version = value.get("version")
        return clean(f"{value['name']}/{version}" if version else value["name"])
    return None


def library_of(events: tuple[Event, ...]) -> str | None:
    """The library of the first event that names one."""
    return next((name for item in events if (name := library_name(item.raw.get("library")))), None)


def _fault(document: Any) -> tuple[Fault, str]:
    """What is wrong with the shape of an upload, and how to say it."""
    if not isinstance(document, dict):
        return (
            Fault.UNREADABLE,
            f"The body is {named(document)}, not an object with api_key and events.",
        )
    if not isinstance(document.get("api_key"), str) or not document["api_key"]:
        return Fault.API_KEY, "The upload has no api_key."
    events = document.get("events")
    if events is None:
        return Fault.EVENTS, "The upload has no events."
    if not isinstance(events, list):
        return Fault.EVENTS, f"events is {named(events)}, not a list."
    odd = sum(type(item) is not dict for item in events)
    if odd:
        return Fault.EVENT, f"{odd} of {len(events)} events are not objects."
    return Fault.NONE, ""


def named(value: Any) -> str:
    """What kind of JSON value this is, for a sentence."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names = {dict: "an object", list: "a list", str: "a text", int: "a number", float: "a number"}
    return names.get(type(value), "something else")


def _text(value: Any) -> str | None:
    """An id as text, whatever JSON type was sent."""
    if type(value) is str and value.isascii():
        return value or None
    if value is None or value == "":
        return None
    return clean(value if type(value) is str else json_text(value)[:1024])


def _integer(value: Any) -> int | None:
    if type(value) is int:
        return value if -_INT64 <= value < _INT64 else None
    if type(value) is float and abs(value) < 1e18:
        return int(value)
    return None


def milliseconds(value: Any) -> int | None:
    """Epoch milliseconds of an ISO 8601 text; SDKs send `2026-11-21T17:11:46.155Z`."""
    if not isinstance(value, str):
        return _integer(value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
