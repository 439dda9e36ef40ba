"""
Answers of local delivery: what Amplitude would say to a request, without asking it.

SDKs read the status from the body's `code` and resend for ever when it is missing, so an answer
is either the documented one or an honest error (wire-format §4.1, §4.3).
"""

from urllib.parse import urlsplit

import orjson

from app.decode.http_v2 import BATCH
from app.model import Capture, Decoded, Fault, Kind, Response, Upload

LARGEST = {BATCH: 20 << 20}
LARGEST_OTHERWISE = 1 << 20


def answer(capture: Capture, decoded: Decoded, now_ms: int) -> Response:
    """The response to a request that stays here."""
    if decoded.kind is Kind.PREFLIGHT:
        return Response(200, _preflight(capture))
    if decoded.upload:
        return _json(capture, *_upload(decoded.upload, now_ms))
    if decoded.kind is Kind.REMOTE_CONFIG:
        # At once: an SDK waits up to six seconds for its remote configuration before it starts.
        return _json(capture, 200, {"configs": {}})
    if urlsplit(capture.url).path.rstrip("/").endswith("/flags"):
        return _json(capture, 200, [])
    return _json(capture, 200, {})


def unavailable(capture: Capture) -> Response:
    """503, "not accepted": SDKs keep their events and try again later."""
    body = {"code": 503, "error": "Eventscope cannot store events at the moment"}
    return _json(capture, 503, body)


def _upload(upload: Upload, now_ms: int) -> tuple[int, dict[str, object]]:
    fault = upload.fault
    if upload.body_bytes > LARGEST.get(upload.endpoint, LARGEST_OTHERWISE):
        fault = Fault.TOO_LARGE
    match fault:
        case Fault.TOO_LARGE:
            return 413, {"code": 413, "error": "Payload too large"}
        case Fault.NONE:
            return 200, {
                "code": 200,
                "events_ingested": len(upload.events),
                "payload_size_bytes": upload.body_bytes,
                "server_upload_time": now_ms,
            }
        case Fault.UNREADABLE:
            return _refused("Invalid JSON request body")
        case Fault.CHECKSUM:
            return _refused("bad_checksum")
        case Fault.EVENT:
            return _refused("Invalid event JSON")
        case Fault.API_KEY | Fault.EVENTS:
            return _refused("Request missing required field", str(upload.fault))


def _refused(error: str, missing: str | None = None) -> tuple[int, dict[str, object]]:
    return 400, {
        "code": 400,
        "error": error,
        "missing_field": missing,
        "events_with_invalid_fields": {},
        "events_with_missing_fields": {},
    }


def _json(capture: Capture, status: int, body: object) -> Response:
    headers = (("Content-Type", "application/json"), *_cors(capture))
    return Response(status, headers, orjson.dumps(body))


def _cors(capture: Capture) -> tuple[tuple[str, str], ...]:
    """Let pages read the answer. A beacon sends cookies, and then `*` would not do."""
    origin = capture.header("origin")
    if not origin:
        return (("Access-Control-Allow-Origin", "*"),)
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Vary", "Origin"),
    )


def _preflight(capture: Capture) -> tuple[tuple[str, str], ...]:
    wanted = capture.header("access-control-request-headers")
    return (
        *_cors(capture),
        ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
        ("Access-Control-Allow-Headers", wanted or "content-type, content-encoding"),
        # A public page may reach this machine's loopback only when told so.
        ("Access-Control-Allow-Private-Network", "true"),
        ("Access-Control-Max-Age", "600"),
        ("Content-Length", "0"),
    )
