"""
What the built-in browser says itself: a bar under the address, and pages for failures and for the
beginning.

Widgets and plain text, never HTML, because both quote what a site said.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.theme import label


class NoticeBar(QFrame):
    """One sentence under the address line; hidden while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.text = label("", "warning", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(self.text, 1)
        self.hide()

    def show_text(self, sentence: str) -> None:
        """Say it."""
        self.text.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()

    def clear(self) -> None:
        """Nothing to say any more."""
        self.text.clear()
        self.hide()


class _Pane(QWidget):
    """Stands where the page would be: a title, and below it a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.title = label("", "title", wrap=True)
        self.sentence = label("", "muted", wrap=True)
        column = QWidget()
        column.setMaximumWidth(560)
        self.rows = QVBoxLayout(column)
        self.rows.setSpacing(8)
        self.rows.addWidget(self.title)
        self.rows.addWidget(self.sentence)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(column, 4)
        centre.addStretch(1)
        outer.addLayout(centre)
        outer.addStretch(3)

    def show_text(self, title: str, sentence: str) -> None:
        """Say it."""
        self.title.setText(title)
        self.sentence.setText(sentence)
        self.setAccessibleName(f"{title}. {sentence}")


class BlankPane(_Pane):
    """Before there is a page: what to do first. An empty page would be white in any theme."""

    def __init__(self) -> None:
        super().__init__()
        self.show_text(
            "Which site?",
            "Type its address above, such as localhost:3000 or staging.example.com, and press "
            "Enter. It opens through Eventscope, so what it sends is captured.",
        )


class ErrorPane(_Pane):
    """When a page cannot be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.retry = QPushButton("Try again")
        self.retry.setAccessibleName("Try again")
        self.rows.addSpacing(8)
        self.rows.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignLeft)
