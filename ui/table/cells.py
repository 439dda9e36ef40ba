"""
What every table is made of: cells, columns, and how outcomes and ways in are told.

A cell is made once, when its row is read, and holds at most a few hundred characters: names come
from traffic and may be a megabyte long.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.model import Outcome, Via
from ui.plain import one_line


class Cell(NamedTuple):
    """Text as it is painted. `tone` is the name of a colour in `Tokens`; `icons` are painted before
    the text, each as a name and a tone; `help` is said besides the text."""

    text: str
    tone: str = "text"
    has_dot: bool = False
    icons: tuple[tuple[str, str], ...] = ()
    help: str = ""


EMPTY = Cell("")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `value` is what is copied, `cell` what is painted."""

    key: str
    title: str
    width: int
    cell: Callable[[Any], Cell]
    value: Callable[[Any], str]
    help: str
    is_mono: bool = False
    is_wide: bool = False
    """Takes the room that nobody else can use."""
    least: int = 0
    """How narrow it becomes when there is little room; 0 as wide as ever."""
    most: int = 0
    """How wide it becomes when there is room to spare; 0 no wider than it is."""
    cuts_middle: bool = False
    """Whether what is too long loses its middle, because both ends tell ids apart."""
    is_number: bool = False
    """Whether it stands at the right, so that digits are below each other."""
    yields: int = 0
    """Goes when there is no room, the lowest first; 0 never goes."""


OUTCOME_TONE = {
    Outcome.ACCEPTED: "good",
    Outcome.DUPLICATE: "note",
    Outcome.REJECTED: "bad",
    Outcome.THROTTLED: "warning",
    Outcome.SILENCED: "warning",
    Outcome.UNANSWERED: "muted",
}
VIA_WORD = {
    Via.PROXY: "Proxy",
    Via.ENDPOINT: "Endpoint",
    Via.IMPORT: "Import",
    Via.DEMO: "Demo",
}


def outcome_cell(outcome: Outcome, failure: str = "") -> Cell:
    """An outcome as a dot and a word; the word is enough."""
    tone = "bad" if outcome is Outcome.UNANSWERED and failure else OUTCOME_TONE[outcome]
    return Cell(outcome.capitalize(), tone, has_dot=True)


def id_cell(text: str | None) -> Cell:
    """An id, or a dash where there is none."""
    return Cell(one_line(text)) if text else Cell("–", "faint")
