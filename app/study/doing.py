"""
Follows what people did and with what: how often which event, when, on which devices and versions,
which variants they saw, which of their sessions were recorded.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from app.decode.body import clean, json_text
from app.ingest.lookalike import shape
from app.ingest.user_properties import EXPOSURE
from app.model import Kind
from app.store.learned.doing import DOING
from app.store.writer import Ids
from app.study.arrival import Arrival, Arrived
from app.study.names import Remembered
from app.study.sessions import NO_EVENTS

QUARTER_MS = 15 * 60_000
"""Zones are quarters of an hour apart, so a day anywhere is made of whole ones."""

LONGEST = 200
MOST_GROUPS = 10
EXPOSED = "[Experiment] Exposure"
_FACETS = (
    ("platform", "platform"),
    ("os", "os_name"),
    ("device", "device_model"),
    ("country", "country"),
    ("city", "city"),
    ("language", "language"),
)
_SEEN = ("app_version", "version_name", *(key for _, key in _FACETS))
_PLAIN = frozenset({str, type(None)})
_KEEP = """
    ON CONFLICT DO UPDATE SET first_id = min(first_id, excluded.first_id),
        last_id = max(last_id, excluded.last_id), {count} = {count} + excluded.{count}
"""


class DoingFollower:
    """Counts, by person."""

    name = DOING.name
    version = DOING.version
    tables = DOING.tables

    def begin(self, db: sqlite3.Connection) -> None:
        """Only the numbers of types are remembered between batches."""
        self._db = db
        self._types: Remembered[str, int] = Remembered(self._look_up_type)
        self._shaped: set[tuple[str, bool]] = set()
        self._new_shapes: list[tuple[int, str, bool]] = []
        self._performed: dict[tuple[int, int], list[int]] = {}
        self._quarters: dict[tuple[int, int], int] = {}
        self._facets: dict[tuple[int, str, str], list[int]] = {}
        self._sent_with: dict[tuple[int, str | None, tuple[str | None, ...]], list[int]] = {}
        self._exposures: dict[tuple[int, str, str, str], list[int]] = {}
        self._replays: dict[tuple[int, str, int], list[int]] = {}

    def take(self, arrival: Arrival) -> None:
        """See what was done, and with what."""
        if arrival.decoded.kind is Kind.SESSION_REPLAY:
            self._replayed(arrival)
        upload = arrival.decoded.upload
        library = upload.library if upload else None
        for one in arrival.events:
            if one.counts and one.person:
                self._see(one, library)

    def save(self) -> None:
        """Write the counts of this batch."""
        self._sum_facets()
        many = self._db.executemany
        many(
            "INSERT INTO performed (person, type, events, first_id, last_id, last_ms)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " events = events + excluded.events, last_id = excluded.last_id,"
            " last_ms = max(last_ms, excluded.last_ms)",
            [(*key, *seen) for key, seen in self._performed.items()],
        )
        many(
            "INSERT INTO active_quarters VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET events = events + excluded.events",
            [(*key, events) for key, events in self._quarters.items()],
        )
        many(
            f"INSERT INTO person_facets VALUES (?, ?, ?, ?, ?, ?) {_KEEP.format(count='events')}",
            [(*key, *seen) for key, seen in self._facets.items()],
        )
        many(
            f"INSERT INTO exposures VALUES (?, ?, ?, ?, ?, ?, ?) {_KEEP.format(count='times')}",
            [(*key, *seen) for key, seen in self._exposures.items()],
        )
        many(
            f"INSERT INTO replays VALUES (?, ?, ?, ?, ?, ?) {_KEEP.format(count='uploads')}",
            [(*key, *seen) for key, seen in self._replays.items()],
        )
        many("INSERT OR IGNORE INTO id_shapes VALUES (?, ?, ?)", self._new_shapes)
        for found in (self._performed, self._quarters, self._facets, self._exposures,
                      self._replays, self._new_shapes):  # fmt: skip
            found.clear()
        self._shaped.clear()

    def forget(self, first: Ids) -> None:
        """What people did is remembered longer than its events; recordings are not."""
        self._db.execute("DELETE FROM replays WHERE last_id < ?", (first.capture,))

    def _see(self, one: Arrived, library: str | None) -> None:
        event, person = one.event, one.person
        for text, is_user in ((event.user_id, True), (event.device_id, False)):
            if text and (text, is_user) not in self._shaped:
                self._shaped.add((text, is_user))
                self._new_shapes.append((shape(text), text[: 5 * LONGEST], is_user))
        kind = self._type(event.type)
        known = self._performed.get((person, kind))
        if known is None:
            self._performed[person, kind] = [1, one.id, one.id, one.time_ms]
        else:
            known[0] += 1
            known[1:] = known[1], one.id, max(known[3], one.time_ms)
        if event.type not in NO_EVENTS:
            quarter = person, one.time_ms // QUARTER_MS
            self._quarters[quarter] = self._quarters.get(quarter, 0) + 1
        self._see_facets(person, one, library)
        if event.type in (EXPOSURE, EXPOSED):
            self._expose(one)

    def _see_facets(self, person: int, one: Arrived, library: str | None) -> None:
        """Events are sent with the same over and over, and that is looked at once a batch."""
        fields = one.event.fields
        values = tuple(map(fields.get, _SEEN))
        if fields.get("groups") or not _PLAIN.issuperset(map(type, values)):
            for facet, value in facets(fields, library):
                _count(self._facets, (person, facet, value), one.id)
            return
        known = self._sent_with.get((person, library, values))
        if known is None:
            self._sent_with[person, library, values] = [one.id, one.id, 1]
        else:
            known[1] = one.id
            known[2] += 1

    def _sum_facets(self) -> None:
        for (person, library, values), (first, last, events) in self._sent_with.items():
            for facet, value in facets(dict(zip(_SEEN, values, strict=True)), library):
                known = self._facets.setdefault((person, facet, value), [first, last, 0])
                known[:] = min(known[0], first), max(known[1], last), known[2] + events
        self._sent_with.clear()

    def _expose(self, one: Arrived) -> None:
        said = one.event.fields.get("event_properties")
        if not isinstance(said, dict):
            return
        flag = said.get("flag_key", said.get("[Experiment] Flag Key"))
        if isinstance(flag, str):
            variant = said.get("variant", said.get("[Experiment] Variant"))
            experiment = said.get("experiment_key", said.get("[Experiment] Experiment Key"))
            key = (one.person, _text(flag), _text(variant), _text(experiment))
            _count(self._exposures, key, one.id)

    def _replayed(self, arrival: Arrival) -> None:
        contents = arrival.decoded.contents
        device, session = contents.get("device_id"), contents.get("session_id")
        if isinstance(device, str) and str(session).isdecimal() and len(str(session)) < 19:
            _count(
                self._replays,
                (arrival.source_id or 0, _text(device), int(str(session))),
                arrival.id,
            )

    def _type(self, name: str) -> int:
        known = self._types.get(name)
        if known is None:
            (known,) = self._db.execute(
                "INSERT INTO doing_types (type) VALUES (?) RETURNING id", (name,)
            ).fetchone()
            self._types[name] = known
        return int(known)

    def _look_up_type(self, name: str) -> int | None:
        row = self._db.execute("SELECT id FROM doing_types WHERE type = ?", (name,)).fetchone()
        return None if row is None else int(row[0])


def facets(fields: dict[str, Any], library: str | None) -> Iterator[tuple[str, str]]:
    """With what an event was sent: (facet, value)."""
    if library:
        yield "sdk", _text(library)
    version = fields.get("app_version") or fields.get("version_name")
    if version is not None:
        yield "version", _text(version)
    for facet, key in _FACETS:
        value = fields.get(key)
        if value is not None:
            yield facet, _text(value)
    groups = fields.get("groups")
    if isinstance(groups, dict):
        for kind, names in groups.items():
            for name in (names if isinstance(names, list) else [names])[:MOST_GROUPS]:
                yield "group", f"{_text(kind)}: {_text(name)}"


def _count[K](found: dict[K, list[int]], key: K, number: int) -> None:
    known = found.get(key)
    if known is None:
        found[key] = [number, number, 1]
    else:
        known[1] = number
        known[2] += 1


def _text(value: Any) -> str:
    if value is None:
        return ""
    # SQLite keeps no half surrogates.
    return clean((value if isinstance(value, str) else json_text(value))[:LONGEST])
