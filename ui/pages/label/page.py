"""
Label: a person's own site, and names for what people click on it.

Left the labeled events, or the one that is being made or changed, and right the site: which keeps
its place and its width, so that what was clicked stays where it is. What a draft matches is marked
on the page and counted among everything that was captured, while it is edited; nothing is stored
before Save, and every change can be undone.
"""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.agentwords import Picked, Survey
from app.errors import BadInput
from app.label.element import Element, Page
from app.label.events import LabeledEvent
from app.label.labels import Labels
from app.store import Store
from ui.context import Context
from ui.pages.connect.parts import Segments
from ui.pages.label.actions import add_actions
from ui.pages.label.booklist import BookList
from ui.pages.label.checking import SelfCheck
from ui.pages.label.counting import Counted, Told, count, pasts, tell
from ui.pages.label.drafting import Draft, Drafts, captured
from ui.pages.label.editor import NEW, Editor
from ui.pages.label.exchange import Exchange
from ui.pages.label.keeping import Keeper
from ui.pages.label.marking import OnPage, matches_everything
from ui.pages.label.repairing import Repair, find_repairs
from ui.pages.label.site import SIZES, Site
from ui.pages.label.switching import ClickSwitch
from ui.theme import hairline, label

LATER_MS = 250
"""How long after the last keystroke everything captured is counted."""
SIDE = 320
"""Narrower, the conditions of a definition are cut."""
_KEPT = (
    " This page came from the site's service worker, perhaps an older one: reload with Shift held."
)


