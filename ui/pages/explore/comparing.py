"""
Choosing an earlier period of one's own to compare with: so much earlier, which moves along with
the range, or from or until a day (semantics §7.8).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QDateEdit,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from ui.pages.explore.numberbox import indent, number_box
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.popup import Popup
from ui.theme import label

FORMS = {"back": "earlier by", "starting": "starting on", "ending": "ending on"}
UNITS = {"days": "days", "weeks": "weeks"}
MOST = 5000


class ComparePopup(Popup):
    """Asks for a period; `take` gets it as a chart says it."""

    def __init__(self, parent: QWidget, take: Callable[[str], object]) -> None:
        super().__init__(parent, "An earlier period")
        self._take = take
        self.form = Chooser("compare.form", FORMS, "back", "Which period", lambda _: self._look())
        self.entry = self.form
        self.count = number_box("compare.count", "How many", (1, MOST), 30)
        self.unit = Chooser("compare.unit", UNITS, "days", "Unit", lambda _: None)
        self.day = QDateEdit(QDate.currentDate().addDays(-60))
        indent(self.day)
        self.day.setDisplayFormat("d MMM yyyy")
        self.day.setCalendarPopup(True)
        self.day.setAccessibleName("Which day")
        self.stack = QStackedWidget()
        for parts in ((self.count, self.unit), (self.day,)):
            self.stack.addWidget(_row(*parts))
        self.button = QPushButton("Compare")
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._done)
        self._lay_out()

    def _lay_out(self) -> None:
        self.rows.addWidget(label("The same length of time, as a dashed line", "muted"))
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.form)
        line.addWidget(self.stack, 1)
        line.addWidget(self.button)
        self.rows.addLayout(line)

    def _look(self) -> None:
        self.stack.setCurrentIndex(0 if self.form.currentData() == "back" else 1)

    def period(self) -> str:
        """What was chosen: `45 days`, `starting 2026-10-01`, `ending 2026-10-31`."""
        form = self.form.currentData()
        if form == "back":
            return f"{self.count.value()} {self.unit.currentData()}"
        return f"{form} {self.day.date().toString(Qt.DateFormat.ISODate)}"

    def _done(self) -> None:
        found = self.period()
        self.close()
        self._take(found)


def _row(*parts: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return made
