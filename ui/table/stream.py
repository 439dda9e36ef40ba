"""
Feeds a table with the ids of a filter: the first page at once, the rest in chunks, new ones as
they arrive.

While paused, new ids wait outside the table, so that nothing a person looks at moves.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.filter import Filter
from ui.jobs import Jobs
from ui.table.model import PagedTableModel

if TYPE_CHECKING:
    from app.store import Store

FIRST = 200
CHUNKS = (2_000, 10_000, 50_000)
"""How many more matches are asked for, one time after the other: the next page is there soon, and
all the rest in a few large pieces."""
STEP = 50_000
"""Among how many ids is looked first."""
PATIENCE_MS = 10_000
"""How long a filter by outcome waits for an answer."""
NONE = 1 << 62


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored, as of one look: ids from `first` to `last`, without gaps. With nothing
    stored, `first` lies above every id."""

    first: int = NONE
    last: int = 0
    count: int = 0
    sources: tuple[tuple[int, str, str], ...] = ()
    """Id, API key and name of each project."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ids that match, and what was known when they were asked for."""

    known: Known
    ids: Sequence[int]
    is_all: bool = True
    seen: int = 0
    """The newest id that was looked at."""
    arrived: array[int] = field(default_factory=lambda: array("q"))


@dataclass(slots=True)
class Search:
    """How far a search is: it began at `top`, goes down, and is at `at`. Written by a worker."""

    top: int = 0
    at: int = 0

    def part_done(self, first: int) -> float:
        """From 0 to 1, when it ends at `first`."""
        return 1 - (self.at - first) / max(1, self.top - first) if self.at else 0.0


