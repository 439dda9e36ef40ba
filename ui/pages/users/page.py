"""
The page of Users: who is found, who is looked at, and which of their events.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.filter import to_text
from app.store.people.conditions import Condition
from app.store.people.search import FoundPeople, PersonRow
from ui.actions import Action
from ui.context import Context
from ui.copylink import copy_link
from ui.pages.emptystate import EmptyState
from ui.pages.users.advanced import AdvancedSearch
from ui.pages.users.eventpane import EventPane
from ui.pages.users.kept import Kept, Known
from ui.pages.users.peoplelist import Entry, PeopleList, person_title
from ui.pages.users.profile import TABS, ProfileView
from ui.pages.users.searchbar import SearchBar
from ui.plain import clipboard, number, plural
from ui.refresher import Refresher
from ui.theme import hairline, label, tint, vertical_hairline

if TYPE_CHECKING:
    from app.store import Store
    from app.store.people.profile import Profile

SIDE = 300
ROOMY = 1080
PAGE = 200
AGAIN_MS = 700
"""The list of people is asked for again so long after the last answer, at least."""


class UsersPage(QWidget):
    """People at the left, one of them in the middle, one of their events at the right.

    Signals:
        event_asked: the number of an event that is to be shown in Live.
        chart_asked: the number of a saved chart that is to be opened.
        filter_asked: the text of a filter that Live is to use.
    """

    event_asked = Signal(object)
    chart_asked = Signal(int)
    filter_asked = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._kept = Kept(context.workspace)
        self._person: int | None = None
        # Kept until it is shown: what arrives meanwhile begins the reading of a profile anew.
        self._asked_event: int | None = None
        self._found = FoundPeople([], False)
        self._total = self._nobodys = 0
        self._pins: list[Known] = []
        self._recently: list[Known] = []
        self._pinned: list[PersonRow] = []
        self._recent: list[PersonRow] = []
        self._property_pins: tuple[str, ...] = ()
        self.search = SearchBar(context.jobs)
        self.advanced = AdvancedSearch()
        self.advanced.hide()
        self.people = PeopleList()
        self.profile = ProfileView(context, self._kept)
        self.event_pane = EventPane(context)
        self._make_side()
        self._make_states()
        self._lay_out()
        self._connect()
        self._add_actions()

    def _make_side(self) -> None:
        self.more = QToolButton()
        self.more.setText("Advanced")
        self.more.setCheckable(True)
        self.more.setToolTip("Search by several conditions")
        self.more.setAccessibleName("Advanced Search")
        tint(self.more, "filter")
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.toggled.connect(self._show_advanced)
        self.count = label("", "small")
        self.count.setToolTip(
            "Who was heard of last comes first. Their times are those of events, which may have"
            " waited on the device."
        )
        self.nobody = label("", "small", wrap=True)
        self.nobody.hide()
        self.hint = label(
            "Words are looked for in IDs, and in names and values of user properties. Also:"
            ' plan=pro, did:"Order Completed"@7d, and with a minus what must not be.',
            "muted",
            wrap=True,
        )
        self.hint.hide()

    def _make_states(self) -> None:
        self.none = EmptyState(
            "users",
            "Nobody yet",
            "As soon as events with a user ID or a device ID arrive, the people behind them are"
            " listed here, with what they did and what is known of them.",
            (("Connect an app", partial(self._context.actions.trigger, "go.connect")),),
        )
        self.unchosen = EmptyState(
            "person", "Nobody chosen", "Choose somebody at the left, or search for an ID,"
            " a property or what was done.", ()
        )  # fmt: skip
        self.gone = EmptyState(
            "trash", "No longer there", "What was captured of this person was cleared."
        )

    def _lay_out(self) -> None:
        side = self.side = QWidget()
        side.setFixedWidth(SIDE)
        top = QVBoxLayout()
        top.setContentsMargins(12, 12, 12, 6)
        top.setSpacing(6)
        top.addWidget(label("Users", "title"))
        top.addWidget(self.search)
        row = QHBoxLayout()
        row.addWidget(self.count, 1)
        row.addWidget(self.more)
        top.addLayout(row)
        top.addWidget(self.advanced)
        top.addWidget(self.hint)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(hairline())
        column.addWidget(self.people, 1)
        # Of its own, so that they go with it: the list reaches down to the end without it.
        self.nobody.setContentsMargins(12, 6, 12, 6)
        column.addWidget(self.nobody)
        self.split = QSplitter()
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.profile)
        self.split.addWidget(self.event_pane)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        self.split.setSizes([560, 360])
        self.event_pane.hide()
        self.middle = QStackedWidget()
        for widget in (self.unchosen, self.split, self.gone):
            self.middle.addWidget(widget)
        whole = QWidget()
        across = QHBoxLayout(whole)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(side)
        across.addWidget(vertical_hairline())
        across.addWidget(self.middle, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.none)
        self.stack.addWidget(whole)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.stack)

    def _connect(self) -> None:
        self._listing = Refresher(self._ask_list, self, AGAIN_MS)
        self._reading = Refresher(self._ask_profile, self)
        self.search.changed.connect(self._search)
        self.search.left.connect(self.people.go_first)
        self.advanced.changed.connect(self.search.show_conditions)
        self.people.opened.connect(self.open_person)
        self.people.ended.connect(self._list_more)
        profile = self.profile
        profile.pin_asked.connect(self._pin)
        profile.property_pinned.connect(self._pin_property)
        profile.person_asked.connect(self.open_person)
        profile.copy_asked.connect(self.copy_id)
        profile.live.toggled.connect(self._follow)
        profile.activity.chosen.connect(self.inspect)
        profile.activity.chart_saved.connect(self._say_saved)
        profile.properties.event_asked.connect(self.open_event)
        profile.identity.event_asked.connect(self.open_event)
        profile.remote.event_asked.connect(self.open_event)
        self.event_pane.closed.connect(self.close_event)
        self.event_pane.link_asked.connect(self._copy_link)
        self.event_pane.live_asked.connect(self.event_asked)
        self.event_pane.condition_asked.connect(lambda node: self.filter_asked.emit(to_text(node)))
        self._context.feed.changed.connect(self._look_again)
        self._context.store.opened.connect(self._look_again)

    def _add_actions(self) -> None:
        add, profile = self._context.actions.add, self.profile
        has_person: Callable[[], bool] = lambda: self._person is not None  # noqa: E731
        for action in (
            Action("users.search", "Search people", self.search.take_focus, ("Ctrl+U",),
                   "search", "find user device lookup"),
            Action("users.advanced", "Advanced Search", self.more.toggle, icon="filter",
                   words="conditions performed property"),
            Action("users.pin", "Pin this person", profile.pin.click, ("Ctrl+D",), "pin",
                   enabled=has_person),
            Action("users.copy", "Copy the ID of this person", self.copy_id, ("Ctrl+Shift+C",),
                   "copy", enabled=has_person),
            *(Action(f"users.tab{at}", f"Show {_inside(title)} of this person",
                     partial(profile.tabs.setCurrentIndex, at), (f"Alt+{at + 1}",),
                     enabled=has_person) for at, title in enumerate(TABS)),
            Action("users.everything", "Show everything this person did",
                   profile.activity.show_everything, words="filter range days",
                   enabled=has_person),
        ):  # fmt: skip
            add(action, self)
        # Those of the search on every page, which the table of actions knows for one of them.
        for keys in ("Ctrl+F", "/"):
            inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(keys), self, self.search.take_focus, context=inside)

    # Opening

    def open_person(self, person: int, event: int | None = None) -> None:
        """Show somebody, by number; at one of their events when that is given."""
        is_other = person != self._person
        self._person, self._asked_event = person, event
        if is_other:
            self.close_event()
        self._reading.now()

    def open_event(self, event: int) -> None:
        """Show an event among what its person did; links and other pages come here."""
        person = self._context.store.ask(lambda store: store.people.of_event(event), None)
        if not person:
            self._context.notifications.info("This event belongs to nobody that is known.")
            return
        self.profile.tabs.setCurrentIndex(0)
        self.open_person(person, event)
        self.inspect(event)

    def inspect(self, event: int | None) -> None:
        """Show an event at the right."""
        if event is None:
            return
        self.event_pane.show_event(event)
        self.event_pane.show()
        self._share_room()

    def close_event(self) -> None:
        """Show no event."""
        self.event_pane.hide()
        self.event_pane.show_event(None)
        self._share_room()
        self.profile.activity.timeline.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """In a small window, the list gives way to the event that is looked at."""
        self.side.setVisible(self.width() >= ROOMY or self.event_pane.isHidden())

    def _follow(self, on: bool) -> None:
        """Whether what arrives is to be seen at once."""
        shown = self.profile.profile
        if on:
            self._look_again()
        elif shown is not None and shown.person.id == self._person:
            # The next look at the same person, if one is under way.
            self._context.jobs.drop(self, "profile")
            self._reading.stop()

    def _ask_profile(self) -> bool:
        person = self._person
        if person is None:
            return False

        def read(store: Store) -> Profile | None:
            return store.people.profiles.profile(person)

        def fail(error: AppError) -> None:
            self._reading.done()
            self._fail(error)

        self._context.jobs.read(self, read, "profile").then(self._show_profile).catch(fail)
        return True

    def _show_profile(self, profile: Profile | None) -> None:
        self._reading.done()
        event, self._asked_event = self._asked_event, None
        if profile is None:
            self.middle.setCurrentWidget(self.gone)
            return
        is_other = self.profile.profile is None or (
            self.profile.profile.person.id != profile.person.id
        )
        self._person = profile.person.id
        self.middle.setCurrentWidget(self.split)
        self.profile.show_profile(
            profile, self._property_pins, is_pinned=Known.of(profile.person) in self._pins,
            event=event,
        )  # fmt: skip
        self.people.mark(profile.person.id)
        self._context.actions.refresh()
        if is_other:
            self._keep(lambda: self._kept.opened(Known.of(profile.person)))

    # The list

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keep(self._read_kept)
        self._look_again()

    def _look_again(self) -> None:
        """Something was captured or studied."""
        if self._context.store.current is None:
            self.stack.setCurrentWidget(self.none)
        elif self.isVisible():
            self._listing.ask()
            if self._person is not None and self.profile.live.isChecked():
                self._reading.ask()

    def _search(self, conditions: tuple[Condition, ...]) -> None:
        if self.more.isChecked():
            self.advanced.show_conditions(conditions)
        self.people.verticalScrollBar().setValue(0)
        self._found = FoundPeople([], False)
        self._listing.now()

    def _show_advanced(self, on: bool) -> None:
        self.advanced.setVisible(on)
        if on:
            self.advanced.show_conditions(self.search.conditions)

    def _ask_list(self) -> bool:
        conditions, now_ms = self.search.conditions, round(time.time() * 1000)
        pins, recently = list(self._pins), list(self._recently)
        count = max(PAGE, len(self._found.people))

        def read(store: Store) -> tuple[FoundPeople, list[PersonRow], list[PersonRow], int, int]:
            search = store.people.search
            found = search.find(conditions, now_ms, count)
            pinned = recent = []  # type: list[PersonRow]
            if not conditions:
                pinned = _people(store, pins)
                recent = _people(store, recently)
            return found, pinned, recent, search.count(), search.events_of_nobody()

        def fail(error: AppError) -> None:
            self._listing.done()
            self._fail(error)

        self._context.jobs.read(self, read, "list").then(self._show_found).catch(fail)
        return True

    def _list_more(self) -> None:
        """The next people, when somebody scrolls to the end."""
        found, conditions = self._found, self.search.conditions
        if not found.has_more or not found.people:
            return
        before, now_ms = found.people[-1].last_id, round(time.time() * 1000)

        def read(store: Store) -> FoundPeople:
            return store.people.search.find(conditions, now_ms, PAGE, before)

        def add(more: FoundPeople) -> None:
            if found is self._found:
                self._found = FoundPeople([*found.people, *more.people], more.has_more)
                self._fill(self._pinned, self._recent)

        self._context.jobs.read(self, read, "more").then(add).catch(self._fail)

    def _show_found(self, answer: Any) -> None:
        self._listing.done()
        self._found, pinned, recent, self._total, self._nobodys = answer
        self.stack.setCurrentIndex(1 if self._total or self._nobodys else 0)
        self._fill(pinned, recent)
        conditions = self.search.conditions
        if conditions:
            shown = f"{number(len(self._found.people))}{'+' if self._found.has_more else ''}"
            people = "person" if len(self._found.people) == 1 else "people"
            self.count.setText(f"{shown} {people} found")
        else:
            order = ", last heard of first" if self._total > 1 else ""
            self.count.setText(plural(self._total, "person", "people") + order)
        self.nobody.setVisible(self._nobodys > 0)
        self.nobody.setText(
            f"{plural(self._nobodys, 'event')} without any usable ID"
            f" {'belongs' if self._nobodys == 1 else 'belong'} to nobody."
        )
        is_nobody = bool(conditions) and not self._found.people
        if is_nobody:
            self.count.setText("Nobody found")
        self.hint.setVisible(is_nobody)

    def _fill(self, pinned: list[PersonRow], recent: list[PersonRow]) -> None:
        self._pinned, self._recent = pinned, recent
        entries: list[Entry] = []
        if not self.search.conditions and (pinned or recent):
            some = {one.id for one in pinned}
            fresh = [one for one in recent if one.id not in some][:5]
            for title, people in (("Pinned", pinned), ("Recently opened", fresh)):
                entries += [title, *people] if people else []
            entries.append("Last seen")
        entries += self._found.people
        self.people.show_entries(entries, round(time.time() * 1000), self._person)

    # What is kept

    def _read_kept(self) -> None:
        self._pins = self._kept.pinned()
        self._recently = self._kept.recent()
        self._property_pins = self._kept.properties()

    def _pin(self, wanted: bool) -> None:
        if self.profile.profile is None:
            return
        known = Known.of(self.profile.profile.person)
        self._keep(lambda: self._kept.pin(known, wanted))
        self._keep(self._read_kept)
        self.profile.show_pins(self._property_pins, is_pinned=known in self._pins)
        self._listing.now()

    def _pin_property(self, name: str, wanted: bool) -> None:
        self._keep(lambda: self._kept.pin_property(name, wanted))
        self._keep(self._read_kept)
        self.profile.show_pins(self._property_pins, is_pinned=self.profile.pin.isChecked())

    def _keep(self, work: Callable[[], object]) -> None:
        """Write or read what is kept; a page works without it."""
        try:
            work()
        except AppError as error:
            self._fail(error)

    # Copying and messages

    def copy_id(self) -> None:
        """The id of the person that is shown, to the clipboard."""
        if self.profile.profile is not None:
            text = person_title(self.profile.profile.person)
            QGuiApplication.clipboard().setText(clipboard(text))

    def _copy_link(self, event: int | None) -> None:
        if event is not None and copy_link(self._context.store, event):
            self._context.notifications.info("The link to this event is in the clipboard.")

    def _say_saved(self, chart: Any) -> None:
        self._context.notifications.info(
            f"Saved as a chart: {chart.name}", ("Open", lambda: self.chart_asked.emit(chart.id))
        )

    def _fail(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint, about="users")


def _people(store: Store, known: list[Known]) -> list[PersonRow]:
    """Those of them who are there."""
    found: list[PersonRow] = []
    for one in known:
        rows = store.people.search.rows(store.people.search.by_id(one.text))
        found += [row for row in rows if Known.of(row) == one and row not in found]
    return found


def _inside(title: str) -> str:
    """The title of a tab inside a sentence."""
    return title if title == "Amplitude" else title.lower()
