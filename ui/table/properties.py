"""
Properties of events and users as columns: any of them, by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from app.decode.body import json_text
from ui.plain import one_line
from ui.table.cells import Cell, Column


def is_property(key: str) -> bool:
    """Whether a column is one of a property."""
    return key.startswith(("prop.", "user.")) and len(key) > 5


@lru_cache(maxsize=512)
def properties(text: str | None) -> Mapping[str, Any]:
    """The properties of an event or a user by name; those of identify without its operations."""
    try:
        found = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError:
        return {}
    if not isinstance(found, dict):
        return {}
    plain = {name: value for name, value in found.items() if not name.startswith("$")}
    for name, value in found.items():
        if name.startswith("$"):
            plain.update(value if isinstance(value, dict) else {name: value})
    return plain


def property_column(key: str) -> Column:
    """The column of `prop.NAME` or `user.NAME`."""
    scope, _, name = key.partition(".")

    def value(row: Any) -> str:
        text = row.event_properties if scope == "prop" else row.user_properties
        found = properties(text).get(name)
        return "" if found is None else found if isinstance(found, str) else json_text(found)

    def cell(row: Any) -> Cell:
        text = value(row)
        return Cell(one_line(text)) if text else Cell("–", "faint")

    what = "The event property" if scope == "prop" else "The user property that was sent:"
    return Column(
        key,
        one_line(name, 40),
        130,
        cell,
        value,
        f"{what} {one_line(name, 80)}",
        is_mono=True,
        least=80,
        most=260,
    )


def property_key(key: str) -> tuple[str, tuple[str, ...]]:
    """Key and path of a condition on the property of a column."""
    scope, _, name = key.partition(".")
    return scope, (name,)
