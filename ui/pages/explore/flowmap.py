"""
Journeys as a flow: a column for each step, a box for each way that people took, as high as they
are many, and ribbons from step to step. Journeys before an event are read from the right.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.query.journeys import OTHER, JourneyNode
from ui.plain import number, one_line, plural, tooltip
from ui.theme import small_font, tokens

SIDE, TOP = 14, 10
GAP = 2.0
BOX = 0.72
"""How much of a column is the box; the rest are ribbons."""
TALL = 36.0
LEAST_TEXT = 14.0
LEAST_NAME = 40
VENDOR = "[Amplitude] "
Key = Qt.Key
type Way = tuple[str, ...]


class Box(NamedTuple):
    """A node and where it is."""

    node: JourneyNode
    place: QRectF


class FlowMap(QWidget):
    """Draws the nodes of journeys.

    Signals:
        picked: a JourneyNode was chosen; where on the screen.
    """

    picked = Signal(object, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.nodes: tuple[JourneyNode, ...] = ()
        self.is_backward = False
        self.noun = ("person", "people")
        self.is_of_parent = False
        """Whether shares are of the step before, and not of all."""
        self.chosen: Way | None = None
        self._boxes: dict[Way, Box] = {}
        self._colours: dict[str, int] = {}
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(360, 200)
        self.setAccessibleName("Journeys")

    def show_nodes(self, nodes: tuple[JourneyNode, ...], *, backward: bool) -> None:
        """Draw these."""
        self.nodes, self.is_backward = nodes, backward
        self.chosen = None
        self._colours = {}
        for node in nodes:
            self._colours.setdefault(node.way[-1], len(self._colours))
        self.update()

    def place_of(self, way: Way) -> QPoint:
        """Where a node is."""
        self._shape()
        return self._boxes[way].place.center().toPoint()

    def said(self, node: JourneyNode) -> str:
        """A node in words."""
        way = reversed(node.way) if self.is_backward else node.way
        people = plural(node.count, *self.noun)
        whole = "the step before" if self.is_of_parent else "all"
        share = f"{self._share(node)} of {whole}"
        return f"{' → '.join(one_line(step, 60) for step in way)}: {people}, {share}"

    def show_shares(self, *, of_parent: bool) -> None:
        """Shares of the step before, or of all."""
        self.is_of_parent = of_parent
        self.update()

    def _share(self, node: JourneyNode) -> str:
        return f"{(node.of_parent if self.is_of_parent else node.share) * 100:.1f} %"

    def _shape(self) -> None:
        """A child lies within the height of its parent, below its elder siblings."""
        self._boxes = {}
        if not self.nodes:
            return
        levels = max(len(node.way) for node in self.nodes)
        # The last column ends where the room does.
        wide = (self.width() - 2 * SIDE) / (levels - 1 + BOX)
        box = wide * BOX
        whole = sum(node.count for node in self.nodes if len(node.way) == 1) or 1
        scale = (self.height() - 2 * TOP) / whole
        below: dict[Way, float] = {(): float(TOP)}
        for node in self.nodes:
            parent = node.way[:-1]
            top = below.get(parent, float(TOP))
            high = node.count * scale
            below[parent] = top + high
            below[node.way] = top
            at = len(node.way) - 1
            left = SIDE + (levels - 1 - at if self.is_backward else at) * wide
            tall = max(1.0, high - min(GAP, high / 4))
            self._boxes[node.way] = Box(node, QRectF(left, top, box, tall))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        self._shape()
        for way, box in self._boxes.items():
            if len(way) > 1:
                self._paint_ribbon(painter, self._boxes[way[:-1]], box)
        for box in self._boxes.values():
            self._paint_box(painter, box)

    def _colour(self, node: JourneyNode) -> QColor:
        colours = tokens()
        if node.is_drop or node.way[-1] == OTHER:
            return QColor(colours.faint)
        return QColor(colours.series[self._colours[node.way[-1]] % len(colours.series)])

    def _is_lit(self, way: Way) -> bool:
        return self.chosen is not None and self.chosen[: len(way)] == way

    def _paint_ribbon(self, painter: QPainter, parent: Box, child: Box) -> None:
        colour = self._colour(child.node)
        colour.setAlpha(110 if self._is_lit(child.node.way) else 45)
        first, last = parent.place, child.place
        start, end = first.right(), last.left()
        if self.is_backward:
            start, end = first.left(), last.right()
        middle = (start + end) / 2
        path = QPainterPath(QPointF(start, last.top()))
        path.cubicTo(middle, last.top(), middle, last.top(), end, last.top())
        path.lineTo(end, last.bottom())
        path.lineTo(start, last.bottom())
        path.closeSubpath()
        painter.fillPath(path, colour)

    def _paint_box(self, painter: QPainter, box: Box) -> None:
        colours, node, place = tokens(), box.node, box.place
        colour = self._colour(node)
        ground = QColor(colour)
        ground.setAlpha(120 if self._is_lit(node.way) else 60)
        painter.fillRect(place, ground)
        edge = QRectF(place.left(), place.top(), 4, place.height())
        if self.is_backward:
            edge.moveRight(place.right())
        painter.fillRect(edge, colour)
        if self.chosen == node.way:
            painter.setPen(QColor(colours.accent))
            painter.drawRect(place)
        if place.height() < LEAST_TEXT:
            return
        self._paint_words(painter, node, place.adjusted(10, 0, -8, 0))

    def _paint_words(self, painter: QPainter, node: JourneyNode, room: QRectF) -> None:
        """The name, and the numbers beside it or, where there is room, below."""
        colours, metrics = tokens(), painter.fontMetrics()
        is_tall = room.height() > TALL
        numbers, wide = self._share(node), int(room.width())
        both = f"{numbers}  ·  {number(node.count)}"
        if is_tall and metrics.horizontalAdvance(both) <= wide:
            numbers = both
        beside = 0 if is_tall else metrics.horizontalAdvance(numbers) + 8
        if wide - beside < LEAST_NAME:
            # Without a name, numbers say nothing; the tooltip has both.
            numbers, beside = "", 0
        middle = Qt.AlignmentFlag.AlignVCenter
        left, right = (
            int(middle | side) for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
        )
        top = room.center().y() - (17 if is_tall else 9)
        line = QRectF(room.left(), top, room.width(), 18)
        room_left = int(line.width() - beside)
        name = one_line(node.way[-1], 120)
        if metrics.horizontalAdvance(name) > room_left:
            # What all events of the vendor begin with tells nobody anything.
            name = name.removeprefix(VENDOR)
        name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room_left)
        painter.setPen(QColor(colours.text))
        painter.drawText(line, left, name)
        painter.setPen(QColor(colours.text if self._is_lit(node.way) else colours.muted))
        painter.drawText(line.translated(0, 16) if is_tall else line,
                         left if is_tall else right, numbers)  # fmt: skip

    # The mouse and the keyboard

    def _at(self, place: QPointF) -> Way | None:
        return next((way for way, box in self._boxes.items() if box.place.contains(place)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._choose(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._choose(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        way = self._at(event.position())
        if way is not None:
            self._choose(way)
            self.picked.emit(self._boxes[way].node, event.globalPosition().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, ways = event.key(), list(self._boxes)
        steps = {Key.Key_Right: 1, Key.Key_Down: 1, Key.Key_Left: -1, Key.Key_Up: -1}
        if key in steps and ways:
            at = ways.index(self.chosen) if self.chosen in ways else -1
            self._choose(ways[max(0, min(len(ways) - 1, at + steps[Key(key)]))])
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_Space) and self.chosen:
            place = self.mapToGlobal(self.place_of(self.chosen))
            self.picked.emit(self._boxes[self.chosen].node, place)
        else:
            super().keyPressEvent(event)

    def _choose(self, way: Way | None) -> None:
        if way == self.chosen:
            return
        self.chosen = way
        said = self.said(self._boxes[way].node) if way in self._boxes else ""
        self.setToolTip(tooltip(said) if said else "")
        self.setAccessibleDescription(said)
        self.update()
