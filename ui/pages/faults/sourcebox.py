"""The box that chooses all projects or one of those that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox

from ui.context import Context
from ui.plain import one_line

if TYPE_CHECKING:
    from app.store import Store
    from app.store.events import Source

WIDTH = 280
MOST_SOURCES = 200


class SourceBox(QComboBox):
    """Its data is the API key, or `every` for all; read anew when it is shown."""

    def __init__(self, context: Context, says: str, every: str) -> None:
        super().__init__()
        self._context = context
        self.setFixedWidth(WIDTH)
        self.addItem(says, every)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._context.store.current is not None:
            self._context.jobs.read(self, _sources, "sources").then(self._show)

    def _show(self, found: list[Source]) -> None:
        chosen = self.currentData()
        with QSignalBlocker(self):
            while self.count() > 1:
                self.removeItem(1)
            for one in found[:MOST_SOURCES]:
                self.addItem(one_line(one.name or one.api_key, 60), one.api_key)
            self.setCurrentIndex(max(self.findData(chosen), 0))


def _sources(store: Store) -> list[Source]:
    return store.events.sources()
