"""
Pointing at a chart over time: with the mouse and with the keyboard, one bin or a range of them.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)

from ui.charts.canvas import Canvas
from ui.charts.data import ChartData

Key = Qt.Key
DRAG_PX = 4


class TimePlot(Canvas):
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
        self.cursor: int | None = None
        self.series_at = 0
        self.brush: tuple[int, int] | None = None
        self._press: int | None = None
        self._press_x = 0.0
        self._is_brushing = False
        self._anchor: int | None = None
        super().__init__(kind)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)

    def show_data(self, data: ChartData, hidden: frozenset[str] = frozenset()) -> None:
        """Draw this, without the series that are hidden."""
        before = self.data
        self.draw_data(data, hidden)
        if self.cursor is not None and self.cursor >= data.count:
            self._point(None)
        elif before.edges != data.edges and self.brush:
            self._keep_brush(before)
        else:
            self._tell()

    def show_brush(self, brush: tuple[int, int] | None) -> None:
        """Mark these bins, first and last, without telling anybody."""
        self.brush = brush
        self._place(self._band, brush)

    def _place(self, region: Any, bins: tuple[int, int] | None) -> None:
        region.setVisible(bins is not None)
        if bins is not None:
            region.setRegion((min(bins), max(bins) + 1))

    # Pointing

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
            self._press = self.bin_at(self._press_x)
            self._is_brushing = False
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        at = self.bin_at(x)
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
        self.series_at = self.series_near(pressed, event.position().y())
        self._pick(self.picked, pressed, event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._pick_cursor(self.asked)
        else:
            at = self.bin_at(event.pos().x())
            if at is not None:
                self.series_at = self.series_near(at, event.pos().y())
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
