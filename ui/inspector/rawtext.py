"""
The text behind an event: its own JSON, the request it came in, the answer.

Made in a worker, and cut to what a text view shows without a pause; copying gives everything.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.decode.body import BodyProblem, parsed, unpacked
from app.model import Capture, Headers
from app.store.events import EventDetail
from ui.inspector.pretty import pretty
from ui.plain import lines, size

MOST = 120_000
LONGEST = 4_000
BYTES_SHOWN = 4_096


class Part(StrEnum):
    """What is looked at."""

    EVENT = "Event"
    UPLOAD = "Upload body"
    RESPONSE = "Response"


@dataclass(frozen=True, slots=True)
class Shown:
    """Text for the view. The first `head` lines are not JSON; `note` says what was left out."""

    text: str
    head: int = 0
    note: str = ""
    event: range = range(0)
    """The lines of the chosen event, where more than that is shown."""


def shown(detail: EventDetail, part: Part) -> Shown:
    """The text to look at."""
    if part is Part.EVENT:
        found = pretty(detail.event.raw, MOST, LONGEST)
        return Shown(lines(found.text), 0, _cut_note(found.is_cut))
    found_in = shown_of(detail.capture, part)
    if part is Part.UPLOAD:
        return replace(found_in, event=_event_lines(detail, found_in.head))
    return found_in


def shown_of(capture: Capture, part: Part) -> Shown:
    """The request or the answer to look at."""
    if part is Part.UPLOAD:
        head = [f"{capture.method} {capture.url}", *_header_lines(capture.headers)]
        encoding, body = capture.header("content-encoding"), capture.body
    elif capture.response is None:
        return Shown(lines(capture.failure) or "No answer yet.", 1)
    else:
        answer = capture.response
        head = [f"Status {answer.status}", *_header_lines(answer.headers)]
        encoding, body = _header(answer.headers, "content-encoding"), answer.body
    text, is_cut = _body_text(body, encoding)
    top = [line[:LONGEST] for line in head]
    return Shown(lines("\n".join([*top, "", text])), len(top) + 1, _cut_note(is_cut))


def whole(detail: EventDetail, part: Part) -> str:
    """The text to copy, with nothing left out."""
    if part is Part.EVENT:
        return pretty(detail.event.raw).text
    return whole_of(detail.capture, part)


def whole_of(capture: Capture, part: Part) -> str:
    """The body to copy, with nothing left out."""
    if part is Part.UPLOAD:
        return _whole_body(capture.body, capture.header("content-encoding"))
    if capture.response is None:
        return capture.failure
    answer = capture.response
    return _whole_body(answer.body, _header(answer.headers, "content-encoding"))


def as_curl(capture: Capture) -> str:
    """The request as a curl command for a POSIX shell, its body unpacked."""
    skipped = {"content-length", "content-encoding", "host", "connection", "accept-encoding"}
    words = ["curl", "-X", capture.method, _quoted(capture.url)]
    for name, value in capture.headers:
        if name.lower() not in skipped:
            words += ["-H", _quoted(f"{name}: {value}")]
    body = _whole_body(capture.body, capture.header("content-encoding"))
    return " ".join([*words, "--data-raw", _quoted(body)])


def _quoted(text: str) -> str:
    escaped = text.replace("\0", "").replace("'", "'\\''")
    return f"'{escaped}'"


def _event_lines(detail: EventDetail, head: int) -> range:
    """Where the event is in the text of its upload; nowhere when it is not JSON or was cut."""
    capture, at = detail.capture, detail.position
    try:
        body = parsed(unpacked(capture.body, capture.header("content-encoding"))[0])
    except BodyProblem:
        return range(0)
    line = head + 1
    events: Any = body
    if isinstance(body, dict):
        events = body.get("events")
        for key, value in body.items():
            if key == "events":
                break
            line += _line_count(value)
        line += 1
    if not isinstance(events, list) or at >= len(events) or events[at] != detail.event.raw:
        return range(0)
    room = MOST
    for one in events[:at]:
        text = pretty(one, room, LONGEST).text
        room -= len(text)
        if room <= 0:
            return range(0)
        line += text.count("\n") + 1
    return range(line, line + _line_count(events[at]))


def _line_count(value: Any) -> int:
    return pretty(value, MOST, LONGEST).text.count("\n") + 1


def _cut_note(is_cut: bool) -> str:
    return "Only the beginning is shown. Copy gives everything." if is_cut else ""


def _header_lines(headers: Headers) -> list[str]:
    return [f"{name}: {value}" for name, value in headers]


def _header(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _body_text(body: bytes, encoding: str) -> tuple[str, bool]:
    """A body as text to look at, and whether something was left out."""
    if not body:
        return "(no body)", False
    try:
        data, _ = unpacked(body, encoding)
    except BodyProblem as problem:
        return f"{problem}\n\n{_dump(body)}", len(body) > BYTES_SHOWN
    try:
        found = pretty(parsed(data), MOST, LONGEST)
    except BodyProblem:
        return _plain_text(data)
    return found.text, found.is_cut


def _plain_text(data: bytes) -> tuple[str, bool]:
    beginning = data[:MOST]
    try:
        # A cut in the middle of a character is not the sender's doing.
        text = beginning.decode("utf-8", "strict" if len(data) <= MOST else "ignore")
    except UnicodeDecodeError:
        return _dump(data), len(data) > BYTES_SHOWN
    rows = [_cut_line(line) for line in text.split("\n")]
    return "\n".join(rows), len(data) > MOST


def _cut_line(line: str) -> str:
    if len(line) <= LONGEST:
        return line
    return f"{line[:LONGEST]}… ({len(line) - LONGEST:,} more characters)"


def _dump(data: bytes) -> str:
    """The first bytes, for bodies that are not text."""
    rows = [f"{size(len(data))} that are not text. The first bytes:"]
    for at in range(0, min(len(data), BYTES_SHOWN), 16):
        row = data[at : at + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
        rows.append(f"{at:06x}  {row.hex(' '):<47}  {letters}")
    return "\n".join(rows)


def _whole_body(body: bytes, encoding: str) -> str:
    try:
        data, _ = unpacked(body, encoding)
    except BodyProblem:
        data = body
    return data.decode("utf-8", "replace")
