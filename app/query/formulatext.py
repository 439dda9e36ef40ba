"""
Reads formulas from text, and says where a mistake is.
"""

import re
from dataclasses import replace

from app.query.formula import (
    HISTOGRAMS,
    MATHS,
    METRICS,
    ROLLING,
    Formula,
    Maths,
    Metric,
    Number,
    Sign,
    Term,
)
from app.query.node import BadDefinition

MOST = 10
LONGEST = 10_000
DEEPEST = 100
_PIECE = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|([A-Za-z_][A-Za-z_0-9]*)|(\S))")


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
