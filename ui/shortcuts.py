"""
The list of shortcuts, as a card over the page. Made from the table of actions: those that work
everywhere, those of the page that is shown, then those of the other pages.
"""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSlider,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ui.actions import Actions, shown
from ui.theme import label

MARGIN = 24
"""Around the card, as far as the window has room for it."""
EVERYWHERE = "Everywhere"
LIVE = "live"
IN_TABLES = (
    (("J", "K", "Up", "Down"), "Next and previous event"),
    (("Home", "End"), "Newest and oldest event"),
    (("Return",), "Open in the inspector"),
    (("Space",), "Peek into the event"),
    (("Esc",), "Close the inspector"),
    (("Ctrl+A",), "Select all"),
    (("Ctrl+C",), "Copy what is selected"),
)


Entry = tuple[tuple[str, ...], str]
"""Keys, and what they do."""


class ShortcutCard(QFrame):
    """Keys and what they do. Keys that move a page scroll it; any other key or click closes it."""

    def __init__(self, actions: Actions, window: QWidget, pages: Mapping[str, str]) -> None:
        """`pages` gives the title of each page by the first word of its actions' ids."""
        super().__init__(window)
        self._over = window
        self._actions = actions
        self._pages = pages
        self.setProperty("floating", True)
        self.setAccessibleName("Keyboard shortcuts")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.viewport().setAutoFillBackground(False)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(MARGIN, 20, 8, 8)
        rows.setSpacing(12)
        rows.addWidget(label("Keyboard shortcuts", "title"))
        rows.addWidget(self.area, 1)
        self.body = QWidget()
        self._before: QWidget | None = None
        self.hide()

    def open(self, page: str = "") -> None:
        """Show what there is now, first of all what this page has."""
        self._before = self._over.focusWidget()
        self._fill(page)
        self._place()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def toggle(self, page: str = "") -> None:
        """Show it or put it away."""
        if self.isVisible():
            self._leave()
        else:
            self.open(page)

    def entries(self) -> list[Entry]:
        """Keys and titles, in the order in which they are shown."""
        return [entry for _, part in self.parts() for entry in part]

    def parts(self, page: str = "") -> list[tuple[str, list[Entry]]]:
        """The same below headings, those of `page` right after what works everywhere."""
        found: dict[str, list[Entry]] = {EVERYWHERE: [], self._pages.get(page, EVERYWHERE): []}
        for one in self._actions.all():
            if one.shortcuts:
                place = self._pages.get(one.id.partition(".")[0], EVERYWHERE)
                # Palettes name the page; below its heading that is said.
                title = one.title.removeprefix(f"{place}: ")
                entry = (one.shortcuts, title[:1].upper() + title[1:])
                found.setdefault(place, []).append(entry)
        if LIVE in self._pages:
            found.setdefault(self._pages[LIVE], []).extend(IN_TABLES)
        return [(title, part) for title, part in found.items() if part]

    def _fill(self, page: str) -> None:
        """In two columns, where there is room for them."""
        parts = self.parts(page)
        body = self._laid_out(_halves(parts))
        if body.sizeHint().width() > self._over.width() - 2 * MARGIN - self._frame():
            body.deleteLater()
            body = self._laid_out((parts,))
        self.body = body
        old = self.area.takeWidget()
        if old is not None:
            old.deleteLater()
        self.area.setWidget(body)
        # The card's own colour; the area has just given it another one.
        body.setAutoFillBackground(False)
        self.area.verticalScrollBar().setValue(0)

    def _laid_out(self, halves: tuple[list[tuple[str, list[Entry]]], ...]) -> QWidget:
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 16, 12)
        columns.setSpacing(40)
        for some in halves:
            columns.addLayout(_column(some))
        return body

    def _frame(self) -> int:
        """How much wider the card is than what is in it."""
        return MARGIN + 8 + 4 + self.area.verticalScrollBar().sizeHint().width()

    def _place(self) -> None:
        """In the middle, and never larger than the window."""
        window, needs = self._over, self.body.sizeHint()
        wide = needs.width() + self._frame()
        high = needs.height() + 72
        self.resize(min(wide, window.width() - 2 * MARGIN), min(high, window.height() - 2 * MARGIN))
        self.move((window.width() - self.width()) // 2, (window.height() - self.height()) // 2)

    def _leave(self) -> None:
        self.hide()
        if self._before:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _MOVES:
            bar = self.area.verticalScrollBar()
            bar.triggerAction(_MOVES[Qt.Key(event.key())])
        else:
            self._leave()

    def mousePressEvent(self, _event: QEvent) -> None:
        self._leave()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.hide()


_TO = QAbstractSlider.SliderAction
_MOVES = {
    Qt.Key.Key_Down: _TO.SliderSingleStepAdd,
    Qt.Key.Key_Up: _TO.SliderSingleStepSub,
    Qt.Key.Key_PageDown: _TO.SliderPageStepAdd,
    Qt.Key.Key_PageUp: _TO.SliderPageStepSub,
    Qt.Key.Key_Home: _TO.SliderToMinimum,
    Qt.Key.Key_End: _TO.SliderToMaximum,
}


def _halves(parts: list[tuple[str, list[Entry]]]) -> tuple[list[tuple[str, list[Entry]]], ...]:
    """Cut between two headings, so that both columns are about as high."""
    heights = [len(part) + 2 for _, part in parts]
    cuts = range(1, len(parts) + 1)
    best = min(cuts, key=lambda cut: max(sum(heights[:cut]), sum(heights[cut:])))
    return parts[:best], parts[best:]


def _column(parts: list[tuple[str, list[Entry]]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    row = 0
    for place, entries in parts:
        if row:
            grid.setRowMinimumHeight(row, 8)
            row += 1
        grid.addWidget(label(place, "strong"), row, 0, 1, 2)
        row += 1
        for keys, title in entries:
            cell = QHBoxLayout()
            cell.setSpacing(4)
            for key in keys:
                cell.addWidget(_key(key))
            cell.addStretch(1)
            grid.addLayout(cell, row, 0)
            grid.addWidget(label(title), row, 1)
            row += 1
    grid.setRowStretch(row, 1)
    return grid


def _key(key: str) -> QLabel:
    result = label(shown(key), "key")
    result.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return result
