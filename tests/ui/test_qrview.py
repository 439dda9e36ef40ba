"""What a camera sees of a QR code."""

import segno
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from ui.qrview import MODULE, QUIET, QrView


def test_each_module_is_drawn_with_room_around(qtbot: QtBot) -> None:
    view = QrView()
    qtbot.addWidget(view)
    text = "http://192.168.178.20:8898/phone"
    view.show_text("something else, and longer than what comes after it" * 3)
    view.show_text(text)
    with qtbot.waitExposed(view):
        view.show()
    seen = view.grab().toImage()
    side = seen.width() // MODULE
    half = QPoint(MODULE // 2, MODULE // 2)
    drawn = [
        [
            seen.pixelColor(QPoint(column, row) * MODULE + half) == QColor("black")
            for column in range(side)
        ]
        for row in range(side)
    ]
    code = segno.make_qr(text, error="m")
    expected = [[bool(one) for one in row] for row in code.matrix_iter(border=QUIET)]
    assert drawn == expected
    assert text in view.accessibleName()
