"""
The uploads that could not be understood, each with the bytes behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.context import Context
from ui.inspector.raw import RawView
from ui.inspector.rawtext import Part
from ui.pages.emptystate import EmptyState
from ui.plain import clock, one_line, plural, size, tooltip
from ui.theme import label, mono_font

if TYPE_CHECKING:
    from app.store import Store
    from app.store.captures import Stored
    from app.store.uploads import UploadProblem

MOST = 500
_ID = Qt.ItemDataRole.UserRole
_COLUMNS = (("Time", 176), ("Problem", 400), ("Address", 320), ("Size", 80))
_TIME, _PROBLEM, _ADDRESS, _SIZE = range(4)


class UploadsView(QWidget):
    """A list of uploads, newest first, above the body of the chosen one."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[UploadProblem, ...] = ()
        self._chosen: int | None = None
        self.count = label("", "muted", wrap=True)
        self.count.setContentsMargins(16, 8, 16, 8)
        self.list = QTreeWidget()
        self.raw = RawView(context.jobs, parts=(Part.UPLOAD, Part.RESPONSE))
        self.nothing = EmptyState(
            "check",
            "Everything was understood",
            "Every upload so far could be understood. One that cannot be is kept, and shown"
            " here with what is wrong with it.",
        )
        self._set_up_list()
        self._lay_out()
        context.feed.changed.connect(self._look_again)
        context.store.opened.connect(self._look_again)

    def _set_up_list(self) -> None:
        shown = self.list
        shown.setAccessibleName("Uploads with a problem, newest first")
        shown.setColumnCount(len(_COLUMNS))
        shown.setHeaderLabels([title for title, _ in _COLUMNS])
        shown.setProperty("padded", True)
        shown.setRootIsDecorated(False)
        shown.setUniformRowHeights(True)
        shown.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = shown.header()
        header.setStretchLastSection(False)
        header.setFixedHeight(28)
        for at, (_, width) in enumerate(_COLUMNS):
            header.resizeSection(at, width)
        header.setSectionResizeMode(_PROBLEM, QHeaderView.ResizeMode.Stretch)
        shown.currentItemChanged.connect(self._show_chosen)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.raw)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(split)
        self._split = split
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.count)
        rows.addWidget(self.stack, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_again()

    def _look_again(self) -> None:
        if self._context.store.current is None:
            self._show(((), 0))
        elif self.isVisible():
            self._context.jobs.read(self, _problems, "list").then(self._show)

    def _show(self, found: tuple[tuple[UploadProblem, ...], int]) -> None:
        problems, count = found
        self.count.setText(_summary(count))
        self.count.setVisible(count > 0)
        self.stack.setCurrentWidget(self._split if problems else self.nothing)
        if problems != self._shown:
            self._shown = problems
            self._fill(problems)

    def _fill(self, problems: tuple[UploadProblem, ...]) -> None:
        """Show these, and keep what was chosen; the newest when that is gone."""
        chosen, at = self._chosen, self.list.verticalScrollBar().value()
        self.list.blockSignals(True)
        self.list.clear()
        items = [_item(one) for one in problems]
        self.list.addTopLevelItems(items)
        self.list.blockSignals(False)
        kept = next((item for item in items if item.data(0, _ID) == chosen), None)
        wanted = kept or (items[0] if items else None)
        if wanted:
            self.list.setCurrentItem(wanted)
        self.list.verticalScrollBar().setValue(at)
        if not wanted:
            self._show_chosen(None)

    def _show_chosen(self, item: QTreeWidgetItem | None, _before: object = None) -> None:
        chosen = item.data(0, _ID) if item else None
        if chosen == self._chosen:
            return
        self._chosen = chosen
        if chosen is None:
            self.raw.show_capture(None)
            return

        def read(store: Store) -> Stored | None:
            return store.captures.get(chosen)

        self._context.jobs.read(self, read, "body").then(self._show_body)

    def _show_body(self, found: Stored | None) -> None:
        self.raw.show_capture(found.capture if found else None)


def _item(one: UploadProblem) -> QTreeWidgetItem:
    item = QTreeWidgetItem(
        [clock(one.at_ms), one_line(one.problem), one_line(one.url), size(one.wire_bytes)]
    )
    item.setData(0, _ID, one.id)
    item.setToolTip(_PROBLEM, tooltip(one.problem))
    item.setToolTip(_ADDRESS, tooltip(one.url))
    for column in (_TIME, _ADDRESS, _SIZE):
        item.setFont(column, mono_font())
    return item


def _summary(count: int) -> str:
    text = f"{plural(count, 'upload')} could not be understood, and {_what(count)} stored as sent."
    return f"{text} The newest {MOST:,} are shown." if count > MOST else text


def _what(count: int) -> str:
    return "it is" if count == 1 else "they are"


def _problems(store: Store) -> tuple[tuple[UploadProblem, ...], int]:
    return tuple(store.uploads.with_problems(MOST)), store.uploads.problems()
