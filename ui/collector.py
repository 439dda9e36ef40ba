"""
Python's cycle collector, kept to the GUI thread.

Left to itself it runs in whatever thread allocates, and a worker that collects a cycle with a
widget in it deletes that widget in the wrong thread.

Going through everything takes a quarter of a second, mostly for what lives as long as the window
does. So what the window starts with is set aside and never gone through, and so is what has
survived a search that took long.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 2000
FULL_EVERY = 30
SETTLED = 5
"""The turn at which all that the window starts with is there."""
LONG_S = 0.03


class Collector(QObject):
    """Collects from a timer: the young often, everything now and then."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns = 0
        gc.disable()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """One turn."""
        self._turns += 1
        if self._turns <= SETTLED:
            gc.freeze()
            return
        is_full = self._turns % FULL_EVERY == 0
        start = time.perf_counter()
        gc.collect(2 if is_full else 1)
        if is_full and time.perf_counter() - start > LONG_S:
            gc.freeze()

    def stop(self) -> None:
        """Let Python collect by itself again, what was set aside too."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
