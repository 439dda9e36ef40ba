"""
Finds how far users came through the steps of a funnel in order, for all users at once (§8.5).

The search goes backward: for every node that may do step k, the earliest time by which step d can
be done after it. That needs no loop over users, and is right where the first event that fits is not
the best one (exclusions, exact order).
"""

from collections.abc import Iterator
from dataclasses import fields
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from app.query.giveup import GoOn, always
from app.query.paths import NEVER, Barriers, Bools, Found, Ints, Nodes, Rows

PIECE = 1 << 16
"""So many nodes are searched at once."""


def ordered(
    rows: Rows,
    nodes: Nodes,
    steps: int,
    window: int,
    barriers: Barriers,
    span: int,
    go_on: GoOn = always,
) -> Found:
    """The paths in this order from every node that may begin one."""
    # In pieces that fit into a processor's own memory, and take little of the machine's.
    parts = []
    for low, high in _pieces(nodes):
        go_on()
        some_rows, some_nodes = _part(rows, nodes, low, high)
        found = _ordered(some_rows, some_nodes, steps, window, barriers, span)
        path = np.where(found.path >= 0, found.path + low, -1)
        parts.append((found.entry + low, found.depth, path))
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Found(nodes, nothing, nothing, np.zeros((0, steps), np.int64))
    entries, depths, ways = zip(*parts, strict=True)
    return Found(nodes, *map(np.concatenate, (entries, depths, ways)))


def _pieces(nodes: Nodes) -> Iterator[tuple[int, int]]:
    """Ranges of nodes, each with all of its units."""
    low = 0
    while low < len(nodes):
        high = min(low + PIECE, len(nodes))
        if high < len(nodes):
            high = int(np.searchsorted(nodes.unit, nodes.unit[high - 1], side="right"))
        yield low, high
        low = high


def _part(rows: Rows, nodes: Nodes, low: int, high: int) -> tuple[Rows, Nodes]:
    """Some of the nodes, and their rows."""
    first = nodes.first[low : high + 1]
    at = slice(first[0], first[-1])
    some = Rows(*(getattr(rows, one.name)[at] for one in fields(rows)))
    near = slice(low, high)
    return some, Nodes(first - first[0], nodes.unit[near], nodes.person[near], nodes.tick[near])


def _ordered(
    rows: Rows, nodes: Nodes, steps: int, window: int, barriers: Barriers, span: int
) -> Found:
    fits = _Fits(rows, nodes, steps)
    entries = np.flatnonzero(fits.starts(0, 0))
    search = _Search(nodes, fits, steps, barriers, span)
    depth = np.zeros(len(entries), np.int64)
    path = np.full((len(entries), steps), -1)
    path[:, 0] = entries
    limit = nodes.tick[entries] + window
    for goal in range(steps, 0, -1):
        open_ = np.flatnonzero(depth == 0)
        if not len(open_):
            break
        search.aim(goal)
        done = search.entered(entries[open_])
        hit = open_[done <= limit[open_]]
        depth[hit] = goal
        if len(hit):
            path[hit, :goal] = search.walked(entries[hit], goal)
    return Found(nodes, entries, depth, path)


class _Fits:
    """Whether steps a to b (from 0) can all be done within a node, each by its own event."""

    def __init__(self, rows: Rows, nodes: Nodes, steps: int) -> None:
        self._rows = rows
        self._first = nodes.first[:-1]
        self._size = np.diff(nodes.first)
        self._counts: dict[tuple[int, bool], NDArray[np.int32]] = {}
        self._known: dict[tuple[int, int, bool], Bools] = {}
        self._crowded = bool((self._size > 1).any()) and steps > 1

    def starts(self, a: int, b: int) -> Bools:
        """The same for a block that begins a path: step a has to be an entry."""
        return self.block(a, b, entry=True)

    def block(self, a: int, b: int, *, entry: bool = False) -> Bools:
        """By node."""
        key = (a, b, entry)
        if key not in self._known:
            self._known[key] = self._fit(a, b, entry)
        return self._known[key]

    def _fit(self, a: int, b: int, entry: bool) -> Bools:
        if a == b:
            return self._count(1 << a, entry) > 0
        fits = self._size > b - a
        if not self._crowded or not fits.any():
            return np.zeros(len(self._size), bool)
        # Hall's theorem: any of these steps together find at least as many events.
        for many in range(1, b - a + 2):
            for chosen in combinations(range(a, b + 1), many):
                bits = sum(1 << step for step in chosen)
                fits = fits & (self._count(bits, entry and chosen[0] == a) >= many)
        return fits

    def _count(self, bits: int, entry: bool) -> NDArray[np.int32]:
        """How many events of a node do one of these steps; of the lowest, only entries count."""
        key = (bits, entry)
        if key not in self._counts:
            if entry:
                lowest = bits & -bits
                does = (self._rows.mask & (bits - lowest)) > 0
                does |= ((self._rows.mask & lowest) > 0) & self._rows.entry
            else:
                does = (self._rows.mask & bits) > 0
            if len(self._first):
                self._counts[key] = np.add.reduceat(does, self._first, dtype=np.int32)
            else:
                self._counts[key] = np.zeros(0, np.int32)
        return self._counts[key]


