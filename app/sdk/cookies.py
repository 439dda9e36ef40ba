"""
The cookies of Amplitude's browser SDKs (wire-format §3.4).

    AMP_<first 10 of the key>         base64(percent-encoded JSON)         Browser SDK 1 and 2
    amp_<first 6 of the key>          fields with dots between             legacy JavaScript
    amplitude_id_<the key>            base64(JSON)                         legacy, before 6.0
"""

import base64
from typing import Any
from urllib.parse import unquote

from app.decode.body import parsed

LONGEST = 4096
"""What browsers keep of a cookie."""
_FIELDS = ("deviceId", "userId", "optOut", "sessionId", "lastEventTime", "eventId", "identifyId",
           "sequenceNumber")  # fmt: skip


def cookies_of(header: str, api_key: str) -> dict[str, dict[str, Any]]:
    """The SDK's cookies in a `Cookie` header, by the kind of their maker: `browser` or `legacy`.
    Values are those of the SDK; a cookie that cannot be read is left out."""
    found: dict[str, dict[str, Any]] = {}
    for part in header.split(";"):
        name, equals, value = part.strip().partition("=")
        if not equals or len(value) > LONGEST:
            continue
        if name == f"AMP_{api_key[:10]}":
            read = browser_cookie(value)
            if read is not None:
                found["browser"] = read
        elif name == f"amp_{api_key[:6]}" or name.startswith(f"amp_{api_key[:6]}_"):
            read = legacy_cookie(value)
            if read is not None:
                found["legacy"] = read
        elif api_key and name.startswith(f"amplitude_id_{api_key}"):
            read = older_cookie(value)
            if read is not None:
                found.setdefault("legacy", read)
    return found


def browser_cookie(value: str) -> dict[str, Any] | None:
    """The JSON of a cookie of the Browser SDK, or None."""
    try:
        return _object(unquote(_plain(value)))
    except ValueError:
        return None


def older_cookie(value: str) -> dict[str, Any] | None:
    """The JSON of a cookie of an early legacy SDK, under the same names, or None."""
    try:
        return _object(_plain(value))
    except ValueError:
        return None


def legacy_cookie(value: str) -> dict[str, Any] | None:
    """The fields of a legacy cookie under the SDK's names, or None."""
    parts = unquote(value).split(".")
    if len(parts) < 5:
        return None
    found: dict[str, Any] = dict(zip(_FIELDS, parts, strict=False))
    found["userId"] = _user(found["userId"])
    found["optOut"] = found["optOut"] == "1"
    for name in _FIELDS[3:]:
        if name in found:
            found[name] = _number(found[name])
    return found


def _plain(value: str) -> str:
    """The text in base64, with or without its padding. Raises ValueError."""
    text = unquote(value) if "%" in value else value
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8")


def _object(text: str) -> dict[str, Any] | None:
    """A JSON object. Raises ValueError for what is no JSON."""
    document = parsed(text.encode("utf-8", "replace"))
    return document if isinstance(document, dict) else None


def _user(text: str) -> str | None:
    try:
        return _plain(text) or None
    except ValueError:
        return None


def _number(text: str) -> int | None:
    """Base 32 with digits and letters, as JavaScript writes it."""
    try:
        return int(text, 32) if len(text) < 16 else None
    except ValueError:
        return None
