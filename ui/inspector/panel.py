"""
The inspector: one event, as facts to read and as the bytes behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.model import Outcome
from ui.context import Context
from ui.inspector.copymenu import CopyMenu
from ui.inspector.difference import DifferenceView
from ui.inspector.facts import outcome_sentence, sections
from ui.inspector.info import InfoView
from ui.inspector.problems import ProblemsView
from ui.inspector.raw import RawView
from ui.inspector.sending import SendView
from ui.inspector.sidepanel import SidePanel, beside
from ui.inspector.treesearch import TreeSearch
from ui.inspector.uploadtab import upload_sections
from ui.inspector.userthen import user_sections
from ui.pages.emptystate import EmptyState
from ui.pages.problems.reading import breakable
from ui.plain import clock, one_line
from ui.table.cells import outcome_cell
from ui.theme import label, set_role

if TYPE_CHECKING:
    from app.ingest.user_properties import State
    from app.store import Store
    from app.store.events import EventDetail, Source
    from app.store.people import Snapshot

NARROWEST = 380
LONGEST_REASON = 400


class Looked(NamedTuple):
    """An event, the user it saw, and whether that is known yet."""

    detail: EventDetail | None
    snapshot: Snapshot | None
    known_before: State
    """Of the user, when there is no snapshot because the event does not count."""
    is_studied: bool


class Inspector(SidePanel):
    """Everything about one event.

    Signals:
        condition_asked: a person wants to filter by a value (a `Node` of a filter).
        column_asked: a person wants a property as a column of the table (its key).
    """

    condition_asked = Signal(object)
    column_asked = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__("Inspector", NARROWEST)
        self._context = context
        self._event_id: int | None = None
        self._is_writing = False
        self._is_settled = self._is_studied = True
        self.detail: EventDetail | None = None
        self.outcome = label("", "good")
        self.when = label("", "muted")
        self.reason = label("", "muted", wrap=True)
        self.reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reason.hide()
        self.info = InfoView()
        self.raw = RawView(context.jobs)
        self.problems = ProblemsView(context)
        self.problems.counted.connect(self._count_problems)
        self.user = InfoView()
        self.user.setAccessibleName("The user when the event happened")
        self.upload = InfoView()
        self.upload.setAccessibleName("The upload that brought the event")
        self.search = TreeSearch()
        self.send = SendView(context)
        self.difference = DifferenceView()
        self.info.offers_columns = True
        self.info.column_asked.connect(self.column_asked)
        for view in (self.info, self.user, self.upload):
            view.filters = "Filter"
            view.condition_asked.connect(self.condition_asked)
        self.raw.has_filter = True
        for asking in (self.raw, self.difference, self.problems):
            asking.condition_asked.connect(self.condition_asked)
        self.empty = EmptyState(
            "inspector", "No event selected", "Select an event to see everything about it."
        )
        self.gone = EmptyState(
            "trash", "No longer stored", "This event was removed to keep the size cap, or cleared."
        )
        self._lay_out()
        context.feed.changed.connect(self._look_again)
        self.show_event(None)

    def _lay_out(self) -> None:
        for name, widget in self._views():
            self.add_view(name, widget)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.gone)
        self._difference_tab = self.tabs.count() - 1
        self.tabs.show_only(self._difference_tab, is_shown=False)
        self.tabs.currentChanged.connect(self._show_tab)
        self.tabs.currentChanged.connect(lambda _tab: self._search_shown())
        self.copies = CopyMenu(self._context.store, lambda: self.detail)
        self.lay_out([self.copies], [beside(self.outcome, self.when), self.reason], [self.search])

    def _views(self) -> tuple[tuple[str, QWidget], ...]:
        return (
            ("Info", self.info),
            ("Raw", self.raw),
            ("Upload", self.upload),
            ("User at that time", self.user),
            ("Problems", self.problems),
            ("Send", self.send),
            ("Compare", self.difference),
        )

    def show_event(self, event_id: int | None) -> None:
        """Show this event; None shows that nothing is selected."""
        self._is_writing = False
        if event_id != self._event_id:
            self._end_difference()
        self._event_id = event_id
        self.problems.show_event(event_id)
        if event_id is None:
            self._context.jobs.drop(self)
            self._show(None)
        else:
            self._load(event_id)

    def clear(self) -> None:
        """Show nothing."""
        self.show_event(None)

    def open_search(self) -> None:
        """Search in the tree that is shown, or else in the raw text."""
        shown = self.stack.currentWidget()
        if isinstance(shown, InfoView):
            self.search.open_on(shown)
            return
        self.tabs.setCurrentIndex(self.stack.indexOf(self.raw))
        self.raw.open_search()

    def _load(self, event_id: int) -> None:
        def found(store: Store) -> Looked:
            # In this order: what was studied in between is not said to be without a user.
            is_studied = store.events.studied() >= event_id
            snapshot = store.people.snapshot(event_id)
            before = store.people.known_before(event_id) if is_studied and not snapshot else {}
            return Looked(store.events.detail(event_id), snapshot, before, is_studied)

        self._context.jobs.read(self, found).then(self._show_looked).catch(self._fail)

    def compose(self) -> None:
        """Write a new event."""
        self._write("New event")
        self.send.compose()

    def resend_all(self, ids: Sequence[int]) -> None:
        """Edit several events and send them again together."""

        def found(store: Store) -> list[EventDetail]:
            details = (store.events.detail(number) for number in sorted(ids))
            return [one for one in details if one is not None]

        self._write(f"{len(ids)} events")
        self._context.jobs.read(self, found, "several").then(self.send.show_events).catch(
            self._fail
        )

    def _write(self, title: str) -> None:
        """Show the editor alone: there is no single event behind it."""
        self.show_event(None)
        self._is_writing = True
        self.title.show_text(title)
        self._show_tab(0)

    def show_user(self) -> None:
        """Show what was known of the user."""
        self.tabs.setCurrentIndex(self.stack.indexOf(self.user))

    def resend(self) -> None:
        """Edit the event and send it again."""
        self.tabs.setCurrentIndex(self.stack.indexOf(self.send))
        self.send.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def compare(self, first: int, second: int) -> None:
        """Show what differs between two events, the older one at the left."""
        older, newer = sorted((first, second))

        def found(store: Store) -> tuple[EventDetail | None, EventDetail | None]:
            return store.events.detail(older), store.events.detail(newer)

        self.show_event(newer)
        self._context.jobs.read(self, found, "compare").then(self._show_difference).catch(
            self._fail
        )

    def _show_difference(self, both: tuple[EventDetail | None, EventDetail | None]) -> None:
        left, right = both
        if left is None or right is None:
            self._context.notifications.info("One of the two events is no longer stored.")
            return
        names = tuple(f"{one.row.type} at {clock(one.row.received_ms)}" for one in (left, right))
        self.difference.compare(left.event.fields, right.event.fields, (names[0], names[1]))
        self.tabs.show_only(self._difference_tab, is_shown=True)
        self.tabs.setCurrentIndex(self._difference_tab)

    def _end_difference(self) -> None:
        """What is compared was not asked for with another event."""
        if self.tabs.isTabVisible(self._difference_tab):
            self.tabs.setCurrentIndex(0)
            self.tabs.show_only(self._difference_tab, is_shown=False)

    def _show_looked(self, looked: Looked) -> None:
        self._is_studied = looked.is_studied
        self.user.show_sections(
            user_sections(
                looked.snapshot, is_studied=looked.is_studied, known_before=looked.known_before
            )
        )
        self._show(looked.detail)

    def _look_again(self) -> None:
        """The answer may have come."""
        is_open = not (self._is_settled and self._is_studied)
        if self._event_id is not None and is_open and self.isVisible():
            self._load(self._event_id)

    def _show(self, detail: EventDetail | None) -> None:
        if detail is not None and detail == self.detail:
            return
        self.detail = detail
        self.raw.show_detail(detail)
        self.send.show_detail(detail)
        if detail is None:
            self._is_settled = self._is_studied = True
            self.title.show_text("")
            self.outcome.setText("")
            self.when.setText("")
            self.reason.hide()
            self.info.show_sections(())
            self.upload.show_sections(())
        else:
            self._show_head(detail)
            project = self._project(detail)
            self.info.show_sections(sections(detail, project))
            self.upload.show_sections(upload_sections(detail, project))
        self._show_tab(self.tabs.currentIndex())
        if not self.search.isHidden():
            self.search.search()

    def _show_head(self, detail: EventDetail) -> None:
        row = detail.row
        self._is_settled = row.outcome is not Outcome.UNANSWERED or bool(row.failure)
        cell = outcome_cell(row.outcome, row.failure)
        self.title.show_text(row.type or "(no type)")
        self.outcome.setText(f"● {cell.text}")
        set_role(self.outcome, cell.tone)
        self.when.setText(clock(row.received_ms))
        # In full, because it is what a person looks for first; Info has room for its ends only.
        is_told = row.outcome is not Outcome.ACCEPTED
        self.reason.setText(breakable(one_line(outcome_sentence(detail), LONGEST_REASON)))
        self.reason.setVisible(is_told)

    def _project(self, detail: EventDetail) -> str:
        nothing: list[Source] = []
        sources = self._context.store.ask(lambda store: store.events.sources(), nothing)
        return next((one.name for one in sources if one.id == detail.row.source_id), "")

    def _show_tab(self, tab: int) -> None:
        has_event = self.detail is not None
        self.tabs.setVisible(has_event)
        if self._is_writing:
            self.stack.setCurrentWidget(self.send)
        elif has_event:
            self.stack.setCurrentIndex(tab)
        else:
            self.stack.setCurrentWidget(self.empty if self._event_id is None else self.gone)

    def _search_shown(self) -> None:
        """A search goes on in the tree that is shown now."""
        shown = self.stack.currentWidget()
        if self.search.isHidden() or self.detail is None:
            return
        if isinstance(shown, InfoView):
            self.search.open_on(shown)
        else:
            self.search.hide()

    def _count_problems(self, count: int) -> None:
        """On the tab, so that nobody has to look for them."""
        self.tabs.count_on(self.stack.indexOf(self.problems), count)

    def _fail(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint)
