"""
A filter as SQL over `events`.

What is few is asked first: most words name nothing, uploads are far fewer than events, and then a
million rows are spared. Properties are read only in rows whose JSON has their name in it.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import orjson

from app.filter import Filter
from app.filter.keys import AUTOCAPTURED, MARKS, PAGE_PROPERTIES, PARTS, REVENUE_PROPERTIES, chosen
from app.filter.texts import PropertyTest, TextTest, is_number, number, paths_of
from app.filter.times import now_ms, span
from app.filter.tree import All, Condition, Node, Not, Op, parts_of
from app.model import Outcome, Via

FEW_TYPES = 3
"""How many types that are not hidden are looked for instead of passing over the hidden ones."""
COLUMNS = {"prop": "event_properties", "user": "user_properties", "group": "groups"}
_OF_UPLOADS = frozenset({"project", "sdk", "status", "upload", "via", "time"})
_UPLOAD_FLAGS = {"local": "delivery = 'local'", "failed": "failure <> ''"}


class Span(NamedTuple):
    """Some uploads: between which events theirs lie, and which uploads, if they are few."""

    first: int
    last: int
    uploads: tuple[int, ...] = ()


class Lookups(Protocol):
    """What is asked of the store before the events."""

    def names(self, kind: str, test: TextTest | None) -> list[int] | None:
        """The numbers of the names of a kind that meet a test, or None when they are too many to
        be listed."""

    def uploads(self, table: str, condition: str, values: tuple[object, ...]) -> Span | None:
        """The uploads for which a condition on a table (`uploads` or `captures`, named `one`)
        holds, or None when there are none."""

    def has_table(self, name: str) -> bool:
        """Whether the study keeps this table."""

    def labels(self, test: TextTest) -> list[int]:
        """The numbers of the labeled events whose name meets a test."""

    def muted(self) -> list[tuple[str, str | None]]:
        """Rules that a person does not want to hear of: each everywhere (None) or in the project
        with this API key."""

    def marked(self, word: str) -> list[int]:
        """The events that are `pinned`, `marked` or have a `note`."""


class Sql(NamedTuple):
    """A condition and what it binds."""

    text: str
    values: tuple[object, ...] = ()


NOTHING = Sql("0")


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


def where(wanted: Filter, look: Lookups, at_ms: int | None = None) -> Where:
    """The SQL condition of a filter, over the columns of `events`; times are seen from `at_ms`."""
    result = Where()
    if wanted.source_id is not None:
        result.add("source_id = ?", wanted.source_id)
    if wanted.hidden_types:
        _leave_out(result, wanted.hidden_types, look)
    if not wanted.has_repeats:
        result.add("repeat_of IS NULL")
    compiler = _Compiler(look, now_ms() if at_ms is None else at_ms)
    for part in parts_of(wanted.query):
        made = compiler.node(part)
        result.add(made.text, *made.values)
    return result


def _leave_out(result: Where, types: tuple[str, ...], look: Lookups) -> None:
    # As one value, because "hide all" may be more of them than SQLite takes values.
    listed = "(SELECT value FROM json_each(?))"
    value = orjson.dumps(types).decode()
    there = look.names("type", None)
    if there is not None and len(there) - len(types) <= FEW_TYPES:
        # Those that are left are found by index, with all others passed over.
        left = f"SELECT id FROM names WHERE kind = 'type' AND text NOT IN {listed}"
        result.add(f"type_id IN ({left})", value)
    else:
        hidden = f"SELECT id FROM names WHERE kind = 'type' AND text IN {listed}"
        result.add(f"+type_id NOT IN ({hidden})", value)


class _Compiler:
    """Turns nodes into SQL."""

    def __init__(self, look: Lookups, at_ms: int) -> None:
        self._look = look
        self._at_ms = at_ms

    def node(self, node: Node) -> Sql:
        if isinstance(node, Condition):
            return self._condition(node, is_negated=False)
        if isinstance(node, Not):
            return self._not(node.of)
        word = " AND " if isinstance(node, All) else " OR "
        return _joined(word, [self.node(part) for part in node.parts])

    def _not(self, node: Node) -> Sql:
        if isinstance(node, Condition) and node.key in _OF_UPLOADS and not node.path:
            return self._condition(node, is_negated=True)
        inner = self.node(node)
        return Sql(f"NOT coalesce({inner.text}, 0)", inner.values)

    def _condition(self, one: Condition, *, is_negated: bool) -> Sql:
        if one.path:
            return _property(COLUMNS[one.key], _paths(one), one)
        if one.key in _OF_UPLOADS:
            return self._of_uploads(one, is_negated=is_negated)
        if one.key in ("type", "user", "device"):
            return self._named(one.key, TextTest.of(one))
        known = {
            "": self._free_text,
            "session": lambda one: _whole_number("session_id", one),
            "outcome": lambda one: _outcomes(chosen("outcome", one.value)),
            "page": _page,
            "is": self._flags,
            "has": self._has,
            "person": self._person,
            "problem": self._problem,
            "label": self._label,
            "ip": self._address,
        }
        return known[one.key](one)

    # Names

    def _named(self, kind: str, test: TextTest) -> Sql:
        numbers = self._look.names(kind, test)
        if numbers is None:
            condition, value = test.sql("text")
            return Sql(
                f"{kind}_id IN (SELECT id FROM names WHERE kind = ? AND {condition})",
                (kind, value),
            )
        return Sql(f"{kind}_id IN ({','.join(map(str, numbers))})") if numbers else NOTHING

    def _free_text(self, one: Condition) -> Sql:
        test = TextTest.of(one)
        found = [self._named(kind, test) for kind in ("type", "user", "device")]
        inside = inside_json(one)
        condition, value = inside.sql("event_properties")
        found.append(Sql(condition, (value,)))
        for column in ("user_properties", "groups", "group_properties"):
            # Mostly NULL, and asking that first is a third of the time of asking LIKE.
            condition, value = inside.sql(column)
            found.append(Sql(f"({column} IS NOT NULL AND {condition})", (value,)))
        found.append(Sql("insert_id = ?", (one.value,)))
        return _joined(" OR ", [one for one in found if one is not NOTHING])

    # Uploads

    def _of_uploads(self, one: Condition, *, is_negated: bool) -> Sql:
        table, condition, values = self._upload_condition(one)
        if is_negated:
            # Turned around here, because the uploads that are left may be few.
            condition = f"NOT coalesce({condition}, 0)"
        return self._in_uploads(table, condition, values)

    def _in_uploads(self, table: str, condition: str, values: tuple[object, ...]) -> Sql:
        found = self._look.uploads(table, condition, values)
        if found is None:
            return NOTHING
        if found.uploads:
            return Sql(
                "id IN (SELECT e.id FROM uploads p JOIN events e ON e.id >= p.first_event_id"
                " AND e.id < p.first_event_id + p.event_count"
                f" WHERE p.id IN ({','.join(map(str, found.uploads))}))"
            )
        return Sql(
            f"id BETWEEN {found.first} AND {found.last} AND EXISTS"
            f" (SELECT 1 FROM {table} AS one WHERE one.id = upload_id AND {condition})",
            values,
        )

    def _upload_condition(self, one: Condition) -> tuple[str, str, tuple[object, ...]]:
        """A table, a condition on it and what that binds."""
        if one.key == "time":
            times = span(one.op, one.value, self._at_ms)
            return "captures", "(at_ms >= ? AND at_ms < ?)", tuple(times)
        if one.key == "via":
            words = ",".join(f"'{Via(word)}'" for word in chosen("via", one.value))
            return "captures", f"via IN ({words})", ()
        if one.key == "status":
            return "captures", *_status(one)
        if one.key == "upload":
            return "uploads", *_whole_number("id", one)
        test = TextTest.of(one)
        if one.key == "sdk":
            condition, value = test.sql("library")
            return "uploads", condition, (value,)
        key, value = test.sql("api_key")
        name, _ = test.sql("name")
        return (
            "uploads",
            f"one.source_id IN (SELECT id FROM sources WHERE {key} OR {name})",
            (value, value),
        )

    # Words

    def _flags(self, one: Condition) -> Sql:
        return _joined(" OR ", [self._flag(word) for word in chosen("is", one.value)])

    def _flag(self, word: str) -> Sql:
        if word in _UPLOAD_FLAGS:
            return self._in_uploads("captures", _UPLOAD_FLAGS[word], ())
        if word in MARKS:
            return self._marked(word)
        if word == "repeat":
            # The index has only those; left to itself SQLite passes over all others one by one.
            rare = "SELECT id FROM events INDEXED BY events_repeat WHERE repeat_of IS NOT NULL"
            return Sql(f"id IN ({rare})")
        if word == "anonymous":
            return Sql("user_id IS NULL")
        if word == "autocaptured":
            return self._named("type", TextTest(AUTOCAPTURED, has_wildcards=True))
        if word == "identify":
            types = ("$identify", "$groupidentify")
            return _joined(
                " OR ", [self._named("type", TextTest(kind, is_exact=True)) for kind in types]
            )
        return _outcomes([word])

    def _has(self, one: Condition) -> Sql:
        word = one.value
        if is_property_name(one):
            return _joined(
                " OR ",
                [
                    _property(column, ((word,),), is_there=True)
                    for column in ("event_properties", "user_properties")
                ],
            )
        if word == "revenue":
            paths = tuple((name,) for name in REVENUE_PROPERTIES)
            found = _property("event_properties", paths, is_there=True)
            if not self._look.has_table("revenues"):
                return found
            # Beside the properties there is no column for it; the study knows.
            return _joined(" OR ", [found, Sql("id IN (SELECT id FROM study.revenues)")])
        if word == "problem":
            return self._problem(None)
        if word == "label":
            return self._label(None)
        return self._marked(word) if word in MARKS else Sql(HAS_SQL[word])

    def _marked(self, word: str) -> Sql:
        return Sql(f"id IN ({','.join(map(str, self._look.marked(word)))})")

    # What was studied

    def _person(self, one: Condition) -> Sql:
        if not (self._look.has_table("placed") and self._look.has_table("people")):
            return NOTHING
        test = TextTest.of(one)
        user, value = test.sql("user")
        device, _ = test.sql("device")
        # Everybody who was seen with such an id, whom they were merged into, and the others who
        # were merged into the same.
        return Sql(
            "id IN (SELECT e.id FROM study.people p JOIN study.placed e ON e.person = p.id"
            " WHERE p.root IN (SELECT root FROM study.people"
            f" WHERE {user} OR {device} OR id IN"
            f" (SELECT person FROM study.person_devices WHERE {device} OR {user})))",
            (value,) * 4,
        )

    def _problem(self, one: Condition | None) -> Sql:
        """Without what was muted; but who asks for a rule by its name gets it."""
        if not self._look.has_table("finding_events"):
            return NOTHING
        heard = self._heard()
        if one is None:
            if heard is None:
                return Sql("id IN (SELECT event_id FROM study.finding_events)")
            return _found_by(heard)
        test = TextTest.of(one)
        columns = [test.sql(column) for column in ("f.rule", "f.sentence", "f.subject")]
        told = _joined(" OR ", [Sql(text, (value,)) for text, value in columns])
        if heard is None:
            return _found_by(told)
        by_name = Sql("upper(f.rule) = upper(?)", (one.value,))
        return _found_by(_joined(" OR ", [by_name, _joined(" AND ", [told, heard])]))

    def _heard(self) -> Sql | None:
        """Whether a finding is of a rule that is not muted; None when nothing is."""
        muted = self._look.muted()
        if not muted:
            return None
        key = "(SELECT api_key FROM sources WHERE id = f.source_id)"
        parts = [
            Sql("f.rule <> ?", (rule,))
            if api_key is None
            else Sql(f"NOT (f.rule = ? AND {key} IS ?)", (rule, api_key))
            for rule, api_key in muted
        ]
        return _joined(" AND ", parts)

    def _label(self, one: Condition | None) -> Sql:
        if not self._look.has_table("labeled"):
            return NOTHING
        if one is None:
            return Sql("id IN (SELECT event_id FROM study.labeled)")
        labels = ",".join(map(str, self._look.labels(TextTest.of(one))))
        return Sql(f"id IN (SELECT event_id FROM study.labeled WHERE label_id IN ({labels}))")

    def _address(self, one: Condition) -> Sql:
        if not self._look.has_table("addresses"):
            return NOTHING
        condition, value = TextTest.of(one).sql("ip")
        return Sql(f"id IN (SELECT id FROM study.addresses WHERE {condition})", (value,))


def _found_by(condition: Sql) -> Sql:
    return Sql(
        "id IN (SELECT e.event_id FROM study.findings f JOIN study.finding_events e"
        f" ON e.finding = f.id WHERE {condition.text})",
        condition.values,
    )


def is_property_name(one: Condition) -> bool:
    """Whether `has:` is asked for a property, and not for a word that it knows."""
    return one.is_quoted or one.value not in PARTS


HAS_SQL = {
    "user": "user_id IS NOT NULL",
    "device": "device_id IS NOT NULL",
    "session": "session_id >= 0",
    "insert_id": "insert_id IS NOT NULL",
    "properties": "event_properties IS NOT NULL",
    "groups": "groups IS NOT NULL",
}
"""Parts that a column tells."""


def inside_json(one: Condition) -> TextTest:
    """The test of a free text on the JSON of properties, where a quote or a backslash is written
    with one more backslash."""
    inside = orjson.dumps(one.value).decode()[1:-1]
    if not one.is_quoted and "*" in inside:
        return TextTest(f"*{inside}*", has_wildcards=True)
    return TextTest(inside)


def property_test(paths: tuple[tuple[str, ...], ...], one: Condition) -> PropertyTest:
    """The test of a condition on properties."""
    return PropertyTest(paths, one.op, one.value, one.is_quoted)


def _paths(one: Condition) -> tuple[tuple[str, ...], ...]:
    return property_paths(one.key, one.path)


def property_paths(key: str, path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Where a property may lie in its column: what identify sets lies below its operation."""
    found = paths_of(path)
    if key == "user":
        return tuple((*above, *one) for above in ((), ("$set",), ("$setOnce",)) for one in found)
    return found


