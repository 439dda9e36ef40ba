"""
A histogram: a column for each bin and each series, with the median as a dashed line.

Painted here, with the keyboard: the arrows move, Enter opens the menu. A bin that nobody is in has
its place all the same, so that the shape is true.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.query.distribution import percentile_bin, running, shares
from ui.charts.data import Series
from ui.charts.ticks import full_text, value_text, value_ticks
from ui.plain import one_line, tooltip
from ui.theme import small_font, tokens

LEFT, TOP, FOOT, SIDE = 52, 16, 26, 16
WIDEST = 120.0
LABEL = 56
NOTHING = "Nothing in this time"
Key = Qt.Key


@dataclass(frozen=True, slots=True)
class Heap:
    """A series: how much is in each bin, the keys of its points, and the place of its median,
    counted in bins from the left."""

    name: str
    colour: int
    counts: tuple[float, ...]
    keys: tuple[int, ...]
    median: float | None = None
    median_said: str = ""


def shaped(counts: Sequence[float], shape: str) -> list[float]:
    """Numbers to draw: as they are, as a `share` of all, or `running`, in percent."""
    if shape == "count":
        return list(counts)
    found = shares(counts) if shape == "share" else running(counts)
    return [value * 100 for value in found]


def said_of(titles: Sequence[str], heap: Heap) -> str:
    """What to see at once: the median, and what nine of ten are within."""
    most = percentile_bin(heap.counts, 0.9)
    if most is None:
        return "Nobody"
    middle = percentile_bin(heap.counts, 0.5)
    median = heap.median_said or (titles[middle] if middle is not None else "")
    return f"median {median}  ·  90 % up to {end_of(titles[most])}"


def end_of(title: str) -> str:
    """Where a bin ends: one hour of what is within one; a number alone is its own end."""
    return title.rpartition("–")[2].strip()


class Histogram(QWidget):
    """Draws heaps.

    Signals:
        picked: the key of a column that was chosen; where on the screen.
    """

    picked = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.titles: tuple[str, ...] = ()
        self.heaps: tuple[Heap, ...] = ()
        """Those that are drawn."""
        self._all: tuple[Heap, ...] = ()
        self._hidden: frozenset[str] = frozenset()
        self.shape = "count"
        self.chosen: tuple[int, int] | None = None
        self._values: list[list[float]] = []
        self._ticks: list[float] = [0.0, 1.0]
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)
        self.setAccessibleName("Histogram")

    def show_heaps(self, titles: Sequence[str], heaps: Sequence[Heap], shape: str) -> None:
        """Draw these; `titles` are those of the bins."""
        self.titles, self._all, self.shape = tuple(titles), tuple(heaps), shape
        self._draw()

    def hide_heaps(self, hidden: frozenset[str]) -> None:
        """Draw the others only; a heap is called by its place here."""
        self._hidden = hidden
        self._draw()

    def series(self) -> list[Series]:
        """What a legend says of the heaps; switched off ones stay in it."""
        return [
            Series(str(at), one.name, tuple(one.counts), one.colour)
            for at, one in enumerate(self._all)
        ]

    def _draw(self) -> None:
        several = len(self._all) > 1
        self.heaps = heaps = tuple(
            one for at, one in enumerate(self._all) if not (several and str(at) in self._hidden)
        )
        shape = self.shape
        self._values = [shaped(one.counts, shape) for one in heaps]
        top = max((value for one in self._values for value in one), default=0.0)
        self._ticks = value_ticks(max(top, 1.0))
        self.chosen = None
        self._say()
        self.update()

    def place_of(self, key: int) -> QPoint:
        """Where the column of a key is."""
        for at, heap in enumerate(self.heaps):
            if key in heap.keys:
                box = self._box(at, heap.keys.index(key))
                return QPointF(box.center().x(), box.bottom() - 3).toPoint()
        return QPoint()

    def said(self, at: int, number: int) -> str:
        """A column in words."""
        heap, value = self.heaps[at], self._values[at][number]
        amount = full_text(value) if self.shape == "count" else f"{value:.1f} %"
        until = "up to " if self.shape == "running" else ""
        name = f"{one_line(heap.name, 60)}, " if len(self.heaps) > 1 else ""
        return f"{name}{until}{self.titles[number]}: {amount}"

    # Drawing

    def _box(self, at: int, number: int) -> QRectF:
        wide = (self.width() - LEFT - SIDE) / max(1, len(self.titles))
        each = min(WIDEST, wide * 0.84) / max(1, len(self.heaps))
        high = max(20, self.height() - TOP - FOOT)
        value = self._values[at][number]
        tall = 0.0 if math.isnan(value) else high * value / max(1e-9, self._ticks[-1])
        left = LEFT + number * wide + (wide - each * len(self.heaps)) / 2 + at * each
        return QRectF(left, TOP + high - tall, max(1.0, each - 1), tall)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(small_font())
        self._paint_axis(painter)
        if not any(any(heap.counts) for heap in self.heaps):
            painter.setPen(QColor(tokens().muted))
            painter.setFont(self.font())
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), NOTHING)
        for at, heap in enumerate(self.heaps):
            colour = QColor(tokens().series[heap.colour % len(tokens().series)])
            for number in range(len(self.titles)):
                box = self._box(at, number)
                if box.height() > 0:
                    painter.fillRect(box, colour)
                if self.chosen == (at, number):
                    painter.setPen(QColor(tokens().text))
                    painter.drawRect(box.adjusted(0, 0, -1, -1))
        for heap in self.heaps:
            if heap.median is not None:
                self._paint_median(painter, heap, with_text=len(self.heaps) == 1)

    def _paint_axis(self, painter: QPainter) -> None:
        colours, high = tokens(), max(20, self.height() - TOP - FOOT)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        unit = "" if self.shape == "count" else " %"
        for mark in self._ticks:
            y = TOP + high * (1 - mark / self._ticks[-1])
            painter.setPen(QColor(colours.line))
            painter.drawLine(QPointF(LEFT, y), QPointF(self.width() - SIDE / 2, y))
            painter.setPen(QColor(colours.muted))
            painter.drawText(QRectF(0, y - 8, LEFT - 8, 16), right, f"{value_text(mark)}{unit}")
        if not self.titles:
            return
        wide = (self.width() - LEFT - SIDE) / len(self.titles)
        metrics = painter.fontMetrics()
        least = max(LABEL, max(metrics.horizontalAdvance(one) for one in self.titles) + 12)
        step = max(1, math.ceil(min(least, 140) / wide))
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        for number in range(0, len(self.titles), step):
            centre = LEFT + (number + 0.5) * wide
            room = min(wide * step, 160.0) - 4
            text = metrics.elidedText(self.titles[number], Qt.TextElideMode.ElideRight, int(room))
            box = QRectF(centre - room / 2, self.height() - FOOT + 4, room, 18)
            painter.drawText(box, middle, text)

    def _paint_median(self, painter: QPainter, heap: Heap, *, with_text: bool) -> None:
        place = heap.median or 0.0
        wide = (self.width() - LEFT - SIDE) / max(1, len(self.titles))
        x = LEFT + place * wide
        colour = QColor(tokens().text if with_text else
                        tokens().series[heap.colour % len(tokens().series)])  # fmt: skip
        painter.setPen(QPen(colour, 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, TOP - 4), QPointF(x, self.height() - FOOT))
        if with_text:
            text = f"median {heap.median_said}".strip()
            room = painter.fontMetrics().horizontalAdvance(text) + 8
            left = x + 5 if x + room < self.width() else x - room
            # A column may be behind it, in any colour.
            ground = QRectF(left - 2, TOP - 6, room - 4, 16)
            painter.fillRect(ground, QColor(tokens().surface))
            painter.drawText(QPointF(left, TOP + 6), text)

    # The mouse and the keyboard

    def _at(self, place: QPointF) -> tuple[int, int] | None:
        """The column below a place, or in whose line it is: short ones are hard to hit."""
        for number in range(len(self.titles)):
            for at in range(len(self.heaps)):
                box = self._box(at, number)
                if box.left() <= place.x() <= box.right() and place.y() >= TOP:
                    return at, number
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._choose(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        if found is not None and event.button() != Qt.MouseButton.MiddleButton:
            self._choose(found)
            self._pick(event.globalPosition().toPoint())

    def _pick(self, where: QPoint) -> None:
        if self.chosen is not None:
            at, number = self.chosen
            if self.heaps[at].counts[number]:
                self.picked.emit(self.heaps[at].keys[number], where)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), len(self.titles) - 1
        at, number = self.chosen or (0, -1)
        if last < 0 or not self.heaps:
            super().keyPressEvent(event)
        elif key in (Key.Key_Right, Key.Key_Left):
            step = 1 if key == Key.Key_Right else -1
            self._choose((at, max(0, min(last, number + step))))
        elif key in (Key.Key_Up, Key.Key_Down):
            step = 1 if key == Key.Key_Down else -1
            self._choose(((at + step) % len(self.heaps), max(0, number)))
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_Space) and self.chosen:
            box = self._box(*self.chosen)
            self._pick(self.mapToGlobal(box.center().toPoint()))
        else:
            super().keyPressEvent(event)

    def _choose(self, chosen: tuple[int, int] | None) -> None:
        if chosen != self.chosen:
            self.chosen = chosen
            said = self.said(*chosen) if chosen else ""
            self.setToolTip(tooltip(said) if said else "")
            self._say()
            self.update()

    def _say(self) -> None:
        self.setAccessibleDescription(self.said(*self.chosen) if self.chosen else "")
