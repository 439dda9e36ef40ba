"""
How each SDK wraps events into a request: key order, headers, compression (wire-format §1.2).
"""

import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import orjson

from app.demo.markup import ORIGIN
from app.model import Headers

WEB_KEY = "b7c41e0f93a84d26a5d1c0e87f6b2a39"
MOBILE_KEY = "2f9d6b81e4c7430c9ab8f15d7e3062c4"
SOURCES = ((WEB_KEY, "Shop (web)"), (MOBILE_KEY, "Shop (mobile)"))

HTTP_V2 = "https://api2.amplitude.com/2/httpapi"
BATCH = "https://api2.amplitude.com/batch"
_HOST = ("Host", "api2.amplitude.com")
_COMPRESSED_FROM = 2048

Events = list[dict[str, Any]]
Envelope = Callable[[Events, int, bool], bytes]


class Sender(NamedTuple):
    """One kind of client. `envelope` makes a body of events, the client's clock, and whether it
    is the first upload; `before` and `after` are the headers around those that depend on the
    body."""

    api_key: str
    url: str
    envelope: Envelope
    before: Headers
    after: Headers
    content_type: str = "application/json"
    compresses: bool = False
    origin: str = ""

    def request(
        self, events: Events, clock_ms: int, *, first: bool, beacon: bool
    ) -> tuple[Headers, bytes]:
        """Headers and body of one upload."""
        body = self.envelope(events, clock_ms, first)
        encoding: Headers = ()
        # A beacon cannot set headers.
        if self.compresses and not beacon and (len(body) >= _COMPRESSED_FROM or not self.origin):
            body = zlib.compress(body, 1, wbits=zlib.MAX_WBITS | 16)
            encoding = (("Content-Encoding", "gzip"),)
        content_type = "text/plain;charset=UTF-8" if beacon else self.content_type
        return (
            *self.before,
            ("Content-Length", str(len(body))),
            *encoding,
            ("Content-Type", content_type),
            *(_beacon(self.after) if beacon else self.after),
        ), body


@cache
def _beacon(headers: Headers) -> Headers:
    changed = {"Sec-Fetch-Mode": "no-cors"}
    return tuple((name, changed.get(name, value)) for name, value in headers)


def iso(at_ms: int) -> str:
    """`2026-11-21T17:11:46.155Z`, as SDKs write times."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


class Browser(NamedTuple):
    """A browser that people use, by what it says of itself."""

    agent: str
    hints: Headers
    width: int
    height: int


def _chromium(brand: str, platform: str) -> Headers:
    return (
        ("sec-ch-ua-platform", f'"{platform}"'),
        ("sec-ch-ua", f'"Not:A-Brand";v="8", "Chromium";v="154", "{brand}";v="154"'),
        ("sec-ch-ua-mobile", "?0"),
    )


_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/154.0.0.0 Safari/537.36"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1"
_WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROME}"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X)"
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0"
BROWSERS = (
    Browser(_WINDOWS, _chromium("Google Chrome", "Windows"), 1536, 730),
    Browser(f"{_MAC} {_CHROME}", _chromium("Google Chrome", "macOS"), 1440, 789),
    Browser(f"{_WINDOWS} Edg/154.0.0.0", _chromium("Microsoft Edge", "Windows"), 1920, 945),
    Browser(f"{_MAC} {_SAFARI} Safari/605.1.15", (), 1512, 834),
    Browser(_FIREFOX, (), 1366, 641),
    Browser(f"{_IPHONE} {_SAFARI} Mobile/15E148 Safari/604.1", (), 393, 659),
)


@cache
def browser(kind: Browser, language: str) -> Sender:
    """Browser SDK 2 on the shop's pages."""
    before = (_HOST, ("Connection", "keep-alive"), *kind.hints, ("User-Agent", kind.agent))
    after = (
        ("Accept", "*/*"),
        ("Origin", ORIGIN),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Referer", f"{ORIGIN}/"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", f"{language},{language[:2]};q=0.9"),
    )
    return Sender(
        WEB_KEY, HTTP_V2, _typescript(WEB_KEY), before, after, compresses=True, origin=ORIGIN
    )


@cache
def ios(system: str) -> Sender:
    """The Swift SDK in the shop's app."""
    before = (_HOST, ("Accept", "application/json"))
    after = (
        ("User-Agent", f"Brackenfold/318 CFNetwork/3860.200.71 Darwin/{system}"),
        ("Accept-Language", "en-GB,en;q=0.9"),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("Connection", "keep-alive"),
    )
    return Sender(
        MOBILE_KEY, HTTP_V2, _mobile, before, after, "application/json; charset=utf-8", True
    )


@cache
def android(release: str, model: str) -> Sender:
    """The Kotlin SDK in the shop's app."""
    before = (("Accept", "application/json"),)
    after = (
        ("User-Agent", f"Dalvik/2.1.0 (Linux; U; Android {release}; {model})"),
        _HOST,
        ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip"),
    )
    return Sender(
        MOBILE_KEY, HTTP_V2, _mobile, before, after, "application/json; charset=utf-8", True
    )


@cache
def node() -> Sender:
    """The web shop's back end, which uses the batch endpoint."""
    after = (_HOST, ("Connection", "keep-alive"))
    return Sender(WEB_KEY, BATCH, _typescript(WEB_KEY), (), after)


@cache
def python() -> Sender:
    """The app's back end."""
    before = (("Accept-Encoding", "identity"),)
    after = (
        _HOST,
        ("User-Agent", "Python-urllib/3.12"),
        ("Accept", "*/*"),
        ("Connection", "close"),
    )
    return Sender(MOBILE_KEY, HTTP_V2, _python, before, after, "application/json; charset=UTF-8")


def _typescript(api_key: str) -> Envelope:
    def envelope(events: Events, clock_ms: int, first: bool) -> bytes:
        body: dict[str, Any] = {
            "api_key": api_key,
            "events": events,
            "options": {},
            "client_upload_time": iso(clock_ms),
        }
        if not first:
            body["request_metadata"] = {"sdk": {"metrics": {"histogram": {}}}}
        return orjson.dumps(body)

    return envelope


def _mobile(events: Events, clock_ms: int, first: bool) -> bytes:  # noqa: ARG001
    return orjson.dumps(
        {"api_key": MOBILE_KEY, "client_upload_time": iso(clock_ms), "events": events}
    )


def _python(events: Events, clock_ms: int, first: bool) -> bytes:  # noqa: ARG001
    # Sorted, spaced and in ASCII, as the standard library writes it.
    return json.dumps({"api_key": MOBILE_KEY, "events": events}, sort_keys=True).encode()
