"""
The file that charts keep their copy of the events in: its tables and views, how it is opened, made
anew when it cannot be used, and what is said where that fails.
"""

import contextlib
import logging
import os
import shutil
import time
from pathlib import Path

import duckdb

from app.errors import StoreFull, StoreUnavailable

log = logging.getLogger(__name__)

FILE = "charts.duckdb"
VERSION = "6"
MEMORY = "400MB"
SCRATCH = "charts-"
OLD_S = 86400
DAMAGE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException)

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
    "CREATE TABLE group_states (id BIGINT, source INTEGER, kind VARCHAR, name VARCHAR)",
    "CREATE TABLE clicks (event BIGINT, shape BIGINT)",
    "CREATE TABLE matches (label BIGINT, shape BIGINT)",
)
VIEWS = (
    "CREATE OR REPLACE VIEW merged AS SELECT id, root FROM people WHERE root <> id",
    "CREATE OR REPLACE VIEW events AS SELECT s.*, coalesce(m.root, s.owner) AS person"
    " FROM stored s LEFT JOIN merged m ON m.id = s.owner",
    "CREATE OR REPLACE VIEW newcomers AS SELECT coalesce(m.root, f.person) AS person,"
    " min(f.time) AS time FROM firsts f LEFT JOIN merged m ON m.id = f.person GROUP BY 1",
    "CREATE OR REPLACE VIEW group_values AS SELECT *, coalesce(lead(id) OVER (PARTITION BY source,"
    " kind, name ORDER BY id), 9223372036854775807) AS until FROM group_states",
    "CREATE OR REPLACE VIEW labeled AS SELECT c.event, m.label FROM clicks c"
    " JOIN matches m ON m.shape = c.shape",
)


def opened(folder: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
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
        remove(folder)
        return _connected(path, scratch)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be used: {error.strerror or error}.") from error
    except duckdb.Error as error:
        raise StoreUnavailable(f"The charts in {folder} cannot be opened.", str(error)) from error


def remove(folder: Path) -> None:
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
        # It would print how far it is, where others expect JSON.
        db.execute("SET enable_progress_bar = false")
        make(db)
    except BaseException:
        db.close()
        raise
    return db


def make(db: duckdb.DuckDBPyConnection) -> None:
    """Have the tables there, empty when they were made by another version."""
    there = {name for (name,) in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if "facts" in there:
        row = db.execute("SELECT value FROM facts WHERE key = 'version'").fetchone()
        if row and row[0] == VERSION:
            return
        raise duckdb.Error("made by another version")
    for statement in (*_TABLES, *VIEWS):
        db.execute(statement)
    db.execute("INSERT INTO facts VALUES ('version', ?)", [VERSION])


def tidy(folder: Path) -> None:
    """Remove what killed processes left behind; what is a day old is nobody's any more."""
    for left in folder.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > OLD_S:
                shutil.rmtree(left, ignore_errors=True)


def in_words(folder: Path, error: Exception) -> StoreUnavailable:
    if lacks_room(folder, error):
        return StoreFull(f"There is no room left for charts in {folder}.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreUnavailable("This chart needs more memory than there is.", "Ask for less.")
    return StoreUnavailable(
        f"The charts in {folder} cannot be read or written.", "They are made again the next time."
    )


def lacks_room(folder: Path, error: Exception) -> bool:
    return "No space left" in str(error) or shutil.disk_usage(folder).free < 1_000_000
