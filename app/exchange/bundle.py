"""
Our own bundle: whole exchanges, requests and responses, in a file to hand on.

    eventscope.json      {"format": "eventscope bundle", "version": 1, "redacted": …}
    captures.ndjson      an exchange a line, in order of arrival

What was not redacted comes back exactly as it was captured, with its way here and its time.
"""

import base64
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from app.decode.body import BodyProblem, parsed
from app.errors import BadInput
from app.exchange.archive import Archive
from app.exchange.opened import LINE_LIMIT, Opened
from app.exchange.report import Skipped
from app.model import Capture, Delivery, Headers, Response, Via

NAME = "eventscope.json"
CAPTURES = "captures.ndjson"
FORMAT = "eventscope bundle"
VERSION = 1


def write(file: IO[bytes], captures: Iterable[Capture], *, is_redacted: bool) -> None:
    """Write a bundle."""
    about = {"format": FORMAT, "version": VERSION, "redacted": is_redacted}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        zipped.writestr(NAME, json.dumps(about, indent=2) + "\n")
        with zipped.open(CAPTURES, "w", force_zip64=True) as lines:
            for capture in captures:
                lines.write(json.dumps(_item(capture), separators=(",", ":")).encode() + b"\n")


def captures(archive: Archive, skipped: Skipped) -> Iterator[Capture]:
    """The exchanges of a bundle. Raises BadInput when it was made by a newer version."""
    members = {info.filename: info for info in archive.members}
    with archive.member(members[NAME]) as about:
        _check(about)
    if CAPTURES not in members:
        raise BadInput(f"The bundle has no {CAPTURES}.")
    with archive.member(members[CAPTURES]) as file:
        yield from _read(file, skipped)


def _check(about: Opened) -> None:
    try:
        found = parsed(about.whole())
    except BodyProblem as problem:
        raise BadInput(f"{about.name} is damaged.") from problem
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadInput(f"{about.name} does not describe a bundle.")
    if found.get("version") != VERSION:
        raise BadInput("The bundle was made by a newer version of Eventscope.", "Update it.")


def _read(file: Opened, skipped: Skipped) -> Iterator[Capture]:
    for number, line in file.lines():
        if line is None:
            skipped.add(f"Line {number} of {file.name} is longer than {LINE_LIMIT >> 20} MB.")
            continue
        try:
            yield _capture(parsed(line))
        except (BodyProblem, ValueError, TypeError, KeyError, AttributeError):
            skipped.add(f"Line {number} of {file.name} is not an exchange.")


def _item(capture: Capture) -> dict[str, Any]:
    response = capture.response
    return {
        "at_ms": capture.at_ms,
        "method": capture.method,
        "url": capture.url,
        "headers": capture.headers,
        **_packed(capture.body),
        "response": None
        if response is None
        else {
            "status": response.status,
            "headers": response.headers,
            **_packed(response.body),
        },
        "duration_ms": capture.duration_ms,
        "via": capture.via,
        "delivery": capture.delivery,
        "failure": capture.failure,
    }


def _packed(body: bytes) -> dict[str, str]:
    """A body as text when it is some, which people can read and which packs better."""
    try:
        return {"text": body.decode()} if body else {}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _capture(item: Any) -> Capture:
    """An exchange of a line. Raises what missing and wrong values raise."""
    answer = item["response"]
    delivery = item.get("delivery")
    return Capture(
        at_ms=_number(item["at_ms"]),
        method=_text(item["method"]),
        url=_text(item["url"]),
        headers=_headers(item["headers"]),
        body=_body(item),
        response=None
        if answer is None
        else Response(_status(answer["status"]), _headers(answer["headers"]), _body(answer)),
        duration_ms=None if item.get("duration_ms") is None else _number(item["duration_ms"]),
        via=Via(item.get("via", Via.IMPORT)),
        failure=_text(item.get("failure", "")),
        delivery=Delivery(delivery) if delivery else None,
    )


def _body(item: Any) -> bytes:
    if "base64" in item:
        return base64.b64decode(item["base64"], validate=True)
    return _text(item.get("text", "")).encode()


def _headers(given: Any) -> Headers:
    return tuple((_header(name), _header(value)) for name, value in given)


def _header(given: Any) -> str:
    """Bytes that are no UTF-8 are kept as half surrogates, as in the store."""
    if not isinstance(given, str):
        raise TypeError(given)
    given.encode("utf-8", "surrogateescape")
    return given


def _text(given: Any) -> str:
    """Text that the store can keep."""
    if not isinstance(given, str):
        raise TypeError(given)
    given.encode()
    return given


def _number(given: Any) -> int:
    if type(given) is not int or not 0 <= given < 1 << 53:
        raise ValueError(given)
    return given


def _status(given: Any) -> int:
    if type(given) is not int or not 100 <= given <= 999:
        raise ValueError(given)
    return given
