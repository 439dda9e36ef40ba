"""
What a person does with the current event or the selected ones: copy, send again, compare, mark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from ui.copylink import copy_link
from ui.plain import cell, clipboard, number

if TYPE_CHECKING:
    from app.store import Store
    from ui.pages.live.page import LivePage

COPY_MOST = 10_000
MOST_MARKS = 1000
MOST_RESENT = 500
COMPARING = "comparing"


class Deeds(QObject):
    """Each works on the table that is in front, in groups or not."""

    def __init__(self, page: LivePage) -> None:
        super().__init__(page)
        self._page = page
        self._compared: int | None = None

    def copy_rows(self) -> None:
        """The selected rows as tab-separated values to the clipboard."""
        chosen = self._page.current_table.selected_count()
        ids = self._page.current_table.selected_ids(COPY_MOST)
        columns = self._page.model.columns

        def text(store: Store) -> str:
            rows = (
                row
                for at in range(0, len(ids), 500)
                for row in store.events.rows(ids[at : at + 500])
            )
            return "\n".join("\t".join(cell(one.value(row)) for one in columns) for row in rows)

        def put(text: str) -> None:
            QGuiApplication.clipboard().setText(clipboard(text))
            if chosen > len(ids):
                self._page.context.notifications.info(
                    f"Copied the first {number(len(ids))} of {number(chosen)} rows."
                )

        if ids:
            self._page.context.jobs.read(self, text, "copy").then(put).catch(self._page.say)

    def copy_link(self, event_id: int) -> None:
        """Put a link to an event on the clipboard."""
        copy_link(self._page.context.store, event_id)

    def compose(self) -> None:
        """Write a new event and send it."""
        self._page.side.open()
        self._page.inspector.compose()

    def resend(self) -> None:
        """Edit the selected events and send them again."""
        event = self._page.current_table.current_id()
        several = self._page.current_table.selected_ids(MOST_RESENT + 1)
        if len(several) > MOST_RESENT:
            self._page.context.notifications.info(
                f"No more than {number(MOST_RESENT)} events can be sent again at once."
            )
        elif len(several) > 1:
            self._page.side.open()
            self._page.inspector.resend_all(several)
        elif event is not None:
            self._page.inspect(event)
            self._page.inspector.resend()

    def compare(self) -> None:
        """Show what differs between the two selected events; with one selected, between it and the
        one that is chosen next."""
        ids = self._page.current_table.selected_ids(3)
        if len(ids) == 1 and self._compared not in (None, ids[0]):
            ids.append(self._compared or 0)
        self._compared = ids[0] if len(ids) == 1 else None
        self._page.context.notifications.settled(COMPARING)
        if len(ids) == 2:
            self._page.side.open()
            self._page.inspector.compare(*ids)
        elif len(ids) == 1:
            self._page.context.notifications.info(
                "Choose another event and press D to compare.", about=COMPARING
            )
        else:
            self._page.context.notifications.info("Select two events to compare them.")

    def show_user(self) -> None:
        """Show what was known of the user when the current event happened."""
        event = self._page.current_table.current_id()
        if event is not None:
            self._page.inspect(event)
            self._page.inspector.show_user()

    def copy_as_curl(self) -> None:
        """Put the upload of the current event on the clipboard, as a command."""
        event = self._page.current_table.current_id()

        def text(store: Store) -> str:
            from ui.inspector.rawtext import as_curl

            detail = store.events.detail(event or 0)
            return as_curl(detail.capture) if detail else ""

        def put(text: str) -> None:
            if text:
                QGuiApplication.clipboard().setText(clipboard(text))
                self._page.context.notifications.info("Copied the upload as a curl command.")

        self._page.context.jobs.read(self, text, "curl").then(put).catch(self._page.say)

    def pin_selected(self) -> None:
        """Pin the selected events, or unpin them."""
        self._page.marks.pin(self._page.current_table.selected_ids(MOST_MARKS))

    def colour_selected(self, colour: str) -> None:
        """Give the selected events a colour; empty takes it away."""
        self._page.marks.colour(self._page.current_table.selected_ids(MOST_MARKS), colour)

    def write_note(self) -> None:
        """Write on the current event."""
        event = self._page.current_table.current_id()
        if event is not None and (rows := self._page.rows_of([event])):
            self._page.note.ask(event, rows[0].type, self._page.marks.of(event).note)

    def peek(self) -> None:
        """Look at the current event; once more to stop."""
        event = self._page.current_table.current_id()
        if self._page.side.is_open:
            self._page.side.close_inspector()
        elif event is not None:
            self._page.inspect(event)
