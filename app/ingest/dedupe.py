"""
Which events Amplitude has already: the same `insert_id` of the same device within seven days.

The sender never learns of it; the answer is the same 200. What counts is the first time an event
was accepted. The newest million ids are remembered, by hash: 80 MB at most.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from app.model import Event

WEEK_MS = 7 * 24 * 3_600_000
GENERATION = 500_000

type Accepted = tuple[int, str, str | None, list[str]]
"""When, the API key, the device, and the insert ids."""

# Places in an `Event`: much faster than by name.
_insert_id, _ids = itemgetter(5), itemgetter(3, 5)


class Seen:
    """The events that were accepted. Two generations: when the younger is full, the older goes."""

    def __init__(self) -> None:
        self._young: dict[int, int] = {}
        self._old: dict[int, int] = {}
        self._unsaved: list[Accepted] = []

    def accept(self, api_key: str, events: tuple[Event, ...], now_ms: int) -> tuple[int, ...]:
        """Remember these events; returns the places of those that were known."""
        ids = list(map(_ids, events))
        places: Sequence[int] = range(len(ids))
        if None in map(_insert_id, events):
            places = [place for place in places if events[place].insert_id is not None]
            ids = [ids[place] for place in places]
        hashes = [hash((api_key, known)) for known in ids]
        if self._all_new(hashes):
            self._remember(api_key, ids, hashes, now_ms)
            return ()
        at = dict(zip(places, ids, strict=True))
        fresh: dict[int, int] = {}
        for place, key in zip(places, hashes, strict=True):
            # An event that is held back is sent again and again until it is final.
            if "delay" not in events[place].raw and not self._knows(key, now_ms):
                fresh.setdefault(key, place)
        news = set(fresh.values())
        self._remember(api_key, [at[place] for place in fresh.values()], list(fresh), now_ms)
        return tuple(n for n in places if n not in news and "delay" not in events[n].raw)

    def withdraw(self, api_key: str, events: tuple[Event, ...], known: tuple[int, ...]) -> None:
        """Forget events that `accept` took, save those it knew: they could not be stored."""
        skipped = set(known)
        taken = [event for place, event in enumerate(events) if place not in skipped]
        for event in taken:
            self._young.pop(hash((api_key, _ids(event))), None)
        gone = {event.insert_id for event in taken}
        self._unsaved = [
            (at_ms, key, device, [name for name in names if name not in gone])
            for at_ms, key, device, names in self._unsaved
        ]

    def unsaved(self) -> list[Accepted]:
        """What was accepted since the last time."""
        unsaved, self._unsaved = self._unsaved, []
        return unsaved

    def load(self, accepted: Iterable[Accepted]) -> None:
        """Take back what `unsaved` gave, oldest first."""
        for at_ms, api_key, device, insert_ids in accepted:
            self._add((hash((api_key, (device, insert_id))) for insert_id in insert_ids), at_ms)

    def _all_new(self, hashes: list[int]) -> bool:
        if not self._young.keys().isdisjoint(hashes):
            return False
        if self._old and not self._old.keys().isdisjoint(hashes):
            return False
        return len(set(hashes)) == len(hashes)

    def _knows(self, key: int, now_ms: int) -> bool:
        at_ms = self._young.get(key, self._old.get(key))
        return at_ms is not None and now_ms - at_ms < WEEK_MS

    def _remember(
        self, api_key: str, ids: list[tuple[str | None, str]], hashes: list[int], now_ms: int
    ) -> None:
        if not ids:
            return
        self._add(hashes, now_ms)
        devices, insert_ids = zip(*ids, strict=True)
        grouped: dict[str | None, list[str]] = {devices[0]: list(insert_ids)}
        if len(set(devices)) > 1:
            grouped = {device: [] for device in devices}
            for device, insert_id in ids:
                grouped[device].append(insert_id)
        self._unsaved += [(now_ms, api_key, device, names) for device, names in grouped.items()]

    def _add(self, hashes: Iterable[int], at_ms: int) -> None:
        if len(self._young) >= GENERATION:
            self._old, self._young = self._young, {}
        self._young.update(dict.fromkeys(hashes, at_ms))
