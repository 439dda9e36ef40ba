"""
Filters that were used lately, and those that a person gave a name: as one menu.

The last ones are remembered in the settings, the named ones among the definitions of the workspace.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QWidget

from app import settings as keys
from app.errors import AppError, StoreUnavailable
from ui.context import Context
from ui.plain import one_line
from ui.theme import label, tint

if TYPE_CHECKING:
    from app.store.definitions import Definition, Definitions

KIND = "filter"
MOST = 30
LONGEST = 500
IN_MENU = 12


class SavedFilters(QToolButton):
    """The button with the menu.

    Signals:
        chosen: the text of a filter that a person wants.
        naming: a person wants to name the filter in use.
    """

    chosen = Signal(str)
    naming = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.current = ""
        self._place = -1
        tint(self, "clock")
        self.setToolTip("Recent and saved filters  (Up in the filter)")
        self.setAccessibleName("Recent and saved filters")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.list = QMenu(self)
        self.list.setToolTipsVisible(True)
        self.list.aboutToShow.connect(self.fill)
        self.setMenu(self.list)

    # Recent

    @property
    def recent(self) -> list[str]:
        """The last filters, newest first."""
        return list(self._context.settings.get(keys.FILTER_HISTORY))

    def remember(self, text: str) -> None:
        """A filter was used."""
        text = text.strip()
        self._place = -1
        before = self.recent
        if not text or len(text) > LONGEST or before[:1] == [text]:
            return
        try:
            self._context.settings.set(
                keys.FILTER_HISTORY, [text, *(one for one in before if one != text)][:MOST]
            )
        except StoreUnavailable as error:
            self._context.notifications.warn(error.sentence)

    def earlier(self) -> str | None:
        """The filter before the one that was last taken from here; None at the end."""
        known = [one for one in self.recent if one != self.current or self._place >= 0]
        if self._place + 1 >= len(known):
            return None
        self._place += 1
        return known[self._place]

    # Saved

    def _definitions(self) -> Definitions:
        # Imported here: see ui.reader.
        from app.store.definitions import Definitions

        return Definitions(self._context.workspace)

    def saved(self) -> list[Definition]:
        """Those with a name; none when they cannot be read."""
        try:
            with self._definitions() as definitions:
                return definitions.all(KIND)
        except StoreUnavailable as error:
            self._say(error)
            return []

    def save(self, name: str, text: str) -> None:
        """Give a filter a name; one with that name is replaced."""
        try:
            with self._definitions() as definitions:
                same = [one.id for one in definitions.all(KIND) if one.name == name]
                definitions.save(KIND, name, {"text": text}, same[0] if same else None)
        except StoreUnavailable as error:
            self._say(error)

    def remove(self, one: Definition) -> None:
        """Forget a name; can be undone."""
        try:
            with self._definitions() as definitions:
                definitions.remove(one.id)
        except StoreUnavailable as error:
            self._say(error)
            return
        self._context.notifications.info(
            f"The filter “{one_line(one.name, 40)}” was removed.",
            ("Undo", partial(self.save, one.name, str(one.body.get("text", "")))),
        )

    def fill(self) -> None:
        """Bring the menu up to date."""
        menu = self.list
        menu.clear()
        saved, recent = self.saved(), self.recent[:IN_MENU]
        save = menu.addAction("Save this filter…", self.naming.emit)
        save.setEnabled(bool(self.current.strip()))
        if saved:
            heading(menu, "Saved")
            for one in saved:
                self._add(one.name, str(one.body.get("text", "")))
            removing = menu.addMenu("Remove a saved filter")
            for one in saved:
                removing.addAction(_title(one.name), partial(self.remove, one))
        if recent:
            heading(menu, "Recent")
            for text in recent:
                self._add(text, text)
        if not saved and not recent:
            menu.addAction("Filters that you use appear here").setEnabled(False)

    def _add(self, title: str, text: str) -> None:
        entry = self.list.addAction(_title(title), partial(self.chosen.emit, text))
        entry.setToolTip(_title(text))

    def _say(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint)


class NameRow(QWidget):
    """A line to type a name into, below the filter.

    Signals:
        named: the name.
        left: the person is done here.
    """

    named = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit()
        self.line.setPlaceholderText("Name of this filter")
        self.line.setAccessibleName("Name of this filter")
        self.line.setMaxLength(80)
        self.line.returnPressed.connect(self._save)
        save = QPushButton("Save")
        save.setProperty("kind", "primary")
        save.clicked.connect(self._save)
        keep = QPushButton("Cancel")
        keep.setProperty("kind", "quiet")
        keep.setToolTip("Do not save it  (Esc)")
        keep.clicked.connect(self._leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(label("Save as", "muted"))
        row.addWidget(self.line, 1)
        row.addWidget(save)
        row.addWidget(keep)
        self.hide()

    def ask(self) -> None:
        """Show it and type there."""
        self.line.clear()
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _save(self) -> None:
        if name := self.line.text().strip():
            self.hide()
            self.named.emit(name)
            self.left.emit()

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)


def _title(text: str) -> str:
    return one_line(text, 60).replace("&", "&&")


def heading(menu: QMenu, text: str) -> None:
    """A line above some entries. Not a section of Qt's: style sheets take their text away."""
    menu.addSeparator()
    menu.addAction(text).setEnabled(False)
