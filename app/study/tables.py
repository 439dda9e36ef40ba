"""
The study's file: its tables, and making it when it is missing, outdated or damaged.
"""

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from app.study.follower import Follower

FILE = "study.sqlite"
VERSION = 1
PAGE_SIZE = 8192

_FACTS = "CREATE TABLE facts (key TEXT PRIMARY KEY, value) WITHOUT ROWID"


def prepare(folder: Path) -> None:
    """Have the file there, with all tables. Raises sqlite3.Error when that cannot be."""
    from app.study.followers import make_followers

    with contextlib.closing(open_file(folder, make_followers())):
        pass


def statements() -> list[str]:
    """What makes all tables."""
    from app.study.followers import make_followers

    return [_FACTS, *(one for follower in make_followers() for one in follower.tables)]


def open_file(folder: Path, followers: Sequence[Follower]) -> sqlite3.Connection:
    """The file for writing, with the tables of these followers; one that is damaged or was made
    by another version is begun anew. Raises sqlite3.Error."""
    try:
        return _open(folder, followers)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        # Not a database, or a broken one. Nothing is lost: it is made from the workspace.
        for path in (folder / FILE, folder / f"{FILE}-wal", folder / f"{FILE}-shm"):
            path.unlink(missing_ok=True)
        return _open(folder, followers)


def make_tables(db: sqlite3.Connection, followers: Sequence[Follower]) -> None:
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


def empty(db: sqlite3.Connection) -> None:
    """Forget everything, because the workspace is another one now. In a transaction."""
    for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall():
        if name != "facts":
            db.execute(f'DELETE FROM "{name}"')
    db.execute("DELETE FROM facts WHERE key <> 'versions'")


def _open(folder: Path, followers: Sequence[Follower]) -> sqlite3.Connection:
    path = folder / FILE
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        db.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA cache_size = -65536")
        if _versions(db) != _wanted(followers):
            db.execute("BEGIN IMMEDIATE")
            try:
                make_tables(db, followers)
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
    except BaseException:
        db.close()
        raise
    return db


def _versions(db: sqlite3.Connection) -> str:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchone():
        return ""
    row = db.execute("SELECT value FROM facts WHERE key = 'versions'").fetchone()
    return str(row[0]) if row else ""


def _wanted(followers: Sequence[Follower]) -> str:
    parts = [f"study {VERSION}", *(f"{one.name} {one.version}" for one in followers)]
    return ", ".join(parts)
