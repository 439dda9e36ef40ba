"""
What a definition matches among all stored clicks, before and after it is saved.

    clicks = Clicks(store.connection)
    clicks.update()                              # reads what is new since the last time
    found = clicks.found(Judge(label))           # each different click is judged once

Reads the shapes that `app.study.labels` keeps, so a million clicks cost what their few thousand
different ones do.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from app.label.element import Element, Page, element_of, page_path
from app.label.evaluate import DefinitionJudge, Judge
from app.label.verdict import Reason, Verdict, any_of

DAY_MS = 86_400_000
MANY = 20_000


class Shape(NamedTuple):
    """Clicks that no condition can tell apart."""

    id: int
    api_key: str
    element: int
    page: int
    events: int
    first_ms: int
    last_ms: int
    last_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was matched: events by shape; of how many it cannot be known, by reason."""

    matched: Mapping[int, int] = field(default_factory=dict)
    unknown: Mapping[Reason, int] = field(default_factory=dict)
    first_ms: int | None = None
    last_ms: int | None = None

    @property
    def events(self) -> int:
        """How many events are matched."""
        return sum(self.matched.values())

    @property
    def undecided(self) -> int:
        """Of how many events it cannot be known."""
        return sum(self.unknown.values())

    def sentences(self) -> list[str]:
        """What to say of those that cannot be known."""
        return [
            f"{number:,} {'events' if number > 1 else 'event'} could not be decided:"
            f" {reason.sentence}"
            for reason, number in sorted(self.unknown.items(), key=lambda one: -one[1])
        ]


class Clicks:
    """All stored clicks, by shape. Use in one thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """`connection` has the study attached, as `Store.read` gives it."""
        self._db = connection
        self.elements: dict[int, Element] = {}
        self.pages: dict[int, Page] = {}
        self.shapes: list[Shape] = []
        self._last: tuple[int, int] | None = None

    def update(self) -> None:
        """Take in what is new. Raises sqlite3.Error."""
        if self._is_other():
            self.elements.clear()
            self.pages.clear()
        after = max(self.elements, default=0)
        rows = self._db.execute("SELECT id, body FROM study.label_elements WHERE id > ?", (after,))
        for number, body in rows:
            self.elements[number] = element_of(body)
        after = max(self.pages, default=0)
        rows = self._db.execute(
            "SELECT id, url, title FROM study.label_pages WHERE id > ?", (after,)
        )
        for number, url, title in rows:
            self.pages[number] = Page(url, title)
        rows = self._db.execute(
            "SELECT id, api_key, element, page, events, first_ms, last_ms, last_id"
            " FROM study.label_shapes"
        )
        listed = (Shape(*row) for row in rows)
        # A shape may have come between the questions.
        self.shapes = [s for s in listed if s.element in self.elements and s.page in self.pages]
        self._last = self._newest(max(self.elements, default=0))

    def found(self, judge: Judge | DefinitionJudge, api_keys: tuple[str, ...] = ()) -> Found:
        """What a labeled event or one definition matches."""
        judges = judge.definitions if isinstance(judge, Judge) else (judge,)
        halves = [(one, self._on_pages(one), dict[int, Verdict]()) for one in judges]
        matched: dict[int, int] = {}
        unknown: Counter[Reason] = Counter()
        first, last = 2**63, -1
        for shape in self.shapes:
            if api_keys and shape.api_key not in api_keys:
                continue
            verdict = any_of(self._verdicts(halves, shape))
            if verdict is True:
                matched[shape.id] = shape.events
                first, last = min(first, shape.first_ms), max(last, shape.last_ms)
            elif verdict is not False:
                unknown[verdict] += shape.events
        return Found(matched, unknown, first, last) if matched else Found(unknown=unknown)

    def population(self, url: str | None = None) -> list[tuple[Element, int]]:
        """The different elements that were clicked, on one page's path if given, with how often."""
        counts: Counter[int] = Counter()
        path = None if url is None else page_path(url)
        for shape in self.shapes:
            if path is None or page_path(self.pages[shape.page].url or "") == path:
                counts[shape.element] += shape.events
        return [(self.elements[number], seen) for number, seen in counts.items()]

    def days(self, shapes: Iterable[int], since_ms: int) -> list[tuple[int, int]]:
        """(day, events) of these shapes, days in whole days since the epoch."""
        return self._db.execute(
            "SELECT time_ms / ?, count(*) FROM study.label_clicks"
            " WHERE shape IN (SELECT value FROM json_each(?)) AND time_ms >= ? GROUP BY 1",
            (DAY_MS, _listed(shapes), since_ms),
        ).fetchall()

    def times(self, shapes: Iterable[int], most: int = 1000) -> list[int]:
        """The latest times at which one of these shapes was clicked, newest first."""
        rows = self._db.execute(
            "SELECT time_ms FROM study.label_clicks"
            " WHERE shape IN (SELECT value FROM json_each(?)) ORDER BY time_ms DESC LIMIT ?",
            (_listed(shapes), most),
        )
        return [at for (at,) in rows]

    def events(self, shapes: Iterable[int], after: int = 0, most: int = 5000) -> list[int]:
        """Ids of events of these shapes, in order of arrival."""
        wanted = set(shapes)
        total = sum(shape.events for shape in self.shapes if shape.id in wanted)
        # Many are found on the way through all clicks, few by their shape.
        column = "+shape" if total > MANY else "shape"
        rows = self._db.execute(
            "SELECT event_id FROM study.label_clicks WHERE event_id > ?"
            f" AND {column} IN (SELECT value FROM json_each(?)) ORDER BY event_id LIMIT ?",
            (after, _listed(wanted), most),
        )
        return [number for (number,) in rows]

    def _on_pages(self, judge: DefinitionJudge) -> dict[int, bool]:
        return {number: judge.of_page(page) for number, page in self.pages.items()}

    def _verdicts(
        self,
        halves: list[tuple[DefinitionJudge, dict[int, bool], dict[int, Verdict]]],
        shape: Shape,
    ) -> Iterable[Verdict]:
        for judge, on_pages, of_elements in halves:
            if not on_pages[shape.page]:
                continue
            verdict = of_elements.get(shape.element)
            if verdict is None:
                verdict = of_elements[shape.element] = judge.of_element(
                    self.elements[shape.element]
                )
            yield verdict

    def _is_other(self) -> bool:
        """Whether the study was made anew, so that numbers mean something else."""
        return self._last is not None and self._newest(self._last[0]) != self._last

    def _newest(self, number: int) -> tuple[int, int] | None:
        row = self._db.execute(
            "SELECT id, hash FROM study.label_elements WHERE id = ?", (number,)
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else None


def _listed(shapes: Iterable[int]) -> str:
    return orjson.dumps(sorted(shapes)).decode()
