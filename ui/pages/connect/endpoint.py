"""
The endpoint card: `serverUrl` to copy, and how each SDK takes it.
"""

from app import wire
from app.snippets import Snippet, sdks, server_url
from ui.captureprocess import CaptureProcess
from ui.pages.connect.parts import Card, CodeBox, CopyButton, Picker, WhileRunning, beside, value
from ui.theme import label

LEAST_LINES = 5


class EndpointCard(Card):
    """No certificate and no proxy: the SDK is told to send here."""

    def __init__(self, capture: CaptureProcess) -> None:
        super().__init__(
            "SDK endpoint",
            "Point an SDK's serverUrl here: no proxy and no certificate needed.",
            "endpoint",
        )
        self._snippets: dict[str, Snippet] = {}
        self.url = value()
        self.url.setAccessibleName("serverUrl")
        self.copy_url = CopyButton("the serverUrl", self.url.text, text=False)
        self.sdk = Picker("SDK", "How an SDK is given the address")
        self.code = CodeBox("the snippet", LEAST_LINES)
        self.hint = label("", "muted", wrap=True)
        running = WhileRunning(capture, "Start capture to see the address.")
        running.rows.addLayout(beside(label("serverUrl", "small"), self.url, self.copy_url, 1))
        running.rows.addLayout(beside(self.sdk, 1, self.code.copy))
        running.rows.addWidget(self.code)
        running.rows.addWidget(self.hint)
        self.rows.addWidget(running)
        self.sdk.currentIndexChanged.connect(self._show_snippet)
        capture.listening.connect(self._begin)
        if capture.info:
            self._begin(capture.info)

    def _begin(self, info: wire.Listening) -> None:
        self.url.setText(server_url(info.endpoint))
        self._snippets = {found.key: found for found in sdks(info.endpoint)}
        if self.sdk.count() == 0:
            for key, found in self._snippets.items():
                self.sdk.addItem(found.title, key)
        self._show_snippet()

    def _show_snippet(self) -> None:
        found = self._snippets.get(self.sdk.currentData())
        self.code.set_text(found.code if found else "")
        self.hint.setText(found.note if found else "")
        self.hint.setVisible(bool(found and found.note))
