"""
The first card: whether capture runs, on which addresses, and the button that starts or stops it.
"""

from PySide6.QtWidgets import QLabel, QPushButton

from app import wire
from ui.actions import shown
from ui.captureprocess import ELSEWHERE, CaptureProcess
from ui.pages.connect.parts import Card, CopyButton, beside, value
from ui.theme import label, set_role

_STATES = {
    "stopped": ("Capture is stopped", "muted", "Start capture"),
    "starting": ("Capture is starting…", "note", "Stop"),
    "listening": ("Capturing", "good", "Stop"),
    "failed": ("Capture could not start", "bad", "Try again"),
    "elsewhere": ("Another Eventscope captures", "note", "Capture here"),
}

IDLE = ("stopped", "failed", "elsewhere")


class CaptureCard(Card):
    """State, addresses, start and stop."""

    def __init__(self, capture: CaptureProcess) -> None:
        super().__init__("Capture is stopped")
        self._capture = capture
        self.dot = label("●", "muted")
        self.proxy = value()
        self.endpoint = value()
        self.note = label("", "warning", wrap=True)
        self.button = QPushButton("Start capture")
        self.button.setToolTip(f"Start or stop capture  ({shown('Ctrl+E')})")
        self.button.clicked.connect(self.toggle)
        self._addresses = [
            *self._address("Proxy", self.proxy, "the proxy's address"),
            *self._address("Endpoint", self.endpoint, "the endpoint's address"),
        ]
        self._lay_out()
        capture.state_changed.connect(self.refresh)
        capture.listening.connect(self.refresh)
        self.refresh()

    def toggle(self) -> None:
        """Start, or stop."""
        if self._capture.state in IDLE:
            self._capture.start()
        else:
            self._capture.stop()
            # The end is announced; until then a second press would mean nothing.
            self.button.setEnabled(not self._capture.is_stopping)

    def refresh(self) -> None:
        """Show what the capture process says."""
        state = self._capture.state
        title, role, action = _STATES[state]
        info = self._capture.info
        self.title.setText(title)
        self.setAccessibleName(title)
        set_role(self.dot, role)
        self.button.setText(action)
        self.button.setAccessibleName("Stop capture" if action == "Stop" else action)
        self.button.setEnabled(not self._capture.is_stopping)
        kind = "primary" if state in ("stopped", "failed") else ""
        self.button.setProperty("kind", kind)
        self.button.style().unpolish(self.button)
        self.button.style().polish(self.button)
        for part in self._addresses:
            part.setVisible(info is not None)
        self._show_addresses(info)

    def _show_addresses(self, info: wire.Listening | None) -> None:
        self.proxy.setText(info.proxy if info else "")
        self.endpoint.setText(info.endpoint if info else "")
        state = self._capture.state
        note = info.note if info else ELSEWHERE if state == "elsewhere" else self._capture.failure
        self.note.setText(note)
        roles = {"failed": "bad", "elsewhere": "muted"}
        set_role(self.note, roles.get(state, "warning"))
        self.note.setVisible(bool(note))

    def _address(self, name: str, shown: QLabel, what: str) -> list[QLabel | CopyButton]:
        shown.setAccessibleName(name)
        return [label(name, "small"), shown, CopyButton(what, shown.text, text=False)]

    def _lay_out(self) -> None:
        self.head.takeAt(self.head.count() - 1)
        self.head.insertWidget(0, self.dot)
        self.head.addSpacing(24)
        for start in range(0, len(self._addresses), 3):
            self.head.addLayout(beside(*self._addresses[start : start + 3], spacing=4))
            self.head.addSpacing(12)
        self.head.addStretch(1)
        self.head.addWidget(self.button)
        self.rows.setContentsMargins(16, 10, 12, 10)
        self.rows.addWidget(self.note)
