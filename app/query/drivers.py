"""
Conversion drivers: which events between two steps go along with converting, and which with
dropping out (semantics §8.20).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from app.errors import BadInput
from app.query.behind import ways_behind
from app.query.columns import Property, literal, text_of
from app.query.definition import Funnel
from app.query.funnelways import Arrays
from app.query.microscope import Point, menu
from app.query.places import Context
from app.query.statistics import phi

type Rows = Callable[[str], list[tuple[Any, ...]]]

MOST = 200
MOST_PROPERTIES = 3


@dataclass(frozen=True, slots=True)
class Driver:
    """An event (and values of what it was expanded by) between the steps.

    `correlation` is phi with having converted, None where one of the two never varies;
    of those who dropped out it is the same with the sign turned. Of each tab: the share of users
    who did it, and the mean number of times among those. `between_s` is the median time between
    the steps of those who did it and converted.
    """

    event: str
    values: tuple[str | None, ...]
    converted_did: int
    dropped_did: int
    converted_not: int
    dropped_not: int
    correlation: float | None
    converted_times: float | None
    dropped_times: float | None
    between_s: float | None

    @property
    def converted_share(self) -> float | None:
        """Of those who converted, how many did it."""
        whole = self.converted_did + self.converted_not
        return self.converted_did / whole if whole else None

    @property
    def dropped_share(self) -> float | None:
        """Of those who dropped out, how many did it."""
        whole = self.dropped_did + self.dropped_not
        return self.dropped_did / whole if whole else None

    @property
    def strength(self) -> str:
        """The correlation in a word."""
        size = abs(self.correlation or 0.0)
        return (
            "high"
            if size >= 0.4
            else "moderate"
            if size >= 0.3
            else "slight"
            if size >= 0.2
            else "none"
        )


def drivers(
    chart: Funnel,
    point: Point,
    rows: Rows,
    arrays: Arrays,
    context: Context,
    by: Sequence[Property] = (),
    start_step: int | None = None,
) -> list[Driver]:
    """The events between `start_step` (the one before, usually) and the point's step, most
    correlated with converting first. Raises BadInput where the menu does not offer it."""
    if "drivers" not in menu(chart, point) or point.step is None:
        raise BadInput(
            "Conversion drivers go with a step after the first, in a funnel in this order that"
            " shows conversion and counts users."
        )
    first, last = (start_step or point.step - 1) - 1, point.step - 1
    if not 0 <= first < last:
        raise BadInput("The steps of conversion drivers follow each other.")
    _, ways = ways_behind(chart, point, arrays, context)
    path, depths = ways.found.path[ways.chosen], ways.depths()
    base = np.flatnonzero(depths > first)
    ticks, unit = ways.found.nodes.tick, ways.unit_ms
    entered = ticks[path[base, 0]]
    low = ticks[path[base, first]] * unit + ways.start_ms
    converted = depths[base] > last
    done = ticks[np.maximum(path[base, last], 0)]
    window = chart.window_s * 1000 // unit
    high = np.where(converted, done, entered + window) * unit + ways.start_ms
    persons = ways.found.nodes.person[path[base, 0]]
    funnel = [step.event.type for step in chart.steps if step.event.kind == "event"]
    if len(by) > MOST_PROPERTIES:
        raise BadInput(f"Events are expanded by {MOST_PROPERTIES} properties at most.")
    found = rows(_statement(persons, low, high, converted, unit, funnel, by))
    whole = int(converted.sum()), int((~converted).sum())
    made = [_driver(row, len(by), whole) for row in found]
    made.sort(
        key=lambda one: (-(one.correlation if one.correlation is not None else -2), one.event)
    )
    return made[:MOST]


def _statement(
    persons: Any,
    low: Any,
    high: Any,
    converted: Any,
    unit: int,
    funnel: list[str],
    by: Sequence[Property],
) -> str:
    lists = [
        f"UNNEST([{', '.join(map(str, column.tolist()))}]) AS {name}"
        for name, column in (
            ("place", np.arange(len(persons))),
            ("person", persons),
            ("low", low),
            ("high", high),
            ("done", converted.astype(int)),
        )
    ]
    kinds = ", ".join(literal(kind) for kind in funnel) or "''"
    extra = "".join(f", {text_of(one, 'e')} AS v{i}" for i, one in enumerate(by))
    names = "".join(f", v{i}" for i in range(len(by)))
    return (
        f"WITH base AS (SELECT {', '.join(lists)}), did AS (SELECT e.type{extra}, b.place, b.done,"
        " b.high - b.low AS took, count(*) AS times FROM base b JOIN events e"
        # The ends are exclusive, and as fine as the funnel's own resolution.
        f" ON e.person = b.person AND e.time >= b.low + {unit:d} AND e.time < b.high"
        f" WHERE e.type NOT IN ({kinds}) GROUP BY ALL)"
        f" SELECT type{names}, count(DISTINCT place) FILTER (done = 1),"
        " count(DISTINCT place) FILTER (done = 0), avg(times) FILTER (done = 1),"
        " avg(times) FILTER (done = 0), median(took) FILTER (done = 1) / 1000.0"
        f" FROM did GROUP BY type{names}"
    )


def _driver(row: tuple[Any, ...], by: int, whole: tuple[int, int]) -> Driver:
    values = tuple(None if one is None else str(one) for one in row[1 : by + 1])
    tp, fp, often, seldom, between = row[by + 1 :]
    return driver(str(row[0]), values, tp, fp, whole[0] - tp, whole[1] - fp, often, seldom, between)


def driver(
    event: str,
    values: tuple[str | None, ...],
    tp: int,
    fp: int,
    fn: int,
    tn: int,
    often: float | None = None,
    seldom: float | None = None,
    between_s: float | None = None,
) -> Driver:
    """A driver from its two by two table: converted and did, dropped and did, converted and did
    not, dropped and did not."""
    return Driver(event, values, tp, fp, fn, tn, phi(tp, fp, fn, tn), often, seldom, between_s)


def driver_json(one: Driver) -> dict[str, Any]:
    """The documented JSON form of a driver."""
    return asdict(one) | {
        "converted_share": one.converted_share,
        "dropped_share": one.dropped_share,
        "strength": one.strength,
    }
