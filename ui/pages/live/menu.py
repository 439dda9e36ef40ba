"""
What can be done with one event of the stream, as a menu: with the value under the mouse first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.filter import Condition, Node, Not, equals, has
from app.filter.fields import COLUMNS as FIELDS
from app.filter.fields import NOTHING_SAID, shown
from app.label.element import ACTIONS
from app.marks import COLOURS
from ui.inspector.conditions import arrival_condition, property_condition
from ui.plain import clipboard, one_line
from ui.table.properties import is_property, property_key
from ui.theme import icon

if TYPE_CHECKING:
    from ui.pages.live.page import LivePage


_TITLES = {"labels": "label", "insert_id": "insert ID"}


def fill_event_menu(menu: QMenu, row: Any, page: LivePage, column: str = "type") -> None:
    """Fill a menu for one row, opened on the cell of a column."""
    menu.addAction("Open in the inspector", lambda: page.inspect(row.id))
    menu.addAction("Show this person in Users", lambda: page.person_asked.emit(row.id))
    if row.type in ACTIONS:
        menu.addAction("Label this…", lambda: page.label_asked.emit(row.id))
    menu.addAction("Add event to chart", lambda: page.chart_asked.emit(row.type))
    menu.addSeparator()
    for node, what in conditions_of(row, column, page):
        menu.addAction(f"Filter by {what}", partial(page.add_term, node))
        menu.addAction(f"Exclude {what}", partial(page.add_term, Not(node)))
        menu.addSeparator()
    for action in ("hide_type", "difference", "resend"):
        menu.addAction(page.actions_table.qaction(f"live.{action}"))
    menu.addSeparator()
    _add_marks(menu, page)
    menu.addSeparator()
    menu.addAction(page.actions_table.qaction("live.copy"))
    menu.addAction(page.actions_table.qaction("live.copy_curl"))
    for title, value in (("user ID", row.user_id), ("device ID", row.device_id)):
        if value:
            menu.addAction(f"Copy {title}", partial(_copy, value))
    menu.addAction("Copy event type", lambda: _copy(row.type))
    menu.addAction("Copy link to event", lambda: page.deeds.copy_link(row.id))


def _add_marks(menu: QMenu, page: LivePage) -> None:
    actions = page.actions_table
    menu.addAction(actions.qaction("live.pin"))
    colours = menu.addMenu("Colour")
    for tone, title in COLOURS.items():
        colours.addAction(icon("dot", tone), title, partial(page.deeds.colour_selected, tone))
    colours.addAction("None", partial(page.deeds.colour_selected, ""))
    menu.addAction(actions.qaction("live.note"))


def conditions_of(row: Any, column: str, page: LivePage) -> list[tuple[Node, str]]:
    """Conditions that an event suggests, with what they are about: that of the column first."""
    return [
        (node, title)
        for key in dict.fromkeys((column, "type", "user", "device", "session"))
        if (node := condition_of(row, key) or _told_condition(row, key, page)) is not None
        for title in [_named(key, node)]
    ]


def condition_of(row: Any, column: str) -> Condition | None:
    """The condition that a cell is: exactly its value."""
    if is_property(column):
        return _property_condition(row, column)
    known: dict[str, Callable[[], Condition | None]] = {
        "time": lambda: arrival_condition(row.received_ms),
        "type": lambda: equals("type", row.type) if row.type else None,
        "user": lambda: equals("user", row.user_id) if row.user_id else None,
        "device": lambda: equals("device", row.device_id) if row.device_id else None,
        "sdk": lambda: equals("sdk", row.library) if row.library else None,
        "insert_id": lambda: has("", row.insert_id) if row.insert_id else None,
        "outcome": lambda: Condition("outcome", str(row.outcome)),
        "via": lambda: Condition("via", str(row.via)),
        "status": lambda: None if row.status is None else Condition("status", str(row.status)),
        "upload": lambda: Condition("upload", str(row.upload_id)),
        "session": lambda: (
            None if row.session_id is None else Condition("session", str(row.session_id))
        ),
    }
    return known[column]() if column in known else None


def _told_condition(row: Any, column: str, page: LivePage) -> Condition | None:
    """The same of cells whose text is not in the row."""
    if column == "project" and row.source_id is not None:
        return equals("project", page.projects.named(row.source_id))
    if column == "labels" and (names := page.labels.by_event.get(row.id)):
        return equals("label", names[0])
    if column in FIELDS:
        value = shown(page.told.fields.get(row.id, NOTHING_SAID), column)
        return equals(column, value) if value else None
    return None


def _property_condition(row: Any, column: str) -> Condition | None:
    from ui.table.properties import properties

    key, path = property_key(column)
    text = row.event_properties if key == "prop" else row.user_properties
    value = properties(text).get(path[0])
    return property_condition(key, path, value)


def _named(key: str, one: Condition) -> str:
    title = key.partition(".")[2] if is_property(key) else _TITLES.get(key, key)
    return f"{one_line(title, 24)} {_quoted(one.value)}"


def _quoted(text: str) -> str:
    return f"“{one_line(text, 32)}”".replace("&", "&&")


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(clipboard(text))
