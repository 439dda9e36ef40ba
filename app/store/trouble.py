"""
What the environment can do to SQLite, as sentences. Bugs pass through as they are.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from app.errors import StoreFull, StoreUnavailable
from app.store.schema import FILE
from app.store.studied import FILE as STUDY

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
_ROOM = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""How SQLite says that the disk is full when it is the files beside the database that need room."""
_WRITING = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})
_LEAST_ROOM = 1 << 16
_REMADE = "no such table: study."
"""Its tables were there when it was attached: somebody has thrown the file away since."""


@contextlib.contextmanager
def explained(folder: Path, file: str = FILE) -> Iterator[None]:
    """Raise StoreUnavailable, with a sentence, for what is not a bug. `file` is the one in the
    folder that is used."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code in _ROOM and _is_full(folder)):
            raise StoreFull(f"The disk that holds {folder} is full.", "Free some space.") from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StoreUnavailable(*_damaged(folder, file, error)) from error
        if code == sqlite3.SQLITE_CANTOPEN and file == FILE and not (folder / FILE).exists():
            raise StoreUnavailable(
                f"There is no workspace in {folder}.", "Capture or import something first."
            ) from error
        if code in _WRITING and folder.exists() and not os.access(folder, os.W_OK):
            raise StoreUnavailable(
                f"Nothing can be written in {folder}, and even reading a workspace needs to.",
                "Make it writable, or copy it to another place.",
            ) from error
        if str(error).startswith(_REMADE):
            # Opening anew attaches it with all tables, empty at first.
            raise StoreUnavailable(
                "What was learned of the captures is being made anew.", "Try again in a moment."
            ) from error
        if code in _ENVIRONMENT:
            what = f"The workspace in {folder}" if file == FILE else f"{folder / file}"
            raise StoreUnavailable(f"{what} cannot be used: {error}.") from error
        raise


def _damaged(folder: Path, file: str, error: sqlite3.Error) -> tuple[str, str]:
    if file != FILE:
        # What was captured is whole: only this one has to go.
        return f"{folder / file} is damaged: {error}.", "Move that file away, or bring back a copy."
    return (
        f"The workspace in {folder} is damaged: {error}.",
        f"Remove {STUDY} in it, which is made again; if that does not help, move the folder away,"
        " or choose another with --workspace.",
    )


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _LEAST_ROOM
    except OSError:
        return False
