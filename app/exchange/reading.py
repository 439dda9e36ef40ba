"""
What a file holds, recognised by its content, as captures in order.

A HAR archive, a JSON array or an indented body is read whole; NDJSON is read line by line, so a
file of any size takes little memory. Of a ZIP archive, each member is read in this way, unless it
is our own bundle.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from app.decode.body import BodyProblem, json_text, parsed
from app.errors import BadInput
from app.exchange import bundle, har
from app.exchange.archive import Archive, is_text, opened_archive
from app.exchange.events import Grouping, body_capture, is_body, is_event, is_printed
from app.exchange.opened import LINE_LIMIT, WHOLE_LIMIT, Opened, Unreasonable, opened
from app.exchange.report import Skipped, Strict
from app.model import Capture

_HAR_START = re.compile(rb'\s*\{\s*"log"\s*:')
_LINES_LOOKED_AT = 20
_FLOWS = re.compile(rb"[1-9]\d{0,11}:\d{1,12}:")
"""How a file of mitmproxy's begins: the length of the first flow, and of its first part."""
_HINT = (
    "Can be imported: HAR archives, bodies of uploads, events as JSON or one a line, exports of"
    " Amplitude, flows of mitmproxy, bundles of Eventscope."
)

type Flows = Callable[[Opened, Skipped], Iterator[Capture]]
"""Reads a file of mitmproxy's flows; given by who may know mitmproxy."""


def captures_from(
    path: Path, skipped: Skipped | None = None, flows: Flows | None = None
) -> Iterator[Capture]:
    """The exchanges that a file holds, or stands for. Raises BadInput; what cannot be read within
    the file is counted in `skipped`, or raises as well when that is not given."""
    with opened(path) as file:
        yield from captures_in(file, skipped or Strict(), flows)


def captures_in(file: Opened, skipped: Skipped, flows: Flows | None = None) -> Iterator[Capture]:
    """The same for an open file."""
    found = 0
    for capture in _any(file, skipped, flows):
        found += 1
        yield capture
    if not found:
        raise BadInput(skipped.first or f"{file.name} holds no events.", _HINT)


def _any(file: Opened, skipped: Skipped, flows: Flows | None) -> Iterator[Capture]:
    if not file.is_archive():
        yield from _recognised(file, skipped, flows)
        return
    with opened_archive(file) as archive:
        if bundle.NAME in archive.names():
            yield from bundle.captures(archive, skipped)
        else:
            yield from _members(archive, skipped)


def _members(archive: Archive, skipped: Skipped) -> Iterator[Capture]:
    """The events of every member that may hold some. One that is damaged takes no other with it."""
    for info in filter(is_text, archive.members):
        try:
            with archive.member(info) as member:
                # Hours in which nothing happened are there as empty files.
                if info.file_size:
                    yield from _recognised(member, skipped, None)
        except Unreasonable:
            raise
        except BadInput as error:
            skipped.add(str(error))


def _recognised(file: Opened, skipped: Skipped, flows: Flows | None) -> Iterator[Capture]:
    start = file.start()
    if flows and _FLOWS.match(start):
        return flows(file, skipped)
    if _HAR_START.match(start):
        return _whole(file, skipped)
    first = next(file.lines(), None)
    if first is None:
        raise BadInput(f"{file.name} is empty.")
    if _is_item(_value(first[1])):
        return _lines(file, skipped)
    return _whole(file, skipped)


def _whole(file: Opened, skipped: Skipped) -> Iterator[Capture]:
    """A file that is one JSON value, or lines of which the first is bad."""
    data = b""
    try:
        # A file of good lines under a bad first one may be of any size.
        if file.size <= WHOLE_LIMIT or not _has_item_line(file):
            data = file.whole()
            document = parsed(data)
            return _document(document, data, file, skipped)
    except BodyProblem as problem:
        if not _has_item_line(file):
            told = str(problem).replace("The body", file.name, 1)
            raise BadInput(told, _HINT) from problem
    return _lines(file, skipped)


def _document(document: Any, data: bytes, file: Opened, skipped: Skipped) -> Iterator[Capture]:
    if har.is_archive(document):
        return har.captures(document, file.name, skipped)
    if isinstance(document, list):
        return _values(document, file, skipped)
    if is_body(document):
        return iter((body_capture(data, document, file.modified_ms()),))
    if _is_item(document):
        return _values([document], file, skipped)
    raise BadInput(f"{file.name} is JSON, but neither events nor an upload nor a HAR.", _HINT)


def _values(values: list[Any], file: Opened, skipped: Skipped) -> Iterator[Capture]:
    """A list of events, of lines of ours, or of bodies."""
    grouping = Grouping(file.modified_ms())
    for number, value in enumerate(values, 1):
        if is_body(value) and not is_printed(value):
            yield body_capture(json_text(value).encode(), value, file.modified_ms())
        elif _is_item(value):
            yield from grouping.add(value)
        else:
            skipped.add(f"Entry {number} of {file.name} is not an event.")
    yield from grouping.rest()


def _lines(file: Opened, skipped: Skipped) -> Iterator[Capture]:
    """One event, line of ours, or body a line."""
    grouping = Grouping(file.modified_ms())
    try:
        for number, line in file.lines():
            value, problem = _read(line)
            if line is None or problem:
                skipped.add(f"Line {number} of {file.name} {problem}.")
            elif is_body(value) and not is_printed(value):
                yield body_capture(line.strip(), value, file.modified_ms())
            else:
                yield from grouping.add(value, line)
    except BadInput:
        # What was read before the damage is good.
        yield from grouping.rest()
        raise
    yield from grouping.rest()


def _read(line: bytes | None) -> tuple[Any, str]:
    """The value of a line, or what is wrong with it."""
    if line is None:
        return None, f"is longer than {LINE_LIMIT >> 20} MB"
    try:
        value = parsed(line)
    except BodyProblem as problem:
        return None, _of_line(problem)
    return (value, "") if _is_item(value) else (None, "is JSON, but not an event")


def _of_line(problem: BodyProblem) -> str:
    cause = problem.__cause__
    if isinstance(cause, UnicodeDecodeError):
        return f"is not UTF-8 text (byte {cause.start})"
    return "is nested too deeply" if "nested" in str(problem) else "is not valid JSON"


def _is_item(value: Any) -> bool:
    return is_printed(value) or is_event(value) or is_body(value)


def _value(line: bytes | None) -> Any:
    return _read(line)[0]


def _has_item_line(file: Opened) -> bool:
    """Whether one of the first lines is something to import by itself."""
    lines = itertools.islice(file.lines(), _LINES_LOOKED_AT)
    return any(_value(line) is not None for _, line in lines)
