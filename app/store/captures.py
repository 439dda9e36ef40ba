"""
Reads captures back: one whole exchange by its id.
"""

import sqlite3
from functools import lru_cache
from typing import NamedTuple

from app.decode import decode
from app.model import Capture, Decoded, Response, Via
from app.store.http import unpack


class Stored(NamedTuple):
    """A capture with what it was understood as."""

    id: int
    capture: Capture
    decoded: Decoded


class CaptureReader:
    """Captures by id. The newest few stay decoded, because their events are looked at together."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._cached = lru_cache(maxsize=8)(self._load)

    def get(self, capture_id: int) -> Stored | None:
        """The exchange, or None when it was pruned. Answered ones are cached."""
        found = self._cached(capture_id)
        if found and (found.capture.response or found.capture.failure):
            return found
        self._cached.cache_clear()
        return self._load(capture_id)

    def last_id(self) -> int:
        """The newest capture's id, or 0."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()[0])

    def _load(self, capture_id: int) -> Stored | None:
        row = self._db.execute(
            "SELECT at_ms, duration_ms, via, method, url, status, failure, request, response"
            " FROM captures WHERE id = ?",
            (capture_id,),
        ).fetchone()
        if row is None:
            return None
        at_ms, duration_ms, via, method, url, status, failure, request, answer = row
        headers, body = unpack(request)
        response = Response(status, *unpack(answer)) if answer is not None else None
        capture = Capture(
            at_ms=at_ms,
            method=method,
            url=url,
            headers=headers,
            body=body,
            response=response,
            duration_ms=duration_ms,
            via=Via(via),
            failure=failure,
        )
        return Stored(capture_id, capture, decode(capture))
