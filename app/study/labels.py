"""
Follows clicks: keeps each different element and page once, and says which labeled events match.

Tables that others may join, in the schema `study`:

    labeled(event_id, label_id)                      one row for each event that a label counts
    label_clicks(event_id, shape, time_ms)           every element event that counts
    label_shapes(id, api_key, element, page, …)      what is equal for all conditions, once
    label_matches(label_id, shape, verdict, reason)  1: counts, 2: cannot be known
    label_elements(id, hash, body), label_pages(id, hash, url, title)

`labeled` is a view over matches of shapes, so a new label costs as much as there are different
clicks, not clicks. Labels are judged again as soon as somebody changes them.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import orjson

from app.errors import AppError, BadInput
from app.label.element import ACTIONS, SEEN, Element, Page, clicked, element_body, element_of
from app.label.evaluate import Judge
from app.label.events import LabeledEvent
from app.label.labels import Labels
from app.label.verdict import Verdict
from app.store.definitions import FILE
from app.store.learned.labels import LABELS
from app.store.writer import Ids
from app.study.arrival import Arrival, Arrived

log = logging.getLogger(__name__)

MATCH, UNKNOWN = 1, 2
MOST_REMEMBERED = 50_000


class LabelFollower:
    """Keeps clicks by shape, and which labels match which shape."""

    name = LABELS.name
    version = LABELS.version
    tables = LABELS.tables

    def __init__(self) -> None:
        self._stamp: tuple[int, ...] = ()
        self._labels: list[tuple[LabeledEvent, Judge]] = []
        self._known: dict[tuple[str, bytes], int] = {}
        self._has_new = False
        self._clicks: list[tuple[int, int, int]] = []

    def begin(self, db: sqlite3.Connection) -> None:
        """Shapes are looked up again: another process may have added some."""
        self._db = db
        path = next(row[2] for row in db.execute("PRAGMA database_list") if row[1] == "main")
        self._folder = Path(path).parent
        self._known.clear()
        self._clicks.clear()
        self._has_new = False
        self._stamp = ()

    def take(self, arrival: Arrival) -> None:
        """Remember the shape of each element event."""
        upload = arrival.decoded.upload
        key = (upload.api_key if upload else None) or ""
        for one in arrival.events:
            if one.counts and one.event.type in ACTIONS:
                self._take(key, one)

    def save(self) -> None:
        """Write the clicks of this batch, and judge what was new in it."""
        self._db.executemany("INSERT OR REPLACE INTO label_clicks VALUES (?, ?, ?)", self._clicks)
        counts: dict[int, list[int]] = {}
        for event, shape, at in self._clicks:
            seen = counts.setdefault(shape, [0, at, at, event])
            counts[shape] = [seen[0] + 1, min(seen[1], at), max(seen[2], at), event]
        self._db.executemany(
            "UPDATE label_shapes SET events = events + ?, first_ms = min(first_ms, ?),"
            " last_ms = max(last_ms, ?), last_id = ? WHERE id = ?",
            [(*seen, shape) for shape, seen in counts.items()],
        )
        self._clicks.clear()
        if self._has_new or self.is_stale(self._folder):
            self.refresh()

    def is_stale(self, folder: Path) -> bool:
        """Whether somebody changed labels since they were judged."""
        return _stamp(folder) != self._stamp

    def refresh(self) -> None:
        """Judge what was not judged yet: new shapes, and labels that were made or changed. In the
        study's transaction."""
        stamp = _stamp(self._folder)
        if stamp != self._stamp:
            self._labels = [(one, Judge(one)) for one in _labels(self._folder) if one.live]
            self._drop_changed()
        judged = self._judged()
        shapes: dict[int, list[_Shape]] = {}
        for label, judge in self._labels:
            _, after = judged.get(label.id or 0, ("", 0))
            if after not in shapes:
                shapes[after] = self._shapes(after)
            self._judge(label, judge, shapes[after])
        self._stamp = stamp
        self._has_new = False

    def forget(self, first: Ids) -> None:
        """Clicks that were removed no longer count."""
        gone = self._db.execute(
            "SELECT shape, count(*) FROM label_clicks WHERE event_id < ? GROUP BY shape",
            (first.event,),
        ).fetchall()
        self._db.execute("DELETE FROM label_clicks WHERE event_id < ?", (first.event,))
        self._db.executemany(
            "UPDATE label_shapes SET events = events - ?, first_ms = coalesce((SELECT min(time_ms)"
            " FROM label_clicks c WHERE c.shape = label_shapes.id), first_ms) WHERE id = ?",
            [(number, shape) for shape, number in gone],
        )
        self._db.execute("DELETE FROM label_shapes WHERE events <= 0")
        self._db.execute(
            "DELETE FROM label_matches WHERE shape NOT IN (SELECT id FROM label_shapes)"
        )
        for table, column in (("label_elements", "element"), ("label_pages", "page")):
            self._db.execute(
                f"DELETE FROM {table} WHERE id NOT IN (SELECT {column} FROM label_shapes)"
            )
        self._known.clear()

    def _take(self, api_key: str, one: Arrived) -> None:
        properties = one.event.fields.get("event_properties")
        # The same click again: its bytes are found before its meaning is looked at.
        raw = (api_key, _digest(one.event.type, properties))
        shape = self._known.get(raw)
        if shape is None:
            found = clicked(one.event.type, properties)
            if found is None:
                return
            shape = self._shape(api_key, *found, one)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[raw] = shape
        self._clicks.append((one.id, shape, one.time_ms))

    def _shape(self, api_key: str, element: Element, page: Page, one: Arrived) -> int:
        body = element_body(element)
        subject = self._number("label_elements", _hash(body), body.decode())
        url = orjson.dumps([page.url, page.title])
        place = self._number("label_pages", _hash(url), page.url, page.title)
        row = self._db.execute(
            "SELECT id FROM label_shapes WHERE element = ? AND page = ? AND api_key = ?",
            (subject, place, api_key),
        ).fetchone()
        if row:
            return int(row[0])
        added = self._db.execute(
            "INSERT INTO label_shapes (api_key, element, page, events, first_ms, last_ms, last_id)"
            " VALUES (?, ?, ?, 0, ?, ?, ?)",
            (api_key, subject, place, one.time_ms, one.time_ms, one.id),
        )
        number = int(added.lastrowid or 0)
        self._has_new = True
        return number

    def _number(self, table: str, key: int, *values: str | None) -> int:
        row = self._db.execute(f"SELECT id FROM {table} WHERE hash = ?", (key,)).fetchone()
        if row:
            return int(row[0])
        marks = ", ?" * len(values)
        added = self._db.execute(f"INSERT INTO {table} VALUES (NULL, ?{marks})", (key, *values))
        return int(added.lastrowid or 0)

    def _judged(self) -> dict[int, tuple[str, int]]:
        rows = self._db.execute("SELECT label_id, key, through FROM label_judged")
        return {number: (key, through) for number, key, through in rows}

    def _drop_changed(self) -> None:
        wanted = {label.id: _key(label) for label, _ in self._labels}
        for number, (key, _) in self._judged().items():
            if wanted.get(number) != key:
                self._db.execute("DELETE FROM label_matches WHERE label_id = ?", (number,))
                self._db.execute("DELETE FROM label_judged WHERE label_id = ?", (number,))

    def _shapes(self, after: int) -> list["_Shape"]:
        rows = self._db.execute(
            "SELECT s.id, s.api_key, s.element, e.body, p.url, p.title FROM label_shapes s"
            " JOIN label_elements e ON e.id = s.element JOIN label_pages p ON p.id = s.page"
            " WHERE s.id > ? ORDER BY s.id",
            (after,),
        )
        elements: dict[int, Element] = {}
        found = []
        for number, key, subject, body, url, title in rows:
            if subject not in elements:
                elements[subject] = element_of(body)
            found.append(_Shape(number, key, elements[subject], Page(url, title)))
        return found

    def _judge(self, label: LabeledEvent, judge: Judge, shapes: list["_Shape"]) -> None:
        found = []
        for shape in shapes:
            if label.api_keys and shape.api_key not in label.api_keys:
                continue
            verdict = judge(shape.element, shape.page)
            if verdict is not False:
                found.append((label.id, shape.id, *_stored(verdict)))
        self._db.executemany("INSERT OR REPLACE INTO label_matches VALUES (?, ?, ?, ?)", found)
        if shapes:
            self._db.execute(
                "INSERT OR REPLACE INTO label_judged VALUES (?, ?, ?)",
                (label.id, _key(label), shapes[-1].id),
            )


