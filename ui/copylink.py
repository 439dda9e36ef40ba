"""
Copying the link of an event, the same one wherever an event is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from app.links import EventLink

if TYPE_CHECKING:
    from ui.reader import Reader


def copy_link(reader: Reader, event_id: int) -> bool:
    """Put a link to an event of the open workspace on the clipboard; False when none is open."""
    name = reader.ask(lambda store: store.name(), "")
    if name:
        QGuiApplication.clipboard().setText(str(EventLink(name, event_id)))
    return bool(name)
