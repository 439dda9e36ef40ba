"""
What can be done on the Ingestion page, as the table that gives palette, shortcuts and buttons
theirs.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.actions import Action
from ui.pages.ingestion.state import FRAME_WORDS

if TYPE_CHECKING:
    from ui.pages.ingestion.page import IngestionPage


def commands(page: IngestionPage) -> tuple[Action, ...]:
    """The actions of a page."""
    built = page.built
    return (
        *(
            Action(
                f"ingestion.frame_{frame}",
                f"Ingestion: show {sentence}",
                built(partial(page.choose_frame, frame)),
                words="time range period",
            )
            for frame, (_, sentence) in FRAME_WORDS.items()
        ),
        Action("ingestion.utc", "Ingestion: times in UTC", built(page.toggle_utc), (),
               "globe", "zone", checked=lambda: page.clocks.is_utc),
        Action("ingestion.zoom", "Ingestion: zoom to what is chosen", page.zoom, ("Z",),
               "zoom", "range brush", "Zoom in",
               enabled=lambda: page.state.span is not None),
        Action("ingestion.all", "Ingestion: choose nothing", page.choose_nothing, (), "close",
               "range brush clear", enabled=lambda: page.is_choosing),
        Action("ingestion.live", "Ingestion: show the chosen time in Live", page.show_in_live,
               (), "live", "events stream", "Show in Live",
               enabled=lambda: page.answer is not None),
        Action("ingestion.copy", "Ingestion: copy the table as CSV",
               built(page.copy_table), (), "copy", "clipboard export"),
        Action("ingestion.inspector", "Ingestion: show or close the upload",
               built(page.toggle_panel), ("U",), "inspector", "details raw",
               checked=lambda: page.is_inspecting),
    )  # fmt: skip