def page_test(one: Condition) -> PropertyTest:
    """The test of a condition on the page."""
    return property_test(tuple((name,) for name in PAGE_PROPERTIES), one)


def _property(
    column: str,
    paths: tuple[tuple[str, ...], ...],
    one: Condition | None = None,
    *,
    is_there: bool = False,
) -> Sql:
    """`fits` decides, in Python; before it SQLite leaves out what cannot fit, many times faster."""
    test = property_test(paths, one) if one else PropertyTest(paths, is_there=is_there)
    guards = [_name_guard(column, paths)]
    if one:
        guards += [_value_guard(column, one), _number_guard(column, paths, one)]
    return _joined(" AND ", [*filter(None, guards), Sql(f"fits({column}, ?)", (test.spec(),))])


def _name_guard(column: str, paths: tuple[tuple[str, ...], ...]) -> Sql | None:
    """The name must be there. Without its first quote, of which JSON is full: LIKE is quick at
    looking for rare letters."""
    names = _last_names(paths)
    if not all(map(is_plain, names)):
        return None
    tests = [TextTest(f'{name}":').sql(column) for name in names]
    return _joined(" OR ", [Sql(condition, (value,)) for condition, value in tests])


def _last_names(paths: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path[-1] for path in paths))


def property_names(one: Condition) -> tuple[str, ...]:
    """The names of which JSON has one where a condition on a property holds."""
    return _last_names(_paths(one))


