"""
From a figure of the engine to what the chart component draws.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.query import Figure
from app.query.definition import Axis, Segmentation
from app.query.figure import Series as Numbers
from app.query.figure import titled
from ui.charts.data import ChartData, Limits, Mark, Series
from ui.pages.explore.totals import Part
from ui.pages.explore.words import shift_title

COLOURS = 8
NOTHING: Mapping[str, str] = {}
USUAL = 10
"""How many series a chart shows until somebody chooses rows."""


def number_of(value: float | None) -> float:
    """A number to draw."""
    return math.nan if value is None else float(value)


def title_of(one: Numbers) -> str:
    """What a series is called, an earlier period said."""
    if not one.compared:
        return one.name
    return f"{one.name} ({shift_title(one.compared)})"


def shared_title(names: Sequence[str]) -> str:
    """What all names begin with, up to a `; `: no legend has to repeat it."""
    parts = [name.split("; ") for name in names]
    least = min(map(len, parts), default=0)
    if len(parts) < 2 or least < 2:
        return ""
    heads = [one[: least - 1] for one in parts]
    same = 0
    while same < least - 1 and len({head[same] for head in heads}) == 1:
        same += 1
    return "; ".join(parts[0][:same])


def name_of(one: Numbers) -> str:
    """What a definition calls a series, which a legend may call otherwise."""
    return f"{one.name} ({one.compared})" if one.compared else one.name


def short_titles(
    figure: Figure, shown: Sequence[int], names: Mapping[str, str] = NOTHING
) -> list[str]:
    """Titles for a legend: `names` that somebody gave; else without what all of them begin with,
    and of groups of several events, the event is its letter."""
    chosen = [figure.series[at] for at in shown]
    shared = shared_title([one.name for one in chosen])
    lettered = len({one.event for one in chosen}) > 1 and any(
        one.group and one.event is not None for one in chosen
    )
    titles = []
    for one in chosen:
        title = title_of(one).removeprefix(f"{shared}; ")
        _, divided, rest = title.partition("; ")
        letter = chr(ord("A") + (one.event or 0))
        short = f"{letter}: {rest}" if lettered and divided and one.group else title
        titles.append(names.get(name_of(one), short))
    return titles


def usual(figure: Figure, most: int = USUAL) -> tuple[int, ...]:
    """The series that are shown when nobody chose any: the first of the engine's order, each with
    its earlier periods. Of groups of bars, half as many."""
    now = [at for at, one in enumerate(figure.series) if not one.compared]
    if any(figure.series[at].bin for at in now):
        # Of a histogram, whole groups: one with some of its bins would be another histogram.
        groups = dict.fromkeys(_heap_of(figure.series[at]) for at in now)
        chosen = set(list(groups)[: -(-most // 2)])
        now = [at for at in now if _heap_of(figure.series[at]) in chosen]
    else:
        now = now[:most]
    kept = {_identity(figure.series[at]) for at in now}
    return tuple(
        at
        for at, one in enumerate(figure.series)
        if at in now or (one.compared and _identity(one) in kept)
    )


def _heap_of(one: Numbers) -> tuple[object, ...]:
    return one.event, one.segment, one.group, one.formula


def _identity(one: Numbers) -> tuple[object, ...]:
    return one.event, one.segment, one.group, one.bin, one.formula


def chart_data(
    figure: Figure,
    shown: Sequence[int],
    happened: tuple[Mark, ...] = (),
    look: Segmentation | None = None,
) -> ChartData:
    """These series over the intervals of the figure, in the `look` of a chart: events (or
    formulas) that are at its right are drawn against a second axis, unless all of them are."""
    buckets = figure.buckets
    if not buckets.starts:
        return ChartData()
    right = look.right if look else ()
    axis = look.axis if look else Axis()
    colours = colours_of(figure, shown)
    series = []
    later = {shift for shift, _ in figure.periods[1:]}
    shared = shared_title([figure.series[at].name for at in shown])
    titles = short_titles(figure, shown, dict(look.legend) if look else NOTHING)
    for at, title in zip(shown, titles, strict=True):
        one = figure.series[at]
        points = list(map(number_of, one.points))[: len(buckets)]
        # Months are not equally long: an earlier one may be shorter.
        points += [math.nan] * (len(buckets) - len(points))
        is_right = _place(one) in right and not all(
            _place(figure.series[other]) in right for other in shown
        )
        series.append(
            Series(
                str(at), f"{title} (right axis)" if is_right else title, tuple(points),
                colours[at], number_of(one.total), one.unit or ("" if is_right else axis.unit),
                bool(one.compared), one.compared in later, is_right,
            )
        )  # fmt: skip
    partial = min(buckets.partial) if buckets.partial else None
    edges, limits = (*buckets.starts, buckets.ends[-1]), Limits(axis.min, axis.max, axis.outside)
    return ChartData(edges, tuple(series), partial, shared, happened, limits)


def colours_of(figure: Figure, shown: Sequence[int]) -> dict[int, int]:
    """The colour of each series by its place. Each has its own as long as there are enough; else
    an earlier period has the colour of the present one, and only its line is another."""
    enough = len(shown) <= COLOURS
    found: dict[tuple[object, ...], int] = {}
    places: dict[int, int] = {}
    # The present first: it has the same colours with and without earlier periods.
    for at in sorted(shown, key=lambda at: bool(figure.series[at].compared)):
        one = figure.series[at]
        like = (*_identity(one), one.compared if enough else "")
        places[at] = found.setdefault(like, len(found))
    return places


def _place(one: Numbers) -> int:
    """Which event, or which formula, a series is of."""
    return one.formula if one.formula is not None else one.event or 0


def relative(data: ChartData) -> ChartData:
    """The same as parts of what all series have together, in percent."""
    sums = [sum(value for value in column if not math.isnan(value))
            for column in zip(*(one.values for one in data.series), strict=True)]  # fmt: skip
    whole = sum(one.total for one in data.series if not math.isnan(one.total))
    series = tuple(
        replace(
            one,
            values=tuple(
                value / among * 100 if among else math.nan
                for value, among in zip(one.values, sums, strict=True)
            ),
            whole=one.total / whole * 100 if whole else math.nan,
            unit="%",
        )
        for one in data.series
    )
    return replace(data, series=series)


def relative_parts(found: Sequence[Part], *, by_row: bool) -> list[Part]:
    """Parts over the whole range as parts of all, or of those in their row, in percent."""
    sums: dict[str, float] = {}
    for one in found:
        if not math.isnan(one.value):
            row = one.row if by_row else ""
            sums[row] = sums.get(row, 0) + one.value
    return [
        one._replace(value=one.value / among * 100 if among else math.nan, unit="%")
        for one in found
        for among in (sums.get(one.row if by_row else "", 0),)
    ]


def parts(
    figure: Figure, shown: Sequence[int], look: Segmentation, *, stacked: bool = False
) -> list[Part]:
    """These series over the whole range, in the `look` of a chart. Bins of one histogram share a
    colour."""
    shared = shared_title([figure.series[at].name for at in shown])
    names = dict(look.legend)
    colours: dict[tuple[object, ...], int] = {}
    found = []
    for at in shown:
        one = figure.series[at]
        place = one.event, one.segment, one.group, one.formula
        like: tuple[object, ...] = (*(place if one.bin else _identity(one)), one.compared)
        if stacked and one.group:
            # The same group has the same colour in each row.
            like = (one.group,)
        colour = colours.setdefault(like, len(colours))
        title = names.get(name_of(one), title_of(one).removeprefix(f"{shared}; "))
        row = one.name.split("; ")[0]
        name = "; ".join(map(titled, one.group)) if one.group else title
        name = names.get(name_of(one), name)
        unit = one.unit or look.axis.unit
        found.append(Part(at, title, number_of(one.total), colour, unit, row, name))
    return found


def identity_of(figure: Figure, at: int) -> tuple[object, ...]:
    """What a series is, whatever its place among others."""
    return (*_identity(figure.series[at]), figure.series[at].compared)
