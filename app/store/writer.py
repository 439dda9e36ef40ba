"""
Writes captures, uploads and events. One instance in one process (see `WorkspaceLock`).

Ids grow by one from row to row and are never used twice, not even after everything was cleared,
so that a reader that remembers "up to N" is never shown something else under the same number.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from app.decode import decode
from app.decode.body import clean, column_text, json_text
from app.ingest.dedupe import keys_of
from app.ingest.outcome import ACCEPTED, Judgement, judge
from app.model import Capture, Decoded, Event, Outcome, Response, Upload
from app.store.duplicates import Duplicates
from app.store.http import pack
from app.store.repeats import Key, Repeats, is_pulse
from app.store.trouble import explained

OUTCOMES = tuple(Outcome)
"""How outcomes are numbered in the events table. Only ever append to `Outcome`."""
OUTCOME_NUMBER = {outcome: number for number, outcome in enumerate(OUTCOMES)}

LARGEST_BITE = 500
"""How many captures one call of `prune` may remove."""
LARGEST_BITE_EVENTS = 10_000
"""And about how many events, which take about 2 microseconds each."""

MOST_NAMES = 200_000
"""How many names of a kind are remembered, against senders with a new id for every event."""

_FORGET = """
    DELETE FROM names WHERE id IN (SELECT {column} FROM events WHERE id < ?)
    AND NOT EXISTS (SELECT 1 FROM events WHERE {column} = names.id AND id >= ?)
