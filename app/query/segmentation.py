"""
Segmentation: uniques, totals and the other measures over time (semantics §7).
"""

import math
from collections.abc import Iterator
from dataclasses import replace

from app.errors import BadInput
from app.query.asks import Ask, Cells, Frame, Grid
from app.query.calendar import Buckets, Clock, cut, span_of
from app.query.comparing import earlier
from app.query.definition import EventSpec, Group, Segmentation, rows_kept
from app.query.distribution import Distribution
from app.query.figure import Figure, Series, titled
from app.query.formula import HISTOGRAMS, Metric
from app.query.formulatext import parse
from app.query.formulavalues import Maker, property_of
from app.query.grids import divided, framed, percent, rolled
from app.query.metrics import Questions, Rows
from app.query.places import Context
from app.query.spread import distributions, median_metric

FREQUENCY_EDGES = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 11.0, 21.0, 51.0)
BINS = 10
LONGEST_DAY = 26 * 3_600_000
_ORDERS = {
    "totals": "totals",
    "average": "totals",
    "distribution": "totals",
    "sum": "sum",
    "property_average": "sum",
    "distinct_per_user": "pairs",
}


def segmentation(chart: Segmentation, rows: Rows, context: Context) -> Figure:
    """The answer to a chart. Raises BadInput for what cannot be asked."""
    buckets = buckets_of(chart, context.clock)
    questions = Questions(rows, chart, context)
    if chart.measure == "distribution" and not chart.edges:
        chart = replace(chart, edges=edges_of(chart, questions, buckets))
        questions = replace(questions, chart=chart)
    series, pruned, unit = _series(chart, questions, buckets)
    periods = []
    for shift in chart.compare:
        before = earlier(buckets, shift, context.clock)
        found, _, _ = _series(chart, questions, before)
        series += [replace(one, compared=shift) for one in found]
        periods.append((shift, before))
    hidden = set(chart.hidden)
    kept = [one for one in series if one.group not in hidden or not one.group]
    spreads = _spreads(chart, questions, buckets, kept)
    statements = tuple(questions.sql)
    return Figure(buckets, tuple(kept), unit, pruned, tuple(periods), statements, spreads)


def _spreads(
    chart: Segmentation, questions: Questions, buckets: Buckets, series: list[Series]
) -> tuple[Distribution, ...]:
    if chart.measure not in ("frequency", "distribution"):
        return ()
    metric, property_ = median_metric(chart), chart.property
    medians = {
        (at, number): questions.grid(
            replace(
                _ask(chart, at, number, metric),
                number=0.5,
                edges=(),
                property=None if chart.measure == "frequency" else property_,
            ),
            Frame(buckets),
        )
        for at in range(len(chart.events))
        for number in range(len(chart.segments))
    }
    return distributions(chart.edges or FREQUENCY_EDGES, _bins(chart), series, medians)


def edges_of(chart: Segmentation, questions: Questions, buckets: Buckets) -> tuple[float, ...]:
    """Where the bins of a distribution begin: as somebody said, or round ones over the values of
    all events and segments."""
    if chart.edges:
        return chart.edges
    found = [
        questions.grid(replace(_ask(chart, at, number, metric), by=()), Frame(buckets)).get(())
        for at in range(len(chart.events))
        for number in range(len(chart.segments))
        for metric in ("min", "max")
    ]
    known = [cells.total for cells in found if cells.total is not None]
    return tuple(distribution_edges(min(known), max(known))) if known else (0.0,)


def buckets_of(chart: Segmentation, clock: Clock) -> Buckets:
    """The intervals of a chart. Raises BadInput for a range that does not go with them."""
    span = span_of(chart.range, clock)
    if chart.interval == "realtime":
        if span.end_ms - span.start_ms > LONGEST_DAY:
            raise BadInput("Five-minute intervals go with a range of one day at most.")
        if chart.range.without:
            raise BadInput("Weekdays cannot be left out of five-minute intervals.")
    return cut(span, chart.interval, clock, chart.range.without)


