"""
The page agent in a person's own browser: the same words, by way of the capture process.

Several pages may be open. What is asked goes to the page that has the focus, or had it last;
`said` tells of that one alone, so that a page in the background changes nothing.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.agentwords import Outside, Page, Picked, read
from app.errors import BadInput
from app.wire import AgentSaid, AskAgent
from ui.captureprocess import CaptureProcess

log = logging.getLogger(__name__)

MOST_PAGES = 200
"""That are remembered; a page names itself, and may do so anew each time."""


class RemoteAgent(QObject):
    """Signals: `said` with a record of `app.agentwords`; `pages_changed` when a page of a chosen
    site was opened, or another one got the focus; `outside` with a host that has a page open which
    the agent is not in, and an `Outside`."""

    said = Signal(object)
    outside = Signal(str, object)
    pages_changed = Signal()

    def __init__(self, capture: CaptureProcess, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._capture = capture
        self._seen: dict[str, Page | None] = {}
        self._mode = "navigate"
        self.page = ""
        self.host = ""
        capture.agent_said.connect(self._hear)

    @property
    def is_there(self) -> bool:
        """Whether a page of a chosen site spoke."""
        return bool(self.page)

    def do(self, what: str, **more: Any) -> None:
        """Ask the agent for something; see `agent.js`. The mode counts for all pages."""
        text = json.dumps({"do": what, **more})
        if what == "mode":
            self._mode = more["mode"]
        if what == "mode" or self.page:
            self._capture.send(AskAgent("" if what == "mode" else self.page, text))

    def _hear(self, message: AgentSaid) -> None:
        try:
            has_focus = json.loads(message.text).get("focus") is True
            said = read(message.text)
        except (BadInput, ValueError, AttributeError) as error:
            log.warning("%s", error)
            return
        if isinstance(said, Outside):
            # Only the proxy says so, in the name of no page.
            if not message.page:
                self.outside.emit(message.host, said)
            return
        is_new = message.page not in self._seen
        known = self._seen.pop(message.page, None)
        self._seen[message.page] = said if isinstance(said, Page) else known
        while len(self._seen) > MOST_PAGES:
            del self._seen[next(iter(self._seen))]
        if not self.page or has_focus or isinstance(said, Picked):
            self._turn_to(message)
        if is_new or (isinstance(said, Page) and said.is_new):
            mode = json.dumps({"do": "mode", "mode": self._mode})
            self._capture.send(AskAgent(message.page, mode))
        if message.page == self.page:
            self.said.emit(said)

    def _turn_to(self, message: AgentSaid) -> None:
        if message.page != self.page:
            self.page, self.host = message.page, message.host
            self.pages_changed.emit()
            known = self._seen[message.page]
            if known:
                self.said.emit(replace(known, is_new=False))
