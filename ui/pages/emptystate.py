"""
What a page shows when it has nothing to show: what will appear here, and the next step.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.notifications import Button
from ui.theme import label, pixmap, tokens

WIDTH = 420
MARGIN = 24


class EmptyState(QWidget):
    """An icon, a sentence, an explanation and up to a few buttons, in the middle."""

    def __init__(
        self, icon: str, title: str, text: str, buttons: Sequence[Button] = (), primary: bool = True
    ) -> None:
        super().__init__()
        self._icon = icon
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.picture = label()
        self.title = label(title, "title")
        self.text = label(text, "muted", wrap=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle = Qt.AlignmentFlag.AlignHCenter
        rows = QVBoxLayout(self)
        rows.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        rows.setSpacing(8)
        rows.addStretch(4)
        rows.addWidget(self.picture, 0, middle)
        rows.addSpacing(4)
        rows.addWidget(self.title, 0, middle)
        # Without an alignment, so that it may become narrower; in the middle by what is beside it.
        self.text.setMaximumWidth(WIDTH)
        self.text.setMinimumWidth(1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.text, 1000)
        row.addStretch(1)
        rows.addLayout(row)
        rows.addSpacing(8)
        rows.addLayout(self._row_of(buttons, primary))
        rows.addStretch(5)
        self._draw()

    def _row_of(self, buttons: Sequence[Button], primary: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        self.buttons: list[QPushButton] = []
        for title, run in buttons:
            button = QPushButton(title)
            if primary and not self.buttons:
                button.setProperty("kind", "primary")
            button.clicked.connect(lambda _checked=False, run=run: run())
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        return row

    def _draw(self) -> None:
        self.picture.setPixmap(pixmap(self._icon, tokens().faint, 40, 2))

    def showEvent(self, event: QShowEvent) -> None:
        """A layout gives a wrapped label one line unless it is told how many it needs."""
        super().showEvent(event)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Give the text the lines that it needs."""
        width = max(1, min(WIDTH, self.width() - 2 * MARGIN))
        self.text.setFixedHeight(self.text.heightForWidth(width))

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again when the colours change."""
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()
        super().changeEvent(event)
