"""
Two events side by side: only what differs, by path.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.differ import Difference, Kind, differences
from app.filter import Node
from ui.inspector.conditions import condition_at
from ui.inspector.filtermenu import add_conditions, quoted
from ui.inspector.pretty import pretty
from ui.plain import clipboard, one_line, plural, tooltip
from ui.table.rows import Index
from ui.theme import label, mono_font, tokens

TITLES = {Kind.ADDED: "only right", Kind.REMOVED: "only left", Kind.CHANGED: "changed"}
_TONES = {Kind.ADDED: "good", Kind.REMOVED: "bad", Kind.CHANGED: "warning"}
PAD = 10
_DIFFERENCE = Qt.ItemDataRole.UserRole


class DifferenceView(QWidget):
    """The paths at which two events differ, with both values.

    Signals:
        condition_asked: a person wants to filter by a value (a `Node` of a filter).
    """

    condition_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.summary = label("", "muted", wrap=True)
        self.list = _Differences(self.condition_asked.emit)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 8, 0, 0)
        rows.setSpacing(8)
        head = QVBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.addWidget(self.summary)
        rows.addLayout(head)
        rows.addWidget(self.list, 1)

    def compare(self, left: Any, right: Any, names: tuple[str, str]) -> None:
        """Show what differs between the JSON of two events."""
        found = differences(left, right)
        count = plural(len(found), "difference") if found else "No difference"
        self.summary.setText(
            f"{count}: left {one_line(names[0], 60)}, right {one_line(names[1], 60)}"
        )
        self.list.setHeaderLabels(["Where", "Left", "Right"])
        self.list.show_differences(found)


class _Differences(QTreeWidget):
    """The rows, with copying and filtering. `ask` takes the condition of a value."""

    def __init__(self, ask: Callable[[Node], object]) -> None:
        super().__init__()
        self._ask = ask
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.setAccessibleName("Differences between two events")
        self.setColumnCount(3)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setItemDelegateForColumn(0, _Where(self))
        self.setProperty("padded", True)
        header = self.header()
        header.setStretchLastSection(False)
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def show_differences(self, found: list[Difference]) -> None:
        """Begin anew with these."""
        self.clear()
        mono, colours = mono_font(), tokens()
        for one in found:
            path = one.path.removeprefix(".") or "(everything)"
            texts = [f"{one.kind} {path}", _text(one.left), _text(one.right)]
            item = QTreeWidgetItem([one_line(text, 300) for text in texts])
            item.setData(0, _DIFFERENCE, one)
            item.setForeground(0, QColor(getattr(colours, _TONES[one.kind])))
            for column, text in enumerate(texts):
                item.setToolTip(column, tooltip(f"{TITLES[one.kind]}: {text}"))
                if column:
                    item.setFont(column, mono)
            self.addTopLevelItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.matches(QKeySequence.StandardKey.Copy) and item:
            _copy(_line(item.data(0, _DIFFERENCE)))
        else:
            super().keyPressEvent(event)

    def _show_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is None:
            return
        one: Difference = item.data(0, _DIFFERENCE)
        path = one.path.removeprefix(".")
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy path and both values", lambda: _copy(_line(one)))
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        menu.addAction("Copy path", lambda: _copy(path))
        for side, value in (("left", one.left), ("right", one.right)):
            if value is not None:
                menu.addAction(f"Copy the {side} value", partial(_copy, _text(value)))
        for value in (one.left, one.right):
            condition = None if value is None else condition_at(path, value)
            if condition is not None:
                add_conditions(menu, condition, quoted(_text(value)), self._ask)
        menu.popup(self.viewport().mapToGlobal(at))


class _Where(QStyledItemDelegate):
    """Paths lose their beginning and keep the sign before it: their ends tell them apart."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        sign, _, path = option.text.partition(" ")
        fonts = option.fontMetrics
        room = option.rect.width() - fonts.horizontalAdvance(f"{sign} ") - 2 * PAD
        option.text = f"{sign} {fonts.elidedText(path, Qt.TextElideMode.ElideLeft, room)}"


def _line(one: Difference) -> str:
    return f"{one.path.removeprefix('.')}: {_text(one.left)} → {_text(one.right)}"


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(clipboard(text))


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else pretty(value).text
