"""
The elements among which a selector must find the right ones, indexed so that thousands of
candidates can be tried in milliseconds.

Elements share ancestors, so their chains are kept as one tree. A part of a selector is the set of
tree nodes that have it; what a compound matches under `closest` is all elements below such nodes.
Sets are Python integers, one bit for an element.
"""

from collections.abc import Iterable, Sequence

from app.label.element import Element
from app.label.hierarchy import Node
from app.label.stability import Token, tokens, weak_tokens

type Mask = int


class Population:
    """Different elements of a page and of its history, the first one the target's likes."""

    def __init__(self, elements: Iterable[Element]) -> None:
        self.elements: list[Element] = []
        self.leaves: list[int] = []
        self.nodes: list[Node] = []
        self.parents: list[int] = []
        self.below: list[Mask] = []
        self._numbers: dict[int, int] = {}
        self._having: dict[str, set[int]] = {}
        self._tags: dict[str, Mask] = {}
        self._texts: dict[str, Mask] = {}
        self._places: dict[object, int] = {}
        self._parts: dict[object, set[str]] = {}
        self._tokens: dict[int, tuple[Token, ...]] = {}
        seen: dict[tuple[int, str | None, str | None, object], int] = {}
        for element in elements:
            self._add(element, seen)
        # Whatever is around an element was there before it.
        for place in range(len(self.nodes) - 1, 0, -1):
            if self.parents[place] >= 0:
                self.below[self.parents[place]] |= self.below[place]

    def bit(self, element: Element) -> Mask:
        """The bit of an element that is here, or 0."""
        leaf = self._leaf(element.hierarchy.nodes, add=False)
        found = 0
        for number, place in enumerate(self.leaves):
            same = place == leaf and self.elements[number].action is element.action
            if same and self.elements[number].text == element.text:
                found |= 1 << number
        return found

    def is_in(self, mask: Mask, element: Element) -> bool:
        """Whether an element that was given is in a mask."""
        number = self._numbers.get(id(element))
        return number is not None and bool(mask >> number & 1)

    def chain(self, leaf: int) -> list[int]:
        """The tree nodes from an element outwards."""
        found = []
        while leaf >= 0:
            found.append(leaf)
            leaf = self.parents[leaf]
        return found

    def tokens_of(self, place: int) -> tuple[Token, ...]:
        """What can be said of a tree node as an ancestor."""
        found = self._tokens.get(place)
        if found is None:
            found = self._tokens[place] = tokens(self.nodes[place], is_target=False)
        return found

    def having(self, parts: Sequence[str]) -> set[int]:
        """The tree nodes that have all of these parts."""
        sets = sorted((self._having.get(part, set()) for part in parts), key=len)
        return set.intersection(*sets) if sets else set(range(len(self.nodes)))

    def under(self, places: Iterable[int]) -> Mask:
        """All elements at or below these tree nodes."""
        found = 0
        for place in places:
            found |= self.below[place]
        return found

    def at(self, places: Iterable[int]) -> Mask:
        """The elements that are these tree nodes themselves."""
        wanted = set(places)
        found = 0
        for number, leaf in enumerate(self.leaves):
            if leaf in wanted:
                found |= 1 << number
        return found

    def of_tag(self, tag: str | None) -> Mask:
        """The elements with this tag."""
        return self._tags.get(tag or "", 0)

    def of_text(self, text: str) -> Mask:
        """The elements with this text."""
        return self._texts.get(text, 0)

    def saying(self, text: str) -> Mask:
        """The elements whose text has this in it."""
        found = 0
        for held, mask in self._texts.items():
            if text in held:
                found |= mask
        return found

    def leaf_of(self, mask: Mask) -> int:
        """The tree node of the first element of a mask."""
        return self.leaves[(mask & -mask).bit_length() - 1]

    def chosen(self, mask: Mask) -> list[Element]:
        """The elements of a mask."""
        return [one for number, one in enumerate(self.elements) if mask >> number & 1]

    def _add(
        self, element: Element, seen: dict[tuple[int, str | None, str | None, object], int]
    ) -> None:
        if not element.hierarchy.nodes:
            return
        leaf = self._leaf(element.hierarchy.nodes, add=True)
        key = (leaf, element.tag, element.text, element.action)
        number = seen.setdefault(key, len(self.elements))
        self._numbers[id(element)] = number
        if number < len(self.elements):
            return
        self.elements.append(element)
        self.leaves.append(leaf)
        mask = 1 << number
        self.below[leaf] |= mask
        self._tags[element.tag or ""] = self._tags.get(element.tag or "", 0) | mask
        if element.text:
            self._texts[element.text] = self._texts.get(element.text, 0) | mask

    def _parts_of(self, node: Node, own: object) -> set[str]:
        found = self._parts.get(own)
        if found is None:
            found = self._parts[own] = _parts(node)
        return found

    def _leaf(self, nodes: Sequence[Node], *, add: bool) -> int:
        place = -1
        for node in reversed(nodes):
            attrs = tuple(node.attrs.items()) if node.attrs else ()
            own = (node.tag, node.id, node.classes, attrs)
            key = (place, node.index, own)
            found = self._places.get(key)
            if found is None:
                if not add:
                    return -1
                found = self._places[key] = len(self.nodes)
                self.nodes.append(node)
                self.parents.append(place)
                self.below.append(0)
                for text in self._parts_of(node, own):
                    self._having.setdefault(text, set()).add(found)
            place = found
        return place


def _parts(node: Node) -> set[str]:
    """Everything that tokens may say of a node, whether as target or around it."""
    both = (*tokens(node, is_target=True), *tokens(node, is_target=False), *weak_tokens(node))
    return {text for text, _ in both}
