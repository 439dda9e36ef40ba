"""
The events that a funnel looks at, and the paths that were found in them (semantics §8).

Arrays of events sorted by unit and time. A unit is a user, or a user with one held value. Events of
a unit that count as simultaneous form a node; within a node, steps may be done in any order but
each by an event of its own. How paths are found is in `inorder`, `anyorder` and `attempts`.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Bools = NDArray[np.bool_]

NEVER = np.int64(1) << 62


@dataclass(frozen=True)
class Rows:
    """Events that matter, sorted by unit, tick and id. `mask` has bit k for step k (from 0),
    `entry` says which may begin a path, `kind` tells event types apart."""

    unit: Ints
    person: Ints
    tick: Ints
    id: Ints
    mask: Ints
    entry: Bools
    kind: Ints

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True)
class Barriers:
    """Where paths may not go: for a transition (from step k to k + 1), sorted keys of person and
    tick that must not lie strictly between."""

    span: int
    keys: dict[int, list[Ints]] = field(default_factory=dict)

    def until(self, step: int, person: Ints, tick: Ints) -> Ints:
        """The tick of the first barrier after each place, or NEVER."""
        found = np.full(len(person), NEVER)
        for keys in self.keys.get(step, []):
            if not len(keys):
                continue
            at = np.searchsorted(keys, person * self.span + tick, side="right")
            later = keys[np.minimum(at, len(keys) - 1)] - person * self.span
            # What belongs to somebody else lies a whole span away, or before all of one's own.
            same = (at < len(keys)) & (later < self.span)
            np.minimum(found, later, out=found, where=same)
        return found


@dataclass(frozen=True)
class Nodes:
    """Groups of simultaneous events. Rows of node i are from `first[i]` to before
    `first[i + 1]`."""

    first: Ints
    unit: Ints
    person: Ints
    tick: Ints

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True)
class Found:
    """A path for each entry: its node, how many steps were done (`depth`), and the node of each
    step, -1 for those not done."""

    nodes: Nodes
    entry: Ints
    depth: Ints
    path: Ints


def merged(rows: Rows) -> Rows:
    """Events of one type in one tick count once (semantics §8.3). The rows are sorted."""
    near = (rows.unit[1:] == rows.unit[:-1]) & (rows.tick[1:] == rows.tick[:-1])
    crowded = np.zeros(len(rows), bool)
    crowded[1:] |= near
    crowded[:-1] |= near
    if not crowded.any():
        return rows
    at = np.flatnonzero(crowded)
    taken, mask, entry = _merged(rows, at)
    kept = np.flatnonzero(~crowded)
    places = np.concatenate((kept, taken))
    order = np.argsort(places)
    places = places[order]
    return Rows(
        rows.unit[places],
        rows.person[places],
        rows.tick[places],
        rows.id[places],
        np.concatenate((rows.mask[kept], mask))[order],
        np.concatenate((rows.entry[kept], entry))[order],
        rows.kind[places],
    )


def _merged(rows: Rows, at: Ints) -> tuple[Ints, Ints, Bools]:
    """Of these rows, one for each unit, tick and kind, with what all of them may do."""
    order = at[np.lexsort((rows.id[at], rows.kind[at], rows.tick[at], rows.unit[at]))]
    unit, tick, kind = rows.unit[order], rows.tick[order], rows.kind[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (unit[1:] != unit[:-1]) | (tick[1:] != tick[:-1]) | (kind[1:] != kind[:-1])
    starts = np.flatnonzero(begins)
    # The row that stands for all is one that may begin a path, if there is any.
    entries = np.where(rows.entry[order], np.arange(len(order)), len(order))
    chosen = np.minimum.reduceat(entries, starts)
    chosen = np.where(chosen == len(order), starts, chosen)
    mask = np.bitwise_or.reduceat(rows.mask[order], starts)
    entry = np.logical_or.reduceat(rows.entry[order], starts)
    return order[chosen], mask, entry


def grouped(rows: Rows, *, simultaneous: bool) -> Nodes:
    """The nodes of rows; each row is one when nothing is simultaneous."""
    begins = np.ones(len(rows), bool)
    if simultaneous and len(rows):
        begins[1:] = (rows.unit[1:] != rows.unit[:-1]) | (rows.tick[1:] != rows.tick[:-1])
    starts = np.flatnonzero(begins)
    first = np.append(starts, len(rows))
    return Nodes(first, rows.unit[starts], rows.person[starts], rows.tick[starts])


def best(found: Found, *, by: Ints | None = None) -> Ints:
    """For each unit (or unit and number in `by`), the index of the path with most steps, and the
    earliest of those (semantics §8.5)."""
    if not len(found.entry):
        return np.zeros(0, np.int64)
    unit = found.nodes.unit[found.entry]
    tick = found.nodes.tick[found.entry]
    if by is not None:
        order = np.lexsort((tick, -found.depth, by, unit))
        return order[_begins(unit[order], by[order])]
    # They are in order of unit and tick: the first of the deepest is the earliest.
    starts = np.flatnonzero(_begins(unit))
    sizes = np.diff(np.append(starts, len(unit)))
    deepest = np.repeat(np.maximum.reduceat(found.depth, starts), sizes)
    places = np.flatnonzero(found.depth == deepest)
    return places[_begins(unit[places])]


def _begins(*keys: Ints) -> Bools:
    """Where something else begins, in rows that are in order."""
    found = np.ones(len(keys[0]), bool)
    found[1:] = False
    for key in keys:
        found[1:] |= key[1:] != key[:-1]
    return found
