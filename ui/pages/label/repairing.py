"""
Where the element of a labeled event may have gone: the few that are clicked now, on the same pages,
and are most like what was labeled.
"""

from __future__ import annotations

from typing import NamedTuple

from app.label.element import Element
from app.label.evaluate import DefinitionJudge
from app.label.events import Definition, LabeledEvent
from app.label.health import health
from app.label.matching import Clicks, Shape
from app.label.repair import Candidate, candidates
from app.label.suggest import Suggestion, suggest, suggest_group
from app.store import Store
from ui.pages.label.choices import Choice
from ui.pages.label.counting import clicks
from ui.pages.label.words import kind_of
from ui.plain import one_line, plural

MUCH, SOME = 0.5, 0.33


class Repair(NamedTuple):
    """Ways to go on for a labeled event, the likeliest first; each is one more definition."""

    event: LabeledEvent
    choices: list[Choice]


def find_repairs(store: Store, event: LabeledEvent, now_ms: int) -> Repair:
    """Look for the element of each definition that stopped matching; of every one if none did."""
    known = clicks(store)
    live = list(event.live)
    lost = [one for one in live if health(known, one, now_ms).needs_repair] or live
    found = [(one, candidate) for one in lost for candidate in _candidates(known, one)]
    found.sort(key=lambda pair: -pair[1].likeness)
    choices = [choice for one, candidate in found for choice in _ways(known, one, candidate)]
    # Elements that differ in what does not count are found by the same.
    different = {choice.definitions[0].conditions: choice for choice in reversed(choices)}
    kept = [one for one in choices if different[one.definitions[0].conditions] is one]
    return Repair(event, kept[:3])


def _candidates(known: Clicks, definition: Definition) -> list[Candidate]:
    judge = DefinitionJudge(definition)
    pages = {number for number, page in known.pages.items() if judge.of_page(page)}
    shapes = [one for one in known.shapes if one.page in pages]
    last_ms = known.found(judge).last_ms
    if last_ms is None:
        return candidates(definition, _counted(known, shapes))
    since = [one for one in shapes if one.last_ms > last_ms]
    before = {one.element for one in shapes if one.first_ms <= last_ms}
    beside = [known.elements[number] for number in before]
    return candidates(definition, _counted(known, since), beside)


def _counted(known: Clicks, shapes: list[Shape]) -> list[tuple[Element, int]]:
    counts: dict[int, int] = {}
    for one in shapes:
        counts[one.element] = counts.get(one.element, 0) + one.events
    return [(known.elements[number], events) for number, events in counts.items()]


def _ways(known: Clicks, lost: Definition, candidate: Candidate) -> list[Choice]:
    """The candidate; and before it all that are like it, where several things were what is lost."""
    clicked = known.population()
    alike = suggest_group(candidate.element, (), clicked) if _were_several(known, lost) else []
    found = suggest(candidate.element, (), clicked)
    return [
        *(_choice(lost, candidate, one, "Everything like ") for one in alike[:1]),
        *(_choice(lost, candidate, one) for one in found[:1]),
    ]


def _were_several(known: Clicks, lost: Definition) -> bool:
    judge = DefinitionJudge(lost)
    matched = (one for one in known.elements.values() if judge.of_element(one) is True)
    return len({(one.text, one.href) for one in matched}) > 1


def _choice(lost: Definition, candidate: Candidate, found: Suggestion, what: str = "") -> Choice:
    """The candidate with what would find it again, on the pages that the lost one was on."""
    element, best = candidate.element, found.definition
    pages = tuple(one for one in lost.conditions if one.field in {"page_url", "page_title"})
    kept = tuple(one for one in best.conditions if one.field not in {"page_url", "page_title"})
    definition = Definition(best.action, (*kept, *pages), "repair", True, best.evidence)
    words = f"“{one_line(element.text, 40)}”" if element.text else best.value("selector")
    title = f"{what}the {kind_of(element.tag)} {words}"
    likeness = candidate.likeness
    sure = "Much alike" if likeness >= MUCH else "Alike" if likeness >= SOME else "A little alike"
    return Choice(
        title[:1].upper() + title[1:],
        sure,
        candidate.sentence,
        "good" if likeness >= MUCH else "muted" if likeness >= SOME else "warning",
        (definition,),
        f"{plural(candidate.events, 'click')} · {candidate.sentence.rstrip('.')}",
    )
