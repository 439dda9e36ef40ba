"""
What differs between two JSON values, path by path.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

MOST = 2000
DEEPEST = 40


class Kind(StrEnum):
    """How two values differ at a path."""

    ADDED = "+"
    REMOVED = "−"
    CHANGED = "≠"


class Difference(NamedTuple):
    """One of them. `path` is written as JavaScript reads it; a side that has nothing is None."""

    path: str
    kind: Kind
    left: Any
    right: Any


def differences(left: Any, right: Any) -> list[Difference]:
    """What makes the right value of the left one, in the order of the left; at most `MOST`. Types
    count: 1 is not "1" and not true."""
    found: list[Difference] = []
    for one in _walk(left, right, "", 0):
        found.append(one)
        if len(found) >= MOST:
            break
    return found


def _walk(left: Any, right: Any, path: str, depth: int) -> Iterator[Difference]:
    if depth < DEEPEST and isinstance(left, dict) and isinstance(right, dict):
        for name in (*left, *(name for name in right if name not in left)):
            yield from _pair(left, right, name, f"{path}{step(name)}", depth)
    elif depth < DEEPEST and isinstance(left, list) and isinstance(right, list):
        ours, theirs = dict(enumerate(left)), dict(enumerate(right))
        for place in range(max(len(left), len(right))):
            yield from _pair(ours, theirs, place, f"{path}[{place}]", depth)
    elif type(left) is not type(right) or left != right:
        yield Difference(path, Kind.CHANGED, left, right)


def _pair(left: Any, right: Any, name: Any, path: str, depth: int) -> Iterator[Difference]:
    if name not in right:
        yield Difference(path, Kind.REMOVED, left[name], None)
    elif name not in left:
        yield Difference(path, Kind.ADDED, None, right[name])
    else:
        yield from _walk(left[name], right[name], path, depth + 1)


def step(name: str) -> str:
    """One step of a path."""
    if name.isidentifier():
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'
