"""
From one click to a definition that lasts (labeling §C4), from recorded elements alone.

    suggest(target, page, history)        # the best few, each with its reasons in words
    suggest_group(target, page, history)  # the same for "all like this"

A candidate is accepted when, among everything known of the page and its past, it matches exactly
what is meant; of those, the one whose parts are most likely to stay is best. The same input always
gives the same answer.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from app.label.element import Element, Page, page_path, taken_as
from app.label.evaluate import DefinitionJudge
from app.label.events import Condition, Definition, Op
from app.label.hierarchy import MASK
from app.label.population import Mask, Population
from app.label.selector import parse
from app.label.selector.syntax import Attribute, Id, Tag, escaped
from app.label.stability import (
    HASHED,
    LEVEL,
    LOOKS,
    POSITION,
    TAG,
    Token,
    is_auto_id,
    is_generic,
    stable_classes,
    tokens,
    weak_tokens,
)
from app.label.trust import FAIR, confidence, sentence

AROUND, DISTANCE, CHILD = 0.12, 0.02, 0.30
ALONE = 1.0
"""Being the only one with its tag is chance."""
TEXT, PART, NUMBERED = 0.45, 0.30, 1.1
LONGEST_RUN, SHORTEST_RUN = 60, 4
MOST_BACKUP = 1.2
MOST_AROUND = 12
MOST_TOKENS = 8
MOST_MISSING = 3
LONGEST_TEXT = 60
BEST = 3

type History = Iterable[tuple[Element, int]]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A definition, what it matches, and how far to trust it.

    `cost` is the lower the better; `confidence` is one word of stable, fair, weak, positional, and
    `sentence` says it for a person. `backup` is a second definition to be OR-ed, if there is one.
    """

    definition: Definition
    cost: float
    confidence: str
    sentence: str
    on_page: int
    in_history: int
    backup: Definition | None = None

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """The definition, and its backup if there is one."""
        return (self.definition,) if self.backup is None else (self.definition, self.backup)


@dataclass(frozen=True, slots=True)
class _Candidate:
    cost: float
    selector: str = ""
    text: str = ""
    part: bool = False
    """The text is a part of what the element says."""
    is_generic: bool = False
    """Nothing that is said of the element itself is its own."""

    def __lt__(self, other: "_Candidate") -> bool:
        mine = (round(self.cost, 6), len(self.selector), self.selector, self.text)
        return mine < (round(other.cost, 6), len(other.selector), other.selector, other.text)


def suggest(
    target: Element, page: Sequence[Element] = (), history: History = (), most: int = BEST
) -> list[Suggestion]:
    """The best definitions for one element, best first; `page` are the elements that the SDK would
    report there now, `history` those that it did report, with how often."""
    page, past = _same_action(target, page, history)
    population = Population([target, *page, *(one for one, _ in past)])
    meant = population.bit(target)
    if not meant:
        return []
    now = set(map(id, page))
    meant |= _earlier(population, target, now)
    candidates = _search(population, target, meant, tokens(target.hierarchy.nodes[0], True))
    return _suggestions(population, target, meant, candidates, page, past, most)


def suggest_group(
    target: Element, page: Sequence[Element] = (), history: History = (), most: int = BEST
) -> list[Suggestion]:
    """The best definitions for all elements that stand in lists as the target does; none when it
    stands alone."""
    page, past = _same_action(target, page, history)
    population = Population([target, *page, *(one for one, _ in past)])
    if not population.bit(target):
        return []
    meant = _likes(population, population.leaf_of(population.bit(target)), target)
    if meant.bit_count() < 2:
        return []
    shared = _shared(population, meant, target)
    candidates = [one for one in _search(population, target, meant, shared) if not one.text]
    found = _suggestions(population, target, meant, candidates, page, past, most)
    return [replace(one, backup=None) for one in found]


