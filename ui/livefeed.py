"""
Tells visible pages that something was committed, at most ten times a second.

First now, last later: a single event shows at once, a storm becomes ten refreshes a second, and
the last of a storm is never missed. Notices carry no data; a page asks for what is new.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import StoreUnavailable
from ui.reader import Reader

if TYPE_CHECKING:
    from ui.captureprocess import CaptureProcess

EVERY_MS = 100
POLL_MS = 1000


class LiveFeed(QObject):
    """Watches the capture process, and the file itself in case a notice was lost or somebody
    else writes.

    Signals:
        changed: rows were added, answered or removed.
    """

    changed = Signal()

    def __init__(
        self, capture: CaptureProcess, reader: Reader, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._reader = reader
        self._version = -1
        self._last = 0.0
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._announce)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self.look)
        self._poll.start()
        for signal in (capture.captured, capture.removed, capture.imported):
            signal.connect(self.notice)
        capture.listening.connect(self._open)

    def notice(self, _message: object = None) -> None:
        """Something was committed."""
        if self._later.isActive():
            return
        wait = EVERY_MS - (time.monotonic() - self._last) * 1000
        if wait <= 0:
            self._announce()
        else:
            self._later.start(max(1, round(wait)))

    def look(self) -> None:
        """Ask the file whether somebody wrote to it."""
        version = self._reader.ask(lambda store: store.data_version(), self._version)
        if version != self._version:
            self._version = version
            self.notice()

    def stop(self) -> None:
        """Say nothing more; the store is about to be closed."""
        self._poll.stop()
        self._later.stop()

    def _open(self, _message: object) -> None:
        try:
            self._reader.open()
        except StoreUnavailable:
            return  # The capture process has it open, and says what is wrong with it.
        self.notice()

    def _announce(self) -> None:
        self._last = time.monotonic()
        self.changed.emit()
