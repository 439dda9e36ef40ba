"""
A funnel: what to see at once, its bars or lines, and its table.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QSplitter,
    QStackedWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.exchange.csvtext import cell
from app.query.definition import Funnel
from app.query.funnelfigure import FunnelFigure, Part
from app.query.microscope import Point
from ui.charts import Chart, ChartData, PointAction, Series
from ui.charts.data import Mark
from ui.charts.data import Point as Spot
from ui.charts.ticks import full_text
from ui.pages.explore.funnelbars import MOST_PARTS, FunnelBars, columns_of, parts_said
from ui.pages.explore.heaps import of_funnel, part_of
from ui.pages.explore.histogram import Histogram, said_of
from ui.pages.explore.rowtree import RowTree
from ui.pages.explore.times import duration
from ui.pages.explore.titled import Titled
from ui.pages.explore.words import noun_of, property_title
from ui.plain import number, one_line, tooltip
from ui.theme import label, tokens

COLOURS = 8
BINS = {"time_to_convert": "Time to convert", "frequency": "How often before converting"}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FunnelView(QWidget):
    """Shows an answered funnel.

    Signals:
        picked: a Point, what it is in words, and where on the screen.
        told: a sentence for the person.
    """

    picked = Signal(object, str, QPoint)
    told = Signal(str)

    def __init__(self, actions: Callable[[Point], list[PointAction]]) -> None:
        super().__init__()
        self.chart: Funnel | None = None
        self.figure: FunnelFigure | None = None
        self._actions = actions
        self.takeaways = label("", "muted", wrap=True)
        self.takeaways.setContentsMargins(12, 6, 12, 2)
        self.bars = FunnelBars()
        self.bars.picked.connect(self._pick_bar)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.bars)
        self.table = RowTree("Funnel table")
        header = self.table.header()
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        header.sortIndicatorChanged.connect(lambda *_: self._fill())
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.stack)
        halves.addWidget(self.table)
        halves.setSizes([460, 180])
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.takeaways)
        rows.addWidget(halves, 1)

    @cached_property
    def lines(self) -> Chart:
        """Conversion over time."""
        made = Chart("Conversion", "lines", self._spot_actions)
        made.told.connect(self.told)
        self.stack.addWidget(made)
        return made

    @cached_property
    def bins(self) -> Histogram:
        """How long it took, or how often before."""
        made = Histogram()
        made.picked.connect(self._pick_bin)
        return made

    @cached_property
    def _titled(self) -> Titled:
        made = Titled(self.bins)
        made.legend.switched.connect(self.bins.hide_heaps)
        self.stack.addWidget(made)
        return made

    def show_answer(
        self, chart: Funnel, figure: FunnelFigure, happened: tuple[Mark, ...] = ()
    ) -> None:
        """Show this, with what `happened` in its time."""
        self.chart, self.figure = chart, figure
        self.takeaways.setText(takeaways(figure))
        if chart.show == "over_time":
            self.lines.show_data(_over_time(figure, happened))
            self.stack.setCurrentWidget(self.lines)
        elif chart.show in ("time_to_convert", "frequency"):
            titles, heaps = of_funnel(chart, figure)
            self.bins.show_heaps(titles, heaps, chart.shape)
            self._titled.show_series(self.bins.series())
            said = said_of(titles, heaps[0]) if len(heaps) == 1 and titles else ""
            self._titled.show_title(BINS[chart.show], said)
            self.stack.setCurrentWidget(self._titled)
        else:
            self.bars.noun = noun_of(chart)
            self.bars.show_figure(figure)
            self.stack.setCurrentWidget(self.bars)
        self._fill()

    # The table

    def _fill(self) -> None:
        figure = self.figure
        if figure is None:
            return
        heads, rows = table(figure, self.chart)
        self.table.clear()
        self.table.setColumnCount(len(heads))
        self.table.setHeaderLabels([one_line(one, 26) for one in heads])
        for place in self._order(rows):
            texts = [one.text for one in rows[place]]
            item = QTreeWidgetItem([one_line(text, 120) for text in texts])
            for at in range(1, len(texts)):
                item.setTextAlignment(at, RIGHT)
            item.setToolTip(0, tooltip(texts[0]))
            if place < MOST_PARTS and len(rows) > 1:
                item.setIcon(0, _swatch(place))
            self.table.addTopLevelItem(item)
        self.table.setColumnWidth(0, 220)
        for at in range(1, len(heads)):
            self.table.headerItem().setTextAlignment(at, RIGHT)
            wide = self.table.fontMetrics().horizontalAdvance(one_line(heads[at], 26))
            self.table.setColumnWidth(at, max(90, min(220, wide + 32)))

    def _order(self, rows: list[list[Cell]]) -> list[int]:
        """The places of rows in the order that the head of the table says: names as text, numbers
        as numbers, and what has none last."""
        header, places = self.table.header(), list(range(len(rows)))
        column = header.sortIndicatorSection()
        down = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        if not rows or not 0 <= column < len(rows[0]):
            return places
        if column == 0:
            return sorted(places, key=lambda at: rows[at][0].text, reverse=down)

        def key(at: int) -> tuple[bool, float]:
            value = rows[at][column].number
            return math.isnan(value), -value if down else value

        return sorted(places, key=key)

    def points(self) -> QWidget:
        """What has points now."""
        shown = self.stack.currentWidget()
        if isinstance(shown, Chart):
            return shown.plot
        return self.bins if isinstance(shown, Titled) else self.bars

    def csv(self) -> str:
        """The table as CSV without formulas."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        if self.figure is not None:
            heads, rows = table(self.figure, self.chart)
            writer.writerow(map(cell, heads))
            writer.writerows([cell(one.text) for one in row] for row in rows)
        return out.getvalue()

    # Points

    def said(self, point: Point) -> str:
        """A point in words."""
        figure, at = self.figure, self._part_at(point)
        if figure is None or at is None:
            return ""
        if point.step is not None and at < len(self.bars.parts):
            return self.bars.said(at, point.step, converted=point.converted)
        return figure.parts[at].name

    def _part_at(self, point: Point) -> int | None:
        parts = self.figure.parts if self.figure else ()
        return next(
            (
                at
                for at, one in enumerate(parts)
                if (one.segment, one.group) == (point.segment, point.group)
                and _variant(parts, one) == point.variant
            ),
            None,
        )

    def _point(self, part: Part, **place: object) -> Point:
        parts = self.figure.parts if self.figure else ()
        return Point(segment=part.segment, group=part.group, variant=_variant(parts, part), **place)  # type: ignore[arg-type]

    def _pick_bar(self, at: int, step: int, converted: bool, where: QPoint) -> None:
        point = self._point(self.bars.parts[at], step=step, converted=converted)
        self.picked.emit(point, self.bars.said(at, step, converted=converted), where)

    def _pick_bin(self, key: int, where: QPoint) -> None:
        if self.figure is None:
            return
        part, place = part_of(self.figure, key)
        chosen = self.bins.chosen
        said = self.bins.said(*chosen) if chosen else part.name
        self.picked.emit(self._point(part, bin=place), said, where)

    def _spot_actions(self, spot: Spot) -> list[PointAction]:
        if self.figure is None:
            return []
        point = self._point(self.figure.parts[int(spot.series)], bucket=spot.bin)
        return self._actions(point)


