"""
When a person was active: a bar for each day of the last weeks. A click chooses a day, a drag a
range; a second click on the same day chooses everything again.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from ui.plain import moment, plural
from ui.theme import small_font, tokens

QUARTER_MS = 15 * 60_000
SHOWN = 42
HEIGHT = 54
FOOT = 16
type Days = tuple[date, date]


def by_day(quarters: Iterable[tuple[int, int]]) -> dict[date, int]:
    """Events by local day, from those by quarter of an hour."""
    found: dict[date, int] = {}
    for quarter, events in quarters:
        local = moment(quarter * QUARTER_MS)
        if local is not None:
            found[local.date()] = found.get(local.date(), 0) + events
    return found


def bounds(days: Days) -> tuple[int, int]:
    """From the beginning of the first day to the end of the last one (outside), in milliseconds."""
    first = datetime.combine(days[0], time.min).astimezone()
    last = datetime.combine(days[1] + timedelta(days=1), time.min).astimezone()
    return round(first.timestamp() * 1000), round(last.timestamp() * 1000)


class DayStrip(QWidget):
    """Bars to choose days by.

    Signals:
        chosen: a pair of days (first and last), or None for everything.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.events: dict[date, int] = {}
        self.days: Days | None = None
        self._last = datetime.now().astimezone().date()
        self._from: date | None = None
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Days with activity")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_days(self, events: dict[date, int], *, keep: bool) -> None:
        """Show when there was how much; `keep` what is chosen and in view."""
        if events == self.events and keep:
            return
        self.events = events
        if not keep:
            self.days = None
            self._last = max(events, default=datetime.now().astimezone().date())
        elif self._from is None and events:
            newest = max(events)
            if self._last < newest and self.days is None:
                self._last = newest
        self.update()

    def choose(self, days: Days | None) -> None:
        """Choose days, or everything."""
        if days != self.days:
            self.days = days
            if days and not self._first <= days[0] <= self._last:
                self._last = days[1]
            self.update()
            self.chosen.emit(days)

    @property
    def _first(self) -> date:
        return self._last - timedelta(days=SHOWN - 1)

    def day_at(self, x: float) -> date:
        """The day at a place."""
        step = self._step()
        at = min(SHOWN - 1, max(0, int((x - self._left()) / step)))
        return self._first + timedelta(days=at)

    def place_of(self, day: date) -> QRectF:
        """Where a day's bar has room."""
        step = self._step()
        at = (day - self._first).days
        return QRectF(self._left() + at * step, 0, step, HEIGHT - FOOT)

    def _left(self) -> float:
        return 16

    def _step(self) -> float:
        return max(4.0, (self.width() - 32) / SHOWN)

    def sizeHint(self) -> QSize:
        return QSize(400, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((self.events.get(self._first + timedelta(days=at), 0) for at in range(SHOWN)),
                   default=0)  # fmt: skip
        painter.setFont(small_font())
        if self.days:
            first, last = (self.place_of(day) for day in self.days)
            painter.fillRect(first.united(last), QColor(colours.selected))
        for at in range(SHOWN):
            day = self._first + timedelta(days=at)
            room, events = self.place_of(day), self.events.get(day, 0)
            is_in = self.days is None or self.days[0] <= day <= self.days[1]
            height = max(3.0, (room.height() - 8) * events / most) if events else 1.5
            colour = colours.line if not events else colours.note if is_in else colours.faint
            width = min(14.0, room.width() - 3)
            bar = QRectF(room.center().x() - width / 2, room.bottom() - height, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(bar, 2, 2)
            if day.weekday() == 0:
                painter.setPen(QColor(colours.muted))
                text = f"{day.day} {day:%b}"
                painter.drawText(QPointF(room.x() + 1, HEIGHT - 4.0), text)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = self.day_at(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None or event.button() != Qt.MouseButton.LeftButton:
            return
        first, last = sorted((self._from, self.day_at(event.position().x())))
        self._from = None
        self.choose(None if (first, last) == self.days else (first, last))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Earlier and later weeks."""
        self._move(7 if event.angleDelta().y() < 0 else -7)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            active = sorted(self.events)
            now = self.days[0] if self.days else self._last + timedelta(days=1)
            later = [day for day in active if day > now]
            earlier = [day for day in active if day < now]
            wanted = later[0] if step > 0 and later else earlier[-1] if earlier else None
            if wanted and (step < 0 or later):
                self.choose((wanted, wanted))
        elif event.key() == Qt.Key.Key_Escape and self.days:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def _move(self, days: int) -> None:
        if self.events:
            last = self._last + timedelta(days=days)
            earliest = min(self.events) + timedelta(days=SHOWN - 1)
            newest = max(self.events)
            self._last = min(max(last, min(earliest, newest)), newest)
            self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            day = self.day_at(event.pos().x())
            count = plural(self.events.get(day, 0), "event")
            QToolTip.showText(event.globalPos(),
                              f"{day:%A} {day.day} {day:%B %Y}: {count}", self)  # fmt: skip
            return True
        return super().event(event)
