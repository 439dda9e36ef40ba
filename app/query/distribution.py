"""
Histograms as shares, and percentiles read off their bins (semantics §10.10).
"""

from collections.abc import Sequence


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