def _series(
    chart: Segmentation, questions: Questions, buckets: Buckets
) -> tuple[list[Series], int, str]:
    if chart.measure == "formula":
        return _formulas(chart, questions, buckets)
    found: list[Series] = []
    pruned = 0
    for at, event in enumerate(chart.events):
        for number in range(len(chart.segments)):
            grid = _measured(chart, questions, buckets, at, number)
            pruned += max(0, grid.pruned)
            for group, cells in grid.groups.items():
                found.append(_named(chart, at, number, group, cells, event))
    unit = "%" if chart.measure == "active" else ""
    return [replace(one, unit=unit) for one in found], pruned, unit


def _named(
    chart: Segmentation, at: int, number: int, group: Group, cells: Cells, event: EventSpec
) -> Series:
    label = ""
    if chart.measure in ("frequency", "distribution"):
        *rest, index = group
        group = tuple(rest)
        label = _bins(chart)[int(index or 0)]
    parts = [event.title()]
    if len(chart.segments) > 1 or chart.segments[number].name:
        parts.append(chart.segments[number].name or f"Segment {number + 1}")
    parts += [titled(value) for value in group]
    if label:
        parts.append(label)
    return Series("; ".join(parts), cells.points, cells.total, at, number, group, label)


def _bins(chart: Segmentation) -> list[str]:
    edges = chart.edges or FREQUENCY_EDGES
    whole = chart.measure == "frequency"
    names = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        if high is None:
            names.append(f"{low:g}+")
        elif whole:
            names.append(f"{low:g}" if high - low <= 1 else f"{low:g}–{high - 1:g}")
        else:
            names.append(f"{low:g}–{high:g}")
    return names


def _ask(chart: Segmentation, at: int, number: int, metric: str) -> Ask:
    event = chart.events[at]
    by = (*chart.by, *event.by)
    return Ask(
        metric,
        event,
        chart.segments[number],
        by,
        chart.property,
        rows=rows_kept(chart, len(by)),
        order=_ORDERS.get(chart.measure, "uniques"),
        once=not chart.items,
        edges=chart.edges,
    )


def _measured(
    chart: Segmentation, questions: Questions, buckets: Buckets, at: int, number: int
) -> Grid:
    """A measure of an event in a segment; rolling averages are over the finished numbers."""
    n = chart.rolling_average
    frame = framed(
        chart.interval,
        chart.range.without,
        questions.context.clock,
        buckets,
        n or chart.rolling_window,
    )
    if not n:
        frame = replace(frame, window=chart.rolling_window, cumulative=chart.cumulative)
        return _measure(chart, questions, frame, at, number)
    grid = _measure(chart, questions, replace(frame, lead=0), at, number)
    averaged = {
        group: Cells(rolled(cells.points, n)[frame.lead :], cells.total)
        for group, cells in grid.groups.items()
    }
    if frame.lead:
        plain = _measure(chart, questions, Frame(buckets), at, number)
        averaged = {g: replace(c, total=plain.get(g).total) for g, c in averaged.items()}
    return Grid(averaged, grid.missing, grid.pruned)


def _measure(chart: Segmentation, questions: Questions, frame: Frame, at: int, number: int) -> Grid:
    def grid(metric: str, **changes: object) -> Grid:
        return questions.grid(replace(_ask(chart, at, number, metric), **changes), frame)  # type: ignore[arg-type]

    measure = chart.measure
    if measure in ("uniques", "totals"):
        return grid(measure, property=None)
    if measure == "sum":
        return grid("sum")
    if measure == "average":
        return divided(
            grid("totals", property=None), grid("uniques", property=None, order="totals")
        )
    if measure == "property_average":
        return divided(grid("sum"), grid("numbers"))
    if measure == "distinct_per_user":
        return divided(grid("pairs"), grid("uniques"))
    if measure == "median":
        return grid("quantile", number=0.5)
    if measure == "frequency":
        return _binned(grid("frequency", property=None, edges=chart.edges or FREQUENCY_EDGES))
    if measure == "distribution":
        return _binned(grid("distribution", edges=chart.edges))
    return _active(chart, questions, frame, at, number)


