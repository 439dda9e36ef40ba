"""
Which event types are left out: the list to choose from, and a chip for each that is hidden.
"""

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.listkeys import ListKeys
from ui.plain import number, one_line, tooltip
from ui.theme import label, tint

_TYPE = Qt.ItemDataRole.UserRole
_CHIPS = 8
_ONLY = "Only this"
NO_EVENTS = "No events yet."
NO_MATCH = "No type has this in its name."


class TypesPopup(QFrame):
    """Every type with how often it was seen; the checked ones are shown.

    Signals:
        hidden_changed: the types that are hidden now (a tuple of texts).
    """

    hidden_changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("floating", True)
        self.setAccessibleName("Event types")
        self.hidden: tuple[str, ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a type")
        self.search.setAccessibleName("Find a type")
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._toggle_current)
        self.list = QTreeWidget()
        self._keys = ListKeys(self.search, self.list)
        self._set_up_list()
        self.show_all = QPushButton("Show all")
        self.show_all.setProperty("kind", "quiet")
        self.hide_all = QPushButton("Hide all")
        self.hide_all.setProperty("kind", "quiet")
        for button, is_hidden in ((self.show_all, False), (self.hide_all, True)):
            button.clicked.connect(partial(self._choose_listed, is_hidden))
        self.none = label(NO_EVENTS, "muted")
        rows = self._rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.setSpacing(8)
        rows.addWidget(self.search)
        rows.addWidget(self.none)
        rows.addWidget(self.list, 1)
        both = QHBoxLayout()
        both.addWidget(self.show_all)
        both.addWidget(self.hide_all)
        both.addStretch(1)
        rows.addLayout(both)
        self.setFixedSize(360, 380)

    def _set_up_list(self) -> None:
        view = self.list
        view.setAccessibleName("Event types with how often each was seen")
        view.setHeaderHidden(True)
        view.setColumnCount(3)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(2, view.fontMetrics().horizontalAdvance(_ONLY) + 20)
        view.setMouseTracking(True)
        view.itemEntered.connect(lambda item, _column: self._offer(item))
        view.currentItemChanged.connect(lambda item, _before: self._offer(item))
        view.itemClicked.connect(self._click)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.itemChanged.connect(self._toggle)

    def open_below(self, anchor: QWidget) -> None:
        """Show it below a button."""
        self.move(anchor.mapToGlobal(QPoint(anchor.width() - self.width(), anchor.height() + 4)))
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_types(self, types: Sequence[tuple[str, int]], hidden: Iterable[str]) -> None:
        """List these types, and those hidden ones of which there are no events now."""
        self.hidden = tuple(hidden)
        known = {name for name, _ in types}
        self.list.blockSignals(True)
        self.list.clear()
        rows = [*types, *((name, 0) for name in self.hidden if name not in known)]
        self.list.addTopLevelItems([self._item(name, seen) for name, seen in rows])
        self.list.blockSignals(False)
        self._find(self.search.text())

    def _item(self, name: str, seen: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem([one_line(name) or "(no type)", number(seen), ""])
        item.setData(0, _TYPE, name)
        item.setToolTip(0, tooltip(name))
        item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        state = Qt.CheckState.Unchecked if name in self.hidden else Qt.CheckState.Checked
        item.setCheckState(0, state)
        return item

    def _offer(self, chosen: QTreeWidgetItem | None) -> None:
        """The link, on the row where the mouse or the keyboard is."""
        self.list.blockSignals(True)
        for item in self._items():
            if (text := _ONLY if item is chosen else "") != item.text(2):
                item.setText(2, text)
                item.setForeground(2, self.palette().link())
        self.list.blockSignals(False)
        self.list.viewport().update()

    def _click(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 2:
            self.choose_only(item.data(0, _TYPE))

    def _show_menu(self, at: QPoint) -> None:
        if item := self.list.itemAt(at):
            menu = QMenu(self.list)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            name = item.data(0, _TYPE)
            menu.addAction(_ONLY, lambda: self.choose_only(name))
            menu.popup(self.list.viewport().mapToGlobal(at))

    def _toggle_current(self) -> None:
        """Show or hide the type that the arrows are on; alone in the list it needs no arrows."""
        listed = self._listed()
        chosen = listed[0] if len(listed) == 1 else self.list.currentItem()
        if chosen in listed:
            is_shown = chosen.checkState(0) == Qt.CheckState.Checked
            chosen.setCheckState(0, Qt.CheckState.Unchecked if is_shown else Qt.CheckState.Checked)

    def _choose_listed(self, is_hidden: bool) -> None:
        """Hide all that the search leaves, or show them; of the others nothing changes."""
        listed = [item.data(0, _TYPE) for item in self._listed()]
        others = tuple(name for name in self.hidden if name not in listed)
        self._choose((*others, *listed) if is_hidden else others)

    def choose_only(self, name: str) -> None:
        """Hide every type but this one."""
        self._choose(tuple(one for one in self._names() if one != name))

    def _toggle(self, item: QTreeWidgetItem, _column: int) -> None:
        name = item.data(0, _TYPE)
        others = tuple(one for one in self.hidden if one != name)
        is_shown = item.checkState(0) == Qt.CheckState.Checked
        self._tell(others if is_shown else (*others, name))

    def _choose(self, hidden: tuple[str, ...]) -> None:
        self.list.blockSignals(True)
        left_out = set(hidden)
        for item in self._items():
            is_hidden = item.data(0, _TYPE) in left_out
            state = Qt.CheckState.Unchecked if is_hidden else Qt.CheckState.Checked
            item.setCheckState(0, state)
        self.list.blockSignals(False)
        self.list.viewport().update()
        self._tell(hidden)

    def _tell(self, hidden: tuple[str, ...]) -> None:
        self.hidden = hidden
        self._enable()
        self.hidden_changed.emit(hidden)

    def _enable(self) -> None:
        listed = {item.data(0, _TYPE) for item in self._listed()}
        self.show_all.setEnabled(not listed.isdisjoint(self.hidden))
        self.hide_all.setEnabled(not listed <= set(self.hidden))

    def _names(self) -> tuple[str, ...]:
        return tuple(item.data(0, _TYPE) for item in self._items())

    def _listed(self) -> list[QTreeWidgetItem]:
        """What the search leaves."""
        return [item for item in self._items() if not item.isHidden()]

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.list.topLevelItem(at) for at in range(self.list.topLevelItemCount()))
        return [item for item in found if item]

    def _find(self, text: str) -> None:
        wanted = text.casefold()
        for item in self._items():
            item.setHidden(wanted not in item.text(0).casefold())
        self.none.setText(NO_MATCH if self._items() else NO_EVENTS)
        self.none.setVisible(not self._listed())
        # At once: whoever clicks next means what is there now.
        self._rows.activate()
        self._enable()


class HiddenChips(QWidget):
    """One chip for each hidden type; pressing it shows the type again.

    Signals:
        shown: a type that a person wants back (None: all of them).
    """

    shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Hidden event types")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self.chips: list[QPushButton] = []
        self.hide()

    def show_types(self, hidden: Sequence[str]) -> None:
        """Chips for these."""
        while (item := self._row.takeAt(0)) is not None:
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.chips = []
        self._row.addWidget(label("Hidden", "small"))
        for name in hidden[:_CHIPS]:
            self._add(one_line(name, 28) or "(no type)", name, f"Show {name!r:.200} again")
        if len(hidden) > _CHIPS:
            self._row.addWidget(label(f"and {len(hidden) - _CHIPS} more", "small"))
        if len(hidden) > 1:
            self._add("Show all", None, "Show every type again")
        self._row.addStretch(1)
        self.setVisible(bool(hidden))

    def _add(self, title: str, name: str | None, help_text: str) -> None:
        chip = QPushButton(title.replace("&", "&&"))
        chip.setProperty("kind", "chip")
        chip.setToolTip(tooltip(help_text))
        chip.setAccessibleName(one_line(help_text))
        if name is not None:
            tint(chip, "close")
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.clicked.connect(lambda: self.shown.emit(name))
        self._row.addWidget(chip)
        self.chips.append(chip)
