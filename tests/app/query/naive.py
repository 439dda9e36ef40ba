"""
A second opinion on charts: the same questions answered by plain loops over small lists of events,
without a line of the engine.
"""

from collections import Counter, defaultdict
from itertools import permutations
from statistics import median
from typing import NamedTuple


class Did(NamedTuple):
    """An event: whose, what, when (ms), with one property, in order of receipt."""

    user: str
    kind: str
    at: int
    value: str | None
    place: int


def by_user(events: list[Did]) -> dict[str, list[Did]]:
    found = defaultdict(list)
    for one in sorted(events, key=lambda one: (one.at, one.place)):
        found[one.user].append(one)
    return found


def uniques(events: list[Did], kind: str, start: int, width: int, size: int) -> list[int]:
    return [
        len({e.user for e in events if e.kind == kind and 0 <= e.at - start - i * width < width})
        for i in range(size)
    ]


def totals(events: list[Did], kind: str, start: int, width: int, size: int) -> list[int]:
    return [
        sum(e.kind == kind and 0 <= e.at - start - i * width < width for e in events)
        for i in range(size)
    ]


def in_window(events: list[Did], kind: str, start: int, width: int, size: int, n: int) -> list[int]:
    return [
        len(
            {
                e.user
                for e in events
                if e.kind == kind and (i + 1 - n) * width <= e.at - start < (i + 1) * width
            }
        )
        for i in range(size)
    ]


def by_value(events: list[Did], kind: str, start: int, end: int) -> dict[str | None, int]:
    users = defaultdict(set)
    for e in events:
        if e.kind == kind and start <= e.at < end:
            users[e.value].add(e.user)
    return {value: len(of) for value, of in users.items()}


def frequency(events: list[Did], kind: str, start: int, end: int) -> Counter[int]:
    times = Counter(e.user for e in events if e.kind == kind and start <= e.at < end)
    return Counter(times.values())


type Cell = float | None


def numbers(events: list[Did], kind: str, start: int, end: int) -> list[float]:
    """The values of an event that are numbers."""
    return [
        float(e.value)
        for e in events
        if e.kind == kind and start <= e.at < end and e.value is not None and e.value.isdigit()
    ]


def measured(measure: str, events: list[Did], kind: str, start: int, end: int) -> Cell:
    """A measure of an event over a time (semantics §7.1)."""
    inside = [e for e in events if start <= e.at < end]
    did = [e for e in inside if e.kind == kind]
    users, values = {e.user for e in did}, numbers(events, kind, start, end)
    if measure == "average":
        return len(did) / len(users) if users else None
    if measure == "active":
        active = {e.user for e in inside}
        return 100 * len(users) / len(active) if active else None
    if measure == "sum":
        return sum(values)
    if measure == "property_average":
        return sum(values) / len(values) if values else None
    if measure == "median":
        return median(values) if values else None
    pairs = {(e.user, e.value) for e in did if e.value is not None}
    return len(pairs) / len(users) if users else None


class Funnel(NamedTuple):
    """What is asked: one letter a step, window in ticks."""

    steps: str
    order: str
    window: int
    start: int
    end: int
    seconds: bool = True
    excluded: str = ""


def _tick(ask: Funnel, event: Did) -> int:
    return event.at // 1000 if ask.seconds else event.at


def _once(ask: Funnel, events: list[Did]) -> list[Did]:
    if not ask.seconds:
        return events
    seen, kept = set(), []
    for e in events:
        key = (_tick(ask, e), e.kind)
        if key not in seen:
            seen.add(key)
            kept.append(e)
    return kept


def _blocked(ask: Funnel, everything: list[Did], low: int, high: int) -> bool:
    between = [e for e in everything if low < _tick(ask, e) < high]
    if ask.order == "exact":
        return bool(between)
    return any(e.kind in ask.excluded for e in between)


def _paths(ask: Funnel, events: list[Did], everything: list[Did], path: list[Did]):  # type: ignore[no-untyped-def]
    yield path
    if len(path) == len(ask.steps):
        return
    last = path[-1]
    for e in events:
        if e in path or e.kind != ask.steps[len(path)]:
            continue
        if ask.seconds and _tick(ask, e) < _tick(ask, last):
            continue
        if not ask.seconds and (e.at, e.place) <= (last.at, last.place):
            continue
        if _tick(ask, e) - _tick(ask, path[0]) > ask.window:
            continue
        if not _blocked(ask, everything, _tick(ask, last), _tick(ask, e)):
            yield from _paths(ask, events, everything, [*path, e])


