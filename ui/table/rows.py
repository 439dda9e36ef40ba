"""
Rows of a table that are read by their ids when they are painted; which ids, a model says.
"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.model import Outcome
from ui.table.cells import EMPTY, Cell, Column

Index = QModelIndex | QPersistentModelIndex

PAGE = 64
CACHED = 4096
NO_PARENT = QModelIndex()


class RowModel(QAbstractTableModel):
    """Keeps the cells of rows that were painted. `read` gives the rows of some ids, each with an
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
        self._cells: dict[int, tuple[Cell, ...]] = {}
        self._unsettled: set[int] = set()
        self._tells_before = False

    def use_columns(self, columns: Sequence[Column], *, tells_before: bool = False) -> None:
        """Show other columns of the same rows. `tells_before` gives each row the time of the row
        below it."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self._tells_before = tells_before
        self._forget()
        self.endResetModel()

    # Which rows

    def __len__(self) -> int:
        raise NotImplementedError

    def id_at(self, row: int) -> int:
        """The id in a row."""
        raise NotImplementedError

    def row_of(self, event_id: int) -> int:
        """The row of an id, or -1."""
        raise NotImplementedError

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
        self._forget()
        self._repaint()

    def _forget(self) -> None:
        self._cells.clear()
        self._unsettled.clear()

    def _repaint(self) -> None:
        if len(self):
            last = self.index(len(self) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _load(self, row: int) -> None:
        # Painting goes downwards, dragging the scroll bar upwards as often: read both ways.
        start = max(0, row - PAGE // 4)
        wanted = [number for number in self.ids(start, PAGE) if number not in self._cells]
        if len(self._cells) + len(wanted) > CACHED:
            self._forget()
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
