"""
Finds people: by ids, by values of their properties, by what they did or did not do.

A condition that few people meet is turned into the set of those people; one that many meet is
asked of each person, from the one seen last on, until there are enough. So neither `plan=free` nor
a word that nobody has ever reads everything.
"""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from app.decode.body import json_text
from app.filter.texts import TextTest
from app.ingest.lookalike import shape
from app.store.people.conditions import PROPERTY, WORD, Condition, shown_name

FEW = 4_000
"""How many people a condition may be met by to be listed at once."""
MOST_TYPES = 50

_GROUP = (
    "(SELECT r.id UNION ALL SELECT m.id FROM study.people m WHERE m.root = r.id AND m.root <> m.id)"
)
"""A person and everyone who was merged into them."""

_ROW = f"""
    SELECT r.id, (SELECT coalesce(nullif(name, ''), api_key) FROM sources WHERE id = r.source_id),
        r.user, r.device, r.last_id,
        (SELECT min(g.first_ms) FROM study.people g WHERE g.id IN {_GROUP}),
        (SELECT max(g.last_ms) FROM study.people g WHERE g.id IN {_GROUP}),
        (SELECT sum(g.events) FROM study.people g WHERE g.id IN {_GROUP}),
        (SELECT count(DISTINCT d.device) FROM study.person_devices d
            WHERE d.person IN {_GROUP} AND d.device <> '')
    FROM study.people r
"""


class PersonRow(NamedTuple):
    """Someone, with everyone who was merged into them. `project` is its name or key, `device`
    their first one; `events` counts identifies too; times are event times."""

    id: int
    project: str
    user: str | None
    device: str | None
    last_id: int
    first_ms: int
    last_ms: int
    events: int
    devices: int


class FoundPeople(NamedTuple):
    """The people found, and whether there are more."""

    people: list[PersonRow]
    has_more: bool


class Suggestion(NamedTuple):
    """Something that would find people: `kind` as in Condition, what to show and how to say it."""

    kind: str
    name: str
    text: str
    people: int


class _Part(NamedTuple):
    """One condition as SQL, asked of a person `r`; and who meets it, when they are few."""

    asked: str
    values: tuple[object, ...]
    few: frozenset[int] | None = None


