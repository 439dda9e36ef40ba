"""
Ingestion (Ingestion Debugger): three charts of what was sent and taken, and what is behind them.

Wiring only: `State` is what a person chose, `questions` are asked in workers, `Points` does what is
asked of a chart, `Details` shows the tables. New traffic makes the newest bins grow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.store.report import Frame, Scope
from app.store.report.rows import Bins
from app.store.report.scope import Which
from ui.charts import Chart, ChartData
from ui.charts.ticks import span_text
from ui.context import Context
from ui.pages.emptystate import EmptyState
from ui.pages.ingestion import questions, statuses
from ui.pages.ingestion.columns import Clock
from ui.pages.ingestion.commands import commands
from ui.pages.ingestion.details import Details
from ui.pages.ingestion.elsewhere import Elsewhere
from ui.pages.ingestion.head import Head
from ui.pages.ingestion.points import Points, filter_text
from ui.pages.ingestion.state import EVERY, FRAME_WORDS, Span, State, which_of
from ui.pages.ingestion.uploadpanel import UploadPanel
from ui.plain import number, plural, short_key
from ui.refresher import Refresher
from ui.theme import hairline, label, vertical_hairline
from ui.warming import Opening

if TYPE_CHECKING:
    from app.store import Store

TICK_MS = 1000
PANEL_WIDTH = 420
CHART_SHARE, TABLE_SHARE = 9, 11


def now() -> int:
    """The time now, in milliseconds."""
    return time.time_ns() // 1_000_000


class IngestionPage(QWidget):
    """Charts above, tables below, one upload at the side.

    Signals:
        live_asked: an event is wanted in Live (its id), or all that a filter text finds.
        people_asked: something of `points.PEOPLE` is wanted with who is behind uploads (their
            numbers).
    """

    live_asked = Signal(object)
    people_asked = Signal(str, object)

    def __init__(self, context: Context, now_ms: Callable[[], int] = now) -> None:
        super().__init__()
        self._context = context
        self._now_ms = now_ms
        self.state = State()
        self.names: dict[int, str] = {}
        self.clocks = Clock()
        self._sources: questions.Sources = ()
        self.answer: questions.Charts | None = None
        """What the charts show, once it is there."""
        self.panel: UploadPanel | None = None
        self._is_built = False
        self._opening: Opening | None = None
        self._refresher = Refresher(self._ask, self)
        self._tick = QTimer(self, interval=TICK_MS)
        for action in commands(self):
            context.actions.add(action, self)

    def _build(self) -> None:
        """When it is first seen: what draws charts takes longer to load than a window does."""
        self._is_built = True
        self.head = Head()
        self.elsewhere = Elsewhere()
        self.points = Points(self._context, lambda: self.state.scope, self)
        self.charts = {
            "successes": self._chart("Successful requests", "successes"),
            "events": self._chart("Events and identifies", "events"),
            "errors": self._chart("Error requests", "errors"),
        }
        self.replays = self._chart(
            "Session Replay requests", "replays", "No replay was sent in this time"
        )
        self.details = Details(self._context, self.names, self.clocks, self.replays)
        self._lay_out()
        self.head.show_frame(self.state.frame)
        self.head.utc.setChecked(self.clocks.is_utc)
        self._connect()
        self._show_zone(self.clocks.is_utc)
        self.stack.setCurrentWidget(self.nothing)

    # Building

    def _chart(self, title: str, name: str, nothing: str = "Nothing in this time") -> Chart:
        chart = Chart(title, "bars", partial(self.points.actions, name), nothing)
        chart.picked.connect(partial(self.points.pick, name))
        chart.brushed.connect(partial(self._brush, name))
        chart.told.connect(self._tell)
        return chart

    def _lay_out(self) -> None:
        charts = QWidget()
        charts.setProperty("surface", True)
        charts.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(charts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for at, chart in enumerate(self.charts.values()):
            if at:
                row.addWidget(vertical_hairline())
            row.addWidget(chart, 1)
        below = QWidget()
        rows = QVBoxLayout(below)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._tab_row())
        rows.addWidget(hairline())
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.details)
        self.split.setStretchFactor(0, 1)
        rows.addWidget(self.split, 1)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(charts)
        self.halves.addWidget(below)
        self.halves.setStretchFactor(0, CHART_SHARE)
        self.halves.setStretchFactor(1, TABLE_SHARE)
        self.halves.setSizes([CHART_SHARE * 40, TABLE_SHARE * 40])
        self.stack = QStackedWidget()
        self.nothing = EmptyState(
            "ingestion",
            "Nothing was sent yet",
            "Requests that apps send appear here: how many are taken, how many are refused, and"
            " why.",
            [("Connect an app", lambda: self._context.actions.trigger("go.connect"))],
        )
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.halves)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.head)
        page.addWidget(hairline())
        page.addWidget(self.elsewhere)
        page.addWidget(self.stack, 1)

    def _tab_row(self) -> QHBoxLayout:
        actions = self._context.actions
        self.chosen = label("", "muted")
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.details.bar)
        row.addStretch(1)
        row.addWidget(self.chosen)
        row.addSpacing(4)
        self.chosen_buttons: dict[str, QToolButton] = {}
        for name in ("zoom", "all", "live", "copy"):
            button = self.chosen_buttons[name] = actions.button(f"ingestion.{name}")
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        context = self._context
        context.feed.changed.connect(self._refresh)
        context.store.opened.connect(self._refresh)
        if context.study is not None:
            context.study.studied.connect(self._refresh)
        self._tick.timeout.connect(self._look_at_time)
        self._tick.start()
        self.elsewhere.all_asked.connect(partial(self.choose_frame, Frame.ALL))
        self.head.frame_chosen.connect(self.choose_frame)
        self.head.scope_chosen.connect(self.choose_scope)
        self.head.zone_chosen.connect(self._show_zone)
        self.points.tab_asked.connect(self.details.go_to)
        self.points.chosen.connect(self.choose)
        self.points.zoom_asked.connect(self.zoom)
        self.points.live_asked.connect(self.live_asked)
        self.points.people_asked.connect(self.people_asked)
        self.details.opened.connect(self.inspect)
        self.details.left.connect(self._leave)
        self.details.told.connect(self._tell)

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        warming = self._context.warming
        if self._is_built or warming is None or warming.is_warm:
            self._open()
        elif self._opening is None:
            self._opening = Opening(self, warming, self._open)
        super().showEvent(event)

    def _open(self) -> None:
        if not self._is_built:
            self._build()
        if self._opening is not None:
            self._opening.hide()
        self._refresher.now()

    def built(self, run: Callable[[], object]) -> Callable[[], object]:
        """It may be asked for while the page opens."""

        def do() -> None:
            if not self._is_built:
                self._open()
            run()

        return do

    def _refresh(self, *_: object) -> None:
        if self.isVisible():
            self._refresher.ask()

    def _look_at_time(self) -> None:
        """Bins end although nothing arrives."""
        answer = self.answer
        if answer is None or self.state.zoomed or self.state.frame is Frame.ALL:
            return
        if self._now_ms() >= answer.bins.window.end_ms:
            self._refresh()

    def _ask(self) -> bool:
        if self._context.store.current is None or not self.isVisible():
            return False
        state, at_ms = self.state, self._now_ms()

        def read(store: Store) -> questions.Charts:
            return questions.charts(store, state, at_ms)

        self._context.jobs.read(self, read, "charts").then(self._show).catch(self._fail)
        return True

    def _fail(self, error: AppError) -> None:
        self._refresher.done()
        self._context.notifications.error(error.sentence, error.hint)

    # Showing

    def _show(self, answer: questions.Charts) -> None:
        self._refresher.done()
        self.answer = answer
        self._take_sources(answer.sources)
        self.head.show_choices(answer.choices, self.names)
        bins = answer.bins
        # Later bins hold what clocks of other machines said.
        partial_bin = bins.window.bin_of(answer.now_ms)
        for name, make in (
            ("successes", statuses.successes),
            ("events", statuses.events),
            ("errors", statuses.errors),
        ):
            self.charts[name].show_data(make(bins, partial_bin))
        self.replays.show_data(statuses.replays(bins, partial_bin))
        self._show_counts(bins)
        is_blank = not any(_total(chart.data) for chart in self._all_charts())
        self.elsewhere.look(answer, self.state, is_empty=is_blank)
        is_known = not bins.waiting and not bins.behind
        is_empty = answer.whole is None and is_known and not self.state.scope
        self.stack.setCurrentWidget(self.nothing if is_empty else self.halves)
        self._show_brush()
        self._look_at_details()
        self._context.actions.refresh()

    def _look_at_details(self) -> None:
        if self.answer is not None:
            times = self.state.times(self.answer.bins.window)
            self.details.behind = self.answer.bins.behind
            self.details.look(self.state, times, self.answer.now_ms)

    def _take_sources(self, sources: questions.Sources) -> None:
        if sources != self._sources:
            self._sources = sources
            self.names.clear()
            self.names.update((one, name or short_key(key)) for one, key, name in sources)
            self.details.forget_cells()

    def _show_counts(self, bins: Bins) -> None:
        taken = sum(bins.successes)
        refused = sum(map(sum, bins.errors.values()))
        text = plural(taken + refused, "request")
        if refused:
            text += f"  ·  {refused / (taken + refused) * 100:.1f} % refused"
        if bins.waiting:
            text += f"  ·  {number(bins.waiting)} waiting for an answer"
        self.head.counts.setText(text)
        self.head.behind.setText(
            f"{number(bins.behind)} captures are still being read" if bins.behind else ""
        )

    def _all_charts(self) -> tuple[Chart, ...]:
        return (*self.charts.values(), self.replays)

    def _show_brush(self) -> None:
        for chart in self._all_charts():
            chart.show_brush(self.state.span)

    def _show_zone(self, is_utc: bool) -> None:
        self.clocks.is_utc = is_utc
        for chart in self._all_charts():
            chart.show_zone(UTC if is_utc else None)
        self.details.forget_cells()
        self._show_choice()
        self._context.actions.refresh()

    def _tell(self, sentence: str) -> None:
        self._context.notifications.info(sentence)

    # Choosing

    @property
    def is_choosing(self) -> bool:
        """Whether the tables are about less than the charts show."""
        return self.state.span is not None or self.state.which != EVERY

    def choose_frame(self, frame: Frame) -> None:
        """Show this time frame."""
        self._choose(replace(self.state, frame=frame, zoomed=None, span=None, which=EVERY))

    def choose_scope(self, scope: Scope) -> None:
        """Count these requests only."""
        self._choose(replace(self.state, scope=scope))

    def choose(self, span: Span | None, which: Which = EVERY) -> None:
        """Let the tables be about these requests."""
        self._choose(replace(self.state, span=span, which=which))

    def choose_nothing(self) -> None:
        """Let the tables be about all that the charts show."""
        self.choose(None)

    def zoom(self) -> None:
        """Let the charts show the chosen range."""
        span = self.state.span
        if span is not None:
            self._choose(replace(self.state, zoomed=span, span=None))

    def toggle_utc(self) -> None:
        """Times in UTC, or in the person's own zone."""
        self.head.utc.toggle()

    def _choose(self, state: State) -> None:
        if state == self.state:
            return
        before, self.state = self.state, state
        self.head.show_frame(None if state.zoomed else state.frame)
        self._show_choice()
        if (before.frame, before.zoomed, before.scope) == (state.frame, state.zoomed, state.scope):
            self._show_brush()
            self._look_at_details()
        else:
            self._refresher.now()
        self._context.actions.refresh()

    def _show_choice(self) -> None:
        state, zone = self.state, UTC if self.clocks.is_utc else None
        if state.span is not None:
            when = span_text(*state.span, zone)
        elif state.zoomed is not None:
            when = span_text(*state.zoomed, zone)
        else:
            when = FRAME_WORDS[state.frame][1].capitalize()
        which = state.which
        what = str(which.what).capitalize() if which != EVERY else ""
        if which.status is not None:
            what = statuses.word(which.status)
        self.chosen.setText(f"{what}, {when}" if what else when)
        for name in ("zoom", "all"):
            button = self.chosen_buttons[name]
            button.setVisible(state.span is not None if name == "zoom" else self.is_choosing)

    def _brush(self, name: str, span: Span | None) -> None:
        if span is None:
            self.choose(None)
            return
        which = EVERY if name != "replays" else which_of("", "replays")
        if name == "errors":
            which = which_of("", "errors")
        self.choose(span, which)

    def show_in_live(self) -> None:
        """The events of the chosen time, in Live."""
        if self.answer is not None:
            times = self.state.times(self.answer.bins.window)
            self.live_asked.emit(filter_text(times))

    def copy_table(self) -> None:
        """The table that is seen, to the clipboard."""
        self.details.copy_tab()

    # One upload

    @property
    def is_inspecting(self) -> bool:
        """Whether an upload is open."""
        return self.panel is not None and not self.panel.isHidden()

    def inspect(self, upload_id: int) -> None:
        """Open an upload."""
        if self.panel is None:
            # Made when first wanted: the page does not need it.
            self.panel = UploadPanel(self._context, self.names)
            self.panel.closed.connect(self.close_panel)
            self.panel.live_asked.connect(self.live_asked)
            self.split.addWidget(self.panel)
            self.split.setStretchFactor(1, 0)
            width = max(self.split.width(), 2 * PANEL_WIDTH)
            self.split.setSizes([width - PANEL_WIDTH, PANEL_WIDTH])
        self.panel.show()
        self.panel.show_upload(upload_id)
        self._context.actions.refresh()

    def close_panel(self) -> None:
        """Give its room to the table."""
        if self.panel is not None:
            self.panel.hide()
            self._context.actions.refresh()
            self.details.uploads.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_panel(self) -> None:
        """Open the upload of the current line, or close it."""
        current = self.details.uploads.current_id()
        if self.is_inspecting:
            self.close_panel()
        elif current is not None:
            self.inspect(current)

    def _leave(self) -> None:
        if self.is_inspecting:
            self.close_panel()
        elif self.is_choosing:
            self.choose_nothing()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_choosing:
            self.choose_nothing()
        else:
            super().keyPressEvent(event)

    # What is remembered

    def layout_state(self) -> dict[str, Any]:
        """The frame and the zone, for the next start."""
        return {"frame": str(self.state.frame), "utc": self.clocks.is_utc}

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """As it was; before it is first seen."""
        frame = str(state.get("frame"))
        if frame in set(Frame):
            self.state = replace(self.state, frame=Frame(frame))
        self.clocks.is_utc = state.get("utc") is True


def _total(data: ChartData) -> float:
    return sum(one.total for one in data.series)
