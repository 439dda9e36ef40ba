"""
Finds events that were stored and accepted before, and says so in their rows.

One rule for what was forwarded, answered here and imported (`app.ingest.dedupe`). After a restart
the newest events of the file are known again, and up to a million that came since.
"""

import sqlite3
from collections.abc import Iterator, Sequence

from app.ingest.dedupe import WEEK_MS, Key, Seen, keys_of

RESTORED = 200_000
"""How many of the newest events are known again after a restart; reading them takes 0.2 s."""

_NEWEST = """
    SELECT e.id, e.source_id, e.device_id, e.insert_id, c.at_ms
    FROM events e JOIN captures c ON c.id = e.upload_id
    WHERE e.id > (SELECT max(id) FROM events) - ? AND e.outcome = ? AND e.insert_id IS NOT NULL
    AND c.at_ms > (SELECT at_ms FROM captures ORDER BY id DESC LIMIT 1) - ?
    ORDER BY e.id
"""


class Duplicates:
    """Works inside the transactions of the writer, which says how they ended."""

    def __init__(self, connection: sqlite3.Connection, accepted: int, duplicate: int) -> None:
        """`accepted` and `duplicate` are the numbers of these outcomes in the events table."""
        self._db = connection
        self._duplicate = duplicate
        self.seen = Seen()
        self.seen.load(self._stored(accepted))

    def mark(self, first: int, keys: Sequence[Key | None], at_ms: int) -> None:
        """These events were accepted. Those that were accepted before are duplicates of it, but
        for those that belong to a later sending of their upload: they are told apart already."""
        known = self.seen.accept(first, keys, at_ms)
        if known:
            self._db.executemany(
                "UPDATE events SET outcome = ?, repeat_of = ? WHERE id = ? AND repeat_of IS NULL",
                [(self._duplicate, number, first + place) for place, number in known.items()],
            )

    def _stored(self, accepted: int) -> Iterator[tuple[int, Key, int]]:
        rows = self._db.execute(_NEWEST, (RESTORED, accepted, WEEK_MS))
        for number, source, device, insert_id, at_ms in rows:
            (key,) = keys_of(source, (device,), (insert_id,))
            if key is not None:
                yield number, key, at_ms
