"""
Arithmetic of formulas on grids of numbers: nothing where there is no number, and no group that
only one of two terms has.
"""

import math
from collections.abc import Callable

from app.query.asks import Cells, Grid
from app.query.definition import Group
from app.query.grids import quotient
from app.query.node import BadDefinition

LONGEST_EXPONENT = 700

SIGNS: dict[str, Callable[[float | None, float | None], float | None]] = {
    "+": lambda a, b: None if a is None or b is None else a + b,
    "-": lambda a, b: None if a is None or b is None else a - b,
    "*": lambda a, b: None if a is None or b is None else a * b,
    "/": quotient,
}


def each(cells: Cells, change: Callable[[float | None], float | None]) -> Cells:
    """Every number changed alike, the total too."""
    return Cells(tuple(change(one) for one in cells.points), change(cells.total))


def mapped(grid: Grid, change: Callable[[float | None], float | None]) -> Grid:
    """The same for every group."""
    groups = {group: each(cells, change) for group, cells in grid.groups.items()}
    return Grid(groups, each(grid.missing, change), grid.pruned)


def combined(
    left: Grid, right: Grid, combine: Callable[[float | None, float | None], float | None]
) -> Grid:
    """Term by term. A group that only one has has no value (semantics §7.2)."""
    depths = {len(group) for grid in (left, right) for group in grid.groups}
    if len(depths) > 1:
        raise BadDefinition("formula", "All events need the same groupings, in the same order.")
    groups: dict[Group, Cells] = {}
    for group in [*left.groups, *(one for one in right.groups if one not in left.groups)]:
        if group in left.groups and group in right.groups:
            a, b = left.groups[group], right.groups[group]
            points = tuple(combine(x, y) for x, y in zip(a.points, b.points, strict=True))
            groups[group] = Cells(points, combine(a.total, b.total))
        else:
            some = left.groups.get(group) or right.groups[group]
            groups[group] = each(some, lambda _: None)
    return Grid(groups, Cells((None,) * len(left.missing.points), None))


def applied(name: str, x: float | None, number: float) -> float | None:
    """A function of a number; nothing where it has no value."""
    if x is None:
        return None
    try:
        if name == "EXP":
            return math.exp(x) if x <= LONGEST_EXPONENT else None
        if name == "LN":
            return math.log(x)
        if name == "LOG":
            return math.log(x, number)
        if name == "LOG10":
            return math.log10(x)
        if name == "SQRT":
            return math.sqrt(x)
        return math.pow(x, number)
    except (ValueError, OverflowError):
        return None


def sane(x: float | None) -> float | None:
    """A number that can be drawn; nothing in place of what is none or endless."""
    return x if x is not None and math.isfinite(x) else None


def trend(points: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """The least squares line over the index; numbers that are missing do not pull it."""
    known = [(i, y) for i, y in enumerate(points) if y is not None]
    if not known:
        return points
    mean_x = sum(i for i, _ in known) / len(known)
    mean_y = sum(y for _, y in known) / len(known)
    spread = sum((i - mean_x) ** 2 for i, _ in known)
    slope = sum((i - mean_x) * (y - mean_y) for i, y in known) / spread if spread else 0.0
    return tuple(mean_y + slope * (i - mean_x) for i in range(len(points)))
