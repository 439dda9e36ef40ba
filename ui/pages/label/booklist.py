"""
The labeled events of the workspace: how often each matched, when last, and whether it still works.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.label.events import LabeledEvent
from ui.pages.label.counting import Told
from ui.pages.label.spark import ARCHIVED_ROLE, BELOW_ROLE, DAYS_ROLE, RowDelegate
from ui.plain import ago, number, one_line, plural, tooltip
from ui.theme import icon, label, set_role, tint

_ID = Qt.ItemDataRole.UserRole
_NAME, _EVENTS, _LAST = range(3)
NOTHING = "Nothing is labeled yet."


class BookList(QWidget):
    """Signals: `chosen`, `archived`, `removed` and `repair_asked` with the labeled event a person
    means, `live_asked` to see its events; `import_asked`, `export_asked`, and `new_asked` for an
    empty one."""

    chosen = Signal(object)
    archived = Signal(object)
    removed = Signal(object)
    repair_asked = Signal(object)
    live_asked = Signal(object)
    import_asked = Signal()
    export_asked = Signal()
    new_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[int, Told] = {}
        self.here: Mapping[int, int] = {}
        """On how many elements of the page that is open each is, by id, while that is shown."""
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find")
        self.search.setAccessibleName("Find a labeled event")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.add = _tool("plus", "New labeled event, filled in by hand", self.new_asked.emit)
        self.imports = _tool("import", "Import labeled events from a file", self.import_asked.emit)
        self.exports = _tool(
            "external", "Export labeled events for Amplitude", self.export_asked.emit
        )
        self.tree = QTreeWidget()
        self.nothing = label(NOTHING, "muted", wrap=True)
        self._set_up()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 8)
        head.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self.search, 1)
        for button in (self.add, self.imports, self.exports):
            top.addWidget(button)
        head.addLayout(top)
        head.addWidget(self.nothing)
        rows.addLayout(head)
        rows.addWidget(self.tree, 1)
        rows.addStretch(0)
        self.tree.hide()
        rows.setAlignment(Qt.AlignmentFlag.AlignTop)

    def tell(self, told: Sequence[Told]) -> None:
        """Show these, and keep the place."""
        self._told = {one.label.id: one for one in told if one.label.id is not None}
        current = self.tree.currentItem()
        kept = current.data(0, _ID) if current else None
        self.tree.blockSignals(True)
        self.tree.clear()
        now_ms = time.time_ns() // 1_000_000
        for one in sorted(told, key=lambda one: (one.label.archived, one.label.name.casefold())):
            item = _item(one, now_ms, self.here)
            self.tree.addTopLevelItem(item)
            if one.label.id == kept:
                self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)
        self.nothing.setText(NOTHING)
        set_role(self.nothing, "muted")
        for button in (self.add, self.imports):
            button.setEnabled(True)
        self.nothing.setVisible(not told)
        self.tree.setVisible(bool(told))
        self.exports.setEnabled(any(not one.label.archived for one in told))
        self._filter()

    def show_trouble(self, sentence: str) -> None:
        """That nothing can be read or kept, and why."""
        self.tell(())
        self.nothing.setText(sentence)
        set_role(self.nothing, "bad")
        for button in (self.add, self.imports):
            button.setEnabled(False)

    def show_here(self, here: Mapping[int, int]) -> None:
        """On how many elements of the page that is open each of them is, by id; or no longer."""
        if here == self.here:
            return
        self.here = here
        now_ms = time.time_ns() // 1_000_000
        for at in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(at)
            one = self._told.get(item.data(0, _ID)) if item else None
            if item and one:
                _say_below(item, one, now_ms, here)

    def choose(self, label_id: int | None) -> None:
        """Mark one as the one that is edited, without saying so."""
        self.tree.blockSignals(True)
        self.tree.clearSelection()
        # Chosen again, it is to be opened again.
        self.tree.setCurrentIndex(QModelIndex())
        for at in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(at)
            if item and item.data(0, _ID) == label_id:
                self.tree.setCurrentItem(item)
        self.tree.blockSignals(False)

    def _set_up(self) -> None:
        tree = self.tree
        tree.setAccessibleName("Labeled events")
        tree.setColumnCount(3)
        tree.setHeaderLabels(["Labeled event", "Events", "Last"])
        tree.setHeaderHidden(True)
        # One column is painted, with all of them in it; the others are for reading aloud.
        for column in (_EVENTS, _LAST):
            tree.setColumnHidden(column, True)
        tree.header().setSectionResizeMode(_NAME, tree.header().ResizeMode.Stretch)
        tree.setItemDelegateForColumn(_NAME, RowDelegate(tree))
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._menu)
        tree.currentItemChanged.connect(self._choose)

    def _choose(self, item: QTreeWidgetItem | None, _before: object = None) -> None:
        one = self._told.get(item.data(0, _ID)) if item else None
        if one:
            self.chosen.emit(one.label)

    def _menu(self, where: QPoint) -> None:
        item = self.tree.itemAt(where)
        one = self._told.get(item.data(0, _ID)) if item else None
        if one is None:
            return
        menu = QMenu(self)
        menu.addAction("Show its events in Live").triggered.connect(
            lambda: self.live_asked.emit(one.label)
        )
        repair = menu.addAction("Repair…")
        repair.setEnabled(not one.label.archived)
        repair.triggered.connect(lambda: self.repair_asked.emit(one.label))
        menu.addSeparator()
        title = "Put back" if one.label.archived else "Archive"
        menu.addAction(title).triggered.connect(lambda: self.archived.emit(one.label))
        menu.addAction("Remove").triggered.connect(lambda: self.removed.emit(one.label))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.tree.viewport().mapToGlobal(where))

    def _filter(self, _text: str = "") -> None:
        wanted = self.search.text().strip().casefold()
        for at in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(at)
            one = self._told.get(item.data(0, _ID)) if item else None
            if item and one:
                item.setHidden(wanted not in _words(one.label))


def _words(event: LabeledEvent) -> str:
    return f"{event.name} {event.category} {event.description}".casefold()


def _item(one: Told, now_ms: int, here: Mapping[int, int]) -> QTreeWidgetItem:
    last = ago(one.last_ms, now_ms) if one.last_ms is not None else "never"
    item = QTreeWidgetItem([one_line(one.label.name), number(one.events), last])
    item.setData(_NAME, _ID, one.label.id)
    item.setData(_NAME, DAYS_ROLE, one.days)
    item.setData(_NAME, ARCHIVED_ROLE, one.label.archived)
    _say_below(item, one, now_ms, here)
    is_lost = _is_lost(one)
    sentences = [state.sentence for state in one.health]
    if one.label.archived:
        item.setText(_NAME, f"{item.text(_NAME)}  (archived)")
    elif is_lost:
        item.setIcon(_NAME, icon("warning", "warning"))
    parts = [one.label.name, one.label.description, *sentences]
    item.setToolTip(_NAME, tooltip("\n".join(part for part in parts if part)))
    return item


def _is_lost(one: Told) -> bool:
    return not one.label.archived and any(state.needs_repair for state in one.health)


def _say_below(item: QTreeWidgetItem, one: Told, now_ms: int, here: Mapping[int, int]) -> None:
    last = ago(one.last_ms, now_ms) if one.last_ms is not None else "never"
    counted = plural(one.events, "event")
    below = f"{counted} · {last}" if one.events else "No event yet"
    on_page = here.get(one.label.id) if one.label.id is not None else None
    if on_page is not None:
        below = f"{number(on_page)} here · {counted}" if on_page else f"Not here · {counted}"
    elif _is_lost(one):
        below = f"Needs repair · {last}"
    item.setData(_NAME, BELOW_ROLE, below)
    item.setData(_NAME, Qt.ItemDataRole.AccessibleTextRole, f"{one_line(one.label.name)}, {below}")


def _tool(name: str, title: str, run: Callable[[], object]) -> QToolButton:
    button = QToolButton()
    tint(button, name)
    button.setToolTip(title)
    button.setAccessibleName(title)
    button.clicked.connect(lambda _checked=False: run())
    return button
