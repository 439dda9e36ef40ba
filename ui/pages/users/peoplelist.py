"""
The list of people at the left: two lines each, under a heading where there is more than one kind.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.store.people.search import PersonRow
from ui.plain import ago, one_line, plural, tooltip
from ui.table.delegate import elided
from ui.theme import base_font, pixmap, small_font, tokens

Index = QModelIndex | QPersistentModelIndex
Entry = PersonRow | str

ROW, HEADING = 48, 28
NO_PARENT = QModelIndex()
_LEFT = int(
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
)


def person_title(person: PersonRow) -> str:
    """What a person is called: the user id, or else the first device."""
    return person.user if person.user is not None else (person.device or "(no id)")


def visible(text: str) -> str:
    """An id with the characters that cannot be seen written out, so that two that look the same do
    not."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one in "\n\t" else f"⟨U+{ord(one):04X}⟩" for one in text[:500]
    )


def person_facts(person: PersonRow, now_ms: int) -> str:
    """When they were seen, and how much."""
    return " · ".join(
        (
            ago(person.last_ms, now_ms),
            plural(person.events, "event"),
            plural(person.devices, "device"),
        )
    )


class PeopleModel(QAbstractListModel):
    """Headings and people."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self.now_ms = 0

    def show_entries(self, entries: Sequence[Entry], now_ms: int) -> None:
        """Show these."""
        self.now_ms = now_ms
        if [_key(one) for one in entries] == [_key(one) for one in self.entries]:
            self.entries = list(entries)
            if entries:
                self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
            return
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self.entries[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(entry, str):
                return entry
            return f"{one_line(visible(person_title(entry)))}, {person_facts(entry, self.now_ms)}"
        if role == Qt.ItemDataRole.ToolTipRole and not isinstance(entry, str):
            kind = "User ID" if entry.user is not None else "Device ID, no user ID"
            return tooltip(f"{visible(person_title(entry))}\n{kind} · {entry.project}")
        return None


class PeopleList(QListView):
    """People to choose from.

    Signals:
        opened: the number of the person that was chosen.
        ended: the end of the list came into view.
    """

    opened = Signal(object)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.people = PeopleModel(self)
        self.setModel(self.people)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("People")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self._is_restoring = False
        self.selectionModel().currentChanged.connect(self._open)
        self.verticalScrollBar().valueChanged.connect(self._look_at_end)

    def show_entries(self, entries: Sequence[Entry], now_ms: int, chosen: int | None) -> None:
        """Show these, with the person that is open marked."""
        at = self.verticalScrollBar().value()
        self._is_restoring = True
        self.people.show_entries(entries, now_ms)
        self.mark(chosen)
        self._is_restoring = False
        self.verticalScrollBar().setValue(at)

    def mark(self, person: int | None) -> None:
        """Show which person is open."""
        now = self.person_at(self.currentIndex())
        if now is not None and now.id == person:
            return
        was, self._is_restoring = self._is_restoring, True
        rows = (row for row, one in enumerate(self.people.entries)
                if not isinstance(one, str) and one.id == person)  # fmt: skip
        row = next(rows, None)
        # A list does not move under somebody's eyes because another page opened a person.
        self.setAutoScroll(False)
        self.setCurrentIndex(QModelIndex() if row is None else self.people.index(row))
        self.setAutoScroll(True)
        self._is_restoring = was

    def person_at(self, index: Index) -> PersonRow | None:
        """Who stands there."""
        if not index.isValid():
            return None
        entry = self.people.entries[index.row()]
        return None if isinstance(entry, str) else entry

    def go_first(self) -> None:
        """Choose the first person and take the keyboard."""
        self.setFocus()
        first = next((row for row, one in enumerate(self.people.entries)
                      if not isinstance(one, str)), None)  # fmt: skip
        if first is not None and not self.currentIndex().isValid():
            self.setCurrentIndex(self.people.index(first))

    def keyboardSearch(self, _search: str) -> None:
        """Letters are shortcuts here."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        current = self.currentIndex()
        if current.isValid() and self.person_at(current) is None:
            # Arrows step over headings.
            down = event.key() not in (Qt.Key.Key_Up, Qt.Key.Key_PageUp)
            row = current.row() + (1 if down else -1)
            if 0 <= row < self.people.rowCount():
                self.setCurrentIndex(self.people.index(row))

    def _open(self, index: QModelIndex, _before: QModelIndex) -> None:
        person = self.person_at(index)
        if person and not self._is_restoring:
            self.opened.emit(person.id)

    def _look_at_end(self, value: int) -> None:
        if value >= self.verticalScrollBar().maximum() - ROW and self.people.entries:
            self.ended.emit()


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: PeopleList) -> None:
        super().__init__(view)
        self._view = view
        self._base, self._small, self._bold = base_font(), small_font(), small_font()
        self._bold.setBold(True)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        entry = self._view.people.entries[index.row()]
        return QSize(100, HEADING if isinstance(entry, str) else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = self._view.people.entries[index.row()]
        rect: QRect = option.rect
        painter.save()
        # Marks that are piled up on letters would reach into other rows.
        painter.setClipRect(rect)
        if isinstance(entry, str):
            painter.setFont(self._bold)
            painter.setPen(QColor(tokens().muted))
            painter.drawText(rect.adjusted(16, 4, -8, 0), _LEFT, entry)
        else:
            self._paint_person(painter, rect, entry, option.state)
        painter.restore()

    def _paint_person(
        self, painter: QPainter, rect: QRect, person: PersonRow, state: QStyle.StateFlag
    ) -> None:
        colours = tokens()
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, QColor(colours.selected))
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), QColor(colours.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(colours.line))
        known = person.user is not None
        icon = pixmap("person" if known else "phone", colours.accent if known else colours.muted,
                      16, 2)  # fmt: skip
        painter.drawPixmap(rect.x() + 14, rect.y() + 8, icon)
        room = rect.adjusted(38, 5, -12, -rect.height() // 2 + 1)
        painter.setFont(self._base)
        painter.setPen(QColor(colours.text))
        title = one_line(visible(person_title(person)))
        shown = elided(title, self._base.key(), room.width(), Qt.TextElideMode.ElideMiddle)
        painter.drawText(room, _LEFT, shown)
        room = rect.adjusted(38, rect.height() // 2, -12, -5)
        painter.setFont(self._small)
        painter.setPen(QColor(colours.text if is_selected else colours.muted))
        facts = person_facts(person, self._view.people.now_ms)
        painter.drawText(room, _LEFT, elided(facts, self._small.key(), room.width(),
                                             Qt.TextElideMode.ElideRight))  # fmt: skip


def _key(entry: Entry) -> object:
    return entry if isinstance(entry, str) else entry.id
