"""
The delivery card: what happens to uploads after they were understood.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from app import wire
from app.model import Delivery
from ui.captureprocess import CaptureProcess
from ui.pages.connect.parts import Card, Segments, beside
from ui.theme import label, set_role

_WORDS = {
    Delivery.FORWARD: (
        "Forward",
        "Uploads go on to Amplitude, and its answers come back unchanged.",
        "muted",
    ),
    Delivery.LOCAL: (
        "Keep local",
        "Uploads are answered here as Amplitude would. Nothing leaves this machine.",
        "muted",
    ),
    Delivery.BLOCK: (
        "Block",
        "Connections are closed without an answer, as on a failing network."
        " Apps cannot deliver anything now.",
        "bad",
    ),
}


class DeliveryCard(Card):
    """Three choices and a sentence about the one in force."""

    def __init__(self, capture: CaptureProcess, show_faults: Callable[[], object]) -> None:
        super().__init__("Delivery", icon="forward")
        self._capture = capture
        self.segments = Segments(
            "Delivery",
            [(str(mode), words[0]) for mode, words in _WORDS.items()],
            {str(mode): words[1] for mode, words in _WORDS.items()},
        )
        self.segments.buttons[Delivery.BLOCK].setProperty("tone", "bad")
        self.sentence = label("", "muted", wrap=True)
        self.rows.addLayout(beside(self.segments, 1))
        self.rows.addWidget(self.sentence)
        self.rows.addWidget(label("Every upload is stored here, whichever you choose.", "small"))
        self.faults = QPushButton("Faults and limits…")
        self.faults.setAccessibleName("Faults and limits")
        self.faults.setToolTip("Make uploads fail on purpose, and set what local answers enforce")
        self.faults.clicked.connect(lambda _checked=False: show_faults())
        self.rows.addStretch(1)
        self.rows.addLayout(beside(self.faults, 1))
        self.segments.chosen.connect(self._switch)
        capture.changed.connect(self._show_confirmed)
        capture.listening.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the delivery in force."""
        self._show(self._capture.delivery)

    def _switch(self, key: str) -> None:
        self._capture.set_delivery(key)

    def _show_confirmed(self, message: wire.Changed) -> None:
        self._show(message.delivery)

    def _show(self, key: str) -> None:
        _, sentence, role = _WORDS[Delivery(key)]
        self.segments.choose(key)
        self.sentence.setText(sentence)
        set_role(self.sentence, role)
