"""
Two events side by side: only what differs, by path.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.differ import Difference, Kind, differences
from ui.inspector.pretty import pretty
from ui.plain import clipboard, one_line, plural, tooltip
from ui.table.rows import Index
from ui.theme import label, mono_font, tokens

TITLES = {Kind.ADDED: "only right", Kind.REMOVED: "only left", Kind.CHANGED: "changed"}
_TONES = {Kind.ADDED: "good", Kind.REMOVED: "bad", Kind.CHANGED: "warning"}
PAD = 10
_DIFFERENCE = Qt.ItemDataRole.UserRole


class DifferenceView(QWidget):
    """The paths at which two events differ, with both values."""

    def __init__(self) -> None:
        super().__init__()
        self.summary = label("", "muted", wrap=True)
        self.list = _Differences()
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
    """The rows, with copying."""

    def __init__(self) -> None:
        super().__init__()
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
            one: Difference = item.data(0, _DIFFERENCE)
            text = f"{one.path.removeprefix('.')}: {_text(one.left)} → {_text(one.right)}"
            QGuiApplication.clipboard().setText(clipboard(text))
        else:
            super().keyPressEvent(event)


class _Where(QStyledItemDelegate):
    """Paths lose their beginning and keep the sign before it: their ends tell them apart."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        sign, _, path = option.text.partition(" ")
        fonts = option.fontMetrics
        room = option.rect.width() - fonts.horizontalAdvance(f"{sign} ") - 2 * PAD
        option.text = f"{sign} {fonts.elidedText(path, Qt.TextElideMode.ElideLeft, room)}"


def _text(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else pretty(value).text
