"""
The page with the faults that are on, what can be added, and the limits.
"""

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ui.context import Context
from ui.pages.faults.adding import AddingCard
from ui.pages.faults.limits import LimitsCard
from ui.pages.faults.listing import FaultsCard
from ui.theme import label

WIDEST = 900


class FaultsPage(QWidget):
    """The faults there are, how to add one, and the limits of local answers."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faults = FaultsCard(context)
        self.adding = AddingCard(context)
        self.limits = LimitsCard(context)
        self.adding.added.connect(self.faults.add)
        self._lay_out()

    def _lay_out(self) -> None:
        body = QWidget()
        body.setMaximumWidth(WIDEST)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(24, 20, 24, 24)
        rows.setSpacing(12)
        rows.addWidget(label("Faults and limits", "title"))
        rows.addWidget(
            label(
                "See what an SDK does when things go wrong. Every answer made up here is stored"
                " with the upload, and marked.",
                "muted",
                wrap=True,
            )
        )
        for card in (self.faults, self.adding, self.limits):
            rows.addWidget(card)
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAccessibleName("Faults and limits")
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
