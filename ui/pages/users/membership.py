"""
In which cohorts with a rule a person is: asked of the engine of charts, while somebody looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from ui.context import Context

if TYPE_CHECKING:
    from app.query import Warehouse

PURPOSE = "cohorts"


class Membership(QObject):
    """Answers for one person at a time. The engine is not loaded before the first question.

    Signals:
        answered: `of` says something new.
    """

    answered = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._charts = context.charts
        self._folder = context.workspace
        self._person: int | None = None
        self._found: dict[int, bool | str] = {}
        self._problem: str | None = None
        self.now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
        if self._charts is not None:
            self._charts.refreshed.connect(self._ask_again)

    def of(self, person: int, cohort: int) -> bool | str | None:
        """Whether a person is in a cohort, by their numbers; why that cannot be said; or None
        while it is not known."""
        if self._charts is None:
            return "there are no charts here"
        return self._found.get(cohort, self._problem) if person == self._person else None

    def ask(self, person: int) -> None:
        """Ask about this person, with all that was captured so far."""
        if self._charts is None:
            return
        if person != self._person:
            self._person, self._found, self._problem = person, {}, None
        self._charts.refresh()
        self._ask()

    def forget(self) -> None:
        """Nobody looks any more."""
        self._person, self._found, self._problem = None, {}, None
        if self._charts is not None:
            self._charts.drop(self, PURPOSE)

    def _ask_again(self, count: object) -> None:
        if count and self._person is not None:
            self._ask()

    def _ask(self) -> None:
        person, folder, now_ms = self._person, self._folder, self.now_ms()
        if self._charts is None or person is None:
            return

        def members(warehouse: Warehouse) -> dict[int, bool | str]:
            # Imported here: they need the engine, which is loaded by now.
            from ui.pages.explore.asking import charts_of, clock_at

            return charts_of(warehouse, clock_at(now_ms), folder).memberships(person)

        self._charts.ask(self, members, PURPOSE).then(self._show).catch(self._fail)

    def _show(self, found: dict[int, bool | str]) -> None:
        self._found, self._problem = found, None
        self.answered.emit()

    def _fail(self, error: AppError) -> None:
        self._found, self._problem = {}, error.sentence
        self.answered.emit()