class _Shape(NamedTuple):
    id: int
    api_key: str
    element: Element
    page: Page


def _labels(folder: Path) -> list[LabeledEvent]:
    if not (folder / FILE).exists():
        return []
    try:
        with Labels(folder) as labels:
            return labels.all()
    except (AppError, BadInput) as error:
        log.warning("labels cannot be read: %s", error)
        return []


def _stamp(folder: Path) -> tuple[int, ...]:
    """Changes when the file of definitions does; cheap enough to ask ten times a second."""
    found = []
    for path in (folder / FILE, folder / f"{FILE}-wal"):
        try:
            about = path.stat()
        except OSError:
            found += [0, 0, 0]
        else:
            found += [about.st_ino, about.st_mtime_ns, about.st_size]
    return tuple(found)


def _key(label: LabeledEvent) -> str:
    """Equal while a label matches the same."""
    said = [one.key() for one in label.live]
    return hashlib.blake2b(orjson.dumps([said, label.api_keys]), digest_size=16).hexdigest()


def _stored(verdict: Verdict) -> tuple[int, str]:
    return (MATCH, "") if verdict is True else (UNKNOWN, str(verdict))


def _digest(event_type: str, properties: object) -> bytes:
    """Of what conditions can see, as it was sent."""
    seen = [properties.get(name) for name in SEEN] if isinstance(properties, Mapping) else []
    try:
        said = orjson.dumps([event_type, *seen])
    except TypeError:  # Half a character, or a number of many digits.
        said = repr((event_type, seen)).encode("utf-8", "replace")
    return hashlib.blake2b(said, digest_size=16).digest()


def _hash(body: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(body, digest_size=8).digest(), "big", signed=True)
