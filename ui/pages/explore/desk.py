"""
The Explore page once it is seen: the builder, the chart, the table, and what is behind a point.

Wiring only. `History` keeps the definition; each change is asked at once in the charts' thread,
where a newer question overtakes an older one; new events are loaded and asked for while the page
is visible.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
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
from app.query import (
    BadDefinition,
    Figure,
    Funnel,
    Interrupted,
    Progress,
    Segmentation,
    read,
    written,
)
from app.query.definition import AnyChart, EventSpec, Journeys, PropertyRef
from app.store.definitions import Definition
from ui.charts.data import Mark
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
from ui.pages.explore.drafts import finished
from ui.pages.explore.drawing import identity_of, usual
from ui.pages.explore.figureview import FigureView
from ui.pages.explore.head import Head
from ui.pages.explore.history import History
from ui.pages.explore.marks import marks
from ui.pages.explore.picker import Picker
from ui.pages.explore.pinned import PinnedCharts
from ui.pages.explore.prompt import Prompt
from ui.pages.explore.saved import Kept, forget, keep, kept_charts, pin
from ui.pages.explore.sqlview import SqlPopup
from ui.pages.explore.table import Breakdown
from ui.pages.explore.vocabulary import Vocabulary, values, vocabulary
from ui.pages.ingestion.refresher import Refresher
from ui.plain import clipboard, number, one_line, plural
from ui.theme import hairline, label

if TYPE_CHECKING:
    from app.query import Warehouse

TICK_MS = 1000
TYPING_MS = 250
ROOM_FOR_THREE = 1100
MOST_REMEMBERED = 1000


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
        self.kept: Kept | None = None
        self._has_marks = False
        self._picked: set[tuple[object, ...]] | None = None
        self.builder = Builder(self._look_up)
        self.controls = Controls()
        self.deeds = Deeds(self)
        self.figure = FigureView(self.deeds.actions)
        self.behind = Behind(context, self.asker)
        self.vocabulary = Vocabulary()
        self._refresher = Refresher(self._refresh, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._tick = QTimer(self, interval=TICK_MS)
        self._make_parts()
        self._lay_out()
        self._connect()
        self._show_chart()

    def _make_parts(self) -> None:
        self.head = Head(self._context.actions)
        self.facts = self.head.facts
        self.table = Breakdown()
        self.table.hide()
        self.pinned = PinnedCharts(self._ask_pinned)
        self.pinned.opened.connect(self.open_chart)
        self.pinned.closed.connect(self.leave_pinned)

    def _lay_out(self) -> None:
        self.problem = label("", "bad", wrap=True)
        self.problem.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Events are loaded")
        self.progress.hide()
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
        for part in (self.nothing, self.nobody, self.figure, self.pinned):
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
        self.halves.addWidget(self.table)
        self.halves.setStretchFactor(0, 3)
        self.halves.setStretchFactor(1, 2)
        self.halves.setSizes([420, 260])
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
        page.addWidget(self.head)
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
        self.head.opened.connect(self.open_chart)
        self.head.pinned.connect(self.pin)
        self.head.removed.connect(self.remove)
        self.head.renamed.connect(self.rename)
        self.head.copying.connect(self.copy)
        self.table.checked.connect(self._check)
        self.table.reset.connect(self._check_usual)
        self.builder.changed.connect(self.put)
        self.builder.typed.connect(self._type)
        self.controls.changed.connect(self.put)
        self.figure.told.connect(self.tell)
        self.figure.changed.connect(self.put)
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
        if self.stack.currentWidget() is self.pinned:
            self.stack.setCurrentWidget(self.figure if self.answer else self.nothing)
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
        self.kept, self._picked = None, None
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
        self._show_kept()
        self._context.actions.refresh()
        self.ask()

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        """Here and not in the page: what is made while the page is shown is visible only later."""
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """The page is seen: catch up with what happened while nobody looked."""
        self._refresher.now()
        self.look_up_charts()
        self._has_marks = False
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
        if not self._has_marks:
            self._has_marks = True
            self.look_up_marks()
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
        is_elsewhere = self.stack.currentWidget() is self.pinned
        self._draw()
        if is_elsewhere:
            # New events came while a person looks at the pinned ones.
            self.table.hide()
        else:
            self.stack.setCurrentWidget(self.figure)
        self._show_facts()
        self._context.actions.refresh()

    def _draw(self) -> None:
        """Draw the answer and fill the table."""
        answer = self.answer
        if answer is None:
            return
        figure, chart = answer.figure, answer.chart
        if not isinstance(figure, Figure) or not isinstance(chart, Segmentation):
            self.table.hide()
            self.figure.show_answer(answer)
            return
        shown = usual(figure)
        if self._picked is not None:
            places = range(len(figure.series))
            shown = tuple(at for at in places if identity_of(figure, at) in self._picked)
        self.figure.show_answer(answer, shown)
        self.table.show_figure(chart, figure, answer.clock, shown)
        self.table.show()

    def _check(self, places: Sequence[int]) -> None:
        """Draw the rows that are checked in the table."""
        answer = self.answer
        if answer is not None and isinstance(answer.figure, Figure):
            figure = answer.figure
            self._picked = {identity_of(figure, at) for at in places}
            self.figure.show_answer(answer, places)

    def _check_usual(self) -> None:
        self._picked = None
        self._draw()

    # Keeping

    def look_up_charts(self) -> None:
        """Which charts are saved, anew."""
        folder = self.folder
        self._context.jobs.run(self, lambda: kept_charts(folder), "kept").then(
            self._take_charts
        ).catch(self.fail)

    def _take_charts(self, found: list[Kept]) -> None:
        self.head.kept = found
        if self.kept is not None:
            self.kept = next((one for one in found if one.id == self.kept.id), None)
        self._show_kept()

    def _show_kept(self) -> None:
        kept = self.kept
        is_changed = kept is not None and kept.chart != _readable(self.chart)
        self.head.show_chart(kept, is_changed=is_changed)

    def open_chart(self, one: Kept) -> None:
        """Show a saved chart."""
        if one.chart is not None:
            self.kept = one
            self.put(one.chart)

    def save(self) -> None:
        """Keep the chart: under its name if it has one, else asking for one."""
        if self.kept is not None:
            self._keep(self.kept.name, self.kept.id)
        else:
            self.rename()

    def rename(self) -> None:
        """Ask for a name and keep the chart under it."""
        number = self.kept.id if self.kept else None
        name = self.kept.name if self.kept else kinds.title_of(self.chart)
        place = self.head.save.mapToGlobal(QPoint(-160, self.head.save.height() + 2))
        Prompt(
            self, "The name of this chart", "Save", lambda text: self._keep(text, number), name
        ).open_at(place)

    def duplicate(self) -> None:
        """A copy that is not saved yet."""
        self.kept = None
        self._show_kept()
        self.tell("This is a copy now; it is not saved yet.")

    def _keep(self, name: str, number: int | None) -> None:
        folder, chart = self.folder, self.chart

        def work() -> Definition:
            return keep(folder, name, chart, number)

        def kept(made: Definition) -> None:
            self.kept = Kept(made.id, made.name, _readable(chart), is_pinned=False)
            self.look_up_charts()

        self._context.jobs.run(self, work, "keep").then(kept).catch(self.fail)

    def remove(self) -> None:
        """Remove the chart that is shown from the saved ones; it stays on the page."""
        kept, folder = self.kept, self.folder
        if kept is None:
            return
        body = kept.chart

        def again() -> None:
            if body is not None:
                keep(folder, kept.name, body, kept.id)
                self.look_up_charts()

        forget(folder, kept.id)
        self.kept = None
        self._context.notifications.info(
            f"“{one_line(kept.name, 60)}” was removed.", ("Undo", again)
        )
        self.look_up_charts()

    def pin(self) -> None:
        """Pin the chart that is shown, or take its pin away."""
        if self.kept is not None:
            pin(self.folder, self.kept.id, on=not self.kept.is_pinned)
            self.look_up_charts()

    def show_pinned(self) -> None:
        """All pinned charts, one below the other."""
        self.pinned.show_charts([one for one in self.head.kept if one.is_pinned])
        self.table.hide()
        self.stack.setCurrentWidget(self.pinned)

    def leave_pinned(self) -> None:
        """The chart of the builder again."""
        self.stack.setCurrentWidget(self.figure if self.answer else self.nothing)
        self.ask()

    def _ask_pinned(
        self, one: Kept, show: Callable[[Answer], object], fail: Callable[[AppError], object]
    ) -> None:
        chart, folder, clock = one.chart, self.folder, clock_at(self._now_ms())
        if chart is None:
            return

        def work(warehouse: Warehouse) -> Answer:
            return answered(warehouse, chart, clock, folder)

        owner = self.pinned.figures[one.id]
        self.asker.ask(owner, work, "pinned").then(show).catch(fail)

    # Taking elsewhere

    def copy(self, what: str) -> None:
        """Copy the chart: `picture`, `csv`, `json`; or show its `sql`."""
        if what == "json":
            text = json.dumps(written(finished(self.chart)), ensure_ascii=False, indent=2)
            QGuiApplication.clipboard().setText(clipboard(text))
            self.tell("The definition was copied as JSON.")
            return
        answer = self.answer
        if answer is None:
            self.tell("There is no chart to copy yet.")
        elif what == "sql":
            self._show_sql(answer)
        elif what == "picture":
            QGuiApplication.clipboard().setPixmap(self.figure.picture())
            self.tell("The chart was copied as a picture.")
        else:
            QGuiApplication.clipboard().setText(clipboard(self._csv()))
            self.tell("The table was copied as CSV.")

    def _csv(self) -> str:
        if isinstance(self.chart, Funnel):
            return self.figure.funnel.csv()
        if isinstance(self.chart, Journeys):
            return self.figure.journeys.csv()
        return self.table.csv()

    def _show_sql(self, answer: Answer) -> None:
        popup = SqlPopup(self, answer.figure.sql)
        popup.copied.connect(lambda name: self.tell(f"The SQL for {name} was copied."))
        button = self.head.take
        popup.open_at(button.mapToGlobal(QPoint(button.width(), button.height() + 2)))

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
        self.table.setVisible(self.table.isVisible() and not wanted)
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

    def look_up_marks(self) -> None:
        """Annotations and releases, anew."""
        folder, clock = self.folder, clock_at(self._now_ms())
        self.asker.ask(self, lambda warehouse: marks(warehouse, clock, folder), "marks").then(
            self._take_marks
        )

    def _take_marks(self, found: tuple[Mark, ...]) -> None:
        if found != self.figure.marks:
            self.figure.marks = found
            if self.stack.currentWidget() is self.figure:
                self._draw()

    def look_behind(self, spot: Spot, tab: str) -> None:
        """Show who or what is behind a point, at the side."""
        if self.behind.isHidden():
            # In a small window there is room for two of the three.
            self.builder.setVisible(self.width() >= ROOM_FOR_THREE)
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
        self.builder.show()
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
        state: dict[str, Any] = {"builder": self.split.sizes()[0]}
        is_small = all(len(one.people or ()) < MOST_REMEMBERED for one in self.chart.segments)
        if is_small and not drafts.missing(self.chart):
            state["chart"] = written(finished(self.chart))
        return state

    def restore(self, state: dict[str, Any]) -> None:
        """The arrangement as it was left, with the chart; what cannot be read is left out."""
        width = state.get("builder")
        if type(width) is int and 0 < width < 2 * WIDTH:
            self.split.setSizes([width, 3 * WIDTH, 0])
        if "chart" in state:
            try:
                self.history = History(read(state["chart"]))
            except BadDefinition:
                return
            self._show_chart()


def _readable(chart: AnyChart) -> AnyChart | None:
    """The chart as it would be after it was saved and read again; None for one that cannot be."""
    try:
        return read(written(finished(chart)))
    except BadDefinition:
        return None


def _nothing_found(picker: Picker, error: AppError) -> None:
    picker.show_picks((), error.sentence)
