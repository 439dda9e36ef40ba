"""
A table of a few rows below a chart, which are copied with its titles.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget

from ui.plain import cell, clipboard

ARROWS = " ↑↓"
"""What a head says about the order of the rows."""


class RowTree(QTreeWidget):
    """Shows rows in the order in which they are added."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("padded", True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def text_of_selected(self) -> str:
        """The chosen rows below the titles, with tabs between their cells."""
        shown = [at for at in range(self.columnCount()) if not self.isColumnHidden(at)]
        heads = (self.headerItem().text(at).rstrip(ARROWS) for at in shown)
        lines = ["\t".join(map(cell, heads))]
        for row in range(self.topLevelItemCount()):
            item = self.topLevelItem(row)
            if item is not None and item.isSelected():
                full = [item.data(at, Qt.ItemDataRole.UserRole) or item.text(at) for at in shown]
                lines.append("\t".join(cell(str(one)) for one in full))
        return "\n".join(lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            if self.selectedItems():
                QGuiApplication.clipboard().setText(clipboard(self.text_of_selected()))
        else:
            super().keyPressEvent(event)
