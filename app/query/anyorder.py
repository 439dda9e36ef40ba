"""
Funnels in any order: the best choice of each user, and every attempt (semantics §8.4, §8.6).

Of totals, an attempt is an event of the first step that no attempt before it took. One after the
other, by time, they take of the events that are left those that make most of the first steps within
one window around them; of several windows the earliest, and in it the earliest events.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from app.query.giveup import GoOn, always, watched
from app.query.paths import Barriers, Found, Ints, Nodes, Rows


def unordered(
    rows: Rows,
    nodes: Nodes,
    steps: int,
    window: int,
    barriers: Barriers,
    span: int,
    go_on: GoOn = always,
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
            go_on()
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


def any_attempts(
    rows: Rows,
    nodes: Nodes,
    steps: int,
    window: int,
    barriers: Barriers,
    go_on: GoOn = always,
) -> Found:
    """A path for each attempt. An excluded event ends the windows that began before it."""
    until = rows.tick + window
    for step in barriers.keys:
        until = np.minimum(until, barriers.until(step, rows.person, rows.tick))
    found: list[list[int]] = []
    for first, unit in watched(_units(rows, until, steps, window), go_on):
        found += [[-1 if row < 0 else first + row for row in path] for path in unit.attempts()]
    path = np.array(found, np.int64).reshape(-1, steps)
    depth = (path >= 0).sum(axis=1)
    node_of = np.repeat(np.arange(len(nodes)), np.diff(nodes.first))
    path = np.where(path >= 0, node_of[path], -1) if len(rows) else path
    return Found(nodes, path[:, 0].copy(), depth, path)


def _units(rows: Rows, until: Ints, steps: int, window: int) -> Iterator[tuple[int, "_Unit"]]:
    """The units that have an attempt, with the place of their first row."""
    if not len(rows):
        return
    overlap = bool((rows.mask & (rows.mask - 1)).any())
    starts = np.flatnonzero(np.diff(rows.unit, prepend=rows.unit[0] - 1))
    ends = np.append(starts[1:], len(rows))
    wanted = np.logical_or.reduceat(rows.entry, starts)
    for low, high in zip(starts[wanted].tolist(), ends[wanted].tolist(), strict=True):
        masks = rows.mask[low:high]
        yield (
            low,
            _Unit(
                rows.tick[low:high].tolist(),
                until[low:high].tolist(),
                np.flatnonzero(rows.entry[low:high]).tolist(),
                [np.flatnonzero(masks >> step & 1).tolist() for step in range(steps)],
                window,
                overlap,
            ),
        )


@dataclass
class _Unit:
    """The events of one unit by their places: the tick of each, until when a window that begins
    with it reaches, which may be attempts, and for each step those that are left to do it."""

    ticks: list[int]
    until: list[int]
    entries: list[int]
    left: list[list[int]]
    window: int
    overlap: bool

    def attempts(self) -> Iterator[list[int]]:
        """The events of each attempt, -1 for steps that were not done."""
        taken: set[int] = set()
        for entry in self.entries:
            if entry not in taken:
                path = self._best(entry)
                if self.overlap:
                    taken.update(path)
                self._take(path)
                yield path + [-1] * (len(self.left) - len(path))

    def _take(self, path: list[int]) -> None:
        for step, places in enumerate(self.left):
            for one in path if self.overlap else path[step : step + 1]:
                at = bisect_left(places, one)
                if at < len(places) and places[at] == one:
                    del places[at]

    def _best(self, entry: int) -> list[int]:
        """The longest path around an entry, in the earliest window that has it."""
        tick, best = self.ticks[entry], [entry]
        low = bisect_left(self.ticks, tick - self.window)
        most = self._most(entry, low, bisect_right(self.ticks, tick + self.window))
        place = low
        while len(best) < most and place <= entry:
            # Windows begin with an event that may be in them.
            place = min(entry, *(self._first(step, place) for step in range(1, most)))
            if self.until[place] >= tick:
                first = bisect_left(self.ticks, self.ticks[place])
                path = self._longest(entry, first, bisect_right(self.ticks, self.until[place]))
                best = path if len(path) > len(best) else best
            place += 1
        return best

    def _most(self, entry: int, low: int, high: int) -> int:
        """How many steps can be hoped for: up to the first that nothing is left for."""
        for step in range(1, len(self.left)):
            one = self._first(step, low)
            if one == entry:
                one = self._first(step, entry + 1)
            if one >= high:
                return step
        return len(self.left)

    def _first(self, step: int, low: int) -> int:
        """The first that is left for a step, from a place on; the number of places for none."""
        places = self.left[step]
        at = bisect_left(places, low)
        return places[at] if at < len(places) else len(self.ticks)

    def _longest(self, entry: int, low: int, high: int) -> list[int]:
        """The entry, and an event of its own for each of as many of the next steps as there
        are."""
        if self.overlap:
            return self._matched(entry, low, high)
        path = [entry]
        for step in range(1, len(self.left)):
            one = self._first(step, low)
            if one >= high:
                break
            path.append(one)
        return path

    def _matched(self, entry: int, low: int, high: int) -> list[int]:
        """The same for events that may do several steps: a step gives way to another event of its
        own where one is needed."""
        done: dict[int, int] = {}  # The step that an event is taken for.

        def give(step: int, asked: set[int]) -> bool:
            one = self._first(step, low)
            while one < high:
                if one != entry and one not in asked:
                    asked.add(one)
                    if one not in done or give(done[one], asked):
                        done[one] = step
                        return True
                one = self._first(step, one + 1)
            return False

        reached = 1
        while reached < len(self.left) and give(reached, set()):
            reached += 1
        places = {step: one for one, step in done.items()}
        return [entry, *(places[step] for step in range(1, reached))]
