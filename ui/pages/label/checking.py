"""
Compares real clicks on the site, as the page agent saw them, with what the SDK then sent.
"""

from __future__ import annotations

import logging
from collections import deque

from PySide6.QtCore import QObject, QTimer

from app.agentwords import Clicked
from app.label.selfcheck import Difference, checked, is_news
from app.store import Store
from ui.context import Context
from ui.plain import one_line

log = logging.getLogger(__name__)

MOST = 50
EVERY_MS = 1500
TRIES = 8
"""Nobody may have sent anything for a click; it is forgotten then."""


class SelfCheck(QObject):
    """Remembers clicks for some seconds. A difference is told once for each version of an SDK."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._clicks: deque[Clicked] = deque(maxlen=MOST)
        self._after: int | None = None
        self._left = 0
        self.compared = 0
        """Clicks for which there was an event."""
        self._soon = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._soon.timeout.connect(self._look)

    def take(self, click: Clicked) -> None:
        """A click on the site."""
        if self._after is None:
            self._after = self._context.store.ask(lambda store: store.events.last_id(), 0)
        self._clicks.append(click)
        self._left = TRIES
        self._soon.start()

    def _look(self) -> None:
        clicks, after, folder = tuple(self._clicks), self._after or 0, self._context.workspace

        def work(store: Store) -> tuple[list[Difference], set[int]]:
            found, seen = checked(store, clicks, after)
            return [one for one in found if is_news(folder, one)], seen

        self._context.jobs.read(self, work, "selfcheck").then(self._tell)

    def _tell(self, result: tuple[list[Difference], set[int]]) -> None:
        found, seen = result
        for one in found:
            log.warning(
                "%s describes elements otherwise (event %d): %s",
                one_line(one.library, 80), one.event_id, one_line(one.sentence, 300),
            )  # fmt: skip
            self._context.notifications.warn(
                f"{one_line(one.library, 60)} describes elements otherwise than expected.",
                f"{one.sentence.capitalize()}. Labels count what it sends; suggestions made on a "
                "page may miss. Labels made from captured clicks do not.",
            )
        self.compared += len(seen)
        rest = [click for click in self._clicks if click.at_ms not in seen]
        self._clicks.clear()
        self._left -= 1
        if rest and self._left > 0:
            self._clicks.extend(rest)
            self._soon.start()
        else:
            self._after = None
