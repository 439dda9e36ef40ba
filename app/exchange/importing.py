"""
Puts a file into a workspace: read, decoded and stored in batches, as live traffic is.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from app.decode import decode
from app.errors import BadInput
from app.exchange.opened import opened
from app.exchange.reading import Flows, captures_in
from app.exchange.report import ImportReport, Skipped
from app.model import Capture, Decoded

_BATCH_CAPTURES = 100
_BATCH_BYTES = 8 << 20


class Progress(NamedTuple):
    """How many of the file's bytes were read, of how many, and what is stored by now."""

    read: int
    size: int
    uploads: int
    events: int


Batch = list[tuple[Capture, Decoded]]


class Adds(Protocol):
    """The writer, as far as an import needs it."""

    def add(self, batch: Sequence[tuple[Capture, Decoded]], /) -> list[int]:
        """Commit these captures together."""


def import_file(
    writer: Adds,
    path: Path,
    progress: Callable[[Progress], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
    flows: Flows | None = None,
) -> ImportReport:
    """Import a file. `progress` is told after each batch; `flows` reads what mitmproxy wrote.

    Raises BadInput when nothing of it can be used, and StoreUnavailable. When a part can be used,
    that part is stored and the report says what was left out.
    """
    skipped = Skipped()
    uploads = events = 0
    problem = ""
    with opened(path) as file:
        try:
            for batch in _batches(captures_in(file, skipped, flows)):
                writer.add(batch)
                uploads += sum(decoded.upload is not None for _, decoded in batch)
                events += sum(len(d.upload.events) for _, d in batch if d.upload)
                if progress:
                    progress(Progress(file.position, file.size, uploads, events))
                if cancelled and cancelled():
                    problem = "The import was stopped; what was read until then is stored."
                    break
        except BadInput as error:
            if not uploads:
                raise
            problem = f"{error} What came before is stored."
    problem = " ".join(filter(None, (problem, skipped.sentence("parts"))))
    return ImportReport(uploads, events, skipped.count, problem)


def _batches(captures: Iterator[Capture]) -> Iterator[Batch]:
    """Captures with what they are, some at a time. What was read before an error comes first."""
    batch: Batch = []
    size = 0
    try:
        for capture in captures:
            batch.append((capture, decode(capture)))
            size += len(capture.body)
            if len(batch) >= _BATCH_CAPTURES or size >= _BATCH_BYTES:
                yield batch
                batch, size = [], 0
    except BadInput:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
