"""
The study's file: its tables, and making it when it is missing, outdated or damaged.
"""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from app.errors import StoreUnavailable
from app.store import grams
from app.store.learned import ALL
from app.store.studied import FILE

VERSION = 1
PAGE_SIZE = 8192
LONG_WAL_PAGES = 4096
"""Each time as many were written, they go to their places. A page that was written ten times
meanwhile goes once."""
PATIENCE_S = 30
"""For another process that studies, and lets others in between two transactions."""

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DROP_INDEX = ("DROP TABLE IF EXISTS grams", "DROP TABLE IF EXISTS gram_segments")
_FACTS = "CREATE TABLE facts (key TEXT PRIMARY KEY, value) WITHOUT ROWID"


class Kept(Protocol):
    """What has tables here: their declaration, or the follower that fills them."""

    @property
    def name(self) -> str:
        """One word."""

    @property
    def version(self) -> int:
        """Everything is studied again when it is another one."""

    @property
    def tables(self) -> tuple[str, ...]:
        """CREATE statements."""


def prepare(folder: Path) -> None:
    """Have the file there, with all tables. Raises sqlite3.Error or StoreUnavailable when that
    cannot be."""
    with contextlib.closing(open_file(folder, ALL)):
        pass


def statements() -> list[str]:
    """What makes all tables."""
    return [_FACTS, *(one for kept in ALL for one in kept.tables), *grams.TABLES]


def open_file(folder: Path, followers: Sequence[Kept]) -> sqlite3.Connection:
    """The file for writing, with the tables of these followers; one that is damaged or was made
    by another version is begun anew. Raises sqlite3.Error, and StoreUnavailable with a sentence
    when the file system is in the way."""
    try:
        try:
            return _open(folder, followers)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            throw_away(folder)
            return _open(folder, followers)
    except OSError as error:
        raise StoreUnavailable(
            f"{folder / FILE} cannot be used: {error.strerror or error}.",
            "Remove it; it is made again.",
        ) from error


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is no database, or a broken one."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DAMAGE


def throw_away(folder: Path) -> None:
    """Empty a damaged file. Nothing is lost: it is made from the workspace. Raises OSError."""
    path = folder / FILE
    try:
        # In place where that can be, so that whoever has it open sees what comes to be in it.
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as db:
            db.setconfig(sqlite3.SQLITE_DBCONFIG_RESET_DATABASE, True)
            db.execute("VACUUM")
            db.setconfig(sqlite3.SQLITE_DBCONFIG_RESET_DATABASE, False)
            db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.Error:
        for one in (path, folder / f"{FILE}-wal", folder / f"{FILE}-shm"):
            one.unlink(missing_ok=True)


def make_tables(db: sqlite3.Connection, followers: Sequence[Kept]) -> None:
    """All tables, empty when they were made by another version. In the caller's transaction."""
    if _versions(db) == _wanted(followers):
        return
    for kind, name in db.execute(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
        " AND type IN ('table', 'view')"
    ).fetchall():
        db.execute(f'DROP {kind} "{name}"')
    db.execute(_FACTS)
    for follower in followers:
        for statement in follower.tables:
            db.execute(statement)
    db.execute("INSERT INTO facts VALUES ('versions', ?)", (_wanted(followers),))
    _make_index(db)


def _make_index(db: sqlite3.Connection) -> None:
    """The tables of the index of texts. It can be made anew without studying anything again."""
    for statement in (*_DROP_INDEX, *grams.TABLES):
        db.execute(statement)
    db.execute("INSERT OR REPLACE INTO facts VALUES ('grams', ?)", (grams.VERSION,))


def empty(db: sqlite3.Connection) -> None:
    """Forget everything, because the workspace is another one now. In a transaction."""
    for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall():
        if name != "facts":
            db.execute(f'DELETE FROM "{name}"')
    db.execute("DELETE FROM facts WHERE key NOT IN ('versions', 'grams')")


def _open(folder: Path, followers: Sequence[Kept]) -> sqlite3.Connection:
    path = folder / FILE
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_S)
    try:
        db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA wal_autocheckpoint = {LONG_WAL_PAGES}")
        db.execute("PRAGMA cache_size = -65536")
        # Each statement notes how the pages that it changes were before: in files, those were
        # ten times what is kept in the end.
        db.execute("PRAGMA temp_store = MEMORY")
        if _versions(db) != _wanted(followers) or _fact(db, "grams") != str(grams.VERSION):
            db.execute("BEGIN IMMEDIATE")
            try:
                make_tables(db, followers)
                if _fact(db, "grams") != str(grams.VERSION):
                    _make_index(db)
                db.execute("COMMIT")
            except BaseException:
                # A full disk has ended the transaction by itself.
                with contextlib.suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
    except BaseException:
        db.close()
        raise
    return db


def _versions(db: sqlite3.Connection) -> str:
    return _fact(db, "versions")


def _fact(db: sqlite3.Connection, key: str) -> str:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone():
        return ""
    row = db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _wanted(followers: Sequence[Kept]) -> str:
    parts = [f"study {VERSION}", *(f"{one.name} {one.version}" for one in followers)]
    return ", ".join(parts)
