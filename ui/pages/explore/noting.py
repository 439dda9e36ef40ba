"""
Annotations and releases: added at a point or from the list, changed, removed, all of it undone
with a click.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint

from app.errors import AppError
from app.query.microscope import Point
from app.query.releases import ANNOTATION, save_annotation, save_release
from app.query.releases import KIND as RELEASE
from app.store.definitions import Definition, Definitions
from ui.charts import PointAction
from ui.charts.data import Mark
from ui.charts.ticks import span_text
from ui.pages.explore.asking import Answer
from ui.pages.explore.marks import marks_at
from ui.pages.explore.noteform import Note, NoteForm
from ui.pages.explore.notelist import NoteList
from ui.plain import one_line

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk

MOST = 4


class Noting(QObject):
    """Writes notes and releases of a desk's workspace."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    # At a point

    def entries(self, answer: Answer, point: Point) -> list[PointAction]:
        """Entries of a point's menu for what is noted there."""
        return [
            PointAction(
                f"“{one_line(one.title, 40)}”",
                _nothing,
                "label" if one.kind == "release" else "note",
                children=(
                    PointAction("Change…", partial(self._change, one), "note"),
                    PointAction("Remove", partial(self._remove, one), "trash"),
                ),
            )
            for one in marks_at(answer.figure, point.bucket, self._desk.figure.marks)[:MOST]
            if one.id is not None
        ]

    def annotate(self, answer: Answer, point: Point) -> None:
        """Ask for a note on the time of a point."""
        start, end = self._time(answer, point)
        title = f"A note at {span_text(start, end)}"
        self._ask(Note(start_ms=start), title, "Add annotation", self._desk.place())

    def release(self, answer: Answer, point: Point) -> None:
        """Ask for a release at the time of a point."""
        start, end = self._time(answer, point)
        title = f"The version that was released on {span_text(start, end)}"
        note = Note(start_ms=start, is_release=True)
        self._ask(note, title, "Create release", self._desk.place())

    def _time(self, answer: Answer, point: Point) -> tuple[int, int]:
        from ui.pages.explore.deeds import period_of

        return period_of(answer, point)

    # From the list

    def open_list(self) -> None:
        """All notes and releases."""
        button = self._desk.controls.notes
        found = NoteList(self._desk, self._desk.marks)
        found.changing.connect(self._change)
        found.removing.connect(self._remove)
        found.adding.connect(self._add)
        found.open_at(button.mapToGlobal(QPoint(0, button.height() + 2)))

    def _add(self, kind: str) -> None:
        now = self._desk.clock().now_ms
        note = Note(start_ms=now - now % 60_000, is_release=kind == RELEASE)
        title = "A version that was released" if note.is_release else "Something that happened"
        button = "Create release" if note.is_release else "Add annotation"
        self._ask(note, title, button, self._below())

    def _below(self) -> QPoint:
        button = self._desk.controls.notes
        return button.mapToGlobal(QPoint(0, button.height() + 2))

    # Writing

    def _ask(self, note: Note, title: str, button: str, place: QPoint) -> None:
        kept = self._desk.keeping.current
        form = NoteForm(self._desk, title, button, note, chart=kept.id if kept else None)
        form.taken.connect(self._write)
        form.open_at(place)

    def _write(self, note: Note) -> None:
        before = self._read(note.id)

        def work(definitions: Definitions) -> Definition:
            if note.is_release:
                return save_release(
                    definitions, note.text, note.text, note.start_ms, note.platform, number=note.id
                )
            return save_annotation(
                definitions, note.text, note.start_ms, note.end_ms, note.category, note.chart,
                number=note.id,
            )  # fmt: skip

        made = self._do(work)
        if made is None:
            return
        if before is None:
            verb, undo = "was added", partial(self._forget, made.id)
        else:
            verb, undo = "was changed", partial(self._restore, before)
        self._desk.tell(f"“{one_line(note.text, 60)}” {verb}.", ("Undo", undo))

    def _change(self, mark: Mark, _spot: object = None) -> None:
        found = self._read(mark.id)
        if found is None:
            self._desk.look_up_marks()
            return
        self._ask(_note_of(found), "Change this", "Save", self._desk.place())

    def _remove(self, mark: Mark, _spot: object = None) -> None:
        before = self._read(mark.id)
        if before is not None:
            self._forget(before.id)
            self._desk.tell(
                f"“{one_line(before.name, 60)}” was removed.",
                ("Undo", partial(self._restore, before)),
            )

    def _read(self, number: int | None) -> Definition | None:
        return None if number is None else self._do(lambda found: found.get(number), look=False)

    def _forget(self, number: int) -> None:
        self._do(lambda definitions: definitions.remove(number))

    def _restore(self, before: Definition) -> None:
        self._do(lambda kept: kept.save(before.kind, before.name, before.body, before.id))

    def _do[T](self, work: Callable[[Definitions], T], *, look: bool = True) -> T | None:
        found: T | None = None
        try:
            with Definitions(self._desk.folder) as definitions:
                found = work(definitions)
        except AppError as error:
            self._desk.fail(error)
        if look:
            self._desk.look_up_marks()
        return found


def _note_of(found: Definition) -> Note:
    body = found.body
    is_release = found.kind != ANNOTATION
    end, chart = body.get("end_ms"), body.get("chart")
    return Note(
        id=found.id,
        text=found.name,
        start_ms=int(body.get("at_ms" if is_release else "start_ms") or 0),
        end_ms=int(end) if isinstance(end, int) else None,
        is_release=is_release,
        platform=str(body.get("platform") or ""),
        category=str(body.get("category") or ""),
        chart=chart if isinstance(chart, int) else None,
    )


def _nothing(_: object) -> None:
    """An entry that only opens others."""
