"""
From a picked element to a draft: what would find it again, and what to call it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.agentwords import Picked, Survey
from app.label import naming
from app.label.element import Action, Element, Page, clicked
from app.label.evaluate import DefinitionJudge
from app.label.events import Condition, LabeledEvent, Op
from app.label.live import clickable
from app.label.suggest import Suggestion, by_hand, page_condition, suggest, suggest_group
from app.store import Store
from ui.pages.label.choices import Choice
from ui.pages.label.counting import Told, clicks
from ui.pages.label.words import in_words
from ui.plain import number

FIELDS = frozenset({"input", "select", "textarea"})
PUSHED = frozenset({"submit", "button", "reset", "image"})
RESILIENT = (
    "Most resilient",
    "Either of two ways will do, so it lasts longer than each of them.",
    "good",
)
OUTLASTS = (
    "Outlasts new words",
    "Found by its words, and where it stands now once they change. Whatever else comes to stand "
    "there is counted, too.",
    "muted",
)
_TONES = {"stable": "good", "fair": "muted"}


class Draft(NamedTuple):
    """A labeled event that is not kept yet, other ways to define it, how many elements of the
    page are like it, and conditions to offer that do not count yet, by field."""

    event: LabeledEvent
    choices: list[Choice]
    alike: int
    offered: dict[str, Condition]


class Drafts:
    """What can be made of one element: one that was picked, or one of a captured click."""

    def __init__(
        self, target: Element, page: Page, around: Sequence[Element], told: Sequence[Told]
    ) -> None:
        self.target, self.page = target, page
        self._around = around
        self._taken = {one.label.name.casefold() for one in told}

    @classmethod
    def of_picked(cls, picked: Picked, survey: Survey | None, told: Sequence[Told]) -> Drafts:
        """Of an element of the page that is open."""
        action = _action(picked)
        around = survey.elements if survey else ()
        return cls(
            *clickable(picked.subject, action),
            [clickable(one, action)[0] for one in around],
            told,
        )

    def suggest(self, store: Store, *, is_group: bool) -> Draft:
        """The best definitions for this element, or for all that are like it."""
        history = clicks(store).population(self.page.url)
        alike = suggest_group(self.target, self._around, history)
        found = alike if is_group and alike else suggest(self.target, self._around, history)
        definitions = found[0].definitions[:1] if found else (by_hand(self.target),)
        like = self._like(alike[0], history) if alike else 0
        is_all = is_group and bool(alike)
        name = naming.group_name(self.target, like) if is_all else naming.name(self.target)
        said = "" if is_all else naming.description(self.target, self.page)
        event = LabeledEvent(self._free(name), definitions, said)
        has_page = bool(self._around)
        choices = [choice for one in found for choice in _choices(one, has_page=has_page)]
        return Draft(event, choices, like, self._offered())

    def _offered(self) -> dict[str, Condition]:
        values = {"text": self.target.text, "href": self.target.href}
        found = {name: Condition(name, Op.IS, (value,)) for name, value in values.items() if value}
        on_page = page_condition(self.page)
        return {**found, "page_url": on_page} if on_page else found

    def _like(self, group: Suggestion, history: Sequence[tuple[Element, int]]) -> int:
        """How many elements a group has: on the page, or without one among those clicked."""
        if self._around:
            return group.on_page
        judge = DefinitionJudge(group.definition)
        return sum(judge.of_element(element) is True for element, _ in history)

    def _free(self, name: str) -> str:
        if name.casefold() not in self._taken:
            return name
        count = 2
        while f"{name} {count}".casefold() in self._taken:
            count += 1
        return f"{name} {count}"


def captured(store: Store, event_id: int) -> tuple[Element, Page] | None:
    """What a captured event clicked or changed, if it did and says enough of it."""
    detail = store.events.detail(event_id)
    if detail is None:
        return None
    found = clicked(detail.row.type, detail.event.fields.get("event_properties"))
    return found if found and found[0].hierarchy.nodes else None


def _action(picked: Picked) -> Action:
    if picked.subject.tag not in FIELDS:
        return Action.CLICKED
    kind = picked.subject.hierarchy[0].get("attrs", {}).get("type", "").lower()
    return Action.CLICKED if kind in PUSHED else Action.CHANGED


def _choices(one: Suggestion, *, has_page: bool) -> list[Choice]:
    # Only clicks on this page are looked at for a suggestion; the count below is of all.
    before = f"{number(one.in_history)} before on this page"
    counts = f"{number(one.on_page)} now · {before}" if has_page else before
    tone = _TONES.get(one.confidence, "warning")
    word = one.confidence.capitalize()
    said = in_words(one.definition)
    made = [Choice(said, word, one.sentence, tone, (one.definition,), counts)]
    second = one.backup or one.fallback
    if second:
        other = in_words(second)
        title = f"{said}, or {other[0].lower()}{other[1:]}"
        sure, why, tone = RESILIENT if one.backup else OUTLASTS
        made.append(Choice(title, sure, why, tone, (one.definition, second), counts))
    return made
