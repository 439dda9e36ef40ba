"""
Pieces of SQL and how they are joined, and what is asked of the store before they are made.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from app.filter.texts import TextTest


class Span(NamedTuple):
    """Some uploads: between which events theirs lie, and which uploads, if they are few."""

    first: int
    last: int
    uploads: tuple[int, ...] = ()


class FieldsFound(NamedTuple):
    """Combinations of fields: their numbers, none when they are too many to be listed; and whether
    the runs of events that say them are few."""

    numbers: tuple[int, ...] = ()
    are_few: bool = False


class Lookups(Protocol):
    """What is asked of the store before the events."""

    def names(self, kind: str, test: TextTest | None) -> list[int] | None:
        """The numbers of the names of a kind that meet a test, or None when they are too many to
        be listed."""

    def uploads(self, table: str, condition: str, values: tuple[object, ...]) -> Span | None:
        """The uploads for which a condition on a table (`uploads` or `captures`, named `one`)
        holds, or None when there are none."""

    def has_table(self, name: str) -> bool:
        """Whether the study keeps this table."""

    def fields(self, condition: str, values: tuple[object, ...]) -> FieldsFound | None:
        """The combinations in `study.fields` for which a condition holds, or None when there are
        none."""

    def labels(self, test: TextTest) -> list[int]:
        """The numbers of the labeled events whose name meets a test."""

    def muted(self) -> list[tuple[str, str | None]]:
        """Rules that a person does not want to hear of: each everywhere (None) or in the project
        with this API key."""

    def marked(self, word: str) -> list[int]:
        """The events that are `pinned`, `marked` or have a `note`."""


class Sql(NamedTuple):
    """A condition and what it binds."""

    text: str
    values: tuple[object, ...] = ()


NOTHING = Sql("0")


@dataclass(slots=True)
class Where:
    """A SQL condition over `events` and what it binds."""

    parts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, part: str, *values: object) -> None:
        """One more condition that must hold."""
        self.parts.append(part)
        self.values.extend(values)

    @property
    def sql(self) -> str:
        """The condition, true when there is none."""
        return " AND ".join(f"({part})" for part in self.parts) or "1"


def joined(word: str, parts: list[Sql]) -> Sql:
    """Conditions as one, with ` AND ` or ` OR ` between them."""
    if len(parts) == 1:
        return parts[0]
    text = word.join(f"({part.text})" for part in parts)
    return Sql(f"({text})", tuple(value for part in parts for value in part.values))