class PeopleSearch:
    """Questions about who there is, on a connection that has the study attached."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def find(
        self,
        conditions: Sequence[Condition],
        now_ms: int,
        limit: int = 200,
        before: int | None = None,
    ) -> FoundPeople:
        """Those who meet all conditions, last seen first; only those last seen before the event
        `before`. `now_ms` is what `within_ms` counts back from."""
        parts = [(one, self._part(one, now_ms)) for one in conditions]
        few = [part.few for one, part in parts if part.few is not None and not one.negated]
        asked = [(one, part) for one, part in parts if one.negated or part.few is None]
        values: list[object] = []
        source, where = "study.people r INDEXED BY people_last", ["r.root = r.id"]
        if few:
            source, where = "json_each(?) f CROSS JOIN study.people r", ["r.id = f.value"]
            values.append(json_text(sorted(frozenset.intersection(*few))))
        for one, part in asked:
            where.append(f"NOT ({part.asked})" if one.negated else f"({part.asked})")
            values += part.values
        if before is not None:
            where.append("r.last_id < ?")
            values.append(before)
        rows = self._db.execute(
            f"SELECT r.id FROM {source} WHERE {' AND '.join(where)}"
            " ORDER BY r.last_id DESC LIMIT ?",
            (*values, limit + 1),
        ).fetchall()
        return FoundPeople(self.rows([row[0] for row in rows[:limit]]), len(rows) > limit)

    def rows(self, people: Sequence[int]) -> list[PersonRow]:
        """The rows of these people, in this order; who was merged gives way to whom."""
        found = []
        for person in people:
            row = self._db.execute(
                f"{_ROW} WHERE r.id = (SELECT root FROM study.people WHERE id = ?)", (person,)
            ).fetchone()
            if row is not None:
                number, project, *rest = row
                found.append(PersonRow(number, project or "", *rest))
        return found

    def by_id(self, text: str) -> list[int]:
        """Who has exactly this user id, or else this device id; of every project."""
        users = self._numbers("SELECT root FROM study.people WHERE user = ?", text)
        return users or self._numbers(
            "SELECT DISTINCT p.root FROM study.person_devices d"
            " JOIN study.people p ON p.id = d.person WHERE d.device = ?",
            text,
        )

    def count(self) -> int:
        """How many people there are."""
        (found,) = self._db.execute("SELECT count(*) FROM study.people WHERE root = id").fetchone()
        return int(found)

    def events_of_nobody(self) -> int:
        """How many stored events carry no id that counts."""
        (found,) = self._db.execute("SELECT count(*) FROM study.placed WHERE person = 0").fetchone()
        return int(found)

    def suggest(self, kind: str, name: str, text: str, limit: int = 12) -> list[Suggestion]:
        """What could be meant: values of the property `name`, event types for `did`, ids for
        `user` and `device`; for words, names of properties and whatever begins with them."""
        if kind == PROPERTY:
            return self._suggest_values(name, text, limit)
        if kind == "ip":
            return [one._replace(kind="ip") for one in self._suggest_values("@ip", text, limit)]
        if kind == "did":
            return self._suggest_types(text, limit)
        if kind == "project":
            return self._suggest_projects(text, limit)
        if kind in ("user", "device"):
            return self._suggest_ids(kind, text, limit)
        if not text:
            return []
        ids = self._suggest_ids("user", text, limit // 3) + self._suggest_ids("device", text, 2)
        names = self._suggest_names(text, limit // 3)
        return (names + ids + self._suggest_types(text, limit // 3))[:limit]

    # Conditions

    def _part(self, one: Condition, now_ms: int) -> _Part:
        if one.kind == "did":
            return self._did(one, now_ms)
        if one.kind == "user":
            return self._user(one.text)
        if one.kind == "device":
            return self._device(one.text)
        if one.kind == "ip":
            return self._value("@ip", one.text)
        if one.kind == "project":
            return self._project(one.text)
        if one.kind == PROPERTY:
            if self._name(one.name) is not None:
                return self._value(one.name, one.text)
            if not one.text:
                return _Part("0", (), frozenset())
            # No such property: an id may well have a sign of equality in it.
            one = Condition(WORD, f"{one.name}={one.text}")
        return self._word(one.text)

    def _word(self, text: str) -> _Part:
        parts = [self._user(text), self._device(text), self._value(None, text)]
        parts += [self._value(name, "") for name in self._named(text)]
        asked = " OR ".join(f"({part.asked})" for part in parts)
        few = [part.few for part in parts if part.few is not None]
        return _Part(
            asked,
            tuple(value for part in parts for value in part.values),
            frozenset().union(*few) if len(few) == len(parts) else None,
        )

    def _user(self, text: str) -> _Part:
        # Only people without a user id are merged into others.
        matches = (
            f"(r.user IS NOT NULL AND {contains('r.user', text)})"
            " OR r.user IN (SELECT text FROM study.id_shapes WHERE shape = ? AND is_user)"
        )
        values = (needle(text), shape(text))
        return self._few(
            matches, values, f"SELECT r.root AS root FROM study.people r WHERE {matches}", values
        )

    def _device(self, text: str) -> _Part:
        matches = (
            f"({contains('d.device', text)}"
            " OR d.device IN (SELECT text FROM study.id_shapes WHERE shape = ? AND NOT is_user))"
        )
        values = (needle(text), shape(text))
        return self._few(
            _anyone("study.person_devices d", "d.person", matches),
            (*values, *values),
            "SELECT p.root AS root FROM (SELECT DISTINCT d.person AS person"
            f" FROM study.person_devices d INDEXED BY person_devices_device WHERE {matches}) d"
            " JOIN study.people p ON p.id = d.person",
            values,
        )

    def _value(self, name: str | None, text: str) -> _Part:
        of_name = ""
        named: tuple[object, ...] = ()
        if name is not None:
            of_name, named = "v.name = ? AND ", (self._name(name),)
        condition = f"{of_name}{contains('v.value', text)}"
        values = (*named, needle(text))
        return self._few(
            "EXISTS (SELECT 1 FROM study.person_values w JOIN study.property_values v"
            f" ON v.id = w.value WHERE w.person = r.id AND {condition})",
            values,
            "SELECT w.person AS root FROM study.property_values v CROSS JOIN study.person_values w"
            f" INDEXED BY person_values_value ON w.value = v.id WHERE {condition}",
            values,
        )

    def _did(self, one: Condition, now_ms: int) -> _Part:
        types = self._types(one.text)
        marks = ",".join("?" * len(types))
        since = -(1 << 62) if one.within_ms is None else now_ms - one.within_ms
        # The plus keeps SQLite from looking through everybody who did it.
        did = f"f.type IN ({marks}) AND +f.last_ms >= ?"
        return self._few(
            _anyone("study.performed f", "f.person", did),
            (*types, since, *types, since),
            "SELECT p.root AS root FROM study.performed f JOIN study.people p ON p.id = f.person"
            f" WHERE f.type IN ({marks}) AND f.last_ms >= ?",
            (*types, since),
        )

    def _project(self, text: str) -> _Part:
        found = f"{contains('name', text)} OR {contains('api_key', text)}"
        return _Part(
            f"r.source_id IN (SELECT id FROM sources WHERE {found})", (needle(text), needle(text))
        )

    def _few(
        self,
        asked: str,
        asked_values: tuple[object, ...],
        few: str,
        few_values: tuple[object, ...],
    ) -> _Part:
        """A condition whose people are listed, unless they are many."""
        found = self._numbers(f"SELECT root FROM ({few}) LIMIT {FEW + 1}", *few_values)
        return _Part(asked, asked_values, frozenset(found) if len(found) <= FEW else None)

    def _name(self, name: str) -> int | None:
        row = self._db.execute(
            "SELECT id FROM study.property_names WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            row = self._db.execute(
                "SELECT id FROM study.property_names WHERE name = ? COLLATE NOCASE", (name,)
            ).fetchone()
        return None if row is None else int(row[0])

    def _named(self, text: str) -> list[str]:
        """The properties that a person calls so, upper or lower case."""
        wanted = text.casefold()
        rows = self._db.execute("SELECT name FROM study.property_names")
        return [name for (name,) in rows if shown_name(name).casefold() == wanted]

    def _types(self, text: str) -> list[int]:
        exact = self._numbers("SELECT id FROM study.doing_types WHERE type = ?", text)
        return exact or self._numbers(
            f"SELECT id FROM study.doing_types WHERE {contains('type', text)} LIMIT {MOST_TYPES}",
            needle(text),
        )

    # Suggestions

    def _suggest_values(self, name: str, text: str, limit: int) -> list[Suggestion]:
        number = self._name(name)
        if number is None:
            return []
        rows = self._db.execute(
            "SELECT v.value, (SELECT count(*) FROM (SELECT 1 FROM study.person_values w"
            f" WHERE w.value = v.id LIMIT {FEW})) AS people FROM"
            f" (SELECT id, value FROM study.property_values WHERE name = ?"
            f" AND {contains('value', text)} LIMIT 200) v"
            " WHERE people > 0 ORDER BY people DESC, v.value LIMIT ?",
            (number, needle(text), limit),
        )
        return [Suggestion(PROPERTY, name, value, people) for value, people in rows]

    def _suggest_types(self, text: str, limit: int) -> list[Suggestion]:
        rows = self._db.execute(
            "SELECT t.type, (SELECT count(*) FROM (SELECT 1 FROM study.performed f"
            f" WHERE f.type = t.id LIMIT {FEW})) AS people FROM study.doing_types t"
            f" WHERE {contains('t.type', text)} ORDER BY people DESC, t.type LIMIT ?",
            (needle(text), limit),
        )
        return [Suggestion("did", "", kind, people) for kind, people in rows]

    def _suggest_projects(self, text: str, limit: int) -> list[Suggestion]:
        rows = self._db.execute(
            "SELECT coalesce(nullif(name, ''), api_key) AS shown FROM sources"
            f" WHERE {contains('shown', text)} LIMIT ?",
            (needle(text), limit),
        )
        return [Suggestion("project", "", shown, 1) for (shown,) in rows]

    def _suggest_names(self, text: str, limit: int) -> list[Suggestion]:
        rows = self._db.execute("SELECT name FROM study.property_names")
        wanted = text.casefold()
        names = [name for (name,) in rows if wanted in shown_name(name).casefold()]
        names.sort(key=lambda name: (not shown_name(name).casefold().startswith(wanted), name))
        return [Suggestion(PROPERTY, name, "", 0) for name in names[:limit]]

    def _suggest_ids(self, kind: str, text: str, limit: int) -> list[Suggestion]:
        if not text:
            return []
        if kind == "user":
            sql = "SELECT DISTINCT user FROM study.people WHERE user IS NOT NULL AND "
            sql += contains("user", text)
        else:
            sql = "SELECT DISTINCT device FROM study.person_devices INDEXED BY"
            sql += f" person_devices_device WHERE device <> '' AND {contains('device', text)}"
        rows = self._db.execute(f"{sql} LIMIT ?", (needle(text), limit))
        return [Suggestion(kind, "", found, 1) for (found,) in rows]

    def _numbers(self, sql: str, *values: object) -> list[int]:
        return [number for (number,) in self._db.execute(sql, values)]


def _anyone(table: str, person: str, condition: str) -> str:
    """SQL for "a row of the person `r`, or of somebody who was merged into them, is like this"; the
    condition binds its values twice."""
    return (
        f"EXISTS (SELECT 1 FROM {table} WHERE {person} = r.id AND {condition})"
        f" OR EXISTS (SELECT 1 FROM study.people m CROSS JOIN {table} ON {person} = m.id"
        f" WHERE m.root = r.id AND m.root <> m.id AND {condition})"
    )


def contains(column: str, text: str) -> str:
    """SQL for "the column has this text in it, ignoring case"."""
    return TextTest(text).sql(column)[0]


def needle(text: str) -> str:
    """What `contains` binds."""
    return TextTest(text).sql("")[1]
