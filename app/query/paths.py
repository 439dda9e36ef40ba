"""
Finds how far users came through the steps of a funnel, for all users at once (semantics §8).

Works on arrays of events sorted by unit and time. A unit is a user, or a user with one held value.
Events of a unit that count as simultaneous form a node; within a node, steps may be done in any
order but each by an event of its own. The search goes backward: for every node that may do step k,
the earliest time by which step d can be done after it. That needs no loop over users, and is right
where the first event that fits is not the best one (exclusions, exact order).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Bools = NDArray[np.bool_]

NEVER = np.int64(1) << 62
PIECE = 1 << 16
"""So many nodes are searched at once."""


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


def ordered(
    rows: Rows, nodes: Nodes, steps: int, window: int, barriers: Barriers, span: int
) -> Found:
    """The paths in this order from every node that may begin one."""
    # In pieces that fit into a processor's own memory, and take little of the machine's.
    parts = []
    for low, high in _pieces(nodes):
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


def unordered(
    rows: Rows, nodes: Nodes, steps: int, window: int, barriers: Barriers, span: int
) -> Found:
    """The best choices in any order: within one window, each step by an event of its own; a
    path's depth is how many of the first steps are there (semantics §8.4)."""
    keys = rows.unit * span + rows.tick
    # A window may begin with any event.
    until = nodes.tick + window
    for step in barriers.keys:
        until = np.minimum(until, barriers.until(step, nodes.person, nodes.tick))
    low = nodes.first[:-1]
    high = np.searchsorted(keys, nodes.unit * span + np.minimum(until, span - 1), side="right")
    mask = (rows.mask & ~np.int64(1)) | rows.entry.astype(np.int64)
    overlap = bool((mask & (mask - 1)).any())
    depth = np.zeros(len(nodes), np.int64)
    holds = np.ones(len(nodes), bool)
    for step in range(steps):
        for chosen in _with_last(step, overlap):
            bits = sum(1 << one for one in chosen)
            holds &= _within(mask, bits, low, high) >= len(chosen)
        depth[holds] = step + 1
    begins = np.flatnonzero(depth > 0)
    path = np.full((len(begins), steps), -1)
    node_of = np.repeat(np.arange(len(nodes)), np.diff(nodes.first))
    for step in range(steps):
        has = np.flatnonzero((mask & (1 << step)) > 0)
        at = np.searchsorted(has, low[begins])
        inside = (depth[begins] > step) & (at < len(has))
        if len(has):
            path[inside, step] = node_of[has[at[inside]]]
    return Found(nodes, path[:, 0].copy(), depth[begins], path)


def _with_last(step: int, overlap: bool) -> list[tuple[int, ...]]:
    """The sets of steps up to this one that hold it: what is new to be asked of them."""
    if not overlap:
        return [(step,)]
    return [(*rest, step) for many in range(step + 1) for rest in combinations(range(step), many)]


def _within(mask: Ints, bits: int, low: Ints, high: Ints) -> Ints:
    counts = np.concatenate(([0], np.cumsum((mask & bits) > 0)))
    return counts[high] - counts[low]


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


def attempts(rows: Rows, nodes: Nodes, steps: int, window: int, barriers: Barriers) -> Found:
    """Totals: every event that may begin a path and is not taken by one is an attempt, and an
    event goes to the earliest attempt that waits for it (semantics §8.6)."""
    node_of = np.repeat(np.arange(len(nodes)), np.diff(nodes.first))
    overlap = bool((rows.mask & (rows.mask - 1)).any())
    search = one_by_one if overlap else queued
    path = search(rows, _by_step(rows, node_of), steps, window, barriers)
    depth = (path >= 0).sum(axis=1)
    path = np.where(path >= 0, node_of[path], -1) if len(rows) else path
    return Found(nodes, path[:, 0].copy(), depth, path)


