"""
The table with groups: heads over the whole width that open and close, events a little to the right.

    Enter, Space or a click on a head opens and closes it; Left and Right do as in a tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import cast

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.grouping import Head
from ui.plain import tooltip
from ui.table.delegate import PAD, CellDelegate, elided
from ui.table.groupmodel import GroupModel, events, head_id, times, title
from ui.table.rows import Index, RowModel
from ui.table.view import EventTableView
from ui.theme import pixmap, tokens

CHEVRON = 12
INDENT = CHEVRON + 6
EVENT_INDENT = 6
"""No more, because the column has room for a time and not for much besides."""
GAP = 12
_LINE = int(
    Qt.AlignmentFlag.AlignVCenter
    | Qt.AlignmentFlag.AlignLeft
    | Qt.AlignmentFlag.AlignAbsolute
    | Qt.TextFlag.TextSingleLine
)
MOST_KEPT = 1000
"""Selected rows that stay selected while groups change."""


class GroupView(EventTableView):
    """Shows a `GroupModel`.

    Signals:
        toggled: a person opened (True) or closed the group of this number.
    """

    toggled = Signal(int, bool)

    def __init__(self, model: GroupModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._groups = model
        self._was_double = False

    def _delegate(self, model: RowModel) -> CellDelegate:
        return HeadDelegate(self, cast("GroupModel", model))

    def change(self, change: Callable[[], object], opened: Callable[[], Iterable[int]]) -> None:
        """Change the groups; what is current, what is selected and what is on top stay where they
        are, as far as they are still there."""
        model, bar = self._groups, self.verticalScrollBar()
        top = self.rowAt(0)
        anchor = model.id_at(top) if 0 < top < len(model) and bar.value() else None
        index = self.currentIndex()
        current = model.id_at(index.row()) if index.isValid() else None
        is_all = len(model) > 0 and super().selected_count() == len(model)
        chosen = self._chosen()
        was_blocked = self.selectionModel().blockSignals(True)
        model.change(change, opened)
        if anchor is not None and (row := model.row_of(anchor)) >= 0:
            bar.setValue(row)
        if current is not None and (row := model.row_of(current)) >= 0:
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(model.index(row, 0), flag)
        self.selectionModel().blockSignals(was_blocked)
        if is_all:
            self.selectAll()
        else:
            self._choose(chosen)

    def _chosen(self) -> list[int]:
        """The ids of selected rows, heads too."""
        found: list[int] = []
        for part in self._ranges():
            found += self._groups.ids(part.top(), min(part.height(), MOST_KEPT - len(found)))
        return found

    def _choose(self, ids: Iterable[int]) -> None:
        selection = QItemSelection()
        last = self._groups.columnCount() - 1
        for one in ids:
            row = self._groups.row_of(one)
            if row >= 0:
                selection.select(self._groups.index(row, 0), self._groups.index(row, last))
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flag)

    # Heads are no events

    def current_id(self) -> int | None:
        found = super().current_id()
        return found if found is not None and found > 0 else None

    def selected_count(self) -> int:
        """How many events are selected."""
        return super().selected_count() - sum(map(self._heads_in, self._ranges()))

    def _heads_in(self, part: QItemSelectionRange) -> int:
        place = self._groups.groups.place_of
        (first, at), (last, _) = (self._groups.place(row) for row in (part.top(), part.bottom()))
        return place(last) - place(first) + (at < 0)

    def selected_ids(self, most: int) -> list[int]:
        found: list[int] = []
        for part in sorted(self._ranges(), key=lambda part: part.top()):
            for row in range(part.top(), part.bottom() + 1):
                if len(found) >= most:
                    return found
                if (one := self._groups.id_at(row)) > 0:
                    found.append(one)
        return found

    def _tell_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.moved.emit(self.current_id() if current.isValid() else None)

    # Opening

    def toggle(self, group: int) -> None:
        """Open a group, or close it; its head is current then."""
        model = self._groups
        if model.is_open(group):
            model.close(group)
        else:
            model.open(group)
        row = model.row_of(head_id(group))
        self.setCurrentIndex(model.index(row, 0))
        self.toggled.emit(group, model.is_open(group))

    def _open(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        group, at = self._groups.place(index.row())
        if at < 0:
            self.toggle(group)
        else:
            super()._open(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._was_double = False
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self._was_double = True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        # The first click has opened it; the second does not close it again.
        if not self._was_double:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index, key = self.currentIndex(), event.key()
        if index.isValid() and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            group, at = self._groups.place(index.row())
            is_open = self._groups.is_open(group)
            if at < 0 and key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.toggle(group)
                return
            if key == Qt.Key.Key_Right and at < 0:
                if not is_open:
                    self.toggle(group)
                return
            if key == Qt.Key.Key_Left:
                if at >= 0:
                    self.go_to(self._groups.row_of(head_id(group)))
                elif is_open:
                    self.toggle(group)
                return
        super().keyPressEvent(event)


class HeadDelegate(CellDelegate):
    """Paints heads across all columns."""

    def __init__(self, view: GroupView, model: GroupModel) -> None:
        super().__init__(view, model)
        self._table = view
        self._groups = model

    def indent(self, column: int) -> int:
        return EVENT_INDENT if self._table.horizontalHeader().visualIndex(column) == 0 else 0

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not self._groups.is_head(index.row()):
            super().paint(painter, option, index)
            return
        colours = tokens()
        rect: QRect = option.rect
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, QColor(colours.selected if is_selected else colours.ground))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        is_current = self._table.currentIndex().row() == index.row()
        if is_current and rect.x() <= 0:
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), QColor(colours.accent))
        # Each column paints its part of one line.
        painter.setClipRect(rect)
        self._paint_chevron(painter, rect, index.row())
        self._paint_head(painter, rect, index.row(), is_selected=is_selected)
        painter.restore()

    def _paint_chevron(self, painter: QPainter, rect: QRect, row: int) -> None:
        if rect.x() > PAD + CHEVRON:
            return
        scale = max(1, round(painter.device().devicePixelRatio()))
        name = "down" if self._groups.is_open(self._groups.place(row)[0]) else "right"
        drawn = pixmap(name, tokens().muted, CHEVRON, scale)
        painter.drawPixmap(PAD, rect.center().y() - CHEVRON // 2 + 1, drawn)

    def _paint_head(self, painter: QPainter, rect: QRect, row: int, *, is_selected: bool) -> None:
        head, colours = self._groups.head(row), tokens()
        strong = QFont(self._view.font())
        strong.setWeight(QFont.Weight.DemiBold)
        width = self._table.viewport().width()
        parts = laid_out(head, self._groups.is_partial, width, self._view.font().key(),
                         strong.key())  # fmt: skip
        for at, (text, left, wide) in enumerate(parts):
            if left > rect.right() or left + wide < rect.left():
                continue
            is_title = at == 0 and head is not None
            painter.setFont(strong if is_title else self._view.font())
            is_plain = is_title or is_selected
            painter.setPen(QColor(colours.text if is_plain else colours.muted))
            painter.drawText(QRect(left, rect.y(), wide + 2, rect.height()), _LINE, text)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """The whole head."""
        is_head = index.isValid() and self._groups.is_head(index.row())
        if event.type() != QEvent.Type.ToolTip or not is_head:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), tooltip(self._groups.cell(index.row(), 0).text))
        return True


@lru_cache(maxsize=4096)
def laid_out(
    head: Head | None, is_partial: bool, width: int, font_key: str, strong_key: str
) -> tuple[tuple[str, int, int], ...]:
    """The parts of a head's line, each with where it begins and how wide it is: its name, which
    is cut when there is no room for it, how many events there are, and when they arrived."""
    left = PAD + INDENT
    plain, strong = QFont(), QFont()
    plain.fromString(font_key)
    strong.fromString(strong_key)
    measure = QFontMetrics(plain).horizontalAdvance
    if head is None:
        return (("No longer stored", left, measure("No longer stored")),)
    rest = (events(head, is_partial=is_partial), times(head))
    room = width - left - PAD - sum(measure(text) + GAP for text in rest)
    name = elided(title(head), strong_key, max(80, room))
    found = [(name, left, QFontMetrics(strong).horizontalAdvance(name))]
    for text in rest:
        _, before, wide = found[-1]
        found.append((text, before + wide + GAP, measure(text)))
    return tuple(found)
