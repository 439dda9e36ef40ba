"""
The axis of numbers: from where to where, and in which unit (semantics §6.5).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.query.definition import Axis
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.popup import Popup, button
from ui.theme import label

UNITS = {"": "plain numbers", "%": "percent", "$": "dollars", "€": "euros", "#": "own…"}
OWN = "#"
LONGEST = 20
WIDTH = 360


class AxisPopup(Popup):
    """Asks for an axis; `take` gets it. `is_limited` tells whether the view has an axis that can
    begin and end elsewhere."""

    def __init__(
        self, parent: QWidget, now: Axis, take: Callable[[Axis], object], *, is_limited: bool
    ) -> None:
        super().__init__(parent, "Axis")
        self._take = take
        self.low = _number("Begins at", now.min)
        self.high = _number("Ends at", now.max)
        self.outside = QCheckBox("Draw what lies outside up to the edge")
        self.outside.setChecked(now.outside)
        known = now.unit if now.unit in UNITS and now.unit != OWN else OWN
        self.unit = Chooser(
            "axis.unit", UNITS, known, "Unit of the numbers", lambda _: self._look()
        )
        self.own = QLineEdit(now.unit if known == OWN else "")
        self.own.setMaxLength(LONGEST)
        self.own.setPlaceholderText("# kg")
        self.own.setAccessibleName("Own unit, with # in the number's place")
        self.own.setToolTip("With # in the number's place: # kg, CHF #")
        self.problem = label("", "bad", wrap=True)
        self.usual = button("As it was", lambda: self._done_with(Axis()))
        self.usual.setToolTip("From 0, as far as the numbers go, without a unit")
        self.done = QPushButton("Show")
        self.done.setProperty("kind", "primary")
        self.done.clicked.connect(lambda _on=False: self._done())
        self._lay_out(is_limited=is_limited)
        self.entry = self.low if is_limited else self.unit
        for field in (self.low, self.high):
            field.textChanged.connect(lambda _: self._look())
            field.returnPressed.connect(self._done)
        self.own.textChanged.connect(lambda _: self._look())
        self.own.returnPressed.connect(self._done)
        self._look()

    def _lay_out(self, *, is_limited: bool) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        if is_limited:
            grid.addWidget(label("From", "muted"), 0, 0)
            ends = QHBoxLayout()
            ends.addWidget(self.low, 1)
            ends.addWidget(label("to", "muted"))
            ends.addWidget(self.high, 1)
            grid.addLayout(ends, 0, 1)
            grid.addWidget(self.outside, 1, 1)
        grid.addWidget(label("Unit", "muted"), 2, 0)
        unit = QHBoxLayout()
        unit.addWidget(self.unit)
        unit.addWidget(self.own, 1)
        grid.addLayout(unit, 2, 1)
        self.rows.addWidget(label("The axis at the left", "strong"))
        self.rows.addLayout(grid)
        self.rows.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.addWidget(self.usual)
        foot.addStretch(1)
        foot.addWidget(self.done)
        self.rows.addLayout(foot)
        self.setFixedWidth(WIDTH)

    def _look(self) -> None:
        self.own.setVisible(self.unit.currentData() == OWN)
        wrong = self._wrong()
        self.problem.setText(wrong)
        self.problem.setVisible(bool(wrong))
        self.done.setEnabled(not wrong)
        self.adjustSize()

    def _wrong(self) -> str:
        """What has to be changed; empty when nothing has."""
        low, high = (_read(field.text()) for field in (self.low, self.high))
        for value in (low, high):
            if value is not None and math.isnan(value):
                return "A number is needed, or nothing."
        if low is not None and high is not None and low >= high:
            return "An axis ends above where it begins."
        return ""

    def axis(self) -> Axis:
        """What was chosen."""
        unit = self.unit.currentData()
        if unit == OWN:
            text = self.own.text().strip()
            unit = text if "#" in text or not text else f"# {text}"
        low, high = (_read(field.text()) for field in (self.low, self.high))
        return Axis(low, high, self.outside.isChecked(), unit[:LONGEST])

    def _done(self) -> None:
        if not self._wrong():
            self._done_with(self.axis())

    def _done_with(self, axis: Axis) -> None:
        self.close()
        self._take(axis)


def _number(what: str, value: float | None) -> QLineEdit:
    field = QLineEdit("" if value is None else f"{value:.15g}")
    field.setPlaceholderText("by itself")
    field.setAccessibleName(what)
    field.setMaxLength(30)
    return field


def _read(text: str) -> float | None:
    """The number in a line; None for nothing, NaN for what is none."""
    if not text.strip():
        return None
    try:
        found = float(text.replace(",", "").replace(" ", ""))
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan
