"""
Totals of funnels in order: every attempt, and the events that it takes (semantics §8.6).
"""

import numpy as np

from app.query.giveup import GoOn, always, watched
from app.query.paths import Barriers, Found, Ints, Nodes, Rows


def attempts(
    rows: Rows,
    nodes: Nodes,
    steps: int,
    window: int,
    barriers: Barriers,
    go_on: GoOn = always,
) -> Found:
    """Totals: every event that may begin a path and is not taken by one is an attempt, and an
    event goes to the earliest attempt that waits for it (semantics §8.6)."""
    node_of = np.repeat(np.arange(len(nodes)), np.diff(nodes.first))
    overlap = bool((rows.mask & (rows.mask - 1)).any())
    search = one_by_one if overlap else queued
    path = search(rows, _by_step(rows, node_of), steps, window, barriers, go_on)
    depth = (path >= 0).sum(axis=1)
    path = np.where(path >= 0, node_of[path], -1) if len(rows) else path
    return Found(nodes, path[:, 0].copy(), depth, path)


def queued(
    rows: Rows, order: Ints, steps: int, window: int, barriers: Barriers, go_on: GoOn = always
) -> Ints:
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
        go_on()
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


def one_by_one(
    rows: Rows, order: Ints, steps: int, window: int, barriers: Barriers, go_on: GoOn = always
) -> Ints:
    """The rows of each attempt's steps for any events: which attempt takes an event that may do
    several steps depends on all before it, so there is nothing to be done but to go through."""
    untils = [barriers.until(step, rows.person, rows.tick).tolist() for step in range(steps - 1)]
    units, ticks, masks, entries = (
        one.tolist() for one in (rows.unit, rows.tick, rows.mask, rows.entry)
    )
    found: list[list[int]] = []
    waiting: list[list[int]] = []
    unit = -1
    for row in watched(order.tolist(), go_on):
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
