"""
The stream in groups that open and close, in place of the plain table.

Only the newest events that match are grouped, and that is said: which groups a million events make
up would have to be worked out again with each that arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.grouping import REST, By, Group, grouped
from ui.context import Context
from ui.plain import clock, number, one_line, plural
from ui.table.columns import Cell, Column
from ui.theme import icon, label, mono_font, tokens

if TYPE_CHECKING:
    from app.store import Store
    from app.store.events import EventRow

WINDOW = 1_000
"""Events that are grouped."""
OPEN_AT_FIRST = 20
PAUSE_MS = 500
SHOWN = ("type", "time", "user", "outcome")
_ID = Qt.ItemDataRole.UserRole
_KEY = Qt.ItemDataRole.UserRole + 1


class GroupPane(QWidget):
    """A tree of the newest matching events.

    Signals:
        moved: the number of the event that is current now.
        opened: a person wants to see more of this event.
        left: Escape.
        failed: an AppError.
    """

    moved = Signal(int)
    opened = Signal(int)
    left = Signal()
    failed = Signal(object)

    def __init__(
        self,
        context: Context,
        ids: Callable[[int], Sequence[int]],
        columns: Callable[[], Sequence[Column]],
    ) -> None:
        super().__init__()
        self._context = context
        self._ids = ids
        self._columns = columns
        self._by: By | None = None
        self._groups: list[Group] = []
        self._closed: set[str] = set()
        self._open: set[str] = set()
        self._is_filling = False
        self.note = label("", "small")
        self.note.setContentsMargins(16, 6, 16, 6)
        self.tree = _Tree()
        self.tree.setAccessibleName("Events in groups, newest first")
        self.tree.setHeaderLabels(["Event", "Time", "User", "Outcome"])
        self._size_columns()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.note)
        rows.addWidget(self.tree, 1)
        self._later = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._later.timeout.connect(self.load)
        self.tree.itemExpanded.connect(self._remember_open)
        self.tree.itemCollapsed.connect(self._remember_closed)
        self.tree.currentItemChanged.connect(self._tell_current)
        self.tree.chosen.connect(self._choose)
        self.tree.left.connect(self.left)

    def _size_columns(self) -> None:
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at, width in ((1, 132), (2, 130), (3, 132)):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(at, width)

    def group_by(self, by: By | None) -> None:
        """Group by this from now on."""
        if by is not self._by:
            self._by = by
            self._open.clear()
            self._closed.clear()
        self.load()

    def redraw(self) -> None:
        """Marks, names, columns or colours have changed."""
        groups, self._groups = self._groups, []
        if groups:
            self._show(groups)

    def changeEvent(self, event: QEvent) -> None:
        """Colour again when the colours change."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.redraw()

    def load_later(self) -> None:
        """More has arrived: load soon, and not for each."""
        if self._by is not None and not self._later.isActive():
            self._later.start()

    def load(self) -> None:
        """Read the newest events and group them."""
        by = self._by
        if by is None or not self.isVisible():
            return
        ids = list(self._ids(WINDOW))

        def found(store: Store) -> list[Group]:
            rows = [
                row
                for at in range(0, len(ids), 500)
                for row in store.events.rows(ids[at : at + 500])
            ]
            people = store.people.names_of(ids) if by is By.PERSON else None
            return grouped(rows, by, people)

        self._context.jobs.read(self, found, "groups").then(self._show).catch(self.failed.emit)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self.load()

    def _show(self, groups: list[Group]) -> None:
        if groups == self._groups and self.tree.topLevelItemCount():
            return
        current, place = self.tree.current_id(), self.tree.verticalScrollBar().value()
        self._groups = groups
        self._is_filling = True
        self.tree.clear()
        columns = {column.key: column for column in self._columns()}
        for at, group in enumerate(groups):
            head = self._head(group)
            self.tree.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
            # What belongs to nothing is many, and nobody asked for it.
            is_first = at < OPEN_AT_FIRST and group.key != REST
            is_open = group.key in self._open or (is_first and group.key not in self._closed)
            if is_open:
                head.addChildren([_line(row, columns) for row in group.rows])
                head.setExpanded(True)
        self._restore(current, place)
        self._is_filling = False
        count = sum(len(group.rows) for group in groups)
        more = f" of the newest {number(WINDOW)} events" if count >= WINDOW else ""
        self.note.setText(f"{plural(len(groups), 'group')}{more}")

    def _head(self, group: Group) -> QTreeWidgetItem:
        newest, oldest = group.rows[0].received_ms, group.rows[-1].received_ms
        times = clock(newest) if newest == oldest else f"{clock(oldest)} – {clock(newest)}"
        title = one_line(group.title, 80)
        text = f"{title}   {plural(len(group.rows), 'event')}   {times}"
        head = QTreeWidgetItem([text])
        # Lines are made when it opens: most groups stay closed.
        head.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        head.setData(0, _KEY, group.key)
        head.setForeground(0, QColor(tokens().muted))
        return head

    def _restore(self, current: int | None, place: int) -> None:
        if current is not None:
            for at in range(self.tree.topLevelItemCount()):
                head = self.tree.topLevelItem(at)
                for row in range(head.childCount() if head else 0):
                    line = head.child(row) if head else None
                    if line is not None and line.data(0, _ID) == current:
                        self.tree.setCurrentItem(line)
        self.tree.verticalScrollBar().setValue(place)

    def _remember_open(self, item: QTreeWidgetItem) -> None:
        if not self._is_filling:
            if not item.childCount():
                group = self._groups[self.tree.indexOfTopLevelItem(item)]
                columns = {column.key: column for column in self._columns()}
                item.addChildren([_line(row, columns) for row in group.rows])
            self._open.add(item.data(0, _KEY))
            self._closed.discard(item.data(0, _KEY))

    def _remember_closed(self, item: QTreeWidgetItem) -> None:
        if not self._is_filling:
            self._closed.add(item.data(0, _KEY))
            self._open.discard(item.data(0, _KEY))

    def _tell_current(self, *_items: object) -> None:
        number_of = self.tree.current_id()
        if not self._is_filling and number_of is not None:
            self.moved.emit(number_of)

    def _choose(self) -> None:
        """Open an event in the inspector; open or close a group."""
        item = self.tree.currentItem()
        event = self.tree.current_id()
        if event is not None:
            self.opened.emit(event)
        elif item is not None:
            item.setExpanded(not item.isExpanded())


