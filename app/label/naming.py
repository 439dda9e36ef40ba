"""
A name and a description for a suggested labeled event, made from what was clicked. Never random,
never from a service: the same click gives the same words.

An element is called by what people read on it, else by what screen readers say, else by where it
leads or what developers call it; what tools made up is never used. Something without any name is
called by its kind and by what is around it.
"""

import re
from collections.abc import Iterator
from itertools import islice

from app.label.element import Action, Element, Page, page_path
from app.label.hierarchy import MASK, Node
from app.label.stability import MOST_LOOKED_AT, class_kind, is_auto_id, is_generic, is_hook

LONGEST = 60
LONGEST_PAGE = 200
LONGEST_CLASSES = 1_000
_KINDS = {
    "a": "link",
    "button": "button",
    "input": "field",
    "textarea": "text field",
    "select": "list",
    "label": "label",
    "video": "video",
    "audio": "audio",
    "summary": "section",
    "img": "picture",
}
_ROLES = frozenset({"button", "link", "tab", "checkbox", "switch", "radio", "option"}) | {
    "menuitem",
    "slider",
}
_INPUTS = {
    "radio": "option",
    "checkbox": "checkbox",
    "submit": "button",
    "button": "button",
    "reset": "button",
    "image": "button",
    "email": "e-mail field",
    "tel": "phone field",
    "search": "search field",
    "number": "number field",
    "date": "date field",
    "file": "file field",
    "range": "slider",
    "color": "color field",
}
_WRITTEN_IN = frozenset({"input", "select", "textarea"})
_LANDMARKS = {
    "nav": "navigation",
    "header": "header",
    "footer": "footer",
    "aside": "sidebar",
    "form": "form",
    "dialog": "dialog",
    "table": "table",
}
_VERBS = {
    Action.CLICKED: "Clicks on",
    Action.CHANGED: "Changes of",
    Action.RAGE_CLICKED: "Clicks in rage on",
    Action.DEAD_CLICKED: "Clicks in vain on",
    Action.ERROR_CLICKED: "Clicks with an error on",
}
_JOINTS = re.compile(r"[-_.:/\s]+|(?<=[a-z])(?=[A-Z])")
_INVISIBLE = re.compile(r"[\u200c\u200d]")


def name(element: Element) -> str:
    """Such as `Add to cart clicked`, or `Button in the header clicked in vain`."""
    return f"{_capital(_called(element) or _kind_somewhere(element))} {element.action.verb}"


def group_name(element: Element, number: int) -> str:
    """Such as `Any of 24 add buttons clicked`, or `Any add button clicked` when it is the only one
    so far."""
    called, what = _class_words(element), kind(element)
    # A class such as `skip-link` says what it is already.
    things = called if called.rpartition(" ")[2] == what else f"{called} {what}".strip()
    where = "" if called else _where(element)
    those = f"of {number:,} {_plural(things)}" if number > 1 else things
    return f"Any {those}{where} {element.action.verb}"


def description(element: Element, page: Page) -> str:
    """Such as `Clicks on the button “Add to cart”, first seen on “Shop” (shop.example/all).`"""
    called = _called(element)
    said = f"{kind(element)} “{called}”" if called else _kind_somewhere(element)
    return f"{_VERBS[element.action]} the {said}{_on(page)}."


def kind(element: Element) -> str:
    """What a person would call it."""
    own = element.hierarchy.nodes[0].attrs if element.hierarchy.nodes else {}
    if (role := own.get("role", "").lower()) in _ROLES:
        return {"menuitem": "menu entry", "radio": "option"}.get(role, role)
    if element.tag == "input":
        return _INPUTS.get(own.get("type", "").lower(), "field")
    return _KINDS.get(element.tag or "", "element")


def _called(element: Element) -> str:
    """What it is called, or nothing."""
    named = (_short(said) for said in _names(element) if said and MASK not in said)
    every = [said for said in named if said]
    # A sign such as “+” says what it looks like; a name in words is better if there is one.
    return next((said for said in every if any(map(str.isalpha, said))), (every or [""])[0])


def _names(element: Element) -> Iterator[str | None]:
    own = element.hierarchy.nodes[0] if element.hierarchy.nodes else Node("")
    # The text of a list is all its choices.
    yield element.text if element.tag not in _WRITTEN_IN else None
    yield element.aria_label or own.attrs.get("aria-label")
    yield own.attrs.get("title")
    yield own.attrs.get("alt")
    yield own.attrs.get("placeholder")
    for attribute, said in islice(own.attrs.items(), MOST_LOOKED_AT):
        if is_hook(attribute) and not is_auto_id(said):
            yield _words(said)
    yield _words(own.attrs.get("name", ""))
    if element.element_id and not is_auto_id(element.element_id):
        yield _words(element.element_id)
    yield _target(own.attrs.get("href", "")) if element.tag == "a" else None
    yield _class_words(element)


def _target(href: str) -> str:
    """Where a link without words leads: the site, or the page of this one."""
    found = re.match(r"(?:https?:)?//(?:www\.)?([^/?#:]+)", href)
    if found:
        return f"link to {found[1]}"
    path = href.partition("?")[0].partition("#")[0].strip("/")
    last = _words(path.rpartition("/")[2].partition(".")[0])
    return f"link to {last}" if any(map(str.isalpha, last)) and ":" not in path else ""


def _kind_somewhere(element: Element) -> str:
    return f"{kind(element)}{_where(element)}"


def _where(element: Element) -> str:
    """Such as ` in the header`: the nearest part of the page that has a name."""
    for node in element.hierarchy.nodes[1:]:
        label = _short(node.attrs.get("aria-label", ""))
        if label and MASK not in label:
            return f" in “{label}”"
        landmark = _LANDMARKS.get(node.tag) or _LANDMARKS.get(node.attrs.get("role", ""))
        if node.id and not is_auto_id(node.id):
            return f" in “{_short(_words(node.id))}”"
        if landmark:
            return f" in the {landmark}"
    return ""


def _class_words(element: Element) -> str:
    """The last class that says what it is and not what it looks like."""
    for said in reversed((element.element_class or "")[:LONGEST_CLASSES].split()):
        if class_kind(said) == "semantic" and not is_generic(said):
            return _short(_words(said))
    return ""


def _on(page: Page) -> str:
    where = _short(page_path(page.url or "").partition("://")[2], LONGEST_PAGE)
    title = _short(page.title or "")
    if MASK in title or not title:
        return f", first seen on {where}" if where else ""
    return f", first seen on “{title}”{f' ({where})' if where else ''}"


def _words(identifier: str) -> str:
    parts = filter(None, _JOINTS.split(identifier[:LONGEST_PAGE]))
    return " ".join(part if part.isupper() else part.lower() for part in parts)


def _plural(things: str) -> str:
    if things.endswith(("x", "ch")):
        return f"{things}es"
    return f"{things[:-1]}ies" if things.endswith("ntry") else f"{things}s"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(text: str, longest: int = LONGEST) -> str:
    """One line that can be read, cut between words; what cannot be seen is left out."""
    # Joiners are part of emoji and of some scripts.
    kept = (c for c in text[: 4 * longest] if c.isprintable() or c.isspace() or c in "\u200c\u200d")
    text = " ".join("".join(kept).split())
    if not _INVISIBLE.sub("", text):
        return ""
    if len(text) <= longest:
        return text
    return (text[:longest].rpartition(" ")[0] or text[:longest]) + "…"
