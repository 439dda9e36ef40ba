"""
Which labeled events mean the same, and which mean nearly the same (labeling §C5).

The same definition twice would count clicks twice under two names, so it blocks saving. Similar
ones may be meant; they are shown with their numbers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from app.errors import BadInput
from app.label.events import Condition, Definition, LabeledEvent, checked, name_key

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


class Shelf:
    """Labeled events that have to fit together: each has a name and definitions of its own. Many
    can be added; each costs as much as it has definitions."""

    def __init__(self, labels: Iterable[LabeledEvent]) -> None:
        self._names: dict[str, list[LabeledEvent]] = {}
        self._definitions: dict[str, list[LabeledEvent]] = {}
        for one in labels:
            self._put(one)

    def fitting(self, label: LabeledEvent) -> LabeledEvent:
        """The labeled event, tidied. Raises BadInput when it is not usable, its name is taken, or
        another one that is not archived has one of its definitions in a common project."""
        label = checked(label)
        taken = next(
            (o for o in self._names.get(name_key(label.name), ()) if o.id != label.id), None
        )
        if taken:
            where = " (archived)" if taken.archived else ""
            raise BadInput(f"There is already a labeled event “{taken.name}”{where}.")
        for definition in () if label.archived else label.definitions:
            for one in self._definitions.get(definition.key(), ()):
                if one.id != label.id and not one.archived and _share_projects(label, one):
                    raise BadInput(f"“{one.name}” has the same definition.")
        return label

    def add(self, label: LabeledEvent) -> LabeledEvent:
        """As `fitting`, and the next ones have to fit this one too."""
        fitting = self.fitting(label)
        # New ones have no number yet, and would be taken for each other.
        self._put(replace(fitting, id=-1 - len(self._names)) if fitting.id is None else fitting)
        return fitting

    def _put(self, label: LabeledEvent) -> None:
        self._names.setdefault(name_key(label.name), []).append(label)
        for definition in label.definitions:
            self._definitions.setdefault(definition.key(), []).append(label)


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
