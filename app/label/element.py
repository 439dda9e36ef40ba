"""
What an element event says, in two halves: the element that was clicked, and the page it was on.

Both are values that compare equal when no condition can tell them apart, so that a million clicks
are judged as the few thousand different elements and pages that they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson

from app.label.hierarchy import Hierarchy, canonical, encodable, read, restored

PREFIX = "[Amplitude] "
MOST = 4_096
"""Characters of a property that are kept; SDKs keep 255 of texts and 128 of links."""


NOTHING = Hierarchy()


class Action(StrEnum):
    """What a person did with the element. SDKs report a click that annoyed (several in a row,
    without effect, followed by an error) once more, as an event of its own (semantics §21); it is
    counted as such, and never as a click, which was reported too."""

    CLICKED = "clicked"
    CHANGED = "changed"
    RAGE_CLICKED = "rage_clicked"
    DEAD_CLICKED = "dead_clicked"
    ERROR_CLICKED = "error_clicked"

    @property
    def event_type(self) -> str:
        """The event that SDKs send for it."""
        return f"{PREFIX}{_EVENTS[self]}"

    @property
    def verb(self) -> str:
        """What happened to the element, such as `clicked in vain`."""
        return _VERBS.get(self, str(self))

    @property
    def is_click(self) -> bool:
        """Whether an element that was clicked can be the subject."""
        return self is not Action.CHANGED


_EVENTS = {
    Action.CLICKED: "Element Clicked",
    Action.CHANGED: "Element Changed",
    Action.RAGE_CLICKED: "Rage Click",
    Action.DEAD_CLICKED: "Dead Click",
    Action.ERROR_CLICKED: "Error Click",
}
_VERBS = {
    Action.RAGE_CLICKED: "clicked in rage",
    Action.DEAD_CLICKED: "clicked in vain",
    Action.ERROR_CLICKED: "clicked with an error",
}
SEEN = tuple(
    PREFIX + name
    for name in (
        "Element Hierarchy",
        "Element Tag",
        "Element Text",
        "Element Href",
        "Element ID",
        "Element Class",
        "Element Aria Label",
        "Element Attributes",
        "Page URL",
        "Page Title",
    )
)
"""The properties that conditions can see."""
ACTIONS: Mapping[str, Action] = {action.event_type: action for action in Action}


@dataclass(frozen=True)
class Element:
    """The subject of an element event (labeling §A3). A missing property is None."""

    action: Action
    hierarchy: Hierarchy = NOTHING
    tag: str | None = None
    text: str | None = None
    href: str | None = None
    element_id: str | None = None
    element_class: str | None = None
    aria_label: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()

    def field(self, name: str) -> str | None:
        """The value that a condition's field names, or None when it was not sent."""
        if name.startswith("attr."):
            return dict(self.attributes).get(name[5:])
        value = getattr(self, name)
        return value if isinstance(value, str) else None


@dataclass(frozen=True)
class Page:
    """Where it happened."""

    url: str | None = None
    title: str | None = None

    def field(self, name: str) -> str | None:
        """The value of `page_url` or `page_title`."""
        return self.url if name == "page_url" else self.title


def taken_as(element: Element, action: Action) -> Element | None:
    """The element as the subject of another action: what was clicked is the same thing whether it
    annoyed or not, but a click on a field is not a change of it."""
    if element.action is action:
        return element
    return replace(element, action=action) if element.action.is_click and action.is_click else None


def clicked(event_type: str, properties: object) -> tuple[Element, Page] | None:
    """What an event says of an element, or None when it is no element event."""
    action = ACTIONS.get(event_type)
    if action is None or not isinstance(properties, Mapping):
        return None
    said = properties.get(f"{PREFIX}Element Class")
    hierarchy = read(properties.get(f"{PREFIX}Element Hierarchy"), said)
    element = Element(
        action,
        hierarchy,
        tag=_text(properties, "Element Tag")
        or (hierarchy.nodes[0].tag if hierarchy.nodes else None),
        text=_text(properties, "Element Text"),
        href=_text(properties, "Element Href"),
        element_id=_text(properties, "Element ID"),
        element_class=_text(properties, "Element Class"),
        aria_label=_text(properties, "Element Aria Label"),
        attributes=_attributes(properties.get(f"{PREFIX}Element Attributes")),
    )
    return element, Page(_text(properties, "Page URL"), _text(properties, "Page Title"))


def element_body(element: Element) -> bytes:
    """An element as it is stored; `element_of` reads it back."""
    body: dict[str, Any] = {
        name: value
        for name in ("tag", "text", "href", "element_id", "element_class", "aria_label")
        if (value := element.field(name)) is not None
    }
    if element.attributes:
        body["attributes"] = dict(element.attributes)
    said = orjson.dumps({"action": str(element.action), **body}, option=orjson.OPT_SORT_KEYS)
    return said[:-1] + b',"hierarchy":' + canonical(element.hierarchy) + b"}"


def element_of(text: str | bytes) -> Element:
    """What `element_body` wrote."""
    body = orjson.loads(text)
    return Element(
        Action(body.pop("action")),
        restored(body.pop("hierarchy")),
        attributes=tuple(body.pop("attributes", {}).items()),
        **body,
    )


def page_path(url: str) -> str:
    """Host and path of a page, without what changes from visit to visit."""
    return url.partition("#")[0].partition("?")[0].rstrip("/")


def normalized(text: str) -> str:
    """A typed text as SDKs would have sent it: blanks collapsed and trimmed."""
    return " ".join(text.split())


def _text(properties: Mapping[str, Any], name: str) -> str | None:
    value = properties.get(PREFIX + name)
    if isinstance(value, bool) or value is None or value == "":
        return None
    if isinstance(value, int | float):
        return str(value)
    return str(encodable(value[:MOST])) if isinstance(value, str) else None


def _attributes(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        return ()
    return tuple(
        (str(encodable(name)), str(encodable(held[:MOST])))
        for name, held in sorted((str(key), item) for key, item in value.items())
        if isinstance(held, str)
    )
