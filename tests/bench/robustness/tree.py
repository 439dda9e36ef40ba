"""
A page as a tree that can be changed, and what an SDK would report of its elements (labeling §A2).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.label.element import Action, Element, normalized
from app.label.hierarchy import Hierarchy, Node
from app.label.selector.attributes import DRAWINGS, DROPPED, FIELDS

TRACKED = frozenset({"a", "button", "input", "select", "textarea", "label", "video", "audio"})


@dataclass(eq=False, slots=True)
class Branch:
    """An element. `number` stays with it through all changes; new elements have -1."""

    number: int
    tag: str
    attributes: dict[str, str]
    children: "list[Branch | str]" = field(default_factory=list)
    parent: "Branch | None" = None

    @property
    def elements(self) -> "list[Branch]":
        """The children that are elements."""
        return [child for child in self.children if isinstance(child, Branch)]

    @property
    def classes(self) -> list[str]:
        """The class names."""
        return self.attributes.get("class", "").split()

    def walk(self) -> "Iterator[Branch]":
        """This element and all in it."""
        yield self
        for child in self.elements:
            yield from child.walk()

    def text(self) -> str:
        """All text in it."""
        said = (child if isinstance(child, str) else child.text() for child in self.children)
        return " ".join(said)

    def chain(self) -> "list[Branch]":
        """This element and those around it, up to body."""
        found, at = [], self
        while at is not None:
            found.append(at)
            at = at.parent  # type: ignore[assignment]
        return found

    def copy(self, parent: "Branch | None" = None) -> "Branch":
        """A deep copy with the same numbers."""
        made = Branch(self.number, self.tag, dict(self.attributes), [], parent)
        made.children = [
            child if isinstance(child, str) else child.copy(made) for child in self.children
        ]
        return made

    def place(self) -> int:
        """Its place among the children of its parent."""
        assert self.parent
        return next(at for at, child in enumerate(self.parent.children) if child is self)


def branch(data: dict[str, Any], parent: Branch | None = None) -> Branch:
    """A tree as `pages.mjs` prints it."""
    made = Branch(data["n"], data["t"], data["a"], [], parent)
    made.children = [c if isinstance(c, str) else branch(c, made) for c in data["c"]]
    return made


def is_tracked(one: Branch) -> bool:
    """Whether the SDK reports clicks on it by itself."""
    if one.attributes.get("type", "").lower() in {"hidden", "password"}:
        return False
    return (
        one.tag in TRACKED
        or one.attributes.get("contenteditable", "").lower() == "true"
        or "data-amp-default-track" in one.attributes
        or "amp-default-track" in one.classes
    )


class Report:
    """The elements of a page as the SDK reports them; nodes are shared and made once."""

    def __init__(self, body: Branch) -> None:
        self.tracked = [one for one in body.walk() if is_tracked(one)]
        self._nodes: dict[int, Node] = {}
        self._places: dict[int, tuple[int, int, str | None]] = {}
        self.elements = [self._element(one) for one in self.tracked]

    def _element(self, one: Branch) -> Element:
        nodes = tuple(self._node(at) for at in one.chain())
        own = one.attributes
        return Element(
            Action.CLICKED,
            Hierarchy(nodes),
            tag=one.tag,
            text=normalized(one.text()[:255]) or None if one.tag not in FIELDS else None,
            href=own.get("href") if one.tag == "a" else None,
            element_id=own.get("id") or None,
            element_class=own.get("class") or None,
            aria_label=own.get("aria-label") if one.tag not in FIELDS else None,
        )

    def _node(self, one: Branch) -> Node:
        found = self._nodes.get(id(one))
        if found is None:
            index, of_type, before = self._place(one)
            classes = tuple(dict.fromkeys(one.classes))
            found = Node(
                one.tag, index, of_type, before, one.attributes.get("id", ""), classes, _kept(one)
            )
            self._nodes[id(one)] = found
        return found

    def _place(self, one: Branch) -> tuple[int, int, str | None]:
        if one.parent is None:
            return 1, 0, "head"
        if id(one) not in self._places:
            counts: dict[str, int] = {}
            before = None
            for index, child in enumerate(one.parent.elements):
                of_type = counts.get(child.tag, 0)
                counts[child.tag] = of_type + 1
                self._places[id(child)] = (index, of_type, before)
                before = child.tag
        return self._places[id(one)]


def _kept(one: Branch) -> dict[str, str]:
    if one.tag in DRAWINGS:
        return {}
    bare = one.tag in FIELDS or one.attributes.get("contenteditable", "").lower() == "true"
    return {
        name: value[:128]
        for name, value in one.attributes.items()
        if name not in DROPPED and name not in {"id", "class"} and (not bare or name == "type")
    }
