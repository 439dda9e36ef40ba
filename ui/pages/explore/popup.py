"""
What opens beside a button of the page and goes by itself: nothing is held up by it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ui.theme import label

MOST_TEXT = 200


class Popup(QFrame):
    """A small window of the page; its parts go into `rows`. `entry` has the keyboard when it
    opens."""

    def __init__(self, parent: QWidget, title: str) -> None:
        # It outlives the button that it was opened from, which what it changes may take away.
        super().__init__(parent.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName(title)
        self.entry: QWidget = self
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 10, 12, 12)
        self.rows.setSpacing(8)

    def open_at(self, place: QPoint) -> None:
        """Show it there, as far as the screen allows."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.show()
        self.entry.setFocus(Qt.FocusReason.PopupFocusReason)


class TextForm(Popup):
    """Asks for a line of text, and for more where a form adds to it. Enter takes it, Escape puts
    it away; without a text there is nothing to take, unless it `may_be_empty`."""

    def __init__(
        self, parent: QWidget, title: str, button: str, what: str, text: str,
        *, may_be_empty: bool = False,
    ) -> None:  # fmt: skip
        """`what` is the text's name for those who cannot see it."""
        super().__init__(parent, title)
        self._may_be_empty = may_be_empty
        self.text = line(what, text)
        self.entry = self.text
        self.button = QPushButton(button)
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._done)
        self.text.textChanged.connect(self._look)
        self.rows.addWidget(label(title, "muted", wrap=True))
        self._look(text)

    def open_at(self, place: QPoint) -> None:
        """Show it there, with the text chosen."""
        super().open_at(place)
        self.text.selectAll()

    def take(self) -> None:
        """What is done with what was filled in."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._done()
        else:
            super().keyPressEvent(event)

    def _look(self, text: str) -> None:
        self.button.setEnabled(self._may_be_empty or bool(text.strip()))

    def _done(self) -> None:
        if self.button.isEnabled():
            self.close()
            self.take()


def line(what: str, text: str) -> QLineEdit:
    """A line for a text that is called so."""
    field = QLineEdit(text)
    field.setPlaceholderText(what)
    field.setAccessibleName(what)
    field.setMaxLength(MOST_TEXT)
    return field


def button(title: str, run: Callable[[], object]) -> QPushButton:
    """A button of a popup."""
    made = QPushButton(title)
    made.clicked.connect(lambda _checked=False: run())
    return made
