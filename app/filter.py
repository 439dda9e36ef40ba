"""
What a person types into the filter box, as a value and as SQL.

    type:"Button Clicked"  user:ada  device:9a5c  session:1795281104973  source:0123
    -type:$identify        free words are looked for in types, ids and properties

Keys match parts, ignoring case; several keys must all match. A minus excludes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from app.decode.body import clean
from app.errors import BadInput

KEYS = ("type", "user", "device", "session", "source")


class Term(NamedTuple):
    """One condition: `key` is empty for free text."""

    key: str
    text: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events are wanted. Empty: all of them."""

    terms: tuple[Term, ...] = ()
    source_id: int | None = None
    hidden_types: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.terms or self.hidden_types or self.source_id is not None)


@dataclass(slots=True)
class Where:
    """A SQL condition over `events` and what it binds."""

    parts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, part: str, *values: object) -> None:
        """One more condition that must hold."""
        self.parts.append(part)
        self.values.extend(values)

    @property
    def sql(self) -> str:
        """The condition, true when there is none."""
        return " AND ".join(f"({part})" for part in self.parts) or "1"


LONGEST = 10_000
MOST_TERMS = 100
_SESSION = re.compile(r"-?[0-9]{1,18}")
_TOKEN = re.compile(r'(-)?(?:([a-z]+):)?(?:"((?:[^"\\]|\\.)*)"?|(\S+))')


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a filter text. Raises BadInput for a session that is not a number."""
    if len(text) > LONGEST:
        raise BadInput("The filter is too long.")
    terms = []
    for minus, key, quoted, bare in _TOKEN.findall(clean(text)):
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        if key and key not in KEYS:
            # `https://…` and `12:30` are text, not a key.
            terms.append(Term("", f"{key}:{value}", bool(minus)))
        elif key == "session" and value and not _SESSION.fullmatch(value):
            raise BadInput(f"A session is a number, not {value!r}.")
        elif value:
            terms.append(Term(key, value, bool(minus)))
    if len(terms) > MOST_TERMS:
        raise BadInput("The filter has too many conditions.")
    return tuple(terms)


def to_text(term: Term) -> str:
    """The text that `parse` reads as this term."""
    quote = (
        not term.text
        or term.text.startswith("-")
        or re.search(r'[\s"\\]', term.text)
        or (not term.key and ":" in term.text)
    )
    escaped = re.sub(r'(["\\])', r"\\\1", term.text)
    body = f'"{escaped}"' if quote else term.text
    return f"{'-' if term.negated else ''}{f'{term.key}:' if term.key else ''}{body}"


type FindNames = Callable[[str, str], list[int] | None]
"""The numbers of the names of a kind for which a condition holds, or None when they are too many
to be listed. Asked first, because most words name nothing, and then a million rows are spared."""


def where(chosen: Filter, names: FindNames) -> Where:
    """The SQL condition of a filter, over the columns of `events`."""
    result = Where()
    if chosen.source_id is not None:
        result.add("source_id = ?", chosen.source_id)
    if chosen.hidden_types:
        marks = ",".join("?" * len(chosen.hidden_types))
        result.add(
            f"+type_id NOT IN (SELECT id FROM names WHERE kind = 'type' AND text IN ({marks}))",
            *chosen.hidden_types,
        )
    for term in chosen.terms:
        condition = _condition(term, names)
        any_of = " OR ".join(condition.parts) or "0"
        result.add(f"NOT coalesce({any_of}, 0)" if term.negated else any_of, *condition.values)
    return result


def _condition(term: Term, names: FindNames) -> Where:
    """Parts of which one must hold."""
    found = Where()
    if term.key == "session":
        found.add("session_id = ?", int(term.text))
    elif term.key == "source":
        found.add(
            "source_id IN (SELECT id FROM sources"
            f" WHERE {contains('api_key', term.text)} OR {contains('name', term.text)})",
            needle(term.text),
            needle(term.text),
        )
    elif term.key:
        _add_named(found, term.key, term.text, names)
    else:
        _add_text(found, term.text, names)
    return found


def _add_text(found: Where, text: str, names: FindNames) -> None:
    for kind in ("type", "user", "device"):
        _add_named(found, kind, text, names)
    # Values lie in JSON, where a quote or a backslash is written with one more backslash.
    inside = orjson.dumps(text).decode()[1:-1]
    found.add(contains("event_properties", inside), needle(inside))
    for column in ("user_properties", "groups", "group_properties"):
        # Mostly NULL, and asking that first is a third of the time of asking LIKE.
        found.add(f"({column} IS NOT NULL AND {contains(column, inside)})", needle(inside))
    found.add("insert_id = ?", text)


def _add_named(found: Where, kind: str, text: str, names: FindNames) -> None:
    numbers = names(kind, text)
    if numbers is None:
        found.add(
            f"{kind}_id IN (SELECT id FROM names WHERE kind = ? AND {contains('text', text)})",
            kind,
            needle(text),
        )
    elif numbers:
        found.add(f"{kind}_id IN ({','.join(map(str, numbers))})")


def contains(column: str, text: str) -> str:
    """SQL for "the column has this text in it, ignoring case". SQLite's LIKE is quick but knows the
    case of ASCII alone; `holds` knows all of Unicode and takes ten times as long."""
    return f"{column} LIKE ? ESCAPE '\\'" if text.isascii() else f"holds({column}, ?)"


def needle(text: str) -> str:
    """What `contains` binds."""
    if text.isascii():
        return "%" + re.sub(r"([%_\\])", r"\\\1", text) + "%"
    return text.casefold()


def holds(text: object, folded: str) -> bool:
    """The SQL function behind `contains`; every reading connection has it."""
    return isinstance(text, str) and folded in text.casefold()
