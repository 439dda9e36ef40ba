"""
Loads what draws and answers charts before somebody asks for one.

It is more than the rest of the window: most of a second at once. So it is loaded a piece at a time
once the window is complete, and faster when somebody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

BEGIN_MS = 1500
PAUSE_MS = 80
TYPES = ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets")
"""pyqtgraph asks for every type of these, and each is made when it is first asked for."""
MODULES = (
    "numpy",
    "sqlglot",
    "duckdb",
    "app.query.definition",
    "app.query.warehouse",
    "app.query.charts",
    "app.query",
    "pyqtgraph",
    "ui.charts.plot",
    "ui.pages.ingestion.details",
    "ui.pages.explore.funnelview",
    "ui.pages.explore.desk",
)


class Warming(QObject):
    """Loads them in the GUI thread: types of Qt must not be made in two threads.

    Signals:
        warmed: everything is there.
    """

    warmed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = [*TYPES, *MODULES]
        self._timer = QTimer(self, interval=BEGIN_MS)
        self._timer.timeout.connect(self._load)

    @property
    def is_warm(self) -> bool:
        """Whether everything is there."""
        return not self._left

    def begin(self) -> None:
        """The window is complete."""
        if not self.is_warm and not self._timer.isActive():
            self._timer.start()

    def hurry(self) -> None:
        """Somebody waits."""
        if not self.is_warm:
            self._timer.start(0)

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()

    def _load(self) -> None:
        if self._timer.interval() == BEGIN_MS:
            self._timer.setInterval(PAUSE_MS)
        name = self._left.pop(0)
        module = import_module(name)
        if name in TYPES:
            for one in dir(module):
                getattr(module, one)
        if self.is_warm:
            self._timer.stop()
            self.warmed.emit()


class Opening(QWidget):
    """Lies over a page that opens, until everything is there; then calls `build`. It says so, or
    shows a `shell` of the page."""

    def __init__(
        self,
        page: QWidget,
        warming: Warming,
        build: Callable[[], object],
        shell: QWidget | None = None,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._build = build
        self._hurry: Callable[[], object] | None = warming.hurry
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(shell or _said())
        self.setGeometry(page.rect())
        page.installEventFilter(self)
        warming.warmed.connect(self._end)
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._hurry is not None:
            # Only once it is seen: what follows holds the window in small pieces.
            QTimer.singleShot(0, self, self._hurry)
            self._hurry = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._page:
            self.setGeometry(self._page.rect())
        return False

    def _end(self) -> None:
        # Not deleted: the page may hide it once more.
        self.hide()
        self._page.removeEventFilter(self)
        if self._page.isVisible():
            self._build()


def _said() -> QLabel:
    said = QLabel("Opening…")
    said.setTextFormat(Qt.TextFormat.PlainText)
    said.setProperty("role", "muted")
    said.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return said
