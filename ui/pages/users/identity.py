"""
Which ids are this person, and how they came together: drawn as the user id at the left and every
device joined to it, with the event that joined them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from ui.pages.users.peoplelist import visible
from ui.plain import local_time, one_line, plural, tooltip
from ui.table.delegate import elided
from ui.theme import base_font, mono_font, pixmap, small_font, tokens

if TYPE_CHECKING:
    from app.store.people.profile import Profile

MARGIN, USER_WIDTH, GAP, CARD_HEIGHT, SPACE = 24, 220, 72, 64, 12
WIDEST = 560
_LEFT = int(
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
)


@dataclass(frozen=True, slots=True)
class DeviceStory:
    """One device: how much was seen on it, and how it came to the person. `event_id` is the event
    that joined it, 0 when it was never anybody else."""

    device: str
    events: int
    first_ms: int | None
    last_ms: int | None
    story: str
    event_id: int
    was_merged: bool


def stories(profile: Profile) -> list[DeviceStory]:
    """The devices of a person, the one seen first on top."""
    merged = {one.device: one for one in profile.merges}
    found = []
    for device in profile.devices:
        uses = [use for use in profile.uses if use.device == device]
        anonymous = [use for use in uses if not use.user]
        named = [use for use in uses if use.user]
        joined = merged.get(device)
        event = 0
        if joined:
            at = "" if joined.received_ms is None else f", {local_time(joined.received_ms)[:16]}"
            what = joined.event_type or "an event that is not stored any more"
            story = f"Was a person of its own until “{one_line(what, 60)}”{at}"
            event = joined.event_id
        elif named and anonymous and anonymous[0].first_id < named[0].first_id:
            story = "Anonymous at first; what was done then belongs to this person"
            event = named[0].first_id
        elif named:
            story = "Sent with the user ID from the first event on"
        elif profile.person.user is None:
            story = "Nobody has logged in on it"
        else:
            story = "Logged out: it still belongs to who was on it last"
        others = uses[0].shared_with
        if others:
            story += f". Also used by {one_line(', '.join(map(visible, others)), 120)}"
        times = [use.first_ms for use in uses if use.first_ms is not None]
        ends = [use.last_ms for use in uses if use.last_ms is not None]
        found.append(
            DeviceStory(
                device,
                sum(use.events for use in uses),
                min(times, default=None),
                max(ends, default=None),
                story,
                event,
                joined is not None,
            )
        )
    return found


class IdentityGraph(QWidget):
    """The picture.

    Signals:
        event_asked: the number of the event that joined a device, which a person wants to see.
    """

    event_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.user: str | None = None
        self.devices: list[DeviceStory] = []
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._base, self._small, self._mono = base_font(), small_font(), mono_font()

    def show_profile(self, profile: Profile | None) -> None:
        """Draw somebody's ids."""
        self.user = profile.person.user if profile else None
        self.devices = stories(profile) if profile else []
        self._current = min(self._current, max(0, len(self.devices) - 1))
        self.setAccessibleName(self._said())
        self.setMinimumHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def card_of(self, at: int) -> QRect:
        """Where a device is drawn."""
        left = MARGIN + USER_WIDTH + GAP
        width = max(200, min(WIDEST, self.width() - left - MARGIN))
        return QRect(left, MARGIN + at * (CARD_HEIGHT + SPACE), width, CARD_HEIGHT)

    def sizeHint(self) -> QSize:
        rows = max(1, len(self.devices))
        return QSize(620, 2 * MARGIN + rows * (CARD_HEIGHT + SPACE) + 24)

    def _said(self) -> str:
        who = f"User ID {one_line(self.user)}" if self.user is not None else "No user ID"
        return f"{who} with {plural(len(self.devices), 'device')}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, colours = QPainter(self), tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(colours.surface))
        first, last = self.card_of(0), self.card_of(max(0, len(self.devices) - 1))
        middle = (first.center().y() + min(last.center().y(), first.center().y() + 240)) // 2
        user = QRect(MARGIN, middle - 28, USER_WIDTH, 56)
        for at, device in enumerate(self.devices):
            self._paint_line(painter, user, self.card_of(at), device)
        self._paint_user(painter, user)
        for at, device in enumerate(self.devices):
            self._paint_device(painter, self.card_of(at), device,
                               self.hasFocus() and at == self._current)  # fmt: skip

    def _paint_user(self, painter: QPainter, room: QRect) -> None:
        colours = tokens()
        known = self.user is not None
        painter.setPen(QPen(QColor(colours.accent if known else colours.edge), 1.5))
        painter.setBrush(QColor(colours.selected if known else colours.ground))
        painter.drawRoundedRect(QRectF(room), 10, 10)
        icon = pixmap("person", colours.accent if known else colours.muted, 20, 2)
        painter.drawPixmap(room.x() + 14, room.center().y() - 10, icon)
        inside = room.adjusted(44, 8, -10, -room.height() // 2)
        painter.setFont(self._small)
        painter.setPen(QColor(colours.text if known else colours.muted))
        painter.drawText(inside, _LEFT, "User ID" if known else "No user ID")
        inside = room.adjusted(44, room.height() // 2 - 4, -10, -8)
        painter.setFont(self._mono)
        painter.setPen(QColor(colours.text))
        text = one_line(visible(self.user)) if self.user is not None else "anonymous"
        painter.drawText(inside, _LEFT, elided(text, self._mono.key(), inside.width(),
                                               Qt.TextElideMode.ElideMiddle))  # fmt: skip

    def _paint_line(self, painter: QPainter, user: QRect, card: QRect, device: DeviceStory) -> None:
        colours = tokens()
        start = QPointF(user.right() + 1, user.center().y())
        end = QPointF(card.left(), card.center().y())
        if abs(end.y() - start.y()) <= 2:
            start.setY(end.y())  # Halves of odd heights make no bend.
        # A trunk with branches: curves to thirty devices would run into one another.
        trunk = start.x() + GAP / 2
        bend = min(10.0, abs(end.y() - start.y()))
        turn = bend if end.y() > start.y() else -bend
        path = QPainterPath(start)
        path.lineTo(QPointF(trunk, start.y()))
        path.lineTo(QPointF(trunk, end.y() - turn))
        path.quadTo(QPointF(trunk, end.y()), QPointF(trunk + bend, end.y()))
        path.lineTo(end)
        painter.setPen(QPen(QColor(colours.edge), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        # What joined it hangs on its branch.
        dot = QPointF(trunk + (end.x() - trunk) / 2 + 4, end.y())
        if device.event_id:
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.setBrush(QColor(colours.accent if device.was_merged else colours.surface))
            painter.drawEllipse(dot, 4, 4)

    def _paint_device(
        self, painter: QPainter, card: QRect, device: DeviceStory, is_current: bool
    ) -> None:
        colours = tokens()
        painter.setPen(QPen(QColor(colours.accent if is_current else colours.line), 1))
        painter.setBrush(QColor(colours.ground))
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.drawPixmap(card.x() + 12, card.y() + 12, pixmap("phone", colours.muted, 16, 2))
        room = card.adjusted(38, 6, -12, -CARD_HEIGHT + 26)
        painter.setFont(self._mono)
        painter.setPen(QColor(colours.text))
        name = elided(one_line(visible(device.device)), self._mono.key(), room.width(),
                      Qt.TextElideMode.ElideMiddle)  # fmt: skip
        painter.drawText(room, _LEFT, name)
        painter.setFont(self._small)
        rows = [
            (" · ".join((plural(device.events, "event"), *_seen(device))), colours.muted),
            (device.story, colours.accent if device.event_id else colours.muted),
        ]
        for at, (text, colour) in enumerate(rows):
            room = card.adjusted(38, 24 + at * 17, -12, 0)
            room.setHeight(17)
            painter.setPen(QColor(colour))
            painter.drawText(room, _LEFT, elided(text, self._small.key(), room.width(),
                                                 Qt.TextElideMode.ElideRight))  # fmt: skip

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().toPoint())
        if at is not None:
            self._current = at
            self._ask()
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and self.devices:
            self._current = min(len(self.devices) - 1, max(0, self._current + step))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ask()
        else:
            super().keyPressEvent(event)

    def _ask(self) -> None:
        if self.devices and self.devices[self._current].event_id:
            self.event_asked.emit(self.devices[self._current].event_id)

    def _at(self, place) -> int | None:  # type: ignore[no-untyped-def]
        return next(
            (at for at in range(len(self.devices)) if self.card_of(at).contains(place)), None
        )

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._at(event.pos())
            text = ""
            if at is not None:
                device = self.devices[at]
                text = tooltip(f"{device.device}\n{device.story}")
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def _seen(device: DeviceStory) -> list[str]:
    found = []
    if device.first_ms is not None:
        found.append(f"from {local_time(device.first_ms)[:16]}")
    if device.last_ms is not None:
        found.append(f"to {local_time(device.last_ms)[:16]}")
    return found
