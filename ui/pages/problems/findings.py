"""
Findings by rule, worst first: searched, narrowed by severity, muted, and one of them in detail.

The list is brought up to date at most twice a second, in place as long as it has the same lines.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from ui.context import Context
from ui.findkeys import find_with_keys
from ui.pages.emptystate import EmptyState
from ui.pages.problems.detail import FindingDetail
from ui.pages.problems.reading import ICONS, TONES, WORDS, Loaded, read_all
from ui.plain import clipboard, clock, number, one_line, tooltip
from ui.refresher import Refresher
from ui.theme import hairline, icon, mono_font, tint, tokens

if TYPE_CHECKING:
    from app.lint.reading import Finding
    from app.store import Store

EVERY_MS = 500
MOST_OF_A_RULE = 100
_KEY = Qt.ItemDataRole.UserRole
_COLUMNS = (
    ("Problem", 360),
    ("Rule", 72),
    ("Project", 120),
    ("Times", 68),
    ("Last seen", 142),
)
_PROBLEM, _RULE, _PROJECT, _TIMES, _LAST = range(5)
_MUTED = "  (muted)"
# Narrower than this, a column goes, so that there is room to say what is wrong.
_ROOM = {_LAST: 620, _PROJECT: 460}


type Pair = tuple[str, str | None]
"""A rule, and the API key of a project or None for all."""


class FindingsView(QWidget):
    """The list and the details of what is chosen in it.

    Signals:
        loaded: the findings were read (`Loaded`).
        event_asked: a person wants to see this event.
        filter_asked: a person wants to see the events that this filter text fits.
    """

    loaded = Signal(object)
    event_asked = Signal(object)
    filter_asked = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found = Loaded()
        self._lines: list[tuple[str, tuple[int, ...]]] = []
        self._items: dict[str | int, QTreeWidgetItem] = {}
        self.search = QLineEdit()
        self.severities = {name: self._switch(name) for name in ICONS}
        self.show_muted = QCheckBox("Show muted")
        self.list = FindingsList()
        self.detail = FindingDetail(context)
        self.nothing = EmptyState(
            "check",
            "No problems",
            "Everything that arrives is checked against rules about ids, times, sessions,"
            " properties and delivery. What they find will be listed here with what to do.",
        )
        self.no_match = EmptyState(
            "filter",
            "No finding matches",
            "There are others that do not fit the search, or are muted.",
            [("Show all", self.show_all)],
            primary=False,
        )
        self._reading = Refresher(self._ask, self, EVERY_MS)
        self._lay_out()
        self._connect()

    def _switch(self, name: str) -> QToolButton:
        """A button that leaves out a severity."""
        switch = QToolButton()
        switch.setCheckable(True)
        switch.setChecked(True)
        switch.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        tint(switch, ICONS[name], TONES[name])
        words = f"{WORDS[name].lower()}s"
        switch.setText(words.capitalize())
        switch.setToolTip(f"Show {words}")
        switch.setAccessibleName(f"Show {words}")
        switch.toggled.connect(self._fill)
        return switch

    def _lay_out(self) -> None:
        self.search.setPlaceholderText("Search rules, sentences and projects")
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName("Search problems")
        find_with_keys(self, self.search, "A part of a rule, a sentence or a project")
        self.search.setMaximumWidth(360)
        self.show_muted.setToolTip("Also list what was muted, to take it back")
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 8)
        bar.setSpacing(8)
        bar.addWidget(self.search, 1)
        for switch in self.severities.values():
            bar.addWidget(switch)
        bar.addStretch(1)
        bar.addWidget(self.show_muted)
        self.stack = QStackedWidget()
        for widget in (self.list, self.nothing, self.no_match):
            self.stack.addWidget(widget)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.stack)
        self.split.addWidget(self.detail)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([804, 420])
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.bar = QWidget()
        self.bar.setLayout(bar)
        rows.addWidget(self.bar)
        rows.addWidget(hairline())
        rows.addWidget(self.split, 1)
        self.stack.setCurrentWidget(self.nothing)
        self.detail.hide()

    def _connect(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.show_muted.toggled.connect(self._fill)
        self.list.currentItemChanged.connect(self._show_chosen)
        self.list.copying.connect(self.copy_chosen)
        self.detail.event_asked.connect(self.event_asked)
        self.detail.filter_asked.connect(self.filter_asked)
        self.detail.mute_asked.connect(self.mute)
        self.detail.unmute_asked.connect(self.unmute)
        self._context.feed.changed.connect(self._notice)
        self._context.store.opened.connect(self.look_again)

    # Reading

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_again()

    def _notice(self) -> None:
        if self.isVisible():
            self._reading.ask()

    def look_again(self) -> None:
        """Read what was found so far."""
        self._reading.now()

    def _ask(self) -> bool:
        context = self._context
        if context.store.current is None or not self.isVisible():
            return False

        def read(store: Store) -> Loaded:
            return read_all(store, context.workspace)

        def fail(error: AppError) -> None:
            self._reading.done()
            self._fail(error)

        context.jobs.read(self, read, "list").then(self._show).catch(fail)
        return True

    def _show(self, found: Loaded) -> None:
        self._reading.done()
        self._found = found
        self.loaded.emit(found)
        self.show_muted.setText(f"Show muted ({number(found.muted)})")
        self.show_muted.setVisible(found.muted > 0)
        for name, switch in self.severities.items():
            count = sum(one.rule.severity == name and not one.is_muted for one in found.findings)
            switch.setText(f"{WORDS[name]}s {number(count)}")
        self._fill()

    # The list

    def show_all(self) -> None:
        """No search, every severity, muted ones too."""
        self.search.clear()
        for switch in self.severities.values():
            switch.setChecked(True)
        self.show_muted.setChecked(self._found.muted > 0)

    def _fits(self, one: Finding) -> bool:
        if one.is_muted and not (self.show_muted.isChecked() and self._found.muted):
            return False
        if not self.severities[one.rule.severity].isChecked():
            return False
        text = f"{one.rule.id} {one.rule.title} {one.sentence} {one.source}".casefold()
        return all(word in text for word in self.search.text().casefold().split())

    def _fill(self, _what: object = None) -> None:
        groups: dict[str, list[Finding]] = {}
        for one in self._found.findings:
            if self._fits(one):
                groups.setdefault(one.rule.id, []).append(one)
        lines = [
            (name, tuple(one.id for one in found[:MOST_OF_A_RULE]))
            for name, found in groups.items()
        ]
        if lines != self._lines:
            self._lines = lines
            self._make_items(groups)
        for name, found in groups.items():
            _say_group(self._items[name], found)
            for one in found[:MOST_OF_A_RULE]:
                _say_finding(self._items[one.id], one)
        self._show_state(bool(groups))
        self._show_chosen(self.list.currentItem())

    def _show_state(self, has_lines: bool) -> None:
        if has_lines:
            self.stack.setCurrentWidget(self.list)
        else:
            anything = bool(self._found.findings)
            self.stack.setCurrentWidget(self.no_match if anything else self.nothing)
        self.detail.setVisible(has_lines)

    def _make_items(self, groups: dict[str, list[Finding]]) -> None:
        """New lines; what is open, chosen and in view stays so."""
        chosen = self._key(self.list.currentItem())
        items = self._items.items()
        open_before = {name for name, item in items if item.isExpanded()}
        place = self.list.verticalScrollBar().value()
        self.list.blockSignals(True)
        self.list.clear()
        self._items = {}
        for name, found in groups.items():
            top = self._items[name] = QTreeWidgetItem(self.list)
            top.setData(0, _KEY, name)
            for one in found[:MOST_OF_A_RULE]:
                below = self._items[one.id] = QTreeWidgetItem(top)
                below.setData(0, _KEY, one.id)
            if len(found) > MOST_OF_A_RULE:
                rest = QTreeWidgetItem(top, [f"and {number(len(found) - MOST_OF_A_RULE)} more"])
                rest.setFlags(Qt.ItemFlag.NoItemFlags)
            top.setExpanded(name in open_before)
        current = self._items.get(chosen) if chosen is not None else None
        current = current or self.list.topLevelItem(0)
        if current:
            self.list.setCurrentItem(current)
        self.list.blockSignals(False)
        self.list.verticalScrollBar().setValue(place)

    def _key(self, item: QTreeWidgetItem | None) -> str | int | None:
        key: str | int | None = item.data(0, _KEY) if item else None
        return key

    def chosen(self) -> list[Finding]:
        """The findings of the current line: one, or all of a rule."""
        key = self._key(self.list.currentItem())
        if isinstance(key, str):
            return [one for one in self._found.findings if one.rule.id == key and self._fits(one)]
        return [one for one in self._found.findings if one.id == key]

    def _show_chosen(self, _item: object = None, _before: object = None) -> None:
        self.detail.show_findings(self.chosen())

    def copy_chosen(self) -> None:
        """The current line in words to the clipboard."""
        text = "\n".join(
            f"{one.rule.id}\t{WORDS[one.rule.severity]}\t{one.rule.title}\t{one.source}"
            f"\t{one.count}\t{one_line(one.sentence, 600)}"
            for one in self.chosen()
        )
        QGuiApplication.clipboard().setText(clipboard(text))

    # Mutes

    def mute(self, rule: str, api_key: str | None) -> None:
        """Hear no more of a rule, in a project or everywhere."""
        where = "in this project" if api_key else "everywhere"
        self._change([(rule, api_key)], True, f"{rule} is muted {where}.")

    def unmute(self, rule: str, api_key: str | None) -> None:
        """Hear of a rule again, however it was muted."""
        self._change([(rule, None), (rule, api_key)], False, f"{rule} is heard again.")

    def _change(self, pairs: list[Pair], is_muted: bool, words: str = "") -> None:
        """Mute or unmute, and offer to take that back."""
        folder = self._context.workspace

        def write() -> list[Pair]:
            from app.lint.mutes import mute, muted, unmute

            before = muted(folder)
            changed = [pair for pair in dict.fromkeys(pairs) if (pair in before) != is_muted]
            for rule, api_key in changed:
                (mute if is_muted else unmute)(folder, rule, api_key)
            return changed

        def say(changed: list[Pair]) -> None:
            if words and changed:
                undo = partial(self._change, changed, not is_muted)
                self._context.notifications.info(words, ("Undo", undo))
            self.look_again()
            self._context.feed.notice()

        purpose = f"mute {pairs}"
        self._context.jobs.run(self, write, purpose).then(say).catch(self._fail)

    def _fail(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint)


class FindingsList(QTreeWidget):
    """Rules, and below each what it found.

    Signals:
        copying: a person wants the current line in the clipboard.
    """

    copying = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Problems by rule, worst first")
        self.setColumnCount(len(_COLUMNS))
        self.setHeaderLabels([title for title, _ in _COLUMNS])
        self.setProperty("padded", True)
        self.setUniformRowHeights(True)
        self.setIndentation(18)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.header()
        header.setStretchLastSection(False)
        header.setFixedHeight(28)
        for at, (_, width) in enumerate(_COLUMNS):
            header.resizeSection(at, width)
        header.setSectionResizeMode(_PROBLEM, QHeaderView.ResizeMode.Stretch)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.headerItem().setTextAlignment(_TIMES, right)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column, needed in _ROOM.items():
            self.setColumnHidden(column, event.size().width() < needed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copying.emit()
        else:
            super().keyPressEvent(event)


def _say_group(item: QTreeWidgetItem, found: list[Finding]) -> None:
    rule = found[0].rule
    projects = {one.source for one in found}
    is_muted = all(one.is_muted for one in found)
    item.setText(_PROBLEM, f"{rule.title}{_MUTED if is_muted else ''}")
    item.setIcon(_PROBLEM, icon(ICONS[rule.severity], TONES[rule.severity]))
    item.setToolTip(_PROBLEM, tooltip(f"{WORDS[rule.severity]} {rule.id}: {rule.title}"))
    item.setText(_RULE, rule.id)
    item.setFont(_RULE, mono_font())
    project = one_line(found[0].source) if len(projects) == 1 else f"{len(projects)} projects"
    _say_rest(item, project, sum(one.count for one in found), max(one.last_ms for one in found))
    _set_faint(item, is_muted)


def _say_finding(item: QTreeWidgetItem, one: Finding) -> None:
    item.setText(_PROBLEM, one_line(one.sentence) + (_MUTED if one.is_muted else ""))
    item.setToolTip(_PROBLEM, tooltip(one.sentence))
    _say_rest(item, one_line(one.source), one.count, one.last_ms)
    _set_faint(item, one.is_muted)


def _say_rest(item: QTreeWidgetItem, project: str, count: int, last_ms: int) -> None:
    item.setText(_PROJECT, project)
    item.setToolTip(_PROJECT, tooltip(project))
    item.setText(_TIMES, number(count))
    item.setTextAlignment(_TIMES, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setText(_LAST, clock(last_ms).partition(".")[0])
    item.setFont(_LAST, mono_font())


def _set_faint(item: QTreeWidgetItem, is_faint: bool) -> None:
    colour = QColor(tokens().muted if is_faint else tokens().text)
    for column in range(len(_COLUMNS)):
        item.setForeground(column, colour)
