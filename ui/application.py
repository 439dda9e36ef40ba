"""
The running application: what starts when, what is said when something breaks, and the end.

The window's frame is shown first; everything that fills it is imported and started after that.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import types
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import paths
from app import settings as keys
from app.errors import AppError, StoreUnavailable
from app.settings import Setting, Settings
from resources import path
from ui.actions import Actions
from ui.theme import Theme, make_application
from ui.window import MainWindow

if TYPE_CHECKING:
    from app.links import EventLink
    from app.wire import Listening, Trouble
    from ui.captureprocess import CaptureProcess
    from ui.context import Context

log = logging.getLogger(__name__)

UNPAINTED_MS = 1000
CAPTURE = "capture"


class Application(QObject):
    """The window, and behind it the parts that are made once it is on the screen."""

    context: Context

    def __init__(
        self, qt: QApplication, workspace: Path, page: str = "", link: EventLink | None = None
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._link = link
        self._said: set[str] = set()
        self.is_started = False
        self.settings = Settings(paths.settings_file())
        self.theme = Theme(qt, self.settings.get(keys.THEME))
        self.actions = Actions(self)
        self.window = MainWindow(self.settings, self.actions, self.use_setting, page)

    def start(self) -> None:
        """After the first paint: the parts, the page, the log, the workspace, the capture
        process, the other pages. A second call does nothing."""
        if self.is_started:
            return
        self.is_started = True
        # Imported here: the window is on the screen sooner.
        from app.logs import log_to_file
        from ui.collector import Collector
        from ui.links import LinkServer
        from ui.memory import give_back_large
        from ui.parts import make_parts
        from ui.updating import Updating

        give_back_large()
        QApplication.setWindowIcon(QIcon(str(path("icons/app.svg"))))
        self.context = make_parts(self.settings, self._workspace, self.actions, self)
        self.collector = Collector(self)
        self.links = LinkServer(self.context.store, self)
        self._connect()
        self.window.attach(self.context)
        log_to_file(paths.log_file())
        if self.settings.problem:
            self.context.notifications.warn(self.settings.problem)
        if self.settings.get(keys.AUTOSTART):
            self.capture.start()
        updating = Updating(self.context, self)
        try:
            self.context.store.open()
            updating.begin()
        except StoreUnavailable as error:
            self._say(error)
        # Once more after the first page is painted.
        QTimer.singleShot(0, self.window, self.window.make_pages)
        self.links.asked.connect(self.window.ways.show_link)
        if self._link:
            self.window.ways.show_link(self._link)

    @property
    def capture(self) -> CaptureProcess:
        """The capture process, once started."""
        return self.context.capture

    def _connect(self) -> None:
        context = self.context
        context.jobs.failed.connect(self._say)
        context.store.failed.connect(self._say)
        if context.study:
            # Not before: what brings an older file up to date must not get in the way of capture.
            context.store.opened.connect(context.study.start)
        context.capture.trouble.connect(self._say_trouble)
        context.capture.listening.connect(self._say_note)
        context.capture.state_changed.connect(self._say_state)

    def end(self) -> None:
        """Close the window and leave, from wherever it was asked for."""
        self.window.close()
        QApplication.quit()

    def shutdown(self) -> None:
        """Stop what was started, in order."""
        if self.is_started:
            from ui.parts import end_parts

            self.links.close()
            end_parts(self.context)
            self.collector.stop()

    def use_setting(self, setting: Setting[Any]) -> None:
        """A person changed a setting: let it count."""
        from app import wire

        value = self.settings.get(setting)
        if setting is keys.THEME:
            self.theme.choose(value)
        elif setting is keys.DELIVERY:
            self.capture.set_delivery(value)
        elif setting is keys.FOLLOW:
            self.window.page("live").following.use(value)
        elif setting is keys.HOSTS:
            self.capture.send(wire.SetHosts(value))
        elif setting is keys.LABELED:
            self.capture.send(wire.SetLabeled(value))
        elif setting is keys.CAP_MB:
            self.capture.send(wire.SetCap(value))
        elif setting.restart and self.capture.state == "listening":
            self.context.notifications.info(
                f"“{setting.label}” counts when capture starts again.",
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
        if isinstance(error, AppError) and self.is_started:
            self._say(error)
            return
        import traceback

        details = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected: %s", error, exc_info=(kind, error, trace))
        place = traceback.extract_tb(trace)[-1:] if trace else []
        once = f"{kind.__name__} {place}"
        if once in self._said:
            return
        self._said.add(once)
        if not self.is_started:
            sys.__excepthook__(kind, error, trace)
            return
        self.context.notifications.error(
            f"Something in Eventscope went wrong: {kind.__name__}. Capture goes on.", details
        )

    def _say(self, trouble: AppError | Trouble) -> None:
        self.context.notifications.warn(f"{trouble.sentence} {trouble.hint}".strip())

    def _say_trouble(self, trouble: Trouble) -> None:
        if self.capture.state != "starting":
            self._say(trouble)
            return
        text = f"{trouble.sentence} {trouble.hint}".strip()
        self.context.notifications.warn(text, self.capture.failure_details, about=CAPTURE)

    def _say_note(self, message: Listening) -> None:
        self.context.notifications.settled(CAPTURE)
        if message.note:
            self.context.notifications.info(message.note)

    def _say_state(self, state: str) -> None:
        capture, notifications = self.capture, self.context.notifications
        if state == "failed":
            again = ("Try again", capture.start)
            notifications.error(capture.failure, capture.failure_details, again, CAPTURE)
        elif state == "elsewhere":
            from ui.captureprocess import ELSEWHERE

            notifications.settled(CAPTURE)
            notifications.info(ELSEWHERE)
        elif state == "stopped":
            notifications.settled(CAPTURE)


def run(
    argv: Sequence[str],
    workspace: Path | None = None,
    page: str = "",
    link: EventLink | None = None,
) -> int:
    """The window until it is closed; returns the exit status. A link is handed to the window that
    shows its workspace already, if there is one."""
    qt = make_application(argv)
    if link:
        from ui.links import hand_over

        if hand_over(link):
            return 0
    qt.setApplicationName("Eventscope")
    qt.setDesktopFileName("eventscope")
    application = Application(qt, workspace or paths.default_workspace(), page, link)
    _hook(application)
    window = application.window
    window.painted.connect(lambda: QTimer.singleShot(0, application, application.start))
    # Not left to Qt, which goes on as long as any other window is there: a page that is just being
    # made may be one for a moment.
    window.closed.connect(lambda: QTimer.singleShot(0, qt, qt.quit))
    # A window that starts minimised is not painted.
    QTimer.singleShot(UNPAINTED_MS, application, application.start)
    window.show()
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

    def end(*_: object) -> None:
        # Not here: a window that is closed while its pages are being made does not end the
        # application.
        QTimer.singleShot(0, application, application.end)

    for number in (signal.SIGINT, signal.SIGTERM):
        # Runs when Python next does: the feed looks at the file every second.
        signal.signal(number, end)
