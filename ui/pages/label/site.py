"""
The person's own site in the built-in browser, with the page agent in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.agentwords import Clicked, Dropped, Leave, Opened, Options, Page, Picked, Survey
from app.errors import AppError
from ui.browser.opener import SHOP, BrowserOpener
from ui.browser.telling import Telling
from ui.browser.toasts import Toaster
from ui.context import Context
from ui.pages.emptystate import EmptyState
from ui.pages.label.own import OwnBrowser
from ui.pages.label.remote import RemoteAgent

if TYPE_CHECKING:
    from ui.browser.agent import Agent
    from ui.browser.window import BrowserWindow

SIZES = (("", "Full width"), ("820", "Tablet"), ("390", "Phone"))
SURVEY_MS = 1500
"""How often the page is looked at again while labeling: it may change at any time."""


class Site(QWidget):
    """Nothing at first, then a browser.

    Signals:
        picked: a `Picked`.
        clicked: a `Clicked`, on the site itself.
        surveyed: a `Survey` of everything on the page that can be labeled.
        left: a person wants to navigate again.
        moved: another page is shown.
        label_opened: the name of a labeled event that was clicked on the page.
        opened: a site is there, or gone again.
    """

    picked = Signal(object)
    clicked = Signal(object)
    surveyed = Signal(object)
    left = Signal()
    moved = Signal()
    label_opened = Signal(str)
    opened = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.opener = BrowserOpener(context.capture, context.notifications, self)
        self.toaster = Toaster(context, self)
        self.opener.opened.connect(self.toaster.attach)
        self.telling = Telling(context, self)
        self.opener.opened.connect(self.telling.attach)
        self.browser: BrowserWindow | None = None
        self.agent: Agent | RemoteAgent | None = None
        self.survey: Survey | None = None
        self.url = ""
        """The page that is shown."""
        self.is_from_worker = False
        """Whether the site's service worker gave it."""
        self._mode = "navigate"
        self._unplaced: Picked | None = None
        self.start = EmptyState(
            "label",
            "Open the site that you want to label",
            "Click an element, give it a name, and every click on it is counted from then on, "
            "and those that were captured before. No code, no release.",
            [
                ("Open a site", self.open_blank),
                ("Open the demo shop", self.open_shop),
                ("Use your own browser", self.use_own_browser),
            ],
        )
        self.own = OwnBrowser(context)
        self.own.left.connect(self._forget)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start)
        self._frame = QWidget()
        self._row = QHBoxLayout(self._frame)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.stack.addWidget(self._frame)
        self.stack.addWidget(self.own)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.stack)
        self._again = QTimer(self, interval=SURVEY_MS)
        self._again.timeout.connect(self.look)

    @property
    def mode(self) -> str:
        """What clicks on the page do: "navigate" or "label"."""
        return self._mode

    def open_blank(self) -> None:
        """An empty browser, with the cursor where the address goes."""
        self._open("about:blank")
        if self.browser:
            self.browser.address.clear()
            self.browser.address.setFocus()

    def open_shop(self) -> None:
        """The shop that comes with Eventscope."""
        self._open(SHOP)

    def open(self, url: str) -> None:
        """A site by its address."""
        self._open(url)

    def use_own_browser(self) -> None:
        """Label in whatever browser a person uses, on sites that they choose."""
        self._attach(self.own.agent)
        self.stack.setCurrentWidget(self.own)
        self.own.begin()
        self.opened.emit()

    @property
    def is_open(self) -> bool:
        """Whether there is a site to label."""
        return self.agent is not None

    def set_mode(self, mode: str) -> None:
        """What clicks on the page do from now on."""
        self._mode = mode
        if self.agent:
            self.agent.do("mode", mode=mode)
        if mode == "label":
            self._again.start()
            self.look()
        else:
            self._again.stop()
            self.survey = None

    def set_width(self, pixels: int) -> None:
        """Show the site as on a narrower screen; 0 is all the room there is."""
        if self.browser:
            self.browser.setMaximumWidth(pixels or 16777215)

    def look(self) -> None:
        """Ask for everything on the page that can be labeled."""
        if self.agent and self._mode == "label" and self.isVisible():
            self.agent.do("survey", most=5000)

    def highlight(self, marks: Iterable[dict[str, Any]]) -> None:
        """Mark elements of the last survey: `element`, `tone` and perhaps `name`."""
        if self.agent:
            self.agent.do("highlight", marks=list(marks))

    def forget_pick(self) -> None:
        """Outline what was picked no longer; the keyboard is the page's again."""
        if self.agent and self._mode == "label":
            self.agent.do("forget")
        if self.browser and self.browser.isVisible():
            self.browser.view.setFocus()

    def shutdown(self) -> None:
        """Close the browser. May be called more than once."""
        self._again.stop()
        self._forget()
        self.opener.shutdown()

    def _open(self, url: str) -> None:
        if self.browser:
            self.browser.load(url)
            return
        try:
            self.browser = self.opener.embed()
        except AppError as error:
            capture = self._context.capture
            start = None if capture.info else ("Start capture", capture.start)
            said = f"{error.sentence} {error.hint}".strip()
            self._context.notifications.warn(said, action=start, about="capture")
            return
        # Imported here: the engine is large, and only for those who use it.
        self._attach(self.browser.agent)
        self.browser.closed.connect(self._forget)
        self._row.addWidget(self.browser)
        self.stack.setCurrentWidget(self._frame)
        self.browser.show()
        self.browser.load(url)
        self.opened.emit()

    def _attach(self, agent: Agent | RemoteAgent) -> None:
        self.agent = agent
        agent.said.connect(self._hear)

    def _hear(self, said: object) -> None:
        match said:
            case Page():
                self.url, self.is_from_worker = said.url, said.from_worker
                self.moved.emit()
                if said.is_new and self.agent:
                    self.agent.do("mode", mode=self._mode)
                    self.agent.do("watch")
                self.look()
            case Survey():
                self.survey = said
                self.surveyed.emit(said)
                placed, self._unplaced = self._unplaced, None
                if placed:
                    self.picked.emit(placed)
            case Picked():
                self._pick(said)
            case Clicked():
                self.clicked.emit(said)
            case Options() | Dropped() if self.agent is self.own.agent:
                self.telling.hear(said)
            case Leave():
                self.left.emit()
            case Opened():
                self.label_opened.emit(said.name)

    def _pick(self, picked: Picked) -> None:
        """What came since the last survey, or is in a frame, is looked at with what is around it
        first: a suggestion needs that."""
        if picked.element < 0 and self._mode == "label" and self.isVisible():
            self._unplaced = picked
            self.look()
        else:
            self._unplaced = None
            self.picked.emit(picked)

    def _forget(self, _window: object = None) -> None:
        agent = self.agent
        if agent is None:
            return
        self.set_mode("navigate")
        if agent is self.own.agent:
            agent.said.disconnect(self._hear)
        self.browser = self.agent = self.survey = None
        self.url = ""
        self.stack.setCurrentWidget(self.start)
        self.opened.emit()
