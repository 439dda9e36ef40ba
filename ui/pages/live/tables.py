"""
Where the events of Live are: in a plain table or in groups, and what stands there when there are
none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.pages.live.place import GroupPlace, Place
from ui.table.columns import event_columns
from ui.table.look import AGO, SINCE
from ui.table.model import PagedTableModel
from ui.table.view import EventTableView

if TYPE_CHECKING:
    from app.store.events import EventRow
    from ui.pages.live.grouping import GroupPane
    from ui.pages.live.page import LivePage
    from ui.table.cells import Column

AGE_MS = 5000


class Tables(QStackedWidget):
    """Shows one of them. `rows` gives the rows of ids; `listen` is told of each table once.

    Signals:
        regrouped: another table is in front now.
    """

    regrouped = Signal()

    def __init__(
        self,
        page: LivePage,
        rows: Callable[[Sequence[int]], Sequence[EventRow]],
        listen: Callable[[EventTableView], None],
    ) -> None:
        super().__init__()
        self._page = page
        self._rows = rows
        self._listen = listen
        self.model = PagedTableModel(self._columns(), rows, self)
        self.table = EventTableView(self.model)
        self.table.setAccessibleName("Events, newest first")
        self.place = Place(self.table, self.model)
        self.groups: GroupPane | None = None
        self._group_place: GroupPlace | None = None
        self.addWidget(self.table)
        self._ages = QTimer(self, interval=AGE_MS)
        self._ages.timeout.connect(self._tell_ages)

    @property
    def current(self) -> EventTableView:
        """Where events are: in groups or not."""
        return self.table if self._shown_groups is None else self._shown_groups.table

    @property
    def events(self) -> QWidget:
        """What shows them."""
        return self._shown_groups or self.table

    @property
    def _shown_groups(self) -> GroupPane | None:
        return None if self._page.view.grouping is None else self.groups

    def use_groups(self) -> None:
        """Show events in the groups that were chosen, or in none."""
        by = self._page.view.grouping
        if by is not None and self.groups is None:
            self._make_groups()
        if self.groups is not None:
            self.groups.group_by(by)
            self.regrouped.emit()

    def use_look(self) -> None:
        """Show the columns that were chosen, and times as they are wanted."""
        look = self._page.view.look
        columns, tells_before = self._columns(), look.time == SINCE
        self.table.use_columns(columns, tells_before=tells_before)
        if self.groups is not None:
            self.groups.use_columns(columns, tells_before=tells_before)
        if look.time == AGO:
            self._ages.start()
        else:
            self._ages.stop()

    def show_columns(self, at: QPoint) -> None:
        """Offer columns at a place of the header."""
        view, table = self._page.view, self.current
        view.take_order(table.column_keys())
        view.columns.popup(table.horizontalHeader().mapToGlobal(at))

    def redraw(self) -> None:
        """Something else is told of events."""
        self.model.forget_cells()
        if self.groups is not None:
            self.groups.redraw()

    def take_next(self) -> None:
        """What is current is about to be left out: the next one takes its place."""
        self.place.take_next()
        if self._group_place is not None:
            self._group_place.take_next()

    def go_to(self, event_id: int) -> None:
        """Make an event current, now or when its row has been read."""
        if self._shown_groups is None:
            self.place.go_to(event_id)
        else:
            self.current.go_to_id(event_id)

    def _columns(self) -> tuple[Column, ...]:
        return event_columns(self._page.projects.names, self._page.view.look)

    def _make_groups(self) -> None:
        # Made when first wanted: start-up does not need it, nor what it counts with.
        from ui.pages.live.grouping import GroupPane

        page = self._page
        groups = self.groups = GroupPane(page.context, page.stream, self._columns, self._rows)
        groups.table.set_widths(self.table.widths())
        self._group_place = GroupPlace(groups.table, groups.model)
        groups.failed.connect(page.say)
        self._listen(groups.table)
        self.addWidget(groups)

    def _tell_ages(self) -> None:
        if self.isVisible():
            self.redraw()
