"""
The numbers of formulas: evaluated for every bucket and group.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.query.asks import Ask, Cells, Frame, Grid
from app.query.calendar import Buckets
from app.query.definition import EventSpec, Group, PropertyRef, Segmentation, rows_kept
from app.query.formula import (
    HISTOGRAMS,
    OF_PROPERTY,
    Formula,
    Maths,
    Metric,
    Number,
    Sign,
    Term,
    metrics_in,
)
from app.query.formulamaths import SIGNS, applied, combined, each, mapped, sane, trend
from app.query.grids import divided, framed, rolled
from app.query.metrics import Questions
from app.query.node import BadDefinition

WINDOWS = {
    "realtime": 36,
    "hour": 72,
    "day": 90,
    "week": 12,
    "month": 12,
    "quarter": 12,
    "year": 12,
}

_ORDERS = {
    "PROPCOUNT": "distinct",
    "PROPCOUNTAVG": "pairs",
    "PERCENTILE": "totals",
    "FREQPERCENTILE": "totals",
}
"""By what groups of a formula of one term are ordered; others by users (semantics §6.3)."""
_NAMES = {
    "UNIQUES": "uniques",
    "TOTALS": "totals",
    "PROPSUM": "sum",
    "REVENUETOTAL": "sum",
    "PROPMIN": "min",
    "PROPMAX": "max",
    "PROPCOUNT": "distinct",
    "SESSIONTOTALS": "sessions",
}


class Maker:
    """Evaluates formulas of one chart over one range."""

    def __init__(self, chart: Segmentation, questions: Questions, buckets: Buckets) -> None:
        self._chart = chart
        self._ask = questions
        self._buckets = buckets
        self._segment = 0
        self._groups: tuple[Group, ...] | None = None

    def evaluate(self, formula: Formula) -> Iterator[tuple[int, Group, Cells]]:
        """The numbers of a formula by segment and group; once, when it names all segments."""
        own = any(metric.segment is None for metric in metrics_in(formula.term))
        for number in range(len(self._chart.segments) if own else 1):
            self._segment = number
            self._groups = None
            self._groups = self._kept(list(metrics_in(formula.term)))
            found = self._grid(formula.term)
            if isinstance(found, float):
                found = Grid({(): self._constant(found)})
            for group, cells in found.groups.items():
                yield number, group, each(cells, sane)

    def _kept(self, metrics: list[Metric]) -> tuple[Group, ...] | None:
        """The groups that a formula of several terms keeps: those with most users over all of
        them. Each term by itself would keep others, and their quotients would have no value."""
        asks = [replace(self._asked(metric, "uniques"), property=None) for metric in metrics]
        depths = {len(ask.by) for ask in asks}
        if len(metrics) < 2 or depths in ({0}, set()) or len(depths) > 1:
            return None
        rows = rows_kept(self._chart, max(depths))
        return self._ask.most_important(asks, Frame(self._buckets), rows)

    def _constant(self, value: float) -> Cells:
        return Cells((value,) * len(self._buckets), value)

    def _grid(self, term: Term) -> Grid | float:
        if isinstance(term, Number):
            return term.value
        if isinstance(term, Metric):
            return self._metric(term)
        if isinstance(term, Maths):
            return self._maths(term)
        return self._sign(term)

    def _sign(self, term: Sign) -> Grid | float:
        left, right = self._grid(term.left), self._grid(term.right)
        combine = SIGNS[term.sign]
        if term.sign == "/" and right == 0.0:
            raise BadDefinition("formula", "Something is divided by zero here.")
        if isinstance(left, float) and isinstance(right, float):
            found = combine(left, right)
            return found or 0.0
        if isinstance(left, float):
            return mapped(right, lambda x: combine(left, x))  # type: ignore[arg-type]
        if isinstance(right, float):
            return mapped(left, lambda x: combine(x, right))
        return combined(left, right, combine)

    def _maths(self, term: Maths) -> Grid | float:
        of = self._grid(term.of)
        if term.name == "TRENDLINE":
            grid = Grid({(): self._constant(of)}) if isinstance(of, float) else of
            return Grid({g: Cells(trend(c.points), c.total) for g, c in grid.groups.items()})
        if isinstance(of, float):
            found = applied(term.name, of, term.number)
            if found is None:
                raise BadDefinition("formula", f"{term.name}({of:g}) has no value.")
            return found
        return mapped(of, lambda x: applied(term.name, x, term.number))

    def _metric(self, metric: Metric) -> Grid:
        most = WINDOWS[self._chart.interval]
        if metric.n > most:
            raise BadDefinition(
                "formula", f"{metric.rolling} goes over {most} intervals of this length at most."
            )
        if metric.name in HISTOGRAMS:
            raise BadDefinition(
                "formula",
                f"{metric.name} gives a number for each bin, so it has to stand by itself.",
            )
        chart = self._chart
        clock = self._ask.context.clock
        if metric.rolling in ("", "CUMSUM"):
            frame = Frame(self._buckets, cumulative=metric.rolling == "CUMSUM")
            return self._plain(metric, frame)
        frame = framed(chart.interval, chart.range.without, clock, self._buckets, metric.n)
        if metric.rolling != "ROLLAVG":
            return self._plain(metric, replace(frame, window=metric.n))
        wide = self._plain(metric, Frame(frame.buckets))
        plain = self._plain(metric, Frame(self._buckets)) if frame.lead else wide
        return Grid(
            {
                group: Cells(rolled(cells.points, metric.n)[frame.lead :], plain.get(group).total)
                for group, cells in wide.groups.items()
            },
            plain.missing,
        )

    def _plain(self, metric: Metric, frame: Frame) -> Grid:
        def grid(name: str, **changes: object) -> Grid:
            return self._ask.grid(replace(self._asked(metric, name), **changes), frame)  # type: ignore[arg-type]

        name = metric.name
        if name == "AVG":
            return divided(grid("totals"), grid("uniques"))
        if name == "PROPAVG":
            return divided(grid("sum"), grid("numbers"))
        if name == "PROPCOUNTAVG":
            return divided(grid("pairs"), grid("uniques"))
        if name == "ACTIVE":
            return self._shared(grid("uniques"), metric, frame)
        if name == "ARPAU":
            return self._shared(grid("sum"), metric, frame)
        if name in ("PERCENTILE", "FREQPERCENTILE"):
            kind = "quantile" if name == "PERCENTILE" else "frequency_quantile"
            return grid(kind, number=metric.number)
        if name == "SEMANTICTOTALS":
            return grid("totals", once=metric.option == "UNIQUE_ARRAY_VALUES")
        return grid(_NAMES[name])

    def _asked(self, metric: Metric, name: str) -> Ask:
        chart = self._chart
        event = chart.events[metric.event]
        wanted: PropertyRef | None = None
        own = event.by
        if metric.name in OF_PROPERTY:
            wanted, own = property_of(event, metric), own[1:]
        number = self._segment if metric.segment is None else metric.segment
        order = _ORDERS.get(metric.name, "uniques")
        return Ask(
            name,
            event,
            chart.segments[number],
            (*chart.by, *own),
            wanted,
            order=order,
            before=metric.rolling == "ROLLWINBEFORE",
            rows=rows_kept(chart, len(chart.by) + len(own)),
            groups=self._groups,
        )

    def _shared(self, over: Grid, metric: Metric, frame: Frame) -> Grid:
        """Divided by the users with any active event in the same segment."""
        chart = self._chart
        number = self._segment if metric.segment is None else metric.segment
        depth = len(chart.by)
        wanted = tuple(dict.fromkeys(group[:depth] for group in over.groups)) if depth else None
        active = Ask(
            "uniques", EventSpec("active"), chart.segments[number], chart.by, groups=wanted
        )
        actives = self._ask.grid(active, frame)
        under = Grid({g: actives.get(g[:depth]) for g in over.groups}, actives.missing)
        return divided(over, under)


def property_of(event: EventSpec, metric: Metric) -> PropertyRef:
    """The property that a function is about: the event's first grouping (semantics §7.2)."""
    if not event.by:
        letter = chr(ord("A") + metric.event)
        raise BadDefinition(
            f"events[{metric.event}].by",
            f"{metric.name}({letter}) needs the event grouped by the property.",
        )
    return event.by[0]
