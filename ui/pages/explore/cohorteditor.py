"""
Making a cohort: who they are in sentences at the left, how many that is at the right, at once
(semantics §19).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.errors import AppError
from app.query import BadDefinition, Clock, Interrupted, Segment
from ui.actions import Actions
from ui.chartthread import ChartThread
from ui.pages.explore import words
from ui.pages.explore.cohortfacts import CohortFacts, Draft, by_day, counted
from ui.pages.explore.drafts import finished_segment, says_something
from ui.pages.explore.history import History
from ui.pages.explore.pieces import Pieces, Section, ValuesFor
from ui.pages.explore.popup import button, line
from ui.pages.explore.rule import MOST_WAYS, Rule
from ui.pages.explore.sheet import Sheet
from ui.pages.explore.vocabulary import Vocabulary
from ui.plain import one_line
from ui.theme import hairline, label

if TYPE_CHECKING:
    from app.query import Warehouse

EMPTY = "Say who they are: what they did, what they had, or which cohort they are in."
WIDTHS = (470, 520)


class CohortEditor(QWidget):
    """Edits the rule of a cohort. `clock` tells the time now, `values` fills pickers.

    Signals:
        saving: the cohort is to be kept: its name, its rule and its number, which is None for a
            new one; and whether the chart is to be about it.
        closed: the editor is not wanted any more.
    """

    saving = Signal(str, object, object, bool)
    closed = Signal()

    def __init__(
        self, asker: ChartThread, folder: Path, clock: Callable[[], Clock], values: ValuesFor,
        actions: Actions,
    ) -> None:  # fmt: skip
        super().__init__()
        self._asker, self._folder, self._clock = asker, folder, clock
        self._actions = actions
        self.history: History[Segment] = History(Segment())
        self.number: int | None = None
        self._began: tuple[str, Segment] = ("", Segment())
        self.pieces = Pieces(values)
        self.setAccessibleName("Cohort")
        self.title = label("", "title")
        self.name = line("Name of the cohort", "")
        self.name.setMinimumWidth(160)
        self.name.setMaximumWidth(360)
        self.name.textChanged.connect(lambda _: self._look())
        self.sheet = Sheet()
        self.sheet.setMinimumWidth(330)
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.facts = CohortFacts()
        self.close_button = button("Close", self.leave)
        self.close_button.setToolTip("Back to the chart  (Esc)")
        self.use = button("Save and use in chart", lambda: self.save(use=True))
        self.use.setToolTip("Keep the cohort, and make the chart about these people")
        self.keep: QPushButton = button("Save", self.save)
        self.keep.setProperty("kind", "primary")
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 8)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.name, 1)
        head.addStretch(1)
        for name in ("undo", "redo"):
            head.addWidget(self._actions.button(f"explore.{name}"))
        for part in (self.close_button, self.use, self.keep):
            head.addWidget(part)
        left = QWidget()
        left.setProperty("surface", True)
        left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.sheet, 1)
        column.addWidget(self.problem)
        self.problem.setContentsMargins(12, 0, 12, 8)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.facts)
        split.setStretchFactor(1, 1)
        split.setSizes(list(WIDTHS))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(hairline())
        rows.addWidget(split, 1)

    # What is edited

    @property
    def segment(self) -> Segment:
        """The rule as it stands."""
        return self.history.current

    def open(self, segment: Segment, name: str, number: int | None) -> None:
        """Edit this rule, of the cohort with this number."""
        self.history, self.number = History(segment), number
        self._began = name, segment
        self.facts.show_nothing("")
        self.title.setText("Cohort" if number is not None else "New cohort")
        self.name.setText(name)
        self._show()
        self.sheet.press("performed+" if not says_something(segment) else "")
        if says_something(segment):
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_changed(self) -> bool:
        """Whether closing would lose something."""
        return (self.name.text(), finished_segment(self.segment)) != self._began

    def show_names(self, vocabulary: Vocabulary) -> None:
        """These can be chosen."""
        had = self.pieces.vocabulary
        self.pieces.show_names(vocabulary)
        if had.rows() != vocabulary.rows() and self.isVisible():
            self._show()

    def put(self, segment: Segment) -> None:
        """Another rule; it can be undone."""
        self.history.put(segment)
        self._show()

    def undo(self) -> None:
        """The rule before this one."""
        self.history.undo()
        self._show()

    def redo(self) -> None:
        """The rule that was undone."""
        self.history.redo()
        self._show()

    def leave(self) -> None:
        """Back to the chart."""
        for purpose in ("count", "days"):
            self._asker.drop(self, purpose)
        self.closed.emit()

    def save(self, *, use: bool = False) -> None:
        """Keep it, if there is anything to keep."""
        rule = finished_segment(self.segment)
        if says_something(rule):
            name = self.name.text().strip() or self.name.placeholderText()
            self._began = self.name.text(), rule
            self.saving.emit(name, rule, self.number, use)

    # What is shown

    def _show(self) -> None:
        self.sheet.clear_problem()
        self.problem.hide()
        self.sheet.show_sections(self._sections())
        self.name.setPlaceholderText(rule_title(finished_segment(self.segment)))
        self._look()
        self._actions.refresh()
        self.ask()

    def _look(self) -> None:
        has_rule = says_something(finished_segment(self.segment))
        for part in (self.use, self.keep):
            part.setEnabled(has_rule)
        self.keep.setToolTip("Keep the cohort  (Ctrl+Enter)" if has_rule else EMPTY)

    def _sections(self) -> list[QWidget]:
        rule = Rule(self.pieces, "", self.segment, self.put, in_chart=False, own=self.number)
        section = Section("PEOPLE WHO")
        rows = rule.rows()
        for row in rows:
            section.rows.addWidget(row)
        is_said = says_something(finished_segment(self.segment))
        can_add = is_said and len(self.segment.either) < MOST_WAYS
        found: list[QWidget] = [section]
        if rows or not self.segment.either:
            section.rows.addWidget(rule.adding())
        for way in rule.ways():
            section.rows.addWidget(way)
        if can_add:
            section.rows.addWidget(self.pieces.row(rule.or_button()))
        if self.segment.either and not rows:
            always = Section("AND IN ANY CASE")
            always.rows.addWidget(rule.adding())
            found.append(always)
        if not is_said:
            section.rows.addWidget(self.pieces.note(EMPTY))
        return found

    def ask(self) -> None:
        """How many they are now, and then day by day."""
        segment = finished_segment(self.segment)
        if not says_something(segment):
            for purpose in ("count", "days"):
                self._asker.drop(self, purpose)
            self.facts.show_nothing("")
            return
        draft, clock, folder = Draft(segment, self.number), self._clock(), self._folder
        self.facts.said.setText("Looking…")

        def count(warehouse: Warehouse) -> tuple[int, int, list[str]]:
            return counted(warehouse, draft, clock, folder)

        self._asker.drop(self, "days")
        self._asker.ask(self, count, "count").then(partial(self._show_counted, draft, clock)).catch(
            self._fail
        )

    def _show_counted(self, draft: Draft, clock: Clock, found: tuple[int, int, list[str]]) -> None:
        self.facts.show_counted(*found)
        folder = self._folder
        days = self._asker.ask(
            self, lambda warehouse: by_day(warehouse, draft, clock, folder), "days"
        )
        days.then(lambda shown: self.facts.show_days(*shown)).catch(self._fail)

    def _fail(self, error: AppError) -> None:
        """Say what is wrong, at its place if it has one."""
        if isinstance(error, Interrupted):
            return
        self.facts.show_nothing("")
        if isinstance(error, BadDefinition) and self.sheet.show_problem(error.path, error.problem):
            return
        self.problem.setText(f"{error.sentence} {error.hint}".strip())
        self.problem.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        else:
            super().keyPressEvent(event)


def rule_title(segment: Segment) -> str:
    """A name for a rule that has none yet: what it says first."""
    for way in (segment, *segment.either):
        if way.performed:
            one = way.performed[0]
            did = "Did not do" if one.negated else "Did"
            return one_line(f"{did} {one.event.title()}", 60)
        if way.held:
            held = way.held[0]
            values = " or ".join(words.value_title(value) for value in held.values[:2])
            return one_line(
                f"{words.property_title(held.property)} {words.OPERATORS[held.op]} {values}", 60
            )
    return "Cohort"
