"""
Where an element went: candidates for a definition that stopped matching (labeling §C5).

What was seen when the definition was made is compared with what is clicked now, part by part; what
is missing on both sides says nothing. The best are shown to a person, never taken by themselves,
because a count must be explainable and likeness is not.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.label.element import Element
from app.label.evaluate import DefinitionJudge
from app.label.events import Definition
from app.label.hierarchy import Hierarchy, Node, read
from app.label.stability import HOOK, class_kind, is_auto_id, tokens

WEIGHTS = {
    "tag": 1.5,
    "id": 1.5,
    "text": 1.5,
    "hooks": 2.5,
    "name": 1.5,
    "aria": 1.2,
    "href": 1.0,
    "classes": 0.8,
    "around": 1.5,
    "near": 1.0,
    "path": 0.5,
    "place": 1.0,
}
KNOWN = 0.8
"""What is left of the likeness of an element that was there beside the lost one."""
LEAST = 0.25
BEST = 3
_NEAR = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """An element that may be the lost one. `likeness` is from 0 to 1, `sentence` says what is
    alike; `events` is how often it was clicked."""

    element: Element
    likeness: float
    sentence: str
    events: int = 0


def candidates(
    definition: Definition,
    seen: Iterable[tuple[Element, int]],
    known: Iterable[Element] = (),
    most: int = BEST,
) -> list[Candidate]:
    """The elements among `seen` that are most like the definition's evidence, best first. What the
    definition matches already is left out: it is not lost. `known` are elements that were clicked
    while it still matched; whoever was there beside the lost one is hardly it."""
    lost = _Traits.of_evidence(definition.evidence)
    if lost is None:
        return []
    judge = DefinitionJudge(definition)
    beside = {_identity(element) for element in known} - {_identity_of(lost)}
    found = []
    for element, events in seen:
        if element.action is not definition.action or judge.of_element(element) is True:
            continue
        traits = _Traits.of_element(element)
        parts = _likeness(lost, traits)
        whole = _weighted(parts) * (KNOWN if _identity_of(traits) in beside else 1)
        if whole >= LEAST:
            found.append(Candidate(element, whole, _sentence(parts), events))
    return sorted(found, key=lambda one: (-one.likeness, one.element.hierarchy.key))[:most]


@dataclass(frozen=True, slots=True)
class _Traits:
    tag: str
    id: str
    text: str
    hooks: frozenset[str]
    name: str
    aria: str
    href: str
    classes: frozenset[str]
    around: frozenset[str]
    near: frozenset[str]
    path: tuple[str, ...]
    place: tuple[tuple[str, int | None], ...]

    @classmethod
    def of_evidence(cls, evidence: Mapping[str, Any]) -> "_Traits | None":
        hierarchy = read(evidence.get("hierarchy"))
        if not hierarchy.nodes:
            return None
        said = {key: value for key, value in evidence.items() if isinstance(value, str)}
        return cls._of(hierarchy, said.get("text", ""))

    @classmethod
    def of_element(cls, element: Element) -> "_Traits":
        return cls._of(element.hierarchy, element.text or "")

    @classmethod
    def _of(cls, hierarchy: Hierarchy, text: str) -> "_Traits":
        node = hierarchy.nodes[0] if hierarchy.nodes else Node("")
        around = hierarchy.nodes[1:]
        attrs = node.attrs
        return cls(
            node.tag,
            "" if is_auto_id(node.id or "0") else node.id,
            text,
            frozenset(said for said, cost in tokens(node, True) if cost <= HOOK),
            attrs.get("name", "") or attrs.get("for", ""),
            attrs.get("aria-label", "") or attrs.get("title", ""),
            attrs.get("href", ""),
            _classes(node),
            frozenset(said for one in around for said in _names(one)),
            frozenset(said for one in around[:_NEAR] for said in _names(one)),
            tuple(one.tag for one in around if one.tag not in {"div", "span"}),
            tuple((one.tag, one.index_of_type) for one in hierarchy.nodes),
        )


def _classes(node: Node) -> frozenset[str]:
    found = set()
    for name in node.classes:
        kind = class_kind(name)
        if kind in {"semantic", "utility"}:
            found.add(name)
        elif kind not in {"state", "hashed"}:
            found.add(kind)
    return frozenset(found)


def _names(node: Node) -> list[str]:
    found = [name for name in _classes(node) if class_kind(name) != "utility"]
    if node.id and not is_auto_id(node.id):
        found.append(f"#{node.id}")
    return found


def _likeness(lost: _Traits, now: _Traits) -> dict[str, float]:
    """How alike each part is, from 0 to 1; parts that neither has are left out."""
    found: dict[str, float] = {"tag": float(lost.tag == now.tag)}
    for name in ("id", "text", "name", "aria", "href"):
        one, other = getattr(lost, name), getattr(now, name)
        if one or other:
            found[name] = _alike(one, other)
    for name in ("hooks", "classes", "around", "near"):
        first, second = getattr(lost, name), getattr(now, name)
        if first or second:
            found[name] = len(first & second) / len(first | second)
    if lost.path or now.path:
        found["path"] = SequenceMatcher(None, lost.path, now.path, autojunk=False).ratio()
    if any(index is not None for _, index in lost.place):
        found["place"] = SequenceMatcher(None, lost.place, now.place, autojunk=False).ratio() ** 2
    return found


def _identity(element: Element) -> object:
    return _identity_of(_Traits.of_element(element))


def _identity_of(one: _Traits) -> object:
    return one.tag, one.id, one.text, one.hooks, one.name, one.aria, one.href, one.classes


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    one, other = _folded(one), _folded(other)
    return SequenceMatcher(None, one[:200], other[:200], autojunk=False).ratio() ** 2


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.casefold()).strip()


def _weighted(parts: Mapping[str, float]) -> float:
    whole = sum(WEIGHTS[name] for name in parts)
    return sum(WEIGHTS[name] * value for name, value in parts.items()) / whole


_WORDS = {
    "id": "id",
    "text": "text",
    "hooks": "test hook",
    "name": "name",
    "aria": "accessible name",
    "href": "address",
    "classes": "classes",
    "near": "surroundings",
}


def _sentence(parts: Mapping[str, float]) -> str:
    same = [word for name, word in _WORDS.items() if parts.get(name, 0) >= 0.99]
    much = [word for name, word in _WORDS.items() if 0.5 <= parts.get(name, 0) < 0.99]
    if same:
        return f"Same {', '.join(same)}."
    return f"Similar {', '.join(much)}." if much else "Somewhat alike."
