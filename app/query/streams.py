"""
What the people behind a point did before and after, who they are, what is known of them, and the
uploads it came in (semantics §10.5, §10.7).
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from app.errors import BadInput
from app.exchange.csvtext import cell
from app.query.columns import Property, literal, text_of
from app.query.definition import TOP_KINDS, EventSpec
from app.query.microscope import People

BEFORE = 25
AFTER = 50
PAGE = 20
MOST_DOWNLOADED = 1_000_000

type Rows = Callable[[str], list[tuple[Any, ...]]]
type Pieces = Callable[[str], Iterator[list[tuple[Any, ...]]]]


class User(NamedTuple):
    """A user behind a point. `person` is their number in this workspace; `events` how many they
    did in the time of the point, `first_ms` when the first."""

    person: int
    user_id: str
    device_id: str
    events: int
    first_ms: int


class StreamEvent(NamedTuple):
    """An event of a stream. `is_highlighted` for those that the chart is about, in its time;
    `properties` are those that were asked for."""

    id: int
    upload: int
    time_ms: int
    type: str
    is_highlighted: bool
    in_range: bool
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Stream:
    """One user's events around a point, oldest first."""

    user: User
    events: tuple[StreamEvent, ...]


class BehindUpload(NamedTuple):
    """An upload that events behind a point came in: how many, and the first of them."""

    upload: int
    events: int
    first_event: int
    last_ms: int


def users(rows: Rows, people: People, page: int = 0, size: int = PAGE) -> list[User]:
    """A page of the users, in the order of their first event in the time of the point."""
    found = rows(
        f"WITH chosen AS ({people.statement}) SELECT c.person, any_value(p.user_id),"
        " any_value(p.device_id), count(e.id), min(e.time) FROM chosen c"
        " LEFT JOIN people p ON p.id = c.person"
        f" LEFT JOIN events e ON e.person = c.person AND e.time >= {people.start_ms:d}"
        f" AND e.time < {people.end_ms:d}"
        " GROUP BY c.person ORDER BY min(e.time) NULLS LAST, c.person"
        f" LIMIT {size:d} OFFSET {page * size:d}"
    )
    return [User(row[0], row[1] or "", row[2] or "", row[3], row[4] or 0) for row in found]


def count(rows: Rows, people: People) -> int:
    """How many users there are."""
    return int(rows(f"SELECT count(*) FROM ({people.statement})")[0][0])


def persons(rows: Rows, people: People) -> tuple[int, ...]:
    """All of them, by number."""
    found = rows(f"SELECT person FROM ({people.statement}) ORDER BY 1")
    return tuple(int(row[0]) for row in found)


def streams(
    rows: Rows,
    people: People,
    events: Sequence[EventSpec] | None,
    properties: Sequence[Property] = (),
    page: int = 0,
    size: int = PAGE,
) -> list[Stream]:
    """A page of streams: all events in the time of the point, up to 25 before it, and as many
    after it as make 50 from its beginning. Highlighted are events of these kinds; without any
    given, those that the point counts."""
    chosen = users(rows, people, page, size)
    if not chosen:
        return []
    ids = ", ".join(str(user.person) for user in chosen)
    start, end = people.start_ms, people.end_ms
    extra = "".join(f", {text_of(one)}" for one in properties)
    found = rows(
        "SELECT id, upload, time, type, person, time >= "
        f"{start:d} AND time < {end:d} AS inside,"
        f" {_is_highlighted(people, events)} AS lit{extra} FROM"
        " (SELECT *, row_number() OVER (PARTITION BY person, time < "
        f"{start:d} ORDER BY CASE WHEN time < {start:d} THEN -time ELSE time END,"
        f" CASE WHEN time < {start:d} THEN -id ELSE id END) AS place"
        f" FROM events WHERE person IN ({ids}))"
        f" WHERE (time < {start:d} AND place <= {BEFORE}) OR (time >= {start:d} AND"
        f" (time < {end:d} OR place <= {AFTER})) ORDER BY time, id"
    )
    by_person: dict[int, list[StreamEvent]] = {user.person: [] for user in chosen}
    for row in found:
        inside = bool(row[5])
        values = {
            one.name: str(value)
            for one, value in zip(properties, row[7:], strict=True)
            if value is not None
        }
        lit = inside and bool(row[6])
        by_person[row[4]].append(StreamEvent(row[0], row[1], row[2], row[3], lit, inside, values))
    return [Stream(user, tuple(by_person[user.person])) for user in chosen]


