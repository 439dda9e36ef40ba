"""
Python's cycle collector, kept to the GUI thread.

Left to itself it runs in whatever thread allocates, and a worker that collects a cycle with a
widget in it deletes that widget in the wrong thread.
"""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 2000
FULL_EVERY = 30


class Collector(QObject):
    """Collects from a timer: the young often, everything now and then."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns = 0
        gc.disable()
        timer = QTimer(self, interval=EVERY_MS)
        timer.timeout.connect(self.collect)
        timer.start()

    def collect(self) -> None:
        """One turn."""
        self._turns += 1
        gc.collect(2 if self._turns % FULL_EVERY == 0 else 1)

    def stop(self) -> None:
        """Let Python collect by itself again."""
        gc.enable()
