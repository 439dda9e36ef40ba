"""
Where the element of a labeled event may have gone: the few that are clicked now, on the same pages,
and are most like what was labeled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from app.label.element import Element
from app.label.evaluate import DefinitionJudge
from app.label.events import Definition, LabeledEvent
from app.label.health import health
from app.label.matching import Clicks, Shape
from app.label.meant import unnumbered
from app.label.repair import Candidate, candidates
from app.label.stability import stable_classes
from app.label.suggest import by_hand, suggest, suggest_each, suggest_group
from app.store import Store
from ui.pages.label.choices import Choice
from ui.pages.label.counting import clicks
from ui.pages.label.words import in_words, kind_of
from ui.plain import one_line, plural

MUCH, SOME = 0.5, 0.33
MOST = 3
ALONE = "Nothing finds it alone: whatever else says so is counted, too."

type Seen = Sequence[tuple[Element, int]]
"""Elements that were clicked, with how often."""


class Repair(NamedTuple):
    """Ways to go on for a labeled event, the likeliest first; each is one more definition."""

    event: LabeledEvent
    choices: list[Choice]


class _Way(NamedTuple):
    """Definitions of a candidate: `found` with what to say of how long it lasts. `several` places
    of it are meant, or `what` is like it."""

    candidate: Candidate
    found: Definition
    why: str
    several: int = 1
    what: str = ""


def find_repairs(store: Store, event: LabeledEvent, now_ms: int) -> Repair:
    """Look for the element of each definition that stopped matching; of every one if none did."""
    known = clicks(store)
    live = list(event.live)
    lost = [one for one in live if health(known, one, now_ms).needs_repair] or live
    found = [(one, way) for one in lost for way in _ways(known, one)]
    found.sort(key=lambda pair: -pair[1].candidate.likeness)
    # Elements that differ in what does not count are found by the same.
    kept = list({_here(one, way.found).conditions: (one, way) for one, way in found[::-1]}.values())
    kept = kept[::-1][:MOST]
    places = _numbered([way for _, way in kept])
    return Repair(event, [_choice(one, way, places) for one, way in kept])


def _ways(known: Clicks, lost: Definition) -> Iterator[_Way]:
    """The likeliest elements, each with what would find it again. Before it, where several things
    were what is lost, all that are like it; or where it is in several places, all of these."""
    judge = DefinitionJudge(lost)
    pages = {number for number, page in known.pages.items() if judge.of_page(page)}
    shapes = [one for one in known.shapes if one.page in pages]
    last_ms = known.found(judge).last_ms
    since = [one for one in shapes if last_ms is None or one.last_ms > last_ms]
    before = {one.element for one in shapes if last_ms is not None and one.first_ms <= last_ms}
    beside = [known.elements[number] for number in before]
    every, now = _counted(known, shapes), _counted(known, since)
    were_several = _were_several(known, judge)
    told: list[object] = []
    for candidate in candidates(lost, now, beside):
        if were_several:
            for one in suggest_group(candidate.element, (), every)[:1]:
                yield _Way(candidate, one.definition, one.sentence, what="Everything like ")
        look = _look(candidate.element)
        same = [(one, events) for one, events in now if _look(one) == look]
        places = {_place(one) for one, _ in same}
        if len(places) > 1 and look not in told:
            told.append(look)
            whole = replace(candidate, events=sum(events for _, events in same))
            for one in suggest_each([element for element, _ in same], every):
                yield _Way(whole, one.definition, one.sentence, len(places))
        alone = suggest(candidate.element, (), every)[:1]
        for one in alone:
            yield _Way(candidate, one.definition, one.sentence)
        if not alone and candidate.element.text:
            yield _Way(candidate, by_hand(candidate.element), ALONE)


def _counted(known: Clicks, shapes: list[Shape]) -> Seen:
    counts: Counter[int] = Counter()
    for one in shapes:
        counts[one.element] += one.events
    return [(known.elements[number], events) for number, events in counts.items()]


def _were_several(known: Clicks, judge: DefinitionJudge) -> bool:
    matched = (one for one in known.elements.values() if judge.of_element(one) is True)
    return len({(one.text, one.href) for one in matched}) > 1


def _look(element: Element) -> object:
    """Equal for what a person takes for the same thing in another place."""
    classes = stable_classes(element.hierarchy.nodes[0]) if element.hierarchy.nodes else frozenset()
    return element.tag, element.action, unnumbered(element.text), element.href, classes


def _here(lost: Definition, found: Definition) -> Definition:
    """As it is found again, on the pages that the lost one was on."""
    pages = tuple(one for one in lost.conditions if one.field in {"page_url", "page_title"})
    kept = tuple(one for one in found.conditions if one.field not in {"page_url", "page_title"})
    return Definition(found.action, (*kept, *pages), "repair", True, found.evidence)


def _place(element: Element) -> tuple[int, ...]:
    """In the order in which elements stand on a page."""
    return tuple(node.index or 0 for node in reversed(element.hierarchy.nodes))


def _title(way: _Way) -> str:
    element = way.candidate.element
    how = in_words(way.found)
    words = f" “{one_line(element.text, 40)}”" if element.text else ""
    # Without words, it is called as it is found.
    said = words or (f", {how[0].lower()}{how[1:]}" if how.startswith("By ") else "")
    title = f"{way.what}the {kind_of(element.tag)}{said}"
    places = f", in each of {way.several} places" if way.several > 1 else ""
    return f"{title[:1].upper()}{title[1:]}{places}"


def _numbered(ways: Sequence[_Way]) -> Mapping[tuple[int, ...], str]:
    """What to add to titles that would be the same, by the place."""
    titles = Counter(map(_title, ways))
    same = {_place(way.candidate.element) for way in ways if titles[_title(way)] > 1}
    return {place: f", place {number}" for number, place in enumerate(sorted(same), 1)}


def _choice(lost: Definition, way: _Way, places: Mapping[tuple[int, ...], str]) -> Choice:
    likeness = way.candidate.likeness
    sure = "Much alike" if likeness >= MUCH else "Alike" if likeness >= SOME else "A little alike"
    apart = places.get(_place(way.candidate.element), "") if way.several == 1 else ""
    return Choice(
        f"{_title(way)}{apart}",
        sure,
        way.why,
        "good" if likeness >= MUCH else "muted" if likeness >= SOME else "warning",
        (_here(lost, way.found),),
        f"{plural(way.candidate.events, 'click')} · {way.candidate.sentence.rstrip('.')}",
    )
