"""
Reads JSON that a person wrote, and says where a mistake is: `events[1].where[0].op: …`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from app.decode.body import clean
from app.errors import BadInput


class BadDefinition(BadInput):
    """A definition cannot be used. `path` is the place of the mistake, `problem` what it is."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


class Node:
    """A JSON value and its place."""

    def __init__(self, value: Any, path: str = "") -> None:
        self.value: Any = clean(value) if isinstance(value, str) else value
        self.path = path

    def wrong(self, problem: str) -> BadDefinition:
        """The error to raise about this place."""
        return BadDefinition(self.path, problem)

    def only(self, *names: str) -> "Node":
        """This object, if it has no keys but these."""
        if not isinstance(self.value, dict):
            raise self.wrong("An object in braces is needed here.")
        for name in self.value:
            if name not in names:
                listed = ", ".join(names)
                raise BadDefinition(_joined(self.path, str(name)), f"Not known here; {listed} are.")
        return self

    def has(self, name: str) -> bool:
        """Whether a key is there and not null."""
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def get(self, name: str) -> "Node":
        """What a key holds; null when it is not there."""
        return Node(self.value.get(name), _joined(self.path, name))

    def need(self, name: str) -> "Node":
        """What a key holds, which has to be there."""
        if not self.has(name):
            raise self.wrong(f"{name!r} is missing.")
        return self.get(name)

    def each(self) -> Iterator["Node"]:
        """The elements of a list; none when it is not there."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.wrong("A list in brackets is needed here.")
        for at, one in enumerate(self.value):
            yield Node(one, f"{self.path}[{at}]")

    def all[T](self, read: Callable[["Node"], T], most: int = 1000) -> tuple[T, ...]:
        """The elements of a list, read."""
        found = tuple(read(one) for one in self.each())
        if len(found) > most:
            raise self.wrong(f"No more than {most} can stand here.")
        return found

    def text(self, otherwise: str | None = None) -> str:
        """A text that is not empty."""
        if self.value is None and otherwise is not None:
            return otherwise
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("A text is needed here.")
        return self.value

    def choice(self, choices: tuple[str, ...], otherwise: str | None = None) -> str:
        """One of these texts."""
        found = self.text(otherwise)
        if found not in choices:
            raise self.wrong(f"{found!r:.60} is not one of {', '.join(choices)}.")
        return found

    def whole(self, low: int, high: int, otherwise: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        if self.value is None and otherwise is not None:
            return otherwise
        if type(self.value) is not int or not low <= self.value <= high:
            raise self.wrong(f"A whole number from {low} to {high} is needed here.")
        return self.value

    def yes(self) -> bool:
        """A true or false; false when it is not there."""
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise self.wrong("true or false is needed here.")
        return self.value


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
