"""
What people make and name: labels, charts, cohorts, annotations, saved filters, pins, notes.

In `definitions.sqlite` beside the workspace and not in it: they are small, precious, written by
the window and by commands, and stay when captured traffic is cleared. Any number of processes may
write; each change is one transaction.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from app.closing import Closing
from app.decode.body import json_text, stored
from app.errors import StoreUnavailable
from app.paths import private_dir
from app.store.trouble import explained

FILE = "definitions.sqlite"
VERSION = 1

_TABLES = (
    """CREATE TABLE IF NOT EXISTS definitions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        created_ms INTEGER NOT NULL,
        changed_ms INTEGER NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS definitions_kind ON definitions (kind, id)",
)
_COLUMNS = "id, kind, name, body, created_ms, changed_ms"


class Definition(NamedTuple):
    """Something that a person made. `body` is JSON, its shape a matter of its kind."""

    id: int
    kind: str
    name: str
    body: dict[str, Any]
    created_ms: int
    changed_ms: int


class Definitions(Closing):
    """The definitions of one workspace, read and written. Use in one thread."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreUnavailable with a sentence."""
        self._folder = folder
        private_dir(folder)
        with explained(folder, FILE):
            path = folder / FILE
            with contextlib.suppress(OSError):
                # Private from the first moment.
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, isolation_level=None, timeout=5)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def all(self, kind: str) -> list[Definition]:
        """Those of one kind, in the order in which they were made."""
        return self._read(f"SELECT {_COLUMNS} FROM definitions WHERE kind = ? ORDER BY id", kind)

    def get(self, number: int) -> Definition | None:
        """One of them, or None when it was removed."""
        found = self._read(f"SELECT {_COLUMNS} FROM definitions WHERE id = ?", number)
        return found[0] if found else None

    def save(
        self, kind: str, name: str, body: dict[str, Any], number: int | None = None
    ) -> Definition:
        """Make one, or change the one with this number (which is made anew if it was removed, so
        that an undo finds everything as it was). Raises StoreUnavailable."""
        return self.save_all(kind, [(name, body, number)])[0]

    def save_all(
        self, kind: str, made: Iterable[tuple[str, dict[str, Any], int | None]]
    ) -> list[Definition]:
        """Make or change many, all or none of them: (name, body, number), as `save` takes them.
        Raises StoreUnavailable."""
        now = time.time_ns() // 1_000_000
        with explained(self._folder, FILE), self._transaction():
            return [self._put(kind, name, body, number, now) for name, body, number in made]

    def remove(self, number: int) -> None:
        """Remove one; nothing happens when it is not there. Raises StoreUnavailable."""
        self.remove_all([number])

    def remove_all(self, numbers: Iterable[int]) -> None:
        """Remove many, or none of them if something fails. Raises StoreUnavailable."""
        rows = [(number,) for number in numbers]
        with explained(self._folder, FILE), self._transaction():
            self._db.executemany("DELETE FROM definitions WHERE id = ?", rows)

    def version(self) -> int:
        """Changes whenever somebody wrote, this one included."""
        with explained(self._folder, FILE):
            (others,) = self._db.execute("PRAGMA data_version").fetchone()
        return hash((int(others), self._db.total_changes))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise StoreUnavailable(
                f"The definitions in {self._folder} were made by a newer version of Eventscope.",
                "Update Eventscope, or choose another folder with --workspace.",
            )
        if version < VERSION:
            with self._transaction():
                for statement in _TABLES:
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {VERSION}")

    def _put(
        self, kind: str, name: str, body: dict[str, Any], number: int | None, now: int
    ) -> Definition:
        row = self._db.execute(
            "INSERT INTO definitions (id, kind, name, body, created_ms, changed_ms)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
            " body = excluded.body, changed_ms = excluded.changed_ms RETURNING id, created_ms",
            (number, kind, name, json_text(body), now, now),
        ).fetchone()
        return Definition(int(row[0]), kind, name, body, int(row[1]), now)

    def _read(self, sql: str, value: object) -> list[Definition]:
        with explained(self._folder, FILE):
            rows = self._db.execute(sql, (value,)).fetchall()
        return [
            Definition(number, kind, name, stored(body), made, changed)
            for number, kind, name, body, made, changed in rows
        ]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise
