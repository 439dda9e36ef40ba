"""
How far to trust a suggestion, for somebody who has never seen a selector: one word, and a sentence
that says what the element is found by and what would break that.
"""

from app.label.events import Definition, Op
from app.label.selector import parse
from app.label.selector.syntax import Attribute, Class, Compound, Id, Nth, Tag
from app.label.stability import class_kind, is_hook

STABLE, FAIR = 0.5, 1.2

_WORDS = {
    "name": "its field name",
    "for": "the field it belongs to",
    "href": "where it leads",
    "aria-label": "its accessible name",
    "title": "its title",
    "placeholder": "the hint in it",
    "class": "its class names",
    "type": "its kind",
    "role": "its kind",
}
_ASK = "Ask your developers for a data-testid on this element"
_REWORDED = "Lasts until it is reworded, and finds one language only."
_BREAKS_BY = {
    "its words": "Lasts until they are rewritten, and finds them in one language only.",
    "some of its words": "Lasts until they are rewritten, and finds them in one language only.",
    "where it leads": "Lasts until it leads elsewhere.",
    "its class names": "Lasts until a new design renames them.",
    "its accessible name": _REWORDED,
    "its title": _REWORDED,
    "the hint in it": _REWORDED,
    "its kind": "Lasts until a second one is put there.",
}
_STAYS = "Such names are made to stay."
_WEAK = f"A new design may break it. {_ASK}."
_POSITIONAL = f"Found by its place among others. It breaks when something is put before it. {_ASK}."


def confidence(cost: float, definition: Definition) -> str:
    """One of stable, fair, weak, positional, by the cost of a suggestion (labeling §C4); only what
    counts places is positional."""
    if cost <= STABLE:
        return "stable"
    if cost <= FAIR:
        return "fair"
    selector = definition.value("selector")
    parts = (part for one in _compounds(selector) for part in one.parts)
    return "positional" if any(isinstance(part, Nth) for part in parts) else "weak"


def sentence(word: str, definition: Definition) -> str:
    """Such as `Found by its id, in a named part of the page. Such names are made to stay.`"""
    said = _by_text(definition)
    last = _compounds(definition.value("selector"))
    own = {one: None for part in (last[-1].parts if last else ()) if (one := _by_part(part))}
    by = [*([said] if said else []), *([] if said else own)]
    where = ", in a part of the page that has a name" if len(last) > (0 if said else 1) else ""
    if word == "positional":
        return _POSITIONAL
    found = f"Found by {_listed(by)}" if by else "Found as the only one of its kind"
    lasts = _BREAKS_BY.get(by[0] if by else "its kind", _STAYS)
    if word == "weak":
        lasts = f"{lasts} {_ASK}." if by in ([], ["its kind"]) else _WEAK
    return f"{found}{where}. {lasts}"


def _compounds(selector: str) -> tuple[Compound, ...]:
    return tuple(parse(selector).branches[0].compounds) if selector else ()


def _by_text(definition: Definition) -> str:
    asked = next((one for one in definition.conditions if one.field == "text"), None)
    if asked is None:
        return ""
    return "some of its words" if asked.op is Op.CONTAINS else "its words"


def _by_part(part: object) -> str:
    match part:
        case Id():
            return "its id"
        case Class():
            looks = class_kind(part.name) in {"utility", "hashed"}
            return "how it looks" if looks else "its class names"
        case Attribute():
            if is_hook(part.name):
                return "a name that developers gave it"
            return _WORDS.get(part.name, f"its “{part.name}”")
        case Nth():
            return "its place"
        case Tag():
            return ""
    return "what others have and it has not"


def _listed(parts: list[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