def _is_highlighted(people: People, events: Sequence[EventSpec] | None) -> str:
    """Filters do not count (semantics §10.5); which elements a label is about does."""
    if events is None:
        return f"id IN ({people.events})"
    if any(one.kind in ("any", "active", "new", *TOP_KINDS) for one in events):
        return "true"
    kinds = [literal(one.type) for one in events if one.kind == "event"]
    labels = [f"{one.label:d}" for one in events if one.kind == "label"]
    found = [f"type IN ({', '.join(kinds)})"] if kinds else []
    if labels:
        found.append(f"id IN (SELECT event FROM labeled WHERE label IN ({', '.join(labels)}))")
    return f"({' OR '.join(found) or 'false'})"


def uploads(rows: Rows, behind: str) -> list[BehindUpload]:
    """The uploads that events came in, newest first; `behind` is a question whose rows are ids of
    events."""
    found = rows(
        "SELECT upload, count(*), min(id), max(time) FROM events"
        f" WHERE id IN ({behind}) GROUP BY upload ORDER BY upload DESC LIMIT 1000"
    )
    return [BehindUpload(*row) for row in found]


def uploads_of(rows: Rows, people: People, events: Sequence[EventSpec]) -> list[BehindUpload]:
    """The uploads with the events behind a point: those that it counts, its filters included."""
    return uploads(rows, events_of(people, events))


def events_of(people: People, events: Sequence[EventSpec]) -> str:
    """A question whose rows are ids of events: those that a point counts; of people who come
    from elsewhere, the chart's events in its time."""
    if people.events:
        return people.events
    kinds = [literal(one.type) for one in events if one.kind == "event"]
    listed = f" AND type IN ({', '.join(kinds)})" if kinds and len(kinds) == len(events) else ""
    return (
        f"SELECT id FROM events WHERE person IN ({people.statement})"
        f" AND time >= {people.start_ms:d} AND time < {people.end_ms:d}{listed}"
    )


def download(
    pieces: Pieces,
    people: People,
    properties: Sequence[Property],
    path: Path,
    progress: Callable[[int], None] = lambda _: None,
    go_on: Callable[[], bool] = lambda: True,
    most: int = MOST_DOWNLOADED,
) -> tuple[int, bool]:
    """Write users as CSV: ids, then what was last sent of each property of a user, by name.
    Returns how many, and whether there were more. Raises BadInput when the file cannot be
    written."""
    try:
        return _download(pieces, people, properties, path, progress, go_on, most)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror or error}.") from error


def _download(
    pieces: Pieces,
    people: People,
    properties: Sequence[Property],
    path: Path,
    progress: Callable[[int], None],
    go_on: Callable[[], bool],
    most: int,
) -> tuple[int, bool]:
    wanted = sorted(properties, key=lambda one: one.name)
    extra = "".join(f", {text_of(one)}" for one in wanted)
    statement = (
        f"WITH chosen AS ({people.statement}), newest AS (SELECT coalesce(m.root, s.owner) AS"
        " person, max(s.id) AS state FROM states s LEFT JOIN merged m ON m.id = s.owner"
        " WHERE s.owner > 0 GROUP BY 1), devices AS (SELECT person,"
        " string_agg(DISTINCT device_id, ' ' ORDER BY device_id) AS listed FROM events"
        " WHERE person IN (SELECT person FROM chosen) GROUP BY 1)"
        f" SELECT c.person, p.user_id, d.listed{extra} FROM chosen c"
        " LEFT JOIN people p ON p.id = c.person LEFT JOIN newest n ON n.person = c.person"
        " LEFT JOIN states s ON s.id = n.state LEFT JOIN devices d ON d.person = c.person"
        f" ORDER BY c.person LIMIT {most + 1:d}"
    )
    written = 0
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        names = [cell(one.name) for one in wanted]
        writer.writerow(["amplitude_id", "user_id", "device_ids", *names])
        for rows in pieces(statement):
            kept = rows[: most - written]
            writer.writerows([_line(row) for row in kept])
            written += len(kept)
            progress(written)
            if len(kept) < len(rows):
                return written, True
            if not go_on():
                break
    return written, False


def _line(row: tuple[Any, ...]) -> list[str]:
    return [cell(value) for value in row]
