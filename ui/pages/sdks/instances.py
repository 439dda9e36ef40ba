"""
The list at the left: projects, and under each the SDK instances that send to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from app.sdk.report import InstanceReport, SourceReport
from ui.pages.sdks import words
from ui.pages.sdks.items import grandchildren
from ui.plain import clock, plural, tooltip
from ui.theme import base_font, small_font, tokens

Index = QModelIndex | QPersistentModelIndex
TALL, LOW = 50, 28
PAD = 12
_ID = Qt.ItemDataRole.UserRole
_LINES = Qt.ItemDataRole.UserRole + 1
_LEFT = int(
    Qt.AlignmentFlag.AlignLeft
    | Qt.AlignmentFlag.AlignVCenter
    | Qt.AlignmentFlag.AlignAbsolute
    | Qt.TextFlag.TextSingleLine
)


class InstanceList(QTreeWidget):
    """Signals: `chosen` with the id of an instance, when another one is current."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Projects and their SDKs")
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemsExpandable(False)
        self.setMouseTracking(True)
        self.setItemDelegate(_TwoLines(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._choose)

    @property
    def current(self) -> str:
        """The id of the chosen instance, or an empty text."""
        item = self.currentItem()
        return str(item.data(0, _ID) or "") if item else ""

    def show_sources(self, sources: Sequence[SourceReport]) -> None:
        """Show these; what was chosen stays so, or the newest is."""
        kept, at = self.current, self.verticalScrollBar().value()
        self.blockSignals(True)
        self.clear()
        items = [self._source(source) for source in sources]
        self.addTopLevelItems(items)
        self.expandAll()
        rows = grandchildren(self)
        wanted = next((row for row in rows if row.data(0, _ID) == kept), None)
        if wanted is None and rows:
            wanted = rows[0]
        if wanted is not None:
            self.setCurrentItem(wanted)
        self.verticalScrollBar().setValue(at)
        self.blockSignals(False)
        if self.current != kept:
            self.chosen.emit(self.current)

    def choose(self, instance_id: str) -> None:
        """Make an instance the current one."""
        for item in grandchildren(self):
            if item.data(0, _ID) == instance_id:
                self.setCurrentItem(item)

    def _source(self, source: SourceReport) -> QTreeWidgetItem:
        item = QTreeWidgetItem([words.source_title(source)])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setToolTip(0, tooltip(source.api_key or "These name no project."))
        item.addChildren([_instance(one) for one in source.instances])
        return item

    def _choose(self, item: QTreeWidgetItem | None, _before: object = None) -> None:
        if item is not None and item.data(0, _ID):
            self.chosen.emit(self.current)


def _instance(report: InstanceReport) -> QTreeWidgetItem:
    title, where = words.instance_title(report), words.where(report)
    differing = f"{report.differing} differ" if report.differing else ""
    item = QTreeWidgetItem([f"{title}, {where}, {words.amounts(report)}"])
    item.setData(0, _ID, report.id)
    item.setData(0, _LINES, (title, where or words.amounts(report), differing))
    instance = report.instance
    item.setToolTip(
        0,
        tooltip(
            f"{title}\n{where}\n{words.amounts(report)}, in {plural(instance.uploads, 'request')}\n"
            f"First seen {clock(instance.first_ms)}, last {clock(instance.last_ms)}"
        ),
    )
    return item


class _TwoLines(QStyledItemDelegate):
    """Projects in one line, instances in two."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, TALL if index.data(_LINES) else LOW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, rect = tokens(), QRect(option.rect)
        lines = index.data(_LINES)
        painter.save()
        if lines is None:
            font = small_font()
            font.setWeight(font.Weight.DemiBold)
            self._text(painter, rect.adjusted(PAD, 4, -PAD, 0), str(index.data()), font,
                       colours.muted)  # fmt: skip
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours.selected))
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), QColor(colours.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        title, where, differing = lines
        inner = rect.adjusted(PAD, 6, -PAD, -7)
        half = inner.height() // 2
        top = QRect(inner.x(), inner.y(), inner.width(), half)
        below = QRect(inner.x(), inner.y() + half, inner.width(), half)
        self._text(painter, top, title, base_font(), colours.text)
        faint = colours.text if option.state & QStyle.StateFlag.State_Selected else colours.muted
        if differing:
            painter.setFont(small_font())
            width = painter.fontMetrics().horizontalAdvance(differing)
            right = QRect(below.right() - width, below.y(), width + 1, half)
            self._text(painter, right, differing, small_font(), colours.warning)
            below.setRight(right.x() - 8)
        self._text(painter, below, where, small_font(), faint)
        painter.restore()

    def _text(self, painter: QPainter, rect: QRect, text: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _LEFT, cut)
