"""
The workspace file: SQLite in WAL mode, one writer, many read-only readers.

    with Store.read(folder) as store:       # any number, one per thread
        store.events.rows(ids)
    with Store.write(folder) as store:      # one at a time, guarded by a lock file
        store.writer.add([(capture, decoded)])

The capture process holds the writer. Readers see every committed row at once and never block it.
"""

import contextlib
import logging
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Self

from app.closing import Closing
from app.errors import StoreUnavailable
from app.filter.texts import fits, holds, resembles
from app.links import workspace_name
from app.paths import private_dir
from app.store.beside import Beside
from app.store.captures import CaptureReader
from app.store.events import EventReader
from app.store.lock import WorkspaceLock
from app.store.people import PeopleReader
from app.store.report import ReportReader
from app.store.requests import RequestReader
from app.store.schema import FILE, PAGE_SIZE, STEPS
from app.store.studied import attach_study
from app.store.trouble import explained
from app.store.uploads import UploadReader
from app.store.values import ValueReader
from app.store.writer import Writer

log = logging.getLogger(__name__)

LONG_WAL_PAGES = 8192
UPDATE_SECONDS = 5.0


class Store(Closing):
    """One open connection and the questions that can be asked of it. Use in one thread only,
    except `interrupt`."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        lock: WorkspaceLock | None,
        beside: Beside | None = None,
    ) -> None:
        self.connection = connection
        self._beside = beside
        self.captures = CaptureReader(connection)
        self.events = EventReader(connection, self.captures, beside)
        self.uploads = UploadReader(connection, self.captures)
        self.requests = RequestReader(connection)
        self.values = ValueReader(connection)
        self.people = PeopleReader(connection)
        self.report = ReportReader(connection)
        self._lock = lock
        self._writer = Writer(connection, lock.folder) if lock else None

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Open for reading; a file of an older version is brought up to date first. Raises
        StoreUnavailable with a sentence."""
        store = cls.read_if_current(folder)
        if store is None:
            _bring_up_to_date(folder)
            store = cls._open_readable(folder)
        return store

    @classmethod
    def read_if_current(cls, folder: Path) -> Self | None:
        """Open for reading; None for a file of an older version, or one that is just being made:
        bringing it up to date takes seconds. Raises StoreUnavailable with a sentence."""
        store = cls._open_readable(folder)
        try:
            with explained(folder):
                if not _lacks_steps(store.connection):
                    return store
        except StoreUnavailable:
            store.close()
            raise
        store.close()
        return None

    @classmethod
    def _open_readable(cls, folder: Path) -> Self:
        with explained(folder):
            connection = _connect(folder)
            return cls(connection, None, Beside(connection, lambda: _connect(folder)))

    @classmethod
    def write(cls, folder: Path) -> Self:
        """Open as the one writer, making and updating the file. Raises StoreUnavailable."""
        private_dir(folder)
        lock = WorkspaceLock.take(folder)
        try:
            with explained(folder):
                return cls(_open_writable(folder), lock)
        except OSError as error:
            lock.release()
            raise StoreUnavailable(
                f"{folder / FILE} cannot be used: {error.strerror or error}.",
                "Choose another folder with --workspace.",
            ) from error
        except BaseException:
            lock.release()
            raise

    @property
    def writer(self) -> Writer:
        """The one writer. Only there when opened with `Store.write`."""
        if self._writer is None:
            raise RuntimeError("This store was opened for reading.")
        return self._writer

    def name(self) -> str:
        """How links name this workspace."""
        found = self.connection.execute("SELECT value FROM facts WHERE key = 'identity'").fetchone()
        return workspace_name(int(found[0])) if found else ""

    def interrupt(self) -> None:
        """Stop the running query from another thread; it raises sqlite3.OperationalError."""
        self.connection.interrupt()
        if self._beside:
            self._beside.interrupt()

    def data_version(self) -> int:
        """Changes whenever another connection committed, or something more was learned."""
        schemas = ("main",) if self._lock else ("main", "study")
        pragmas = [f"PRAGMA {schema}.data_version" for schema in schemas]
        return hash(tuple(self.connection.execute(one).fetchone()[0] for one in pragmas))

    def close(self) -> None:
        """Close the connection and, for a writer, empty the WAL and give up the lock."""
        if self._lock:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()
        if self._beside:
            self._beside.close()
        if self._lock:
            self._lock.release()


