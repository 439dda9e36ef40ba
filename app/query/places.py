"""
Where properties lie in the charts' copy of the events (semantics §0.4), and what is read against
what: the columns of a property, and the values of one to filter or to group by.

`e` are events, `u` is what was known of the person at an event; what was known of the groups of an
event goes by the names of `app.query.groupvalues`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from app.query import sql
from app.query.calendar import Clock
from app.query.columns import Property
from app.query.definition import (
    PropertyRef,
    Segment,
)
from app.query.giveup import GoOn, always
from app.query.sql import Sql

GROUP_PROPERTY = "group_property"
ALONE, SEVERAL = "group ", "groups "
"""What the tables are called that what was known of groups is asked of: that of a type of groups,
where an event belongs to one of them; and that of a property, where it may belong to several."""
_SAID_AS_PATH = re.compile(r"[^\"\\\x00-\x1f]+")
_FIELDS = {
    "user_id": "user_id",
    "device_id": "device_id",
    "session_id": "session",
    "event_type": "type",
    "library": "library",
    "event_id": "id",
    "upload_id": "upload",
}
_NUMBERS = ("session", "id", "upload")


@dataclass(frozen=True)
class Context:
    """What definitions are read against.

    `projects` are sources by API key; `inactive` event types that do not make a user active
    (§0.3); `cohorts` the conditions of saved cohorts by id; `groups` the type of groups that are
    counted instead of users (§18); `kinds` the types of groups that have properties.
    """

    clock: Clock
    properties: Mapping[tuple[str, str], Property]
    projects: Mapping[str, int] = field(default_factory=dict)
    inactive: frozenset[str] = frozenset()
    cohorts: Mapping[int, "Segment"] = field(default_factory=dict)
    groups: str = ""
    kinds: tuple[str, ...] = ()
    as_of: int | None = None
    """What users did and had is asked as it was before this time; None for all that is known."""
    go_on: GoOn = always
    """Called between pieces of long work; raises Interrupted to end it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a property lies: a column of text, one of lists, or both; and the way into them."""

    text: Sql | None
    listed: Sql | None


def place(ref: PropertyRef, context: Context) -> Place:
    """The columns of a property; nothing when it was never seen."""
    if ref.scope == "field" and ref.name == "project":
        return Place(_project(context), None)
    if ref.scope == "field":
        name = _FIELDS[ref.name]
        found: Sql = sql.column(name, "e")
        return Place(exp.cast(found, "VARCHAR") if name in _NUMBERS else found, None)
    one = context.properties.get((ref.scope, ref.name))
    if one is not None:
        return _columns(one, context)
    parent, _, child = ref.name.rpartition(".")
    one = context.properties.get((ref.scope, parent))
    return _children(_columns(one, context), child) if one and child else Place(None, None)


def _project(context: Context) -> Sql:
    """The API key of an event's project."""
    of = sql.column("source", "e")
    keys: list[tuple[Sql, Sql]] = [
        (exp.EQ(this=of.copy(), expression=sql.value(number)), sql.value(key))
        for key, number in sorted(context.projects.items())
    ]
    return sql.cases(keys, exp.null()) if keys else exp.cast(exp.null(), "VARCHAR")


def _columns(one: Property, context: Context) -> Place:
    if one.scope == GROUP_PROPERTY:
        return _of_groups(one, context)
    table = "u" if one.scope == "user" else "e"
    listed = sql.column(one.listed, table) if one.listed else None
    return Place(sql.column(one.column, table), listed)


def _of_groups(one: Property, context: Context) -> Place:
    """What was known at an event of the groups that it belongs to; a list where those are
    several."""
    kind = kind_of(one, context)
    if kind is None or not is_known(kind, context):
        return Place(None, None)
    if is_of_several(kind, context):
        return Place(None, sql.column("value", SEVERAL + one.name))
    listed = sql.column(one.listed, ALONE + kind) if one.listed else None
    return Place(sql.column(one.column, ALONE + kind), listed)


def kind_of(one: Property, context: Context) -> str | None:
    """The type of groups that a property is of: `org` of `org.plan`."""
    fit = [kind for kind in context.kinds if one.name.startswith(f"{kind}.")]
    return max(fit, key=len, default=None)


