"""
Which events Amplitude has already: the same `insert_id` of the same device within seven days.

The sender never learns of it; the answer is the same 200. What counts is the first time an event
was accepted. The newest million ids are remembered, by hash: 80 MB at most.
"""

from collections.abc import Sequence
from operator import itemgetter

import orjson

from app.model import Event

WEEK_MS = 7 * 24 * 3_600_000
GENERATION = 500_000

# Places in an `Event`: much faster than by name.
_device, _insert_id = itemgetter(3), itemgetter(5)


class Seen:
    """The events that were accepted. Two generations: when the younger is full, the older goes."""

    def __init__(self) -> None:
        self._young: dict[int, int] = {}
        self._old: dict[int, int] = {}
        self._unsaved: list[bytes] = []

    def accept(self, api_key: str, events: tuple[Event, ...], now_ms: int) -> tuple[int, ...]:
        """Remember these events; returns the places of those that were known."""
        known: list[int] = []
        for device, places in _by_device(events):
            known += self._accept(api_key, device, events, places, now_ms)
        return tuple(sorted(known))

    def withdraw(self, api_key: str, events: tuple[Event, ...], known: tuple[int, ...]) -> None:
        """Forget events that `accept` took, save those it knew: they could not be stored."""
        skipped = set(known)
        taken = [event for place, event in enumerate(events) if place not in skipped]
        for event in taken:
            self._young.pop(_salt(api_key, event.device_id) ^ hash(event.insert_id), None)
        gone = {event.insert_id for event in taken}
        self._unsaved = [
            orjson.dumps((*saved, [name for name in names if name not in gone]))
            for *saved, names in map(orjson.loads, self._unsaved)
        ]

    def unsaved(self) -> bytes:
        """What was accepted since the last time, for `load`; empty when nothing was."""
        unsaved, self._unsaved = self._unsaved, []
        return b"[" + b",".join(unsaved) + b"]" if unsaved else b""

    def load(self, unsaved: bytes) -> None:
        """Take back what `unsaved` gave, oldest first."""
        for at_ms, api_key, device, names in orjson.loads(unsaved):
            salt = _salt(api_key, device)
            self._add([salt ^ hash(name) for name in names], at_ms)

    def _accept(
        self,
        api_key: str,
        device: str | None,
        events: tuple[Event, ...],
        places: Sequence[int],
        now_ms: int,
    ) -> list[int]:
        """The same for the events of one device."""
        names = list(map(_insert_id, events))
        if len(places) < len(events) or None in names:
            places = [place for place in places if names[place] is not None]
            names = [names[place] for place in places]
        keys = list(map(_salt(api_key, device).__xor__, map(hash, names)))
        known: list[int] = []
        if not self._all_new(keys):
            keys, names, known = self._sorted_out(events, places, keys, now_ms)
        if keys:
            self._add(keys, now_ms)
            # As text at once: names that stay would keep the memory of whole uploads from reuse.
            self._unsaved.append(orjson.dumps((now_ms, api_key, device, names)))
        return known

    def _all_new(self, keys: list[int]) -> bool:
        if not self._young.keys().isdisjoint(keys):
            return False
        if self._old and not self._old.keys().isdisjoint(keys):
            return False
        return len(set(keys)) == len(keys)

    def _sorted_out(
        self, events: tuple[Event, ...], places: Sequence[int], keys: list[int], now_ms: int
    ) -> tuple[list[int], list[str | None], list[int]]:
        """The keys and names of those that are new, and the places of those that are not."""
        fresh: dict[int, str | None] = {}
        known = []
        for place, key in zip(places, keys, strict=True):
            # An event that is held back is sent again and again until it is final.
            if "delay" in events[place].raw:
                continue
            if key in fresh or self._knows(key, now_ms):
                known.append(place)
            else:
                fresh[key] = events[place].insert_id
        return list(fresh), list(fresh.values()), known

    def _knows(self, key: int, now_ms: int) -> bool:
        at_ms = self._young.get(key, self._old.get(key))
        return at_ms is not None and now_ms - at_ms < WEEK_MS

    def _add(self, keys: list[int], at_ms: int) -> None:
        if len(self._young) >= GENERATION:
            self._old, self._young = self._young, {}
        self._young.update(dict.fromkeys(keys, at_ms))


def _salt(api_key: str, device: str | None) -> int:
    return hash((api_key, device))


def _by_device(events: tuple[Event, ...]) -> list[tuple[str | None, Sequence[int]]]:
    """The places of events, by device. Most uploads are of one."""
    devices = list(map(_device, events))
    if not devices:
        return []
    if devices.count(devices[0]) == len(devices):
        return [(devices[0], range(len(devices)))]
    grouped: dict[str | None, list[int]] = {}
    for place, device in enumerate(devices):
        grouped.setdefault(device, []).append(place)
    return list(grouped.items())
