"""
A page that grants nothing: certificate errors stay errors, permissions are denied.
"""

import logging

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineLoadingInfo,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
)

log = logging.getLogger(__name__)


class Page(QWebEnginePage):
    """Signals: `failed` with a title and a sentence when there is nothing to show; `refused` with
    the status when the site answered with an error, whose page is shown as any other."""

    failed = Signal(str, str)
    refused = Signal(int)

    def __init__(self, profile: QWebEngineProfile, parent: QObject | None = None) -> None:
        super().__init__(profile, parent)
        self._certificate_problem = ""
        self.certificateError.connect(self._refuse_certificate)
        self.permissionRequested.connect(self._deny)
        self.loadingChanged.connect(self._watch_loading)
        self.renderProcessTerminated.connect(self._tell_crash)

    def javaScriptConsoleMessage(
        self,
        _level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        source: str,
    ) -> None:
        """Pages talk a lot: keep it out of our own log unless someone debugs."""
        log.debug("console of %.200s:%d: %.1000s", source, line, message)

    def _refuse_certificate(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self._certificate_problem = error.description()

    def _deny(self, permission: QWebEnginePermission) -> None:
        permission.deny()

    def _watch_loading(self, info: QWebEngineLoadingInfo) -> None:
        status = QWebEngineLoadingInfo.LoadStatus
        if info.status() == status.LoadStartedStatus:
            self._certificate_problem = ""
        elif info.status() == status.LoadFailedStatus and not info.isDownload():
            self._tell_failure(info)

    def _tell_failure(self, info: QWebEngineLoadingInfo) -> None:
        if info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.HttpStatusCodeDomain:
            self.refused.emit(info.errorCode())
            return
        host = shown_host(info.url())
        if (
            self._certificate_problem
            or info.errorDomain() == QWebEngineLoadingInfo.ErrorDomain.CertificateErrorDomain
        ):
            problem = self._certificate_problem or "it is not valid"
            self.failed.emit(
                "This connection is not safe",
                f"The certificate of {host} cannot be trusted: {problem.rstrip('.')}.",
            )
            return
        reason = failure_sentence(info.errorString())
        self.failed.emit(f"{host} cannot be shown", reason)

    def _tell_crash(self, _status: QWebEnginePage.RenderProcessTerminationStatus) -> None:
        self.failed.emit("The page stopped", "The process that shows this page ended.")


def shown_host(url: QUrl) -> str:
    """The host of an address, short enough for a title."""
    return (url.host() or url.toString())[:120] or "This page"


def failure_sentence(error: str) -> str:
    """What Chromium's error means here, in words."""
    known = {
        "ERR_PROXY_CONNECTION_FAILED": "Eventscope's proxy does not answer. Is capture running?",
        "ERR_TUNNEL_CONNECTION_FAILED": "The site could not be reached through the proxy.",
        # How the proxy says that it could not connect either.
        "ERR_CONNECTION_CLOSED": "The site could not be reached, or it does not exist.",
        "ERR_NAME_NOT_RESOLVED": "No site of this name was found.",
        "ERR_CONNECTION_REFUSED": "The site refused the connection.",
        "ERR_CONNECTION_RESET": "The connection was cut.",
        "ERR_EMPTY_RESPONSE": "The site ended the connection without an answer.",
        "ERR_INTERNET_DISCONNECTED": "This machine is offline.",
        "ERR_TIMED_OUT": "The site took too long to answer.",
    }
    name = error.removeprefix("net::")
    return known.get(name, f"The engine says: {error or 'no reason given'}.")
