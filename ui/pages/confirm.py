"""
A question in the page instead of a dialog: traffic goes on, nothing is blocked, Escape keeps.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.theme import label


class ConfirmBar(QFrame):
    """Hidden until `ask`; then a sentence, the thing itself and the way out. Where there is little
    room beside each other (`is_narrow`) the buttons are below the sentence, which is never cut."""

    def __init__(self, *, is_narrow: bool = False) -> None:
        super().__init__()
        self._before: QWidget | None = None
        self._run: Callable[[], object] | None = None
        self.setProperty("card", True)
        self.text = label("", wrap=is_narrow)
        self.yes = QPushButton("Remove")
        self.yes.setProperty("kind", "danger")
        self.yes.clicked.connect(self.accept)
        self.no = QPushButton("Keep")
        self.no.setToolTip("Keep everything  (Esc)")
        self.no.clicked.connect(self.leave)
        row = QHBoxLayout()
        row.setSpacing(8)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 6, 8, 6)
        rows.setSpacing(8)
        if is_narrow:
            rows.addWidget(self.text)
            row.addStretch(1)
        else:
            row.addWidget(self.text, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        rows.addLayout(row)
        self.hide()

    def ask(self, text: str, title: str, run: Callable[[], object]) -> None:
        """Show the question. The way out has the focus."""
        self._run = run
        if not self.isVisible():
            self._before = QApplication.focusWidget()
        self.text.setText(text)
        self.yes.setText(title)
        self.yes.setAccessibleName(title)
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept(self) -> None:
        """Do it."""
        self.leave()
        if self._run:
            self._run()

    def leave(self) -> None:
        """Put it away. The keyboard goes back to where it was: left to itself, Qt would give it to
        the first thing in the window."""
        focus = QApplication.focusWidget()
        if focus and self.isAncestorOf(focus) and self._before and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
