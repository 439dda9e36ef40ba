"""
Requests with the answers that servers document, for tests of the report and of the page on it.
"""

import json
from typing import Any

from app.model import Capture, Response
from tests.factories import upload

MINUTE = 60_000
HOUR = 3_600_000
NOW = 1_795_284_000_000 + 30_000
"""Half a minute past an hour, UTC."""


def answered(
    at_ms: int, status: int, *events: dict[str, Any], body: Any = None, **capture: Any
) -> Capture:
    """An upload that was answered with this status and, as JSON, with this body."""
    said = {"code": status} if body is None else body
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    return upload(
        *events,
        **{
            "at_ms": at_ms,
            "response": Response(status, (("Content-Type", "application/json"),), content),
            **capture,
        },
    )


def one(kind: str = "Clicked", **fields: Any) -> dict[str, Any]:
    """An event."""
    return {"event_type": kind, "device_id": "device-1", "time": NOW - HOUR, **fields}


def throttled(at_ms: int, device: str = "device-1", eps: float = 31, **capture: Any) -> Capture:
    """A 429 because of one device."""
    body = {
        "code": 429,
        "error": "Too many requests for some devices and users",
        "eps_threshold": 10,
        "throttled_devices": {device: eps},
        "throttled_users": {},
        "exceeded_daily_quota_devices": {},
        "exceeded_daily_quota_users": {},
        "throttled_events": [0],
    }
    return answered(at_ms, 429, one(device_id=device), body=body, **capture)


def silenced(at_ms: int, device: str = "device-1", **capture: Any) -> Capture:
    """A 400 because of a silenced device."""
    body = {"code": 400, "error": "x", "silenced_devices": [device], "silenced_events": [0]}
    return answered(at_ms, 400, one(device_id=device), body=body, **capture)


def identify_form(at_ms: int, status: int = 200) -> Capture:
    """A call of the Identify endpoint."""
    from urllib.parse import urlencode

    form = {
        "api_key": "0123456789abcdef0123456789abcdef",
        "identification": json.dumps([{"user_id": "user-1", "user_properties": {"a": 1}}]),
    }
    return Capture(
        at_ms=at_ms,
        method="POST",
        url="https://api2.amplitude.com/identify",
        headers=(("Content-Type", "application/x-www-form-urlencoded"),),
        body=urlencode(form).encode(),
        response=Response(status, (), b"success"),
        duration_ms=7,
    )


def replay(
    at_ms: int, status: int = 200, session: str = "1795281104973", skipped: str = ""
) -> Capture:
    """A Session Replay upload."""
    headers = (("X-Session-Replay-Event-Skipped", skipped),) if skipped else ()
    return Capture(
        at_ms=at_ms,
        method="POST",
        url="https://api-sr.amplitude.com/sessions/v2/track?device_id=d&session_id="
        f"{session}&type=replay",
        headers=(("Authorization", "Bearer 0123456789abcdef0123456789abcdef"),),
        body=b'{"version":1,"events":[]}',
        response=Response(status, headers, b"{}"),
        duration_ms=9,
    )
