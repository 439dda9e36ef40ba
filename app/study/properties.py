"""
Follows the user properties of every person, and which of their states each event saw.

A state is stored as what changed since the one before, and in full now and then. An event keeps
the number of the state that was in force when it was received, its own changes included; so a
later change never rewrites what an earlier event saw (semantics §3).
"""

import sqlite3
from typing import Any, NamedTuple

from app.decode.body import json_text
from app.ingest.user_properties import (
    State,
    applied,
    changes,
    context,
    inherited,
    is_apart,
    own,
)
from app.store.learned.properties import PROPERTIES
from app.store.people import FULL_EVERY, unfolded
from app.store.writer import Ids
from app.study.arrival import Arrival, Arrived
from app.study.names import Remembered
from app.study.people import PeopleFollower

MOST_PEOPLE = 50_000


class Known(NamedTuple):
    """The newest state of a person, and how many states ago it was stored in full."""

    id: int = 0
    state: State = {}
    ago: int = 0


NOTHING = Known()


class Change(NamedTuple):
    """A property's newest value, None when it is gone, the event that gave it, and how often it
    changed."""

    value: Any
    event_id: int
    changes: int


class PropertiesFollower:
    """Keeps the states of persons."""

    name = PROPERTIES.name
    version = PROPERTIES.version
    tables = PROPERTIES.tables

    def __init__(self, people: PeopleFollower) -> None:
        self._merges = people

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from the tables."""
        self._db = db
        (self._last,) = db.execute("SELECT coalesce(max(id), 0) FROM states").fetchone()
        self._known: Remembered[int, Known] = Remembered(self._look_up, MOST_PEOPLE)
        self._placed: list[tuple[int, int, int, int]] = []
        self._quiet: dict[int, tuple[int, tuple[str | None, ...]]] = {}
        """With what an event was sent last that changed nothing of a state, by person."""
        self._changed: dict[int, dict[str, Change]] = {}

    def take(self, arrival: Arrival) -> None:
        """Apply what the events say, in their order."""
        for event in arrival.events:
            if event.counts:
                state = self._state(event) if event.person else 0
                self._placed.append((event.id, event.person, event.time_ms, state))

    def save(self) -> None:
        """Write which event saw what."""
        self._db.executemany("INSERT OR REPLACE INTO placed VALUES (?, ?, ?, ?)", self._placed)
        self._placed.clear()
        self._quiet.clear()

    def take_changed(self) -> dict[int, dict[str, Change]]:
        """What changed since this was last asked, by person and name."""
        changed, self._changed = self._changed, {}
        return changed

    def forget(self, first: Ids) -> None:
        """Events that are gone saw nothing. States stay as long as something may rest on them."""
        self._db.execute("DELETE FROM placed WHERE id < ?", (first.event,))
        self._db.execute(
            "DELETE FROM states WHERE event_id < ? AND id < (SELECT max(s.id) FROM states s"
            " WHERE s.person = states.person AND s.is_full AND s.event_id < ?)",
            (first.event, first.event),
        )

    def _state(self, event: Arrived) -> int:
        fields, known = event.event.fields, self._known.get(event.person, NOTHING)
        if is_apart(fields):
            return self._add(0, event.id, 0, True, own(fields))
        merged = self._merges.merged.get(event.id)
        if merged is not None:
            gained = inherited(known.state, self._known.get(merged, NOTHING).state)
            known = self._change(event, known, gained)
        said = context(event.event.type, fields)
        if said is not None and self._quiet.get(event.person) == (known.id, said):
            return int(known.id)
        changed = changes(known.state, event.event.type, fields)
        if said is not None and not changed:
            self._quiet[event.person] = known.id, said
        return self._change(event, known, changed).id

    def _change(self, event: Arrived, known: Known, changed: State) -> Known:
        if not changed:
            return known
        state = applied(known.state, changed)
        noted = self._changed.setdefault(event.person, {})
        for name, value in changed.items():
            before = noted.get(name)
            noted[name] = Change(value, event.id, 1 + (before.changes if before else 0))
        is_full = known.id == 0 or known.ago + 1 >= FULL_EVERY
        number = self._add(event.person, event.id, known.id, is_full, state if is_full else changed)
        found = Known(number, state, 0 if is_full else known.ago + 1)
        self._known[event.person] = found
        return found

    def _add(self, person: int, event: int, previous: int, is_full: bool, changed: State) -> int:
        self._last += 1
        self._db.execute(
            "INSERT INTO states VALUES (?, ?, ?, ?, ?, ?)",
            (self._last, person, event, previous, is_full, json_text(changed)),
        )
        return int(self._last)

    def _look_up(self, person: int) -> Known | None:
        rows = self._db.execute(
            "SELECT id, is_full, changed FROM states WHERE person = ? ORDER BY id DESC LIMIT ?",
            (person, FULL_EVERY),
        ).fetchall()
        if not rows:
            return None
        state, ago = unfolded(rows)
        return Known(rows[0][0], state, ago)
