"""
Pins, colours and notes on events, kept with the workspace.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.errors import StoreUnavailable
from app.marks import LONGEST_NOTE, NO_MARK, Mark
from ui.context import Context
from ui.plain import one_line
from ui.theme import label


class Marks(QObject):
    """What a person put on which event. `by_event` is the same dictionary for good.

    Signals:
        changed: some mark is another one now.
    """

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.by_event: dict[int, Mark] = {}

    def load(self) -> None:
        """Read them, once there is a workspace."""
        from app.store.marks import read_marks

        try:
            found = read_marks(self._context.workspace)
        except StoreUnavailable as error:
            self._context.notifications.warn(error.sentence, error.hint)
            return
        self.by_event.clear()
        self.by_event.update(found)
        self.changed.emit()

    def of(self, event: int) -> Mark:
        """The mark of an event."""
        return self.by_event.get(event, NO_MARK)

    def pin(self, events: Sequence[int]) -> None:
        """Pin these, or unpin them when all of them are pinned."""
        wanted = not all(self.of(event).is_pinned for event in events)
        self._put({event: self.of(event)._replace(is_pinned=wanted) for event in events})

    def colour(self, events: Sequence[int], colour: str) -> None:
        """Give these a colour; empty takes it away."""
        self._put({event: self.of(event)._replace(colour=colour) for event in events})

    def note(self, event: int, text: str) -> None:
        """Write a note on an event; empty takes it away."""
        self._put({event: self.of(event)._replace(note=text.strip())})

    def _put(self, marks: dict[int, Mark]) -> None:
        from app.store.marks import save_mark

        try:
            for event, mark in marks.items():
                save_mark(self._context.workspace, event, mark)
                if mark == NO_MARK:
                    self.by_event.pop(event, None)
                else:
                    self.by_event[event] = mark
        except StoreUnavailable as error:
            self._context.notifications.error(error.sentence, error.hint)
        self.changed.emit()


class NoteLine(QWidget):
    """Below the head of the page: the note of one event.

    Signals:
        written: the event and what was written.
        left: the person is done here.
    """

    written = Signal(int, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._event = 0
        self.about = label("", "muted")
        self.line = QLineEdit()
        self.line.setAccessibleName("Note on the event")
        self.line.setPlaceholderText("Why this event matters; empty takes the note away")
        self.line.setMaxLength(LONGEST_NOTE)
        self.line.returnPressed.connect(self._save)
        save = QPushButton("Save")
        save.setProperty("kind", "primary")
        save.clicked.connect(self._save)
        keep = QPushButton("Cancel")
        keep.setProperty("kind", "quiet")
        keep.setToolTip("Leave the note as it was  (Esc)")
        keep.clicked.connect(self._leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.about, self.line, save, keep):
            row.addWidget(widget, 1 if widget is self.line else 0)
        self.hide()

    def ask(self, event: int, name: str, text: str) -> None:
        """Write on this event."""
        self._event = event
        self.about.setText(f"Note on {one_line(name, 32)}")
        self.line.setText(text)
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _save(self) -> None:
        self.hide()
        self.written.emit(self._event, self.line.text())
        self.left.emit()

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