def _open_writable(folder: Path) -> sqlite3.Connection:
    from app.store.migrate import update

    path = folder / FILE
    # Private from the first moment; the files beside it get the same mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA cache_size = -65536")
        # A checkpoint syncs to disk and would hold up traffic: `Checkpointer` does it aside.
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(f"PRAGMA journal_size_limit = {LONG_WAL_PAGES * PAGE_SIZE}")
        _refuse_newer(folder, connection)
        update(connection)
        # Tells this file from another one that comes to lie in its place.
        connection.execute("INSERT OR IGNORE INTO facts VALUES ('identity', random())")
    except BaseException:
        connection.close()
        raise
    return connection


def _steps(connection: sqlite3.Connection) -> set[str] | None:
    """The steps that made this file, or None when it is none of ours."""
    table = "SELECT name FROM sqlite_master WHERE name = '_sqlite_migrations'"
    if not connection.execute(table).fetchone():
        return None
    rows = connection.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = 'eventscope'"
    ).fetchall()
    return {name for (name,) in rows}


def _lacks_steps(connection: sqlite3.Connection) -> bool:
    return bool(STEPS.keys() - (_steps(connection) or set()))


def _bring_up_to_date(folder: Path) -> None:
    """Apply the missing steps, or wait for the writer that is about to. Raises StoreUnavailable."""
    deadline = time.monotonic() + UPDATE_SECONDS
    while True:
        try:
            Store.write(folder).close()
        except StoreUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
            with contextlib.closing(sqlite3.connect(folder / FILE)) as connection:
                if not _lacks_steps(connection):
                    return
        else:
            return


def _connect(folder: Path) -> sqlite3.Connection:
    """A connection for reading, with what filters need."""
    # Read-only would not do: the first reader after a crash must be able to replay the WAL.
    connection = sqlite3.connect(
        f"{(folder / FILE).as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA busy_timeout = 5000")
        # A window has half a dozen of them. What is read again and again (the upper pages of
        # trees) fits, and what is read once would only push it out.
        connection.execute("PRAGMA cache_size = -4000")
        attach_study(folder, connection)
        connection.execute("PRAGMA query_only = ON")
        for function in (holds, resembles, fits):
            connection.create_function(function.__name__, 2, function, deterministic=True)
        _refuse_newer(folder, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_newer(folder: Path, connection: sqlite3.Connection) -> None:
    """A file with steps that we do not know was written by a newer version."""
    steps = _steps(connection)
    if steps is None:
        if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            raise StoreUnavailable(f"{folder / FILE} is not an Eventscope workspace.")
        return
    if steps - STEPS.keys():
        raise StoreUnavailable(
            f"The workspace in {folder} was made by a newer version of Eventscope.",
            "Update Eventscope, or choose another folder with --workspace.",
        )


def _checkpoint(connection: sqlite3.Connection) -> None:
    """Copy what was committed. Under constant load that alone never lets the WAL start over, and
    it would grow without end; so beyond a size the writer is made to begin it anew."""
    _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    if pages > LONG_WAL_PAGES:
        connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()


class Checkpointer:
    """Moves committed pages from the WAL into the file, in a thread and on a connection of its
    own, so that syncing to disk never holds up an answer."""

    def __init__(self, folder: Path, every_seconds: float = 1.0) -> None:
        self._folder = folder
        self._every = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        # Short: the writer waits while a checkpoint waits for readers to let the WAL go.
        connection = sqlite3.connect(self._folder / FILE, isolation_level=None, timeout=0.05)
        try:
            while not self._stop.wait(self._every):
                try:
                    _checkpoint(connection)
                except sqlite3.Error as error:  # A full disk shows where the writer commits.
                    log.warning("checkpoint: %s", error)
        finally:
            connection.close()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stop.set()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