def groups_of(kind: str, context: Context) -> list[PropertyRef]:
    """Where an event says which groups of a type it belongs to: it names them itself, or its user
    is in them."""
    refs = [PropertyRef(scope, kind) for scope in ("group", "user")]
    return [one for one in refs if (one.scope, one.name) in context.properties]


def is_known(kind: str, context: Context) -> bool:
    """Whether any event belongs to a group of this type."""
    return bool(groups_of(kind, context))


def is_of_several(kind: str, context: Context) -> bool:
    """Whether an event may belong to several groups of a type. Where these are counted, a row is
    about one of them."""
    if kind == context.groups:
        return False
    return any(is_listed(one, context) for one in groups_of(kind, context))


def _children(of: Place, child: str) -> Place:
    # As a JSON path it can be said in other dialects; but those do not take every name.
    path = f'$."{child}"'
    if not _SAID_AS_PATH.fullmatch(child):
        path = "/" + child.replace("~", "~0").replace("/", "~1")
    text = of.text
    if text is not None:
        # What is no object has no children; asking it for one would be an error.
        is_object = exp.Like(this=text.copy(), expression=sql.value("{%"))
        text = sql.cases([(is_object, _extracted(text, path))], exp.null())
    listed = of.listed
    if listed is not None:
        item = exp.to_identifier("item")
        inner = sql.cases(
            [
                (
                    exp.Like(this=exp.column("item"), expression=sql.value("{%")),
                    _extracted(exp.column("item"), path),
                )
            ],
            exp.null(),
        )
        listed = exp.Transform(this=listed, expression=exp.Lambda(this=inner, expressions=[item]))
    return Place(text, listed)


def _extracted(of: Sql, path: str) -> Sql:
    if path.startswith("/"):
        return exp.Anonymous(this="json_extract_string", expressions=[of, sql.value(path)])
    found = sqlglot.parse_one(f"x ->> {sql.value(path).sql('duckdb')}", read="duckdb")
    return found.transform(
        lambda node: of.copy() if isinstance(node, exp.Column) and node.name == "x" else node
    )


def nothing(at: Place) -> Sql:
    """The condition that a property is `(none)`: what is grouped there by `elements`. It is not
    there, or it is an array without elements, or one of its elements is nothing."""
    if at.text is None and at.listed is None:
        return exp.true()
    absent: list[Sql] = []
    if at.text is not None:
        absent.append(exp.Is(this=at.text.copy(), expression=exp.null()))
    if at.listed is not None:
        absent.append(exp.paren(sql.either(*_without_value(at.listed))))
    return exp.paren(sql.both(*absent))


def _without_value(listed: Sql) -> list[Sql]:
    is_null = exp.Is(this=exp.column("item"), expression=exp.null())
    nulls = exp.ArrayFilter(
        this=listed.copy(),
        expression=exp.Lambda(this=is_null, expressions=[exp.to_identifier("item")]),
    )
    return [
        exp.Is(this=listed.copy(), expression=exp.null()),
        exp.EQ(this=exp.ArraySize(this=listed.copy()), expression=sql.value(0)),
        exp.GT(this=exp.ArraySize(this=nulls), expression=sql.value(0)),
    ]


def time() -> exp.Column:
    """The time of an event."""
    return sql.column("time", "e")


def person() -> exp.Column:
    """Whose an event is."""
    return sql.column("person", "e")


def elements(ref: PropertyRef, context: Context, *, once: bool = False) -> Sql:
    """The values of a property to group by: a text, or a list whose elements are to be unfolded
    (see `is_listed`). `once` keeps each value of an event once."""
    at = place(ref, context)
    if at.listed is None:
        return at.text if at.text is not None else exp.cast(exp.null(), "VARCHAR")
    listed: Sql = at.listed
    if once:
        listed = exp.ArrayDistinct(this=listed)
    single = exp.Array(expressions=[at.text if at.text is not None else exp.null()])
    filled = exp.GT(this=exp.ArraySize(this=at.listed.copy()), expression=sql.value(0))
    return sql.cases([(filled, listed)], single)


def is_listed(ref: PropertyRef, context: Context) -> bool:
    """Whether a property holds arrays somewhere."""
    return place(ref, context).listed is not None
