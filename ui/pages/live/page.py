"""
Live (Event Explorer): events the moment they arrive, and one of them in detail.

Wiring only: `EventStream` knows which ids are shown, `FilterBar` what is wanted, `Inspector` what
there is to know about one event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
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
from ui.pages.live.head import Head, hidden_words
from ui.pages.live.hidden import HiddenTypes
from ui.pages.live.hovering import HideButton
from ui.pages.live.labeled import LabelNames
from ui.pages.live.looks import ViewSwitch
from ui.pages.live.marks import Marks, NoteLine
from ui.pages.live.menu import fill_event_menu
from ui.pages.live.projects import ProjectSwitch
from ui.pages.live.searching import SearchRow
from ui.pages.live.side import Side
from ui.pages.live.tables import Tables
from ui.pages.live.targets import TargetSwitch
from ui.pages.live.told import Told
from ui.plain import number
from ui.table.fieldcolumns import shows_fields
from ui.table.stream import EventStream
from ui.table.view import EventTableView
from ui.theme import hairline

if TYPE_CHECKING:
    from app.store.events import EventRow
    from ui.pages.live.grouping import GroupPane

MOST_TERMS = 20
MOST_EXPORTED = 1_000_000


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
        self.projects = ProjectSwitch()
        self.targets = TargetSwitch(context)
        self.marks = Marks(context, self)
        self.labels = LabelNames(context, self)
        self.told = Told(context, self)
        self.view = ViewSwitch(context, self.marks.by_event, self.labels.by_event, self.told)
        self.note = NoteLine()
        self.stack = Tables(self, self.rows_of, self._listen_to)
        self.side = Side(self, self.stack)
        self.model, self.table = self.stack.model, self.stack.table
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
        self.head = Head(self)
        rows.addWidget(self.head)
        rows.addWidget(hairline())
        self.nothing = nothing_yet(self.context.actions, self.open_shop)
        self.no_match = no_match(self.clear_filter, lambda: self.types.set(()))
        for empty in (self.nothing, self.no_match):
            self.stack.addWidget(empty)
        rows.addWidget(self.side, 1)

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
        self.projects.naming.connect(partial(context.actions.trigger, "projects.name"))
        self.targets.chosen.connect(self._query)
        self.types.changed.connect(self._query)
        self.types.failed.connect(self.say)
        for told in (self.marks, self.labels, self.told):
            told.changed.connect(self.stack.redraw)
        self.told.muted.connect(self._query_problems)
        self.note.written.connect(self.marks.note)
        self.note.left.connect(self.go_to_table)
        self.export.left.connect(self.go_to_table)
        self.view.changed.connect(self.stack.use_look)
        self.view.folded.connect(self._query)
        self.view.grouped.connect(self.stack.use_groups)
        self.view.grouped.connect(self._show_counts)
        self.stack.regrouped.connect(lambda: self.following.watch(self.current_table))
        self._listen_to(self.table)

    def _listen_to(self, table: EventTableView) -> None:
        """What a person does in a table of events."""
        table.moved.connect(self.side.follow)
        table.opened.connect(self.inspect)
        table.left.connect(self.side.close_inspector)
        table.copying.connect(self.deeds.copy_rows)
        table.peeking.connect(self.deeds.peek)
        HideButton(table, lambda event: self._hide_types_of([event]))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self.stack.show_columns)

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

    @property
    def current_table(self) -> EventTableView:
        """Where events are: in groups or not."""
        return self.stack.current

    @property
    def groups(self) -> GroupPane | None:
        """Events in groups, once they were wanted."""
        return self.stack.groups

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
            self.stack.use_look()
        self.filter.chips.show_hidden(hidden_words(stream))
        self.head.show_counts(stream)
        self.following.show_pill()
        self.clearing.show_question()
        self.stack.setCurrentWidget(self._what_to_show())
        self.context.actions.refresh()

    def _what_to_show(self) -> QWidget:
        stream = self.stream
        if stream.is_loading or not stream.is_complete or stream.matches:
            return self.stack.events
        if not stream.known.count:
            return self.nothing
        if stream.was_stopped:
            return self.stack.events
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
        if self.side.is_open and focus and self.inspector.isAncestorOf(focus):
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
        self.stack.take_next()
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
    def inspector(self) -> Any:
        """The inspector, or None before it was first opened."""
        return self.side.inspector

    def inspect(self, event_id: int) -> None:
        """Open the inspector with this event."""
        self.side.inspect(event_id)

    def show_event(self, event_id: int) -> None:
        """Show an event that was asked for elsewhere: in the inspector, and among its like."""
        self.inspect(event_id)
        self.stack.go_to(event_id)

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
