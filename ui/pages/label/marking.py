"""
What is marked on the page that is open: what the draft matches, and what is labeled already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.agentwords import Survey
from app.errors import BadInput
from app.label.evaluate import Judge
from app.label.events import LabeledEvent
from app.label.live import clickable
from ui.pages.label.counting import Told

MOST = 300

type Mark = dict[str, object]
"""As `highlight` of the page agent has it."""


@dataclass(frozen=True, slots=True)
class Marks:
    """`on_page` is how many elements the draft matches, None where that cannot be known; `here` how
    many each labeled event does, by its id."""

    on_page: int | None = None
    marks: Sequence[Mark] = ()
    here: Mapping[int, int] = field(default_factory=dict)


def marked(survey: Survey | None, draft: LabeledEvent | None, told: Sequence[Told] = ()) -> Marks:
    """What to mark for a draft, and for those of `told` that are not the draft."""
    if survey is None:
        return Marks()
    own = matches(draft, survey) if draft and not matches_everything(draft) else None
    marks: list[Mark] = [{"element": at, "tone": "match"} for at in (own or [])[:MOST]]
    here: dict[int, int] = {}
    for one in told:
        if one.label.archived or one.label.id is None:
            continue
        found = matches(one.label, survey)
        here[one.label.id] = len(found)
        if draft is None or one.label.id != draft.id:
            marks += [{"element": at, "tone": "other", "name": one.label.name} for at in found]
    return Marks(None if own is None else len(own), marks[:MOST], here)


def matches(event: LabeledEvent, survey: Survey) -> list[int]:
    """Which elements of the page a labeled event matches, by place."""
    try:
        judge = Judge(replace(event, archived=False))
    except BadInput:
        return []
    actions = {one.action for one in event.definitions}
    return [
        at
        for at, one in enumerate(survey.elements)
        if any(judge(*clickable(one, action)) is True for action in actions)
    ]


def matches_everything(event: LabeledEvent) -> bool:
    """Whether a definition has no condition."""
    return any(all(condition.is_blank for condition in one.conditions) for one in event.definitions)
