"""
User streams: what each person did before, at and after a point, in one list with a head for each.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from app.query.streams import Stream, StreamEvent
from ui.plain import cell, clipboard, clock, one_line, plural, tooltip
from ui.theme import tokens

_EVENT = Qt.ItemDataRole.UserRole
_PERSON = Qt.ItemDataRole.UserRole + 1
MARK = "●  "
PLAIN = "     "


class StreamTree(QTreeWidget):
    """People with their events below them.

    Signals:
        event_asked: an event is wanted in Live (an id).
        person_asked: the person of an event is wanted (the event's id).
        left: Escape.
    """

    event_asked = Signal(object)
    person_asked = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._streams: tuple[Stream, ...] = ()
        self.setAccessibleName("User streams")
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(True)
        self.setIndentation(14)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.itemActivated.connect(self._open)

    def show_streams(self, streams: Sequence[Stream], *, keep: bool = False) -> None:
        """Show these; with `keep`, the list stays where it is."""
        self._streams = tuple(streams)
        place = self.verticalScrollBar().value() if keep else None
        self.clear()
        for stream in streams:
            self._add(stream)
        if place is not None:
            self.verticalScrollBar().setValue(place)
        else:
            self._show_first_mark()

    def _add(self, stream: Stream) -> None:
        user = stream.user
        name = user.user_id or user.device_id or f"Person {user.person}"
        head = QTreeWidgetItem(
            [one_line(name, 120), plural(user.events, "event") + " in that time"]
        )
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        head.setFont(0, font)
        head.setForeground(1, self.palette().placeholderText())
        head.setToolTip(0, tooltip(f"User ID {user.user_id or 'none'}, device {user.device_id}"))
        if stream.events:
            head.setData(0, _PERSON, stream.events[-1].id)
        self.addTopLevelItem(head)
        for event in stream.events:
            head.addChild(self._row(event))
        head.setExpanded(True)

    def _row(self, event: StreamEvent) -> QTreeWidgetItem:
        values = "  ·  ".join(f"{name}: {value[:80]}" for name, value in event.properties.items())
        text = one_line(f"{event.type}  {values}" if values else event.type, 240)
        row = QTreeWidgetItem(
            [(MARK if event.is_highlighted else PLAIN) + text, _second(event.time_ms)]
        )
        row.setToolTip(1, clock(event.time_ms))
        row.setData(0, _EVENT, event.id)
        row.setToolTip(0, tooltip(f"{event.type}\n{values}" if values else event.type))
        if event.is_highlighted:
            row.setForeground(0, QColor(tokens().accent))
            row.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{text}, at the point")
        elif not event.in_range:
            row.setForeground(0, QColor(tokens().muted))
        row.setForeground(1, self.palette().placeholderText())
        return row

    def marked(self) -> list[str]:
        """The highlighted events, as they are shown."""
        return [
            row.text(0).removeprefix(MARK)
            for head in map(self.topLevelItem, range(self.topLevelItemCount()))
            if head is not None
            for row in map(head.child, range(head.childCount()))
            if row is not None and row.text(0).startswith(MARK)
        ]

    def _show_first_mark(self) -> None:
        head = self.topLevelItem(0)
        if head is None:
            return
        rows = [head.child(at) for at in range(head.childCount())]
        lit = next((row for row in rows if row and row.text(0).startswith(MARK)), None)
        if lit is not None:
            self.setCurrentItem(lit, 0, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollToItem(lit, QTreeWidget.ScrollHint.PositionAtCenter)

    def _open(self, row: QTreeWidgetItem, _column: int) -> None:
        event, person = row.data(0, _EVENT), row.data(0, _PERSON)
        if event is not None:
            self.event_asked.emit(event)
        elif person is not None:
            self.person_asked.emit(person)

    def changeEvent(self, event: QEvent) -> None:
        """Colours are part of the rows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.__dict__.get("_streams"):
            self.show_streams(self._streams, keep=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            rows = (f"{cell(one.text(0).strip())}\t{one.text(1)}" for one in self.selectedItems())
            QGuiApplication.clipboard().setText(clipboard("\n".join(rows)))
        else:
            super().keyPressEvent(event)


def _second(at_ms: int) -> str:
    """A time to the second: there is little room, and order tells the rest."""
    return clock(at_ms).partition(".")[0]
