"""
What conditions on properties ask of an event: where a property may lie, how it is compared, and
which texts its JSON has for certain. The same for SQL, for predicates and for the index of texts.
"""

import orjson

from app.filter.keys import PAGE_PROPERTIES, PARTS
from app.filter.texts import PropertyTest, TextTest, number, paths_of
from app.filter.tree import Condition, Op


def is_property_name(one: Condition) -> bool:
    """Whether `has:` is asked for a property, and not for a word that it knows."""
    return one.is_quoted or one.value not in PARTS


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


def property_paths(key: str, path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Where a property may lie in its column: what identify sets lies below its operation."""
    found = paths_of(path)
    if key == "user":
        return tuple((*above, *one) for above in ((), ("$set",), ("$setOnce",)) for one in found)
    return found


def page_test(one: Condition) -> PropertyTest:
    """The test of a condition on the page."""
    return property_test(tuple((name,) for name in PAGE_PROPERTIES), one)


def property_names(one: Condition) -> tuple[str, ...]:
    """The names of which JSON has one where a condition on a property holds."""
    return last_names(property_paths(one.key, one.path))


def last_names(paths: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """The names at the ends of these paths, each once."""
    return tuple(dict.fromkeys(path[-1] for path in paths))


def plain_value(one: Condition) -> str | None:
    """The text that JSON has where a condition on a property holds, or None when that is not
    certain: numbers have several writings."""
    part = one.value if one.is_quoted else max(one.value.split("*"), key=len)
    is_text = one.is_quoted or number(one.value) is None
    if one.op not in (Op.HAS, Op.EQUAL) or not part or not is_plain(part) or not is_text:
        return None
    return part


def is_plain(text: str) -> bool:
    """Whether JSON has a text as it is."""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
