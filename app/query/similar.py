"""
How much whole paths are alike: the list of journeys compares them with one (semantics §11).
"""

from collections.abc import Sequence


def alike(one: Sequence[str], other: Sequence[str]) -> float:
    """How much of two paths is the same, from 0 to 1: twice the steps that they have in common in
    the same order, of the steps of both."""
    whole = len(one) + len(other)
    return 2 * _common(one, other) / whole if whole else 1.0


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest sequence that both hold, not necessarily without gaps."""
    before = [0] * (len(other) + 1)
    for step in one:
        now = [0]
        for at, there in enumerate(other):
            now.append(before[at] + 1 if step == there else max(before[at + 1], now[at]))
        before = now
    return before[-1]
