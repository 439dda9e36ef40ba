"""
The thread that answers charts: DuckDB's copy of the events is opened, loaded and asked here.

    charts.ask(self, lambda warehouse: …, "chart").then(self.show_answer)

Of one owner and purpose the newest question counts: an overtaken one is interrupted and its answer
never arrives. `aside` is for what takes long, such as a download: it has a connection and a thread
of its own, and no chart waits for it. `refresh` loads what was captured since; the first time
before anything is answered.
Nothing is imported or opened before somebody asks.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from ui.jobs import Job

if TYPE_CHECKING:
    from app.query import Progress, Warehouse

log = logging.getLogger(__name__)

PATIENCE_S = 5.0


class Aside:
    """Work with a connection of its own, on its way."""

    def __init__(self, job: Job[Any]) -> None:
        self.job = job
        self.thread: threading.Thread | None = None
        self.is_stopped = threading.Event()
        self._warehouse: Warehouse | None = None
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End it: its statement is interrupted, and it does not go on."""
        self.is_stopped.set()
        with self._lock:
            if self._warehouse:
                self._warehouse.interrupt()

    @contextlib.contextmanager
    def using(self, warehouse: Warehouse) -> Iterator[Warehouse]:
        """A connection beside this one, while it can be interrupted."""
        with warehouse.beside() as own:
            with self._lock:
                self._warehouse = own
            try:
                yield own
            finally:
                with self._lock:
                    self._warehouse = None


class ChartThread(QObject):
    """One thread and its warehouse.

    Signals:
        progressed: a Progress while events are loaded.
        refreshed: everything studied so far is loaded; how many events came or went.
        failed: an AppError that no `catch` asked for.
    """

    progressed = Signal(object)
    refreshed = Signal(object)
    failed = Signal(object)
    _done = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._lock = threading.Condition()
        self._queue: deque[Job[Any]] = deque()
        self._newest: dict[tuple[int, str], Job[Any]] = {}
        self._running: Job[Any] | None = None
        self._is_refresh_wanted = False
        self._is_loaded = False
        self._is_closing = False
        self._warehouse: Warehouse | None = None
        self._thread: threading.Thread | None = None
        self._opening = threading.Lock()
        self._asides: list[Aside] = []
        self._done.connect(self._deliver)

    def ask[T](self, owner: QObject, work: Callable[[Warehouse], T], purpose: str = "") -> Job[T]:
        """Run `work` with the warehouse."""
        job = Job(owner, purpose, lambda _store: work(self._open()))
        with self._lock:
            if self._is_closing:
                job.is_overtaken = True
                return job
            self._overtake(self._newest.get(job.key))
            self._newest[job.key] = job
            self._queue.append(job)
            self._wake()
        return job

    def aside[T](
        self, owner: QObject, work: Callable[[Warehouse, threading.Event], T]
    ) -> tuple[Job[T], Aside]:
        """Run `work` beside everything else, with the warehouse and an event that tells it to
        stop. Its answer arrives even when it was stopped."""
        job: Job[T] = Job(owner, "aside", lambda _store: self._beside(one, work))
        one = Aside(job)
        with self._lock:
            if self._is_closing:
                job.is_overtaken = True
                return job, one
            one.thread = threading.Thread(
                target=self._answer_aside, args=(one,), name="charts-aside", daemon=True
            )
            self._asides.append(one)
            one.thread.start()
        return job, one

    def drop(self, owner: QObject, purpose: str = "") -> None:
        """The answer is not wanted any more."""
        with self._lock:
            self._overtake(self._newest.pop((id(owner), purpose), None))

    def refresh(self) -> None:
        """Load what is new."""
        with self._lock:
            self._is_refresh_wanted = not self._is_closing
            self._wake()

    def shutdown(self) -> bool:
        """Give up what runs, close the file, end the thread. False when it did not end."""
        with self._lock:
            self._is_closing = True
            self._queue.clear()
            if self._running:
                self._running.is_overtaken = True
            if self._warehouse:
                self._warehouse.interrupt()
            asides = tuple(self._asides)
            self._lock.notify_all()
        for one in asides:
            one.stop()
            if one.thread:
                one.thread.join(PATIENCE_S)
        if self._thread is None:
            return True
        self._thread.join(PATIENCE_S)
        return not self._thread.is_alive()

    def _wake(self) -> None:
        if self._thread is None and not self._is_closing:
            self._thread = threading.Thread(target=self._run, name="charts", daemon=True)
            self._thread.start()
        self._lock.notify()

    def _overtake(self, job: Job[Any] | None) -> None:
        """Under the lock, so that nothing but that question is interrupted."""
        if job is None:
            return
        job.is_overtaken = True
        with contextlib.suppress(ValueError):
            self._queue.remove(job)
        if self._running is job and self._warehouse:
            self._warehouse.interrupt()

    # In the thread

    def _run(self) -> None:
        try:
            while self._next():
                pass
        finally:
            if self._warehouse:
                self._warehouse.close()

    def _next(self) -> bool:
        with self._lock:
            self._lock.wait_for(lambda: self._queue or self._is_refresh_wanted or self._is_closing)
            if self._is_closing:
                return False
            is_first = not self._is_loaded
            job = None if is_first or not self._queue else self._queue.popleft()
            self._running = job
            if self._warehouse:
                self._warehouse.begin_question()
            if job is None:
                self._is_refresh_wanted = False
        if job is None:
            self._refresh()
        else:
            self._answer(job)
        return True

    def _answer(self, job: Job[Any]) -> None:
        try:
            job.result = job.work(None)
        except BaseException as error:  # noqa: BLE001 - carried to the GUI thread, which raises it
            job.error = error
        with self._lock:
            self._running = None
            # It stays the newest until it is delivered: it can be overtaken on its way there.
            is_wanted = not (job.is_overtaken or self._is_closing)
            if not is_wanted:
                self._forget(job)
        if is_wanted:
            self._done.emit(job)

    def _beside[T](self, one: Aside, work: Callable[[Warehouse, threading.Event], T]) -> T:
        with one.using(self._open()) as warehouse:
            return work(warehouse, one.is_stopped)

    def _answer_aside(self, one: Aside) -> None:
        job = one.job
        try:
            job.result = job.work(None)
        except BaseException as error:  # noqa: BLE001 - carried to the GUI thread, which raises it
            job.error = error
        with self._lock:
            self._asides.remove(one)
            is_wanted = not self._is_closing
        if is_wanted:
            self._done.emit(job)

    def _refresh(self) -> None:
        count = 0
        try:
            count = self._open().refresh(self._tell)
        except AppError as error:
            if not self._is_closing:
                log.warning("charts are not brought up to date: %s", error)
                self.failed.emit(error)
        # Also after trouble: then questions say what is wrong.
        self._is_loaded = True
        if not self._is_closing:
            self.refreshed.emit(count)

    def _tell(self, progress: Progress) -> None:
        if self._is_closing:
            # An interrupt between two statements finds nothing to interrupt.
            from app.query import Interrupted

            raise Interrupted("The window is closing.")
        self.progressed.emit(progress)

    def _open(self) -> Warehouse:
        with self._opening:
            if self._warehouse is None:
                # Imported here: DuckDB and SQLGlot take longer to load than a window does.
                from app.query import Warehouse

                self._warehouse = Warehouse.open(self._folder)
            return self._warehouse

    def _forget(self, job: Job[Any]) -> None:
        """Under the lock."""
        if self._newest.get(job.key) is job:
            del self._newest[job.key]

    def _deliver(self, job: Job[Any]) -> None:
        with self._lock:
            self._forget(job)
        job.deliver(self.failed.emit)
