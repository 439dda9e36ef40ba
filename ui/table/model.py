"""
The events a person is looking at: which ids, newest first, and the cells of those just painted.

Only ids are held, so a million events cost 8 MB, and nothing at all while nothing is filtered.
Ids above the first page arrive at the top, ids below it at the bottom; both only ever append.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject

from ui.table.cells import Column
from ui.table.rows import RowModel


class PagedTableModel(RowModel):
    """Rows by id, newest first."""

    def __init__(
        self,
        columns: Sequence[Column],
        read: Callable[[Sequence[int]], Sequence[Any]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, read, parent)
        self._older: Sequence[int] = array("q")
        self._newer = array("q")

    def show_ids(self, ids: Sequence[int]) -> None:
        """Begin anew with these ids, newest first."""
        self.beginResetModel()
        self._older = ids
        self._newer = array("q")
        self._forget()
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

    def row_below(self, event_id: int) -> int:
        """The row of the newest id below this one; the number of rows when there is none."""
        newer = bisect_left(self._newer, event_id)
        if newer:
            return len(self._newer) - newer
        older = bisect_left(self._older, -event_id + 1, key=lambda number: -number)
        return len(self._newer) + older

    def ids(self, first: int, count: int) -> list[int]:
        newer = len(self._newer)
        if first >= newer:
            return list(self._older[first - newer : first - newer + count])
        return super().ids(first, count)
