"""
A label that cuts its text instead of asking for room; the whole text is in its tooltip.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.plain import one_line, tooltip


class ElidedLabel(QLabel):
    """One line of text from traffic, in whatever width there is."""

    def __init__(self, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)

    def show_text(self, text: str) -> None:
        """Show `text`, made fit for one line."""
        self.setText(one_line(text))
        self.setToolTip(tooltip(text) if text else "")
        self.setAccessibleName(one_line(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(40, super().sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), int(flags | Qt.AlignmentFlag.AlignAbsolute), text)
