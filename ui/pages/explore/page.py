"""
Explore: charts over captured events, and everything behind a point of them.

The page is a shell until it is first seen: DuckDB, SQLGlot and pyqtgraph take longer to load than
a window does. Its actions are there from the start, for the palette.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.actions import Action
from ui.context import Context
from ui.pages.explore.shell import Shell
from ui.warming import Opening

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk


def now() -> int:
    """The time now, in milliseconds."""
    return time.time_ns() // 1_000_000


class ExplorePage(QWidget):
    """The page of the window.

    Signals:
        live_asked: an event is wanted in Live (its id), or all that a filter text finds.
        person_asked: the person of an event is wanted (the event's id).
    """

    live_asked = Signal(object)
    person_asked = Signal(object)

    def __init__(self, context: Context, now_ms: Callable[[], int] = now) -> None:
        super().__init__()
        self._context = context
        self._now_ms = now_ms
        self._made: Desk | None = None
        self._opening: Opening | None = None
        self._restored: dict[str, Any] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._add_actions()

    @property
    def desk(self) -> Desk:
        """What is on the page, made when it is first asked for."""
        if self._made is None:
            from ui.pages.explore.desk import Desk

            self._made = Desk(self._context, self._now_ms)
            self._made.live_asked.connect(self.live_asked)
            self._made.person_asked.connect(self.person_asked)
            self._rows.addWidget(self._made)
            if self._opening is not None:
                self._opening.hide()
            self._made.restore(self._restored)
            had_keyboard = self.hasFocus()
            self.setFocusProxy(self._made)
            if had_keyboard:
                # Who came before everything was there.
                self._made.setFocus()
        return self._made

    def showEvent(self, event: QShowEvent) -> None:
        warming = self._context.warming
        if self._made is not None or warming is None or warming.is_warm:
            self.desk.show()
        elif self._opening is None:
            shell = Shell(self._restored)
            self._opening = Opening(self, warming, lambda: self.desk, shell)
        super().showEvent(event)

    def _has(self, claim: Callable[[Desk], bool]) -> Callable[[], bool]:
        return lambda: self._made is not None and claim(self._made)

    def _add_actions(self) -> None:
        add = self._context.actions.add
        desk = self._do
        for action in (
            Action("explore.undo", "Explore: undo", desk(lambda d: d.undo()), ("Ctrl+Z",),
                   "undo", enabled=self._has(lambda d: d.edited.can_undo)),
            Action("explore.redo", "Explore: redo", desk(lambda d: d.redo()),
                   ("Ctrl+Shift+Z", "Ctrl+Y"), "redo",
                   enabled=self._has(lambda d: d.edited.can_redo)),
            Action("explore.new", "Explore: new chart", desk(lambda d: d.clear()), ("Shift+N",),
                   "plus", "empty clear", "New"),
            Action("explore.save", "Explore: save the chart", desk(lambda d: d.save()),
                   ("Shift+S",), "save", "keep name", "Save"),
            Action("explore.duplicate", "Explore: duplicate the chart",
                   desk(lambda d: d.keeping.duplicate()), ("Shift+D",), "copy", "copy",
                   "Duplicate"),
            Action("explore.open", "Explore: open a saved chart",
                   desk(lambda d: d.head.open_list()), ("Shift+O",), "file", "load"),
            Action("explore.pinned", "Explore: show pinned charts",
                   desk(lambda d: d.keeping.show_pinned()), ("Shift+P",), "pin", "notebook list",
                   "Pinned charts"),
            Action("explore.pin", "Explore: add the chart to the pinned ones, or take it out",
                   desk(lambda d: d.keeping.pin()), ("Shift+T",), "pin", "notebook add to"),
            Action("explore.cohorts", "Explore: cohorts", desk(lambda d: d.cohorting.open_list()),
                   ("Shift+C",), "users", "people segments rename remove", "Cohorts…"),
            Action("explore.new_cohort", "Explore: new cohort",
                   desk(lambda d: d.cohorting.add()), (), "users", "people build rule"),
            Action("explore.import_cohort", "Explore: cohort from a list of ids",
                   desk(lambda d: d.cohorting.exchange.open()), (), "import", "csv file upload"),
            Action("explore.copy_picture", "Explore: copy the chart as a picture",
                   desk(lambda d: d.taking.copy("picture")), (), "copy", "png image clipboard"),
            Action("explore.copy_csv", "Explore: copy the table as CSV",
                   desk(lambda d: d.taking.copy("csv")), (), "copy", "clipboard export"),
            Action("explore.copy_json", "Explore: copy the definition as JSON",
                   desk(lambda d: d.taking.copy("json")), ("Shift+U",), "copy", "clipboard url"),
            Action("explore.sql", "Explore: show the SQL", desk(lambda d: d.taking.copy("sql")), (),
                   "terminal", "query duckdb snowflake bigquery clickhouse spark postgres"),
            Action("explore.add_event", "Explore: add an event",
                   desk(lambda d: d.builder.add_event()), ("Shift+E",), "plus", "step"),
            Action("explore.add_filter", "Explore: add a filter",
                   desk(lambda d: d.builder.add_filter()), ("Shift+F",), "filter", "where"),
            Action("explore.add_group", "Explore: add a grouping",
                   desk(lambda d: d.builder.add_group()), ("Shift+G",), "group", "breakdown by"),
            Action("explore.to_chart", "Explore: go to the chart with the keyboard",
                   desk(lambda d: d.go_to_chart()), ("Shift+J",), "explore", "focus jump points"),
            Action("explore.refresh", "Explore: ask again", desk(lambda d: d.look()),
                   ("Shift+R",), "reload", "refresh"),
        ):  # fmt: skip
            add(action, self)

    def _do(self, what: Callable[[Desk], object]) -> Callable[[], object]:
        return lambda: what(self.desk)

    def add_event(self, kind: str) -> None:
        """Show an event type in the chart, beside what is there."""
        self.desk.add_event(kind)

    def look_behind_uploads(self, deed: str, uploads: Sequence[int]) -> None:
        """Who is behind uploads that were chosen elsewhere: `users`, `streams`, `download` or
        `cohort`."""
        from ui.pages.explore.behinduploads import look_behind

        look_behind(self.desk, deed, uploads)

    def open_chart(self, number: int) -> None:
        """Show a saved chart."""
        self.desk.keeping.open_number(number)

    def layout_state(self) -> dict[str, Any]:
        """What is remembered of the arrangement."""
        return self._made.layout_state() if self._made else self._restored

    def restore_layout(self, state: dict[str, Any]) -> None:
        """Remembered until the page is seen."""
        self._restored = state
