"""
A filter as a tree of conditions, and that tree as the text that a person could have typed.

What is joined by "and" is one `All`, by "or" one `AnyOf`; the empty `All` wants everything. Where a
condition stood in the text is kept for messages and chips, and never compared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Op(StrEnum):
    """How a value is compared. `!=` is `Not` of EQUAL, `contains` and `~` are HAS."""

    HAS = ":"
    EQUAL = "="
    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `key` is empty for free text. `path` names a property below the keys `prop`,
    `user` and `group`. Values that are quoted (`is_quoted`) hold no wildcards and are text."""

    key: str
    value: str
    op: Op = Op.HAS
    path: tuple[str, ...] = ()
    is_quoted: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where the other does not."""

    of: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """Holds where all of them do; everywhere when there are none."""

    parts: "tuple[Node, ...]" = ()

    def __bool__(self) -> bool:
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where one of them does. Never empty."""

    parts: "tuple[Node, ...]"


type Node = Condition | Not | All | AnyOf

EVERYTHING = All()


def parts_of(node: Node) -> tuple[Node, ...]:
    """What must all hold, one by one."""
    return node.parts if isinstance(node, All) else (node,)


def all_of(*nodes: Node) -> All:
    """Their conjunction, without nesting what needs none."""
    return All(tuple(part for node in nodes for part in parts_of(node)))


def conditions(node: Node, *, is_negated: bool = False) -> Iterator[tuple[Condition, bool]]:
    """Every condition, and whether it stands below an odd number of negations."""
    if isinstance(node, Condition):
        yield node, is_negated
    elif isinstance(node, Not):
        yield from conditions(node.of, is_negated=not is_negated)
    else:
        for part in node.parts:
            yield from conditions(part, is_negated=is_negated)


def equals(key: str, value: str, path: tuple[str, ...] = ()) -> Condition:
    """Exactly this text."""
    return Condition(key, value, Op.EQUAL, path, is_quoted=True)


def has(key: str, value: str) -> Condition:
    """This text somewhere in it."""
    return Condition(key, value, is_quoted=True)


def to_text(node: Node) -> str:
    """The text that `parse` reads as this."""
    if isinstance(node, Condition):
        return _condition_text(node)
    if isinstance(node, Not):
        if isinstance(node.of, Condition) and node.of.op is Op.EQUAL:
            return _condition_text(node.of, "!=")
        inner = to_text(node.of)
        return f"-({inner})" if isinstance(node.of, All | AnyOf) else f"-{inner}"
    if isinstance(node, All):
        return " ".join(
            f"({to_text(part)})" if isinstance(part, AnyOf | All) else to_text(part)
            for part in node.parts
        )
    return " or ".join(
        f"({to_text(part)})" if isinstance(part, AnyOf | All) else to_text(part)
        for part in node.parts
    )


def _condition_text(one: Condition, operator: str = "") -> str:
    value = quoted(one.value) if one.is_quoted or _needs_quotes(one) else one.value
    if not one.key:
        return value
    name = ".".join((one.key, *_path_text(one.path)))
    operator = operator or one.op.value
    if operator == Op.HAS:
        return f"{name}:{value}" if not one.path else f"{name} contains {value}"
    return f"{name} {operator} {value}"


def _path_text(path: tuple[str, ...]) -> list[str]:
    return [name if re.fullmatch(r"[\w$-]+", name) else quoted(name) for name in path]


def quoted(text: str) -> str:
    """`text` between quotes, as `parse` reads it."""
    escaped = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{escaped}"'


def _needs_quotes(one: Condition) -> bool:
    """For values that were not quoted, but would be read as something else."""
    text = one.value
    if not text or text[0] == '"' or re.search(r"\s", text) or not _is_balanced(text):
        return True
    if one.key:
        return False
    looks_odd = text[0] in "-(" or ":" in text or text.lower() in _JOINING
    return looks_odd or bool(_LOOKS_LIKE_PATH.match(text))


def _is_balanced(text: str) -> bool:
    """Whether brackets in a word belong to it."""
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return False
    return depth == 0


_LOOKS_LIKE_PATH = re.compile(r"(?:prop|user|group)\.", re.IGNORECASE)
_JOINING = frozenset({"and", "or", "not", "&&", "||"})
