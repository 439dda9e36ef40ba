"""
What is known of a person now: each property with the event that gave it its value, its history
when it is opened, and pins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from ui.context import Context
from ui.inspector.pretty import pretty, scalar_text
from ui.pages.emptystate import EmptyState
from ui.plain import clipboard, clock, local_time, one_line, plural, tooltip
from ui.theme import icon, label, mono_font

if TYPE_CHECKING:
    from app.store import Store
    from app.store.people.profile import Change, Property

_WHAT = Qt.ItemDataRole.UserRole
_NAME, _VALUE, _SET, _BY = range(4)
_COLUMNS = (("Property", 190), ("Value", 240), ("Set", 160), ("By", 150))
LONGEST = 200


class PropertiesPane(QWidget):
    """The properties of one person.

    Signals:
        pinned: a name, and whether it is to be pinned.
        event_asked: the number of an event that a person wants to look at.
    """

    pinned = Signal(str, bool)
    event_asked = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._person: int | None = None
        self._shown: tuple[Property, ...] = ()
        self._pins: tuple[str, ...] = ()
        self.needle = QLineEdit()
        self.needle.setPlaceholderText("Search names and values")
        self.needle.setAccessibleName("Search in properties")
        self.needle.setToolTip("A part of a name or of a value")
        self.needle.setMaxLength(200)
        self.needle.setClearButtonEnabled(True)
        self.needle.textChanged.connect(lambda _text: self._filter())
        self.count = label("", "muted")
        self.tree = QTreeWidget()
        self._set_up_tree()
        top = QHBoxLayout()
        top.setContentsMargins(12, 8, 16, 8)
        top.setSpacing(12)
        top.addWidget(self.needle, 1)
        top.addWidget(self.count)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.nothing = EmptyState(
            "person",
            "No user properties",
            "What is set with identify, or sent as user_properties, is listed here.",
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.tree)
        self.stack.addWidget(self.nothing)
        rows.addLayout(top)
        rows.addWidget(self.stack, 1)

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setAccessibleName("Properties as they are now")
        tree.setProperty("padded", True)
        tree.setColumnCount(len(_COLUMNS))
        tree.setHeaderLabels([title for title, _ in _COLUMNS])
        tree.setUniformRowHeights(True)
        tree.setIndentation(16)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._show_menu)
        tree.itemExpanded.connect(self._read_history)
        tree.itemDoubleClicked.connect(lambda item, _column: self._look_at(item))
        header = tree.header()
        header.setStretchLastSection(False)
        header.setFixedHeight(28)
        for at, (_, width) in enumerate(_COLUMNS):
            header.resizeSection(at, width)
        header.setSectionResizeMode(_VALUE, QHeaderView.ResizeMode.Stretch)

    def show_properties(
        self, person: int | None, properties: tuple[Property, ...], pins: Sequence[str]
    ) -> None:
        """Show somebody's properties, pinned ones first."""
        if (person, properties, tuple(pins)) == (self._person, self._shown, self._pins):
            return
        same = person == self._person
        opened = {
            item.data(0, _WHAT).name for item in self._items() if item.isExpanded()
        } if same else set()  # fmt: skip
        at = self.tree.verticalScrollBar().value() if same else 0
        self._person, self._shown, self._pins = person, properties, tuple(pins)
        self.stack.setCurrentWidget(self.tree if properties else self.nothing)
        self.tree.clear()
        ordered = sorted(properties, key=lambda one: one.name not in self._pins)
        items = [self._item(one) for one in ordered]
        self.tree.addTopLevelItems(items)
        for item in items:
            if item.data(0, _WHAT).name in opened:
                item.setExpanded(True)
        self._filter()
        self.tree.verticalScrollBar().setValue(at)

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.tree.topLevelItem(at) for at in range(self.tree.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _item(self, one: Property) -> QTreeWidgetItem:
        item = _row(one.shown, one.value, one.received_ms, one.event_type)
        item.setData(0, _WHAT, one)
        if one.name in self._pins:
            item.setIcon(_NAME, icon("pin", "accent"))
        item.setToolTip(_NAME, tooltip(f"{one.shown}\nset {plural(one.changes, 'time')}"))
        item.setChildIndicatorPolicy(
            QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator
            if one.changes > 1
            else QTreeWidgetItem.ChildIndicatorPolicy.DontShowIndicator
        )
        return item

    def _filter(self) -> None:
        wanted = self.needle.text().casefold()
        shown = 0
        for item in self._items():
            one: Property = item.data(0, _WHAT)
            text = f"{one.shown}\n{one.name}\n{one_value(one.value)}".casefold()
            item.setHidden(wanted not in text)
            shown += wanted in text
        total = plural(len(self._shown), "property", "properties")
        self.count.setText(f"{shown} of {total}" if wanted else total)

    def _read_history(self, item: QTreeWidgetItem) -> None:
        one, person = item.data(0, _WHAT), self._person
        if person is None or item.childCount():
            return

        def read(store: Store) -> list[Change]:
            return store.people.profiles.history(person, one.name)

        def show(changes: list[Change]) -> None:
            if person != self._person or not any(item is other for other in self._items()):
                return
            for change in changes:
                child = _row("", change.value, change.received_ms, change.event_type)
                if change.value is None:
                    child.setText(_VALUE, "unset")
                child.setData(0, _WHAT, change)
                item.addChild(child)

        self._context.jobs.read(self, read, f"history {one.name[:100]}").then(show).catch(
            self._fail
        )

    def _show_menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        if item is None:
            return
        one = item.data(0, _WHAT)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if not item.parent():
            is_pinned = one.name in self._pins
            title = "Unpin" if is_pinned else "Pin: show it for everyone above"
            menu.addAction(title, lambda: self.pinned.emit(one.name, not is_pinned))
            menu.addAction("Copy name", lambda: _copy(one.shown))
        menu.addAction("Copy value", lambda: _copy(whole_value(one.value)))
        menu.addAction("Show the event that set it", lambda: self._look_at(item))
        menu.popup(self.tree.viewport().mapToGlobal(at))

    def _look_at(self, item: QTreeWidgetItem) -> None:
        event = item.data(0, _WHAT).event_id
        if event:
            self.event_asked.emit(event)

    def toggle_pin(self) -> None:
        """Pin the current property, or unpin it."""
        item = self.tree.currentItem()
        if item is not None and not item.parent():
            name = item.data(0, _WHAT).name
            self.pinned.emit(name, name not in self._pins)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.tree.currentItem()
        if event.matches(QKeySequence.StandardKey.Copy) and item is not None:
            _copy(whole_value(item.data(0, _WHAT).value))
        elif event.key() == Qt.Key.Key_P and self.tree.hasFocus():
            self.toggle_pin()
        else:
            super().keyPressEvent(event)

    def _fail(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint, about="users")


def one_value(value: object, longest: int = LONGEST) -> str:
    """A value in one line."""
    if isinstance(value, str):
        return one_line(value, longest) if value else '""'
    if isinstance(value, dict | list):
        many = f"{plural(len(value), 'value')}: " if len(value) > 8 else ""
        text = pretty(value, longest * 2, longest).text
        return one_line(many + " ".join(text.split()), longest)
    return one_line(scalar_text(value), longest)


def whole_value(value: object) -> str:
    """A value as it is copied."""
    return value if isinstance(value, str) else pretty(value).text


def _row(name: str, value: object, at_ms: int | None, kind: str) -> QTreeWidgetItem:
    when = clock(at_ms) if at_ms is not None else "earlier"
    item = QTreeWidgetItem([one_line(name), one_value(value), when, one_line(kind)])
    item.setFont(_VALUE, mono_font())
    item.setToolTip(_VALUE, tooltip(whole_value(value)[:2000]))
    if at_ms is not None:
        item.setToolTip(_SET, tooltip(f"received {local_time(at_ms)}"))
    item.setToolTip(_BY, tooltip(kind) if kind else "The event is not stored any more")
    return item


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(clipboard(text))
