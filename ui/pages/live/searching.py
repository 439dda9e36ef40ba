"""
How far a long search is, and the way to stop it. Nothing is shown of short ones.
"""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from ui.table.stream import EventStream
from ui.theme import label

PATIENCE_MS = 400
TELL_MS = 100


class SearchRow(QWidget):
    """Hidden while a stream has all it looks for, or soon will."""

    def __init__(self, stream: EventStream) -> None:
        super().__init__()
        self._stream = stream
        self.text = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName("How far the search is")
        self.stop = QPushButton("Stop")
        self.stop.setProperty("kind", "quiet")
        self.stop.setToolTip("Look no further; what was found stays")
        self.stop.clicked.connect(stream.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.text)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self.hide()
        self._later = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._later.timeout.connect(self._show)
        self._tell = QTimer(self, interval=TELL_MS)
        self._tell.timeout.connect(self._show_progress)
        stream.counted.connect(self._look)

    def _look(self) -> None:
        is_busy = bool(self._stream.chosen) and (
            self._stream.is_loading or not self._stream.is_complete
        )
        if not is_busy:
            self._later.stop()
            self._tell.stop()
            self.hide()
        elif self.isHidden() and not self._later.isActive():
            self._later.start()

    def _show(self) -> None:
        self._show_progress()
        self._tell.start()
        self.show()

    def _show_progress(self) -> None:
        known = self._stream.known
        done = round(100 * self._stream.search.part_done(known.first if known.count else 1))
        self.bar.setValue(done)
        self.text.setText(f"Looking through older events… {done} %")
