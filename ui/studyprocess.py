"""
The study as the window sees it: a child that reads what was captured and learns from it.

It is `python -m app.study`, ends when its stdin does, and may be killed at any moment: it goes on
from where it was. One that dies is started again, later each time, and said nothing of: what it
learned stays readable, and what it would have learned comes when it runs again.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

log = logging.getLogger(__name__)

BACK_OFF_MS = (1_000, 5_000, 30_000, 300_000)
END_MS = 3_000


class StudyProcess(QObject):
    """Keeps one study running while the window is open.

    Signals:
        studied: captures up to the first number are studied, the second one is the newest.
    """

    studied = Signal(int, int)

    def __init__(self, workspace: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.through = self.last = 0
        self._workspace = workspace
        self._deaths = 0
        self._is_over = False
        self._process: QProcess | None = None
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.start)

    @property
    def is_running(self) -> bool:
        """Whether the child was started and has not ended."""
        return self._process is not None

    def start(self) -> None:
        """Start the child, unless it runs or the window is closing."""
        if self._is_over or self._process is not None:
            return
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_log)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        words = ["-P", "-X", "utf8", "-m", "app.study", "--workspace", str(self._workspace)]
        process.start(sys.executable, words)

    def shutdown(self) -> None:
        """End the child for good and wait for it."""
        self._is_over = True
        self._again.stop()
        process, self._process = self._process, None
        if process is None:
            return
        process.blockSignals(True)
        process.closeWriteChannel()
        if not process.waitForFinished(END_MS):
            process.kill()
            process.waitForFinished(END_MS)
        process.deleteLater()

    def _read(self) -> None:
        process = self._process
        while process is not None and process.canReadLine():
            try:
                said = json.loads(bytes(process.readLine().data()))
                self.through, self.last = int(said["through"]), int(said["last"])
            except (ValueError, TypeError, KeyError):
                continue
            self.studied.emit(self.through, self.last)

    def _read_log(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
            log.warning("%s", text.rstrip())

    def _ended(self) -> None:
        self._read()
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
        self._again.start(BACK_OFF_MS[min(self._deaths, len(BACK_OFF_MS) - 1)])
        self._deaths += 1

    def _failed(self, error: QProcess.ProcessError) -> None:
        # Every other error is followed by `finished`.
        if error == QProcess.ProcessError.FailedToStart:
            self._ended()
