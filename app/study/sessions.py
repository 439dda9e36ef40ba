"""
Follows sessions: what each person did under each session id.
"""

import sqlite3

from app.ingest.sessions import is_session
from app.store.learned.sessions import SESSIONS
from app.store.writer import Ids
from app.study.arrival import Arrival

_ADD = """
    INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET last_id = excluded.last_id, events = events + excluded.events,
        first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)
"""
NO_EVENTS = ("$identify", "$groupidentify")
"""Calls that are no events, and make no session."""


class SessionsFollower:
    """Keeps the sessions of persons, under the person whose an event was when it was received."""

    name = SESSIONS.name
    version = SESSIONS.version
    tables = SESSIONS.tables

    def begin(self, db: sqlite3.Connection) -> None:
        """Nothing is remembered between batches."""
        self._db = db
        self._found: dict[tuple[int, int], list[int]] = {}

    def take(self, arrival: Arrival) -> None:
        """Extend the sessions of these events."""
        for one in arrival.events:
            session = one.event.session_id
            if (
                not one.counts
                or not one.person
                or session is None
                or not is_session(session)
                or one.event.type in NO_EVENTS
            ):
                continue
            known = self._found.get((one.person, session))
            if known is None:
                self._found[one.person, session] = [one.id, one.id, one.time_ms, one.time_ms, 1]
                continue
            known[1] = one.id
            known[2] = min(known[2], one.time_ms)
            known[3] = max(known[3], one.time_ms)
            known[4] += 1

    def save(self) -> None:
        """Write the sessions of this batch."""
        self._db.executemany(_ADD, [(*key, *found) for key, found in self._found.items()])
        self._found.clear()

    def forget(self, first: Ids) -> None:
        """Sessions all of whose events are gone."""
        self._db.execute("DELETE FROM sessions WHERE last_id < ?", (first.event,))
