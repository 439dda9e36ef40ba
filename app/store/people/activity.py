"""
What a person did, newest first, in sessions (semantics §5.4).

A session is one block, at the time of its last event. What happened out of session stands alone,
at its own time. Read in pages, so that someone with a million events opens as fast as anybody:
events come in order of time from an index, and when one belongs to a session that was not met yet,
that whole session is read next.
"""

import heapq
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from app.decode.body import stored
from app.ingest.sessions import Session, is_session
from app.model import Outcome
from app.naming import PARTS, generated_name
from app.store.writer import OUTCOMES

PAGE = 300
MOST_MEMBERS = 64
"""How many merged ids are read side by side; with more, their events are sorted first."""
MOST_QUARTERS = 100_000
NO_EVENTS = ("$identify", "$groupidentify")
_FIRST, _LAST = -(1 << 62), 1 << 62


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of someone's activity: event times from `start_ms` up to `end_ms` (outside), only
    these types and devices (all when empty), with or without identifies."""

    person: int
    start_ms: int | None = None
    end_ms: int | None = None
    types: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    identifies: bool = True


class Block(NamedTuple):
    """A session. Times, length and number of events are those of the whole, whatever is shown."""

    session_id: int
    first_ms: int
    last_ms: int
    start_ms: int
    length_ms: int
    events: int


class Line(NamedTuple):
    """One line: the head of a block (`event_id` 0), or an event in that block or in none."""

    event_id: int
    time_ms: int
    block: Block | None


class Place(NamedTuple):
    """Where an event stands in an activity."""

    time_ms: int
    id: int


class Cursor(NamedTuple):
    """How far an activity was read: after `at`; or in a block that `met` has already, after
    `inside_at`."""

    at: Place | None = None
    inside: Block | None = None
    inside_at: Place | None = None
    met: frozenset[int] = frozenset()


class Page(NamedTuple):
    """Some lines, and where to go on; None when there is nothing more."""

    lines: list[Line]
    after: Cursor | None


class ActivityRow(NamedTuple):
    """What a line shows of an event. `name` was generated for what was captured automatically."""

    id: int
    type: str
    name: str | None
    time_ms: int
    session_id: int | None
    device: str | None
    user: str | None
    outcome: Outcome


class LocalEvent(NamedTuple):
    """An event that was captured here; `time_ms` is its event_time."""

    id: int
    type: str
    time_ms: int
    insert_id: str | None
    device_id: str | None
    user_id: str | None
    session_id: int | None
    properties: dict[str, Any]


START = Cursor()


class ActivityReader:
    """Questions about what people did, on a connection that has the study attached."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def page(self, wanted: Wanted, after: Cursor = START, count: int = PAGE) -> Page:
        """The next lines, about `count`."""
        return _Walk(self._db, wanted, after).page(count)

    def rows(self, ids: Sequence[int]) -> list[ActivityRow]:
        """The rows of these events, in this order; those that are gone are left out."""
        paths = ",".join(f"""'$."{part}"'""" for part in PARTS)
        rows = self._db.execute(
            "SELECT e.id, t.text,"
            f" CASE WHEN t.text LIKE '[Amplitude] %' AND json_valid(e.event_properties)"
            f"  THEN json_extract(e.event_properties, {paths}) END,"
            " p.time_ms, e.session_id, d.text, u.text, e.outcome"
            " FROM json_each(?) j JOIN events e ON e.id = j.value"
            " JOIN study.placed p ON p.id = e.id JOIN names t ON t.id = e.type_id"
            " LEFT JOIN names d ON d.id = e.device_id LEFT JOIN names u ON u.id = e.user_id",
            (orjson.dumps(list(ids)).decode(),),
        )
        found = {row[0]: _row(*row) for row in rows}
        return [found[number] for number in ids if number in found]

    def sent(self, person: int, limit: int) -> list[LocalEvent]:
        """The newest events of a person with what they say, identifies left out."""
        page = self.page(Wanted(person, identifies=False), START, limit)
        ids = [line.event_id for line in page.lines if line.event_id]
        rows = self._db.execute(
            "SELECT e.id, t.text, p.time_ms, e.insert_id, d.text, u.text, e.session_id,"
            " e.event_properties FROM json_each(?) j JOIN events e ON e.id = j.value"
            " JOIN study.placed p ON p.id = e.id JOIN names t ON t.id = e.type_id"
            " LEFT JOIN names d ON d.id = e.device_id LEFT JOIN names u ON u.id = e.user_id",
            (orjson.dumps(ids).decode(),),
        )
        return [LocalEvent._make((*row, _object(text))) for *row, text in rows]

    def types(self, person: int) -> list[tuple[str, int]]:
        """What a person did, with how often; most often first."""
        rows = self._db.execute(
            "SELECT t.type, sum(f.events) AS events FROM study.performed f"
            " JOIN study.doing_types t ON t.id = f.type WHERE f.person IN (SELECT ? UNION ALL"
            "  SELECT id FROM study.people WHERE root = ? AND root <> id)"
            " GROUP BY t.type ORDER BY events DESC, t.type",
            (person, person),
        )
        return rows.fetchall()

    def quarters(self, person: int) -> list[tuple[int, int]]:
        """In which quarters of an hour since the epoch there were how many events."""
        rows = self._db.execute(
            "SELECT quarter, sum(events) FROM study.active_quarters"
            " WHERE person IN (SELECT ? UNION ALL"
            "  SELECT id FROM study.people WHERE root = ? AND root <> id)"
            " GROUP BY quarter ORDER BY quarter DESC LIMIT ?",
            (person, person, MOST_QUARTERS),
        )
        return rows.fetchall()


