"""
Look-ups that stay in memory as far as it is worth it, against a million ids.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

MOST = 200_000


class Remembered[K, V](OrderedDict[K, V]):
    """Answers of `look_up` by key; those used least lately are forgotten. None is no answer."""

    def __init__(self, look_up: Callable[[K], V | None], most: int = MOST) -> None:
        super().__init__()
        self._look_up = look_up
        self._most = most

    def get(self, key: K, default: Any = None) -> Any:
        """The value, from memory or looked up."""
        if key in self:
            self.move_to_end(key)
            return self[key]
        value = self._look_up(key)
        if value is None:
            return default
        self[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        if len(self) > self._most:
            self.popitem(last=False)
