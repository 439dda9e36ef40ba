"""
The chain of elements that an SDK reports with a click: the target first, `<body>` last.

SDKs send it as an array, older tools as JSON text or as text in Python's spelling, and up to
browser SDK 2.23.6 it is cut (labeling §A2). What was not recorded is not the same as what was not
there, so a hierarchy knows what it does not know: `complete` is false when ancestors are missing,
`classes_known` when the sender leaves classes out. Nothing here raises for hostile input.
"""

import ast
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

DEEPEST = 2_000
"""Nodes that are read. Browsers stop nesting at 512."""
LONGEST_TEXT = 4_000_000
CUT_TRIES = 64
MASK = "*****"
VALUE_UNITS = 128
"""UTF-16 units of an attribute value that SDKs keep."""

_NO_ATTRIBUTES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Node:
    """One element as it was recorded. Positions count from 0; None is "not recorded"."""

    tag: str
    index: int | None = None
    index_of_type: int | None = None
    prev_sib: str | None = None
    id: str = ""
    classes: tuple[str, ...] = ()
    attrs: Mapping[str, str] = field(default_factory=dict)
    shadow: bool = False

    def as_json(self) -> dict[str, Any]:
        """The node as SDKs spell it, absent keys left out."""
        found: dict[str, Any] = {"tag": self.tag}
        if self.index is not None:
            found["index"] = self.index
        if self.index_of_type is not None:
            found["indexOfType"] = self.index_of_type
        if self.prev_sib is not None:
            found["prevSib"] = self.prev_sib
        if self.id:
            found["id"] = self.id
        if self.classes:
            found["classes"] = list(self.classes)
        if self.attrs:
            found["attrs"] = dict(self.attrs)
        if self.shadow:
            found["shadow"] = True
        return found


@dataclass(frozen=True)
class Hierarchy:
    """The recorded chain. `nodes[0]` is the subject of the event."""

    nodes: tuple[Node, ...] = ()
    classes_known: bool = True

    @cached_property
    def complete(self) -> bool:
        """Whether the chain ends where pages end; otherwise ancestors are missing."""
        return bool(self.nodes) and self.nodes[-1].tag in {"body", "frameset"}

    @cached_property
    def tokens(self) -> frozenset[str]:
        """`tag`, `.class` and `#id` of all nodes, by which most selectors are ruled out."""
        found: set[str] = set()
        for node in self.nodes:
            found.add(node.tag)
            if node.id:
                found.add(f"#{node.id}")
            found.update(f".{name}" for name in node.classes)
        return frozenset(found)

    @cached_property
    def key(self) -> int:
        """A signed 64-bit hash: equal for hierarchies that no selector can tell apart."""
        text = canonical(self)
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)

    def as_json(self) -> list[dict[str, Any]]:
        """As SDKs send it."""
        return [node.as_json() for node in self.nodes]


def canonical(hierarchy: Hierarchy) -> bytes:
    """The JSON under which a hierarchy is stored; `stored` reads it back."""
    body = {"h": hierarchy.as_json(), **({} if hierarchy.classes_known else {"c": False})}
    return orjson.dumps(encodable(body), option=orjson.OPT_SORT_KEYS)


def stored(text: str | bytes) -> Hierarchy:
    """What `canonical` wrote."""
    return restored(orjson.loads(text))


def restored(body: Mapping[str, Any]) -> Hierarchy:
    """What `canonical` wrote, after it was parsed."""
    return Hierarchy(tuple(map(_own, body["h"])), bool(body.get("c", True)))


def _own(item: Mapping[str, Any]) -> Node:
    """A node that was checked before it was written: a million clicks are read by way of this."""
    get = item.get
    return Node(
        item["tag"],
        get("index"),
        get("indexOfType"),
        get("prevSib"),
        get("id", ""),
        tuple(get("classes", ())),
        get("attrs", _NO_ATTRIBUTES),
        get("shadow", False),
    )


def read(value: object, element_class: object = None) -> Hierarchy:
    """The hierarchy of an event's `[Amplitude] Element Hierarchy`, in any of its forms.

    `element_class` is the event's `[Amplitude] Element Class`: when it is set and no node has
    classes, the sender leaves classes out. What cannot be read gives an empty hierarchy.
    """
    if isinstance(value, str | bytes):
        value = _parsed(value if isinstance(value, str) else value.decode("utf-8", "replace"))
    nodes = _nodes(value)
    said = isinstance(element_class, str) and bool(element_class.strip())
    return Hierarchy(nodes, not said or any(node.classes for node in nodes))


def _parsed(text: str) -> object:
    """A list from JSON or from Python's spelling, also when its end was cut off."""
    text = text.strip()
    if len(text) > LONGEST_TEXT or not text.startswith("["):
        return None
    found = _loaded(text)
    end = len(text)
    for _ in range(CUT_TRIES):
        if found is not None:
            return found
        # The last brace may close attributes; then what stands before it is tried.
        end = text.rfind("}", 0, end)
        if end < 0:
            return None
        found = _loaded(text[: end + 1] + "]")
    return found


def _loaded(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _nodes(value: object) -> tuple[Node, ...]:
    """Nodes up to the first that is none: what comes after it has lost its place."""
    if not isinstance(value, list | tuple):
        return ()
    found = []
    for item in value[:DEEPEST]:
        node = _node(item)
        if node is None:
            break
        found.append(node)
    return tuple(found)


def _node(item: object) -> Node | None:
    if not isinstance(item, Mapping):
        return None
    tag = item.get("tag")
    if not isinstance(tag, str) or not tag:
        return None
    prev, name = item.get("prevSib"), item.get("id")
    return Node(
        tag=tag.lower(),
        index=_position(item.get("index")),
        index_of_type=_position(item.get("indexOfType")),
        prev_sib=prev.lower() if isinstance(prev, str) and prev else None,
        id=name if isinstance(name, str) else "",
        classes=_classes(item.get("classes")),
        attrs=_attributes(item.get("attrs")),
        shadow=item.get("shadow") is True,
    )


def _position(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31:
        return value
    return None


def _classes(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split()
    if not isinstance(value, list | tuple):
        return ()
    return tuple(dict.fromkeys(name for name in value if isinstance(name, str) and name))


def _attributes(value: object) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        return _NO_ATTRIBUTES
    return {
        name: held
        for name, held in value.items()
        if isinstance(name, str) and isinstance(held, str)
    }


def encodable(value: Any) -> Any:
    """Lone surrogates, which a cut in the middle of a character leaves, as U+FFFD."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value
    if isinstance(value, list):
        return [encodable(item) for item in value]
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    return value
