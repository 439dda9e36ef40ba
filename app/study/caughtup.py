"""
The study for a command that needs it now: everything that is settled is studied first.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from app.errors import StoreUnavailable
from app.store import Store
from app.store.trouble import explained
from app.study.running import Study


def catch_up(folder: Path) -> None:
    """Study what is new in the workspace. Somebody else may be doing it at the same time. Raises
    StoreUnavailable with a sentence, also when there is no workspace."""
    try:
        with explained(folder), Study(folder) as study:
            study.catch_up()
    except (PermissionError, sqlite3.OperationalError) as error:
        raise StoreUnavailable(
            f"What the events in {folder} mean together cannot be kept there: {error}.",
            "Make the folder writable, or copy it.",
        ) from error


@contextlib.contextmanager
def studied(folder: Path) -> Iterator[Store]:
    """The workspace, for reading, once everything in it is studied. Raises StoreUnavailable."""
    catch_up(folder)
    with explained(folder), Store.read(folder) as store:
        yield store
