"""
What can be done with a point: the entries of its menu, as the engine offers them, and doing it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import BadInput
from app.query import Figure, Warehouse, excluded, filtered, journeys_of, menu, zoomed
from app.query.calendar import cut, span_of
from app.query.definition import (
    Funnel,
    Journeys,
    PropertyRef,
    Segmentation,
    Step,
)
from app.query.journeynames import event_of_step
from app.query.journeys import DROPPED, NOTHING_BEFORE, OTHER
from app.query.microscope import Point
from app.store.definitions import Definition, Definitions
from ui.charts import PointAction
from ui.charts.ticks import span_text
from ui.pages.explore.asking import Answer, charts_of
from ui.pages.explore.behind import Spot
from ui.pages.explore.drawing import identity_of
from ui.pages.explore.prompt import Prompt
from ui.plain import one_line

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
TABS = ("streams", "users", "uploads", "drivers", "groups")
MOST_GROUP_TYPES = 5
MOST_LEVELS, MOST_TOP, MORE = 9, 50, 5
DAY_S = 86400


class Deeds(QObject):
    """Does things with points of the desk's chart."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk

    # The menu

    def actions(self, point: Point) -> Sequence[PointAction]:
        """The entries of a point's menu."""
        answer = self._desk.answer
        if answer is None:
            return ()
        chart = answer.chart
        found = [self._entry(name, answer, point) for name in menu(chart, point)]
        if isinstance(chart, Journeys):
            return [*found, *self._of_node(answer, chart, point)]
        if isinstance(chart, Segmentation):
            if not found:
                return [_said("Behind a formula are no people: open one of its events")]
            if not point.group and self._is_one_of_several(answer):
                found.insert(1, self._hiding(answer, point))
        if isinstance(chart, Funnel) and chart.show == "improvement" and point.group:
            found += self._measuring(answer, chart, point)
        if any(one.title == TITLES["users"][0] for one in found):
            found += self._of_groups(answer, point)
        return [*found, *self._desk.noting.entries(answer, point)]

    def _entry(self, name: str, answer: Answer, point: Point) -> PointAction:
        return PointAction(TITLES[name][0], partial(self.do, name, answer, point), TITLES[name][1])

    def _of_groups(self, answer: Answer, point: Point) -> list[PointAction]:
        """What can be done with the groups behind a point, where events carry any."""
        types = self._desk.vocabulary.group_types()[:MOST_GROUP_TYPES]
        spot = self.spot(answer, point)

        def of(group: str) -> tuple[PointAction, ...]:
            return (
                PointAction("View Groups", lambda _: self._view_groups(spot, group), "group"),
                PointAction(
                    "Download Groups",
                    lambda _: self._desk.downloads.ask_groups(spot, group),
                    "import",
                ),
                PointAction(
                    "Create Cohort of Groups", lambda _: self._group_cohort(spot, group), "save"
                ),
            )

        return [
            PointAction(f"Groups: {one_line(group, 30)}", _nothing, "group", children=of(group))
            for group in types
        ]

    def _of_node(self, answer: Answer, chart: Journeys, point: Point) -> list[PointAction]:
        """What only journeys have (semantics §11)."""
        name = point.way[-1] if point.way else ""
        if name in (DROPPED, NOTHING_BEFORE):
            # They did nothing more: there is nothing to look at (§10.1).
            return [
                replace(self._entry(one, answer, point), is_enabled=lambda _: False)
                for one in ("streams", "cohort")
            ]
        found = []
        if name == OTHER:
            more = replace(chart, top=min(MOST_TOP, chart.top + MORE))
            found.append(self._changing("More Events", "plus", more))
        else:
            if len(chart.expand) < 3:
                expand = partial(self._expand, chart)
                found.append(PointAction("Expand by Property…", expand, "group"))
            if len(point.way) > 1 and OTHER not in point.way:
                made = _funnel_to(chart, point.way)
                found.append(self._changing("Create Funnel", "explore", made))
        if len(point.way) >= chart.levels < MOST_LEVELS:
            further = replace(chart, levels=min(MOST_LEVELS, chart.levels + 2))
            found.append(self._changing("Follow Further", "forward", further))
        return found

    def _changing(self, title: str, icon: str, chart: Journeys | Funnel) -> PointAction:
        return PointAction(title, lambda _: self._desk.put(chart), icon)

    def _measuring(self, answer: Answer, chart: Funnel, point: Point) -> list[PointAction]:
        """Others can be measured by this group."""
        parts = getattr(answer.figure, "parts", ())
        at = next((at for at, one in enumerate(parts) if one.group == point.group), None)
        if at is None or at == chart.baseline or len(chart.segments) > 1:
            return []
        measured = replace(chart, baseline=at)
        return [PointAction("Measure Others by This", lambda _: self._desk.put(measured), "check")]

    @staticmethod
    def _is_one_of_several(answer: Answer) -> bool:
        figure = answer.figure
        if not isinstance(figure, Figure):
            return False
        return sum(not one.compared and not one.bin for one in figure.series) > 1

    def _hiding(self, answer: Answer, point: Point) -> PointAction:
        """Series that are no group are left out of the drawing: their rows are unchecked."""

        def hide(_: object) -> None:
            figure = answer.figure
            if isinstance(figure, Figure):
                self._desk.leave_out(
                    {
                        identity_of(figure, at)
                        for at, one in enumerate(figure.series)
                        if (one.event or 0, one.segment) == (point.event, point.segment)
                    }
                )

        return PointAction(TITLES["exclude"][0], hide, TITLES["exclude"][1])

    def do(self, name: str, answer: Answer, point: Point, _spot: object = None) -> None:
        """Do what an entry of the menu is for."""
        if name in TABS:
            self._desk.look_behind(self.spot(answer, point), name)
            return
        deed: Callable[[Answer, Point], object] = {
            "zoom": self._zoom,
            "filter": self._filter,
            "exclude": self._exclude,
            "journeys": self._journeys,
            "download": self._download,
            "cohort": self._cohort,
            "annotation": self._desk.noting.annotate,
            "release": self._desk.noting.release,
        }[name]
        try:
            deed(answer, point)
        except BadInput as error:
            self._desk.fail(error)

    def spot(self, answer: Answer, point: Point) -> Spot:
        """The point with what it is in words."""
        return Spot(answer.chart, point, answer.clock, self.said(answer, point))

    def said(self, answer: Answer, point: Point) -> str:
        """A point in words: which series, and when."""
        said = self._desk.figure.said(point)
        when = span_text(*period_of(answer, point))
        return f"{said}, {when}" if said else when

    # Another chart

    def _zoom(self, answer: Answer, point: Point) -> None:
        if not isinstance(answer.chart, Journeys):
            self._desk.put(zoomed(answer.chart, point, answer.clock))

    def _filter(self, answer: Answer, point: Point) -> None:
        self._desk.put(filtered(answer.chart, point))

    def _exclude(self, answer: Answer, point: Point) -> None:
        self._desk.put(excluded(answer.chart, point))

    def _expand(self, chart: Journeys, _spot: object = None) -> None:
        def take(ref: PropertyRef) -> None:
            self._desk.put(replace(chart, expand=(*chart.expand, ref)))

        pieces = self._desk.builder.pieces
        pieces.pick_property(self._desk.figure.journeys.map, take, group=True)

    def _journeys(self, answer: Answer, point: Point) -> None:
        chart, folder = answer.chart, self._desk.folder
        if isinstance(chart, Journeys):
            return

        def work(warehouse: Warehouse) -> Journeys:
            charts = charts_of(warehouse, answer.clock, folder)
            people = charts.persons(charts.people(chart, point))
            return journeys_of(chart, point, people, answer.clock)

        self._desk.asker.ask(self, work, "journeys").then(self._desk.put).catch(self._desk.fail)

    # Keeping and taking elsewhere

    def _download(self, answer: Answer, point: Point) -> None:
        self._desk.downloads.ask_users(self.spot(answer, point))

    def _view_groups(self, spot: Spot, group: str) -> None:
        self._desk.behind.group = group
        self._desk.look_behind(spot, "groups")

    def _cohort(self, answer: Answer, point: Point) -> None:
        folder, clock, chart = self._desk.folder, answer.clock, answer.chart

        def save(warehouse: Warehouse, name: str) -> Definition:
            with Definitions(folder) as definitions:
                charts = charts_of(warehouse, clock, folder)
                return charts.save_cohort(definitions, name, chart, point)

        self._ask_cohort("The people behind this point as a cohort, to be called",
                         self._desk.figure.said(point), save)  # fmt: skip

    def _group_cohort(self, spot: Spot, group: str) -> None:
        folder = self._desk.folder

        def save(warehouse: Warehouse, name: str) -> Definition:
            with Definitions(folder) as definitions:
                charts = charts_of(warehouse, spot.clock, folder)
                people = charts.people(spot.chart, spot.point)
                return charts.save_group_cohort(definitions, name, spot.chart, people, group)

        title = f"The groups behind this point ({one_line(group, 40)}) as a cohort, to be called"
        self._ask_cohort(title, self._desk.figure.said(spot.point), save)

    def _ask_cohort(
        self, title: str, name: str, save: Callable[[Warehouse, str], Definition]
    ) -> None:
        def keep(text: str) -> None:
            job = self._desk.asker.ask(self, lambda warehouse: save(warehouse, text), "cohort")
            job.then(self._tell_cohort).catch(self._desk.fail)

        prompt = Prompt(self._desk, title, "Create cohort", keep, one_line(name, 60))
        prompt.open_at(self._desk.place())

    def _tell_cohort(self, made: Definition) -> None:
        kind = {
            "dynamic": "who they are is asked anew each time",
            "groups": "whoever acts in one of these groups",
        }.get(str(made.body.get("type")), "these people, for good")

        def undo() -> None:
            with Definitions(self._desk.folder) as definitions:
                definitions.remove(made.id)
            self._desk.look_up_names()

        self._desk.tell(
            f"The cohort “{one_line(made.name, 60)}” was created: {kind}.", ("Undo", undo)
        )
        self._desk.look_up_names()


def period_of(answer: Answer, point: Point) -> tuple[int, int]:
    """The time of a point: its interval, or the whole range."""
    buckets = getattr(answer.figure, "buckets", None)
    if buckets is None or not len(buckets):
        buckets = cut(span_of(answer.chart.range, answer.clock), "day", answer.clock)
        return buckets.starts[0], buckets.ends[-1]
    if point.bucket is None:
        return buckets.starts[0], buckets.ends[-1]
    return buckets.starts[point.bucket], buckets.ends[point.bucket]


def _funnel_to(chart: Journeys, way: tuple[str, ...]) -> Funnel:
    """The way to a node as a funnel; it will not match exactly (semantics §11)."""
    in_time = way[::-1] if chart.start is None else way
    steps = tuple(Step(event_of_step(chart, one)) for one in in_time)
    window = DAY_S if chart.session else chart.window_s
    return Funnel(
        chart.range, "day", chart.segments, project=chart.project, steps=steps, window_s=window
    )


def _said(sentence: str) -> PointAction:
    return PointAction(sentence, _nothing, is_enabled=lambda _: False)


def _nothing(_: object) -> None:
    """An entry that only opens others, or only says something."""
