"""
Events as Amplitude's Export API gives them: a column for each field, times as text in UTC.

They come back under the names of HTTP V2. `time` is the event time that Amplitude worked out, so
clocks are not corrected a second time; every column that HTTP V2 has no name for stays as it was.
What is in an export was accepted.
"""

from typing import Any

from app.decode.http_v2 import milliseconds

STATUS = 200

_COLUMNS = frozenset(
    {
        "$insert_id",
        "amplitude_id",
        "client_event_time",
        "client_upload_time",
        "event_time",
        "processed_time",
        "server_received_time",
        "server_upload_time",
        "uuid",
    }
)
_ENOUGH = 2
"""One of these names may be somebody's own; two are no accident."""
_NAMES = {
    "$insert_id": "insert_id",
    "version_name": "app_version",
    "ip_address": "ip",
    "device_carrier": "carrier",
    "device_type": "device_model",
}


def is_exported(value: dict[str, Any]) -> bool:
    """Whether an event has the columns of an export."""
    return "time" not in value and len(_COLUMNS & value.keys()) >= _ENOUGH


def as_sent(value: dict[str, Any]) -> dict[str, Any]:
    """The event as an SDK would have sent it."""
    found = {
        _NAMES.get(name, name) if _NAMES.get(name) not in value else name: item
        for name, item in value.items()
        if item is not None
    }
    time_ms = _first_ms(value, "event_time", "client_event_time")
    return found if time_ms is None else {**found, "time": time_ms}


def received_ms(value: dict[str, Any]) -> int:
    """When it arrived at Amplitude, or 0."""
    return _first_ms(value, "server_received_time", "server_upload_time", "event_time") or 0


def project(value: dict[str, Any]) -> str:
    """What stands for the API key, which an export does not hold: the number of the project."""
    app = value.get("app")
    return f"project {app}" if type(app) is int else ""


def _first_ms(value: dict[str, Any], *names: str) -> int | None:
    return next((ms for name in names if (ms := milliseconds(value.get(name))) is not None), None)
