"""
Imports while traffic flows: the file is read in a thread, its batches are committed by the loop.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app import wire
from app.errors import AppError
from app.exchange import ImportReport, Progress, import_file
from app.model import Capture, Decoded
from proxy.writer import GroupWriter

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 60.0
TELL_SECONDS = 0.1


class _OnTheLoop:
    """The writer as the importing thread sees it."""

    def __init__(self, writer: GroupWriter, loop: asyncio.AbstractEventLoop) -> None:
        self._writer = writer
        self._loop = loop

    def add(self, batch: Sequence[tuple[Capture, Decoded]]) -> list[int]:
        """Commit on the loop, wait for it here."""
        future = asyncio.run_coroutine_threadsafe(self._writer.add_all(batch), self._loop)
        return future.result(TIMEOUT_SECONDS)


class Imports:
    """The imports that run, by the path of their file."""

    def __init__(self, writer: GroupWriter, say: Callable[[wire.Message], None]) -> None:
        self._writer = writer
        self._say = say
        self._stops: dict[str, threading.Event] = {}

    async def run(self, path: str) -> None:
        """Import a file and tell how it goes and how it ended."""
        if path in self._stops:
            return
        stop = self._stops[path] = threading.Event()
        try:
            report = await self._import(path, stop)
        finally:
            del self._stops[path]
        self._say(wire.Imported(path, report.uploads, report.events, report.problem))

    def cancel(self, path: str) -> None:
        """Stop reading this file after the batch that is being read."""
        if path in self._stops:
            self._stops[path].set()

    def cancel_all(self) -> None:
        """Stop reading, because the process ends."""
        for stop in self._stops.values():
            stop.set()

    async def _import(self, path: str, stop: threading.Event) -> ImportReport:
        target = _OnTheLoop(self._writer, asyncio.get_running_loop())
        told = 0.0

        def progress(found: Progress) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= TELL_SECONDS:
                told = now
                self._say(wire.Importing(path, *found))

        def work() -> ImportReport:
            # Known only when one is read: nothing else needs to read flows.
            from proxy.flows import flow_captures

            return import_file(target, Path(path), progress, stop.is_set, flow_captures)

        try:
            return await asyncio.to_thread(work)
        except AppError as error:
            return _failed(str(error))
        except Exception:
            # Whoever asked waits for a word, whatever a file holds.
            log.exception("an import failed")
            return _failed(f"{Path(path).name} could not be imported: something went wrong here.")


def _failed(problem: str) -> ImportReport:
    return ImportReport(uploads=0, events=0, skipped=0, problem=problem)
