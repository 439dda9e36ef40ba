"""
What is meant when somebody points at an element: the element itself, what it was before the site
changed, or all that stand in lists as it does (labeling §C4). Sets are masks of a `Population`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import partial

from app.label.element import Element, taken_as
from app.label.population import Mask, Population
from app.label.stability import TAG, Token, is_auto_id, stable_classes, tokens

_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")

type History = Iterable[tuple[Element, int]]
"""Elements that were reported, with how often."""


def same_action(
    target: Element, page: Sequence[Element], history: History
) -> tuple[list[Element], list[tuple[Element, int]]]:
    """Those that can be the subject of what was done with the target; only the same is counted."""
    return (
        [one for other in page if (one := taken_as(other, target.action))],
        [
            (one, seen if other.action is target.action else 0)
            for other, seen in history
            if (one := taken_as(other, target.action))
        ],
    )


def earlier(population: Population, target: Element, now: set[int]) -> tuple[Mask, Mask]:
    """Elements of the past that are the same one as it looked then; and those of them that had the
    same text. In the others only numbers differ: a cart counts what is in it, and is one link."""
    mine = _strong(target)
    here = _place(target)
    found = same = 0
    for number, element in enumerate(population.elements):
        if id(element) in now or element.tag != target.tag or element.action is not target.action:
            continue
        is_strong = bool(mine) and mine == _strong(element)
        if is_strong or _place(element) == here:
            found |= 1 << number
            same |= (is_strong or element.text == target.text) << number
    return found, same


def likes(population: Population, leaf: int, target: Element) -> Mask:
    """Elements at the same place of the neighbours of the nearest element that has such."""
    chain = population.chain(leaf)
    for distance, place in enumerate(chain[:-1]):
        neighbours = {
            other
            for other, parent in enumerate(population.parents)
            if parent == population.parents[place] and _alike(population, place, other)
        }
        if len(neighbours) < 2:
            continue
        found = 0
        for number, other in enumerate(population.leaves):
            there = population.chain(other)
            if (
                len(there) > distance
                and there[distance] in neighbours
                and population.elements[number].action is target.action
                and all(map(partial(_alike, population), chain[:distance], there[:distance]))
            ):
                found |= 1 << number
        if found.bit_count() > 1:
            return found
    return population.bit(target)


def shared(population: Population, meant: Mask, target: Element) -> list[Token]:
    """What can be said of all that are meant."""
    left = list(tokens(target.hierarchy.nodes[0], True))
    for element in population.chosen(meant):
        there = {text for text, _ in tokens(element.hierarchy.nodes[0], True)}
        left = [one for one in left if one[0] in there]
    return left


def _strong(element: Element) -> frozenset[str]:
    """Test hooks and the id."""
    own = tokens(element.hierarchy.nodes[0], True) if element.hierarchy.nodes else ()
    return frozenset(text for text, cost in own if cost < TAG / 2)


def _place(element: Element) -> object:
    """Where it stands, with what does not change from moment to moment."""
    nodes = element.hierarchy.nodes
    own = stable_classes(nodes[0]) if nodes else None
    name = nodes[0].id if nodes and not is_auto_id(nodes[0].id) else ""
    return tuple((node.tag, node.index) for node in nodes), own, name, unnumbered(element.text)


def unnumbered(text: str | None) -> str:
    """A text with the same for each of its numbers."""
    return _NUMBER.sub("0", text or "")


def _alike(population: Population, one: int, other: int) -> bool:
    """Same tag, and a class in common if there are any."""
    mine, theirs = population.nodes[one], population.nodes[other]
    if mine.tag != theirs.tag:
        return False
    classes, others = stable_classes(mine), stable_classes(theirs)
    return bool(classes & others) or not (classes or others)
