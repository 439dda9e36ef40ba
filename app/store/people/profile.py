"""
Everything about one person but what they did: ids and how they came together, present values of
properties, devices, versions, places, groups, variants.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from app.decode.body import json_text, stored
from app.ingest.lookalike import difference, is_placeholder, seen, shape
from app.ingest.user_properties import State
from app.store.people.conditions import shown_name
from app.store.people.search import PeopleSearch, PersonRow
from app.store.people.states import StateReader

MOST_IDS = 200
MOST_SHARED = 5
MOST_PER_FACET = 50
MOST_CHANGES = 200
MOST_STATES = 20_000

_FACETS = ("sdk", "version", "platform", "os", "device", "country", "city", "language", "group")


class Use(NamedTuple):
    """A device and a user id that were seen together; empty text for none. `first_ms` and
    `last_ms` are event times, None when the event is not stored any more; `shared_with` are other
    people's user ids on that device."""

    person: int
    device: str
    user: str
    events: int
    first_id: int
    last_id: int
    first_ms: int | None
    last_ms: int | None
    shared_with: tuple[str, ...] = ()


class Merge(NamedTuple):
    """Somebody who turned out to be this person: by which event, and when it was received."""

    person: int
    device: str
    event_id: int
    event_type: str
    received_ms: int | None


class Property(NamedTuple):
    """A present value, and the event that gave it. `changes` says how often it changed."""

    name: str
    value: Any
    event_id: int
    event_type: str
    received_ms: int | None
    changes: int

    @property
    def shown(self) -> str:
        """The name as a person knows it."""
        return shown_name(self.name)

    @property
    def is_own(self) -> bool:
        """Whether it is one of Amplitude's, and not of the sender's."""
        return self.name.startswith("@")


class Change(NamedTuple):
    """A value that a property had from an event on; None when it was unset."""

    value: Any
    event_id: int
    event_type: str
    received_ms: int | None


class Facet(NamedTuple):
    """Something that a person's events were sent with."""

    facet: str
    value: str
    events: int
    first_id: int
    last_id: int


class Exposure(NamedTuple):
    """A variant that a person was shown; times are event times."""

    flag: str
    variant: str
    experiment: str
    times: int
    first_ms: int | None
    last_ms: int | None
    last_id: int


class Twin(NamedTuple):
    """Somebody else whose id looks the same; `differs_by` says in what they differ."""

    person: int
    text: str
    is_user: bool
    differs_by: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Someone. `sessions` is how many there are."""

    person: PersonRow
    uses: tuple[Use, ...]
    merges: tuple[Merge, ...]
    properties: tuple[Property, ...]
    facets: tuple[Facet, ...]
    exposures: tuple[Exposure, ...]
    twins: tuple[Twin, ...]
    sessions: int
    replays: tuple[int, ...]
    """Sessions with recordings, newest first."""
    api_key: str = ""
    """Of the project."""

    @property
    def users(self) -> tuple[str, ...]:
        """All user ids; at most one is the person's, others may be of devices they share."""
        return tuple(dict.fromkeys(use.user for use in self.uses if use.user))

    @property
    def devices(self) -> tuple[str, ...]:
        """All device ids, the one first seen first."""
        return tuple(dict.fromkeys(use.device for use in self.uses if use.device))

    @property
    def is_placeholder(self) -> bool:
        """Whether the user id is a word that stands for a missing one, and joins strangers."""
        return self.person.user is not None and is_placeholder(self.person.user)

    def of_facet(self, facet: str) -> list[Facet]:
        """What events were sent with, most often first."""
        return [one for one in self.facets if one.facet == facet]


