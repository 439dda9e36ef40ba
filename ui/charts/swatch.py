"""
How more series than there are colours are told apart: the second time round, dots have another
form, and what is filled is hatched. Legends show the same.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from ui.theme import tokens

SYMBOLS = ("o", "t1", "d", "+")
"""As pyqtgraph calls them: a dot, a triangle, a diamond, a cross."""
HATCHES = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.FDiagPattern,
    Qt.BrushStyle.DiagCrossPattern,
)


def colour_of(number: int) -> QColor:
    """The colour with this number; they come again when there are no more."""
    series = tokens().series
    return QColor(series[number % len(series)])


def symbol_of(number: int) -> str:
    """The form of its dots."""
    return SYMBOLS[number // len(tokens().series) % len(SYMBOLS)]


def brush_of(number: int) -> QBrush:
    """How it fills an area."""
    return QBrush(colour_of(number), HATCHES[number // len(tokens().series) % len(HATCHES)])


def paint_square(painter: QPainter, box: QRectF, number: int) -> None:
    """A square filled like it, with an edge, as hatches are hard to see in it."""
    painter.setPen(QPen(colour_of(number), 1))
    painter.setBrush(brush_of(number))
    painter.drawRoundedRect(box, 2, 2)


def paint_symbol(painter: QPainter, box: QRectF, number: int, *, filled: bool) -> None:
    """The form of its dots, for a legend; that of the first ones is a square there, too."""
    colour, symbol = colour_of(number), symbol_of(number)
    painter.setPen(QPen(colour, 2 if symbol == "+" else 1))
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    middle = box.center()
    if symbol == "t1":
        painter.drawPolygon(
            QPolygonF([QPointF(middle.x(), box.top()), box.bottomRight(), box.bottomLeft()])
        )
    elif symbol == "d":
        corners = (
            QPointF(middle.x(), box.top()), QPointF(box.right(), middle.y()),
            QPointF(middle.x(), box.bottom()), QPointF(box.left(), middle.y()),
        )  # fmt: skip
        painter.drawPolygon(QPolygonF(corners))
    elif symbol == "+":
        painter.drawLine(QPointF(middle.x(), box.top()), QPointF(middle.x(), box.bottom()))
        painter.drawLine(QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y()))
    else:
        painter.drawRoundedRect(box, 2, 2)
