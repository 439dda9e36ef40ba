"""
Which events belong to which group: a number for each event, and the groups by their newest event.

A million events take 12 MB, and a group some 100 bytes. What a group holds is looked up when it is
opened, in a millisecond.
"""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.grouping import Key

_Numbers = np.ndarray[Any, np.dtype[Any]]


class Groups:
    """Events in groups, which are known by number. Ids come and go as in a stream: newer ones at
    one end, older ones at the other, and the oldest leave."""

    def __init__(self) -> None:
        # As the stream keeps its ids: `older` from the newest to the oldest, `newer` upwards.
        self._older = array("q")
        self._older_groups = array("i")
        self._newer = array("q")
        self._newer_groups = array("i")
        self._by_key: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._counts = array("q")
        self._newest = array("q")
        self._oldest = array("q")
        self._order: _Numbers = np.empty(0, np.int32)
        self._places: _Numbers | None = None

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self._order)

    @property
    def events(self) -> int:
        """How many events are in groups."""
        return len(self._older) + len(self._newer)

    @property
    def newest(self) -> int | None:
        """The newest event in a group."""
        return self._newer[-1] if self._newer else self._older[0] if self._older else None

    @property
    def oldest(self) -> int | None:
        """The oldest event in a group."""
        return self._older[-1] if self._older else self._newer[0] if self._newer else None

    # Groups

    def at(self, place: int) -> int:
        """The group at a place, counted from the newest."""
        return int(self._order[place])

    def place_of(self, group: int) -> int:
        """The place of a group, or -1 when it is gone."""
        if self._places is None:
            self._places = np.full(len(self._keys), -1, np.int32)
            self._places[self._order] = np.arange(len(self._order), dtype=np.int32)
        return int(self._places[group]) if group < len(self._places) else -1

    def number(self, key: Key) -> int | None:
        """The group of a key."""
        return self._by_key.get(key)

    def key(self, group: int) -> Key:
        """What its events have in common."""
        return self._keys[group]

    def count(self, group: int) -> int:
        """How many events it has."""
        return self._counts[group]

    def newest_of(self, group: int) -> int:
        """Its newest event."""
        return self._newest[group]

    def oldest_of(self, group: int) -> int:
        """Its oldest event."""
        return self._oldest[group]

    def ids(self, group: int) -> "array[int]":
        """Its events, newest first."""
        newer = _where(self._newer, self._newer_groups, group)[::-1]
        older = _where(self._older, self._older_groups, group)
        return array("q", np.concatenate((newer, older)).tobytes())

    # Events

    def add_older(self, ids: Sequence[int], keys: Sequence[Key], places: Sequence[int]) -> None:
        """Events below all others, newest first; `places` say which of `keys` each has."""
        groups, empty = self._numbered(keys, places)
        self._older.extend(ids)
        self._older_groups.extend(groups)
        # A group that begins here begins below all that were known, as they come.
        fresh = [(group, event) for group, event in _firsts(groups, ids) if group in empty]
        for group, event in fresh:
            self._newest[group] = event
        for group, event in zip(groups, ids, strict=True):
            self._oldest[group] = event
        below = np.array([group for group, _ in fresh], np.int32)
        self._use_order(np.concatenate((self._order, below)))

    def add_newer(self, ids: Sequence[int], keys: Sequence[Key], places: Sequence[int]) -> None:
        """Events above all others, newest first."""
        groups, empty = self._numbered(keys, places)
        self._newer.extend(reversed(ids))
        self._newer_groups.extend(reversed(groups))
        moved = dict(_firsts(groups, ids))
        for group, event in moved.items():
            self._newest[group] = event
        for group, event in zip(groups, ids, strict=True):
            if group in empty:
                self._oldest[group] = event
        # They come newest first, and so do their groups.
        first = np.fromiter(moved, np.int32, len(moved))
        rest = self._order[~np.isin(self._order, first)]
        self._use_order(np.concatenate((first, rest)))

    def drop_below(self, first: int) -> None:
        """Events below this id are gone."""
        older, newer = np.array(self._older), np.array(self._newer)
        left, kept = int(np.sum(older >= first)), int(np.sum(newer >= first))
        gone = [*self._older_groups[left:], *self._newer_groups[: len(newer) - kept]]
        del self._older[left:], self._older_groups[left:]
        del self._newer[: len(newer) - kept], self._newer_groups[: len(newer) - kept]
        for group in gone:
            self._counts[group] -= 1
        self._find_oldest()
        self._leave_out_empty()

    def join(self, roots: Mapping[int, int]) -> bool:
        """Groups whose keys turned out to mean the same; says whether there were any."""
        pairs = [(self._by_key[one], root) for one, root in roots.items() if one in self._by_key]
        if not pairs:
            return False
        new = np.arange(len(self._keys) + len(pairs), dtype=np.int32)
        for old, root in pairs:
            new[old] = self._number(root)
            del self._by_key[self._keys[old]]
        for groups in (self._older_groups, self._newer_groups):
            groups[:] = array("i", new[np.array(groups, np.int32)].tobytes())
        for old, root in pairs:
            target = self._by_key[root]
            # What is told of a group without events is of long ago.
            told = [self._newest[one] for one in (target, old) if self._counts[one]]
            self._newest[target] = max(told, default=0)
            self._counts[target] += self._counts[old]
            self._counts[old] = 0
        self._find_oldest()
        everyone = np.arange(len(self._keys), dtype=np.int32)
        self._use_order(everyone[np.argsort(-np.array(self._newest, np.int64), kind="stable")])
        self._leave_out_empty()
        return True

    def _numbered(
        self, keys: Sequence[Key], places: Sequence[int]
    ) -> tuple["array[int]", set[int]]:
        """The group of each event, which are counted; and the groups that had none before."""
        numbers = np.fromiter(map(self._number, keys), np.int32, len(keys))
        at = np.array(places, np.int32)
        empty = {int(number) for number in numbers if not self._counts[number]}
        for number, count in zip(numbers, np.bincount(at, minlength=len(keys)), strict=True):
            self._counts[number] += int(count)
        return array("i", numbers[at].astype(np.int32).tobytes()), empty

    def _number(self, key: Key) -> int:
        found = self._by_key.get(key)
        if found is None:
            found = self._by_key[key] = len(self._keys)
            self._keys.append(key)
            self._counts.append(0)
            self._newest.append(0)
            self._oldest.append(0)
        return found

    def _find_oldest(self) -> None:
        oldest = np.array(self._oldest, np.int64)
        # Of several values for one place the last one stays, and that is the oldest.
        oldest[np.array(self._newer_groups, np.int32)[::-1]] = np.array(self._newer)[::-1]
        oldest[np.array(self._older_groups, np.int32)] = np.array(self._older)
        self._oldest[:] = array("q", oldest.tobytes())

    def _leave_out_empty(self) -> None:
        counts = np.array(self._counts)
        self._use_order(self._order[counts[self._order] > 0])

    def _use_order(self, order: _Numbers) -> None:
        self._order = order.astype(np.int32)
        self._places = None


def _where(ids: "array[int]", groups: "array[int]", group: int) -> _Numbers:
    found: _Numbers = np.array(ids, np.int64)[np.array(groups, np.int32) == group]
    return found


def _firsts(groups: "array[int]", ids: Sequence[int]) -> list[tuple[int, int]]:
    """Each group that occurs with its first event here, in the order of the events."""
    found: dict[int, int] = {}
    for group, event in zip(groups, ids, strict=True):
        found.setdefault(group, event)
    return list(found.items())