def _swatch(place: int) -> QIcon:
    """The colour that a part is drawn in."""
    series = tokens().series
    drawn = QPixmap(20, 20)
    drawn.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(drawn)
    painter.fillRect(5, 5, 10, 10, QColor(series[place % len(series)]))
    painter.end()
    return QIcon(drawn)


def _variant(parts: tuple[Part, ...], part: Part) -> int:
    names = list(dict.fromkeys(one.variant for one in parts))
    return names.index(part.variant)


def takeaways(figure: FunnelFigure) -> str:
    """What to see at once."""
    took = figure.takeaways
    if took.conversion is None:
        return "Nobody entered this funnel in this time."
    text = [f"{took.conversion * 100:.1f} % converted"]
    if took.drop_step is not None:
        text.append(f"most were lost before step {took.drop_step}: {number(took.drop)}")
    if took.slowest_step is not None and took.slowest_s is not None:
        text.append(
            f"slowest was step {took.slowest_step}: {duration(took.slowest_s)} in the median"
        )
    more = parts_said(figure.parts)
    return "  ·  ".join([*text, more] if more else text)


class Cell(NamedTuple):
    """A text of the table, and the number that it is sorted by; NaN for none."""

    text: str
    number: float = math.nan


def table(figure: FunnelFigure, chart: Funnel | None) -> tuple[list[str], list[list[Cell]]]:
    """Titles and rows: the part, its conversion, each step and the mean time to it; what is added
    up at the last step, and how much that is for each who did it."""
    heads = ["Segment", "Conversion"]
    for at, step in enumerate(figure.steps):
        heads.append(f"{at + 1} {step}")
        if at:
            heads.append(f"Mean time to {at + 1}")
    is_compared = any(part.comparison for part in figure.parts)
    if is_compared:
        heads += ["Improvement", "Significance"]
    rows = [_row(part, figure.steps, is_compared=is_compared) for part in figure.parts]
    if chart is not None and chart.sum is not None:
        name = property_title(chart.sum)
        heads += [f"Sum of {name}", f"{name} per {noun_of(chart)[0]}"]
        rows = [[*row, *_summed(part)] for row, part in zip(rows, figure.parts, strict=True)]
    return heads, rows


def _summed(part: Part) -> list[Cell]:
    done, whole = part.counts[-1], part.sum
    each = whole / done if whole is not None and done else None
    return [_number(whole, full_text), _number(each, full_text)]


def _number(value: float | None, say: Callable[[float], str]) -> Cell:
    return Cell("–") if value is None else Cell(say(value), value)


def _row(part: Part, steps: tuple[str, ...], *, is_compared: bool) -> list[Cell]:
    cells = [Cell(part.name or "All"), _number(part.conversion, _percent)]
    columns = columns_of(part, steps)
    for column in range(len(steps)):
        own = columns.index(column) if column in columns else None
        cells.append(Cell("–") if own is None else Cell(number(part.counts[own]), part.counts[own]))
        if column:
            took = part.average_s[own - 1 : own] if own else ()
            cells.append(_number(took[0] if took else None, duration))
    if is_compared:
        found = part.comparison
        if found is None:
            return [*cells, Cell("baseline"), Cell("baseline")]
        sure = _number(found.significance, _percent)
        mark = " ✓" if found.is_significant else ""
        cells += [_number(found.improvement, _percent), sure._replace(text=sure.text + mark)]
    return cells


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"


def _over_time(figure: FunnelFigure, happened: tuple[Mark, ...]) -> ChartData:
    buckets = figure.buckets
    if buckets is None or not len(buckets):
        return ChartData()
    series = []
    for at, part in enumerate(figure.parts[:COLOURS]):
        values = tuple(
            done / entered * 100 if entered else math.nan for entered, done in part.over_time
        )
        whole = math.nan if part.conversion is None else part.conversion * 100
        series.append(Series(str(at), part.name or "All", values, at, whole, "%"))
    partial = min(buckets.partial) if buckets.partial else None
    return ChartData((*buckets.starts, buckets.ends[-1]), tuple(series), partial, "", happened)
