"""
Labeled events: a name for clicks that were captured anyway (labeling §C1).

A labeled event is an OR of definitions; a definition is an action and an AND of conditions, where
a condition that is not there, or has no values, takes any value. JSON forms are stable and
documented in the README. Evidence is what was seen when the definition was made; it is never
matched, and helps to repair a definition whose element has changed.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import orjson

from app.errors import BadInput
from app.label.element import Action, normalized
from app.label.pattern import glob, regex
from app.label.selector import parse

SCHEMA = 1
FIELDS = (
    "tag",
    "text",
    "selector",
    "page_url",
    "href",
    "page_title",
    "element_id",
    "element_class",
    "aria_label",
)
"""In the order in which they are shown; besides them `attr.NAME`, a tracked attribute."""
PAGE_FIELDS = frozenset({"page_url", "page_title"})
ORIGINS = frozenset({"label", "captured_event", "repair", "backup", "manual", "import"})
LONGEST_NAME = 200
LONGEST_VALUE = 10_000
MOST_VALUES = 500
MOST_CONDITIONS = 50
MOST_DEFINITIONS = 200


class Op(StrEnum):
    """How a value is compared. The first half needs one value that fits, the negative ones that
    none does; a property that was not sent fails the former and satisfies the latter."""

    IS = "is"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    GLOB = "glob"
    REGEX = "regex"
    IS_SET = "is_set"
    CSS_MATCH = "css_match"
    IS_NOT = "is_not"
    NOT_CONTAINS = "not_contains"
    IS_NOT_SET = "is_not_set"


WITHOUT_VALUES = frozenset({Op.IS_SET, Op.IS_NOT_SET})


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. Of `values` any suffices (for negative ones: none may fit)."""

    field: str
    op: Op
    values: tuple[str, ...] = ()
    ignore_case: bool = False
    ignore_fragment: bool = False
    """For `page_url`: what follows `#` does not count."""
    subject_only: bool = False
    """For `selector`: the element itself must match, not one around it."""

    @property
    def is_blank(self) -> bool:
        """Whether it takes any value."""
        return not self.values and self.op not in WITHOUT_VALUES

    def as_json(self) -> dict[str, Any]:
        """The JSON form, without what is not set."""
        body: dict[str, Any] = {"field": self.field, "op": str(self.op), "values": [*self.values]}
        for name in ("ignore_case", "ignore_fragment", "subject_only"):
            if getattr(self, name):
                body[name] = True
        return body


