"""
Groups of events as rows: a head for each group, and below those that are open their events.

A head has an id as events have, below zero. What a group holds is asked for when it opens, so that
a hundred thousand groups cost what their numbers cost.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from app.grouped import Groups
from app.grouping import Head
from ui.plain import clock, number, one_line, plural
from ui.table.cells import EMPTY, Cell, Column
from ui.table.rows import NO_PARENT, Index, RowModel

LONGEST_TITLE = 120


def head_id(group: int) -> int:
    """The id of the row of a group's head."""
    return -1 - group


class GroupModel(RowModel):
    """Newest group first. `read_heads` gives what is said of some groups, by their numbers."""

    def __init__(
        self,
        columns: Sequence[Column],
        read: Callable[[Sequence[int]], Sequence[Any]],
        read_heads: Callable[[Groups, Sequence[int]], Sequence[Head | None]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, read, parent)
        self._read_heads = read_heads
        self.groups = Groups()
        self._open: dict[int, array[int]] = {}
        # Of the groups that are open, from the top: the row of each head, and how many rows there
        # are above it that are no heads.
        self._open_rows: list[int] = []
        self._open_groups: list[int] = []
        self._extra = 0
        self.is_partial = False
        self._heads: dict[int, Head | None] = {}

    def change(self, change: Callable[[], object], opened: Callable[[], Iterable[int]]) -> None:
        """Change the groups, and say which are open then."""
        self.beginResetModel()
        change()
        self._heads.clear()
        for one in [one for one in self._cells if one < 0]:
            del self._cells[one]
        self._open = {group: self._ids(group) for group in opened()}
        self._place_open()
        self.endResetModel()

    def use_partial(self, is_partial: bool) -> None:
        """Say whether there may be more events in groups than were found yet."""
        if is_partial != self.is_partial:
            self.is_partial = is_partial
            self.forget_cells()

    def _ids(self, group: int) -> array[int]:
        """The events of a group; those of one that is open are known while none came or went."""
        known = self._open.get(group)
        is_same = (
            known is not None
            and len(known) == self.groups.count(group)
            and known[0] == self.groups.newest_of(group)
            and known[-1] == self.groups.oldest_of(group)
        )
        return known if known is not None and is_same else self.groups.ids(group)

    def begin(self) -> None:
        """No groups."""
        self.beginResetModel()
        self.groups = Groups()
        self._open.clear()
        self._heads.clear()
        self._forget()
        self._place_open()
        self.endResetModel()

    # Opening

    def is_open(self, group: int) -> bool:
        """Whether its events are shown."""
        return group in self._open

    def open(self, group: int) -> None:
        """Show its events."""
        if group in self._open:
            return
        ids, row = self.groups.ids(group), self.row_of(head_id(group))
        self.beginInsertRows(NO_PARENT, row + 1, row + len(ids))
        self._open[group] = ids
        self._place_open()
        self.endInsertRows()
        self._tell(row)

    def close(self, group: int) -> None:
        """Show only its head."""
        if group not in self._open:
            return
        row = self.row_of(head_id(group))
        self.beginRemoveRows(NO_PARENT, row + 1, row + len(self._open[group]))
        del self._open[group]
        self._place_open()
        self.endRemoveRows()
        self._tell(row)

    def _tell(self, row: int) -> None:
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))

    def _place_open(self) -> None:
        places = sorted((self.groups.place_of(group), group) for group in self._open)
        self._open_rows, self._open_groups, extra = [], [], 0
        for place, group in places:
            self._open_rows.append(place + extra)
            self._open_groups.append(group)
            extra += len(self._open[group])
        self._extra = extra

    # Rows

    def __len__(self) -> int:
        return len(self.groups) + self._extra

    def place(self, row: int) -> tuple[int, int]:
        """The group of a row, and which of its events that is; -1 for the head."""
        at = bisect_right(self._open_rows, row) - 1
        if at < 0:
            return self.groups.at(row), -1
        group, head = self._open_groups[at], self._open_rows[at]
        below = row - head - 1
        events = len(self._open[group])
        if below < events:
            return group, below
        return self.groups.at(self.groups.place_of(group) + 1 + below - events), -1

    def is_head(self, row: int) -> bool:
        """Whether a row is the head of a group."""
        return self.place(row)[1] < 0

    def id_at(self, row: int) -> int:
        group, at = self.place(row)
        return head_id(group) if at < 0 else self._open[group][at]

    def row_of(self, event_id: int) -> int:
        """The row of a head, or of an event in a group that is open; or -1."""
        if event_id < 0:
            return self._head_row(-1 - event_id)
        for head, group in zip(self._open_rows, self._open_groups, strict=True):
            ids = self._open[group]
            at = bisect_left(ids, -event_id, key=lambda number: -number)
            if at < len(ids) and ids[at] == event_id:
                return head + 1 + at
        return -1

    def _head_row(self, group: int) -> int:
        place = self.groups.place_of(group)
        if place < 0:
            return -1
        above = [one for one in self._open_groups if self.groups.place_of(one) < place]
        return place + sum(len(self._open[one]) for one in above)

    # Heads

    def head(self, row: int) -> Head | None:
        """What is said of the group of a head's row."""
        self.cells(row)
        return self._heads.get(self.place(row)[0])

    def _rows(self, wanted: list[int]) -> Sequence[Any]:
        groups = [-1 - one for one in wanted if one < 0]
        if groups:
            found = self._read_heads(self.groups, groups)
            self._heads.update(zip(groups, found, strict=True))
            for group, head in zip(groups, found, strict=True):
                rest = (EMPTY,) * (len(self.columns) - 1)
                self._cells[head_id(group)] = (
                    Cell(head_text(head, is_partial=self.is_partial)),
                    *rest,
                )
        events = [one for one in wanted if one > 0]
        return super()._rows(events) if events else ()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid() and not index.column():
            group, at = self.place(index.row())
            if at < 0:
                state = "open" if self.is_open(group) else "closed"
                return f"{self.cell(index.row(), 0).text}, {state}"
        return super().data(index, role)


def head_text(head: Head | None, *, is_partial: bool = False) -> str:
    """A head in one line."""
    if head is None:
        return "No longer stored"
    return f"{title(head)}   {events(head, is_partial=is_partial)}   {times(head)}"


def title(head: Head) -> str:
    """Its name, as it is painted."""
    return one_line(head.title, LONGEST_TITLE)


def events(head: Head, *, is_partial: bool = False) -> str:
    """How many events it has; at least, while older ones are still looked at."""
    return f"{number(head.count)}+ events" if is_partial else plural(head.count, "event")


def times(head: Head) -> str:
    """When its events arrived."""
    first, last = clock(head.first_ms), clock(head.last_ms)
    return last if head.first_ms == head.last_ms else f"{first} – {last}"
