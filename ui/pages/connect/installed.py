"""
The card of installed browsers: those found here, started with a throw-away profile that trusts us.
"""

import os
import shlex
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from app import browsers
from app import settings as keys
from app.browsers import BROWSERS, Browser, Launched
from app.errors import AppError
from app.settings import Settings
from ui.browser.address import parse_address
from ui.browser.opener import SHOP
from ui.captureprocess import CaptureProcess
from ui.jobs import Jobs
from ui.notifications import Notifications
from ui.pages.connect.parts import Card
from ui.theme import label

POLL_MS = 1000
EXTRA_ARGUMENTS = "EVENTSCOPE_BROWSER_ARGUMENTS"
"""Further arguments for browsers, for machines that need them (no sandbox, no screen)."""


class InstalledCard(Card):
    """One button a browser; those that are not there are grey."""

    def __init__(
        self,
        capture: CaptureProcess,
        settings: Settings,
        jobs: Jobs,
        notifications: Notifications,
    ) -> None:
        super().__init__(
            "Installed browser",
            "Starts with a fresh profile that trusts Eventscope; yours stays untouched.",
            "globe",
        )
        self._capture = capture
        self._settings = settings
        self._jobs = jobs
        self._notifications = notifications
        self._found: dict[str, Path] = {}
        self.launched: list[Launched] = []
        self._is_over = False
        self.buttons = {browser.key: self._button(browser) for browser in BROWSERS}
        self.missing = label("", "small", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        self.rows.addLayout(row)
        self.rows.addWidget(self.missing)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._tidy)
        capture.state_changed.connect(self.refresh)
        self.look()

    def look(self) -> None:
        """Look for browsers on this machine."""
        found = ((browser.key, browsers.find(browser)) for browser in BROWSERS)
        self._found = {key: program for key, program in found if program}
        self.refresh()

    def refresh(self) -> None:
        """Show what can be started now."""
        is_ready = self._capture.state == "listening"
        for browser in BROWSERS:
            button = self.buttons[browser.key]
            program = self._found.get(browser.key)
            button.setEnabled(is_ready and program is not None)
            if program is None:
                button.setToolTip(f"{browser.name} was not found on this machine")
            else:
                button.setToolTip(str(program) if is_ready else "Start capture first")
        names = [browser.name for browser in BROWSERS if browser.key not in self._found]
        self.missing.setText(f"Not found on this machine: {', '.join(names)}." if names else "")
        self.missing.setVisible(bool(names))

    def launch(self, browser: Browser) -> None:
        """Start a browser on the site that was opened last, or the demo shop."""
        info = self._capture.info
        program = self._found.get(browser.key)
        if info is None or program is None:
            return
        proxy, authority = info.proxy, Path(info.certificate)
        url = parse_address(self._settings.get(keys.BROWSER_HOME)) or SHOP
        extra = shlex.split(os.environ.get(EXTRA_ARGUMENTS, ""))
        self.buttons[browser.key].setEnabled(False)

        def begin() -> Launched:
            launched = browsers.launch(
                browser, program, proxy=proxy, authority=authority, url=url, extra=extra
            )
            # Kept from the thread itself: the page may be gone before the result arrives.
            self.launched.append(launched)
            if self._is_over:
                launched.close()
            return launched

        # Importing a certificate and starting a browser take long enough to be felt.
        self._jobs.run(self, begin, browser.key).then(self._welcome).catch(self._tell)

    def shutdown(self) -> None:
        """End the browsers that were started here; without the proxy they show nothing."""
        self._is_over = True
        self._poll.stop()
        for launched in self.launched:
            launched.ask_to_end()
        for launched in self.launched:
            launched.close()
        self.launched.clear()

    def _welcome(self, launched: Launched) -> None:
        self._poll.start()
        self.refresh()
        if launched.note:
            self._notifications.warn(
                f"{launched.browser.name} does not trust Eventscope yet.", launched.note
            )

    def _tell(self, error: AppError) -> None:
        self.refresh()
        self._notifications.warn(error.sentence, error.hint)

    def _tidy(self) -> None:
        for launched in list(self.launched):
            if not launched.poll():
                self.launched.remove(launched)
        if not self.launched:
            self._poll.stop()

    def _button(self, browser: Browser) -> QPushButton:
        button = QPushButton(browser.name)
        button.setAccessibleName(f"Launch {browser.name}")
        button.clicked.connect(lambda: self.launch(browser))
        return button
