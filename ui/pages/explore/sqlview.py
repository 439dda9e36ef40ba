"""
The SQL behind a chart, for the engine that somebody has.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.query import DIALECTS, translated
from ui.pages.explore.pieces import Chooser
from ui.plain import clipboard
from ui.theme import label, mono_font

SIZE = (680, 440)


class SqlPopup(QFrame):
    """Statements, to be read and copied.

    Signals:
        copied: the name of the dialect that was copied.
    """

    copied = Signal(str)

    def __init__(self, parent: QWidget, statements: Sequence[str]) -> None:
        super().__init__(parent.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName("SQL of this chart")
        self._statements = tuple(statements)
        self.dialect = Chooser("dialect", DIALECTS, "duckdb", "SQL for", lambda _key: self._show())
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(mono_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName("SQL")
        copy = QPushButton("Copy SQL")
        copy.setProperty("kind", "primary")
        copy.clicked.connect(self._copy)
        self.copy = copy
        head = QHBoxLayout()
        head.addWidget(label("SQL of this chart", "strong"))
        head.addStretch(1)
        head.addWidget(self.dialect)
        head.addWidget(copy)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 12)
        rows.addLayout(head)
        rows.addWidget(self.text, 1)
        self._show()

    def open_at(self, place: QPoint) -> None:
        """Show it with its right corner at a place."""
        self.setFixedSize(*SIZE)
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        self.move(max(room.left(), place.x() - self.width()), place.y())
        self.show()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)

    def _show(self) -> None:
        self.text.setPlainText(translated(self._statements, self.dialect.currentData()))
        self.dialect.updateGeometry()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(clipboard(self.text.toPlainText()))
        self.copied.emit(self.dialect.currentText())
        self.close()
