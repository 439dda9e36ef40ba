"""
What the texts of every event that a filter wants have in them, in plain words: so that whoever
knows which events may hold a word can leave out all others.

Only what is certain is said. Texts are the names of an event's type, user and device, its insert
ID, and the JSON of its properties, in any case of ASCII letters.
"""

import re
from dataclasses import dataclass

from app.filter.sql import is_plain, is_property_name, plain_value, property_names
from app.filter.tree import All, AnyOf, Condition, Node

# What JSON has as it is, so that a text has it before and after it became JSON.
_PIECES = re.compile(r'[^"\\\x00-\x1f\x7f-\U0010ffff]+')


@dataclass(frozen=True, slots=True)
class Literals:
    """All of `texts` are there, and what all of `parts` say, or one of them when `is_any`."""

    texts: tuple[str, ...] = ()
    parts: "tuple[Literals, ...]" = ()
    is_any: bool = False


NOTHING_KNOWN = Literals()


def literals(node: Node) -> Literals:
    """What is certain of the events that a node wants; of what is negated, nothing."""
    if isinstance(node, Condition):
        return _of_condition(node)
    if isinstance(node, All | AnyOf):
        is_any = isinstance(node, AnyOf)
        parts = tuple(map(literals, node.parts))
        if is_any and NOTHING_KNOWN in parts:
            return NOTHING_KNOWN
        known = tuple(part for part in parts if part != NOTHING_KNOWN)
        return Literals((), known, is_any) if known else NOTHING_KNOWN
    return NOTHING_KNOWN


def _of_condition(one: Condition) -> Literals:
    if one.path:
        return _of_property(one)
    if one.key == "":
        return _of_free_text(one)
    if one.key == "has" and is_property_name(one) and is_plain(one.value):
        return Literals((f'{one.value}":',))
    if one.key == "page":
        value = plain_value(one)
        return Literals((value,)) if value else NOTHING_KNOWN
    return NOTHING_KNOWN


def _of_free_text(one: Condition) -> Literals:
    if not one.value.isascii() or "\0" in one.value:
        # Compared with all of Unicode folded, in which the long s is an s.
        return NOTHING_KNOWN
    written = one.value if one.is_quoted else one.value.replace("*", "\0")
    return Literals(tuple(_PIECES.findall(written)))


def _of_property(one: Condition) -> Literals:
    names = property_names(one)
    value = plain_value(one)
    texts = (value,) if value else ()
    if not all(map(is_plain, names)):
        return Literals(texts)
    named = tuple(Literals((f'{name}":',)) for name in names)
    return Literals(texts, named, is_any=True)
