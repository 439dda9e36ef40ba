"""
What a person did, as a list that is read while it is scrolled: sessions as blocks joined by a line,
what happened out of session standing alone (semantics §5.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from ui.pages.users.lines import TimelineModel
from ui.pages.users.painting import TICK_ROOM, LineDelegate
from ui.reader import Reader

if TYPE_CHECKING:
    from app.store.people.activity import Line

NEAR_END = 40


class Timeline(QListView):
    """The list.

    Signals:
        chosen: the number of the event that a person looks at, or None.
        near_end: more lines are wanted.
    """

    chosen = Signal(object)
    near_end = Signal()

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self.lines = TimelineModel(reader)
        self.lines.setParent(self)
        self.setModel(self.lines)
        self.setItemDelegate(LineDelegate(self, self.lines))
        self.setUniformItemSizes(True)
        self.setAccessibleName("Activity, newest first")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._look_at_end)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self._look_at_end(0))
        self.selectionModel().currentChanged.connect(self._choose)
        self._is_restoring = False

    @property
    def current_event(self) -> int | None:
        """The event that a person looks at."""
        index = self.currentIndex()
        return self.lines.lines[index.row()].event_id or None if index.isValid() else None

    def show_again(self, lines: Sequence[Line]) -> None:
        """Show newer lines, and stay where a person is: at the top, or at what they look at."""
        bar = self.verticalScrollBar()
        chosen = self.current_event
        top = self.indexAt(self.viewport().rect().topLeft()).row() if bar.value() else 0
        anchor = next((line.event_id for line in self.lines.lines[max(0, top):] if line.event_id),
                      None) if bar.value() else None  # fmt: skip
        was = self.lines.place_of(anchor) if anchor else None
        before = bar.value()
        self._is_restoring = True
        self.lines.show_lines(lines)
        if chosen is not None and (at := self.lines.place_of(chosen)) is not None:
            self.selectionModel().setCurrentIndex(
                self.lines.index(at), self.selectionModel().SelectionFlag.ClearAndSelect
            )
        self._is_restoring = False
        now = self.lines.place_of(anchor) if anchor else None
        if was is not None and now is not None:
            bar.setValue(before + (now - was) * self.sizeHintForRow(0))
        elif not before:
            self.scrollToTop()

    def select_event(self, number: int) -> bool:
        """Choose an event and bring it into view; False when its line is not loaded."""
        at = self.lines.place_of(number)
        if at is None:
            return False
        self.setCurrentIndex(self.lines.index(at))
        self.scrollTo(self.lines.index(at), QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The box before an event ticks it."""
        at = event.position().toPoint()
        index = self.indexAt(at)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and at.x() < TICK_ROOM:
            if number := self.lines.lines[index.row()].event_id:
                self.lines.tick(number)
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.current_event:
            self.lines.tick(self.current_event)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts here."""

    def _choose(self, index: QModelIndex, _before: QModelIndex) -> None:
        if not self._is_restoring:
            self.chosen.emit(self.current_event if index.isValid() else None)

    def _look_at_end(self, _value: int) -> None:
        bar = self.verticalScrollBar()
        if self.lines.lines and bar.value() >= bar.maximum() - NEAR_END * 10:
            self.near_end.emit()
