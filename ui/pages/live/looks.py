"""
How the stream is shown: which columns, how times are told, whether names are generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from app.filter.fields import COLUMNS as FIELDS
from app.grouping import By
from app.marks import Mark
from ui.context import Context
from ui.pages.live.projects import frame
from ui.pages.live.told import Told
from ui.pages.savedfilters import heading
from ui.plain import number, one_line
from ui.table.columns import titles
from ui.table.look import AGO, CLOCK, DEFAULT, SINCE, Look
from ui.table.properties import is_property

MOST_COLUMNS = 40
IN_MENU = 24
TIMES = {CLOCK: "Clock", AGO: "How long ago", SINCE: "Since the event before"}


class ViewSwitch(QToolButton):
    """The button with the menu of all this.

    Signals:
        changed: `look` is another one now.
        folded: whether repeats are left out has changed.
        grouped: `grouping` is another one now.
    """

    changed = Signal()
    folded = Signal()
    grouped = Signal()

    def __init__(
        self,
        context: Context,
        marks: Mapping[int, Mark],
        labels: Mapping[int, tuple[str, ...]] | None = None,
        told: Told | None = None,
    ) -> None:
        super().__init__()
        self._context = context
        self.look = Look(
            marks=marks,
            labels={} if labels is None else labels,
            problems={} if told is None else told.problems,
            attempts={} if told is None else told.attempts,
            fields={} if told is None else told.fields,
        )
        self.is_folding = False
        self.grouping: By | None = None
        frame(self, "View", "Choose columns, times and names")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.list = QMenu(self)
        self.list.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.list.aboutToShow.connect(self.fill)
        self.setMenu(self.list)
        self.columns = QMenu("Columns", self)
        self.columns.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.columns.aboutToShow.connect(self.fill_columns)

    # What is remembered

    def state(self, columns: tuple[str, ...]) -> dict[str, Any]:
        """For the next start; `columns` are those of the table from left to right."""
        return {
            "columns": list(columns),
            "time": self.look.time,
            "names": self.look.has_names,
            "fold": self.is_folding,
            "group": str(self.grouping or ""),
        }

    def restore(self, state: object) -> None:
        """As it was; what makes no sense is left out."""
        if not isinstance(state, dict):
            return
        columns, known = state.get("columns"), titles()
        if isinstance(columns, list):
            found = [one for one in columns if isinstance(one, str)]
            found = [one for one in found if one in known or is_property(one)][:MOST_COLUMNS]
            if found:
                self.look = replace(self.look, columns=tuple(dict.fromkeys(found)))
        how = state.get("time")
        if isinstance(how, str) and how in TIMES:
            self.look = replace(self.look, time=how)
        self.look = replace(self.look, has_names=state.get("names") is not False)
        self.is_folding = state.get("fold") is True
        self.grouping = next((by for by in By if by == state.get("group")), None)
        self.changed.emit()
        self.grouped.emit()

    # The menu

    def fill(self) -> None:
        """Bring the menu up to date."""
        menu = self.list
        menu.clear()
        # In a menu of their own: all of it together is higher than small screens.
        menu.addMenu(self.columns)
        heading(menu, "Time")
        times = QActionGroup(menu)
        for how, title in TIMES.items():
            is_used = self.look.time == how
            times.addAction(self._check(menu, title, is_used, partial(self.use_time, how)))
        heading(menu, "Events")
        self._check(menu, "Names for autocaptured events", self.look.has_names, self.toggle_names)
        self._check(menu, "Fold what was sent before", self.is_folding, self.toggle_fold)
        heading(menu, "Groups")
        groups = QActionGroup(menu)
        for by, title in ((None, "None"), *((one, f"By {one}") for one in By)):
            is_used = self.grouping is by
            groups.addAction(self._check(menu, title, is_used, partial(self.use_group, by)))
        menu.addSeparator()
        menu.addAction("As at first", self.reset)

    def fill_columns(self) -> None:
        """Bring the menu of columns up to date."""
        menu, shown = self.columns, self.look.columns
        menu.clear()
        known = titles()
        for key, title in known.items():
            if key not in FIELDS or key in shown:
                self._check(menu, title, key in shown, partial(self.toggle_column, key))
        for key in filter(is_property, shown):
            title = _title(key)
            self._check(menu, title, True, partial(self.toggle_column, key))
        menu.addSeparator()
        sent_with = menu.addMenu("Add what it was sent with")
        for key in FIELDS:
            if key not in shown:
                sent_with.addAction(known[key], partial(self.toggle_column, key))
        sent_with.setEnabled(not sent_with.isEmpty())
        for scope, title in (("prop", "Add an event property"), ("user", "Add a user property")):
            self._add_properties(menu.addMenu(title), scope)

    def _add_properties(self, menu: QMenu, scope: str) -> None:
        nothing: list[tuple[str, int]] = []
        found = self._context.store.ask(lambda store: store.values.properties(scope, ""), nothing)
        left = [one for one in found if f"{scope}.{one[0]}" not in self.look.columns]
        for name, count in left[:IN_MENU]:
            key = f"{scope}.{name}"
            text = f"{_title(key)}\t{number(count)}×"
            menu.addAction(text).triggered.connect(
                lambda _checked=False, key=key: self.toggle_column(key)
            )
        if not left:
            menu.addAction("None was captured yet").setEnabled(False)
        elif len(left) > IN_MENU:
            menu.addSeparator()
            menu.addAction("Any other: in the menu of its value in Info").setEnabled(False)

    def _check(self, menu: QMenu, title: str, is_on: bool, run: Any) -> Any:
        entry = menu.addAction(title)
        entry.setCheckable(True)
        entry.setChecked(is_on)
        entry.triggered.connect(lambda _checked=False: run())
        return entry

    def toggle_column(self, key: str) -> None:
        """Show a column, at its place among the usual ones or as the last, or take it away."""
        shown = list(self.look.columns)
        if key in shown:
            if key != "type":
                shown.remove(key)
        else:
            after = [one for one in DEFAULT[: DEFAULT.index(key)] if one in shown] if (
                key in DEFAULT
            ) else shown[-1:]  # fmt: skip
            shown.insert(shown.index(after[-1]) + 1 if after else 0, key)
        self._use(replace(self.look, columns=tuple(shown[:MOST_COLUMNS])))

    def show_column(self, key: str) -> None:
        """Show a column, if it is not shown."""
        if key not in self.look.columns:
            self.toggle_column(key)

    def use_time(self, how: str) -> None:
        """Tell times like this."""
        self._use(replace(self.look, time=how))

    def toggle_names(self) -> None:
        """Generated names, or types as they were sent."""
        self._use(replace(self.look, has_names=not self.look.has_names))

    def toggle_fold(self) -> None:
        """Leave out what was sent before, or show it."""
        self.is_folding = not self.is_folding
        self.folded.emit()

    def use_group(self, by: By | None) -> None:
        """Show events in groups, or one by one."""
        self.grouping = by
        self.grouped.emit()

    def take_order(self, columns: tuple[str, ...]) -> None:
        """Columns were moved; nothing is to be shown anew."""
        self.look = replace(self.look, columns=columns)

    def reset(self) -> None:
        """Everything as at first."""
        was_folding, self.is_folding = self.is_folding, False
        first = Look()
        self._use(
            replace(self.look, columns=first.columns, time=first.time, has_names=first.has_names)
        )
        if was_folding:
            self.folded.emit()
        if self.grouping is not None:
            self.use_group(None)

    def _use(self, look: Look) -> None:
        self.look = look
        self.changed.emit()


def _title(key: str) -> str:
    return one_line(key.partition(".")[2], 48).replace("&", "&&")
