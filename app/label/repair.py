"""
Where an element went: candidates for a definition that stopped matching (labeling §C5).

What was seen when the definition was made is compared with what is clicked now (`likeness`). Two
things more are known of a page: elements that were there before are most likely still themselves,
so they are hardly the lost one; and most elements keep their order. The best are shown to a
person, never taken by themselves, because a count must be explainable and likeness is not.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import NamedTuple

from app.label.element import Element, taken_as
from app.label.evaluate import DefinitionJudge
from app.label.events import Definition
from app.label.hierarchy import read
from app.label.likeness import Crowd, Looks, looks

ORDER = 0.7
"""Odds taken off for elements that stand on another side than before, by their logarithm."""
LEAST = 0.0
BEST = 3
LOOKED_AT = 25
"""Candidates of which it is asked whether they were another element before."""
MOST_KNOWN = 400


@dataclass(frozen=True, slots=True)
class Candidate:
    """An element that may be the lost one. `likeness` is from 0 to 1, `sentence` says what is
    the same and what is not; `events` is how often it was clicked."""

    element: Element
    likeness: float
    sentence: str
    events: int = 0


class _Now(NamedTuple):
    """An element that is clicked now, with how often, its looks, and the odds that it is the lost
    one."""

    element: Element
    events: int
    looks: Looks
    odds: float


def candidates(
    definition: Definition,
    seen: Iterable[tuple[Element, int]],
    known: Iterable[Element] = (),
    most: int = BEST,
) -> list[Candidate]:
    """The elements among `seen` that are most likely the definition's, by its evidence, best first.
    What the definition matches already is left out: it is not lost. `known` are elements that were
    clicked while it still matched; whoever was there beside the lost one is hardly it."""
    lost = _evidence(definition)
    if lost is None:
        return []
    judge = DefinitionJudge(definition)
    every = [
        (one, count, _looks(one))
        for other, count in seen
        if (one := taken_as(other, definition.action))
    ]
    crowd = Crowd([its for _, _, its in every])
    before = [its for its in map(_looks, known) if not _is_same(its, lost)]
    beside = _Beside(crowd, lost, before, [its for _, _, its in every])
    whole = max(crowd.odds(lost, lost), 1.0)
    found = [
        _Now(one, count, its, crowd.odds(lost, its) - ORDER * log(1 + beside.passed(its)))
        for one, count, its in every
        if judge.of_element(one) is not True
    ]
    found.sort(key=_likelier)
    best = [one._replace(odds=beside.left(one)) for one in found[:LOOKED_AT]]
    return [
        Candidate(one.element, min(one.odds / whole, 1.0), _sentence(lost, one.looks), one.events)
        for one in sorted(best, key=_likelier)[:most]
        if one.odds / whole >= LEAST
    ]


class _Beside:
    """The elements that were there beside the lost one, and what became of them."""

    def __init__(
        self, crowd: Crowd, lost: Looks, before: Sequence[Looks], now: Sequence[Looks]
    ) -> None:
        self._crowd = crowd
        there = {its.identity: its for its in now if crowd.identities[its.identity] == 1}
        counts = Counter(its.identity for its in before)
        stayed = [its for its in before if counts[its.identity] == 1 and its.identity in there]
        self._sides = [(its.order < lost.order, there[its.identity].order) for its in stayed]
        self._stayed = {its.identity: its for its in stayed}
        # Whoever is found elsewhere cannot have become something else.
        self._missing = [its for its in before if its.identity not in self._stayed][:MOST_KNOWN]

    def passed(self, now: Looks) -> int:
        """How many of those that stayed are on another side of it than of the lost one."""
        return sum((order < now.order) is not was_before for was_before, order in self._sides)

    def left(self, one: _Now) -> float:
        """The odds that it is the lost one, less what speaks for its having been another."""
        was = self._stayed.get(one.looks.identity)
        others = [was] if was else self._missing
        best = max((self._crowd.odds(other, one.looks) for other in others), default=0.0)
        return one.odds - max(0.0, best - one.odds)


def _evidence(definition: Definition) -> Looks | None:
    hierarchy = read(definition.evidence.get("hierarchy"))
    text = definition.evidence.get("text")
    if not hierarchy.nodes:
        return None
    return looks(hierarchy, text if isinstance(text, str) else "")


def _looks(element: Element) -> Looks:
    return looks(element.hierarchy, element.text or "")


def _is_same(one: Looks, other: Looks) -> bool:
    return one.path == other.path and one.identity == other.identity


def _likelier(one: _Now) -> tuple[float, int]:
    return -one.odds, one.element.hierarchy.key


_WORDS = {
    "id": "id",
    "text": "text",
    "[name": "name",
    "[aria-label": "accessible name",
    "[title": "title",
    "[href": "address",
}


def _sentence(lost: Looks, now: Looks) -> str:
    """What is the same, and what is not, such as `Same text and address, in another place.`"""
    same = [word for name, word in _WORDS.items() if _has(lost, now, name)]
    hooks = [name for name in lost.own if name.startswith("[data-") and _has(lost, now, name)]
    same += ["test hook"] if hooks else []
    same += ["look"] if lost.classes and lost.classes == now.classes else []
    same += ["place"] if lost.path == now.path else []
    other = [
        word
        for name, word in _WORDS.items()
        if name in lost.own and lost.own[name] != now.own.get(name)
    ]
    said = f"Same {_listed(same)}" if same else "Somewhat alike"
    if other:
        return f"{said}; another {_listed(other)}."
    return f"{said}." if lost.path == now.path else f"{said}, in another place."


def _has(lost: Looks, now: Looks, name: str) -> bool:
    return name in lost.own and lost.own[name] == now.own.get(name)


def _listed(parts: list[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
