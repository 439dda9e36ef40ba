"""
The lines of a timeline: sessions, and the events in and out of them, whose rows are read while they
are scrolled into view.
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

from app.model import Outcome
from ui.plain import local_time, one_line, plural, tooltip
from ui.reader import Reader

if TYPE_CHECKING:
    from app.store.people.activity import ActivityRow, Line

Index = QModelIndex | QPersistentModelIndex
CHUNK, MOST_KEPT = 64, 4000
MOST_TICKED = 10
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
