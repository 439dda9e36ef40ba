"""
Keeps, archives and removes labeled events, and takes any of that back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, BadInput
from app.label.events import LabeledEvent
from app.label.filed import Filed, fitting
from app.label.labels import Labels
from ui.context import Context
from ui.plain import plural

MOST_STEPS = 100
TOLD = 20


class Keeper(QObject):
    """Signals: `changed` when other labeled events are kept than before."""

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._steps: list[tuple[str, Callable[[], object]]] = []

    @property
    def can_undo(self) -> bool:
        """Whether something was done that can be taken back."""
        return bool(self._steps)

    def save(self, event: LabeledEvent, before: LabeledEvent | None, told: str = "") -> str:
        """Keep it, instead of `before` if that is given; says so, or gives the reason why it
        cannot be kept."""
        try:
            saved = self._put(event)
        except BadInput as error:
            return error.sentence
        if saved is None:
            return "It could not be written."
        back = (lambda: self._take_away(saved)) if before is None else lambda: self._put(before)
        self._did(told or f"“{saved.name}” is counted.", saved.name, back)
        return ""

    def save_all(self, read: Filed) -> None:
        """Keep what was imported, as one step; says what cannot be kept, with its place."""
        try:
            with Labels(self._context.workspace) as labels:
                fit = fitting(read, labels.all())
                saved = labels.save_all(entry.label for entry in fit.entries)
        except AppError as error:
            self._context.notifications.warn(f"{error.sentence} {error.hint}".strip())
            return
        if saved:
            told = f"{plural(len(saved), 'labeled event')} imported."
            self._did(told, told, lambda: self._take_all_away(saved))
        lost = [sentence for entry in fit.entries for sentence in entry.warnings]
        problems = [*map(str, fit.refused), *lost]
        if problems:
            first = "Not everything could be taken over as it was."
            more = [f"… and {len(problems) - TOLD:,} more"] if len(problems) > TOLD else []
            self._context.notifications.warn(
                first if saved else "Nothing was imported.", "\n".join([*problems[:TOLD], *more])
            )

    def archive(self, event: LabeledEvent) -> None:
        """Take it out of counting, or put it back."""
        kept = replace(event, archived=not event.archived)
        word = "archived" if kept.archived else "counted again"
        problem = self.save(kept, event, f"“{event.name}” is {word}.")
        if problem:
            self._context.notifications.warn(problem)

    def remove(self, event: LabeledEvent) -> None:
        """Remove it."""
        if self._take_away(event):
            self._did(f"“{event.name}” was removed.", event.name, lambda: self._put(event))

    def undo(self) -> None:
        """Take back what was done last."""
        if self._steps:
            name, back = self._steps.pop()
            self._run(name, back)

    def _did(self, told: str, name: str, back: Callable[[], object]) -> None:
        step = (name, back)
        self._steps.append(step)
        del self._steps[:-MOST_STEPS]

        def take_back() -> None:
            if step in self._steps:
                self._steps.remove(step)
                self._run(*step)

        self._context.notifications.info(told, ("Undo", take_back), "label")
        self.changed.emit()

    def _run(self, name: str, back: Callable[[], object]) -> None:
        try:
            back()
        except BadInput as error:
            # Its name was given to another one in the meantime, say.
            self._context.notifications.warn(f"“{name}” stays as it is: {error.sentence}")
        self.changed.emit()

    def _put(self, event: LabeledEvent) -> LabeledEvent | None:
        """Raises BadInput when it is not usable; says when it cannot be written."""
        try:
            with Labels(self._context.workspace) as labels:
                return labels.save(event)
        except BadInput:
            raise
        except AppError as error:
            self._context.notifications.warn(f"{error.sentence} {error.hint}".strip())
            return None

    def _take_away(self, event: LabeledEvent) -> bool:
        if event.id is None:
            return False
        try:
            with Labels(self._context.workspace) as labels:
                labels.remove(event.id)
        except AppError as error:
            self._context.notifications.warn(error.sentence)
            return False
        return True

    def _take_all_away(self, saved: list[LabeledEvent]) -> None:
        try:
            with Labels(self._context.workspace) as labels:
                labels.remove_all(one.id for one in saved if one.id is not None)
        except AppError as error:
            self._context.notifications.warn(error.sentence)
