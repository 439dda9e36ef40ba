"""
The event types that are left out: remembered, listed, and brought back by a click.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from app import settings as keys
from app.errors import AppError
from ui.context import Context
from ui.pages.live.projects import frame
from ui.pages.live.typelist import HiddenChips
from ui.theme import show_use


class HiddenTypes(QObject):
    """Which types are hidden, with a button for the list and a chip for each.

    Signals:
        changed: other types are hidden now.
        failed: an AppError.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, context: Context, owner: QWidget, remember: Callable[[keys.Setting[Any], Any], None]
    ) -> None:
        super().__init__(owner)
        self._context = context
        self._owner = owner
        self._remember = remember
        self.popup: Any = None
        self.types: tuple[str, ...] = tuple(context.settings.get(keys.HIDDEN_TYPES))
        self.chips = HiddenChips()
        self.chips.shown.connect(self.show_type)
        self.button = QToolButton()
        frame(self.button, "Types", "Choose event types  (T)")
        self.button.clicked.connect(self.choose)
        self._show()

    def choose(self) -> None:
        """Open the list of types."""
        from ui.pages.live.typelist import TypesPopup

        if self.popup is None:
            self.popup = TypesPopup(self._owner)
            self.popup.hidden_changed.connect(self.set)
        popup = self.popup
        popup.show_types([], self.types)
        popup.open_below(self.button)
        if self._context.store.current:
            self._context.jobs.read(self, lambda store: store.events.types(), "types").then(
                lambda types: popup.show_types(types, self.types)
            ).catch(self._fail)

    def hide(self, types: Iterable[str]) -> None:
        """Leave these out too."""
        self.set((*self.types, *(one for one in dict.fromkeys(types) if one not in self.types)))

    def show_type(self, name: str | None) -> None:
        """Show a hidden type again; None shows them all."""
        self.set(() if name is None else tuple(one for one in self.types if one != name))

    def set(self, types: tuple[str, ...]) -> None:
        """Hide exactly these."""
        if types == self.types:
            return
        self.types = types
        self._remember(keys.HIDDEN_TYPES, list(types))
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.chips.show_types(self.types)
        count = len(self.types)
        self.button.setText(f"Types  ·  {count} hidden" if count else "Types")
        show_use(self.button, is_used=count > 0)

    def _fail(self, error: AppError) -> None:
        self.failed.emit(error)
