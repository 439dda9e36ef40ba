"""
Reads uploads: what was sent, how, with what result.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

from app.decode.body import parsed
from app.store.writer import OUTCOMES


class UploadReader:
    """Questions about uploads, on one read-only connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def problems(self) -> int:
        """How many uploads could not be understood. Instant: they have an index of their own."""
        row = self._db.execute("SELECT count(*) FROM uploads WHERE problem <> ''").fetchone()
        return int(row[0])

    def export(self) -> Iterator[dict[str, Any]]:
        """Uploads in order of arrival, as the command line prints them; see the README."""
        columns = (
            "id, received_ms, url, via, status, failure, duration_ms, api_key, endpoint, library,"
            " transport, compression, wire_bytes, body_bytes, client_upload_ms, options,"
            " events, problem, attempt, retry_of"
        )
        rows = self._db.execute(
            "SELECT p.id, c.at_ms, c.url, c.via, c.status, c.failure, c.duration_ms, s.api_key,"
            " p.endpoint, p.library, p.transport, p.compression, p.wire_bytes, p.body_bytes,"
            " p.client_upload_ms, p.options, p.event_count, p.problem, p.attempt, p.retry_of,"
            " p.first_event_id"
            " FROM uploads p JOIN captures c ON c.id = p.id"
            " LEFT JOIN sources s ON s.id = p.source_id ORDER BY p.id"
        ).fetchall()
        names = [name.strip() for name in columns.split(",")]
        for row in rows:
            upload = dict(zip(names, row, strict=False))
            upload["options"] = parsed(upload["options"].encode())
            upload["outcomes"] = self._outcomes(row[-1], upload["events"])
            upload["repeats"] = self._repeats(row[-1], upload["events"])
            yield upload

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
