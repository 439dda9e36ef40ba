"""
Formulas over metrics (semantics §7.2): read, and evaluated for every bucket and group.

    %: UNIQUES(A) / ACTIVE(A2); ROLLAVG(TOTALS, B, 7)

A letter is an event of the chart, a digit after it a segment. Functions of a property use the
event's first grouping and are not split by it.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from app.query.calendar import Buckets
from app.query.definition import EventSpec, Group, PropertyRef, Segmentation, rows_kept
from app.query.grids import divided, framed, quotient, rolled
from app.query.metrics import Ask, Cells, Frame, Grid, Questions
from app.query.node import BadDefinition

MOST = 10
LONGEST = 10_000
DEEPEST = 100
LONGEST_EXPONENT = 700
WINDOWS = {
    "realtime": 36,
    "hour": 72,
    "day": 90,
    "week": 12,
    "month": 12,
    "quarter": 12,
    "year": 12,
}

METRICS = (
    "UNIQUES",
    "TOTALS",
    "AVG",
    "ACTIVE",
    "PROPSUM",
    "PROPAVG",
    "PROPMIN",
    "PROPMAX",
    "PROPCOUNT",
    "PROPCOUNTAVG",
    "PERCENTILE",
    "FREQPERCENTILE",
    "REVENUETOTAL",
    "ARPAU",
    "SESSIONTOTALS",
    "SEMANTICTOTALS",
)
HISTOGRAMS = ("HIST", "PROPHIST")
ROLLING = ("CUMSUM", "ROLLAVG", "ROLLWIN", "ROLLWINBEFORE")
MATHS = ("EXP", "LN", "LOG", "LOG10", "POWER", "SQRT", "TRENDLINE")
OF_PROPERTY = (
    "PROPSUM",
    "PROPAVG",
    "PROPMIN",
    "PROPMAX",
    "PROPCOUNT",
    "PROPCOUNTAVG",
    "PERCENTILE",
    "REVENUETOTAL",
    "ARPAU",
    "PROPHIST",
)
_PIECE = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|([A-Za-z_][A-Za-z_0-9]*)|(\S))")


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of an event; `segment` is None for the one of the series. `rolling` is over `n`."""

    name: str
    event: int
    segment: int | None
    number: float = 0.0
    option: str = ""
    rolling: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """`+ - * /` between two terms."""

    sign: str
    left: "Term"
    right: "Term"


@dataclass(frozen=True, slots=True)
class Maths:
    """A function of a term."""

    name: str
    of: "Term"
    number: float = 0.0


