"""
The head of the page: which chart it is, keeping it, and taking it elsewhere.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from ui.actions import Actions
from ui.elided import ElidedLabel
from ui.pages.explore.saved import Kept
from ui.plain import one_line
from ui.theme import label, tint

MOST = 60


class Head(QWidget):
    """Title and buttons.

    Signals:
        opened: a saved chart (a Kept) was chosen.
        pinned: the pin of the chart that is shown was switched.
        removed: the chart that is shown is to be removed.
        renamed: the chart that is shown is to have another name.
        copying: what to copy: `picture`, `csv`, `json`, `sql`.
    """

    opened = Signal(object)
    pinned = Signal()
    removed = Signal()
    renamed = Signal()
    copying = Signal(str)

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.kept: list[Kept] = []
        self.current: Kept | None = None
        self.title = ElidedLabel("title")
        self.state = label("", "muted")
        self.facts = label("", "muted")
        self.charts = QPushButton("Charts")
        self.charts.setToolTip("Saved charts  (Shift+O)")
        self.charts.setAccessibleName("Saved charts")
        self.charts.clicked.connect(self.open_list)
        self.take = QPushButton("Copy")
        self.take.setToolTip("Copy as picture, CSV, JSON or SQL")
        self.take.clicked.connect(self._open_copies)
        self.more = QToolButton()
        tint(self.more, "more")
        self.more.setToolTip("Rename, duplicate, pin or remove; cohorts")
        self.more.setAccessibleName("More to do with this chart")
        self.more.clicked.connect(self._open_more)
        self._actions = actions
        save = actions.button("explore.save", text=True)
        self.save = save
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        row.addWidget(self.state)
        row.addWidget(self.facts)
        row.addSpacing(8)
        for name in ("undo", "redo"):
            row.addWidget(actions.button(f"explore.{name}"))
        row.addWidget(actions.button("explore.new", text=True))
        for part in (self.charts, save, self.take, self.more):
            row.addWidget(part)

    def show_chart(self, current: Kept | None, *, is_changed: bool) -> None:
        """Say which chart it is."""
        self.current = current
        self.title.show_text(current.name if current else "New chart")
        self.state.setText("changed, not saved" if current and is_changed else "")

    def open_list(self) -> None:
        """Choose a saved chart."""
        menu = self._menu()
        for one in self.kept[:MOST]:
            name = one_line(one.name, 60).replace("&", "&&") or "(no name)"
            entry = menu.addAction(name)
            if one.is_pinned:
                tint(entry, "pin")
            entry.setEnabled(one.chart is not None)
            entry.setToolTip(one_line(one.problem, 120))
            entry.triggered.connect(lambda _on=False, one=one: self.opened.emit(one))
        if not self.kept:
            entry = menu.addAction("No chart was saved yet")
            entry.setEnabled(False)
        if any(one.is_pinned for one in self.kept):
            menu.addSeparator()
            menu.addAction(self._qaction("explore.pinned"))
        menu.popup(self.charts.mapToGlobal(QPoint(0, self.charts.height())))

    def _open_copies(self) -> None:
        menu = self._menu()
        for key, title in (("picture", "Copy as picture"), ("csv", "Copy table as CSV"),
                           ("json", "Copy definition as JSON")):  # fmt: skip
            menu.addAction(title).triggered.connect(partial(self._copy, key))
        menu.addSeparator()
        menu.addAction("Show SQL…").triggered.connect(partial(self._copy, "sql"))
        menu.popup(self.take.mapToGlobal(QPoint(0, self.take.height())))

    def _copy(self, what: str, *_: object) -> None:
        self.copying.emit(what)

    def _open_more(self) -> None:
        menu, current = self._menu(), self.current
        menu.addAction(self._qaction("explore.duplicate"))
        rename = menu.addAction("Rename…", self.renamed.emit)
        menu.addAction("Unpin" if current and current.is_pinned else "Pin", self.pinned.emit)
        menu.addSeparator()
        menu.addAction(self._qaction("explore.cohorts"))
        menu.addSeparator()
        remove = menu.addAction("Remove", self.removed.emit)
        for entry in (rename, remove):
            entry.setEnabled(current is not None)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _qaction(self, action_id: str) -> QAction:
        return self._actions.qaction(action_id)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu
