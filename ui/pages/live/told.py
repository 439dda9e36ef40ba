"""
What the stream tells of an event besides itself: its worst problem, how often it was sent, and what
it was sent with.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError
from ui.context import Context

if TYPE_CHECKING:
    from app.filter.fields import Fields
    from app.lint.mutes import Muted
    from app.lint.shown import Worst
    from app.store.attempts import Attempts

MOST = 20_000
MOST_OPEN = 500
"""Rows that are looked at again once the study has come to them."""


class Told(QObject):
    """`problems`, `attempts` and `fields` are the same dictionaries for good.

    Signals:
        changed: something is known of rows that were painted without it.
        muted: a person muted other rules than before.
    """

    changed = Signal()
    muted = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._muted: Muted = frozenset()
        self._open: set[int] = set()
        self.problems: dict[int, Worst] = {}
        self.attempts: dict[int, Attempts] = {}
        self.fields: dict[int, Fields] = {}
        self._has_fields = False

    def read(self, rows: Sequence[Any], *, is_folding: bool, has_fields: bool) -> None:
        """Look at these rows, before they are painted. `has_fields`: what they were sent with is
        shown."""
        from app.store.attempts import attempts_of

        for told in (self.problems, self.attempts, self.fields):
            if len(told) > MOST:
                told.clear()
        self._has_fields = has_fields
        ids = [row.id for row in rows]
        if "app.lint.shown" in sys.modules:
            self._read_problems(ids)
        else:
            # All rules are loaded with it, and the first rows need not wait for that.
            QTimer.singleShot(0, self, lambda: self._read_late(ids))
        studied = self._context.store.ask(lambda store: store.events.studied(), 0)
        self._open.update(number for number in ids if number > studied)
        if is_folding:
            nothing: dict[int, Attempts] = {}
            ask = self._context.store.ask
            self.attempts.update(ask(lambda store: attempts_of(store.connection, ids), nothing))
        if has_fields:
            self._read_fields(ids)

    def look(self) -> None:
        """See whether the study has come to rows that were painted before it."""
        if not self._open:
            return
        studied = self._context.store.ask(lambda store: store.events.studied(), 0)
        ready = sorted(number for number in self._open if number <= studied)[-MOST_OPEN:]
        if not ready:
            return
        self._open = {number for number in self._open if number > studied}
        has_problems = self._read_problems(ready)
        if (self._has_fields and self._read_fields(ready)) or has_problems:
            self.changed.emit()

    def look_again(self) -> None:
        """Read again what a person muted."""
        from app.lint.mutes import muted

        try:
            found = muted(self._context.workspace)
        except AppError:
            # The page of problems says so; the stream goes on with what was known.
            return
        if found != self._muted:
            self._muted = found
            self.problems.clear()
            self.changed.emit()
            self.muted.emit()

    def _read_late(self, ids: Sequence[int]) -> None:
        if self._read_problems(ids):
            self.changed.emit()

    def _read_problems(self, ids: Sequence[int]) -> bool:
        """Whether there are some."""
        from app.lint.shown import worst_of

        nothing: dict[int, Worst] = {}
        found = self._context.store.ask(lambda store: worst_of(store, ids, self._muted), nothing)
        self.problems.update(found)
        return bool(found)

    def _read_fields(self, ids: Sequence[int]) -> bool:
        """Whether there are some."""
        from app.store.fields import fields_of_events

        nothing: dict[int, Fields] = {}
        found = self._context.store.ask(
            lambda store: fields_of_events(store.connection, ids), nothing
        )
        self.fields.update(found)
        return bool(found)
