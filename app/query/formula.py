"""
What formulas say (semantics §7.2): functions, and terms made of them.

    %: UNIQUES(A) / ACTIVE(A2); ROLLAVG(TOTALS, B, 7)

A letter is an event of the chart, a digit after it a segment. Functions of a property use the
event's first grouping and are not split by it. `formulatext` reads them, `formulavalues` gives
their numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

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


def metrics_in(term: Term) -> Iterator[Metric]:
    """The metrics of a term, from left to right."""
    if isinstance(term, Metric):
        yield term
    elif isinstance(term, Sign):
        yield from metrics_in(term.left)
        yield from metrics_in(term.right)
    elif isinstance(term, Maths):
        yield from metrics_in(term.of)
