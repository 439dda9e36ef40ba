"""
What a chart shows: series over the same bins, and one point of them.
"""

import csv
import io
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from app.exchange.csvtext import cell
from ui.charts.ticks import full_text, with_unit


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers by bin, NaN where there is none. `key` tells series apart, `title` is shown,
    `colour` is a place in `Tokens.series`, or beyond (see `swatch`). `whole` is the number of all
    bins together where that is not their sum (people are counted once); `unit` is as `with_unit`
    takes it; a dashed series is one to compare others with."""

    key: str
    title: str
    values: tuple[float, ...]
    colour: int = 0
    whole: float | None = None
    unit: str = ""
    is_dashed: bool = False
    is_dotted: bool = False
    """The second one to compare with: told apart from the first."""
    is_right: bool = False
    """Drawn against the axis at the right; lines only."""

    @property
    def total(self) -> float:
        return sum(self.values) if self.whole is None else self.whole

    def said(self, value: float) -> str:
        """One of its numbers, for people. Shares have one decimal place."""
        if self.unit == "%" and not math.isnan(value):
            return f"{value:,.1f} %"
        return with_unit(full_text(value), self.unit)


class Mark(NamedTuple):
    """Something that happened at a time, marked with a line, or until `end_ms`, shaded. `kind` is
    `note` or `release`; `id` is that of its definition, when somebody wrote it down; `chart` the
    saved chart that alone shows it."""

    at_ms: int
    title: str
    kind: str = "note"
    end_ms: int | None = None
    id: int | None = None
    chart: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Where an axis begins and ends; None where nobody chose. What lies `outside` is drawn up to
    the edge, or else left out."""

    low: float | None = None
    high: float | None = None
    outside: bool = True

    def leave_out(self, value: float) -> bool:
        """Whether a number is not drawn."""
        below = self.low is not None and value < self.low
        return not self.outside and (below or (self.high is not None and value > self.high))


@dataclass(frozen=True, slots=True)
class ChartData:
    """`edges` are the starts of the bins and the end of the last one, in milliseconds, growing.
    `partial` is the first bin that is not over yet; None when all are. `head` is what stands
    beside the title instead of the sum of everything. `limits` are of the axis at the left."""

    edges: tuple[int, ...] = ()
    series: tuple[Series, ...] = ()
    partial: int | None = None
    head: str | None = None
    marks: tuple[Mark, ...] = ()
    limits: Limits = Limits()

    @property
    def count(self) -> int:
        """How many bins."""
        return max(0, len(self.edges) - 1)

    def bin_of(self, at_ms: float) -> int:
        """The bin that holds a moment, or the nearest one."""
        return max(0, min(self.count - 1, bisect_right(self.edges, at_ms) - 1))

    def marks_of(self, at: int) -> tuple[Mark, ...]:
        """What happened in a bin, or went on in it."""
        if not 0 <= at < self.count:
            return ()
        start, end = self.edges[at], self.edges[at + 1]
        return tuple(
            one
            for one in self.marks
            if one.at_ms < end and max(one.at_ms + 1, one.end_ms or 0) > start
        )

    def place_of(self, at_ms: float) -> float:
        """Where a moment lies, counted in bins from the left."""
        at = self.bin_of(at_ms)
        start, end = self.edges[at], self.edges[at + 1]
        return at + (at_ms - start) / max(1, end - start)

    def one(self, key: str) -> Series | None:
        """A series by its key."""
        return next((series for series in self.series if series.key == key), None)


class Point(NamedTuple):
    """One number of a chart. `series` is its key."""

    series: str
    bin: int
    start_ms: int
    end_ms: int
    value: float


@dataclass(slots=True)
class Stack:
    """Where bars that stand on each other begin and end."""

    tops: list[float] = field(default_factory=list)

    def put(self, values: Sequence[float]) -> list[float]:
        """Put these on top; returns where they begin."""
        starts = self.tops or [0.0] * len(values)
        self.tops = [start + value for start, value in zip(starts, values, strict=True)]
        return starts


def as_csv(data: ChartData) -> str:
    """A line for each bin, times in UTC as ISO 8601; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["start", "end", *(cell(series.title) for series in data.series)])
    for at in range(data.count):
        values = (_plain(series.values[at]) for series in data.series)
        writer.writerow([iso(data.edges[at]), iso(data.edges[at + 1]), *values])
    return out.getvalue()


def iso(at_ms: int) -> str:
    """A time in UTC; the number itself for one that no calendar has."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return str(at_ms)


def _plain(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else str(value)
