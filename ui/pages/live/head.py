"""
The head of Live: how many events there are, what is wanted of them, and rows that come when they
are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.plain import number, plural
from ui.theme import label

if TYPE_CHECKING:
    from ui.pages.live.page import LivePage
    from ui.table.stream import EventStream


class Head(QWidget):
    """Lays out what the page has made, and counts."""

    def __init__(self, page: LivePage) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.counts = label("", "muted")
        self.state = label("", "warning")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 10, 12, 10)
        rows.setSpacing(8)
        rows.addLayout(self._title_row(page))
        rows.addLayout(_filter_row(page))
        for widget in (page.types.chips, page.note, page.confirm, page.export, page.searching):
            rows.addWidget(widget)

    def _title_row(self, page: LivePage) -> QHBoxLayout:
        actions = page.context.actions
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(label("Live", "title"))
        row.addSpacing(8)
        row.addWidget(self.counts)
        row.addSpacing(8)
        row.addWidget(self.state)
        row.addStretch(1)
        row.addWidget(actions.button("live.follow", text=True))
        for name in ("export", "clear", "inspector"):
            row.addWidget(actions.button(f"live.{name}"))
        return row

    def show_counts(self, stream: EventStream) -> None:
        """How many events there are, how many match, and whether new ones wait."""
        text = plural(stream.known.count, "event")
        if stream.chosen:
            more = "+" if stream.was_stopped or not stream.is_complete else ""
            text += f"  ·  {number(stream.matches)}{more} match"
        self.counts.setText(text)
        self.state.setText("" if stream.is_following else "Paused")


def _filter_row(page: LivePage) -> QHBoxLayout:
    top = Qt.AlignmentFlag.AlignTop
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(page.projects, 0, top)
    row.addWidget(page.targets, 0, top)
    row.addWidget(page.filter, 1)
    row.addWidget(page.types.button, 0, top)
    row.addWidget(page.view, 0, top)
    return row


def hidden_words(stream: EventStream) -> str:
    """How much the filter leaves out."""
    if stream.is_loading or not stream.is_complete:
        return "counting…"
    if stream.was_stopped:
        return "stopped, older events were not looked at"
    return f"{number(max(0, stream.known.count - stream.matches))} hidden"
