"""
The breakdown table on the screen: what a row is stays at the left while its numbers scroll.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from ui.pages.explore.tablemodel import BreakdownModel, Line
from ui.plain import clipboard
from ui.theme import ROW

type Index = QModelIndex | QPersistentModelIndex

NAME_WIDTH, NUMBER_WIDTH, USUAL_WIDTH = 120, 96, 100
MOST_NAME = 280
MOST_FIXED = 0.6
"""How much of the table may be columns that do not scroll."""
OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff


class BreakdownView(QTableView):
    """Space checks the row that has the keyboard, F2 renames it in the legend. The columns of text
    are drawn once more above the others, where they do not scroll sideways; in a table that is
    too narrow for all of them, only the first do not.

    Signals:
        renaming: the place of a series.
    """

    renaming = Signal(int)

    def __init__(self, model: BreakdownModel) -> None:
        super().__init__()
        self.fixed = _Fixed(self)
        """The columns that stay; with a child of the viewport, scrolling would move it."""
        self._fitted = {NAME_WIDTH, NUMBER_WIDTH}
        """Widths that nobody chose."""
        self._texts = 0
        self.setModel(model)
        self.setAccessibleName("Breakdown table")
        for one in (self, self.fixed):
            _plain(one)
        self.fixed.share(self)
        self._connect()

    def _connect(self) -> None:
        header, other = self.horizontalHeader(), self.fixed.horizontalHeader()
        # Only this one sorts the rows.
        self.setSortingEnabled(True)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        other.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        header.sortIndicatorChanged.connect(self.fixed.show_sorting)
        other.sortIndicatorChanged.connect(self._sort)
        header.sectionResized.connect(self._resize_fixed)
        self.fixed.resized.connect(self.setColumnWidth)
        bar, fixed = self.verticalScrollBar(), self.fixed.verticalScrollBar()
        bar.valueChanged.connect(fixed.setValue)
        fixed.valueChanged.connect(bar.setValue)

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.horizontalHeader().setSortIndicator(column, order)

    # What stays

    def fit(self, texts: int) -> None:
        """Widths for text, which are the first columns, and for numbers, unless somebody chose
        them."""
        self._texts = texts
        for at in range(self.horizontalHeader().count()):
            wide = NUMBER_WIDTH
            if at < texts:
                head = self.horizontalHeader().sectionSizeHint(at)
                wide = min(MOST_NAME, max(NAME_WIDTH, head, self.sizeHintForColumn(at) + 12))
            if self.columnWidth(at) in (*self._fitted, USUAL_WIDTH):
                self.setColumnWidth(at, wide)
            self._fitted.add(wide)
        self._fix()

    @property
    def fixed_count(self) -> int:
        """How many of the first columns stay."""
        return self.fixed.count

    def _fix(self) -> None:
        """As many columns of text as leave enough room for numbers."""
        count = self._fitting()
        self.fixed.show_columns([self.columnWidth(at) for at in range(count)])
        self._place_fixed()

    def _fitting(self) -> int:
        room = self.viewport().width() * MOST_FIXED
        count = taken = 0
        while count < self._texts and (taken + self.columnWidth(count) <= room or not count):
            taken += self.columnWidth(count)
            count += 1
        return count

    def _resize_fixed(self, at: int, _was: int, wide: int) -> None:
        if at < self.fixed.count and self.fixed.columnWidth(at) != wide:
            self.fixed.setColumnWidth(at, wide)
        self._place_fixed()

    def _place_fixed(self) -> None:
        wide = sum(self.columnWidth(at) for at in range(self.fixed.count))
        at = self.viewport().geometry()
        head = self.horizontalHeader().geometry()
        self.fixed.setGeometry(at.left(), head.top(), min(wide, at.width()),
                               head.height() + at.height())  # fmt: skip
        self.fixed.setVisible(self.fixed.count > 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Hiding thousands of columns again takes longer than a frame.
        if self._fitting() != self.fixed.count:
            self._fix()
        else:
            self._place_fixed()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        # The header has its height, and the bars are there or not.
        self._place_fixed()

    def scrollTo(
        self, index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:  # fmt: skip
        """Not below the columns that stay, and not at all for those."""
        bar = self.horizontalScrollBar()
        was = bar.value()
        super().scrollTo(index, hint)
        if index.column() < self.fixed.count:
            bar.setValue(was)
            return
        hidden = self.fixed.width() - self.visualRect(index).left()
        if hidden > 0:
            bar.setValue(bar.value() - hidden)

    # The keyboard

    def line(self) -> Line | None:
        """The row that has the keyboard."""
        at, model = self.currentIndex(), self.model()
        if not at.isValid() or not isinstance(model, BreakdownModel):
            return None
        return model.lines[at.row()]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        line = self.line()
        if line is not None:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Rename in the legend…  (F2)", lambda: self.renaming.emit(line.at))
            menu.addAction("Copy row  (Ctrl+C)", self.copy)
            menu.popup(event.globalPos())

    def copy(self) -> None:
        """The rows that are chosen, with tabs between their cells."""
        model = self.model()
        rows = sorted({one.row() for one in self.selectionModel().selectedRows()})
        texts = [
            "\t".join(
                str(model.index(row, column).data() or "") for column in range(model.columnCount())
            )
            for row in rows
        ]
        QGuiApplication.clipboard().setText(clipboard("\n".join(texts)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model, line = self.model(), self.line()
        if event.key() == Qt.Key.Key_F2 and line is not None:
            self.renaming.emit(line.at)
        elif event.key() == Qt.Key.Key_Space and line is not None:
            index = self.currentIndex().siblingAtColumn(0)
            role = Qt.ItemDataRole.CheckStateRole
            on = index.data(role) == Qt.CheckState.Checked
            model.setData(index, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked, role)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)


class _Fixed(QTableView):
    """The first columns of a table, drawn above it. The keyboard stays with the table.

    Signals:
        resized: somebody took a column wider: which, and how wide.
    """

    resized = Signal(int, int)

    def __init__(self, table: BreakdownView) -> None:
        super().__init__(table)
        self._table = table
        self.count = 0
        self._is_changing = False
        self.horizontalHeader().sectionResized.connect(self._tell)
        self.setProperty("fixed", True)
        self.setAccessibleName("What the rows are")
        self.setHorizontalScrollBarPolicy(OFF)
        self.setVerticalScrollBarPolicy(OFF)
        self.setFocusProxy(table)
        self.hide()

    def share(self, table: QTableView) -> None:
        """Show its rows, with its selection."""
        self.setModel(table.model())
        made = self.selectionModel()
        self.setSelectionModel(table.selectionModel())
        made.deleteLater()

    def show_sorting(self, column: int, order: Qt.SortOrder) -> None:
        """As the table is sorted."""
        self.horizontalHeader().setSortIndicator(column, order)

    def show_columns(self, widths: Sequence[int]) -> None:
        """Only the first columns, so wide."""
        self.count = len(widths)
        self._is_changing = True
        for at in range(self.horizontalHeader().count()):
            self.setColumnHidden(at, at >= len(widths))
        for at, wide in enumerate(widths):
            self.setColumnWidth(at, wide)
        self._is_changing = False

    def _tell(self, at: int, _was: int, wide: int) -> None:
        # What is hidden is said to be none wide each time that the rows are sorted.
        if not self._is_changing and at < self.count:
            self.resized.emit(at, wide)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._table.contextMenuEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Sideways, too: only the table has what scrolls so.
        self._table.wheelEvent(event)


def _plain(table: QTableView) -> None:
    """Rows of one line without a grid, sorted by a click on a head."""
    table.setProperty("breakdown", True)
    pixel = QAbstractItemView.ScrollMode.ScrollPerPixel
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollMode(pixel)
    table.setVerticalScrollMode(pixel)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setSortIndicatorClearable(True)
    header.setSectionsClickable(True)
    header.setSortIndicatorShown(True)
