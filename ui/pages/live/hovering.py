"""
One click to hide a type: a button at the end of the event's name, in the row under the mouse.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QToolButton

from ui.table.view import EventTableView
from ui.theme import ROW, tint

WIDTH = 24


class HideButton(QObject):
    """Belongs to a table. `hide_type` gets the number of the event whose type is to go."""

    def __init__(self, table: EventTableView, hide_type: Callable[[int], object]) -> None:
        super().__init__(table)
        self._table = table
        self._hide_type = hide_type
        self._event = 0
        self.button = QToolButton(table.viewport())
        tint(self.button, "eye-off")
        self.button.setProperty("over", True)
        self.button.setToolTip("Hide this event type  (H)")
        self.button.setAccessibleName("Hide this event type")
        # Nobody comes here by Tab: there is a key for it, and the menu.
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.setFixedSize(WIDTH, ROW - 2)
        self.button.clicked.connect(self._hide)
        self.button.hide()
        table.viewport().setMouseTracking(True)
        table.viewport().installEventFilter(self)
        # Rows move below the mouse: what it is on is known when it moves again.
        model = table.model()
        for moved in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            moved.connect(lambda *_: self.button.hide())
        table.verticalScrollBar().valueChanged.connect(lambda _value: self.button.hide())

    def _hide(self) -> None:
        self.button.hide()
        self._hide_type(self._event)

    def _follow(self, event: QMouseEvent) -> None:
        table = self._table
        row = table.indexAt(event.position().toPoint()).row()
        keys = [column.key for column in table.columns]
        number = table.id_at(row) if row >= 0 else 0
        # Heads of groups have numbers below zero.
        if number <= 0 or "type" not in keys:
            self.button.hide()
            return
        self._event = number
        cell = table.visualRect(table.model().index(row, keys.index("type")))
        self.button.move(cell.right() - WIDTH, cell.y() + 1)
        self.button.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where the mouse is."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            if event.buttons() == Qt.MouseButton.NoButton:
                self._follow(event)
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.Resize):
            self.button.hide()
        return super().eventFilter(watched, event)
