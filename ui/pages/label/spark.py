"""
Thirty days as thirty small bars, and the rows of the list that have them.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.plain import plural
from ui.theme import small_font, tokens

DAYS = 30
_GAP = 1
ROW_HEIGHT = 46
SPARK = QSize(76, 22)
DAYS_ROLE = Qt.ItemDataRole.UserRole + 1
BELOW_ROLE = Qt.ItemDataRole.UserRole + 2
ARCHIVED_ROLE = Qt.ItemDataRole.UserRole + 3


def paint_days(painter: QPainter, room: QRect, days: Sequence[int], colour: str) -> None:
    """Bars that stand on a line; a day with any events is seen, however few."""
    colours = tokens()
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.line))
    painter.drawRect(QRectF(room.left(), room.bottom(), room.width(), 1))
    painter.setBrush(QColor(colour))
    most = max(days, default=0)
    width = (room.width() + _GAP) / max(1, len(days))
    for at, events in enumerate(days):
        if events:
            height = max(2.0, (room.height() - 1) * events / most)
            left, top = room.left() + at * width, room.bottom() - height
            painter.drawRect(QRectF(left, top, max(1.0, width - _GAP), height))
    painter.restore()


class Spark(QWidget):
    """The last thirty days of one definition."""

    def __init__(self) -> None:
        super().__init__()
        self.days: tuple[int, ...] = ()
        self.setFixedHeight(34)
        self.setAccessibleName("Events of the last 30 days")

    def show_days(self, days: Sequence[int]) -> None:
        """Events a day, today last."""
        self.days = tuple(days)
        said = f"{plural(sum(days), 'event')} in the last {len(days)} days, today at the right"
        self.setToolTip(said)
        self.setAccessibleDescription(said)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_days(painter, self.rect().adjusted(0, 1, 0, -1), self.days, tokens().accent)


class RowDelegate(QStyledItemDelegate):
    """Two lines and thirty days; the first line gives way."""

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(160, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        self.initStyleOption(option, index)
        # A copy: what the option gives out is its own, and is emptied below.
        shown, picture, font = option.text, QIcon(option.icon), option.font
        room = QRect(option.rect)
        option.text = ""
        option.icon = QIcon()
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        colours = tokens()
        painter.save()
        inner = room.adjusted(12, 5, -12, -5)
        spark = QRect(
            inner.right() - SPARK.width(), inner.bottom() - SPARK.height(), SPARK.width(),
            SPARK.height(),
        )  # fmt: skip
        first = QRect(inner.left(), inner.top(), inner.width(), 18)
        if not picture.isNull():
            picture.paint(painter, QRect(first.left(), first.top() + 1, 16, 16))
            first.setLeft(first.left() + 22)
        is_archived = bool(index.data(ARCHIVED_ROLE))
        painter.setFont(font)
        painter.setPen(QColor(colours.muted if is_archived else colours.text))
        _line(painter, first, shown)
        below = QRect(inner.left(), inner.top() + 19, spark.left() - inner.left() - 8, 16)
        painter.setFont(small_font())
        painter.setPen(QColor(colours.muted))
        _line(painter, below, str(index.data(BELOW_ROLE) or ""))
        tone = colours.faint if is_archived else colours.accent
        paint_days(painter, spark, index.data(DAYS_ROLE) or (), tone)
        painter.restore()


def _line(painter: QPainter, room: QRect, text: str) -> None:
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, flags, cut)
