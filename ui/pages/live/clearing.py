"""
Removing everything that was captured, after a question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import wire
from ui.plain import plural

if TYPE_CHECKING:
    from ui.pages.live.page import LivePage


class Clearing:
    """The question is in the head of the page, and counts while somebody reads it."""

    def __init__(self, page: LivePage) -> None:
        self._page = page

    def ask(self) -> None:
        """Ask before everything captured goes."""
        if self._page.context.capture.state != "listening":
            self._page.context.notifications.info("Start capturing first: it holds the workspace.")
            return
        self._page.confirm.ask(self._question(), "Remove", self._clear_everything)

    def _question(self) -> str:
        count = self._page.stream.known.count
        what = f"all {plural(count, 'event')}" if count > 1 else "the only event"
        return f"Remove {what} of all projects? This cannot be undone."

    def show_question(self) -> None:
        """Events arrive while somebody reads the question."""
        if self._page.confirm.isHidden():
            return
        if self._page.stream.known.count:
            self._page.confirm.text.setText(self._question())
        else:
            self._page.confirm.hide()

    def _clear_everything(self) -> None:
        self._page.current_table.clearSelection()
        if self._page.inspector:
            self._page.inspector.clear()
        self._page.context.capture.send(wire.Clear())
        if self._page.projects.source is not None:
            self._page.projects.choose(None)
        self._page.go_to_table()
