"""
The left side: what a chart is about, in rows that read like a sentence.

It shows a definition and tells another one; it keeps none. After each change it is made anew, with
the keyboard where it was.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.query.definition import AnyChart, EventSpec, Funnel, Segmentation
from app.query.names import Notice
from ui.pages.explore import funnelsheet, journeysheet, segmentationsheet
from ui.pages.explore.kinds import KINDS, as_kind, kind_of
from ui.pages.explore.pieces import Pieces, ValuesFor
from ui.pages.explore.vocabulary import Vocabulary
from ui.theme import label

WIDTH = 348


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
        self._problem: tuple[str, str] | None = None
        self._notices: tuple[Notice, ...] = ()
        self._said: list[QLabel] = []
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("What the chart is about")
        self.setMinimumWidth(WIDTH - 28)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        focused = QApplication.focusWidget()
        place = focused.objectName() if focused and self.isAncestorOf(focused) else ""
        at = self.area.verticalScrollBar().value()
        self.chart = chart
        self.kinds[kind_of(chart)].setChecked(True)
        self._said = []
        # Not at once: one of its controls is what just told of the change.
        before = self.area.takeWidget()
        self.area.setWidget(self._made(chart))
        if before is not None:
            before.hide()
            before.deleteLater()
        self.area.verticalScrollBar().setValue(at)
        if place:
            again = self.findChild(QWidget, place)
            (again or self.area).setFocus(Qt.FocusReason.OtherFocusReason)
        if self._problem:
            self.show_problem(*self._problem)
        else:
            self.show_notices(self._notices)

    def show_names(self, vocabulary: Vocabulary) -> None:
        """These can be chosen."""
        had = self.pieces.vocabulary
        self.pieces.show_names(vocabulary)
        if _rows_of(had) != _rows_of(vocabulary):
            self.show_chart(self.chart)

    def show_problem(self, place: str, text: str) -> bool:
        """Say what is wrong at its place; whether there is such a place here."""
        self.clear_problem()
        if not self._say(place, text, "bad"):
            return False
        self._problem = (place, text)
        return True

    def show_notices(self, notices: tuple[Notice, ...]) -> tuple[Notice, ...]:
        """Say what is to be known, each at its place; those that have no place here."""
        self.clear_problem()
        self._notices = notices
        return tuple(one for one in notices if not self._say(one.at, one.sentence, "warning"))

    def _say(self, place: str, text: str, tone: str) -> bool:
        """Below the control of a place; whether there is one."""
        widget = self._at(place)
        if widget is None:
            return False
        parent = widget.parentWidget()
        while parent is not None and not isinstance(parent.layout(), QVBoxLayout):
            widget, parent = parent, parent.parentWidget()
        rows = parent.layout() if parent else None
        if not isinstance(rows, QVBoxLayout):
            return False
        said = label(text, tone, wrap=True)
        said.setObjectName("problem" if tone == "bad" else "notice")
        rows.insertWidget(rows.indexOf(widget) + 1, said)
        self._said.append(said)
        return True

    def clear_problem(self) -> None:
        """Nothing is wrong any more."""
        self._problem, self._notices = None, ()
        for said in self._said:
            said.hide()
            said.deleteLater()
        self._said = []

    def _at(self, place: str) -> QWidget | None:
        """The control of a place, or of the nearest one around it."""
        while place:
            found = self.area.findChild(QWidget, place)
            if found is not None:
                return found
            cut = max(place.rfind("."), place.rfind("["))
            place = place[:cut] if cut > 0 else ""
        return None

    # Keys of the page

    def add_event(self) -> None:
        """Choose one event more."""
        self._press("events+", "steps+")

    def add_filter(self) -> None:
        """Filter the row that has the keyboard, or else the segment."""
        self._press(f"{self._row()}.where+", "segments.where+")

    def add_group(self) -> None:
        """Group the row that has the keyboard, or else everything."""
        self._press(f"{self._row()}.by+", "by+")

    def _row(self) -> str:
        focused = QApplication.focusWidget()
        name = focused.objectName() if focused and self.isAncestorOf(focused) else ""
        return name[: name.index("]") + 1] if "]" in name else ""

    def _press(self, *places: str) -> None:
        for place in places:
            button = self.area.findChild(QWidget, place)
            if button is not None and hasattr(button, "click"):
                button.click()
                return

    def append_event(self, spec: EventSpec) -> None:
        """Add an event that was chosen elsewhere."""
        from ui.pages.explore.kinds import with_event

        self.changed.emit(with_event(self.chart, spec))

    # What is shown

    def _made(self, chart: AnyChart) -> QWidget:
        made = QWidget()
        made.setProperty("surface", True)
        made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(made)
        rows.setContentsMargins(12, 8, 12, 16)
        rows.setSpacing(14)
        for section in self._sections(chart):
            rows.addWidget(section)
        rows.addStretch(1)
        return made

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


def _rows_of(names: Vocabulary) -> tuple[object, ...]:
    """The names that rows show, and not only lists to choose from."""
    return names.labels, names.cohorts, names.projects, tuple(names.group_types())
