"""
The inspector: one event, as facts to read and as the bytes behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.model import Outcome
from ui.context import Context
from ui.elided import ElidedLabel
from ui.inspector.facts import sections
from ui.inspector.info import InfoView
from ui.inspector.problems import ProblemsView
from ui.inspector.raw import RawView
from ui.pages.emptystate import EmptyState
from ui.plain import clock
from ui.table.columns import outcome_cell
from ui.theme import hairline, label, set_role, tint

if TYPE_CHECKING:
    from app.store import Store
    from app.store.events import EventDetail, Source

NARROWEST = 380


class Inspector(QWidget):
    """Everything about one event.

    Signals:
        closed: a person does not need it any more.
    """

    closed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._event_id: int | None = None
        self._is_settled = True
        self.detail: EventDetail | None = None
        self.setMinimumWidth(NARROWEST)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Inspector")
        self.title = ElidedLabel("title")
        self.outcome = label("", "good")
        self.when = label("", "muted")
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Inspector tabs")
        self.info = InfoView()
        self.raw = RawView(context.jobs)
        self.problems = ProblemsView(context)
        self.problems.counted.connect(self._count_problems)
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
        self.stack = QStackedWidget()
        for name, widget in (
            ("Info", self.info),
            ("Raw", self.raw),
            ("Problems", self.problems),
        ):
            self.tabs.addTab(name)
            self.stack.addWidget(widget)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.gone)
        self.tabs.currentChanged.connect(self._show_tab)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(self._head())
        rows.addWidget(self.tabs)
        rows.addWidget(hairline())
        rows.addWidget(self.stack, 1)

    def _head(self) -> QVBoxLayout:
        shut = QToolButton()
        tint(shut, "close")
        shut.setToolTip("Close the inspector  (Esc)")
        shut.setAccessibleName("Close the inspector")
        shut.clicked.connect(self.closed)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(shut)
        below = QHBoxLayout()
        below.setSpacing(12)
        below.addWidget(self.outcome)
        below.addWidget(self.when)
        below.addStretch(1)
        rows = QVBoxLayout()
        rows.setContentsMargins(16, 8, 8, 4)
        rows.setSpacing(2)
        rows.addLayout(top)
        rows.addLayout(below)
        return rows

    def show_event(self, event_id: int | None) -> None:
        """Show this event; None shows that nothing is selected."""
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
        """Search in the raw text."""
        self.tabs.setCurrentIndex(1)
        self.raw.open_search()

    def _load(self, event_id: int) -> None:
        def found(store: Store) -> EventDetail | None:
            return store.events.detail(event_id)

        self._context.jobs.read(self, found).then(self._show).catch(self._fail)

    def _look_again(self) -> None:
        """The answer may have come."""
        if self._event_id is not None and not self._is_settled and self.isVisible():
            self._load(self._event_id)

    def _show(self, detail: EventDetail | None) -> None:
        if detail is not None and detail == self.detail:
            return
        self.detail = detail
        self.raw.show_detail(detail)
        if detail is None:
            self._is_settled = True
            self.title.show_text("")
            self.outcome.setText("")
            self.when.setText("")
            self.info.show_sections(())
        else:
            self._show_head(detail)
            self.info.show_sections(sections(detail, self._project(detail)))
        self._show_tab(self.tabs.currentIndex())

    def _show_head(self, detail: EventDetail) -> None:
        row = detail.row
        self._is_settled = row.outcome is not Outcome.UNANSWERED or bool(row.failure)
        cell = outcome_cell(row.outcome, row.failure)
        self.title.show_text(row.type or "(no type)")
        self.outcome.setText(f"● {cell.text}")
        set_role(self.outcome, cell.tone)
        self.when.setText(clock(row.received_ms))

    def _project(self, detail: EventDetail) -> str:
        nothing: list[Source] = []
        sources = self._context.store.ask(lambda store: store.events.sources(), nothing)
        return next((one.name for one in sources if one.id == detail.row.source_id), "")

    def _show_tab(self, tab: int) -> None:
        has_event = self.detail is not None
        self.tabs.setVisible(has_event)
        if has_event:
            self.stack.setCurrentIndex(tab)
        else:
            self.stack.setCurrentWidget(self.empty if self._event_id is None else self.gone)

    def _count_problems(self, count: int) -> None:
        """On the tab, so that nobody has to look for them."""
        tab = self.stack.indexOf(self.problems)
        self.tabs.setTabText(tab, f"Problems  {count}" if count else "Problems")

    def _fail(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
