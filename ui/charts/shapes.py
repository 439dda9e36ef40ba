"""
What stands for a series in a drawing: bars, a line with dots, or an area below a line.

Everything here makes items of pyqtgraph of numbers by bin; who shows them keeps them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from ui.charts.data import Series
from ui.charts.swatch import brush_of, colour_of, symbol_of

NARROW_BAR = 4
LINE_PX = 1.6
DOT_PX, FORM_PX = 5, 8
MOST_DOTS = 60


def known(values: Sequence[float]) -> list[float]:
    """Numbers that can be added up: what is no number counts as nothing."""
    return [0.0 if math.isnan(one) else one for one in values]


def bar_places(
    one: Series, first: int, end: int, starts: Sequence[float], wide: float
) -> dict[str, Any]:
    """Where the bars of some bins stand; `wide` is how many pixels a bin has."""
    gap = 0.0 if wide < NARROW_BAR else min(0.18, 1.2 / wide)
    left = np.arange(first, end, dtype=float)
    return {
        "x0": left + gap,
        "x1": left + 1 - gap,
        "y0": np.array(starts[first:end], dtype=float),
        "height": np.array(known(one.values[first:end]), dtype=float),
    }


def bars(one: Series, places: dict[str, Any], *, is_growing: bool) -> Any:
    """Bars; those that still grow are hatched."""
    brush = brush_of(one.colour)
    if is_growing:
        brush.setStyle(Qt.BrushStyle.Dense4Pattern)
    return pg.BarGraphItem(**places, pen=QPen(Qt.PenStyle.NoPen), brush=brush)


def line(
    one: Series, values: Sequence[float], first: int, end: int, *, is_growing: bool, ratio: float
) -> Any:
    """A line through the middle of some bins, with a dot in each where there are few. `ratio` is
    how many pixels of the screen are one of ours: pens are measured in those of the screen."""
    places, numbers = points(values, first, end)
    style = Qt.PenStyle.DotLine if is_growing else Qt.PenStyle.SolidLine
    if one.is_dashed:
        style = Qt.PenStyle.DashDotDotLine if one.is_dotted else Qt.PenStyle.DashLine
    return pg.PlotDataItem(
        places,
        numbers,
        pen=pg.mkPen(colour_of(one.colour), width=LINE_PX * ratio, style=style),
        connect="finite",
        symbol=symbol_of(one.colour) if len(values) <= MOST_DOTS and not one.is_dashed else None,
        symbolSize=DOT_PX if symbol_of(one.colour) == "o" else FORM_PX,
        symbolBrush=colour_of(one.colour),
        symbolPen=None,
        antialias=True,
    )


def area(
    one: Series, starts: Sequence[float], tops: Sequence[float], first: int, end: int,
    *, is_growing: bool, ratio: float,
) -> tuple[Any, Any]:  # fmt: skip
    """The area of some bins, and the line on top of it."""
    places = np.arange(first, end, dtype=float) + 0.5
    below = np.array(starts[first:end], dtype=float)
    above = np.array(tops[first:end], dtype=float)
    colour = colour_of(one.colour)
    style = Qt.PenStyle.DotLine if is_growing else Qt.PenStyle.SolidLine
    edge = pg.PlotCurveItem(
        places, above, pen=pg.mkPen(colour, width=LINE_PX * ratio, style=style), antialias=True
    )
    ground = pg.PlotCurveItem(places, below)
    colour.setAlpha(40 if is_growing else 90)
    brush = brush_of(one.colour)
    brush.setColor(colour)
    fill = pg.FillBetweenItem(edge, ground, brush=brush)
    fill.setZValue(-5)
    return fill, edge


def points(numbers: Sequence[float], first: int, end: int) -> tuple[Any, Any]:
    """Places and values of some bins; nothing where none of them has a number, because pyqtgraph
    cannot tell how far that reaches."""
    places = np.arange(first, end, dtype=float) + 0.5
    values = np.array(numbers[first:end], dtype=float)
    return (places, values) if np.isfinite(values).any() else (places[:0], values[:0])
