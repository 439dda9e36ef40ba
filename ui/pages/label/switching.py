"""
Says when a site reports no clicks, and has its SDK report them while capture runs.

Nothing in the site changes: the answer to its SDK's question for remote configuration does, for one
project, until capture stops. The status bar shows it for as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from app.ingest.faults import CONFIG_CLICKS
from app.sdk.evidence import Evidence
from app.sdk.identify import IN_BROWSERS
from app.sdk.observe.autocapture import AutocaptureObserver
from app.sdk.report import InstanceReport, sources
from ui.context import Context
from ui.plain import one_line
from ui.theme import label

if TYPE_CHECKING:
    from app.store import Store

EVERY_MS = 1000
CLICKS = "elementInteractions"
FETCHES = "remoteConfig.fetchRemoteConfig"


class Quiet(NamedTuple):
    """A project whose SDK sends from a page and reports no clicks. `can_switch`: it asks for remote
    configuration."""

    api_key: str
    name: str
    can_switch: bool


class ClickSwitch(QFrame):
    """One line below the head of the page, while there is something to say."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._origin = ""
        self._quiet: Quiet | None = None
        self.setProperty("card", True)
        self.text = label("", "", wrap=True)
        self.button = QPushButton()
        self.button.clicked.connect(self._switch)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self.text, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()
        # All SDKs are looked at for this; now and then is enough.
        self._later = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._later.timeout.connect(self._look)
        context.feed.changed.connect(self._look_later)
        context.capture.changed.connect(self._show)
        context.capture.state_changed.connect(self._show)

    def look_at(self, url: str) -> None:
        """Look after the page at this address from now on; empty: none."""
        origin = origin_of(url)
        if origin != self._origin:
            self._origin, self._quiet = origin, None
        self._look()
        self._show()

    def _look_later(self) -> None:
        if self._origin and not self._later.isActive():
            self._later.start()

    def _look(self) -> None:
        origin = self._origin
        if origin and self._context.store.current is not None:
            self._context.jobs.read(self, lambda store: quiet_at(store, origin), "quiet").then(
                self._take
            )

    def _take(self, quiet: Quiet | None) -> None:
        # What was switched on is not quiet any more, and is to be switched off by the same button.
        if quiet or not self._is_on:
            self._quiet = quiet
        self._show()

    @property
    def _fault(self) -> str:
        return f"{CONFIG_CLICKS},source={self._quiet.api_key}" if self._quiet else ""

    @property
    def _is_on(self) -> bool:
        return bool(self._fault) and self._fault in self._context.capture.faults

    def _show(self, _what: object = None) -> None:
        quiet, capture = self._quiet, self._context.capture
        self.setVisible(bool(quiet) and capture.state == "listening")
        if not quiet:
            return
        self.button.setVisible(quiet.can_switch)
        if self._is_on:
            self.text.setText(
                "Its SDK is told to report clicks until capture stops. Reload the page once."
            )
            self.button.setText("Switch off")
            return
        said = f"This site reports no clicks ({one_line(quiet.name, 40)}), and labels need them."
        if not quiet.can_switch:
            said += " Its SDK asks for no remote configuration: switch element interactions on in"
            said += " its code."
        self.text.setText(said)
        self.button.setText("Switch on for this session")
        self.button.setToolTip(
            "Answers its remote configuration here, for this project alone, until capture stops"
        )

    def _switch(self) -> None:
        capture = self._context.capture
        faults = [one for one in capture.faults if one != self._fault]
        capture.set_faults(faults if self._is_on else [*faults, self._fault])


def origin_of(url: str) -> str:
    """The origin of a page, or nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""


def quiet_at(store: Store, origin: str) -> Quiet | None:
    """The project that sends from this origin without clicks, if there is one and none with."""
    found: Quiet | None = None
    for source in sources(store):
        for report in source.instances:
            if report.instance.place != origin or report.instance.sdk.family not in IN_BROWSERS:
                continue
            if _reports_clicks(report):
                return None
            if source.api_key and found is None:
                name = source.name or source.api_key[:8]
                found = Quiet(source.api_key, name, _asks(report))
    return found


def _reports_clicks(report: InstanceReport) -> bool:
    observer = report.instance.observers.get("autocapture")
    if isinstance(observer, AutocaptureObserver) and CLICKS in observer.seen:
        return True
    return any(
        one.option.name.endswith(CLICKS)
        and one.value not in (False, None)
        and one.evidence not in (Evidence.DEFAULT, Evidence.UNKNOWN)
        for one in report.options
    )


def _asks(report: InstanceReport) -> bool:
    return not any(one.option.name == FETCHES and one.value is False for one in report.options)
