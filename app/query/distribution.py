"""
Histograms: bins, their shares, and percentiles read off them (semantics §10.10).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.query.definition import Group

PERCENTILES = (0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Bin:
    """What lies from `low` until before `high` (seconds, a number of times, a value); the last one
    may be open, up to infinity. `share` is the part of all in the bin (PDF), `running` in it and
    those before it (CDF); None where there is nothing at all."""

    low: float
    high: float
    count: int
    share: float | None
    running: float | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the series of one event, segment and group spread over the bins. `median` is the exact
    one of all that was counted, also of what lies in no bin."""

    event: int
    segment: int
    group: Group
    bins: tuple[Bin, ...]
    median: float | None


def bins_of(
    lows: Sequence[float], highs: Sequence[float], counts: Sequence[int]
) -> tuple[Bin, ...]:
    """Bins with their shares of all that are in one."""
    if not sum(counts):
        empty = zip(lows, highs, counts, strict=True)
        return tuple(Bin(low, high, count, None) for low, high, count in empty)
    parts = zip(lows, highs, counts, shares(counts), running(counts), strict=True)
    return tuple(Bin(*one) for one in parts)


def shares(counts: Sequence[float]) -> list[float]:
    """Each bin's part of all (the normalised PDF); nothing of nothing is 0."""
    whole = sum(counts)
    return [one / whole if whole else 0.0 for one in counts]


def running(counts: Sequence[float]) -> list[float]:
    """The part of all in each bin and those before it (the CDF)."""
    whole, so_far, found = sum(counts), 0.0, []
    for one in counts:
        so_far += one
        found.append(so_far / whole if whole else 0.0)
    return found


def percentile_bin(counts: Sequence[float], share: float) -> int | None:
    """The smallest bin that, with those before it, holds this share of all; None without any."""
    if not sum(counts):
        return None
    return next((at for at, part in enumerate(running(counts)) if part >= share - 1e-12), None)


def percentiles(bins: Sequence[Bin]) -> dict[float, float | None]:
    """For each share the upper edge of the bin that it is read off; None where that bin is open,
    or there is nothing."""
    found: dict[float, float | None] = {}
    for share in PERCENTILES:
        at = percentile_bin([one.count for one in bins], share)
        found[share] = None if at is None or math.isinf(bins[at].high) else bins[at].high
    return found


def bins_json(bins: Sequence[Bin]) -> list[list[Any]]:
    """`[low, high, count, share, running]` of each bin; null for an open end."""
    return [
        [one.low, None if math.isinf(one.high) else one.high, one.count, one.share, one.running]
        for one in bins
    ]


def percentiles_json(bins: Sequence[Bin]) -> dict[str, float | None]:
    """Percentiles by share, such as `0.5`."""
    return {f"{share:g}": edge for share, edge in percentiles(bins).items()}
