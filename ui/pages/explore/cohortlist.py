"""
All cohorts in a list: how many they are now, another rule or name, and gone with an undo; a new
one, or the people of the chart's segment as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from app.store.definitions import Definition
from ui.pages.explore.listpopup import ListPopup
from ui.pages.explore.popup import button
from ui.plain import one_line

SIZE = (620, 360)
KINDS = {"static": "these people", "dynamic": "by a rule", "groups": "groups"}
EMPTY = (
    "People who have something in common. Say who they are with New cohort, click a point of a"
    " chart and choose Create Cohort, or import a list of ids; then filter charts by them."
)


class CohortList(ListPopup):
    """Cohorts by name.

    Signals:
        editing: the rule of a cohort (its Definition) is to be changed.
        using: the chart is to be about the people of a cohort.
        renaming: a cohort is to have another name.
        removing: a cohort is to be removed.
        adding: a new one is wanted.
        keeping: the people of the chart's segment are to be a cohort.
        importing: a list of ids is to be a cohort.
        exporting: a cohort is to be written to a file; where on the screen that was asked.
    """

    editing = Signal(object)
    using = Signal(object)
    renaming = Signal(object)
    removing = Signal(object)
    adding = Signal()
    keeping = Signal()
    importing = Signal()
    exporting = Signal(object, object)

    def __init__(self, parent: QWidget, cohorts: Sequence[Definition], *, segment: bool) -> None:
        """`segment` tells whether the chart's segment says anything about people."""
        super().__init__(parent, "Cohorts", 3, EMPTY)
        self._rows: dict[int, QTreeWidgetItem] = {}
        for one in sorted(cohorts, key=lambda found: found.name.casefold()):
            self._add_cohort(one)
        self.edit = button("Edit…", lambda: self.take(self.editing.emit))
        self.use = button("Use in chart", lambda: self.take(self.using.emit))
        self.use.setToolTip("The chart is about these people")
        self.rename = button("Rename…", lambda: self.take(self.renaming.emit))
        self.remove = button("Remove", self.remove_current)
        self.export = button("Export…", self._export)
        self.export.setToolTip("Write the cohort to a file")
        self.load = button("Import a list…", lambda: self._go(self.importing))
        self.load.setToolTip("A file with one id a line; it can also be dropped on the page")
        self.keep = button("Keep this chart's people…", lambda: self._go(self.keeping))
        self.keep.setEnabled(segment)
        self.keep.setToolTip(
            "The people of the first segment, asked anew each time"
            if segment
            else "Add a filter, or who did something, to the segment first"
        )
        self.add = button("New cohort…", lambda: self._go(self.adding))
        self.add.setProperty("kind", "primary")
        self.add.setToolTip("Say who they are: what they did, what they had")
        self.list.itemActivated.connect(lambda *_: self._activate())
        self.add_feet((self.use, self.edit, self.rename, self.export, self.remove), ())
        self.add_feet((), (self.load, self.keep, self.add))
        self.setFixedSize(*SIZE)

    def _add_cohort(self, one: Definition) -> None:
        kind = KINDS.get(str(one.body.get("type")), "")
        name = one_line(one.name, 120) or "(no name)"
        row = self.add_row(one, (name, kind, "…"), one.name)
        row.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._rows[one.id] = row

    def show_size(self, number: int, said: str) -> None:
        """Say how many are in a cohort."""
        if number in self._rows:
            self._rows[number].setText(2, said)

    def look(self) -> None:
        found = self.current()
        for part in (self.use, self.rename, self.export, self.remove):
            part.setEnabled(found is not None)
        has_rule = found is not None and has_a_rule(found)
        self.edit.setEnabled(has_rule)
        self.edit.setToolTip(
            "Change who they are" if has_rule else "Nobody said a rule for these: they are a list"
        )

    def remove_current(self) -> None:
        self.take(self.removing.emit)

    def _export(self) -> None:
        found = self.current()
        if found is not None:
            place = self.export.mapToGlobal(QPoint(0, self.export.height()))
            self.close()
            self.exporting.emit(found, place)

    def _activate(self) -> None:
        self.take((self.editing if has_a_rule(self.current()) else self.renaming).emit)

    def _go(self, signal: Any) -> None:
        self.close()
        signal.emit()


def has_a_rule(one: Definition) -> bool:
    """Whether it says who they are in conditions, and not by a list or a point of a funnel."""
    return one.body.get("type") == "dynamic" and one.body.get("segment") is not None
