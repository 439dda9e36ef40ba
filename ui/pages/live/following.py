"""
Following the newest event, or staying: by key, by scrolling, by setting; and "N new" meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QPushButton

from app import settings as keys
from ui.context import Context
from ui.plain import number
from ui.table.stream import EventStream
from ui.table.view import EventTableView
from ui.theme import tint


class Following(QObject):
    """Pauses and resumes a stream. What a person asked for is remembered; a pause by scrolling
    away ends at the top."""

    def __init__(
        self,
        context: Context,
        stream: EventStream,
        table: EventTableView,
        remember: Callable[[keys.Setting[Any], Any], None],
    ) -> None:
        super().__init__(table)
        self._context = context
        self._stream = stream
        self._table = table
        self._remember = remember
        self._paused_by = ""
        self.pill = QPushButton(table)
        self.pill.setProperty("kind", "pill")
        self.pill.setCursor(Qt.CursorShape.PointingHandCursor)
        self.pill.setToolTip("Go to the newest event  (G)")
        tint(self.pill, "up", "on_accent")
        self.pill.clicked.connect(self.go_to_newest)
        self.pill.hide()
        self._watched = {table}
        self._listen_to(table)
        if not context.settings.get(keys.FOLLOW):
            self.pause("asked")

    def watch(self, table: EventTableView) -> None:
        """Another table is in front now."""
        if table is self._table:
            return
        self._table = table
        self.pill.setParent(table)
        if table not in self._watched:
            self._watched.add(table)
            self._listen_to(table)

    def _listen_to(self, table: EventTableView) -> None:
        bar = table.verticalScrollBar()
        bar.valueChanged.connect(lambda value: self._scrolled(table, value))
        table.viewport().installEventFilter(self)

    def toggle(self) -> None:
        """Pause, or follow again; remembered."""
        if self._stream.is_following:
            self.pause("asked")
            self._remember_follow()
        else:
            self.go_to_newest()

    def go_to_newest(self) -> None:
        """Show what waited and follow; remembered."""
        self._paused_by = ""
        self._stream.follow()
        self._table.scrollToTop()
        self._remember_follow()

    def use(self, wanted: bool) -> None:
        """The setting was changed elsewhere: what it says counts at once."""
        if not wanted:
            self.pause("asked")
        elif not self._stream.is_following:
            self.go_to_newest()

    def pause(self, by: str) -> None:
        """Stay; `by` is "asked" or "scroll"."""
        self._paused_by = by
        self._stream.pause()

    def show_pill(self) -> None:
        """How many wait, over the table."""
        waiting = len(self._stream.waiting)
        self.pill.setVisible(waiting > 0)
        if waiting:
            self.pill.setText(f"{number(waiting)} new")
            self.pill.setAccessibleName(f"{number(waiting)} new events: go to the newest")
            self._place_pill()

    def _remember_follow(self) -> None:
        if self._context.settings.get(keys.FOLLOW) != self._stream.is_following:
            self._remember(keys.FOLLOW, self._stream.is_following)

    def _scrolled(self, table: EventTableView, value: int) -> None:
        if table is not self._table:
            return
        if value > 0 and self._stream.is_following:
            self.pause("scroll")
        elif value == 0 and self._paused_by == "scroll":
            # Not inside the scroll bar's own signal, which still uses the rows as they were.
            QTimer.singleShot(0, self, self._resume)

    def _resume(self) -> None:
        if self._table.verticalScrollBar().value() == 0 and self._paused_by == "scroll":
            self.go_to_newest()

    def _place_pill(self) -> None:
        self.pill.adjustSize()
        area = self._table.viewport().geometry()
        self.pill.move(area.center().x() - self.pill.width() // 2, area.top() + 8)
        self.pill.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the pill in the middle."""
        if event.type() == QEvent.Type.Resize:
            self._place_pill()
        return super().eventFilter(watched, event)
