"""
Which labeled events mean the same, and which mean nearly the same (labeling §C5).

The same definition twice would count clicks twice under two names, so it blocks saving. Similar
ones may be meant; they are shown with their numbers.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.label.events import Condition, Definition, LabeledEvent, name_key

FEWEST_COMMON = 3
JACCARD = 0.5
CONTAINED = 0.8


class Similar(NamedTuple):
    """An existing labeled event, the reason in words, and how many events are matched by both,
    by the new one and by the existing one."""

    label: LabeledEvent
    sentence: str
    common: int = 0
    mine: int = 0
    theirs: int = 0


def of_same_name(label: LabeledEvent, others: Iterable[LabeledEvent]) -> LabeledEvent | None:
    """Another one whose name a person would take for this one."""
    key = name_key(label.name)
    return next((one for one in others if one.id != label.id and name_key(one.name) == key), None)


def of_same_definition(label: LabeledEvent, others: Iterable[LabeledEvent]) -> LabeledEvent | None:
    """Another one, not archived, that has one of these definitions in a common project."""
    keys = {definition.key() for definition in label.definitions}
    return next(
        (
            one
            for one in others
            if one.id != label.id
            and not one.archived
            and _share_projects(label, one)
            and any(definition.key() in keys for definition in one.definitions)
        ),
        None,
    )


def similar(
    label: LabeledEvent,
    others: Iterable[tuple[LabeledEvent, Mapping[int, int]]],
    matched: Mapping[int, int],
) -> list[Similar]:
    """Those that match much of the same or ask for nearly the same, the closest first.

    `matched` and its likes map what was matched to its number of events, as `Clicks.found` does.
    """
    mine = sum(matched.values())
    found = []
    for other, their_matched in others:
        if other.id == label.id or other.archived or not _share_projects(label, other):
            continue
        common = sum(number for shape, number in matched.items() if shape in their_matched)
        theirs = sum(their_matched.values())
        sentence = _by_events(other, common, mine, theirs) or _by_meaning(label, other)
        if sentence:
            found.append(Similar(other, sentence, common, mine, theirs))
    return sorted(found, key=lambda one: -one.common)


def _share_projects(one: LabeledEvent, other: LabeledEvent) -> bool:
    return not one.api_keys or not other.api_keys or bool({*one.api_keys} & {*other.api_keys})


def _by_events(other: LabeledEvent, common: int, mine: int, theirs: int) -> str:
    if common < FEWEST_COMMON:
        return ""
    alike = common / (mine + theirs - common) >= JACCARD
    if not alike and common / min(mine, theirs) < CONTAINED:
        return ""
    if common == mine == theirs:
        return f"Matches exactly the {theirs:,} events of “{other.name}”."
    return f"Matches {common:,} of the {theirs:,} events of “{other.name}”."


def _by_meaning(label: LabeledEvent, other: LabeledEvent) -> str:
    for mine in label.definitions:
        for theirs in other.definitions:
            if mine.action is not theirs.action:
                continue
            if _conditions(theirs) < _conditions(mine):
                return f"“{other.name}” already counts all of this, and more."
            if _conditions(mine) < _conditions(theirs):
                return f"This counts all of “{other.name}”, and more."
    return ""


def _conditions(definition: Definition) -> frozenset[str]:
    return frozenset(_key(definition, one) for one in definition.conditions if not one.is_blank)


def _key(definition: Definition, one: Condition) -> str:
    return Definition(definition.action, (one,)).key()
