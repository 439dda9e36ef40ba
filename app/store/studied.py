"""
Attaches what was learned of the events (see `app.study`) to a connection, as the schema `study`.

Its tables are always there, if empty, so that a query may join them without asking first.
"""

import logging
import re
import sqlite3
from pathlib import Path

from app.errors import StoreUnavailable

log = logging.getLogger(__name__)

FILE = "study.sqlite"


_NAMED = re.compile(r"^(CREATE (?:UNIQUE )?(?:TABLE|INDEX|VIEW)) (\w+)")


def attach_study(folder: Path, connection: sqlite3.Connection) -> None:
    """Have the schema `study`. Where its file cannot be made or read, it stays empty."""
    path = folder / FILE
    try:
        if not path.exists() or not path.stat().st_size:
            _prepare(folder)
        try:
            _attach(connection, path)
        except sqlite3.Error:
            _detach(connection)
            _prepare(folder)  # Damaged, most likely: then it begins anew.
            _attach(connection, path)
    except (sqlite3.Error, OSError, StoreUnavailable) as error:
        log.warning("what was learned of the events cannot be read: %s", error)
        _detach(connection)
        _attach_empty(connection)


def _prepare(folder: Path) -> None:
    # Imported here: the file is there, nearly always.
    from app.store.studyfile import prepare

    prepare(folder)


def _attach(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("ATTACH ? AS study", (f"{path.as_uri()}?mode=rw",))
    connection.execute("SELECT 1 FROM study.facts").fetchone()


def _detach(connection: sqlite3.Connection) -> None:
    if any(name == "study" for _, name, _ in connection.execute("PRAGMA database_list")):
        connection.execute("DETACH study")


def _attach_empty(connection: sqlite3.Connection) -> None:
    from app.store.studyfile import statements

    connection.execute("ATTACH ':memory:' AS study")
    for statement in statements():
        connection.execute(_NAMED.sub(r"\1 study.\2", statement))
