"""
A filter as SQL over `events`.

What is few is asked first: most words name nothing, uploads are far fewer than events, and then a
million rows are spared. Properties are read only in rows whose JSON has their name in it.
"""

from collections.abc import Callable
from functools import partial

import orjson

from app.filter import Filter
from app.filter.fields import COLUMNS as FIELDS
from app.filter.keys import AUTOCAPTURED, MARKS, REVENUE_PROPERTIES, chosen
from app.filter.parts import NOTHING, Lookups, Sql, Where, joined
from app.filter.properties import inside_json, is_property_name
from app.filter.propertysql import has_property, page_sql, property_sql
from app.filter.studiedsql import address_sql, fields_sql, label_sql, person_sql, problem_sql
from app.filter.texts import TextTest, is_number
from app.filter.times import now_ms, span
from app.filter.tree import All, Condition, Node, Not, Op, parts_of
from app.model import Outcome, Via

FEW_TYPES = 3
"""How many types that are not hidden are looked for instead of passing over the hidden ones."""
_OF_UPLOADS = frozenset({"project", "sdk", "status", "upload", "via", "time"})
SAME = (Op.HAS, Op.EQUAL)
NOT_200 = "status IS NOT 200"
"""The index holds what is rare, and is used when asked in its own words."""
_UPLOAD_FLAGS = {"local": "delivery = 'local'", "failed": "failure <> ''"}


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
        return joined(word, [self.node(part) for part in node.parts])

    def _not(self, node: Node) -> Sql:
        if isinstance(node, Condition) and node.key in _OF_UPLOADS and not node.path:
            return self._condition(node, is_negated=True)
        inner = self.node(node)
        return Sql(f"NOT coalesce({inner.text}, 0)", inner.values)

    def _condition(self, one: Condition, *, is_negated: bool) -> Sql:
        if one.path:
            return property_sql(one)
        if one.key in _OF_UPLOADS:
            return self._of_uploads(one, is_negated=is_negated)
        if one.key in ("type", "user", "device"):
            return self._named(one.key, TextTest.of(one))
        if one.key in FIELDS:
            return fields_sql(self._look, one)
        known: dict[str, Callable[[Condition], Sql]] = {
            "": self._free_text,
            "session": lambda one: _whole_number("session_id", one),
            "outcome": lambda one: _outcomes(chosen("outcome", one.value)),
            "page": page_sql,
            "is": self._flags,
            "has": self._has,
            "person": partial(person_sql, self._look),
            "problem": partial(problem_sql, self._look),
            "label": partial(label_sql, self._look),
            "ip": partial(address_sql, self._look),
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
        return joined(" OR ", [one for one in found if one is not NOTHING])

    # Uploads

    def _of_uploads(self, one: Condition, *, is_negated: bool) -> Sql:
        if is_negated and one.key == "status" and is_number(one, 200) and one.op in SAME:
            return self._in_uploads("captures", NOT_200, ())
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
        return joined(" OR ", [self._flag(word) for word in chosen("is", one.value)])

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
            return joined(
                " OR ", [self._named("type", TextTest(kind, is_exact=True)) for kind in types]
            )
        return _outcomes([word])

    def _has(self, one: Condition) -> Sql:
        word = one.value
        if is_property_name(one):
            return joined(
                " OR ",
                [
                    has_property(column, (word,))
                    for column in ("event_properties", "user_properties")
                ],
            )
        if word == "revenue":
            found = has_property("event_properties", REVENUE_PROPERTIES)
            if not self._look.has_table("revenues"):
                return found
            # Beside the properties there is no column for it; the study knows.
            return joined(" OR ", [found, Sql("id IN (SELECT id FROM study.revenues)")])
        if word == "problem":
            return problem_sql(self._look, None)
        if word == "label":
            return label_sql(self._look, None)
        return self._marked(word) if word in MARKS else Sql(HAS_SQL[word])

    def _marked(self, word: str) -> Sql:
        return Sql(f"id IN ({','.join(map(str, self._look.marked(word)))})")


HAS_SQL = {
    "user": "user_id IS NOT NULL",
    "device": "device_id IS NOT NULL",
    "session": "session_id >= 0",
    "insert_id": "insert_id IS NOT NULL",
    "properties": "event_properties IS NOT NULL",
    "groups": "groups IS NOT NULL",
}
"""Parts that a column tells."""


def _status(one: Condition) -> Sql:
    made = _whole_number("status", one)
    if is_number(one, 200):
        return made
    return Sql(f"{made.text} AND {NOT_200}", made.values)


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
    return joined(" OR ", found)
