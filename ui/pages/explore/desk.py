"""
The Explore page once it is seen: the builder, the chart, the table, and what is behind a point.

Wiring only. `History` keeps the definition; each change is asked at once in the charts' thread,
where a newer question overtakes an older one; new events are loaded and asked for while the page
is visible.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.query import BadDefinition, Interrupted, Progress
from app.query.definition import AnyChart, EventSpec, PropertyRef
from ui.chartthread import ChartThread
from ui.context import Context
from ui.pages.emptystate import EmptyState
from ui.pages.explore import drafts, kinds
from ui.pages.explore.asking import Answer, answered, clock_at
from ui.pages.explore.behind import WIDTH as PANEL
from ui.pages.explore.behind import Behind, Spot
from ui.pages.explore.builder import WIDTH, Builder
from ui.pages.explore.controls import Controls
from ui.pages.explore.deeds import Deeds
from ui.pages.explore.figureview import FigureView
from ui.pages.explore.history import History
from ui.pages.explore.picker import Picker
from ui.pages.explore.vocabulary import Vocabulary, values, vocabulary
from ui.pages.ingestion.refresher import Refresher
from ui.plain import number, plural
from ui.theme import hairline, label

if TYPE_CHECKING:
    from app.query import Warehouse

TICK_MS = 1000
TYPING_MS = 250


class Desk(QWidget):
    """Everything of the page.

    Signals:
        live_asked: an event is wanted in Live (its id), or all that a filter text finds.
        person_asked: the person of an event is wanted (the event's id).
    """

    live_asked = Signal(object)
    person_asked = Signal(object)

    def __init__(self, context: Context, now_ms: Callable[[], int]) -> None:
        super().__init__()
        self._context = context
        self.folder = context.workspace
        self.asker = context.charts or ChartThread(context.workspace, self)
        self._now_ms = now_ms
        self.history: History[AnyChart] = History(kinds.empty())
        self.answer: Answer | None = None
        self.builder = Builder(self._look_up)
        self.controls = Controls()
        self.deeds = Deeds(self)
        self.figure = FigureView(self.deeds.actions)
        self.behind = Behind(context, self.asker)
        self.vocabulary = Vocabulary()
        self._refresher = Refresher(self._refresh, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._tick = QTimer(self, interval=TICK_MS)
        self._lay_out()
        self._connect()
        self._show_chart()

    def _lay_out(self) -> None:
        self.title = label("New chart", "title")
        self.facts = label("", "muted")
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Events are loaded")
        self.progress.hide()
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 6)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.facts)
        head.addStretch(1)
        self.head = head
        controls = QVBoxLayout()
        controls.setContentsMargins(12, 8, 12, 4)
        controls.addWidget(self.controls)
        controls.addWidget(self.problem)
        self.stack = QStackedWidget()
        self.nothing = EmptyState(
            "explore",
            "Pick an event",
            "How many people did it, how often, and who they are: the chart appears at once, and"
            " every point of it opens up.",
            [("Choose an event", self.builder.add_event)],
        )
        self.nobody = EmptyState(
            "explore",
            "Nothing was captured yet",
            "Charts are drawn from events that apps send. Connect one, or open the demo.",
            [("Connect an app", lambda: self._context.actions.trigger("go.connect"))],
        )
        for part in (self.nothing, self.nobody, self.figure):
            self.stack.addWidget(part)
        self.middle = QWidget()
        self.middle.setProperty("surface", True)
        self.middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(self.middle)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(controls)
        rows.addWidget(self.progress)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(self.stack)
        rows.addWidget(self.halves, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.builder)
        self.split.addWidget(self.middle)
        self.split.addWidget(self.behind)
        self.split.setStretchFactor(1, 1)
        self.behind.hide()
        self.split.setSizes([WIDTH, 3 * WIDTH])
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addLayout(head)
        page.addWidget(hairline())
        page.addWidget(self._writing_bar())
        page.addWidget(self.split, 1)

    def _writing_bar(self) -> QWidget:
        """What is being downloaded, and how to stop it."""
        self.writing = QWidget()
        self.writing_text = label("", "muted")
        stop = QPushButton("Stop")
        stop.setToolTip("Stop the download; what is in the file stays")
        stop.clicked.connect(self.deeds.cancel)
        self.writing_stop = stop
        row = QHBoxLayout(self.writing)
        row.setContentsMargins(16, 4, 12, 4)
        row.addWidget(self.writing_text)
        row.addSpacing(8)
        row.addWidget(stop)
        row.addStretch(1)
        self.writing.hide()
        return self.writing

    def _connect(self) -> None:
        self.builder.changed.connect(self.put)
        self.builder.typed.connect(self._type)
        self.controls.changed.connect(self.put)
        self.figure.told.connect(self.tell)
        self.deeds.written.connect(self._show_written)
        self.behind.closed.connect(self.close_behind)
        self.behind.live_asked.connect(self.live_asked)
        self.behind.person_asked.connect(self.person_asked)
        self._typing.timeout.connect(self.ask)
        self._tick.timeout.connect(self._look_at_time)
        self._tick.start()
        self.asker.progressed.connect(self._show_progress)
        self.asker.refreshed.connect(self._take_refreshed)
        self._context.feed.changed.connect(self._notice)
        self._context.store.opened.connect(self._notice)

    # What is shown

    @property
    def chart(self) -> AnyChart:
        """The definition that is shown."""
        return self.history.current

    def put(self, chart: AnyChart) -> None:
        """Show another definition; it can be undone."""
        self.history.put(chart)
        self._show_chart()

    def undo(self) -> None:
        """The definition before this one."""
        self.history.undo()
        self._show_chart()

    def redo(self) -> None:
        """The definition that was undone."""
        self.history.redo()
        self._show_chart()

    def clear(self) -> None:
        """Begin a new chart."""
        self.put(kinds.empty())

    def add_event(self, kind: str) -> None:
        """Add an event type that was chosen elsewhere."""
        self.put(kinds.with_event(self.chart, EventSpec("event", kind)))

    def _type(self, chart: AnyChart) -> None:
        self.history.put(chart, over=True)
        self._typing.start()

    def _show_chart(self) -> None:
        self.builder.clear_problem()
        self.builder.show_chart(self.chart)
        self.controls.show_chart(self.chart)
        self._context.actions.refresh()
        self.ask()

    # Asking

    def look(self) -> None:
        """The page is seen: catch up with what happened while nobody looked."""
        self._refresher.now()
        self.ask()

    def _notice(self, *_: object) -> None:
        if self.isVisible():
            self._refresher.ask()

    def _refresh(self) -> bool:
        if self._context.store.current is None or not self.isVisible():
            self._show_what_there_is()
            return False
        self.asker.refresh()
        return True

    def _take_refreshed(self, count: int) -> None:
        self._refresher.done()
        self.progress.hide()
        if not self.isVisible():
            return
        if count or not self.vocabulary.types:
            self.look_up_names()
        if count:
            self.ask()

    def look_up_names(self) -> None:
        """What can be chosen in the builder, anew."""
        folder = self.folder
        self.asker.ask(self, lambda warehouse: vocabulary(warehouse, folder), "names").then(
            self._show_names
        )

    def _look_at_time(self) -> None:
        """Intervals end although nothing arrives."""
        answer = self.answer
        if answer is None or not self.isVisible():
            return
        buckets = getattr(answer.figure, "buckets", None)
        if buckets and buckets.partial and self._now_ms() >= buckets.ends[min(buckets.partial)]:
            self.ask()

    def ask(self) -> None:
        """Ask the chart anew."""
        self._typing.stop()
        if self._context.store.current is None or not self.isVisible():
            self._show_what_there_is()
            return
        wanted = drafts.missing(self.chart)
        if wanted:
            self.asker.drop(self, "chart")
            self.answer = None
            self._show_what_there_is()
            return
        chart, folder, clock = self.chart, self._context.workspace, clock_at(self._now_ms())

        def work(warehouse: Warehouse) -> Answer:
            return answered(warehouse, chart, clock, folder)

        self.asker.ask(self, work, "chart").then(self._show_answer).catch(self.fail)

    def _show_answer(self, answer: Answer) -> None:
        self.answer = answer
        self.builder.clear_problem()
        self.problem.hide()
        self.figure.show_answer(answer)
        self.stack.setCurrentWidget(self.figure)
        self._show_facts()
        self._context.actions.refresh()

    def fail(self, error: AppError) -> None:
        """Say what is wrong, at its place if it has one here."""
        if isinstance(error, Interrupted):
            return
        if isinstance(error, BadDefinition) and self.builder.show_problem(
            error.path, error.problem
        ):
            self.problem.hide()
            return
        self.problem.setText(f"{error.sentence} {error.hint}".strip())
        self.problem.show()

    def _show_what_there_is(self) -> None:
        wanted = drafts.missing(self.chart)
        if self._context.store.current is None:
            self.stack.setCurrentWidget(self.nobody)
        elif wanted:
            self.nothing.title.setText(wanted)
            self.stack.setCurrentWidget(self.nothing)
            self.facts.setText("")
            self.problem.hide()

    def _show_facts(self) -> None:
        answer = self.answer
        if answer is None:
            return
        pruned = getattr(answer.figure, "pruned", 0)
        text = f"{plural(answer.took_ms, 'ms', 'ms')}"
        if pruned:
            text = f"{number(pruned)} smaller groups are left out  ·  {text}"
        self.facts.setText(text)

    def _show_progress(self, progress: Progress) -> None:
        if progress.wanted > 20_000 and progress.loaded < progress.wanted:
            self.progress.setRange(0, progress.wanted)
            self.progress.setValue(progress.loaded)
            self.progress.show()
            left = f"{number(progress.loaded)} of {number(progress.wanted)} events are loaded"
            self.facts.setText(left)

    def _show_names(self, found: Vocabulary) -> None:
        self.vocabulary = found
        self.builder.show_names(found)

    def _look_up(self, ref: PropertyRef, part: str, picker: Picker) -> None:
        job = self.asker.ask(picker, lambda warehouse: values(warehouse, ref, part), "values")
        job.then(picker.show_picks).catch(partial(_nothing_found, picker))

    # Points

    def look_behind(self, spot: Spot, tab: str) -> None:
        """Show who or what is behind a point, at the side."""
        if self.behind.isHidden():
            self.behind.show()
            sizes = self.split.sizes()
            whole = sum(sizes)
            self.split.setSizes([sizes[0], whole - sizes[0] - PANEL, PANEL])
        names = [name for scope, name, _ in self.vocabulary.properties if scope == "event"]
        self.behind.show_spot(spot, tab, names)
        self.behind.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_behind(self) -> None:
        """The chart alone again."""
        self.behind.hide()
        self.figure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_written(self, count: int | None) -> None:
        self.writing.setVisible(count is not None)
        if count is not None:
            self.writing_text.setText(f"{plural(count, 'person', 'people')} written…")

    def tell(self, sentence: str) -> None:
        """Say something in passing."""
        self._context.notifications.info(sentence)

    def layout_state(self) -> dict[str, Any]:
        """What is remembered of the arrangement."""
        return {"builder": self.split.sizes()[0]}


def _nothing_found(picker: Picker, error: AppError) -> None:
    picker.show_picks((), error.sentence)
