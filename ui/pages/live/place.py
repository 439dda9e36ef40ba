"""
Where a person is in the stream, kept while other filters come and go.

The current event stays current as long as it is shown. When a filter leaves it out and is taken
back, it is current again, and in view if it was: that is how one looks around an event that was
found. When its type is hidden, the next older event takes its place, so that keys go on from there.
"""

from PySide6.QtCore import QObject, QTimer

from ui.table.model import PagedTableModel
from ui.table.rows import RowModel
from ui.table.view import EventTableView

MOST_BELOW = 500


class Place(QObject):
    """Belongs to a table, and lives as long."""

    def __init__(self, table: EventTableView, model: PagedTableModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._event: int | None = None
        self._was_seen = False
        self._may_be_next = False
        self._wanted: int | None = None
        table.moved.connect(self._remember)
        model.modelAboutToBeReset.connect(self._look)
        model.modelReset.connect(self._return)
        model.modelReset.connect(self._go)
        model.rowsInserted.connect(self._go)

    def go_to(self, event: int) -> None:
        """Make an event current: now, or when its row has been read."""
        self._wanted = event
        self._go()

    def _go(self) -> None:
        if self._wanted is not None and self._model.row_of(self._wanted) >= 0:
            self._table.go_to_id(self._wanted)
            self._wanted = None

    def take_next(self) -> None:
        """When the current event is left out now, the next older one is meant."""
        self._may_be_next = True

    def _remember(self, event: int | None) -> None:
        if event is not None:
            self._event = event
            self._may_be_next = False
            # Whoever goes elsewhere meanwhile is not fetched back.
            self._wanted = None

    def _look(self) -> None:
        index = self._table.currentIndex()
        if index.isValid():
            area = self._table.viewport().rect()
            self._was_seen = self._table.visualRect(index).intersects(area)

    def _return(self) -> None:
        if self._event is None or self._table.currentIndex().isValid():
            return
        row = self._model.row_of(self._event)
        if row < 0 and self._may_be_next:
            row = min(self._model.row_below(self._event), len(self._model) - 1)
        if row < 0:
            return
        # A row that becomes current is scrolled to, unless the view is told not to.
        self._table.setAutoScroll(False)
        self._table.selectRow(row)
        self._table.setAutoScroll(True)
        if self._was_seen:
            self._table.scrollTo(self._model.index(row, 0))


class GroupPlace(QObject):
    """The same for groups, which are made anew bit by bit: what was below the event whose type was
    hidden takes its place as soon as it is there."""

    def __init__(self, table: EventTableView, model: RowModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._wanted: list[int] = []
        table.moved.connect(self._forget)
        # Later: whoever makes the groups anew still puts the selection in order.
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._return)
        model.modelReset.connect(self._later.start)

    def take_next(self) -> None:
        """When the current event is left out now, the next one is meant."""
        row = self._table.currentIndex().row()
        if row >= 0:
            # Heads have numbers below zero.
            self._wanted = [one for one in self._model.ids(row, MOST_BELOW) if one > 0]

    def _forget(self, event: int | None) -> None:
        if event is not None:
            self._wanted = []

    def _return(self) -> None:
        if self._table.currentIndex().isValid():
            return
        rows = (self._model.row_of(one) for one in self._wanted)
        row = next((row for row in rows if row >= 0), -1)
        if row >= 0:
            self._table.selectRow(row)
