"""
The study for a command that needs it now: everything that is settled is studied first.
"""

import sqlite3
from pathlib import Path

from app.errors import StoreUnavailable
from app.store.trouble import explained
from app.study.running import Study


def catch_up(folder: Path) -> None:
    """Study what is new in the workspace. Somebody else may be doing it at the same time. Raises
    StoreUnavailable with a sentence."""
    try:
        with explained(folder), Study(folder) as study:
            study.catch_up()
    except (PermissionError, sqlite3.OperationalError) as error:
        raise StoreUnavailable(
            f"What the events in {folder} mean together cannot be kept there: {error}.",
            "Make the folder writable, or copy it.",
        ) from error
