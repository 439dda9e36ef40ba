"""
What local ingestion remembers across restarts: `ingestion.sqlite` beside the workspace file.

Rows of key, value and the time from which nobody needs them. Written at most once a second and
not synced to disk, so a kill may lose the last second: then a duplicate counts as new, no more.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from app.errors import StoreUnavailable

FILE = "ingestion.sqlite"
_TABLE = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, until_ms INTEGER, value BLOB)"
_INDEX = "CREATE INDEX IF NOT EXISTS kept_until ON kept (until_ms)"


class Kept(NamedTuple):
    """One row. Keys sort in the order in which they are given back."""

    key: str
    until_ms: int
    value: bytes


class IngestionStore:
    """The open file. Only the process that holds the workspace uses it."""

    def __init__(self, folder: Path) -> None:
        """Raises StoreUnavailable. A damaged file is begun anew: it only holds what helps."""
        self._path = folder / FILE
        try:
            self._db = self._open()
        except (OSError, sqlite3.OperationalError) as error:
            raise self._unavailable(error) from error
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)
            with self._explained():
                self._db = self._open()

    def load(self, now_ms: int) -> list[Kept]:
        """What is still needed, by key. Raises StoreUnavailable."""
        with self._explained():
            self._db.execute("DELETE FROM kept WHERE until_ms <= ?", (now_ms,))
            rows = self._db.execute("SELECT key, until_ms, value FROM kept ORDER BY key")
            return [Kept(*row) for row in rows]

    def save(self, rows: Iterable[Kept], now_ms: int) -> None:
        """Keep these, forget what is too old. Raises StoreUnavailable."""
        with self._explained():
            self._db.execute("BEGIN")
            try:
                self._db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
                self._db.execute("DELETE FROM kept WHERE until_ms <= ?", (now_ms,))
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def clear(self) -> None:
        """Forget everything. Raises StoreUnavailable."""
        with self._explained():
            self._db.execute("DELETE FROM kept")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        # Private from the first moment; the files beside it get the same mode.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
            connection.execute(_INDEX)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        return StoreUnavailable(f"What local ingestion remembers cannot be kept: {error}.")