type Term = Number | Metric | Sign | Maths


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula: as it was written, its unit (`%`, `$` or none), and what it says."""

    text: str
    unit: str
    term: Term


def parse(text: str, events: int, segments: int) -> list[Formula]:
    """The formulas of a text, separated by `;`. Raises BadDefinition with the place."""
    if len(text) > LONGEST:
        raise BadDefinition("formula", f"At most {LONGEST} characters are possible.")
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if not parts:
        raise BadDefinition("formula", "A formula is needed, such as UNIQUES(A).")
    if len(parts) > MOST:
        raise BadDefinition("formula", f"At most {MOST} formulas are possible.")
    found = []
    for part in parts:
        unit, rest = ("", part) if part[:2] not in ("%:", "$:") else (part[0], part[2:])
        found.append(Formula(rest.strip(), unit, _Parser(rest, events, segments).formula()))
    return found


class _Parser:
    """Reads one formula from left to right."""

    def __init__(self, text: str, events: int, segments: int) -> None:
        self._text = text
        self._events = events
        self._segments = segments
        self._pieces = [
            (match.group(match.lastindex or 0), match.start(match.lastindex or 0))
            for match in _PIECE.finditer(text)
        ]
        self._at = 0
        self._depth = 0

    def formula(self) -> Term:
        """The whole text."""
        found = self._sum()
        if self._at < len(self._pieces):
            raise self._wrong("An operator or the end is expected")
        return found

    def _wrong(self, problem: str) -> BadDefinition:
        if self._at < len(self._pieces):
            sign, at = self._pieces[self._at]
            return BadDefinition("formula", f"{problem} at {sign!r}, character {at + 1}.")
        return BadDefinition("formula", f"{problem} at the end of {self._text.strip()!r}.")

    def _peek(self) -> str:
        return self._pieces[self._at][0] if self._at < len(self._pieces) else ""

    def _take(self) -> str:
        sign = self._peek()
        self._at += 1
        return sign

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._wrong(f"{sign!r} is expected")
        self._at += 1

    def _sum(self) -> Term:
        found = self._product()
        while self._peek() in ("+", "-"):
            found = Sign(self._take(), found, self._product())
        return found

    def _product(self) -> Term:
        found = self._single()
        while self._peek() in ("*", "/"):
            found = Sign(self._take(), found, self._single())
        return found

    def _single(self) -> Term:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong("This is nested too deeply")
        try:
            return self._unit()
        finally:
            self._depth -= 1

    def _unit(self) -> Term:
        sign = self._peek()
        if sign == "-":
            self._at += 1
            return Sign("*", Number(-1.0), self._single())
        if sign == "(":
            self._at += 1
            found = self._sum()
            self._expect(")")
            return found
        if sign[:1].isdigit() or sign[:1] == ".":
            return Number(self._number())
        if sign[:1].isalpha():
            return self._function()
        raise self._wrong("A number, a function or a parenthesis is expected")

    def _function(self) -> Term:
        name = self._peek().upper()
        if name not in (*METRICS, *HISTOGRAMS, *ROLLING, *MATHS):
            raise self._wrong("There is no such function")
        self._at += 1
        self._expect("(")
        if name in MATHS:
            found: Term = self._maths(name)
        elif name in ROLLING:
            found = self._rolling(name)
        else:
            found = self._metric(name)
        self._expect(")")
        return found

    def _maths(self, name: str) -> Term:
        of = self._sum()
        number = 0.0
        if name in ("LOG", "POWER"):
            self._expect(",")
            number = self._signed()
            if name == "LOG" and (number <= 0 or number == 1):
                raise BadDefinition("formula", "The base of LOG is above 0, and not 1.")
        return Maths(name, of, number)

    def _rolling(self, name: str) -> Term:
        metric = self._take().upper()
        if metric not in METRICS:
            self._at -= 1
            raise self._wrong("The name of a metric is expected")
        if metric == "ARPAU":
            self._at -= 1
            raise self._wrong(f"{name} does not go with ARPAU")
        self._expect(",")
        inner = self._metric(metric)
        n = 0
        if name != "CUMSUM":
            self._expect(",")
            n = int(self._number())
            if n < 1:
                raise BadDefinition("formula", f"{name} goes over one interval or more.")
        return replace(inner, rolling=name, n=n)

    def _metric(self, name: str) -> Metric:
        event, segment = self._event()
        number, option = 0.0, ""
        if name in ("PERCENTILE", "FREQPERCENTILE"):
            self._expect(",")
            number = self._number()
            if not 0 <= number <= 1:
                raise BadDefinition("formula", f"{name} needs a share from 0 to 1.")
        if name == "SEMANTICTOTALS":
            self._expect(",")
            option = self._take().upper()
            if option not in ("UNIQUE_ARRAY_VALUES", "ALL_VALUES"):
                self._at -= 1
                raise self._wrong("UNIQUE_ARRAY_VALUES or ALL_VALUES is expected")
        return Metric(name, event, segment, number, option)

    def _event(self) -> tuple[int, int | None]:
        match = re.fullmatch(r"([A-Ja-j])(\d*)", self._peek())
        if not match:
            raise self._wrong("The letter of an event is expected")
        event = ord(match[1].upper()) - ord("A")
        if event >= self._events:
            raise self._wrong("There is no such event in this chart")
        segment = int(match[2]) - 1 if match[2] else None
        if segment is not None and not 0 <= segment < self._segments:
            raise self._wrong("There is no such segment in this chart")
        self._at += 1
        return event, segment

    def _number(self) -> float:
        sign = self._peek()
        if not (sign[:1].isdigit() or sign[:1] == "."):
            raise self._wrong("A number is expected")
        self._at += 1
        return float(sign)

    def _signed(self) -> float:
        if self._peek() == "-":
            self._at += 1
            return -self._number()
        return self._number()


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
        own = any(metric.segment is None for metric in _metrics(formula.term))
        for number in range(len(self._chart.segments) if own else 1):
            self._segment = number
            self._groups = None
            self._groups = self._kept(list(_metrics(formula.term)))
            found = self._grid(formula.term)
            if isinstance(found, float):
                found = Grid({(): self._constant(found)})
            for group, cells in found.groups.items():
                yield number, group, _each(cells, _sane)

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
        combine = _SIGNS[term.sign]
        if term.sign == "/" and right == 0.0:
            raise BadDefinition("formula", "Something is divided by zero here.")
        if isinstance(left, float) and isinstance(right, float):
            found = combine(left, right)
            return found or 0.0
        if isinstance(left, float):
            return _mapped(right, lambda x: combine(left, x))  # type: ignore[arg-type]
        if isinstance(right, float):
            return _mapped(left, lambda x: combine(x, right))
        return _combined(left, right, combine)

    def _maths(self, term: Maths) -> Grid | float:
        of = self._grid(term.of)
        if term.name == "TRENDLINE":
            grid = Grid({(): self._constant(of)}) if isinstance(of, float) else of
            return Grid({g: Cells(_trend(c.points), c.total) for g, c in grid.groups.items()})
        if isinstance(of, float):
            found = _apply(term.name, of, term.number)
            if found is None:
                raise BadDefinition("formula", f"{term.name}({of:g}) has no value.")
            return found
        return _mapped(of, lambda x: _apply(term.name, x, term.number))

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
_SIGNS: dict[str, Callable[[float | None, float | None], float | None]] = {
    "+": lambda a, b: None if a is None or b is None else a + b,
    "-": lambda a, b: None if a is None or b is None else a - b,
    "*": lambda a, b: None if a is None or b is None else a * b,
    "/": quotient,
}


def _metrics(term: Term) -> Iterator[Metric]:
    if isinstance(term, Metric):
        yield term
    elif isinstance(term, Sign):
        yield from _metrics(term.left)
        yield from _metrics(term.right)
    elif isinstance(term, Maths):
        yield from _metrics(term.of)


def _each(cells: Cells, change: Callable[[float | None], float | None]) -> Cells:
    return Cells(tuple(change(one) for one in cells.points), change(cells.total))


def _mapped(grid: Grid, change: Callable[[float | None], float | None]) -> Grid:
    groups = {group: _each(cells, change) for group, cells in grid.groups.items()}
    return Grid(groups, _each(grid.missing, change), grid.pruned)


def _combined(
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
            groups[group] = _each(some, lambda _: None)
    return Grid(groups, Cells((None,) * len(left.missing.points), None))


def _apply(name: str, x: float | None, number: float) -> float | None:
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


def _sane(x: float | None) -> float | None:
    return x if x is not None and math.isfinite(x) else None


def _trend(points: tuple[float | None, ...]) -> tuple[float | None, ...]:
    """The least squares line over the index; numbers that are missing do not pull it."""
    known = [(i, y) for i, y in enumerate(points) if y is not None]
    if not known:
        return points
    mean_x = sum(i for i, _ in known) / len(known)
    mean_y = sum(y for _, y in known) / len(known)
    spread = sum((i - mean_x) ** 2 for i, _ in known)
    slope = sum((i - mean_x) * (y - mean_y) for i, y in known) / spread if spread else 0.0
    return tuple(mean_y + slope * (i - mean_x) for i in range(len(points)))