def _value_guard(column: str, one: Condition) -> Sql | None:
    """A text must be there."""
    part = plain_value(one)
    if part is None:
        return None
    condition, value = TextTest(part).sql(column)
    return Sql(condition, (value,))


def plain_value(one: Condition) -> str | None:
    """The text that JSON has where a condition on a property holds, or None when that is not
    certain: numbers have several writings."""
    part = one.value if one.is_quoted else max(one.value.split("*"), key=len)
    is_text = one.is_quoted or number(one.value) is None
    if one.op not in (Op.HAS, Op.EQUAL) or not part or not is_plain(part) or not is_text:
        return None
    return part


_WIDENED = {Op.MORE: (">=", -1), Op.AT_LEAST: (">=", -1), Op.LESS: ("<=", 1), Op.AT_MOST: ("<=", 1)}


def _number_guard(column: str, paths: tuple[tuple[str, ...], ...], one: Condition) -> Sql | None:
    """A number must be large or small enough, or be in a list. A little wider than was asked,
    because SQLite reads the last digits of a number its own way."""
    limit = None if one.is_quoted else number(one.value)
    if limit is None or one.op not in _WIDENED or len(paths) != 1 or len(paths[0]) != 1:
        return None
    name = paths[0][0]
    if not is_plain(name):
        return None
    operator, towards = _WIDENED[one.op]
    path = f'$."{name}"'
    return Sql(
        # What is not valid for SQLite (NaN) is left to `fits`.
        f"CASE WHEN json_valid({column}) THEN coalesce(json_extract({column}, ?) {operator} ?"
        f" OR json_type({column}, ?) IN ('array', 'object'), 0) ELSE 1 END",
        (path, limit + towards * abs(limit) * 1e-9, path),
    )


