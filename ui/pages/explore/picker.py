"""
A list below a button to choose from by typing: events, properties, values.

Arrows move, Enter takes, Space switches a value on and off, Escape puts away. Everything shown may
come from traffic, and is plain text on one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.plain import one_line, tooltip
from ui.theme import ROW, label

Key = Qt.Key
WIDTH = 400
REMARK = 118
SHOWN = 12
MOST = 300
_PICK = Qt.ItemDataRole.UserRole


class Pick(NamedTuple):
    """Something to choose: what it is, what it is called, and a remark beside it."""

    value: Any
    title: str
    remark: str = ""


class Picker(QFrame):
    """Opens below a widget; goes by itself.

    Signals:
        chosen: the value of a Pick; of several, a tuple of them in the order of the list.
        typed: what stands in the search line, after each change.
    """

    chosen = Signal(object)
    typed = Signal(str)

    def __init__(self, parent: QWidget, hint: str, picks: Sequence[Pick] = ()) -> None:
        # It outlives the button that it was opened from, which its choice may take away.
        super().__init__(parent.window(), Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName(hint)
        self._picks = tuple(picks)
        self._many: list[Any] | None = None
        self._free: Callable[[str], Any] | None = None
        self._is_dropped = False
        self._waiting = ""
        self.search = QLineEdit()
        self.search.setPlaceholderText(hint)
        self.search.setAccessibleName(hint)
        self.search.textChanged.connect(self._fill)
        self.search.textEdited.connect(self.typed)
        self.search.installEventFilter(self)
        self.list: Any = QTreeWidget()
        self.nothing = label("", "muted")
        self._set_up_list()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(6, 6, 6, 6)
        rows.setSpacing(4)
        rows.addWidget(self.search)
        rows.addWidget(self.list, 1)
        rows.addWidget(self.nothing)
        self._fill()

    def _set_up_list(self) -> None:
        view = self.list
        view.setAccessibleName("What can be chosen")
        view.setHeaderHidden(True)
        view.setColumnCount(2)
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, REMARK)
        view.itemClicked.connect(lambda item, _column: self._take(item, is_click=True))

    def take_many(self, chosen: Iterable[Any]) -> None:
        """Several may be chosen; these are, to begin with."""
        self._many = list(chosen)
        self._fill()

    def take_typed(self, made: Callable[[str], Any]) -> None:
        """What is typed may be taken as it is; `made` makes a value of it."""
        self._free = made
        self._fill()

    def show_picks(self, picks: Sequence[Pick], waiting: str = "") -> None:
        """Offer these; `waiting` is said while there are none."""
        self._picks, self._waiting = tuple(picks), waiting
        self._fill()

    def open_below(self, widget: QWidget) -> None:
        """Show it where there is room: below, else above, and only then over the widget."""
        self.setFixedSize(WIDTH, SHOWN * ROW + 52)
        place = widget.mapToGlobal(QPoint(0, widget.height() + 2))
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        top = place.y()
        if top + self.height() > room.bottom():
            above = widget.mapToGlobal(QPoint(0, -2)).y() - self.height()
            top = above if above >= room.top() else room.bottom() - self.height()
        self.move(max(room.left(), min(place.x(), room.right() - WIDTH)), max(room.top(), top))
        self.show()
        # Rows that were made before they had a style are too low.
        self.list.doItemsLayout()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def titles(self) -> list[str]:
        """What is offered now, from the top."""
        return [self.list.topLevelItem(at).text(0) for at in range(self.list.topLevelItemCount())]

    # What is offered

    def _fill(self, _text: str = "") -> None:
        part = self.search.text().strip().casefold()
        # Each word by itself: who looks for "sign up" means what is called "Signed Up".
        words = part.split()
        fitting = [
            one for one in self._picks if all(word in one.title.casefold() for word in words)
        ]
        # What begins so comes first; otherwise the order is that of use.
        fitting.sort(key=lambda one: not one.title.casefold().startswith(part))
        shown = [*self._typed_pick(fitting), *self._chosen_first(fitting)][:MOST]
        self.list.clear()
        for one in shown:
            # A name of blanks would be an empty row.
            title = one.title if one.title.strip() else f'"{one.title}"'
            item = QTreeWidgetItem([one_line(title, 120), one_line(one.remark, 60)])
            item.setData(0, _PICK, one)
            item.setToolTip(0, tooltip(one.title))
            item.setForeground(1, self.list.palette().placeholderText())
            if self._many is not None:
                state = Qt.CheckState
                is_on = one.value in self._many
                item.setCheckState(0, state.Checked if is_on else state.Unchecked)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addTopLevelItem(item)
        if shown:
            self.list.setCurrentItem(self.list.topLevelItem(0))
        waiting = self._waiting
        self.nothing.setText(waiting or ("" if shown else "Nothing like this was captured."))
        self.nothing.setVisible(not shown or bool(waiting))

    def _typed_pick(self, fitting: list[Pick]) -> list[Pick]:
        text = self.search.text()
        if self._free is None or not text.strip():
            return []
        value = self._free(text)
        if value is None or any(one.value == value for one in fitting):
            return []
        return [Pick(value, text, "as typed")]

    def _chosen_first(self, fitting: list[Pick]) -> list[Pick]:
        if not self._many:
            return fitting
        known = {one.value for one in fitting}
        typed = self.search.text().strip()
        extra = [] if typed else [one for one in self._many if one not in known]
        chosen = [one for one in fitting if one.value in self._many]
        rest = [one for one in fitting if one.value not in self._many]
        titled = [Pick(one, "(none)" if one is None else str(one)) for one in extra]
        return [*titled, *chosen, *rest]

    # Choosing

    def _take(self, item: QTreeWidgetItem | None, *, is_click: bool = False) -> None:
        if item is None:
            return
        pick: Pick = item.data(0, _PICK)
        if self._many is None:
            self._is_dropped = True
            self.close()
            self.chosen.emit(pick.value)
        elif is_click:
            self._switch(item)
        else:
            if not self._many or (pick.remark == "as typed" and pick.value not in self._many):
                self._many.append(pick.value)
            self.close()

    def _switch(self, item: QTreeWidgetItem) -> None:
        pick: Pick = item.data(0, _PICK)
        chosen = self._many if self._many is not None else []
        if pick.value in chosen:
            chosen.remove(pick.value)
        else:
            chosen.append(pick.value)
        is_on = pick.value in chosen
        item.setCheckState(0, Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked)

    def hideEvent(self, event: QHideEvent) -> None:
        """Several are taken when the list goes, however it goes; Escape takes none."""
        super().hideEvent(event)
        if self._many is not None and not self._is_dropped:
            self._is_dropped = True
            self.chosen.emit(tuple(self._many))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list, while one types."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._takes(event)
        return super().eventFilter(watched, event)

    def _takes(self, event: QKeyEvent) -> bool:
        key, count = event.key(), self.list.topLevelItemCount()
        at = self.list.indexOfTopLevelItem(self.list.currentItem()) if count else -1
        if key in (Key.Key_Down, Key.Key_Up) and count:
            step = 1 if key == Key.Key_Down else -1
            self.list.setCurrentItem(self.list.topLevelItem((at + step) % count))
        elif key in (Key.Key_Return, Key.Key_Enter, Key.Key_Tab):
            self._take(self.list.currentItem())
        elif key == Key.Key_Space and self._many is not None and not self.search.text():
            self._switch(self.list.currentItem())
        elif key == Key.Key_Escape:
            self._is_dropped = True
            self.close()
        else:
            return False
        return True
