"""
The filter box: text in, a filter's terms out.

What cannot be understood is said below the box, and what is shown stays as it is. A word that only
looks like a key is looked for as text, and that is said as well.
"""

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.errors import BadInput
from app.filter import EVERYTHING, Node, parse, to_text, unknown_keys
from app.model import Outcome, Via
from ui.plain import one_line
from ui.theme import label, tint

WAIT_MS = 150
PLACEHOLDER = 'Filter: any text, or type:"Button Clicked"  user:ada  outcome:rejected  -type:…'
HELP = (
    "Words are looked for in event types, ids and properties; all of them must match.\n"
    "type:  user:  device:  session:  project:  sdk:  look in one place only.\n"
    f"outcome:  is one of {', '.join(Outcome)};\n"
    f"via:  one of {', '.join(Via)}. The beginning is enough.\n"
    'A minus excludes: -type:$identify. Quotes keep spaces: type:"Button Clicked".\n'
    "Escape clears."
)


class FilterBar(QWidget):
    """The box and the line below it that says what is wrong.

    Signals:
        chosen: the conditions that are wanted now (a `Node`).
        left: a person is done here and wants to go to the events.
    """

    chosen = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query: Node = EVERYTHING
        self.box = _Box()
        self.box.setPlaceholderText(PLACEHOLDER)
        self.box.setAccessibleName("Filter events")
        self.box.setToolTip(f"{HELP}  (Ctrl+F, /)")
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.hint = label("", "muted", wrap=True)
        self.hint.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self.box)
        rows.addWidget(self.problem)
        rows.addWidget(self.hint)
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self.apply)
        self.box.textChanged.connect(lambda _text: self._later.start())
        self.box.returnPressed.connect(self._accept)
        self.box.escaped.connect(self._escape)
        self.box.went_down.connect(self.left)

    def set_text(self, text: str) -> None:
        """Put a filter into the box and use it at once."""
        self.box.setText(text)
        self.apply()

    def add(self, term: Node) -> None:
        """One more condition, unless it is there already."""
        text = to_text(term)
        present = self.box.text().strip()
        if text not in present.split():
            self.set_text(f"{present} {text}".strip())

    def clear(self) -> None:
        """Want everything."""
        self.set_text("")

    def take_focus(self) -> None:
        """Type here next."""
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def apply(self) -> None:
        """Read the box. Says what is wrong with it, or what is wanted now."""
        self._later.stop()
        try:
            query = parse(self.box.text())
        except BadInput as error:
            self._say(error.sentence)
            self._hint(())
            return
        self._say("")
        self._hint(tuple(one.word for one in unknown_keys(self.box.text())))
        if query != self.query:
            self.query = query
            self.chosen.emit(query)

    def _say(self, problem: str) -> None:
        self.problem.setText(one_line(problem))
        self.problem.setVisible(bool(problem))
        if self.box.property("problem") != bool(problem):
            self.box.setProperty("problem", bool(problem))
            self.box.style().unpolish(self.box)
            self.box.style().polish(self.box)

    def _hint(self, words: tuple[str, ...]) -> None:
        shown = ", ".join(f"“{word}”" for word in words[:3])
        self.hint.setText(one_line(f"No key {shown}; looked for as text." if words else ""))
        self.hint.setVisible(bool(words))

    def _accept(self) -> None:
        self.apply()
        if self.problem.isHidden():
            self.left.emit()

    def _escape(self) -> None:
        if self.box.text():
            self.clear()
        else:
            self.left.emit()


class _Box(QLineEdit):
    """A line edit that tells of Escape, with our own search and clear icons."""

    escaped = Signal()
    went_down = Signal()

    def __init__(self) -> None:
        super().__init__()
        search = QAction("Filter", self)
        tint(search, "search")
        self.addAction(search, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction("Clear the filter", self)
        self._clear.setToolTip("Clear the filter  (Esc)")
        tint(self._clear, "close")
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(button.defaultAction().text())
        # A pasted megabyte is no filter.
        self.setMaxLength(2000)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(320, 28))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)
