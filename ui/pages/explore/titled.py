"""
A chart with what it is, and what to see at once, above it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.elided import ElidedLabel
from ui.theme import label


class Titled(QWidget):
    """Title and facts above `content`."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.content = content
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label("", "strong")
        self.said = ElidedLabel("muted")
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.said, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(content, 1)

    def show_title(self, title: str, said: str) -> None:
        """Say what it is."""
        self.title.setText(title)
        self.said.show_text(said)
