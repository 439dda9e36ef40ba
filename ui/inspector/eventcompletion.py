"""
Offers what was captured while somebody writes an event: types, and names of properties.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit

from app.composing import FIELDS, Typed, What, typed
from app.errors import AppError
from ui.jobs import Jobs

if TYPE_CHECKING:
    from app.store import Store

MOST = 40
LONGEST = 200
WIDTH = 280
_OF_THE_LIST = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class EventEditor(QPlainTextEdit):
    """Where an event is written. Return and Escape belong to the list while one is offered."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.completion = EventCompletion(self, jobs)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.completion.is_open and event.key() in _OF_THE_LIST:
            event.ignore()
            return
        super().keyPressEvent(event)


class EventCompletion(QObject):
    """Offers below the cursor of an editor. Nothing is taken unless somebody chooses it."""

    def __init__(self, editor: QPlainTextEdit, jobs: Jobs) -> None:
        super().__init__(editor)
        self._editor = editor
        self._jobs = jobs
        self._typed: Typed | None = None
        self.words = QStringListModel(self)
        self.completer = QCompleter(self.words, self)
        self.completer.setWidget(editor)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.activated.connect(self.take)
        self.popup = QListView()
        self.popup.setAccessibleName("What was captured")
        self.popup.setUniformItemSizes(True)
        self.popup.setProperty("offers", True)
        self.completer.setPopup(self.popup)
        editor.textChanged.connect(self.look)
        editor.cursorPositionChanged.connect(self._leave)

    @property
    def is_open(self) -> bool:
        """Whether something is offered."""
        return self.popup.isVisible()

    def look(self) -> None:
        """Offer what fits what is being typed."""
        asked = self._asked()
        self._typed = asked
        if asked is None or not self._editor.hasFocus():
            self.close()
        elif asked.what is What.FIELD:
            part = asked.part.casefold()
            self._show(asked, [name for name in FIELDS if name.casefold().startswith(part)])
        else:
            self._jobs.read(self, lambda store: _found(store, asked), "complete").then(
                lambda words: self._show(asked, words)
            ).catch(self._give_up)

    def close(self) -> None:
        """Offer nothing."""
        self.popup.hide()

    def take(self, word: str) -> None:
        """Write a word in place of what was typed of it."""
        asked = self._asked()
        if asked is None:
            return
        cursor = self._editor.textCursor()
        cursor.movePosition(
            QTextCursor.MoveOperation.Left,
            QTextCursor.MoveMode.KeepAnchor,
            len(asked.part.encode("utf-16-le")) // 2,
        )
        escaped = json.dumps(word, ensure_ascii=False)[1:-1]
        rest = cursor.block().text()[self._editor.textCursor().positionInBlock() :]
        cursor.insertText(escaped if rest.startswith('"') else f'{escaped}"')
        self._editor.setTextCursor(cursor)
        self.close()

    def _asked(self) -> Typed | None:
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return None
        # Qt counts UTF-16 units and Python letters: the text before is taken from Qt.
        cursor.movePosition(QTextCursor.MoveOperation.Start, QTextCursor.MoveMode.KeepAnchor)
        return typed(cursor.selectedText().replace("\u2029", "\n"))

    def _leave(self) -> None:
        if self.is_open and self._asked() is None:
            self.close()

    def _show(self, asked: Typed, words: list[str]) -> None:
        if asked != self._typed or not self._editor.hasFocus():
            return
        left = [word for word in words if len(word) <= LONGEST and word != asked.part][:MOST]
        if not left:
            self.close()
            return
        self.words.setStringList(left)
        place = self._editor.cursorRect()
        place.setWidth(WIDTH)
        self.completer.complete(place)

    def _give_up(self, _error: AppError) -> None:
        self.close()


def _found(store: Store, asked: Typed) -> list[str]:
    if asked.what is What.TYPE:
        return store.values.named("type", asked.part)
    found = store.values.properties(str(asked.what), asked.part)
    # What the SDKs add by themselves comes last.
    return sorted((name for name, _ in found), key=lambda name: name.startswith("[Amplitude]"))
