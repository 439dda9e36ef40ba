"""
What can be done with a point of a chart: its menu, and what each entry does with the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ui.charts import Point, PointAction
from ui.charts.ticks import local
from ui.pages.ingestion.state import Span, which_of

if TYPE_CHECKING:
    from app.store import Store
    from ui.context import Context
    from ui.pages.ingestion.page import IngestionPage

PEOPLE = (
    ("streams", "View User Streams", "live"),
    ("users", "View Users", "user"),
    ("download", "Download Users", "import"),
    ("cohort", "Create Cohort", "save"),
)
"""What Microscope does with the people behind a point."""


class Points:
    """The points of a page's charts; `name` is that of the chart (`successes`, `events`, …)."""

    def __init__(self, page: IngestionPage, context: Context) -> None:
        self._page = page
        self._context = context

    def actions(self, name: str, _point: Point) -> Sequence[PointAction]:
        """The menu of a point."""
        return (
            PointAction(
                "Show these uploads", partial(self.pick, name), "inbox", lambda one: one.value > 0
            ),
            PointAction("Show everything of this time", self._choose_time, "clock"),
            PointAction("Show the reasons of this time", self._show_reasons, "info"),
            PointAction("Zoom in", self._zoom_to, "zoom", lambda one: _length(one) > 1000),
            PointAction("Show in Live", self._show_in_live, "live"),
            *self._people_actions(name),
        )

    def pick(self, name: str, point: Point) -> None:
        """Show the uploads behind a point."""
        self._page.details.go_to("Uploads")
        self._page.choose((point.start_ms, point.end_ms), which_of(point.series, name))

    def _people_actions(self, name: str) -> Sequence[PointAction]:
        """Who is behind a point, where there are events that count (semantics §10.3)."""
        if name not in ("successes", "events"):
            return ()
        return [
            PointAction(
                title, partial(self._ask_people, name, deed), icon, lambda one: one.value > 0
            )
            for deed, title, icon in PEOPLE
        ]

    def _ask_people(self, name: str, deed: str, point: Point) -> None:
        page = self._page
        scope, which = page.state.scope, which_of(point.series, name)
        start, end = point.start_ms, point.end_ms

        def read(store: Store) -> list[int]:
            return list(store.report.uploads(scope, which, start, end))

        self._context.jobs.read(page, read, "people").then(
            lambda found: page.people_asked.emit(deed, found)
        ).catch(lambda error: self._context.notifications.error(error.sentence, error.hint))

    def _choose_time(self, point: Point) -> None:
        self._page.choose((point.start_ms, point.end_ms))

    def _show_reasons(self, point: Point) -> None:
        self._page.details.go_to("Reasons")
        self._choose_time(point)

    def _zoom_to(self, point: Point) -> None:
        self._choose_time(point)
        self._page.zoom()

    def _show_in_live(self, point: Point) -> None:
        self._page.live_asked.emit(filter_text((point.start_ms, point.end_ms)))


def filter_text(span: Span) -> str:
    """The filter of Live that finds what arrived in a range; whole seconds, in local time."""
    start, end = local(span[0], None), local(span[1], None)
    if start is None or end is None:
        return ""
    return f"time >= {start:%Y-%m-%dT%H:%M:%S} time < {end:%Y-%m-%dT%H:%M:%S}"


def _length(point: Point) -> int:
    return point.end_ms - point.start_ms
