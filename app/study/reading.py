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

MOST_CAPTURES = 1000
MOST_EVENTS = 5000
"""Of one batch. What followers count is written once a batch, so few large ones cost less; and as
many events fit in memory, decoded."""
# What `StoredEvent(…)` does in the end, in a third of the time.
_new_event = tuple.__new__
PATIENCE_MS = 10_000
"""How long the study waits for an answer that is still to come. Whoever arrived later waits too,
because people and their properties follow the order of arrival."""

_TEXTS = """
    SELECT e.event_properties, e.user_properties, e.groups, e.group_properties, e.insert_id,
        t.text, u.text, d.text
    FROM events e JOIN names t ON t.id = e.type_id LEFT JOIN names u ON u.id = e.user_id
    LEFT JOIN names d ON d.id = e.device_id
    WHERE e.id >= ? AND e.id < ?
"""


class Settled(NamedTuple):
    """A capture that is to be studied, with the range of its events."""

    id: int
    source_id: int | None
    first_event: int
    events: int


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
            self._db.execute("BEGIN")
            try:
                return Batch(self._loaded(_fitting(self._settled(through, now_ms))))
            finally:
                self._db.execute("COMMIT")

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
            return self._loaded([Settled(*row) for row in rows])

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

    def whole_segments(self, size: int) -> range:
        """The segments of so many events each (event N is in segment N // size) to which no event
        comes any more, of which some are there."""
        with explained(self._folder):
            # Asked for together, SQLite would look at every event.
            first, last = self._db.execute(
                "SELECT (SELECT min(id) FROM events), (SELECT max(id) FROM events)"
            ).fetchone()
        return range(first // size, (last + 1) // size) if first else range(0)

    def texts(self, first: int, above: int) -> list[str]:
        """Everything that is text of these events, in no order: names, insert IDs, properties."""
        with explained(self._folder):
            rows = self._db.execute(_TEXTS, (first, above)).fetchall()
        return [text for row in rows for text in row if text]

    def close(self) -> None:
        """Give the connection back."""
        self._store.close()

    def _settled(self, through: int, now_ms: int) -> list[Settled]:
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
        return [Settled(*row[:4]) for row in rows[:waiting]]

    def _loaded(self, wanted: Sequence[Settled]) -> list[StoredArrival]:
        """These captures, without those that were removed just now."""
        stored = self._store.captures.load_all([one.id for one in wanted])
        events = self._events(wanted)
        return [
            StoredArrival(one.id, one.source_id, found, tuple(events.get(one.id, ())))
            for one in wanted
            if (found := stored.get(one.id)) is not None
        ]

    def _events(self, wanted: Sequence[Settled]) -> dict[int, list[StoredEvent]]:
        """The rows of their events, by capture."""
        found: dict[int, list[StoredEvent]] = {}
        spans = [(one.first_event, one.events) for one in wanted if one.events]
        if not spans:
            return found
        rows = self._db.execute(
            "SELECT id, outcome, repeat_of, upload_id FROM events WHERE id >= ? AND id < ?"
            " ORDER BY id",
            (min(first for first, _ in spans), max(first + count for first, count in spans)),
        )
        for number, outcome, of, upload in rows:
            row = _new_event(StoredEvent, (number, OUTCOMES[outcome], of))
            if upload in found:
                found[upload].append(row)
            else:
                found[upload] = [row]
        return found


def _fitting(settled: Sequence[Settled]) -> Sequence[Settled]:
    """As many as can be held in memory, and no less than one."""
    events = 0
    for at, one in enumerate(settled):
        events += one.events
        if at and events > MOST_EVENTS:
            return settled[:at]
    return settled
