"""
What a labeled event counts: clicks, changes, or clicks that annoyed in one of three ways.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox

from app.label.element import Action

SAID = {
    Action.CLICKED: "Every click on it",
    Action.CHANGED: "A field got another value, or another choice was made",
    Action.RAGE_CLICKED: "Clicked at least four times within a second",
    Action.DEAD_CLICKED: "Clicked, and nothing happened",
    Action.ERROR_CLICKED: "Clicked, and an error followed",
}
"""What each of them means."""


class ActionBox(QComboBox):
    """Signals: `chosen` with the key of an action, when a person chose."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Counts when it is")
        for at, (action, meaning) in enumerate(SAID.items()):
            self.addItem(action.verb.capitalize(), str(action))
            self.setItemData(at, meaning, Qt.ItemDataRole.ToolTipRole)
        self.currentIndexChanged.connect(self._explain)
        self.activated.connect(lambda _at: self.chosen.emit(self.key))
        self._explain()

    @property
    def key(self) -> str:
        """The key of the action that is chosen."""
        return str(self.currentData())

    def choose(self, key: str) -> None:
        """Choose an action without saying so."""
        self.setCurrentIndex(max(0, self.findData(key)))

    def _explain(self) -> None:
        self.setToolTip(SAID[Action(self.key)])
