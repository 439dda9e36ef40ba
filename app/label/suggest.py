"""
From one click to a definition that lasts (labeling §C4), from recorded elements alone.

    suggest(target, page, history)        # the best few, each with its reasons in words
    suggest_group(target, page, history)  # the same for "all like this"
    suggest_each(targets, history)        # the same for several places of one thing

A candidate is accepted when, among everything known of the page and its past, it matches exactly
what is meant; of those, the one whose parts are most likely to stay is best. The same input always
gives the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.label.element import Element, Page, page_path
from app.label.evaluate import DefinitionJudge
from app.label.events import Condition, Definition, Op
from app.label.meant import History, earlier, likes, same_action, shared
from app.label.population import Mask, Population
from app.label.search import Candidate, is_usable_text, search
from app.label.selector import parse
from app.label.selector.syntax import Attribute, Id, Tag
from app.label.stability import Token, tokens
from app.label.trust import FAIR, confidence, sentence

MOST_BACKUP = 1.2
BEST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A definition, what it matches, and how far to trust it.

    `cost` is the lower the better; `confidence` is one word of stable, fair, weak, positional, and
    `sentence` says it for a person. `backup` is a second definition to be OR-ed, if there is one.
    Without one, a definition that rests on a text may have a `fallback`: one that stays when the
    words change, and is itself weak, so that it may count something else one day.
    """

    definition: Definition
    cost: float
    confidence: str
    sentence: str
    on_page: int
    in_history: int
    backup: Definition | None = None
    fallback: Definition | None = None

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """The definition, and its backup if there is one."""
        return (self.definition,) if self.backup is None else (self.definition, self.backup)


def suggest(
    target: Element, page: Sequence[Element] = (), history: History = (), most: int = BEST
) -> list[Suggestion]:
    """The best definitions for one element, best first; `page` are the elements that the SDK would
    report there now, `history` those that it did report, with how often."""
    page, past = same_action(target, page, history)
    population = Population([target, *page, *(one for one, _ in past)])
    only = population.bit(target)
    if not only:
        return []
    now = set(map(id, page))
    own = tokens(target.hierarchy.nodes[0], True)
    ever, same = earlier(population, target, now)
    meant, strictly = only | ever, only | same
    found = _suggestions(population, target, meant, own, page, past, most)
    if strictly != meant and (not found or found[0].cost > FAIR):
        # Its number may be what tells it from others, as in a list of orders.
        found += _suggestions(population, target, strictly, own, page, past, most)
    return sorted(found, key=lambda one: one.cost)[:most]


def suggest_group(
    target: Element, page: Sequence[Element] = (), history: History = (), most: int = BEST
) -> list[Suggestion]:
    """The best definitions for all elements that stand in lists as the target does; none when it
    stands alone."""
    page, past = same_action(target, page, history)
    population = Population([target, *page, *(one for one, _ in past)])
    if not population.bit(target):
        return []
    meant = likes(population, population.leaf_of(population.bit(target)), target)
    if meant.bit_count() < 2:
        return []
    own = shared(population, meant, target)
    found = _suggestions(population, target, meant, own, page, past, most, has_texts=False)
    return [replace(one, backup=None, fallback=None) for one in found]


def suggest_each(
    targets: Sequence[Element], history: History = (), most: int = 1
) -> list[Suggestion]:
    """The best definitions that find all of these elements and nothing else, best first."""
    _, past = same_action(targets[0], (), history)
    population = Population([*targets, *(one for one, _ in past)])
    meant = 0
    for target in targets:
        meant |= population.bit(target) | earlier(population, target, set())[0]
    own = shared(population, meant, targets[0])
    return _suggestions(population, targets[0], meant, own, (), past, most)


def by_hand(target: Element) -> Definition:
    """What is left to say where nothing finds an element alone: its tag, and its words."""
    conditions = [Condition("tag", Op.IS, (target.tag or "",))]
    if is_usable_text(target.text or ""):
        conditions.append(Condition("text", Op.IS, (target.text or "",)))
    return Definition(target.action, tuple(conditions), "label", evidence=evidence(target))


def page_condition(page: Page) -> Condition | None:
    """The condition to offer for the page: its host and path, whatever comes after `#`."""
    path = page_path(page.url or "")
    if not path:
        return None
    return Condition("page_url", Op.IS, (path, f"{path}/"), ignore_fragment=True)


def _suggestions(
    population: Population,
    target: Element,
    meant: Mask,
    own: Sequence[Token],
    page: Sequence[Element],
    past: Sequence[tuple[Element, int]],
    most: int,
    *,
    has_texts: bool = True,
) -> list[Suggestion]:
    """`own` is what can be said of all that is meant."""
    every = search(population, target, meant, own)
    candidates = [one for one in every if has_texts or not one.text]
    made: list[tuple[Candidate, Definition]] = []
    for one in candidates:
        definition = _definition(target, one)
        if _matched(population, definition) == meant and _is_new(made, one):
            made.append((one, definition))
            if len(made) == most:
                break
    backup = _backup(population, target, meant, candidates, made[0][0]) if made else None
    fallback = None
    if made and backup is None and made[0][0].text:
        others = (definition for one, definition in made if not one.text)
        fallback = next(others, None) or _fallback(population, target, meant, candidates)
        fallback = fallback and replace(fallback, origin="backup")
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
                fallback=fallback if number == 0 else None,
            )
        )
    return found


def _is_new(made: list[tuple[Candidate, Definition]], one: Candidate) -> bool:
    """Not one that is there with a condition more: three suggestions should differ."""
    return all(
        bool(one.text) != bool(other.text) or not _named(other.selector) <= _named(one.selector)
        for other, _ in made
    )


def _backup(
    population: Population,
    target: Element,
    meant: Mask,
    candidates: list[Candidate],
    best: Candidate,
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


def _fallback(
    population: Population, target: Element, meant: Mask, candidates: list[Candidate]
) -> Definition | None:
    """The best that does not rest on words, be it the place alone."""
    for one in candidates:
        if not one.text:
            definition = _definition(target, one)
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


def _definition(target: Element, one: Candidate) -> Definition:
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
