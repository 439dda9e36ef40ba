"""
The card of phones, emulators and simulators: what to type where there is a cable or a shared
network, and for phones on Wi-Fi a code to scan, once a person lets other devices connect.
"""

from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app import settings as keys
from app import wire
from app.devicepage import page_address
from app.errors import AppError
from app.settings import Settings
from app.snippets import ANDROID_TRUST, Snippet, android, ios_simulator
from ui.captureprocess import CaptureProcess, port_of
from ui.pages.connect.addresses import own_addresses
from ui.pages.connect.parts import (
    Card,
    CodeBox,
    CopyButton,
    Picker,
    Segments,
    WhileRunning,
    beside,
    value,
)
from ui.qrview import QrView
from ui.theme import label, set_role

ANDROID, IOS, WIFI = "android", "ios", "wifi"
_CONFIG_SAID = (
    "An app follows the certificate in a debug build whose manifest names this"
    " network_security_config.xml:"
)


class DevicesCard(Card):
    """Choose what kind of device; what to do stands below."""

    def __init__(self, capture: CaptureProcess, settings: Settings) -> None:
        super().__init__(
            "Phones and emulators", "Apps on a device, by cable, simulator or Wi-Fi.", "phone"
        )
        self.kinds = Segments(
            "Kind of device",
            [(ANDROID, "Android"), (IOS, "iOS simulator"), (WIFI, "Phone on Wi-Fi")],
            {
                ANDROID: "An emulator, or a phone on a cable",
                IOS: "A simulator on this Mac",
                WIFI: "Any phone in the same network",
            },
        )
        self.android = _Typed(ANDROID_TRUST)
        self.ios = _Typed()
        self.wifi = _OnWifi(capture, settings)
        self._parts = {ANDROID: self.android, IOS: self.ios, WIFI: self.wifi}
        running = WhileRunning(capture, "Start capture to see what to do.")
        running.rows.addLayout(beside(self.kinds, 1))
        for part in self._parts.values():
            running.rows.addWidget(part)
        self.rows.addWidget(running)
        self.kinds.choose(ANDROID)
        self.kinds.chosen.connect(self._show_kind)
        capture.listening.connect(self._begin)
        if capture.info:
            self._begin(capture.info)
        self._show_kind(ANDROID)

    def _begin(self, info: wire.Listening) -> None:
        self.android.show_snippet(android(info.proxy, info.endpoint))
        self.ios.show_snippet(ios_simulator(info.proxy, Path(info.certificate)))
        self.wifi.show_info(info)

    def _show_kind(self, chosen: str) -> None:
        for key, part in self._parts.items():
            part.setVisible(key == chosen)


class _Typed(QWidget):
    """Commands to copy, those that take them back, and lines that an app needs beside them."""

    def __init__(self, config: str = "") -> None:
        super().__init__()
        self.hint = label("", "muted", wrap=True)
        self.code = CodeBox("the commands", 3)
        self.undo = CodeBox("the commands for the end", 2)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        parts = [(self.hint, self.code), (label("When you are done:", "muted"), self.undo)]
        if config:
            needed = CodeBox("the network security configuration", 4)
            needed.set_text(config)
            parts.append((label(_CONFIG_SAID, "muted", wrap=True), needed))
        for said, code in parts:
            row = QHBoxLayout()
            row.addWidget(said, 1)
            row.addWidget(code.copy)
            rows.addLayout(row)
            rows.addWidget(code)

    def show_snippet(self, found: Snippet) -> None:
        """What to type."""
        self.hint.setText(found.note)
        self.code.set_text(found.code)
        self.undo.set_text(found.undo)


class _OnWifi(QWidget):
    """Whether other devices may connect, and the code that leads them here."""

    def __init__(self, capture: CaptureProcess, settings: Settings) -> None:
        super().__init__()
        self._capture = capture
        self._settings = settings
        self.said = label("", "muted", wrap=True)
        self.switch = QPushButton("Let other devices connect")
        self.switch.setAccessibleName(self.switch.text())
        self.problem = label("", "small", wrap=True)
        set_role(self.problem, "bad")
        self.problem.hide()
        self.code = QrView()
        self.address = Picker("Address of this machine", "The network that the phone is in")
        self.page = value()
        self.proxy = value()
        self.found = QWidget()
        self._lay_out()
        self.switch.clicked.connect(self._switch)
        self.address.currentIndexChanged.connect(self._show_addresses)

    def show_info(self, info: wire.Listening) -> None:
        """What a phone needs to know, once it may connect."""
        addresses = own_addresses() if info.network else []
        self.found.setVisible(bool(addresses))
        self.switch.setText(
            "Only this machine again" if info.network else "Let other devices connect"
        )
        self.switch.setToolTip("Starts capture again, which takes a second")
        self.switch.setAccessibleName(self.switch.text())
        if not info.network:
            self.said.setText(
                "Eventscope listens to this machine alone. A phone needs it to listen in your"
                " network, too: whoever is in it can then send through it, so only do that in a"
                " network you trust."
            )
        elif not addresses:
            self.said.setText("This machine has no address in a local network.")
        else:
            self.said.setText(
                "Scan the code with a phone in the same network. The page it opens says what to"
                " set, has the certificate, and checks that all is well."
            )
        self.address.blockSignals(True)
        self.address.clear()
        self.address.addItems(addresses)
        self.address.blockSignals(False)
        self.address.setVisible(len(addresses) > 1)
        self._show_addresses()

    def _show_addresses(self) -> None:
        host, info = self.address.currentText(), self._capture.info
        if not host or info is None:
            return
        address = page_address(host, port_of(info.endpoint))
        self.page.setText(address)
        self.proxy.setText(f"{host}:{port_of(info.proxy)}")
        self.code.show_text(address)

    def _switch(self) -> None:
        info = self._capture.info
        if info is None or self._capture.is_stopping:
            return
        try:
            self._settings.set(keys.NETWORK, not info.network)
        except AppError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.problem.hide()
        self.switch.setText("Starting again…")
        self._capture.restart()

    def _lay_out(self) -> None:
        lines = QVBoxLayout()
        lines.setSpacing(4)
        for name, shown in (("Page", self.page), ("Proxy", self.proxy)):
            shown.setAccessibleName(name)
            copy = CopyButton(f"the {name.lower()}'s address", shown.text, text=False)
            lines.addWidget(label(name, "small"))
            lines.addLayout(beside(shown, copy, 1))
        lines.addWidget(self.address)
        lines.addStretch(1)
        both = beside(self.code, lines, spacing=16)
        both.setContentsMargins(0, 0, 0, 0)
        both.setStretch(1, 1)
        self.found.setLayout(both)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(self.said)
        rows.addWidget(self.found)
        rows.addLayout(beside(self.switch, 1))
        rows.addWidget(self.problem)
