"""
HAR 1.2, the archive that browsers and proxies write: as captures, and written from captures.

When reading, only exchanges that concern us are taken: a HAR holds everything a page loaded.
Archives hold bodies of responses unpacked, so what the headers say of packing is dropped there.
"""

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from app import __version__
from app.decode import concerns_us, decode
from app.decode.body import BodyProblem, json_text, unpacked
from app.decode.request import MOST_FIELDS, split
from app.errors import BadInput
from app.exchange.report import Skipped
from app.model import Capture, Headers, Response, Via

_UNPACKED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def captures(archive: Any, name: str, skipped: Skipped) -> Iterator[Capture]:
    """The exchanges of a parsed archive that concern us, in order of time."""
    entries = archive["log"].get("entries")
    if not isinstance(entries, list):
        raise BadInput(f"{name} is a HAR file without entries.")
    found = []
    for number, entry in enumerate(entries, 1):
        capture = _capture(entry)
        if capture is None:
            skipped.add(f"Entry {number} of {name} is not an exchange.")
        elif concerns_us(capture, decode(capture)):
            found.append(capture)
    if not found and not skipped.count:
        raise BadInput(
            f"None of the {len(entries)} requests in {name} is an upload of events.",
            "Record with the network panel open, then export with content.",
        )
    yield from sorted(found, key=lambda capture: capture.at_ms)


def is_archive(document: Any) -> bool:
    """Whether parsed JSON is a HAR."""
    return isinstance(document, dict) and isinstance(document.get("log"), dict)


def lines(found: Iterable[Capture]) -> Iterator[str]:
    """The text of an archive with these exchanges, a piece at a time."""
    creator = json_text({"name": "Eventscope", "version": __version__})
    yield f'{{"log":{{"version":"1.2","creator":{creator},"entries":['
    for number, capture in enumerate(found):
        yield (",\n" if number else "\n") + json_text(_entry(capture))
    yield "\n]}}\n"


def _entry(capture: Capture) -> dict[str, Any]:
    took = capture.duration_ms or 0
    moment = datetime.fromtimestamp(capture.at_ms / 1000, UTC)
    return {
        "startedDateTime": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": took,
        "request": _asked(capture),
        "response": _answered(capture),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
    }


def _asked(capture: Capture) -> dict[str, Any]:
    found: dict[str, Any] = {
        "method": capture.method,
        "url": capture.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(capture.headers),
        "queryString": _query(capture.url),
        "headersSize": -1,
        "bodySize": len(capture.body),
    }
    if capture.body:
        kind = capture.header("content-type") or "application/octet-stream"
        found["postData"] = {"mimeType": kind, **_shown(capture.body)}
    return found


def _answered(capture: Capture) -> dict[str, Any]:
    """What came back, unpacked, as browsers write it; status 0 when nothing did."""
    response = capture.response or Response(0)
    body = response.body
    try:
        body = unpacked(body, response.header("content-encoding"))[0]
        is_unpacked = True
    except BodyProblem:
        is_unpacked = False
    headers = [
        (name, value)
        for name, value in response.headers
        if not is_unpacked or name.lower() not in _UNPACKED
    ]
    found: dict[str, Any] = {
        "status": response.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _named(headers),
        "content": {
            "size": len(body),
            "mimeType": response.header("content-type") or "x-unknown",
            **_shown(body),
        },
        "redirectURL": response.header("location"),
        "headersSize": -1,
        "bodySize": len(response.body),
    }
    if capture.failure:
        found["_error"] = capture.failure
    return found


def _named(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": _plain(name), "value": _plain(value)} for name, value in headers]


def _query(url: str) -> list[dict[str, str]]:
    try:
        pairs = parse_qsl(split(url).query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []
    return [{"name": _plain(name), "value": _plain(value)} for name, value in pairs]


def _shown(body: bytes) -> dict[str, str]:
    """A body as text where it is some."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _capture(entry: Any) -> Capture | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("request"), dict):
        return None
    request = entry["request"]
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or not isinstance(url, str):
        return None
    took = entry.get("time")
    response, failure = _response(entry.get("response"))
    return Capture(
        at_ms=_started(entry.get("startedDateTime")),
        method=_plain(method).upper(),
        url=_plain(url),
        headers=_headers(request.get("headers")),
        body=_posted(request.get("postData")),
        response=response,
        duration_ms=_whole(took),
        via=Via.IMPORT,
        failure=failure,
    )


def _response(given: Any) -> tuple[Response | None, str]:
    """What came back. Browsers write status 0 when nothing did."""
    fields = given if isinstance(given, dict) else {}
    status = fields.get("status")
    if not isinstance(status, int) or not 100 <= status <= 999:
        reason = fields.get("_error")
        told = f" ({_plain(reason)[:200]})" if isinstance(reason, str) and reason else ""
        return None, f"The archive holds no answer{told}."
    headers = _headers(fields.get("headers"))
    return Response(
        status,
        tuple((name, value) for name, value in headers if name.lower() not in _UNPACKED),
        _content(fields.get("content")),
    ), ""


def _posted(given: Any) -> bytes:
    """The body of a request. A form may be there only as its fields, but no upload is a form."""
    return _content(given)


def _content(given: Any) -> bytes:
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        return b""
    text: str = given["text"]
    if given.get("encoding") == "base64":
        try:
            return base64.b64decode(text, validate=False)
        except ValueError:
            pass  # Then it is text that says too much of itself.
    return _bytes(text)


def _bytes(text: str) -> bytes:
    """Text as it was sent. Chromium writes a packed body with one character for each byte."""
    if text.startswith("\x1f\x8b"):
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            pass
    return text.encode("utf-8", "surrogatepass")


def _headers(given: Any) -> Headers:
    """Name and value of each, without the pseudo headers of HTTP/2."""
    if not isinstance(given, list):
        return ()
    pairs = (
        (item.get("name"), item.get("value")) if isinstance(item, dict) else (None, None)
        for item in given
    )
    return tuple(
        (_plain(name), _plain(value))
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and not name.startswith(":")
    )


def _started(given: Any) -> int:
    if isinstance(given, str):
        try:
            moment = datetime.fromisoformat(given)
            return round(
                (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1e3
            )
        except (ValueError, OverflowError):
            pass
    return 0


def _whole(given: Any) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given < 1e12:
        return None
    return round(given)


def _plain(text: str) -> str:
    """Text that can be stored: half surrogates become question marks."""
    return text.encode("utf-8", "replace").decode()
