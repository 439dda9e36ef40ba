"""
How likely two recorded elements are one and the same, before and after a release.

Each part that agrees speaks for it by how rare it is on the page: an address that only one element
has says much, a class of every button says nothing. A part that is gone speaks less against it
than one that says something else now. What changes from moment to moment (open, selected, active)
is not looked at. The weights are logarithms of odds, tuned on half of the pages of
`tests/bench/robustness`; that rare agreement counts most comes from record linkage
(Fellegi and Sunter, 1969).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import log
from typing import NamedTuple

from app.label.hierarchy import Hierarchy, Node
from app.label.selector.syntax import words
from app.label.stability import MOST_LOOKED_AT, class_kind

UNSEEN = 20
"""Elements that every page is taken to have besides: of few, nothing would be rare."""
DEEPEST = 100
LONGEST_TEXT = 400


class Weight(NamedTuple):
    """The most that agreement counts, and what is taken off when it is gone or another."""

    same: float
    gone: float
    other: float


WEIGHTS: Mapping[str, Weight] = {
    "tag": Weight(3.0, 2.5, 2.5),
    "id": Weight(6.0, 1.0, 1.5),
    "text": Weight(6.0, 1.5, 2.0),
    "href": Weight(6.0, 1.0, 2.0),
    "name": Weight(6.0, 1.0, 2.0),
    "aria-label": Weight(6.0, 1.0, 1.5),
    "type": Weight(3.0, 1.0, 1.5),
    "role": Weight(3.0, 1.0, 1.5),
    "data": Weight(5.0, 0.5, 1.0),
    "other": Weight(5.0, 0.5, 0.7),
}
WORDS = 2.0
CLASS, RAREST_CLASS, STEM = 0.5, 4.0, 1.5
NO_CLASS, NO_LOOK, NO_HASH = 0.3, 0.1, 0.05
REGION, AROUND = 0.5, 2.0
PATH, SAME_PATH, STEPS, SAME_STEP, DEPTH = 0.4, 1.5, 0.4, 0.5, 0.1

_KINDS = {
    "for": "name",
    **dict.fromkeys(("title", "alt", "placeholder"), "aria-label"),
}
_MOMENTARY = words(
    "aria-expanded aria-selected aria-pressed aria-checked aria-current aria-busy aria-disabled"
    " aria-hidden aria-activedescendant data-state data-active data-selected data-open data-focus"
    " data-hover data-headlessui-state disabled checked selected open hidden inert tabindex"
)
_LOST_CLASS = {"hashed": NO_HASH, "utility": NO_LOOK}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Looks:
    """What is compared of one element. `own` are its tag, id, text and attributes; `around` names
    of the elements around it; `path` and `steps` are keys of its place, counted from the body and
    from the element outwards, each standing for all before it."""

    own: Mapping[str, str]
    classes: frozenset[str]
    around: frozenset[str]
    path: tuple[int, ...]
    steps: tuple[int, ...]
    order: tuple[int, ...]

    @cached_property
    def identity(self) -> object:
        """Equal for elements that only their place tells apart."""
        return frozenset(self.own.items()), self.classes

    @cached_property
    def words(self) -> Counter[str]:
        """The words of the text."""
        return Counter(_WORD.findall(self.own.get("text", "").casefold()))


def looks(hierarchy: Hierarchy, text: str) -> Looks:
    """What is compared of an element with this hierarchy and text."""
    nodes = hierarchy.nodes[:DEEPEST]
    node = nodes[0] if nodes else Node("")
    own = {"tag": node.tag, "id": node.id, "text": text[:LONGEST_TEXT]}
    for name, value in islice(node.attrs.items(), MOST_LOOKED_AT):
        if name not in _MOMENTARY:
            own[f"[{name}"] = value
    return Looks(
        {name: value for name, value in own.items() if value or name[0] == "["},
        frozenset(_classes(node)),
        frozenset(name for one in nodes[1:] for name in _names(one)),
        _keys((one.tag, one.index) for one in reversed(nodes)),
        _keys((one.tag, one.index_of_type) for one in nodes),
        tuple(one.index or 0 for one in reversed(nodes)),
    )


class Crowd:
    """The elements of a page, which say how rare each part is on it."""

    def __init__(self, members: Sequence[Looks]) -> None:
        self._size = len(members)
        self._own: Counter[object] = Counter()
        self._sets: Counter[str] = Counter()
        self._places: Counter[int] = Counter()
        self.identities: Counter[object] = Counter(one.identity for one in members)
        for one in members:
            self._own.update(one.own.items())
            self._sets.update(f".{name}" for name in one.classes)
            self._sets.update(f" {name}" for name in one.around)
            self._places.update(one.path)
            self._places.update(one.steps)

    def odds(self, before: Looks, now: Looks) -> float:
        """The logarithm of the odds that both are one element; 0 is no opinion."""
        found = self._owned(before, now) + self._classed(before, now)
        found += self._surrounded(before, now) + self._placed(before, now)
        if before.identity == now.identity:
            found += self._rare(self.identities[now.identity])
        return found

    def _rare(self, count: int) -> float:
        return log((self._size + UNSEEN) / (count + 0.5))

    def _owned(self, before: Looks, now: Looks) -> float:
        found = 0.0
        for name in before.own.keys() | now.own.keys():
            weight = WEIGHTS[_kind(name)]
            one, other = before.own.get(name), now.own.get(name)
            if one == other:
                found += min(weight.same, self._rare(self._own[name, one]))
            else:
                found -= weight.gone if one is None or other is None else weight.other
        if before.words and now.words and before.own["text"] != now.own["text"]:
            common = (before.words & now.words).total()
            found += WORDS * common / max(before.words.total(), now.words.total())
        return found

    def _classed(self, before: Looks, now: Looks) -> float:
        shared = before.classes & now.classes
        found = sum(min(RAREST_CLASS, self._rare(self._sets[f".{name}"])) for name in shared)
        gone = [class_kind(name) for name in before.classes - now.classes]
        new = [class_kind(name) for name in now.classes - before.classes]
        lost = sum(_LOST_CLASS.get(kind, NO_CLASS) for kind in (*gone, *new))
        # A bundler gives the same name another hash with every build.
        stems = {*gone} & {*new} - {"hashed", "semantic", "utility"}
        return CLASS * found - lost + STEM * len(stems)

    def _surrounded(self, before: Looks, now: Looks) -> float:
        """The smallest named part of the page that both are in, and how much else is the same."""
        shared = {name: self._rare(self._sets[f" {name}"]) for name in before.around & now.around}
        every = sum(self._rare(self._sets[f" {name}"]) for name in before.around | now.around)
        alike = sum(shared.values()) / every if every > 0 else 0.0
        return REGION * max(shared.values(), default=0.0) + AROUND * alike

    def _placed(self, before: Looks, now: Looks) -> float:
        found = self._common(before.path, now.path) * PATH
        found += self._common(before.steps, now.steps) * STEPS
        found += SAME_PATH * (before.path == now.path)
        found += SAME_STEP * (before.steps[:1] == now.steps[:1])
        return found - DEPTH * abs(len(before.path) - len(now.path))

    def _common(self, one: tuple[int, ...], other: tuple[int, ...]) -> float:
        """How few elements share what both places have in common."""
        last = None
        for mine, theirs in zip(one, other, strict=False):
            if mine != theirs:
                break
            last = mine
        return 0.0 if last is None else self._rare(self._places[last])


def _kind(name: str) -> str:
    if name[0] != "[":
        return name
    name = _KINDS.get(name[1:], name[1:])
    if name in WEIGHTS:
        return name
    return "data" if name.startswith("data-") else "other"


def _classes(node: Node) -> list[str]:
    return [one for one in node.classes[:MOST_LOOKED_AT] if class_kind(one) != "state"]


def _names(node: Node) -> list[str]:
    found = [node.tag, *(f".{name}" for name in _classes(node))]
    return [*found, f"#{node.id}"] if node.id else found


def _keys(steps: Iterable[object]) -> tuple[int, ...]:
    found, last = [], 0
    for step in steps:
        last = hash((last, step))
        found.append(last)
    return tuple(found)
