"""
From where to where an axis of numbers goes, and its round marks.

It has 0 on it unless somebody chose where it begins or ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ui.charts.data import Limits
from ui.charts.ticks import round_marks, value_ticks

SMALLEST = 1e-9
"""Ends that are not further apart, measured by their size, are the same."""


class Scale(NamedTuple):
    """The ends of an axis and the marks along it, growing."""

    low: float
    top: float
    marks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the lower end, 1 at the upper one."""
        return (value - self.low) / max(1e-300, self.top - self.low)

    def value(self, share: float) -> float:
        """The value that lies there."""
        return self.low + share * (self.top - self.low)


def scale_of(
    columns: Iterable[Sequence[float]], *, stacked: bool, limits: Limits | None = None
) -> Scale:
    """The axis for series of numbers, which stand on each other when they are `stacked`."""
    shown = [[0.0 if math.isnan(one) else one for one in column] for column in columns]
    marks = _marks(shown, stacked=stacked)
    if limits is None or (limits.low is None and limits.high is None):
        return Scale(marks[0], marks[-1], tuple(marks))
    return _limited(marks[0], marks[-1], limits)


def _marks(shown: Sequence[Sequence[float]], *, stacked: bool) -> list[float]:
    if not shown or not shown[0]:
        return value_ticks(0)
    if stacked:
        return value_ticks(max(map(sum, zip(*shown, strict=True))))
    least, most = min(map(min, shown)), max(map(max, shown))
    if least >= 0:
        return value_ticks(most)
    marks = value_ticks(max(most, -least))
    return sorted({*(-mark for mark in marks if mark < -2 * least), *marks})


def _limited(low: float, top: float, limits: Limits) -> Scale:
    low = low if limits.low is None else limits.low
    top = top if limits.high is None else limits.high
    if top - low <= SMALLEST * max(1.0, abs(low), abs(top)):
        # Everything lies beyond the one limit that was chosen: there is nothing to see, but where.
        low, top = (low, low + 1) if limits.high is None else (top - 1, top)
    return Scale(low, top, tuple(round_marks(low, top)))
