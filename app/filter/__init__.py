"""
Filters: a condition on events as text, as a tree, as SQL and as a predicate.

    chosen = Filter(parse('type:"Add to Cart" prop.price > 10 -user:test'))
    store.events.newest(chosen, 200)           # app.filter.sql, over the store
    matches(chosen.query, subject)             # app.filter.predicate, for one event at hand

The two agree on every event; a test proves it on a real store.
"""

from dataclasses import dataclass

from app.filter.fields import COLUMNS
from app.filter.keys import FLAGS, KEYS, PARTS, chosen
from app.filter.parser import FilterProblem, Unknown, parse, unknown_keys
from app.filter.tree import (
    EVERYTHING,
    All,
    AnyOf,
    Condition,
    Node,
    Not,
    Op,
    all_of,
    conditions,
    equals,
    has,
    parts_of,
    quoted,
    to_text,
)
from app.model import Outcome

__all__ = [
    "EVERYTHING",
    "FLAGS",
    "KEYS",
    "PARTS",
    "All",
    "AnyOf",
    "Condition",
    "Filter",
    "FilterProblem",
    "Node",
    "Not",
    "Op",
    "Unknown",
    "all_of",
    "conditions",
    "equals",
    "has",
    "parse",
    "parts_of",
    "quoted",
    "to_text",
    "unknown_keys",
]

STUDIED = frozenset({"problem", "label", "person", "ip", *COLUMNS})
"""Keys that are known only once a capture was studied."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted. Empty: all of them."""

    query: Node = EVERYTHING
    source_id: int | None = None
    hidden_types: tuple[str, ...] = ()
    has_repeats: bool = True
    """Whether events that were sent before are wanted too."""

    def __bool__(self) -> bool:
        return (
            self.query != EVERYTHING
            or bool(self.hidden_types)
            or self.source_id is not None
            or not self.has_repeats
        )

    @property
    def waits(self) -> bool:
        """Whether an event has to be answered before it is known to match."""
        return any(_waits(one, is_negated) for one, is_negated in conditions(self.query))

    @property
    def studies(self) -> bool:
        """Whether an event has to be studied before it is known to match."""
        return any(
            one.key in STUDIED or (one.key == "has" and one.value in STUDIED)
            for one, _ in conditions(self.query)
        )


def _waits(one: Condition, is_negated: bool) -> bool:
    if one.key == "status":
        return True
    if one.key == "is":
        words = [word for word in chosen("is", one.value) if word in (*Outcome, "failed")]
    elif one.key == "outcome":
        words = chosen("outcome", one.value)
    else:
        return False
    return bool(words) and (is_negated or words != [Outcome.UNANSWERED])
