"""
Recognises what was sent before: retries, browsers that post again, pulses of a heartbeat.

An upload that is sent again begins with an event that was sent before, at any of them when the
first sending was refused in part or split. What was taken is known (`duplicates`). Kept beside it
by `insert_id` are the first event of every upload that waits for its answer or is a later sending,
all events of those that were not taken, and every event with `delay`, which its SDK sends again and
again until it is over (wire-format §1.2). So one look-up finds the earlier upload.
"""

import sqlite3
from typing import NamedTuple

from app.ingest.dedupe import Seen, keys_of
from app.model import Event

_REMEMBER_ALL = """
    INSERT OR IGNORE INTO sent (event_id, insert_id, source_id, device_id)
    SELECT id, insert_id, source_id, device_id FROM events
    WHERE id BETWEEN ? AND ? AND insert_id IS NOT NULL
"""

type Key = tuple[str, int | None, int | None]
"""insert_id, and the numbers of source and device."""


class Attempt(NamedTuple):
    """Which sending of the same upload this is, and the first one when it is not that."""

    number: int = 1
    retry_of: int | None = None


class Repeats:
    """The `sent` table. Works inside the transactions of the writer."""

    def __init__(self, connection: sqlite3.Connection, seen: Seen) -> None:
        self._db = connection
        self._seen = seen

    def attempt(self, key: Key | None) -> tuple[Attempt, int | None]:
        """Which attempt begins with this event, and the upload that it repeats."""
        earlier = self.earlier(key) if key else None
        if earlier is None:
            return Attempt(), None
        row = self._db.execute(
            "SELECT p.id, p.attempt, p.retry_of FROM events e JOIN uploads p ON p.id = e.upload_id"
            " WHERE e.id = ?",
            (earlier,),
        ).fetchone()
        if row is None:
            return Attempt(), None
        upload, number, first = row
        return Attempt(number + 1, first or upload), upload

    def earlier(self, key: Key) -> int | None:
        """The newest event that was sent under this key."""
        row = self._db.execute(
            "SELECT event_id FROM sent WHERE insert_id = ? AND source_id IS ? AND device_id IS ?"
            " ORDER BY event_id DESC LIMIT 1",
            key,
        ).fetchone()
        if row is not None:
            return int(row[0])
        insert_id, source, device = key
        (taken,) = keys_of(source, (device,), (insert_id,))
        return None if taken is None else self._seen.find(taken)

    def remember(self, event_id: int, key: Key) -> None:
        """An event that something later may begin with."""
        self._db.execute("INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?)", (event_id, *key))

    def remember_all(self, first: int, count: int) -> None:
        """The events of an upload that was not taken: any of them may be sent again."""
        self._db.execute(_REMEMBER_ALL, (first, first + count - 1))

    def mark(self, upload: int, first: int, count: int) -> None:
        """Events that the earlier upload held already point to where they were sent first."""
        last = first + count - 1
        known = {
            (insert_id, device): event
            for event, insert_id, device in self._db.execute(
                "SELECT coalesce(e.repeat_of, e.id), e.insert_id, e.device_id"
                " FROM uploads p JOIN events e"
                " ON e.id BETWEEN p.first_event_id AND p.first_event_id + p.event_count - 1"
                " WHERE p.id = ? AND e.insert_id IS NOT NULL",
                (upload,),
            )
        }
        rows = self._db.execute(
            "SELECT id, insert_id, device_id FROM events WHERE id BETWEEN ? AND ?", (first, last)
        ).fetchall()
        self._db.executemany(
            "UPDATE events SET repeat_of = ? WHERE id = ?",
            [(known[key], event) for event, *rest in rows if (key := tuple(rest)) in known],
        )

    def mark_pulse(self, event: int, earlier: int) -> None:
        """A later pulse of a heartbeat is the event of the first one."""
        self._db.execute(
            "UPDATE events SET repeat_of = (SELECT coalesce(repeat_of, id) FROM events"
            " WHERE id = ?) WHERE id = ?",
            (earlier, event),
        )

    def forget(self, before: int) -> None:
        """Events below this id are gone."""
        self._db.execute("DELETE FROM sent WHERE event_id < ?", (before,))


def is_pulse(event: Event) -> bool:
    """Whether this event will be sent again until it is over."""
    return isinstance(event.raw.get("delay"), dict)