def depth(
    ask: Funnel, everything: list[Did], among: list[Did] | None = None
) -> tuple[int, int, int]:
    """Of one user: steps done, tick of the entry, and the earliest end of such a path; by events
    among these."""
    events = _once(ask, everything if among is None else among)
    if ask.order == "any":
        return _any_order(ask, events, everything)
    best = (0, 0, 0)
    for e in events:
        if e.kind != ask.steps[0] or not ask.start <= e.at < ask.end:
            continue
        found = list(_paths(ask, events, everything, [e]))
        most = max(map(len, found))
        end = min(_tick(ask, path[-1]) for path in found if len(path) == most)
        if most > best[0]:
            best = (most, _tick(ask, e), end)
    return best


def _any_order(ask: Funnel, events: list[Did], everything: list[Did]) -> tuple[int, int, int]:
    for size in range(len(ask.steps), 0, -1):
        for chosen in permutations(events, size):
            if any(e.kind != step for e, step in zip(chosen, ask.steps, strict=False)):
                continue
            if not ask.start <= chosen[0].at < ask.end:
                continue
            ticks = [_tick(ask, e) for e in chosen]
            if max(ticks) - min(ticks) > ask.window:
                continue
            if not _blocked(ask, everything, min(ticks), max(ticks)):
                return size, 0, 0
    return 0, 0, 0


def held(ask: Funnel, events: list[Did]) -> tuple[int, ...]:
    """Bars with the value held constant: each value of a user is one to be counted."""
    depths = []
    for of in by_user(events).values():
        values = {e.value for e in of if e.value is not None}
        depths += [depth(ask, of, [e for e in of if e.value == one])[0] for one in values]
    return tuple(sum(d >= k for d in depths) for k in range(1, len(ask.steps) + 1))


def taken(ask: Funnel, events: list[Did]) -> list[int]:
    """The seconds that conversions took, in order."""
    found = [depth(ask, of) for of in by_user(events).values()]
    return sorted(end - entry for steps, entry, end in found if steps == len(ask.steps))


def over_time(ask: Funnel, events: list[Did], width: int) -> list[tuple[int, int]]:
    """Entered and converted by the time of entry: a user once in each bucket."""
    found = []
    for start in range(ask.start, ask.end, width):
        depths = [
            depth(ask._replace(start=start, end=start + width), of)[0]
            for of in by_user(events).values()
        ]
        found.append((sum(d > 0 for d in depths), sum(d == len(ask.steps) for d in depths)))
    return found


def bars(ask: Funnel, events: list[Did]) -> tuple[int, ...]:
    depths = [depth(ask, of)[0] for of in by_user(events).values()]
    return tuple(sum(d >= k for d in depths) for k in range(1, len(ask.steps) + 1))


def attempts(ask: Funnel, events: list[Did]) -> tuple[int, ...]:
    """Totals in this order with distinct steps at distinct seconds."""
    depths = []
    for of in by_user(events).values():
        running: list[tuple[int, int]] = []  # (entry, steps done)
        for e in of:
            for i, (entry, done) in enumerate(running):
                waits = done < len(ask.steps) and ask.steps[done] == e.kind
                if waits and _tick(ask, e) - entry <= ask.window:
                    running[i] = (entry, done + 1)
                    break
            else:
                if e.kind == ask.steps[0] and ask.start <= e.at < ask.end:
                    running.append((_tick(ask, e), 1))
        depths += [done for _, done in running]
    return tuple(sum(d >= k for d in depths) for k in range(1, len(ask.steps) + 1))


def any_attempts(ask: Funnel, events: list[Did]) -> tuple[int, ...]:
    """Totals in any order: every attempt takes of what is left the longest path of some window."""
    depths = [
        len(path)
        for of in by_user(events).values()
        for path in _any_attempts(ask, of, _once(ask, of))
    ]
    return tuple(sum(d >= k for d in depths) for k in range(1, len(ask.steps) + 1))


def _any_attempts(ask: Funnel, everything: list[Did], left: list[Did]) -> list[list[Did]]:
    found = []
    for entry in list(left):
        if entry not in left or entry.kind != ask.steps[0]:
            continue
        if not ask.start <= entry.at < ask.end:
            continue
        ways = [_around(ask, everything, left, entry, _tick(ask, e)) for e in everything]
        path = max(ways, key=len)  # The first of the longest: windows come in order.
        left = [e for e in left if e not in path]
        found.append(path)
    return found


def _around(
    ask: Funnel, everything: list[Did], left: list[Did], entry: Did, start: int
) -> list[Did]:
    """The longest path of a window that begins at this tick, by the earliest events."""
    inside = [
        e
        for e in left
        if 0 <= _tick(ask, e) - start <= ask.window
        and not _blocked(ask, everything, start, _tick(ask, e))
    ]
    if entry not in inside:
        return [entry]
    path = [entry]
    for step in ask.steps[1:]:
        chosen = next((e for e in inside if e.kind == step and e not in path), None)
        if chosen is None:
            break
        path.append(chosen)
    return path


def top(events: list[Did], start: int, end: int) -> Counter[str]:
    """How often each type came."""
    return Counter(e.kind for e in events if start <= e.at < end)
