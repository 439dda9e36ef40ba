"""
What a rule remembers: the values of the keys that were used last, and never more than so many.

Two generations: when the younger is full, the older goes. So at most twice `most` values are kept,
each that was used among the last `most` keys is still there, and nothing is sorted. Keys are texts,
numbers or tuples of them and values are JSON, because they are saved between two runs: it is known
which of them changed since the last time.
"""

from collections.abc import Iterable
from typing import Any


class Recent[K, V]:
    """A mapping that forgets what was not used for long."""

    __slots__ = ("_changed", "_most", "_old", "_young")

    def __init__(self, most: int) -> None:
        self._most = most
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self._changed: dict[K, None] = {}

    def get(self, key: K) -> V | None:
        """The value, or None. It may be changed in place and will be saved."""
        found = self._young.get(key)
        if found is None:
            found = self._older(key)
            if found is None:
                return None
        self._changed[key] = None
        return found

    def peek(self, key: K) -> V | None:
        """The value, or None, for those who do not change it."""
        found = self._young.get(key)
        return self._older(key) if found is None else found

    def put(self, key: K, value: V) -> None:
        """Remember a value."""
        self._changed[key] = None
        self._keep(key, value)

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())

    def changes(self) -> tuple[list[tuple[K, V]], list[K]]:
        """What changed since the last time, and which keys were forgotten."""
        changed, self._changed = self._changed, {}
        kept: list[tuple[K, V]] = []
        gone: list[K] = []
        for key in changed:
            value = self._young.get(key)
            if value is None:
                value = self._old.get(key)
            if value is None:
                gone.append(key)
            else:
                kept.append((key, value))
        return kept, gone

    def load(self, items: Iterable[tuple[Any, V]]) -> None:
        """Know these and nothing else; JSON has made lists of tuples."""
        self._young, self._old = {}, {}
        for key, value in items:
            self._keep(_hashable(key), value)
        self._changed = {}

    def _older(self, key: K) -> V | None:
        found = self._old.get(key) if self._old else None
        if found is not None:
            self._keep(key, found)
        return found

    def _keep(self, key: K, value: V) -> None:
        if len(self._young) >= self._most and key not in self._young:
            # They are gone from what was saved, too, unless the younger ones have them.
            self._changed.update(dict.fromkeys(self._old))
            self._old, self._young = self._young, {}
        self._young[key] = value


def _hashable(key: Any) -> Any:
    return tuple(map(_hashable, key)) if isinstance(key, list) else key
