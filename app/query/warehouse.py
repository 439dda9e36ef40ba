"""
The charts' own copy of the events: `charts.duckdb` beside the workspace, always rebuildable.

    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()              # loads what is new; a million events take seconds
        warehouse.rows("SELECT …")       # on the views below

Views (all times in ms, `person` is who somebody turned out to be):

    events      id, upload, source, type, user_id, device_id, person, session, time, state, library,
                "event.NAME" and "group.NAME" (text), and where arrays came, "event.NAME[]" (list)
    states      id, owner, "user.NAME", "user.NAME[]"    what was known of a person at an event
    newcomers   person, time                         the first event ever
    labeled     event, label                         which events labels count

Every property is a column of text, so that a chart reads only what it asks for. A later merge of
persons replaces rows of a small table; events are never rewritten.
"""

import contextlib
import itertools
import logging
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, Self

import duckdb

from app.closing import Closing
from app.errors import AppError, StoreFull, StoreUnavailable
from app.paths import private_dir
from app.query import columns
from app.query.columns import Property
from app.query.loading import CHUNK_EVENTS, SEPARATOR, Marks, Reader, Written

log = logging.getLogger(__name__)

FILE = "charts.duckdb"
VERSION = "5"
LONGEST_LINE = 32_000_000
CHUNKS_TOGETHER = 4
"""In one transaction: what fills whole blocks of the file goes there at once, and not through the
journal. Loading that is broken off begins again after the last of them."""
MEMORY = "400MB"
SCRATCH = "charts-"
OLD_S = 86400
_DAMAGE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException)

_TABLES = (
    "CREATE TABLE facts (key VARCHAR PRIMARY KEY, value VARCHAR)",
    "CREATE TABLE names (id BIGINT, text VARCHAR)",
    "CREATE TABLE uploads (id BIGINT, library VARCHAR)",
    "CREATE TABLE sources (id INTEGER, api_key VARCHAR, name VARCHAR)",
    "CREATE TABLE people (id INTEGER PRIMARY KEY, root INTEGER, user_id VARCHAR,"
    " device_id VARCHAR)",
    "CREATE TABLE firsts (person INTEGER, time BIGINT)",
    "CREATE TABLE properties (scope VARCHAR, name VARCHAR, column_name VARCHAR,"
    " list_name VARCHAR, seen BIGINT)",
    "CREATE TABLE stored (id BIGINT, upload BIGINT, source INTEGER, type VARCHAR,"
    " user_id VARCHAR, device_id VARCHAR, owner INTEGER, session BIGINT, time BIGINT,"
    " state BIGINT, library VARCHAR)",
    "CREATE TABLE states (id BIGINT, owner INTEGER)",
    "CREATE TABLE clicks (event BIGINT, shape BIGINT)",
    "CREATE TABLE matches (label BIGINT, shape BIGINT)",
)
_VIEWS = (
    "CREATE OR REPLACE VIEW merged AS SELECT id, root FROM people WHERE root <> id",
    "CREATE OR REPLACE VIEW events AS SELECT s.*, coalesce(m.root, s.owner) AS person"
    " FROM stored s LEFT JOIN merged m ON m.id = s.owner",
    "CREATE OR REPLACE VIEW newcomers AS SELECT coalesce(m.root, f.person) AS person,"
    " min(f.time) AS time FROM firsts f LEFT JOIN merged m ON m.id = f.person GROUP BY 1",
    "CREATE OR REPLACE VIEW labeled AS SELECT c.event, m.label FROM clicks c"
    " JOIN matches m ON m.shape = c.shape",
)
_EVENT_COLUMNS = (
    "{'id': 'BIGINT', 'upload': 'BIGINT', 'source': 'INTEGER', 'type': 'BIGINT',"
    " 'user': 'BIGINT', 'device': 'BIGINT', 'owner': 'INTEGER', 'session': 'BIGINT',"
    " 'time': 'BIGINT', 'state': 'BIGINT', 'event': 'VARCHAR', 'group': 'VARCHAR'}"
)
_OWN = (
    "id",
    "upload",
    "source",
    "type",
    "user_id",
    "device_id",
    "owner",
    "session",
    "time",
    "state",
    "library",
)
_HEX = "decode(unhex({}))"


