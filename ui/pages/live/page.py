"""
Live (Event Explorer): events the moment they arrive, and one of them in detail.

Wiring only: `EventStream` knows which ids are shown, `FilterBar` what is wanted, `Inspector` what
there is to know about one event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import settings as keys
from app.errors import AppError, StoreUnavailable
from app.filter import EVERYTHING, Filter, Node, all_of
from app.links import EventLink, parse_link
from ui.context import Context
from ui.pages.confirm import ConfirmBar
from ui.pages.filterbar import FilterBar
from ui.pages.live.clearing import Clearing
from ui.pages.live.commands import commands
from ui.pages.live.deeds import Deeds
from ui.pages.live.emptystates import explain_no_match, no_match, nothing_yet
from ui.pages.live.exporting import ExportBar
from ui.pages.live.following import Following
from ui.pages.live.hidden import HiddenTypes
from ui.pages.live.hovering import HideButton
from ui.pages.live.labeled import LabelNames
from ui.pages.live.looks import ViewSwitch
from ui.pages.live.marks import Marks, NoteLine
from ui.pages.live.menu import fill_event_menu
from ui.pages.live.place import GroupPlace, Place
from ui.pages.live.projects import ProjectSwitch
from ui.pages.live.searching import SearchRow
from ui.pages.live.targets import TargetSwitch
from ui.pages.live.told import Told
from ui.plain import number, plural
from ui.table.cells import Column
from ui.table.columns import event_columns
from ui.table.fieldcolumns import shows_fields
from ui.table.look import AGO, SINCE
from ui.table.model import PagedTableModel
from ui.table.stream import EventStream
from ui.table.view import EventTableView
from ui.theme import hairline, label

if TYPE_CHECKING:
    from app.store.events import EventRow
    from ui.pages.live.grouping import GroupPane

INSPECTOR_WIDTH = 480
TABLE_WIDTH = 480
"""With which a table shows when, what, who, and what became of it."""
MOST_TERMS = 20
MOST_EXPORTED = 1_000_000
AGE_MS = 5000


class LivePage(QWidget):
    """The stream, with its filter, its projects and its inspector.

    Signals:
        person_asked: the number of an event whose person is to be shown in Users.
        chart_asked: an event type that is to be added to the chart in Explore.
        label_asked: the number of an event, to name what was clicked.
    """

    person_asked = Signal(object)
    chart_asked = Signal(str)
    label_asked = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._is_stale = True
        self.inspector: Any = None
        self.projects = ProjectSwitch()
        self.targets = TargetSwitch(context)
        self.marks = Marks(context, self)
        self.labels = LabelNames(context, self)
        self.told = Told(context, self)
        self.view = ViewSwitch(context, self.marks.by_event, self.labels.by_event, self.told)
        self.note = NoteLine()
        self.model = PagedTableModel(self._columns(), self.rows_of, self)
        self.table = EventTableView(self.model)
        self.table.setAccessibleName("Events, newest first")
        self.place = Place(self.table, self.model)
        self.group_place: GroupPlace | None = None
        self.groups: GroupPane | None = None
        self.stream = EventStream(self.model, context.jobs, self)
        self.types = HiddenTypes(context, self, self._remember)
        self.following = Following(context, self.stream, self.table, self._remember)
        self.filter = FilterBar(context)
        self.confirm = ConfirmBar()
        self.export = ExportBar(context)
        self.searching = SearchRow(self.stream)
        self.deeds = Deeds(self)
        self.clearing = Clearing(self)
        for action in commands(self):
            context.actions.add(action, self)
        self._lay_out()
        self._connect()
        self._show_counts()
        if context.store.current:
            self._open()

    # Building

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._head())
        rows.addWidget(hairline())
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.nothing = nothing_yet(self.context.actions, self.open_shop)
        self.no_match = no_match(self.clear_filter, lambda: self.types.set(()))
        for empty in (self.nothing, self.no_match):
            self.stack.addWidget(empty)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.stack)
        self.split.setStretchFactor(0, 1)
        rows.addWidget(self.split, 1)

    def _head(self) -> QWidget:
        head = QWidget()
        head.setProperty("bar", True)
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(head)
        rows.setContentsMargins(16, 10, 12, 10)
        rows.setSpacing(8)
        rows.addLayout(self._title_row())
        rows.addLayout(self._filter_row())
        rows.addWidget(self.types.chips)
        rows.addWidget(self.note)
        rows.addWidget(self.confirm)
        rows.addWidget(self.export)
        rows.addWidget(self.searching)
        return head

    def _title_row(self) -> QHBoxLayout:
        actions = self.context.actions
        self.counts = label("", "muted")
        self.state = label("", "warning")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(label("Live", "title"))
        row.addSpacing(8)
        row.addWidget(self.counts)
        row.addSpacing(8)
        row.addWidget(self.state)
        row.addStretch(1)
        self.follow_button = actions.button("live.follow", text=True)
        row.addWidget(self.follow_button)
        row.addWidget(actions.button("live.export"))
        row.addWidget(actions.button("live.clear"))
        row.addWidget(actions.button("live.inspector"))
        return row

    def _filter_row(self) -> QHBoxLayout:
        top = Qt.AlignmentFlag.AlignTop
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.projects, 0, top)
        row.addWidget(self.targets, 0, top)
        row.addWidget(self.filter, 1)
        row.addWidget(self.types.button, 0, top)
        row.addWidget(self.view, 0, top)
        return row

    def _connect(self) -> None:
        context = self.context
        context.feed.changed.connect(self._refresh)
        context.store.opened.connect(self._open)
        self.stream.counted.connect(self._show_counts)
        self.stream.failed.connect(self.say)
        self.filter.chosen.connect(self._query)
        self.filter.left.connect(self.go_to_table)
        self.filter.chips.cleared.connect(self.filter.clear)
        self.projects.chosen.connect(self._query)
        self.targets.chosen.connect(self._query)
        self.types.changed.connect(self._query)
        self.types.failed.connect(self.say)
        for told in (self.marks, self.labels, self.told):
            told.changed.connect(self.model.forget_cells)
        self.told.muted.connect(self._query_problems)
        self.note.written.connect(self.marks.note)
        self.note.left.connect(self.go_to_table)
        self.export.left.connect(self.go_to_table)
        self.view.changed.connect(self._use_look)
        self.view.folded.connect(self._query)
        self.view.grouped.connect(self._use_groups)
        self._ages = QTimer(self, interval=AGE_MS)
        self._ages.timeout.connect(self._tell_ages)
        self._listen_to(self.table)

    def _listen_to(self, table: EventTableView) -> None:
        """What a person does in a table of events."""
        table.moved.connect(self._show_current)
        table.opened.connect(self.inspect)
        table.left.connect(self.close_inspector)
        table.copying.connect(self.deeds.copy_rows)
        table.peeking.connect(self.deeds.peek)
        HideButton(table, lambda event: self._hide_types_of([event]))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_columns)

    def open_shop(self) -> None:
        """Something to click that sends events, in the built-in browser."""
        actions = self.context.actions
        if actions.get("connect.shop").is_enabled:
            actions.trigger("connect.shop")
        else:
            self.context.notifications.info("Start capturing first: the shop is served by it.")

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        if self.context.store.current:
            self.labels.look(again=True)
            self.told.look_again()
        if self._is_stale:
            self._refresh()
        if not event.spontaneous() and not self.filter.box.hasFocus():
            self.current_table.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def is_filling(self) -> bool:
        """Whether what is asked for is about to be shown."""
        return self.stream.is_loading

    def _refresh(self) -> None:
        self._is_stale = not self.isVisible()
        if self.isVisible() and self.context.store.current:
            self.labels.look()
            self.told.look()
            self.stream.refresh()

    def _open(self) -> None:
        self.marks.load()
        self.labels.look()
        self.told.look_again()
        self._query()

    def _query(self, _query: object = None) -> None:
        self.stream.show_filter(
            Filter(
                all_of(self.targets.query, self.filter.query),
                self.projects.source,
                self.types.types,
                has_repeats=not self.view.is_folding,
            )
        )

    def _query_problems(self) -> None:
        """What is muted is no problem any more, and may have been looked for."""
        if self.stream.chosen.studies:
            self._query()

    def _use_groups(self) -> None:
        by = self.view.grouping
        if by is not None and self.groups is None:
            self._make_groups()
        if self.groups is not None:
            self.groups.group_by(by)
            self.following.watch(self.current_table)
        self._show_counts()

    def _make_groups(self) -> None:
        # Made when first wanted: start-up does not need it, nor what it counts with.
        from ui.pages.live.grouping import GroupPane

        groups = self.groups = GroupPane(self.context, self.stream, self._columns, self.rows_of)
        groups.table.set_widths(self.table.widths())
        self.group_place = GroupPlace(groups.table, groups.model)
        groups.failed.connect(self.say)
        for told in (self.marks, self.labels, self.told):
            told.changed.connect(groups.redraw)
        self._listen_to(groups.table)
        self.stack.addWidget(groups)

    @property
    def current_table(self) -> EventTableView:
        """Where events are: in groups or not."""
        if self.groups is None or self.view.grouping is None:
            return self.table
        return self.groups.table

    def _columns(self) -> tuple[Column, ...]:
        return event_columns(self.projects.names, self.view.look)

    def _use_look(self) -> None:
        look = self.view.look
        columns, tells_before = self._columns(), look.time == SINCE
        self.table.use_columns(columns, tells_before=tells_before)
        if self.groups is not None:
            self.groups.use_columns(columns, tells_before=tells_before)
        if look.time == AGO:
            self._ages.start()
        else:
            self._ages.stop()

    def _tell_ages(self) -> None:
        if self.isVisible():
            self.model.forget_cells()
            if self.groups is not None:
                self.groups.redraw()

    def _show_columns(self, at: QPoint) -> None:
        table = self.current_table
        self.view.take_order(table.column_keys())
        self.view.columns.popup(table.horizontalHeader().mapToGlobal(at))

    def rows_of(self, ids: Sequence[int]) -> Sequence[EventRow]:
        """The rows of these ids, with what is told of them besides."""
        nothing: list[EventRow] = []
        rows = self.context.store.ask(lambda store: store.events.rows(ids), nothing)
        self.labels.read(rows)
        self.told.read(
            rows, is_folding=self.view.is_folding, has_fields=shows_fields(self.view.look)
        )
        return rows

    def _show_counts(self) -> None:
        stream = self.stream
        if self.projects.take(stream.known.sources):
            self._use_look()
        count = plural(stream.known.count, "event")
        if stream.chosen:
            more = "+" if stream.was_stopped or not stream.is_complete else ""
            count += f"  ·  {number(stream.matches)}{more} match"
        self.filter.chips.show_hidden(self._hidden_words())
        self.counts.setText(count)
        self.state.setText("" if stream.is_following else "Paused")
        self.following.show_pill()
        self.clearing.show_question()
        self.stack.setCurrentWidget(self._what_to_show())
        self.context.actions.refresh()

    def _hidden_words(self) -> str:
        hidden = self.stream.known.count - self.stream.matches
        if self.stream.is_loading or not self.stream.is_complete:
            return "counting…"
        if self.stream.was_stopped:
            return "stopped, older events were not looked at"
        return f"{number(max(0, hidden))} hidden"

    @property
    def _events(self) -> QWidget:
        is_grouped = self.groups is not None and self.view.grouping is not None
        return self.groups if self.groups is not None and is_grouped else self.table

    def _what_to_show(self) -> QWidget:
        stream = self.stream
        if stream.is_loading or not stream.is_complete or stream.matches:
            return self._events
        if not stream.known.count:
            return self.nothing
        if stream.was_stopped:
            return self._events
        project = self.projects.name
        is_only = bool(project) and self.filter.query == EVERYTHING and not self.types.types
        explain_no_match(
            self.no_match, project, is_only_project=is_only, hidden_types=len(self.types.types)
        )
        return self.no_match

    def say(self, error: AppError) -> None:
        """Tell a person what stood in the way."""
        self.context.notifications.error(error.sentence, error.hint)

    # Filter, project, types

    def open_search(self) -> None:
        """Search where a person is: in the inspector's text, or in the stream."""
        focus = QApplication.focusWidget()
        if self.is_inspecting and focus and self.inspector.isAncestorOf(focus):
            self.inspector.open_search()
        else:
            self.filter.take_focus()

    def clear_filter(self) -> None:
        """Show everything again: no text, all projects, no hidden types."""
        self.projects.show_chosen(None)
        self.targets.use(None)
        self.types.set(())
        self.filter.clear()
        self._query()
        self.go_to_table()

    def add_term(self, term: Node) -> None:
        """Filter by one more condition."""
        self.filter.add(term)

    def hide_selected_types(self) -> None:
        """Leave out the types of the selected events."""
        self._hide_types_of(self.current_table.selected_ids(MOST_TERMS))

    def _hide_types_of(self, events: Sequence[int]) -> None:
        rows = self.rows_of(events)
        self.place.take_next()
        if self.group_place is not None:
            self.group_place.take_next()
        self.types.hide(row.type for row in rows)

    def _remember(self, setting: keys.Setting[Any], value: Any) -> None:
        try:
            self.context.settings.set(setting, value)
        except StoreUnavailable as error:
            self.context.notifications.warn(error.sentence)

    def ask_to_export(self) -> None:
        """Offer to export the selection, what is shown, or everything."""
        self.export.ask(self.current_table.selected_ids(MOST_EXPORTED), self.stream.chosen)

    # Rows

    def _show_menu(self, at: QPoint) -> None:
        table = self.current_table
        index = table.indexAt(at)
        rows = self.rows_of([table.id_at(index.row())]) if index.isValid() else []
        if rows:
            menu = QMenu(table)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            fill_event_menu(menu, rows[0], self, self.model.columns[index.column()].key)
            menu.popup(table.viewport().mapToGlobal(at))

    @property
    def actions_table(self) -> Any:
        """The actions, for menus."""
        return self.context.actions

    def go_to_table(self) -> None:
        """Give the keys to the table that is in front."""
        table = self.current_table
        table.setFocus(Qt.FocusReason.OtherFocusReason)
        if not table.currentIndex().isValid() and table.model().rowCount():
            table.setCurrentIndex(table.model().index(0, 0))

    # Inspector

    @property
    def is_inspecting(self) -> bool:
        """Whether the inspector is open."""
        return self.inspector is not None and not self.inspector.isHidden()

    def inspect(self, event_id: int) -> None:
        """Open the inspector with this event."""
        self.open_inspector()
        self.inspector.show_event(event_id)

    def show_event(self, event_id: int) -> None:
        """Show an event that was asked for elsewhere: in the inspector, and among its like."""
        self.inspect(event_id)
        if self.current_table is self.table:
            self.place.go_to(event_id)
        else:
            self.current_table.go_to_id(event_id)

    def open_link(self) -> None:
        """Show the event of the link on the clipboard."""
        self.show_link(parse_link(QGuiApplication.clipboard().text()))

    def show_link(self, link: EventLink) -> None:
        """Show the event that a link names, or say why not."""
        say = self.context.notifications.warn
        if link.workspace != self.context.store.ask(lambda store: store.name(), ""):
            say("The link is to an event of another workspace.")
        elif not self.rows_of([link.event]):
            say(f"Event {number(link.event)} is no longer stored: it was cleared, or removed to"
                " keep the size cap.")  # fmt: skip
        else:
            self.show_event(link.event)

    def toggle_inspector(self) -> None:
        """Open or close the inspector."""
        if self.is_inspecting:
            self.close_inspector()
        else:
            self.open_inspector()
            self.inspector.show_event(self.current_table.current_id())

    def close_inspector(self) -> None:
        """Give its room to the table."""
        if self.inspector:
            self.inspector.hide()
            self.context.actions.refresh()
            self.current_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_inspector(self) -> None:
        """Show the inspector, whatever it holds."""
        if self.inspector is None:
            # Made when first wanted: start-up does not need it.
            from ui.inspector.panel import Inspector

            self.inspector = Inspector(self.context)
            self.inspector.closed.connect(self.close_inspector)
            self.inspector.condition_asked.connect(self.add_term)
            self.inspector.column_asked.connect(self.view.show_column)
            self.split.addWidget(self.inspector)
            self.split.setStretchFactor(1, 0)
            width = max(self.split.width(), 2 * INSPECTOR_WIDTH)
            self.split.setSizes([width - INSPECTOR_WIDTH, INSPECTOR_WIDTH])
            self._share_room()
        self.inspector.show()
        self.context.actions.refresh()

    def _share_room(self) -> None:
        """Where there is little room, the inspector has no more than it needs: what became of an
        event is the last column."""
        if self.inspector is not None:
            table, side = self.split.sizes()
            spare = min(side - self.inspector.minimumWidth(), TABLE_WIDTH - table)
            if spare > 0:
                self.split.setSizes([table + spare, side - spare])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _show_current(self, event_id: int | None) -> None:
        if self.is_inspecting and event_id is not None:
            self.inspector.show_event(event_id)

    # What is remembered

    def layout_state(self) -> dict[str, Any]:
        """Column widths, for the next start."""
        self.view.take_order(self.current_table.column_keys())
        target = self.targets.target
        return {
            "columns": self.current_table.widths(),
            "view": self.view.state(self.view.look.columns),
            "target": target.name if target else "",
        }

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """As it was."""
        widths = state.get("columns")
        if isinstance(widths, dict):
            self.table.set_widths(widths)
        self.view.restore(state.get("view"))
        if state.get("target"):
            self.targets.restore(state["target"])
