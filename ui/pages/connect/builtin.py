"""
The card of the built-in browser: a site to open, and the demo shop.
"""

from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton

from app import settings as keys
from app.errors import AppError, StoreUnavailable
from app.settings import Settings
from ui.actions import shown
from ui.browser.address import parse_address
from ui.browser.opener import SHOP, BrowserOpener
from ui.captureprocess import CaptureProcess
from ui.notifications import Notifications
from ui.pages.connect.parts import Card, beside
from ui.theme import label


class BuiltInCard(Card):
    """Opens the built-in browser, which needs no set-up at all."""

    def __init__(
        self,
        capture: CaptureProcess,
        settings: Settings,
        notifications: Notifications,
        opener: BrowserOpener,
    ) -> None:
        super().__init__(
            "Built-in browser",
            "Ready at once: routed through Eventscope, with a profile that forgets everything.",
            "browser",
        )
        self._capture = capture
        self._settings = settings
        self._notifications = notifications
        self._opener = opener
        self.address = QLineEdit(settings.get(keys.BROWSER_HOME))
        self.address.setPlaceholderText("Your site, for example localhost:3000")
        self.address.setAccessibleName("Site to open in the built-in browser")
        self.address.setToolTip(f"Opens with {shown('Return')}")
        self.address.setClearButtonEnabled(True)
        for button in self.address.findChildren(QToolButton):
            button.setAccessibleName("Clear the address")
        self.open_site = QPushButton("Open")
        self.open_site.setAccessibleName("Open in the built-in browser")
        self.open_shop = QPushButton("Demo shop")
        self.open_shop.setAccessibleName("Open the demo shop in the built-in browser")
        self.open_shop.setToolTip("A small shop of ours that sends real uploads when clicked")
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.rows.addLayout(beside(self.address, self.open_site, self.open_shop))
        self.rows.addWidget(self.problem)
        self.address.returnPressed.connect(self.show_site)
        self.address.textEdited.connect(self.problem.hide)
        self.open_site.clicked.connect(self.show_site)
        self.open_shop.clicked.connect(self.show_shop)
        capture.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Pages can be loaded only while capture runs."""
        is_ready = self._capture.state == "listening"
        self.open_site.setEnabled(is_ready)
        self.open_shop.setEnabled(is_ready)
        tip = "" if is_ready else "Start capture first"
        self.open_site.setToolTip(tip or "Open this site in the built-in browser")

    def show_shop(self) -> None:
        """The demo shop in the built-in browser."""
        self._open(SHOP)

    def show_site(self) -> None:
        """The site that was typed, or the demo shop when none was."""
        text = self.address.text().strip()
        url = parse_address(text) if text else SHOP
        if url is None:
            self.problem.setText("This is not an address. Try example.com or localhost:3000.")
            self.problem.show()
            return
        try:
            self._settings.set(keys.BROWSER_HOME, text)
        except StoreUnavailable as error:
            self._notifications.warn(error.sentence, error.hint)
        self._open(url)

    def _open(self, url: str) -> None:
        try:
            self._opener.open(url)
        except AppError as error:
            self._notifications.warn(error.sentence, error.hint)