class Progress(NamedTuple):
    """How many events of those that are to be loaded are there."""

    loaded: int
    wanted: int


class Interrupted(AppError):
    """The question was given up, because a newer one overtook it."""


class Warehouse(Closing):
    """An open copy. One thread at a time asks or loads; `interrupt` may come from any."""

    def __init__(self, db: duckdb.DuckDBPyConnection, folder: Path, scratch: Path) -> None:
        self._db = db
        self._folder = folder
        self._scratch = scratch
        self._lock = threading.RLock()
        self._properties: dict[tuple[str, str], Property] | None = None
        self._projects: dict[str, int] | None = None
        self._came: set[tuple[str, int | None]] = set()
        self._is_damaged = self._is_given_up = False

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The copy of this workspace; in memory for as long as it is open when another process
        has the file. Raises StoreUnavailable with a sentence."""
        private_dir(folder)
        _tidy(folder)
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
        try:
            return cls(_opened(folder, scratch), folder, scratch)
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
            if self._properties is None:
                self._properties = columns.known(self._db)
            return self._properties

    def projects(self) -> dict[str, int]:
        """The numbers of projects by their API keys."""
        with self._lock, self._explained():
            if self._projects is None:
                found = self._db.execute("SELECT api_key, id FROM sources").fetchall()
                self._projects = {str(key): int(number) for key, number in found}
            return self._projects

    def last_event(self) -> int:
        """The newest event that is loaded, or 0."""
        return self._marks().event

    def types(self) -> list[tuple[str, int]]:
        """Event types and how many events they have, most first."""
        found = self.rows("SELECT type, count(*) FROM stored GROUP BY 1 ORDER BY 2 DESC, 1")
        return [(str(kind), int(count)) for kind, count in found]

    def has_type(self, kind: str, source: int | None = None) -> bool:
        """Whether an event of this type has come, of this project or of any."""
        key = kind, source
        if key not in self._came:
            own = "" if source is None else f" AND source = {source:d}"
            wanted = columns.literal(kind)
            if self.rows(f"SELECT 1 FROM stored WHERE type = {wanted}{own} LIMIT 1"):
                self._came.add(key)
        return key in self._came

    def refresh(self, progress: Callable[[Progress], None] = lambda _: None) -> int:
        """Load what is new in the workspace and studied; returns how many events came or went, at
        least 1 when only persons or labels did, and 0 when every chart is as it was."""
        with self._lock, self._explained():
            reader = Reader(self._folder)
            try:
                if self._is_damaged:
                    self._begin_anew()
                return self._load(reader, progress)
            except _DAMAGE as error:
                if _lacks_room(self._folder, error):
                    raise
                log.warning("charts are made anew: %s", error)
                self._begin_anew()
                return self._load(reader, progress)
            finally:
                reader.close()

    def _begin_anew(self) -> None:
        """Blocks that cannot be read show when they are asked for, not when the file is opened."""
        self._db.close()
        _remove(self._folder)
        self._db = _opened(self._folder, self._scratch)
        self._forget()
        self._is_damaged = False
        self._came.clear()

    def _load(self, reader: Reader, progress: Callable[[Progress], None]) -> int:
        marks, last, identity = self._marks(), reader.last_event(), reader.identity()
        gone = 0
        if marks.event and not self._is_same(reader, marks, identity):
            gone = self._count()
            self._empty()
            marks = Marks()
        changed = self._load_matches(reader)
        if last == marks.event and (not last or reader.first_event() <= self._first()):
            return gone or int(changed)
        marks = marks._replace(identity=identity)
        before = self._count()
        with ThreadPoolExecutor(1, "charts-reader") as pool:
            marks = self._load_small(reader, pool, marks)
            gone += before - self._count()
            self._load_clicks(reader, pool, marks.event, last)
            loaded, first = 0, max(marks.event, reader.first_event() - 1)
            chunks = _written(pool, reader, self._scratch, first, last)

            def add_some() -> None:
                nonlocal loaded, marks
                for one in itertools.islice(chunks, CHUNKS_TOGETHER):
                    self._add_events(one, marks)
                    marks = marks._replace(event=one.through)
                    loaded += one.events
                    progress(Progress(one.through - first, last - first))

            while marks.event < last:
                self._in_transaction(add_some)
        # An identify is no event, but it can make two people one.
        return loaded + gone or 1

    def _forget(self) -> None:
        """Look up again what there is."""
        self._properties = self._projects = None

    def _in_transaction(self, work: Callable[[], None]) -> None:
        self._db.execute("BEGIN")
        try:
            work()
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(duckdb.Error):
                self._db.execute("ROLLBACK")
            self._forget()
            raise

    def _load_small(self, reader: Reader, pool: ThreadPoolExecutor, marks: Marks) -> Marks:
        """Forget what was removed, then names, persons, states and projects: what events refer to
        comes before them. All of it or nothing, whenever this is broken off: a name that came
        twice would double its events."""
        found: list[Marks] = []
        self._in_transaction(
            lambda: found.append(self._add_small(reader, pool, self._prune(reader, marks)))
        )
        return found[0]

    def _add_small(self, reader: Reader, pool: ThreadPoolExecutor, marks: Marks) -> Marks:
        path = self._scratch / "small"
        name = pool.submit(reader.write_names, path, marks.name).result()
        if name > marks.name:
            lines = _lines(path, "{'id': 'BIGINT', 'text': 'VARCHAR'}")
            self._db.execute(f"INSERT INTO names SELECT id, {_HEX.format('text')} FROM {lines}")
        upload = pool.submit(reader.write_libraries, path, marks.upload).result()
        if upload > marks.upload:
            lines = _lines(path, "{'id': 'BIGINT', 'library': 'VARCHAR'}")
            self._db.execute(
                f"INSERT INTO uploads SELECT id, {_HEX.format('library')} FROM {lines}"
            )
        newest = reader.last_event()
        if pool.submit(reader.write_people, path, marks.person_event).result():
            lines = _lines(
                path, "{'id': 'INTEGER', 'root': 'INTEGER', 'u': 'VARCHAR', 'd': 'VARCHAR'}"
            )
            self._db.execute(
                f"INSERT OR REPLACE INTO people SELECT id, root, {_HEX.format('u')},"
                f" {_HEX.format('d')} FROM {lines}"
            )
        for source in reader.sources(marks.source):
            self._db.execute("INSERT INTO sources VALUES (?, ?, ?)", list(source))
            self._forget()
            marks = marks._replace(source=max(marks.source, source[0]))
        state = pool.submit(reader.write_states, path, marks.state).result()
        if state > marks.state:
            self._add_states(path)
        marks = marks._replace(name=name, state=state, person_event=newest, upload=upload)
        self._mark(marks)
        return marks

    def _load_clicks(self, reader: Reader, pool: ThreadPoolExecutor, after: int, last: int) -> None:
        path = self._scratch / "small"
        # Those of a load that was broken off are there already.
        self._db.execute("DELETE FROM clicks WHERE event > ?", [after])
        if pool.submit(reader.write_clicks, path, after, last).result():
            lines = _lines(path, "{'event': 'BIGINT', 'shape': 'BIGINT'}")
            self._db.execute(f"INSERT INTO clicks SELECT * FROM {lines}")

    def _load_matches(self, reader: Reader) -> bool:
        """What labels match changes as a whole, whenever somebody changes one. Returns whether it
        did."""
        newest = reader.matches()
        row = self._db.execute("SELECT value FROM facts WHERE key = 'matches'").fetchone()
        if row is not None and row[0] == newest:
            return False
        path = self._scratch / "small"
        count = reader.write_matches(path)

        def replace_all() -> None:
            self._db.execute("DELETE FROM matches")
            if count:
                lines = _lines(path, "{'label': 'BIGINT', 'shape': 'BIGINT'}")
                self._db.execute(f"INSERT INTO matches SELECT * FROM {lines}")
            self._db.execute("INSERT OR REPLACE INTO facts VALUES ('matches', ?)", [newest])

        self._in_transaction(replace_all)
        return row is not None or count > 0

    def _add_states(self, path: Path) -> None:
        lines = _lines(path, "{'id': 'BIGINT', 'owner': 'INTEGER', 'user': 'VARCHAR'}")
        columns.insert(self._db, "states", ("id", "owner"), ("user",), lines)
        self._forget()

    def _add_events(self, some: Written, marks: Marks) -> None:
        if some.events:
            lines = _lines(some.path, _EVENT_COLUMNS)
            with self._in_order():
                is_wider = columns.insert(
                    self._db, "stored", _OWN, ("event", "group"), lines, _named
                )
            self._db.execute(
                "INSERT INTO firsts SELECT owner, min(time) FROM stored WHERE id > ? GROUP BY 1",
                [marks.event],
            )
            # Views hold the list of columns that there were when they were made.
            for statement in _VIEWS if is_wider else ():
                self._db.execute(statement)
        self._mark(marks._replace(event=some.through))
        self._forget()

    @contextlib.contextmanager
    def _in_order(self) -> Iterator[None]:
        """Have joins done as they are written. How many lines a file has is not known to DuckDB,
        which then looks names up the wrong way round, at twice the cost of reading the file."""
        self._db.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        try:
            yield
        finally:
            self._db.execute("SET disabled_optimizers = ''")

    def _is_same(self, reader: Reader, marks: Marks, identity: str) -> bool:
        """Whether what is here was made from what is there."""
        if marks.identity != identity or reader.last_event() < marks.event:
            return False
        row = self._db.execute(
            "SELECT id, owner, time, state FROM stored ORDER BY id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return True
        placed = reader.placed(row[0])
        return placed is None or placed == row[1:]

    def _prune(self, reader: Reader, marks: Marks) -> Marks:
        """Forget events that were removed from the workspace."""
        first = reader.first_event()
        if not marks.event or first <= self._first():
            return marks
        self._db.execute("DELETE FROM stored WHERE id < ?", [first])
        self._came.clear()
        # Numbers of names that went may be given again.
        self._db.execute("DELETE FROM names")
        self._db.execute("DELETE FROM uploads WHERE id < (SELECT min(upload) FROM stored)")
        return marks._replace(name=0)

    def _count(self) -> int:
        row = self._db.execute("SELECT count(*) FROM stored").fetchone()
        return int(row[0]) if row else 0

    def _first(self) -> int:
        row = self._db.execute("SELECT min(id) FROM stored").fetchone()
        return int(row[0]) if row and row[0] is not None else 1 << 62

    def _empty(self) -> None:
        for (name,) in self._db.execute(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall():
            self._db.execute(f"DROP VIEW IF EXISTS {name} CASCADE")
        for (name,) in self._db.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            self._db.execute(f"DROP TABLE IF EXISTS {name}")
        _make(self._db)
        self._forget()
        self._came.clear()

    def _marks(self) -> Marks:
        row = self._db.execute("SELECT value FROM facts WHERE key = 'marks'").fetchone()
        if row is None:
            return Marks()
        identity, *numbers = row[0].split(SEPARATOR)
        return Marks(identity, *map(int, numbers))

    def _mark(self, marks: Marks) -> None:
        value = SEPARATOR.join(map(str, marks))
        self._db.execute("INSERT OR REPLACE INTO facts VALUES ('marks', ?)", [value])

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """A statement of a question, unless that was given up between two."""
        if self._is_given_up:
            self._is_given_up = False
            raise Interrupted("The question was given up.")
        with self._explained():
            yield

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except duckdb.InterruptException as error:
            self._is_given_up = False
            raise Interrupted("The question was given up.") from error
        except (duckdb.OutOfMemoryException, *_DAMAGE) as error:
            if not isinstance(error, duckdb.OutOfMemoryException):
                self._is_damaged = not _lacks_room(self._folder, error)
            raise _in_words(self._folder, error) from error
        except sqlite3.Error as error:
            # Such as tables of a study that an older version began and nobody went on with yet.
            raise StoreUnavailable(
                f"What was learned of the events in {self._folder} cannot be read yet.", str(error)
            ) from error


def _tidy(folder: Path) -> None:
    """Remove what killed processes left behind; what is a day old is nobody's any more."""
    for left in folder.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > OLD_S:
                shutil.rmtree(left, ignore_errors=True)


