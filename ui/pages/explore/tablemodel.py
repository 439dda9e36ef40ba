"""
The rows of the breakdown table: a row for each series, a column for each interval (semantics §6.4).

Checked rows are drawn. Text is sorted as text, numbers as numbers, and what has none comes last.
A search hides rows of the table only; a copy holds all of them.
"""

from __future__ import annotations

import csv
import io
import math
import statistics
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.exchange.csvtext import cell
from app.query.figure import Figure, Series, changes
from ui.charts.ticks import full_text, with_unit
from ui.plain import one_line, tooltip

type Index = QModelIndex | QPersistentModelIndex

NOWHERE = QModelIndex()
SUMMARIES = {"total": "Whole range", "average": "Average", "median": "Median", "change": "Change",
             "sum": "Sum"}  # fmt: skip
SUMMARY_TIPS = {
    "total": "Asked of the whole range at once: people are counted once",
    "average": "The mean of the intervals that have a number",
    "median": "Half of the intervals are below",
    "change": "The last interval minus the first: above zero, it grew",
    "sum": "All intervals added up",
}


class Line(NamedTuple):
    """A row: the place of its series, its texts, and its numbers with the summary first; their
    unit is empty, `%` or `$`. Those of a change have a sign."""

    at: int
    texts: tuple[str, ...]
    numbers: tuple[float | None, ...]
    unit: str = ""
    is_change: bool = False


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


def changed(figure: Figure, one: Series, how: str, *, share: bool) -> tuple[float | None, ...]:
    """By how much the chart's own period differs from a compared one, the summary first; as a
    `share` of the compared one, in percent."""
    whole = replace(
        figure, series=tuple(replace(each, points=(summary(each, how),)) for each in figure.series)
    )
    first = changes(whole, replace(one, points=(summary(one, how),)))
    found = [*first, *changes(figure, one)]
    if not share:
        return tuple(None if each is None else each[0] for each in found)
    parts = (None if each is None else each[1] for each in found)
    return tuple(None if part is None else part * 100 for part in parts)


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
        self.summary_tip = ""
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

    @property
    def count(self) -> int:
        """How many rows there are, with those that the search hides."""
        return len(self._all)

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
            head = self._head(section)
            return one_line(head if section < len(self.texts) else short_time(head), 60)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section >= len(self.texts))
        if role == Qt.ItemDataRole.ToolTipRole:
            if section == len(self.texts):
                return tooltip(self.summary_tip)
            return tooltip(self._head(section))
        return None

    def _head(self, section: int) -> str:
        """Not from all of them together: there may be thousands, and each is asked for often."""
        texts = len(self.texts)
        return self.texts[section] if section < texts else self.heads[section - texts]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, column = self.lines[index.row()], index.column()
        is_text = column < len(self.texts)
        if role == Qt.ItemDataRole.DisplayRole:
            if is_text:
                return one_line(line.texts[column], 120)
            number = line.numbers[column - len(self.texts)]
            sign = "+" if line.is_change and number is not None and number > 0 else ""
            return sign + said(number, line.unit)
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


def _alignment(right: bool) -> Any:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
