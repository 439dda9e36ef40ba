"""
Time frames and their bins, which are aligned to UTC (semantics §5.2).
"""

from dataclasses import dataclass
from enum import StrEnum

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
MOST_BINS = 120
STEPS = (
    SECOND,
    5 * SECOND,
    10 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    6 * HOUR,
    DAY,
    7 * DAY,
    28 * DAY,
    364 * DAY,
)


class Frame(StrEnum):
    """How far back. Amplitude has the hour and the week."""

    FIVE_MINUTES = "5m"
    HOUR = "1h"
    DAY = "1d"
    WEEK = "1w"
    ALL = "all"


LENGTHS = {
    Frame.FIVE_MINUTES: (5 * MINUTE, 10 * SECOND),
    Frame.HOUR: (HOUR, MINUTE),
    Frame.DAY: (DAY, 15 * MINUTE),
    Frame.WEEK: (7 * DAY, HOUR),
}
"""Length and bin of the frames that end now, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start_ms` to before `end_ms`, in bins of `step_ms`; both are multiples of it."""

    start_ms: int
    end_ms: int
    step_ms: int

    @property
    def starts(self) -> range:
        """When each bin starts."""
        return range(self.start_ms, self.end_ms, self.step_ms)

    def __len__(self) -> int:
        return len(self.starts)

    def bin_of(self, at_ms: int) -> int | None:
        """The number of the bin that holds a moment."""
        if self.start_ms <= at_ms < self.end_ms:
            return (at_ms - self.start_ms) // self.step_ms
        return None


def window_of(frame: Frame, now_ms: int) -> Window:
    """The window of a frame that ends with the bin of now. Not for `Frame.ALL`."""
    length, step = LENGTHS[frame]
    end = now_ms // step * step + step
    return Window(end - length, end, step)


def window_between(first_ms: int, last_ms: int, most: int = MOST_BINS) -> Window:
    """The window that holds these two moments and everything between, in at most so many bins."""
    first_ms, last_ms = min(first_ms, last_ms), max(first_ms, last_ms)
    for step in STEPS:
        start, end = first_ms // step * step, last_ms // step * step + step
        if (end - start) // step <= most:
            return Window(start, end, step)
    # Clocks that are centuries apart.
    step = -(-(last_ms - first_ms + 1) // (most - 1) // DAY) * DAY
    return Window(first_ms // step * step, last_ms // step * step + step, step)
