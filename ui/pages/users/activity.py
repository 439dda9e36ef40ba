"""
Activity: days to choose from, filters, the timeline, and charts of ticked events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.store.people.activity import NO_EVENTS, START, Cursor, Line, Page, Wanted
from ui.context import Context
from ui.pages.emptystate import EmptyState
from ui.pages.users.days import Days, DayStrip, bounds, by_day
from ui.pages.users.kept import Kept
from ui.pages.users.lines import MOST_TICKED
from ui.pages.users.searching import Searching
from ui.pages.users.timeline import Timeline
from ui.plain import number, one_line, plural
from ui.theme import hairline, label, tint

if TYPE_CHECKING:
    from app.store import Store
    from app.store.people.activity import ActivityRow

MOST_LIVE = 3000
"""With more lines than this in view, newer ones wait for a click."""
MOST_TYPES = 60
SHOW_ALL, HIGHLIGHT, ONLY = range(3)


class ActivityPane(QWidget):
    """What one person did.

    Signals:
        chosen: the number of the event that is looked at, or None.
        chart_saved: a Definition.
    """

    chosen = Signal(object)
    chart_saved = Signal(object)

    def __init__(self, context: Context, kept: Kept) -> None:
        super().__init__()
        self._context = context
        self._kept = kept
        self._person: int | None = None
        self._devices: tuple[str, ...] = ()
        self._types: list[tuple[str, int]] = []
        self._chosen_types: list[str] = []
        self._chosen_devices: list[str] = []
        self._after: Cursor | None = None
        self._is_reading = False
        self._shown: Wanted | None = None
        self._wanted_event: int | None = None
        self.days = DayStrip()
        self.timeline = Timeline(context.store)
        self.nothing = EmptyState("clock", "Nothing in this range", "Nothing.", (
            ("Show everything", self.show_everything),))  # fmt: skip
        self.searching = Searching()
        self.searching.stopped.connect(self._stop)
        self._make_bar()
        self._make_foot()
        self._lay_out()
        self.days.chosen.connect(lambda _days: self._begin())
        self.timeline.chosen.connect(self.chosen)
        self.timeline.near_end.connect(self._read_on)
        self.timeline.lines.ticked.connect(self._show_ticks)
        self.timeline.lines.tick_refused.connect(self._refuse_tick)

    def _make_bar(self) -> None:
        self.types = _menu_button("Events", "filter", "Choose event types")
        self.devices = _menu_button("Devices", "phone", "Show the events of some devices only")
        self.mode = QComboBox()
        self.mode.setAccessibleName("What becomes of chosen event types")
        self.mode.setToolTip("What becomes of the chosen event types")
        self.mode.addItems(["Show all", "Highlight chosen", "Only chosen"])
        self.mode.currentIndexChanged.connect(lambda _at: self._use_types())
        self.calls = QToolButton()
        self.calls.setText("Identifies")
        self.calls.setCheckable(True)
        self.calls.setChecked(True)
        self.calls.setAccessibleName("Show identify calls")
        self.calls.setToolTip("Show identify calls, which are no events, among them")
        self.calls.toggled.connect(lambda _on: self._begin())
        self.range = label("", "muted")
        self.newer = QPushButton("Show newer events")
        self.newer.setProperty("kind", "pill")
        self.newer.clicked.connect(lambda _checked=False: self._begin())
        self.newer.hide()

    def _make_foot(self) -> None:
        self.foot = QFrame()
        self.foot.setProperty("bar", True)
        self.ticks = label("", "strong")
        clear = QPushButton("Clear")
        clear.setProperty("kind", "quiet")
        clear.setToolTip("Tick nothing")
        clear.clicked.connect(lambda _checked=False: self.timeline.lines.untick_all())
        self.segmentation = QPushButton("Segmentation")
        self.funnel = QPushButton("Funnel")
        self.segmentation.setToolTip("Keep a chart of how often the ticked events happen")
        self.funnel.setToolTip("Keep a chart of how many come from one ticked event to the next")
        for button in (self.segmentation, self.funnel):
            tint(button, "chart")
        self.segmentation.clicked.connect(lambda _checked=False: self._chart("segmentation"))
        self.funnel.clicked.connect(lambda _checked=False: self._chart("funnel"))
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(16, 6, 12, 6)
        row.addWidget(self.ticks)
        row.addWidget(clear)
        row.addStretch(1)
        row.addWidget(label("Create chart:", "muted"))
        row.addWidget(self.segmentation)
        row.addWidget(self.funnel)
        self.foot.hide()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 0, 12, 6)
        bar.setSpacing(4)
        for widget in (self.types, self.mode, self.devices, self.calls):
            bar.addWidget(widget)
        bar.addStretch(1)
        bar.addWidget(self.newer)
        bar.addWidget(self.range)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.timeline)
        self.stack.addWidget(self.nothing)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 6, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.days)
        rows.addLayout(bar)
        rows.addWidget(hairline())
        rows.addWidget(self.searching)
        rows.addWidget(self.stack, 1)
        rows.addWidget(self.foot)

    # What is shown

    def show_person(
        self,
        person: int | None,
        devices: Sequence[str] = (),
        replays: Sequence[int] = (),
        event: int | None = None,
    ) -> None:
        """Show somebody else, from the newest on; or from the day of one of their events."""
        self._person = person
        self._chosen_types, self._chosen_devices = [], []
        self._wanted_event = event
        self.mode.blockSignals(True)
        self.mode.setCurrentIndex(SHOW_ALL)
        self.mode.blockSignals(False)
        self.timeline.lines.untick_all()
        self.timeline.lines.show_lines([])
        self.timeline.lines.highlighted = frozenset()
        self.days.show_days({}, keep=False)
        self._know(devices, replays)
        if person is not None:
            self._read_overview(keep=False)
            self._begin()

    def show_newer(self, devices: Sequence[str], replays: Sequence[int]) -> None:
        """Something was added to what this person did."""
        if self._person is None:
            return
        self._know(devices, replays)
        self._read_overview(keep=True)
        if len(self.timeline.lines.lines) > MOST_LIVE:
            self.newer.show()
        else:
            self._begin(again=True)

    def show_everything(self) -> None:
        """No filter and no range."""
        self._chosen_types, self._chosen_devices = [], []
        self.mode.setCurrentIndex(SHOW_ALL)
        self.calls.setChecked(True)
        self.days.days = None
        self.days.update()
        self._use_types()

    def open_event(self, event: int) -> None:
        """Look at one event, wherever it is."""
        if not self.timeline.select_event(event):
            self._wanted_event = event
            self._find_day(event)

    def wanted(self) -> Wanted:
        """Which part of the activity is shown."""
        start, end = bounds(self.days.days) if self.days.days else (None, None)
        types = tuple(self._chosen_types) if self.mode.currentIndex() == ONLY else ()
        return Wanted(
            self._person or 0,
            start,
            end,
            types,
            tuple(self._chosen_devices),
            self.calls.isChecked(),
        )

    def _know(self, devices: Sequence[str], replays: Sequence[int]) -> None:
        self._devices = tuple(devices)
        self.timeline.lines.shows_devices = len(devices) > 1
        self.timeline.lines.replays = frozenset(replays)
        self.devices.setVisible(len(devices) > 1)

    def _read_overview(self, *, keep: bool) -> None:
        person = self._person or 0

        def read(store: Store) -> tuple[list[tuple[str, int]], list[tuple[int, int]]]:
            return store.people.activity.types(person), store.people.activity.quarters(person)

        def show(found: tuple[list[tuple[str, int]], list[tuple[int, int]]]) -> None:
            self._types = found[0]
            self.days.show_days(by_day(found[1]), keep=keep)
            self._fill_menus()

        self._context.jobs.read(self, read, "overview").then(show).catch(self._fail)

    def _begin(self, *, again: bool = False) -> None:
        """Read from the newest on; `again` stays where a person is."""
        wanted = self.wanted()
        count = max(300, len(self.timeline.lines.lines)) if again else 300
        self.newer.hide()
        self._is_reading = True
        self.searching.begin()

        def read(store: Store) -> Page:
            return store.people.activity.page(wanted, START, count)

        def show(page: Page) -> None:
            self._show_first(wanted, page, again)

        self._context.jobs.read(self, read, "page").then(show).catch(self._fail)

    def _stop(self) -> None:
        """What was found so far stays, and scrolling on looks further; what was shown before
        another question goes."""
        self._context.jobs.drop(self, "page")
        self._is_reading = False
        if self._shown != self.wanted():
            self._after = None
            self.timeline.lines.show_lines([])
            self.stack.setCurrentWidget(self.nothing)
            self.nothing.title.setText("Stopped")
            self.nothing.text.setText("Not everything was looked through.")
            self.nothing.buttons[0].show()

    def _show_first(self, wanted: Wanted, page: Page, again: bool) -> None:
        self._is_reading = False
        self.searching.end()
        if wanted != self.wanted():
            return
        self._after, self._shown = page.after, wanted
        self.timeline.lines.forget_rows()
        if again:
            if page.lines != self.timeline.lines.lines:
                self.timeline.show_again(page.lines)
            else:
                self.timeline.viewport().update()
        else:
            self.timeline.lines.show_lines(page.lines)
            self.timeline.scrollToTop()
        self._show_state(wanted, page.lines)
        if self._wanted_event is not None and self.timeline.select_event(self._wanted_event):
            self._wanted_event = None

    def _show_state(self, wanted: Wanted, lines: Sequence[Line]) -> None:
        self.stack.setCurrentWidget(self.timeline if lines else self.nothing)
        if not lines:
            is_all = wanted == Wanted(wanted.person)
            title = "Nothing is stored any more" if is_all else "Nothing in this range"
            text = "No event of this person is in these days and filters."
            if is_all:
                text = "The events of this person were removed to keep the size cap."
            self.nothing.title.setText(title)
            self.nothing.text.setText(text)
            self.nothing.buttons[0].setVisible(not is_all)
        self.range.setText(_range_text(self.days.days))

    def _read_on(self) -> None:
        """The next lines."""
        after, wanted = self._after, self.wanted()
        if after is None or self._is_reading:
            return
        self._is_reading = True
        self.searching.begin()

        def read(store: Store) -> Page:
            return store.people.activity.page(wanted, after)

        def add(page: Page) -> None:
            self._is_reading = False
            self.searching.end()
            if wanted == self.wanted() and self._after is after:
                self._after = page.after
                self.timeline.lines.add_lines(page.lines)

        self._context.jobs.read(self, read, "page").then(add).catch(self._fail)

    def _find_day(self, event: int) -> None:
        nothing: list[int] = []
        times = self._context.store.ask(
            lambda store: [row.time_ms for row in store.people.activity.rows([event])], nothing
        )
        day = next(iter(by_day((time // 900_000, 1) for time in times)), None)
        if day is not None:
            self._chosen_devices = []
            self.mode.setCurrentIndex(SHOW_ALL)
            self.calls.setChecked(True)
            self.days.choose((day, day))

    def _fail(self, error: AppError) -> None:
        self._is_reading = False
        self.searching.end()
        self._context.notifications.error(error.sentence, error.hint, about="users")

    # Filters

    def _fill_menus(self) -> None:
        _fill(self.types, [(kind, count) for kind, count in self._types[:MOST_TYPES]],
              self._chosen_types, self._choose_type)  # fmt: skip
        _fill(self.devices, [(device, None) for device in self._devices[:MOST_TYPES]],
              self._chosen_devices, self._choose_device)  # fmt: skip

    def _choose_type(self, kind: str, wanted: bool) -> None:
        _set(self._chosen_types, kind, wanted)
        if self._chosen_types and self.mode.currentIndex() == SHOW_ALL:
            self.mode.setCurrentIndex(HIGHLIGHT)
        elif not self._chosen_types and self.mode.currentIndex() != SHOW_ALL:
            self.mode.setCurrentIndex(SHOW_ALL)
        else:
            self._use_types()

    def _use_types(self) -> None:
        mode = self.mode.currentIndex()
        chosen = frozenset(self._chosen_types) if mode == HIGHLIGHT else frozenset()
        self.timeline.lines.highlighted = chosen
        self.timeline.viewport().update()
        self._fill_menus()
        self._begin()

    def _choose_device(self, device: str, wanted: bool) -> None:
        _set(self._chosen_devices, device, wanted)
        self._fill_menus()
        self._begin()

    # Charts

    def _show_ticks(self) -> None:
        count = len(self.timeline.lines.ticks)
        self.foot.setVisible(count > 0)
        self.ticks.setText(f"{plural(count, 'event')} ticked")
        self.funnel.setEnabled(count > 1)

    def _refuse_tick(self) -> None:
        self._context.notifications.info(f"A chart is made of at most {MOST_TICKED} events.")

    def _chart(self, kind: str) -> None:
        ids = list(self.timeline.lines.ticks)
        nothing: list[ActivityRow] = []
        rows = self._context.store.ask(lambda store: store.people.activity.rows(ids), nothing)
        events = [(row.time_ms, row.id, row.type) for row in rows if row.type not in NO_EVENTS]
        types = [kind for _, _, kind in sorted(events)]
        if not types or (kind == "funnel" and len(types) < 2):
            self._context.notifications.info("Identify calls are no events: tick something else.")
            return
        # Imported here: it brings the engine of charts, which a page of people can open without.
        from ui.pages.users.charting import chart_of

        name, body = chart_of(kind, types)
        try:
            saved = self._kept.save_chart(name, body)
        except AppError as error:
            self._fail(error)
            return
        self.timeline.lines.untick_all()
        self.chart_saved.emit(saved)


def _range_text(days: Days | None) -> str:
    if days is None:
        return "All days"
    first, last = (f"{day.day} {day:%b}" for day in days)
    return first if first == last else f"{first} to {last}"


def _menu_button(text: str, icon: str, title: str) -> QToolButton:
    button = QToolButton()
    tint(button, icon)
    button.setText(text)
    button.setProperty("framed", True)
    button.setToolButtonStyle(button.toolButtonStyle().ToolButtonTextBesideIcon)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setToolTip(title)
    button.setAccessibleName(title)
    menu = QMenu(button)
    button.setMenu(menu)
    return button


def _fill(button: QToolButton, entries, chosen: list[str], choose) -> None:  # type: ignore[no-untyped-def]
    """Entries (text and count) to check, and one that unchecks all."""
    menu = button.menu()
    menu.clear()
    for text, count in entries:
        shown = one_line(text, 60).replace("&", "&&")
        action = QAction(f"{shown}\t{number(count)}" if count is not None else shown, menu)
        action.setCheckable(True)
        action.setChecked(text in chosen)
        action.toggled.connect(lambda on, text=text: choose(text, on))
        menu.addAction(action)
    words = button.text().partition(" (")[0]
    button.setText(f"{words} ({len(chosen)})" if chosen else words)
    if chosen:
        menu.addSeparator()
        menu.addAction("None of these", lambda: [choose(text, False) for text in list(chosen)])


def _set(chosen: list[str], text: str, wanted: bool) -> None:
    if wanted and text not in chosen:
        chosen.append(text)
    elif not wanted and text in chosen:
        chosen.remove(text)
