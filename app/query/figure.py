"""
The answer to a chart: numbers ready to be drawn, and the SQL they came from.
"""

from dataclasses import dataclass, replace
from typing import Any

from app.query.calendar import Buckets, Clock, label
from app.query.definition import Group
from app.query.distribution import Distribution, bins_json, percentiles_json

NONE = "(none)"


@dataclass(frozen=True, slots=True)
class Series:
    """One line or bar.

    `event`, `segment` and `formula` are indexes into the definition. `group` are the values of
    what was grouped by, those of the segment first; None is `(none)`. `bin` is the bucket of a
    frequency or a distribution. `points` go with the buckets, None where there is no number;
    `total` is over the whole range, with users counted once. `compared` is the shift of an
    earlier period. `unit` is empty, `%` or `$`: each formula has its own.
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
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart's numbers. `unit` is that of all series, if they have the same; `pruned` counts
    groups that were left out; `periods` are the buckets of earlier periods by shift;
    `distributions` say of a frequency or a distribution how each of its groups spreads over the
    bins."""

    buckets: Buckets
    series: tuple[Series, ...]
    unit: str = ""
    pruned: int = 0
    periods: tuple[tuple[str, Buckets], ...] = ()
    sql: tuple[str, ...] = ()
    distributions: tuple[Distribution, ...] = ()


def shown(value: str | None) -> str:
    """A group's value for people."""
    return NONE if value is None else {"true": "True", "false": "False"}.get(value, value)


def titled(value: str | None) -> str:
    """The same where it stands among other words: what would not be seen is in quotes."""
    said = shown(value)
    return said if said.strip() else f'"{said}"'


def changes(figure: Figure, one: Series) -> list[tuple[float, float | None] | None]:
    """For each bucket of a compared series how much the chart's own period differs from it: by
    how much, and by what part of it. None where one of the two has no number."""
    own = next((other for other in figure.series if _is_of(other, one)), None)
    found: list[tuple[float, float | None] | None] = []
    for at, before in enumerate(one.points):
        now = own.points[at] if own is not None and at < len(own.points) else None
        if now is None or before is None:
            found.append(None)
        else:
            found.append((now - before, (now - before) / before if before else None))
    return found


def _is_of(own: Series, compared: Series) -> bool:
    return not own.compared and replace(compared, **_NUMBERS) == replace(own, **_NUMBERS)


_NUMBERS: dict[str, Any] = {"points": (), "total": None, "compared": ""}


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
                "unit": one.unit,
                "points": list(one.points),
                "total": one.total,
            }
            | _compared_json(figure, one)
            for one in figure.series
        ],
        "distributions": [
            {
                "event": one.event,
                "segment": one.segment,
                "group": [shown(value) for value in one.group],
                "bins": bins_json(one.bins),
                "median": one.median,
                "percentiles": percentiles_json(one.bins),
            }
            for one in figure.distributions
        ],
        "periods": [
            {"shift": shift, "starts_ms": list(of.starts), "ends_ms": list(of.ends)}
            for shift, of in figure.periods
        ],
    }


def _compared_json(figure: Figure, one: Series) -> dict[str, Any]:
    """What a series of an earlier period has besides."""
    if not one.compared:
        return {}
    found = changes(figure, one)
    return {
        "change": [None if pair is None else pair[0] for pair in found],
        "change_share": [None if pair is None else pair[1] for pair in found],
    }
