"""
A line to type into above a list: the arrows move in the list while the keyboard stays in the line.
"""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit

MOVES = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class ListKeys(QObject):
    """Belongs to the line, and lives as long."""

    def __init__(self, line: QLineEdit, view: QAbstractItemView) -> None:
        super().__init__(line)
        self._view = view
        line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What moves goes to the list, everything else stays."""
        is_press = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_press and event.key() in MOVES:  # type: ignore[attr-defined]
            QApplication.sendEvent(self._view, event)
            return True
        return super().eventFilter(watched, event)
