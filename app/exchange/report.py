"""
What came of an import, and what had to be left out of it on the way.
"""

from dataclasses import dataclass

from app.errors import BadInput


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of what is stored now; `problem` is a sentence when something was left out."""

    uploads: int
    events: int
    skipped: int
    problem: str = ""


class Skipped:
    """Counts what cannot be read and remembers the first reason. Nothing is left out silently:
    who does not pass one of these to `captures_from` gets an error instead."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""

    def add(self, reason: str) -> None:
        """One more was left out."""
        self.count += 1
        self.first = self.first or reason

    def sentence(self, name: str) -> str:
        """What a person should know, or an empty text. `name` is what is counted."""
        if self.count < 2:
            return self.first
        return f"{self.first} {self.count} {name} were left out in all."


class Strict(Skipped):
    """Leaves nothing out: raises BadInput instead."""

    def add(self, reason: str) -> None:
        """The first one ends it."""
        raise BadInput(reason)