class _Tree(QTreeWidget):
    """The tree with the keys of the stream."""

    chosen = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(18)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.itemDoubleClicked.connect(lambda item, _column: self._clicked(item))
        self.setExpandsOnDoubleClick(False)
        self.itemClicked.connect(lambda item, _column: self._clicked(item))

    def _clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _ID) is not None:
            self.chosen.emit()

    def current_id(self) -> int | None:
        """The event that is current, or None on a group."""
        item = self.currentItem()
        found = item.data(0, _ID) if item else None
        return found if isinstance(found, int) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if key in (Qt.Key.Key_J, Qt.Key.Key_K):
                step = self.itemBelow if key == Qt.Key.Key_J else self.itemAbove
                if (current := self.currentItem()) and (item := step(current)):
                    self.setCurrentItem(item)
                return
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
                self.chosen.emit()
                return
            if key == Qt.Key.Key_Escape:
                self.left.emit()
                return
        super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts here."""


def _line(row: EventRow, columns: dict[str, Column]) -> QTreeWidgetItem:
    line = QTreeWidgetItem()
    line.setData(0, _ID, row.id)
    for at, key in enumerate(SHOWN):
        column = columns.get(key)
        if column is not None:
            _fill(line, at, column.cell(row), is_mono=column.is_mono)
    return line


def _fill(line: QTreeWidgetItem, at: int, cell: Cell, *, is_mono: bool) -> None:
    line.setText(at, cell.text)
    if cell.icons:
        line.setIcon(at, icon(*cell.icons[0]))
    elif cell.has_dot:
        line.setIcon(at, icon("dot", cell.tone))
    elif cell.tone != "text":
        line.setForeground(at, QColor(getattr(tokens(), cell.tone)))
    if is_mono:
        line.setFont(at, mono_font())
    if cell.help:
        line.setToolTip(at, one_line(cell.help, 400))
