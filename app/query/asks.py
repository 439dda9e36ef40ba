"""
What measures and formulas ask for, and what they get: one metric of one event in one segment, by
group and bucket.
"""

from dataclasses import dataclass, field

from app.query.calendar import Buckets
from app.query.definition import EventSpec, Group, PropertyRef, Segment

COUNTS = ("uniques", "totals", "sum", "numbers", "distinct", "pairs", "sessions", "frequency")
"""Metrics of which nothing is zero; of the others nothing is no number."""
BINNED = ("frequency", "distribution")
"""Whose last group is a bin: where nothing happened there is none."""
ADDITIVE = ("totals", "sum", "numbers")
ROWS = 100


@dataclass(frozen=True, slots=True)
class Frame:
    """The buckets of a metric. `lead` of them lie before the chart's range, for rolling figures;
    `window` is over how many a number goes, 0 for one; `cumulative` over all so far."""

    buckets: Buckets
    lead: int = 0
    window: int = 0
    cumulative: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One metric. `by` are the segment's groupings first, then the event's."""

    metric: str
    event: EventSpec
    segment: Segment
    by: tuple[PropertyRef, ...] = ()
    property: PropertyRef | None = None
    number: float = 0.0
    edges: tuple[float, ...] = ()
    rows: int = ROWS
    order: str = "uniques"
    once: bool = False
    groups: tuple[Group, ...] | None = None
    """The groups that are kept, and their order; None for the `rows` that matter most."""
    before: bool = False
    """Of a rolling window, users are filtered by what is asked of each interval after it was
    gathered: what counts is whether they belong to its last interval (semantics §7.4)."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A metric of one group: in each bucket, and over all."""

    points: tuple[float | None, ...]
    total: float | None


@dataclass
class Grid:
    """A metric by group, the most important first. `missing` is what a group has that is not in
    it; `pruned` how many groups were left out."""

    groups: dict[Group, Cells] = field(default_factory=dict)
    missing: Cells = Cells((), None)
    pruned: int = 0

    def get(self, group: Group) -> Cells:
        """The numbers of a group."""
        return self.groups.get(group, self.missing)
