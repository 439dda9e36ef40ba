"""
The list of shortcuts, as a card over the page. Made from the table of actions.
"""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.actions import Actions, shown
from ui.theme import label

IN_TABLES = (
    (("J", "K", "Up", "Down"), "Next and previous event"),
    (("Home", "End"), "Newest and oldest event"),
    (("Return",), "Open in the inspector"),
    (("Space",), "Peek into the event"),
    (("Esc",), "Close the inspector"),
    (("Ctrl+A",), "Select all"),
    (("Ctrl+C",), "Copy what is selected"),
)


class ShortcutCard(QFrame):
    """Keys and what they do. Any key or click puts it away."""

    def __init__(self, actions: Actions, window: QWidget) -> None:
        super().__init__(window)
        self._over = window
        self._actions = actions
        self.setProperty("floating", True)
        self.setAccessibleName("Keyboard shortcuts")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(24, 20, 24, 20)
        self._rows.setSpacing(16)
        self._before: QWidget | None = None
        self.hide()

    def open(self) -> None:
        """Show what there is now."""
        window = self._over
        self._before = window.focusWidget()
        self._fill()
        self.adjustSize()
        self.move((window.width() - self.width()) // 2, (window.height() - self.height()) // 2)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def toggle(self) -> None:
        """Show it or put it away."""
        if self.isVisible():
            self._leave()
        else:
            self.open()

    def entries(self) -> list[tuple[tuple[str, ...], str]]:
        """Keys and titles, those of the actions first."""
        own = [(one.shortcuts, one.title) for one in self._actions.all() if one.shortcuts]
        return [*own, *IN_TABLES]

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(40)
        entries = self.entries()
        half = (len(entries) + 1) // 2
        for part in (entries[:half], entries[half:]):
            columns.addLayout(_column(part))
        self._rows.addWidget(label("Keyboard shortcuts", "title"))
        self._rows.addWidget(body)

    def _leave(self) -> None:
        self.hide()
        if self._before:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, _event: QKeyEvent) -> None:
        self._leave()

    def mousePressEvent(self, _event: QEvent) -> None:
        self._leave()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.hide()


def _column(entries: list[tuple[tuple[str, ...], str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    for row, (keys, title) in enumerate(entries):
        cell = QHBoxLayout()
        cell.setSpacing(4)
        for key in keys:
            cell.addWidget(_key(key))
        cell.addStretch(1)
        grid.addLayout(cell, row, 0)
        grid.addWidget(label(title), row, 1)
    grid.setRowStretch(len(entries), 1)
    return grid


def _key(key: str) -> QLabel:
    result = label(shown(key), "key")
    result.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return result
