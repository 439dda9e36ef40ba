"""
Follows who is who: persons, the devices they were seen on, and who was merged into whom.
"""

import sqlite3
from typing import Any

from app.ingest.identity import NOBODY, Key, identify, usable
from app.model import Event
from app.store.learned.people import PEOPLE
from app.store.writer import Ids
from app.study.arrival import Arrival
from app.study.names import Remembered
from app.study.reading import StoredEvent

_COUNT = """
    UPDATE people SET last_id = max(last_id, ?), events = events + ?,
        first_ms = min(coalesce(first_ms, ?), ?), last_ms = max(coalesce(last_ms, ?), ?)
    WHERE id = ?
"""
_SEEN = """
    INSERT INTO person_devices VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET last_id = excluded.last_id, events = events + excluded.events
"""


class PeopleFollower:
    """The persons of a workspace; also the `People` that `identify` works on."""

    name = PEOPLE.name
    version = PEOPLE.version
    tables = PEOPLE.tables

    users: Remembered[Key, int]
    devices: "Owners"

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from the tables."""
        self._db = db
        self.users = Remembered(self._look_up_user)
        self.devices = Owners(db)
        self.merged: dict[int, int] = {}
        """Who was merged into the person of an event by that event; of this batch."""
        self._roots: Remembered[int, tuple[int, bool]] = Remembered(self._look_up_root)
        self._counted: set[int] = set()
        self._people: dict[int, list[Any]] = {}
        self._seen: dict[tuple[int, str, str], list[int]] = {}

    def place(
        self, row: StoredEvent, source: int, event: Event, time_ms: int, taken: bool, shortest: int
    ) -> tuple[bool, int, int]:
        """Whether an event counts, its time, and whose it is."""
        if not taken or not self._is_first(row):
            return False, time_ms, 0
        user, device = usable(event.user_id, shortest), usable(event.device_id, shortest)
        found = identify(self, source, user, device, row.id) if user or device else NOBODY
        if found.merged is not None:
            self.merged[row.id] = found.merged
        if found.person:
            self._count(found.person, row.id, time_ms)
            self._see(found.person, device or "", user or "", row.id)
        return True, time_ms, found.person

    def take(self, arrival: Arrival) -> None:
        """Everything was learned when the events were placed."""

    def save(self) -> None:
        """Write the counts of this batch."""
        self._db.executemany(
            _COUNT,
            [
                (last, events, first_ms, first_ms, last_ms, last_ms, person)
                for person, (last, events, first_ms, last_ms) in self._people.items()
            ],
        )
        self._db.executemany(_SEEN, [(*key, *seen) for key, seen in self._seen.items()])
        self._people.clear()
        self._seen.clear()
        self._counted.clear()
        self.merged.clear()

    def forget(self, first: Ids) -> None:
        """People are remembered longer than their events; what repeats refer to is not."""
        self._db.execute("DELETE FROM counted_repeats WHERE origin < ?", (first.event,))

    # `app.ingest.identity.People`

    def add(self, source: int, user: str | None, device: str | None, event: int) -> int:
        """A new person."""
        (number,) = self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM people").fetchone()
        self._db.execute(
            "INSERT INTO people (id, source_id, user, device, root, first_id, last_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, source, user, device, number, event, event),
        )
        self._roots[number] = number, user is None
        return int(number)

    def root(self, person: int) -> int:
        """Who this person turned out to be."""
        return int(self._roots.get(person, (person, False))[0])

    def is_anonymous(self, person: int) -> bool:
        """Whether no user id is known."""
        return bool(self._roots.get(person, (person, False))[1])

    def becomes(self, person: int, user: str) -> None:
        """The user id of a person became known."""
        self._db.execute("UPDATE people SET user = ? WHERE id = ?", (user, person))
        self._roots[person] = person, False

    def merge(self, person: int, into: int, event: int) -> None:
        """These were one all the time."""
        self._db.execute(
            "UPDATE people SET root = ?, merged_by = coalesce(merged_by, ?) WHERE root = ?",
            (into, event, person),
        )
        self._roots.clear()

    def _is_first(self, row: StoredEvent) -> bool:
        origin = row.repeat_of
        if origin is None:
            self._counted.add(row.id)
            return True
        if origin in self._counted or self._was_counted(origin):
            return False
        self._db.execute("INSERT INTO counted_repeats VALUES (?)", (origin,))
        return True

    def _was_counted(self, origin: int) -> bool:
        return bool(
            self._db.execute("SELECT 1 FROM placed WHERE id = ?", (origin,)).fetchone()
            or self._db.execute(
                "SELECT 1 FROM counted_repeats WHERE origin = ?", (origin,)
            ).fetchone()
        )

    def _count(self, person: int, event: int, time_ms: int) -> None:
        known = self._people.get(person)
        if known is None:
            self._people[person] = [event, 1, time_ms, time_ms]
            return
        known[0] = event
        known[1] += 1
        known[2] = min(known[2], time_ms)
        known[3] = max(known[3], time_ms)

    def _see(self, person: int, device: str, user: str, event: int) -> None:
        known = self._seen.get((person, device, user))
        if known is None:
            self._seen[person, device, user] = [event, event, 1]
        else:
            known[1] = event
            known[2] += 1

    def _look_up_user(self, key: Key) -> int | None:
        row = self._db.execute(
            "SELECT id FROM people WHERE source_id = ? AND user = ?", key
        ).fetchone()
        return None if row is None else int(row[0])

    def _look_up_root(self, person: int) -> tuple[int, bool] | None:
        row = self._db.execute(
            "SELECT r.id, r.user IS NULL FROM people p JOIN people r ON r.id = p.root"
            " WHERE p.id = ?",
            (person,),
        ).fetchone()
        return None if row is None else (int(row[0]), bool(row[1]))


class Owners(Remembered[Key, int]):
    """Whose a device is now, written through to its table."""

    def __init__(self, db: sqlite3.Connection) -> None:
        super().__init__(self._look_up_owner)
        self._db = db

    def __setitem__(self, key: Key, value: int) -> None:
        if self._is_news(key, value):
            self._db.execute("INSERT OR REPLACE INTO device_owners VALUES (?, ?, ?)", (*key, value))
        super().__setitem__(key, value)

    def _is_news(self, key: Key, value: int) -> bool:
        return self._look_up_owner(key) != value

    def _look_up_owner(self, key: Key) -> int | None:
        row = self._db.execute(
            "SELECT person FROM device_owners WHERE source_id = ? AND device = ?", key
        ).fetchone()
        return None if row is None else int(row[0])
