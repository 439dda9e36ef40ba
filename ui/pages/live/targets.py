"""
Targeting: one person, device or address is picked once, and the stream shows only that.

People are looked for by IP address, user ID, device ID or any user property (semantics §5.1). What
is saved is the text of a filter, so that a target is exactly what it says.
"""

from __future__ import annotations

import ipaddress
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError, StoreUnavailable
from app.filter import EVERYTHING, FilterProblem, Node, equals, parse, to_text
from ui.context import Context
from ui.listkeys import ListKeys
from ui.pages.live.projects import frame
from ui.plain import one_line, plural, tooltip
from ui.theme import label, show_use

if TYPE_CHECKING:
    from app.store import Store
    from app.store.definitions import Definition, Definitions

KIND = "target"
EVERYONE = "Everyone"
BY = ("IP address", "User ID", "Device ID", "User property")
WAIT_MS = 200
MOST = 50
MOST_DEVICES = 5
_TARGET = Qt.ItemDataRole.UserRole


class Target(NamedTuple):
    """What a person would call it, the filter that it is, and a remark."""

    name: str
    text: str
    remark: str = ""


class TargetSwitch(QToolButton):
    """The button with the saved targets. `query` is the condition of the one in use.

    Signals:
        chosen: another target is in use now, or none.
    """

    chosen = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.target: Target | None = None
        self.finder: TargetFinder | None = None
        frame(self, EVERYONE, "Show only one person, device or address")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.list = QMenu(self)
        self.list.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.list.aboutToShow.connect(self.fill)
        self.setMenu(self.list)

    @property
    def query(self) -> Node:
        """What the target in use asks for."""
        return parse(self.target.text) if self.target else EVERYTHING

    def use(self, target: Target | None) -> None:
        """Show only this from now on; None shows everyone."""
        if target is not None:
            try:
                parse(target.text)
            except FilterProblem:
                return
        self.target = target
        name = target.name if target else EVERYONE
        self.setText(one_line(name, 24).replace("&", "&&"))
        self.setAccessibleName(f"Target: {one_line(name)}")
        show_use(self, is_used=target is not None)
        self.chosen.emit()

    def restore(self, state: object) -> None:
        """The target of last time, when it is still there."""
        self.use(next((one for one in self.saved() if one.name == state), None))

    def saved(self) -> list[Target]:
        """The targets with a name."""
        return [Target(one.name, str(one.body.get("text", ""))) for one in self._definitions()]

    def save(self, target: Target) -> None:
        """Remember a target, and use it."""
        self._keep(target)
        self.use(target)

    def _keep(self, target: Target) -> None:
        try:
            with self._open() as definitions:
                same = [one.id for one in definitions.all(KIND) if one.name == target.name]
                body = {"text": target.text}
                definitions.save(KIND, target.name, body, same[0] if same else None)
        except StoreUnavailable as error:
            self._context.notifications.error(error.sentence, error.hint)

    def remove(self, name: str) -> None:
        """Forget a target; can be undone."""
        gone = next((one for one in self.saved() if one.name == name), None)
        try:
            with self._open() as definitions:
                for one in definitions.all(KIND):
                    if one.name == name:
                        definitions.remove(one.id)
        except StoreUnavailable as error:
            self._context.notifications.error(error.sentence, error.hint)
            return
        was_used = self.target is not None and self.target.name == name
        if was_used:
            self.use(None)
        if gone is not None:
            again = self.save if was_used else self._keep
            self._context.notifications.info(
                f"The target “{one_line(name, 40)}” was removed.", ("Undo", partial(again, gone))
            )

    def fill(self) -> None:
        """Bring the menu up to date."""
        menu, saved = self.list, self.saved()
        menu.clear()
        for target in (None, *saved):
            entry = menu.addAction(one_line(target.name if target else EVERYONE, 48))
            entry.setCheckable(True)
            in_use = self.target.name if self.target else None
            entry.setChecked((target.name if target else None) == in_use)
            entry.triggered.connect(lambda _checked=False, target=target: self.use(target))
        menu.addSeparator()
        menu.addAction("Add new user…").triggered.connect(lambda _checked=False: self.open_finder())
        if saved:
            removing = menu.addMenu("Remove")
            for one in saved:
                removing.addAction(one_line(one.name, 48)).triggered.connect(
                    lambda _checked=False, name=one.name: self.remove(name)
                )

    def open_finder(self) -> None:
        """Look for someone."""
        if self.finder is None:
            self.finder = TargetFinder(self._context, self)
            self.finder.found.connect(self.save)
        self.finder.open_below(self)

    def _open(self) -> Definitions:
        # Imported here: see ui.reader.
        from app.store.definitions import Definitions

        return Definitions(self._context.workspace)

    def _definitions(self) -> list[Definition]:
        try:
            with self._open() as definitions:
                return definitions.all(KIND)
        except StoreUnavailable as error:
            self._context.notifications.error(error.sentence, error.hint)
            return []


