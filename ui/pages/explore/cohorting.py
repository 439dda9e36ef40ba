"""
Cohorts of a workspace, kept in order: their sizes, their names, removing them, making one, and one
of a segment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from shiboken6 import isValid

from app.errors import AppError, BadInput
from app.query import Clock, EventSpec, Performed, Segment, Warehouse
from app.query.cohorts import KIND, save_dynamic
from app.query.definition import AnyChart, CohortRef
from app.query.node import Node
from app.query.readsegment import read_segment
from app.store.definitions import Definition, Definitions
from ui.pages.explore.asking import charts_of
from ui.pages.explore.cohorteditor import CohortEditor
from ui.pages.explore.cohortexchange import CohortExchange
from ui.pages.explore.cohortlist import CohortList
from ui.pages.explore.drafts import finished
from ui.pages.explore.prompt import Prompt
from ui.plain import number, one_line, plural

if TYPE_CHECKING:
    from pathlib import Path

    from ui.pages.explore.desk import Desk


WIDE = 620


class Cohorting(QObject):
    """Does things with cohorts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._editor: CohortEditor | None = None
        self.exchange = CohortExchange(desk, self._use)

    def open_list(self) -> None:
        """All cohorts, and how many are in them."""
        try:
            with Definitions(self._desk.folder) as definitions:
                kept = definitions.all(KIND)
        except AppError as error:
            self._desk.fail(error)
            return
        has_segment = rule_of(finished(self._desk.chart)) is not None
        listed = CohortList(self._desk, kept, segment=has_segment)
        listed.editing.connect(self._edit)
        listed.using.connect(lambda one: self._use(one.id))
        listed.adding.connect(self.add)
        listed.renaming.connect(self._rename)
        listed.removing.connect(self._remove)
        listed.keeping.connect(self._keep)
        listed.importing.connect(self.exchange.open)
        listed.exporting.connect(self.exchange.offer)
        listed.open_at(self._place())
        for one in kept:
            self._ask_size(listed, one)

    def _place(self) -> QPoint:
        button = self._desk.head.more
        return button.mapToGlobal(QPoint(button.width() - WIDE, button.height() + 2))

    def _ask_size(self, listed: CohortList, one: Definition) -> None:
        folder, clock = self._desk.folder, self._desk.clock()

        def show(said: str) -> None:
            if isValid(listed):
                listed.show_size(one.id, said)

        def work(warehouse: Warehouse) -> str:
            return size_of(warehouse, one, clock, folder)

        # Each for itself: a slow rule holds up no other.
        job = self._desk.asker.ask(self, work, f"size {one.id}")
        job.then(show).catch(lambda error: show(error.sentence))

    # The editor

    @property
    def editor(self) -> CohortEditor:
        """Where rules are made, itself made when it is first wanted."""
        if self._editor is None:
            desk = self._desk
            made = CohortEditor(
                desk.asker, desk.folder, desk.clock, desk.look_up_values, desk.commands
            )
            made.saving.connect(self._save)
            made.closed.connect(self._close)
            desk.pages.addWidget(made)
            self._editor = made
        self._editor.show_names(self._desk.vocabulary)
        return self._editor

    @property
    def is_open(self) -> bool:
        """Whether a cohort is edited now."""
        return self._editor is not None and self._desk.pages.currentWidget() is self._editor

    def add(self) -> None:
        """A new one."""
        self.open(Segment(), "", None)

    def _edit(self, one: Definition) -> None:
        try:
            segment = read_segment(Node(one.body.get("segment"), f"cohort {one.name!r}"))
        except AppError as error:
            self._desk.fail(error)
            return
        self.open(segment, one.name, one.id)

    def open(self, segment: Segment, name: str, number: int | None) -> None:
        """Edit this rule, of the cohort with this number."""
        editor = self.editor
        self._desk.pages.setCurrentWidget(editor)
        editor.open(segment, name, number)
        self._desk.commands.refresh()

    def _save(self, name: str, segment: Segment, number: int | None, use: bool) -> None:
        made = self._write(lambda kept: save_dynamic(kept, name, segment, number))
        if made is None:
            return
        self._close()
        if use:
            self._use(made.id)
            return
        self._desk.tell(
            f"The cohort “{one_line(name, 60)}” was saved.",
            ("Use in chart", lambda: self._use(made.id)),
        )

    def leave(self) -> None:
        """Back to the chart, if a cohort is edited, or a list read."""
        if self.is_open:
            self.editor.leave()
        self.exchange.leave()

    def _close(self) -> None:
        desk, editor = self._desk, self.editor
        desk.pages.setCurrentWidget(desk.frame)
        desk.builder.setFocus(Qt.FocusReason.OtherFocusReason)
        desk.commands.refresh()
        if editor.is_changed and editor.segment != Segment():

            def again() -> None:
                desk.pages.setCurrentWidget(editor)

            desk.tell("The cohort was closed without being saved.", ("Back to it", again))

    def _use(self, number: int) -> None:
        """Make the chart about these people."""
        chart = self._desk.chart
        first, *rest = chart.segments
        if all(ref.cohort != number for ref in first.cohorts):
            first = replace(first, cohorts=(*first.cohorts, CohortRef(number)))
            self._desk.put(replace(chart, segments=(first, *rest)))

    def _rename(self, one: Definition) -> None:
        def take(text: str) -> None:
            self._write(lambda kept: kept.save(KIND, text, one.body, one.id))

        Prompt(self._desk, "Another name for this cohort", "Rename", take, one.name).open_at(
            self._place()
        )

    def _remove(self, one: Definition) -> None:
        self._write(lambda kept: kept.remove(one.id))
        undo = partial(self._write, lambda kept: kept.save(KIND, one.name, one.body, one.id))
        self._desk.tell(f"The cohort “{one_line(one.name, 60)}” was removed.", ("Undo", undo))

    def _keep(self) -> None:
        segment = rule_of(finished(self._desk.chart))
        if segment is None:
            return

        def take(text: str) -> None:
            self._write(lambda kept: save_dynamic(kept, text, segment))
            self._desk.tell(f"The cohort “{one_line(text, 60)}” was created.")

        Prompt(
            self._desk, "The people of this segment as a cohort, to be called", "Create cohort",
            take, segment.name,
        ).open_at(self._place())  # fmt: skip

    def _write[T](self, work: Callable[[Definitions], T]) -> T | None:
        """What `work` returns; None when it failed, which was said then."""
        found = None
        try:
            with Definitions(self._desk.folder) as definitions:
                found = work(definitions)
        except AppError as error:
            self._desk.fail(error)
        self._desk.look_up_names()
        # Charts that use it answer otherwise now.
        self._desk.ask()
        return found


def rule_of(chart: AnyChart) -> Segment | None:
    """The people of a chart's first segment as a rule of its own: what was about the chart's range
    says so, and filters of events are of people who did anything like that. None for one that says
    nothing about people."""
    segment = chart.segments[0]
    performed = tuple(
        one if one.during is not None else replace(one, during=chart.range)
        for one in segment.performed
    )
    if segment.where:
        did = EventSpec("any", where=segment.where)
        performed = (*performed, Performed(did, during=chart.range))
    found = replace(segment, name=segment.name, where=(), performed=performed)
    says = found.performed or found.held or found.cohorts or found.either
    return found if says or found.people is not None else None


def size_of(warehouse: Warehouse, one: Definition, clock: Clock, folder: Path) -> str:
    """How many are in a cohort now, in words."""
    kind = one.body.get("type")
    if kind == "groups":
        return plural(len(one.body.get("values") or ()), "group")
    if kind == "static":
        return number(len(one.body.get("members") or ()))
    charts = charts_of(warehouse, clock, folder)
    try:
        return number(charts.size(charts.context().cohorts[one.id]))
    except KeyError as error:
        raise BadInput("cannot be asked") from error
