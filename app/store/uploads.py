"""
Reads uploads: what was sent, how, with what result.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from app.decode.body import parsed
from app.ingest.reaction import reaction
from app.store.captures import CaptureReader
from app.store.writer import OUTCOMES


class UploadProblem(NamedTuple):
    """An upload that could not be understood, as a list shows it."""

    id: int
    at_ms: int
    url: str
    problem: str
    wire_bytes: int


class _Sent(NamedTuple):
    """A sending of an upload."""

    id: int
    at_ms: int


class UploadReader:
    """Questions about uploads, on one read-only connection."""

    def __init__(self, connection: sqlite3.Connection, captures: CaptureReader) -> None:
        self._db = connection
        self._captures = captures

    def problems(self) -> int:
        """How many uploads could not be understood. Instant: they have an index of their own."""
        row = self._db.execute("SELECT count(*) FROM uploads WHERE problem <> ''").fetchone()
        return int(row[0])

    def with_problems(self, limit: int) -> list[UploadProblem]:
        """The uploads that could not be understood, newest first."""
        rows = self._db.execute(
            "SELECT p.id, c.at_ms, c.url, p.problem, p.wire_bytes FROM uploads p"
            " JOIN captures c ON c.id = p.id WHERE p.problem <> '' ORDER BY p.id DESC LIMIT ?",
            (limit,),
        )
        return [UploadProblem(*row) for row in rows]

    def first_event(self, upload_id: int) -> int | None:
        """The id of an upload's first event; None without one, or when it was removed."""
        row = self._db.execute(
            "SELECT min(e.id) FROM uploads p JOIN events e ON e.id >= p.first_event_id"
            " AND e.id < p.first_event_id + p.event_count WHERE p.id = ?",
            (upload_id,),
        ).fetchone()
        return int(row[0]) if row[0] is not None else None

    def export(self) -> Iterator[dict[str, Any]]:
        """Uploads in order of arrival, as the command line prints them; see the README."""
        columns = (
            "id, received_ms, url, via, delivery, status, failure, duration_ms, api_key, endpoint,"
            " library,"
            " transport, compression, wire_bytes, body_bytes, client_upload_ms, options,"
            " events, problem, attempt, retry_of"
        )
        rows = self._db.execute(
            "SELECT p.id, c.at_ms, c.url, c.via, nullif(c.delivery, ''), c.status, c.failure,"
            " c.duration_ms, s.api_key,"
            " p.endpoint, p.library, p.transport, p.compression, p.wire_bytes, p.body_bytes,"
            " p.client_upload_ms, p.options, p.event_count, p.problem, p.attempt, p.retry_of,"
            " p.first_event_id"
            " FROM uploads p JOIN captures c ON c.id = p.id"
            " LEFT JOIN sources s ON s.id = p.source_id ORDER BY p.id"
        ).fetchall()
        names = [name.strip() for name in columns.split(",")]
        chains = _chains(rows)
        for row in rows:
            upload = dict(zip(names, row, strict=False))
            upload["options"] = parsed(upload["options"].encode())
            upload["outcomes"] = self._outcomes(row[-1], upload["events"])
            upload["repeats"] = self._repeats(row[-1], upload["events"])
            before, after = chains[upload["id"]]
            at_ms = upload["received_ms"]
            upload["delay_ms"] = None if before is None else at_ms - before.at_ms
            upload["next"] = self._next(upload["id"], upload["attempt"], at_ms, after)
            yield upload

    def _next(
        self, upload_id: int, attempt: int, at_ms: int, after: _Sent | None
    ) -> dict[str, Any] | None:
        """What the sender did next, or what it is going to do."""
        if after is not None:
            wait = after.at_ms - at_ms
            says = f"Sent again as upload {after.id} after {wait / 1000:.1f} s."
            return {"says": says, "upload": after.id, "after_ms": wait, "drops": [], "again": None}
        stored = self._captures.load(upload_id)
        if stored is None or stored.decoded.upload is None:
            return None
        found = reaction(stored.decoded.upload, stored.capture, attempt)
        return {
            "says": found.sentence,
            "upload": None,
            "after_ms": found.after_ms,
            "drops": list(found.drops),
            "again": found.again,
        }

    def _outcomes(self, first: int, count: int) -> dict[str, int]:
        rows = self._db.execute(
            "SELECT outcome, count(*) FROM events WHERE id >= ? AND id < ? GROUP BY outcome",
            (first, first + count),
        )
        return {str(OUTCOMES[outcome]): seen for outcome, seen in rows}

    def _repeats(self, first: int, count: int) -> int:
        (seen,) = self._db.execute(
            "SELECT count(repeat_of) FROM events WHERE id >= ? AND id < ?", (first, first + count)
        ).fetchone()
        return int(seen)


def _chains(rows: Sequence[tuple[Any, ...]]) -> dict[int, tuple[_Sent | None, _Sent | None]]:
    """For each upload, by id, the sendings of the same one before it and after it."""
    found: dict[int, tuple[_Sent | None, _Sent | None]] = {}
    latest: dict[int, _Sent] = {}
    for row in rows:
        sent, first = _Sent(row[0], row[1]), row[-2] or row[0]
        before = latest.get(first)
        found[sent.id] = before, None
        if before:
            found[before.id] = found[before.id][0], sent
        latest[first] = sent
    return found
