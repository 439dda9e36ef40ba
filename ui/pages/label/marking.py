"""
What is marked on the page that is open: what the draft matches, what is much the same, and what is
labeled already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.agentwords import Survey
from app.errors import BadInput
from app.label.element import Action, Element, Page
from app.label.evaluate import Judge
from app.label.events import LabeledEvent
from app.label.live import clickable
from app.label.similar import Similar
from ui.pages.label.counting import Counted, Told

MOST = 300
MOST_SIMILAR = 3
LOOKED_AT = 20
"""Elements of a draft of which it is asked what else they are."""

type Mark = dict[str, object]
"""As `highlight` of the page agent has it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """`on_page` is how many elements the draft matches, None where that cannot be known; `alike`
    says what is much the same; `here` how many elements each labeled event has, by its id."""

    on_page: int | None = None
    marks: Sequence[Mark] = ()
    alike: Sequence[str] = ()
    here: Mapping[int, int] = field(default_factory=dict)


class OnPage:
    """The elements of a survey, ready to be judged; what labeled events match is remembered for as
    long as the page stays as it is."""

    def __init__(self) -> None:
        self._survey: Survey | None = None
        self._ready: dict[Action, list[tuple[Element, Page]]] = {}
        self._known: dict[tuple[int | None, int, bool], list[int]] = {}

    def look_at(self, survey: Survey | None) -> None:
        """Go on with this one."""
        before, self._survey = self._survey, survey
        if before is None or survey is None or before.elements != survey.elements:
            self._ready.clear()
            self._known.clear()

    def marks(
        self,
        draft: LabeledEvent | None,
        told: Sequence[Told],
        counted: Counted | None,
        *,
        shows_all: bool,
    ) -> Marks:
        """What to mark for a draft, for what is much the same, and if `shows_all` for all of
        `told`."""
        similar = list(counted.similar) if counted and draft else []
        alike = [one.sentence for one in similar]
        if self._survey is None:
            return Marks(alike=alike)
        own = self.matches(draft) if draft and not matches_everything(draft) else None
        others = [one.label for one in told if not one.label.archived and one.label.id is not None]
        if draft and own:
            known = {one.label.id for one in similar} | {draft.id}
            sharing = self._sharing(own, [one for one in others if one.id not in known])
            similar += [Similar(one, sentence) for one, sentence in sharing]
            alike += [sentence for _, sentence in sharing]
        warned = {one.label.id for one in similar[:MOST_SIMILAR]}
        marks: list[Mark] = [{"element": at, "tone": "match"} for at in (own or [])[:MOST]]
        here: dict[int, int] = {}
        for one in others:
            if one.id is None or not (shows_all or one.id in warned):
                continue
            found = self._remembered(one)
            if shows_all:
                here[one.id] = len(found)
            if draft is None or one.id != draft.id:
                tone = "similar" if one.id in warned else "other"
                marks += [{"element": at, "tone": tone, "name": one.name} for at in found]
        return Marks(None if own is None else len(own), marks[:MOST], alike, here)

    def matches(self, event: LabeledEvent, among: Sequence[int] | None = None) -> list[int]:
        """Which elements of the page a labeled event matches, by place; of all, or of some."""
        try:
            judge = Judge(replace(event, archived=False))
        except BadInput:
            return []
        ready = [self._as(action) for action in {one.action for one in judge.definitions}]
        places = range(len(self._survey.elements) if self._survey else 0)
        return [
            at
            for at in (places if among is None else among)
            if any(judge(*elements[at]) is True for elements in ready)
        ]

    def _as(self, action: Action) -> list[tuple[Element, Page]]:
        """All elements, as what that is done with them would be captured."""
        if action not in self._ready:
            elements = self._survey.elements if self._survey else ()
            self._ready[action] = [clickable(one, action) for one in elements]
        return self._ready[action]

    def _remembered(self, label: LabeledEvent) -> list[int]:
        key = label.id, label.changed_ms, label.archived
        if key not in self._known:
            self._known[key] = self.matches(label)
        return self._known[key]

    def _sharing(
        self, own: Sequence[int], others: Sequence[LabeledEvent]
    ) -> list[tuple[LabeledEvent, str]]:
        """Those that some of these elements are already, with a sentence."""
        among = own[:LOOKED_AT]
        found = [(one, len(self.matches(one, among))) for one in others]
        return [
            (one, f"{_how_many(count, len(among))} on this page is “{one.name}” already.")
            for one, count in found
            if count
        ]


def _how_many(count: int, all_of: int) -> str:
    return "What it matches" if count == all_of else "Some of what it matches"


def matches_everything(event: LabeledEvent) -> bool:
    """Whether a definition has no condition."""
    return any(all(condition.is_blank for condition in one.conditions) for one in event.definitions)
