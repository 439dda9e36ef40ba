"""
What the ingestion server says to the demo's uploads, in its documented words (wire-format §4.1).
"""

from email.utils import formatdate
from functools import lru_cache
from typing import Any

import orjson

from app.demo.outgoing import Outgoing
from app.model import Headers, Response


def accepted(out: Outgoing, size: int, at_ms: int) -> Response:
    """200: everything was taken."""
    body = b'{"code":200,"events_ingested":%d,"payload_size_bytes":%d,"server_upload_time":%d}' % (
        len(out.events),
        size,
        at_ms,
    )
    return Response(200, _headers(out, body, at_ms), body)


def throttled(out: Outgoing, at_ms: int) -> Response:
    """429: too much for one device or user."""
    event = out.events[0]
    device, user = event.get("device_id"), event.get("user_id")
    return _answer(
        out,
        at_ms,
        {
            "code": 429,
            "error": "Too many requests for some devices and users",
            "eps_threshold": 30,
            "throttled_devices": {device: 31} if device else {},
            "throttled_users": {user: 31} if user else {},
            "exceeded_daily_quota_devices": {},
            "exceeded_daily_quota_users": {},
            "throttled_events": list(range(len(out.events))),
        },
    )


def short_id(out: Outgoing, at_ms: int, position: int) -> Response:
    """400: an id of fewer than five characters."""
    return _answer(
        out,
        at_ms,
        {
            "code": 400,
            "error": "Invalid id length for user_id or device_id",
            "events_with_invalid_id_lengths": {"user_id": [position]},
        },
    )


def invalid_time(out: Outgoing, at_ms: int, position: int) -> Response:
    """400: a time that is not a number."""
    return _refused(out, at_ms, "Invalid field values on some events", fields={"time": [position]})


def missing_key(out: Outgoing, at_ms: int) -> Response:
    """400: no project was named."""
    return _refused(out, at_ms, "Request missing required field", missing="api_key")


def invalid_json(out: Outgoing, at_ms: int) -> Response:
    """400: a body that cannot be read."""
    return _refused(out, at_ms, "Invalid JSON request body")


def unavailable(out: Outgoing, at_ms: int) -> Response:
    """503: nothing was taken, try again."""
    return _answer(out, at_ms, {"code": 503, "error": "Service unavailable"})


def configuration(out: Outgoing, at_ms: int) -> Response:
    """The remote configuration that a browser asks for when it starts."""
    body = orjson.dumps(
        {
            "configs": {
                "analyticsSDK": {"browserSDK": {"autocapture": {"elementInteractions": True}}},
                "diagnostics": {"browserSDK": {"enabled": True, "sampleRate": 0}},
            }
        }
    )
    return Response(200, _headers(out, body, at_ms), body)


def _refused(
    out: Outgoing,
    at_ms: int,
    error: str,
    *,
    missing: str | None = None,
    fields: dict[str, list[int]] | None = None,
) -> Response:
    return _answer(
        out,
        at_ms,
        {
            "code": 400,
            "error": error,
            "missing_field": missing,
            "events_with_invalid_fields": fields or {},
            "events_with_missing_fields": {},
        },
    )


def _answer(out: Outgoing, at_ms: int, body: dict[str, Any]) -> Response:
    data = orjson.dumps(body)
    return Response(body["code"], _headers(out, data, at_ms), data)


def _headers(out: Outgoing, body: bytes, at_ms: int) -> Headers:
    origin: Headers = ()
    if out.sender.origin:
        origin = (("Access-Control-Allow-Origin", "*"),)
    return (
        ("Date", _date(at_ms // 1000)),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "keep-alive"),
        *origin,
        ("Strict-Transport-Security", "max-age=15768000"),
    )


@lru_cache(maxsize=4)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
