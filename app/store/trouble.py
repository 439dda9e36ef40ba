"""
What the environment can do to SQLite, as sentences. Bugs pass through as they are.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from app.errors import StoreFull, StoreUnavailable
from app.store.schema import FILE

_ENVIRONMENT = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Raise StoreUnavailable, with a sentence, for what is not a bug."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise StoreFull(f"The disk that holds {folder} is full.", "Free some space.") from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StoreUnavailable(
                f"The workspace in {folder} is damaged: {error}.",
                "Move the folder away, or choose another with --workspace.",
            ) from error
        if code == sqlite3.SQLITE_CANTOPEN and not (folder / FILE).exists():
            raise StoreUnavailable(
                f"There is no workspace in {folder}.", "Capture or import something first."
            ) from error
        if code in _ENVIRONMENT:
            raise StoreUnavailable(f"The workspace in {folder} cannot be used: {error}.") from error
        raise
