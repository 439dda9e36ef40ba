"""
From a picked element to a draft: what would find it again, and what to call it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.agentwords import Picked, Survey
from app.label.element import Action, Element
from app.label.events import Condition, Definition, LabeledEvent, Op
from app.label.live import clickable
from app.label.suggest import Suggestion, is_usable_text, suggest, suggest_group
from app.store import Store
from ui.pages.label.choices import Choice
from ui.pages.label.counting import Told, clicks
from ui.plain import number

FIELDS = frozenset({"input", "select", "textarea"})
PUSHED = frozenset({"submit", "button", "reset", "image"})
_TONES = {"stable": "good", "fair": "muted"}


class Draft(NamedTuple):
    """A labeled event that is not kept yet, other ways to define it, how many elements of the
    page are like it, and values to offer for conditions that do not count yet, by field."""

    event: LabeledEvent
    choices: list[Choice]
    alike: int
    offered: dict[str, str]


class Drafts:
    """What can be made of one picked element."""

    def __init__(self, picked: Picked, survey: Survey | None, told: Sequence[Told]) -> None:
        self.action = _action(picked)
        self.target, self.page = clickable(picked.subject, self.action)
        around = survey.elements if survey else ()
        self._around = [clickable(one, self.action)[0] for one in around]
        self._taken = {one.label.name.casefold() for one in told}

    def suggest(self, store: Store, *, is_group: bool) -> Draft:
        """The best definitions for this element, or for all that are like it."""
        history = clicks(store).population(self.page.url)
        alike = suggest_group(self.target, self._around, history)
        found = alike if is_group and alike else suggest(self.target, self._around, history)
        definitions = found[0].definitions[:1] if found else (self._by_hand(),)
        event = LabeledEvent(self._free(name_of(self.target, is_group=is_group)), definitions)
        choices = [choice for one in found for choice in _choices(one)]
        offered = {"page_url": self.page.url or "", "text": self.target.text or ""}
        if self.target.href:
            offered["href"] = self.target.href
        return Draft(event, choices, alike[0].on_page if alike else 0, offered)

    def _by_hand(self) -> Definition:
        conditions = [Condition("tag", Op.IS, (self.target.tag or "",))]
        if is_usable_text(self.target.text or ""):
            conditions.append(Condition("text", Op.IS, (self.target.text or "",)))
        return Definition(self.action, tuple(conditions), "label")

    def _free(self, name: str) -> str:
        if name.casefold() not in self._taken:
            return name
        count = 2
        while f"{name} {count}".casefold() in self._taken:
            count += 1
        return f"{name} {count}"


def name_of(element: Element, *, is_group: bool = False) -> str:
    """What a person would call a click on this, always the same for the same element."""
    hooks = dict(element.hierarchy.nodes[0].attrs or {}) if element.hierarchy.nodes else {}
    text = element.text if is_usable_text(element.text or "") else ""
    said = text or element.aria_label or ""
    if not is_usable_text(said):
        said = hooks.get("name") or element.element_id or hooks.get("data-testid") or ""
        said = said.replace("-", " ").replace("_", " ")
    if is_group and not text:
        said = ""
    what = said.strip() or {"a": "Link", "button": "Button"}.get(element.tag or "", "Element")
    return f"{what[:1].upper()}{what[1:]} {element.action}"


def _action(picked: Picked) -> Action:
    if picked.subject.tag not in FIELDS:
        return Action.CLICKED
    kind = picked.subject.hierarchy[0].get("attrs", {}).get("type", "").lower()
    return Action.CLICKED if kind in PUSHED else Action.CHANGED


def _choices(one: Suggestion) -> list[Choice]:
    counts = f"{number(one.on_page)} here · {number(one.in_history)} before"
    tone = _TONES.get(one.confidence, "warning")
    word = one.confidence.capitalize()
    made = [Choice(_said(one.definition), word, one.sentence, tone, (one.definition,), counts)]
    if one.backup:
        title = f"{_said(one.definition)}, or {_said(one.backup)}"
        why = "Either of two ways will do, so it lasts longer than each of them."
        made.append(Choice(title, "Most resilient", why, "good", one.definitions, counts))
    return made


def _said(definition: Definition) -> str:
    """The condition that tells it apart, in words."""
    text, selector = definition.value("text"), definition.value("selector")
    parts = [f"“{text}”" if text else "", selector]
    return " in ".join(part for part in parts if part) or definition.value("tag")
