"""
What can be done with one event of the stream, as a menu.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from app.filter import Condition, Node, Not, equals
from ui.plain import clipboard, one_line

if TYPE_CHECKING:
    from ui.pages.live import LivePage


def fill_event_menu(menu: QMenu, row: Any, page: LivePage) -> None:
    """Fill a menu for one row."""
    menu.addAction("Open in the inspector", lambda: page.inspect(row.id))
    menu.addSeparator()
    for term, title in _terms(row):
        menu.addAction(title, partial(page.add_term, term))
    menu.addSeparator()
    menu.addAction(page.actions_table.qaction("live.hide_type"))
    menu.addSeparator()
    menu.addAction(page.actions_table.qaction("live.copy"))
    for title, value in (("user ID", row.user_id), ("device ID", row.device_id)):
        if value:
            menu.addAction(f"Copy {title}", partial(_copy, value))
    menu.addAction("Copy event type", lambda: _copy(row.type))


def _terms(row: Any) -> list[tuple[Node, str]]:
    """Conditions that this event suggests."""
    found: list[tuple[Node, str]] = []
    for key, value in (("type", row.type), ("user", row.user_id), ("device", row.device_id)):
        if value:
            found.append((equals(key, value), f"Only {key} {_quoted(value)}"))
            found.append((Not(equals(key, value)), f"Not {key} {_quoted(value)}"))
    if row.session_id is not None and row.session_id >= 0:
        text = str(row.session_id)
        found.append((Condition("session", text), f"Only session {text}"))
    return found


def _quoted(text: str) -> str:
    return f"“{one_line(text, 32)}”".replace("&", "&&")


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(clipboard(text))
