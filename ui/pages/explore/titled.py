"""
A chart with what it is, and what to see at once, above it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.charts.data import Series
from ui.charts.legend import Legend
from ui.elided import ElidedLabel
from ui.theme import label


class Titled(QWidget):
    """Title and facts above `content`, and a legend where that shows several series."""

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
        self.legend = Legend()
        self.legend.is_filled = True
        self.legend.setContentsMargins(8, 0, 8, 0)
        self.legend.hide()
        rows.addLayout(head)
        rows.addWidget(self.legend)
        rows.addWidget(content, 1)

    def show_series(self, series: Sequence[Series]) -> None:
        """What the colours stand for; a single one needs no legend."""
        self.legend.show_series(series)
        self.legend.setVisible(len(series) > 1)

    def show_title(self, title: str, said: str) -> None:
        """Say what it is."""
        self.title.setText(title)
        self.said.show_text(said)
