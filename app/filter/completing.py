"""
What a person is in the middle of typing into a filter, and what could stand there instead.

    wanted('type:"Add', 9)  ->  Wanted(VALUE, key "type", prefix "Add", from 5 to 9)
"""

import re
from dataclasses import dataclass
from enum import Enum

from app.filter.keys import FLAGS, KEYS, PARTS, key_named
from app.filter.tree import quoted


class What(Enum):
    """What is completed."""

    KEY = "key"
    PROPERTY = "property"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stands at the cursor: `prefix`, between `start` and `end` of the text. `key` and `path`
    say whose value or property it is; for keys they are empty."""

    what: What
    prefix: str
    start: int
    end: int
    key: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that could stand there: what would be inserted, what is read, and a remark."""

    text: str
    title: str
    remark: str = ""


_PATH = r'(?:\.(?:"(?:[^"\\]|\\.)*"|[^\s:=<>!~().",]+))+'
_VALUE = re.compile(
    rf"(?:^|[\s(])-?([A-Za-z_]+)({_PATH})?(?::|\s*(?:!=|>=|<=|=|>|<|~)\s*|\s+contains\s+)"
    r'("(?:[^"\\]|\\.)*|[^\s"()]*)$',
    re.IGNORECASE,
)
_PROPERTY = re.compile(r'(?:^|[\s(])-?(prop|user|group)\.("[^"]*|[^\s:=<>!~()"]*)$', re.IGNORECASE)
_KEY = re.compile(r"(?:^|[\s(])-?([^\s:=<>!~().\"-][^\s:=<>!~().\"]*)?$")
_STEP = re.compile(r'\.(?:"((?:[^"\\]|\\.)*)"|([^.]+))')


def wanted(text: str, cursor: int) -> Wanted | None:
    """What could be completed at the cursor; None inside a quoted text."""
    before = text[:cursor]
    if found := _VALUE.search(before):
        key = key_named(found[1])
        if key and (found[2] or key.is_plain):
            steps = tuple(name or quote for quote, name in _STEP.findall(found[2] or ""))
            prefix = found[3].removeprefix('"').replace('\\"', '"')
            return Wanted(What.VALUE, prefix, found.start(3), cursor, key.name, steps)
        return None
    if found := _PROPERTY.search(before):
        prefix = found[2].removeprefix('"')
        return Wanted(What.PROPERTY, prefix, found.start(2), cursor, found[1].lower())
    if (found := _KEY.search(before)) and not _is_in_quotes(before):
        prefix = found[1] or ""
        return Wanted(What.KEY, prefix, cursor - len(prefix), cursor)
    return None


def _is_in_quotes(text: str) -> bool:
    return len(re.findall(r'(?<!\\)"', text)) % 2 == 1


def key_offers(prefix: str) -> list[Offer]:
    """Keys that begin like this."""
    return [
        Offer(f"{key.name}{':' if key.is_plain else '.'}", key.name, key.help)
        for key in KEYS.values()
        if key.name.startswith(prefix.lower())
    ]


def word_offers(key: str, prefix: str) -> list[Offer] | None:
    """Values of keys that know all of theirs; None for the others."""
    remarks = {"is": FLAGS, "has": PARTS}.get(key)
    words = tuple(remarks) if remarks else KEYS[key].choices
    if key == "time":
        remarks = {"5m": "the last five minutes", "1h": "the last hour", "today": "",
                   "yesterday": ""}  # fmt: skip
        words = tuple(remarks)
    if not words:
        return None
    return [
        Offer(f"{word} ", word, (remarks or {}).get(word, ""))
        for word in words
        if word.startswith(prefix.lower())
    ]


def value_text(value: str) -> str:
    """A value as it is inserted: between quotes when it needs them, and a space after it."""
    plain = re.fullmatch(r"[\w$@./+:-]+", value, re.ASCII) and not value.startswith("-")
    return f"{value if plain else quoted(value)} "


def name_text(name: str) -> str:
    """The name of a property as it is inserted."""
    return name if re.fullmatch(r"[\w$-]+", name) else quoted(name)