class _Search:
    """For one goal (a number of steps), the earliest end after every node."""

    def __init__(
        self, nodes: Nodes, fits: _Fits, steps: int, barriers: Barriers, span: int
    ) -> None:
        self._nodes = nodes
        self._fits = fits
        self._barriers = barriers
        self._span = span
        self._keys = nodes.unit * span + nodes.tick
        self._limits: dict[tuple[int, ...], Ints] = {}
        self._steps = steps

    def aim(self, goal: int) -> None:
        """Search for paths that do this many steps."""
        self._goal = goal
        # after[k][i]: the earliest end when step k was the last one done in node i.
        self._after: list[Ints] = [np.empty(0, np.int64)] * goal
        self._after[goal - 1] = self._nodes.tick.copy()
        self._next: dict[int, Ints] = {}
        for step in range(goal - 2, -1, -1):
            self._after[step], self._next[step] = self._following(step)

    def entered(self, at: Ints) -> Ints:
        """The earliest end of a path that begins in each of these nodes."""
        best = np.full(len(at), NEVER)
        for last in range(self._goal):
            fits = self._fits.starts(0, last)[at]
            best = np.where(fits, np.minimum(best, self._after[last][at]), best)
        return best

    def walked(self, at: Ints, goal: int) -> Ints:
        """The node of each step on the path with the earliest end."""
        path = np.full((len(at), goal), -1)
        last = self._chosen(at, 0, entry=True)
        here = at.copy()
        done = np.full(len(at), -1)
        while True:
            for step in range(goal):
                path[:, step] = np.where((step > done) & (step <= last), here, path[:, step])
            done = last.copy()
            going = np.flatnonzero(done < goal - 1)
            if not len(going):
                return path
            for step in range(goal - 1):
                moving = going[done[going] == step]
                if len(moving):
                    here[moving] = self._next[step][here[moving]]
                    last[moving] = self._chosen(here[moving], step + 1)

    def _chosen(self, at: Ints, step: int, *, entry: bool = False) -> Ints:
        """Up to which step is done in each of these nodes."""
        best = np.full(len(at), NEVER)
        last = np.full(len(at), step)
        for end in range(step, self._goal):
            fits = (self._fits.starts if entry else self._fits.block)(step, end)[at]
            better = fits & (self._after[end][at] < best)
            last = np.where(better, end, last)
            best = np.where(better, self._after[end][at], best)
        return last

    def _following(self, step: int) -> tuple[Ints, Ints]:
        """For every node, the earliest end when the next step is done in a later one, and which
        that is."""
        fits = self._fits.block(step + 1, step + 1)
        ends = self._best(np.flatnonzero(fits), step + 1)
        return _earliest(fits, ends, self._nodes.unit, self._span, self._limit(step))

    def _best(self, at: Ints, step: int) -> Ints:
        best = np.full(len(at), NEVER)
        for end in range(step, self._goal):
            fits = self._fits.block(step, end)[at]
            best = np.where(fits, np.minimum(best, self._after[end][at]), best)
        return best

    def _limit(self, step: int) -> Ints | None:
        """Before which node the next one has to lie; None when nothing is in the way."""
        barriers = self._barriers.keys.get(step)
        if not barriers:
            return None
        # In exact order, the same events are in the way of every step.
        same = tuple(map(id, barriers))
        if same not in self._limits:
            until = self._barriers.until(step, self._nodes.person, self._nodes.tick)
            np.minimum(until, self._span - 1, out=until)
            until += self._nodes.unit * self._span
            self._limits[same] = np.searchsorted(self._keys, until, side="right")
        return self._limits[same]


def _earliest(
    fits: Bools, ends: Ints, unit: Ints, span: int, limit: Ints | None
) -> tuple[Ints, Ints]:
    """For every node, the smallest end among the nodes of its unit that fit, come after it and
    before its limit, and the first node that has it. `ends` are those of the nodes that fit."""
    size, wanted = len(unit), np.flatnonzero(fits)
    if not len(wanted):
        return np.full(size, NEVER), np.full(size, -1)
    before = _counted(fits)
    low = before[1:]
    if limit is None:
        # Looked at from the end, a node matters when nothing after it is as early: the first
        # such node after a place has the smallest end. Ends of later units are larger.
        at = _records(unit[wanted] * (span + 1) + np.minimum(ends, span), low)
    else:
        at = _range_minimum(ends, low, before[limit])
    place = np.minimum(at, len(wanted) - 1)
    is_there = (at < len(wanted)) & (unit[wanted[place]] == unit)
    found = np.where(is_there, ends[place], NEVER)
    return found, np.where(found < NEVER, wanted[place], -1)


def _counted(flags: Bools) -> Ints:
    """How many are set before each place, and before the end."""
    found = np.zeros(len(flags) + 1, np.int64)
    np.cumsum(flags, out=found[1:])
    return found


def _records(values: Ints, low: Ints) -> Ints:
    """The first index from `low` on that holds the smallest of all values from there on."""
    smallest = np.minimum.accumulate(values[::-1])[::-1]
    holds = values == smallest
    records = np.append(np.flatnonzero(holds), len(values))
    found: Ints = records[_counted(holds)[low]]
    return found


def _range_minimum(ends: Ints, low: Ints, high: Ints) -> Ints:
    """The first index of the smallest value in each range [low, high); the length for none."""
    found = np.full(len(low), len(ends))
    length = high - low
    longest = int(length.max(initial=0))
    best, width = np.arange(len(ends)), 1
    while width <= longest:
        chosen = np.flatnonzero((length >= width) & (length < 2 * width))
        if len(chosen):
            left, right = best[low[chosen]], best[high[chosen] - width]
            found[chosen] = np.where(ends[left] <= ends[right], left, right)
        if 2 * width <= longest:
            left, right = best[: len(ends) - 2 * width + 1], best[width : len(ends) - width + 1]
            best = np.where(ends[left] <= ends[right], left, right)
        width *= 2
    return found
