"""
Who writes like this: the sender of an upload without a `library`, from the order of the keys of
its envelope, how it separates them, and its headers (wire-format §1.2, §1.6).
"""

import re
import zlib
from collections.abc import Mapping

from app.decode.forms import FAMILIES, LEGACY_SDK
from app.model import Capture, Upload
from app.sdk.identify import Family, Sdk

HEAD = 600
"""Bytes of a body that are looked at."""

_FORM_FAMILIES = {
    "ios": Sdk(Family.LEGACY_IOS, "iOS SDK (legacy)", because="Its form says v=3."),
    "js": Sdk(
        Family.LEGACY_JS,
        "JavaScript SDK (legacy)",
        because="Its form has a checksum, which only the JavaScript SDK still sends.",
    ),
    "android": Sdk(
        Family.LEGACY_ANDROID, "Android SDK (legacy)", because="Its form has no checksum and v=2."
    ),
}
_AGENTS = (
    (re.compile(r"Python-urllib/"), "a Python program"),
    (re.compile(r"python-requests/|python-httpx/|aiohttp/"), "a Python program"),
    (re.compile(r"Go-http-client/"), "a Go program"),
    (re.compile(r"Java/|Apache-HttpClient|Java-http-client"), "a Java program"),
    (re.compile(r"okhttp/|Dalvik/"), "an Android app"),
    (re.compile(r"CFNetwork/"), "an Apple app"),
    (re.compile(r"curl/"), "curl"),
    (re.compile(r"node|undici|axios|got \(", re.IGNORECASE), "a Node program"),
    (re.compile(r"PostmanRuntime"), "Postman"),
    (re.compile(r"Segment|analytics-next", re.IGNORECASE), "Segment"),
    (re.compile(r"Mozilla/"), "a web page"),
)


def guess(capture: Capture, upload: Upload, headers: Mapping[str, str]) -> Sdk:
    """The sender of an upload that names no library."""
    if upload.endpoint == LEGACY_SDK:
        return _FORM_FAMILIES[_form(capture)]
    agent = headers.get("user-agent", "")
    program = next((name for found, name in _AGENTS if found.search(agent)), "")
    if upload.endpoint in FAMILIES:
        return _program(f"{upload.endpoint} API", program)
    head = _head(capture, headers)
    return _by_envelope(head, agent, headers, upload) or _program("HTTP API", program)


def _by_envelope(head: bytes, agent: str, headers: Mapping[str, str], upload: Upload) -> Sdk | None:
    if agent.startswith("Python-urllib/") and head.startswith(b'{"api_key": "'):
        why = "It writes as the Python SDK does: sorted keys, spaces after commas and colons."
        return Sdk(Family.PYTHON, "Python SDK", because=why)
    if re.match(rb'\{"api_key":"[^"]{0,100}","client_upload_time":', head):
        apple = "CFNetwork/" in agent
        why = "Only the Swift and Kotlin SDKs write client_upload_time before the events."
        if apple:
            return Sdk(Family.SWIFT, "Swift SDK", because=why)
        return Sdk(Family.KOTLIN, "Android Kotlin SDK", because=why)
    is_ts = head.startswith(b'{"api_key":"') and b'","events":[' in head
    if is_ts and upload.client_upload_ms is not None:
        why = "It writes as the TypeScript SDKs do: api_key, events, then client_upload_time."
        if "sec-fetch-mode" in headers or "origin" in headers:
            return Sdk(Family.BROWSER_2, "Browser SDK", because=why)
        if not agent:
            why += " Of these the Node SDK sends no User-Agent."
            return Sdk(Family.NODE, "Node SDK", because=why)
    return None


def _program(what: str, program: str) -> Sdk:
    why = "Nothing says library, and no SDK writes like this."
    name = f"{what}, from {program}" if program else what
    return Sdk(Family.OTHER, name, because=why)


def _form(capture: Capture) -> str:
    body = capture.body
    if b"checksum=" in body:
        return "js"
    return "ios" if re.search(rb"(?:^|&)v=3(?:&|$)", body) else "android"


def _head(capture: Capture, headers: Mapping[str, str]) -> bytes:
    body = capture.body
    if headers.get("content-encoding", "").lower() == "gzip" or body.startswith(b"\x1f\x8b"):
        try:
            return zlib.decompressobj(31).decompress(body[: 4 * HEAD], HEAD)
        except zlib.error:
            return b""
    return body[:HEAD].lstrip()
