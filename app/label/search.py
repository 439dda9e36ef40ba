"""
Ways to find what is meant among everything known of a page and its past (labeling §C4): selectors,
texts, and as a last resort places, each with a cost. The more likely its parts are to stay, the
lower it is. Sets that do not know all of CSS decide here; whoever takes a candidate checks it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from app.label.element import Element
from app.label.hierarchy import MASK
from app.label.population import Mask, Population
from app.label.selector.syntax import escaped
from app.label.stability import (
    HASHED,
    LEVEL,
    LOOKS,
    POSITION,
    Token,
    is_generic,
    tokens,
    weak_tokens,
)
from app.label.trust import FAIR

AROUND, DISTANCE = 0.12, 0.02
ALONE = 1.0
"""Being the only one with its tag is chance."""
TEXT, PART, NUMBERED = 0.45, 0.30, 1.1
LONGEST_RUN, SHORTEST_RUN = 60, 4
MOST_AROUND = 12
MOST_TOKENS = 8
MOST_MISSING = 3
LONGEST_TEXT = 60


class _Subject(NamedTuple):
    """What can be said of the element itself, and all of which that holds."""

    cost: float
    parts: tuple[str, ...]
    mask: Mask

    @property
    def is_generic(self) -> bool:
        return all(map(_is_generic, self.parts))

    @property
    def chance(self) -> float:
        """What it costs when nothing else tells the element from others."""
        return ALONE if self.is_generic else 0


class _Outer(NamedTuple):
    """What can be said of an element around, and all that lies in such."""

    cost: float
    said: str
    mask: Mask


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to find what is meant; the better one is the lesser."""

    cost: float
    selector: str = ""
    text: str = ""
    part: bool = False
    """The text is a part of what the element says."""
    is_generic: bool = False
    """Nothing that is said of the element itself is its own."""

    def __lt__(self, other: "Candidate") -> bool:
        mine = (round(self.cost, 6), len(self.selector), self.selector, self.text)
        return mine < (round(other.cost, 6), len(other.selector), other.selector, other.text)


def search(
    population: Population, target: Element, meant: Mask, own: Sequence[Token]
) -> list[Candidate]:
    """Selectors and texts that match exactly what is meant, best first."""
    tag = population.of_tag(target.tag)
    leaf = population.leaf_of(meant)
    subjects = [
        _Subject(cost, parts, population.under(population.having(parts)) & tag)
        for cost, parts in _compounds(own[:MOST_TOKENS], subject=True)
    ]
    around = _around(population, leaf, meant)
    found = [*_alone(subjects, meant), *_within(subjects, around, meant)]
    if min((one.cost for one in found), default=9) > FAIR + 0.1:
        found += _twice(subjects, around, meant)
    found += _texts(population, target, meant, around)
    if min((one.cost for one in found if not one.text), default=9) > FAIR:
        found += _by_looks(population, target, meant, around, LOOKS)
    if not found:
        found += _by_looks(population, target, meant, around, HASHED)
    found += _positional(population, leaf, meant & tag)
    return sorted(found)


def _alone(subjects: Sequence[_Subject], meant: Mask) -> list[Candidate]:
    """What is said of the element itself is enough."""
    return [
        Candidate(one.cost + one.chance, _compound(one.parts), is_generic=one.is_generic)
        for one in subjects
        if one.mask == meant
    ]


def _within(subjects: Sequence[_Subject], around: Sequence[_Outer], meant: Mask) -> list[Candidate]:
    """Selectors with one element around the target."""
    found = []
    for one in subjects:
        # To be within the page, say, adds nothing to being the only one on it.
        cost = one.cost + (one.chance if one.mask == meant else 0)
        for more, said, mask in around:
            if one.mask & mask == meant:
                whole = f"{said} {_compound(one.parts)}"
                found.append(Candidate(cost + more, whole, is_generic=one.is_generic))
    return found


def _around(population: Population, leaf: int, meant: Mask) -> list[_Outer]:
    """What can be said of the elements around the target."""
    found = []
    for distance, place in enumerate(population.chain(leaf)[1 : MOST_AROUND + 1]):
        if population.below[place] & meant != meant:
            # For groups: what is around one of them and not around all.
            own: Sequence[Token] = _common(population, meant, population.tokens_of(place), distance)
        else:
            own = population.tokens_of(place)
        for cost, parts in _compounds(own[:MOST_TOKENS], subject=False):
            mask = population.under(population.having(parts))
            found.append(_Outer(cost + AROUND + DISTANCE * distance, _compound(parts), mask))
    return found


def _common(
    population: Population, meant: Mask, own: Sequence[Token], distance: int
) -> list[Token]:
    """Those parts that the elements around all that are meant have, at the same distance."""
    left = list(own)
    for number, leaf in enumerate(population.leaves):
        if meant >> number & 1:
            chain = population.chain(leaf)
            there = (
                {text for text, _ in population.tokens_of(chain[distance + 1])}
                if len(chain) > distance + 1
                else set()
            )
            left = [one for one in left if one[0] in there]
    return left


def _compounds(own: Sequence[Token], *, subject: bool) -> list[tuple[float, tuple[str, ...]]]:
    """One or two parts of an element, or three of which two are classes."""
    found: list[tuple[float, tuple[str, ...]]] = [(cost, (text,)) for text, cost in own]
    for one, other in combinations(own, 2):
        # The tag is asked for anyway, so saying it again adds no risk.
        said_anyway = sum(cost for text, cost in (one, other) if subject and _is_tag(text))
        cost = one[1] + other[1] - said_anyway + (0.02 if said_anyway else 0)
        found.append((cost, (one[0], other[0])))
    classes = [one for one in own if one[0][0] == "."]
    for one, other in combinations(classes, 2):
        for third in own:
            if third not in {one, other}:
                parts = (one[0], other[0], third[0])
                found.append((one[1] + other[1] + third[1], parts))
    return sorted(found)


