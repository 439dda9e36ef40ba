"""
The events a person is looking at: which ids, newest first, and the cells of those just painted.

Only ids are held, so a million events cost 8 MB, and nothing at all while nothing is filtered.
Ids above the first page arrive at the top, ids below it at the bottom; both only ever append.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.model import Outcome
from ui.table.columns import EMPTY, Cell, Column

Index = QModelIndex | QPersistentModelIndex

PAGE = 64
CACHED = 4096
NO_PARENT = QModelIndex()


class PagedTableModel(QAbstractTableModel):
    """Rows by id, read when they are painted. `read` gives the rows of some ids, each with an
    `id`; it is asked in the GUI thread and must be quick."""

    def __init__(
        self,
        columns: Sequence[Column],
        read: Callable[[Sequence[int]], Sequence[Any]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._read = read
        self._older: Sequence[int] = array("q")
        self._newer = array("q")
        self._cells: dict[int, tuple[Cell, ...]] = {}
        self._unsettled: set[int] = set()
        self._tells_before = False

    def use_columns(self, columns: Sequence[Column], *, tells_before: bool = False) -> None:
        """Show other columns of the same rows. `tells_before` gives each row the time of the row
        below it."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self._tells_before = tells_before
        self._cells.clear()
        self._unsettled.clear()
        self.endResetModel()

    # Ids

    def show_ids(self, ids: Sequence[int]) -> None:
        """Begin anew with these ids, newest first."""
        self.beginResetModel()
        self._older = ids
        self._newer = array("q")
        self._cells.clear()
        self._unsettled.clear()
        self.endResetModel()

    def append_older(self, ids: "array[int]") -> None:
        """Further ids below all others, newest first."""
        if not ids:
            return
        count = len(self)
        self.beginInsertRows(QModelIndex(), count, count + len(ids) - 1)
        if not isinstance(self._older, array):
            self._older = array("q", self._older)
        self._older.extend(ids)
        self.endInsertRows()

    def prepend_newer(self, ids: "array[int]") -> None:
        """New ids above all others, oldest first. One batch is one insertion."""
        if not ids:
            return
        self.beginInsertRows(QModelIndex(), 0, len(ids) - 1)
        self._newer.extend(ids)
        self.endInsertRows()

    def drop_below(self, first: int) -> None:
        """Rows below this id are gone."""
        count = len(self)
        if not count or self.id_at(count - 1) >= first:
            return
        newer = len(self._newer) - bisect_left(self._newer, first)
        older = bisect_left(self._older, -first + 1, key=lambda number: -number)
        self.beginRemoveRows(QModelIndex(), newer + older, count - 1)
        self._older = self._older[:older]
        del self._newer[: len(self._newer) - newer]
        self.endRemoveRows()

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def id_at(self, row: int) -> int:
        """The id in a row."""
        newer = len(self._newer)
        return self._newer[newer - 1 - row] if row < newer else self._older[row - newer]

    def row_of(self, event_id: int) -> int:
        """The row of an id, or -1."""
        at = bisect_left(self._newer, event_id)
        if at < len(self._newer) and self._newer[at] == event_id:
            return len(self._newer) - 1 - at
        at = bisect_left(self._older, -event_id, key=lambda number: -number)
        if at < len(self._older) and self._older[at] == event_id:
            return len(self._newer) + at
        return -1

    def ids(self, first: int, count: int) -> list[int]:
        """The ids of `count` rows from `first` on."""
        last = min(first + count, len(self))
        return [self.id_at(row) for row in range(first, last)]

    # Cells

    def cell(self, row: int, column: int) -> Cell:
        """What to paint."""
        return self.cells(row)[column]

    def cells(self, row: int) -> tuple[Cell, ...]:
        """A row's cells, reading the rows around it when they were not read yet."""
        event_id = self.id_at(row)
        found = self._cells.get(event_id)
        if found is None:
            self._load(row)
            # The row may have been removed just now; it goes with the next notice.
            found = self._cells.setdefault(event_id, (EMPTY,) * len(self.columns))
        return found

    def text(self, row: int, key: str) -> str:
        """The text of the column `key`."""
        at = next(at for at, column in enumerate(self.columns) if column.key == key)
        return self.cell(row, at).text

    def look_again(self) -> None:
        """Read rows again that may have been answered meanwhile."""
        if not self._unsettled:
            return
        for event_id in self._unsettled:
            self._cells.pop(event_id, None)
        self._unsettled.clear()
        self._repaint()

    def forget_cells(self) -> None:
        """Read every row again when it is painted."""
        self._cells.clear()
        self._unsettled.clear()
        self._repaint()

    def _repaint(self) -> None:
        if len(self):
            last = self.index(len(self) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _load(self, row: int) -> None:
        # Painting goes downwards, dragging the scroll bar upwards as often: read both ways.
        start = max(0, row - PAGE // 4)
        wanted = [number for number in self.ids(start, PAGE) if number not in self._cells]
        if len(self._cells) + len(wanted) > CACHED:
            self._cells.clear()
            self._unsettled.clear()
            wanted = self.ids(start, PAGE)
        for found in self._rows(wanted):
            self._cells[found.id] = tuple(column.cell(found) for column in self.columns)
            if found.outcome is Outcome.UNANSWERED and not found.failure:
                self._unsettled.add(found.id)

    def _rows(self, wanted: list[int]) -> Sequence[Any]:
        if not self._tells_before or not wanted:
            return self._read(wanted)
        below = {number: self.row_of(number) + 1 for number in wanted}
        before = {number: self.id_at(row) for number, row in below.items() if row < len(self)}
        rows = {row.id: row for row in self._read(list({*wanted, *before.values()}))}
        return [
            rows[number]._replace(before_ms=rows[below_id].received_ms)
            if (below_id := before.get(number, 0)) in rows
            else rows[number]
            for number in wanted
            if number in rows
        ]

    # Qt's questions

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(index.row(), index.column()).text
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.columns[section].help
        if role == Qt.ItemDataRole.TextAlignmentRole:
            is_number = self.columns[section].is_number
            side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None
