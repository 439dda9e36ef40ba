"""
A button to choose any number of things from a list that stays open meanwhile.
"""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QToolButton

from ui.plain import one_line, plural, tooltip
from ui.theme import show_use, tint

MOST = 100
NONE = "(not said)"


class Choice(NamedTuple):
    """One thing to choose."""

    key: str
    title: str


class StayingMenu(QMenu):
    """A menu that stays open while its switches are used."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._toggle(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_key = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (is_key and self._toggle(self.activeAction())):
            super().keyPressEvent(event)

    def _toggle(self, action: QAction | None) -> bool:
        if action is None or not action.isCheckable() or not action.isEnabled():
            return False
        action.trigger()
        return True


class ChoiceButton(QToolButton):
    """Says what is chosen; nothing chosen means all.

    Signals:
        changed: something else is chosen (see `chosen`).
    """

    changed = Signal()

    def __init__(self, one: str, many: str, tip: str, nothing: str = "") -> None:
        """`one` and `many` name what is chosen: endpoint, endpoints. `nothing` is said when nothing
        is chosen, where that does not mean all."""
        super().__init__()
        self.chosen: frozenset[str] = frozenset()
        self._choices: tuple[Choice, ...] = ()
        self._one, self._many = one, many
        self._nothing = nothing or f"All {many}"
        self.setProperty("framed", True)
        self.setToolTip(tip)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 16))
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        tint(self, "down")
        self.list = StayingMenu(self)
        self.list.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.list.aboutToShow.connect(self._fill)
        self.setMenu(self.list)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._show()

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """These can be chosen; what was chosen stays so, even when it is not among them."""
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            self._show()
            if self.list.isVisible():
                self._fill()

    def choose(self, keys: frozenset[str]) -> None:
        """Choose these; nothing means all."""
        if keys != self.chosen:
            self.chosen = keys
            self._show()
            self._check()
            self.changed.emit()

    def _show(self) -> None:
        titles = [one.title for one in self._choices if one.key in self.chosen]
        if not self.chosen:
            text = self._nothing
        elif len(self.chosen) == 1:
            text = one_line(titles[0] if titles else next(iter(self.chosen)), 26) or NONE
        else:
            text = plural(len(self.chosen), self._one, self._many)
        self.setText(text.replace("&", "&&"))
        # Not capitalize, which would write SDKs as Sdks.
        self.setAccessibleName(f"{self._many[:1].upper()}{self._many[1:]}: {text}")
        show_use(self, is_used=bool(self.chosen))

    def _fill(self) -> None:
        menu = self.list
        menu.clear()
        everything = menu.addAction(self._nothing)
        everything.setCheckable(True)
        everything.triggered.connect(lambda _on=False: self._choose_all())
        menu.addSeparator()
        for one in self._choices[:MOST]:
            entry = menu.addAction((one_line(one.title, 60) or NONE).replace("&", "&&"))
            entry.setCheckable(True)
            entry.setData(one.key)
            entry.setToolTip(tooltip(one.title))
            entry.triggered.connect(lambda _on=False, key=one.key: self._switch(key))
        if len(self._choices) > MOST:
            more = menu.addAction(f"and {len(self._choices) - MOST:,} more")
            more.setEnabled(False)
        self._check()

    def _check(self) -> None:
        for entry in self.list.actions():
            if entry.isCheckable():
                key = entry.data()
                entry.setChecked(not self.chosen if key is None else key in self.chosen)

    def _choose_all(self) -> None:
        self.choose(frozenset())
        self._check()

    def _switch(self, key: str) -> None:
        self.choose(self.chosen ^ {key})
