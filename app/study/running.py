"""
Reads what is new in the workspace and shows it to the followers, in batches.

Batches are saved in transactions of the study's file, which also move the place up to which
everything was studied. Two processes may try at the same time: the second one waits for the first,
sees that the place has moved, and begins again from there.
"""

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app.closing import Closing
from app.errors import AppError
from app.store.studyfile import empty, is_damage, open_file, throw_away
from app.study.arrival import Arrival
from app.study.follower import Answered, Follower, Refreshing
from app.study.followers import make_followers
from app.study.grams import forget, index, missing
from app.study.people import PeopleFollower
from app.study.placing import Placing, unplaced
from app.study.reading import Batch, Captures, StoredArrival

log = logging.getLogger(__name__)

THROUGH, IDENTITY, PRUNED = "through", "identity", "pruned"
TOGETHER_S, FAR_TOGETHER_S = 0.4, 2.0
FAR_CAPTURES = 5000
"""How long batches go into one transaction while there are more, and how long when so many captures
are still to come. What batches write lies all over the file: a page that ten of them change is
written once. Who waits for the newest event waits no longer for it."""


class Progress(NamedTuple):
    """Up to which capture everything was studied, and the newest one."""

    through: int
    last: int


class Study(Closing):
    """The study of one workspace. Use in one thread."""

    def __init__(self, folder: Path, followers: Sequence[Follower] | None = None) -> None:
        """`folder` holds a workspace. Raises StoreUnavailable or sqlite3.Error."""
        self._followers = list(make_followers() if followers is None else followers)
        people = next(one for one in self._followers if isinstance(one, PeopleFollower))
        self._folder = folder
        self._captures = Captures(folder)
        try:
            self._db = open_file(folder, self._followers)
        except BaseException:
            self._captures.close()
            raise
        self._placing = Placing(people)
        self._broken: set[str] = set()
        self._begun_at: int | None = None

    def catch_up(
        self,
        go_on: Callable[[], bool] = lambda: True,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> int:
        """Study everything that is new and settled; returns the last capture that was. Stops
        between two batches when `go_on` says no. `progress` is told what others can see."""
        try:
            return self._catch_up(go_on, progress)
        except sqlite3.DatabaseError as error:
            self._repair(error)
            return self._catch_up(go_on, progress)

    def _catch_up(self, go_on: Callable[[], bool], progress: Callable[[Progress], None]) -> int:
        self._forget_removed()
        while go_on():
            through = self._through()
            batch = self._captures.after(through, time.time_ns() // 1_000_000)
            if not batch.stored:
                break
            self._study_what_can_be(batch, through, go_on)
            progress(Progress(self._through(), self._captures.last_id()))
            self._index(go_on)
        if self._look_back():
            progress(Progress(self._through(), self._captures.last_id()))
        self._refresh()
        self._index(go_on)
        return self._through()

    def refresh(self) -> bool:
        """Take over what changed beside the captures; whether something did."""
        try:
            return self._refresh()
        except sqlite3.DatabaseError as error:
            self._repair(error)
            return True

    def _refresh(self) -> bool:
        stale = [
            one
            for one in self._followers
            if isinstance(one, Refreshing) and one.is_stale(self._folder)
        ]
        for one in stale:
            with self._transaction():
                one.begin(self._db)
                one.refresh()
        return bool(stale)

    def _index(self, go_on: Callable[[], bool]) -> None:
        """Have all texts in the index in which searches look first. A workspace without one takes
        minutes: what is captured meanwhile is studied in between."""
        while missing(self._db, self._captures) and go_on():
            with self._transaction():
                # Asked again: another process may have been faster.
                index(self._db, self._captures, missing(self._db, self._captures))
            if self.is_behind():
                return

    def make_ready(self) -> None:
        """Have the followers ready for what comes next, which need not wait for that then: a
        second, where a million events were studied before."""
        if self._begun_at != self._through():
            with self._transaction():
                self._begin(self._through())

    def data_version(self) -> int:
        """Changes when something was committed to the workspace."""
        return self._captures.data_version()

    def is_behind(self) -> bool:
        """Whether something was captured that is not studied yet."""
        return self._captures.last_id() > self._through()

    def close(self) -> None:
        """Close both files."""
        self._db.close()
        self._captures.close()

    def _study_what_can_be(self, batch: Batch, through: int, go_on: Callable[[], bool]) -> None:
        """Study a batch, and those after it. When they hold something that cannot be saved, the
        captures of the first are studied one by one, and one that is at fault is passed over: it
        must not hold up all that come after it."""
        try:
            self._study(batch, through, go_on)
        except (sqlite3.Error, AppError):
            raise
        except Exception:
            log.exception("captures after %d cannot be studied together", through)
            for one in batch.stored:
                self._study_or_pass(one)

    def _study_or_pass(self, one: StoredArrival) -> None:
        through = self._through()
        if through >= one.id:
            return
        try:
            self._study(Batch([one]), through)
        except (sqlite3.Error, AppError):
            raise
        except Exception:
            log.exception("capture %d cannot be studied", one.id)
            with self._transaction():
                self._set(THROUGH, one.id)

    def _study(self, batch: Batch, through: int, go_on: Callable[[], bool] = lambda: False) -> None:
        """Study a batch, and more of them in the same transaction for as long as `go_on` says."""
        # Decoded before the transaction begins, which others may wait for.
        is_far = self._captures.last_id() - through > FAR_CAPTURES
        enough = time.monotonic() + (FAR_TOGETHER_S if is_far else TOGETHER_S)
        with self._transaction():
            if self._through() != through:
                return  # Another process was faster.
            self._begin(through)
            self._begun_at = None
            self._set(IDENTITY, self._captures.identity())
            while batch.stored:
                self._take(batch)
                through = batch.stored[-1].id
                if time.monotonic() > enough or not go_on():
                    break
                batch = self._captures.after(through, time.time_ns() // 1_000_000)
        self._begun_at = through

    def _begin(self, through: int) -> None:
        """Have the followers know what those of an earlier time learned."""
        if self._begun_at != through:
            for follower in self._followers:
                follower.begin(self._db)
            self._begun_at = through

    def _take(self, batch: Batch) -> None:
        for stored in batch.stored:
            self._show(self._placing.arrival(stored))
        for follower in self._followers:
            follower.save()
        self._set(THROUGH, batch.stored[-1].id)

    def _look_back(self) -> bool:
        """Show captures again whose answers came after they were studied; whether there were
        any."""
        has_found = False
        for follower in self._followers:
            if not isinstance(follower, Answered):
                continue
            if self._begun_at is None:
                follower.begin(self._db)
            found = self._captures.answered(follower.unanswered())
            if not found:
                continue
            has_found = True
            with self._transaction():
                # Another process may have been faster, or have begun anew.
                follower.begin(self._db)
                waiting = set(follower.unanswered())
                for one in found:
                    if one.id in waiting:
                        follower.answer(unplaced(one))
                follower.save()
        return has_found

    def _show(self, arrival: Arrival) -> None:
        for follower in self._followers:
            try:
                follower.take(arrival)
            except sqlite3.Error:
                raise
            except Exception:
                # One that stumbles over something must not keep the others from it.
                if follower.name not in self._broken:
                    self._broken.add(follower.name)
                    log.exception("capture %d is too much for %s", arrival.id, follower.name)

    def _forget_removed(self) -> None:
        """What was removed from the workspace is not kept here either."""
        first, through = self._captures.first_ids(), self._through()
        identity = self._captures.identity()
        is_other = self._get(IDENTITY, identity) != identity
        if is_other or first.capture > through > 0 or self._captures.last_id() < through:
            # Cleared, or another workspace lies in the same place.
            with self._transaction():
                empty(self._db)
                self._set(THROUGH, max(0, first.capture - 1))
                self._set(IDENTITY, identity)
                self._set(PRUNED, first.capture)
            self._begun_at = None
        elif first.capture > self._get(PRUNED, 1):
            with self._transaction():
                for follower in self._followers:
                    follower.begin(self._db)
                    follower.forget(first)
                forget(self._db, first.event)
                self._set(PRUNED, first.capture)
            self._begun_at = None

    def _repair(self, error: sqlite3.DatabaseError) -> None:
        """Begin the study's file anew when it is damaged, or raise the error again. (What is wrong
        with the workspace itself comes as a sentence, and not here.)"""
        if not is_damage(error):
            raise error
        log.warning("what was learned is worked out again: %s", error)
        self._db.close()
        with contextlib.suppress(OSError):
            throw_away(self._folder)
        self._db = open_file(self._folder, self._followers)
        self._begun_at = None

    def _through(self) -> int:
        return self._get(THROUGH)

    def _get(self, key: str, otherwise: int = 0) -> int:
        row = self._db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return int(row[0]) if row else otherwise

    def _set(self, key: str, value: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, value))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            self._begun_at = None
            raise
