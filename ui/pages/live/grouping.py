"""
The stream in groups that open and close, in place of the plain table.

Groups are made of exactly the events that the stream shows: from the newest down, a part at a
time, so that the first groups are there at once and every count is true once the last part was
looked at. What waits while the stream is paused is in no group yet.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.grouped import Groups
from app.grouping import By, Head, Key
from ui.context import Context
from ui.plain import number, plural
from ui.table.cells import Column
from ui.table.groupmodel import GroupModel
from ui.table.groupview import GroupView
from ui.table.stream import EventStream
from ui.theme import label

if TYPE_CHECKING:
    from app.store import Store
    from app.store.eventgroups import Found
    from app.store.events import EventRow

FIRST = 2_000
WINDOW = 10_000
"""Events that are looked at in one go."""
OPEN_AT_FIRST = 20
LARGE = 100
"""Groups with more events stay closed until a person opens them."""
PAUSE_MS = 100
CHECK_MS = 2_000
"""How often is looked whether persons turned out to be others."""


class GroupPane(QWidget):
    """A table of groups.

    Signals:
        failed: an AppError.
    """

    failed = Signal(object)

    def __init__(
        self,
        context: Context,
        stream: EventStream,
        columns: Callable[[], Sequence[Column]],
        rows: Callable[[Sequence[int]], Sequence[EventRow]],
    ) -> None:
        super().__init__()
        self._context = context
        self._stream = stream
        self._by: By | None = None
        self._shown: By | None = None
        """What the groups that are shown have in common: others stay until there are new ones."""
        self._chosen: object = None
        self._studied = 0
        self._roots: dict[int, int] = {}
        self._is_asking = False
        self._is_new = True
        self._opened: set[Key] = set()
        self._closed: set[Key] = set()
        self.note = label("", "small")
        self.note.setContentsMargins(16, 6, 16, 6)
        self.model = GroupModel(columns(), rows, self._heads, self)
        self.table = GroupView(self.model)
        self.table.setAccessibleName("Events in groups, newest first")
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.note)
        lines.addWidget(self.table, 1)
        self._later = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._later.timeout.connect(self._go_on)
        self._check = QTimer(self, singleShot=True, interval=CHECK_MS)
        self._check.timeout.connect(self._look_at_people)
        stream.counted.connect(self.load_later)
        self.table.toggled.connect(self._remember)

    # What is asked for

    def group_by(self, by: By | None) -> None:
        """Group by this from now on; None does nothing any more."""
        if by is not self._by:
            self._by = by
            self._opened.clear()
            self._closed.clear()
            self._begin()
        self._go_on()

    def use_columns(self, columns: Sequence[Column], *, tells_before: bool) -> None:
        """Show other columns."""
        self.table.use_columns(columns, tells_before=tells_before)

    def redraw(self) -> None:
        """Marks, names or labels have changed."""
        self.model.forget_cells()

    def load_later(self) -> None:
        """The stream has changed: look soon, and not for each event."""
        if self._by is not None and not self._later.isActive():
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._go_on()

    def _begin(self) -> None:
        """From the start, with what is shown staying until there is something else."""
        self._context.jobs.drop(self, "groups")
        self._context.jobs.drop(self, "people")
        self._is_asking = False
        self._is_new = True
        self._chosen = self._stream.chosen
        self._roots.clear()

    # Part by part

    def _go_on(self) -> None:
        """Look at the next part of the stream, when there is one."""
        by = self._by
        if by is None or not self.isVisible() or self._stream.is_loading:
            return
        if by is By.PERSON:
            self._look_at_study()
        if self._chosen is not self._stream.chosen:
            self._begin()
        if self._is_asking:
            return
        self._follow_stream()
        ids = self._next()
        if not ids:
            self._finish()
            return
        self._is_asking = True

        def find(store: Store) -> Found:
            from app.store.eventgroups import EventGroups

            return EventGroups(store.connection).find(by, ids)

        self._context.jobs.read(self, find, "groups").then(self._add).catch(self._fail)

    def _follow_stream(self) -> None:
        """Let go what the stream no longer has, and begin again when it has others."""
        flat, groups = self._stream.model, self.model.groups
        if self._is_new or groups.oldest is None or groups.newest is None:
            return
        first = flat.id_at(len(flat) - 1) if len(flat) else groups.newest + 1
        if groups.oldest < first:
            self._change(lambda: groups.drop_below(first))
        newest = groups.newest
        if newest is not None and flat.row_of(newest) < 0:
            self._begin()

    def _next(self) -> list[int]:
        """The ids to look at: those above all groups first, then those below."""
        flat, groups = self._stream.model, self.model.groups
        newest, oldest = (None, None) if self._is_new else (groups.newest, groups.oldest)
        if newest is None or oldest is None:
            return flat.ids(self._unstudied, FIRST)
        above = flat.row_of(newest)
        start = max(self._unstudied, above - WINDOW)
        if start < above:
            return flat.ids(start, above - start)
        return flat.ids(flat.row_of(oldest) + 1, WINDOW)

    @property
    def _unstudied(self) -> int:
        """How many rows of the stream wait for the study to say whose they are."""
        flat = self._stream.model
        if self._by is not By.PERSON or not self._studied or not len(flat):
            return 0
        if flat.id_at(0) <= self._studied:
            return 0
        return bisect_left(range(len(flat)), -self._studied, key=lambda row: -flat.id_at(row))

    def _add(self, found: Found) -> None:
        self._is_asking = False
        if not found.ids:
            # Gone meanwhile; the stream will say so.
            return
        groups = Groups() if self._is_new else self.model.groups
        newest = groups.newest

        def add() -> None:
            if newest is None or found.ids[0] < newest:
                groups.add_older(*found)
            else:
                groups.add_newer(*found)
            self.model.groups = groups
            self._shown = self._by

        self._is_new = False
        self._change(add)
        self._go_on()

    def _finish(self) -> None:
        """Everything was looked at."""
        if not len(self._stream.model) and len(self.model.groups):
            self.model.begin()
        self.model.use_partial(not self._stream.is_complete)
        self._tell()

    def _change(self, change: Callable[[], object]) -> None:
        self.model.use_partial(True)
        self.table.change(change, self._wanted_open)
        self._tell()

    def _fail(self, error: object) -> None:
        self._is_asking = False
        self.failed.emit(error)

    def _tell(self) -> None:
        groups = self.model.groups
        text = plural(len(groups), "group")
        if self.model.is_partial:
            text += f" so far, of {number(groups.events)} events"
        if self._unstudied:
            text += f"  ·  {plural(self._unstudied, 'newer event')} still being studied"
        self.note.setText(text)

    # Persons

    def _look_at_study(self) -> None:
        """Persons are known of events that were studied; of none, ids stand for them."""
        studied = self._context.store.ask(lambda store: store.events.studied(), 0)
        if bool(studied) != bool(self._studied) or studied < self._studied:
            self._begin()
        self._studied = studied
        if not self._check.isActive():
            self._check.start()

    def _look_at_people(self) -> None:
        def roots(store: Store) -> dict[int, int]:
            from app.store.eventgroups import EventGroups

            return EventGroups(store.connection).roots()

        if self._by is By.PERSON and self.isVisible():
            self._context.jobs.read(self, roots, "people").then(self._join)

    def _join(self, roots: dict[int, int]) -> None:
        """Put together who turned out to be one person."""
        new = {one: root for one, root in roots.items() if self._roots.get(one) != root}
        self._roots = roots
        groups = self.model.groups
        if not self._is_new and any(groups.number(one) is not None for one in new):
            self._change(lambda: groups.join(new))
            self.load_later()

    # Heads, and which are open

    def _heads(self, groups: Groups, numbers: Sequence[int]) -> Sequence[Head | None]:
        from app.store.eventgroups import EventGroups, Span

        by = self._shown
        nothing: list[Head | None] = [None] * len(numbers)
        if by is None:
            return nothing
        spans = [
            Span(groups.key(one), groups.count(one), groups.newest_of(one), groups.oldest_of(one))
            for one in numbers
        ]
        return self._context.store.ask(
            lambda store: EventGroups(store.connection).heads(by, spans), nothing
        )

    def _wanted_open(self) -> set[int]:
        groups = self.model.groups
        first = [groups.at(place) for place in range(min(OPEN_AT_FIRST, len(groups)))]
        # What belongs to nothing is many, and nobody asked for it.
        wanted = {one for one in first if self._opens_itself(groups, one)}
        asked = (groups.number(key) for key in self._opened)
        return wanted | {one for one in asked if one is not None and groups.place_of(one) >= 0}

    def _opens_itself(self, groups: Groups, group: int) -> bool:
        key = groups.key(group)
        is_small = groups.count(group) <= LARGE or self.model.is_open(group)
        return key is not None and key not in self._closed and is_small

    def _remember(self, group: int, is_open: bool) -> None:
        key = self.model.groups.key(group)
        (self._opened if is_open else self._closed).add(key)
        (self._closed if is_open else self._opened).discard(key)
