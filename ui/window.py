"""
The one window: a rail of pages at the left, the page, the status bar.

The frame is there at once; `attach` fills it. Pages are made when they are first needed. What a
person arranged is remembered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app import settings as keys
from app.errors import AppError
from app.settings import Setting, Settings
from ui.actions import Action, Actions
from ui.rail import Rail

if TYPE_CHECKING:
    from app.links import EventLink
    from ui.context import Context
    from ui.pages.emptystate import EmptyState
    from ui.statusbar import StatusBar

FILLING_MS, PAINTING_MS = 10, 40
FOOT = 28
SIZE = QSize(1280, 800)
SMALLEST = QSize(880, 520)
PALETTE = "window.palette"
QUIT = "window.quit"
READING = frozenset({"live", "ingestion", "users", "sdks", "requests", "explore", "problems"})
"""Pages of what was captured."""
_DELIVERIES = {"forward": "forward", "local": "keep local", "block": "block"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the window. `make` imports and builds it."""

    id: str
    title: str
    icon: str
    shortcut: str
    make: Callable[[], QWidget]
    at_foot: bool = False
    in_rail: bool = True
    """Others are reached from where they are spoken of, and from the palette."""


class MainWindow(QMainWindow):
    """Pages, rail, palette, status bar. `setting_changed` is called with a Setting that a person
    changed.

    Signals:
        painted: the window has been painted for the first time.
        closed: a person, or the system, closed the window.
    """

    painted = Signal()
    closed = Signal()

    context: Context
    status: StatusBar

    def __init__(
        self,
        settings: Settings,
        actions: Actions,
        setting_changed: Callable[[Setting[Any]], object],
        page: str = "",
    ) -> None:
        super().__init__()
        self._settings = settings
        self.actions_table = actions
        self._setting_changed = setting_changed
        self._made: dict[str, QWidget] = {}
        self._current = ""
        self._unreadable: EmptyState | None = None
        self._palette: Any = None
        self._shortcuts: Any = None
        self._layout = _read_layout(settings.get(keys.LAYOUT))
        self.setWindowTitle("Eventscope")
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE)
        self.pages = {
            one.id: one
            for one in (
                Page("connect", "Connect", "connect", "Ctrl+1", self._make_connect),
                Page("live", "Live", "live", "Ctrl+2", self._make_live),
                Page("ingestion", "Ingestion", "ingestion", "Ctrl+3", self._make_ingestion),
                Page("users", "Users", "users", "Ctrl+4", self._make_users),
                Page("sdks", "SDKs", "sdks", "Ctrl+5", self._make_sdks),
                Page("requests", "Requests", "endpoint", "", self._make_requests),
                Page("label", "Label", "label", "Ctrl+6", self._make_label),
                Page("explore", "Explore", "explore", "Ctrl+7", self._make_explore),
                Page("problems", "Problems", "warning", "", self._make_problems,
                     in_rail=False),
                Page("faults", "Faults and limits", "warning", "", self._make_faults,
                     in_rail=False),
                Page("settings", "Settings", "settings", "Ctrl+,", self._make_settings, True),
            )
        }  # fmt: skip
        self.rail = Rail(actions)
        self.stack = QStackedWidget()
        self._foot = QWidget()
        self._foot.setFixedHeight(FOOT)
        self._add_actions()
        self._lay_out()
        geometry = self._layout.get("geometry")
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        first = page or self._layout.get("page", "")
        self._first = first if first in self.pages else "connect"
        self._is_painted = False
        self._gives_way = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            self.painted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What nobody in the window had a use for."""
        from ui.keys import pressed_by_return

        if not pressed_by_return(self, event):
            super().keyPressEvent(event)

    def attach(self, context: Context) -> None:
        """Fill the frame: the status bar, messages, and the page that a person left or the one
        that was asked for."""
        from ui.statusbar import StatusBar

        self.context = context
        self.status = StatusBar(context)
        self.status.asked.connect(partial(self.go_to, "connect"))
        self.status.problems_asked.connect(partial(self.go_to, "problems"))
        self.status.faults_asked.connect(partial(self.go_to, "faults"))
        row = QVBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.status)
        context.notifications.show_in(self, FOOT, self._panel_width)
        self.go_to(self._first)
        context.store.refused.connect(self._show_again)
        context.store.opened.connect(self._show_again)

    def _lay_out(self) -> None:
        for page in filter(lambda page: page.in_rail, self.pages.values()):
            self.rail.add(page.id, page.title, f"go.{page.id}", at_foot=page.at_foot)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.stack, 1)
        right.addWidget(self._foot)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(middle)

    def _add_actions(self) -> None:
        add = self.actions_table.add
        for page in self.pages.values():
            add(
                Action(
                    f"go.{page.id}",
                    f"Go to {page.title}" if page.in_rail else f"Show {page.title.lower()}",
                    partial(self.go_to, page.id),
                    (page.shortcut,) if page.shortcut else (),
                    page.icon,
                    "page open",
                ),
                self,
            )
        more = (
            Action(PALETTE, "Command palette", self.open_palette,
                   ("Ctrl+K", "Ctrl+Shift+P"), "command"),
            Action("window.shortcuts", "Keyboard shortcuts", self.open_shortcuts, ("?", "F1"),
                   "keyboard", "help keys"),
            Action("window.light", "Use light colours", lambda: self._choose_theme("light"),
                   words="theme appearance"),
            Action("window.dark", "Use dark colours", lambda: self._choose_theme("dark"),
                   words="theme appearance night"),
            Action("window.system", "Use the system's colours",
                   lambda: self._choose_theme("system"), words="theme appearance"),
            Action("window.messages", "Close all messages", self._close_messages,
                   icon="close", words="notifications",
                   enabled=lambda: bool(self.context.notifications.cards)),
            *(self._delivery_action(mode, words) for mode, words in _DELIVERIES.items()),
            Action(QUIT, "Quit", self.close, ("Ctrl+Q",), words="exit close"),
        )  # fmt: skip
        for action in more:
            add(action, self)

    def _delivery_action(self, mode: str, words: str) -> Action:
        return Action(
            f"delivery.{mode}",
            f"Delivery: {words}",
            lambda: self.context.capture.set_delivery(mode),
            icon=mode,
            words="uploads",
        )

    # Pages

    @property
    def current(self) -> str:
        """The id of the page that is shown."""
        return self._current

    def page(self, page_id: str) -> Any:
        """A page, making it when it was not there yet."""
        if page_id not in self._made:
            widget = self.pages[page_id].make()
            self._made[page_id] = widget
            self.stack.addWidget(widget)
            state = self._layout.get(page_id)
            if isinstance(state, dict) and hasattr(widget, "restore_layout"):
                widget.restore_layout(state)
            self._widen_shortcuts()
        return self._made[page_id]

    def go_to(self, page_id: str) -> None:
        """Show a page, or why it has nothing to show."""
        self.page(page_id)
        self._current = page_id
        shown = self._shown()
        is_first = shown.focusWidget() is None
        self.stack.setCurrentWidget(shown)
        self.rail.show_page(page_id)
        if is_first and (main := shown.focusProxy()):
            # Not on the first thing that Tab would reach: arrows are for the list.
            main.setFocus()
            return
        # Where the keyboard was on it, or its beginning: never on what led elsewhere before.
        (shown.focusWidget() or shown).setFocus()

    def _shown(self) -> QWidget:
        """The current page, or what stands in for it."""
        is_refused = self._current in READING and self.context.store.trouble is not None
        page: QWidget = self._made[self._current]
        return self._refusal() if is_refused else page

    def _refusal(self) -> QWidget:
        """That the workspace cannot be read, and why: not that nothing was captured."""
        from ui.pages.emptystate import EmptyState

        if self._unreadable is None:
            again = [("Try again", self._read_again)]
            self._unreadable = EmptyState("warning", "This workspace cannot be read", "", again)
            self.stack.addWidget(self._unreadable)
        if trouble := self.context.store.trouble:
            self._unreadable.text.setText(f"{trouble.sentence} {trouble.hint}".strip())
            self._unreadable.fit()
        return self._unreadable

    def _read_again(self) -> None:
        # What still is in the way is on the page.
        with suppress(AppError):
            self.context.store.open()

    def _panel_width(self) -> int:
        """How wide what is open at the right edge of the page is."""
        from ui.inspector.sidepanel import SidePanel

        shown = self.stack.currentWidget()
        panels = shown.findChildren(SidePanel) if shown else []
        return max((one.width() for one in panels if one.isVisible()), default=0)

    def _show_again(self) -> None:
        # The keyboard stays where a person is writing, unless something else is to be seen.
        if self.stack.currentWidget() is not self._shown():
            self.go_to(self._current)

    def show_event(self, event_id: int) -> None:
        """Show an event in Live, with the inspector."""
        self.go_to("live")
        self.page("live").show_event(event_id)

    def show_event_in_front(self, event_id: int) -> None:
        """The same for a person who asked for it in another window."""
        self.show_event(event_id)
        self._come_forward()

    def show_link(self, link: EventLink) -> None:
        """Show the event that a link names, in front: a person just asked for it."""
        self.go_to("live")
        self.page("live").show_link(link)
        self._come_forward()

    def _come_forward(self) -> None:
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

    def show_person(self, event_id: int) -> None:
        """Show an event in Users, among everything that its person did."""
        self.go_to("users")
        self.page("users").open_event(event_id)

    def label_event(self, event_id: int) -> None:
        """Name what an event clicked."""
        self.go_to("label")
        self.page("label").label_captured(event_id)

    def add_to_chart(self, event_type: str) -> None:
        """Show an event type in Explore, beside what is in the chart there."""
        self.go_to("explore")
        self.page("explore").add_event(event_type)

    def look_behind_uploads(self, deed: str, uploads: list[int]) -> None:
        """Show who is behind uploads, in Explore."""
        self.go_to("explore")
        self.page("explore").look_behind_uploads(deed, uploads)

    def open_chart(self, number: int) -> None:
        """Show a saved chart."""
        self.go_to("explore")
        self.page("explore").open_chart(number)

    def show_filtered(self, text: str) -> None:
        """Show the events in Live that a filter fits."""
        self.go_to("live")
        self.page("live").filter.set_text(text)

    def make_pages(self) -> None:
        """Make the pages that were not needed yet, so that all their actions can be found: one
        after the other, and in between the window hears the person."""
        if getattr(self._made.get(self._current), "is_filling", False):
            # What a person looks at comes first, and once it is known it has to be painted.
            self._gives_way = True
            QTimer.singleShot(FILLING_MS, self, self.make_pages)
            return
        if self._gives_way:
            self._gives_way = False
            QTimer.singleShot(PAINTING_MS, self, self.make_pages)
            return
        missing = next((page_id for page_id in self.pages if page_id not in self._made), None)
        if missing is not None:
            self.page(missing)
            QTimer.singleShot(0, self, self.make_pages)
        elif self.context.warming:
            self.context.warming.begin()

    def _make_connect(self) -> QWidget:
        from ui.pages.connect import ConnectPage

        page = ConnectPage(self.context)
        page.toaster.event_asked.connect(self.show_event_in_front)
        return page

    def _make_live(self) -> QWidget:
        from ui.pages.live import LivePage

        page = LivePage(self.context)
        page.chart_asked.connect(self.add_to_chart)
        page.person_asked.connect(self.show_person)
        page.label_asked.connect(self.label_event)
        return page

    def _make_sdks(self) -> QWidget:
        from ui.pages.sdks import SdksPage

        page = SdksPage(self.context)
        page.event_asked.connect(self.show_event)
        return page

    def _make_requests(self) -> QWidget:
        from ui.pages.requests import RequestsPage

        page = RequestsPage(self.context)
        page.live_asked.connect(self.show_filtered)
        return page

    def _make_ingestion(self) -> QWidget:
        from ui.pages.ingestion import IngestionPage

        page = IngestionPage(self.context)
        page.live_asked.connect(self._show_in_live)
        page.people_asked.connect(self.look_behind_uploads)
        return page

    def _show_in_live(self, wanted: object) -> None:
        """An event by its id, or what a filter text finds."""
        if isinstance(wanted, int):
            self.show_event(wanted)
        elif isinstance(wanted, str):
            self.show_filtered(wanted)

    def _make_users(self) -> QWidget:
        from ui.pages.users import UsersPage

        page = UsersPage(self.context)
        page.event_asked.connect(self.show_event)
        page.chart_asked.connect(self.open_chart)
        page.filter_asked.connect(self.show_filtered)
        return page

    def _make_problems(self) -> QWidget:
        from ui.pages.problems.page import ProblemsPage

        page = ProblemsPage(self.context)
        page.event_asked.connect(self.show_event)
        page.filter_asked.connect(self.show_filtered)
        return page

    def _make_faults(self) -> QWidget:
        from ui.pages.faults import FaultsPage

        return FaultsPage(self.context)

    def _make_label(self) -> QWidget:
        from ui.pages.label import LabelPage

        page = LabelPage(self.context)
        page.live_asked.connect(self.show_filtered)
        page.site.toaster.event_asked.connect(self.show_event_in_front)
        return page

    def _make_explore(self) -> QWidget:
        from ui.pages.explore import ExplorePage

        page = ExplorePage(self.context)
        page.live_asked.connect(self._show_in_live)
        page.person_asked.connect(self.show_person)
        return page

    def _make_settings(self) -> QWidget:
        from ui.pages.settings import SettingsPage

        page = SettingsPage(self._settings, self.context.jobs)
        page.changed.connect(self._setting_changed)
        return page

    def _widen_shortcuts(self) -> None:
        """Shortcuts of actions that belong to no single page work on all of them."""
        for action in self.actions_table.all():
            if action.id.partition(".")[0] not in self.pages:
                self.addAction(self.actions_table.qaction(action.id))

    # Palette and help

    def open_palette(self) -> None:
        """Find an action by its name."""
        if self._palette is None:
            from ui.palette import CommandPalette

            self._palette = CommandPalette(self.actions_table, self, self.run, PALETTE, QUIT)
        self._palette.open()

    def open_shortcuts(self) -> None:
        """Show or put away the list of shortcuts."""
        if self._shortcuts is None:
            from ui.shortcuts import ShortcutCard

            titles = {page.id: page.title for page in self.pages.values()}
            self._shortcuts = ShortcutCard(self.actions_table, self, titles)
        self._shortcuts.toggle(self.current)

    def run(self, action_id: str) -> None:
        """Do an action; one that belongs to a page goes there first."""
        page = action_id.partition(".")[0]
        if page in self.pages:
            self.go_to(page)
        self.actions_table.trigger(action_id)

    def _close_messages(self) -> None:
        self.context.notifications.clear()

    def _choose_theme(self, choice: str) -> None:
        try:
            self._settings.set(keys.THEME, choice)
        except AppError as error:
            self.context.notifications.warn(error.sentence)
            return
        self._setting_changed(keys.THEME)

    # What is remembered

    def closeEvent(self, event: QCloseEvent) -> None:
        self.save_layout()
        super().closeEvent(event)
        self.closed.emit()

    def save_layout(self) -> None:
        """Remember size, page and the pages' own arrangement."""
        state: dict[str, Any] = {
            "geometry": bytes(self.saveGeometry().toBase64().data()).decode(),
            "page": self.current or self._first,
        }
        for page_id, widget in self._made.items():
            if hasattr(widget, "layout_state"):
                state[page_id] = widget.layout_state()
        try:
            self._settings.set(keys.LAYOUT, json.dumps(state))
        except AppError as error:
            self.context.notifications.warn(error.sentence)


def _read_layout(text: str) -> dict[str, Any]:
    try:
        state = json.loads(text)
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}
