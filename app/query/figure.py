"""
The answer to a chart: numbers ready to be drawn, and the SQL they came from.
"""

from dataclasses import dataclass
from typing import Any

from app.query.calendar import Buckets, Clock, label

NONE = "(none)"
type Group = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One line or bar.

    `event`, `segment` and `formula` are indexes into the definition. `group` are the values of
    what was grouped by, those of the segment first; None is `(none)`. `bin` is the bucket of a
    frequency or a distribution. `points` go with the buckets, None where there is no number;
    `total` is over the whole range, with users counted once. `compared` is the shift of an
    earlier period.
    """

    name: str
    points: tuple[float | None, ...]
    total: float | None
    event: int | None = None
    segment: int = 0
    group: Group = ()
    bin: str = ""
    formula: int | None = None
    compared: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart's numbers. `unit` is empty, `%` or `$`; `pruned` counts groups that were left out;
    `periods` are the buckets of earlier periods by shift."""

    buckets: Buckets
    series: tuple[Series, ...]
    unit: str = ""
    pruned: int = 0
    periods: tuple[tuple[str, Buckets], ...] = ()
    sql: tuple[str, ...] = ()


def shown(value: str | None) -> str:
    """A group's value for people."""
    return NONE if value is None else {"true": "True", "false": "False"}.get(value, value)


def as_json(figure: Figure, clock: Clock) -> dict[str, Any]:
    """The documented JSON form of an answer."""
    buckets = figure.buckets
    return {
        "interval": buckets.interval,
        "buckets": [label(start, buckets.interval, clock) for start in buckets.starts],
        "starts_ms": list(buckets.starts),
        "ends_ms": list(buckets.ends),
        "partial": sorted(buckets.partial),
        "unit": figure.unit,
        "pruned": figure.pruned,
        "series": [
            {
                "name": one.name,
                "event": one.event,
                "segment": one.segment,
                "formula": one.formula,
                "group": [shown(value) for value in one.group],
                "bin": one.bin,
                "compared": one.compared,
                "points": list(one.points),
                "total": one.total,
            }
            for one in figure.series
        ],
        "periods": [
            {"shift": shift, "starts_ms": list(of.starts), "ends_ms": list(of.ends)}
            for shift, of in figure.periods
        ],
    }
