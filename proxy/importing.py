"""
Imports while traffic flows: the file is read in a thread, its batches are committed by the loop.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from app.errors import AppError
from app.exchange import ImportReport, import_file
from app.model import Capture, Decoded
from proxy.writer import GroupWriter

TIMEOUT_SECONDS = 60.0


class _OnTheLoop:
    """The writer as the importing thread sees it."""

    def __init__(self, writer: GroupWriter, loop: asyncio.AbstractEventLoop) -> None:
        self._writer = writer
        self._loop = loop

    def add(self, batch: Sequence[tuple[Capture, Decoded]]) -> list[int]:
        """Commit on the loop, wait for it here."""
        future = asyncio.run_coroutine_threadsafe(self._writer.add_all(batch), self._loop)
        return future.result(TIMEOUT_SECONDS)


async def import_into(writer: GroupWriter, path: Path) -> ImportReport:
    """Import a file; what goes wrong is the report's problem."""
    target = _OnTheLoop(writer, asyncio.get_running_loop())
    try:
        return await asyncio.to_thread(import_file, target, path)
    except AppError as error:
        return ImportReport(uploads=0, events=0, skipped=0, problem=str(error))
