"""
The bar that says where something is when the time that is shown holds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.store.report import Frame
from ui.pages.ingestion.state import FRAME_WORDS, State
from ui.plain import ago
from ui.theme import hairline, label, tint

if TYPE_CHECKING:
    from ui.pages.ingestion.questions import Charts


class Elsewhere(QWidget):
    """Hidden unless it has something to say.

    Signals:
        all_asked: all time is wanted.
    """

    all_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = label("", "muted")
        self.button = QPushButton("Show all time")
        self.button.clicked.connect(self.all_asked)
        icon = QToolButton()
        tint(icon, "info")
        icon.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        icon.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(icon)
        row.addWidget(self.text)
        row.addSpacing(8)
        row.addWidget(self.button)
        row.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(row)
        rows.addWidget(hairline())
        self.hide()

    def look(self, answer: Charts, state: State, *, is_empty: bool) -> None:
        """Say it of this answer, whose charts hold nothing if `is_empty`."""
        window, whole = answer.bins.window, answer.whole
        # What is still being read may well have arrived in this time.
        is_all = state.frame is Frame.ALL or state.zoomed or answer.bins.behind
        if whole is None or not is_empty or is_all:
            self.hide()
            return
        _, sentence = FRAME_WORDS[state.frame]
        if whole[1] >= window.end_ms:
            text = f"Nothing arrived in {sentence}, but some of what was imported is newer."
        else:
            when = ago(whole[1], answer.now_ms)
            text = f"Nothing arrived in {sentence}. The last request came {when}."
        self.text.setText(text)
        self.show()
