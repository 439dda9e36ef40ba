"""
Follows which events say revenue beside their properties, as HTTP V2 allows: `revenue`, or `price`.
"""

import sqlite3

from app.ingest.user_properties import REVENUE_FIELDS
from app.store.learned.revenues import REVENUES
from app.store.writer import Ids
from app.study.arrival import Arrival


class RevenuesFollower:
    """Keeps the number of each such event, whether it counts or not."""

    name = REVENUES.name
    version = REVENUES.version
    tables = REVENUES.tables

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from the table."""
        self._db = db
        self._found: list[tuple[int]] = []

    def take(self, arrival: Arrival) -> None:
        """Look at the events of a capture."""
        for one in arrival.events:
            fields = one.event.fields
            if any(fields.get(name) is not None for name in REVENUE_FIELDS):
                self._found.append((one.id,))

    def save(self) -> None:
        """Write what was found."""
        self._db.executemany("INSERT OR IGNORE INTO revenues VALUES (?)", self._found)
        self._found.clear()

    def forget(self, first: Ids) -> None:
        """Events that are gone brought nothing."""
        self._db.execute("DELETE FROM revenues WHERE id < ?", (first.event,))
