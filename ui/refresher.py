"""
Asks again when something changed, but never while an answer is on its way, and not more often
than the answers can be had: what takes long is asked seldom.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

LEAST_MS = 100
SHARE = 3
"""Times as long as an answer took nothing is asked: a quarter of the time, at most."""


class Refresher(QObject):
    """`start` begins a question; `done` must be called when it was answered or failed."""

    def __init__(
        self,
        start: Callable[[], bool],
        parent: QObject,
        least_ms: int = LEAST_MS,
        share: int = SHARE,
    ) -> None:
        """`start` says whether it began anything. Between an answer and the next question lie at
        least `least_ms`, and `share` times as long as the answer took."""
        super().__init__(parent)
        self._least_ms = least_ms
        self._share = share
        self._start = start
        self._is_wanted = self._is_running = False
        self._began = 0.0
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._again)

    def ask(self) -> None:
        """Something changed."""
        if self._is_running or self._later.isActive():
            self._is_wanted = True
        else:
            self.now()

    def now(self) -> None:
        """Something else is asked for: the answer on its way is not wanted any more."""
        self._later.stop()
        self._is_wanted = False
        self._began = time.monotonic()
        self._is_running = self._start()

    def stop(self) -> None:
        """The answer on its way is not wanted any more, and nothing else is asked for. Whoever
        asked has to drop it."""
        self._later.stop()
        self._is_wanted = self._is_running = False

    def done(self) -> None:
        """The answer is there."""
        self._is_running = False
        took = (time.monotonic() - self._began) * 1000
        self._later.start(round(max(self._least_ms, self._share * took)))

    def _again(self) -> None:
        if self._is_wanted:
            self.now()
