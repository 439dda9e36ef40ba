"""
A question in the page instead of a dialog: traffic goes on, nothing is blocked, Escape keeps.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from ui.theme import label


class ConfirmBar(QFrame):
    """Hidden until `ask`; then a sentence, the thing itself and the way out."""

    def __init__(self) -> None:
        super().__init__()
        self._run: Callable[[], object] | None = None
        self.setProperty("card", True)
        self.text = label("")
        self.yes = QPushButton("Remove")
        self.yes.setProperty("kind", "danger")
        self.yes.clicked.connect(self.accept)
        self.no = QPushButton("Keep")
        self.no.setToolTip("Keep everything  (Esc)")
        self.no.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.hide()

    def ask(self, text: str, title: str, run: Callable[[], object]) -> None:
        """Show the question. The way out has the focus."""
        self._run = run
        self.text.setText(text)
        self.yes.setText(title)
        self.yes.setAccessibleName(title)
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def accept(self) -> None:
        """Do it."""
        self.hide()
        if self._run:
            self._run()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
