"""
The status bar: whether we capture, what happens to uploads, which faults are on, how much comes,
how much is stored, and what could not be understood.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ingest.faults import CONFIG_CLICKS
from app.model import Delivery
from app.wire import Captured, Listening
from ui.captureprocess import ELSEWHERE
from ui.context import Context
from ui.plain import one_line, plural, tooltip
from ui.theme import hairline, label, set_role

if TYPE_CHECKING:
    from app.store import Store

WINDOW_S = 3.0
EVERY_MS = 1000
FAULTS_SHOWN = 60
MUCH_BEHIND = 2000
"""So many captures are studied in a second or two; fewer are not worth a word."""

_STATES = {
    "stopped": ("Not capturing", "muted"),
    "starting": ("Starting…", "warning"),
    "listening": ("Capturing", "good"),
    "failed": ("Capture failed", "bad"),
    "elsewhere": ("Another Eventscope captures", "note"),
}
_DELIVERIES = {
    Delivery.FORWARD: ("Forwarding to Amplitude", "Uploads go on to Amplitude."),
    Delivery.LOCAL: ("Kept local", "Uploads are answered here; nothing leaves this machine."),
    Delivery.BLOCK: ("Blocked", "Uploads are closed without an answer, as on a failing network."),
}


class StatusBar(QWidget):
    """One line of facts; the state is a button that leads to the Connect page, the problems are
    one that leads to them.

    Signals:
        asked: a person wants to know more about the state.
        problems_asked: a person wants to see what could not be understood.
        faults_asked: a person wants to see what fails on purpose.
    """

    asked = Signal()
    problems_asked = Signal()
    faults_asked = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._seen: deque[tuple[float, int]] = deque()
        self._is_stale = True
        self.setAccessibleName("Status")
        self.state = _button()
        self.state.clicked.connect(self.asked)
        self.delivery = label("", "status")
        self.faults = _button()
        self.faults.clicked.connect(self.faults_asked)
        self.faults.hide()
        self.behind = label("", "status")
        self.behind.setToolTip("Who is who, sessions and problems are being worked out")
        self.behind.hide()
        self.rate = label("", "status")
        self.stored = label("", "status")
        self.problems = _button()
        self.problems.clicked.connect(self.problems_asked)
        self._lay_out()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._connect()
        self._show_state()
        self._show_rate()
        self._show_stored()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(16)
        row.addWidget(self.state)
        row.addWidget(self.delivery)
        row.addWidget(self.faults)
        row.addStretch(1)
        for part in (self.behind, self.rate, self.stored, self.problems):
            row.addWidget(part)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(hairline())
        rows.addLayout(row)

    def _connect(self) -> None:
        capture, context = self._context.capture, self._context
        capture.state_changed.connect(self._show_state)
        capture.changed.connect(self._show_state)
        capture.listening.connect(self._begin_count)
        capture.captured.connect(self._count)
        context.feed.changed.connect(self._mark_stale)
        if context.study:
            context.study.studied.connect(self._show_behind)
        context.store.opened.connect(self._mark_stale)

    def _show_state(self, _what: object = None) -> None:
        capture = self._context.capture
        words, tone = _STATES[capture.state]
        info = capture.info
        if capture.state == "listening" and isinstance(info, Listening):
            words = f"{words} on {info.proxy}{', open to the network' if info.network else ''}"
        self.state.setText(f"●  {words}")
        _set_tone(self.state, tone)
        reason = one_line(capture.failure) if capture.state != "listening" else ""
        if capture.state == "elsewhere":
            reason = ELSEWHERE
        self.state.setToolTip(reason or f"{words}: open Connect")
        self.state.setAccessibleName(words)
        # What another one does with uploads is not known here.
        self.delivery.setVisible(capture.state != "elsewhere")
        delivery, help_text = _DELIVERIES[Delivery(capture.delivery)]
        self.delivery.setText(delivery)
        self.delivery.setToolTip(help_text)
        blocks = capture.delivery == Delivery.BLOCK
        set_role(self.delivery, "status-warning" if blocks else "status")
        self._show_faults(capture.faults)

    def _show_faults(self, faults: Sequence[str]) -> None:
        """What a person turned on in order to break things must not be forgotten."""
        self.faults.setVisible(bool(faults))
        words = f"Faults on: {one_line(', '.join(faults), FAULTS_SHOWN)}"
        told = "Uploads are made to fail on purpose:"
        if all(text.startswith(CONFIG_CLICKS) for text in faults):
            words = f"Clicks switched on in {plural(len(faults), 'project')}"
            told = "The answer to remote configuration has SDKs report clicks:"
        self.faults.setText(words.replace("&", "&&"))
        self.faults.setAccessibleName(words)
        _set_tone(self.faults, "warning")
        self.faults.setToolTip(
            tooltip(
                f"{told}\n"
                + "\n".join(faults)
                + "\nThey end when capture stops. Click to switch them."
            )
        )

    def _show_behind(self, through: int, last: int) -> None:
        """How far the study is, while it has much to catch up with."""
        self.behind.setVisible(last - through > MUCH_BEHIND)
        self.behind.setText(f"Working through what is stored: {through / max(last, 1):.0%}")

    # Rate

    def _begin_count(self, _message: object) -> None:
        last = self._context.store.ask(lambda store: store.events.last_id(), 0)
        self._seen.clear()
        self._seen.append((time.monotonic(), last))

    def _count(self, message: Captured) -> None:
        self._seen.append((time.monotonic(), message.last_event))

    def events_per_second(self) -> float:
        """Over the last few seconds."""
        now = time.monotonic()
        while len(self._seen) > 1 and now - self._seen[1][0] > WINDOW_S:
            self._seen.popleft()
        if len(self._seen) < 2:
            return 0.0
        before = self._seen[0]
        span = max(now - before[0], 1.0) if now - before[0] < WINDOW_S else WINDOW_S
        return max(0, self._seen[-1][1] - before[1]) / span

    def _show_rate(self) -> None:
        rate = self.events_per_second()
        text = f"{rate:,.0f} events/s" if rate >= 1 or rate == 0 else f"{rate:.1f} events/s"
        if text != self.rate.text():
            self.rate.setText(text)

    # Counts

    def _tick(self) -> None:
        if self._context.capture.state == "elsewhere":
            # Nobody announces what another one stores.
            last = self._context.store.ask(lambda store: store.events.last_id(), 0)
            self._seen.append((time.monotonic(), last))
        self._show_rate()
        if self._is_stale and self.isVisible():
            self._is_stale = False
            self._show_stored()

    def _mark_stale(self, _what: object = None) -> None:
        self._is_stale = True

    def _show_stored(self) -> None:
        count = self._context.store.ask(lambda store: store.events.count(), 0)
        self.stored.setText(f"{plural(count, 'event')} stored")
        if self._context.store.current is None:
            self._show_problems((0, 0, 0))
        else:
            folder = self._context.workspace

            def read(store: Store) -> tuple[int, int, int]:
                from ui.pages.problems.reading import read_totals

                return read_totals(store, folder)

            self._context.jobs.read(self, read, "problems").then(self._show_problems)

    def _show_problems(self, found: tuple[int, int, int]) -> None:
        """How many findings of each severity there are; notes only when there is nothing worse."""
        errors, warnings, notes = found
        parts = [(errors, "error"), (warnings, "warning")]
        if not errors and not warnings:
            parts = [(notes, "note")]
        words = ", ".join(plural(count, word) for count, word in parts if count) or "No problems"
        self.problems.setText(words)
        self.problems.setAccessibleName(f"Problems: {words}" if any(found) else words)
        self.problems.setToolTip(
            f"{plural(errors, 'error')}, {plural(warnings, 'warning')}, {plural(notes, 'note')}:"
            " show what is wrong"
        )
        _set_tone(self.problems, "bad" if errors else "warning" if warnings else "muted")


def _button() -> QPushButton:
    button = QPushButton()
    button.setProperty("kind", "status")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def _set_tone(button: QPushButton, tone: str) -> None:
    if button.property("tone") != tone:
        button.setProperty("tone", tone)
        button.style().unpolish(button)
        button.style().polish(button)
