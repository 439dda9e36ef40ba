"""
Values and names of properties that were captured, for completing what a person types.

Names of types, people and devices come from their dictionary; those of properties from the newest
events, because what somebody looks for is mostly new, and a million rows would take a second.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from app.decode.body import json_text
from app.filter.fields import COLUMNS as COLUMNS_OF
from app.filter.propertysql import COLUMNS
from app.filter.texts import TextTest

MOST = 50
SAMPLE = 2000
"""How many of the newest events are looked at for properties."""
LONGEST = 200
"""Longer values are not worth completing."""


class ValueReader:
    """Questions about what was seen, on one read-only connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def named(self, kind: str, part: str) -> list[str]:
        """Types, users or devices with this in their name; those that begin with it first."""
        condition, value = TextTest(part).sql("text")
        rows = self._db.execute(
            f"SELECT text FROM names WHERE kind = ? AND text <> '' AND length(text) <= {LONGEST}"
            f" AND {condition} ORDER BY id DESC LIMIT {MOST * 4}",
            (kind, value),
        )
        return _best((text for (text,) in rows), part)

    def libraries(self, part: str) -> list[str]:
        """SDKs with their versions."""
        condition, value = TextTest(part).sql("library")
        rows = self._db.execute(
            "SELECT library FROM (SELECT library FROM uploads ORDER BY id DESC LIMIT 20000)"
            f" WHERE {condition} GROUP BY library ORDER BY count(*) DESC LIMIT {MOST}",
            (value,),
        )
        return [text for (text,) in rows]

    def projects(self, part: str) -> list[str]:
        """Names of projects, or API keys of those without."""
        rows = self._db.execute("SELECT name, api_key FROM sources ORDER BY id")
        names = [name or key for name, key in rows]
        return _best((name for name in names if part.casefold() in name.casefold()), part)

    def fields(self, key: str, part: str) -> list[str]:
        """What events were sent with: values of the fields that a key looks at, newest first."""
        newest: dict[str, int] = {}
        for name in COLUMNS_OF[key]:
            if name == "os_version":
                continue  # Says nothing without the name, with which it is offered.
            condition, value = TextTest(part).sql(name)
            rows = self._db.execute(
                f"SELECT {name}, max(last_id) FROM study.fields WHERE {condition}"
                f" GROUP BY {name} ORDER BY 2 DESC LIMIT {MOST}",
                (value,),
            )
            for text, last in rows:
                newest[text] = max(last, newest.get(text, 0))
        return _best(iter(sorted(newest, key=newest.__getitem__, reverse=True)), part)

    def statuses(self, part: str) -> list[tuple[int, int]]:
        """Statuses that begin like this, with how many uploads got each lately."""
        rows = self._db.execute(
            "SELECT c.status, count(*) AS seen FROM"
            f" (SELECT id FROM uploads ORDER BY id DESC LIMIT {SAMPLE}) p"
            " JOIN captures c ON c.id = p.id"
            " WHERE c.status IS NOT NULL GROUP BY c.status ORDER BY seen DESC, c.status"
        )
        return [(status, seen) for status, seen in rows if str(status).startswith(part)]

    def uploads(self, part: str) -> list[tuple[int, int]]:
        """The newest uploads whose numbers begin like this, with how many events each brought."""
        rows = self._db.execute(
            "SELECT id, event_count FROM"
            f" (SELECT id, event_count FROM uploads ORDER BY id DESC LIMIT {SAMPLE})"
            f" WHERE event_count > 0 AND substr(id, 1, ?) = ? LIMIT {MOST}",
            (len(part), part),
        )
        return rows.fetchall()

    def sessions(self, part: str) -> list[tuple[int, int, int]]:
        """The newest sessions whose IDs begin like this, with how many events each had lately, and
        when the first of those arrived."""
        rows = self._db.execute(
            "SELECT e.session_id, count(*), min(c.at_ms), max(e.id) AS newest FROM"
            f" (SELECT id, session_id, upload_id FROM events ORDER BY id DESC LIMIT {SAMPLE}) e"
            " JOIN captures c ON c.id = e.upload_id"
            " WHERE e.session_id >= 0 AND substr(e.session_id, 1, ?) = ?"
            f" GROUP BY e.session_id ORDER BY newest DESC LIMIT {MOST}",
            (len(part), part),
        )
        return [(session, count, first_ms) for session, count, first_ms, _ in rows]

    def addresses(self, part: str) -> list[str]:
        """IP addresses that events said lately, the newest first."""
        condition, value = TextTest(part).sql("ip")
        rows = self._db.execute(
            "SELECT ip FROM (SELECT id, ip FROM study.addresses ORDER BY id DESC LIMIT 20000)"
            f" WHERE {condition} GROUP BY ip ORDER BY max(id) DESC LIMIT {MOST}",
            (value,),
        )
        return [text for (text,) in rows]

    def rules(self) -> list[str]:
        """Rules that found something, those with most first."""
        rows = self._db.execute(
            "SELECT rule FROM study.findings GROUP BY rule ORDER BY sum(count) DESC, rule"
        )
        return [rule for (rule,) in rows]

    def properties(self, key: str, part: str) -> list[tuple[str, int]]:
        """Names of properties of `prop`, `user` or `group`, with how often each was seen lately."""
        counts: Counter[str] = Counter()
        for found in self._sample(key):
            counts.update(name for name in found if len(name) <= LONGEST)
        return [
            (name, count)
            for name, count in counts.most_common()
            if part.casefold() in name.casefold()
        ][:MOST]

    def property_values(
        self, key: str, paths: tuple[tuple[str, ...], ...], part: str
    ) -> list[tuple[str, int]]:
        """Values of properties at these paths, with how often each was seen lately."""
        counts: Counter[str] = Counter()
        for found in self._sample(key):
            counts.update(one for path in paths for one in _scalars(found, path))
        return [
            (value, count)
            for value, count in counts.most_common()
            if part.casefold() in value.casefold() and len(value) <= LONGEST
        ][:MOST]

    def _sample(self, key: str) -> Iterator[dict[str, Any]]:
        column = COLUMNS[key]
        rows = self._db.execute(
            f"SELECT {column} FROM (SELECT {column} FROM events ORDER BY id DESC LIMIT {SAMPLE})"
            f" WHERE {column} IS NOT NULL AND length({column}) < 20000"
        )
        for (text,) in rows:
            try:
                found = orjson.loads(text)
            except orjson.JSONDecodeError:
                continue
            if isinstance(found, dict):
                yield _plain(found) if key == "user" else found


def _plain(properties: dict[str, Any]) -> dict[str, Any]:
    """User properties as names and values, also of identify, where operations hold them."""
    found: dict[str, Any] = {}
    for name, value in properties.items():
        if name.startswith("$") and isinstance(value, dict):
            found |= value
        elif not name.startswith("$"):
            found[name] = value
    return found


def _scalars(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """What lies at a path, each entry of lists by itself, as a person would type it."""
    if isinstance(value, list):
        for item in value[:100]:
            yield from _scalars(item, path)
    elif path:
        if isinstance(value, dict) and path[0] in value:
            yield from _scalars(value[path[0]], path[1:])
    elif isinstance(value, str):
        yield value
    elif value is not None and not isinstance(value, dict):
        yield json_text(value)


def _best(found: Iterator[str], part: str) -> list[str]:
    wanted = part.casefold()
    return sorted(found, key=lambda text: not text.casefold().startswith(wanted))[:MOST]
