"""
Paints cells: text in one line, a dot before outcomes, a hairline below each row.

Qt's own delegate asks the model eight questions a cell, in Python; this one asks one.
"""

from functools import lru_cache

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from ui.plain import tooltip
from ui.table.cells import Cell
from ui.table.rows import Index, RowModel
from ui.theme import ROW, mono_font, pixmap, tokens

PAD = 8
DOT = 7
ICON = 14
_ALIGN = int(
    Qt.AlignmentFlag.AlignVCenter
    | Qt.AlignmentFlag.AlignLeft
    | Qt.AlignmentFlag.AlignAbsolute
    | Qt.TextFlag.TextSingleLine
)
_ALIGN_NUMBER = int(
    Qt.AlignmentFlag.AlignVCenter
    | Qt.AlignmentFlag.AlignRight
    | Qt.AlignmentFlag.AlignAbsolute
    | Qt.TextFlag.TextSingleLine
)


class CellDelegate(QStyledItemDelegate):
    """For tables on a `RowModel`."""

    def __init__(self, view: QAbstractItemView, model: RowModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._mono = mono_font()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = self._model
        row, column = index.row(), index.column()
        cell = model.cell(row, column)
        rect: QRect = option.rect
        colours = tokens()
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, QColor(colours.selected))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        if column == 0 and self._view.currentIndex().row() == row:
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), QColor(colours.accent))
        if not cell.text.isascii():
            # Marks that are piled up on letters would reach into other rows.
            painter.setClipRect(rect)
        font = self._mono if model.columns[column].is_mono else self._view.font()
        if is_selected and cell.tone in ("muted", "faint"):
            # Grey on the colour of selection is too faint to read.
            cell = cell._replace(tone="text")
        middle = model.columns[column].cuts_middle
        cut = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        align = _ALIGN_NUMBER if model.columns[column].is_number else _ALIGN
        inside = rect.adjusted(PAD + self.indent(column), 0, -PAD, 0)
        self._paint_text(painter, inside, cell, font, cut, align)
        painter.restore()

    def indent(self, _column: int) -> int:
        """How far the text of a column stands to the right."""
        return 0

    def _paint_text(
        self,
        painter: QPainter,
        rect: QRect,
        cell: Cell,
        font: QFont,
        cut: Qt.TextElideMode,
        align: int = _ALIGN,
    ) -> None:
        colour = QColor(getattr(tokens(), cell.tone))
        if cell.has_dot:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            centre = rect.center().y() + 1
            painter.drawEllipse(QRect(rect.x(), centre - DOT // 2, DOT, DOT))
            rect = rect.adjusted(DOT + 6, 0, 0, 0)
            colour = QColor(tokens().text)
        for name, tone in cell.icons:
            scale = max(1, round(painter.device().devicePixelRatio()))
            drawn = pixmap(name, getattr(tokens(), tone), ICON, scale)
            painter.drawPixmap(rect.x(), rect.center().y() - ICON // 2 + 1, drawn)
            rect = rect.adjusted(ICON + 4, 0, 0, 0)
        painter.setPen(colour)
        painter.setFont(font)
        painter.drawText(rect, align, elided(cell.text, font.key(), rect.width(), cut))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(PAD * 2, ROW)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """The whole text, when not all of it is seen."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        model = self._model
        cell = model.cell(index.row(), index.column())
        rect: QRect = view.visualRect(index)
        font = self._mono if model.columns[index.column()].is_mono else view.font()
        room = (
            rect.width() - 2 * PAD - self.indent(index.column()) - (DOT + 6 if cell.has_dot else 0)
        )
        room -= len(cell.icons) * (ICON + 4)
        is_cut = QFontMetrics(font).horizontalAdvance(cell.text) > room
        if text := "\n".join(filter(None, (cell.text if is_cut or cell.help else "", cell.help))):
            QToolTip.showText(QPoint(event.globalPos()), tooltip(text), view, rect)
        else:
            QToolTip.hideText()
        return True


@lru_cache(maxsize=8192)
def elided(
    text: str,
    font_key: str,
    width: int,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> str:
    """`text` cut to `width` with an ellipsis. Kept, because a table paints the same again."""
    font = QFont()
    font.fromString(font_key)
    return QFontMetrics(font).elidedText(text, mode, width)
