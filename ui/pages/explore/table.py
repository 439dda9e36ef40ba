"""
The breakdown table below a chart: a row for each series, a column for each interval.

Checked rows are drawn. Text is sorted as text, numbers as numbers, and what has none comes last.
The search hides rows of the table only; a copy holds all of them.
"""

from __future__ import annotations

import csv
import io
import math
import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.exchange.csvtext import cell
from app.query import Clock, Figure
from app.query.calendar import label as bucket_label
from app.query.definition import Segmentation
from app.query.figure import Series, titled
from ui.charts.ticks import full_text, with_unit
from ui.pages.explore.drawing import title_of
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.words import property_title, shift_title
from ui.plain import clipboard, one_line, plural, tooltip
from ui.theme import ROW, hairline, label

type Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()
SUMMARIES = {"total": "Whole range", "average": "Average", "median": "Median", "change": "Change",
             "sum": "Sum"}  # fmt: skip
NAME_WIDTH, NUMBER_WIDTH, USUAL_WIDTH = 170, 96, 100
MOST_NAME = 280


class Line(NamedTuple):
    """A row: the place of its series, its texts, and its numbers with the summary first; their
    unit is empty, `%` or `$`."""

    at: int
    texts: tuple[str, ...]
    numbers: tuple[float | None, ...]
    unit: str = ""


def said(value: float | None, unit: str) -> str:
    """A number for people. Shares have one decimal place."""
    if value is not None and unit == "%" and math.isfinite(value):
        return f"{value:,.1f} %"
    return with_unit(full_text(math.nan if value is None else value), unit)


def short_time(head: str) -> str:
    """The head of a column with room for little: of a time within a day, its month, day and clock;
    the zone is that of all."""
    day, is_within, clock = head.partition("T")
    return f"{day[5:]} {clock[:5]}" if is_within and day[:4].isdigit() else head


def summary(one: Series, how: str) -> float | None:
    """The number that stands for all intervals. `change` is the last minus the first."""
    if how == "total":
        return one.total
    known = [value for value in one.points if value is not None]
    if not known:
        return None
    if how == "average":
        return sum(known) / len(known)
    if how == "median":
        return float(statistics.median(known))
    return known[-1] - known[0] if how == "change" else sum(known)


