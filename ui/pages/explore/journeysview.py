"""
Journeys: the flow from step to step, and the most frequent whole paths below.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.exchange.csvtext import cell
from app.query.definition import Journeys
from app.query.journeys import JourneyNode, JourneysFigure, WholePath
from app.query.microscope import Point
from ui.pages.explore.flowmap import VENDOR, FlowMap
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.rowtree import RowTree
from ui.pages.explore.times import duration
from ui.pages.explore.words import noun_of
from ui.plain import number, one_line, plural, tooltip
from ui.theme import label

HEADS = ("Path", "People", "Share", "Mean time", "Alike", "Arrived")
ABOUT_ALIKE = "How much of the path is the same, in the same order, as the most frequent one{}"
NUMBERS = (1, 2, 3, 4)
MOST_FREQUENT, ARRIVED = 1, 5
SHARES = {"all": "% of all", "step": "% of the step before"}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class JourneysView(QWidget):
    """Shows answered journeys.

    Signals:
        picked: a Point of a node, what it is in words, and where on the screen.
    """

    picked = Signal(object, str, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.chart: Journeys | None = None
        self.figure: JourneysFigure | None = None
        self.facts = label("", "muted", wrap=True)
        self.shares = Chooser("shares", SHARES, "all", "What shares are of", self._choose_shares)
        self.map = FlowMap()
        self.map.picked.connect(self._pick)
        self.table = RowTree("Whole paths")
        self.table.setHeaderLabels(list(HEADS))
        # They begin alike.
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in NUMBERS:
            self.table.headerItem().setTextAlignment(at, RIGHT)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._sort)
        self._sorted_by, self._is_falling = MOST_FREQUENT, True
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.map)
        halves.addWidget(self.table)
        halves.setSizes([460, 180])
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 12, 2)
        bar.addWidget(self.facts, 1)
        bar.addWidget(self.shares)
        rows.addLayout(bar)
        rows.addWidget(halves, 1)

    def show_answer(self, chart: Journeys, figure: JourneysFigure) -> None:
        """Show this."""
        self.chart, self.figure = chart, figure
        self.map.noun = noun = noun_of(chart)
        whole = plural(figure.total, *noun)
        verb = "end" if chart.start is None else "begin"
        verb += "s" if figure.total == 1 else ""
        self.facts.setText(
            f"{whole} {verb} here" if figure.total else "Nobody did this in this time."
        )
        self.map.show_nodes(figure.nodes, backward=chart.start is None)
        is_between = chart.start is not None and chart.end is not None
        about = ABOUT_ALIKE.format(" that arrived" if is_between else "")
        self.table.headerItem().setToolTip(4, tooltip(about))
        self.table.setColumnHidden(ARRIVED, not is_between)
        self._fill()

    def _sort(self, column: int) -> None:
        """By a column, the largest first; once more, the smallest first; then as it was."""
        if column != self._sorted_by:
            self._sorted_by, self._is_falling = column, True
        elif self._is_falling:
            self._is_falling = False
        else:
            self._sorted_by, self._is_falling = MOST_FREQUENT, True
        self._fill()

    def _fill(self) -> None:
        """Show the paths in the order that the head says."""
        # The arrow of a header is drawn over titles that are aligned to the right.
        signs = {self._sorted_by: " ↓" if self._is_falling else " ↑"}
        self.table.setHeaderLabels([f"{head}{signs.get(at, '')}" for at, head in enumerate(HEADS)])
        self.table.clear()
        for path in self._in_order():
            self.table.addTopLevelItem(self._row(path))

    def _in_order(self) -> list[WholePath]:
        """The most frequent first, and then by the column that was chosen."""
        keys: dict[int, Callable[[WholePath], object]] = {
            0: lambda path: self._way(path.way),
            3: lambda path: path.seconds or 0.0,
            4: lambda path: path.alike,
            ARRIVED: lambda path: path.converted,
        }
        found = list(self.figure.paths) if self.figure else []
        key = keys.get(self._sorted_by)
        if key is None:
            return found if self._is_falling else found[::-1]
        return sorted(found, key=key, reverse=self._is_falling)  # type: ignore[arg-type]

    def _choose_shares(self, of: str) -> None:
        self.map.show_shares(of_parent=of == "step")

    def _texts(self, path: WholePath) -> list[str]:
        way = self._way(path.way)
        whole = self.figure.total if self.figure else 0
        share = f"{path.count / whole * 100:.1f} %" if whole else "–"
        chart = self.chart
        arrived = "–"
        if chart is not None and chart.start is not None and chart.end is not None:
            arrived = "yes" if path.converted else "no"
        same = f"{path.alike * 100:.0f} %"
        return [" → ".join(way), number(path.count), share, duration(path.seconds), same, arrived]

    def _row(self, path: WholePath) -> QTreeWidgetItem:
        texts = self._texts(path)
        # As on the map: paths are told apart by what fits into a line.
        short = " → ".join(one.removeprefix(VENDOR) for one in self._way(path.way))
        item = QTreeWidgetItem([one_line(text, 300) for text in (short, *texts[1:])])
        item.setToolTip(0, tooltip(texts[0]))
        # A copy has all of it.
        item.setData(0, Qt.ItemDataRole.UserRole, texts[0])
        for at in NUMBERS:
            item.setTextAlignment(at, RIGHT)
        return item

    def _way(self, way: tuple[str, ...]) -> tuple[str, ...]:
        """Steps in order of time."""
        is_backward = self.chart is not None and self.chart.start is None
        return way[::-1] if is_backward else way

    def csv(self) -> str:
        """The paths as CSV without formulas."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(HEADS)
        for path in self._in_order():
            writer.writerow(map(cell, self._texts(path)))
        return out.getvalue()

    # Nodes

    def said(self, point: Point) -> str:
        """A node in words."""
        nodes = self.figure.nodes if self.figure else ()
        node = next((one for one in nodes if one.way == point.way), None)
        return self.map.said(node) if node else ""

    def _pick(self, node: JourneyNode, where: QPoint) -> None:
        self.picked.emit(Point(way=node.way), self.map.said(node), where)
