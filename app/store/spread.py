"""
Into which ranges lags and clock skews fall, so that a million of them can be counted.

Edges are milliseconds; range `n` holds what is below edge `n` and not below the one before.
"""

from bisect import bisect_right

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000

LAG_EDGES = (0, SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, DAY)
LAG_RANGES = (
    "before it happened",
    "under 1 s",
    "1 to 10 s",
    "10 to 60 s",
    "1 to 10 min",
    "10 to 60 min",
    "1 to 24 h",
    "a day and more",
)
"""How long an event waited on its device for its upload."""

SKEW_EDGES = (-HOUR, -MINUTE + 1, -10 * SECOND, -SECOND, SECOND, 10 * SECOND, MINUTE, HOUR)
SKEW_RANGES = (
    "over an hour ahead",
    "1 to 60 min ahead",
    "10 to 60 s ahead",
    "1 to 10 s ahead",
    "within 1 s",
    "1 to 10 s behind",
    "10 to 60 s behind",
    "1 to 60 min behind",
    "an hour and more behind",
)
"""How far the clock of a device was off when it uploaded. From a minute on, in either direction,
event times are corrected (semantics §1)."""
ADJUSTED_SKEWS = frozenset({0, 1, 7, 8})
"""The ranges in which event times are corrected."""


def lag_range(lag_ms: int) -> int:
    """The number of the range of a lag."""
    return bisect_right(LAG_EDGES, lag_ms)


def skew_range(skew_ms: int) -> int:
    """The number of the range of a skew: positive when the device's clock is behind."""
    return bisect_right(SKEW_EDGES, skew_ms)
