"""
Conditions on properties as SQL: `fits` decides, in Python; before it SQLite leaves out what cannot
fit, many times faster.
"""

from app.filter.parts import Sql, joined
from app.filter.properties import (
    is_plain,
    last_names,
    page_test,
    plain_value,
    property_paths,
    property_test,
)
from app.filter.texts import PropertyTest, TextTest, number
from app.filter.tree import Condition, Op

COLUMNS = {"prop": "event_properties", "user": "user_properties", "group": "groups"}


def property_sql(one: Condition) -> Sql:
    """A condition that has a path."""
    return _property(COLUMNS[one.key], property_paths(one.key, one.path), one)


def has_property(column: str, names: tuple[str, ...]) -> Sql:
    """Whether one of these is there, and is not null."""
    return _property(column, tuple((name,) for name in names), is_there=True)


def page_sql(one: Condition) -> Sql:
    """A condition on the page."""
    guard = _value_guard("event_properties", one)
    decides = Sql("fits(event_properties, ?)", (page_test(one).spec(),))
    return joined(" AND ", [guard, decides] if guard else [decides])


def _property(
    column: str,
    paths: tuple[tuple[str, ...], ...],
    one: Condition | None = None,
    *,
    is_there: bool = False,
) -> Sql:
    test = property_test(paths, one) if one else PropertyTest(paths, is_there=is_there)
    guards = [_name_guard(column, paths)]
    if one:
        guards += [_value_guard(column, one), _number_guard(column, paths, one)]
    return joined(" AND ", [*filter(None, guards), Sql(f"fits({column}, ?)", (test.spec(),))])


def _name_guard(column: str, paths: tuple[tuple[str, ...], ...]) -> Sql | None:
    """The name must be there. Without its first quote, of which JSON is full: LIKE is quick at
    looking for rare letters."""
    names = last_names(paths)
    if not all(map(is_plain, names)):
        return None
    tests = [TextTest(f'{name}":').sql(column) for name in names]
    return joined(" OR ", [Sql(condition, (value,)) for condition, value in tests])


def _value_guard(column: str, one: Condition) -> Sql | None:
    """A text must be there."""
    part = plain_value(one)
    if part is None:
        return None
    condition, value = TextTest(part).sql(column)
    return Sql(condition, (value,))


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
