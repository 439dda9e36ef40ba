"""
Pinned charts below each other, like the pages of a notebook; a click on a title opens one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from ui.pages.explore.asking import Answer
from ui.pages.explore.figureview import FigureView
from ui.pages.explore.saved import Kept
from ui.plain import one_line
from ui.theme import label

HEIGHT = 260

type Ask = Callable[[Kept, Callable[[Answer], object], Callable[[AppError], object]], object]


class PinnedCharts(QWidget):
    """All pinned charts. `ask` answers one.

    Signals:
        opened: a chart (a Kept) is to be shown alone.
        closed: a person is through with the list.
    """

    opened = Signal(object)
    closed = Signal()

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self._ask = ask
        self.figures: dict[int, FigureView] = {}
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        back = QPushButton("Back to the chart")
        back.clicked.connect(self.closed)
        self.back = back
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 12, 8)
        head.addWidget(label("Pinned charts", "strong"))
        head.addStretch(1)
        head.addWidget(back)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(self.area, 1)

    def show_charts(self, kept: Sequence[Kept]) -> None:
        """Show these, each as soon as it is answered."""
        self.figures = {}
        made = QWidget()
        made.setProperty("surface", True)
        made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(made)
        rows.setContentsMargins(12, 4, 12, 16)
        rows.setSpacing(16)
        for one in kept:
            rows.addWidget(self._card(one))
        if not kept:
            text = "Nothing is pinned. Save a chart, then pin it from the menu beside its name."
            rows.addWidget(label(text, "muted", wrap=True))
        rows.addStretch(1)
        self.area.setWidget(made)

    def _card(self, one: Kept) -> QFrame:
        card = QFrame()
        card.setProperty("card", True)
        title = QPushButton(one_line(one.name, 80).replace("&", "&&"))
        title.setProperty("kind", "quiet")
        title.setToolTip("Open this chart")
        title.clicked.connect(lambda: self.opened.emit(one))
        figure = FigureView(lambda _point: (), with_tables=False)
        figure.setMinimumHeight(HEIGHT)
        said = label(one.problem, "bad", wrap=True)
        said.setVisible(bool(one.problem))
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(8, 6, 8, 8)
        rows.addLayout(head)
        rows.addWidget(said)
        rows.addWidget(figure, 1)
        self.figures[one.id] = figure

        def fail(error: AppError) -> None:
            said.setText(error.sentence)
            said.show()

        if one.chart is not None:
            self._ask(one, figure.show_answer, fail)
        return card
