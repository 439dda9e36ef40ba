"""
Labeled events in Amplitude's own form, out and in (labeling §A5).

That form knows two conditions: `Element Text` with `is`, and `Element Hierarchy` with `autotrack
css match`. They pass without loss. Whatever else a definition asks for is said, never dropped in
silence, and what it cannot say at all is refused: without that condition more would match.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import BadInput
from app.label.element import PREFIX, Action
from app.label.events import WITHOUT_VALUES, Condition, Definition, LabeledEvent, Op, checked
from app.label.selector import converted, parse

HIERARCHY = f"{PREFIX}Element Hierarchy"
CSS = "autotrack css match"
_ACTIONS = {one.event_type: one for one in (Action.CLICKED, Action.CHANGED)}
_FIELDS = {
    "text": "Element Text",
    "tag": "Element Tag",
    "href": "Element Href",
    "page_url": "Page URL",
    "page_title": "Page Title",
    "element_id": "Element ID",
    "element_class": "Element Class",
    "aria_label": "Element Aria Label",
}
_KEYS = {f"{PREFIX}{name}": field for field, name in _FIELDS.items()}
_OPS = {
    Op.IS: "is",
    Op.IS_NOT: "is not",
    Op.CONTAINS: "contains",
    Op.NOT_CONTAINS: "does not contain",
    Op.GLOB: "glob match",
    Op.IS_SET: "set is",
    Op.IS_NOT_SET: "set is not",
}
_FROM_OPS = {said: op for op, said in _OPS.items()}


@dataclass(frozen=True, slots=True)
class Converted[Form]:
    """What came of it, and in sentences what could not be carried over."""

    form: Form
    warnings: tuple[str, ...] = ()


def exported(label: LabeledEvent) -> Converted[dict[str, Any]]:
    """A labeled event for Amplitude: `{id, name, description, definition: [{event_type,
    filters}]}`."""
    warnings: list[str] = []
    definitions = []
    for part in label.live:
        if part.action not in _ACTIONS.values():
            raise BadInput(f"Amplitude has no labeled events of what was {part.action.verb}.")
        filters = [_filter(one, warnings) for one in part.conditions if not one.is_blank]
        definitions.append(
            {
                "event_type": part.action.event_type,
                "filters": [one for one in filters if one],
            }
        )
    if not definitions:
        raise BadInput("It counts nothing now, and Amplitude has no way to say so.")
    off = len(label.definitions) - len(label.live)
    if off:
        warnings.append(f"{off} definitions that are switched off or archived are left out.")
    if label.api_keys:
        warnings.append("That it counts in some projects only is left out.")
    body = {
        "id": str(label.id or ""),
        "name": label.name,
        "description": label.description,
        "category": label.category,
        "definition": definitions,
    }
    return Converted(body, tuple(f"“{label.name}”: {one}" for one in dict.fromkeys(warnings)))


def imported(body: object) -> Converted[LabeledEvent]:
    """A labeled event from Amplitude's form. Raises BadInput with a sentence."""
    if not isinstance(body, Mapping):
        raise BadInput("A labeled event of Amplitude is a JSON object.")
    listed = body.get("definition")
    if not isinstance(listed, list):
        raise BadInput("A labeled event of Amplitude has a list “definition”.")
    warnings: list[str] = []
    definitions = tuple(definition(one, warnings) for one in listed)
    name = next((v for k in ("name", "id") if isinstance(v := body.get(k), str) and v), "")
    label = checked(
        LabeledEvent(
            name,
            definitions,
            description=_text(body, "description"),
            category=_text(body, "category"),
        )
    )
    return Converted(label, tuple(f"“{label.name}”: {one}" for one in dict.fromkeys(warnings)))


def _filter(one: Condition, warnings: list[str]) -> dict[str, Any]:
    if one.field == "selector":
        if one.subject_only:
            warnings.append("Amplitude also matches elements around the one that was clicked.")
        return {
            "subprop_type": "event",
            "subprop_key": HIERARCHY,
            "subprop_op": CSS,
            "subprop_value": list(one.values),
        }
    exact = one.field == "text" and one.op is Op.IS and not one.ignore_case
    key = _FIELDS.get(one.field)
    if key is None or one.op not in _OPS:
        raise BadInput(
            f"Amplitude has no way to say “{one.field} {one.op.replace('_', ' ')}”;"
            " change this condition, or leave it out, before exporting."
        )
    if not exact:
        warnings.append(
            f"“{one.field} {one.op.replace('_', ' ')}” is exported for Amplitude's charts;"
            " its SDK does not act on it."
        )
    if one.ignore_case or one.ignore_fragment:
        warnings.append(f"“{one.field}” is compared exactly there, with case and fragment.")
    return {
        "subprop_type": "event",
        "subprop_key": PREFIX + key,
        "subprop_op": _OPS[one.op],
        "subprop_value": list(one.values),
    }


def definition(body: object, warnings: list[str] | None = None) -> Definition:
    """One definition from Amplitude's form; adds to `warnings`. Raises BadInput with a sentence."""
    if not isinstance(body, Mapping):
        raise BadInput("A definition of Amplitude is a JSON object.")
    action = _ACTIONS.get(str(body.get("event_type")))
    if action is None:
        raise BadInput(
            f"Only clicked and changed elements can be labeled,"
            f" not {str(body.get('event_type'))[:80]!r}."
        )
    filters = body.get("filters", [])
    if not isinstance(filters, list):
        raise BadInput("“filters” is a list.")
    return Definition(action, tuple(condition(one, warnings) for one in filters), "import")


def condition(body: object, warnings: list[str] | None = None) -> Condition:
    """One condition from a filter of Amplitude; adds to `warnings`. Raises BadInput with a
    sentence."""
    if not isinstance(body, Mapping):
        raise BadInput("A filter of Amplitude is a JSON object.")
    key, said, values = (body.get(f"subprop_{name}") for name in ("key", "op", "value"))
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadInput("“subprop_value” is a list of texts.")
    if not values and said not in {_OPS[op] for op in WITHOUT_VALUES} and warnings is not None:
        warnings.append("A filter without values takes any value.")
    if key == HIERARCHY and said == CSS:
        return Condition("selector", Op.CSS_MATCH, tuple(_selector(v, warnings) for v in values))
    field, op = _KEYS.get(str(key)), _FROM_OPS.get(str(said))
    if field is None or op is None:
        raise BadInput(f"The filter {str(key)[:80]!r} {str(said)[:40]!r} is not known.")
    return Condition(field, op, tuple(values))


def _selector(value: str, warnings: list[str] | None) -> str:
    if ">>>" in value:
        if warnings is not None:
            warnings.append("Marks for shadow trees were taken out of a selector.")
        value = converted(value)
    parse(value)
    return value


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
