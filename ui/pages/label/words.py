"""
How a definition finds its element, in words for somebody who has never seen a selector.
"""

from __future__ import annotations

import re

from app.label.events import Definition
from ui.plain import one_line

_PART = re.compile(
    r"#(?P<id>(?:\\.|[\w-])+)|\.(?P<style>(?:\\.|[\w-])+)"
    r"|\[(?P<name>[\w:-]+)(?:[~^$*|]?=\"(?P<value>(?:\\.|[^\"\\])*)\"[^\]]*)?\]"
    r"|:(?P<place>nth-[\w-]+|first-[\w-]+)\([^)]*\)|^(?P<tag>[A-Za-z][\w-]*)"
)
_NAMES = {
    "aria-label": "spoken name",
    "href": "link to",
    "name": "name",
    "title": "hint",
    "placeholder": "hint",
    "type": "kind",
    "role": "role",
    "for": "field",
    "alt": "picture text",
}
_TAGS = {
    "a": "link",
    "button": "button",
    "input": "field",
    "textarea": "text field",
    "select": "list of choices",
    "li": "list item",
    "ul": "list",
    "ol": "list",
    "nav": "navigation",
    "header": "head",
    "footer": "foot",
    "form": "form",
    "main": "main part",
    "section": "section",
    "article": "article",
    "table": "table",
    "tr": "row",
    "td": "cell",
}
LONGEST = 30


def in_words(definition: Definition) -> str:
    """Such as `By its id “add-to-cart”` or `By its text “Buy” inside style “card”`."""
    text, selector = definition.value("text"), definition.value("selector")
    own, around = _parts(selector)
    # The text of a list is all its choices.
    called = "choices" if definition.value("tag") == "select" else "text"
    said = [f"{called} {_quoted(text)}"] if text else []
    said += own
    inside = f" inside {around[-1]}" if around else ""
    if _is_by_place(selector):
        return "By its place on the page"
    if said:
        return f"By its {' and '.join(said)}{inside}"
    return f"Any {kind_of(definition.value('tag'))}{inside}"


def kind_of(tag: str | None) -> str:
    """What people call such an element."""
    return _TAGS.get(tag or "", tag or "element")


def _is_by_place(selector: str) -> bool:
    return any(match["place"] for match in _PART.finditer(selector))


def _parts(selector: str) -> tuple[list[str], list[str]]:
    """What the element itself has, and what is around it, outermost first."""
    compounds = _steps(selector)
    around = [_step(one) or _kind(one) for one in compounds[:-1]]
    own = _step(compounds[-1]) if compounds else []
    return own, [" and ".join(one) for one in around if one]


def _steps(selector: str) -> list[str]:
    """The compounds of a selector: blanks and `>` between them, not inside of brackets."""
    return [one for one in re.split(r"[\s>]+(?![^\[]*\])", selector.strip()) if one]


def _step(compound: str) -> list[str]:
    found = []
    for match in _PART.finditer(compound):
        if match["id"]:
            found.append(f"id {_quoted(match['id'])}")
        elif match["style"]:
            found.append(f"style {_quoted(match['style'])}")
        elif match["name"]:
            called = _NAMES.get(match["name"]) or _plain(match["name"])
            found.append(f"{called} {_quoted(match['value'])}" if match["value"] else called)
    return found


def _kind(compound: str) -> list[str]:
    """What something is of which nothing else is said; of the element itself, its tag tells."""
    tag = re.match(r"[A-Za-z][\w-]*", compound)
    return [f"the {kind_of(tag[0])}"] if tag else []


def _plain(attribute: str) -> str:
    return "test name" if re.search(r"test|-cy$|-qa$|e2e", attribute) else attribute


def _quoted(text: str) -> str:
    plain = one_line(text.replace("\\", ""), 200)
    return f"“{plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + '…'}”"
