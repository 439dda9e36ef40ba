"""
Downloads of the people or the groups behind a point: written beside everything else, with progress,
and stopped when somebody wants that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.query import Interrupted, Warehouse
from ui.charts.saving import ask_where
from ui.chartthread import Aside
from ui.pages.explore.asking import charts_of
from ui.pages.explore.behind import Spot
from ui.plain import one_line, plural

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk

type Written = tuple[int, bool]
type Write = Callable[[Warehouse, Callable[[int], None], Callable[[], bool]], Written]


class Downloads(QObject):
    """Writes files, one at a time.

    Signals:
        written: how many rows are in the file; None when it is over.
    """

    written = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._running: Aside | None = None
        self._count = 0

    def ask_users(self, spot: Spot) -> None:
        """Ask for a file, and write the people of a point there."""
        ask_where(
            self._desk, "Download users", "users.csv", "CSV (*.csv)", partial(self.users, spot)
        )

    def ask_groups(self, spot: Spot, group: str) -> None:
        """The same for the groups of a type."""
        ask_where(
            self._desk, f"Download {one_line(group, 40)}", "groups.csv", "CSV (*.csv)",
            partial(self.groups, spot, group),
        )  # fmt: skip

    def users(self, spot: Spot, path: Path) -> None:
        """Write the people of a point; progress and the end are told."""
        folder = self._desk.folder

        def write(
            warehouse: Warehouse, told: Callable[[int], None], go_on: Callable[[], bool]
        ) -> Written:
            charts = charts_of(warehouse, spot.clock, folder)
            people = charts.people(spot.chart, spot.point)
            return charts.download(people, path, told, go_on)

        self.begin(path, write, ("person", "people"))

    def groups(self, spot: Spot, group: str, path: Path) -> None:
        """Write the groups of a type."""
        folder = self._desk.folder

        def write(
            warehouse: Warehouse, told: Callable[[int], None], go_on: Callable[[], bool]
        ) -> Written:
            charts = charts_of(warehouse, spot.clock, folder)
            people = charts.people(spot.chart, spot.point)
            return charts.download_groups(spot.chart, people, group, path, told, go_on)

        self.begin(path, write, ("group", "groups"))

    def stop(self) -> None:
        """Stop writing; what is in the file stays."""
        if self._running:
            self._running.stop()

    def begin(
        self, path: Path, write: Write, words: tuple[str, str], more: Callable[[], str] = str
    ) -> None:
        """Write a file; `words` are what its rows are, and `more` is what else is said of it at
        the end."""
        if self._running:
            self._desk.tell("A download is still being written. Stop it first, or wait for it.")
            return
        self._count = 0
        self.written.emit(0)

        def work(warehouse: Warehouse, stopped: threading.Event) -> Written:
            return write(warehouse, self._tell, lambda: not stopped.is_set())

        job, self._running = self._desk.asker.aside(self, work)
        job.then(partial(self._end, path, words, more)).catch(partial(self._fail, path, words))

    def _tell(self, count: int) -> None:
        # From its thread: a signal reaches the window in the window's own.
        self._count = count
        self.written.emit(count)

    def _end(
        self, path: Path, words: tuple[str, str], also: Callable[[], str], found: Written
    ) -> None:
        running, self._running = self._running, None
        self.written.emit(None)
        count, more = found
        said = f"{plural(count, *words)} in {one_line(path.name, 60)}"
        if also():
            said += f", {also()}"
        if running and running.is_stopped.is_set():
            self._desk.tell(f"The download was stopped; {said}.")
        elif more:
            self._desk.tell(f"{said}, which is as many as a download holds. There were more.")
        else:
            self._desk.tell(f"Downloaded: {said}.")

    def _fail(self, path: Path, words: tuple[str, str], error: AppError) -> None:
        if isinstance(error, Interrupted):
            self._end(path, words, str, (self._count, False))
            return
        self._running = None
        self.written.emit(None)
        self._desk.fail(error)
