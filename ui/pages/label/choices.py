"""
Ways to define what was picked, best first, each with how sure it is and how much it matches. Of the
one that is chosen it is said what it rests on, and what would break it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.label.events import Definition
from ui.elided import ElidedLabel
from ui.plain import one_line, tooltip
from ui.theme import label, set_role

WIDEST = 256
"""The text of a choice, in pixels: as wide as the panel at its narrowest."""
INDENT = 22
"""Below the text of a radio button."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way. `sure` says in a word how sure it is, in a sentence why; `tone` is the colour role
    of the word: good, muted or warning."""

    title: str
    sure: str
    why: str
    tone: str
    definitions: tuple[Definition, ...]
    counts: str = ""


class Choices(QWidget):
    """Signals: `chosen` with a Choice."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[QRadioButton] = []
        self._group = QButtonGroup(self)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        self._widgets: list[QWidget] = []
        self.reasons: list[QLabel] = []

    def offer(self, choices: Sequence[Choice] = ()) -> None:
        """Offer these; the first one is chosen."""
        for widget in self._widgets:
            self._rows.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._widgets.clear()
        self.buttons.clear()
        self.reasons.clear()
        self.setVisible(bool(choices))
        if choices:
            self._add(label("How to find it again", "section"))
        for choice in choices:
            self._add(self._row(choice))
        if self.buttons:
            self.buttons[0].setChecked(True)

    def _row(self, choice: Choice) -> QWidget:
        title = one_line(choice.title, 200)
        elide = Qt.TextElideMode.ElideRight
        button = QRadioButton(self.fontMetrics().elidedText(title, elide, WIDEST))
        selectors = [one.value("selector") for one in choice.definitions]
        spelled = "\n".join(f"Selector: {one}" for one in selectors if one)
        button.setToolTip(tooltip(f"{choice.title}\n{choice.why}\n{spelled}".strip()))
        button.setAccessibleName(f"{choice.title}: {choice.why} {choice.counts}")
        button.clicked.connect(lambda _=False: self.chosen.emit(choice))
        why = label(choice.why, "small", wrap=True)
        why.setContentsMargins(INDENT, 0, 0, 0)
        why.hide()
        button.toggled.connect(why.setVisible)
        self._group.addButton(button)
        self.buttons.append(button)
        self.reasons.append(why)
        sure = label(choice.sure, "small")
        set_role(sure, choice.tone)
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(button)
        below = QHBoxLayout()
        below.setContentsMargins(INDENT, 0, 0, 0)
        below.setSpacing(8)
        below.addWidget(sure)
        counts = ElidedLabel("small")
        counts.show_text(choice.counts)
        below.addWidget(counts, 1)
        rows.addLayout(below)
        rows.addWidget(why)
        return made

    def _add(self, widget: QWidget) -> None:
        self._widgets.append(widget)
        self._rows.addWidget(widget)
