"""
A small form for a note or a release: what, from when, until when, and on which charts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QDateTime, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDateTimeEdit,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.theme import label

WIDTH = 400
FORMAT = "d MMM yyyy  HH:mm"
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Note:
    """A note, or a release, as a person fills it in. Times in ms; without `end_ms` it is of a
    moment. `chart` is the saved chart that alone shows it."""

    text: str = ""
    start_ms: int = 0
    end_ms: int | None = None
    is_release: bool = False
    platform: str = ""
    category: str = ""
    chart: int | None = None
    id: int | None = None


class NoteForm(QFrame):
    """Asks for a note, holding nothing up; Enter takes it, Escape puts it away.

    Signals:
        taken: a Note that was filled in.
    """

    taken = Signal(object)

    def __init__(
        self, parent: QWidget, title: str, button: str, note: Note, *, chart: int | None
    ) -> None:
        """`chart` is the saved chart that is shown, if it is one."""
        super().__init__(parent.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName(title)
        self._note, self._chart = note, chart
        what = "Version" if note.is_release else "What happened"
        self.text = self._line(what, note.text)
        self.platform = self._line("Platform, for example iOS", note.platform)
        self.category = self._line("Category", note.category)
        self.start = self._time("From when", note.start_ms)
        self.has_end = QCheckBox("until")
        self.has_end.setChecked(note.end_ms is not None)
        self.end = self._time("Until when", note.end_ms or note.start_ms + DAY)
        self.end.setEnabled(self.has_end.isChecked())
        self.has_end.toggled.connect(self.end.setEnabled)
        self.only_here = QCheckBox("Only on this chart")
        self.only_here.setChecked(note.chart is not None)
        is_kept = chart is not None or note.chart is not None
        self.only_here.setEnabled(is_kept)
        self.only_here.setToolTip(
            "Other charts do not show it" if is_kept else "Save the chart first"
        )
        self.button = QPushButton(button)
        self.button.setProperty("kind", "primary")
        self.button.clicked.connect(self._done)
        self.text.textChanged.connect(self._look)
        self._lay_out(title)
        self._look(note.text)

    @staticmethod
    def _line(what: str, text: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setPlaceholderText(what)
        field.setAccessibleName(what)
        field.setMaxLength(200)
        return field

    @staticmethod
    def _time(what: str, at_ms: int) -> QDateTimeEdit:
        field = QDateTimeEdit(QDateTime.fromMSecsSinceEpoch(at_ms))
        field.setDisplayFormat(FORMAT)
        field.setAccessibleName(what)
        return field

    def _lay_out(self, title: str) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(label(title, "muted", wrap=True))
        rows.addWidget(self.text)
        rows.addWidget(self.platform if self._note.is_release else self.category)
        times = QHBoxLayout()
        times.setSpacing(8)
        times.addWidget(self.start, 1)
        for part in (self.has_end, self.end):
            part.setVisible(not self._note.is_release)
            times.addWidget(part, int(part is self.end))
        rows.addLayout(times)
        foot = QHBoxLayout()
        foot.addWidget(self.only_here)
        self.only_here.setVisible(not self._note.is_release)
        foot.addStretch(1)
        foot.addWidget(self.button)
        rows.addLayout(foot)

    def open_at(self, place: QPoint) -> None:
        """Show it there, as far as the screen allows."""
        self.setFixedWidth(WIDTH)
        self.adjustSize()
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        left = max(room.left(), min(place.x(), room.right() - self.width()))
        self.move(left, max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.show()
        self.text.selectAll()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._done()
        else:
            super().keyPressEvent(event)

    def _look(self, text: str) -> None:
        self.button.setEnabled(bool(text.strip()))

    def note(self) -> Note:
        """What was filled in; an end before its beginning changes places with it."""
        start, end = (field.dateTime().toMSecsSinceEpoch() for field in (self.start, self.end))
        ends = self.has_end.isChecked() and not self._note.is_release
        if ends and end < start:
            start, end = end, start
        chart = self._note.chart if self._note.chart is not None else self._chart
        return replace(
            self._note,
            text=self.text.text().strip(),
            start_ms=start,
            end_ms=end if ends else None,
            platform=self.platform.text().strip(),
            category=self.category.text().strip(),
            chart=chart if self.only_here.isChecked() else None,
        )

    def _done(self) -> None:
        if self.text.text().strip():
            note = self.note()
            self.close()
            self.taken.emit(note)
