"""
The breakdown table below a chart: its search, what stands for all intervals, and how many rows are
drawn until somebody picks them (semantics §6.4).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.query import Clock, Figure
from app.query.calendar import label as bucket_label
from app.query.definition import Segmentation
from app.query.figure import Series, titled
from ui.pages.explore.drawing import USUAL
from ui.pages.explore.numberbox import number_box
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.tablemodel import (
    SUMMARIES,
    SUMMARY_TIPS,
    BreakdownModel,
    Line,
    changed,
    summary,
)
from ui.pages.explore.tableview import BreakdownView
from ui.pages.explore.words import NOT_SUMMED, property_title, shift_title
from ui.plain import plural
from ui.theme import hairline, label

MOST_ROWS = 30
AGAINST = {"numbers": "Earlier numbers", "change": "Change since", "share": "Change in %"}


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
        self.search.setToolTip("Hides rows of the table; the chart and copies keep all of them")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(70)
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(self._search)
        self.summary = Chooser("summary", SUMMARIES, "total", "What stands for all intervals",
                               self._choose)  # fmt: skip
        self.compared = "numbers"
        self.against = Chooser("against", AGAINST, "numbers", "What rows of earlier periods say",
                               self._choose_against)  # fmt: skip
        self.against.hide()
        self.count = label("", "muted")
        self.most = number_box("top", "How many rows are drawn until you pick some",
                               (1, MOST_ROWS), USUAL, lambda _: self.reset.emit())  # fmt: skip
        self.top = QPushButton("Reset to top")
        self.top.setProperty("kind", "quiet")
        self.top.setToolTip("Draw the largest rows again, instead of those that were picked")
        self.top.clicked.connect(self.reset)
        self.top.hide()
        self.view = BreakdownView(self.model)
        self.view.renaming.connect(self.renaming)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 6, 12, 6)
        bar.setSpacing(8)
        for part in (self.search, self.summary, self.against, self.count):
            bar.addWidget(part)
        bar.addStretch(1)
        bar.addWidget(self.top)
        bar.addWidget(label("Top", "muted"))
        bar.addWidget(self.most)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(bar)
        rows.addWidget(hairline())
        rows.addWidget(self.view, 1)

    def show_figure(
        self, chart: Segmentation, figure: Figure, clock: Clock, drawn: Sequence[int],
        *, picked: bool = False,
    ) -> None:  # fmt: skip
        """Show the numbers of an answer; `picked` says whether somebody chose what is drawn."""
        self._shown = chart, figure, clock, drawn
        self.show_picked(picked=picked)
        titles = _titles(chart, figure)
        buckets = figure.buckets
        heads = [bucket_label(start, buckets.interval, clock) for start in buckets.starts]
        how = self._offer_sum(chart)
        self.against.setVisible(any(one.compared for one in figure.series))
        lines = [
            self._line(figure, at, _texts(chart, one, titles, self.compared), how)
            for at, one in enumerate(figure.series)
        ]
        self.model.summary_tip = SUMMARY_TIPS[how]
        self.model.show_lines(titles, [SUMMARIES[how], *heads], lines, drawn)
        self.view.fit(len(titles))
        self._say_count()

    def _line(self, figure: Figure, at: int, texts: tuple[str, ...], how: str) -> Line:
        one = figure.series[at]
        if not one.compared or self.compared == "numbers":
            return Line(at, texts, (summary(one, how), *one.points), one.unit)
        is_share = self.compared == "share"
        numbers = changed(figure, one, how, share=is_share)
        return Line(at, texts, numbers, "%" if is_share else one.unit, is_change=True)

    def show_picked(self, *, picked: bool) -> None:
        """Whether there is anything to reset."""
        self.top.setVisible(picked)

    def show_most(self, most: int) -> None:
        """Draw so many rows, without telling anybody."""
        with QSignalBlocker(self.most):
            self.most.setValue(most)

    def csv(self) -> str:
        """All rows, whatever is searched for."""
        return self.model.csv()

    def _offer_sum(self, chart: Segmentation) -> str:
        """What stands for all intervals: no sum where people would be counted twice."""
        can_be_summed = chart.measure not in NOT_SUMMED
        items, at = self.summary.model(), self.summary.findData("sum")
        if isinstance(items, QStandardItemModel):
            items.item(at).setEnabled(can_be_summed)
            items.item(at).setToolTip(
                SUMMARY_TIPS["sum"]
                if can_be_summed
                else "Who is in two intervals would be counted twice: see Whole range"
            )
        how = "total" if self.how == "sum" and not can_be_summed else self.how
        self.summary.choose(how)
        return how

    def _search(self, text: str) -> None:
        self.model.search(text)
        self._say_count()

    def _say_count(self) -> None:
        shown, rows = len(self.model.lines), self.model.count
        text = plural(rows, "row")
        self.count.setText(f"{shown} of {text}" if shown < rows else text)

    def _choose(self, how: str) -> None:
        self.how = how
        self._again()

    def _choose_against(self, compared: str) -> None:
        self.compared = compared
        self._again()

    def _again(self) -> None:
        if self._shown:
            self.show_figure(*self._shown, picked=not self.top.isHidden())


def _titles(chart: Segmentation, figure: Figure) -> list[str]:
    """The columns of text: the segment, the event, and each grouping."""
    found = ["Segment"] if len(chart.segments) > 1 else []
    found.append("Formula" if chart.measure == "formula" else "Event")
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


def _texts(
    chart: Segmentation, one: Series, titles: Sequence[str], compared: str
) -> tuple[str, ...]:
    first = one.name if one.event is None else chart.events[one.event].title()
    if one.compared:
        since = "" if compared == "numbers" else "vs "
        first = f"{first} ({since}{shift_title(one.compared)})"
    found = [first]
    if len(chart.segments) > 1:
        segment = chart.segments[one.segment]
        found.insert(0, segment.name or f"Segment {one.segment + 1}")
    found += [titled(value) for value in one.group]
    found += [""] * (len(titles) - len(found) - (1 if one.bin else 0))
    if one.bin:
        found.append(one.bin)
    return tuple(found[: len(titles)])
