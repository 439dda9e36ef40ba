"""
The window's own view of the workspace file, opened when there is one.

The capture process makes the file, so at a first start there is nothing to open until it listens.
SQLite is loaded here and not with the window: it costs as much as the whole window does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, StoreUnavailable

if TYPE_CHECKING:
    from app.store import Store

log = logging.getLogger(__name__)


class Reader(QObject):
    """Holds the GUI thread's `Store` for short reads by key. `current` is None before there is
    a workspace file.

    Signals:
        opened: `current` is there now.
        failed: a StoreUnavailable; said once until a read works again.
        refused: there is a file, and it cannot be opened: `trouble` says why.
    """

    opened = Signal()
    failed = Signal(object)
    refused = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.folder = folder
        self.current: Store | None = None
        self.trouble: AppError | None = None
        self._is_failing = False

    def open(self) -> Store | None:
        """The open store, opening it when the file is there and up to date. Raises
        StoreUnavailable when the file is there and cannot be used."""
        if self.current is None:
            try:
                self.current = open_store(self.folder)
            except StoreUnavailable as error:
                self.refuse(error)
                raise
            if self.current:
                self.trouble = None
                self.opened.emit()
        return self.current

    def refuse(self, error: AppError) -> None:
        """The file that is there cannot be opened, or not be brought up to date."""
        self.trouble = error
        self.refused.emit()

    @property
    def is_waiting(self) -> bool:
        """Whether there is a file, but one that has to be made or brought up to date first."""
        from app.store.schema import FILE

        return self.current is None and (self.folder / FILE).exists()

    def ask[T](self, question: Callable[[Store], T], otherwise: T) -> T:
        """Ask something short. `otherwise` when there is no workspace yet, or when it cannot be
        read now, which must not stop a window from painting."""
        if self.current is None:
            return otherwise
        from app.store.trouble import explained

        try:
            with explained(self.folder):
                answer = question(self.current)
        except StoreUnavailable as error:
            log.warning("%s", error)
            if not self._is_failing:
                self._is_failing = True
                self.failed.emit(error)
            return otherwise
        self._is_failing = False
        return answer

    def close(self) -> None:
        """Give the connection back."""
        if self.current:
            self.current.close()
            self.current = None


def open_store(folder: Path) -> Store | None:
    """A store for reading, or None when the file is not there, not made yet, or of an older
    version: whoever writes brings it up to date."""
    # Imported here: see the module's docstring.
    from app.store import Store
    from app.store.schema import FILE

    if not (folder / FILE).exists():
        return None
    return Store.read_if_current(folder)
