"""
A list below a button: what there is of a kind, what can be done with one of it, and another one.

Enter does what is done most, Delete removes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from ui.pages.explore.popup import Popup
from ui.plain import tooltip
from ui.theme import ROW, label

ONE = Qt.ItemDataRole.UserRole


class ListPopup(Popup):
    """Rows, the first column as wide as there is room. `said` stands above an empty list."""

    def __init__(self, parent: QWidget, title: str, columns: int, said: str) -> None:
        super().__init__(parent, title)
        self.list = QTreeWidget()
        self.list.setAccessibleName(title)
        self.list.setColumnCount(columns)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in range(1, columns):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        self.entry = self.list
        self.empty = label(said, "muted", wrap=True)
        self.rows.addWidget(label(title, "strong"))
        self.rows.addWidget(self.empty)
        self.rows.addWidget(self.list, 1)
        self.list.currentItemChanged.connect(lambda *_: self.look())

    def add_row(self, one: object, texts: Sequence[str], full: str) -> QTreeWidgetItem:
        """A row of `one`; `full` is what its first column may have cut off."""
        row = QTreeWidgetItem([*texts])
        row.setToolTip(0, tooltip(full))
        row.setData(0, ONE, one)
        row.setSizeHint(0, QSize(0, ROW))
        self.list.addTopLevelItem(row)
        return row

    def add_feet(self, left: Sequence[QPushButton], right: Sequence[QPushButton]) -> None:
        """Buttons below the list: for the row that is chosen, and for all of it."""
        foot = QHBoxLayout()
        for part in left:
            foot.addWidget(part)
        foot.addStretch(1)
        for part in right:
            foot.addWidget(part)
        self.rows.addLayout(foot)

    def open_at(self, place: QPoint) -> None:
        """Show it there, with the first row chosen."""
        first = self.list.topLevelItem(0)
        self.empty.setVisible(first is None)
        if first is not None:
            self.list.setCurrentItem(first)
        self.look()
        super().open_at(place)

    def current(self) -> Any:
        """What is chosen, if it is something that can be changed."""
        item = self.list.currentItem()
        return item.data(0, ONE) if item else None

    def look(self) -> None:
        """Another row is chosen."""

    def remove_current(self) -> None:
        """Delete was pressed."""

    def take(self, tell: Callable[[Any], object]) -> None:
        """Tell what is chosen, and go."""
        found = self.current()
        if found is not None:
            self.close()
            tell(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_current()
        else:
            super().keyPressEvent(event)
