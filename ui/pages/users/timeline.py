"""
What a person did, as a list that is read while it is scrolled: sessions as blocks joined by a line,
what happened out of session standing alone (semantics §5.4).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from app.model import Outcome
from ui.plain import local_time, one_line, plural, tooltip
from ui.reader import Reader

if TYPE_CHECKING:
    from app.store.people.activity import ActivityRow, Line

Index = QModelIndex | QPersistentModelIndex
CHUNK, MOST_KEPT = 64, 4000
MOST_TICKED = 10
NEAR_END = 40
NO_PARENT = QModelIndex()


class TimelineModel(QAbstractListModel):
    """Lines; the rows of their events are read when they are painted.

    Signals:
        tick_refused: ten events are ticked already.
        ticked: other events are ticked now.
    """

    tick_refused = Signal()
    ticked = Signal()

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader
        self.lines: list[Line] = []
        self.ticks: list[int] = []
        self.highlighted: frozenset[str] = frozenset()
        self.replays: frozenset[int] = frozenset()
        self.shows_devices = False
        self._rows: OrderedDict[int, ActivityRow | None] = OrderedDict()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def forget_rows(self) -> None:
        """Read everything that is painted again: an answer may have come."""
        self._rows.clear()

    def add_lines(self, lines: Sequence[Line]) -> None:
        """These follow."""
        if lines:
            start = len(self.lines)
            self.beginInsertRows(QModelIndex(), start, start + len(lines) - 1)
            self.lines += lines
            self.endInsertRows()

    def row(self, at: int) -> ActivityRow | None:
        """The event of a line; None for heads, and for what is not stored any more."""
        number = self.lines[at].event_id
        if not number:
            return None
        if number not in self._rows:
            self._read(at)
        return self._rows.get(number)

    def _read(self, at: int) -> None:
        """A chunk around a line."""
        around = self.lines[max(0, at - CHUNK // 4) : at + CHUNK]
        ids = [line.event_id for line in around if line.event_id]
        nothing: list[ActivityRow] = []
        found = self._reader.ask(lambda store: store.people.activity.rows(ids), nothing)
        self._rows.update(dict.fromkeys(ids))
        self._rows.update({row.id: row for row in found})
        while len(self._rows) > MOST_KEPT:
            self._rows.popitem(last=False)

    def is_highlighted(self, row: ActivityRow) -> bool:
        """Whether its type is one of those that a person looks for."""
        return row.type in self.highlighted

    def tick(self, number: int) -> None:
        """Tick an event, or not any more; the eleventh is refused."""
        if number in self.ticks:
            self.ticks.remove(number)
        elif len(self.ticks) >= MOST_TICKED:
            self.tick_refused.emit()
            return
        else:
            self.ticks.append(number)
        self._repaint()
        self.ticked.emit()

    def untick_all(self) -> None:
        """Tick nothing."""
        self.ticks.clear()
        self._repaint()
        self.ticked.emit()

    def place_of(self, number: int) -> int | None:
        """The line of an event, as far as lines are loaded."""
        places = (at for at, line in enumerate(self.lines) if line.event_id == number)
        return next(places, None)

    def _repaint(self) -> None:
        if self.lines:
            self.dataChanged.emit(self.index(0), self.index(len(self.lines) - 1))

    # Qt's questions

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self.lines):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(index.row())
        if role == Qt.ItemDataRole.CheckStateRole and self.lines[index.row()].event_id:
            is_ticked = self.lines[index.row()].event_id in self.ticks
            return Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(index.row())
        return None

    def _text(self, at: int) -> str:
        line = self.lines[at]
        if not line.event_id and line.block:
            block = line.block
            return f"Session of {local_time(block.start_ms)}, {plural(block.events, 'event')}"
        row = self.row(at)
        if row is None:
            return "no longer stored"
        where = "" if line.block else ", out of session"
        return f"{local_time(line.time_ms)} {one_line(row.name or row.type)}{where}"

    def _tooltip(self, at: int) -> str:
        line, row = self.lines[at], self.row(at)
        if not line.event_id and line.block:
            # Their lines stand among the events all the same.
            return tooltip(f"{self._text(at)}. Identifies are no events, and not counted.")
        if row is None:
            return tooltip(self._text(at))
        said = [f"Sent as {row.type}"] if row.name else [row.type]
        said.append(local_time(line.time_ms))
        if line.block is None:
            said.append("Out of session")
        if row.device:
            said.append(f"Device {row.device}")
        if row.outcome is not Outcome.ACCEPTED:
            said.append(f"Outcome: {row.outcome}")
        return tooltip("\n".join(said))


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
        # Imported here: painting asks the model about its columns.
        from ui.pages.users.painting import TICK_ROOM, LineDelegate

        self._tick_room = TICK_ROOM
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
        if (
            event.button() == Qt.MouseButton.LeftButton
            and index.isValid()
            and (at.x() < self._tick_room)
        ):
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
