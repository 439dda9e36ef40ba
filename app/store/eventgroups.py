"""
Reads what groups events: the page view, session, upload or person of each.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import orjson

from app.grouping import PAGE_VIEW_ID, By, Head, Key, title_of

LONGEST_KEY = 200

# Whose an event is that does not count, such as one that was refused: by its user, or else by its
# device. What was not studied at all goes by its ids.
_PERSON = """coalesce(
    (SELECT r.root FROM study.placed p JOIN study.people r ON r.id = p.person WHERE p.id = e.id),
    CASE WHEN e.user_id IS NOT NULL THEN
        (SELECT root FROM study.people WHERE source_id = e.source_id
         AND user = (SELECT text FROM names WHERE id = e.user_id))
    ELSE
        (SELECT r.root FROM study.device_owners o JOIN study.people r ON r.id = o.person
         WHERE o.source_id = e.source_id
         AND o.device = (SELECT text FROM names WHERE id = e.device_id))
    END,
    'n' || coalesce(e.source_id, 0) || ' ' || coalesce(e.user_id, e.device_id, 0))"""
_KEYS = {
    By.UPLOAD: "e.upload_id",
    By.SESSION: "CASE WHEN e.session_id >= 0 THEN coalesce(e.source_id, 0) || ' '"
    " || coalesce(e.device_id, 0) || ' ' || e.session_id END",
    # GLOB is quick at passing over texts without a rare letter; what is not valid for SQLite (NaN)
    # says no page view.
    By.PAGE_VIEW: "CASE WHEN e.event_properties GLOB '*Page View ID\":*'"
    f" AND json_valid(e.event_properties) THEN nullif(substr(json_extract(e.event_properties,"
    f" '$.\"{PAGE_VIEW_ID}\"'), 1, {LONGEST_KEY}), '') END",
    By.PERSON: _PERSON,
}


class Found(NamedTuple):
    """What some events have in common: `places` gives for each event one of `keys`."""

    ids: Sequence[int]
    keys: list[Key]
    places: list[int]


class Span(NamedTuple):
    """A group: what its events have in common, how many they are, the newest and the oldest."""

    key: Key
    events: int
    newest: int
    oldest: int


class _End(NamedTuple):
    """The first or the last event of a group."""

    at_ms: int
    who: str
    properties: str | None


class EventGroups:
    """Questions about groups of events, on a connection that has the study attached."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def find(self, by: By, ids: Sequence[int]) -> Found:
        """The keys of these events, which are given newest first. Those that are gone are left
        out."""
        if not ids:
            return Found((), [], [])
        is_all = ids[0] - ids[-1] + 1 == len(ids)
        asked = "BETWEEN ? AND ?" if is_all else "IN (SELECT value FROM json_each(?))"
        values = (ids[-1], ids[0]) if is_all else (orjson.dumps(list(ids)).decode(),)
        known: dict[Key, int] = {}
        places: list[int] = []
        found: list[int] = []
        for event, key in self._db.execute(
            f"SELECT e.id, {_KEYS[by]} FROM events e WHERE e.id {asked} ORDER BY e.id DESC", values
        ):
            found.append(event)
            places.append(known.setdefault(key, len(known)))
        return Found(found, list(known), places)

    def heads(self, by: By, groups: Sequence[Span]) -> list[Head | None]:
        """What is said of groups; None of one whose events are gone."""
        ends = self._ends(by, [event for one in groups for event in (one.newest, one.oldest)])
        people = [one.key for one in groups if isinstance(one.key, int)]
        names = self._names(people) if by is By.PERSON else {}
        return [_head(by, one, ends, names) for one in groups]

    def _ends(self, by: By, events: Sequence[int]) -> dict[int, _End]:
        properties = "e.event_properties" if by is By.PAGE_VIEW else "NULL"
        rows = self._db.execute(
            "SELECT e.id, c.at_ms, coalesce((SELECT text FROM names WHERE id ="
            f" coalesce(e.user_id, e.device_id)), ''), {properties}"
            " FROM events e JOIN captures c ON c.id = e.upload_id"
            " WHERE e.id IN (SELECT value FROM json_each(?))",
            (orjson.dumps(list(set(events))).decode(),),
        )
        return {event: _End(*end) for event, *end in rows}

    def roots(self) -> dict[int, int]:
        """Whom persons turned out to be, of those who turned out to be another one."""
        return dict(self._db.execute("SELECT id, root FROM study.people WHERE root <> id"))

    def _names(self, people: Sequence[int]) -> dict[Key, str]:
        rows = self._db.execute(
            "SELECT id, coalesce(user, device, '') FROM study.people"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (orjson.dumps(list(people)).decode(),),
        )
        return dict(rows.fetchall())


def _head(by: By, group: Span, ends: Mapping[int, _End], names: Mapping[Key, str]) -> Head | None:
    last, first = ends.get(group.newest), ends.get(group.oldest)
    if last is None or first is None:
        return None
    properties = (last.properties, first.properties)
    title = title_of(by, group.key, last.who, properties, names.get(group.key, ""))
    # What was imported may be older than what was there before.
    times = sorted((first.at_ms, last.at_ms))
    return Head(title, group.events, times[0], times[1])
