"""
What can be done with a point of a chart: its menu, and what each entry asks of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ui.charts import Point, PointAction
from ui.charts.ticks import local
from ui.pages.ingestion.state import EVERY, Span, which_of

if TYPE_CHECKING:
    from app.store import Store
    from app.store.report import Scope
    from ui.context import Context

PEOPLE = (
    ("streams", "View User Streams", "live"),
    ("users", "View Users", "user"),
    ("download", "Download Users", "import"),
    ("cohort", "Create Cohort", "save"),
)
"""What Microscope does with the people behind a point."""


class Points(QObject):
    """The points of the charts; `name` is that of the chart (`successes`, `events`, …).

    Signals:
        tab_asked: a table is wanted (its title).
        chosen: the tables are to be about these requests: a Span, and which of it.
        zoom_asked: the charts are to show what is chosen.
        live_asked: what a filter text finds is wanted in Live.
        people_asked: one of `PEOPLE` is wanted, with who is behind uploads (their numbers).
    """

    tab_asked = Signal(str)
    chosen = Signal(object, object)
    zoom_asked = Signal()
    live_asked = Signal(object)
    people_asked = Signal(str, object)

    def __init__(self, context: Context, scope: Callable[[], Scope], parent: QObject) -> None:
        """`scope` tells which requests count at present."""
        super().__init__(parent)
        self._context = context
        self._scope = scope

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
        self.tab_asked.emit("Uploads")
        self.chosen.emit((point.start_ms, point.end_ms), which_of(point.series, name))

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
        scope, which = self._scope(), which_of(point.series, name)
        start, end = point.start_ms, point.end_ms

        def read(store: Store) -> list[int]:
            return list(store.report.uploads(scope, which, start, end))

        self._context.jobs.read(self, read, "people").then(
            lambda found: self.people_asked.emit(deed, found)
        ).catch(lambda error: self._context.notifications.error(error.sentence, error.hint))

    def _choose_time(self, point: Point) -> None:
        self.chosen.emit((point.start_ms, point.end_ms), EVERY)

    def _show_reasons(self, point: Point) -> None:
        self.tab_asked.emit("Reasons")
        self._choose_time(point)

    def _zoom_to(self, point: Point) -> None:
        self._choose_time(point)
        self.zoom_asked.emit()

    def _show_in_live(self, point: Point) -> None:
        self.live_asked.emit(filter_text((point.start_ms, point.end_ms)))


def filter_text(span: Span) -> str:
    """The filter of Live that finds what arrived in a range; whole seconds, in local time."""
    start, end = local(span[0], None), local(span[1], None)
    if start is None or end is None:
        return ""
    return f"time >= {start:%Y-%m-%dT%H:%M:%S} time < {end:%Y-%m-%dT%H:%M:%S}"


def _length(point: Point) -> int:
    return point.end_ms - point.start_ms
