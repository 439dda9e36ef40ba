"""
A workspace of an older version is brought up to date before it can be read.

The capture process does it when it starts. When none starts, or it cannot, it is done here, in a
thread: a large file takes seconds, for which the window must not stand still.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import AppError, StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from ui.context import Context

log = logging.getLogger(__name__)

WRITING = ("starting", "listening")


class Updating(QObject):
    """Watches until the store is open; from then on there is nothing to do."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_busy = False
        context.capture.state_changed.connect(self.look)

    def begin(self) -> None:
        """The store was asked to open. Say so when it has to wait."""
        if self._context.store.is_waiting:
            text = "This workspace is brought up to date. It takes a moment."
            self._context.notifications.info(text)
            self.look()

    def look(self) -> None:
        """Do it here, if it has to be done and nobody else does."""
        context = self._context
        is_left_to_us = context.store.is_waiting and context.capture.state not in WRITING
        if is_left_to_us and not self._is_busy:
            self._is_busy = True
            work = context.jobs.run(self, lambda: _update(context.workspace), "update")
            work.then(self._open).catch(self._say)

    def _open(self, _result: object) -> None:
        self._is_busy = False
        try:
            self._context.store.open()
        except StoreUnavailable as error:
            self._say(error)
        if self._context.capture.state == "elsewhere":
            # A person asked for it meanwhile, and it found the file in use: by this window.
            self._context.capture.start()

    def _say(self, error: AppError) -> None:
        self._is_busy = False
        log.warning("%s", error)
        if self._context.store.current is None:
            self._context.store.refuse(error)
        # What cannot be written stops the capture process too, which says so.
        if self._context.capture.state != "failed":
            self._context.notifications.warn(str(error))


def _update(folder: Path) -> None:
    from app.store import Store

    Store.read(folder).close()
