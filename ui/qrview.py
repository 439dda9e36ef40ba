"""
A QR code to hold a phone's camera at.
"""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

QUIET = 4
"""Light modules around a code, which cameras need to find it."""
MODULE = 4


class QrView(QWidget):
    """Draws a code dark on white whatever the theme, because that is what cameras know."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._matrix: tuple[bytearray, ...] = ()

    def show_text(self, text: str) -> None:
        """Have the code say `text`."""
        if text == self.text:
            return
        # Here, because hardly anybody needs it.
        import segno

        self.text = text
        self._matrix = segno.make_qr(text, error="m").matrix
        self.setAccessibleName(f"QR code of {text}")
        self.setToolTip(text)
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        side = (len(self._matrix) + 2 * QUIET) * MODULE
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        for row, modules in enumerate(self._matrix):
            for column, is_dark in enumerate(modules):
                if is_dark:
                    left, top = (column + QUIET) * MODULE, (row + QUIET) * MODULE
                    painter.fillRect(left, top, MODULE, MODULE, Qt.GlobalColor.black)