def is_plain(text: str) -> bool:
    """Whether JSON has a text as it is."""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def _page(one: Condition) -> Sql:
    guard = _value_guard("event_properties", one)
    decides = Sql("fits(event_properties, ?)", (page_test(one).spec(),))
    return _joined(" AND ", [guard, decides] if guard else [decides])


def _status(one: Condition) -> Sql:
    made = _whole_number("status", one)
    if is_number(one, 200):
        return made
    # The index holds what is rare, and is used when asked in its own words.
    return Sql(f"{made.text} AND status <> 200", made.values)


def _whole_number(column: str, one: Condition) -> Sql:
    operator = "=" if one.op is Op.HAS else one.op.value
    return Sql(f"{column} {operator} ?", (int(one.value),))


def _outcomes(words: list[str]) -> Sql:
    found = []
    for word in words:
        place = tuple(Outcome).index(Outcome(word))
        if word in (Outcome.ACCEPTED, Outcome.UNANSWERED):
            found.append(Sql(f"outcome = {place}"))
        else:
            # The index holds the outcomes that are rare, and is used when asked in its own words.
            found.append(Sql(f"outcome = {place} AND outcome BETWEEN 1 AND 4"))
    return _joined(" OR ", found)


def _joined(word: str, parts: list[Sql]) -> Sql:
    if len(parts) == 1:
        return parts[0]
    text = word.join(f"({part.text})" for part in parts)
    return Sql(f"({text})", tuple(value for part in parts for value in part.values))
