"""
Opens built-in browser windows, and closes them in the order the engine needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, CaptureUnavailable
from ui.browser import engine
from ui.captureprocess import CaptureProcess
from ui.notifications import Notifications

if TYPE_CHECKING:
    from ui.browser.session import Session
    from ui.browser.window import BrowserWindow

SHOP = "https://shop.eventscope.test/"


class BrowserOpener(QObject):
    """The one way to open the built-in browser. Call `shutdown` before the application ends.

    Signals: `opened` with each window.
    """

    opened = Signal(object)

    def __init__(
        self, capture: CaptureProcess, notifications: Notifications, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._capture = capture
        self._notifications = notifications
        self._session: Session | None = None

    def open(self, url: str = SHOP) -> BrowserWindow:
        """A new window on `url`. Raises CaptureUnavailable while nothing listens."""
        window = self.embed()
        window.load(url)
        window.show()
        window.activateWindow()
        return window

    def embed(self) -> BrowserWindow:
        """An empty one to be put into a page of the main window. Raises CaptureUnavailable while
        nothing listens."""
        info = self._capture.info
        if info is None:
            raise CaptureUnavailable("Capture is not running.", "Start it, then open the browser.")
        engine.prepare(info.proxy)
        session = self._session or self._new_session(info.certificate)
        return session.open_window()

    @property
    def windows(self) -> list[BrowserWindow]:
        """The windows that are open."""
        return list(self._session.windows) if self._session else []

    def shutdown(self) -> None:
        """Close every window and free the engine's profile."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _new_session(self, certificate: str) -> Session:
        # Loading the engine takes about a second and 100 MB: only for those who use it.
        try:
            from ui.browser.session import Session
        except ImportError as error:
            raise AppError(
                f"The built-in browser cannot be loaded: {error}.",
                "Use an installed browser instead.",
            ) from error
        self._session = Session(certificate, self._capture, self._notifications, self)
        self._session.opened.connect(self.opened)
        self._session.ended.connect(self._forget)
        return self._session

    def _forget(self) -> None:
        self._session = None
