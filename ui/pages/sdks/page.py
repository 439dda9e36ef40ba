"""
The page of SDKs: all of them at the left, the options of the chosen one at the right.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.sdk.configured import configured
from app.sdk.dropped import dropped
from app.sdk.evidence import Evidence
from app.sdk.report import InstanceReport, SourceReport, exported, sources
from ui.context import Context
from ui.elided import ElidedLabel
from ui.pages.emptystate import EmptyState
from ui.pages.sdks import words
from ui.pages.sdks.copying import as_json, as_markdown
from ui.pages.sdks.instances import InstanceList
from ui.pages.sdks.options import OptionTable
from ui.plain import clipboard, clock, one_line, plural, tooltip
from ui.refresher import Refresher
from ui.theme import hairline, label, tint, vertical_hairline

if TYPE_CHECKING:
    from app.store import Store

EVERY_MS = 1000
"""Options do not change as fast as events come."""
REST = 10
"""Times as long as looking took, nothing is looked at."""
LEFT = 300
OTHER = 280
MOST_SHOWN = 4

Read = tuple[list[SourceReport], str]


class SdksPage(QWidget):
    """Projects and SDKs at the left, the options of the chosen one at the right.

    Signals:
        event_asked: the id of an event that a person wants to see.
    """

    event_asked = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown = ""
        self._instances: dict[str, InstanceReport] = {}
        self.list = InstanceList()
        self.table = OptionTable()
        self.title = label("", "title")
        self.about = ElidedLabel("muted")
        self.unknown = label("", "small", wrap=True)
        self.dropped = label("", "warning", wrap=True)
        self.count = label("", "muted")
        self.nothing = EmptyState(
            "sdks",
            "No SDKs yet",
            "Each SDK that sends something will be listed here with all its options: what it is"
            " set to, what the default is, and how that is known.",
            [("Connect an app", lambda: context.actions.trigger("go.connect"))],
        )
        self._make_tools()
        self._lay_out()
        # With very many instances, looking takes long, and painting must not wait for it.
        self._looking = Refresher(self._look, self, EVERY_MS, REST)
        self.list.chosen.connect(self._show_chosen)
        context.feed.changed.connect(self._look_soon)
        context.store.opened.connect(self._look_soon)

    # Parts

    def _make_tools(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find an option")
        self.search.setAccessibleName("Find an option")
        self.search.setToolTip("Name, value or meaning  (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.search.setMinimumWidth(96)
        self.search.textChanged.connect(self._narrow)
        find = QAction("Find an option", self)
        find.setShortcut(QKeySequence(QKeySequence.StandardKey.Find))
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.triggered.connect(self.search.setFocus)
        self.addAction(find)
        self.only = QCheckBox("Only differences")
        self.only.setToolTip("Hide options at their default and those that are not known")
        self.only.toggled.connect(self._narrow)
        self.other = QComboBox()
        self.other.setAccessibleName("Compare with")
        self.other.setToolTip("Show another instance beside this one, what differs first")
        self.other.setMinimumWidth(OTHER // 2)
        self.other.setMaximumWidth(OTHER)
        self.other.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.other.activated.connect(lambda _at: self._show_chosen())
        self.copy = QToolButton()
        self.copy.setText("Copy")
        self.copy.setProperty("framed", True)
        self.copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.copy.setToolTip("Copy these options  (Ctrl+C copies the chosen value)")
        self.copy.setAccessibleName("Copy these options")
        tint(self.copy, "copy")
        menu = QMenu(self.copy)
        menu.addAction("As JSON", lambda: self._copy(as_json))
        menu.addAction("As Markdown", lambda: self._copy(as_markdown))
        menu.addSeparator()
        self.copy_value = menu.addAction("The chosen value", self.copy_chosen)
        menu.aboutToShow.connect(lambda: self.copy_value.setEnabled(bool(self.table.copied())))
        self.copy.setMenu(menu)
        copying = QAction("Copy the value", self.table)
        copying.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copying.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copying.triggered.connect(self.copy_chosen)
        self.table.addAction(copying)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._menu)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self._right())
        split.setSizes([LEFT, 900])
        split.setStretchFactor(1, 1)
        self.list.setMinimumWidth(200)
        self._split = split
        self.stack = QStackedWidget()
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(split)
        head = QVBoxLayout()
        head.setContentsMargins(16, 12, 16, 10)
        head.setSpacing(2)
        head.addWidget(label("SDKs", "title"))
        head.addWidget(self.count)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(hairline())
        rows.addWidget(self.stack, 1)

    def _right(self) -> QWidget:
        tools = QHBoxLayout()
        tools.setContentsMargins(16, 0, 16, 10)
        tools.setSpacing(12)
        for part in (self.search, self.only):
            tools.addWidget(part)
        tools.addStretch(1)
        tools.addWidget(self.other)
        tools.addWidget(self.copy)
        about = QVBoxLayout()
        about.setContentsMargins(16, 12, 16, 10)
        about.setSpacing(2)
        about.addWidget(self.title)
        about.addWidget(self.about)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(4)
        foot.addWidget(self.dropped)
        foot.addWidget(self.unknown)
        right = QWidget()
        right.setProperty("surface", True)
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout()
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(about)
        rows.addLayout(tools)
        rows.addWidget(hairline())
        rows.addWidget(self.table, 1)
        rows.addWidget(hairline())
        rows.addLayout(foot)
        across = QHBoxLayout(right)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(vertical_hairline())
        across.addLayout(rows, 1)
        return right

    # What is shown

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looking.now()

    def _look_soon(self) -> None:
        """First now, then at most once in a while."""
        if self.isVisible():
            self._looking.ask()

    def _look(self) -> bool:
        if self._context.store.current is None:
            self.stack.setCurrentWidget(self.nothing)
            return False
        if not self.isVisible():
            return False
        self._context.jobs.read(self, _read, "list").then(self._show).catch(self._fail)
        return True

    def _fail(self, error: AppError) -> None:
        self._looking.done()
        self._context.notifications.warn(f"{error.sentence} {error.hint}".strip())

    def _show(self, read: Read) -> None:
        self._looking.done()
        found, text = read
        self._instances = {one.id: one for source in found for one in source.instances}
        self.stack.setCurrentWidget(self._split if self._instances else self.nothing)
        self.count.setText(_summary(found))
        self.count.setVisible(bool(found))
        if text == self._shown:
            return
        self._shown = text
        self._offer_others(found)
        before = self.list.current
        self.list.show_sources(found)
        if self.list.current == before:
            self._show_chosen()

    def _offer_others(self, found: list[SourceReport]) -> None:
        chosen = self.other.currentData()
        self.other.clear()
        self.other.addItem("Compare with…", "")
        for source in found:
            for one in source.instances:
                title = f"{words.instance_title(one)} · {words.where(one) or words.amounts(one)}"
                cut = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, OTHER - 40)
                self.other.addItem(cut, one.id)
                at = self.other.count() - 1
                self.other.setItemData(at, tooltip(title), Qt.ItemDataRole.ToolTipRole)
        self.other.setCurrentIndex(max(0, self.other.findData(chosen)))
        self.other.setVisible(self.other.count() > 2)

    def _show_chosen(self, _id: str = "") -> None:
        report = self._instances.get(self.list.current)
        if report is None:
            return
        other = self._instances.get(self.other.currentData() or "")
        if other is report:
            other = None
        instance = report.instance
        versus = f"  and  {words.instance_title(other)}" if other else ""
        self.title.setText(words.instance_title(report) + versus)
        sdk = instance.sdk
        said = f"calls itself {sdk.library}" if sdk.library else sdk.because
        parts = (
            words.where(report),
            words.amounts(report),
            f"first seen {clock(instance.first_ms)}, last {clock(instance.last_ms)}",
            said,
        )
        self.about.show_text(" · ".join(part for part in parts if part))
        self.unknown.setText(_honest(report))
        self.dropped.setText(_lost(report))
        self.dropped.setVisible(bool(report.dropped))
        self.dropped.setToolTip(tooltip("\n".join(one.sentence for one in report.dropped)))
        self.table.show_instance(report, other)

    def _narrow(self) -> None:
        self.table.narrow(self.search.text(), self.only.isChecked())

    # Copying

    def copy_chosen(self) -> None:
        """Copy the value or sentence of the chosen row."""
        self._put(self.table.copied())

    def _copy(self, write: Callable[[InstanceReport], str]) -> None:
        report = self._instances.get(self.list.current)
        if report is not None:
            self._put(write(report))

    def _put(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(clipboard(text))
            self._context.notifications.info("Copied.")

    def _menu(self, at: QPoint) -> None:
        # The menu key asks at a place of Qt's choosing; the chosen row is meant then.
        if self.table.currentItem() is None or not self.table.copied():
            return
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy", self.copy_chosen)
        for number in self.table.captures()[:MOST_SHOWN]:
            menu.addAction(
                f"Show the events of capture {number:,}", partial(self._show_capture, number)
            )
        menu.popup(self.table.viewport().mapToGlobal(at))

    def _show_capture(self, number: int) -> None:
        event = self._context.store.ask(lambda store: store.uploads.first_event(number), None)
        if event is None:
            self._context.notifications.info("That capture holds no events, or was removed.")
        else:
            self.event_asked.emit(event)


def _read(store: Store) -> Read:
    """Everything, and a text that tells whether it is another than before."""
    found = sources(store, configured(store), dropped(store))
    return found, json.dumps(exported(found), sort_keys=True)


def _summary(found: list[SourceReport]) -> str:
    count = sum(len(source.instances) for source in found)
    projects = plural(sum(source.id is not None for source in found), "project")
    return f"{plural(count, 'SDK instance')} in {projects}"


def _lost(report: InstanceReport) -> str:
    """What the page said that its SDK left out."""
    said = "  ".join(one_line(one.sentence, 160) for one in report.dropped[:MOST_SHOWN])
    more = len(report.dropped) - MOST_SHOWN
    rest = f"  And {more} more." if more > 0 else ""
    return f"Never sent, says the page: {said}{rest}" if said else ""


def _honest(report: InstanceReport) -> str:
    """What cannot be known, said plainly."""
    unknown = sum(one.evidence is Evidence.UNKNOWN for one in report.options)
    if not unknown:
        return "Every option is known."
    return (
        f"{unknown} of {len(report.options)} options are not known. Traffic shows what an SDK sends"
        " and how it behaves, not the code that set it up: an option that makes no difference to"
        " either, or has made none so far, cannot be told."
    )
