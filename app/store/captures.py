"""
Reads captures back: one whole exchange by its id, or all of them in order.
"""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from app.decode import decode
from app.ingest.outcome import ACCEPTED, Judgement, judge
from app.model import Capture, Decoded, Delivery, Response, Via
from app.store.http import unpack

_SELECT = (
    "SELECT id, at_ms, duration_ms, via, method, url, status, failure, request, response, delivery"
    " FROM captures"
)


class Stored(NamedTuple):
    """A capture with what it was understood as, and what became of its events."""

    id: int
    capture: Capture
    decoded: Decoded
    judgement: Judgement = ACCEPTED


class CaptureReader:
    """Captures by id. The newest few stay decoded, because their events are looked at together."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._cached = lru_cache(maxsize=8)(self.load)

    def get(self, capture_id: int) -> Stored | None:
        """The exchange, or None when it was pruned. Answered ones are cached."""
        found = self._cached(capture_id)
        if found and (found.capture.response or found.capture.failure):
            return found
        self._cached.cache_clear()
        return self.load(capture_id)

    def last_id(self) -> int:
        """The newest capture's id, or 0."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()[0])

    def export(self) -> Iterator[dict[str, Any]]:
        """Every exchange in order of arrival, as the command line prints them; see the README."""
        last = 0
        while True:
            ids = self._db.execute(
                "SELECT id FROM captures WHERE id > ? ORDER BY id LIMIT 1000", (last,)
            ).fetchall()
            if not ids:
                return
            for (number,) in ids:
                found = self.load(number)
                if found:
                    yield _exported(found)
            last = ids[-1][0]

    def ids(self) -> "array[int]":
        """The ids of all exchanges, in order of arrival."""
        return array("q", (n for (n,) in self._db.execute("SELECT id FROM captures ORDER BY id")))

    def each(self, ids: Iterable[int]) -> Iterator[Stored]:
        """These exchanges, without those that are gone."""
        for number in ids:
            found = self.load(number)
            if found:
                yield found

    def load(self, capture_id: int) -> Stored | None:
        """The exchange as it is now, without the cache."""
        row = self._db.execute(f"{_SELECT} WHERE id = ?", (capture_id,)).fetchone()
        return None if row is None else _stored(row)

    def load_all(self, capture_ids: Sequence[int]) -> dict[int, Stored]:
        """These exchanges by id, without those that are gone; in one question, for a few hundred
        that are neighbours."""
        if not capture_ids:
            return {}
        span = min(capture_ids), max(capture_ids)
        wanted = frozenset(capture_ids)
        if span[1] - span[0] > 2 * len(wanted):
            return {found.id: found for found in self.each(capture_ids)}
        rows = self._db.execute(f"{_SELECT} WHERE id BETWEEN ? AND ?", span)
        return {row[0]: _stored(row) for row in rows if row[0] in wanted}


def _stored(row: tuple[Any, ...]) -> Stored:
    number, at_ms, duration_ms, via, method, url, status, failure, request, answer, delivery = row
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
        delivery=Delivery(delivery) if delivery else None,
    )
    decoded = decode(capture)
    judgement = judge(decoded.upload, capture) if decoded.upload else ACCEPTED
    return Stored(number, capture, decoded, judgement)


def _exported(found: Stored) -> dict[str, Any]:
    capture, decoded = found.capture, found.decoded
    key = decoded.upload.api_key if decoded.upload else decoded.api_key
    return {
        "id": found.id,
        "received_ms": capture.at_ms,
        "kind": str(decoded.kind),
        "method": capture.method,
        "url": capture.url,
        "via": str(capture.via),
        "delivery": capture.delivery,
        "status": capture.response.status if capture.response else None,
        "failure": capture.failure,
        "duration_ms": capture.duration_ms,
        "api_key": key,
        "note": decoded.note,
        "contents": decoded.contents,
    }
