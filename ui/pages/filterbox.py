"""
The line in which a filter is typed: with what is wrong underlined, and the keys that leave it.
"""

from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QTextCharFormat,
)
from PySide6.QtWidgets import QLineEdit, QToolButton

from ui.theme import tint, tokens

MOST = 2000
"""A pasted megabyte is no filter."""


class Completes(Protocol):
    """What is shown below the box."""

    @property
    def is_open(self) -> bool:
        """Whether it is."""

    def takes(self, key: int) -> bool:
        """Do what a key means there; whether it meant something."""

    def close(self) -> None:
        """Put it away."""


class FilterBox(QLineEdit):
    """A line edit that underlines, steps through history, and lets a completion have its keys.

    Signals:
        escaped: Escape, with nothing open.
        went_down, went_up: the arrow keys, with nothing open.
        asked: Ctrl+Space, for what could stand here.
    """

    escaped = Signal()
    went_down = Signal()
    went_up = Signal()
    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.completion: Completes | None = None
        self._marked = (0, 0)
        search = QAction("Filter", self)
        tint(search, "search")
        self.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction("Clear the filter", self)
        self._clear.setToolTip("Clear the filter  (Esc)")
        tint(self._clear, "close")
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(button.defaultAction().text())
        self.setMaxLength(MOST)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(320, 28))

    def mark(self, start: int = 0, end: int = 0) -> None:
        """Underline what is wrong, from a character to another one; nothing without them."""
        self._marked = (start, end)
        self._underline()

    def _underline(self) -> None:
        start, end = self._marked
        text = self.text()
        attributes: list[Any] = []
        if end > start:
            look = QTextCharFormat()
            look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            look.setUnderlineColor(QColor(tokens().bad))
            first = utf16(text[:start])
            # Attributes of an input method count from the cursor; Qt has no other way to give
            # part of a line edit a look of its own.
            attributes.append(
                QInputMethodEvent.Attribute(
                    QInputMethodEvent.AttributeType.TextFormat,
                    first - self.cursorPosition(),
                    utf16(text[start:end]),
                    look,
                )
            )
        QCoreApplication.sendEvent(self, QInputMethodEvent("", attributes))

    @property
    def place(self) -> int:
        """Where the cursor is, in characters; Qt counts some of them twice."""
        units = self.text().encode("utf-16-le", "surrogatepass")[: 2 * self.cursorPosition()]
        return len(units.decode("utf-16-le", "ignore"))

    def event(self, event: QEvent) -> bool:
        """Tab completes while something is offered; otherwise it leaves, as everywhere."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_tab = event.key() == Qt.Key.Key_Tab
            if is_tab and self.completion and self.completion.is_open:
                return self.completion.takes(Qt.Key.Key_Tab)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.completion and self.completion.is_open and self.completion.takes(key):
            return
        signal = {
            Qt.Key.Key_Escape: self.escaped,
            Qt.Key.Key_Down: self.went_down,
            Qt.Key.Key_Up: self.went_up,
        }.get(Qt.Key(key))
        if key == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            signal = self.asked
        if signal:
            signal.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.completion:
            self.completion.close()


def utf16(text: str) -> int:
    """How long Qt takes a text to be."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
