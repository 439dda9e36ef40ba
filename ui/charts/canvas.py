"""
The drawing of a chart, on pyqtgraph: bars that stand on each other, lines, or areas that do, over
bins of time.

Places along the axis are counted in bins, so that any bins can be drawn. What is not over yet is
drawn apart: it grows without the rest being drawn again.
"""

from __future__ import annotations

import math
from datetime import tzinfo
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame

from ui.charts import shapes
from ui.charts.data import ChartData, Point, Series, Stack
from ui.charts.scale import Scale, scale_of
from ui.charts.ticks import HOUR, time_ticks, value_text, with_unit
from ui.theme import small_font, tokens

LABEL_ROOM = 64
EDGE_PX = 4
"""At the right of the drawing, where half of what lies at its edge has room."""
DOT_ROOM = 6
"""Above and below the drawing, for dots on its first and its last line."""
SHORTEST_DAY = 23 * HOUR
EMPTY = ChartData()


class _Box(pg.ViewBox):
    """Where series are drawn. Dots on the first and the last line are drawn whole; what lies
    beyond limits that somebody chose ends there."""

    over = DOT_ROOM

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.boundingRect().adjusted(0, -self.over, 0, self.over))
        return path


class Canvas(pg.PlotWidget):
    """Draws `ChartData`; `kind` is `bars`, `lines` or `areas`."""

    def __init__(self, kind: str) -> None:
        self._box = _Box(enableMenu=False)
        super().__init__(viewBox=self._box, enableMenu=False)
        self.kind = kind
        self.data = EMPTY
        self.zone: tzinfo | None = None
        self.full_draws = 0
        """How often everything was drawn, for those who watch over that."""
        self.hidden: frozenset[str] = frozenset()
        self.scale_left = Scale(0, 0, ())
        self.scale_right: Scale | None = None
        """The axis at the right, if there is one."""
        self._settled: list[Any] = []
        self._growing: dict[str, Any] = {}
        self._look = ""
        self._set_up()
        self._restyle()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.hideButtons()
        self.setMenuEnabled(False)
        box = self.getViewBox()
        box.setMouseEnabled(False, False)
        box.setDefaultPadding(0)
        box.disableAutoRange()
        for side in ("left", "bottom", "right"):
            axis = self.getAxis(side)
            axis.setTickFont(small_font())
            axis.setStyle(
                tickLength=0, autoExpandTextSpace=side != "bottom", hideOverlappingLabels=False
            )
        # Below dots on the axis.
        self.getAxis("bottom").setStyle(tickTextOffset=4)
        self.getAxis("bottom").setHeight(20)
        # Its line does not go through dots.
        self.getAxis("bottom").setZValue(box.zValue() - 1)
        # Half a label above the highest line.
        self.getPlotItem().layout.setContentsMargins(0, 8, EDGE_PX, 0)
        # Only now it is known how far labels reach.
        box.sigResized.connect(lambda *_: self._mark_time())
        self._band = pg.LinearRegionItem(movable=False)
        self._cursor = pg.LinearRegionItem(movable=False)
        for region, depth in ((self._band, -20), (self._cursor, -10)):
            region.setZValue(depth)
            region.hide()
            self.addItem(region, ignoreBounds=True)

    # What is shown

    def draw_data(self, data: ChartData, hidden: frozenset[str]) -> None:
        """Draw this. Where only the bin that is not over yet differs, only it is drawn."""
        before, self.data = self.data, data
        same = hidden == self.hidden and _grows(before, data)
        self.hidden = hidden
        if same and self._fits():
            self._draw_growing()
        else:
            self._draw()

    def show_zone(self, zone: tzinfo | None) -> None:
        """Label times in this zone; None is that of the person."""
        self.zone = zone
        self._mark_time()

    @property
    def visible_series(self) -> tuple[Series, ...]:
        """Those that are not switched off, from the bottom."""
        return tuple(one for one in self.data.series if one.key not in self.hidden)

    def point(self, at: int, series: int) -> Point | None:
        """The point of a bin, of one of the visible series."""
        shown = self.visible_series
        if not shown or not 0 <= at < self.data.count:
            return None
        one = shown[max(0, min(series, len(shown) - 1))]
        edges = self.data.edges
        return Point(one.key, at, edges[at], edges[at + 1], one.values[at])

    # The axes

    def _is_right(self, one: Series) -> bool:
        return one.is_right and self.kind == "lines"

    def _scale(self, *, right: bool) -> Scale:
        columns = [one.values for one in self.visible_series if self._is_right(one) is right]
        limits = None if right else self.data.limits
        return scale_of(columns, stacked=self.kind != "lines", limits=limits)

    def _fits(self) -> bool:
        """Whether the axes are as they were."""
        if self._scale(right=False)[:2] != self.scale_left[:2]:
            return False
        return self.scale_right is None or self._scale(right=True)[:2] == self.scale_right[:2]

    def _mark_left(self) -> None:
        limits = self.data.limits
        self._box.over = DOT_ROOM if limits.low is None and limits.high is None else 0
        self.scale_left = self._scale(right=False)
        low, top, marks = self.scale_left
        self.getViewBox().setRange(
            xRange=(0, max(1, self.data.count)), yRange=(low, top), padding=0,
            disableAutoRange=True,
        )  # fmt: skip
        lefts = [one.unit for one in self.visible_series if not self._is_right(one)]
        unit = lefts[0] if lefts else ""
        texts = [(mark, with_unit(value_text(mark), unit)) for mark in marks]
        # Of series that are all drawn against the other axis, this one says nothing.
        self.getAxis("left").setTicks([texts if lefts or not self.data.series else []])

    def _mark_right(self) -> None:
        """The second axis, if a series needs it. Its round numbers need not be where the lines of
        the first one are."""
        chosen = [one for one in self.visible_series if self._is_right(one)]
        self.scale_right = self._scale(right=True) if chosen else None
        if self.scale_right is None:
            self.hideAxis("right")
            return
        right, left, unit = self.scale_right, self.scale_left, chosen[0].unit
        texts = [
            (left.value(right.share(mark)), with_unit(value_text(mark), unit))
            for mark in right.marks
        ]
        self.showAxis("right")
        self.getAxis("right").setTicks([texts])

    def _mark_time(self) -> None:
        edges = self.data.edges
        axis = self.getAxis("bottom")
        if not self.data.count:
            axis.setTicks([[]])
            return
        most = max(2, self.viewport().width() // LABEL_ROOM)
        # The name of a day belongs below its point, not where it begins.
        middle = 0.5 if edges[1] - edges[0] >= SHORTEST_DAY else 0.0
        marks = [
            (self.data.place_of(at) + middle, text)
            for at, text in time_ticks(edges[0], edges[-1], most, self.zone)
        ]
        axis.setTicks([[mark for mark in marks if self._has_room(*mark)]])

    def _has_room(self, at: float, text: str) -> bool:
        """Whether a label below this place is not cut off at an edge."""
        wide = float(self._box.width())
        half = QFontMetricsF(small_font()).horizontalAdvance(text) / 2
        right = EDGE_PX - 2 if self.scale_right is None else self.getAxis("right").width()
        place = at / self.data.count * wide
        return place - half >= -EDGE_PX and place + half <= wide + right

    def drawn(self, one: Series) -> tuple[float, ...]:
        """The numbers of a series as heights along the axis at the left."""
        limits = self.data.limits
        if self.scale_right is not None and self._is_right(one):
            left, right = self.scale_left, self.scale_right
            return tuple(left.value(right.share(value)) for value in one.values)
        if limits.outside:
            return one.values
        return tuple(math.nan if limits.leave_out(value) else value for value in one.values)

    # Drawing

    def _draw(self) -> None:
        self.full_draws += 1
        for item in (*self._settled, *self._growing.values()):
            self.removeItem(item)
        self._settled, self._growing = [], {}
        data = self.data
        self._mark_left()
        self._mark_time()
        self._mark_right()
        for mark in self.scale_left.marks:
            line = pg.InfiniteLine(mark, angle=0, pen=pg.mkPen(tokens().line, width=1))
            line.setZValue(-30)
            self._add(line)
        self._draw_marks()
        edge = data.count if data.partial is None else data.partial
        stack, ratio = Stack(), self._ratio()
        for one in self.visible_series:
            if self.kind == "bars":
                starts = stack.put(shapes.known(one.values))
                places = shapes.bar_places(one, 0, edge, starts, self._bin_px())
                self._add(shapes.bars(one, places, is_growing=False))
            elif self.kind == "areas":
                starts = stack.put(shapes.known(self.drawn(one)))
                for item in shapes.area(
                    one, starts, stack.tops, 0, edge, is_growing=False, ratio=ratio
                ):
                    self._add(item)
            else:
                self._add(shapes.line(one, self.drawn(one), 0, edge, is_growing=False, ratio=ratio))
        self._draw_growing()

    def _add(self, item: Any) -> None:
        self.addItem(item, ignoreBounds=True)
        self._settled.append(item)

    def _ratio(self) -> float:
        """How many pixels of the screen are one of ours."""
        return float(self.devicePixelRatioF())

    def _bin_px(self) -> float:
        return float(self.viewport().width() / max(1, self.data.count))

    def _draw_marks(self) -> None:
        """A line through each bin in which something happened, with a number on top; what went on
        for a while is shaded."""
        data = self.data
        for one in data.marks:
            if one.end_ms is not None:
                self._shade(data.place_of(one.at_ms), data.place_of(one.end_ms))
        places = sorted({data.bin_of(one.at_ms) for one in data.marks})
        for number, at in enumerate(places, 1):
            kinds = {one.kind for one in data.marks if data.bin_of(one.at_ms) == at}
            colour = tokens().accent if "note" in kinds else tokens().muted
            pen = pg.mkPen(colour, width=self._ratio(), style=Qt.PenStyle.DashLine)
            line = pg.InfiniteLine(at + 0.5, angle=90, pen=pen)
            line.setZValue(-25)
            flag = pg.TextItem(str(number), color=tokens().surface, anchor=(0.5, 0),
                               fill=QBrush(QColor(colour)))  # fmt: skip
            flag.setFont(small_font())
            flag.setPos(at + 0.5, self.scale_left.top)
            self._add(line)
            self._add(flag)

    def _shade(self, start: float, end: float) -> None:
        ground = QColor(tokens().accent)
        ground.setAlpha(28)
        region = pg.LinearRegionItem(
            (start, max(end, start)), movable=False, brush=QBrush(ground),
            pen=QPen(Qt.PenStyle.NoPen),
        )  # fmt: skip
        region.setZValue(-26)
        self._add(region)

    # What is not over yet

    def _draw_growing(self) -> None:
        partial = self.data.partial
        if partial is None:
            return
        stack = Stack()
        for one in self.visible_series:
            if self.kind == "bars":
                self._grow_bar(one, partial, stack.put(shapes.known(one.values)))
            elif self.kind == "areas":
                self._grow_area(one, partial, stack)
            else:
                self._grow_line(one, partial)

    def _grow(self, key: str, item: Any) -> None:
        self.addItem(item, ignoreBounds=True)
        self._growing[key] = item

    def _grow_bar(self, one: Series, partial: int, starts: list[float]) -> None:
        places = shapes.bar_places(one, partial, self.data.count, starts, self._bin_px())
        if one.key in self._growing:
            self._growing[one.key].setOpts(**places)
        else:
            self._grow(one.key, shapes.bars(one, places, is_growing=True))

    def _grow_line(self, one: Series, partial: int) -> None:
        first, count, values = max(0, partial - 1), self.data.count, self.drawn(one)
        if one.key in self._growing:
            self._growing[one.key].setData(*shapes.points(values, first, count))
        else:
            made = shapes.line(one, values, first, count, is_growing=True, ratio=self._ratio())
            self._grow(one.key, made)

    def _grow_area(self, one: Series, partial: int, stack: Stack) -> None:
        starts = stack.put(shapes.known(self.drawn(one)))
        keys = (f"{one.key} fill", f"{one.key} line")
        for key in keys:
            if key in self._growing:
                self.removeItem(self._growing.pop(key))
        first, count = max(0, partial - 1), self.data.count
        made = shapes.area(
            one, starts, stack.tops, first, count, is_growing=True, ratio=self._ratio()
        )
        for key, item in zip(keys, made, strict=True):
            self._grow(key, item)

    # Looks

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_look"):
            self._restyle()

    def _restyle(self) -> None:
        """Draw in the colours in use."""
        colours = tokens()
        if colours.name == self._look:
            return
        self._look = colours.name
        self.setBackground(QColor(colours.surface))
        for side in ("left", "bottom", "right"):
            axis = self.getAxis(side)
            axis.setTextPen(QColor(colours.muted))
            axis.setPen(QColor(colours.line) if side == "bottom" else QPen(Qt.PenStyle.NoPen))
            axis.setTickPen(QColor(colours.line))
        band, edge = QColor(colours.accent), QColor(colours.accent)
        band.setAlpha(36)
        self._band.setBrush(QBrush(band))
        cursor = QColor(colours.text)
        cursor.setAlpha(22)
        self._cursor.setBrush(QBrush(cursor))
        for line in self._band.lines:
            line.setPen(QPen(edge, 0))
        for line in self._cursor.lines:
            line.setPen(QPen(Qt.PenStyle.NoPen))
        if self.data.count:
            self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_look") and self.data.count:
            self._draw()

    # Where things are

    def plot_area(self) -> QRect:
        """Where bars are drawn, in the viewport."""
        rect: QRectF = self.getViewBox().sceneBoundingRect()
        return self.mapFromScene(rect).boundingRect()

    def centre_of(self, at: int, value: float = 0) -> QPointF:
        """Where in the viewport a value of a bin is."""
        area = self.plot_area()
        x = area.left() + (at + 0.5) / max(1, self.data.count) * area.width()
        return QPointF(x, area.bottom() - self.scale_left.share(value) * area.height())

    def bin_at(self, x: float) -> int | None:
        """The bin below a place of the viewport."""
        if not self.data.count:
            return None
        area = self.plot_area()
        at = (x - area.left()) / max(1, area.width()) * self.data.count
        return max(0, min(self.data.count - 1, int(at)))

    def series_near(self, at: int, y: float) -> int:
        """The visible series whose part of the bar or whose dot is nearest to a height."""
        shown, area = self.visible_series, self.plot_area()
        value = self.scale_left.value((area.bottom() - y) / max(1, area.height()))
        below, nearest, least = 0.0, 0, float("inf")
        for number, one in enumerate(shown):
            (mine,) = shapes.known(self.drawn(one)[at : at + 1])
            if self.kind != "lines":
                here, below = (below, below + mine), below + mine
                if mine and here[0] <= value < here[1]:
                    return number
                distance = min(abs(value - edge) for edge in here) if mine else 1e18
            else:
                distance = 1e18 if math.isnan(self.drawn(one)[at]) else abs(value - mine)
            if distance < least:
                nearest, least = number, distance
        return nearest


def _grows(before: ChartData, data: ChartData) -> bool:
    """Whether nothing changed but what is not over yet."""
    edge = data.partial
    same = (before.edges, before.partial, before.marks, before.limits) == (
        data.edges, edge, data.marks, data.limits,
    )  # fmt: skip
    if edge is None or not same:
        return False
    return len(before.series) == len(data.series) and all(
        (old.key, old.colour, old.is_right, old.values[:edge])
        == (new.key, new.colour, new.is_right, new.values[:edge])
        for old, new in zip(before.series, data.series, strict=True)
    )
