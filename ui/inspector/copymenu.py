"""
Copying an event as code, as JSON, or as a piece of a bug report.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QToolButton

from app.copying import as_json, as_markdown, as_python, as_track
from ui.copylink import copy_link
from ui.inspector.rawtext import as_curl
from ui.plain import clipboard
from ui.theme import tint

if TYPE_CHECKING:
    from app.store.events import EventDetail
    from ui.reader import Reader

COPIES: tuple[tuple[str, Callable[[EventDetail], str]], ...] = (
    ("JSON", lambda detail: as_json(detail.event)),
    ("track() call", lambda detail: as_track(detail.event)),
    ("cURL (the whole upload)", lambda detail: as_curl(detail.capture)),
    ("Python (the whole upload)", lambda detail: as_python(detail.capture)),
    (
        "Markdown, for a bug report",
        lambda detail: as_markdown(
            detail.event, detail.capture, detail.verdict.outcome, detail.verdict.reason
        ),
    ),
)


class CopyMenu(QToolButton):
    """A button for the event that is shown, if there is one."""

    def __init__(self, reader: Reader, shown: Callable[[], EventDetail | None]) -> None:
        super().__init__()
        self._reader = reader
        self._shown = shown
        tint(self, "copy")
        self.setToolTip("Copy this event as…")
        self.setAccessibleName("Copy this event as")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.list = QMenu(self)
        self.setMenu(self.list)
        for title, made in COPIES:
            entry = self.list.addAction(title.replace("&", "&&"))
            entry.triggered.connect(lambda _checked=False, made=made: self.copy(made))
        self.list.addSeparator()
        link = self.list.addAction("Link to this event")
        link.triggered.connect(lambda _checked=False: self.copy_link())

    def copy(self, made: Callable[[EventDetail], str]) -> None:
        """Put the event on the clipboard."""
        if detail := self._shown():
            QGuiApplication.clipboard().setText(clipboard(made(detail)))

    def copy_link(self) -> None:
        """Put a link on the clipboard that opens this event in Eventscope."""
        if detail := self._shown():
            copy_link(self._reader, detail.row.id)
