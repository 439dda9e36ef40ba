"""
The numbers of a funnel, and their JSON form.
"""

from dataclasses import dataclass
from typing import Any

from app.query.calendar import Buckets
from app.query.definition import Group
from app.query.distribution import Bin, bins_json, percentiles, percentiles_json
from app.query.statistics import Comparison


@dataclass(frozen=True, slots=True)
class Part:
    """One row of bars. `counts` are users (or what is held constant, or attempts) by step,
    `average_s` and `median_s` the time from each step to the next. `over_time` are entered and
    converted by bucket. `variant` names the way through optional or compared steps. `median` is
    exact and of all conversions, also those in no bin; `sum` is of the property asked for, at the
    last step."""

    name: str
    segment: int
    group: Group
    variant: str
    counts: tuple[int, ...]
    average_s: tuple[float | None, ...]
    median_s: tuple[float | None, ...]
    over_time: tuple[tuple[int, int], ...] = ()
    bins: tuple[Bin, ...] = ()
    median: float | None = None
    comparison: Comparison | None = None
    sum: float | None = None

    @property
    def percentiles(self) -> dict[float, float | None]:
        """Percentiles read off the bins, by their share."""
        return percentiles(self.bins)

    @property
    def conversion(self) -> float | None:
        """The share of those that entered who finished."""
        return self.counts[-1] / self.counts[0] if self.counts[0] else None


@dataclass(frozen=True, slots=True)
class Takeaways:
    """What to see at once: the share that converted, the step before which most were lost and how
    many, and the transition with the longest median time. Steps count from 1."""

    conversion: float | None
    drop_step: int | None
    drop: int
    slowest_step: int | None
    slowest_s: float | None


@dataclass(frozen=True, slots=True)
class FunnelFigure:
    """A funnel's numbers. `steps` are titles, `parts` one for each segment, group and variant.
    `sql` are whole statements where that is possible, else selections that say so."""

    steps: tuple[str, ...]
    parts: tuple[Part, ...]
    takeaways: Takeaways
    buckets: Buckets | None = None
    sql: tuple[str, ...] = ()


def funnel_json(figure: FunnelFigure) -> dict[str, Any]:
    """The documented JSON form of an answer."""
    took = figure.takeaways
    return {
        "steps": list(figure.steps),
        "parts": [_part_json(part) for part in figure.parts],
        "takeaways": {
            "conversion": took.conversion,
            "drop_step": took.drop_step,
            "drop": took.drop,
            "slowest_step": took.slowest_step,
            "slowest_s": took.slowest_s,
        },
        "starts_ms": list(figure.buckets.starts) if figure.buckets else [],
    }


def _part_json(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": part.name,
        "segment": part.segment,
        "group": ["(none)" if one is None else one for one in part.group],
        "variant": part.variant,
        "counts": list(part.counts),
        "conversion": part.conversion,
        "average_s": list(part.average_s),
        "median_s": list(part.median_s),
    }
    if part.over_time:
        found["entered"] = [entered for entered, _ in part.over_time]
        found["converted"] = [converted for _, converted in part.over_time]
    if part.bins:
        found["bins"] = bins_json(part.bins)
        found["median"] = part.median
        found["percentiles"] = percentiles_json(part.bins)
    if part.sum is not None:
        found["sum"] = part.sum
    if part.comparison:
        found["difference"] = part.comparison.difference
        found["improvement"] = part.comparison.improvement
        found["significance"] = part.comparison.significance
        found["is_significant"] = part.comparison.is_significant
    return found