class EventStream(QObject):
    """Which ids a table shows, and whether it follows.

    Signals:
        counted: a count or the state has changed.
        failed: an AppError; what was shown stays.
    """

    counted = Signal()
    failed = Signal(object)

    def __init__(self, model: PagedTableModel, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.model = model
        self.chosen = Filter()
        self.known = Known()
        self.is_following = True
        self.is_loading = False
        self.is_complete = True
        self.was_stopped = False
        self.search = Search()
        self._chunks = 0
        self.waiting = array("q")
        self._jobs = jobs
        self._seen = 0
        self._is_asking = False
        self._ask_again = False

    @property
    def matches(self) -> int:
        """How many events match, as far as they are loaded."""
        return len(self.model) + len(self.waiting)

    def show_filter(self, chosen: Filter) -> None:
        """Look at the events of this filter from now on. What is shown stays until then."""
        self.chosen = chosen
        self.is_loading = True
        self.was_stopped = False
        search = self.search = Search()
        self._chunks = 0
        for purpose in ("more", "fresh"):
            self._jobs.drop(self, purpose)
        self._is_asking = self._ask_again = False
        self._jobs.read(self, lambda store: first_page(store, chosen, search), "first").then(
            self._show_first
        ).catch(self._fail)
        self.counted.emit()

    def stop(self) -> None:
        """Look no further; what was found stays, and new events still appear."""
        if self.is_complete and not self.is_loading:
            return
        for purpose in ("first", "more"):
            self._jobs.drop(self, purpose)
        if self.is_loading:
            # Nothing was shown of this filter yet, and nothing of another one must stay.
            self.model.show_ids(array("q"))
            self._seen = max(self._seen, self.search.top)
        self.is_loading = False
        self.is_complete = self.was_stopped = True
        self._go_on()

    def refresh(self) -> None:
        """Ask for what arrived, was answered or removed. One question at a time, so that a storm
        of notices never overtakes its own answers."""
        if self.is_loading or self._is_asking:
            self._ask_again = True
            return
        self._is_asking = True
        self._ask_again = False
        chosen, seen = self.chosen, self._seen
        self._jobs.read(self, lambda store: fresh(store, chosen, seen), "fresh").then(
            self._add_fresh
        ).catch(self._fail)

    def pause(self) -> None:
        """Let new events wait."""
        self.is_following = False
        self.counted.emit()

    def follow(self) -> None:
        """Show what waited, and everything new."""
        self.is_following = True
        waiting, self.waiting = self.waiting, array("q")
        self.model.prepend_newer(waiting)
        self.counted.emit()

    def _show_first(self, found: Found) -> None:
        self.is_loading = False
        self.is_complete = found.is_all
        self.known = found.known
        self._seen = found.seen
        self.waiting = array("q")
        self.model.show_ids(found.ids)
        self._ask_more()
        self._go_on()

    def _ask_more(self) -> None:
        if self.is_complete:
            return
        chosen, search = self.chosen, self.search
        before = self.model.id_at(len(self.model) - 1)
        limit = CHUNKS[min(self._chunks, len(CHUNKS) - 1)]
        self._chunks += 1
        self._jobs.read(
            self, lambda store: older(store, chosen, before, limit, search), "more"
        ).then(self._add_more).catch(self._fail)

    def _add_more(self, found: Found) -> None:
        self.is_complete = found.is_all
        if not len(self.model):  # Cleared meanwhile.
            self.is_complete = True
        else:
            self.model.append_older(array("q", found.ids))
            self._ask_more()
        self.counted.emit()

    def _add_fresh(self, found: Found) -> None:
        self._is_asking = False
        self.known = found.known
        self._seen = max(self._seen, found.seen, *found.arrived[-1:])
        self._drop_removed(found.known.first)
        self.model.look_again()
        if self.is_following:
            self.model.prepend_newer(found.arrived)
        else:
            self.waiting.extend(found.arrived)
        self._go_on()

    def _drop_removed(self, first: int) -> None:
        self.model.drop_below(first)
        if self.waiting and self.waiting[0] < first:
            self.waiting = array("q", (number for number in self.waiting if number >= first))

    def _go_on(self) -> None:
        self.counted.emit()
        if self._ask_again:
            self.refresh()

    def _fail(self, error: AppError) -> None:
        self.is_loading = self._is_asking = False
        self.is_complete = True
        self.failed.emit(error)
        self.counted.emit()


def first_page(store: Store, chosen: Filter, search: Search | None = None) -> Found:
    """The newest matching ids, quickly. Without a filter: all of them, since ids have no gaps."""
    known = look(store)
    if not chosen:
        return Found(known, range(known.last, known.first - 1, -1), seen=known.last)
    seen = settled(store, chosen, known)
    search = search or Search()
    search.top = seen
    ids, is_all = _downwards(store, chosen, FIRST, seen + 1, known.first, search)
    return Found(known, ids, is_all, seen)


def older(store: Store, chosen: Filter, before: int, limit: int, search: Search) -> Found:
    """Up to `limit` more matching ids below `before`."""
    first = look(store).first
    ids, is_all = _downwards(store, chosen, limit, before, first, search)
    return Found(Known(), ids, is_all)


def _downwards(
    store: Store, chosen: Filter, limit: int, before: int, first: int, search: Search
) -> tuple[array[int], bool]:
    """Up to `limit` matching ids, looked for in growing steps, so that one can tell how far it is;
    and whether that was all."""
    ids = array("q")
    look_down, step = store.events.downwards(chosen), STEP
    while before > first:
        lowest = max(first, before - step)
        found = look_down(limit - len(ids), before, lowest)
        ids.extend(found)
        if len(ids) >= limit:
            search.at = ids[-1]
            return ids, False
        before = search.at = lowest
        step *= 2
    return ids, True


def fresh(store: Store, chosen: Filter, seen: int) -> Found:
    """What matches among everything after `seen`."""
    known = look(store)
    last = settled(store, chosen, known)
    if chosen:
        arrived = store.events.after(chosen, seen)
        if chosen.waits or chosen.studies:
            arrived = array("q", (number for number in arrived if number <= last))
    else:
        arrived = array("q", range(max(seen + 1, known.first), known.last + 1))
    return Found(known, (), seen=last, arrived=arrived)


def settled(store: Store, chosen: Filter, known: Known) -> int:
    """The newest id of which all is known that the filter asks for, as of all before it: an event
    that was looked at before its answer came, or before it was studied, would never be found."""
    last = known.last
    if chosen.waits:
        waiting = store.events.first_waiting(int(time.time() * 1000) - PATIENCE_MS)
        last = last if waiting is None else min(last, waiting - 1)
    return min(last, store.events.studied()) if chosen.studies else last


def look(store: Store) -> Known:
    """Which ids there are now. Looked at before asking for ids, so that none is missed."""
    sources = tuple((one.id, one.api_key, one.name) for one in store.events.sources())
    while True:
        last = store.events.last_id()
        count = store.events.count()
        # Two questions see two states when something is committed in between.
        if last == store.events.last_id():
            return (
                Known(last - count + 1, last, count, sources) if count else Known(sources=sources)
            )
