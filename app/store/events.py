"""
Reads events: which ids match a filter, the rows of some ids, one event with all there is.

Ids first, rows when painted: a million ids are 8 MB and arrive in a quarter of a second, rows
are read by key in microseconds. Newest means last to arrive, which is the highest id.
"""

import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from app.filter import Filter
from app.filter.literals import literals
from app.filter.parts import FieldsFound, Span
from app.filter.sql import where
from app.filter.texts import TextTest
from app.ingest.outcome import Verdict, duplicate
from app.model import Capture, Event, Outcome, Upload, Via
from app.store.beside import Beside
from app.store.captures import CaptureReader
from app.store.definitions import FILE as DEFINITIONS
from app.store.definitions import Definition, Definitions
from app.store.grams import places_of
from app.store.marks import KIND as MARK
from app.store.marks import mark_of
from app.store.sendings import Sending, sendings
from app.store.writer import OUTCOMES

MOST_NAMES = 500
"""How many names a filter lists one by one."""
MOST_UPLOADS = 5000
"""How many uploads."""
MOST_RUNS = 2000
"""How many runs of events with the same fields."""
LONGEST_SHOWN = 50_000
"""Longer properties are not shown in a table."""
MANY = 100_000
"""Among so many events is looked on two connections at once."""
MOST_WAITING = 300
"""Among how many captures one without an answer is looked for."""


class EventRow(NamedTuple):
    """What a table shows of an event."""

    id: int
    upload_id: int
    received_ms: int
    type: str
    time_ms: int | None
    user_id: str | None
    device_id: str | None
    session_id: int | None
    source_id: int | None
    library: str | None
    outcome: Outcome
    status: int | None
    failure: str
    via: Via
    delivery: str
    repeat_of: int | None = None
    event_properties: str | None = None
    user_properties: str | None = None
    """JSON as sent; None when there are none, or too much for a table."""
    insert_id: str | None = None
    before_ms: int | None = None
    """When the event below it in the table arrived, for tables that tell."""


@dataclass(frozen=True, slots=True)
class EventDetail:
    """One event with the upload and the exchange it came in."""

    row: EventRow
    event: Event
    position: int
    upload: Upload
    capture: Capture
    verdict: Verdict
    repeat_of: int | None = None
    sendings: tuple[Sending, ...] = ()
    """The attempts to deliver its upload; empty unless it was asked for alone."""


class Source(NamedTuple):
    """A project that sent something."""

    id: int
    vendor: str
    api_key: str
    name: str
    first_seen_ms: int


_ROWS = """
    SELECT e.id, e.upload_id, c.at_ms, t.text, e.time_ms, u.text, d.text, e.session_id,
           e.source_id, p.library, e.outcome, c.status, c.failure, c.via,
           c.delivery, e.repeat_of, e.event_properties, e.user_properties, e.insert_id
    FROM events e
    JOIN captures c ON c.id = e.upload_id
    JOIN uploads p ON p.id = e.upload_id
    JOIN names t ON t.id = e.type_id
    LEFT JOIN names u ON u.id = e.user_id
    LEFT JOIN names d ON d.id = e.device_id
"""


type Downwards = Callable[[int, int | None, int | None], "array[int]"]
"""Matching ids, newest first: how many at most, below which, not below which."""


