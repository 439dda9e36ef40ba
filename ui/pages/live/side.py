"""
The inspector beside the tables of Live: made when it is first wanted, opened, closed, and given as
much room as there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

if TYPE_CHECKING:
    from ui.pages.live.page import LivePage

INSPECTOR_WIDTH = 480
TABLE_WIDTH = 480
"""With which a table shows when, what, who, and what became of it."""


class Side(QSplitter):
    """The tables at the left, the inspector at the right."""

    def __init__(self, page: LivePage, tables: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._page = page
        self.inspector: Any = None
        self.setChildrenCollapsible(False)
        self.addWidget(tables)
        self.setStretchFactor(0, 1)

    @property
    def is_open(self) -> bool:
        """Whether the inspector is shown."""
        return self.inspector is not None and not self.inspector.isHidden()

    def open(self) -> None:
        """Show the inspector, whatever it holds."""
        if self.inspector is None:
            self._make()
        self.inspector.show()
        self._page.context.actions.refresh()

    def inspect(self, event_id: int | None) -> None:
        """Show the inspector with this event."""
        self.open()
        self.inspector.show_event(event_id)

    def close_inspector(self) -> None:
        """Give its room to the table."""
        if self.inspector:
            self.inspector.hide()
            self._page.context.actions.refresh()
            self._page.current_table.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle(self) -> None:
        """Open or close the inspector."""
        if self.is_open:
            self.close_inspector()
        else:
            self.inspect(self._page.current_table.current_id())

    def follow(self, event_id: int | None) -> None:
        """A person went to another event."""
        if self.is_open and event_id is not None:
            self.inspector.show_event(event_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _make(self) -> None:
        # Not before: start-up does not need it.
        from ui.inspector.panel import Inspector

        made = self.inspector = Inspector(self._page.context)
        made.closed.connect(self.close_inspector)
        made.condition_asked.connect(self._page.add_term)
        made.column_asked.connect(self._page.view.show_column)
        self.addWidget(made)
        self.setStretchFactor(1, 0)
        width = max(self.width(), 2 * INSPECTOR_WIDTH)
        self.setSizes([width - INSPECTOR_WIDTH, INSPECTOR_WIDTH])
        self._share_room()

    def _share_room(self) -> None:
        """Where there is little room, the inspector has no more than it needs: what became of an
        event is the last column."""
        if self.inspector is not None:
            table, side = self.sizes()
            spare = min(side - self.inspector.minimumWidth(), TABLE_WIDTH - table)
            if spare > 0:
                self.setSizes([table + spare, side - spare])
