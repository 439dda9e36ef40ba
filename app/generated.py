"""
Names for events that were captured automatically, made from their properties (semantics §5.4):
`Viewed Basket`, `Clicked "Buy now"`. The event keeps the name under which it was sent.
"""

from collections.abc import Mapping
from typing import Any

_TITLE, _PATH = "[Amplitude] Page Title", "[Amplitude] Page Path"
_TEXT, _LABEL = "[Amplitude] Element Text", "[Amplitude] Element Aria Label"
_ID, _CLASS = "[Amplitude] Element ID", "[Amplitude] Element Class"
_TAG = "[Amplitude] Element Tag"

PARTS = (_TITLE, _PATH, _TEXT, _LABEL, _ID, _CLASS, _TAG)
"""The event properties that names are made of."""
LONGEST = 80

_PAGE = "[Amplitude] Page Viewed"
_VERBS = {"[Amplitude] Element Clicked": "Clicked", "[Amplitude] Element Changed": "Changed"}


def generated_name(event_type: str, properties: Mapping[str, Any]) -> str | None:
    """A name that says what was viewed, clicked or changed; None for other events, and when the
    properties do not tell."""
    if event_type == _PAGE:
        page = _text(properties, _TITLE) or _text(properties, _PATH)
        return f"Viewed {page}" if page else None
    verb = _VERBS.get(event_type)
    if verb is None:
        return None
    element = _element(properties)
    return f"{verb} “{element}”" if element else None


def _element(properties: Mapping[str, Any]) -> str:
    words = _text(properties, _TEXT) or _text(properties, _LABEL)
    if words:
        return words
    if identity := _text(properties, _ID):
        return f"#{identity}"
    if classes := _text(properties, _CLASS):
        return f".{classes.split()[0]}"
    return _text(properties, _TAG)


def _text(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    flat = " ".join(value.split()) if isinstance(value, str) else ""
    return f"{flat[:LONGEST]}…" if len(flat) > LONGEST else flat