@dataclass(frozen=True, slots=True)
class Definition:
    """An action and conditions that must all hold."""

    action: Action
    conditions: tuple[Condition, ...] = ()
    origin: str = "manual"
    enabled: bool = True
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """The only value of a field's condition, or an empty text."""
        found = (c.values for c in self.conditions if c.field == name and len(c.values) == 1)
        return next(iter(found), ("",))[0]

    def as_json(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "action": str(self.action),
            "conditions": [condition.as_json() for condition in self.conditions],
            "origin": self.origin,
            "enabled": self.enabled,
            **({"evidence": dict(self.evidence)} if self.evidence else {}),
        }

    def key(self) -> str:
        """Equal for definitions that mean the same, however they are written (labeling §C5)."""
        said = sorted(
            orjson.dumps(_canonical(condition)).decode()
            for condition in self.conditions
            if not condition.is_blank
        )
        return hashlib.blake2b("\n".join([self.action, *said]).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class LabeledEvent:
    """A named OR of definitions. `api_keys` are the projects it counts in; none: all."""

    name: str
    definitions: tuple[Definition, ...]
    description: str = ""
    category: str = ""
    api_keys: tuple[str, ...] = ()
    archived: bool = False
    id: int | None = None
    created_ms: int = 0
    changed_ms: int = 0

    @property
    def live(self) -> tuple[Definition, ...]:
        """The definitions that count."""
        return () if self.archived else tuple(one for one in self.definitions if one.enabled)

    def as_json(self) -> dict[str, Any]:
        """What is stored besides name, number and times."""
        return {
            "schema": SCHEMA,
            "description": self.description,
            "category": self.category,
            "scope": {"api_keys": list(self.api_keys)},
            "archived": self.archived,
            "definitions": [definition.as_json() for definition in self.definitions],
        }

    def repaired(self, definition: Definition) -> "LabeledEvent":
        """With one definition more; what matched before still does."""
        return replace(self, definitions=(*self.definitions, replace(definition, origin="repair")))


def name_key(name: str) -> str:
    """Equal for names that a person would take for the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def labeled_event(name: str, body: object, number: int | None = None) -> LabeledEvent:
    """A labeled event from its JSON form, checked. Raises BadInput with a sentence."""
    if not isinstance(body, Mapping):
        raise BadInput("A labeled event is a JSON object.")
    if body.get("schema", SCHEMA) != SCHEMA:
        raise BadInput("This labeled event was made by a newer version of Eventscope.")
    listed = body.get("definitions")
    if not isinstance(listed, list):
        raise BadInput("A labeled event needs a list of “definitions”.")
    scope = body.get("scope")
    keys = scope.get("api_keys") if isinstance(scope, Mapping) else None
    return checked(
        LabeledEvent(
            name=name,
            definitions=tuple(definition(one) for one in listed),
            description=_text(body, "description"),
            category=_text(body, "category"),
            api_keys=tuple(key for key in keys or () if isinstance(key, str)),
            archived=body.get("archived") is True,
            id=number,
        )
    )


def definition(body: object) -> Definition:
    """A definition from its JSON form. Raises BadInput with a sentence."""
    if not isinstance(body, Mapping):
        raise BadInput("A definition is a JSON object.")
    action = body.get("action")
    if action not in set(Action):
        raise BadInput(f"An action is one of {', '.join(Action)}, not {str(action)[:40]!r}.")
    listed = body.get("conditions", [])
    if not isinstance(listed, list):
        raise BadInput("“conditions” is a list.")
    origin, evidence = body.get("origin"), body.get("evidence")
    return Definition(
        Action(str(action)),
        tuple(condition(one) for one in listed),
        origin if isinstance(origin, str) and origin in ORIGINS else "manual",
        body.get("enabled") is not False,
        evidence if isinstance(evidence, Mapping) else {},
    )


def condition(body: object) -> Condition:
    """A condition from its JSON form. Raises BadInput with a sentence."""
    if not isinstance(body, Mapping):
        raise BadInput("A condition is a JSON object.")
    op, values = body.get("op"), body.get("values", [])
    if op not in set(Op):
        raise BadInput(f"There is no operator {str(op)[:40]!r}. There are: {', '.join(Op)}.")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadInput("“values” is a list of texts.")
    return Condition(
        _text(body, "field"),
        Op(str(op)),
        tuple(values),
        body.get("ignore_case") is True,
        body.get("ignore_fragment") is True,
        body.get("subject_only") is True,
    )


def checked(label: LabeledEvent) -> LabeledEvent:
    """The labeled event with its name and values tidied. Raises BadInput with a sentence."""
    name = " ".join(label.name.split())
    if not name:
        raise BadInput("A labeled event needs a name.")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name is longer than {LONGEST_NAME} characters.")
    if not label.definitions:
        raise BadInput("A labeled event needs at least one definition.")
    if len(label.definitions) > MOST_DEFINITIONS:
        raise BadInput(f"A labeled event has at most {MOST_DEFINITIONS} definitions.")
    made = tuple(
        replace(one, conditions=checked_conditions(one.conditions)) for one in label.definitions
    )
    return replace(label, name=name, definitions=made)


def checked_conditions(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Conditions without blank ones and equal values. Raises BadInput with a sentence."""
    if len(conditions) > MOST_CONDITIONS:
        raise BadInput(f"A definition has at most {MOST_CONDITIONS} conditions.")
    return tuple(_checked(one) for one in conditions if not one.is_blank)


def _checked(one: Condition) -> Condition:
    if one.field not in FIELDS and not (one.field.startswith("attr.") and one.field[5:]):
        raise BadInput(
            f"There is no field {one.field[:40]!r}. There are: {', '.join(FIELDS)}, attr.NAME."
        )
    if (one.op is Op.CSS_MATCH) != (one.field == "selector"):
        raise BadInput("A selector is compared with “css_match”, and nothing else is.")
    if len(one.values) > MOST_VALUES:
        raise BadInput(f"A condition has at most {MOST_VALUES} values.")
    if any(len(value) > LONGEST_VALUE for value in one.values):
        raise BadInput(f"A value is longer than {LONGEST_VALUE:,} characters.")
    for value in one.values:
        if one.op is Op.CSS_MATCH:
            parse(value)
        elif one.op is Op.REGEX:
            regex(value, one.ignore_case)
        elif one.op is Op.GLOB:
            glob(value, one.ignore_case)
    tidy = normalized if one.field == "text" and one.op in {Op.IS, Op.IS_NOT} else str
    return replace(one, values=tuple(dict.fromkeys(tidy(value) for value in one.values)))


def _canonical(one: Condition) -> dict[str, Any]:
    spelled = (_spelled(one, value) for value in one.values)
    return {**one.as_json(), "values": sorted(set(spelled))}


def _spelled(one: Condition, value: str) -> str:
    if one.op is Op.CSS_MATCH:
        return parse(value).canonical
    value = unicodedata.normalize("NFC", value)
    folds = one.ignore_case and one.op not in {Op.REGEX, Op.GLOB}
    return value.casefold() if folds else value


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name, "")
    return value if isinstance(value, str) else ""
