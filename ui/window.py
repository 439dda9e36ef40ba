"""
The one window: a rail of pages at the left, the page, the status bar.

The frame is there at once; `attach` fills it. Pages are made when they are first needed. What a
person arranged is remembered.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app import settings as keys
from app.errors import AppError
from app.settings import Setting, Settings
from ui.actions import Action, Actions
from ui.pagelist import PAGES
from ui.rail import Rail
from ui.ways import Ways

if TYPE_CHECKING:
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
        self._made: dict[str, QWidget] = {}
        self._current = ""
        self._unreadable: EmptyState | None = None
        self._palette: Any = None
        self._shortcuts: Any = None
        self._layout = _read_layout(settings.get(keys.LAYOUT))
        self.setWindowTitle("Eventscope")
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE)
        self.pages = {one.id: one for one in PAGES}
        self.ways = Ways(self._led_to, self._come_forward, setting_changed, self)
        self.rail = Rail(actions)
        self.stack = QStackedWidget()
        self._foot = QWidget()
        self._foot.setFixedHeight(FOOT)
        self._add_actions()
        self._lay_out()
        geometry = str(self._layout.get("geometry", "")).encode("ascii", "replace")
        self.restoreGeometry(QByteArray.fromBase64(geometry))
        first = page or str(self._layout.get("page", ""))
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
            Action("projects.name", "Name projects…", self._name_projects, icon="project",
                   words="rename api key source settings"),
            Action("window.messages", "Close all messages", self._close_messages,
                   icon="close", words="notifications",
                   enabled=lambda: bool(self.context.notifications.cards)),
            *(self._delivery_action(mode, words) for mode, words in _DELIVERIES.items()),
            Action(QUIT, "Quit", self.close, ("Ctrl+Q",), words="exit close"),
        )  # fmt: skip
        for action in more:
            add(action, self)

    def _name_projects(self) -> None:
        self.go_to("settings")
        self.page("settings").show_projects()

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
            widget = self.pages[page_id].make(self.context, self.ways)
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

    def _led_to(self, page_id: str) -> QWidget:
        self.go_to(page_id)
        return self._made[page_id]

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

    def _come_forward(self) -> None:
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()

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
        self.ways.use_setting(keys.THEME)

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
    except (ValueError, RecursionError):
        return {}
    return state if isinstance(state, dict) else {}
