"""
Live (Event Explorer): events the moment they arrive, and one of them in detail.

Wiring only: `EventStream` knows which ids are shown, `FilterBar` what is wanted, `Inspector` what
there is to know about one event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
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
from app import wire
from app.errors import AppError, StoreUnavailable
from app.filter import EVERYTHING, Filter, Node, all_of
from app.links import EventLink, parse_link
from ui.context import Context
from ui.pages.confirm import ConfirmBar
from ui.pages.emptystate import EmptyState
from ui.pages.filterbar import FilterBar
from ui.pages.live.commands import commands
from ui.pages.live.exporting import ExportBar
from ui.pages.live.following import Following
from ui.pages.live.hidden import HiddenTypes
from ui.pages.live.labeled import LabelNames
from ui.pages.live.looks import ViewSwitch
from ui.pages.live.marks import Marks, NoteLine
from ui.pages.live.menu import fill_event_menu
from ui.pages.live.projects import ProjectSwitch
from ui.pages.live.searching import SearchRow
from ui.pages.live.targets import TargetSwitch
from ui.pages.live.told import Told
from ui.plain import cell, clipboard, number, one_line, plural
from ui.table.columns import AGO, SINCE, Column, event_columns
from ui.table.model import PagedTableModel
from ui.table.stream import EventStream
from ui.table.view import EventTableView
from ui.theme import hairline, label

if TYPE_CHECKING:
    from app.store import Store
    from app.store.events import EventRow
    from ui.pages.live.grouping import GroupPane

COPY_MOST = 10_000
INSPECTOR_WIDTH = 480
MOST_TERMS = 20
MOST_MARKS = 1000
MOST_RESENT = 500
MOST_EXPORTED = 1_000_000
AGE_MS = 5000
COMPARING = "comparing"
NO_MATCH = "Nothing that was captured fits the filter. New events that fit will appear here."


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
        self._context = context
        self._is_stale = True
        self.inspector: Any = None
        self._compared: int | None = None
        self.projects = ProjectSwitch()
        self.targets = TargetSwitch(context)
        self.marks = Marks(context, self)
        self.labels = LabelNames(context, self)
        self.told = Told(context, self)
        self.view = ViewSwitch(context, self.marks.by_event, self.labels.by_event, self.told)
        self.note = NoteLine()
        self.model = PagedTableModel(self._columns(), self._rows, self)
        self.table = EventTableView(self.model)
        self.table.setAccessibleName("Events, newest first")
        self.groups: GroupPane | None = None
        self.stream = EventStream(self.model, context.jobs, self)
        self.types = HiddenTypes(context, self, self._remember)
        self.following = Following(context, self.stream, self.table, self._remember)
        self.filter = FilterBar(context)
        self.confirm = ConfirmBar()
        self.export = ExportBar(context)
        self.searching = SearchRow(self.stream)
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
        self._add_empty_states()
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
        actions = self._context.actions
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

    def _add_empty_states(self) -> None:
        actions = self._context.actions
        self.nothing = EmptyState(
            "live",
            "Nothing captured yet",
            "Events appear here the moment an app sends them, newest first, with what the "
            "server answered.",
            [
                ("Connect an app", lambda: actions.trigger("go.connect")),
                ("Open the demo shop", self.open_shop),
            ],
        )
        self.no_match = EmptyState(
            "filter",
            "No event matches",
            NO_MATCH,
            [("Clear filter", self.clear_filter)],
            primary=False,
        )
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.no_match)

    def _connect(self) -> None:
        context = self._context
        context.feed.changed.connect(self._refresh)
        context.store.opened.connect(self._open)
        self.stream.counted.connect(self._show_counts)
        self.stream.failed.connect(self._say)
        self.filter.chosen.connect(self._query)
        self.filter.left.connect(self._go_to_table)
        self.filter.chips.cleared.connect(self.filter.clear)
        self.projects.chosen.connect(self._query)
        self.targets.chosen.connect(self._query)
        self.types.changed.connect(self._query)
        self.types.failed.connect(self._say)
        for told in (self.marks, self.labels, self.told):
            told.changed.connect(self.model.forget_cells)
        self.told.muted.connect(self._query_problems)
        self.note.written.connect(self.marks.note)
        self.note.left.connect(self._go_to_table)
        self.export.left.connect(self._go_to_table)
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
        table.copying.connect(self.copy_rows)
        table.peeking.connect(self.peek)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        header = table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_columns)

    def open_shop(self) -> None:
        """Something to click that sends events, in the built-in browser."""
        actions = self._context.actions
        if actions.get("connect.shop").is_enabled:
            actions.trigger("connect.shop")
        else:
            self._context.notifications.info("Start capturing first: the shop is served by it.")

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        if self._context.store.current:
            self.labels.look(again=True)
            self.told.look_again()
        if self._is_stale:
            self._refresh()
        if not event.spontaneous() and not self.filter.box.hasFocus():
            self.current_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        self._is_stale = not self.isVisible()
        if self.isVisible() and self._context.store.current:
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

        groups = self.groups = GroupPane(self._context, self.stream, self._columns, self._rows)
        groups.table.set_widths(self.table.widths())
        groups.failed.connect(self._say)
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

    def _rows(self, ids: Sequence[int]) -> Sequence[EventRow]:
        nothing: list[EventRow] = []
        rows = self._context.store.ask(lambda store: store.events.rows(ids), nothing)
        self.labels.read(rows)
        self.told.read(rows, is_folding=self.view.is_folding)
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
        self._show_question()
        self.stack.setCurrentWidget(self._what_to_show())
        self._context.actions.refresh()

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
        self._explain_no_match()
        return self.no_match

    def _explain_no_match(self) -> None:
        state, project = self.no_match, self.projects.name
        only_project = project and self.filter.query == EVERYTHING and not self.types.types
        name = one_line(project, 40)
        state.title.setText(
            f"No event of project {name} yet"
            if only_project
            else f"No event of project {name} matches"
            if project
            else "No event matches"
        )
        state.text.setText(
            f"Other projects have events. Those of {name} will appear here."
            if only_project
            else NO_MATCH
        )
        state.buttons[0].setText("Show all projects" if only_project else "Clear filter")
        if state.isVisible():
            state.text.setFixedHeight(state.text.heightForWidth(state.text.width()))

    def _say(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint)

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
        self._go_to_table()

    def add_term(self, term: Node) -> None:
        """Filter by one more condition."""
        self.filter.add(term)

    def hide_selected_types(self) -> None:
        """Leave out the types of the selected events."""
        rows = self._rows(self.current_table.selected_ids(MOST_TERMS))
        self.types.hide(row.type for row in rows)

    def _remember(self, setting: keys.Setting[Any], value: Any) -> None:
        try:
            self._context.settings.set(setting, value)
        except StoreUnavailable as error:
            self._context.notifications.warn(error.sentence)

    def ask_to_export(self) -> None:
        """Offer to export the selection, what is shown, or everything."""
        self.export.ask(self.current_table.selected_ids(MOST_EXPORTED), self.stream.chosen)

    # Clear

    def ask_to_clear(self) -> None:
        """Ask before everything captured goes."""
        if self._context.capture.state != "listening":
            self._context.notifications.info("Start capturing first: it holds the workspace.")
            return
        self.confirm.ask(self._question(), "Remove", self._clear_everything)

    def _question(self) -> str:
        count = self.stream.known.count
        what = f"all {plural(count, 'event')}" if count > 1 else "the only event"
        return f"Remove {what} of all projects? This cannot be undone."

    def _show_question(self) -> None:
        """Events arrive while somebody reads the question."""
        if self.confirm.isHidden():
            return
        if self.stream.known.count:
            self.confirm.text.setText(self._question())
        else:
            self.confirm.hide()

    def _clear_everything(self) -> None:
        self.current_table.clearSelection()
        if self.inspector:
            self.inspector.clear()
        self._context.capture.send(wire.Clear())
        if self.projects.source is not None:
            self.projects.choose(None)
        self._go_to_table()

    # Rows

    def copy_rows(self) -> None:
        """The selected rows as tab-separated values to the clipboard."""
        chosen = self.current_table.selected_count()
        ids = self.current_table.selected_ids(COPY_MOST)
        columns = self.model.columns

        def text(store: Store) -> str:
            rows = (
                row
                for at in range(0, len(ids), 500)
                for row in store.events.rows(ids[at : at + 500])
            )
            return "\n".join("\t".join(cell(one.value(row)) for one in columns) for row in rows)

        def put(text: str) -> None:
            QGuiApplication.clipboard().setText(clipboard(text))
            if chosen > len(ids):
                self._context.notifications.info(
                    f"Copied the first {number(len(ids))} of {number(chosen)} rows."
                )

        if ids:
            self._context.jobs.read(self, text, "copy").then(put).catch(self._say)

    def _show_menu(self, at: QPoint) -> None:
        table = self.current_table
        index = table.indexAt(at)
        rows = self._rows([table.id_at(index.row())]) if index.isValid() else []
        if rows:
            menu = QMenu(table)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            fill_event_menu(menu, rows[0], self, self.model.columns[index.column()].key)
            menu.popup(table.viewport().mapToGlobal(at))

    @property
    def actions_table(self) -> Any:
        """The actions, for menus."""
        return self._context.actions

    def _go_to_table(self) -> None:
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
        self._open_inspector()
        self.inspector.show_event(event_id)

    def copy_link(self, event_id: int) -> None:
        """Put a link to an event on the clipboard."""
        name = self._context.store.ask(lambda store: store.name(), "")
        if name:
            QGuiApplication.clipboard().setText(str(EventLink(name, event_id)))

    def open_link(self) -> None:
        """Show the event of the link on the clipboard."""
        self.show_link(parse_link(QGuiApplication.clipboard().text()))

    def show_link(self, link: EventLink) -> None:
        """Show the event that a link names, or say why not."""
        say = self._context.notifications.warn
        if link.workspace != self._context.store.ask(lambda store: store.name(), ""):
            say("The link is to an event of another workspace.")
        elif not self._rows([link.event]):
            say(f"Event {number(link.event)} is no longer stored: it was cleared, or removed to"
                " keep the size cap.")  # fmt: skip
        else:
            self.inspect(link.event)
            self.current_table.go_to_id(link.event)

    def compose(self) -> None:
        """Write a new event and send it."""
        self._open_inspector()
        self.inspector.compose()

    def resend(self) -> None:
        """Edit the selected events and send them again."""
        event = self.current_table.current_id()
        several = self.current_table.selected_ids(MOST_RESENT + 1)
        if len(several) > MOST_RESENT:
            self._context.notifications.info(
                f"No more than {number(MOST_RESENT)} events can be sent again at once."
            )
        elif len(several) > 1:
            self._open_inspector()
            self.inspector.resend_all(several)
        elif event is not None:
            self.inspect(event)
            self.inspector.resend()

    def compare(self) -> None:
        """Show what differs between the two selected events; with one selected, between it and the
        one that is chosen next."""
        ids = self.current_table.selected_ids(3)
        if len(ids) == 1 and self._compared not in (None, ids[0]):
            ids.append(self._compared or 0)
        self._compared = ids[0] if len(ids) == 1 else None
        self._context.notifications.settled(COMPARING)
        if len(ids) == 2:
            self._open_inspector()
            self.inspector.compare(*ids)
        elif len(ids) == 1:
            self._context.notifications.info(
                "Choose another event and press D to compare.", about=COMPARING
            )
        else:
            self._context.notifications.info("Select two events to compare them.")

    def show_user(self) -> None:
        """Show what was known of the user when the current event happened."""
        event = self.current_table.current_id()
        if event is not None:
            self.inspect(event)
            self.inspector.show_user()

    def copy_as_curl(self) -> None:
        """Put the upload of the current event on the clipboard, as a command."""
        event = self.current_table.current_id()

        def text(store: Store) -> str:
            from ui.inspector.rawtext import as_curl

            detail = store.events.detail(event or 0)
            return as_curl(detail.capture) if detail else ""

        def put(text: str) -> None:
            if text:
                QGuiApplication.clipboard().setText(clipboard(text))
                self._context.notifications.info("Copied the upload as a curl command.")

        self._context.jobs.read(self, text, "curl").then(put).catch(self._say)

    def toggle_inspector(self) -> None:
        """Open or close the inspector."""
        if self.is_inspecting:
            self.close_inspector()
        else:
            self._open_inspector()
            self.inspector.show_event(self.current_table.current_id())

    def close_inspector(self) -> None:
        """Give its room to the table."""
        if self.inspector:
            self.inspector.hide()
            self._context.actions.refresh()
            self.current_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_inspector(self) -> None:
        if self.inspector is None:
            # Made when first wanted: start-up does not need it.
            from ui.inspector.panel import Inspector

            self.inspector = Inspector(self._context)
            self.inspector.closed.connect(self.close_inspector)
            self.inspector.condition_asked.connect(self.add_term)
            self.split.addWidget(self.inspector)
            self.split.setStretchFactor(1, 0)
            width = max(self.split.width(), 2 * INSPECTOR_WIDTH)
            self.split.setSizes([width - INSPECTOR_WIDTH, INSPECTOR_WIDTH])
        self.inspector.show()
        self._context.actions.refresh()

    def _show_current(self, event_id: int | None) -> None:
        if self.is_inspecting and event_id is not None:
            self.inspector.show_event(event_id)

    # Marks

    def pin_selected(self) -> None:
        """Pin the selected events, or unpin them."""
        self.marks.pin(self.current_table.selected_ids(MOST_MARKS))

    def colour_selected(self, colour: str) -> None:
        """Give the selected events a colour; empty takes it away."""
        self.marks.colour(self.current_table.selected_ids(MOST_MARKS), colour)

    def write_note(self) -> None:
        """Write on the current event."""
        event = self.current_table.current_id()
        if event is not None and (rows := self._rows([event])):
            self.note.ask(event, rows[0].type, self.marks.of(event).note)

    def peek(self) -> None:
        """Look at the current event; once more to stop."""
        event = self.current_table.current_id()
        if self.is_inspecting:
            self.close_inspector()
        elif event is not None:
            self.inspect(event)

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
