"""
Follows groups (accounts) and their properties.
"""

import sqlite3

from app.decode.body import clean, json_text, parsed
from app.ingest.user_properties import State, applied, changes
from app.store.learned.groups import GROUPS
from app.store.writer import Ids
from app.study.arrival import Arrival, Arrived
from app.study.names import Remembered

MOST_VALUES = 10
"""How many groups of a type one event may belong to (wire-format §4.2)."""

type Key = tuple[int, str, str]


class GroupsFollower:
    """Keeps the groups that events name."""

    name = GROUPS.name
    version = GROUPS.version
    tables = GROUPS.tables

    def begin(self, db: sqlite3.Connection) -> None:
        """Go on from the tables."""
        self._db = db
        self._ids: Remembered[Key, int] = Remembered(self._look_up)
        self._last: dict[int, int] = {}

    def take(self, arrival: Arrival) -> None:
        """See the groups of these events."""
        for one in arrival.events:
            groups = one.event.fields.get("groups")
            if one.counts and isinstance(groups, dict):
                for kind, names in groups.items():
                    self._see(arrival.source_id or 0, one, str(kind), names)

    def save(self) -> None:
        """Write when groups were last seen."""
        self._db.executemany(
            "UPDATE groups SET last_id = ? WHERE id = ?",
            [(event, group) for group, event in self._last.items()],
        )
        self._last.clear()

    def forget(self, first: Ids) -> None:
        """Changes by events that are gone become one of each group, by no event: what they said
        is still so."""
        rows = self._db.execute(
            "SELECT group_id, changed FROM group_changes WHERE event_id < ? ORDER BY event_id",
            (first.event,),
        ).fetchall()
        states: dict[int, State] = {}
        for group, text in rows:
            states[group] = applied(states.get(group, {}), parsed(text.encode()))
        self._db.execute("DELETE FROM group_changes WHERE event_id < ?", (first.event,))
        self._db.executemany(
            "INSERT INTO group_changes VALUES (?, 0, ?)",
            [(group, json_text(state)) for group, state in states.items() if state],
        )

    def _see(self, source: int, one: Arrived, kind: str, names: object) -> None:
        listed = names if isinstance(names, list) else [names]
        for name in listed[:MOST_VALUES]:
            if isinstance(name, str | int | float) and not isinstance(name, bool):
                group = self._group((source, clean(kind), clean(str(name))), one.id)
                self._last[group] = one.id
                if one.event.type == "$groupidentify":
                    self._change(group, one)

    def _change(self, group: int, one: Arrived) -> None:
        (text,) = self._db.execute(
            "SELECT properties FROM groups WHERE id = ?", (group,)
        ).fetchone()
        state: State = parsed(text.encode())
        said = {"user_properties": one.event.fields.get("group_properties")}
        changed = changes(state, one.event.type, said)
        if changed:
            self._db.execute(
                "UPDATE groups SET properties = ? WHERE id = ?",
                (json_text(applied(state, changed)), group),
            )
            self._db.execute(
                "INSERT OR REPLACE INTO group_changes VALUES (?, ?, ?)",
                (group, one.id, json_text(changed)),
            )

    def _group(self, key: Key, event: int) -> int:
        known = self._ids.get(key)
        if known is not None:
            return int(known)
        row = self._db.execute(
            "INSERT INTO groups (source_id, type, name, properties, first_id, last_id)"
            " VALUES (?, ?, ?, '{}', ?, ?) RETURNING id",
            (*key, event, event),
        ).fetchone()
        self._ids[key] = int(row[0])
        return int(row[0])

    def _look_up(self, key: Key) -> int | None:
        row = self._db.execute(
            "SELECT id FROM groups WHERE source_id = ? AND type = ? AND name = ?", key
        ).fetchone()
        return None if row is None else int(row[0])
