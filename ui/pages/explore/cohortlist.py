"""
All cohorts in a list: how many they are now, another name, and gone with an undo; and the people of
the chart's segment as a new one.
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

from app.store.definitions import Definition
from ui.plain import one_line, tooltip
from ui.theme import label

SIZE = (560, 340)
KINDS = {"static": "these people", "dynamic": "by a rule", "groups": "groups"}
_COHORT = Qt.ItemDataRole.UserRole


class CohortList(QFrame):
    """Cohorts by name.

    Signals:
        renaming: a cohort (its Definition) is to have another name.
        removing: a cohort is to be removed.
        keeping: the people of the chart's segment are to be a cohort.
    """

    renaming = Signal(object)
    removing = Signal(object)
    keeping = Signal()

    def __init__(self, parent: QWidget, cohorts: Sequence[Definition], *, segment: bool) -> None:
        """`segment` tells whether the chart's segment says anything about people."""
        super().__init__(parent.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName("Cohorts")
        self.list = QTreeWidget()
        self.list.setAccessibleName("Cohorts")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in (1, 2):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        self._rows: dict[int, QTreeWidgetItem] = {}
        for one in sorted(cohorts, key=lambda found: found.name.casefold()):
            self.list.addTopLevelItem(self._row(one))
        self.rename = self._button("Rename…", lambda: self._take(self.renaming))
        self.remove = self._button("Remove", lambda: self._take(self.removing))
        self.keep = self._button("Keep this chart's people…", self._keep)
        self.keep.setEnabled(segment)
        self.keep.setToolTip(
            "The people of the first segment, asked anew each time"
            if segment
            else "Add a filter, or who did something, to the segment first"
        )
        self.list.itemActivated.connect(lambda *_: self._take(self.renaming))
        self.list.currentItemChanged.connect(lambda *_: self._look())
        self._lay_out(is_empty=not cohorts)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._look()

    def _row(self, one: Definition) -> QTreeWidgetItem:
        kind = KINDS.get(str(one.body.get("type")), "")
        row = QTreeWidgetItem([one_line(one.name, 120) or "(no name)", kind, "…"])
        row.setToolTip(0, tooltip(one.name))
        row.setData(0, _COHORT, one)
        row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._rows[one.id] = row
        return row

    def _button(self, title: str, run: object) -> QPushButton:
        button = QPushButton(title)
        button.clicked.connect(run)
        return button

    def _lay_out(self, *, is_empty: bool) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(label("Cohorts", "strong"))
        text = (
            "People who have something in common. Click a point of a chart and choose Create"
            " Cohort, or keep the people of a segment; then filter other charts by them."
        )
        said = label(text, "muted", wrap=True)
        said.setVisible(is_empty)
        rows.addWidget(said)
        rows.addWidget(self.list, 1)
        foot = QHBoxLayout()
        for part in (self.rename, self.remove):
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(self.keep)
        rows.addLayout(foot)

    def show_size(self, number: int, said: str) -> None:
        """Say how many are in a cohort."""
        if number in self._rows:
            self._rows[number].setText(2, said)

    def open_at(self, place: QPoint) -> None:
        """Show it there, as far as the screen allows."""
        self.setFixedSize(*SIZE)
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def _current(self) -> Definition | None:
        item = self.list.currentItem()
        found: Definition | None = item.data(0, _COHORT) if item else None
        return found

    def _look(self) -> None:
        for button in (self.rename, self.remove):
            button.setEnabled(self._current() is not None)

    def _take(self, signal: object) -> None:
        found = self._current()
        if found is not None:
            self.close()
            signal.emit(found)  # type: ignore[attr-defined]

    def _keep(self) -> None:
        self.close()
        self.keeping.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._take(self.removing)
        else:
            super().keyPressEvent(event)
