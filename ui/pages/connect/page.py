"""
The page with a card for each way to get traffic in, and one for what becomes of it.
"""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.actions import Action
from ui.browser.opener import BrowserOpener
from ui.browser.telling import Telling
from ui.browser.toasts import Toaster
from ui.context import Context
from ui.pages.connect.builtin import BuiltInCard
from ui.pages.connect.capture import CaptureCard
from ui.pages.connect.delivery import DeliveryCard
from ui.pages.connect.devices import DevicesCard
from ui.pages.connect.endpoint import EndpointCard
from ui.pages.connect.importing import ImportCard
from ui.pages.connect.installed import InstalledCard
from ui.pages.connect.terminal import TerminalCard
from ui.pages.connect.trust import TrustCard
from ui.theme import label

NARROW = 860
WIDEST = 1240


class ConnectPage(QWidget):
    """Cards in two columns, or one where there is no room for two."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        capture, jobs = context.capture, context.jobs
        self.opener = BrowserOpener(capture, context.notifications, self)
        self.toaster = Toaster(context, self)
        self.opener.opened.connect(self.toaster.attach)
        self.telling = Telling(context, self)
        self.opener.opened.connect(self.telling.attach)
        self.capture = CaptureCard(capture)
        self.delivery = DeliveryCard(capture, partial(context.actions.trigger, "go.faults"))
        self.trust = TrustCard(capture, jobs)
        self.builtin = BuiltInCard(capture, context.settings, context.notifications, self.opener)
        self.installed = InstalledCard(capture, context.settings, jobs, context.notifications)
        self.terminal = TerminalCard(capture, jobs)
        self.endpoint = EndpointCard(capture)
        self.devices = DevicesCard(capture, context.settings)
        self.importing = ImportCard(capture)
        self._columns: list[QBoxLayout] = []
        self._lay_out()
        self._add_actions(context)
        self.setAcceptDrops(True)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shutdown)

    def shutdown(self) -> None:
        """Close the browsers that were opened here. May be called more than once."""
        self.opener.shutdown()
        self.installed.shutdown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = QBoxLayout.Direction
        direction = side.TopToBottom if self.width() < NARROW else side.LeftToRight
        for columns in self._columns:
            columns.setDirection(direction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        self.importing.read_files(paths)
        event.acceptProposedAction()

    def _add_actions(self, context: Context) -> None:
        capture = context.capture

        def is_listening() -> bool:
            return capture.state == "listening"

        table = (
            Action(
                "capture.toggle",
                "Start or stop capture",
                self.capture.toggle,
                ("Ctrl+E",),
                "play",
                "record listen proxy",
            ),
            Action(
                "connect.shop",
                "Open the demo shop",
                self.builtin.show_shop,
                icon="shop",
                words="built-in browser",
                enabled=is_listening,
            ),
            Action(
                "connect.check",
                "Check that capture works",
                self.trust.run_check,
                icon="shield",
                words="certificate probe tls",
                enabled=is_listening,
            ),
            Action(
                "connect.import",
                "Import files…",
                self.importing.show_dialog,
                ("Ctrl+O",),
                "import",
                "har ndjson open",
                enabled=is_listening,
            ),
        )
        for action in table:
            context.actions.add(action, self)

    def _lay_out(self) -> None:
        body = QWidget()
        body.setMaximumWidth(WIDEST)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(24, 20, 24, 24)
        rows.setSpacing(12)
        rows.addWidget(label("Connect", "title"))
        rows.addWidget(self.capture)
        rows.addLayout(self._side_by_side([self.delivery], [self.trust]))
        rows.addSpacing(4)
        rows.addWidget(label("Ways to get traffic in", "section"))
        rows.addLayout(
            self._side_by_side(
                [self.builtin, self.installed, self.devices, None],
                [self.terminal, self.endpoint, self.importing, None],
            )
        )
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("Connect")
        area.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _side_by_side(self, *columns: list[QWidget | None]) -> QBoxLayout:
        """Columns of parts; None takes the room that is left."""
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(12)
        for parts in columns:
            column = QVBoxLayout()
            column.setSpacing(12)
            for part in parts:
                if part is None:
                    column.addStretch(1)
                else:
                    column.addWidget(part)
            row.addLayout(column, 1)
        self._columns.append(row)
        return row
