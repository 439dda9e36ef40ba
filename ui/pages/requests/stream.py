"""
Feeds the list with the ids of exchanges: the newest at once, the rest in chunks, new ones on top.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.store.requests import Wanted
from ui.jobs import Jobs
from ui.plain import short_key
from ui.table.model import PagedTableModel

if TYPE_CHECKING:
    from app.store import Store

FIRST = 200
CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Look:
    """What is stored, the matching ids that were asked for, and the projects by id."""

    first: int
    last: int
    ids: Sequence[int]
    is_all: bool = True
    projects: tuple[tuple[int, str], ...] = ()


class RequestStream(QObject):
    """Which exchanges the list shows.

    Signals:
        counted: a count has changed.
        failed: an AppError; what was shown stays.
    """

    counted = Signal()
    failed = Signal(object)

    def __init__(self, model: PagedTableModel, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self.model = model
        self.wanted = Wanted()
        self.projects: dict[int, str] = {}
        self.stored = 0
        self.is_complete = True
        self._jobs = jobs
        self._seen = 0
        self._is_asking = False
        self._ask_again = False

    def show(self, wanted: Wanted) -> None:
        """Look at these from now on."""
        self.wanted = wanted
        for purpose in ("more", "fresh"):
            self._jobs.drop(self, purpose)
        # Until the answer is there, nothing is added to what was.
        self._is_asking, self._ask_again = True, False
        self._jobs.read(self, lambda store: _first(store, wanted), "first").then(
            self._show_first
        ).catch(self._fail)

    def refresh(self) -> None:
        """Ask for what arrived, was answered or removed."""
        if self._is_asking:
            self._ask_again = True
            return
        self._is_asking, self._ask_again = True, False
        wanted, seen = self.wanted, self._seen
        self._jobs.read(self, lambda store: _fresh(store, wanted, seen), "fresh").then(
            self._add_fresh
        ).catch(self._fail)

    def _show_first(self, found: Look) -> None:
        self._take(found)
        self.is_complete = found.is_all
        self.model.show_ids(found.ids)
        self._ask_more()
        self._go_on()

    def _add_fresh(self, found: Look) -> None:
        self._take(found)
        self.model.drop_below(found.first)
        self.model.look_again()
        self.model.prepend_newer(array("q", found.ids))
        self._go_on()

    def _ask_more(self) -> None:
        if self.is_complete or not len(self.model):
            return
        wanted, before = self.wanted, self.model.id_at(len(self.model) - 1)
        self._jobs.read(
            self, lambda store: store.requests.newest(wanted, CHUNK, before), "more"
        ).then(self._add_more).catch(self._fail)

    def _add_more(self, ids: array[int]) -> None:
        self.is_complete = len(ids) < CHUNK
        if len(self.model):
            self.model.append_older(ids)
            self._ask_more()
        self.counted.emit()

    def _take(self, found: Look) -> None:
        self._seen = found.last
        self.stored = found.last - found.first + 1
        if dict(found.projects) != self.projects:
            self.projects.clear()
            self.projects.update(found.projects)
            self.model.forget_cells()

    def _go_on(self) -> None:
        self._is_asking = False
        self.counted.emit()
        if self._ask_again:
            self.refresh()

    def _fail(self, error: object) -> None:
        self._is_asking = False
        self.failed.emit(error)


def _first(store: Store, wanted: Wanted) -> Look:
    first, last = store.requests.span()
    if not wanted:
        return Look(first, last, range(last, first - 1, -1), projects=_projects(store))
    ids = store.requests.newest(wanted, FIRST, last + 1)
    return Look(first, last, ids, len(ids) < FIRST, _projects(store))


def _fresh(store: Store, wanted: Wanted, seen: int) -> Look:
    first, last = store.requests.span()
    ids: Sequence[int]
    if wanted:
        ids = [number for number in store.requests.after(wanted, seen) if number <= last]
    else:
        ids = range(max(seen + 1, first), last + 1)
    return Look(first, max(last, seen), ids, projects=_projects(store))


def _projects(store: Store) -> tuple[tuple[int, str], ...]:
    return tuple((one.id, one.name or short_key(one.api_key)) for one in store.events.sources())