class LabelPage(QWidget):
    """Signals: `live_asked` with a filter text, to see events in Live."""

    live_asked = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._counted: Counted | None = None
        self._told: list[Told] = []
        self._on_page = OnPage()
        self._drafts: Drafts | None = None
        self._repaired: LabeledEvent | None = None
        self.keeper = Keeper(context, self)
        self.exchange = Exchange(context, self)
        self.book = BookList()
        self.site = Site(context)
        self.editor = Editor()
        self.side = QStackedWidget()
        self.mode = Segments(
            "Clicks",
            [("navigate", "Navigate"), ("label", "Label")],
            {
                "navigate": "Clicks go to the site",
                "label": "Clicks choose what to label; the site does not notice",
            },
        )
        self.mode.choose("navigate")
        self.width_choice = QComboBox()
        self.width_choice.setAccessibleName("Width of the site")
        for width, title in SIZES:
            self.width_choice.addItem(title, width)
        self.overlay = QPushButton("Show labels")
        self.overlay.setCheckable(True)
        self.overlay.setToolTip("Mark what is labeled already; click a name to open it")
        self.clicks = ClickSwitch(context)
        self.selfcheck = SelfCheck(context, self)
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._lay_out()
        self._connect()
        add_actions(self, context)
        self._show_mode()
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.shutdown)

    def shutdown(self) -> None:
        """Close the browser. May be called more than once."""
        self.site.shutdown()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_again()

    # What a person does on the page

    def set_mode(self, mode: str) -> None:
        """Whether clicks go to the site or pick an element."""
        self.mode.choose(mode)
        self.site.set_mode(mode)
        self._show_mode()
        if mode == "navigate":
            self._mark()

    def toggle_mode(self) -> None:
        """From one to the other."""
        self.set_mode("navigate" if self.site.mode == "label" else "label")

    def _pick(self, picked: Picked) -> None:
        self._drafts = Drafts.of_picked(picked, self.site.survey, self._told)
        self.editor.group.setChecked(False)
        self._draft(is_group=False)
        self.editor.show_trail(picked.trail)

    def label_captured(self, event_id: int) -> None:
        """Begin with what a captured event clicked; no page has to be open."""
        self._context.jobs.read(self, lambda store: captured(store, event_id), "captured").then(
            self._begin_with
        )

    def _begin_with(self, found: tuple[Element, Page] | None) -> None:
        if found is None:
            self._context.notifications.info("This event does not say what was clicked.")
            return
        self._repaired = None
        self._drafts = Drafts(*found, (), self._told)
        self.editor.group.setChecked(False)
        self.editor.show_trail(())
        self._draft(is_group=False)

    def _draft(self, *, is_group: bool) -> None:
        """Suggest what would find the picked element, or all that are like it, again."""
        drafts = self._drafts
        if drafts is None:
            return
        self._context.jobs.read(
            self, lambda store: drafts.suggest(store, is_group=is_group), "suggest"
        ).then(self._show_draft)

    def _show_draft(self, draft: Draft) -> None:
        if self._repaired:
            event = self._repaired.repaired(draft.event.definitions[0])
            self.editor.edit(event, draft.choices, draft.offered, len(event.definitions) - 1)
        else:
            self.editor.edit(draft.event, draft.choices, draft.offered)
            self.book.choose(None)
        self.editor.group.setVisible(draft.alike > 1)
        self.editor.group.setText(f"All {draft.alike} like this")
        self.side.setCurrentWidget(self.editor)
        self.editor.name.setFocus()
        self.editor.name.selectAll()
        self._changed()

    def _open_named(self, name: str) -> None:
        found = next((one.label for one in self._told if one.label.name == name), None)
        if found:
            self.edit(found)

    def edit(self, event: LabeledEvent) -> None:
        """Show a labeled event in the panel."""
        self._drafts = self._repaired = None
        self.editor.edit(event)
        self._show_past(event)
        self.editor.group.hide()
        self.editor.show_trail(())
        self.side.setCurrentWidget(self.editor)
        self.book.choose(event.id)
        self._changed()

    def new(self) -> None:
        """An empty one, to be filled by hand."""
        self.edit(NEW)
        self.editor.name.setFocus()

    def cancel(self) -> None:
        """Forget what was not saved."""
        self._drafts = self._repaired = None
        self._close_editor()
        self.book.choose(None)
        self._mark()

    # What is kept

    def save(self) -> None:
        """Keep the draft; it counts at once."""
        draft = self.editor.draft
        if not draft.name:
            self.editor.show_problem("Give it a name, so that others know what it counts.")
            self.editor.name.setFocus()
            return
        if matches_everything(draft):
            self.editor.show_problem("Switch on a condition: this would count every click.")
            return
        before = next((one.label for one in self._told if one.label.id == draft.id), None)
        problem = self.keeper.save(draft, before)
        if problem:
            self.editor.show_problem(problem)
            return
        self._repaired = None
        self._close_editor()
        self._mark()

    def _close_editor(self) -> None:
        self.side.setCurrentWidget(self.book)
        self.site.forget_pick()

    def _remove(self, event: LabeledEvent) -> None:
        if self.editor.draft.id == event.id:
            self.cancel()
        self.keeper.remove(event)

    # What was lost

    def repair(self, event: LabeledEvent) -> None:
        """Offer what may be the element of a labeled event now; clicking it on the page will do as
        well."""
        self.edit(event)
        self._repaired = event
        now_ms = time.time_ns() // 1_000_000
        self._context.jobs.read(
            self, lambda store: find_repairs(store, event, now_ms), "repair"
        ).then(self._show_repair)

    def _repair_shown(self) -> None:
        shown = self.editor.draft.id
        found = next((one.label for one in self._told if one.label.id == shown), None)
        if found:
            self.repair(found)

    def _show_repair(self, found: Repair) -> None:
        if self._repaired is not found.event:
            return
        if not found.choices:
            self.editor.show_hint(
                "Nothing that was clicked lately is like it. Open its page, switch to Label, and "
                "click where it is now: that is added to what it matches."
            )
            return
        event = found.event.repaired(found.choices[0].definitions[0])
        self.editor.edit(event, found.choices, at=len(event.definitions) - 1)
        self.editor.show_hint(
            "Choose what it is now, or click it on the page in Label mode. What matched before is "
            "kept."
        )
        self._changed()

    def _show_past(self, event: LabeledEvent) -> None:
        """The last days of each definition, where it is known."""
        told = next((one for one in self._told if one.label.id == event.id), None)
        if told is not None and event.id is not None:
            past = pasts(told, time.time_ns() // 1_000_000)
            self.editor.show_past(past, told.needs_repair and not told.label.archived)

    # What it matches

    def _changed(self) -> None:
        self.editor.show_problem("")
        self._counted = None
        self._mark()
        self._later.start()

    def _survey(self, _survey: Survey) -> None:
        self.hint.setText(self._what_to_do())
        self._mark()

    def _mark(self) -> None:
        """Show on the page what the draft matches, and what is labeled already."""
        draft = self.editor.draft if self.editor.isVisibleTo(self) else None
        self._on_page.look_at(self.site.survey)
        shows_all = self.overlay.isChecked()
        found = self._on_page.marks(draft, self._told, self._counted, shows_all=shows_all)
        self.book.show_here(found.here)
        self.site.highlight(found.marks)
        if draft:
            limit = matches_everything(draft)
            self.editor.show_counts(found.on_page, self._counted, found.alike, limit)

    def _count(self) -> None:
        if not self.editor.isVisibleTo(self) or self._context.store.current is None:
            return
        draft = self.editor.draft
        if matches_everything(draft):
            return
        others = [one.label for one in self._told]

        def work(store: Store) -> Counted | None:
            try:
                return count(store, draft, others)
            except BadInput:
                return None  # Said beside the condition that cannot be used.

        self._context.jobs.read(self, work, "count").then(self._show_counted)

    def _show_counted(self, counted: Counted | None) -> None:
        self._counted = counted
        self._mark()

    def _look_again(self) -> None:
        trouble = self._context.store.trouble
        if trouble is not None:
            self.book.show_trouble(f"{trouble.sentence} {trouble.hint}".strip())
        if not self.isVisible() or self._context.store.current is None:
            return
        folder = self._folder
        now_ms = time.time_ns() // 1_000_000

        def work(store: Store) -> list[Told]:
            with Labels(folder) as labels:
                return tell(store, labels.all(), now_ms)

        self._context.jobs.read(self, work, "list").then(self._show_told)
        self._later.start()

    def _show_told(self, told: list[Told]) -> None:
        self._told = told
        self.book.tell(told)
        self._context.actions.refresh()
        if self.overlay.isChecked():
            self._mark()

    # Making it

    @property
    def _folder(self) -> Path:
        return self._context.workspace

    def _show_mode(self) -> None:
        is_open = self.site.is_open
        for part in (self.mode, self.overlay):
            part.setVisible(is_open)
        self.width_choice.setVisible(self.site.browser is not None)
        self.hint.setVisible(is_open)
        self.hint.setText(self._what_to_do())

    def _what_to_do(self) -> str:
        survey = self.site.survey
        if self.site.mode != "label":
            return "Clicks go to the site." + (_KEPT if self.site.is_from_worker else "")
        if survey and survey.has_more:
            return "There is more on this page than can be marked; clicking works everywhere."
        return "Click what you want to label. Arrow up: what is around it. Esc: back to the site."

    def _show_site(self) -> None:
        if not self.site.is_open:
            self.mode.choose("navigate")
            self.clicks.look_at("")
        self._show_mode()

    def _connect(self) -> None:
        site, editor, book = self.site, self.editor, self.book
        self.mode.chosen.connect(self.set_mode)
        self.width_choice.currentIndexChanged.connect(
            lambda _: site.set_width(int(self.width_choice.currentData() or 0))
        )
        self.overlay.toggled.connect(lambda _: self._mark())
        site.picked.connect(self._pick)
        site.surveyed.connect(self._survey)
        site.clicked.connect(self.selfcheck.take)
        site.left.connect(lambda: self.set_mode("navigate"))
        site.label_opened.connect(self._open_named)
        site.opened.connect(self._show_site)
        site.moved.connect(lambda: self.clicks.look_at(site.url))
        site.moved.connect(lambda: self.hint.setText(self._what_to_do()))
        editor.changed.connect(self._changed)
        editor.save_asked.connect(self.save)
        editor.cancelled.connect(self.cancel)
        editor.repair_asked.connect(self._repair_shown)
        editor.group_asked.connect(lambda wanted: self._draft(is_group=wanted))
        book.chosen.connect(self.edit)
        book.archived.connect(self.keeper.archive)
        book.removed.connect(self._remove)
        book.repair_asked.connect(self.repair)
        book.new_asked.connect(self.new)
        book.import_asked.connect(self.exchange.ask_import)
        book.export_asked.connect(self.exchange.ask_export)
        self.exchange.read.connect(self.keeper.save_all)
        self.keeper.changed.connect(self._look_again)
        book.live_asked.connect(lambda event: self.live_asked.emit(_live_filter(event)))
        self._later.timeout.connect(self._count)
        self._context.feed.changed.connect(self._look_again)
        self._context.store.opened.connect(self._look_again)
        self._context.store.refused.connect(self._look_again)

    def _lay_out(self) -> None:
        self.hint = label("", "muted", wrap=True)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 10)
        head.setSpacing(12)
        head.addWidget(label("Label", "title"))
        head.addWidget(self.mode)
        head.addWidget(self.hint, 1)
        head.addStretch(0)
        for part in (self.overlay, self.width_choice):
            head.addWidget(part)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        self.side.addWidget(self.book)
        self.side.addWidget(self.editor)
        self.side.setMinimumWidth(SIDE)
        split.addWidget(self.side)
        split.addWidget(self.site)
        split.setSizes([SIDE, 960])
        split.setStretchFactor(1, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addWidget(hairline())
        rows.addWidget(self.clicks)
        rows.addWidget(split, 1)


def _live_filter(event: LabeledEvent) -> str:
    escaped = event.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'label:"{escaped}"'
