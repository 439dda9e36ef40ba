"""
The Explore page once it is seen: the builder, the chart, the table, and what is behind a point.

Wiring only. `History` keeps the definition; each change is asked at once in the charts' thread,
where a newer question overtakes an older one; new events are loaded and asked for while the page
is visible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QDragEnterEvent, QDropEvent, QFocusEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.query import (
    BadDefinition,
    Clock,
    Figure,
    Interrupted,
    Progress,
    Segmentation,
    read,
    written,
)
from app.query.definition import AnyChart, EventSpec, PropertyRef
from ui.charts.data import Mark
from ui.chartthread import ChartThread
from ui.context import Context
from ui.notifications import Button
from ui.pages.explore import drafts, kinds
from ui.pages.explore.asking import Answer, answered, clock_at
from ui.pages.explore.behind import Behind, Spot
from ui.pages.explore.builder import Builder
from ui.pages.explore.cohorting import Cohorting
from ui.pages.explore.controls import Controls
from ui.pages.explore.deeds import Deeds
from ui.pages.explore.downloads import Downloads
from ui.pages.explore.drafts import finished
from ui.pages.explore.drawing import identity_of, usual
from ui.pages.explore.figureview import FigureView
from ui.pages.explore.frame import Frame
from ui.pages.explore.head import Head
from ui.pages.explore.history import History
from ui.pages.explore.keeping import Keeping
from ui.pages.explore.marks import marks, shown_on
from ui.pages.explore.noting import Noting
from ui.pages.explore.picker import Picker
from ui.pages.explore.pinned import PinnedCharts
from ui.pages.explore.renaming import ask_name
from ui.pages.explore.table import Breakdown
from ui.pages.explore.taking import Taking
from ui.pages.explore.vocabulary import Vocabulary, values, vocabulary
from ui.plain import number, plural
from ui.refresher import Refresher

if TYPE_CHECKING:
    from app.query import Warehouse

TICK_MS = 1000
TYPING_MS = 250
MOST_REMEMBERED = 1000
MANY = 20_000
"""Events that take long enough to load to be worth a bar."""
OLDER = "What is drawn is the chart from before this mistake."


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
        self.commands = context.actions
        self.folder = context.workspace
        self.asker = context.charts or ChartThread(context.workspace, self)
        self._now_ms = now_ms
        self.history: History[AnyChart] = History(kinds.empty())
        self.answer: Answer | None = None
        self.afterwards: Callable[[Answer], object] | None = None
        """What is wanted of the next answer, once."""
        self.marks: tuple[Mark, ...] = ()
        self._has_marks = False
        self._picked: set[tuple[object, ...]] | None = None
        self._picked_of: set[tuple[object, ...]] = set()
        """The series that there were to choose from."""
        self.vocabulary = Vocabulary()
        self._refresher = Refresher(self._refresh, self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._tick = QTimer(self, interval=TICK_MS)
        self.setAcceptDrops(True)
        self._make_parts()
        self._connect()
        self._show_chart()

    def _make_parts(self) -> None:
        self.builder = Builder(self.look_up_values)
        self.controls = Controls()
        self.deeds = Deeds(self)
        self.downloads = Downloads(self)
        self.noting = Noting(self)
        self.cohorting = Cohorting(self)
        self.keeping = Keeping(self, self._context)
        self.taking = Taking(self)
        self.figure = FigureView(self.deeds.actions)
        self.head = Head(self._context.actions)
        self.facts = self.head.facts
        self.table = Breakdown()
        self.table.hide()
        self.pinned = PinnedCharts(self.keeping.ask_pinned)
        self.frame = Frame(
            self.head, self.builder, self.controls, self.figure, self.table, self.pinned
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.frame)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self.pages)

    @cached_property
    def behind(self) -> Behind:
        """The panel at the side, made when somebody first looks behind a point."""
        made = Behind(self._context, self.asker)
        made.closed.connect(self.close_behind)
        made.live_asked.connect(self.live_asked)
        made.person_asked.connect(self.person_asked)
        made.group_types = self.vocabulary.group_types()
        self.frame.add_panel(made)
        return made

    def _connect(self) -> None:
        actions, keeping = self._context.actions, self.keeping
        self.head.opened.connect(keeping.open)
        self.head.pinned.connect(keeping.pin)
        self.head.removed.connect(keeping.remove)
        self.head.renamed.connect(keeping.rename)
        self.head.copying.connect(self.taking.copy)
        self.pinned.opened.connect(keeping.open)
        self.pinned.closed.connect(keeping.leave_pinned)
        self.frame.connecting.connect(lambda: actions.trigger("go.connect"))
        self.frame.shopping.connect(lambda: actions.trigger("connect.shop"))
        self.frame.starting.connect(lambda key: self.put(kinds.starter(key)))
        self.frame.stopped.connect(self.downloads.stop)
        self.table.checked.connect(self._check)
        self.table.reset.connect(self._check_usual)
        self.builder.changed.connect(self.put)
        self.builder.typed.connect(self._type)
        self.controls.changed.connect(self.put)
        self.controls.notes.clicked.connect(self.noting.open_list)
        self.figure.told.connect(self.tell)
        self.figure.renaming.connect(partial(ask_name, self))
        self.table.renaming.connect(partial(ask_name, self))
        self.downloads.written.connect(self.frame.show_written)
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

    def clock(self) -> Clock:
        """Now, in the person's time zone."""
        return clock_at(self._now_ms())

    def put(self, chart: AnyChart) -> None:
        """Show another definition; it can be undone."""
        # It may come from another page, while a cohort is being made here.
        self.cohorting.leave()
        if self.frame.stack.currentWidget() is self.pinned:
            self.frame.stack.setCurrentWidget(self.figure if self.answer else self.frame.nothing)
        self.history.put(chart)
        self._show_chart()

    @property
    def edited(self) -> History[Any]:
        """What undo and redo are about: the chart, or the cohort that is being made."""
        return self.cohorting.editor.history if self.cohorting.is_open else self.history

    def undo(self) -> None:
        """The definition before this one."""
        if self.cohorting.is_open:
            self.cohorting.editor.undo()
            return
        self.history.undo()
        self._show_chart()

    def redo(self) -> None:
        """The definition that was undone."""
        if self.cohorting.is_open:
            self.cohorting.editor.redo()
            return
        self.history.redo()
        self._show_chart()

    def save(self) -> None:
        """Keep the chart, or the cohort that is being made."""
        if self.cohorting.is_open:
            self.cohorting.editor.save()
        else:
            self.keeping.save()

    def clear(self) -> None:
        """Begin a new chart."""
        self.keeping.current, self._picked = None, None
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
        self.keeping.show()
        self._context.actions.refresh()
        self.ask()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.cohorting.exchange.enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """A list of ids becomes a cohort."""
        self.cohorting.exchange.drop(event)

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        """Here and not in the page: what is made while the page is shown is visible only later."""
        super().showEvent(event)
        self.look()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Not on the first thing that Tab would reach."""
        super().focusInEvent(event)
        self.frame.take_keyboard()

    def look(self) -> None:
        """The page is seen: catch up with what happened while nobody looked."""
        self._refresher.now()
        self.keeping.look_up()
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
        self.frame.progress.hide()
        if not self.isVisible():
            return
        if count:
            self.ask()
        if count or not self.vocabulary.types:
            self.look_up_names()
        if not self._has_marks:
            self._has_marks = True
            self.look_up_marks()

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
        chart, folder, clock = self.chart, self.folder, self.clock()

        def work(warehouse: Warehouse) -> Answer:
            return answered(warehouse, chart, clock, folder)

        self.asker.ask(self, work, "chart").then(self._show_answer).catch(self.fail)

    def _show_answer(self, answer: Answer) -> None:
        self.answer = answer
        elsewhere = self.builder.show_notices(answer.notices)
        self.frame.show_problem(" ".join(one.sentence for one in elsewhere))
        is_elsewhere = self.frame.stack.currentWidget() is self.pinned
        self._draw()
        if is_elsewhere:
            # New events came while a person looks at the pinned ones.
            self.table.hide()
        else:
            self.frame.show_figure()
        self._show_facts()
        self._context.actions.refresh()
        if self.afterwards is not None:
            wanted, self.afterwards = self.afterwards, None
            wanted(answer)

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
        shown = usual(figure, self.table.most.value())
        here = {identity_of(figure, at): at for at in range(len(figure.series))}
        if self._picked_of.isdisjoint(here):
            # Rows were chosen among other ones: those of this chart are the usual ones.
            self._picked = None
        if self._picked is not None:
            shown = tuple(at for one, at in here.items() if one in self._picked)
        self.figure.show_answer(answer, shown)
        picked = self._picked is not None
        self.table.show_figure(chart, figure, answer.clock, shown, picked=picked)
        self.table.show()

    def _check(self, places: Sequence[int]) -> None:
        """Draw the rows that are checked in the table."""
        answer = self.answer
        if answer is not None and isinstance(answer.figure, Figure):
            figure = answer.figure
            self._pick(figure, {identity_of(figure, at) for at in places})
            self.table.show_picked(picked=True)
            self.figure.show_answer(answer, places)

    def leave_out(self, identities: set[tuple[object, ...]]) -> None:
        """Do not draw these series."""
        answer = self.answer
        if answer is not None and isinstance(answer.figure, Figure):
            figure = answer.figure
            drawn = self.figure.shown
            self._pick(figure, {identity_of(figure, at) for at in drawn} - identities)
            self._draw()

    def _pick(self, figure: Figure, picked: set[tuple[object, ...]]) -> None:
        """Draw these series, as long as the chart is about the same ones."""
        self._picked = picked
        self._picked_of = {identity_of(figure, at) for at in range(len(figure.series))}

    def _check_usual(self) -> None:
        self._picked = None
        self._draw()

    def fail(self, error: AppError) -> None:
        """Say what is wrong, at its place if it has one here."""
        if isinstance(error, Interrupted):
            return
        if isinstance(error, BadDefinition) and self.builder.show_problem(
            error.path, error.problem
        ):
            # Numbers of another question must not pass for the answer.
            is_older = self.answer is not None and self.frame.stack.currentWidget() is self.figure
            self.frame.show_problem(OLDER if is_older else "")
            return
        self.frame.show_problem(f"{error.sentence} {error.hint}".strip())

    def _show_what_there_is(self) -> None:
        wanted = drafts.missing(self.chart)
        store = self._context.store.current
        if store is None or (wanted and not store.events.last_id()):
            self.frame.stack.setCurrentWidget(self.frame.nobody)
        elif wanted:
            self.frame.show_missing(wanted)
            self.facts.setText("")

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
        if progress.wanted > MANY and progress.loaded < progress.wanted:
            self.facts.setText(self.frame.show_loading(*progress))

    def _show_names(self, found: Vocabulary) -> None:
        self.vocabulary = found
        self.builder.show_names(found)
        if self.cohorting.is_open:
            self.cohorting.editor.show_names(found)
        if "behind" in vars(self):
            self.behind.group_types = found.group_types()

    def look_up_values(self, ref: PropertyRef, part: str, picker: Picker) -> None:
        """Fill a picker with values of a property that hold `part`."""
        job = self.asker.ask(picker, lambda warehouse: values(warehouse, ref, part), "values")
        job.then(picker.show_picks).catch(partial(_nothing_found, picker))

    # Points

    def look_up_marks(self) -> None:
        """Annotations and releases, anew."""
        folder, clock = self.folder, self.clock()
        self.asker.ask(self, lambda warehouse: marks(warehouse, clock, folder), "marks").then(
            self._take_marks
        )

    def _take_marks(self, found: tuple[Mark, ...]) -> None:
        self.marks = found
        self.show_marks()

    def show_marks(self) -> None:
        """Draw those that this chart shows."""
        kept = self.keeping.current
        shown = shown_on(self.marks, kept.id if kept else None)
        if shown != self.figure.marks:
            self.figure.marks = shown
            if self.frame.stack.currentWidget() is self.figure:
                self._draw()

    def look_behind(self, spot: Spot, tab: str) -> None:
        """Show who or what is behind a point, at the side."""
        behind = self.behind
        self.frame.open_panel()
        names = [name for scope, name, _ in self.vocabulary.properties if scope == "event"]
        behind.show_spot(spot, tab, names)
        behind.tabs.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to_chart(self) -> None:
        """The keyboard to the points of the chart."""
        if self.frame.stack.currentWidget() is self.figure:
            self.figure.take_keyboard()

    def place(self) -> QPoint:
        """Where to ask for something about a point: at the mouse, when it is over the chart; else
        in the chart's middle."""
        at, figure = QCursor.pos(), self.figure
        is_there = figure.rect().contains(figure.mapFromGlobal(at))
        return at if is_there else figure.mapToGlobal(figure.rect().center())

    def close_behind(self) -> None:
        """The chart alone again."""
        self.frame.close_panel()

    def tell(self, sentence: str, action: Button | None = None) -> None:
        """Say something in passing, with something to do about it."""
        self._context.notifications.info(sentence, action)

    def layout_state(self) -> dict[str, Any]:
        """What is remembered of the arrangement."""
        state: dict[str, Any] = {
            "builder": self.frame.builder_width,
            "rows": self.table.most.value(),
        }
        if is_small(self.chart) and not drafts.missing(self.chart):
            state["chart"] = written(finished(self.chart))
        return state

    def restore(self, state: dict[str, Any]) -> None:
        """The arrangement as it was left, with the chart; what cannot be read is left out."""
        self.frame.restore(state.get("builder"))
        if type(state.get("rows")) is int:
            self.table.show_most(state["rows"])
        if "chart" in state:
            try:
                self.history = History(read(state["chart"]))
            except BadDefinition:
                return
            self._show_chart()


def is_small(chart: AnyChart) -> bool:
    """Whether it is worth remembering: neither a list of people nor one of uploads."""
    conditions = [one for event in kinds.events_of(chart) for one in event.where]
    return all(len(one.people or ()) < MOST_REMEMBERED for one in chart.segments) and all(
        len(one.values) < MOST_REMEMBERED for one in conditions
    )


def _nothing_found(picker: Picker, error: AppError) -> None:
    picker.show_picks((), error.sentence)
