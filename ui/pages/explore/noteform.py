"""
A small form for a note or a release: what, from when, until when, and on which charts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QHBoxLayout, QWidget

from ui.pages.explore.numberbox import indent
from ui.pages.explore.popup import TextForm, line

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


class NoteForm(TextForm):
    """Asks for a note, holding nothing up; Enter takes it, Escape puts it away.

    Signals:
        taken: a Note that was filled in.
    """

    taken = Signal(object)

    def __init__(
        self, parent: QWidget, title: str, button: str, note: Note, *, chart: int | None
    ) -> None:
        """`chart` is the saved chart that is shown, if it is one."""
        what = "Version" if note.is_release else "What happened"
        super().__init__(parent, title, button, what, note.text)
        self._note, self._chart = note, chart
        self.platform = line("Platform, for example iOS", note.platform)
        self.category = line("Category", note.category)
        self.start = _time("From when", note.start_ms)
        self.has_end = QCheckBox("until")
        self.has_end.setChecked(note.end_ms is not None)
        self.end = _time("Until when", note.end_ms or note.start_ms + DAY)
        self.end.setEnabled(self.has_end.isChecked())
        self.has_end.toggled.connect(self.end.setEnabled)
        self.only_here = QCheckBox("Only on this chart")
        self.only_here.setChecked(note.chart is not None)
        is_kept = chart is not None or note.chart is not None
        self.only_here.setEnabled(is_kept)
        self.only_here.setToolTip(
            "Other charts do not show it" if is_kept else "Save the chart first"
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self.rows.addWidget(self.text)
        self.rows.addWidget(self.platform if self._note.is_release else self.category)
        times = QHBoxLayout()
        times.setSpacing(8)
        times.addWidget(self.start, 1)
        for part in (self.has_end, self.end):
            times.addWidget(part, int(part is self.end))
        self.rows.addLayout(times)
        foot = QHBoxLayout()
        foot.addWidget(self.only_here)
        if self._note.is_release:
            for part in (self.has_end, self.end, self.only_here):
                part.hide()
        foot.addStretch(1)
        foot.addWidget(self.button)
        self.rows.addLayout(foot)
        self.setFixedWidth(WIDTH)

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

    def take(self) -> None:
        self.taken.emit(self.note())


def _time(what: str, at_ms: int) -> QDateTimeEdit:
    field = QDateTimeEdit(QDateTime.fromMSecsSinceEpoch(at_ms))
    field.setDisplayFormat(FORMAT)
    field.setAccessibleName(what)
    indent(field)
    return field
