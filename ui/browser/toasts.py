"""
Events over the page in the built-in browser, as they fire: those that the page itself sent.

Which page sent an upload is told by what browsers write into its head: the name of the engine, and
the site. Off at first, because a person who designs a page wants to see the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWidgets import QToolButton

from app import settings as keys
from app.agentwords import EventAsked
from app.errors import StoreUnavailable
from app.model import Outcome
from app.naming import generated_name, is_named
from ui.context import Context
from ui.plain import clock, one_line
from ui.table.cells import OUTCOME_TONE
from ui.table.properties import properties
from ui.theme import tint

if TYPE_CHECKING:
    from app.store import Store
    from app.store.events import EventRow
    from ui.browser.window import BrowserWindow

MOST = 200
"""Of those that arrived at once, the newest so many are looked at."""
SHOWN = 4
LONGEST = 80


class Fired(NamedTuple):
    """An event, and what the browser that sent it said of itself: its name and the site."""

    row: EventRow
    agent: str
    site: str


class Toaster(QObject):
    """Shows events on the pages of the windows that were given to it.

    Signals:
        event_asked: the number of an event that a person clicked.
    """

    event_asked = Signal(object)

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._windows: list[BrowserWindow] = []
        self._seen: int | None = None
        self._is_asking = False
        context.feed.changed.connect(self._look)

    @property
    def is_on(self) -> bool:
        """Whether a person wants to see them."""
        return self._context.settings.get(keys.TOASTS)

    def attach(self, window: BrowserWindow) -> None:
        """Show events on the page of this window too, with a switch in its bar."""
        switch = QToolButton()
        switch.setCheckable(True)
        switch.setChecked(self.is_on)
        tint(switch, "live")
        switch.setAccessibleName("Show events on the page")
        switch.setToolTip("Show events on the page, as they fire")
        switch.toggled.connect(self.use)
        window.add_switch(switch)
        window.toasts = switch
        self._windows.append(window)
        self._begin()
        window.closed.connect(self._forget)
        # One that is part of a page goes with the page, and is not closed before.
        window.destroyed.connect(lambda: self._forget(window))
        window.agent.said.connect(self._hear)

    def use(self, wanted: bool) -> None:
        """Switch it on or off, everywhere and for good."""
        if wanted == self.is_on:
            return
        try:
            self._context.settings.set(keys.TOASTS, wanted)
        except StoreUnavailable as error:
            self._context.notifications.warn(error.sentence, error.hint)
        self._begin()
        for window in self._windows:
            if window.toasts is not None:
                window.toasts.setChecked(wanted)
            if not wanted:
                window.agent.do("untoast")

    def _begin(self) -> None:
        """What was there before is no news."""
        self._seen = self._context.store.ask(lambda store: store.events.last_id(), None)

    def _forget(self, window: object) -> None:
        self._windows = [one for one in self._windows if one is not window]

    def _hear(self, said: object) -> None:
        if isinstance(said, EventAsked):
            self.event_asked.emit(said.event)

    def _look(self) -> None:
        for window in self._windows:
            # It may have been switched elsewhere.
            if window.toasts is not None:
                window.toasts.setChecked(self.is_on)
        if not self._windows or not self.is_on or self._is_asking:
            return
        if self._seen is None:
            self._begin()
        seen = self._seen
        if seen is None:
            return
        self._is_asking = True
        self._context.jobs.read(self, lambda store: fired(store, seen), "toasts").then(
            self._show
        ).catch(self._fail)

    def _fail(self, _error: object) -> None:
        self._is_asking = False

    def _show(self, found: Sequence[Fired]) -> None:
        self._is_asking = False
        if not found:
            return
        self._seen = max(self._seen or 0, found[-1].row.id)
        for window in self._windows:
            own = [one for one in found if is_of(one, window.agent_name, window.page.url())]
            if own:
                window.agent.do("toast", events=toasts(own))


def fired(store: Store, after: int) -> list[Fired]:
    """The newest events above an id, in order of arrival."""
    first = max(after + 1, store.events.last_id() - MOST + 1)
    rows = store.events.rows(range(first, store.events.last_id() + 1))
    heads: dict[int, tuple[str, str]] = {}
    for upload in {row.upload_id for row in rows}:
        stored = store.captures.get(upload)
        if stored is not None:
            heads[upload] = _sender(stored.capture.headers)
    return [Fired(row, *heads[row.upload_id]) for row in rows if row.upload_id in heads]


def _sender(headers: Sequence[tuple[str, str]]) -> tuple[str, str]:
    known = {name.lower(): value for name, value in headers}
    return known.get("user-agent", ""), known.get("origin") or known.get("referer", "")


def is_of(one: Fired, agent: str, page: QUrl) -> bool:
    """Whether an event was sent by this page of a browser with this name."""
    if one.agent != agent:
        return False
    return one.site in ("", "null") or _site(QUrl(one.site)) == _site(page)


def _site(url: QUrl) -> tuple[str, str, int]:
    scheme = url.scheme()
    return scheme, url.host(), url.port({"https": 443, "http": 80}.get(scheme, -1))


def toasts(found: Sequence[Fired]) -> list[dict[str, object]]:
    """What the agent draws: the newest few, and how many there are besides."""
    left = len(found) - SHOWN
    shown = found[-SHOWN:] if left <= 0 else found[1 - SHOWN :]
    drawn = [_toast(one.row) for one in shown]
    if left > 0:
        more = len(found) - len(shown)
        first = {"event": found[-len(shown) - 1].row.id, "title": f"{more} more events",
                 "detail": "At the same time", "tone": "muted"}  # fmt: skip
        drawn.insert(0, first)
    return drawn


def _toast(row: EventRow) -> dict[str, object]:
    name = row.type
    if is_named(row.type):
        name = generated_name(row.type, properties(row.event_properties)) or row.type
    who = row.user_id or row.device_id or "Nobody"
    # A colour alone would not tell everybody.
    told = "" if row.outcome in (Outcome.ACCEPTED, Outcome.UNANSWERED) else row.outcome.capitalize()
    return {
        "event": row.id,
        "title": one_line(name, LONGEST),
        "detail": "  ·  ".join(filter(None, (one_line(who, 40), clock(row.received_ms), told))),
        "tone": OUTCOME_TONE[row.outcome],
    }
