"""
What a person types into the filter box, as a value and as SQL.

    type:"Button Clicked"  user:ada  device:9a5c  session:1795281104973  source:0123
    outcome:rejected  via:proxy  sdk:amplitude-ts  project:shop
    -type:$identify        free words are looked for in types, ids and properties

Keys match parts, ignoring case; several keys must all match. A minus excludes. What is only half
typed (`type:`, a lone minus) is no condition yet.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from app.decode.body import clean
from app.errors import BadInput
from app.model import Outcome, Via

KEYS = ("type", "user", "device", "session", "project", "source", "sdk", "outcome", "via")
CHOICES: dict[str, tuple[Outcome, ...] | tuple[Via, ...]] = {
    "outcome": tuple(Outcome),
    "via": tuple(Via),
}
"""Keys whose values are known words, of which the beginning is enough."""

_WAITING = [Outcome.UNANSWERED]


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

    @property
    def waits(self) -> bool:
        """Whether an event has to be answered before it is known to match."""
        return any(
            term.key == "outcome" and (term.negated or _chosen("outcome", term.text) != _WAITING)
            for term in self.terms
        )


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
FEW_TYPES = 3
"""How many types that are not hidden are looked for instead of passing over the hidden ones."""
_SESSION = re.compile(r"-?[0-9]{1,18}")
_TOKEN = re.compile(r'(-)?(?:([A-Za-z]+):)?(?:"((?:[^"\\]|\\.)*)"?|(\S+))')
_SCHEMES = frozenset({"about", "blob", "data", "javascript", "mailto", "sms", "tel", "urn"})
"""What stands before a colon in addresses that have no `//`."""


def parse(text: str) -> tuple[Term, ...]:
    """The terms of a filter text. Raises BadInput for a value that its key cannot have."""
    if len(text) > LONGEST:
        raise BadInput("The filter is too long.")
    terms = []
    for minus, word, quoted, bare in _TOKEN.findall(clean(text)):
        key = word.lower()
        value = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        if word and key not in KEYS:
            # `https://…` and `12:30` are text, not a key.
            terms.append(Term("", f"{word}:{value}", bool(minus)))
        elif value and not _is_half_typed(key, bare):
            _check(key, value)
            terms.append(Term(key, value, bool(minus)))
    if len(terms) > MOST_TERMS:
        raise BadInput("The filter has too many conditions.")
    return tuple(terms)


def unknown_keys(text: str) -> tuple[str, ...]:
    """Words that stand where a key would and are none; they are looked for as text."""
    found = (
        word
        for _, word, _, bare in _TOKEN.findall(clean(text[:LONGEST]))
        if word.lower() not in KEYS and not bare.startswith("//")
    )
    return tuple(word for word in dict.fromkeys(found) if word and word.lower() not in _SCHEMES)


def _is_half_typed(key: str, bare: str) -> bool:
    """`type:` or a minus: the rest will be typed in a moment."""
    if key:
        return key == "session" and bare == "-"
    return bare == "-" or (bare.endswith(":") and bare[:-1].lower() in KEYS)


def _check(key: str, value: str) -> None:
    if key == "session" and not _SESSION.fullmatch(value):
        raise BadInput(f"A session is a number, not {value!r}.")
    if key in CHOICES and not _chosen(key, value):
        known = ", ".join(CHOICES[key])
        raise BadInput(f"{value!r} is no {key}. There are: {known}.")


def _chosen(key: str, value: str) -> list[Outcome | Via]:
    """The words of a key that begin like this."""
    return [word for word in CHOICES[key] if word.startswith(value.lower())]


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


class Span(NamedTuple):
    """Some uploads: between which events theirs lie, and which uploads, if they are few."""

    first: int
    last: int
    uploads: tuple[int, ...] = ()


type FindUploads = Callable[[str, str, tuple[str, ...]], Span | None]
"""The uploads for which a condition on a table (`uploads` or `captures`, named `one`) holds with
some values, or None when there are none. Asked first, because they are far fewer than events."""


def where(chosen: Filter, names: FindNames, uploads: FindUploads) -> Where:
    """The SQL condition of a filter, over the columns of `events`."""
    result = Where()
    if chosen.source_id is not None:
        result.add("source_id = ?", chosen.source_id)
    if chosen.hidden_types:
        _leave_out(result, chosen.hidden_types, names)
    for term in chosen.terms:
        if term.key in ("project", "source", "sdk", "via"):
            _add_uploads(result, term, uploads)
            continue
        condition = _condition(term, names)
        any_of = " OR ".join(condition.parts) or "0"
        result.add(f"NOT coalesce({any_of}, 0)" if term.negated else any_of, *condition.values)
    return result


def _leave_out(result: Where, types: tuple[str, ...], names: FindNames) -> None:
    # As one value, because "hide all" may be more of them than SQLite takes values.
    listed = "(SELECT value FROM json_each(?))"
    value = orjson.dumps(types).decode()
    there = names("type", "")
    if there is not None and len(there) - len(types) <= FEW_TYPES:
        # Those that are left are found by index, with all others passed over.
        left = f"SELECT id FROM names WHERE kind = 'type' AND text NOT IN {listed}"
        result.add(f"type_id IN ({left})", value)
    else:
        hidden = f"SELECT id FROM names WHERE kind = 'type' AND text IN {listed}"
        result.add(f"+type_id NOT IN ({hidden})", value)


def _condition(term: Term, names: FindNames) -> Where:
    """Parts of which one must hold."""
    found = Where()
    if term.key == "session":
        found.add("session_id = ?", int(term.text))
    elif term.key == "outcome":
        _add_outcomes(found, term.text)
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


def _add_outcomes(found: Where, text: str) -> None:
    for outcome in _chosen("outcome", text):
        number = tuple(Outcome).index(Outcome(outcome))
        if outcome in (Outcome.ACCEPTED, Outcome.UNANSWERED):
            found.add(f"outcome = {number}")
        else:
            # The index holds the outcomes that are rare, and is used when asked in its own words.
            found.add(f"outcome = {number} AND outcome BETWEEN 1 AND 4")


def _add_uploads(result: Where, term: Term, uploads: FindUploads) -> None:
    table, condition, values = _of_uploads(term)
    if term.negated:
        # Turned around here, because the uploads that are left may be few.
        condition = f"NOT coalesce({condition}, 0)"
    span = uploads(table, condition, values)
    if span is None:
        result.add("0")
    elif span.uploads:
        result.add(
            "id IN (SELECT e.id FROM uploads p JOIN events e ON e.id >= p.first_event_id"
            " AND e.id < p.first_event_id + p.event_count"
            f" WHERE p.id IN ({','.join(map(str, span.uploads))}))"
        )
    else:
        result.add(
            f"id BETWEEN {span.first} AND {span.last} AND EXISTS"
            f" (SELECT 1 FROM {table} AS one WHERE one.id = upload_id AND {condition})",
            *values,
        )


def _of_uploads(term: Term) -> tuple[str, str, tuple[str, ...]]:
    """A table, a condition on it and what that binds."""
    value = needle(term.text)
    if term.key == "via":
        words = ",".join(f"'{word}'" for word in _chosen("via", term.text))
        return "captures", f"via IN ({words})", ()
    if term.key == "sdk":
        return "uploads", contains("library", term.text), (value,)
    has = f"{contains('api_key', term.text)} OR {contains('name', term.text)}"
    return "uploads", f"one.source_id IN (SELECT id FROM sources WHERE {has})", (value, value)


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
