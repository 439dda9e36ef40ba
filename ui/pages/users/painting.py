"""
Paints the lines of a timeline: a joined dot in a session, a ring of its own out of it; so the two
are told apart without colour as well.
"""

from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.model import Outcome
from app.store.people.activity import NO_EVENTS, ActivityRow, Block, Line
from ui.pages.users.lines import Index, TimelineModel
from ui.plain import moment, one_line, plural
from ui.table.delegate import elided
from ui.theme import base_font, mono_font, pixmap, small_font, tokens
from ui.tokens import Tokens

ROW = 26
TICK_ROOM = 34
RAIL_AT = 50
TIME_AT, TIME_WIDTH = 66, 92
TEXT_AT = 166
LEAST_NAME = 90
_LEFT = int(
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class LineDelegate(QStyledItemDelegate):
    """For `Timeline`."""

    def __init__(self, view: QListView, model: TimelineModel) -> None:
        super().__init__(view)
        self._model = model
        self._base, self._small, self._mono = base_font(), small_font(), mono_font()
        self._bold = base_font()
        self._bold.setBold(True)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        at, rect = index.row(), option.rect
        line = self._model.lines[at]
        painter.save()
        # Marks that are piled up on letters would reach into other rows.
        painter.setClipRect(rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if line.event_id:
            self._paint_event(painter, rect, at, line, option.state)
        elif line.block:
            self._paint_head(painter, rect, line.block, option.state)
        painter.restore()

    # Sessions

    def _paint_head(
        self, painter: QPainter, rect: QRect, block: Block, state: QStyle.StateFlag
    ) -> None:
        colours = tokens()
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.fillRect(rect, QColor(colours.selected if is_selected else colours.hover))
        painter.fillRect(rect.x(), rect.y(), rect.width(), 1, QColor(colours.line))
        x = rect.x() + RAIL_AT
        painter.setPen(QPen(QColor(colours.note), 2))
        painter.drawLine(QPointF(x, rect.center().y()), QPointF(x, rect.bottom() + 1))
        painter.setBrush(QColor(colours.note))
        painter.drawRoundedRect(QRectF(x - 4, rect.center().y() - 4, 8, 8), 2, 2)
        painter.setPen(QColor(colours.text))
        painter.setFont(self._bold)
        title = f"Session  {session_time(block.start_ms)}"
        painter.drawText(rect.adjusted(TIME_AT, 0, -8, 0), _LEFT, title)
        after = TIME_AT + QFontMetrics(self._bold).horizontalAdvance(title) + 14
        painter.setFont(self._small)
        painter.setPen(QColor(colours.text if is_selected else colours.muted))
        facts = f"{length_text(block.length_ms)} · {plural(block.events, 'event')}"
        painter.drawText(rect.adjusted(after, 0, -8, 0), _LEFT, facts)
        after += QFontMetrics(self._small).horizontalAdvance(facts) + 14
        if block.session_id in self._model.replays:
            painter.drawPixmap(
                rect.x() + after, rect.y() + 6, pixmap("play", colours.accent, 14, 2)
            )
            painter.setPen(QColor(colours.accent))
            painter.drawText(rect.adjusted(after + 18, 0, -8, 0), _LEFT, "recorded")

    # Events

    def _paint_event(
        self, painter: QPainter, rect: QRect, at: int, line: Line, state: QStyle.StateFlag
    ) -> None:
        colours = tokens()
        row = self._model.row(at)
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, QColor(colours.selected))
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), QColor(colours.accent))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(colours.hover))
        self._paint_tick(painter, rect, line.event_id in self._model.ticks, colours)
        self._paint_rail(painter, rect, at, line, row, colours)
        quiet = QColor(colours.text if is_selected else colours.muted)
        painter.setFont(self._mono)
        painter.setPen(quiet)
        painter.drawText(QRect(rect.x() + TIME_AT, rect.y(), TIME_WIDTH, rect.height()), _LEFT,
                         event_time(line))  # fmt: skip
        if row is None:
            painter.drawText(rect.adjusted(TEXT_AT, 0, -8, 0), _LEFT, "no longer stored")
            return
        room = rect.adjusted(TEXT_AT, 0, -12, 0)
        room.setRight(self._paint_remark(painter, room, line, row, quiet))
        self._paint_name(painter, room, row, quiet)

    def _paint_name(self, painter: QPainter, room: QRect, row: ActivityRow, quiet: QColor) -> None:
        colours = tokens()
        if row.name:
            painter.drawPixmap(room.x(), room.y() + 5, pixmap("sparkle", colours.accent, 16, 2))
            room = room.adjusted(20, 0, 0, 0)
        is_wanted = self._model.is_highlighted(row)
        font = self._bold if is_wanted else self._base
        painter.setFont(font)
        shown = elided(one_line(row.name or row.type), font.key(), room.width(),
                       Qt.TextElideMode.ElideMiddle)  # fmt: skip
        width = QFontMetrics(font).horizontalAdvance(shown)
        if is_wanted:
            around = QRectF(room.x() - 5, room.y() + 3, width + 10, room.height() - 6)
            painter.setPen(QPen(QColor(colours.accent), 1))
            painter.setBrush(QColor(colours.selected))
            painter.drawRoundedRect(around, 4, 4)
        is_call = row.type in NO_EVENTS
        painter.setPen(quiet if is_call else QColor(colours.text))
        painter.drawText(room, _LEFT, shown)
        if row.name and room.width() > width + 60:
            painter.setFont(self._small)
            painter.setPen(quiet)
            rest = room.adjusted(width + 12, 0, 0, 0)
            sent = elided(one_line(row.type), self._small.key(), rest.width(),
                          Qt.TextElideMode.ElideRight)  # fmt: skip
            painter.drawText(rest, _LEFT, sent)

    def _paint_remark(
        self, painter: QPainter, room: QRect, line: Line, row: ActivityRow, quiet: QColor
    ) -> int:
        """What stands at the right; returns where it begins."""
        colours = tokens()
        said: list[tuple[str, QColor]] = []
        if row.outcome is not Outcome.ACCEPTED:
            said.append((f"● {row.outcome}", QColor(colours.warning)))
        if line.block is None and row.type not in NO_EVENTS:
            said.append(("out of session", QColor(colours.good)))
        if self._model.shows_devices and row.device:
            said.append((_short(row.device), quiet))
        painter.setFont(self._small)
        right = room.right()
        for text, colour in reversed(said):
            width = QFontMetrics(self._small).horizontalAdvance(text)
            if right - width < room.x() + LEAST_NAME:
                break  # The name matters more.
            painter.setPen(colour)
            painter.drawText(QRect(right - width, room.y(), width + 1, room.height()), _RIGHT, text)
            right -= width + 14
        return right

    def _paint_tick(self, painter: QPainter, rect: QRect, is_ticked: bool, colours: Tokens) -> None:
        box = QRectF(rect.x() + 12.5, rect.y() + 6.5, 13, 13)
        painter.setPen(QPen(QColor(colours.accent if is_ticked else colours.edge), 1))
        painter.setBrush(QColor(colours.accent) if is_ticked else QColor(colours.surface))
        painter.drawRoundedRect(box, 3.5, 3.5)
        if is_ticked:
            painter.setPen(QPen(QColor(colours.on_accent), 1.8))
            left, top = box.x(), box.y()
            painter.drawPolyline(
                [QPointF(left + 3, top + 6.8), QPointF(left + 5.6, top + 9.4),
                 QPointF(left + 10.2, top + 3.8)]
            )  # fmt: skip

    def _paint_rail(
        self,
        painter: QPainter,
        rect: QRect,
        at: int,
        line: Line,
        row: ActivityRow | None,
        colours: Tokens,
    ) -> None:
        x, middle = rect.x() + RAIL_AT, rect.center().y() + 0.5
        is_call = row is not None and row.type in NO_EVENTS
        if line.block is None:
            colour = QColor(colours.muted if is_call else colours.good)
            painter.setPen(QPen(colour, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, middle), 4, 4)
            return
        lines = self._model.lines
        goes_on = at + 1 < len(lines) and lines[at + 1].block == line.block
        painter.setPen(QPen(QColor(colours.note), 2))
        painter.drawLine(QPointF(x, rect.y()),
                         QPointF(x, rect.bottom() + 1 if goes_on else middle))  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.surface if is_call else colours.note))
        if is_call:
            painter.setPen(QPen(QColor(colours.note), 1.5))
        painter.drawEllipse(QPointF(x, middle), 3.5, 3.5)


def session_time(at_ms: int) -> str:
    """Day and minute at which a session began."""
    local = moment(at_ms)
    if local is None:
        return str(at_ms)
    year = "" if local.year == datetime.now().astimezone().year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"


def event_time(line: Line) -> str:
    """The time in a session, whose day is above it; day and minute out of session."""
    local = moment(line.time_ms)
    if local is None:
        return str(line.time_ms)
    if line.block is None:
        return f"{local.day} {local:%b} {local:%H:%M}"
    return f"{local:%H:%M:%S}"


def length_text(length_ms: int) -> str:
    """How long something took, in two units."""
    seconds = length_ms // 1000
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"


def _short(device: str) -> str:
    text = one_line(device, 80)
    return text if len(text) <= 14 else f"{text[:6]}…{text[-6:]}"
