"""
Charts over a million events, beside the same questions in DuckDB SQL written by hand against the
same tables, and what they cost as events grow. With `--large`, up to five million events, which
takes half an hour to make.
"""

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from app.demo import fill
from app.query import Charts, Clock, Warehouse, read
from app.query.microscope import Point
from app.study import Study
from tests.bench.table import Row
from tests.bench.window import timed
from tests.end2end.capturing import ROOT

BAR_SIZE = 1_000_000
SIZES = (100_000, BAR_SIZE, *((5_000_000,) if "--large" in sys.argv else ()))
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
    """The bars of design §6 for charts, and what they cost as events grow."""
    found: list[Row] = []
    curve: list[_Cost] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="eventscope-bench-") as folder:
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
                found += asked.beside(loaded)
                curve.append(_Cost(loaded, took * 1000, asked.ms(asked.uniques)))
                if size == BAR_SIZE:
                    found += asked.rows(loaded, took)
            if size == SIZES[-1]:
                found += _window(place, loaded)
    return found + [row for less, more in itertools.pairwise(curve) for row in _growth(less, more)]


class _Cost(NamedTuple):
    events: int
    load_ms: float
    chart_ms: float


def _growth(less: _Cost, more: _Cost) -> list[Row]:
    """Near linear: no more than so many more events explain."""
    steps = more.events / less.events
    return [
        Row(
            f"{what}, {more.events} events beside {less.events}",
            f"{after:.0f} ms",
            f"{before:.0f} ms",
            f"{after / before:.1f}",
            f"<= {steps:.1f}",
            after <= steps * before,
        )
        for what, before, after in (
            ("loading", less.load_ms, more.load_ms),
            ("a chart", less.chart_ms, more.chart_ms),
        )
    ]


def _window(folder: Path, events: int) -> list[Row]:
    """The Explore page of the real window, in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.bench.explore", str(folder)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "EVENTSCOPE_HOME": str(folder)},
    )
    if result.returncode:
        raise RuntimeError(result.stderr)
    found = []
    for line in result.stdout.splitlines():
        what, value, unit, bar = line.split("\t")
        ratio = float(value) / float(bar)
        cells = f"{value} {unit}", f"{events} events", f"{ratio:.2f}", f"<= {bar}"
        found.append(Row(what, *cells, ratio <= 1))
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
        return self._both(ask)[0]

    def beside(self, events: int) -> list[Row]:
        """Charts beside SQL that is written by hand, and answers the same: each day, and all."""
        start, day = self._now // 86_400_000 * 86_400_000 - 30 * 86_400_000, 86_400_000
        since = f"time >= {start} AND time < {start + 31 * day}"
        by_hand = (
            f"WITH h AS (SELECT person, (time - {start}) // {day} AS b FROM events WHERE {since})"
            " SELECT b, count(DISTINCT person) FROM h GROUP BY 1 UNION ALL"
            " SELECT NULL, count(DISTINCT person) FROM h"
        )
        grouped = (
            'WITH h AS (SELECT "event.department" AS g, person, '
            f"(time - {start}) // {day} AS b FROM events WHERE {since})"
            " SELECT g, b, count(DISTINCT person) FROM h GROUP BY 1, 2 UNION ALL"
            " SELECT g, NULL, count(DISTINCT person) FROM h GROUP BY 1"
        )
        by = {"events": [{"kind": "any", "by": ["department"]}], "range": RANGE}
        return [
            self._beside(f"uniques by day, {events} events", self.uniques, by_hand, events),
            self._beside(f"the same by a property, {events}", self._chart(by), grouped, events),
        ]

    def rows(self, loaded: int, seconds: float) -> list[Row]:
        """One row for each other bar."""
        steps = [VIEWED, PRODUCT, ADDED, SEARCHED]
        line = read({"events": [VIEWED], "range": RANGE})
        people = self._charts.people(line, Point(bucket=29))
        return [
            _limit(
                "a million events loaded for charts", seconds * 1000, 10_000, f"{loaded} events"
            ),
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

    def _both(self, *asks: Callable[[], object]) -> tuple[float, ...]:
        """The medians of several, which take turns."""
        took: list[list[float]] = []
        for turn in range(ROUNDS + 1):
            once = [timed(ask) for ask in asks]
            if turn:
                took.append(once)
        return tuple(map(statistics.median, zip(*took, strict=True)))

    def _beside(self, what: str, ask: Callable[[], object], by_hand: str, events: int) -> Row:
        mine, other = self._both(ask, lambda: self._warehouse.rows(by_hand))
        most_ms = 200 * max(1.0, events / BAR_SIZE)
        good = mine <= 1.5 * other and mine <= most_ms
        return Row(
            what,
            f"{mine:.0f} ms",
            f"by hand {other:.0f} ms",
            f"{mine / other:.2f}",
            f"<= 1.5 and {most_ms:.0f} ms",
            good,
        )


def _limit(what: str, ms: float, most: float, reference: str = "") -> Row:
    return Row(what, f"{ms:.0f} ms", reference, f"{ms / most:.2f}", f"<= {most:.0f} ms", ms <= most)
