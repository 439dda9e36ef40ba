"""
Comparing texts and JSON values: once in Python, and the same in SQL.

SQLite's LIKE is quick but knows the case of ASCII alone and ends at a NUL; so an ASCII value is
compared like that in Python too, and any other with all of Unicode, in SQL through a function of
ours that takes ten times as long.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from app.filter.tree import Condition, Op

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class TextTest:
    """Whether a text has, or is, another one. `*` stands for anything when `has_wildcards`."""

    value: str
    is_exact: bool = False
    has_wildcards: bool = False

    @classmethod
    def of(cls, one: Condition) -> "TextTest":
        """The test of a condition on a text."""
        if one.op is Op.EQUAL:
            return cls(one.value, is_exact=True)
        return cls(one.value, has_wildcards=not one.is_quoted and "*" in one.value)

    def sql(self, column: str) -> tuple[str, str]:
        """A condition, and the one value that it binds."""
        if self.is_exact:
            return f"{column} = ?", self.value
        if self._is_plain:
            return f"{column} LIKE ? ESCAPE '\\'", self._like()
        return f"{'resembles' if self.has_wildcards else 'holds'}({column}, ?)", self.value

    @property
    def _is_plain(self) -> bool:
        return self.value.isascii() and "\0" not in self.value

    def _like(self) -> str:
        escaped = re.sub(r"([%_\\])", r"\\\1", self.value)
        return escaped.replace("*", "%") if self.has_wildcards else f"%{escaped}%"

    def holds(self, text: str | None) -> bool:
        """The same in Python."""
        if text is None:
            return False
        if self.is_exact:
            return text == self.value
        if not self._is_plain:
            return (resembles if self.has_wildcards else holds)(text, self.value)
        found, wanted = ascii_folded(text.partition("\0")[0]), ascii_folded(self.value)
        return _fits_parts(found, wanted.split(b"*")) if self.has_wildcards else wanted in found


def ascii_folded(text: str) -> bytes:
    """`text` as bytes, with the case of ASCII letters alone taken away."""
    return text.encode("utf-8", "replace").lower()


def holds(text: object, value: str) -> bool:
    """The SQL function: whether a text has another in it, ignoring case."""
    return isinstance(text, str) and value.casefold() in text.casefold()


def resembles(text: object, pattern: str) -> bool:
    """The SQL function: whether a text is like a pattern with `*`, ignoring case."""
    return isinstance(text, str) and _fits_parts(_folded(text), _folded(pattern).split(b"*"))


def _folded(text: str) -> bytes:
    return text.casefold().encode("utf-8", "replace")


def _fits_parts(text: bytes, parts: list[bytes]) -> bool:
    """Whether the text consists of the parts in order, with anything between them."""
    first, *middle, last = parts
    if len(text) < len(first) + len(last) or not text.startswith(first):
        return False
    if not text.endswith(last):
        return False
    rest = text[len(first) : len(text) - len(last)]
    for part in middle:
        if part:
            _, found, rest = rest.partition(part)
            if not found:
                return False
    return True


def is_number(one: Condition, found: int) -> bool:
    """Whether a whole number is what a condition on one wants."""
    wanted = int(one.value)
    return found == wanted if one.op in (Op.HAS, Op.EQUAL) else _is_in_order(one.op, found, wanted)


def number(text: str) -> int | float | None:
    """The number that a text is, as JSON would write it or nearly so."""
    if not _NUMBER.fullmatch(text):
        return None
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else float(text)


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """Whether one of some properties of a JSON object compares like this. An entry of a list is
    enough, and `items.price` looks into each item of a list (semantics §0.4, §6.1)."""

    paths: tuple[tuple[str, ...], ...]
    op: Op = Op.HAS
    value: str = ""
    is_quoted: bool = False
    is_there: bool = False
    """Whether being there is enough, unless it is null."""

    def spec(self) -> str:
        """This test as the text that `fits` takes."""
        return orjson.dumps(
            [self.paths, self.op, self.value, self.is_quoted, self.is_there]
        ).decode()

    def holds(self, text: str | None) -> bool:
        """Whether it holds for an object's JSON text."""
        if text is None:
            return False
        whole = _loaded(text)
        return any(self._is_met(value) for path in self.paths for value in _found(whole, path))

    def _is_met(self, value: Any) -> bool:
        if self.is_there:
            return value is not None
        if isinstance(value, dict):
            return False
        return self._compares(value)

    def _compares(self, value: Any) -> bool:
        if self.op is Op.HAS:
            if isinstance(value, str):
                return _text_test(self.value, self.is_quoted).holds(value)
            return not self.is_quoted and self._is_same(value)
        if self.op is Op.EQUAL:
            return value == self.value if isinstance(value, str) else self._is_same(value)
        wanted = None if self.is_quoted else number(self.value)
        if wanted is None:
            return isinstance(value, str) and _is_in_order(self.op, value, self.value)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and _is_in_order(self.op, value, wanted)

    def _is_same(self, value: Any) -> bool:
        """Numbers by what they are worth, words of JSON as they are written."""
        if self.is_quoted:
            return False
        if value is None or isinstance(value, bool):
            return self.value.lower() == {None: "null", True: "true", False: "false"}[value]
        wanted = number(self.value)
        return wanted is not None and bool(value == wanted)


def _text_test(value: str, is_quoted: bool) -> TextTest:
    return TextTest(value, has_wildcards=not is_quoted and "*" in value)


def _is_in_order(op: Op, value: Any, wanted: Any) -> bool:
    if op is Op.MORE:
        return bool(value > wanted)
    if op is Op.AT_LEAST:
        return bool(value >= wanted)
    if op is Op.LESS:
        return bool(value < wanted)
    return bool(value <= wanted)


def _found(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """What lies at a path; each entry of lists on the way and at the end, and a list that is
    empty as itself."""
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, list):
                yield from _found(item, path)
        if not value and not path:
            yield value
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _found(value[path[0]], path[1:])


def _loaded(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None


def fits(text: object, spec: str) -> bool:
    """The SQL function: whether a JSON text meets a `PropertyTest`."""
    return isinstance(text, str) and _test(spec).holds(text)


@lru_cache(maxsize=64)
def _test(spec: str) -> PropertyTest:
    paths, op, value, is_quoted, is_there = orjson.loads(spec)
    return PropertyTest(tuple(map(tuple, paths)), Op(op), value, is_quoted, is_there)


def paths_of(path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The paths that a written one may mean: `a.b` is `b` below `a`, or one name with a dot."""
    return (path, (".".join(path),)) if len(path) > 1 else (path,)