def _same_action(
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


def page_condition(page: Page) -> Condition | None:
    """The condition to offer for the page: its host and path, whatever comes after `#`."""
    path = page_path(page.url or "")
    if not path:
        return None
    return Condition("page_url", Op.IS, (path, f"{path}/"), ignore_fragment=True)


def _search(
    population: Population, target: Element, meant: Mask, own: Sequence[Token]
) -> list[_Candidate]:
    """Selectors and texts that match exactly what is meant, best first."""
    tag = population.of_tag(target.tag)
    leaf = population.leaf_of(meant)
    subjects = _compounds(own[:MOST_TOKENS], subject=True)
    matched = [
        (cost, parts, population.under(population.having(parts)) & tag) for cost, parts in subjects
    ]
    around = _around(population, leaf, meant)
    found = [
        _Candidate(cost + (ALONE if generic else 0), _compound(parts), is_generic=generic)
        for cost, parts, mask in matched
        if mask == meant
        for generic in [all(map(_is_generic, parts))]
    ]
    for cost, parts, mask in matched:
        for more, said, outer in around:
            if mask & outer == meant:
                generic = all(map(_is_generic, parts))
                # To be within the page, say, adds nothing to being the only one on it.
                chance = ALONE if generic and mask == meant else 0
                whole = f"{said} {_compound(parts)}"
                found.append(_Candidate(cost + more + chance, whole, is_generic=generic))
    if min((one.cost for one in found), default=9) > FAIR + 0.1:
        found += _twice(matched, around, meant)
    found += _texts(population, target, meant, around)
    if min((one.cost for one in found if not one.text), default=9) > FAIR:
        found += _by_looks(population, target, meant, around, LOOKS)
    if not found:
        found += _by_looks(population, target, meant, around, HASHED)
    if meant.bit_count() == 1:
        found += _positional(population, leaf, meant & tag)
    return sorted(found)


def _around(population: Population, leaf: int, meant: Mask) -> list[tuple[float, str, Mask]]:
    """Compounds of the elements around the target, with what lies in them."""
    found = []
    for distance, place in enumerate(population.chain(leaf)[1 : MOST_AROUND + 1]):
        if population.below[place] & meant != meant:
            # For groups: what is around one of them and not around all.
            own: Sequence[Token] = _common(population, meant, population.tokens_of(place), distance)
        else:
            own = population.tokens_of(place)
        for cost, parts in _compounds(own[:MOST_TOKENS], subject=False):
            mask = population.under(population.having(parts))
            found.append((cost + AROUND + DISTANCE * distance, _compound(parts), mask))
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


def _twice(
    matched: list[tuple[float, tuple[str, ...], Mask]],
    around: list[tuple[float, str, Mask]],
    meant: Mask,
) -> list[_Candidate]:
    """Selectors with two elements around the target."""
    few = sorted(around)[:24]
    found = []
    for cost, parts, mask in matched[:6]:
        for one, other in combinations(few, 2):
            if mask & one[2] & other[2] == meant:
                outer = f"{other[1]} {one[1]}"
                found.append(_Candidate(cost + one[0] + other[0], f"{outer} {_compound(parts)}"))
    return found


def _texts(
    population: Population, target: Element, meant: Mask, around: list[tuple[float, str, Mask]]
) -> list[_Candidate]:
    """The text with the tag, within something if need be."""
    found = []
    for text, cost, part in _said(target.text or ""):
        mask = population.saying(text) if part else population.of_text(text)
        mask &= population.of_tag(target.tag)
        if mask == meant:
            found.append(_Candidate(cost, text=text, part=part))
            continue
        found += [
            _Candidate(cost + more, said, text, part)
            for more, said, outer in around
            if mask & outer == meant
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
    around: list[tuple[float, str, Mask]],
    weakest: float,
) -> list[_Candidate]:
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
    for cost, outer, inside in [(0.0, "", tag), *sorted(around)[:40]]:
        others = mask & inside & ~meant
        if mask & inside & meant != meant:
            continue
        missing = _missing(population, others, mine)
        if missing is not None:
            whole = f"{outer} {base}".strip() + "".join(f":not({one})" for one in missing)
            more = FAIR + weakest - LOOKS + 0.2 * len(missing) + (ALONE / 2 if generic else 0)
            found.append(_Candidate(cost + more, whole, is_generic=generic))
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


def _positional(population: Population, leaf: int, meant: Mask) -> list[_Candidate]:
    """Places below the nearest element that can be named, or below `body`."""
    said = ""
    for levels, place in enumerate(population.chain(leaf)):
        node = population.nodes[place]
        for cost, parts in _compounds(population.tokens_of(place)[:4], subject=False)[:6]:
            if levels and len(population.having(parts)) == 1:
                whole = f"{_compound(parts)} > {said}"
                return [_Candidate(cost + POSITION + LEVEL * levels, whole)]
        step = escaped(node.tag)
        if node.index_of_type is not None and node.tag != "body":
            step += f":nth-of-type({node.index_of_type + 1})"
        said = f"{step} > {said}" if said else step
    return [_Candidate(POSITION + LEVEL * len(population.chain(leaf)), said)] if meant else []


def _suggestions(
    population: Population,
    target: Element,
    meant: Mask,
    candidates: list[_Candidate],
    page: Sequence[Element],
    past: Sequence[tuple[Element, int]],
    most: int,
) -> list[Suggestion]:
    made: list[tuple[_Candidate, Definition]] = []
    for one in candidates:
        definition = _definition(target, one)
        if _matched(population, definition) == meant and _is_new(made, one):
            made.append((one, definition))
            if len(made) == most:
                break
    backup = _backup(population, target, meant, candidates, made[0][0]) if made else None
    found = []
    for number, (one, definition) in enumerate(made):
        # All that were made match exactly what is meant.
        found.append(
            Suggestion(
                definition,
                one.cost,
                (word := confidence(one.cost, definition)),
                sentence(word, definition),
                on_page=sum(population.is_in(meant, element) for element in page),
                in_history=sum(seen for element, seen in past if population.is_in(meant, element)),
                backup=backup if number == 0 else None,
            )
        )
    return found


def _is_new(made: list[tuple[_Candidate, Definition]], one: _Candidate) -> bool:
    """Not one that is there with a condition more: three suggestions should differ."""
    return all(
        bool(one.text) != bool(other.text) or not _named(other.selector) <= _named(one.selector)
        for other, _ in made
    )


def _backup(
    population: Population,
    target: Element,
    meant: Mask,
    candidates: list[_Candidate],
    best: _Candidate,
) -> Definition | None:
    """A text beside a selector, a selector beside a text, or else a selector that shares nothing
    with the best, so that what breaks one leaves the other."""
    other = [
        one
        for one in candidates
        if bool(one.text) != bool(best.text)
        and one.cost <= MOST_BACKUP
        and not one.part
        and not one.is_generic
    ]
    mine = _named(best.selector)
    apart = [
        one
        for one in candidates
        if not one.text
        and one.cost <= FAIR
        and not mine & _named(one.selector)
        and any(_is_name(part) for part in _named(one.selector, subject=True))
    ]
    for one in [*other, *(apart if not best.text else [])]:
        definition = replace(_definition(target, one), origin="backup")
        if _matched(population, definition) == meant:
            return definition
    return None


def _named(selector: str, *, subject: bool = False) -> set[object]:
    """What a selector asks for, besides tags; only of the element itself if `subject`."""
    branches = parse(selector).branches if selector else ()
    return {
        part
        for branch in branches
        for compound in branch.compounds[-1 if subject else 0 :]
        for part in compound.parts
        if not isinstance(part, Tag)
    }


def _is_name(part: object) -> bool:
    """Whether it names one thing, as an id or an address does and a class does not."""
    generic = {"class", "type", "role", "method"}
    return isinstance(part, Id) or (isinstance(part, Attribute) and part.name not in generic)


def _definition(target: Element, one: _Candidate) -> Definition:
    conditions = [Condition("tag", Op.IS, (target.tag or "",))]
    if one.text:
        op = Op.CONTAINS if one.part else Op.IS
        conditions.append(Condition("text", op, (one.text,)))
    if one.selector:
        conditions.append(Condition("selector", Op.CSS_MATCH, (one.selector,)))
    return Definition(target.action, tuple(conditions), "label", True, evidence(target))


def evidence(target: Element) -> dict[str, object]:
    """What was seen, for a later repair."""
    return {
        "hierarchy": target.hierarchy.as_json(),
        **{
            name: value
            for name in ("tag", "text", "href", "aria_label")
            if (value := target.field(name)) is not None
        },
    }


def _matched(population: Population, definition: Definition) -> Mask:
    """What the definition really matches: candidates come from sets that do not know all of CSS."""
    judge = DefinitionJudge(definition)
    found = 0
    for number, element in enumerate(population.elements):
        if judge.of_element(element) is True:
            found |= 1 << number
    return found


def _earlier(population: Population, target: Element, now: set[int]) -> Mask:
    """Elements of the past that are the same one as it looked then."""
    mine = _strong(target)
    found = 0
    for number, element in enumerate(population.elements):
        if id(element) in now or element.tag != target.tag or element.action is not target.action:
            continue
        if (mine and mine == _strong(element)) or _place(element) == _place(target):
            found |= 1 << number
    return found


def _strong(element: Element) -> frozenset[str]:
    """Test hooks and the id."""
    own = tokens(element.hierarchy.nodes[0], True) if element.hierarchy.nodes else ()
    return frozenset(text for text, cost in own if cost < TAG / 2)


def _place(element: Element) -> object:
    """Where it stands, with what does not change from moment to moment."""
    nodes = element.hierarchy.nodes
    own = stable_classes(nodes[0]) if nodes else None
    name = nodes[0].id if nodes and not is_auto_id(nodes[0].id) else ""
    return tuple((node.tag, node.index) for node in nodes), own, name, element.text


def _likes(population: Population, leaf: int, target: Element) -> Mask:
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


def _alike(population: Population, one: int, other: int) -> bool:
    """Same tag, and a class in common if there are any."""
    mine, theirs = population.nodes[one], population.nodes[other]
    if mine.tag != theirs.tag:
        return False
    classes, others = stable_classes(mine), stable_classes(theirs)
    return bool(classes & others) or not (classes or others)


def _shared(population: Population, meant: Mask, target: Element) -> list[Token]:
    """What can be said of all that are meant."""
    left = list(tokens(target.hierarchy.nodes[0], True))
    for element in population.chosen(meant):
        there = {text for text, _ in tokens(element.hierarchy.nodes[0], True)}
        left = [one for one in left if one[0] in there]
    return left
