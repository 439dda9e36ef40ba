"""
What is seen of the page before its parts are loaded: where the chart's name, its builder and the
chart itself will be.

It loads none of them: it is what they are waited for with.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.theme import hairline, label, vertical_hairline

WIDTH = 348
"""How wide the builder is."""
KINDS = {
    "segmentation": ("Segmentation", "How many, how often, how much, over time"),
    "funnel": ("Funnel", "Who came how far through steps"),
    "journeys": ("Journeys", "What people did after, before or between events"),
}
HEAD = 45


class Shell(QWidget):
    """The page with nothing in it. `restored` is how it was left."""

    def __init__(self, restored: dict[str, Any]) -> None:
        super().__init__()
        chart, width = restored.get("chart"), restored.get("builder")
        kind = chart.get("kind") if isinstance(chart, dict) else None
        self.said = label("Opening…", "muted")
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.setSpacing(0)
        wide = width if type(width) is int and 0 < width < 2 * WIDTH else WIDTH
        row.addWidget(_builder(str(kind), wide))
        row.addWidget(vertical_hairline())
        row.addWidget(_surface(self.said), 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(_head())
        page.addWidget(hairline())
        page.addLayout(row, 1)


def _head() -> QWidget:
    head = QWidget()
    head.setFixedHeight(HEAD)
    row = QHBoxLayout(head)
    row.setContentsMargins(16, 8, 12, 8)
    row.addWidget(label("New chart", "title"), 1)
    return head


def _builder(kind: str, width: int) -> QWidget:
    """The kinds of charts, the one that it was left with chosen."""
    row = QHBoxLayout()
    row.setContentsMargins(12, 10, 12, 2)
    row.setSpacing(4)
    for name, (title, _) in KINDS.items():
        button = QPushButton(title)
        button.setProperty("kind", "quiet")
        button.setCheckable(True)
        button.setChecked(name == (kind if kind in KINDS else "segmentation"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(button)
    row.addStretch(1)
    holder = QWidget()
    rows = QVBoxLayout(holder)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addLayout(row)
    rows.addStretch(1)
    made = _surface(holder)
    made.setFixedWidth(width)
    return made


def _surface(content: QWidget) -> QWidget:
    made = QWidget()
    made.setProperty("surface", True)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    rows = QVBoxLayout(made)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(content)
    return made
