"""
Which events Amplitude has already: the same `insert_id` of the same device within seven days.

The sender never learns of it; the answer is the same 200. What counts is the first time an event
was accepted. The newest million are remembered, by hash: 100 MB at most, a tenth of that for most.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

WEEK_MS = 7 * 24 * 3_600_000
GENERATION = 500_000

type Key = int
"""Stands for an insert_id of a device of a source; 64 bits, so that two never meet."""


def keys_of(
    source: int | None, devices: Sequence[int | None], insert_ids: Sequence[str | None]
) -> list[Key | None]:
    """The keys of events; None for those without an insert_id, which are never the same."""
    if devices.count(devices[0]) == len(devices) and None not in insert_ids:
        # Most uploads are of one device.
        return list(map(hash((source, devices[0])).__xor__, map(hash, insert_ids)))
    return [
        None if name is None else hash((source, device)) ^ hash(name)
        for device, name in zip(devices, insert_ids, strict=True)
    ]


class Seen:
    """The events that were accepted, by number. Two generations: when the younger is full, the
    older goes. What was taken in a transaction that failed is taken back by `undo`."""

    def __init__(self) -> None:
        self._young: dict[Key, int] = {}
        self._old: dict[Key, int] = {}
        # When they arrived: that of the last beginning at or before an event is the event's.
        self._firsts: list[int] = []
        self._times: list[int] = []
        self._unsettled: list[Key] = []

    def accept(self, first: int, keys: Sequence[Key | None], at_ms: int) -> dict[int, int]:
        """Remember events numbered from `first`, in order, that arrived at this time. Returns the
        places of those that are known, with the number of the event that they are."""
        self._note(first, at_ms)
        if self._all_new(keys):
            self._add(dict(zip(keys, range(first, first + len(keys)), strict=True)))  # type: ignore[arg-type]
            return {}
        known: dict[int, int] = {}
        fresh: dict[Key, int] = {}
        for place, key in enumerate(keys):
            if key is None:
                continue
            earlier = fresh.get(key) or self._known(key, at_ms)
            if earlier is None:
                fresh[key] = first + place
            else:
                known[place] = earlier
        self._add(fresh)
        return known

    def find(self, key: Key) -> int | None:
        """The event that was accepted under this key, however long ago."""
        return self._young.get(key) or self._old.get(key)

    def load(self, rows: Iterable[tuple[int, Key, int]]) -> None:
        """Take back what was accepted earlier: number, key and time of arrival, in order."""
        for number, key, at_ms in rows:
            if not self._times or self._times[-1] != at_ms:
                self._note(number, at_ms)
            self._young.setdefault(key, number)

    def settle(self) -> None:
        """What was accepted is stored."""
        self._unsettled.clear()

    def undo(self) -> None:
        """What was accepted since the last `settle` is not stored."""
        for key in self._unsettled:
            self._young.pop(key, None)
        self._unsettled.clear()

    def forget(self) -> None:
        """Begin anew, as if nothing had ever arrived."""
        self.__init__()  # type: ignore[misc]

    def _all_new(self, keys: Sequence[Key | None]) -> bool:
        if None in keys or not self._young.keys().isdisjoint(keys):
            return False
        if self._old and not self._old.keys().isdisjoint(keys):
            return False
        return len(set(keys)) == len(keys)

    def _known(self, key: Key, at_ms: int) -> int | None:
        number = self.find(key)
        if number is None:
            return None
        arrived = self._times[max(bisect_right(self._firsts, number) - 1, 0)]
        # Both ways: an import may be older than what is there.
        return number if abs(at_ms - arrived) < WEEK_MS else None

    def _add(self, found: dict[Key, int]) -> None:
        if len(self._young) >= GENERATION:
            self._turn()
        self._young.update(found)
        self._unsettled += found

    def _note(self, first: int, at_ms: int) -> None:
        """Answers, and with them what was accepted, need not come in the order of arrival."""
        place = bisect_right(self._firsts, first)
        self._firsts.insert(place, first)
        self._times.insert(place, at_ms)

    def _turn(self) -> None:
        self._old, self._young = self._young, {}
        place = max(bisect_right(self._firsts, min(self._old.values())) - 1, 0)
        del self._firsts[:place], self._times[:place]
