"""
Work beside the GUI thread, in one form:

    self.jobs.read(self, lambda store: store.events.newest(chosen, 200)).then(self.show_ids)

A newer job of the same owner and purpose overtakes an older one: its query is interrupted and its
result never arrives. Results arrive in the GUI thread, and not at all once the owner is gone.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.errors import AppError, StoreUnavailable
from ui.reader import open_store

if TYPE_CHECKING:
    from app.store import Store

log = logging.getLogger(__name__)

WORKERS = 3
PATIENCE_S = 5.0
STEPS = 100_000
"""Of SQLite's machine: a few milliseconds."""


class Job[T]:
    """One piece of work on its way. `then` and `catch` take what to do with its result."""

    def __init__(self, owner: QObject, purpose: str, work: Callable[[Store | None], T]) -> None:
        self.owner = owner
        self.key = (id(owner), purpose)
        self.work = work
        self.result: T | None = None
        self.error: BaseException | None = None
        self.is_overtaken = False
        self.needs_store = True
        self._ok: Callable[[T], object] | None = None
        self._bad: Callable[[AppError], object] | None = None

    def then(self, ok: Callable[[T], object]) -> Self:
        """Call `ok` with the result."""
        self._ok = ok
        return self

    def catch(self, bad: Callable[[AppError], object]) -> Self:
        """Call `bad` when the environment stood in the way. Bugs go to the excepthook instead."""
        self._bad = bad
        return self

    def deliver(self, failed: Callable[[AppError], object]) -> None:
        """Hand over what came out, in the GUI thread."""
        if self.is_overtaken or not isValid(self.owner):
            return
        if isinstance(self.error, AppError):
            (self._bad or failed)(self.error)
        elif self.error is not None:
            sys.excepthook(type(self.error), self.error, self.error.__traceback__)
        elif self._ok:
            self._ok(self.result)  # type: ignore[arg-type]


class Jobs(QObject):
    """A few threads, each with a store of its own.

    Signals:
        failed: an AppError that no `catch` asked for.
    """

    failed = Signal(object)
    _done = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self._lock = threading.Condition()
        self._queue: deque[Job[Any]] = deque()
        self._newest: dict[tuple[int, str], Job[Any]] = {}
        self._workers: list[_Worker] = []
        self._idle = 0
        self._is_closing = False
        self._done.connect(self._deliver)

    def read[T](self, owner: QObject, work: Callable[[Store], T], purpose: str = "") -> Job[T]:
        """Run `work` with a store of the thread's own."""
        return self._add(Job(owner, purpose, work))  # type: ignore[arg-type]

    def run[T](self, owner: QObject, work: Callable[[], T], purpose: str = "") -> Job[T]:
        """Run `work`, which needs no store."""
        job = Job(owner, purpose, lambda _store: work())
        job.needs_store = False
        return self._add(job)

    def drop(self, owner: QObject, purpose: str = "") -> None:
        """The result is not wanted any more."""
        with self._lock:
            self._overtake(self._newest.pop((id(owner), purpose), None))

    def shutdown(self) -> bool:
        """Interrupt what runs, forget what waits, end the threads. False when one did not end."""
        with self._lock:
            self._is_closing = True
            self._queue.clear()
            for worker in self._workers:
                self._overtake(worker.job)
            self._lock.notify_all()
        for worker in self._workers:
            worker.thread.join(PATIENCE_S)
        return not any(worker.thread.is_alive() for worker in self._workers)

    def _add[T](self, job: Job[T]) -> Job[T]:
        with self._lock:
            if self._is_closing:
                job.is_overtaken = True
                return job
            self._overtake(self._newest.get(job.key))
            self._newest[job.key] = job
            self._queue.append(job)
            if len(self._queue) > self._idle and len(self._workers) < WORKERS:
                self._workers.append(_Worker(self, len(self._workers)))
            self._lock.notify()
        return job

    def _overtake(self, job: Job[Any] | None) -> None:
        """Under the lock, so that a store is never interrupted for the job after the wrong one."""
        if job is None:
            return
        job.is_overtaken = True
        with contextlib.suppress(ValueError):
            self._queue.remove(job)
        for worker in self._workers:
            if worker.job is job and worker.store:
                worker.store.interrupt()

    def next_job(self, worker: _Worker) -> Job[Any] | None:
        """The next job for a worker, waiting for one; None when all ends."""
        with self._lock:
            self._idle += 1
            self._lock.wait_for(lambda: self._queue or self._is_closing)
            self._idle -= 1
            if self._is_closing:
                return None
            worker.job = self._queue.popleft()
            return worker.job

    def finish(self, worker: _Worker, job: Job[Any]) -> None:
        """A worker is through with a job."""
        with self._lock:
            worker.job = None
            # It stays the newest until it is delivered: it can be overtaken on its way there.
            is_wanted = not (job.is_overtaken or self._is_closing)
            if not is_wanted and self._newest.get(job.key) is job:
                del self._newest[job.key]
        if is_wanted:
            self._done.emit(job)

    def open_store(self) -> Store:
        """A store for one worker."""
        store = open_store(self.folder)
        if store is None:
            raise StoreUnavailable(
                f"There is no workspace in {self.folder}.", "Start capturing to make one."
            )
        return store

    def _deliver(self, job: Job[Any]) -> None:
        with self._lock:
            if self._newest.get(job.key) is job:
                del self._newest[job.key]
        job.deliver(self.failed.emit)


class _Worker:
    """One thread and its store, opened when first needed and again after trouble."""

    def __init__(self, jobs: Jobs, number: int) -> None:
        self.job: Job[Any] | None = None
        self.store: Store | None = None
        self._jobs = jobs
        # A probe of the network may hang; leaving must not wait for it.
        self.thread = threading.Thread(target=self._run, name=f"job-{number}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            while job := self._jobs.next_job(self):
                self._do(job)
                self._jobs.finish(self, job)
                del job
        finally:
            self._close()

    def _do(self, job: Job[Any]) -> None:
        try:
            job.result = self._with_store(job) if job.needs_store else job.work(None)
        except BaseException as error:  # noqa: BLE001 - carried to the GUI thread, which raises it
            # A cursor in its frames would be a query that is still open: every later interrupt
            # would end whatever is asked next.
            traceback.clear_frames(error.__traceback__)
            job.error = error
            if isinstance(error, StoreUnavailable):
                self._close()

    def _with_store(self, job: Job[Any]) -> Any:
        # Imported here: see ui.reader.
        from app.store.trouble import explained

        if self.store is None:
            self.store = self._jobs.open_store()
            # An interrupt that comes just before the query begins is lost; this is asked
            # while it runs.
            self.store.connection.set_progress_handler(self._is_overtaken, STEPS)
        with explained(self._jobs.folder):
            return job.work(self.store)

    def _is_overtaken(self) -> bool:
        return self.job is not None and self.job.is_overtaken

    def _close(self) -> None:
        store, self.store = self.store, None
        if store:
            store.close()
