"""
Draws the answer to a chart, in the way that was chosen for it.

Each way is made when it is first wanted: all of them take as long as the rest of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.query import Figure, Funnel, FunnelFigure, Journeys, JourneysFigure, Segmentation
from app.query.figure import Series as Numbers
from app.query.microscope import Point
from ui.charts import Chart, PointAction, PointMenu
from ui.charts.data import Mark
from ui.charts.data import Point as Spot
from ui.charts.ticks import span_text
from ui.pages.explore.asking import Answer
from ui.pages.explore.drawing import (
    chart_data,
    parts,
    relative,
    relative_parts,
    shared_title,
    usual,
)
from ui.pages.explore.funnelview import FunnelView
from ui.pages.explore.heaps import of_segmentation
from ui.pages.explore.histogram import Histogram, said_of
from ui.pages.explore.journeysview import JourneysView
from ui.pages.explore.marks import marks_in
from ui.pages.explore.titled import Titled
from ui.pages.explore.totals import TotalsArea
from ui.pages.explore.words import MEASURES, NOT_SUMMED
from ui.plain import one_line

WHOLE = ("bar", "stacked_bar", "pie", "kpi")
"""Views of the whole range."""
BINNED = ("frequency", "distribution")

type ActionsFor = Callable[[Point], Sequence[PointAction]]


class FigureView(QWidget):
    """The chart of an answer. `actions` says what can be done with a point of it.

    Signals:
        told: a sentence for the person.
        renaming: the place of a series that the legend is to call otherwise.
    """

    told = Signal(str)
    renaming = Signal(int)

    def __init__(self, actions: ActionsFor, *, with_tables: bool = True) -> None:
        """`with_tables` is whether funnels and journeys have their numbers below them."""
        super().__init__()
        self._with_tables = with_tables
        self.answer: Answer | None = None
        self.shown: tuple[int, ...] = ()
        self.marks: tuple[Mark, ...] = ()
        self._actions = actions
        self.stack = QStackedWidget()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.stack)

    # What draws

    @cached_property
    def lines(self) -> Chart:
        """Lines over time."""
        return self._chart("lines")

    @cached_property
    def areas(self) -> Chart:
        """Areas over time."""
        return self._chart("areas")

    @cached_property
    def totals(self) -> TotalsArea:
        """Bars, pies and numbers of the whole range."""
        made = TotalsArea()
        made.totals.picked.connect(self._pick_part)
        return made

    @cached_property
    def histogram(self) -> Histogram:
        """How many people are in each bin."""
        made = Histogram()
        made.picked.connect(self._pick_column)
        return made

    @cached_property
    def funnel(self) -> FunnelView:
        """Steps."""
        made = FunnelView(self._bound_actions)
        made.picked.connect(self.open_menu)
        made.told.connect(self.told)
        made.table.setVisible(self._with_tables)
        self.stack.addWidget(made)
        return made

    @cached_property
    def journeys(self) -> JourneysView:
        """Paths."""
        made = JourneysView()
        made.picked.connect(self.open_menu)
        for part in (made.table, made.shares):
            part.setVisible(self._with_tables)
        self.stack.addWidget(made)
        return made

    @cached_property
    def _whole(self) -> Titled:
        return self._titled(self.totals)

    @cached_property
    def _binned(self) -> Titled:
        made = self._titled(self.histogram)
        made.legend.switched.connect(self.histogram.hide_heaps)
        return made

    def _titled(self, content: QWidget) -> Titled:
        made = Titled(content)
        self.stack.addWidget(made)
        return made

    def _chart(self, kind: str) -> Chart:
        chart = Chart("", kind, self._spot_actions, "Nothing in this time")
        chart.told.connect(self.told)
        chart.legend.can_be_renamed = True
        chart.legend.renaming.connect(lambda key: self.renaming.emit(int(key)))
        self.stack.addWidget(chart)
        return chart

    @property
    def chart(self) -> Any:
        """What draws now."""
        return self.stack.currentWidget()

    def show_answer(self, answer: Answer, shown: Sequence[int] | None = None) -> None:
        """Draw this; `shown` are the series that were chosen in the table."""
        self.answer = answer
        figure = answer.figure
        if isinstance(figure, Figure) and isinstance(answer.chart, Segmentation):
            self.shown = usual(figure) if shown is None else tuple(shown)
            self._show_segmentation(answer.chart, figure)
        elif isinstance(figure, FunnelFigure) and isinstance(answer.chart, Funnel):
            self.funnel.show_answer(answer.chart, figure, marks_in(figure.buckets, self.marks))
            self.stack.setCurrentWidget(self.funnel)
        elif isinstance(figure, JourneysFigure) and isinstance(answer.chart, Journeys):
            self.journeys.show_answer(answer.chart, figure)
            self.stack.setCurrentWidget(self.journeys)

    def _show_segmentation(self, chart: Segmentation, figure: Figure) -> None:
        title = MEASURES[chart.measure][0]
        if chart.view == "bar" and chart.measure in BINNED:
            titles, heaps = of_segmentation(figure, self.shown, dict(chart.legend))
            self.histogram.show_heaps(titles, heaps, chart.shape)
            self._binned.show_series(self.histogram.series())
            said = said_of(titles, heaps[0]) if len(heaps) == 1 else ""
            self._binned.show_title(title, said)
            self.stack.setCurrentWidget(self._binned)
            return
        if chart.view in WHOLE:
            self._show_whole(chart, figure, title)
            return
        data = chart_data(figure, self.shown, marks_in(figure.buckets, self.marks), chart)
        drawn = self.areas if chart.view == "area" else self.lines
        drawn.show_data(relative(data) if chart.view == "area" and chart.relative else data)
        drawn.title.setText(title)
        self.stack.setCurrentWidget(drawn)

    def _show_whole(self, chart: Segmentation, figure: Figure, title: str) -> None:
        found = parts(figure, self.shown, chart, stacked=chart.view == "stacked_bar")
        if chart.relative and chart.view in ("bar", "stacked_bar"):
            found = relative_parts(found, by_row=chart.view == "stacked_bar")
        is_summed = chart.relative or chart.measure not in NOT_SUMMED
        self.totals.totals.show_parts(chart.view, found, summed=is_summed)
        shared = shared_title([figure.series[at].name for at in self.shown])
        when = span_text(figure.buckets.span.start_ms, figure.buckets.span.end_ms)
        self._whole.show_title(title, "  ·  ".join(filter(None, (shared, when))))
        self.stack.setCurrentWidget(self._whole)

    def take_keyboard(self, why: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """To what has points: its arrows go from one to the next. Only who comes with a key sees
        at once which one it is."""
        part: QWidget = self.chart
        if isinstance(part, Chart):
            part = part.plot
        elif isinstance(part, Titled):
            content = part.content
            part = content.totals if isinstance(content, TotalsArea) else content
        elif isinstance(part, FunnelView):
            part = part.points()
        elif isinstance(part, JourneysView):
            part = part.map
        if part.hasFocus():
            # It takes no notice of what it has.
            part.clearFocus()
        part.setFocus(why)

    # Points

    def series(self) -> tuple[Numbers, ...]:
        """All series of the figure."""
        figure = self.answer.figure if self.answer else None
        return figure.series if isinstance(figure, Figure) else ()

    def _spot_actions(self, spot: Spot) -> Sequence[PointAction]:
        point = self.point_of(int(spot.series), spot.bin)
        if point is None:
            return ()
        return self._bound_actions(point)

    def _bound_actions(self, point: Point) -> list[PointAction]:
        """Actions on the engine's point, for a menu that knows its own kind of points."""
        return [_bound(one, point) for one in self._actions(point)]

    def point_of(self, at: int, bucket: int | None) -> Point | None:
        """The engine's name of a point; None for what nobody is behind."""
        series = self.series()
        if at >= len(series) or series[at].compared:
            return None
        one = series[at]
        bins = [other.bin for other in series if _same_but_bin(one, other)]
        return Point(
            event=one.event or 0,
            segment=one.segment,
            group=one.group,
            bucket=bucket,
            bin=bins.index(one.bin) if one.bin else None,
            formula=one.formula,
        )

    def said(self, point: Point) -> str:
        """Which series a point is of, in words."""
        drawn = self.stack.currentWidget()
        if isinstance(drawn, FunnelView | JourneysView):
            return drawn.said(point)
        for one in self.series():
            same = (one.event or 0, one.segment, one.group) == (
                point.event, point.segment, point.group,
            )  # fmt: skip
            if same and not one.compared:
                return one.name
        return ""

    def _pick_part(self, at: int, where: QPoint) -> None:
        point = self.point_of(at, None)
        if point is not None:
            part = next(one for one in self.totals.totals.parts if one.key == at)
            self.open_menu(point, f"{part.title}: {part.said}", where)

    def _pick_column(self, at: int, where: QPoint) -> None:
        point, chosen = self.point_of(at, None), self.histogram.chosen
        if point is not None and chosen is not None:
            self.open_menu(point, self.histogram.said(*chosen), where)

    def picture(self) -> QPixmap:
        """The chart as it looks."""
        drawn = self.stack.currentWidget()
        return drawn.picture() if isinstance(drawn, Chart) else self.stack.grab()

    def open_menu(self, point: Point, said: str, where: QPoint) -> None:
        """The menu of a point that no time chart drew."""
        actions = self._actions(point)
        if actions:
            menu = PointMenu(self, point, one_line(said, 90), actions)  # type: ignore[arg-type]
            menu.open_at(where)


def _same_but_bin(one: Numbers, other: Numbers) -> bool:
    return (one.event, one.segment, one.group, one.compared) == (
        other.event, other.segment, other.group, other.compared,
    )  # fmt: skip


def _bound(action: PointAction, point: Point) -> PointAction:
    """The action on the engine's point, whatever point a chart's menu hands over."""
    on = action.is_enabled
    return replace(
        action,
        run=partial(_without_spot, action.run, point),
        is_enabled=None if on is None else lambda _spot: on(point),  # type: ignore[arg-type]
        children=tuple(_bound(one, point) for one in action.children),
    )


def _without_spot(run: Callable[[Any], object], point: Point, _spot: object) -> None:
    run(point)