class ProfileReader:
    """Questions about one person, on a connection that has the study attached."""

    def __init__(
        self, connection: sqlite3.Connection, states: StateReader, search: PeopleSearch
    ) -> None:
        self._db = connection
        self._states = states
        self._search = search

    def profile(self, person: int) -> Profile | None:
        """Someone, by the number of anybody who was merged into them; None when unknown."""
        rows = self._search.rows([person])
        if not rows:
            return None
        row = rows[0]
        uses = self._uses(row.id)
        return Profile(
            row,
            uses,
            self._merges(row.id),
            self._properties(row.id),
            self._facets(row.id),
            self._exposures(row.id),
            self._twins(row, uses),
            self._sessions(row.id),
            self._replays(row),
            self._api_key(row.id),
        )

    def members(self, person: int) -> list[int]:
        """A person and everyone who was merged into them."""
        rows = self._db.execute(
            "SELECT id FROM study.people WHERE root = ? AND root <> id LIMIT 100000", (person,)
        )
        return [person, *(number for (number,) in rows)]

    def history(self, person: int, name: str) -> list[Change]:
        """The values that a property had, newest first."""
        rows = self._db.execute(
            "SELECT event_id, is_full, changed FROM study.states WHERE person = ?"
            " AND (is_full OR instr(changed, ?)) ORDER BY id DESC LIMIT ?",
            (person, json_text(name), MOST_STATES),
        ).fetchall()
        found: list[tuple[Any, int]] = []
        held: Any = None
        for event, is_full, text in reversed(rows):
            state: State = stored(text)
            value = state.get(name) if is_full or name in state else held
            if json_text(value) != json_text(held):
                found.append((value, event))
                held = value
        newest = found[: -MOST_CHANGES - 1 : -1]
        told = self._told([event for _, event in newest])
        return [Change(value, event, *told[event]) for value, event in newest]

    def _uses(self, person: int) -> tuple[Use, ...]:
        rows = self._db.execute(
            "SELECT d.person, d.device, d.user, d.events, d.first_id, d.last_id,"
            " a.time_ms, b.time_ms"
            " FROM (SELECT ? AS id UNION ALL"
            "   SELECT id FROM study.people WHERE root = ? AND root <> id) g"
            " JOIN study.person_devices d ON d.person = g.id"
            " LEFT JOIN study.placed a ON a.id = d.first_id"
            " LEFT JOIN study.placed b ON b.id = d.last_id"
            " ORDER BY d.first_id LIMIT ?",
            (person, person, MOST_IDS),
        )
        found = [Use(*row) for row in rows]
        others = {
            device: self._users_of(person, device)
            for device in {use.device for use in found if use.device}
        }
        return tuple(use._replace(shared_with=others.get(use.device, ())) for use in found)

    def _users_of(self, person: int, device: str) -> tuple[str, ...]:
        """Other people's user ids that were seen on a device."""
        rows = self._db.execute(
            "SELECT DISTINCT d.user FROM study.person_devices d"
            " JOIN study.people p ON p.id = d.person JOIN study.people r ON r.id = ?"
            " WHERE d.device = ? AND d.user <> '' AND p.root <> r.id"
            " AND p.source_id = r.source_id ORDER BY d.first_id LIMIT ?",
            (person, device, MOST_SHARED),
        )
        return tuple(user for (user,) in rows)

    def _api_key(self, person: int) -> str:
        row = self._db.execute(
            "SELECT s.api_key FROM study.people p JOIN sources s ON s.id = p.source_id"
            " WHERE p.id = ?",
            (person,),
        ).fetchone()
        return "" if row is None else str(row[0])

    def _merges(self, person: int) -> tuple[Merge, ...]:
        rows = self._db.execute(
            "SELECT id, coalesce(device, ''), merged_by FROM study.people"
            " WHERE root = ? AND root <> id ORDER BY merged_by LIMIT ?",
            (person, MOST_IDS),
        ).fetchall()
        told = self._told([event for _, _, event in rows])
        return tuple(Merge(number, device, event, *told[event]) for number, device, event in rows)

    def _properties(self, person: int) -> tuple[Property, ...]:
        state = self._states.current(person)
        rows = self._db.execute(
            "SELECT n.name, p.event_id, p.changes FROM study.person_properties p"
            " JOIN study.property_names n ON n.id = p.name WHERE p.person = ?",
            (person,),
        ).fetchall()
        said = {name: (event, changes) for name, event, changes in rows}
        told = self._told([event for _, event, _ in rows])
        found = []
        for name, value in state.items():
            event, changes = said.get(name, (0, 0))
            kind, received = told.get(event, ("", None))
            found.append(Property(name, value, event, kind, received, changes))
        return tuple(sorted(found, key=lambda one: (one.is_own, one.shown.casefold())))

    def _facets(self, person: int) -> tuple[Facet, ...]:
        rows = self._db.execute(
            "SELECT facet, value, sum(events) AS events, min(first_id), max(last_id)"
            " FROM study.person_facets WHERE person IN (SELECT ? UNION ALL"
            "  SELECT id FROM study.people WHERE root = ? AND root <> id)"
            " GROUP BY facet, value ORDER BY facet, events DESC, value",
            (person, person),
        ).fetchall()
        found: list[Facet] = []
        for facet in _FACETS:
            found += [Facet(*row) for row in rows if row[0] == facet][:MOST_PER_FACET]
        return tuple(found)

    def _exposures(self, person: int) -> tuple[Exposure, ...]:
        rows = self._db.execute(
            "SELECT x.flag, x.variant, x.experiment, sum(x.times), min(a.time_ms), max(b.time_ms),"
            " max(x.last_id) FROM study.exposures x"
            " LEFT JOIN study.placed a ON a.id = x.first_id"
            " LEFT JOIN study.placed b ON b.id = x.last_id"
            " WHERE x.person IN (SELECT ? UNION ALL"
            "  SELECT id FROM study.people WHERE root = ? AND root <> id)"
            " GROUP BY x.flag, x.variant, x.experiment ORDER BY max(x.last_id) DESC LIMIT ?",
            (person, person, MOST_IDS),
        )
        return tuple(Exposure(*row) for row in rows)

    def _sessions(self, person: int) -> int:
        (found,) = self._db.execute(
            "SELECT count(DISTINCT session_id) FROM study.sessions WHERE person IN (SELECT ?"
            " UNION ALL SELECT id FROM study.people WHERE root = ? AND root <> id)",
            (person, person),
        ).fetchone()
        return int(found)

    def _replays(self, row: PersonRow) -> tuple[int, ...]:
        rows = self._db.execute(
            "SELECT DISTINCT y.session_id FROM (SELECT DISTINCT device FROM study.person_devices"
            "  WHERE person IN (SELECT ? UNION ALL"
            "   SELECT id FROM study.people WHERE root = ? AND root <> id)) d"
            " JOIN study.replays y ON y.device = d.device AND y.source_id ="
            "  (SELECT source_id FROM study.people WHERE id = ?)"
            " ORDER BY y.session_id DESC LIMIT 1000",
            (row.id, row.id, row.id),
        )
        return tuple(number for (number,) in rows)

    def _twins(self, row: PersonRow, uses: Sequence[Use]) -> tuple[Twin, ...]:
        """Others whose ids look the same."""
        found: list[Twin] = []
        ids = [(row.user, True)] if row.user else []
        ids += [(device, False) for device in dict.fromkeys(use.device for use in uses) if device]
        for text, is_user in ids[:MOST_PER_FACET]:
            others = self._db.execute(
                "SELECT text FROM study.id_shapes WHERE shape = ? AND is_user = ? AND text <> ?"
                " LIMIT 10",
                (shape(text), is_user, text),
            ).fetchall()
            for (other,) in others:
                if seen(other) != seen(text):
                    continue  # By chance the same number.
                found += [
                    Twin(person, other, is_user, difference(text, other))
                    for person in self._others(row, other, is_user)
                ]
        return tuple(found)

    def _others(self, row: PersonRow, text: str, is_user: bool) -> list[int]:
        if is_user:
            sql = "SELECT p.id FROM study.people p WHERE p.source_id = s.source_id AND p.user = ?"
        else:
            sql = (
                "SELECT o.person FROM study.device_owners o"
                " WHERE o.source_id = s.source_id AND o.device = ?"
            )
        rows = self._db.execute(
            "SELECT DISTINCT q.root FROM study.people s JOIN study.people q"
            f" ON q.id IN ({sql}) WHERE s.id = ? AND q.root <> s.id",
            (text, row.id),
        )
        return [number for (number,) in rows]

    def _told(self, events: Sequence[int]) -> dict[int, tuple[str, int | None]]:
        """Type and time of arrival of these events; empty for those that are gone."""
        told: dict[int, tuple[str, int | None]] = dict.fromkeys(events, ("", None))
        rows = self._db.execute(
            "SELECT e.id, t.text, c.at_ms FROM json_each(?) j JOIN events e ON e.id = j.value"
            " JOIN names t ON t.id = e.type_id JOIN captures c ON c.id = e.upload_id",
            (orjson.dumps(sorted(set(events))).decode(),),
        )
        told.update({number: (kind, at_ms) for number, kind, at_ms in rows})
        return told
