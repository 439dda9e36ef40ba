"""
The names of labeled events on the clicks that they count, in the stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.label.element import ACTIONS
from ui.context import Context

MOST = 20_000


class LabelNames(QObject):
    """What labels say of which event. `by_event` is the same dictionary for good.

    Signals:
        changed: other labels match than before.
    """

    changed = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._names: dict[int, str] = {}
        self._stamp: tuple[str, int] = ("", 0)
        self.by_event: dict[int, tuple[str, ...]] = {}

    def read(self, rows: Sequence[Any]) -> None:
        """Look for labels of these rows, before they are painted."""
        from app.label.shown import Labeled, labels_of

        clicks = [row.id for row in rows if row.type in ACTIONS]
        # Nothing is asked while nothing is labeled.
        if not clicks or not self._stamp[0]:
            return
        nothing: Labeled = {}
        found = self._context.store.ask(lambda store: labels_of(store, clicks), nothing)
        if any(label not in self._names for labels in found.values() for label in labels):
            self._load_names()
        if len(self.by_event) > MOST:
            self.by_event.clear()
        for event in clicks:
            names = tuple(self._names[one] for one in found.get(event, ()) if one in self._names)
            if names:
                self.by_event[event] = names
            else:
                self.by_event.pop(event, None)

    def look(self, *, again: bool = False) -> None:
        """See whether the study has judged anew; `again` reads names again too."""
        from app.label.shown import judged

        stamp = self._context.store.ask(judged, self._stamp)
        if again:
            self._names.clear()
        if stamp != self._stamp or (again and stamp[0]):
            self._stamp = stamp
            self.changed.emit()

    def _load_names(self) -> None:
        from app.label.labels import Labels

        try:
            with Labels(self._context.workspace) as labels:
                self._names = {one.id: one.name for one in labels.all() if one.id is not None}
        except AppError:
            # The Label page says so; the stream goes on without names.
            self._names = {}
