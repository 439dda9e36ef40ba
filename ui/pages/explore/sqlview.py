"""
The SQL behind a chart, for the engine that somebody has.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QWidget

from app.query import DIALECTS, translated
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.popup import Popup
from ui.plain import clipboard
from ui.theme import label, mono_font

SIZE = (680, 440)


class SqlPopup(Popup):
    """Statements, to be read and copied.

    Signals:
        copied: the name of the dialect that was copied.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget, statements: Sequence[str]) -> None:
        super().__init__(parent, "SQL of this chart")
        self._statements = tuple(statements)
        self.dialect = Chooser("dialect", DIALECTS, "duckdb", "SQL for", lambda _key: self._show())
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(mono_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("SQL")
        self.entry = self.text
        copy = QPushButton("Copy SQL")
        copy.setProperty("kind", "primary")
        copy.clicked.connect(self._copy)
        self.copy = copy
        head = QHBoxLayout()
        head.addWidget(label("SQL of this chart", "strong"))
        head.addStretch(1)
        head.addWidget(self.dialect)
        head.addWidget(copy)
        self.rows.addLayout(head)
        self.rows.addWidget(self.text, 1)
        self.setFixedSize(*SIZE)
        self._show()

    def open_at(self, place: QPoint) -> None:
        """Show it with its right corner at a place."""
        super().open_at(place - QPoint(self.width(), 0))

    def _show(self) -> None:
        self.text.setPlainText(translated(self._statements, self.dialect.currentData()))
        self.dialect.updateGeometry()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(clipboard(self.text.toPlainText()))
        self.copied.emit(self.dialect.currentText())
        self.close()
