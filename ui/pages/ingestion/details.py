"""
The tables below the charts, a tab each. Only the one that is seen is asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.store.spread import LAG_RANGES, SKEW_RANGES
from ui.charts import Chart
from ui.context import Context
from ui.pages.ingestion import questions
from ui.pages.ingestion.columns import (
    LATENCY_COLUMNS,
    SDK_COLUMNS,
    SIZE_COLUMNS,
    SPREAD_COLUMNS,
    Clock,
    chain_columns,
    limit_columns,
    reason_columns,
    upload_columns,
)
from ui.pages.ingestion.listtable import ListTable, csv_of
from ui.pages.ingestion.state import Span, State
from ui.plain import cell, clipboard, number, plural
from ui.refresher import Refresher
from ui.table.model import PagedTableModel
from ui.table.view import EventTableView
from ui.theme import label

if TYPE_CHECKING:
    from app.store import Store
    from app.store.report.rows import Spread, UploadRow

COPY_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: what it asks (None: nothing of its own), and how it shows the answer."""

    title: str
    view: QWidget
    ask: Callable[[Store], Any] | None = None
    show: Callable[[Any], object] | None = None


class Details(QWidget):
    """Tables about what is chosen in the charts.

    Signals:
        opened: an upload is wanted in detail (its id).
        left: Escape in a table.
        told: a sentence for the person.
    """

    opened = Signal(object)
    left = Signal()
    told = Signal(str)

    def __init__(
        self, context: Context, names: dict[int, str], clocks: Clock, replays: Chart
    ) -> None:
        super().__init__()
        self._context = context
        self.state = State()
        self.times: Span = (0, 0)
        self.now_ms = 0
        self.behind = 0
        self._ids = array("q")
        self.model = PagedTableModel(upload_columns(names, clocks), self._rows, self)
        self.uploads = EventTableView(self.model)
        self.uploads.setAccessibleName("Uploads, newest first")
        self.limits = ListTable("Users and devices held back", limit_columns(names, clocks))
        self.reasons = ListTable("Reasons, most frequent first", reason_columns(clocks))
        self.chains = ListTable("Uploads sent again, newest first", chain_columns(names, clocks))
        self.latencies = ListTable("Latency by endpoint", LATENCY_COLUMNS)
        self.lags = ListTable("How long events waited", SPREAD_COLUMNS)
        self.skews = ListTable("How far clocks were off", SPREAD_COLUMNS)
        self.sizes = ListTable("Bytes by endpoint", SIZE_COLUMNS)
        self.sdks = ListTable("SDK versions", SDK_COLUMNS)
        self.replays = replays
        self.adjusted = label("", "muted", wrap=True)
        self.recent = QPushButton("Last 30 minutes")
        self.ranged = QPushButton("Time of the charts")
        self._nothing: dict[int, Any] = {}
        self._refresher = Refresher(self._ask, self)
        self._make_tabs()
        self._connect()

    # Building

    def _make_tabs(self) -> None:
        self.tabs = (
            Tab("Uploads", self._sheet(self.uploads, "No upload here."), self._ask_uploads,
                self._show_uploads),
            Tab("Held back", self._limits_view(), self._ask_limits,
                partial(self._show_rows, self.limits)),
            Tab("Reasons", self._sheet(self.reasons, "Nothing was refused in this time."),
                lambda store: questions.reasons(store, self.state, self.times),
                partial(self._show_rows, self.reasons)),
            Tab("Retries", self._sheet(self.chains, "Nothing was sent again in this time."),
                lambda store: questions.chains(store, self.state, self.times),
                partial(self._show_rows, self.chains)),
            Tab("Latency", self._sheet(self.latencies, "No answer was measured in this time."),
                lambda store: questions.latencies(store, self.state, self.times),
                partial(self._show_rows, self.latencies)),
            Tab("Lag and skew", self._spread_view(),
                lambda store: questions.spread(store, self.state, self.times),
                self._show_spread),
            Tab("Sizes", self._sheet(self.sizes, "No upload in this time."),
                lambda store: questions.sizes(store, self.state, self.times),
                partial(self._show_rows, self.sizes)),
            Tab("SDKs", self._sheet(self.sdks, "No upload in this time."),
                lambda store: questions.sdks(store, self.state, self.times),
                partial(self._show_rows, self.sdks)),
            Tab("Session Replay", self.replays),
        )  # fmt: skip
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self.bar.setAccessibleName("Tables")
        self.stack = QStackedWidget()
        for tab in self.tabs:
            self.bar.addTab(tab.title)
            self.stack.addWidget(tab.view)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.stack)

    def _sheet(self, table: EventTableView, nothing: str) -> QWidget:
        """A table, or a sentence in its place."""
        stack = QStackedWidget()
        stack.addWidget(table)
        empty = QWidget()
        empty.setProperty("surface", True)
        empty.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(empty)
        sentence = label(nothing, "muted", wrap=True)
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rows.addWidget(sentence)
        stack.addWidget(empty)
        self._nothing[id(table)] = (stack, sentence, nothing)
        return stack

    def _limits_view(self) -> QWidget:
        view = QWidget()
        group = QButtonGroup(view)
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        tips = (
            "As Amplitude lists them: throttled in the last 30 minutes, and every silenced device",
            "All that were held back in the time that the charts show or that you chose there",
        )
        for button, tip in zip((self.recent, self.ranged), tips, strict=True):
            button.setCheckable(True)
            button.setToolTip(tip)
            button.setProperty("kind", "quiet")
            button.clicked.connect(self._refresher.now)
            group.addButton(button)
            row.addWidget(button)
        self.recent.setChecked(True)
        row.addStretch(1)
        rows = QVBoxLayout(view)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(row)
        rows.addWidget(self._sheet(self.limits, ""), 1)
        return view

    def _spread_view(self) -> QWidget:
        view = QWidget()
        both = QHBoxLayout()
        both.setSpacing(1)
        parts = (
            ("How long events waited on their device for the upload", self.lags,
             "No event says when it happened."),
            ("How far the clocks of devices were off", self.skews,
             "No upload says when it was sent."),
        )  # fmt: skip
        for title, table, nothing in parts:
            column = QVBoxLayout()
            column.setContentsMargins(0, 6, 0, 0)
            head = label(title, "section")
            head.setContentsMargins(8, 0, 8, 0)
            column.addWidget(head)
            column.addWidget(self._sheet(table, nothing), 1)
            both.addLayout(column, 1)
        self.adjusted.setContentsMargins(12, 6, 12, 0)
        rows = QVBoxLayout(view)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.adjusted)
        rows.addLayout(both, 1)
        return view

    def _connect(self) -> None:
        self.bar.currentChanged.connect(self._show_tab)
        self.uploads.opened.connect(self.opened)
        self.uploads.copying.connect(self.copy_uploads)
        for table, attribute in (
            (self.limits, "upload_id"),
            (self.reasons, "upload_id"),
            (self.chains, "last_id"),
        ):
            table.opened.connect(
                lambda line, table=table, name=attribute: self.opened.emit(
                    getattr(table.row(line), name)
                )
            )
        views: tuple[EventTableView, ...] = (self.uploads, *self.findChildren(ListTable))
        for view in views:
            view.left.connect(self.left)

    # Asking

    @property
    def tab(self) -> Tab:
        """The tab that is seen."""
        return self.tabs[self.bar.currentIndex()]

    def go_to(self, title: str) -> None:
        """Show a tab."""
        self.bar.setCurrentIndex([tab.title for tab in self.tabs].index(title))

    def look(self, state: State, times: Span, now_ms: int) -> None:
        """Show what is chosen now; asked at once when something else was chosen."""
        is_other = state != self.state or (times != self.times and not self._slides(times))
        self.state, self.times, self.now_ms = state, times, now_ms
        if is_other:
            self._refresher.now()
        else:
            self._refresher.ask()

    def _slides(self, times: Span) -> bool:
        """Whether only time went on."""
        return times[1] - times[0] == self.times[1] - self.times[0]

    def _show_tab(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self._refresher.now()

    def _ask(self) -> bool:
        tab = self.tab
        if tab.ask is None or not self.isVisible() or self._context.store.current is None:
            self._context.jobs.drop(self, "tab")
            return False

        def show(answer: Any) -> None:
            self._refresher.done()
            if tab.show:
                tab.show(answer)

        self._context.jobs.read(self, tab.ask, "tab").then(show).catch(self._fail)
        return True

    def _fail(self, error: AppError) -> None:
        self._refresher.done()
        self._context.notifications.error(error.sentence, error.hint)

    def _ask_uploads(self, store: Store) -> array[int]:
        return questions.uploads(store, self.state, self.times)

    def _ask_limits(self, store: Store) -> Any:
        recent = self.recent.isChecked()
        return questions.limits(store, self.state, self.times, self.now_ms, recent)

    # Showing

    def _rows(self, ids: Sequence[int]) -> Sequence[UploadRow]:
        nothing: list[UploadRow] = []
        return self._context.store.ask(lambda store: store.report.rows(ids), nothing)

    def _show_uploads(self, ids: array[int]) -> None:
        """New ones come on top, and the rest stays where it is."""
        known = self._ids
        newest = known[0] if known else 0
        # They fall from the beginning.
        fresh = bisect_right(ids, -newest - 1, key=lambda one: -one)
        if known and ids[fresh:] == known:
            self.model.prepend_newer(array("q", reversed(ids[:fresh])))
        elif ids != known:
            chosen = self.uploads.current_id()
            self.model.show_ids(ids)
            row = -1 if chosen is None else self.model.row_of(chosen)
            if row >= 0:
                self.uploads.selectRow(row)
        self._ids = ids
        self.model.look_again()
        self._show_nothing(self.uploads, bool(ids))

    def _show_rows(self, table: ListTable, rows: Sequence[Any]) -> None:
        table.show_rows(rows)
        said = ""
        if table is self.limits and not rows:
            said = (
                "No user or device was throttled in the last 30 minutes, and none is silenced."
                if self.recent.isChecked()
                else "No user or device was held back in this time."
            )
        self._show_nothing(table, bool(rows), said)

    def _show_spread(self, found: Spread) -> None:
        self._show_rows(self.lags, questions.shares(LAG_RANGES, found.lags))
        self._show_rows(self.skews, questions.shares(SKEW_RANGES, found.skews))
        count = found.adjusted
        came = "came with a clock that was off" if count == 1 else "came with clocks that were off"
        self.adjusted.setText(
            f"{plural(count, 'upload')} {came} by a minute or more: the times of their events"
            " are corrected."
            if count
            else "No clock was off by a minute or more: event times are used as they were sent."
        )

    def _show_nothing(self, table: EventTableView, has_rows: bool, said: str = "") -> None:
        stack, sentence, nothing = self._nothing[id(table)]
        # What is not read yet may be just what is looked for.
        reading = f"{plural(self.behind, 'capture')} {'is' if self.behind == 1 else 'are'} still"
        sentence.setText(f"{reading} being read." if self.behind else said or nothing)
        stack.setCurrentIndex(0 if has_rows else 1)

    def forget_cells(self) -> None:
        """Names or the zone changed."""
        self.model.forget_cells()
        for table in (self.limits, self.reasons, self.chains):
            table.forget_cells()

    # Copying

    def copy_uploads(self) -> None:
        """The selected uploads, as tab-separated values, to the clipboard."""
        columns = self.model.columns

        def text(rows: Sequence[UploadRow]) -> str:
            return "\n".join("\t".join(cell(one.value(row)) for one in columns) for row in rows)

        self._copy_ids(self.uploads.selected_ids(COPY_MOST), text)

    def copy_tab(self) -> None:
        """The whole table that is seen, as CSV, to the clipboard."""
        view = self.tab.view
        if view is self.replays:
            self.replays.copy_csv()
        elif self.tab.title == "Uploads":
            ids = list(self._ids[:COPY_MOST])
            self._copy_ids(ids, lambda rows: csv_of(self.model.columns, rows))
        else:
            tables = [table for table in view.findChildren(ListTable) if table.isVisible()]
            self._put("\r\n".join(table.csv() for table in tables))

    def _copy_ids(self, ids: Sequence[int], text: Callable[[Sequence[UploadRow]], str]) -> None:
        def read(store: Store) -> str:
            parts = (ids[at : at + 500] for at in range(0, len(ids), 500))
            return text([row for part in parts for row in store.report.rows(part)])

        def put(text: str) -> None:
            self._put(text)
            if len(ids) == COPY_MOST:
                self.told.emit(f"Copied the first {number(COPY_MOST)} uploads.")

        if ids:
            self._context.jobs.read(self, read, "copy").then(put)

    def _put(self, text: str) -> None:
        QGuiApplication.clipboard().setText(clipboard(text))
        self.told.emit("Copied the table.")