def _binned(grid: Grid) -> Grid:
    """Groups as they were, and the bins of each from the lowest."""
    places: dict[Group, int] = {}
    for group in grid.groups:
        places.setdefault(group[:-1], len(places))
    ordered = sorted(grid.groups, key=lambda group: (places[group[:-1]], int(group[-1] or 0)))
    return Grid({group: grid.groups[group] for group in ordered}, grid.missing, grid.pruned)


def _active(chart: Segmentation, questions: Questions, frame: Frame, at: int, number: int) -> Grid:
    """Users with the event by users with any active one, in percent. A grouping of the segment
    holds for both, one of the event only for the event (semantics §7.1)."""
    doers = questions.grid(replace(_ask(chart, at, number, "uniques"), property=None), frame)
    depth = len(chart.by)
    wanted = tuple(dict.fromkeys(group[:depth] for group in doers.groups)) if depth else None
    everybody = Ask("uniques", EventSpec("active"), chart.segments[number], chart.by, groups=wanted)
    actives = questions.grid(everybody, frame)
    under = Grid({g: actives.get(g[:depth]) for g in doers.groups}, actives.missing)
    shares = divided(doers, under)
    return Grid(
        {g: percent(cells) for g, cells in shares.groups.items()}, shares.missing, doers.pruned
    )


def _formulas(
    chart: Segmentation, questions: Questions, buckets: Buckets
) -> tuple[list[Series], int, str]:
    parsed = parse(chart.formula, len(chart.events), len(chart.segments))
    found: list[Series] = []
    for index, one in enumerate(parsed):
        if isinstance(one.term, Metric) and one.term.name in HISTOGRAMS:
            series = _histogram(chart, questions, buckets, one.term)
            found += [
                replace(
                    s,
                    name="; ".join((one.text, *s.name.split("; ")[1:])),
                    formula=index,
                    unit=one.unit,
                )
                for s in series
            ]
            continue
        maker = Maker(chart, questions, buckets)
        for number, group, cells in maker.evaluate(one):
            parts = [one.text]
            if len(chart.segments) > 1:
                parts.append(chart.segments[number].name or f"Segment {number + 1}")
            parts += [titled(value) for value in group]
            name = "; ".join(parts)
            shares = percent(cells) if one.unit == "%" else cells
            found.append(
                Series(
                    *(name, shares.points, shares.total, None, number, group, "", index),
                    unit=one.unit,
                )
            )
    units = {one.unit for one in parsed}
    return found, 0, units.pop() if len(units) == 1 else ""


def _histogram(
    chart: Segmentation, questions: Questions, buckets: Buckets, metric: Metric
) -> list[Series]:
    """HIST and PROPHIST: what the measures Frequency and Distribution give for one event."""
    event = chart.events[metric.event]
    plain = replace(chart, formula="", property=None, measure="frequency", events=(event,))
    if metric.name == "PROPHIST":
        wanted = property_of(event, metric)
        plain = replace(plain, measure="distribution", property=wanted)
        plain = replace(plain, events=(replace(event, by=event.by[1:]),))
    asked = replace(questions, chart=plain)
    if plain.property is not None and not plain.edges:
        plain = replace(plain, edges=edges_of(plain, asked, buckets))
        asked = replace(asked, chart=plain)
    series, _, _ = _series(plain, asked, buckets)
    return [
        replace(one, event=None)
        for one in series
        if metric.segment is None or one.segment == metric.segment
    ]


def distribution_edges(low: float, high: float) -> Iterator[float]:
    """Round bins over a range of values."""
    if high <= low:
        yield low
        return
    step = 10 ** math.floor(math.log10((high - low) / BINS))
    step = next(one * step for one in (1, 2, 5, 10) if (high - low) / (one * step) <= BINS)
    at = math.floor(low / step)
    while at * step <= high:
        yield at * step
        at += 1
