"""
Local ingestion: what Amplitude would say to a request, without asking it.

SDKs read the status from the body's `code` and resend for ever when it is missing, so an answer
is either the documented one or an honest error (wire-format §4.1, §4.3). A refusal is one of the
whole request: nothing of it is taken, and SDKs send the events that were not named again.
"""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

import orjson

from app.decode.http_v2 import BATCH
from app.ingest.answer import json_answer, preflight, text_answer
from app.ingest.endpoints import Endpoint, endpoint_of
from app.ingest.forms import answer_form
from app.ingest.limits import Limits, Window
from app.ingest.rules import RuleBook
from app.ingest.validate import MOST_EVENTS, check, refusal, refused
from app.model import Capture, Decoded, Fault, Response, Upload

LARGEST = {BATCH: 20 << 20}
LARGEST_OTHERWISE = 1 << 20
MOST_SOURCES = 1000
"""How many sources are measured, against senders with a new API key for every upload."""


class Remembered(NamedTuple):
    """Something to keep across restarts: rows of `app.store.ingestion`."""

    key: str
    until_ms: int
    value: bytes


class LocalIngestion:
    """Answers uploads as documented, and remembers what that takes: rates and quotas. That an
    event was taken before changes no answer; the store tells (`app.ingest.dedupe`)."""

    def __init__(self, book: RuleBook | None = None) -> None:
        self._book = book or RuleBook()
        self._limits: dict[str, Limits] = {}

    def obey(self, book: RuleBook) -> None:
        """Use these rules from now on. What was counted stays where its window does."""
        self._book = book
        for api_key, limits in list(self._limits.items()):
            rules = book.rules(api_key)
            if rules.window_seconds == limits.rules.window_seconds:
                limits.rules = rules
            else:
                del self._limits[api_key]

    def answer(self, capture: Capture, decoded: Decoded, now_ms: int) -> Response:
        """The response to a request that stays here."""
        endpoint = endpoint_of(capture, decoded)
        if decoded.upload and endpoint is Endpoint.EVENTS:
            return self._events(capture, decoded.upload, now_ms)
        if decoded.upload:
            return text_answer(capture, *answer_form(decoded.upload, capture, self._book))
        return _other(endpoint, capture)

    def forget(self) -> None:
        """Begin anew, as if nothing had ever arrived."""
        self._limits.clear()

    def remember(self, rows: Iterable[tuple[str, int, bytes]]) -> None:
        """Take back what `unsaved` gave. Rows that cannot be read are left out."""
        for key, _, value in rows:
            try:
                self._remember(orjson.loads(key), value)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue

    def unsaved(self) -> list[Remembered]:
        """What changed since the last time, for `remember` after a restart."""
        return [
            row
            for api_key, limits in self._limits.items()
            for name, window in _windows(limits)
            for row in _rows(api_key, name, window)
        ]

    def _events(self, capture: Capture, upload: Upload, now_ms: int) -> Response:
        refusal_ = _malformed(upload) or self._unwelcome(upload, now_ms)
        if refusal_:
            return json_answer(capture, *refusal_)
        body = {
            "code": 200,
            "events_ingested": len(upload.events),
            "payload_size_bytes": upload.body_bytes,
            "server_upload_time": now_ms,
        }
        return json_answer(capture, 200, body)

    def _unwelcome(self, upload: Upload, now_ms: int) -> tuple[int, dict[str, object]] | None:
        api_key = upload.api_key or ""
        if not self._book.knows(api_key):
            return 400, refused(f"Invalid API key: {api_key}")
        found = check(upload)
        if found:
            return 400, refusal(found, first_only=upload.endpoint != BATCH)
        return self._limits_of(api_key).refusal(upload, now_ms)

    def _limits_of(self, api_key: str) -> Limits:
        limits = self._limits.get(api_key)
        if limits is None:
            if len(self._limits) >= MOST_SOURCES:
                del self._limits[next(iter(self._limits))]
            limits = self._limits[api_key] = Limits(self._book.rules(api_key))
        return limits

    def _remember(self, key: list[str], value: bytes) -> None:
        api_key, name, length, slot = key
        limits = self._limits_of(api_key)
        window = limits.quota if name == "quota" else limits.rate(name)
        if str(window.slot_ms) == length:
            window.load(int(slot), orjson.loads(value))


def _malformed(upload: Upload) -> tuple[int, dict[str, object]] | None:
    """The refusal of an upload whose shape is wrong."""
    fault = upload.fault
    largest = LARGEST.get(upload.endpoint, LARGEST_OTHERWISE)
    if upload.body_bytes > largest or len(upload.events) > MOST_EVENTS:
        fault = Fault.TOO_LARGE
    match fault:
        case Fault.NONE:
            return None
        case Fault.UNREADABLE if not upload.wire_bytes:
            return 400, refused("Missing request body")
        case Fault.TOO_LARGE:
            return 413, {"code": 413, "error": "Payload too large"}
        case Fault.UNREADABLE:
            what = "Invalid JSON request body" if upload.wire_bytes else "Missing request body"
            return 400, refused(what)
        case Fault.EVENT:
            return 400, refused("Invalid event JSON")
        case _:
            return 400, refused("Request missing required field", str(fault))


def _other(endpoint: Endpoint, capture: Capture) -> Response:
    match endpoint:
        case Endpoint.PREFLIGHT:
            return preflight(capture)
        case Endpoint.REMOTE_CONFIG:
            # At once: an SDK waits up to six seconds for its configuration before it starts.
            return json_answer(capture, 200, {"configs": {}})
        case Endpoint.REGION:
            eu = ".eu." in (urlsplit(capture.url).hostname or "")
            host = "api.eu.amplitude.com" if eu else "api.amplitude.com"
            return json_answer(capture, 200, {"ingestionEndpoint": host})
        case Endpoint.FLAGS:
            return json_answer(capture, 200, [])
        case Endpoint.SESSION_REPLAY:
            return json_answer(capture, 200, {"code": 200})
        case _:
            return json_answer(capture, 200, {})


def _windows(limits: Limits) -> Iterable[tuple[str, Window]]:
    """The windows of a source, by name."""
    return [("quota", limits.quota), *limits.rates.items()]


def _rows(api_key: str, name: str, window: Window) -> Iterable[Remembered]:
    for slot, counts in window.dump():
        key = _key(api_key, name, str(window.slot_ms), str(slot))
        yield Remembered(key, window.end_ms(slot), orjson.dumps(counts))


def _key(*parts: str) -> str:
    return orjson.dumps(parts).decode()
