"""
Properties as columns: which there are, and taking the JSON of new rows apart into them.

A column holds the text of a value as it is shown: `30`, `true`, `tacos`. Arrays go into a second
column as lists, because each element is a value of its own (semantics §0.4). Names are anything
that senders make up; a column is called after them as far as that is possible.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import duckdb
import orjson

from app.decode.body import BodyProblem, clean, parsed

MOST_COLUMNS = 1000
"""Names beyond the first thousand of a scope are not loaded: whoever sends that many put values
into names, and no chart is about one of them."""
LONGEST_NAME = 200
LONGEST_PATTERN = 20_000
REPAIRED_TOGETHER = 1000
_SPELLED_ONE_WAY = re.compile(r"[^\"\\\x00-\x1f]+")
"""Names that nobody has to escape in JSON."""
_ARRAY = r'"((?:[^"\\]|\\.)+)":\['


TABLES = {"user": "states", "group_property": "group_states"}
"""Where properties are that events do not hold themselves, by scope."""


class Property(NamedTuple):
    """A property that was seen. `listed` is the column of its arrays, if any came."""

    scope: str
    name: str
    column: str
    listed: str | None
    seen: int

    @property
    def table(self) -> str:
        """The table that it is a column of."""
        return TABLES.get(self.scope, "stored")


def known(db: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Property]:
    """All properties by scope and name, most used first."""
    rows = db.execute(
        "SELECT scope, name, column_name, list_name, seen FROM properties ORDER BY seen DESC"
    ).fetchall()
    return {(row[0], row[1]): Property(*row) for row in rows}


def repair(db: duckdb.DuckDBPyConnection, column: str) -> None:
    """Make the JSON in a column of `staged` readable for DuckDB, which knows neither NaN nor
    half surrogates nor names that are there twice."""
    after = -1
    while bad := db.execute(
        f'SELECT rowid, "{column}" FROM staged WHERE "{column}" IS NOT NULL AND rowid > ?'
        f' AND NOT json_valid("{column}") ORDER BY rowid LIMIT {REPAIRED_TOGETHER}',
        [after],
    ).fetchall():
        after = bad[-1][0]
        db.execute(
            f'UPDATE staged SET "{column}" = r.text FROM'
            " (SELECT unnest(?::BIGINT[]) AS id, unnest(?::VARCHAR[]) AS text) r"
            " WHERE staged.rowid = r.id",
            [[row for row, _ in bad], [_readable(text) for _, text in bad]],
        )
    db.execute(f'UPDATE staged SET "{column}" = NULL WHERE NOT json_valid("{column}")')


def _readable(text: str) -> str | None:
    try:
        return clean(orjson.dumps(_sound(parsed(text.encode()))).decode())
    except (BodyProblem, TypeError, ValueError, RecursionError):
        return None


def _sound(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _sound(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_sound(one) for one in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value


def insert(
    db: duckdb.DuckDBPyConnection,
    table: str,
    own: tuple[str, ...],
    scopes: tuple[str, ...],
    source: str,
    joined: Callable[[str], str] = str,
) -> bool:
    """Move the rows of `source` (a table, or a file as `read_csv` reads it; it is read twice) into
    a table: its own columns, and one for each property in the JSON columns that are called after
    their scopes. `joined` says how the rows get what they do not have themselves. Returns whether
    columns were added."""
    there = known(db)
    width = _columns_of(there)
    seen = _seen(db, scopes, source, there)
    if seen is None:
        db.execute(f"CREATE OR REPLACE TEMP TABLE staged AS SELECT * FROM {source}")
        for scope in scopes:
            repair(db, scope)
        seen, source = _seen(db, scopes, "staged", there) or [], "staged"
    names, values, structures = list(own), list(own), ""
    for scope in scopes:
        came = _came(db, scope, table, source, [one for one in seen if one.scope == scope], there)
        if not came:
            continue
        plain = _plain(scope, came, there)
        if plain:
            shape = orjson.dumps({one.name: _shape(one) for one in plain}).decode()
            structures += f', from_json("{scope}", {literal(shape)}) AS s_{scope}'
        for one in came:
            cell = (
                f"s_{scope}.{quoted(one.name)}"
                if one in plain
                else f'json_extract_string("{scope}", {_pointer(one.name)})'
            )
            for name, value in _cells(one, cell, is_plain=one in plain):
                names.append(name)
                values.append(value)
    db.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"
        f" FROM (SELECT *{structures} FROM {joined(source)})"
    )
    if source == "staged":
        db.execute("DROP TABLE staged")
    return _columns_of(there) > width


def _columns_of(properties: dict[tuple[str, str], Property]) -> int:
    """How many columns these have."""
    return sum(2 if one.listed else 1 for one in properties.values())


class Seen(NamedTuple):
    """A name in rows that are to be loaded, and in how many. Where it may hold an array, and no
    column for that is there yet, `is_open`."""

    scope: str
    name: str
    rows: int
    is_open: bool


def _seen(
    db: duckdb.DuckDBPyConnection,
    scopes: tuple[str, ...],
    source: str,
    there: dict[tuple[str, str], Property],
) -> list[Seen] | None:
    """All names in the JSON columns of a source, most used first, in one pass over it; None when
    there is something that DuckDB cannot read."""
    sets = ", ".join(
        f'TRY(json_keys("{scope}")) AS k_{scope}, count("{scope}") AS n_{scope},'
        f" bool_or(\"{scope}\" LIKE '%:[%') AS b_{scope},"
        f" bool_or({_may_hold(scope, there)}) AS o_{scope}"
        for scope in scopes
    )
    each = " UNION ALL ".join(
        f"SELECT '{scope}' AS scope, unnest(coalesce(k_{scope}, [NULL])) AS key, n_{scope} AS n,"
        f" b_{scope} AS b, o_{scope} AS o FROM sets WHERE n_{scope} > 0"
        for scope in scopes
    )
    keys = ", ".join(f"k_{scope}" for scope in scopes)
    found = db.execute(
        f"WITH sets AS MATERIALIZED (SELECT {sets} FROM {source} GROUP BY {keys})"
        f" SELECT scope, key, sum(n), bool_or(b), bool_or(o) FROM ({each})"
        " GROUP BY ALL ORDER BY 3 DESC, 2"
    ).fetchall()
    if any(name is None for _, name, *_ in found) and source != "staged":
        return None
    return [
        Seen(scope, name, int(count), bool(listing if (scope, name) in there else brackets))
        for scope, name, count, brackets, listing in found
        if name is not None
    ]


def _may_hold(scope: str, there: dict[tuple[str, str], Property]) -> str:
    """The condition that a JSON text may hold an array under a known name that had none so far."""
    # Most arrays come under names that are known to have them. To look for the others alone costs
    # a quarter of telling which they all are; and nothing of the kind is decided by it.
    names = [
        name
        for (of, name), one in there.items()
        if of == scope and not one.listed and _SPELLED_ONE_WAY.fullmatch(name)
    ]
    brackets = f"\"{scope}\" LIKE '%:[%'"
    if sum(map(len, names)) > LONGEST_PATTERN:
        return brackets
    ways = ['\\\\.[^"\\\\]*":\\[']
    if names:
        ways.append(f'"(?:{"|".join(map(re.escape, names))})":\\[')
    return (
        f'CASE WHEN {brackets} THEN regexp_matches("{scope}", {literal("|".join(ways))})'
        " ELSE false END"
    )


def _came(
    db: duckdb.DuckDBPyConnection,
    scope: str,
    table: str,
    source: str,
    seen: list[Seen],
    there: dict[tuple[str, str], Property],
) -> list[Property]:
    """The properties of a scope that came. What is new among them gets columns, and is added to
    what is `there`."""
    taken = {one.column.lower() for (of, _), one in there.items() if of == scope}
    _count(db, scope, [(one.name, one.rows) for one in seen if (scope, one.name) in there])
    for one in seen:
        if (scope, one.name) not in there and len(taken) < MOST_COLUMNS:
            column = _free(f"{scope}.{one.name}", taken)
            there[scope, one.name] = Property(scope, one.name, column, None, one.rows)
            db.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(column)} VARCHAR")
            db.execute(
                "INSERT INTO properties VALUES (?, ?, ?, NULL, ?)",
                [scope, one.name, column, one.rows],
            )
    came = [one.name for one in seen if (scope, one.name) in there]
    open_ = {one.name for one in seen if one.is_open}.intersection(came)
    for name in _arrays(db, scope, source, {n for n in open_ if not there[scope, n].listed}):
        listed = _add_list(db, table, there[scope, name])
        there[scope, name] = there[scope, name]._replace(listed=listed)
    return [there[scope, name] for name in came]


def _count(db: duckdb.DuckDBPyConnection, scope: str, counts: list[tuple[str, int]]) -> None:
    """Count properties that were seen before, all at once."""
    if counts:
        db.execute(
            "UPDATE properties SET seen = seen + c.count FROM"
            " (SELECT unnest(?) AS name, unnest(?) AS count) c"
            " WHERE scope = ? AND properties.name = c.name",
            [[name for name, _ in counts], [count for _, count in counts], scope],
        )


def _arrays(db: duckdb.DuckDBPyConnection, scope: str, source: str, names: set[str]) -> list[str]:
    """Those of the names that hold an array somewhere in the source."""
    if not names:
        return []
    # Reading the JSON of every row for this takes a third of the loading time; its text does.
    found = db.execute(
        "SELECT DISTINCT unnest(regexp_extract_all(doc, ?, 1)) FROM"
        f' (SELECT "{scope}" AS doc FROM {source} WHERE "{scope}" LIKE \'%:[%\')',
        [_ARRAY],
    ).fetchall()
    candidates = {_unescaped(text) for (text,) in found} & names
    return [name for name in sorted(candidates) if _is_array(db, scope, source, name)]


def _is_array(db: duckdb.DuckDBPyConnection, scope: str, source: str, name: str) -> bool:
    row = db.execute(
        f"SELECT 1 FROM {source} WHERE \"{scope}\" LIKE '%:[%'"
        f" AND json_type(\"{scope}\", {_pointer(name)}) = 'ARRAY' LIMIT 1"
    ).fetchone()
    return row is not None


def _unescaped(text: str) -> str:
    try:
        return str(orjson.loads(f'"{text}"'))
    except orjson.JSONDecodeError:
        return text


def _free(wanted: str, taken: set[str]) -> str:
    """A column name that is not taken, also not with other capitals."""
    wanted = wanted.replace("\0", "")[:LONGEST_NAME]
    name, number = wanted, 1
    while name.lower() in taken:
        number += 1
        name = f"{wanted} ({number})"
    taken.add(name.lower())
    return name


def _plain(
    scope: str, came: list[Property], there: dict[tuple[str, str], Property]
) -> list[Property]:
    """Those that can be read as fields of one structure, all in one go: DuckDB does not tell
    their names by capitals."""
    lower: dict[str, int] = {}
    for of, name in there:
        if of == scope:
            lower[name.lower()] = lower.get(name.lower(), 0) + 1
    return [one for one in came if one.name and lower[one.name.lower()] == 1]


def _shape(one: Property) -> str:
    """As what a property is read: JSON tells an array from a text that looks like one."""
    return "JSON" if one.listed else "VARCHAR"


def _cells(one: Property, cell: str, *, is_plain: bool) -> list[tuple[str, str]]:
    """What goes into the columns of a property."""
    if not one.listed:
        return [(quoted(one.column), cell)]
    if is_plain:
        return [
            (quoted(one.column), f"CASE WHEN {cell} NOT LIKE '[%' THEN {cell} ->> '$' END"),
            (
                quoted(one.listed),
                f"CASE WHEN {cell} LIKE '[%' THEN from_json({cell}, '[\"VARCHAR\"]') END",
            ),
        ]
    # A text may look like an array, and only the JSON tells.
    is_list = (
        f"{cell} LIKE '[%]' AND"
        f" json_type(\"{one.scope}\", {_pointer(one.name)}) IS NOT DISTINCT FROM 'ARRAY'"
    )
    return [
        (quoted(one.column), f"CASE WHEN NOT coalesce({is_list}, false) THEN {cell} END"),
        (quoted(one.listed), f"CASE WHEN {is_list} THEN from_json({cell}, '[\"VARCHAR\"]') END"),
    ]


def _pointer(name: str) -> str:
    return literal("/" + name.replace("~", "~0").replace("/", "~1"))


def _add_list(db: duckdb.DuckDBPyConnection, table: str, one: Property) -> str:
    listed = f"{one.column}[]"
    db.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(listed)} VARCHAR[]")
    db.execute(
        "UPDATE properties SET list_name = ? WHERE scope = ? AND name = ?",
        [listed, one.scope, one.name],
    )
    return listed


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_of(one: Property, table: str = "") -> str:
    """A property's value as text, arrays included."""
    at = f"{table}." if table else ""
    if one.listed is None:
        return at + quoted(one.column)
    return f"coalesce({at}{quoted(one.column)}, CAST({at}{quoted(one.listed)} AS VARCHAR))"


def literal(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"
