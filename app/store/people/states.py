"""
Reads what was known of people: now, and when an event happened.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import orjson

from app.decode.body import json_text, stored
from app.ingest.user_properties import State, applied
from app.store.people.uncounted import person_before

FULL_EVERY = 16
"""Every so many states of a person, one is stored in full."""


class Snapshot(NamedTuple):
    """What was known of a person when an event was received. `after` has what the event itself
    changed, `changed` says which that was; None stands for what it unset."""

    before: State
    after: State
    changed: State


class StateReader:
    """Questions about states, on a connection that has the study attached."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def names_of(self, events: Sequence[int]) -> dict[int, tuple[int, str]]:
        """The number and the name of the person of each of these events."""
        rows = self._db.execute(
            "SELECT e.id, r.id, coalesce(r.user, p.user, r.device, p.device, '')"
            " FROM study.placed e JOIN study.people p ON p.id = e.person"
            " JOIN study.people r ON r.id = p.root"
            " WHERE e.id IN (SELECT value FROM json_each(?))",
            (orjson.dumps(list(events)).decode(),),
        )
        return {event: (person, name) for event, person, name in rows}

    def of_event(self, event_id: int) -> int | None:
        """Whose an event is, after all merges; None when it did not count or is not studied."""
        row = self._db.execute(
            "SELECT p.root FROM study.placed e JOIN study.people p ON p.id = e.person"
            " WHERE e.id = ?",
            (event_id,),
        ).fetchone()
        return None if row is None else int(row[0])

    def snapshot(self, event_id: int) -> Snapshot | None:
        """The user properties as this event saw them; None when it did not count."""
        row = self._db.execute(
            "SELECT p.state, s.event_id, s.previous FROM study.placed p"
            " LEFT JOIN study.states s ON s.id = p.state WHERE p.id = ?",
            (event_id,),
        ).fetchone()
        if row is None:
            return None
        state, changed_by, previous = row
        after = self.state(state)
        if changed_by != event_id:
            return Snapshot(after, after, {})
        # An event that ends a merge changes the state twice; what was before it comes before both.
        before = self.state(self._before(previous, event_id))
        return Snapshot(before, after, difference(before, after))

    def known_before(self, event_id: int) -> State:
        """What was known of the person of an event that does not count."""
        person = person_before(self._db, event_id)
        row = self._db.execute(
            "SELECT id FROM study.states WHERE person = ? AND event_id < ?"
            " ORDER BY id DESC LIMIT 1",
            (person, event_id),
        ).fetchone()
        return self.state(row[0]) if row else {}

    def state(self, number: int) -> State:
        """A state by its number, empty for 0."""
        rows = self._db.execute(
            "SELECT t.id, t.is_full, t.changed FROM study.states s"
            " JOIN study.states t ON t.person = s.person AND t.id <= s.id"
            " WHERE s.id = ? ORDER BY t.id DESC LIMIT ?",
            (number, FULL_EVERY),
        )
        return unfolded(rows)[0]

    def current(self, person: int) -> State:
        """What is known of a person now."""
        row = self._db.execute(
            "SELECT max(id) FROM study.states WHERE person = ?", (person,)
        ).fetchone()
        return self.state(row[0] or 0)

    def _before(self, state: int, event_id: int) -> int:
        while state:
            row = self._db.execute(
                "SELECT event_id, previous FROM study.states WHERE id = ?", (state,)
            ).fetchone()
            if row is None or row[0] != event_id:
                return state
            state = row[1]
        return 0


def difference(before: State, after: State) -> State:
    """What makes one state of the other: new values, None for what is gone."""
    changed: State = {
        name: value
        for name, value in after.items()
        if json_text(before.get(name)) != json_text(value)
    }
    return changed | {name: None for name in before if name not in after}


def unfolded(rows: Iterable[tuple[int, int, str]]) -> tuple[State, int]:
    """The state that rows (id, is_full, changed) lead to, newest first, and how many of them it
    took after the one that is full."""
    later: list[dict[str, Any]] = []
    state: State = {}
    for _, is_full, text in rows:
        if is_full:
            state = stored(text)
            break
        later.append(stored(text))
    for changed in reversed(later):
        state = applied(state, changed)
    return state, len(later)
