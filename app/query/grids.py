"""
Arithmetic on grids of numbers: quotients, percent, rolling means, and the look-back they need.
"""

from app.query.asks import Cells, Frame, Grid
from app.query.calendar import Buckets, Clock, Span, cut, shifted


def framed(
    interval: str, without: tuple[str, ...], clock: Clock, buckets: Buckets, reach: int
) -> Frame:
    """The buckets with those before the range that rolling figures look back on."""
    if reach < 2:
        return Frame(buckets)
    first = buckets.starts[0]
    start = shifted(first, interval, 1 - reach, clock)
    before = cut(Span(start, first), interval, clock, without)
    lead = len(before)
    return Frame(
        Buckets(
            buckets.interval,
            (*before.starts, *buckets.starts),
            (*before.ends, *buckets.ends),
            frozenset(i + lead for i in buckets.partial),
            (*before.without, *buckets.without),
        ),
        lead,
    )


def rolled(points: tuple[float | None, ...], n: int) -> tuple[float | None, ...]:
    """The mean of the last n numbers, this one included; nothing counts as nothing, not as 0."""
    found: list[float | None] = []
    for at in range(len(points)):
        known = [one for one in points[max(0, at + 1 - n) : at + 1] if one is not None]
        found.append(sum(known) / len(known) if known else None)
    return tuple(found)


def divided(over: Grid, under: Grid) -> Grid:
    """One metric by another; nothing where the other is zero."""
    return Grid(
        {
            group: Cells(
                tuple(
                    quotient(a, b)
                    for a, b in zip(cells.points, under.get(group).points, strict=True)
                ),
                quotient(cells.total, under.get(group).total),
            )
            for group, cells in over.groups.items()
        },
        Cells((None,) * len(over.missing.points), None),
        over.pruned,
    )


def quotient(over: float | None, under: float | None) -> float | None:
    """Division that has no answer where there is none."""
    return over / under if over is not None and under else None


def percent(cells: Cells) -> Cells:
    """The same in percent."""
    return Cells(
        tuple(None if one is None else one * 100 for one in cells.points),
        None if cells.total is None else cells.total * 100,
    )
