"""
The charts' own copy of the events: `charts.duckdb` beside the workspace, always rebuildable.

    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()              # loads what is new; a million events take seconds
        warehouse.rows("SELECT …")       # on the views below

Views (all times in ms, `person` is who somebody turned out to be):

    events      id, upload, source, type, user_id, device_id, person, session, time, state, library,
                "event.NAME" and "group.NAME" (text), and where arrays came, "event.NAME[]" (list)
    states      id, owner, "user.NAME", "user.NAME[]"    what was known of a person at an event
    group_values id, until, source, kind, name, "group_property.KIND.NAME", …[]"
                                                     what was known of a group, from call to call
    newcomers   person, time                         the first event ever
    labeled     event, label                         which events labels count

Every property is a column of text, so that a chart reads only what it asks for. A later merge of
persons replaces rows of a small table; events are never rewritten.
"""

import contextlib
import logging
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import duckdb

from app.closing import Closing
from app.errors import AppError, StoreUnavailable
from app.paths import private_dir
from app.query import columns
from app.query.chartsfile import DAMAGE, SCRATCH, in_words, lacks_room, opened, remove, tidy
from app.query.columns import Property
from app.query.filling import Filling, Progress, marks_of
from app.query.loading import Reader
from app.query.lookups import Lookups

log = logging.getLogger(__name__)


class Interrupted(AppError):
    """The question was given up, because a newer one overtook it."""


class Warehouse(Closing):
    """An open copy. One thread at a time asks or loads; `interrupt` may come from any."""

    def __init__(self, db: duckdb.DuckDBPyConnection, folder: Path, scratch: Path) -> None:
        self._db = db
        self._folder = folder
        self._scratch = scratch
        self._lock = threading.RLock()
        self._lookups = Lookups()
        self._is_damaged = self._is_given_up = False

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The copy of this workspace; in memory for as long as it is open when another process
        has the file. Raises StoreUnavailable with a sentence."""
        private_dir(folder)
        tidy(folder)
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
        try:
            return cls(opened(folder, scratch), folder, scratch)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def interrupt(self) -> None:
        """Give up the running question; it raises Interrupted, if not now then when it asks for
        the next thing."""
        self._is_given_up = True
        self._db.interrupt()

    def begin_question(self) -> None:
        """What is asked from now on is another question: nobody gave it up yet."""
        self._is_given_up = False

    def go_on(self) -> None:
        """Raises Interrupted when the question was given up since its last statement. For long
        work between two, which the engine knows nothing of."""
        if self._is_given_up:
            self._is_given_up = False
            raise Interrupted("The question was given up.")

    @contextlib.contextmanager
    def beside(self) -> Iterator[Self]:
        """Another connection to the same copy, for a long question in another thread: nobody
        waits for it, and each is interrupted alone. Nothing is loaded through it."""
        with self._lock, self._explained():
            own = self._db.cursor()
        try:
            yield type(self)(own, self._folder, self._scratch)
        finally:
            own.close()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement. Raises Interrupted, StoreUnavailable."""
        with self._lock, self._asked():
            return self._db.execute(statement).fetchall()

    def arrays(self, statement: str) -> dict[str, Any]:
        """The columns of a statement as NumPy arrays; nulls are masked."""
        with self._lock, self._asked():
            return dict(self._db.execute(statement).fetchnumpy())

    def stream(self, statement: str, size: int = 10_000) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a statement in pieces, without holding all of them."""
        with self._lock, self._explained():
            cursor = self._db.cursor()
        try:
            with self._explained():
                cursor.execute(statement)
                while rows := cursor.fetchmany(size):
                    yield rows
        finally:
            cursor.close()

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        """Execute a statement that returns nothing."""
        with self._lock, self._explained():
            self._db.execute(statement, list(values))

    def properties(self) -> dict[tuple[str, str], Property]:
        """All properties by scope (`event`, `user`, `group`) and name."""
        with self._lock, self._explained():
            if self._lookups.properties is None:
                self._lookups.properties = columns.known(self._db)
            return self._lookups.properties

    def projects(self) -> dict[str, int]:
        """The numbers of projects by their API keys."""
        with self._lock, self._explained():
            if self._lookups.projects is None:
                found = self._db.execute("SELECT api_key, id FROM sources").fetchall()
                self._lookups.projects = {str(key): int(number) for key, number in found}
            return self._lookups.projects

    def group_kinds(self) -> tuple[str, ...]:
        """The types of groups of which properties are known."""
        if self._lookups.kinds is None:
            found = self.rows("SELECT DISTINCT kind FROM group_states ORDER BY 1")
            self._lookups.kinds = tuple(str(kind) for (kind,) in found)
        return self._lookups.kinds

    def last_event(self) -> int:
        """The newest event that is loaded, or 0."""
        return marks_of(self._db).event

    def types(self) -> list[tuple[str, int]]:
        """Event types and how many events they have, most first."""
        found = self.rows("SELECT type, count(*) FROM stored GROUP BY 1 ORDER BY 2 DESC, 1")
        return [(str(kind), int(count)) for kind, count in found]

    def has_type(self, kind: str, source: int | None = None) -> bool:
        """Whether an event of this type has come, of this project or of any."""
        key = kind, source
        if key not in self._lookups.came:
            own = "" if source is None else f" AND source = {source:d}"
            wanted = columns.literal(kind)
            if self.rows(f"SELECT 1 FROM stored WHERE type = {wanted}{own} LIMIT 1"):
                self._lookups.came.add(key)
        return key in self._lookups.came

    def refresh(self, progress: Callable[[Progress], None] = lambda _: None) -> int:
        """Load what is new in the workspace and studied; returns how many events came or went, at
        least 1 when only persons or labels did, and 0 when every chart is as it was."""
        with self._lock, self._explained():
            reader = Reader(self._folder)
            try:
                if self._is_damaged:
                    self._begin_anew()
                return self._filling().load(reader, progress)
            except DAMAGE as error:
                if lacks_room(self._folder, error):
                    raise
                log.warning("charts are made anew: %s", error)
                self._begin_anew()
                return self._filling().load(reader, progress)
            finally:
                reader.close()

    def _filling(self) -> Filling:
        return Filling(self._db, self._scratch, self._lookups)

    def _begin_anew(self) -> None:
        """Blocks that cannot be read show when they are asked for, not when the file is opened."""
        self._db.close()
        remove(self._folder)
        self._db = opened(self._folder, self._scratch)
        self._lookups.forget()
        self._is_damaged = False
        self._lookups.forget_types()

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """A statement of a question, unless that was given up between two."""
        self.go_on()
        with self._explained():
            yield

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except duckdb.InterruptException as error:
            self._is_given_up = False
            raise Interrupted("The question was given up.") from error
        except (duckdb.OutOfMemoryException, *DAMAGE) as error:
            if not isinstance(error, duckdb.OutOfMemoryException):
                self._is_damaged = not lacks_room(self._folder, error)
            raise in_words(self._folder, error) from error
        except sqlite3.Error as error:
            # Such as tables of a study that an older version began and nobody went on with yet.
            raise StoreUnavailable(
                f"What was learned of the events in {self._folder} cannot be read yet.", str(error)
            ) from error
