"""
Names for what SDKs capture by themselves, made from its properties (semantics §5.4).

    Page Viewed      Viewed Checkout            the title of the page, or its path
    Element Clicked  Clicked "Add to cart"      its text, label, id, class or tag
    Element Changed  Changed "Quantity"
"""

from collections.abc import Callable, Mapping
from typing import Any

PREFIX = "[Amplitude] "
_MOST = 80
_PAGE = ("Page Title", "Page Path", "Page URL", "Page Location", "Screen Name")
_ELEMENT: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("Element Text", str),
    ("Element Aria Label", str),
    ("Element ID", lambda text: f"#{text}"),
    ("Element Class", lambda text: f".{text.split()[0]}"),
    ("Element Tag", lambda text: text.lower()),
    ("Element Selector", str),
    ("Target Text", str),
    ("Target Accessibility Label", str),
    ("Target Accessibility Identifier", lambda text: f"#{text}"),
    ("Target View Class", str),
)
_VERBS = {
    "Page Viewed": "Viewed",
    "Screen Viewed": "Viewed",
    "Element Clicked": "Clicked",
    "Element Changed": "Changed",
    "Element Interacted": "Used",
    "Rage Click": "Clicked in rage",
    "Dead Click": "Clicked in vain",
    "Error Click": "Clicked with an error",
}

PARTS = tuple(PREFIX + name for name in (*_PAGE, *(name for name, _ in _ELEMENT)))
"""The event properties that names are made of."""


def is_named(event_type: str) -> bool:
    """Whether events of this type can be given a name."""
    return event_type.removeprefix(PREFIX) in _VERBS and event_type.startswith(PREFIX)


def generated_name(event_type: str, properties: Mapping[str, Any]) -> str | None:
    """The name of an event, or None when its type has none or its properties say too little."""
    if not is_named(event_type):
        return None
    kind = event_type.removeprefix(PREFIX)
    if kind.endswith("Viewed"):
        found = next((text for name in _PAGE if (text := _text(properties, name))), "")
        return f"{_VERBS[kind]} {found}" if found else None
    for name, shown in _ELEMENT:
        if text := _text(properties, name):
            return f"{_VERBS[kind]} “{shown(text)}”"
    return None


def _text(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(PREFIX + name)
    return " ".join(value[: 4 * _MOST].split())[:_MOST] if isinstance(value, str) else ""
