"""
Charts over the whole range: bars, stacked bars, a pie, and numbers.

Users are counted once over the range, so these are no sums of the intervals. Painted here, with
the keyboard: the arrows move, Enter opens the menu.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from ui.charts.swatch import brush_of, colour_of, paint_square
from ui.charts.ticks import full_text, with_unit
from ui.plain import one_line, tooltip
from ui.theme import base_font, small_font, tokens

BAR, GAP = 20, 10
SIDE = 16
MOST_NAME = 220
CARD = QSize(210, 84)
KPI_PX = 28
LEGEND = 22
LEGEND_ROWS = 4
WIDEST_LINE = 420
NOTHING = "Nothing in this time"
Key = Qt.Key


class Part(NamedTuple):
    """A number over the whole range. `key` tells it apart, `row` what it is stacked with."""

    key: int
    title: str
    value: float
    colour: int
    unit: str = ""
    row: str = ""
    name: str = ""
    """What a legend calls it."""

    @property
    def said(self) -> str:
        """The number for people. Shares have one decimal place."""
        if self.unit == "%" and not math.isnan(self.value):
            return f"{self.value:,.1f} %"
        return with_unit(full_text(self.value), self.unit)


class Totals(QWidget):
    """Draws parts as `bar`, `stacked_bar`, `pie` or `kpi`.

    Signals:
        picked: the key of a part was clicked, or chosen with Enter; with where on the screen.
    """

    picked = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.parts: tuple[Part, ...] = ()
        self.kind = "bar"
        self.is_summed = True
        """Whether what is stacked adds up: somebody may be in several groups of people."""
        self.chosen: int | None = None
        self._shapes: list[tuple[QPainterPath, int]] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setAccessibleName("Chart over the whole range")

    def show_parts(self, kind: str, parts: Sequence[Part], *, summed: bool = True) -> None:
        """Draw these; `summed` says whether the parts of a row add up to something."""
        self.kind, self.parts, self.is_summed = kind, tuple(parts), summed
        if self.chosen is not None and self.chosen >= len(self.parts):
            self.chosen = None
        rows = (
            len({one.row for one in parts}) + LEGEND_ROWS if kind == "stacked_bar" else len(parts)
        )
        across = max(1, (max(self.width(), CARD.width()) - SIDE) // (CARD.width() + GAP))
        least = {
            "pie": max(220, len(parts) * 22 + 2 * SIDE),
            "kpi": -(-len(parts) // across) * (CARD.height() + GAP) + 2 * SIDE,
        }.get(kind, rows * (BAR + GAP) + 2 * SIDE)
        self.setMinimumHeight(least)
        self.updateGeometry()
        self.update()
        self._say()

    def shape_of(self, key: int) -> QPoint:
        """Where a part is, for those who click it."""
        self._shape()
        for path, at in self._shapes:
            if self.parts[at].key == key:
                middle = path.boundingRect().center()
                return (path.pointAtPercent(0.02) if self.kind == "pie" else middle).toPoint()
        return QPoint()

    # Drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._shape()
        if self.kind == "pie" and not any(_known(one.value) > 0 for one in self.parts):
            # A pie of nothing has no slices.
            painter.setPen(QColor(tokens().muted))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), NOTHING)
            return
        if not self.parts:
            return
        {
            "pie": self._paint_pie,
            "kpi": self._paint_cards,
            "stacked_bar": self._paint_stacks,
        }.get(self.kind, self._paint_bars)(painter)

    def _shape(self) -> None:
        """Where each part lies now."""
        make = {"pie": self._pie, "kpi": self._cards, "stacked_bar": self._stacks}
        self._shapes = make.get(self.kind, self._bars)() if self.parts else []

    def _name_room(self, names: Sequence[str]) -> float:
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(one_line(name, 80)) for name in names), default=0)
        return min(widest, MOST_NAME, self.width() / 3) + SIDE + 8

    def _value_room(self) -> float:
        metrics = self.fontMetrics()
        return max(metrics.horizontalAdvance(one.said) for one in self.parts) + SIDE + 8

    def _bars(self) -> list[tuple[QPainterPath, int]]:
        left = self._name_room([one.title for one in self.parts])
        room = max(20.0, self.width() - left - self._value_room())
        most = max((abs(_known(one.value)) for one in self.parts), default=0) or 1
        found = []
        for at, one in enumerate(self.parts):
            wide = max(2.0, abs(_known(one.value)) / most * room)
            path = QPainterPath()
            path.addRoundedRect(QRectF(left, SIDE + at * (BAR + GAP), wide, BAR), 3, 3)
            found.append((path, at))
        return found

    def _paint_bars(self, painter: QPainter) -> None:
        for path, at in self._shapes:
            one, box = self.parts[at], path.boundingRect()
            self._fill(painter, path, at)
            self._text(painter, one.title, QRectF(SIDE, box.top(), box.left() - SIDE - 8, BAR))
            self._number(painter, one.said, QPointF(box.right() + 8, box.top()))

    def _rows(self) -> list[tuple[str, list[int]]]:
        places = sorted(range(len(self.parts)), key=self._row_place)
        return [
            (row, list(members))
            for row, members in groupby(places, key=lambda at: self.parts[at].row)
        ]

    def _row_place(self, at: int) -> int:
        row = self.parts[at].row
        return next(place for place, one in enumerate(self.parts) if one.row == row)

    def _stacks(self) -> list[tuple[QPainterPath, int]]:
        rows = self._rows()
        left = self._name_room([row for row, _ in rows])
        room = max(20.0, self.width() - left - self._value_room())
        sums = [
            sum(max(0.0, _known(self.parts[at].value)) for at in members) for _, members in rows
        ]
        most = max(sums, default=0) or 1
        found = []
        for place, (_, members) in enumerate(rows):
            x = left
            for at in members:
                wide = max(0.0, _known(self.parts[at].value)) / most * room
                path = QPainterPath()
                path.addRect(QRectF(x, SIDE + place * (BAR + GAP), max(1.0, wide - 1), BAR))
                found.append((path, at))
                x += wide
        return found

    def _paint_stacks(self, painter: QPainter) -> None:
        for path, at in self._shapes:
            self._fill(painter, path, at)
        boxes = {at: path.boundingRect() for path, at in self._shapes}
        for row, members in self._rows():
            first, last = boxes[members[0]], boxes[members[-1]]
            self._text(painter, row, QRectF(SIDE, first.top(), first.left() - SIDE - 8, BAR))
            said = self.said_of_row(members)
            self._number(painter, said, QPointF(last.right() + 8, first.top()))
        self._paint_legend(painter, SIDE + len(self._rows()) * (BAR + GAP) + GAP)

    def said_of_row(self, members: Sequence[int]) -> str:
        """What stands beside a stack of these parts: the part that is chosen, or their sum if
        there is one."""
        if self.chosen is not None and self.chosen in members:
            return self.parts[self.chosen].said
        if len(members) > 1 and not self.is_summed:
            return ""
        number = sum(_known(self.parts[at].value) for at in members)
        return self.parts[members[0]]._replace(value=number).said

    def _paint_legend(self, painter: QPainter, top: float) -> None:
        """What each colour of the stacks stands for, as many as there is room for."""
        left, last = float(SIDE), top + (LEGEND_ROWS - 1) * LEGEND
        names = {one.colour: one.name or one.title for one in self.parts}
        for number, (colour, name) in enumerate(names.items()):
            text, more = one_line(name, 30), f"and {len(names) - number} more"
            metrics = painter.fontMetrics()
            wide = metrics.horizontalAdvance(text) + 34
            spare = metrics.horizontalAdvance(more) + 34 if top >= last else 0
            is_last = number == len(names) - 1
            if left + wide + (0 if is_last else spare) > self.width() - SIDE and left > SIDE:
                if top >= last:
                    self._text(painter, more, QRectF(left, top, spare, BAR), "muted")
                    return
                left, top = float(SIDE), top + LEGEND
            paint_square(painter, QRectF(left, top + 5, 10, 10), colour)
            self._text(painter, text, QRectF(left + 16, top, wide - 10, BAR))
            left += wide

    def _pie(self) -> list[tuple[QPainterPath, int]]:
        size = self._pie_size()
        box = QRectF(SIDE, (self._seen() - size) / 2, size, size)
        whole = sum(max(0.0, _known(one.value)) for one in self.parts) or 1
        found, angle = [], 90.0
        for at, one in enumerate(self.parts):
            span = -360.0 * max(0.0, _known(one.value)) / whole
            path = QPainterPath(box.center())
            path.arcTo(box, angle, span)
            path.closeSubpath()
            found.append((path, at))
            angle += span
        return found

    def _paint_pie(self, painter: QPainter) -> None:
        whole = sum(max(0.0, _known(one.value)) for one in self.parts) or 1
        for path, at in self._shapes:
            self._fill(painter, path, at)
            painter.setPen(QPen(QColor(tokens().surface), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
        left = self._pie_size() + 3 * SIDE
        top = max(float(SIDE), (self.height() - len(self.parts) * 22) / 2)
        for at, one in enumerate(self.parts):
            room = min(self.width() - left - SIDE, WIDEST_LINE)
            line = QRectF(left, top + at * 22, room, 20)
            paint_square(painter, QRectF(line.left(), line.top() + 5, 10, 10), one.colour)
            share = f"{max(0.0, _known(one.value)) / whole * 100:.1f} %"
            text = f"{one.said}  ·  {share}"
            wide = self.fontMetrics().horizontalAdvance(text)
            self._text(painter, one.title, line.adjusted(18, 0, -wide - 12, 0))
            self._number(painter, text, QPointF(line.right() - wide, line.top()))

    def _seen(self) -> int:
        """How much of the height is seen before somebody scrolls, to a long legend."""
        around = self.parentWidget()
        return min(self.height(), around.height()) if around else self.height()

    def _pie_size(self) -> float:
        return max(40.0, min(self._seen() - 2 * SIDE, self.width() / 2 - 2 * SIDE, 420.0))

    def _cards(self) -> list[tuple[QPainterPath, int]]:
        across = max(1, (self.width() - SIDE) // (CARD.width() + GAP))
        found = []
        for at in range(len(self.parts)):
            row, column = divmod(at, across)
            path = QPainterPath()
            place = QPointF(
                SIDE + column * (CARD.width() + GAP), SIDE + row * (CARD.height() + GAP)
            )
            path.addRoundedRect(QRectF(place, CARD.toSizeF()), 8, 8)
            found.append((path, at))
        return found

    def _paint_cards(self, painter: QPainter) -> None:
        for path, at in self._shapes:
            one, box = self.parts[at], path.boundingRect()
            edge = tokens().accent if at == self.chosen else tokens().line
            painter.setPen(QPen(QColor(edge), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            painter.setFont(small_font())
            self._text(painter, one.title, box.adjusted(14, 10, -14, -52), "muted")
            font = QFont(base_font())
            font.setPixelSize(KPI_PX)
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            self._text(painter, one.said, box.adjusted(14, 32, -14, -12))
            painter.setFont(self.font())

    def _fill(self, painter: QPainter, path: QPainterPath, at: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        # A bar has its name beside it; only what a legend names is hatched.
        number = self.parts[at].colour
        brush = QBrush(colour_of(number)) if self.kind == "bar" else brush_of(number)
        if self.chosen is not None and at != self.chosen:
            colour = brush.color()
            colour.setAlpha(130)
            brush.setColor(colour)
        painter.setBrush(brush)
        painter.drawPath(path)

    def _text(self, painter: QPainter, text: str, box: QRectF, role: str = "text") -> None:
        painter.setPen(QColor(getattr(tokens(), role)))
        wide = int(box.width())
        cut = painter.fontMetrics().elidedText(
            one_line(text, 200), Qt.TextElideMode.ElideRight, wide
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, int(flags), cut)

    def _number(self, painter: QPainter, text: str, place: QPointF) -> None:
        painter.setPen(QColor(tokens().muted))
        box = QRectF(place.x(), place.y(), 400, BAR)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, int(flags), text)

    # The mouse and the keyboard

    def _at(self, place: QPointF) -> int | None:
        for path, at in self._shapes:
            box = path.boundingRect()
            if path.contains(place) or (
                # A whole line belongs to a bar, however short it is.
                self.kind == "bar" and box.top() <= place.y() < box.bottom()
            ):
                return at
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position())
        if at is not None and event.button() != Qt.MouseButton.MiddleButton:
            self._point(at)
            self.picked.emit(self.parts[at].key, event.globalPosition().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, key = len(self.parts) - 1, event.key()
        steps = {Key.Key_Down: 1, Key.Key_Right: 1, Key.Key_Up: -1, Key.Key_Left: -1}
        if last < 0:
            super().keyPressEvent(event)
        elif key in steps:
            at = 0 if self.chosen is None else self.chosen + steps[Key(key)]
            self._point(max(0, min(last, at)))
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_Space) and self.chosen is not None:
            part = self.parts[self.chosen]
            self.picked.emit(part.key, self.mapToGlobal(self.shape_of(part.key)))
        else:
            super().keyPressEvent(event)

    def _point(self, at: int | None) -> None:
        if at != self.chosen:
            self.chosen = at
            part = None if at is None else self.parts[at]
            self.setToolTip(tooltip(f"{part.title}: {part.said}") if part else "")
            self._say()
            self.update()

    def _say(self) -> None:
        at = self.chosen
        one = None if at is None else self.parts[at]
        self.setAccessibleDescription(f"{one.title}: {one.said}" if one else "")


class TotalsArea(QScrollArea):
    """Totals that scroll when there are many."""

    def __init__(self) -> None:
        super().__init__()
        self.totals = Totals()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.setWidget(self.totals)


def _known(value: float) -> float:
    return 0.0 if math.isnan(value) else value
