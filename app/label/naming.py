"""
A name and a description for a suggested labeled event, made from what was clicked. Never random,
never from a service: the same click gives the same words.
"""

from app.label.element import Action, Element, Page, page_path
from app.label.hierarchy import MASK

LONGEST = 60
_KINDS = {
    "a": "link",
    "button": "button",
    "input": "field",
    "textarea": "text field",
    "select": "list",
    "label": "label",
    "video": "video",
    "audio": "audio",
}


def name(element: Element) -> str:
    """Such as `Add to cart clicked`."""
    return f"{_called(element) or kind(element).capitalize()} {element.action}"


def group_name(element: Element, number: int) -> str:
    """Such as `Any of 24 add buttons clicked`."""
    called = _class_words(element)
    return f"Any of {number} {f'{called} ' if called else ''}{kind(element)}s {element.action}"


def description(element: Element, page: Page) -> str:
    """Such as `Clicks on the button “Add to cart”, first seen on shop.example/products.`"""
    verb = "Clicks on" if element.action is Action.CLICKED else "Changes of"
    called = _called(element)
    said = f" “{called}”" if called else ""
    where = page_path(page.url or "").partition("://")[2]
    seen = f", first seen on {where[:200]}" if where else ""
    return f"{verb} the {kind(element)}{said}{seen}."


def kind(element: Element) -> str:
    """What a person would call it."""
    own = element.hierarchy.nodes[0].attrs if element.hierarchy.nodes else {}
    if own.get("role") in {"button", "link", "tab", "checkbox", "switch"}:
        return own["role"]
    if element.tag == "input" and own.get("type") in {"checkbox", "radio", "submit", "button"}:
        return {"radio": "option", "checkbox": "checkbox"}.get(own["type"], "button")
    return _KINDS.get(element.tag or "", "element")


def _called(element: Element) -> str:
    own = element.hierarchy.nodes[0].attrs if element.hierarchy.nodes else {}
    for said in (element.text, element.aria_label, own.get("title"), own.get("name")):
        if said and MASK not in said and said.strip():
            return _short(said)
    if element.element_id:
        return _short(_words(element.element_id))
    return _class_words(element)


def _class_words(element: Element) -> str:
    from_class = (element.element_class or "").split()
    return _short(_words(from_class[-1])) if from_class else ""


def _words(identifier: str) -> str:
    return " ".join(identifier.replace("-", " ").replace("_", " ").split())


def _short(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    return (text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]) + "…"
