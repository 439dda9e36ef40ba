"""
What the cards of the Connect page are made of: card, copy button, code to copy, segments.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui.captureprocess import CaptureProcess
from ui.plain import clipboard
from ui.theme import label, mono_font, pixmap, tint, tokens

COPIED_MS = 1600


class Card(QFrame):
    """A surface with a hairline, an icon, a title and a line below it."""

    def __init__(self, title: str, text: str = "", icon: str = "") -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setAccessibleName(title)
        self._icon = icon
        self._picture = label()
        self._picture.setFixedSize(QSize(20, 20))
        self.title = label(title, "strong")
        self.text = label(text, "muted", wrap=True)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self._picture)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(16, 12, 16, 14)
        self.rows.setSpacing(8)
        self.rows.addLayout(self.head)
        self.rows.addWidget(self.text)
        # Only what is inside something may be shown: by itself it would be a window for a moment.
        self._picture.setVisible(bool(icon))
        self.text.setVisible(bool(text))
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and "_picture" in self.__dict__:
            self._redraw()

    def _redraw(self) -> None:
        """Draw the icon in the colours in use now."""
        if self._icon:
            self._picture.setPixmap(pixmap(self._icon, tokens().muted, 20, 2))


class CopyButton(QPushButton):
    """Copies what `source` gives, and says that it did."""

    def __init__(self, what: str, source: Callable[[], str], *, text: bool = True) -> None:
        super().__init__()
        self._source = source
        self._what = what
        self._text = text
        self.setProperty("copy", True)
        self.setProperty("framed", text)
        self.setToolTip(f"Copy {what}")
        self.setIconSize(QSize(16, 16))
        self._back = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._back.timeout.connect(self._show_ready)
        self.clicked.connect(self.copy)
        self._show_ready()

    def sizeHint(self) -> QSize:
        """Wide enough for both words, so that nothing moves when it is pressed."""
        width = 16 + 14
        if self._text:
            width += self.fontMetrics().horizontalAdvance("Copied") + 8
        return QSize(width, super().sizeHint().height())

    def copy(self) -> None:
        """To the clipboard."""
        text = self._source()
        if not text:
            return
        QGuiApplication.clipboard().setText(clipboard(text))
        self._show("check", "good", "Copied", is_copied=True)
        self.setAccessibleName(f"Copied {self._what}")
        self._back.start()

    def _show_ready(self) -> None:
        self._show("copy", "muted", "Copy", is_copied=False)
        self.setAccessibleName(f"Copy {self._what}")

    def _show(self, icon: str, role: str, text: str, *, is_copied: bool) -> None:
        tint(self, icon, role)
        self.setText(text if self._text else "")
        self.setProperty("copied", is_copied)
        self.style().unpolish(self)
        self.style().polish(self)


class Picker(QComboBox):
    """A choice from a list, as wide as its longest entry."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(12)


class CodeBox(QFrame):
    """Text to copy, in a monospace face. Tab moves on, as nothing is typed here."""

    def __init__(self, what: str, least: int) -> None:
        super().__init__()
        self._least = least
        self.edit = QPlainTextEdit()
        self.edit.setProperty("code", True)
        self.edit.setReadOnly(True)
        self.edit.setTabChangesFocus(True)
        self.edit.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.edit.setFont(mono_font())
        self.edit.setAccessibleName(what)
        self.edit.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy = CopyButton(what, self.edit.toPlainText)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.edit)
        self.set_lines(least)

    def set_lines(self, lines: int) -> None:
        """Make it as high as this many lines need, and a scroll bar."""
        height = self.edit.fontMetrics().lineSpacing() * lines
        self.edit.setFixedHeight(height + 12 + 8 + 14)

    def set_text(self, text: str) -> None:
        """What to show and copy."""
        if text != self.edit.toPlainText():
            self.edit.setPlainText(text)
            self.set_lines(max(self._least, text.count("\n") + 1))


class Segments(QFrame):
    """A few choices side by side, one of them chosen. Arrow keys move between them.

    Signals: `chosen` with the key, when a person chose.
    """

    chosen = Signal(str)

    def __init__(
        self, name: str, choices: Sequence[tuple[str, str]], tips: Mapping[str, str]
    ) -> None:
        super().__init__()
        self.setProperty("segments", True)
        self.setAccessibleName(name)
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for key, title in choices:
            button = QPushButton(title)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {title}")
            button.setToolTip(tips[key])
            button.clicked.connect(lambda _checked=False, key=key: self.chosen.emit(key))
            button.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            button.toggled.connect(self._let_tab_find_the_chosen)
            self._group.addButton(button)
            self.buttons[key] = button
            row.addWidget(button)

    @property
    def key(self) -> str:
        """The key of the choice that is checked, or an empty text."""
        return next((key for key, button in self.buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Check a choice without saying so."""
        if key in self.buttons:
            self.buttons[key].setChecked(True)

    def _let_tab_find_the_chosen(self) -> None:
        policy = Qt.FocusPolicy
        for button in self.buttons.values():
            button.setFocusPolicy(policy.StrongFocus if button.isChecked() else policy.ClickFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = list(self.buttons)
        key = keys[(keys.index(self.key) + step) % len(keys)] if self.key else keys[0]
        self.buttons[key].setFocus()
        self.buttons[key].click()


class WhileRunning(QWidget):
    """What makes sense only while capture runs, and one sentence where it would be otherwise.

    Shown through a restart, so that nothing jumps when the capture process comes back.
    """

    def __init__(self, capture: CaptureProcess, sentence: str) -> None:
        super().__init__()
        self._capture = capture
        self._was_shown = False
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(8)
        self.sentence = label(sentence, "muted", wrap=True)
        both = QVBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.addWidget(self.sentence)
        both.addWidget(self.body)
        capture.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show one or the other."""
        state = self._capture.state
        shows = state == "listening" or (state == "starting" and self._was_shown)
        self._was_shown = shows
        self.body.setVisible(shows)
        self.sentence.setVisible(not shows)


def hairline() -> QFrame:
    """A line across."""
    line = QFrame()
    line.setProperty("line", True)
    line.setFixedHeight(1)
    return line


def beside(*parts: QWidget | QLayout | int, spacing: int = 8) -> QHBoxLayout:
    """Parts in a row; a number is how much a gap stretches."""
    row = QHBoxLayout()
    row.setSpacing(spacing)
    for part in parts:
        if isinstance(part, int):
            row.addStretch(part)
        elif isinstance(part, QLayout):
            row.addLayout(part)
        else:
            row.addWidget(part)
    return row


def value(text: str = "") -> QLabel:
    """An address, path or fingerprint: monospace, selectable."""
    shown = label(text)
    shown.setFont(mono_font())
    shown.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return shown
