"""
The page of requests: the table of exchanges, and one of them in full.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.filter import Condition, to_text
from app.model import Kind
from app.store.requests import Wanted
from ui.actions import Action
from ui.context import Context
from ui.findkeys import find_with_keys
from ui.inspector.info import InfoView
from ui.inspector.raw import RawView
from ui.inspector.rawtext import Part
from ui.pages.emptystate import EmptyState
from ui.pages.requests.columns import KIND_WORD, request_columns
from ui.pages.requests.facts import sections
from ui.pages.requests.stream import RequestStream
from ui.plain import cell, clipboard, plural
from ui.table.model import PagedTableModel
from ui.table.view import EventTableView
from ui.theme import hairline, label

if TYPE_CHECKING:
    from app.store import Store
    from app.store.captures import Stored

TYPING_MS = 200
MOST_COPIED = 10_000
OTHERS = tuple(kind for kind in Kind if kind is not Kind.UPLOAD)


class RequestsPage(QWidget):
    """A list, newest on top, and the chosen one beside it.

    Signals:
        live_asked: the events of an upload are wanted in Live (a filter text).
    """

    live_asked = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._chosen: int | None = None
        self._shown: Stored | None = None
        self._projects: dict[int, str] = {}
        self.model = PagedTableModel(request_columns(self._projects), self._rows, self)
        self.stream = RequestStream(self.model, context.jobs, self)
        self.stream.projects = self._projects
        self.kind = QComboBox()
        self.search = QLineEdit()
        self.count = label("", "muted")
        self.table = EventTableView(self.model)
        self.setFocusProxy(self.table)
        self.info = InfoView()
        self.raw = RawView(context.jobs, parts=(Part.UPLOAD, Part.RESPONSE))
        self.live = QPushButton("Show events in Live")
        self._set_up()
        self._lay_out()
        self._connect()
        self._add_actions()

    def _set_up(self) -> None:
        self.kind.setAccessibleName("Kind of request")
        self.kind.setToolTip("Which kinds are shown")
        self.kind.setMinimumWidth(190)
        self.kind.addItem("Everything", ())
        self.kind.addItem("All but uploads", OTHERS)
        for kind, words in KIND_WORD.items():
            self.kind.addItem(words, (kind,))
        self.search.setAccessibleName("Find in addresses and descriptions")
        self.search.setPlaceholderText("Find in addresses and descriptions")
        find_with_keys(self, self.search, "A part of an address, or of what a request is")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(420)
        self.table.setAccessibleName("Requests, newest first")
        self.info.setAccessibleName("Facts of the selected request")
        self.live.setToolTip("Filter Live by this upload")
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self.nothing = EmptyState(
            "endpoint",
            "Nothing captured yet",
            "Every request that an SDK makes appears here: uploads, configurations, replays,"
            " flags, and its own code.",
            [("Connect an app", partial(self._context.actions.trigger, "go.connect"))],
        )
        self.no_match = EmptyState(
            "search",
            "Nothing like this",
            "No request has this kind and this text in its address or description.",
            [("Show everything", self.clear)],
            primary=False,
        )

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 10)
        head.setSpacing(12)
        head.addWidget(label("Requests", "title"))
        head.addWidget(self.kind)
        head.addWidget(self.search, 1)
        head.addStretch(1)
        head.addWidget(self.count)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("The selected request")
        self.tabs.addTab(self.info, "Contents")
        self.tabs.addTab(self.raw, "Raw")
        self.tabs.setMinimumWidth(340)
        self.tabs.setCornerWidget(self._corner())
        self.stack = QStackedWidget()
        # The table first: whether there is nothing is not known before the first answer.
        for part in (self.table, self.nothing, self.no_match):
            self.stack.addWidget(part)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.stack)
        split.addWidget(self.tabs)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([780, 440])
        self.tabs.hide()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(hairline())
        rows.addWidget(split, 1)

    def _corner(self) -> QWidget:
        """The button beside the tabs, away from the edge."""
        corner = QWidget()
        row = QHBoxLayout(corner)
        row.setContentsMargins(0, 2, 8, 2)
        row.addWidget(self.live)
        return corner

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._filter)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._filter)
        self._typing.timeout.connect(self._filter)
        self.stream.counted.connect(self._show_count)
        self.stream.failed.connect(self._fail)
        self.table.moved.connect(self.choose)
        self.table.left.connect(self.close_details)
        self.table.copying.connect(self.copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.live.clicked.connect(self._ask_for_events)
        self._context.feed.changed.connect(self._look_again)
        self._context.store.opened.connect(self._look_again)

    def _add_actions(self) -> None:
        self._context.actions.add(
            Action(
                "requests.others",
                "Show all requests but uploads",
                self.show_others,
                icon="endpoint",
                words="configuration replay experiment diagnostics",
            ),
            self,
        )
        self._context.actions.add(
            Action(
                "requests.live",
                "Show the events of this request in Live",
                self._ask_for_events,
                icon="live",
                words="upload stream",
                enabled=self._has_events,
            ),
            self,
        )

    # What is asked for

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._filter()

    def clear(self) -> None:
        """Show everything again."""
        self.search.clear()
        self.kind.setCurrentIndex(0)
        self._filter()

    def show_others(self) -> None:
        """Show what is no upload."""
        self.kind.setCurrentIndex(1)

    def choose(self, capture_id: int | None) -> None:
        """Show one exchange beside the list."""
        self._chosen = capture_id
        if capture_id is not None:
            self._load(capture_id)

    def _load(self, capture_id: int) -> None:
        def read(store: Store) -> Stored | None:
            return store.captures.get(capture_id)

        self._context.jobs.read(self, read, "chosen").then(self._show_chosen).catch(self._fail)

    def close_details(self) -> None:
        """Give the list all the room."""
        self.tabs.hide()
        self._chosen = None

    def _has_events(self) -> bool:
        """Whether what is shown brought events."""
        # Not what is current in the list, which may have been read anew meanwhile.
        if self._shown is None or self.tabs.isHidden():
            return False
        upload = self._shown.decoded.upload
        return upload is not None and bool(upload.events)

    def _ask_for_events(self) -> None:
        if self._shown and self._has_events():
            self._show_in_live(self._shown.id)

    def _show_in_live(self, upload: int) -> None:
        self.live_asked.emit(to_text(Condition("upload", str(upload))))

    def _show_menu(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        rows = self._rows([self.table.id_at(index.row())]) if index.isValid() else []
        if not rows:
            return
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = menu.addAction("Show events in Live", partial(self._show_in_live, rows[0].id))
        shown.setEnabled(rows[0].events > 0)
        menu.addSeparator()
        menu.addAction("Copy", self.copy)
        menu.popup(self.table.viewport().mapToGlobal(at))

    def copy(self) -> None:
        """Copy the selected rows, as a table with a heading."""
        ids = self.table.selected_ids(MOST_COPIED)
        lines = ["\t".join(column.title for column in self.model.columns)]
        lines += [
            "\t".join(cell(column.value(row)) for column in self.model.columns)
            for row in self._rows(ids)
        ]
        QGuiApplication.clipboard().setText(clipboard("\n".join(lines)))

    def _filter(self, _index: int = 0) -> None:
        self._typing.stop()
        if self._context.store.current is None:
            self._show_count()
            return
        # An item's data comes back as a list of texts.
        kinds = tuple(Kind(kind) for kind in self.kind.currentData())
        self.stream.show(Wanted(kinds, self.search.text().strip()[:200]))

    def _look_again(self) -> None:
        if not self.isVisible():
            return
        if self._context.store.current is None or not self.stream.stored:
            self._filter()
        else:
            self.stream.refresh()
        if self._chosen is not None and self._is_waiting():
            self._load(self._chosen)

    def _is_waiting(self) -> bool:
        """Whether the answer of what is shown may still come."""
        capture = self._shown.capture if self._shown else None
        return capture is not None and not capture.response and not capture.failure

    def _rows(self, ids: Sequence[int]) -> Sequence[Any]:
        return self._context.store.ask(lambda store: store.requests.rows(ids), [])

    # What is shown

    def _show_count(self) -> None:
        shown = len(self.model)
        if not self.stream.stored:
            self.stack.setCurrentWidget(self.nothing)
        else:
            self.stack.setCurrentWidget(self.table if shown else self.no_match)
        if self.stream.wanted:
            more = "" if self.stream.is_complete else "+"
            self.count.setText(f"{shown:,}{more} of {self.stream.stored:,}")
        else:
            self.count.setText(plural(shown, "request"))

    def _show_chosen(self, found: Stored | None) -> None:
        if found is None or found.id != self._chosen:
            return
        self.tabs.show()
        if found == self._shown:
            return
        self._shown = found
        self.live.setVisible(self._has_events())
        decoded = found.decoded
        key = (decoded.upload.api_key if decoded.upload else decoded.api_key) or ""
        self.info.show_sections(sections(found, self._name_of(key)))
        self.raw.show_capture(found.capture)

    def _name_of(self, key: str) -> str:
        def name(store: Store) -> str:
            return next((one.name for one in store.events.sources() if one.api_key == key), "")

        return self._context.store.ask(name, "") or key

    def _fail(self, error: AppError) -> None:
        self._context.notifications.warn(error.sentence)
