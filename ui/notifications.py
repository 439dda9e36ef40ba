"""
Messages that never stop anyone: cards in the window's lower right corner, beside a panel that is
open there, which has buttons and answers of its own.

Plain information goes by itself; warnings and errors stay until closed. Until a window is there
(`show_in`), messages wait. The same message again is counted on the card it already has. What is
said `about` something goes when that is `settled`, and when something else is said about it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from ui.theme import label, pixmap, tint, tokens

Button = tuple[str, Callable[[], object]]
"""The label of a card's button, and what it does."""

INFO_MS = 6000
LARGEST = 4
WIDTH = 360
MARGIN = 16
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Notice:
    """What a card says. `level` is `note`, `warning` or `bad`."""

    level: str
    text: str
    details: str = ""
    action: Button | None = None
    about: str = ""


class Notifications(QObject):
    """Shows notices in a window as stacked cards, the newest lowest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window: QWidget | None = None
        self._waiting: list[Notice] = []
        self._bottom = 0
        self._right: Callable[[], int] = int
        self.cards: list[Card] = []

    def info(self, text: str, action: Button | None = None, about: str = "") -> None:
        """Say something that needs no answer; goes by itself."""
        self._add(Notice("note", text, "", action, about))

    def warn(
        self, text: str, details: str = "", action: Button | None = None, about: str = ""
    ) -> None:
        """Say something that a person should know; stays until closed."""
        self._add(Notice("warning", text, details, action, about))

    def error(
        self, text: str, details: str = "", action: Button | None = None, about: str = ""
    ) -> None:
        """Say that something failed; stays until closed."""
        self._add(Notice("bad", text, details, action, about))

    def settled(self, about: str) -> None:
        """What was said about this is no longer so."""
        self._waiting = [notice for notice in self._waiting if notice.about != about]
        for card in [card for card in self.cards if card.notice.about == about]:
            self.close_card(card)

    def show_in(self, window: QWidget, bottom: int = 0, right: Callable[[], int] = int) -> None:
        """Show cards in this window from now on, `bottom` pixels above its lower edge and `right`
        pixels beside the other, where there is room for that."""
        self._window = window
        self._bottom, self._right = bottom, right
        window.installEventFilter(self)
        waiting, self._waiting = self._waiting, []
        for notice in waiting:
            self._add(notice)

    def clear(self) -> None:
        """Close every card."""
        for card in list(self.cards):
            self.close_card(card)

    def close_card(self, card: "Card") -> None:
        """Close one card; the others move up."""
        if card in self.cards:
            self.cards.remove(card)
            card.hide()
            card.deleteLater()
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the cards in the corner."""
        if watched is self._window and event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return False

    def _add(self, notice: Notice) -> None:
        if self._window is None:
            self._waiting.append(notice)
            return
        for card in self.cards:
            if card.notice.text == notice.text:
                card.count_again()
                self._place()
                return
        if notice.about:
            self.settled(notice.about)
        card = Card(notice, self._window, self.close_card)
        self.cards.append(card)
        while len(self.cards) > LARGEST:
            self.close_card(self._least())
        # In its corner before it is shown: a card that appears under the mouse and is moved away
        # would count as being read.
        self._place()
        card.show()

    def _least(self) -> "Card":
        """The card that goes when there are too many: the oldest information, else the oldest."""
        return next((card for card in self.cards if card.notice.level == "note"), self.cards[0])

    def _place(self) -> None:
        if self._window is None:
            return
        width = min(WIDTH, self._window.width() - 2 * MARGIN)
        x = self._window.width() - width - MARGIN
        x -= min(self._right(), max(0, x - MARGIN))
        y = self._window.height() - self._bottom - MARGIN
        for card in reversed(self.cards):
            card.setFixedSize(width, card.rows.totalHeightForWidth(width))
            y -= card.height()
            card.move(QPoint(x, y))
            card.raise_()
            y -= 8


class Card(QFrame):
    """One notice with its buttons. Takes the keyboard focus only when a person gives it."""

    def __init__(self, notice: Notice, parent: QWidget, close: Callable[["Card"], None]) -> None:
        super().__init__(parent)
        self.notice = notice
        self._close = close
        self._seen = 1
        self.rows = QVBoxLayout(self)
        self.setProperty("floating", True)
        self.setAccessibleName(notice.text[:LONGEST])
        self.icon = label()
        self.text = label(_shortened(notice.text), wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.times = label("", "small")
        self.times.hide()
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=INFO_MS)
        self._timer.timeout.connect(self.dismiss)
        if notice.level == "note":
            self._timer.start()

    def dismiss(self) -> None:
        """Close this card."""
        self._close(self)

    def count_again(self) -> None:
        """The same was said once more."""
        self._seen += 1
        self.times.setText(f"{self._seen} times")
        self.times.show()
        if self._timer.isActive():
            self._timer.start()

    def _act(self) -> None:
        self.dismiss()
        if self.notice.action:
            self.notice.action[1]()

    def copy_details(self) -> None:
        """Text and details to the clipboard."""
        QGuiApplication.clipboard().setText(f"{self.notice.text}\n\n{self.notice.details}")
        self.copy.setText("Copied")

    def enterEvent(self, event: QEvent) -> None:
        """A card that is being read stays."""
        self._timer.stop()
        super().enterEvent(event)  # type: ignore[arg-type]

    def leaveEvent(self, event: QEvent) -> None:
        """Nobody reads it any more."""
        if self.notice.level == "note":
            self._timer.start()
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw the icon again when the colours change."""
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()
        super().changeEvent(event)

    def _draw_icon(self) -> None:
        names = {"note": "info", "warning": "warning", "bad": "error"}
        colour = getattr(tokens(), self.notice.level)
        self.icon.setPixmap(pixmap(names[self.notice.level], colour, 20, 2))

    def _copy_button(self) -> QPushButton:
        self.copy = QPushButton("Copy details")
        self.copy.setAccessibleName("Copy details")
        self.copy.clicked.connect(self.copy_details)
        return self.copy

    def _lay_out(self) -> None:
        self._draw_icon()
        shut = QToolButton()
        shut.setAccessibleName("Close this message")
        shut.setToolTip("Close this message")
        tint(shut, "close")
        shut.clicked.connect(self.dismiss)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.text.setContentsMargins(0, 2, 0, 2)
        top.addWidget(self.text, 1)
        top.addWidget(shut, 0, Qt.AlignmentFlag.AlignTop)
        rows = self.rows
        rows.setContentsMargins(12, 10, 8, 10)
        rows.setSpacing(8)
        rows.addLayout(top)
        if not (self.notice.details or self.notice.action):
            top.addWidget(self.times, 0, Qt.AlignmentFlag.AlignTop)
            return
        buttons = QHBoxLayout()
        buttons.setContentsMargins(30, 0, 4, 0)
        buttons.addWidget(self.times)
        buttons.addStretch(1)
        if self.notice.details:
            buttons.addWidget(self._copy_button())
        if self.notice.action:
            button = QPushButton(self.notice.action[0])
            button.clicked.connect(self._act)
            buttons.addWidget(button)
        rows.addLayout(buttons)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
