"""
The drawing of a chart, on pyqtgraph: bars that stand on each other, lines, or areas that do, over
bins of time.

Places along the axis are counted in bins, so that any bins can be drawn. What is not over yet is
drawn apart: it grows without the rest being drawn again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QBrush,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame

from ui.charts.data import ChartData, Point, Series, Stack
from ui.charts.ticks import HOUR, time_ticks, value_text, value_ticks, with_unit
from ui.theme import small_font, tokens

Key = Qt.Key
LABEL_ROOM = 64
NARROW_BAR = 4
DRAG_PX = 4
LINE_PX = 1.6
DOT_PX = 5
MOST_DOTS = 60
SHORTEST_DAY = 23 * HOUR
EMPTY = ChartData()


class TimePlot(pg.PlotWidget):
    """Draws `ChartData`, and says what a person points at.

    Signals:
        pointed: the mouse or the keyboard is at this bin (None: at none).
        picked: a Point was clicked, or Enter pressed on it; with where on the screen.
        asked: the same for the menu key and the right button.
        brushed: a range was drawn: first and last bin; None when it was taken away.
    """

    pointed = Signal(object)
    picked = Signal(object, QPoint)
    asked = Signal(object, QPoint)
    brushed = Signal(object)

    def __init__(self, kind: str = "bars") -> None:
        """`kind` is `bars`, `lines` or `areas`."""
        super().__init__(enableMenu=False)
        self.kind = kind
        self.data = EMPTY
        self.zone: tzinfo | None = None
        self.full_draws = 0
        """How often everything was drawn, for those who watch over that."""
        self.cursor: int | None = None
        self.series_at = 0
        self.brush: tuple[int, int] | None = None
        self._hidden: frozenset[str] = frozenset()
        self._press: int | None = None
        self._press_x = 0.0
        self._is_brushing = False
        self._anchor: int | None = None
        self._top = self._low = 0.0
        self._right: tuple[float, float] | None = None
        """Where the axis at the right begins and ends, if there is one."""
        self._settled: list[Any] = []
        self._growing: dict[str, Any] = {}
        self._look = ""
        self._set_up()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
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
        self.getAxis("bottom").setHeight(18)
        # Half a label above the highest line.
        self.getPlotItem().layout.setContentsMargins(0, 8, 4, 0)
        self._band = pg.LinearRegionItem(movable=False)
        self._cursor = pg.LinearRegionItem(movable=False)
        for region, depth in ((self._band, -20), (self._cursor, -10)):
            region.setZValue(depth)
            region.hide()
            self.addItem(region, ignoreBounds=True)
        self._restyle()

    # What is shown

    def show_data(self, data: ChartData, hidden: frozenset[str] = frozenset()) -> None:
        """Draw this. Where only the bin that is not over yet differs, only it is drawn."""
        before, self.data = self.data, data
        same = hidden == self._hidden and self._grows(before, data)
        self._hidden = hidden
        if same and self._fits(data):
            self._draw_growing()
        else:
            self._draw()
        if self.cursor is not None and self.cursor >= data.count:
            self._point(None)
        elif before.edges != data.edges and self.brush:
            self._keep_brush(before)
        else:
            self._tell()

    def show_zone(self, zone: tzinfo | None) -> None:
        """Label times in this zone; None is that of the person."""
        self.zone = zone
        self._mark_time()

    def show_brush(self, brush: tuple[int, int] | None) -> None:
        """Mark these bins, first and last, without telling anybody."""
        self.brush = brush
        self._place(self._band, brush)

    @property
    def visible_series(self) -> tuple[Series, ...]:
        """Those that are not switched off, from the bottom."""
        return tuple(one for one in self.data.series if one.key not in self._hidden)

    def point(self, at: int, series: int) -> Point | None:
        """The point of a bin, of one of the visible series."""
        shown = self.visible_series
        if not shown or not 0 <= at < self.data.count:
            return None
        one = shown[max(0, min(series, len(shown) - 1))]
        edges = self.data.edges
        return Point(one.key, at, edges[at], edges[at + 1], one.values[at])

    def _grows(self, before: ChartData, data: ChartData) -> bool:
        """Whether nothing changed but what is not over yet."""
        edge = data.partial
        same = (before.edges, before.partial, before.marks) == (data.edges, edge, data.marks)
        if edge is None or not same:
            return False
        return len(before.series) == len(data.series) and all(
            (old.key, old.colour, old.is_right, old.values[:edge])
            == (new.key, new.colour, new.is_right, new.values[:edge])
            for old, new in zip(before.series, data.series, strict=True)
        )

    def _fits(self, data: ChartData) -> bool:
        if self._ends_of(self._marks(data)) != (self._low, self._top):
            return False
        if self._right is None:
            return True
        return self._ends_of(self._marks_of(data, right=True)) == self._right

    def _marks(self, data: ChartData) -> list[float]:
        """Round numbers along the axis; it always has 0 on it."""
        return self._marks_of(data, right=False)

    def _marks_of(self, data: ChartData, *, right: bool) -> list[float]:
        """Those of one of the axes."""
        shown = [
            _known(one.values)
            for one in data.series
            if one.key not in self._hidden and self._is_right(one) is right
        ]
        if not shown or not data.count:
            return value_ticks(0)
        if self.kind != "lines":
            return value_ticks(max(map(sum, zip(*shown, strict=True))))
        least, most = min(map(min, shown)), max(map(max, shown))
        if least >= 0:
            return value_ticks(most)
        marks = value_ticks(max(most, -least))
        return sorted({*(-mark for mark in marks if mark < -2 * least), *marks})

    def _is_right(self, one: Series) -> bool:
        return one.is_right and self.kind == "lines"

    def _drawn(self, one: Series) -> tuple[float, ...]:
        """The numbers of a series as heights along the axis at the left."""
        if self._right is None or not self._is_right(one):
            return one.values
        low, top = self._right
        scale = (self._top - self._low) / max(1e-300, top - low)
        return tuple(self._low + (value - low) * scale for value in one.values)

    def _mark_right(self, data: ChartData) -> None:
        """The second axis, if a series needs it. Its round numbers need not be where the lines of
        the first one are."""
        chosen = [one for one in self.visible_series if self._is_right(one)]
        self._right = None
        if not chosen:
            self.hideAxis("right")
            return
        marks = self._marks_of(data, right=True)
        self._right = self._ends_of(marks)
        low, top = self._right
        scale = (self._top - self._low) / max(1e-300, top - low)
        unit = chosen[0].unit
        texts = [
            (self._low + (mark - low) * scale, with_unit(value_text(mark), unit)) for mark in marks
        ]
        self.showAxis("right")
        self.getAxis("right").setTicks([texts])

    @staticmethod
    def _ends_of(marks: list[float]) -> tuple[float, float]:
        return marks[0], marks[-1]

    # Drawing

    def _draw(self) -> None:
        self.full_draws += 1
        for item in (*self._settled, *self._growing.values()):
            self.removeItem(item)
        self._settled, self._growing = [], {}
        data = self.data
        marks = self._marks(data)
        self._low, self._top = self._ends_of(marks)
        self.getViewBox().setRange(
            xRange=(0, max(1, data.count)),
            yRange=(self._low, self._top),
            padding=0,
            disableAutoRange=True,
        )
        lefts = [one.unit for one in self.visible_series if not self._is_right(one)]
        unit = lefts[0] if lefts else ""
        texts = [(mark, with_unit(value_text(mark), unit)) for mark in marks]
        # Of series that are all drawn against the other axis, this one says nothing.
        self.getAxis("left").setTicks([texts if lefts or not data.series else []])
        self._mark_time()
        self._mark_right(data)
        self._draw_lines(marks)
        self._draw_marks(data)
        edge = data.count if data.partial is None else data.partial
        stack = Stack()
        for one in self.visible_series:
            draw = {"bars": self._bars, "areas": self._area}.get(self.kind, self._line)
            self._settled += draw(one, 0, edge, stack, is_growing=False)
        self._draw_growing()

    def _draw_lines(self, marks: list[float]) -> None:
        for mark in marks:
            line = pg.InfiniteLine(mark, angle=0, pen=pg.mkPen(tokens().line, width=1))
            line.setZValue(-30)
            self.addItem(line, ignoreBounds=True)
            self._settled.append(line)

    def _draw_marks(self, data: ChartData) -> None:
        """A line through each bin in which something happened, with a number on top; what went on
        for a while is shaded."""
        for one in data.marks:
            if one.end_ms is not None:
                self._shade(data.place_of(one.at_ms), data.place_of(one.end_ms))
        places = sorted({data.bin_of(one.at_ms) for one in data.marks})
        for number, at in enumerate(places, 1):
            kinds = {one.kind for one in data.marks if data.bin_of(one.at_ms) == at}
            colour = tokens().accent if "note" in kinds else tokens().muted
            pen = pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine)
            line = pg.InfiniteLine(at + 0.5, angle=90, pen=pen)
            line.setZValue(-25)
            flag = pg.TextItem(str(number), color=tokens().surface, anchor=(0.5, 0),
                               fill=QBrush(QColor(colour)))  # fmt: skip
            flag.setFont(small_font())
            flag.setPos(at + 0.5, self._top)
            for item in (line, flag):
                self.addItem(item, ignoreBounds=True)
                self._settled.append(item)

    def _shade(self, start: float, end: float) -> None:
        ground = QColor(tokens().accent)
        ground.setAlpha(28)
        region = pg.LinearRegionItem(
            (start, max(end, start)), movable=False, brush=QBrush(ground),
            pen=QPen(Qt.PenStyle.NoPen),
        )  # fmt: skip
        region.setZValue(-26)
        self.addItem(region, ignoreBounds=True)
        self._settled.append(region)

    def _draw_growing(self) -> None:
        data = self.data
        if data.partial is None:
            return
        stack = Stack()
        for one in self.visible_series:
            if self.kind == "bars":
                starts = stack.put(_known(one.values))
                options = self._bar_options(one, data.partial, data.count, starts)
                if one.key in self._growing:
                    self._growing[one.key].setOpts(**options)
                    continue
                item = pg.BarGraphItem(**options, **self._colours_of(one, is_growing=True))
                self.addItem(item, ignoreBounds=True)
                self._growing[one.key] = item
            elif self.kind == "areas":
                self._grow_area(one, data.partial, stack)
            else:
                self._grow_line(one, data.partial)

    def _bars(
        self, one: Series, first: int, end: int, stack: Stack, *, is_growing: bool
    ) -> list[Any]:
        starts = stack.put(_known(one.values))
        options = self._bar_options(one, first, end, starts)
        item = pg.BarGraphItem(**options, **self._colours_of(one, is_growing=is_growing))
        self.addItem(item, ignoreBounds=True)
        return [item]

    def _bar_options(
        self, one: Series, first: int, end: int, starts: list[float]
    ) -> dict[str, Any]:
        wide = self.viewport().width() / max(1, self.data.count)
        gap = 0.0 if wide < NARROW_BAR else min(0.18, 1.2 / wide)
        left = np.arange(first, end, dtype=float)
        return {
            "x0": left + gap,
            "x1": left + 1 - gap,
            "y0": np.array(starts[first:end], dtype=float),
            "height": np.array(_known(one.values[first:end]), dtype=float),
        }

    def _colours_of(self, one: Series, *, is_growing: bool) -> dict[str, Any]:
        colour = self._colour(one)
        brush = QBrush(colour)
        if is_growing:
            brush.setStyle(Qt.BrushStyle.Dense4Pattern)
        return {"pen": QPen(Qt.PenStyle.NoPen), "brush": brush}

    def _line(
        self, one: Series, first: int, end: int, _stack: Stack, *, is_growing: bool
    ) -> list[Any]:
        places, values = _points(self._drawn(one), first, end)
        style = Qt.PenStyle.DotLine if is_growing else Qt.PenStyle.SolidLine
        if one.is_dashed:
            style = Qt.PenStyle.DashDotDotLine if one.is_dotted else Qt.PenStyle.DashLine
        curve = pg.PlotDataItem(
            places,
            values,
            pen=pg.mkPen(
                self._colour(one),
                width=LINE_PX,
                style=style,
            ),
            connect="finite",
            symbol="o" if self.data.count <= MOST_DOTS and not one.is_dashed else None,
            symbolSize=DOT_PX,
            symbolBrush=self._colour(one),
            symbolPen=None,
            antialias=True,
        )
        self.addItem(curve, ignoreBounds=True)
        return [curve]

    def _grow_line(self, one: Series, partial: int) -> None:
        first = max(0, partial - 1)
        places, values = _points(self._drawn(one), first, self.data.count)
        if one.key in self._growing:
            self._growing[one.key].setData(places, values)
        else:
            count = self.data.count
            (curve,) = self._line(one, first, count, Stack(), is_growing=True)
            self._growing[one.key] = curve

    def _area(
        self, one: Series, first: int, end: int, stack: Stack, *, is_growing: bool
    ) -> list[Any]:
        starts = stack.put(_known(one.values))
        places = np.arange(first, end, dtype=float) + 0.5
        below = np.array(starts[first:end], dtype=float)
        above = np.array(stack.tops[first:end], dtype=float)
        colour = self._colour(one)
        style = Qt.PenStyle.DotLine if is_growing else Qt.PenStyle.SolidLine
        line = pg.PlotCurveItem(
            places, above, pen=pg.mkPen(colour, width=LINE_PX, style=style), antialias=True
        )
        ground = pg.PlotCurveItem(places, below)
        colour.setAlpha(40 if is_growing else 90)
        fill = pg.FillBetweenItem(line, ground, brush=QBrush(colour))
        fill.setZValue(-5)
        for item in (fill, line):
            self.addItem(item, ignoreBounds=True)
        return [fill, line]

    def _grow_area(self, one: Series, partial: int, stack: Stack) -> None:
        for key in (f"{one.key} fill", f"{one.key} line"):
            if key in self._growing:
                self.removeItem(self._growing.pop(key))
        first, count = max(0, partial - 1), self.data.count
        fill, line = self._area(one, first, count, stack, is_growing=True)
        self._growing |= {f"{one.key} fill": fill, f"{one.key} line": line}

    def _colour(self, one: Series) -> QColor:
        series = tokens().series
        return QColor(series[one.colour % len(series)])

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
        # A label at the very edge would be cut off.
        margin = self.data.count * 0.03
        kept = [mark for mark in marks if margin <= mark[0] <= self.data.count - margin]
        axis.setTicks([kept])

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

    def _place(self, region: Any, bins: tuple[int, int] | None) -> None:
        region.setVisible(bins is not None)
        if bins is not None:
            region.setRegion((min(bins), max(bins) + 1))

    # Pointing

    def _bin_at(self, x: float) -> int | None:
        """The bin below a place of the viewport."""
        if not self.data.count:
            return None
        area = self.plot_area()
        at = (x - area.left()) / max(1, area.width()) * self.data.count
        return max(0, min(self.data.count - 1, int(at)))

    def _series_at(self, at: int, y: float) -> int:
        """The visible series whose part of the bar or whose dot is nearest to a height."""
        shown, area = self.visible_series, self.plot_area()
        share = (area.bottom() - y) / max(1, area.height())
        value = self._low + share * (self._top - self._low)
        below, nearest, least = 0.0, 0, float("inf")
        for number, one in enumerate(shown):
            (mine,) = _known(self._drawn(one)[at : at + 1])
            if self.kind != "lines":
                here, below = (below, below + mine), below + mine
                if mine and here[0] <= value < here[1]:
                    return number
                distance = min(abs(value - edge) for edge in here) if mine else 1e18
            else:
                distance = 1e18 if math.isnan(one.values[at]) else abs(value - mine)
            if distance < least:
                nearest, least = number, distance
        return nearest

    def plot_area(self) -> QRect:
        """Where bars are drawn, in the viewport."""
        rect: QRectF = self.getViewBox().sceneBoundingRect()
        return self.mapFromScene(rect).boundingRect()

    def _point(self, at: int | None) -> None:
        if at != self.cursor:
            self.cursor = at
            self._place(self._cursor, None if at is None else (at, at))
        self._tell()

    def _tell(self) -> None:
        self.pointed.emit(self.cursor)

    def _keep_brush(self, before: ChartData) -> None:
        """The window went on; what was chosen stays with its times."""
        first, last = self.brush or (0, 0)
        edges = self.data.edges
        start, end = before.edges[first], before.edges[last + 1]
        if before.edges[1] - before.edges[0] == edges[1] - edges[0] and start >= edges[0]:
            self.show_brush((self.data.bin_of(start), self.data.bin_of(end - 1)))
        else:
            self.show_brush(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._press_x = event.position().x()
            self._press = self._bin_at(self._press_x)
            self._is_brushing = False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        at = self._bin_at(x)
        if self._press is not None and at is not None:
            self._is_brushing |= abs(x - self._press_x) >= DRAG_PX
            if self._is_brushing:
                self.show_brush((min(self._press, at), max(self._press, at)))
        self._point(at)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._press = self._press, None
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        if self._is_brushing:
            self._is_brushing = False
            self.brushed.emit(self.brush)
            return
        self.series_at = self._series_at(pressed, event.position().y())
        self._pick(self.picked, pressed, event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._pick_cursor(self.asked)
        else:
            at = self._bin_at(event.pos().x())
            if at is not None:
                self.series_at = self._series_at(at, event.pos().y())
                self._point(at)
                self._pick(self.asked, at, event.globalPos())
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Not ours: the page scrolls."""
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason and not self.underMouse():
            self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if self.cursor is None and self.data.count and event.reason() in keys:
            self._point(self.data.count - 1)

    # The keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._do(event):
            event.ignore()

    def _do(self, event: QKeyEvent) -> bool:
        last = self.data.count - 1
        if last < 0:
            return False
        at = last if self.cursor is None else self.cursor
        moves: dict[int, int] = {
            Key.Key_Left: at - 1, Key.Key_Right: at + 1, Key.Key_Home: 0, Key.Key_End: last,
        }  # fmt: skip
        key = event.key()
        if key in moves:
            is_first = self.cursor is None
            goal = at if is_first else max(0, min(last, moves[key]))
            self._step(at, goal, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Key.Key_Up, Key.Key_Down):
            count = max(1, len(self.visible_series))
            self.series_at = (self.series_at + (1 if key == Key.Key_Up else -1)) % count
            self._point(at)
            self._say()
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_Space):
            self._pick_cursor(self.picked)
        elif key == Key.Key_Menu:
            self._pick_cursor(self.asked)
        elif key == Key.Key_Escape and self.brush is not None:
            self._anchor = None
            self.show_brush(None)
            self.brushed.emit(None)
        else:
            return False
        return True

    def _step(self, at: int, goal: int, *, extend: bool) -> None:
        self._point(goal)
        self._say()
        if extend:
            self._anchor = at if self._anchor is None else self._anchor
            self.show_brush((min(self._anchor, goal), max(self._anchor, goal)))
            self.brushed.emit(self.brush)
        else:
            self._anchor = None

    def _say(self) -> None:
        """To those who cannot see it."""
        QAccessible.updateAccessibility(
            QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
        )

    def _pick_cursor(self, signal: Any) -> None:
        if self.cursor is None:
            return
        area = self.plot_area()
        middle = area.left() + (self.cursor + 0.5) / self.data.count * area.width()
        self._pick(signal, self.cursor, self.mapToGlobal(QPoint(int(middle), area.center().y())))

    def _pick(self, signal: Any, at: int, where: QPoint) -> None:
        point = self.point(at, self.series_at)
        if point is not None:
            signal.emit(point, where)

    def centre_of(self, at: int, value: float = 0) -> QPointF:
        """Where in the viewport a value of a bin is."""
        area = self.plot_area()
        x = area.left() + (at + 0.5) / max(1, self.data.count) * area.width()
        share = (value - self._low) / max(1e-9, self._top - self._low)
        return QPointF(x, area.bottom() - share * area.height())


def _points(numbers: Sequence[float], first: int, end: int) -> tuple[Any, Any]:
    """Places and values of some bins; nothing where none of them has a number, because pyqtgraph
    cannot tell how far that reaches."""
    places = np.arange(first, end, dtype=float) + 0.5
    values = np.array(numbers[first:end], dtype=float)
    return (places, values) if np.isfinite(values).any() else (places[:0], values[:0])


def _known(values: Sequence[float]) -> list[float]:
    """Numbers that can be added up: what is no number counts as nothing."""
    return [0.0 if math.isnan(one) else one for one in values]
