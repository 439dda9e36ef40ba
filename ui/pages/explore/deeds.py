"""
What can be done with a point: the entries of its menu, as the engine offers them, and doing it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QCursor

from app.errors import AppError, BadInput
from app.query import Warehouse, excluded, filtered, journeys_of, menu, zoomed
from app.query.calendar import cut, span_of
from app.query.definition import AnyChart, Journeys, Segmentation
from app.query.microscope import Point
from app.query.releases import save_annotation, save_release
from app.store.definitions import Definition, Definitions
from ui.charts import PointAction
from ui.charts.saving import ask_where
from ui.charts.ticks import span_text
from ui.pages.explore.asking import Answer, charts_of
from ui.pages.explore.behind import Spot
from ui.pages.explore.prompt import Prompt
from ui.plain import one_line, plural

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk

TITLES = {
    "zoom": ("Zoom In", "zoom"),
    "filter": ("Filter By", "filter"),
    "exclude": ("Exclude", "eye-off"),
    "journeys": ("Show User Journeys", "forward"),
    "streams": ("View User Streams", "live"),
    "users": ("View Users", "user"),
    "download": ("Download Users", "import"),
    "cohort": ("Create Cohort", "save"),
    "drivers": ("Explore Conversion Drivers", "sparkle"),
    "uploads": ("View uploads behind this point", "endpoint"),
    "annotation": ("Add Annotation", "note"),
    "release": ("Create Release", "label"),
}
TABS = ("streams", "users", "uploads", "drivers")


class Deeds(QObject):
    """Does things with points of the desk's chart.

    Signals:
        written: how many people of a download are in the file; None when it is over.
    """

    written = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._stop = threading.Event()

    def actions(self, point: Point) -> Sequence[PointAction]:
        """The entries of a point's menu."""
        answer = self._desk.answer
        if answer is None:
            return ()
        chart = answer.chart
        offered = [one for one in menu(chart, point) if _is_known(one, chart)]
        return [
            PointAction(TITLES[name][0], partial(self._do, name, answer, point), TITLES[name][1])
            for name in offered
        ]

    def _do(self, name: str, answer: Answer, point: Point, _spot: object = None) -> None:
        chart = answer.chart
        if name in TABS:
            self._desk.look_behind(self.spot(answer, point), name)
            return
        deed: Callable[[AnyChart, Answer, Point], object] = {
            "zoom": self._zoom,
            "filter": self._filter,
            "exclude": self._exclude,
            "journeys": self._journeys,
            "download": self._download,
            "cohort": self._cohort,
            "annotation": self._annotate,
            "release": self._release,
        }[name]
        try:
            deed(chart, answer, point)
        except BadInput as error:
            self._desk.fail(error)

    def spot(self, answer: Answer, point: Point) -> Spot:
        """The point with what it is in words."""
        return Spot(answer.chart, point, answer.clock, self.said(answer, point))

    def said(self, answer: Answer, point: Point) -> str:
        """A point in words: which series, and when."""
        said = self._desk.figure.said(point)
        start, end = _period(answer, point)
        return f"{said}, {span_text(start, end)}"

    def _zoom(self, chart: AnyChart, answer: Answer, point: Point) -> None:
        if not isinstance(chart, Journeys):
            self._desk.put(zoomed(chart, point, answer.clock))

    def _filter(self, chart: AnyChart, _answer: Answer, point: Point) -> None:
        if not isinstance(chart, Journeys):
            self._desk.put(filtered(chart, point))

    def _exclude(self, chart: AnyChart, _answer: Answer, point: Point) -> None:
        if isinstance(chart, Segmentation):
            self._desk.put(excluded(chart, point))

    def _journeys(self, chart: AnyChart, answer: Answer, point: Point) -> None:
        if isinstance(chart, Journeys):
            return
        folder = self._desk.folder

        def work(warehouse: Warehouse) -> AnyChart:
            charts = charts_of(warehouse, answer.clock, folder)
            people = charts.persons(charts.people(chart, point))
            return journeys_of(chart, point, people, answer.clock)

        self._desk.asker.ask(self, work, "journeys").then(self._desk.put).catch(self._desk.fail)

    # Keeping

    def _prompt(
        self, title: str, button: str, take: Callable[[str], object], text: str = ""
    ) -> None:
        Prompt(self._desk, title, button, take, text).open_at(QCursor.pos())

    def _cohort(self, chart: AnyChart, answer: Answer, point: Point) -> None:
        folder, clock = self._desk.folder, answer.clock

        def save(name: str) -> None:
            def work(warehouse: Warehouse) -> Definition:
                with Definitions(folder) as definitions:
                    charts = charts_of(warehouse, clock, folder)
                    return charts.save_cohort(definitions, name, chart, point)

            job = self._desk.asker.ask(self, work, "cohort")
            job.then(self._tell_cohort).catch(self._desk.fail)

        self._prompt(
            "The people behind this point as a cohort, to be called", "Create cohort", save,
            one_line(self._desk.figure.said(point), 60),
        )  # fmt: skip

    def _tell_cohort(self, made: Definition) -> None:
        kind = (
            "who they are is asked anew each time"
            if made.body.get("type") == "dynamic"
            else ("these people, for good")
        )
        self._desk.tell(f"The cohort “{one_line(made.name, 60)}” was created: {kind}.")
        self._desk.look_up_names()

    def _annotate(self, _chart: AnyChart, answer: Answer, point: Point) -> None:
        start, _ = _period(answer, point)

        def save(text: str) -> None:
            self._keep(lambda kept: save_annotation(kept, text, start))

        self._prompt(f"A note at {span_text(*_period(answer, point))}", "Add annotation", save)

    def _release(self, _chart: AnyChart, answer: Answer, point: Point) -> None:
        start, _ = _period(answer, point)

        def save(text: str) -> None:
            self._keep(lambda kept: save_release(kept, text, text, start))

        title = f"The version that was released on {span_text(*_period(answer, point))}"
        self._prompt(title, "Create release", save)

    def _keep(self, work: Callable[[Definitions], Definition]) -> None:
        try:
            with Definitions(self._desk.folder) as definitions:
                work(definitions)
        except AppError as error:
            self._desk.fail(error)
        self._desk.look_up_marks()

    # Downloads

    def _download(self, _chart: AnyChart, answer: Answer, point: Point) -> None:
        spot = self.spot(answer, point)
        ask_where(
            self._desk, "Download users", "users.csv", "CSV (*.csv)",
            lambda path: self.download(spot, path),
        )  # fmt: skip

    def download(self, spot: Spot, path: Path) -> None:
        """Write the people of a point; progress and the end are told."""
        self._stop.clear()
        self.written.emit(0)
        self._desk.behind.download(
            path, self.written.emit, lambda: not self._stop.is_set(),
            partial(self._tell_download, path), self._fail_download, spot,
        )  # fmt: skip

    def cancel(self) -> None:
        """Stop writing; what is in the file stays."""
        self._stop.set()

    def _tell_download(self, path: Path, found: tuple[int, bool]) -> None:
        self.written.emit(None)
        people, more = found
        said = f"{plural(people, 'person', 'people')} in {one_line(path.name, 60)}"
        if self._stop.is_set():
            self._desk.tell(f"The download was stopped; {said}.")
        elif more:
            self._desk.tell(f"{said}, which is as many as a download holds. There were more.")
        else:
            self._desk.tell(f"Downloaded: {said}.")

    def _fail_download(self, error: AppError) -> None:
        self.written.emit(None)
        self._desk.fail(error)


def _is_known(name: str, chart: AnyChart) -> bool:
    return name != "exclude" or isinstance(chart, Segmentation)


def _period(answer: Answer, point: Point) -> tuple[int, int]:
    """The time of a point: its interval, or the whole range."""
    chart = answer.chart
    buckets = getattr(answer.figure, "buckets", None)
    if buckets is None or not len(buckets):
        buckets = cut(span_of(chart.range, answer.clock), "day", answer.clock)
        return buckets.starts[0], buckets.ends[-1]
    if point.bucket is None:
        return buckets.starts[0], buckets.ends[-1]
    return buckets.starts[point.bucket], buckets.ends[point.bucket]