class TargetFinder(QFrame):
    """Looks for people while one types.

    Signals:
        found: the target that a person wants to save.
    """

    found = Signal(object)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._context = context
        self.setProperty("floating", True)
        self.setAccessibleName("Add new user")
        self.by = QComboBox()
        self.by.addItems(BY)
        self.by.setAccessibleName("Search by")
        self.name = QLineEdit()
        self.name.setPlaceholderText("Property")
        self.name.setAccessibleName("Name of the user property")
        self.text = QLineEdit()
        self.text.setAccessibleName("What to search for")
        self.list = QListWidget()
        self.list.setAccessibleName("People found")
        self.list.setSpacing(2)
        self._keys = [ListKeys(line, self.list) for line in (self.name, self.text)]
        self.note = label("", "muted", wrap=True)
        self.save = QPushButton("Save user for targeting")
        self.save.setProperty("kind", "primary")
        self._lay_out()
        self._later = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._later.timeout.connect(self.search)
        self.by.currentIndexChanged.connect(lambda _at: self._changed())
        for line in (self.name, self.text):
            line.textChanged.connect(lambda _text: self._later.start())
            line.returnPressed.connect(self.accept)
        self.list.itemActivated.connect(lambda _item: self.accept())
        self.save.clicked.connect(self.accept)
        self._changed()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.by)
        top.addWidget(self.name, 1)
        top.addWidget(self.text, 2)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(label("Show only one user", "strong"))
        rows.addLayout(top)
        rows.addWidget(self.note)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.save)
        self.setFixedSize(480, 360)

    def open_below(self, anchor: QWidget) -> None:
        """Show it below a button."""
        self.move(anchor.mapToGlobal(QPoint(0, anchor.height() + 4)))
        self.show()
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)
        self.search()

    def _changed(self) -> None:
        self.name.setVisible(self.by.currentIndex() == 3)
        self.text.setPlaceholderText(
            f"{BY[self.by.currentIndex()]}…".replace("User property", "Value")
        )
        self.search()

    def search(self) -> None:
        """Look for what is typed now."""
        by, name, text = self.by.currentIndex(), self.name.text().strip(), self.text.text().strip()
        if not text or (by == 3 and not name):
            self._context.jobs.drop(self, "people")
            self._show([])
            return
        self._context.jobs.read(self, lambda store: targets(store, by, name, text), "people").then(
            self._show
        ).catch(self._fail)

    def accept(self) -> None:
        """Save the chosen one, or the first."""
        item = self.list.currentItem() or self.list.item(0)
        if item is not None:
            self.hide()
            self.found.emit(item.data(_TARGET))

    def _show(self, found: list[Target]) -> None:
        self.list.clear()
        for one in found:
            item = QListWidgetItem(one_line(f"{one.name}   {one.remark}", 120))
            item.setData(_TARGET, one)
            item.setToolTip(tooltip(one.text))
            self.list.addItem(item)
        if found:
            self.list.setCurrentRow(0)
        asked = bool(self.text.text().strip())
        self.note.setText(
            ""
            if found
            else "Nobody was seen with that."
            if asked
            else "Type what you know of them."
        )
        self.note.setVisible(not found)
        self.save.setEnabled(bool(found))

    def _fail(self, error: AppError) -> None:
        self.note.setText(error.sentence)
        self.note.show()


def targets(store: Store, by: int, name: str, text: str) -> list[Target]:
    """What could be meant: exactly that address or device first, then people, then devices with
    this in their id."""
    from app.store.people.conditions import PROPERTY, Condition, wire_name

    kind, of = {
        0: (PROPERTY, "@ip"),
        1: ("user", ""),
        2: ("device", ""),
        3: (PROPERTY, wire_name(name)),
    }[by]
    now = round(time.time() * 1000)
    people = store.people.search.find([Condition(kind, text, of)], now, MOST).people
    exact: list[Target] = []
    near: list[Target] = []
    if by == 0 and _is_address(text):
        exact = [Target(text, to_text(equals("ip", text)), "exactly this address")]
    elif by == 2:
        for one in store.values.named("device", text)[:MOST_DEVICES]:
            device = Target(one, to_text(equals("device", one)), "exactly this device")
            (exact if one == text else near).append(device)
    found = [
        Target(who, to_text(equals("person", who)), f"{plural(one.events, 'event')}, {one.project}")
        for one in people
        if (who := one.user or one.device)
    ]
    return [*exact, *found, *near]


def _is_address(text: str) -> bool:
    """Whether somebody can have exactly this address; otherwise it is the beginning of one."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
