"""
Follows what events were sent with and from where, so that filters find them by that.
"""

import sqlite3
from hashlib import blake2b
from typing import Any

import orjson

from app.filter.fields import NOTHING_SAID, SENT, Fields, of_values
from app.store.learned.fields import FIELDS
from app.store.writer import Ids
from app.study.arrival import Arrival
from app.study.names import Remembered

MOST = 20_000
"""Combinations that are remembered."""
_ADD = (
    f"INSERT INTO fields (digest, last_id, {', '.join(Fields._fields)})"
    f" VALUES (?, 0, {', '.join('?' * len(Fields._fields))}) RETURNING id"
)


class FieldsFollower:
    """Keeps the fields of each event that says any, whether it counts or not."""

    name = FIELDS.name
    version = FIELDS.version
    tables = FIELDS.tables

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from the tables."""
        self._db = db
        self._numbers: Remembered[Fields, int] = Remembered(self._look_up, MOST)
        self._runs: list[tuple[int, int, int]] = []
        self._last: dict[int, int] = {}

    def take(self, arrival: Arrival) -> None:
        """Look at the events of a capture."""
        said: tuple[Any, ...] = ()
        number = first = last = 0
        for one in arrival.events:
            found = tuple(map(one.event.fields.get, SENT))
            # Equal values of other types may still be different: 1 and True.
            if found != said or one.id != last + 1 or not _is_plain(found):
                self._note(first, last, number)
                said, first, number = found, one.id, self._number(found)
            last = one.id
        self._note(first, last, number)

    def save(self) -> None:
        """Write what was found."""
        self._db.executemany("INSERT OR REPLACE INTO field_runs VALUES (?, ?, ?)", self._runs)
        self._db.executemany(
            "UPDATE fields SET last_id = ? WHERE id = ?",
            [(last, number) for number, last in self._last.items()],
        )
        self._runs.clear()
        self._last.clear()

    def forget(self, first: Ids) -> None:
        """Events that are gone said nothing."""
        self._db.execute("DELETE FROM field_runs WHERE last < ?", (first.event,))
        self._db.execute("DELETE FROM fields WHERE last_id < ?", (first.event,))

    def _note(self, first: int, last: int, number: int) -> None:
        if not number:
            return
        before = self._runs[-1] if self._runs else (0, 0, 0)
        if before[1:] == (first - 1, number):
            # The next upload of the same device.
            self._runs[-1] = before[0], last, number
        else:
            self._runs.append((first, last, number))
        self._last[number] = last

    def _number(self, said: tuple[Any, ...]) -> int:
        """The number of a combination, 0 of none."""
        found = of_values(said)
        if found == NOTHING_SAID:
            return 0
        number = self._numbers.get(found)
        if number is None:
            row = self._db.execute(_ADD, (_digest(found), *found)).fetchone()
            number = self._numbers[found] = int(row[0])
        return int(number)

    def _look_up(self, found: Fields) -> int | None:
        row = self._db.execute(
            "SELECT id FROM fields WHERE digest = ?", (_digest(found),)
        ).fetchone()
        return None if row is None else int(row[0])


def _digest(found: Fields) -> bytes:
    return blake2b(orjson.dumps(list(found)), digest_size=16).digest()


_PLAIN = frozenset({str, type(None)})


def _is_plain(values: tuple[Any, ...]) -> bool:
    return _PLAIN.issuperset(map(type, values))
