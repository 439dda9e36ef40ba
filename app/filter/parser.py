"""
Reads the query language.

    type:"Button Clicked"  user:ada  -type:$identify  outcome:rejected
    prop.price > 10  user.plan = pro  prop.tags contains sale  time:5m
    is:duplicate or (has:revenue and not page:*/checkout*)  lantern

Conditions that stand side by side must all hold. What is only half typed (`type:`, a lone minus,
an open bracket, `or` with nothing after it) is no condition yet, so that a filter can be used while
it is typed. A word before a colon that is no key is text, as in `https://…`.
"""

import re
from typing import NamedTuple

from app.decode.body import clean
from app.errors import BadInput
from app.filter import times
from app.filter.keys import KEYS, Key, chosen, key_named
from app.filter.tree import EVERYTHING, All, AnyOf, Condition, Node, Not, Op

LONGEST = 10_000
MOST_CONDITIONS = 100
DEEPEST = 12
"""Brackets in brackets: SQLite reads 16 of ours, with the longest of conditions inside."""

_WORD_KEY = re.compile(r"([A-Za-z_]+):")
_PATH_KEY = re.compile(
    r'(prop|user|group)((?:\.(?:"(?:[^"\\]|\\.)*"|[^\s:=<>!~().",]+))+)', re.IGNORECASE
)
_STEP = re.compile(r'\.(?:"((?:[^"\\]|\\.)*)"|([^.]+))')
_PLAIN_KEY = re.compile(r"[A-Za-z_]+")
_OPERATOR = re.compile(r"\s*(!=|>=|<=|=|>|<|~|:)|\s+(contains)(?=\s|$)", re.IGNORECASE)
_LONE_OPERATOR = re.compile(r"(!=|>=|<=|=|>|<)(?=\s|$)")
_LAST_NAME = re.compile(r"(?<![^\s(])([\w.$-]+)\s+\Z")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)("?)')
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_LIKELY_NAME = re.compile(r"[\w$-]+")
_JOINING = {"and": "and", "&&": "and", "or": "or", "||": "or"}
_SCHEMES = frozenset({"about", "blob", "data", "http", "https", "javascript", "mailto", "sms",
                      "tel", "urn", "file", "ws", "wss"})  # fmt: skip
"""What stands before a colon in addresses."""


class FilterProblem(BadInput):
    """Why a filter cannot be read, and where in its text."""

    def __init__(self, sentence: str, start: int, end: int) -> None:
        super().__init__(sentence)
        self.start = start
        self.end = end


def _no_key(word: str, start: int, end: int) -> FilterProblem:
    said = word[:40]
    return FilterProblem(f"“{said}” is no key. A property is written prop.{said}.", start, end)


class Unknown(NamedTuple):
    """A word that stands where a key would and is none; it is looked for as text."""

    word: str
    start: int
    end: int


def parse(text: str) -> Node:
    """The tree of a filter text. Raises FilterProblem with the place of what cannot be meant."""
    return _Parser(text).whole()


def unknown_keys(text: str) -> tuple[Unknown, ...]:
    """Words that look like keys, each once. Nothing when the text cannot be read."""
    parser = _Parser(text)
    try:
        parser.whole()
    except FilterProblem:
        return ()
    return tuple({one.word: one for one in reversed(parser.unknown)}.values())[::-1]


class _Parser:
    """One reading of one text, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = clean(text)
        self.at = 0
        self.count = 0
        self.depth = 0
        self.unknown: list[Unknown] = []

    def whole(self) -> Node:
        if len(self.text) > LONGEST:
            raise FilterProblem("The filter is too long.", LONGEST, len(self.text))
        found = self._any_of()
        if self._peek() == ")":
            raise FilterProblem("There is no bracket that this one closes.", self.at, self.at + 1)
        if isinstance(found, Condition | Not | AnyOf):
            return All((found,))
        return found or EVERYTHING

    # Joining

    def _any_of(self) -> Node | None:
        parts = [self._all()]
        while self._takes("or"):
            parts.append(self._all())
        return _joined(AnyOf, [part for part in parts if part])

    def _all(self) -> Node | None:
        parts: list[Node] = []
        while self._peek() not in ("", ")") and not self._is_next("or"):
            if self._takes("and"):
                continue
            if part := self._negated():
                parts.append(part)
        return _joined(All, parts)

    def _negated(self) -> Node | None:
        self._skip()
        if self._takes_not():
            self._deeper()
            inner = None if self._peek() in ("", ")") or self._is_joint() else self._negated()
            self.depth -= 1
            return Not(inner) if inner else None
        if self._peek() == "(":
            return self._bracket()
        return self._condition()

    def _bracket(self) -> Node | None:
        self._deeper()
        self.at += 1
        found = self._any_of()
        if self._peek() == ")":
            self.at += 1
        self.depth -= 1
        return found

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FilterProblem("The filter has too many brackets.", self.at, len(self.text))

    def _takes_not(self) -> bool:
        """A minus right before something, a lone minus (half typed), or the word."""
        if self.text.startswith("-", self.at):
            self.at += 1
            return True
        if self._word().lower() == "not":
            self.at += 3
            return True
        return False

    # Words

    def _skip(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _peek(self) -> str:
        self._skip()
        return self.text[self.at : self.at + 1]

    def _word(self) -> str:
        """What stands here up to a space or a bracket."""
        end = self.at
        while end < len(self.text) and not self.text[end].isspace() and self.text[end] not in "()":
            end += 1
        return self.text[self.at : end]

    def _is_joint(self) -> bool:
        self._skip()
        return self._word().lower() in _JOINING

    def _is_next(self, joint: str) -> bool:
        self._skip()
        return _JOINING.get(self._word().lower()) == joint

    def _takes(self, joint: str) -> bool:
        if self._is_next(joint):
            self.at += len(self._word())
            return True
        return False

    # Conditions

    def _condition(self) -> Condition | Not | None:
        start = self.at
        self.count += 1
        if self.count > MOST_CONDITIONS:
            raise FilterProblem("The filter has too many conditions.", start, len(self.text))
        if found := _LONE_OPERATOR.match(self.text, self.at):
            raise self._nothing_to_compare(found)
        if self.text[self.at] == '"':
            return self._free_text(start, "")
        if found := _PATH_KEY.match(self.text, self.at):
            return self._property(start, found)
        if found := _WORD_KEY.match(self.text, self.at):
            return self._keyed(start, found)
        found = _PLAIN_KEY.match(self.text, self.at)
        if found and (operator := _OPERATOR.match(self.text, found.end())):
            return self._compared(start, found, operator)
        return self._free_text(start, "")

    def _nothing_to_compare(self, operator: "re.Match[str]") -> FilterProblem:
        before = _LAST_NAME.search(self.text, 0, operator.start())
        if before is None or before[1].lower() in _JOINING:
            sentence = f"There is nothing before {operator[1]} to compare."
            return FilterProblem(sentence, operator.start(), operator.end())
        return _no_key(before[1], before.start(), before.end(1))

    def _keyed(self, start: int, found: "re.Match[str]") -> Condition | None:
        """`key:value`, or text that looks like it."""
        word = found[1]
        self.at = found.end()
        key = key_named(word)
        if key is None or not key.is_plain:
            self._note_unknown(word, start)
            return self._free_text(start, found[0])
        if not self._has_value():
            return None
        value, is_quoted = self._value()
        if not value or (key.number and value == "-"):
            return None
        return self._made(key, Op.HAS, value, is_quoted, start)

    def _note_unknown(self, word: str, start: int) -> None:
        rest = self.text[self.at : self.at + 2]
        if rest and not rest[0].isspace() and rest != "//" and word.lower() not in _SCHEMES:
            self.unknown.append(Unknown(word, start, start + len(word)))

    def _compared(
        self, start: int, found: "re.Match[str]", operator: "re.Match[str]"
    ) -> Condition | Not | None:
        """`key > value`, or a word before something that is none."""
        key = key_named(found[0])
        sign = (operator[1] or operator[2]).lower()
        is_apart = operator.end() > found.end() + len(sign)
        if key is None and is_apart and sign in ("=", "!=", ">", ">=", "<", "<="):
            raise _no_key(found[0], start, found.end())
        if key is None or not key.is_plain or (is_apart and sign in (":", "contains", "~")):
            if key is not None and key.is_plain and sign != ":":
                return self._operated(key, (), start, operator)
            return self._free_text(start, "")
        return self._operated(key, (), start, operator)

    def _property(self, start: int, found: "re.Match[str]") -> Condition | Not | None:
        steps = [
            (_unescaped(quoted) if name == "" else name) for quoted, name in _STEP.findall(found[2])
        ]
        operator = _OPERATOR.match(self.text, found.end())
        if operator is None:
            if _is_half_typed(self.text, found):
                self.at = found.end()
                return None
            return self._free_text(start, "")
        return self._operated(KEYS[found[1].lower()], tuple(steps), start, operator)

    def _operated(
        self, key: Key, path: tuple[str, ...], start: int, operator: "re.Match[str]"
    ) -> Condition | Not | None:
        self.at = operator.end()
        sign = (operator[1] or operator[2]).lower()
        if sign != ":":
            self._skip()
        if not self._has_value():
            return None
        value, is_quoted = self._value()
        if not value and not is_quoted:
            return None
        op = Op.HAS if sign in ("~", "contains", ":") else Op(sign.replace("!", ""))
        made = self._made(key, op, value, is_quoted, start, path)
        return Not(made) if sign == "!=" else made

    def _made(
        self,
        key: Key,
        op: Op,
        value: str,
        is_quoted: bool,
        start: int,
        path: tuple[str, ...] = (),
    ) -> Condition:
        made = Condition(key.name, value, op, path, is_quoted, start, self.at)
        if not path:
            _check(key, made)
        return made

    def _free_text(self, start: int, before: str) -> Condition | None:
        if not self._has_value():
            # The rest of what looked like a key, as in "12:".
            word = before.rstrip(":")
            return Condition("", before, start=start, end=self.at) if word else None
        value, is_quoted = self._value()
        if not before and not value:
            return None
        return Condition("", before + value, Op.HAS, (), is_quoted or bool(before), start, self.at)

    # Values

    def _has_value(self) -> bool:
        return (
            self.at < len(self.text)
            and not self.text[self.at].isspace()
            and (self.text[self.at] != ")")
        )

    def _value(self) -> tuple[str, bool]:
        """What stands here: between quotes, or up to a space or a bracket that it did not open."""
        if found := _QUOTED.match(self.text, self.at):
            self.at = found.end()
            return _unescaped(found[1]), True
        start, depth = self.at, 0
        while self.at < len(self.text) and not self.text[self.at].isspace():
            letter = self.text[self.at]
            depth += (letter == "(") - (letter == ")")
            if depth < 0:
                break
            self.at += 1
        return self.text[start : self.at], False


def _joined(kind: type[All] | type[AnyOf], parts: list[Node]) -> Node | None:
    """The parts as one node, with nothing nested that means the same flat."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    if not flat:
        return None
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _is_half_typed(text: str, found: "re.Match[str]") -> bool:
    """`prop.price` at the end: what it is compared with comes in a moment."""
    names = [quoted or name for quoted, name in _STEP.findall(found[2])]
    is_name = '"' in found[2] or all(_LIKELY_NAME.fullmatch(name) for name in names)
    return is_name and not text[found.end() : found.end() + 1].strip(")")


def _check(key: Key, one: Condition) -> None:
    """Refuse what the key cannot be or cannot be compared with."""
    if one.op not in key.ops:
        raise FilterProblem(
            f"“{key.name}” cannot be compared with {one.op}. Use {key.name}: or {key.name} =.",
            one.start,
            one.end,
        )
    if key.number and not _INTEGER.fullmatch(one.value):
        sentence = f"{key.number} is a number, not {one.value!r:.60}."
        raise FilterProblem(sentence, one.start, one.end)
    if key.name == "time" and times.times(one.value, times.now_ms()) is None:
        raise FilterProblem(
            f"{one.value!r:.60} is no time. Try 5m, 2h, today, 10:30 or 2026-11-21.",
            one.start,
            one.end,
        )
    if key.choices and not chosen(key.name, one.value):
        known = ", ".join(key.choices)
        what = "nothing that “is:” knows" if key.name == "is" else f"no {key.name}"
        raise FilterProblem(f"{one.value!r:.60} is {what}. There are: {known}.", one.start, one.end)
