"""
Advanced Search: the conditions of the search field as lines to fill in, for whoever does not want
to know how they are written.
"""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import BadInput
from app.store.people.conditions import (
    PROPERTY,
    WORD,
    Condition,
    shown_name,
    span_ms,
    span_text,
    wire_name,
)
from ui.theme import tint

WAIT_MS = 250
MOST = 8
_KINDS = {
    PROPERTY: "Property",
    "did": "Performed",
    "user": "User ID",
    "device": "Device ID",
    "ip": "IP address",
    "project": "Project",
    WORD: "Anything",
}
_SIGNS = {
    "did": ("did", "did not"),
    PROPERTY: ("contains", "lacks"),
}
_HINTS = {
    PROPERTY: "value",
    "did": "event type",
    "user": "ada@example.com",
    "device": "9a5c…",
    "ip": "203.0.113.7",
    "project": "name or key",
    WORD: "a word",
}


class AdvancedSearch(QWidget):
    """A line for each condition.

    Signals:
        changed: the conditions as they are filled in now (a tuple of `Condition`).
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[ConditionLine] = []
        self.more = QPushButton("Add condition")
        self.more.setProperty("kind", "quiet")
        self.more.setToolTip("One more thing that must hold")
        self.more.clicked.connect(lambda _checked=False: self.add_line())
        tint(self.more, "plus")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self._rows.addWidget(self.more)
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self._tell)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is filled in."""
        return tuple(one for line in self.lines if (one := line.condition()) is not None)

    def show_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """Show these, unless they are what is filled in; one empty line for none."""
        if self.lines and conditions == self.conditions:
            return
        for line in list(self.lines):
            self._drop(line)
        for one in conditions[:MOST]:
            self._add(one)
        if not self.lines:
            self._add(Condition(PROPERTY, ""))

    def add_line(self) -> None:
        """One more line, to be filled in."""
        self._add(Condition(PROPERTY, "")).kind.setFocus()

    def _add(self, one: Condition) -> "ConditionLine":
        line = ConditionLine(one, self._later.start)
        line.away.clicked.connect(lambda _checked=False: self._remove(line))
        self._rows.insertWidget(self._rows.count() - 1, line)
        self.lines.append(line)
        self.more.setEnabled(len(self.lines) < MOST)
        return line

    def _remove(self, line: "ConditionLine") -> None:
        self._drop(line)
        if not self.lines:
            self._add(Condition(PROPERTY, ""))
        self._later.start()

    def _drop(self, line: "ConditionLine") -> None:
        self.lines.remove(line)
        self._rows.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.more.setEnabled(True)

    def _tell(self) -> None:
        self.changed.emit(self.conditions)


class ConditionLine(QFrame):
    """One condition: what, whether or not, and the rest below."""

    def __init__(self, one: Condition, changed: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.kind = QComboBox()
        self.kind.setAccessibleName("What the condition is about")
        for kind, title in _KINDS.items():
            self.kind.addItem(title, kind)
        self.sign = QComboBox()
        self.sign.setAccessibleName("Whether it holds or does not")
        self.away = QToolButton()
        tint(self.away, "close")
        self.away.setToolTip("Remove this condition")
        self.away.setAccessibleName("Remove this condition")
        self.name = _field("Name of the property", "plan")
        self.text = _field("What is looked for", "")
        self.within = _field("In the last", "any time")
        self.within.setToolTip("How long ago at most: 30min, 12h, 7d, 4w")
        self.within.setFixedWidth(84)
        self._lay_out()
        self._show(one)
        self.kind.currentIndexChanged.connect(self._arrange)
        self.kind.currentIndexChanged.connect(changed)
        self.sign.currentIndexChanged.connect(changed)
        for field in (self.name, self.text, self.within):
            field.textChanged.connect(changed)

    def _lay_out(self) -> None:
        top, below = QHBoxLayout(), QHBoxLayout()
        for row in (top, below):
            row.setSpacing(6)
        top.addWidget(self.kind, 3)
        top.addWidget(self.sign, 2)
        top.addWidget(self.away)
        below.addWidget(self.name, 2)
        below.addWidget(self.text, 3)
        below.addWidget(self.within)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(6)
        rows.addLayout(top)
        rows.addLayout(below)

    def condition(self) -> Condition | None:
        """What is filled in; None while it says nothing."""
        kind, text = str(self.kind.currentData()), self.text.text().strip()
        negated = self.sign.currentIndex() == 1
        if kind == PROPERTY:
            name = self.name.text().strip()
            return Condition(kind, text, wire_name(name), None, negated) if name else None
        within = None
        if kind == "did":
            try:
                within = span_ms(self.within.text()) if self.within.text().strip() else None
                self._mark(False)
            except BadInput:
                self._mark(True)
        return Condition(kind, text, "", within, negated) if text else None

    def _mark(self, is_wrong: bool) -> None:
        if self.within.property("problem") != is_wrong:
            self.within.setProperty("problem", is_wrong)
            self.within.style().unpolish(self.within)
            self.within.style().polish(self.within)

    def _show(self, one: Condition) -> None:
        self.kind.setCurrentIndex(list(_KINDS).index(one.kind))
        self._arrange()
        self.sign.setCurrentIndex(int(one.negated))
        self.name.setText(shown_name(one.name))
        self.text.setText(one.text)
        self.within.setText(span_text(one.within_ms) if one.within_ms else "")

    def _arrange(self) -> None:
        kind = str(self.kind.currentData())
        self.name.setVisible(kind == PROPERTY)
        self.within.setVisible(kind == "did")
        self.text.setPlaceholderText(_HINTS[kind])
        at = max(0, self.sign.currentIndex())
        with QSignalBlocker(self.sign):
            self.sign.clear()
            self.sign.addItems(_SIGNS.get(kind, ("has", "has not")))
            self.sign.setCurrentIndex(at)


def _field(name: str, hint: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    field.setMaxLength(300)
    return field
