"""
The requests that are not studied yet: read from the captures themselves, so that a chart shows a
request as soon as it is committed, even while an earlier one still waits for its answer. And those
that were studied without an answer and have one now.
"""

import sqlite3
from typing import NamedTuple

from app.store.report.scope import Key

MOST = 3000
"""More than these are not counted before they are studied: it would take longer."""

_ROWS = """
    SELECT c.id, c.at_ms, c.status, c.failure, c.via, c.kind, c.host, c.duration_ms,
        coalesce(p.source_id, c.source_id, 0), coalesce(p.endpoint, 'Session Replay'),
        coalesce(p.library, ''), coalesce(p.compression, 'none'),
        coalesce(p.first_event_id, 0), coalesce(p.event_count, 0),
        coalesce(p.wire_bytes, 0), coalesce(p.body_bytes, 0)
    FROM main.captures c LEFT JOIN main.uploads p ON p.id = c.id
    WHERE c.id > ? AND c.kind IN ('upload', 'session_replay') ORDER BY c.id
"""
_IDENTIFIES = """
    SELECT upload_id, count(*) FROM main.events WHERE id >= ? AND type_id IN
        (SELECT id FROM main.names WHERE kind = 'type'
         AND text IN ('$identify', '$groupidentify', '$usermap'))
    GROUP BY upload_id
"""


class TailRow(NamedTuple):
    """One request that is not studied yet."""

    id: int
    at_ms: int
    key: Key
    is_waiting: bool
    events: int
    identifies: int
    wire_bytes: int
    body_bytes: int
    latency_ms: int | None


class Late(NamedTuple):
    """A request that was answered after it was studied: counted under `key`, which has no status,
    and to be counted under `status`."""

    id: int
    at_ms: int
    key: int
    status: int
    events: int
    identifies: int


class Tail(NamedTuple):
    """Those requests, and how many captures are too many to be counted here."""

    rows: tuple[TailRow, ...] = ()
    behind: int = 0


def tail_of(db: sqlite3.Connection) -> Tail:
    """What came after the last studied capture. In the caller's transaction."""
    row = db.execute("SELECT value FROM study.facts WHERE key = 'through'").fetchone()
    through = int(row[0]) if row else 0
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM main.captures").fetchone()
    (first,) = db.execute("SELECT coalesce(min(id), 0) FROM main.captures").fetchone()
    if last < through:
        # The workspace was emptied just now.
        return Tail()
    behind = last - max(through, first - 1)
    if behind > MOST:
        return Tail((), behind)
    found = db.execute(_ROWS, (through,)).fetchall()
    if not found:
        return Tail()
    starts = [row[12] for row in found if row[13]]
    identifies: dict[int, int] = {}
    if starts:
        identifies = dict(db.execute(_IDENTIFIES, (min(starts),)).fetchall())
    return Tail(tuple(_row(row, identifies.get(row[0], 0)) for row in found))


def late_of(db: sqlite3.Connection) -> list[Late]:
    """The requests whose answers came late, until the study looks back at them; there are few."""
    # CROSS keeps the order: otherwise all uploads are gone through.
    rows = db.execute(
        "SELECT u.id, u.at_ms, u.key, c.status, u.events, u.identifies FROM study.report_open o"
        " CROSS JOIN study.report_uploads u ON u.id = o.id"
        " CROSS JOIN main.captures c ON c.id = o.id WHERE c.status IS NOT NULL"
    )
    return [Late._make(row) for row in rows]


def _row(row: tuple[object, ...], identifies: int) -> TailRow:
    (
        number, at_ms, status, failure, via, kind, host, latency,
        source, endpoint, sdk, compression, _first, events, wire, body,
    ) = row  # fmt: skip
    key = Key(
        0, str(kind), _int(source), str(endpoint), str(sdk), str(host), _int(status),
        str(compression),
    )  # fmt: skip
    waits = status is None and not failure and via in ("proxy", "endpoint")
    return TailRow(
        _int(number),
        max(0, _int(at_ms)),
        key,
        waits,
        _int(events) - identifies,
        identifies,
        _int(wire),
        _int(body),
        None if latency is None else _int(latency),
    )


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
