"""
Attaches what was learned of the events (see `app.study`) to a connection, as the schema `study`.

Its tables are always there, if empty, so that a query may join them without asking first.
"""

import logging
import re
import sqlite3
from pathlib import Path

log = logging.getLogger(__name__)

FILE = "study.sqlite"


_NAMED = re.compile(r"^(CREATE (?:UNIQUE )?(?:TABLE|INDEX|VIEW)) (\w+)")


def attach_study(folder: Path, connection: sqlite3.Connection) -> None:
    """Have the schema `study`. Where its file cannot be made or read, it stays empty."""
    path = folder / FILE
    try:
        if not path.exists() or not path.stat().st_size:
            # Imported here: the study itself reads through the store.
            from app.study.tables import prepare

            prepare(folder)
        connection.execute("ATTACH ? AS study", (f"{path.as_uri()}?mode=rw",))
        connection.execute("SELECT 1 FROM study.facts").fetchone()
    except (sqlite3.Error, OSError) as error:
        log.warning("what was learned of the events cannot be read: %s", error)
        _attach_empty(connection)


def _attach_empty(connection: sqlite3.Connection) -> None:
    from app.study.tables import statements

    if any(name == "study" for _, name, _ in connection.execute("PRAGMA database_list")):
        connection.execute("DETACH study")
    connection.execute("ATTACH ':memory:' AS study")
    for statement in statements():
        connection.execute(_NAMED.sub(r"\1 study.\2", statement))
