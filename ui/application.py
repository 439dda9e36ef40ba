"""
The running application: its parts, what happens when something breaks, and the order of the end.

Shown first, then started: files, logging and the capture process come after the first paint.
"""

import logging
import signal
import sys
import threading
import traceback
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import paths, wire
from app import settings as keys
from app.errors import AppError, StoreUnavailable
from app.settings import Setting, Settings
from resources import path
from ui.actions import Actions
from ui.captureprocess import CaptureProcess
from ui.collector import Collector
from ui.context import Context
from ui.jobs import Jobs
from ui.livefeed import LiveFeed
from ui.notifications import Notifications
from ui.reader import Reader
from ui.theme import Theme
from ui.window import MainWindow

log = logging.getLogger(__name__)


class Application(QObject):
    """Puts the parts together around a QApplication, and takes them apart again."""

    def __init__(self, qt: QApplication, workspace: Path, page: str = "") -> None:
        super().__init__()
        self.settings = Settings(paths.settings_file())
        self.theme = Theme(qt, self.settings.get(keys.THEME))
        qt.setWindowIcon(QIcon(str(path("icons/app.svg"))))
        self.notifications = Notifications(self)
        self.reader = Reader(workspace, self)
        self.jobs = Jobs(workspace, self)
        self.capture = CaptureProcess(self.settings, workspace, self)
        self.feed = LiveFeed(self.capture, self.reader, self)
        self.context = Context(
            settings=self.settings,
            workspace=workspace,
            store=self.reader,
            jobs=self.jobs,
            feed=self.feed,
            capture=self.capture,
            notifications=self.notifications,
            actions=Actions(self),
        )
        self.collector = Collector(self)
        self._said: set[str] = set()
        self._connect()
        self.window = MainWindow(self.context, self.use_setting, page)

    def _connect(self) -> None:
        self.jobs.failed.connect(self._say)
        self.reader.failed.connect(self._say)
        self.capture.trouble.connect(self._say)
        self.capture.listening.connect(self._say_note)
        self.capture.state_changed.connect(self._say_failure)

    def start(self) -> None:
        """After the first paint: the log, the workspace, the capture process, the other pages."""
        from app.logs import log_to_file

        log_to_file(paths.log_file())
        if self.settings.problem:
            self.notifications.warn(self.settings.problem)
        try:
            self.reader.open()
        except StoreUnavailable as error:
            self._say(error)
        if self.settings.get(keys.AUTOSTART):
            self.capture.start()
        self.window.make_pages()

    def shutdown(self) -> None:
        """The capture process first, because it commits; then whoever reads; then the store."""
        self.feed.stop()
        self.capture.shutdown()
        if not self.jobs.shutdown():
            log.warning("a background job did not end in time")
        self.reader.close()
        self.collector.stop()

    def use_setting(self, setting: Setting[Any]) -> None:
        """A person changed a setting: let it count."""
        value = self.settings.get(setting)
        if setting is keys.THEME:
            self.theme.choose(value)
        elif setting is keys.DELIVERY:
            self.capture.set_delivery(value)
        elif setting is keys.HOSTS:
            self.capture.send(wire.SetHosts(value))
        elif setting is keys.CAP_MB:
            self.capture.send(wire.SetCap(value))
        elif setting.restart and self.capture.state == "listening":
            self.notifications.info(
                f"{setting.label} counts when capture starts again.",
                action=("Start again", self._restart_capture),
            )

    def _restart_capture(self) -> None:
        self.capture.stop()
        self.capture.start()

    # What is said

    def report(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: types.TracebackType | None,
    ) -> None:
        """For `sys.excepthook`: log it, and show it once with details to copy."""
        if issubclass(kind, KeyboardInterrupt):
            self.window.close()
            return
        if isinstance(error, AppError):
            self._say(error)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected: %s", error, exc_info=(kind, error, trace))
        place = traceback.extract_tb(trace)[-1:] if trace else []
        once = f"{kind.__name__} {place}"
        if once in self._said:
            return
        self._said.add(once)
        self.notifications.error(
            f"Something in Eventscope went wrong: {kind.__name__}. Capture goes on.", details
        )

    def _say(self, trouble: AppError | wire.Trouble) -> None:
        self.notifications.warn(f"{trouble.sentence} {trouble.hint}".strip())

    def _say_note(self, message: wire.Listening) -> None:
        if message.note:
            self.notifications.info(message.note)

    def _say_failure(self, state: str) -> None:
        if state == "failed":
            self.notifications.error(self.capture.failure, action=("Try again", self.capture.start))


def run(argv: Sequence[str], workspace: Path | None = None, page: str = "") -> int:
    """The window until it is closed; returns the exit status."""
    qt = QApplication(list(argv))
    qt.setApplicationName("Eventscope")
    qt.setDesktopFileName("eventscope")
    application = Application(qt, workspace or paths.default_workspace(), page)
    _hook(application)
    application.window.show()
    QTimer.singleShot(0, application, application.start)
    try:
        return qt.exec()
    finally:
        application.shutdown()
        sys.excepthook = sys.__excepthook__


def _hook(application: Application) -> None:
    def report_from_thread(found: threading.ExceptHookArgs) -> None:
        # Only logged: widgets belong to the GUI thread.
        log.error("unexpected in %s", found.thread, exc_info=found.exc_value)

    sys.excepthook = application.report
    threading.excepthook = report_from_thread
    for number in (signal.SIGINT, signal.SIGTERM):
        # Runs when Python next does: the feed looks at the file every second.
        signal.signal(number, lambda *_: application.window.close())
