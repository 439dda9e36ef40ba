"""
Whose an event would have been that does not count, because it was refused or sent before.

The study places no such event, so that this is asked of those that were placed before it, by the
rules of `app.ingest.identity`: the person of its user ID, or else of its device.
"""

import sqlite3
from collections.abc import Mapping

import orjson

from app.ingest.identity import shortest_id, usable

_EVENT = """
    SELECT e.source_id, u.text, d.text, e.device_id, p.options
    FROM events e JOIN uploads p ON p.id = e.upload_id
    LEFT JOIN names u ON u.id = e.user_id LEFT JOIN names d ON d.id = e.device_id
    WHERE e.id = ?
"""
_OF_USER = """
    SELECT p.id FROM study.people p WHERE p.source_id = ? AND p.user = ? AND EXISTS (
        SELECT 1 FROM study.person_devices d
        WHERE d.person = p.id AND d.user = p.user AND d.first_id < ?)
"""
# A device is theirs who were last seen on it. Who is merged was on no other, and by an event on it.
_OF_DEVICE = """
    SELECT q.person FROM events e JOIN study.placed q ON q.id = e.id
    WHERE e.device_id = ? AND e.source_id IS ? AND e.id < ? AND q.person <> 0
    ORDER BY e.id DESC LIMIT 1
"""
_IS_NAMED = "SELECT 1 FROM study.person_devices WHERE person = ? AND user <> '' AND first_id < ?"


def person_before(db: sqlite3.Connection, event_id: int) -> int | None:
    """The person that an event would have been counted for; None when there was none yet."""
    row = db.execute(_EVENT, (event_id,)).fetchone()
    if row is None:
        return None
    source, user, device, device_id, options = row
    shortest = shortest_id(_options(options))
    user, device = usable(user, shortest), usable(device, shortest)
    if user and (person := _one(db.execute(_OF_USER, (source or 0, user, event_id)))):
        return person
    if not device:
        return None
    owner = _one(db.execute(_OF_DEVICE, (device_id, source, event_id)))
    if user and owner and db.execute(_IS_NAMED, (owner, event_id)).fetchone():
        # Somebody else used the device before; of this user nothing was known.
        return None
    return owner


def _one(found: sqlite3.Cursor) -> int | None:
    row = found.fetchone()
    return None if row is None else int(row[0])


def _options(text: str) -> Mapping[str, object]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