def _in_words(folder: Path, error: Exception) -> StoreUnavailable:
    if _lacks_room(folder, error):
        return StoreFull(f"There is no room left for charts in {folder}.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreUnavailable("This chart needs more memory than there is.", "Ask for less.")
    return StoreUnavailable(
        f"The charts in {folder} cannot be read or written.", "They are made again the next time."
    )


def _lacks_room(folder: Path, error: Exception) -> bool:
    return "No space left" in str(error) or shutil.disk_usage(folder).free < 1_000_000


def _written(
    pool: ThreadPoolExecutor, reader: Reader, folder: Path, first: int, last: int
) -> Iterator[Written]:
    """The events after the first id in pieces; the next is written while one is taken in."""

    def write(number: int, after: int) -> Written:
        path = folder / f"events{number % 2}"
        return reader.write_events(path, after, last, CHUNK_EVENTS)

    writing = pool.submit(write, 0, first)
    for number in itertools.count(1):
        written = writing.result()
        is_last = written.through >= last
        if not is_last:
            writing = pool.submit(write, number, written.through)
        yield written
        if is_last:
            break


def _named(rows: str) -> str:
    """The rows of events with names instead of their numbers, and the library of their upload."""
    return (
        "(SELECT l.* EXCLUDE (type, user, device), coalesce(t.text, '') AS type,"
        f" u.text AS user_id, d.text AS device_id, o.library FROM {rows} l"
        " LEFT JOIN names t ON t.id = l.type"
        " LEFT JOIN names u ON u.id = l.user LEFT JOIN names d ON d.id = l.device"
        " LEFT JOIN uploads o ON o.id = l.upload)"
    )


def _lines(path: Path, shape: str) -> str:
    name = str(path).replace("'", "''")
    return (
        f"read_csv('{name}', delim='{SEPARATOR}', quote='', escape='', header=false,"
        f" auto_detect=false, max_line_size={LONGEST_LINE}, columns={shape})"
    )


def _opened(folder: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    path = folder / FILE
    try:
        return _connected(path, scratch)
    except duckdb.Error as error:
        is_taken = isinstance(error, duckdb.ConnectionException) or "lock" in str(error).lower()
        if is_taken:
            # The window has it. A copy of one's own takes seconds, and nobody waits for anybody.
            return _connected(Path(":memory:"), scratch)
        log.warning("charts are made anew: %s", error)
    try:
        _remove(folder)
        return _connected(path, scratch)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be used: {error.strerror or error}.") from error
    except duckdb.Error as error:
        raise StoreUnavailable(f"The charts in {folder} cannot be opened.", str(error)) from error


def _remove(folder: Path) -> None:
    for old in (folder / FILE, folder / f"{FILE}.wal"):
        old.unlink(missing_ok=True)


def _connected(path: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    mask = os.umask(0o077)
    try:
        db = duckdb.connect(
            str(path),
            config={
                "temp_directory": str(scratch),
                "memory_limit": MEMORY,
                "preserve_insertion_order": "false",
                "autoload_known_extensions": "false",
                "autoinstall_known_extensions": "false",
            },
        )
    finally:
        os.umask(mask)
    try:
        _make(db)
    except BaseException:
        db.close()
        raise
    return db


def _make(db: duckdb.DuckDBPyConnection) -> None:
    """Have the tables there, empty when they were made by another version."""
    there = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "facts" in there:
        row = db.execute("SELECT value FROM facts WHERE key = 'version'").fetchone()
        if row and row[0] == VERSION:
            return
        raise duckdb.Error("made by another version")
    for statement in (*_TABLES, *_VIEWS):
        db.execute(statement)
    db.execute("INSERT INTO facts VALUES ('version', ?)", [VERSION])
