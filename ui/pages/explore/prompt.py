"""
A line to type a name into, below what it is for; Enter takes it, Escape puts it away.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.theme import label

WIDTH = 340


class Prompt(QFrame):
    """Asks for one line of text, holding nothing up."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        button: str,
        take: Callable[[str], object],
        text: str = "",
    ) -> None:
        super().__init__(parent.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName(title)
        self._take = take
        self.field = QLineEdit(text)
        self.field.setAccessibleName(title)
        self.field.setMaxLength(200)
        self.button = QPushButton(button)
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._done)
        self.field.textChanged.connect(self._look)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(label(title, "muted", wrap=True))
        rows.addLayout(row)
        self._look(text)

    def open_at(self, place: QPoint) -> None:
        """Show it there, as far as the screen allows."""
        self.setFixedWidth(WIDTH)
        self.adjustSize()
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.show()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._done()
        else:
            super().keyPressEvent(event)

    def _look(self, text: str) -> None:
        self.button.setEnabled(bool(text.strip()))

    def _done(self) -> None:
        text = self.field.text().strip()
        if text:
            self.close()
            self._take(text)
