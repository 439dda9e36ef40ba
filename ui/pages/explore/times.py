"""
How long something took, in words.
"""

from __future__ import annotations


def duration(seconds: float | None) -> str:
    """A time in the unit that fits."""
    if seconds is None:
        return "–"
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def edge(seconds: float) -> str:
    """The same for where a bin begins, without decimal places that say nothing."""
    return duration(seconds).replace(".0 ", " ")
