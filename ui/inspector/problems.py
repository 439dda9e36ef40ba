"""
Problems of one event: each with its sentence and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.filter import Condition
from ui.context import Context
from ui.pages.emptystate import EmptyState
from ui.pages.problems.reading import ICONS, TONES, WORDS, breakable
from ui.theme import hairline, label, pixmap, tokens

if TYPE_CHECKING:
    from app.lint.reading import Finding
    from app.store import Store


class ProblemsView(QStackedWidget):
    """What rules found about an event, worst first. Looks again while rules are still at work.

    Signals:
        counted: how many problems the event has.
        condition_asked: a person wants to see the events with a problem (a `Node` of a filter).
    """

    counted = Signal(int)
    condition_asked = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._event_id: int | None = None
        self._shown: list[Finding] | None = None
        self.setAccessibleName("Problems of the selected event")
        self.nothing = EmptyState(
            "check", "No problems", "No rule has anything to say about this event."
        )
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName("Problems of the selected event")
        self.addWidget(self.nothing)
        self.addWidget(self.area)
        context.feed.changed.connect(self._look_again)

    def show_event(self, event_id: int | None) -> None:
        """Show this event's problems."""
        if event_id != self._event_id:
            self._event_id = event_id
            self._show([])
        self._read()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read()

    def _look_again(self) -> None:
        parent = self.parentWidget()
        if parent and parent.isVisible():
            self._read()

    def _read(self) -> None:
        event_id, folder = self._event_id, self._context.workspace
        if event_id is None or self._context.store.current is None:
            return

        def found(store: Store) -> list[Finding]:
            from app.lint.mutes import muted
            from app.lint.reading import findings_of

            return [one for one in findings_of(store, event_id, muted(folder)) if not one.is_muted]

        self._context.jobs.read(self, found).then(self._show)

    def _show(self, found: list[Finding]) -> None:
        if found == self._shown:
            return
        self._shown = found
        self.counted.emit(len(found))
        inside = QWidget()
        inside.setProperty("surface", True)
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for one in found:
            rows.addLayout(self._block(one))
            rows.addWidget(hairline())
        rows.addStretch(1)
        self.area.setWidget(inside)
        self.setCurrentWidget(self.area if found else self.nothing)

    def _block(self, one: Finding) -> QHBoxLayout:
        """A problem in words."""
        tone = TONES[one.rule.severity]
        picture = label()
        picture.setPixmap(pixmap(ICONS[one.rule.severity], getattr(tokens(), tone), 16, 2))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label(one.rule.title, "strong", wrap=True))
        words.addWidget(label(f"{WORDS[one.rule.severity]}  ·  {one.rule.id}", tone))
        for text, role in ((breakable(one.sentence), ""), (one.rule.advice, "muted")):
            line = label(text, role, wrap=True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(line)
        like = QPushButton("Events with this problem")
        like.setToolTip(f"Filter by problem:{one.rule.id}")
        like.clicked.connect(lambda: self.condition_asked.emit(Condition("problem", one.rule.id)))
        words.addSpacing(4)
        words.addWidget(like, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row
