"""
A line for numbers that grow, such as where bins begin: `0, 10, 50`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit


class NumbersField(QLineEdit):
    """Numbers separated by commas; empty for the usual ones. `take` gets them once they are
    right; until then the line says what is wrong in its tooltip and by its colour."""

    def __init__(
        self, place: str, what: str, given: tuple[float, ...],
        take: Callable[[tuple[float, ...]], object],
    ) -> None:  # fmt: skip
        super().__init__(", ".join(f"{one:g}" for one in given))
        self.setObjectName(place)
        self.setAccessibleName(what)
        self.setPlaceholderText("usual, or 0, 10, 50")
        self._what, self._given, self._take = what, given, take
        self.textChanged.connect(lambda _: self._look())
        self.editingFinished.connect(self._done)
        self._look()

    def _look(self) -> None:
        problem = "" if numbers_in(self.text()) is not None else "Numbers that grow are needed here"
        self.setToolTip(problem or f"{self._what}: numbers, separated by commas")
        self.setProperty("problem", bool(problem))
        self.style().unpolish(self)
        self.style().polish(self)

    def _done(self) -> None:
        found = numbers_in(self.text())
        if found is not None and found != self._given:
            self._given = found
            self._take(found)


def numbers_in(text: str) -> tuple[float, ...] | None:
    """The numbers in a line, or None when it holds something else or they do not grow."""
    found = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        try:
            number = float(part)
        except ValueError:
            return None
        if not math.isfinite(number):
            return None
        found.append(number)
    return tuple(found) if found == sorted(set(found)) else None
