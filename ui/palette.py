"""
The command palette: every action by a few letters of its name.
"""

import re
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.actions import Action, Actions
from ui.table.rows import Index
from ui.theme import hairline, label, pixmap, small_font, tokens

WIDTH = 560
LINE = 34
MOST_LINES = 10
TOP = 72
_ACTION = Qt.ItemDataRole.UserRole


class CommandPalette(QFrame):
    """A line to type in above the actions that fit. Goes away when anything else is clicked."""

    def __init__(
        self,
        actions: Actions,
        window: QWidget,
        run: Callable[[str], object],
        itself: str = "",
        last: str = "",
    ) -> None:
        """`itself` is the action that opens this, which is not offered; `last` the one that
        comes after all others while nothing is typed."""
        super().__init__(window)
        self._itself = itself
        self._last = last
        self._over = window
        self._actions = actions
        self._run = run
        self._before: QWidget | None = None
        self.setProperty("floating", True)
        self.setAccessibleName("Command palette")
        self.line = QLineEdit()
        self.line.setProperty("bare", True)
        self.line.setPlaceholderText("Type what you want to do")
        self.line.setAccessibleName("Type what you want to do")
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Actions that fit")
        self.list.setItemDelegate(_ActionDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose)
        self.nothing = label("No action has these letters.", "muted")
        self.nothing.setContentsMargins(16, 8, 16, 8)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(1, 6, 1, 6)
        rows.setSpacing(6)
        rows.addWidget(self.line)
        rows.addWidget(hairline())
        rows.addWidget(self.list)
        rows.addWidget(self.nothing)
        self.hide()

    def open(self) -> None:
        """Show it with every action."""
        window = self._over
        self._before = window.focusWidget()
        self.line.clear()
        self._find("")
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Put it away and give the focus back."""
        self.hide()
        if self._before:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _find(self, text: str) -> None:
        self.list.clear()
        for action in self._offered(text):
            item = QListWidgetItem(action.title)
            item.setData(_ACTION, action)
            item.setSizeHint(QSize(10, LINE))
            if not action.is_enabled:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        count = self.list.count()
        self.list.setVisible(count > 0)
        self.nothing.setVisible(count == 0)
        self.list.setFixedHeight(min(count, MOST_LINES) * LINE)
        self._select(0, 1)
        self._place()

    def _offered(self, text: str) -> list[Action]:
        offered = [action for action in self._actions.all() if action.id != self._itself]
        if not text.strip():
            # The order of the table, which a person learns; only the end is the end.
            return sorted(offered, key=lambda action: action.id == self._last)
        return matching(offered, text)

    def _place(self) -> None:
        window = self._over
        width = min(WIDTH, window.width() - 32)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((window.width() - width) // 2, TOP)

    def _select(self, row: int, step: int) -> None:
        """Select `row`, or the next one from there that can be done."""
        count = self.list.count()
        for _ in range(count):
            row %= count
            if self.list.item(row).flags() & Qt.ItemFlag.ItemIsEnabled:
                self.list.setCurrentRow(row)
                return
            row += step

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            action: Action = item.data(_ACTION)
            self.close_palette()
            self._run(action.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the line that are meant for the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._press(event)
        if isinstance(event, QFocusEvent) and _is_leaving(event):
            self.hide()
        return super().eventFilter(watched, event)

    def _press(self, event: QKeyEvent) -> bool:
        row = self.list.currentRow()
        match event.key():
            case Qt.Key.Key_Down:
                self._select(row + 1, 1)
            case Qt.Key.Key_Up:
                self._select(row - 1, -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self.list.currentItem())
            case Qt.Key.Key_Escape:
                self.close_palette()
            case _:
                return False
        return True


def _is_leaving(event: QFocusEvent) -> bool:
    """The focus went elsewhere in the window; another window in front does not count."""
    is_out = event.type() == QEvent.Type.FocusOut
    return is_out and event.reason() != Qt.FocusReason.ActiveWindowFocusReason


class _ActionDelegate(QStyledItemDelegate):
    """Icon, title, and the shortcut at the right."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        action: Action = index.data(_ACTION)
        colours = tokens()
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.selected))
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 6, 6)
        is_enabled = action.is_enabled
        if action.icon:
            drawn = pixmap(action.icon, colours.muted if is_enabled else colours.faint, 16, 2)
            painter.drawPixmap(rect.x() + 16, rect.center().y() - 7, drawn)
        painter.setPen(QColor(colours.text if is_enabled else colours.faint))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            rect.adjusted(44, 0, -120, 0), int(middle | Qt.AlignmentFlag.AlignLeft), action.title
        )
        painter.setFont(small_font())
        painter.setPen(QColor(colours.muted if is_enabled else colours.faint))
        painter.drawText(
            rect.adjusted(0, 0, -20, 0), int(middle | Qt.AlignmentFlag.AlignRight), action.shortcut
        )
        painter.restore()


def matching(actions: list[Action], text: str) -> list[Action]:
    """The actions that fit, the best first; what can be done now before what cannot."""
    found = []
    for place, action in enumerate(actions):
        fit = score(text, action.title)
        if fit is None and (other := score(text, action.words)) is not None:
            fit = other - 100
        if fit is not None:
            found.append((not action.is_enabled, -fit, place, action))
    return [action for *_, action in sorted(found, key=lambda entry: entry[:3])]


def score(needle: str, text: str) -> int | None:
    """How well the letters of `needle` fit `text` in order; None when they do not. Letters at
    the beginning of words and letters in a row count more."""
    wanted = re.sub(r"\s+", "", needle.casefold())
    text = text.casefold()
    total, at, before = 0, 0, -2
    for letter in wanted:
        starts = [
            place
            for place in range(at, len(text))
            if text[place] == letter and (place == 0 or not text[place - 1].isalnum())
        ]
        place = text.find(letter, at)
        if place < 0:
            return None
        if place != before + 1 and starts:
            place = starts[0]
        total += 1 + 4 * (place == before + 1) + 6 * (place in starts)
        before, at = place, place + 1
    return total - len(text) // 8
