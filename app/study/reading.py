"""
Reads captures for the study: whole exchanges in order of arrival, with what became of their events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app.model import Outcome
from app.store import Store
from app.store.captures import Stored
from app.store.trouble import explained
from app.store.writer import OUTCOMES, Ids

MOST_CAPTURES = 200
MOST_EVENTS = 5000
PATIENCE_MS = 10_000
"""How long the study waits for an answer that is still to come. Whoever arrived later waits too,
because people and their properties follow the order of arrival."""


class StoredEvent(NamedTuple):
    """The row of an event."""

    id: int
    outcome: Outcome
    repeat_of: int | None


@dataclass(frozen=True, slots=True)
class StoredArrival:
    """A capture as it is stored."""

    id: int
    source_id: int | None
    stored: Stored
    rows: tuple[StoredEvent, ...]


class Batch(NamedTuple):
    """Captures that are settled, in order of arrival."""

    stored: list[StoredArrival]


class Captures:
    """The workspace, as the study reads it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = Store.read(folder)
        self._db = self._store.connection

    def after(self, through: int, now_ms: int) -> Batch:
        """The captures after this one, up to one that waits for its answer."""
        with explained(self._folder):
            found: list[StoredArrival] = []
            events = 0
            for number, source, first, count in self._settled(through, now_ms):
                if found and events + count > MOST_EVENTS:
                    break
                stored = self._store.captures.load(number)
                if stored is None:
                    continue  # Removed just now.
                found.append(StoredArrival(number, source, stored, self._rows(first, count)))
                events += count
            return Batch(found)

    def answered(self, waiting: Sequence[int]) -> list[StoredArrival]:
        """Those of these captures whose answer came, or is known not to come; the oldest first."""
        with explained(self._folder):
            rows = self._db.execute(
                "SELECT c.id, coalesce(p.source_id, c.source_id), coalesce(p.first_event_id, 0),"
                " coalesce(p.event_count, 0) FROM captures c LEFT JOIN uploads p ON p.id = c.id"
                f" WHERE c.id IN ({','.join('?' * len(waiting))})"
                " AND (c.status IS NOT NULL OR c.failure <> '') ORDER BY c.id",
                list(waiting),
            ).fetchall()
            return [
                StoredArrival(number, source, stored, self._rows(first, count))
                for number, source, first, count in rows
                if (stored := self._store.captures.load(number)) is not None
            ]

    def last_id(self) -> int:
        """The newest capture, or 0."""
        with explained(self._folder):
            return self._store.captures.last_id()

    def first_ids(self) -> Ids:
        """The oldest capture and event that are there, or zeros."""
        with explained(self._folder):
            capture, event = self._db.execute(
                "SELECT (SELECT min(id) FROM captures), (SELECT min(id) FROM events)"
            ).fetchone()
        return Ids(capture or 0, event or 0)

    def identity(self) -> int:
        """Tells this workspace from any other."""
        with explained(self._folder):
            row = self._db.execute("SELECT value FROM facts WHERE key = 'identity'").fetchone()
        return int(row[0]) if row else 0

    def data_version(self) -> int:
        """Changes when something was committed."""
        with explained(self._folder):
            return int(self._db.execute("PRAGMA main.data_version").fetchone()[0])

    def close(self) -> None:
        """Give the connection back."""
        self._store.close()

    def _settled(self, through: int, now_ms: int) -> list[tuple[int, int | None, int, int]]:
        rows = self._db.execute(
            "SELECT c.id, coalesce(p.source_id, c.source_id), coalesce(p.first_event_id, 0),"
            " coalesce(p.event_count, 0), c.status IS NULL AND c.failure = ''"
            "   AND c.via IN ('proxy', 'endpoint') AND c.at_ms BETWEEN ? AND ?"
            " FROM captures c LEFT JOIN uploads p ON p.id = c.id"
            " WHERE c.id > ? ORDER BY c.id LIMIT ?",
            # Of what arrived later than now, the clock was set back: waiting would take as long.
            (now_ms - PATIENCE_MS, now_ms + PATIENCE_MS, through, MOST_CAPTURES),
        ).fetchall()
        waiting = next((at for at, row in enumerate(rows) if row[4]), len(rows))
        return [
            (number, source, first, count) for number, source, first, count, _ in rows[:waiting]
        ]

    def _rows(self, first: int, count: int) -> tuple[StoredEvent, ...]:
        if not count:
            return ()
        rows = self._db.execute(
            "SELECT id, outcome, repeat_of FROM events WHERE id >= ? AND id < ? ORDER BY id",
            (first, first + count),
        )
        return tuple(StoredEvent(number, OUTCOMES[outcome], of) for number, outcome, of in rows)