class EventReader:
    """Questions about events, on one read-only connection."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        captures: CaptureReader,
        beside: Beside | None = None,
    ) -> None:
        self._db = connection
        self._captures = captures
        self._beside = beside

    def last_id(self) -> int:
        """The newest event's id, or 0."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0])

    def first_waiting(self, since_ms: int) -> int | None:
        """The oldest event, of those that arrived since, whose answer is still to come."""
        (found,) = self._db.execute(
            "SELECT min(p.first_event_id) FROM"
            " (SELECT * FROM captures ORDER BY id DESC LIMIT ?) c JOIN uploads p ON p.id = c.id"
            " WHERE c.status IS NULL AND c.failure = '' AND c.at_ms >= ? AND p.event_count > 0",
            (MOST_WAITING, since_ms),
        ).fetchone()
        return None if found is None else int(found)

    def count(self) -> int:
        """How many events are stored. Ids have no gaps but at the old end, so this is instant."""
        first, last = self._db.execute(
            "SELECT (SELECT min(id) FROM events), (SELECT max(id) FROM events)"
        ).fetchone()
        return 0 if first is None else int(last - first + 1)

    def newest(self, chosen: Filter, limit: int, before: int | None = None) -> "array[int]":
        """Up to `limit` matching ids below `before`, newest first."""
        return self.downwards(chosen)(limit, before, None)

    def downwards(self, chosen: Filter) -> "Downwards":
        """The same in steps: a function of a limit, the id to begin below and the lowest id to
        look at. What is looked up before the events is looked up once."""
        condition = where(chosen, self)

        def search(
            db: sqlite3.Connection, limit: int, before: int | None, lowest: int | None
        ) -> "array[int]":
            bounds = [("id < ?", before), ("id >= ?", lowest)]
            asked = [(text, value) for text, value in bounds if value is not None]
            sql = " AND ".join([condition.sql, *(text for text, _ in asked)])
            rows = db.execute(
                f"SELECT id FROM events WHERE {sql} ORDER BY id DESC LIMIT ?",
                (*condition.values, *(value for _, value in asked), limit),
            )
            return array("q", (number for (number,) in rows))

        places = places_of(literals(chosen.query)) if self.has_table("grams") else None

        def step(limit: int, before: int | None, lowest: int | None) -> "array[int]":
            if places is None or before is None or lowest is None:
                return one_span(limit, before, lowest)
            found = array("q")
            for above, least in places.spans(self._db, before, lowest):
                found.extend(one_span(limit - len(found), above, least))
                if len(found) >= limit:
                    break
            return found

        def one_span(limit: int, before: int | None, lowest: int | None) -> "array[int]":
            beside = self._beside
            if not beside or before is None or lowest is None or before - lowest < MANY:
                return search(self._db, limit, before, lowest)
            middle = (before + lowest) // 2
            newer, older = beside.both(
                lambda db: search(db, limit, before, middle),
                lambda db: search(db, limit, middle, lowest),
                lambda found: len(found) >= limit,
            )
            return newer if older is None else newer + older[: limit - len(newer)]

        return step

    def after(self, chosen: Filter, last: int, at_ms: int | None = None) -> "array[int]":
        """All matching ids above `last`, in order of arrival; times are seen from `at_ms`."""
        condition = where(chosen, self, at_ms)
        condition.add("id > ?", last)
        return self._ids(
            f"SELECT id FROM events WHERE {condition.sql} ORDER BY id", condition.values
        )

    def rows(self, ids: Sequence[int]) -> list[EventRow]:
        """The rows of these ids, in the given order; ids that are gone are left out."""
        marks = ",".join("?" * len(ids))
        found = {
            row[0]: _row(row)
            for row in self._db.execute(f"{_ROWS} WHERE e.id IN ({marks})", list(ids))
        }
        return [found[number] for number in ids if number in found]

    def detail(self, event_id: int) -> EventDetail | None:
        """Everything about one event, or None when it was pruned."""
        found = next(self._details([event_id]), None)
        return found and replace(found, sendings=sendings(self._db, found.row.upload_id))

    def _details(self, ids: Sequence[int]) -> Iterator[EventDetail]:
        """The details of these ids. Neighbours share an upload, which is read once."""
        places = self._places(ids)
        stored = None
        for row in self.rows(ids):
            if stored is None or stored.id != row.upload_id:
                stored = self._captures.get(row.upload_id)
            # Either may have been pruned between the questions.
            if stored and stored.decoded.upload and row.id in places:
                (position, repeat_of), upload = places[row.id], stored.decoded.upload
                verdict = stored.judgement.of(position)
                if row.outcome is Outcome.DUPLICATE:
                    verdict = duplicate(repeat_of)
                yield EventDetail(
                    row,
                    upload.events[position],
                    position,
                    upload,
                    stored.capture,
                    verdict,
                    repeat_of,
                )

    def _places(self, ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
        """Where in its upload each event is, and which event it repeats."""
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(
            f"SELECT id, position, repeat_of FROM events WHERE id IN ({marks})", list(ids)
        )
        return {number: (position, repeat_of) for number, position, repeat_of in rows}

    def types(self) -> list[tuple[str, int]]:
        """Event types with how often each was seen, most frequent first."""
        rows = self._db.execute(
            "SELECT n.text, e.seen FROM"
            " (SELECT type_id, count(*) AS seen FROM events GROUP BY type_id) e"
            " JOIN names n ON n.id = e.type_id ORDER BY e.seen DESC, n.text"
        )
        return rows.fetchall()

    def sources(self) -> list[Source]:
        """Projects in the order in which they were first seen."""
        rows = self._db.execute(
            "SELECT id, vendor, api_key, name, first_seen_ms FROM sources ORDER BY id"
        )
        return [Source(*row) for row in rows.fetchall()]

    def export(self, chosen: Filter) -> Iterator[dict[str, Any]]:
        """Matching events in order of arrival, as the command line prints them."""
        last = 0
        while ids := self._chunk(chosen, last):
            for detail in self._details(ids):
                yield _exported(detail)
            last = ids[-1]

    def exported(self, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        """These events in order of arrival, in the same form."""
        ordered = sorted(ids)
        for at in range(0, len(ordered), 1000):
            yield from map(_exported, self._details(ordered[at : at + 1000]))

    def uploads_of(self, ids: Sequence[int]) -> "array[int]":
        """The uploads in which these events came, in order of arrival."""
        found: set[int] = set()
        for at in range(0, len(ids), 1000):
            some = ids[at : at + 1000]
            marks = ",".join("?" * len(some))
            found.update(
                self._ids(f"SELECT DISTINCT upload_id FROM events WHERE id IN ({marks})", some)
            )
        return array("q", sorted(found))

    def uploads_with(self, chosen: Filter) -> "array[int]":
        """The uploads that hold a matching event, in order of arrival."""
        condition = where(chosen, self)
        return self._ids(
            f"SELECT DISTINCT upload_id FROM events WHERE {condition.sql} ORDER BY upload_id",
            condition.values,
        )

    def _chunk(self, chosen: Filter, last: int) -> "array[int]":
        condition = where(chosen, self)
        condition.add("id > ?", last)
        return self._ids(
            f"SELECT id FROM events WHERE {condition.sql} ORDER BY id LIMIT 5000", condition.values
        )

    # What filters ask first (app.filter.sql.Lookups)

    def names(self, kind: str, test: TextTest | None) -> list[int] | None:
        """The numbers of the names of a kind that meet a test; None when they are too many."""
        condition, value = test.sql("text") if test else ("text IS NOT ?", None)
        rows = self._db.execute(
            f"SELECT id FROM names WHERE kind = ? AND {condition} LIMIT ?",
            (kind, value, MOST_NAMES + 1),
        ).fetchall()
        return None if len(rows) > MOST_NAMES else [number for (number,) in rows]

    def has_table(self, name: str) -> bool:
        """Whether the study keeps this table."""
        if all(schema != "study" for _, schema, _ in self._databases()):
            return False
        found = self._db.execute("SELECT 1 FROM study.sqlite_master WHERE name = ?", (name,))
        return found.fetchone() is not None

    def fields(self, condition: str, values: tuple[object, ...]) -> FieldsFound | None:
        """The combinations of fields for which a condition holds."""
        asked = f"SELECT id FROM study.fields WHERE {condition}"
        numbers = self._ids(f"{asked} LIMIT {MOST_NAMES + 1}", values)
        if not numbers:
            return None
        if len(numbers) > MOST_NAMES:
            return FieldsFound()
        runs = self._ids(
            "SELECT first FROM study.field_runs WHERE fields IN"
            f" ({','.join(map(str, numbers))}) LIMIT {MOST_RUNS + 1}",
            (),
        )
        return FieldsFound(tuple(numbers), len(runs) <= MOST_RUNS)

    def labels(self, test: TextTest) -> list[int]:
        """The numbers of the labeled events whose name meets a test."""
        return [one.id for one in self._defined("label") if test.holds(one.name)]

    def label_names(self, part: str) -> list[str]:
        """The names of labeled events with this in them."""
        wanted = part.casefold()
        return [one.name for one in self._defined("label") if wanted in one.name.casefold()]

    def marked(self, word: str) -> list[int]:
        """The events that are `pinned`, `marked` or have a `note`."""
        found = (mark_of(one) for one in self._defined(MARK))
        return [event for event, mark in found if mark.has(word)]

    def muted(self) -> list[tuple[str, str | None]]:
        """Rules that are muted, each everywhere (None) or in the project with this API key."""
        found = (one.body for one in self._defined("mute"))
        return [(str(one.get("rule")), str(one["api_key"]) if one.get("api_key") else None)
                for one in found]  # fmt: skip

    def _defined(self, kind: str) -> list[Definition]:
        path = next(Path(path) for _, name, path in self._databases() if name == "main")
        if not (path.parent / DEFINITIONS).exists():
            return []
        with Definitions(path.parent) as definitions:
            return definitions.all(kind)

    def _databases(self) -> list[tuple[int, str, str]]:
        return self._db.execute("PRAGMA database_list").fetchall()

    def studied(self) -> int:
        """The newest event of which the study knows, as those before it; 0 without a study."""
        if not self.has_table("facts"):
            return 0
        found = self._db.execute(
            "SELECT max(first_event_id + event_count - 1) FROM uploads WHERE id ="
            " (SELECT max(id) FROM uploads WHERE id <="
            " (SELECT value FROM study.facts WHERE key = 'through'))"
        ).fetchone()
        return int(found[0] or 0)

    def uploads(self, table: str, condition: str, values: tuple[object, ...]) -> Span | None:
        """The uploads for which a condition on `uploads` or `captures` holds."""
        found = f"SELECT id FROM {table} AS one WHERE {condition}"
        few = self._ids(f"{found} LIMIT ?", (*values, MOST_UPLOADS + 1))
        if not few:
            return None
        if len(few) <= MOST_UPLOADS:
            return Span(0, 0, tuple(few))
        # Not min and max, which read everything: seen from its own end, the first is soon found.
        (first,) = self._ids(f"{found} ORDER BY id LIMIT 1", values)
        (last,) = self._ids(f"{found} ORDER BY id DESC LIMIT 1", values)
        row = self._db.execute(
            "SELECT min(first_event_id), max(first_event_id + event_count) FROM uploads"
            " WHERE id IN ((SELECT min(id) FROM uploads WHERE id >= ?),"
            " (SELECT max(id) FROM uploads WHERE id <= ?))",
            (first, last),
        ).fetchone()
        return None if row[0] is None else Span(row[0], row[1] - 1)

    def _ids(self, sql: str, values: Sequence[object]) -> "array[int]":
        return array("q", (number for (number,) in self._db.execute(sql, values)))


def _row(values: tuple[Any, ...]) -> EventRow:
    *head, outcome, status, failure, via, delivery, repeat_of, properties, user, insert_id = values
    return EventRow._make(
        (
            *head,
            OUTCOMES[outcome],
            status,
            failure,
            Via(via),
            delivery,
            repeat_of,
            _short(properties),
            _short(user),
            insert_id,
            None,
        )
    )


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST_SHOWN else None


def _exported(detail: EventDetail) -> dict[str, Any]:
    """The stable JSON form of one event; documented in the README."""
    row, upload, event = detail.row, detail.upload, detail.event
    return {
        "id": row.id,
        "upload": row.upload_id,
        "position": detail.position,
        "received_ms": row.received_ms,
        "api_key": upload.api_key,
        "event_type": row.type,
        "time_ms": row.time_ms,
        "user_id": row.user_id,
        "device_id": row.device_id,
        "session_id": row.session_id,
        "insert_id": event.insert_id,
        "library": row.library,
        "outcome": str(row.outcome),
        "reason": detail.verdict.reason,
        "field": detail.verdict.field,
        "repeat_of": detail.repeat_of,
        "status": row.status,
        "endpoint": upload.endpoint,
        "via": str(detail.capture.via),
        "delivery": detail.capture.delivery,
        "event": event.raw,
        "normalised": None if event.fields is event.raw else event.fields,
    }
