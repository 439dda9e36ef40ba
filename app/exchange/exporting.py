"""
Events and exchanges into a file: whole or not at all, with progress, and without what is not to be
shared.
"""

import contextlib
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from app.decode.body import json_text
from app.errors import StoreUnavailable
from app.exchange import bundle, har
from app.exchange.csvtext import csv_rows
from app.exchange.redactcapture import redacted_capture
from app.exchange.redaction import Redaction, redacted
from app.store.captures import Stored

EVERY = 200
"""After so many events progress is told."""
LARGEST_UPLOAD = 1000


class Format(StrEnum):
    """What a file holds."""

    NDJSON = "NDJSON"
    CSV = "CSV"
    UPLOADS = "HTTP V2 uploads"
    HAR = "HAR"
    BUNDLE = "Eventscope bundle"


WHOLE = frozenset({Format.HAR, Format.BUNDLE})
"""These hold whole exchanges, the requests in which the events came."""

SUFFIX = {
    Format.NDJSON: ".ndjson",
    Format.CSV: ".csv",
    Format.UPLOADS: ".json",
    Format.HAR: ".har",
    Format.BUNDLE: ".zip",
}


def export_file(
    path: Path,
    events: Iterable[dict[str, Any]],
    form: Format,
    what: Redaction,
    progress: Callable[[int], object] = lambda _: None,
) -> int:
    """Write events as `store.events.export` yields them; returns how many. The file appears when
    it is complete, readable by its owner alone. Raises StoreUnavailable."""
    count = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count
        for event in redacted(events, what):
            count += 1
            if count % EVERY == 0:
                progress(count)
            yield event

    with _written(path) as file, _text(file) as text:
        text.writelines(_LINES[form](counted()))
    return count


def export_captures(
    path: Path,
    stored: Iterable[Stored],
    form: Format,
    what: Redaction,
    progress: Callable[[int], object] = lambda _: None,
) -> int:
    """The same for whole exchanges, as HAR or as a bundle."""
    count = 0

    def counted() -> Iterator[Stored]:
        nonlocal count
        for one in stored:
            count += 1
            if count % EVERY == 0:
                progress(count)
            yield redacted_capture(one, what) if what else one

    with _written(path) as file:
        if form is Format.BUNDLE:
            bundle.write(file, (one.capture for one in counted()), is_redacted=bool(what))
        else:
            with _text(file) as text:
                text.writelines(har.lines(one.capture for one in counted()))
    return count


@contextmanager
def _written(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears when all of it was written. Raises StoreUnavailable."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w+b") as file:
            yield file
        temporary.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        # Gone already when all went well.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def _text(file: IO[bytes]) -> Iterator[io.TextIOWrapper]:
    """The file for text; it stays open."""
    text = io.TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    try:
        yield text
    finally:
        text.detach()


def _ndjson(events: Iterator[dict[str, Any]]) -> Iterator[str]:
    for event in events:
        yield json_text(event) + "\n"


def _uploads(events: Iterator[dict[str, Any]]) -> Iterator[str]:
    """One body of an upload a line, each of one project, as the HTTP V2 API takes it."""
    waiting: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        key = str(event.get("api_key") or "")
        group = waiting.setdefault(key, [])
        group.append(event.get("normalised") or event["event"])
        if len(group) >= LARGEST_UPLOAD:
            yield _body(key, waiting.pop(key))
    for key, group in waiting.items():
        yield _body(key, group)


def _body(key: str, events: list[dict[str, Any]]) -> str:
    return json_text({"api_key": key, "events": events}) + "\n"


_LINES = {Format.NDJSON: _ndjson, Format.CSV: csv_rows, Format.UPLOADS: _uploads}
