"""
The left side: what a chart is about, in rows that read like a sentence.

It shows a definition and tells another one; it keeps none. After each change it is made anew, with
the keyboard where it was.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.query.definition import AnyChart, Funnel, Segmentation
from app.query.names import Notice
from ui.pages.explore import funnelsheet, journeysheet, segmentationsheet
from ui.pages.explore.kinds import as_kind, kind_of
from ui.pages.explore.pieces import PickButton, Pieces, ValuesFor
from ui.pages.explore.sheet import Sheet
from ui.pages.explore.shell import KINDS, WIDTH
from ui.pages.explore.vocabulary import Vocabulary


class Builder(QWidget):
    """Builds the definition of a chart.

    Signals:
        changed: another definition (a chart); the builder waits for `show_chart` to show it.
        typed: the same while a person types; shown already.
    """

    changed = Signal(object)
    typed = Signal(object)

    def __init__(self, values: ValuesFor) -> None:
        super().__init__()
        self.chart: AnyChart = as_kind("segmentation", None)
        self.pieces = Pieces(values)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("What the chart is about")
        self.setMinimumWidth(WIDTH)
        self.area = Sheet()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._kinds())
        rows.addWidget(self.area, 1)
        self.show_chart(self.chart)

    def _kinds(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(12, 10, 12, 2)
        row.setSpacing(4)
        self._group = QButtonGroup(self)
        self.kinds: dict[str, QPushButton] = {}
        for kind, (title, tip) in KINDS.items():
            button = QPushButton(title)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            button.setToolTip(tip)
            button.clicked.connect(
                lambda _on=False, kind=kind: self.changed.emit(as_kind(kind, self.chart))
            )
            self._group.addButton(button)
            row.addWidget(button)
            self.kinds[kind] = button
        row.addStretch(1)
        return row

    def show_chart(self, chart: AnyChart) -> None:
        """Show this definition."""
        self.chart = chart
        self.kinds[kind_of(chart)].setChecked(True)
        self.area.show_sections(self._sections(chart))

    def show_names(self, vocabulary: Vocabulary) -> None:
        """These can be chosen."""
        had = self.pieces.vocabulary
        self.pieces.show_names(vocabulary)
        if had.rows() != vocabulary.rows():
            self.show_chart(self.chart)

    def show_problem(self, place: str, text: str) -> bool:
        """Say what is wrong at its place; whether there is such a place here."""
        return self.area.show_problem(place, text)

    def show_notices(self, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """Say what is to be known, each at its place; those that have no place here."""
        return self.area.show_notices(notices)

    def clear_problem(self) -> None:
        """Nothing is wrong any more."""
        self.area.clear_problem()

    # Keys of the page

    def add_event(self) -> None:
        """Choose one event more; of journeys, the other end."""
        self.area.press("events+", "steps+", "start+", "end+")

    def choose_event(self, pressed: QWidget) -> None:
        """Choose the first event that is missing, below what was `pressed` for it."""
        missing = [one.objectName() for one in self.area.findChildren(PickButton) if one.is_empty]
        with self.pieces.opening(pressed):
            self.area.press(*missing[:1], "events+", "steps+")

    def add_filter(self) -> None:
        """Filter the row that has the keyboard, or else the segment."""
        self.area.press(f"{self.area.focused_row()}.where+", "segments.where+")

    def add_group(self) -> None:
        """Group the row that has the keyboard, or else everything; expand steps of journeys."""
        self.area.press(f"{self.area.focused_row()}.by+", "by+", "expand+")

    # What is shown

    def _sections(self, chart: AnyChart) -> list[QWidget]:
        take, quietly = self.changed.emit, self._type
        if isinstance(chart, Segmentation):
            return segmentationsheet.sections(self.pieces, chart, take, quietly)
        if isinstance(chart, Funnel):
            return funnelsheet.sections(self.pieces, chart, take)
        return journeysheet.sections(self.pieces, chart, take)

    def _type(self, chart: AnyChart) -> None:
        self.chart = chart
        self.typed.emit(chart)
