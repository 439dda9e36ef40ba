"""
Taking a chart elsewhere: as a picture, its table as CSV, its definition as JSON, its SQL.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

from app.query import Funnel, Journeys, written
from ui.pages.explore.asking import Answer
from ui.pages.explore.drafts import finished
from ui.pages.explore.sqlview import SqlPopup
from ui.plain import clipboard

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk


class Taking:
    """Copies the chart of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def copy(self, what: str) -> None:
        """Copy the chart: `picture`, `csv`, `json`; or show its `sql`."""
        desk = self._desk
        if what == "json":
            text = json.dumps(written(finished(desk.chart)), ensure_ascii=False, indent=2)
            QGuiApplication.clipboard().setText(clipboard(text))
            desk.tell("The definition was copied as JSON.")
            return
        answer = desk.answer
        if answer is None:
            desk.tell("There is no chart to copy yet.")
        elif what == "sql":
            self._show_sql(answer)
        elif what == "picture":
            QGuiApplication.clipboard().setPixmap(desk.figure.picture())
            desk.tell("The chart was copied as a picture.")
        else:
            QGuiApplication.clipboard().setText(clipboard(self.csv()))
            desk.tell("The table was copied as CSV.")

    def csv(self) -> str:
        """The table as CSV without formulas."""
        desk = self._desk
        if isinstance(desk.chart, Funnel):
            return desk.figure.funnel.csv()
        if isinstance(desk.chart, Journeys):
            return desk.figure.journeys.csv()
        return desk.table.csv()

    def _show_sql(self, answer: Answer) -> None:
        desk = self._desk
        popup = SqlPopup(desk, answer.figure.sql)
        popup.copied.connect(lambda name: desk.tell(f"The SQL for {name} was copied."))
        button = desk.head.take
        popup.open_at(button.mapToGlobal(QPoint(button.width(), button.height() + 2)))
