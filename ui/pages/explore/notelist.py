"""
All notes and releases in a list below their button: Enter changes one, Delete removes it.

Releases that versions of apps told of are in it too, but nobody wrote them, and nobody changes
them here.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.query.releases import ANNOTATION
from app.query.releases import KIND as RELEASE
from ui.charts.data import Mark
from ui.pages.explore.listpopup import ListPopup
from ui.pages.explore.popup import button
from ui.plain import local_time, one_line

SIZE = (580, 340)
EMPTY = "What happened besides events: a launch, an outage, a release. Charts mark it."


class NoteList(ListPopup):
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
        super().__init__(parent, "Annotations and releases", 2, EMPTY)
        for one in sorted(marks, key=lambda mark: -mark.at_ms):
            self.add_row(one, _texts(one), one.title)
        self.list.itemActivated.connect(lambda *_: self.take(self.changing.emit))
        self.change = button("Change…", lambda: self.take(self.changing.emit))
        self.remove = button("Remove", self.remove_current)
        self.note = button("Add annotation…", lambda: self._add(ANNOTATION))
        self.release = button("Add release…", lambda: self._add(RELEASE))
        self.add_feet((self.change, self.remove), (self.note, self.release))
        self.setFixedSize(*SIZE)

    def current(self) -> Mark | None:
        """The chosen one, if somebody wrote it."""
        found: Mark | None = super().current()
        return found if found is not None and found.id is not None else None

    def look(self) -> None:
        for part in (self.change, self.remove):
            part.setEnabled(self.current() is not None)

    def remove_current(self) -> None:
        self.take(self.removing.emit)

    def _add(self, kind: str) -> None:
        self.close()
        self.adding.emit(kind)


def _texts(one: Mark) -> tuple[str, str]:
    when = local_time(one.at_ms)[:16]
    if one.end_ms is not None:
        when = f"{when} – {local_time(one.end_ms)[:16]}"
    title = one_line(one.title, 120)
    return (title if one.id is not None else f"{title}  (seen in events)", when)
