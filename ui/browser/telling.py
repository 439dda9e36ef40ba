"""
Keeps what pages in the built-in browser tell of their SDKs: what these were configured with, and
what they leave out before anything is sent. The SDKs page shows both.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.agentwords import Dropped, Options
from app.errors import AppError
from app.sdk import configured, dropped
from ui.context import Context

if TYPE_CHECKING:
    from ui.browser.window import BrowserWindow


MOST_WAITING = 200


class Telling(QObject):
    """For the windows that are given to it, and for whoever else hears of a page."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: list[Options | Dropped] = []
        self._is_keeping = False

    def attach(self, window: BrowserWindow) -> None:
        """Ask the pages of this window."""
        # Imported here: the engine is large, and only for those who use it.
        from ui.browser.options import OptionReader

        OptionReader(window.page).said.connect(self.hear)
        window.agent.said.connect(self.hear)

    def hear(self, said: object) -> None:
        """Keep it, if it is such a thing."""
        if isinstance(said, Options | Dropped) and len(self._waiting) < MOST_WAITING:
            self._waiting.append(said)
            self._keep()

    def _keep(self) -> None:
        """One after the other: each adds to what is kept."""
        if self._is_keeping or not self._waiting:
            return
        self._is_keeping = True
        folder, told = self._context.workspace, self._waiting
        self._waiting = []
        job = self._context.jobs.run(self, lambda: _keep_all(folder, told), "telling")
        job.then(lambda _: self._kept()).catch(self._fail)

    def _kept(self) -> None:
        self._is_keeping = False
        self._keep()

    def _fail(self, error: AppError) -> None:
        self._context.notifications.warn(f"{error.sentence} {error.hint}".strip())
        self._kept()


def _keep_all(folder: Path, told: list[Options | Dropped]) -> None:
    for one in told:
        if isinstance(one, Options):
            configured.keep(folder, one)
        else:
            dropped.keep(folder, one)
