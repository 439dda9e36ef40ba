"""
All notes and releases in a list below their button: Enter changes one, Delete removes it.

Releases that versions of apps told of are in it too, but nobody wrote them, and nobody changes
them here.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.query.releases import ANNOTATION
from app.query.releases import KIND as RELEASE
from ui.charts.data import Mark
from ui.plain import local_time, one_line, tooltip
from ui.theme import label

SIZE = (580, 340)
_MARK = Qt.ItemDataRole.UserRole


class NoteList(QFrame):
    """Notes and releases, newest first.

    Signals:
        changing: a Mark is to be changed.
        removing: a Mark is to be removed.
        adding: another one is wanted: `annotation` or `release`.
    """

    changing = Signal(object)
    removing = Signal(object)
    adding = Signal(str)

    def __init__(self, parent: QWidget, marks: Sequence[Mark]) -> None:
        super().__init__(parent.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName("Annotations and releases")
        self.list = QTreeWidget()
        self.list.setAccessibleName("Annotations and releases")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for one in sorted(marks, key=lambda mark: -mark.at_ms):
            self.list.addTopLevelItem(_row(one))
        self.list.currentItemChanged.connect(lambda *_: self._look())
        self.list.itemActivated.connect(lambda *_: self._take(self.changing))
        self.change = self._button("Change…", lambda: self._take(self.changing))
        self.remove = self._button("Remove", lambda: self._take(self.removing))
        self.note = self._button("Add annotation…", lambda: self._add(ANNOTATION))
        self.release = self._button("Add release…", lambda: self._add(RELEASE))
        self._lay_out(is_empty=not marks)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._look()

    def _button(self, title: str, run: object) -> QPushButton:
        button = QPushButton(title)
        button.clicked.connect(run)
        return button

    def _lay_out(self, *, is_empty: bool) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(label("Annotations and releases", "strong"))
        text = "What happened besides events: a launch, an outage, a release. Charts mark it."
        said = label(text, "muted", wrap=True)
        said.setVisible(is_empty)
        rows.addWidget(said)
        rows.addWidget(self.list, 1)
        foot = QHBoxLayout()
        for part in (self.change, self.remove):
            foot.addWidget(part)
        foot.addStretch(1)
        for part in (self.note, self.release):
            foot.addWidget(part)
        rows.addLayout(foot)

    def open_at(self, place: QPoint) -> None:
        """Show it there, as far as the screen allows."""
        self.setFixedSize(*SIZE)
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _current(self) -> Mark | None:
        item = self.list.currentItem()
        found: Mark | None = item.data(0, _MARK) if item else None
        return found if found is not None and found.id is not None else None

    def _look(self) -> None:
        for button in (self.change, self.remove):
            button.setEnabled(self._current() is not None)

    def _take(self, signal: object) -> None:
        mark = self._current()
        if mark is not None:
            self.close()
            signal.emit(mark)  # type: ignore[attr-defined]

    def _add(self, kind: str) -> None:
        self.close()
        self.adding.emit(kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._take(self.removing)
        else:
            super().keyPressEvent(event)


def _row(one: Mark) -> QTreeWidgetItem:
    when = local_time(one.at_ms)[:16]
    if one.end_ms is not None:
        when = f"{when} – {local_time(one.end_ms)[:16]}"
    title = one_line(one.title, 120)
    if one.id is None:
        title += "  (seen in events)"
    row = QTreeWidgetItem([title, when])
    row.setToolTip(0, tooltip(one.title))
    row.setData(0, _MARK, one)
    return row
