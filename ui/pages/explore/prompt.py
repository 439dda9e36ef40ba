"""
A line to type a name into, below what it is for; Enter takes it, Escape puts it away.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ui.pages.explore.popup import TextForm

WIDTH = 340


class Prompt(TextForm):
    """Asks for one line of text; `take` gets it."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        button: str,
        take: Callable[[str], object],
        text: str = "",
        *,
        may_be_empty: bool = False,
    ) -> None:
        """`may_be_empty` tells whether no text at all is an answer, too."""
        super().__init__(parent, title, button, title, text, may_be_empty=may_be_empty)
        self._take = take
        self.text.setPlaceholderText("")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        self.rows.addLayout(row)
        self.setFixedWidth(WIDTH)

    @property
    def field(self) -> QLineEdit:
        """Where the text is typed."""
        return self.text

    def take(self) -> None:
        self._take(self.text.text().strip())
