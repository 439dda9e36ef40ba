"""
The search field of the Users page: text in, conditions out, with what could be meant below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.errors import BadInput
from app.store.people.conditions import (
    PROPERTY,
    Condition,
    being_typed,
    parse,
    shown_name,
    to_text,
)
from ui.jobs import Jobs
from ui.plain import one_line, plural
from ui.theme import label, tint

if TYPE_CHECKING:
    from app.store import Store
    from app.store.people.search import Suggestion

WAIT_MS = 120
HELP = (
    "Words are looked for in user IDs, device IDs and values of user properties.\n"
    "user:  device:  ip:  project:  look in one place only.\n"
    'plan=pro  "Company Name"=acme  Platform=iOS   look at one property.\n'
    'did:"Order Completed"  did:login@7d   who did something (in the last 7 days).\n'
    "Several must all hold; a minus says that one must not. Escape clears."
)
_KIND = {"user": "User ID", "device": "Device ID", "ip": "IP address", "project": "Project"}


class SearchBar(QWidget):
    """The field and the line below it that says what is wrong.

    Signals:
        changed: the conditions that are wanted now (a tuple of `Condition`).
        left: a person wants to go to what was found.
    """

    changed = Signal(object)
    left = Signal()

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._offers: list[Suggestion] = []
        self.conditions: tuple[Condition, ...] = ()
        self.box = _Box()
        self.box.setPlaceholderText("User ID, device ID, plan=pro, did:…")
        self.box.setAccessibleName("Search people")
        self.box.setToolTip(f"{HELP}  (Ctrl+U, /)")
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.box)
        rows.addWidget(self.problem)
        self._names = QStringListModel(self)
        self.completer = QCompleter(self._names, self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.completer.setWidget(self.box)
        self.completer.setMaxVisibleItems(12)
        self.popup: QWidget = self.completer.popup()  # type: ignore[assignment]
        self.popup.setAccessibleName("What could be meant")
        self.popup.setProperty("offers", True)
        self.completer.activated[QModelIndex].connect(self._take)  # type: ignore[index]
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self.apply)
        self.box.textEdited.connect(lambda _text: self._suggest())
        self.box.textChanged.connect(lambda _text: self._later.start())
        self.box.returnPressed.connect(self._accept)
        self.box.escaped.connect(self._escape)
        self.box.went_down.connect(self.left)

    def show_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """Put conditions into the field and use them."""
        if conditions != self.conditions:
            self.set_text(to_text(conditions))

    def set_text(self, text: str) -> None:
        """Put a search into the field and use it at once."""
        self.box.setText(text)
        self.apply()

    def take_focus(self) -> None:
        """Type here next."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def apply(self) -> None:
        """Read the field. Says what is wrong with it, or what is wanted now."""
        self._later.stop()
        try:
            conditions = parse(self.box.text())
        except BadInput as error:
            self._say(error.sentence)
            return
        self._say("")
        if conditions != self.conditions:
            self.conditions = conditions
            self.changed.emit(conditions)

    def _say(self, problem: str) -> None:
        self.problem.setText(one_line(problem))
        self.problem.setVisible(bool(problem))

    # What could be meant

    def _suggest(self) -> None:
        typed = being_typed(self.box.text())

        def found(store: Store) -> list[Suggestion]:
            return store.people.search.suggest(typed.kind, typed.name, typed.text)

        self._jobs.read(self, found, "suggest").then(self._offer).catch(lambda _error: None)

    def _offer(self, offers: list[Suggestion]) -> None:
        typed = being_typed(self.box.text())
        self._offers = [one for one in offers if one.text != typed.text or one.text == ""]
        if not self._offers or not self.box.hasFocus():
            self.popup.hide()
            return
        self._names.setStringList([_shown(one) for one in self._offers])
        self.completer.complete()

    def _take(self, index: QModelIndex) -> None:
        if not 0 <= index.row() < len(self._offers):
            return
        offer, text = self._offers[index.row()], self.box.text()
        typed = being_typed(text)
        one = Condition(offer.kind, offer.text, offer.name, None, typed.negated)
        end = "" if offer.kind == PROPERTY and not offer.text else " "
        self.box.setText(text[: typed.start] + to_text((one,)) + end)
        if not end:
            self._suggest()

    def _accept(self) -> None:
        self.popup.hide()
        self.apply()
        if self.problem.isHidden():
            self.left.emit()

    def _escape(self) -> None:
        if self.box.text():
            self.set_text("")
        else:
            self.left.emit()


def _shown(one: Suggestion) -> str:
    people = f"   · {plural(one.people, 'person', 'people')}"
    if one.kind == PROPERTY:
        name = one_line(shown_name(one.name), 60)
        return f"{name} = {one_line(one.text, 80)}{people}" if one.text else f"{name} = …"
    if one.kind == "did":
        return f"did {one_line(one.text, 80)}{people}"
    return f"{_KIND[one.kind]}  {one_line(one.text, 80)}"


class _Box(QLineEdit):
    escaped = Signal()
    went_down = Signal()

    def __init__(self) -> None:
        super().__init__()
        search = QAction("Search people", self)
        tint(search, "search")
        self.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction("Clear the search", self)
        self._clear.setToolTip("Clear the search  (Esc)")
        tint(self._clear, "close")
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(button.defaultAction().text())
        # A pasted megabyte is no search.
        self.setMaxLength(1900)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(200, 28))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)
