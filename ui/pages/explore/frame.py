"""
How the page is laid out: the builder at the left, the chart with its controls and its table in
the middle, what is behind a point at the right; with what is said when there is no chart.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.pages.emptystate import EmptyState
from ui.pages.explore import drafts
from ui.pages.explore.behind import WIDTH as PANEL
from ui.pages.explore.builder import Builder
from ui.pages.explore.controls import Controls
from ui.pages.explore.figureview import FigureView
from ui.pages.explore.head import Head
from ui.pages.explore.kinds import STARTERS
from ui.pages.explore.pinned import PinnedCharts
from ui.pages.explore.shell import WIDTH
from ui.pages.explore.table import Breakdown
from ui.plain import number, plural
from ui.theme import hairline, label

ROOM_FOR_THREE = 1100


class Frame(QWidget):
    """Holds the parts of the page.

    Signals:
        connecting: somebody without events wants to connect an app.
        shopping: or to see the demo shop.
        starting: a chart that everybody can begin with is wanted: see `kinds.STARTERS`.
        stopped: the download is to stop.
    """

    connecting = Signal()
    shopping = Signal()
    starting = Signal(str)
    stopped = Signal()

    def __init__(
        self, head: Head, builder: Builder, controls: Controls, figure: FigureView,
        table: Breakdown, pinned: PinnedCharts,
    ) -> None:  # fmt: skip
        super().__init__()
        self._builder, self._figure = builder, figure
        self._panel: QWidget | None = None
        self._table = table
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Events are loaded")
        self.progress.hide()
        self.stack = QStackedWidget()
        self.nothing = EmptyState(
            "explore",
            "Pick an event",
            "How many people did it, how often, and who they are: the chart appears at once, and"
            " every point of it opens up.",
            [
                ("Choose an event", self._choose_event),
                *(
                    (title, partial(self.starting.emit, key))
                    for key, (title, _) in STARTERS.items()
                ),
            ],
        )
        self.nobody = EmptyState(
            "explore",
            "Nothing was captured yet",
            "Charts are drawn from events that apps send. Connect one, or click through the demo"
            " shop.",
            [("Connect an app", self.connecting.emit), ("Open the demo shop", self.shopping.emit)],
        )
        for part in (self.nothing, self.nobody, figure, pinned):
            self.stack.addWidget(part)
        # They are about one chart.
        self.stack.currentChanged.connect(
            lambda _: controls.setVisible(self.stack.currentWidget() is not pinned)
        )
        self._lay_out(head, self._middle(controls, table))

    def _middle(self, controls: Controls, table: Breakdown) -> QWidget:
        middle = QWidget()
        middle.setProperty("surface", True)
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        above = QVBoxLayout()
        above.setContentsMargins(12, 8, 12, 4)
        above.addWidget(controls)
        above.addWidget(self.problem)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.stack)
        halves.addWidget(table)
        halves.setStretchFactor(0, 3)
        halves.setStretchFactor(1, 2)
        halves.setSizes([420, 260])
        rows = QVBoxLayout(middle)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(above)
        rows.addWidget(self.progress)
        rows.addWidget(halves, 1)
        return middle

    def _lay_out(self, head: Head, middle: QWidget) -> None:
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        for part in (self._builder, middle):
            self.split.addWidget(part)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([WIDTH, 3 * WIDTH])
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(head)
        page.addWidget(hairline())
        page.addWidget(self._writing_bar())
        page.addWidget(self.split, 1)

    def _writing_bar(self) -> QWidget:
        """What is being downloaded, and how to stop it."""
        self.writing = QWidget()
        self._writing_text = label("", "muted")
        self.stop = QPushButton("Stop")
        self.stop.setToolTip("Stop the download; what is in the file stays")
        self.stop.clicked.connect(self.stopped)
        row = QHBoxLayout(self.writing)
        row.setContentsMargins(16, 4, 12, 4)
        row.addWidget(self._writing_text)
        row.addSpacing(8)
        row.addWidget(self.stop)
        row.addStretch(1)
        self.writing.hide()
        return self.writing

    def _choose_event(self) -> None:
        self._builder.choose_event(self.nothing.buttons[0])

    # What is said

    def show_problem(self, text: str) -> None:
        """Say what is wrong; empty when nothing is."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def show_missing(self, wanted: str) -> None:
        """There is no chart before somebody does this."""
        self._table.hide()
        self.nothing.title.setText(wanted)
        for starter in self.nothing.buttons[1:]:
            starter.setVisible(wanted == drafts.PICK)
        self.stack.setCurrentWidget(self.nothing)
        self.show_problem("")

    def show_written(self, count: int | None) -> None:
        """How much of a download is there; None when it is over."""
        self.writing.setVisible(count is not None)
        if count is not None:
            self._writing_text.setText(f"{plural(count, 'row')} written…")

    def show_loading(self, loaded: int, wanted: int) -> str:
        """How many events are loaded, as a bar; and in words."""
        self.progress.setRange(0, wanted)
        self.progress.setValue(loaded)
        self.progress.show()
        return f"{number(loaded)} of {number(wanted)} events are loaded"

    def show_figure(self) -> None:
        """Show the chart; the keyboard goes there from what stood in its place."""
        # Of the window: a list that was just chosen from may still have it.
        before, focused = self.stack.currentWidget(), self.window().focusWidget()
        had_keyboard = before is not None and before.isAncestorOf(focused or self)
        self.stack.setCurrentWidget(self._figure)
        if had_keyboard and before is not self._figure:
            self.take_keyboard()

    def take_keyboard(self) -> None:
        """To the chart, or to what there is to be done before there is one."""
        shown = self.stack.currentWidget()
        if shown is self._figure:
            self._figure.take_keyboard(Qt.FocusReason.OtherFocusReason)
        elif isinstance(shown, EmptyState):
            shown.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # The panel at the right

    def add_panel(self, panel: QWidget) -> None:
        """What is behind a point goes here; it is not shown yet."""
        panel.hide()
        self.split.addWidget(panel)
        self._panel = panel

    def open_panel(self) -> None:
        """Make room for what is behind a point."""
        panel = self._panel
        if panel is None or not panel.isHidden():
            return
        # In a small window there is room for two of the three.
        self._builder.setVisible(self.width() >= ROOM_FOR_THREE)
        panel.show()
        sizes = self.split.sizes()
        whole = sum(sizes)
        self.split.setSizes([sizes[0], whole - sizes[0] - PANEL, PANEL])

    def close_panel(self) -> None:
        """The chart alone again."""
        if self._panel is not None:
            self._panel.hide()
        self._builder.show()
        self._figure.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def builder_width(self) -> int:
        """How wide the builder is."""
        return int(self.split.sizes()[0])

    def restore(self, width: object) -> None:
        """The builder as wide as it was, if that is a width."""
        if type(width) is int and 0 < width < 2 * WIDTH:
            self.split.setSizes([width, 3 * WIDTH])
