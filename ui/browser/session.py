"""
One sitting with the built-in browser: a profile that keeps nothing, and the windows that share it.

The profile trusts the system's authorities and ours, and nothing else. The engine insists that
pages go before their profile; this is the one place that sees to it.
"""

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QSslCertificate
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEngineProfile,
    QWebEngineProfileBuilder,
    QWebEngineSettings,
)

from app.errors import CaptureUnavailable
from ui.browser.page import Page
from ui.browser.window import BrowserWindow
from ui.captureprocess import CaptureProcess
from ui.notifications import Notifications


class Session(QObject):
    """Owns the profile and its windows.

    Signals: `opened` with each new window; `ended` after the last one closed and the profile is
    gone.
    """

    opened = Signal(object)
    ended = Signal()

    def __init__(
        self,
        certificate: str,
        capture: CaptureProcess,
        notifications: Notifications,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.windows: list[BrowserWindow] = []
        self._capture = capture
        self._notifications = notifications
        self._profile: QWebEngineProfile | None = make_profile(certificate)
        self._profile.downloadRequested.connect(self._refuse_download)

    def open_window(self) -> BrowserWindow:
        """A new, empty window with a page of its own."""
        if self._profile is None:
            raise CaptureUnavailable("The built-in browser has been closed.")
        page = Page(self._profile)
        window = BrowserWindow(page, self._capture)
        page.newWindowRequested.connect(self._open_requested)
        window.closed.connect(self._drop)
        self.windows.append(window)
        self.opened.emit(window)
        return window

    def close(self) -> None:
        """Close everything now: pages first, then the profile."""
        for window in list(self.windows):
            self.windows.remove(window)
            _delete(window)
        self._end()

    def _open_requested(self, request: QWebEngineNewWindowRequest) -> None:
        # A page that opens windows by itself gets none.
        if not request.isUserInitiated():
            return
        window = self.open_window()
        request.openIn(window.page)
        window.show()

    def _drop(self, window: QObject) -> None:
        found = next((known for known in self.windows if known is window), None)
        if found is None:
            return
        self.windows.remove(found)
        # Not at once: this is called from the window's own close event.
        QTimer.singleShot(0, self, lambda: self._delete_window(found))

    def _delete_window(self, window: BrowserWindow) -> None:
        _delete(window)
        if not self.windows:
            self._end()

    def _end(self) -> None:
        if self._profile is not None:
            profile, self._profile = self._profile, None
            shiboken6.delete(profile)
            self.ended.emit()
            self.deleteLater()

    def _refuse_download(self, request: QWebEngineDownloadRequest) -> None:
        request.cancel()
        self._notifications.info("The built-in browser does not download files.")


def make_profile(certificate: str) -> QWebEngineProfile:
    """An off-the-record profile that also trusts the authority in the file `certificate`."""
    builder = QWebEngineProfileBuilder()
    builder.setAdditionalTrustedCertificates(QSslCertificate.fromPath(certificate))
    # `createOffTheRecordProfile` is static and drops the certificates; a profile without a storage
    # name is off the record too, and keeps them.
    profile = builder.createProfile("")
    settings = profile.settings()
    attribute = QWebEngineSettings.WebAttribute
    # Failures are told by a page of our own, in our words.
    settings.setAttribute(attribute.ErrorPageEnabled, False)
    settings.setAttribute(attribute.DnsPrefetchEnabled, False)
    settings.setAttribute(attribute.PdfViewerEnabled, False)
    settings.setAttribute(attribute.WebRTCPublicInterfacesOnly, True)
    # mailto: and its like would start other programs.
    settings.setUnknownUrlSchemePolicy(
        QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
    )
    return profile


def _delete(window: BrowserWindow) -> None:
    if shiboken6.isValid(window):
        window.free()
        shiboken6.delete(window)
