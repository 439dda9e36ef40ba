"""
Follows which IP address each event says it came from, so that filters find it by that.

`$remote` stands for the address that the server sees, which is not known here.
"""

import sqlite3

from app.store.learned.addresses import ADDRESSES
from app.store.writer import Ids
from app.study.arrival import Arrival

LONGEST = 45
"""Of an address; what is longer is none."""


class AddressesFollower:
    """Keeps the address of each event that says one, whether it counts or not."""

    name = ADDRESSES.name
    version = ADDRESSES.version
    tables = ADDRESSES.tables

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from the tables."""
        self._db = db
        self._found: list[tuple[int, str]] = []

    def take(self, arrival: Arrival) -> None:
        """Look at the events of a capture."""
        for one in arrival.events:
            ip = one.event.fields.get("ip")
            if isinstance(ip, str) and 0 < len(ip) <= LONGEST and ip != "$remote" and ip.isascii():
                self._found.append((one.id, ip))

    def save(self) -> None:
        """Write what was found."""
        self._db.executemany("INSERT OR REPLACE INTO addresses VALUES (?, ?)", self._found)
        self._found.clear()

    def forget(self, first: Ids) -> None:
        """Events that are gone came from nowhere."""
        self._db.execute("DELETE FROM addresses WHERE id < ?", (first.event,))
