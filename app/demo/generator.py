"""
Believable traffic of a shop, in order of arrival, from a seed.

The same arguments give the same bytes. Memory does not grow with the number of events but for the
people, of whom there are a few hundred to a few thousand: sessions are begun in order of time, and
what they send waits in a heap until nothing earlier can follow.
"""

import heapq
import itertools
import random
import time
from collections.abc import Iterator

from app.demo.backend import app_backend, web_backend
from app.demo.catalog import catalog
from app.demo.exchange import Network
from app.demo.mobile import MobileVisit
from app.demo.outgoing import Outgoing
from app.demo.people import WEB, Device, Person, person
from app.demo.timeline import Timeline
from app.demo.web import WebVisit
from app.model import Capture

_DAY_MS = 86_400_000
_SHORTEST_MS = 3_600_000
_NEWEST_VISIT_MS = 180_000
_PAUSE_MS = 1_900_000
"""A device rests longer than a session's timeout between two sessions."""
_IN_THE_SHOP_MS = (170_000, 100_000, 30_000)
"""Somebody is in the shop at this moment, so the newest events are seconds old."""
_WORTH_A_CROWD = 200
_FEWEST, _MOST = 420, 20_000
_EVENTS_EACH = 60


def captures(
    events: int, seed: int = 7, now_ms: int | None = None, days: float = 7
) -> Iterator[Capture]:
    """Exchanges of the last `days` before `now_ms` that carry at least `events` events (a few
    more: the last session is completed)."""
    now = int(time.time() * 1000) if now_ms is None else now_ms
    return _Shop(events, seed, now, days).captures()


class _Shop:
    """The people, what they are sending, and the clock."""

    def __init__(self, events: int, seed: int, now_ms: int, days: float) -> None:
        # Not for secrets: the same seed must give the same data.
        self._rng = random.Random(seed)  # noqa: S311
        self._wanted = events
        span = max(int(days * _DAY_MS), _SHORTEST_MS)
        self._now = now_ms
        self._timeline = Timeline(now_ms - span, now_ms - _NEWEST_VISIT_MS)
        self._network = Network(self._rng, now_ms)
        self._web, self._app = web_backend(self._rng), app_backend(self._rng)
        count = min(max(events // _EVENTS_EACH, _FEWEST), _MOST)
        self._people = [person(self._rng, number) for number in range(count)]
        self._heap: list[tuple[int, int, Outgoing]] = []
        self._order = itertools.count()
        self._made = 0

    def captures(self) -> Iterator[Capture]:
        """Everything, in order of arrival."""
        while self._made < self._wanted:
            start = self._timeline.at(self._made / self._wanted)
            yield from self._arriving(until=start)
            self._visit(start)
        if self._wanted >= _WORTH_A_CROWD:
            for ago in _IN_THE_SHOP_MS:
                self._visit(self._now - ago)
        yield from self._arriving(until=None)

    def _arriving(self, until: int | None) -> Iterator[Capture]:
        """What reaches the server before `until`; nothing that begins later can be earlier."""
        heap = self._heap
        while heap and (until is None or heap[0][0] < until):
            out = heapq.heappop(heap)[2]
            capture, again = self._network.exchange(out)
            if again:
                self._push(again)
            yield capture

    def _visit(self, start: int) -> None:
        """One session, from the first event to what the back end makes of it."""
        who, device = self._somebody(start)
        kind = WebVisit if device.kind == WEB else MobileVisit
        visit = kind(self._rng, catalog(), who, device, start)
        backend = self._web if device.kind == WEB else self._app
        self._send(visit.uploads())
        self._send(backend.hear(visit.ledger.entries))

    def _somebody(self, at_ms: int) -> tuple[Person, Device]:
        """Somebody who is not in the shop. A few come often, most seldom."""
        for _ in range(12):
            who = self._people[int(len(self._people) * self._rng.random() ** 1.5)]
            device = who.devices[int(len(who.devices) * self._rng.random())]
            if device.last_event_ms + _PAUSE_MS < at_ms:
                return who, device
        who = person(self._rng, len(self._people))
        self._people.append(who)
        return who, who.devices[0]

    def _send(self, uploads: Iterator[Outgoing]) -> None:
        for out in uploads:
            self._push(out)
            self._made += len(out.events) if out.at_ms <= self._now else 0

    def _push(self, out: Outgoing) -> None:
        if out.at_ms > self._now:
            # Who is still in the shop has not done this yet.
            return
        heapq.heappush(self._heap, (out.at_ms, next(self._order), out))
