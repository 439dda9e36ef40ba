"""
What the texts of every event that a filter wants have in them, in plain words: so that whoever
knows which events may hold a word can leave out all others.

Only what is certain is said. Texts are the names of an event's type, user and device, its insert
ID, and the JSON of its properties: as they are, in any case of ASCII letters, and with all of
Unicode folded (`str.casefold`), where JSON's escapes are what they stand for. What has letters
beyond ASCII is said folded.
"""

import re
from dataclasses import dataclass

from app.filter.properties import is_plain, is_property_name, plain_value, property_names
from app.filter.tree import All, AnyOf, Condition, Node, Op

# What JSON has as it is, so that a text has it before and after it became JSON.
_PIECES = re.compile(r'[^"\\\x00-\x1f\x7f]+')


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
    if one.key == "has" and is_property_name(one):
        return _named(one.value)
    if one.key == "page":
        return Literals(_value(one))
    return NOTHING_KNOWN


def _of_free_text(one: Condition) -> Literals:
    return Literals(_pieces(one))


def _of_property(one: Condition) -> Literals:
    texts = _value(one)
    named = tuple(map(_named, property_names(one)))
    if NOTHING_KNOWN in named:
        return Literals(texts)
    return Literals(texts, named, is_any=True)


def _named(name: str) -> Literals:
    """What an object has that has a property of this name."""
    return Literals((f'{name}":',) if is_plain(name) else _folded(name))


def _value(one: Condition) -> tuple[str, ...]:
    """What a text must have to be, or to have in it, the value of a condition on a property."""
    value = plain_value(one)
    if value is not None:
        return (value,)
    # No number and no word of JSON has such letters, so that it must be a text.
    is_text = one.op in (Op.HAS, Op.EQUAL) and not one.value.isascii()
    return _pieces(one) if is_text else ()


def _pieces(one: Condition) -> tuple[str, ...]:
    return _folded(one.value if one.is_quoted else one.value.replace("*", "\0"))


def _folded(text: str) -> tuple[str, ...]:
    """Folded also where only the case of ASCII counts: for ASCII that is the same."""
    return tuple(_PIECES.findall(text.casefold()))