def queued(rows: Rows, order: Ints, steps: int, window: int, barriers: Barriers) -> Ints:
    """The rows of each attempt's steps, when no event may do two steps.

    Attempts then stand in a line before each step, in the order in which they were begun; they
    come into it, and give up, in that order too. So an event takes the first that has not given
    up and was not taken, if it has come already: see `_served`.
    """
    unit, person, tick = rows.unit[order], rows.person[order], rows.tick[order]
    mask, span = rows.mask[order], barriers.span
    last = np.flatnonzero(rows.entry[order])
    path = np.full((len(last), steps), -1)
    path[:, 0] = order[last]
    until = tick[last] + window
    attempt = np.arange(len(last))
    for step in range(1, steps):
        blocked = barriers.until(step - 1, person[last], tick[last])
        limit = np.minimum(np.minimum(until, blocked), span - 1)
        events = np.flatnonzero((mask >> step) & 1)
        low = np.searchsorted(unit[last] * span + limit, unit[events] * span + tick[events])
        high = np.searchsorted(last, events)
        taken = np.maximum(_served(low, high), low)
        hit = taken < high
        taken, last = taken[hit], events[hit]
        attempt, until = attempt[taken], until[taken]
        path[attempt, step] = order[last]
    return path


def _served(low: Ints, high: Ints) -> Ints:
    """For each event, up to where the line was served by the events before it. An event goes from
    x to x + 1, at least to after `low`, where those stand who have not given up, and at most to
    `high`, where the line ends.

    Such steps (add, then hold between two bounds) joined together are one step of the same kind,
    so all of them are joined in pairs, fours, eights: a logarithm of passes instead of a loop.
    """
    add = np.ones(len(low), np.int64)
    least, most = np.minimum(low + 1, high), high.copy()
    width = 1
    while width < len(low):
        then = add[width:], least[width:], most[width:]
        joined_least = np.minimum(np.maximum(least[:-width] + then[0], then[1]), then[2])
        joined_most = np.minimum(np.maximum(most[:-width] + then[0], then[1]), then[2])
        add[width:] = add[:-width] + then[0]
        least[width:], most[width:] = joined_least, joined_most
        width *= 2
    after = np.minimum(np.maximum(add, least), most)
    return np.concatenate((np.zeros(1, np.int64), after))[:-1]


def one_by_one(rows: Rows, order: Ints, steps: int, window: int, barriers: Barriers) -> Ints:
    """The rows of each attempt's steps for any events: which attempt takes an event that may do
    several steps depends on all before it, so there is nothing to be done but to go through."""
    untils = [barriers.until(step, rows.person, rows.tick).tolist() for step in range(steps - 1)]
    units, ticks, masks, entries = (
        one.tolist() for one in (rows.unit, rows.tick, rows.mask, rows.entry)
    )
    found: list[list[int]] = []
    waiting: list[list[int]] = []
    unit = -1
    for row in order.tolist():
        if units[row] != unit:
            unit, waiting = units[row], []
        tick, mask = ticks[row], masks[row]
        if len(waiting) > 64:
            waiting = [one for one in waiting if tick - ticks[one[0]] <= window]
        for attempt in waiting:
            step = len(attempt)
            if (
                mask >> step & 1
                and tick - ticks[attempt[0]] <= window
                and tick <= untils[step - 1][attempt[-1]]
            ):
                attempt.append(row)
                if len(attempt) == steps:
                    waiting.remove(attempt)
                break
        else:
            if entries[row]:
                attempt = [row]
                found.append(attempt)
                if steps > 1:
                    waiting.append(attempt)
    path = np.full((len(found), steps), -1)
    for at, attempt in enumerate(found):
        path[at, : len(attempt)] = attempt
    return path


def _by_step(rows: Rows, node_of: Ints) -> Ints:
    """Rows in order of time; simultaneous ones in the order of their steps."""
    lowest = rows.mask & -rows.mask
    return np.lexsort((rows.id, lowest, node_of))
