"""
When people shop: a way from "how much of the data has been made" to a moment of the past days.

Evenings and weekends are busy, nights are quiet. Hours are Central European, where most of the
shop's customers live.
"""

from bisect import bisect_right
from itertools import accumulate

_HOUR_MS = 3_600_000
_CELL_MS = 900_000
_BUSY = (
    0.18, 0.10, 0.06, 0.05, 0.06, 0.12, 0.30, 0.55, 0.70, 0.78, 0.85, 0.92,
    1.00, 0.90, 0.80, 0.78, 0.85, 1.00, 1.20, 1.45, 1.60, 1.40, 0.90, 0.42,
)  # fmt: skip
_WEEKEND = 1.35


class Timeline:
    """The moments from `start_ms` to `end_ms`, weighted by how busy the shop is."""

    def __init__(self, start_ms: int, end_ms: int) -> None:
        self._start = start_ms
        cells = max(1, (end_ms - start_ms) // _CELL_MS)
        self._width = (end_ms - start_ms) / cells
        weights = (_weight(start_ms + int(number * self._width)) for number in range(cells))
        self._sums = [0.0, *accumulate(weights)]

    def at(self, share: float) -> int:
        """The moment by which `share` (0 to 1) of everything has happened."""
        wanted = min(max(share, 0.0), 1.0) * self._sums[-1]
        cell = min(bisect_right(self._sums, wanted), len(self._sums) - 1) - 1
        within = (wanted - self._sums[cell]) / (self._sums[cell + 1] - self._sums[cell])
        return self._start + int((cell + within) * self._width)


def _weight(at_ms: int) -> float:
    hours = (at_ms + _HOUR_MS) // _HOUR_MS
    # The epoch was a Thursday.
    weekend = (hours // 24 + 3) % 7 >= 5
    return _BUSY[hours % 24] * (_WEEKEND if weekend else 1.0)
