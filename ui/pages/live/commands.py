"""
What can be done on the Live page, as the table that gives palette, shortcuts and buttons theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action

if TYPE_CHECKING:
    from ui.pages.live.page import LivePage


def commands(page: LivePage) -> tuple[Action, ...]:
    """The actions of a page."""

    deeds = page.deeds

    def has_row() -> bool:
        return page.current_table.current_id() is not None

    return (
        Action("live.filter", "Filter events", page.open_search, ("Ctrl+F", "/"), "search",
               "search find query"),
        Action("live.follow", "Follow new events", page.following.toggle, ("F",), "follow",
               "pause stop tail live", "Follow", checked=lambda: page.stream.is_following),
        Action("live.newest", "Go to the newest event", page.following.go_to_newest, ("G",), "up",
               "top new"),
        Action("live.inspector", "Show the inspector", page.side.toggle, ("I",), "inspector",
               "details info raw", checked=lambda: page.side.is_open),
        Action("live.hide_type", "Hide this event type", page.hide_selected_types, ("H",),
               "eye-off", "exclude", enabled=has_row),
        Action("live.types", "Choose event types", page.types.choose, ("T",), "eye",
               "hidden show hide"),
        Action("live.pin", "Pin or unpin", deeds.pin_selected, ("P",), "pin", "mark keep",
               enabled=has_row),
        Action("live.note", "Write a note", deeds.write_note, ("N",), "note", "comment mark",
               enabled=has_row),
        Action("live.resend", "Edit and send again", deeds.resend, ("R",), "",
               "replay compose send", enabled=has_row),
        Action("live.compose", "New event", deeds.compose, ("Ctrl+Shift+N",), "plus",
               "compose write send track test"),
        Action("live.difference", "Compare two events", deeds.compare, ("D",), "",
               "diff difference", enabled=has_row),
        Action("live.link", "Open the event of a copied link", page.open_link, (), "",
               "url eventscope paste"),
        Action("live.peek", "Peek into the event", deeds.peek, (), "", "inspect details",
               enabled=has_row),
        Action("live.copy", "Copy the selected rows", deeds.copy_rows, ("C",), "copy",
               "clipboard tsv", enabled=has_row),
        Action("live.copy_curl", "Copy the upload as cURL", deeds.copy_as_curl, ("Shift+C",), "",
               "curl command clipboard", enabled=has_row),
        Action("live.user_then", "Show the user at that time", deeds.show_user, ("U",), "user",
               "properties plan identity", enabled=has_row),
        Action("live.export", "Export events", page.ask_to_export, ("Ctrl+Shift+E",), "file",
               "save share csv ndjson", enabled=lambda: page.stream.known.count > 0),
        Action("live.clear", "Clear captured events", page.clearing.ask, ("Ctrl+L",), "trash",
               "remove delete empty", enabled=lambda: page.stream.known.count > 0),
    )  # fmt: skip