class _Walk:
    """One page in the making."""

    def __init__(self, connection: sqlite3.Connection, wanted: Wanted, after: Cursor) -> None:
        self._db = connection
        self._wanted = wanted
        self._at, self._inside, self._inside_at = after.at, after.inside, after.inside_at
        self._met = set(after.met)
        self._blocks: dict[int, Block | None] = {}
        self._members = self._everyone()
        self._lines: list[Line] = []

    def page(self, count: int) -> Page:
        while len(self._lines) < count:
            if self._inside is not None:
                self._go_on_inside(self._inside, count)
            elif not self._go_on(count):
                return Page(self._lines, None)
        cursor = Cursor(self._at, self._inside, self._inside_at, frozenset(self._met))
        return Page(self._lines, cursor)

    def _go_on(self, count: int) -> bool:
        """Up to the next block that was not met; False when nothing is left."""
        wanted = self._wanted
        start = _FIRST if wanted.start_ms is None else wanted.start_ms
        end = _LAST if wanted.end_ms is None else wanted.end_ms
        for place, session in self._events(self._at, start, end):
            self._at = place
            block = self._block(session)
            if block is None or not block.first_ms <= place.time_ms <= block.last_ms:
                self._lines.append(Line(place.id, place.time_ms, None))
            elif block.session_id not in self._met:
                self._met.add(block.session_id)
                self._lines.append(Line(0, place.time_ms, block))
                self._inside, self._inside_at = block, None
                return True
            if len(self._lines) >= count:
                return True
        return False

    def _go_on_inside(self, block: Block, count: int) -> None:
        wanted = self._wanted
        start = max(block.first_ms, _FIRST if wanted.start_ms is None else wanted.start_ms)
        end = min(block.last_ms + 1, _LAST if wanted.end_ms is None else wanted.end_ms)
        for place, session in self._events(self._inside_at, start, end):
            self._inside_at = place
            if session == block.session_id:
                self._lines.append(Line(place.id, place.time_ms, block))
                if len(self._lines) >= count:
                    return
        self._inside = self._inside_at = None

    def _events(
        self, after: Place | None, start_ms: int, end_ms: int
    ) -> Iterator[tuple[Place, int | None]]:
        """Places and session ids, newest first."""
        at = after or Place(_LAST, 0)
        condition, values = self._condition()
        bounds = (max(start_ms, _FIRST), min(end_ms, _LAST), at.time_ms, at.time_ms, at.id)
        few = len(self._members) <= MOST_MEMBERS
        groups = [[member] for member in self._members] if few else [self._members]
        cursors = [
            self._db.execute(
                "SELECT p.time_ms, p.id, e.session_id"
                " FROM study.placed p INDEXED BY placed_time CROSS JOIN events e ON e.id = p.id"
                f" WHERE p.person {_among(group)} AND p.time_ms >= ? AND p.time_ms < ?"
                " AND p.time_ms <= ? AND (p.time_ms < ? OR p.id < ?)"
                f" {condition} ORDER BY p.time_ms DESC, p.id DESC",
                (*_group_values(group), *bounds, *values),
            )
            for group in groups
        ]
        merged = cursors[0] if len(cursors) == 1 else heapq.merge(*cursors, key=_newest)
        for time_ms, number, session in merged:
            yield Place(time_ms, number), session

    def _condition(self) -> tuple[str, list[object]]:
        wanted = self._wanted
        parts = ""
        values: list[object] = []
        named = (
            "SELECT id FROM names WHERE kind = '{}' AND text IN (SELECT value FROM json_each(?))"
        )
        if wanted.types:
            parts += f" AND e.type_id IN ({named.format('type')})"
            values.append(orjson.dumps(wanted.types).decode())
        if not wanted.identifies:
            parts += f" AND e.type_id NOT IN ({named.format('type')})"
            values.append(orjson.dumps(NO_EVENTS).decode())
        if wanted.devices:
            parts += f" AND e.device_id IN ({named.format('device')})"
            values.append(orjson.dumps(wanted.devices).decode())
        return parts, values

    def _block(self, session: int | None) -> Block | None:
        if session is None or not is_session(session):
            return None
        if session not in self._blocks:
            first, last, events = self._db.execute(
                "SELECT min(first_ms), max(last_ms), sum(events) FROM study.sessions"
                " WHERE person IN (SELECT value FROM json_each(?)) AND session_id = ?",
                (orjson.dumps(self._members).decode(), session),
            ).fetchone()
            found = None
            if first is not None:
                whole = Session(self._wanted.person, session, first, last, events)
                found = Block(session, first, last, whole.start_ms, whole.length_ms, events)
            self._blocks[session] = found
        return self._blocks[session]

    def _everyone(self) -> list[int]:
        person = self._wanted.person
        rows = self._db.execute(
            "SELECT id FROM study.people WHERE root = ? AND root <> id", (person,)
        )
        return [person, *(number for (number,) in rows)]


def _among(group: Sequence[int]) -> str:
    return "= ?" if len(group) == 1 else "IN (SELECT value FROM json_each(?))"


def _group_values(group: Sequence[int]) -> tuple[object, ...]:
    return (group[0],) if len(group) == 1 else (orjson.dumps(list(group)).decode(),)


def _newest(row: tuple[int, int, int | None]) -> tuple[int, int]:
    return -row[0], -row[1]


def _row(
    number: int,
    kind: str,
    parts: str | None,
    time_ms: int,
    session: int | None,
    device: str | None,
    user: str | None,
    outcome: int,
) -> ActivityRow:
    said: dict[str, Any] = dict(zip(PARTS, stored(parts), strict=True)) if parts else {}
    name = generated_name(kind, said)
    return ActivityRow(number, kind, name, time_ms, session, device, user, OUTCOMES[outcome])


def _object(text: str | None) -> dict[str, Any]:
    try:
        found = stored(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