class BreakdownModel(QAbstractTableModel):
    """Rows of a figure.

    Signals:
        checked: other rows are checked (a tuple of places of series, in the figure's order).
    """

    checked = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.texts: tuple[str, ...] = ()
        self.heads: tuple[str, ...] = ()
        self.lines: list[Line] = []
        self.drawn: set[int] = set()
        self._all: list[Line] = []
        self._search = ""
        self._sorting: tuple[int, bool] | None = None

    def show_lines(
        self, texts: Sequence[str], heads: Sequence[str], lines: Sequence[Line],
        drawn: Sequence[int],
    ) -> None:  # fmt: skip
        """Show these."""
        self.beginResetModel()
        self.texts, self.heads = tuple(texts), tuple(heads)
        self._all, self.drawn = list(lines), set(drawn)
        self._fit()
        self.endResetModel()

    def search(self, text: str) -> None:
        """Show rows with this in their texts only."""
        self.beginResetModel()
        self._search = text.strip().casefold()
        self._fit()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sorting = None if column < 0 else (column, order == Qt.SortOrder.DescendingOrder)
        self._fit()
        self.layoutChanged.emit()

    def _fit(self) -> None:
        part = self._search
        self.lines = [
            line for line in self._all if any(part in text.casefold() for text in line.texts)
        ] if part else list(self._all)  # fmt: skip
        if self._sorting is None:
            return
        column, down = self._sorting
        if column < len(self.texts):
            self.lines.sort(key=lambda line: line.texts[column], reverse=down)
            return
        at = column - len(self.texts)

        def key(line: Line) -> tuple[bool, float]:
            value = line.numbers[at] if at < len(line.numbers) else None
            return (value is None, 0.0 if value is None else -value if down else value)

        self.lines.sort(key=key)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.texts) + len(self.heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line((*self.texts, *map(short_time, self.heads))[section], 60)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section >= len(self.texts))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self.lines[index.row()], index.column()
        is_text = column < len(self.texts)
        if role == Qt.ItemDataRole.DisplayRole:
            if is_text:
                return one_line(line.texts[column], 120)
            return said(line.numbers[column - len(self.texts)], line.unit)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(not is_text)
        if role == Qt.ItemDataRole.ToolTipRole and is_text:
            return tooltip(line.texts[column])
        if role == Qt.ItemDataRole.CheckStateRole and column == 0:
            on = line.at in self.drawn
            return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else found

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        at = self.lines[index.row()].at
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.drawn.add(at)
        else:
            self.drawn.discard(at)
        self.dataChanged.emit(index, index)
        self.checked.emit(tuple(sorted(self.drawn)))
        return True

    def csv(self) -> str:
        """All rows, as CSV without formulas."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([cell(one) for one in (*self.texts, *self.heads)])
        for line in self._all:
            numbers = ("" if one is None else f"{one:.10g}" for one in line.numbers)
            writer.writerow([*map(cell, line.texts), *numbers])
        return out.getvalue()


class Breakdown(QWidget):
    """The table with its search and its summary.

    Signals:
        checked: other rows are to be drawn (places of series).
        reset: the usual rows are to be drawn.
        renaming: the legend is to call a series otherwise (its place).
    """

    checked = Signal(object)
    reset = Signal()
    renaming = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.how = "total"
        self._shown: tuple[Segmentation, Figure, Clock, Sequence[int]] | None = None
        self.model = BreakdownModel(self)
        self.model.checked.connect(self.checked)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search rows")
        self.search.setAccessibleName("Search rows of the table")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(self.model.search)
        self.summary = Chooser("summary", SUMMARIES, "total", "What stands for all intervals",
                               self._choose)  # fmt: skip
        self.count = label("", "muted")
        self.top = QPushButton("Reset to top")
        self.top.setProperty("kind", "quiet")
        self.top.setToolTip("Draw the largest rows again")
        self.top.clicked.connect(self.reset)
        self.view = _View(self.model)
        self.view.renaming.connect(self.renaming)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        for part in (self.search, self.summary, self.count):
            bar.addWidget(part)
        bar.addStretch(1)
        bar.addWidget(self.top)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(bar)
        rows.addWidget(hairline())
        rows.addWidget(self.view, 1)

    def show_figure(
        self, chart: Segmentation, figure: Figure, clock: Clock, drawn: Sequence[int]
    ) -> None:
        """Show the numbers of an answer."""
        self._shown = chart, figure, clock, drawn
        titles = _titles(chart, figure)
        buckets = figure.buckets
        heads = [bucket_label(start, buckets.interval, clock) for start in buckets.starts]
        lines = [
            Line(at, _texts(chart, one, titles), (summary(one, self.how), *one.points), one.unit)
            for at, one in enumerate(figure.series)
        ]
        self.model.show_lines(titles, [SUMMARIES[self.how], *heads], lines, drawn)
        self.view.fit(len(titles))
        self.count.setText(plural(len(lines), "row"))

    def csv(self) -> str:
        """All rows, whatever is searched for."""
        return self.model.csv()

    def _choose(self, how: str) -> None:
        self.how = how
        if self._shown:
            self.show_figure(*self._shown)


class _View(QTableView):
    """The table itself. Space checks the row that has the keyboard, F2 renames it in the legend.

    Signals:
        renaming: the place of a series.
    """

    renaming = Signal(int)

    def __init__(self, model: BreakdownModel) -> None:
        super().__init__()
        self.setModel(model)
        self._fitted = {NAME_WIDTH, NUMBER_WIDTH}
        """Widths that nobody chose."""
        self.setAccessibleName("Breakdown table")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)

    def fit(self, texts: int) -> None:
        """Widths for text and for numbers, unless they are there already."""
        for at in range(self.horizontalHeader().count()):
            wide = NUMBER_WIDTH
            if at < texts:
                wide = min(MOST_NAME, max(NAME_WIDTH, self.sizeHintForColumn(at) + 12))
            if self.columnWidth(at) in (*self._fitted, USUAL_WIDTH):
                self.setColumnWidth(at, wide)
            self._fitted.add(wide)

    def _line(self) -> Line | None:
        at, model = self.currentIndex(), self.model()
        if not at.isValid() or not isinstance(model, BreakdownModel):
            return None
        return model.lines[at.row()]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        line = self._line()
        if line is not None:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Rename in the legend…  (F2)", lambda: self.renaming.emit(line.at))
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model, line = self.model(), self._line()
        if event.key() == Qt.Key.Key_F2 and line is not None:
            self.renaming.emit(line.at)
            return
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            index = self.currentIndex().siblingAtColumn(0)
            role = Qt.ItemDataRole.CheckStateRole
            on = index.data(role) == Qt.CheckState.Checked
            model.setData(index, Qt.CheckState.Unchecked if on else Qt.CheckState.Checked, role)
        elif event.matches(QKeySequence.StandardKey.Copy) and isinstance(model, BreakdownModel):
            rows = sorted({one.row() for one in self.selectionModel().selectedRows()})
            texts = [
                "\t".join(
                    str(model.index(row, column).data() or "")
                    for column in range(model.columnCount())
                )
                for row in rows
            ]
            QGuiApplication.clipboard().setText(clipboard("\n".join(texts)))
        else:
            super().keyPressEvent(event)


def _titles(chart: Segmentation, figure: Figure) -> list[str]:
    """The columns of text: the event, the segment, and each grouping."""
    found = ["Formula" if chart.measure == "formula" else "Event"]
    if len(chart.segments) > 1:
        found.append("Segment")
    depth = max((len(one.group) for one in figure.series), default=0)
    for at in range(depth):
        names = {
            property_title(by[at]): None
            for one in chart.events
            if at < len(by := (*chart.by, *one.by))
        }
        found.append(" / ".join(names))
    if any(one.bin for one in figure.series):
        found.append("Bin")
    return found


def _texts(chart: Segmentation, one: Series, titles: Sequence[str]) -> tuple[str, ...]:
    first = title_of(one) if one.event is None else chart.events[one.event].title()
    if one.compared and one.event is not None:
        first = f"{chart.events[one.event].title()} ({shift_title(one.compared)})"
    found = [first]
    if len(chart.segments) > 1:
        segment = chart.segments[one.segment]
        found.append(segment.name or f"Segment {one.segment + 1}")
    found += [titled(value) for value in one.group]
    found += [""] * (len(titles) - len(found) - (1 if one.bin else 0))
    if one.bin:
        found.append(one.bin)
    return tuple(found[: len(titles)])


def _alignment(right: bool) -> Any:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