"""
"""Names that only events about to go are using."""


type Item = tuple[Capture, Decoded] | tuple[Capture, Decoded, bytes | None]
"""What is stored together; the last is the request as `pack` gives it, where that was done."""


class Ids(NamedTuple):
    """The newest capture and event, or the oldest, depending on who says it. Zero: none."""

    capture: int
    event: int


class _Names(dict[str | None, int | None]):
    """The numbers of one kind of name, looked up or given when first asked for."""

    def __init__(self, connection: sqlite3.Connection, kind: str) -> None:
        super().__init__()
        self._db = connection
        self._kind = kind

    def __missing__(self, text: str | None) -> int | None:
        if text is None:
            return None
        if len(self) > MOST_NAMES:
            self.clear()
        key = (self._kind, text)
        row = self._db.execute("SELECT id FROM names WHERE kind = ? AND text = ?", key).fetchone()
        if row is None:
            row = self._db.execute(
                "INSERT INTO names (kind, text) VALUES (?, ?) RETURNING id", key
            ).fetchone()
        number = self[text] = int(row[0])
        return number


class Writer:
    """Adds, answers and prunes, each in a transaction of its own."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._db = connection
        self._folder = folder
        self._names = tuple(_Names(connection, kind) for kind in ("type", "user", "device"))
        self._sources: dict[str, int] = {}
        self._duplicates = Duplicates(
            connection, OUTCOME_NUMBER[Outcome.ACCEPTED], OUTCOME_NUMBER[Outcome.DUPLICATE]
        )
        self._repeats = Repeats(connection, self._duplicates.seen)
        self.last = self._last_ids()

    def add(self, batch: Sequence[Item]) -> list[int]:
        """Commit these captures together; returns their ids. Raises StoreUnavailable, and
        then nothing of the batch is stored."""

        def insert() -> list[int]:
            return [self._insert(*item) for item in batch]

        return self._transaction(insert)

    def answer(self, capture_id: int, capture: Capture, decoded: Decoded | None = None) -> None:
        """Complete a capture that was stored before its answer was known. `decoded` is what was
        stored, where it is still at hand. Raises StoreUnavailable."""

        with explained(self._folder):
            row = self._db.execute(
                "SELECT first_event_id, source_id FROM uploads WHERE id = ?", (capture_id,)
            ).fetchone()
        if decoded is None or decoded.upload is None:
            # Read once more: with its answer a question means more.
            decoded = decode(capture)
        note, upload = clean(decoded.note), decoded.upload
        judgement = judge(upload, capture) if upload else ACCEPTED

        def update() -> None:
            self._db.execute(
                "UPDATE captures SET status = ?, failure = ?, duration_ms = ?, response = ?,"
                " note = coalesce(?, note) WHERE id = ?",
                (
                    capture.response.status if capture.response else None,
                    clean(capture.failure),
                    capture.duration_ms,
                    _packed(capture.response),
                    note,
                    capture_id,
                ),
            )
            if row and upload:
                first, source = row
                self._settle(first, source, upload.events, judgement, capture.at_ms)

        self._transaction(update)

    def used_bytes(self) -> int:
        """Bytes of the file that hold something."""
        with explained(self._folder):
            (pages,) = self._db.execute("PRAGMA page_count").fetchone()
            (free,) = self._db.execute("PRAGMA freelist_count").fetchone()
            (size,) = self._db.execute("PRAGMA page_size").fetchone()
        return int((pages - free) * size)

    def prune(self, up_to: int | None = None) -> Ids | None:
        """Remove the oldest captures (with ids up to `up_to`) with their events; returns the first
        ids that are left, or None when there was nothing to remove. A small bite, so that traffic
        never waits long."""
        with explained(self._folder):
            (oldest,) = self._db.execute("SELECT min(id) FROM captures").fetchone()
            if oldest is None or (up_to is not None and oldest > up_to):
                return None
            first = self._bite_end(oldest, up_to)
        removed = self._transaction(lambda: self._remove_before(first))
        self._forget_names()
        return removed

    def _bite_end(self, oldest: int, up_to: int | None) -> int:
        """The first capture to keep: a bite has so many captures and about so many events."""
        if up_to is None:
            # To keep below the cap, no more than needed should go.
            up_to = oldest + (self.last.capture - oldest) // 20
        end = min(up_to + 1, oldest + LARGEST_BITE)
        (full,) = self._db.execute(
            "SELECT min(id) FROM uploads WHERE id > ? AND id < ? AND first_event_id >= ? +"
            " (SELECT min(id) FROM events)",
            (oldest, end, LARGEST_BITE_EVENTS),
        ).fetchone()
        return end if full is None else int(full)

    def _remove_before(self, first: int) -> Ids:
        self._remember_last()
        (event,) = self._db.execute(
            "SELECT min(first_event_id) FROM uploads WHERE id >= ?", (first,)
        ).fetchone()
        event = self.last.event + 1 if event is None else event
        for kind in ("type", "user", "device"):
            self._db.execute(_FORGET.format(column=f"{kind}_id"), (event, event))
        self._repeats.forget(event)
        if first > self.last.capture:
            self._duplicates.seen.forget()
        self._db.execute("DELETE FROM events WHERE id < ?", (event,))
        self._db.execute("DELETE FROM uploads WHERE id < ?", (first,))
        self._db.execute("DELETE FROM captures WHERE id < ?", (first,))
        return Ids(first, event)

    def give_back(self) -> None:
        """Return free pages of the file to the system."""
        with explained(self._folder):
            self._db.execute("PRAGMA incremental_vacuum").fetchall()

    def name_source(self, api_key: str, name: str) -> None:
        """Give a project the name that a person reads; nothing happens if it sent nothing."""

        def update() -> None:
            self._db.execute("UPDATE sources SET name = ? WHERE api_key = ?", (name, api_key))

        self._transaction(update)

    def _transaction[T](self, work: Callable[[], T]) -> T:
        """Run `work` between BEGIN IMMEDIATE and COMMIT. A deferred transaction that reads first
        fails at once when another process committed in between."""
        before = self.last
        with explained(self._folder):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                result = work()
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                self.last = before
                self._duplicates.seen.undo()
                # Some of these numbers were given in the transaction that is gone.
                self._forget_names()
                self._sources.clear()
                raise
        self._duplicates.seen.settle()
        return result

    def _insert(self, capture: Capture, decoded: Decoded, packed: bytes | None = None) -> int:
        capture_id = self.last.capture + 1
        response = capture.response
        self._db.execute(
            "INSERT INTO captures VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                capture_id,
                capture.at_ms,
                capture.duration_ms,
                str(capture.via),
                str(decoded.kind),
                clean(capture.method),
                clean(_host(capture.url)),
                clean(capture.url),
                response.status if response else None,
                clean(capture.failure),
                clean(decoded.note),
                packed or pack(capture.headers, capture.body),
                _packed(response),
                self._source(decoded.api_key, capture.at_ms),
                capture.delivery or "",
            ),
        )
        last_event = self.last.event
        if decoded.upload:
            self._insert_upload(capture_id, capture, decoded.upload)
            last_event += len(decoded.upload.events)
        self.last = Ids(capture_id, last_event)
        return capture_id

    def _insert_upload(self, upload_id: int, capture: Capture, upload: Upload) -> None:
        source = self._source(upload.api_key, capture.at_ms)
        first = self.last.event + 1
        held = [place for place, event in enumerate(upload.events) if "delay" in event.raw]
        # What a person sends again on purpose is no later sending of the same upload.
        opening = None if capture.is_by_hand else self._opening(source, upload.events)
        attempt, earlier = self._repeats.attempt(opening[1] if opening else None)
        self._db.execute(
            "INSERT INTO uploads VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                upload_id,
                source,
                upload.endpoint,
                upload.library,
                upload.transport,
                upload.compression,
                upload.wire_bytes,
                upload.body_bytes,
                upload.client_upload_ms,
                json_text(upload.options),
                first,
                len(upload.events),
                upload.problem,
                *attempt,
            ),
        )
        judgement = judge(upload, capture)
        outcome = OUTCOME_NUMBER[judgement.all.outcome]
        self._db.executemany(
            "INSERT INTO events VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL)",
            self._rows(upload_id, first, source, outcome, upload.events),
        )
        if earlier is not None:
            self._repeats.mark(earlier, first, len(upload.events))
        self._pulses(source, first, upload.events, held)
        if judgement.all.outcome is Outcome.ACCEPTED:
            self._accept(source, first, upload.events, held, capture.at_ms)
        if judgement is not ACCEPTED:
            self._set_apart(first, judgement)
            if capture.response or capture.failure:
                self._repeats.remember_all(first, len(upload.events))
        if opening and (judgement is not ACCEPTED or attempt.number > 1):
            self._repeats.remember(first + opening[0], opening[1])

    def _settle(
        self,
        first: int,
        source: int | None,
        events: tuple[Event, ...],
        judgement: Judgement,
        at_ms: int,
    ) -> None:
        """The outcomes of events that were stored before their answer was known."""
        self._db.execute(
            "UPDATE events SET outcome = ? WHERE id BETWEEN ? AND ?",
            (OUTCOME_NUMBER[judgement.all.outcome], first, first + len(events) - 1),
        )
        if judgement.all.outcome is Outcome.ACCEPTED:
            held = [place for place, event in enumerate(events) if "delay" in event.raw]
            self._accept(source, first, events, held, at_ms)
        if judgement is not ACCEPTED:
            self._set_apart(first, judgement)
            self._repeats.remember_all(first, len(events))

    def _accept(
        self,
        source: int | None,
        first: int,
        events: tuple[Event, ...],
        held: list[int],
        at_ms: int,
    ) -> None:
        """Events that were taken; some of them may have been taken before. One that is held back
        is sent again and again until it is final, and taken only then."""
        if not events:
            return
        numbers = self._names[2]
        devices = [numbers[event.device_id] for event in events]
        keys = keys_of(source, devices, [event.insert_id for event in events])
        for place in held:
            keys[place] = None
        self._duplicates.mark(first, keys, at_ms)

    def _set_apart(self, first: int, judgement: Judgement) -> None:
        self._db.executemany(
            "UPDATE events SET outcome = ? WHERE id = ?",
            [
                (OUTCOME_NUMBER[verdict.outcome], first + position)
                for position, verdict in judgement.apart.items()
            ],
        )

    def _opening(self, source: int | None, events: tuple[Event, ...]) -> tuple[int, Key] | None:
        """Where the first event is that stands for the upload, and its key. A heartbeat does not:
        that it was sent before says nothing of its neighbours."""
        for position, event in enumerate(events):
            if event.insert_id is None:
                return None
            if "delay" not in event.raw or not is_pulse(event):
                return position, (event.insert_id, source, self._names[2][event.device_id])
        return None

    def _pulses(
        self, source: int | None, first: int, events: tuple[Event, ...], held: list[int]
    ) -> None:
        """Heartbeats among the events: later pulses are the event of the first one."""
        for position in held:
            event = events[position]
            if event.insert_id is not None and is_pulse(event):
                key = (event.insert_id, source, self._names[2][event.device_id])
                earlier = self._repeats.earlier(key)
                if earlier is not None:
                    self._repeats.mark_pulse(first + position, earlier)
                self._repeats.remember(first + position, key)

    def _rows(
        self,
        upload_id: int,
        first: int,
        source: int | None,
        outcome: int,
        events: tuple[Event, ...],
    ) -> list[tuple[Any, ...]]:
        """Rows of the events table. The innermost loop of a capture, hence one expression."""
        types, users, devices = self._names
        return [
            (
                first + position,
                upload_id,
                position,
                source,
                types[kind],
                users[user],
                devices[device],
                session_id,
                time_ms,
                outcome,
                insert_id,
                column_text(found) if (found := fields.get("event_properties")) else None,
                column_text(found) if (found := fields.get("user_properties")) else None,
                column_text(found) if (found := fields.get("groups")) else None,
                column_text(found) if (found := fields.get("group_properties")) else None,
            )
            for position, (kind, time_ms, user, device, session_id, insert_id, _, fields) in (
                enumerate(events)
            )
        ]

    def _source(self, api_key: str | None, at_ms: int) -> int | None:
        if api_key is None:
            return None
        found = self._sources.get(api_key)
        if found is not None:
            return found
        self._db.execute(
            "INSERT INTO sources (vendor, api_key, first_seen_ms) VALUES ('amplitude', ?, ?)"
            " ON CONFLICT DO NOTHING",
            (api_key, at_ms),
        )
        row = self._db.execute(
            "SELECT id FROM sources WHERE vendor = 'amplitude' AND api_key = ?", (api_key,)
        ).fetchone()
        number = self._sources[api_key] = int(row[0])
        return number

    def _forget_names(self) -> None:
        for names in self._names:
            names.clear()

    def _last_ids(self) -> Ids:
        facts = dict(self._db.execute("SELECT key, value FROM facts"))
        (capture,) = self._db.execute("SELECT max(id) FROM captures").fetchone()
        (event,) = self._db.execute("SELECT max(id) FROM events").fetchone()
        return Ids(
            max(capture or 0, facts.get("last_capture", 0)),
            max(event or 0, facts.get("last_event", 0)),
        )

    def _remember_last(self) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO facts VALUES (?, ?)",
            [("last_capture", self.last.capture), ("last_event", self.last.event)],
        )


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _packed(response: Response | None) -> bytes | None:
    return pack(response.headers, response.body) if response else None
