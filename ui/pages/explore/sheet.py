"""
Sections of a definition, one below the other, that are made anew with each change: the keyboard
stays at the place where it was, and a mistake is said at its place.

A place is the name of a control and of what it changes: `events[0].where[1]`.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.query.names import Notice
from ui.theme import label


class Sheet(QScrollArea):
    """Shows sections; keeps nothing of what they are about."""

    def __init__(self) -> None:
        super().__init__()
        self._problem: tuple[str, str] | None = None
        self._notices: tuple[Notice, ...] = ()
        self._said: list[QLabel] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_sections(self, sections: Sequence[QWidget]) -> None:
        """Show these instead of what is there."""
        focused = QApplication.focusWidget()
        place = focused.objectName() if focused and self.isAncestorOf(focused) else ""
        at = self.verticalScrollBar().value()
        self._said = []
        # Not at once: one of its controls is what just told of the change.
        before = self.takeWidget()
        self.setWidget(_stacked(sections))
        if before is not None:
            before.hide()
            before.deleteLater()
        self.verticalScrollBar().setValue(at)
        if place:
            again = self.findChild(QWidget, place)
            (again or self).setFocus(Qt.FocusReason.OtherFocusReason)
        if self._problem:
            self.show_problem(*self._problem)
        else:
            self.show_notices(self._notices)

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
            found = self.findChild(QWidget, place)
            if found is not None:
                return found
            cut = max(place.rfind("."), place.rfind("["))
            place = place[:cut] if cut > 0 else ""
        return None

    def focused_row(self) -> str:
        """The row that has the keyboard, as a place: `events[0]`; empty for none."""
        focused = QApplication.focusWidget()
        name = focused.objectName() if focused and self.isAncestorOf(focused) else ""
        return name[: name.index("]") + 1] if "]" in name else ""

    def press(self, *places: str) -> None:
        """Press the first of these buttons that is there."""
        for place in places:
            button = self.findChild(QWidget, place)
            if button is not None and hasattr(button, "click"):
                button.click()
                return


def _stacked(sections: Sequence[QWidget]) -> QWidget:
    made = QWidget()
    made.setProperty("surface", True)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    rows = QVBoxLayout(made)
    rows.setContentsMargins(12, 8, 12, 16)
    rows.setSpacing(14)
    for section in sections:
        rows.addWidget(section)
    rows.addStretch(1)
    return made
