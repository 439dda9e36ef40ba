"""
Takes what is new in a workspace into the charts' own copy of it (see `app.query.warehouse`).

Names, persons, states and projects come first, since events refer to them; then the events, as
many at a time as fill whole blocks of the file. What is broken off goes on where it stopped.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import duckdb

from app.query import columns
from app.query.chartsfile import VIEWS, make
from app.query.loading import CHUNK_EVENTS, SEPARATOR, Marks, Reader, Written
from app.query.lookups import Lookups
from app.query.places import GROUP_PROPERTY

LONGEST_LINE = 32_000_000
CHUNKS_TOGETHER = 4
"""In one transaction: what fills whole blocks of the file goes there at once, and not through the
journal. Loading that is broken off begins again after the last of them."""
_EVENT_COLUMNS = (
    "{'id': 'BIGINT', 'upload': 'BIGINT', 'source': 'INTEGER', 'type': 'BIGINT',"
    " 'user': 'BIGINT', 'device': 'BIGINT', 'owner': 'INTEGER', 'session': 'BIGINT',"
    " 'time': 'BIGINT', 'state': 'BIGINT', 'event': 'VARCHAR', 'group': 'VARCHAR'}"
)
_GROUP_COLUMNS = (
    "{'id': 'BIGINT', 'source': 'INTEGER', 'kind': 'VARCHAR', 'name': 'VARCHAR',"
    f" '{GROUP_PROPERTY}': 'VARCHAR'}}"
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


class Filling:
    """Fills the tables of one open copy. The caller sees to it that nobody asks meanwhile."""

    def __init__(self, db: duckdb.DuckDBPyConnection, scratch: Path, lookups: Lookups) -> None:
        self._db = db
        self._scratch = scratch
        self._lookups = lookups

    def _load_sources(self, reader: Reader, marks: Marks) -> Marks:
        """New projects, and what a person calls the others by now."""
        known = dict(self._db.execute("SELECT id, name FROM sources").fetchall())
        for number, key, name in reader.sources():
            if number not in known:
                self._db.execute("INSERT INTO sources VALUES (?, ?, ?)", [number, key, name])
                self._lookups.forget()
                marks = marks._replace(source=max(marks.source, number))
            elif known[number] != name:
                self._db.execute("UPDATE sources SET name = ? WHERE id = ?", [name, number])
        return marks

    def load(self, reader: Reader, progress: Callable[[Progress], None]) -> int:
        marks, last, identity = marks_of(self._db), reader.last_event(), reader.identity()
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

    def _in_transaction(self, work: Callable[[], None]) -> None:
        self._db.execute("BEGIN")
        try:
            work()
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(duckdb.Error):
                self._db.execute("ROLLBACK")
            self._lookups.forget()
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
        marks = self._load_sources(reader, marks)
        state = pool.submit(reader.write_states, path, marks.state).result()
        if state > marks.state:
            self._add_states(path)
        group = pool.submit(reader.write_group_states, path, marks.group).result()
        if group > marks.group:
            self._add_group_states(path)
        marks = marks._replace(
            name=name, state=state, person_event=newest, upload=upload, group=group
        )
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
        self._lookups.forget()

    def _add_group_states(self, path: Path) -> None:
        own = ("id", "source", "kind", "name")
        lines = _lines(path, _GROUP_COLUMNS)
        is_wider = columns.insert(
            self._db, "group_states", own, (GROUP_PROPERTY,), lines, _named_groups
        )
        self._renew_views(is_wider)
        self._lookups.forget()

    def _renew_views(self, is_wider: bool) -> None:
        """Views hold the list of columns that there were when they were made."""
        for statement in VIEWS if is_wider else ():
            self._db.execute(statement)

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
            self._renew_views(is_wider)
        self._mark(marks._replace(event=some.through))
        self._lookups.forget()

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
        self._lookups.forget_types()
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
        make(self._db)
        self._lookups.forget()
        self._lookups.forget_types()

    def _mark(self, marks: Marks) -> None:
        value = SEPARATOR.join(map(str, marks))
        self._db.execute("INSERT OR REPLACE INTO facts VALUES ('marks', ?)", [value])


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


def _named_groups(rows: str) -> str:
    kind, name = _HEX.format("kind"), _HEX.format("name")
    return f"(SELECT * REPLACE ({kind} AS kind, {name} AS name) FROM {rows})"


def _lines(path: Path, shape: str) -> str:
    name = str(path).replace("'", "''")
    return (
        f"read_csv('{name}', delim='{SEPARATOR}', quote='', escape='', header=false,"
        f" auto_detect=false, max_line_size={LONGEST_LINE}, columns={shape})"
    )


def marks_of(db: duckdb.DuckDBPyConnection) -> Marks:
    """Up to where the copy was filled."""
    row = db.execute("SELECT value FROM facts WHERE key = 'marks'").fetchone()
    if row is None:
        return Marks()
    identity, *numbers = row[0].split(SEPARATOR)
    return Marks(identity, *map(int, numbers))
