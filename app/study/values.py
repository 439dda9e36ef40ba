"""
Follows which values people have now, so that a person is found by any of them.

Names and values are written once and numbered, because plans, countries and versions repeat a
hundred thousand times. A list is found by each of its entries. What people had before is in
their states (`app.study.properties`).
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from app.decode.body import clean, json_text
from app.store.learned.values import VALUES
from app.store.writer import Ids
from app.study.arrival import Arrival
from app.study.names import Remembered
from app.study.people import PeopleFollower
from app.study.properties import PropertiesFollower

LONGEST = 200
MOST_ENTRIES = 100
"""Of a list, that a person is found by."""

_SET = """
    INSERT INTO person_properties VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET event_id = excluded.event_id, changes = changes + excluded.changes
"""


class ValuesFollower:
    """Keeps the present values of everyone, after `PropertiesFollower` learned them."""

    name = VALUES.name
    version = VALUES.version
    tables = VALUES.tables

    def __init__(self, people: PeopleFollower, properties: PropertiesFollower) -> None:
        self._merges = people
        self._properties = properties

    def begin(self, db: sqlite3.Connection) -> None:
        """Nothing is kept but the numbers of names and values."""
        self._db = db
        self._names: Remembered[str, int] = Remembered(self._look_up_name)
        self._values: Remembered[tuple[int, str], int] = Remembered(self._look_up_value)
        self._merged: set[int] = set()

    def take(self, arrival: Arrival) -> None:
        """See who was merged into somebody."""
        for one in arrival.events:
            merged = self._merges.merged.get(one.id)
            if merged is not None:
                self._merged.add(merged)

    def save(self) -> None:
        """Write what changed in this batch."""
        for person, changed in self._properties.take_changed().items():
            for name, (value, event, changes) in changed.items():
                self._change(person, self._name(clean(name)), value, event, changes)
        for table in ("person_values", "person_properties"):
            self._db.executemany(
                f"DELETE FROM {table} WHERE person = ?", [(person,) for person in self._merged]
            )
        self._merged.clear()

    def forget(self, first: Ids) -> None:
        """What people have stays, whoever said it."""

    def _change(self, person: int, name: int, value: Any, event: int, changes: int) -> None:
        self._db.execute("DELETE FROM person_values WHERE person = ? AND name = ?", (person, name))
        self._db.execute(_SET, (person, name, event, changes))
        for text in _texts(value):
            self._db.execute(
                "INSERT OR IGNORE INTO person_values VALUES (?, ?, ?)",
                (person, name, self._value(name, text)),
            )

    def _name(self, name: str) -> int:
        known = self._names.get(name)
        if known is None:
            known = self._add("INSERT INTO property_names (name) VALUES (?) RETURNING id", name)
            self._names[name] = known
        return int(known)

    def _value(self, name: int, text: str) -> int:
        known = self._values.get((name, text))
        if known is None:
            sql = "INSERT INTO property_values (name, value) VALUES (?, ?) RETURNING id"
            known = self._add(sql, name, text)
            self._values[name, text] = known
        return int(known)

    def _add(self, sql: str, *values: object) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])

    def _look_up_name(self, name: str) -> int | None:
        row = self._db.execute("SELECT id FROM property_names WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])

    def _look_up_value(self, key: tuple[int, str]) -> int | None:
        row = self._db.execute(
            "SELECT id FROM property_values WHERE name = ? AND value = ?", key
        ).fetchone()
        return None if row is None else int(row[0])


def _texts(value: Any) -> Iterator[str]:
    if value is None:
        return
    entries = value[:MOST_ENTRIES] if isinstance(value, list) else [value]
    for one in entries:
        yield (clean(one) if isinstance(one, str) else json_text(one))[:LONGEST]