def _is_tag(text: str) -> bool:
    return text[0] not in ".#["


def _is_generic(text: str) -> bool:
    """Whether many elements have it, so that being the only one is chance."""
    if _is_tag(text) or (text[0] == "." and is_generic(text[1:])):
        return True
    return text.startswith(("[type=", "[role=", "[method="))


def _compound(parts: Sequence[str]) -> str:
    return "".join(sorted(parts, key=lambda part: (".#[:".find(part[0]) >= 0, part)))


def _twice(subjects: Sequence[_Subject], around: Sequence[_Outer], meant: Mask) -> list[Candidate]:
    """Selectors with two elements around the target."""
    few = sorted(around)[:24]
    found = []
    for subject in subjects[:6]:
        for inner, outer in combinations(few, 2):
            if subject.mask & inner.mask & outer.mask == meant:
                whole = f"{outer.said} {inner.said} {_compound(subject.parts)}"
                found.append(Candidate(subject.cost + inner.cost + outer.cost, whole))
    return found


def _texts(
    population: Population, target: Element, meant: Mask, around: Sequence[_Outer]
) -> list[Candidate]:
    """The text with the tag, within something if need be."""
    found = []
    for text, cost, part in _said(target.text or ""):
        mask = population.saying(text) if part else population.of_text(text)
        mask &= population.of_tag(target.tag)
        if mask == meant:
            found.append(Candidate(cost, text=text, part=part))
            continue
        found += [
            Candidate(cost + outer.cost, outer.said, text, part)
            for outer in around
            if mask & outer.mask == meant
        ]
    return found


def _said(text: str) -> list[tuple[str, float, bool]]:
    """Texts to ask for, with their costs and whether they are a part: the whole, or of one with
    digits the longest run of words without them, and only then the whole."""
    if is_usable_text(text):
        return [(text, TEXT, False)]
    runs = re.split(
        r"\S*[0-9*]\S*", text[:LONGEST_RUN].rpartition(" ")[0] if len(text) > LONGEST_RUN else text
    )
    longest = max((run.strip() for run in runs), key=len, default="")
    found = [(longest, TEXT + PART, True)] if len(longest) >= SHORTEST_RUN else []
    if len(text) <= LONGEST_TEXT and MASK not in text and any(map(str.isalpha, text)):
        found.append((text, TEXT + NUMBERED, False))
    return found


def _by_looks(
    population: Population,
    target: Element,
    meant: Mask,
    around: Sequence[_Outer],
    weakest: float,
) -> list[Candidate]:
    """All that can be said of the target, and what others have that it has not."""
    node = target.hierarchy.nodes[0]
    weak = [one for one in weak_tokens(node) if one[1] <= weakest]
    own = [*tokens(node, is_target=True), *weak]
    said = [text for text, _ in own if text[0] == "."] + [
        text for text, _ in own if text[0] == "[" and "class*" not in text
    ]
    tag = population.of_tag(target.tag)
    mine = {text for text, _ in own}
    base = _compound([next(text for text, _ in own if _is_tag(text)), *said])
    generic = all(map(_is_generic, said))
    mask = population.under(population.having(said)) & tag if said else tag
    found = []
    for outer in [_Outer(0.0, "", tag), *sorted(around)[:40]]:
        others = mask & outer.mask & ~meant
        if mask & outer.mask & meant != meant:
            continue
        missing = _missing(population, others, mine)
        if missing is not None:
            whole = f"{outer.said} {base}".strip() + "".join(f":not({one})" for one in missing)
            more = FAIR + weakest - LOOKS + 0.2 * len(missing) + (ALONE / 2 if generic else 0)
            found.append(Candidate(outer.cost + more, whole, is_generic=generic))
    return found


def _missing(population: Population, others: Mask, mine: set[str]) -> list[str] | None:
    """A few parts of which each of the others has one and the target none; None without such."""
    chosen: list[str] = []
    while others:
        number = (others & -others).bit_length() - 1
        node = population.elements[number].hierarchy.nodes[0]
        own = (*tokens(node, is_target=True), *weak_tokens(node))
        more = [t for t, cost in own if t not in mine and t[0] in ".[" and cost < HASHED]
        if not more or len(chosen) == MOST_MISSING:
            return None
        best = max(more, key=lambda text: (_count(population, text, others), text))
        chosen.append(best)
        others &= ~population.at(population.having([best]))
    return chosen


def _count(population: Population, text: str, others: Mask) -> int:
    return (population.at(population.having([text])) & others).bit_count()


def is_usable_text(text: str) -> bool:
    """Whether a text is likely to be the same for everybody and tomorrow."""
    return 0 < len(text) <= LONGEST_TEXT and MASK not in text and not any(map(str.isdigit, text))


def _positional(population: Population, leaf: int, meant: Mask) -> list[Candidate]:
    """Places below the nearest element that can be named, or below `body`."""
    said = ""
    for levels, place in enumerate(population.chain(leaf)):
        node = population.nodes[place]
        for cost, parts in _compounds(population.tokens_of(place)[:4], subject=False)[:6]:
            if levels and len(population.having(parts)) == 1:
                whole = f"{_compound(parts)} > {said}"
                return [Candidate(cost + POSITION + LEVEL * levels, whole)]
        step = escaped(node.tag)
        if node.index_of_type is not None and node.tag != "body":
            step += f":nth-of-type({node.index_of_type + 1})"
        said = f"{step} > {said}" if said else step
    return [Candidate(POSITION + LEVEL * len(population.chain(leaf)), said)] if meant else []
