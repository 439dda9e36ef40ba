"""
Charts over a million events, beside the same questions in DuckDB SQL written by hand against the
same tables, and what they cost as events grow.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.demo import fill
from app.query import Charts, Clock, Warehouse, read
from app.query.microscope import Point
from app.study import Study
from tests.bench.table import Row

SIZES = (100_000, 1_000_000)
ROUNDS = 7
RANGE = {"last": 30, "unit": "day"}
VIEWED, PRODUCT = "[Amplitude] Page Viewed", "Product Viewed"
FUNNELS: dict[str, dict[str, str]] = {
    "this order": {},
    "exact order": {"order": "exact"},
    "any order": {"order": "any"},
    "totals": {"count": "totals"},
}
ADDED, SEARCHED = "Add to Cart", "Products Searched"


def rows() -> list[Row]:
    """The bars of design §6 for charts."""
    found: list[Row] = []
    curve: list[tuple[int, float, float]] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            print(f"making {size} events …", file=sys.stderr)
            fill(place, size)
            with Study(place) as study:
                study.catch_up()
            with Warehouse.open(place) as warehouse:
                started = time.perf_counter()
                loaded = warehouse.refresh()
                took = time.perf_counter() - started
                asked = _Asked(warehouse)
                curve.append((size, took, asked.ms(asked.uniques)))
                if size == SIZES[-1]:
                    found = asked.rows(loaded, took)
    (small, load_a, ms_a), (large, load_b, ms_b) = curve
    growth = ms_b / ms_a
    note = f"{small}: {load_a:.1f} s, {ms_a:.0f} ms; {large}: {load_b:.1f} s, {ms_b:.0f} ms"
    steps = large / small
    found.append(
        Row(
            "chart cost by events",
            note,
            f"{steps:.0f}x events",
            f"{growth:.1f}x",
            f"<= {steps:.0f}x",
            growth <= steps,
        )
    )
    return found


class _Asked:
    """Questions to one warehouse, timed."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        (self._now,) = warehouse.rows("SELECT max(time) FROM stored")[0]
        self._charts = Charts(warehouse, Clock(self._now))
        self.uniques = self._chart({"events": [{"kind": "any"}], "range": RANGE})

    def _chart(self, definition: dict[str, Any]) -> Callable[[], object]:
        chart = read(definition)
        return lambda: self._charts.as_json(chart)

    def _funnel(self, steps: list[str], **more: str) -> Callable[[], object]:
        return self._chart({"kind": "funnel", "steps": steps, "range": RANGE, **more})

    def ms(self, ask: Callable[[], object]) -> float:
        """The median of several rounds."""
        ask()
        took = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            ask()
            took.append((time.perf_counter() - started) * 1000)
        return statistics.median(took)

    def rows(self, loaded: int, seconds: float) -> list[Row]:
        """One row for each bar."""
        start, day = self._now // 86_400_000 * 86_400_000 - 30 * 86_400_000, 86_400_000
        since = f"time >= {start} AND time < {start + 31 * day}"
        by_hand = (
            f"SELECT (time - {start}) // {day}, count(DISTINCT person) FROM events"
            f" WHERE {since} GROUP BY 1"
        )
        grouped = (
            'WITH h AS (SELECT "event.department" AS g, person, '
            f"(time - {start}) // {day} AS b FROM events WHERE {since})"
            " SELECT g, b, count(DISTINCT person) FROM h GROUP BY 1, 2 UNION ALL"
            " SELECT g, NULL, count(DISTINCT person) FROM h GROUP BY 1"
        )
        by = {"events": [{"kind": "any", "by": ["department"]}], "range": RANGE}
        steps = [VIEWED, PRODUCT, ADDED, SEARCHED]
        line = read({"events": [VIEWED], "range": RANGE})
        people = self._charts.people(line, Point(bucket=29))
        return [
            _limit(
                "a million events loaded for charts", seconds * 1000, 10_000, f"{loaded} events"
            ),
            self._beside("uniques of any event by day", self.uniques, by_hand),
            self._beside("the same by a property", self._chart(by), grouped),
            *(
                _limit(f"funnel of four steps, {name}", self.ms(self._funnel(steps, **more)), 500)
                for name, more in FUNNELS.items()
            ),
            _limit(
                "journeys",
                self.ms(self._chart({"kind": "journeys", "start": VIEWED, "range": RANGE})),
                700,
            ),
            _limit("users of a point", self.ms(lambda: self._charts.users(people)), 150),
            _limit("new events in charts (nothing new)", self.ms(self._warehouse.refresh), 1000),
        ]

    def _beside(self, what: str, ask: Callable[[], object], by_hand: str) -> Row:
        mine = self.ms(ask)
        other = self.ms(lambda: self._warehouse.rows(by_hand))
        ratio = mine / other
        good = ratio <= 1.5 and mine <= 200
        return Row(
            what,
            f"{mine:.0f} ms",
            f"by hand {other:.0f} ms",
            f"{ratio:.2f}",
            "<= 1.5 and 200 ms",
            good,
        )


def _limit(what: str, ms: float, most: float, reference: str = "") -> Row:
    return Row(what, f"{ms:.0f} ms", reference, f"{ms / most:.2f}", f"<= {most:.0f} ms", ms <= most)
