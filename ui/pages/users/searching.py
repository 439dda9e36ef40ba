"""
Says that events are being looked for, when that takes a while, and lets a person stop it.
"""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton

from ui.theme import label

PATIENCE_MS = 400


class Searching(QFrame):
    """A bar that is seen only while a search goes on, and not in the first moments.

    Signals:
        stopped: a person does not want to wait.
    """

    stopped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self._later = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._later.timeout.connect(self.show)
        busy = QProgressBar()
        busy.setRange(0, 0)
        busy.setTextVisible(False)
        busy.setFixedSize(120, 6)
        busy.setAccessibleName("Looking for events")
        self.stop = QPushButton("Stop")
        self.stop.setProperty("kind", "quiet")
        self.stop.setToolTip("Do not look any further")
        self.stop.clicked.connect(lambda _checked=False: self._stop())
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.addWidget(label("Looking through everything this person did …", "muted"))
        row.addWidget(busy)
        row.addStretch(1)
        row.addWidget(self.stop)
        self.hide()

    def begin(self) -> None:
        """A search has begun."""
        if not self.isVisible():
            self._later.start()

    def end(self) -> None:
        """It is over."""
        self._later.stop()
        self.hide()

    def _stop(self) -> None:
        self.end()
        self.stopped.emit()
