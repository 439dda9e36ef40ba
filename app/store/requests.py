"""
Reads the list of exchanges: which ids match, and the rows of some ids.

Every exchange is there, uploads and all the others. Ids first, rows when painted, as for events.
"""

import sqlite3
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import zstandard

from app.model import Kind, Outcome, Via

HEAD_BYTES = 18
"""So much of a packed message says how large it was."""


class RequestRow(NamedTuple):
    """What a list shows of an exchange. Sizes are those of the whole message, head and body as
    they were sent; -1 where there is none."""

    id: int
    at_ms: int
    kind: Kind
    method: str
    url: str
    note: str
    status: int | None
    failure: str
    duration_ms: int | None
    source_id: int | None
    via: Via
    sent_bytes: int
    received_bytes: int
    events: int
    problem: str
    """What is wrong with an upload that could not be understood as a whole."""

    @property
    def outcome(self) -> Outcome:
        """Unanswered while nothing came back."""
        return Outcome.UNANSWERED if self.status is None else Outcome.ACCEPTED


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which exchanges are looked for. No kinds: all of them. `text` is looked for in the address
    and in what it is, whatever its case."""

    kinds: tuple[Kind, ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.kinds or self.text)


class RequestReader:
    """Questions about exchanges, on one read-only connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def span(self) -> tuple[int, int]:
        """The first and the last id; without gaps between them. (1, 0) when there is none."""
        first, last = self._db.execute(
            "SELECT (SELECT min(id) FROM captures), (SELECT max(id) FROM captures)"
        ).fetchone()
        return (1, 0) if first is None else (int(first), int(last))

    def newest(self, wanted: Wanted, limit: int, before: int) -> "array[int]":
        """Up to `limit` matching ids below `before`, newest first."""
        condition, values = _condition(wanted)
        return self._ids(
            f"SELECT id FROM captures WHERE id < ? AND {condition} ORDER BY id DESC LIMIT ?",
            (before, *values, limit),
        )

    def after(self, wanted: Wanted, last: int) -> "array[int]":
        """All matching ids above `last`, in order of arrival."""
        condition, values = _condition(wanted)
        return self._ids(
            f"SELECT id FROM captures WHERE id > ? AND {condition} ORDER BY id", (last, *values)
        )

    def rows(self, ids: Sequence[int]) -> list[RequestRow]:
        """The rows of these ids, in the given order; ids that are gone are left out."""
        marks = ",".join("?" * len(ids))
        rows = self._db.execute(
            "SELECT c.id, c.at_ms, c.kind, c.method, c.url, c.note, c.status, c.failure,"
            " c.duration_ms, coalesce(p.source_id, c.source_id), c.via,"
            f" substr(c.request, 1, {HEAD_BYTES}), substr(c.response, 1, {HEAD_BYTES}),"
            " coalesce(p.event_count, 0), coalesce(p.problem, '')"
            f" FROM captures c LEFT JOIN uploads p ON p.id = c.id WHERE c.id IN ({marks})",
            list(ids),
        )
        found = {row[0]: _row(row) for row in rows}
        return [found[number] for number in ids if number in found]

    def _ids(self, sql: str, values: Sequence[object]) -> "array[int]":
        return array("q", (number for (number,) in self._db.execute(sql, values)))


def _condition(wanted: Wanted) -> tuple[str, tuple[str, ...]]:
    parts, values = ["1"], []
    if wanted.kinds:
        parts.append(f"kind IN ({','.join('?' * len(wanted.kinds))})")
        values += [str(kind) for kind in wanted.kinds]
    if wanted.text:
        parts.append("(url LIKE ? ESCAPE '\\' OR note LIKE ? ESCAPE '\\')")
        escaped = wanted.text
        for sign in ("\\", "%", "_"):
            escaped = escaped.replace(sign, f"\\{sign}")
        values += [f"%{escaped}%"] * 2
    return " AND ".join(parts), tuple(values)


def _row(row: tuple[Any, ...]) -> RequestRow:
    at, at_ms, kind, *middle, via, request, response, events, problem = row
    sizes = _size(request), _size(response)
    return RequestRow._make((at, at_ms, Kind(kind), *middle, Via(via), *sizes, events, problem))


def _size(head: object) -> int:
    if not isinstance(head, bytes):
        return -1
    try:
        return int(zstandard.frame_content_size(head))
    except zstandard.ZstdError:
        return -1
