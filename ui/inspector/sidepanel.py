"""
The frame of whatever tells of one thing beside a list: its title with a few buttons, lines below
it, tabs with what there is to know, and Escape to close it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.elided import ElidedLabel
from ui.inspector.tabs import PanelTabs
from ui.theme import hairline, tint


class SidePanel(QWidget):
    """Whoever makes one sets `title`, adds views, and calls `lay_out`.

    Signals:
        closed: a person does not need it any more.
    """

    closed = Signal()

    def __init__(self, what: str, narrowest: int) -> None:
        super().__init__()
        self.setMinimumWidth(narrowest)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(what)
        self.title = ElidedLabel("title")
        self.tabs = PanelTabs(f"{what} tabs")
        self.stack = QStackedWidget()
        self._what = what

    def add_view(self, name: str, view: QWidget) -> None:
        """One more tab with what it shows."""
        self.tabs.add(name)
        self.stack.addWidget(view)

    def lay_out(
        self,
        buttons: Sequence[QWidget],
        below: Sequence[QWidget | QLayout],
        above: Sequence[QWidget] = (),
    ) -> None:
        """Put it together: `buttons` beside the title, lines `below` it, and what stands `above`
        the view, under the tabs."""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._head(buttons, below))
        rows.addWidget(self.tabs)
        rows.addWidget(hairline())
        for widget in above:
            rows.addWidget(widget)
        rows.addWidget(self.stack, 1)

    def _head(self, buttons: Sequence[QWidget], below: Sequence[QWidget | QLayout]) -> QVBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.title, 1)
        for widget in (*buttons, self._shut()):
            top.addWidget(widget)
        rows = QVBoxLayout()
        rows.setContentsMargins(16, 8, 8, 4)
        rows.setSpacing(2)
        rows.addLayout(top)
        for line in below:
            if isinstance(line, QLayout):
                rows.addLayout(line)
            else:
                rows.addWidget(line)
        return rows

    def _shut(self) -> QToolButton:
        name = f"Close the {self._what.lower()}"
        shut = QToolButton()
        tint(shut, "close")
        shut.setToolTip(f"{name}  (Esc)")
        shut.setAccessibleName(name)
        shut.clicked.connect(self.closed)
        return shut

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def beside(*widgets: QWidget) -> QHBoxLayout:
    """Widgets in one line, from the left."""
    row = QHBoxLayout()
    row.setSpacing(12)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
