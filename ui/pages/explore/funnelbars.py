"""
The bars of a funnel: who did each step, solid, and who dropped out before it, striped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.query.funnelfigure import FunnelFigure, Part
from ui.plain import number, one_line, plural, tooltip
from ui.theme import small_font, tokens

TOP, FOOT, LEFT = 34, 40, 50
MOST_PARTS = 8
WIDEST = 90.0
Key = Qt.Key


class Bar(NamedTuple):
    """A bar: which part and step (from 1, among the part's own), and whether those who did it or
    those who did not."""

    part: int
    step: int
    converted: bool
    box: QRectF


class FunnelBars(QWidget):
    """Draws the first parts of a funnel.

    Signals:
        picked: part, step and whether converted of a bar that was chosen; where on the screen.
    """

    picked = Signal(int, int, bool, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.steps: tuple[str, ...] = ()
        self.parts: tuple[Part, ...] = ()
        self.noun = ("person", "people")
        self._columns: list[list[int]] = []
        self.chosen: tuple[int, int, bool] | None = None
        self._bars: list[Bar] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(180)
        self.setAccessibleName("Funnel")

    def show_figure(self, figure: FunnelFigure) -> None:
        """Draw this."""
        self.steps, self.parts = figure.steps, figure.parts[:MOST_PARTS]
        self._columns = [columns_of(part, figure.steps) for part in self.parts]
        self.chosen = None
        self.update()

    def place_of(self, part: int, step: int, *, converted: bool) -> QPoint:
        """Where a bar is."""
        self._shape()
        for one in self._bars:
            if one[:3] == (part, step, converted):
                return one.box.center().toPoint()
        return QPoint()

    def said(self, part: int, step: int, *, converted: bool) -> str:
        """A bar in words."""
        one = self.parts[part]
        count = _count(one, step, converted=converted)
        name = f"{one.name}, " if len(self.parts) > 1 else ""
        did = "did" if converted else "dropped out before"
        share = count / one.counts[0] * 100 if one.counts[0] else 0
        column = self._columns[part][step - 1]
        people, title = plural(count, *self.noun), one_line(self.steps[column], 40)
        return f"{name}{people} {did} step {column + 1}, {title}: {share:.1f} %"

    def _shape(self) -> None:
        self._bars = []
        if not self.parts or not self.steps:
            return
        wide = (self.width() - LEFT - 16) / len(self.steps)
        each = min(WIDEST, wide * 0.72 / len(self.parts))
        high = max(20, self.height() - TOP - FOOT)
        for column in range(len(self.steps)):
            left = LEFT + column * wide + (wide - each * len(self.parts)) / 2
            for at, part in enumerate(self.parts):
                if column not in self._columns[at]:
                    continue
                step = self._columns[at].index(column) + 1
                whole = max(1, part.counts[0])
                did = high * part.counts[step - 1] / whole
                x = left + at * each + 1
                base = TOP + high
                solid = QRectF(x, base - did, each - 2, did)
                self._bars.append(Bar(at, step, True, solid))
                lost = _count(part, step, converted=False)
                if lost > 0:
                    tall = high * lost / whole
                    dropped = QRectF(x, base - did - tall, each - 2, tall)
                    self._bars.append(Bar(at, step, False, dropped))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._shape()
        if not self._bars:
            return
        colours = tokens()
        painter.setFont(small_font())
        high = max(20, self.height() - TOP - FOOT)
        for share in (0, 25, 50, 75, 100):
            y = TOP + high * (1 - share / 100)
            painter.setPen(QColor(colours.line))
            painter.drawLine(QPointF(LEFT, y), QPointF(self.width() - 8, y))
            painter.setPen(QColor(colours.muted))
            right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), right, f"{share} %")
        for bar in self._bars:
            self._paint_bar(painter, bar)
        self._paint_steps(painter)

    def _paint_bar(self, painter: QPainter, bar: Bar) -> None:
        colours = tokens()
        colour = QColor(colours.series[bar.part % len(colours.series)])
        painter.setPen(Qt.PenStyle.NoPen)
        brush = QBrush(colour)
        if not bar.converted:
            brush.setStyle(Qt.BrushStyle.BDiagPattern)
        painter.setBrush(brush)
        painter.drawRect(bar.box)
        if self.chosen == bar[:3]:
            painter.setPen(QColor(colours.text))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(bar.box)
        if bar.converted:
            part = self.parts[bar.part]
            share = part.counts[bar.step - 1] / part.counts[0] * 100 if part.counts[0] else 0
            self._paint_number(painter, bar, part, share)

    def _paint_number(self, painter: QPainter, bar: Bar, part: Part, share: float) -> None:
        full = f"{share:.1f} %  ({number(part.counts[bar.step - 1])})"
        short = f"{share:.0f} %"
        metrics = painter.fontMetrics()
        text = full if metrics.horizontalAdvance(full) < bar.box.width() + 60 else short
        if metrics.horizontalAdvance(text) > bar.box.width() + 70:
            return
        lost = _count(part, bar.step, converted=False)
        top = bar.box.top()
        if lost > 0:
            top -= (self.height() - TOP - FOOT) * lost / max(1, part.counts[0])
        if len(self.parts) > 1:
            text = short
            if metrics.horizontalAdvance(short) > bar.box.width():
                return
        painter.setPen(QColor(tokens().text))
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
        painter.drawText(QRectF(bar.box.center().x() - 90, top - 20, 180, 17), middle, text)

    def _paint_steps(self, painter: QPainter) -> None:
        wide = (self.width() - LEFT - 16) / len(self.steps)
        painter.setPen(QColor(tokens().muted))
        middle = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        for at, title in enumerate(self.steps):
            box = QRectF(LEFT + at * wide + 4, self.height() - FOOT + 6, wide - 8, 20)
            cut = painter.fontMetrics().elidedText(
                f"{at + 1}  {one_line(title, 80)}", Qt.TextElideMode.ElideRight, int(box.width())
            )
            painter.drawText(box, middle, cut)

    # The mouse and the keyboard

    def _at(self, place: QPointF) -> Bar | None:
        return next((one for one in self._bars if one.box.contains(place)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        bar = self._at(event.position())
        self._choose(bar[:3] if bar else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._choose(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        bar = self._at(event.position())
        if bar is not None:
            self._choose(bar[:3])
            self.picked.emit(*bar[:3], event.globalPosition().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        keys = [one[:3] for one in self._bars]
        steps = {Key.Key_Right: 1, Key.Key_Down: 1, Key.Key_Left: -1, Key.Key_Up: -1}
        if key in steps and keys:
            at = keys.index(self.chosen) if self.chosen in keys else -1
            self._choose(keys[max(0, min(len(keys) - 1, at + steps[Key(key)]))])
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_Space) and self.chosen:
            part, step, converted = self.chosen
            place = self.place_of(part, step, converted=converted)
            self.picked.emit(part, step, converted, self.mapToGlobal(place))
        else:
            super().keyPressEvent(event)

    def _choose(self, chosen: tuple[int, int, bool] | None) -> None:
        if chosen == self.chosen:
            return
        self.chosen = chosen
        said = ""
        if chosen:
            said = self.said(chosen[0], chosen[1], converted=chosen[2])
        self.setToolTip(tooltip(said) if said else "")
        self.setAccessibleDescription(said)
        self.update()


def _count(part: Part, step: int, *, converted: bool) -> int:
    if converted:
        return part.counts[step - 1]
    return part.counts[step - 2] - part.counts[step - 1] if step > 1 else 0


def parts_said(parts: Sequence[Part]) -> str:
    """How many parts are not drawn; empty when all are."""
    left = len(parts) - MOST_PARTS
    return f"{plural(left, 'row')} more in the table" if left > 0 else ""


def columns_of(part: Part, steps: Sequence[str]) -> list[int]:
    """Which of the funnel's steps (from 0) are those of a part: a way without the optional step
    has one less."""
    if len(part.counts) == len(steps):
        return list(range(len(steps)))
    left_out = next((at for at, one in enumerate(steps) if part.variant == f"without {one}"), -1)
    return [at for at in range(len(steps)) if at != left_out][: len(part.counts)]
