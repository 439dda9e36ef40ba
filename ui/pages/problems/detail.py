"""
One problem in detail: what it is, what to do, the events that show it, and what can be done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.naming import PREFIX
from ui.context import Context
from ui.inspector.raw import RawView
from ui.inspector.rawtext import Part
from ui.pages.problems.reading import ICONS, TONES, WORDS, breakable
from ui.plain import clipboard, clock, local_time, number, one_line, tooltip
from ui.theme import hairline, label, mono_font, pixmap, set_role, tokens

if TYPE_CHECKING:
    from app.lint.reading import Finding
    from app.store import Store
    from app.store.captures import Stored
    from app.store.events import EventRow

MOST_EVENTS = 200
MOST_FINDINGS = 50
MOST_PROJECTS = 8
NARROWEST = 380
MOST_OF_WORDS = 0.55
_ID = Qt.ItemDataRole.UserRole
_COLUMNS = (("Event", 170), ("User", 96), ("Arrived", 142))


class FindingDetail(QWidget):
    """What is chosen in the list: one finding, or all of a rule, of which the newest is shown.

    Signals:
        event_asked: show this event.
        filter_asked: show the events that this filter text fits.
        mute_asked, unmute_asked: rule, and API key or None for all projects.
    """

    event_asked = Signal(object)
    filter_asked = Signal(str)
    mute_asked = Signal(str, object)
    unmute_asked = Signal(str, object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._found: tuple[Finding, ...] = ()
        self._seen: list[tuple[int, int]] = []
        self.setMinimumWidth(NARROWEST)
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("The chosen problem")
        self.picture = label()
        self.title = label("", "strong", wrap=True)
        self.kind = label("", "small")
        self.sentence = label("", wrap=True)
        self.advice = label("", wrap=True)
        self.facts = {name: label("") for name in ("Project", "Times", "First seen", "Last seen")}
        for one in (self.title, self.sentence, self.advice, *self.facts.values()):
            one.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.live = QPushButton("Show events in Live")
        self.live.setToolTip("Filter Live by this rule")
        self.muting = QPushButton()
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy this problem as text  (Ctrl+C in the list)")
        self.events = self._event_list()
        self.events_title = label("", "section")
        self.raw = RawView(context.jobs, parts=(Part.UPLOAD, Part.RESPONSE))
        self._lay_out()
        self.live.clicked.connect(self._ask_for_events)
        self.muting.clicked.connect(self._mute)
        self.copy.clicked.connect(self.copy_text)

    def _event_list(self) -> QTreeWidget:
        shown = QTreeWidget()
        shown.setAccessibleName("Events that show it, newest first")
        shown.setHeaderLabels([title for title, _ in _COLUMNS])
        shown.setProperty("padded", True)
        shown.setRootIsDecorated(False)
        shown.setUniformRowHeights(True)
        header = shown.header()
        header.setStretchLastSection(False)
        header.setFixedHeight(28)
        for at, (_, width) in enumerate(_COLUMNS):
            header.resizeSection(at, width)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        shown.itemActivated.connect(self._ask_for_event)
        shown.itemClicked.connect(self._ask_for_event)
        return shown

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._scrolling_words())
        rows.addLayout(self._buttons())
        rows.addWidget(hairline())
        rows.addWidget(self.events_title)
        self.evidence = QStackedWidget()
        self.evidence.addWidget(self.events)
        self.evidence.addWidget(self.raw)
        rows.addWidget(self.evidence, 1)
        self.events_title.setContentsMargins(16, 8, 16, 4)

    def _scrolling_words(self) -> QScrollArea:
        """In a low window the words are scrolled, and the evidence keeps some room."""
        self.words = QWidget()
        self.words.setLayout(self._words())
        self.words.setProperty("surface", True)
        self.words.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.area = QScrollArea()
        self.area.setWidget(self.words)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return self.area

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room()

    def _give_room(self) -> None:
        needed = self.words.heightForWidth(self.width())
        self.area.setFixedHeight(max(0, min(needed, round(self.height() * MOST_OF_WORDS))))

    def _words(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        facts = QGridLayout()
        facts.setHorizontalSpacing(16)
        facts.setVerticalSpacing(4)
        facts.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(self.facts.items()):
            facts.addWidget(label(name, "muted"), at, 0)
            facts.addWidget(value, at, 1)
        rows = QVBoxLayout()
        rows.setContentsMargins(16, 12, 16, 4)
        rows.setSpacing(6)
        rows.addLayout(head)
        rows.addWidget(self.kind)
        rows.addWidget(self.sentence)
        rows.addSpacing(4)
        rows.addWidget(label("What to do", "section"))
        rows.addWidget(self.advice)
        rows.addSpacing(4)
        rows.addLayout(facts)
        return rows

    def _buttons(self) -> QHBoxLayout:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 6, 16, 12)
        buttons.setSpacing(8)
        for button in (self.live, self.muting, self.copy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        return buttons

    @property
    def newest(self) -> Finding | None:
        """The finding that is shown."""
        return max(self._found, key=lambda one: one.last_ms, default=None)

    def show_findings(self, found: Sequence[Finding]) -> None:
        """Show these, which are of one rule."""
        before = self.newest
        self._found = tuple(found)
        one = self.newest
        if one is None:
            return
        self._say(one)
        seen = [(each.id, each.count) for each in self._found]
        if before is None or seen != self._seen:
            self._seen = seen
            self._look_for_evidence(one)

    def _say(self, one: Finding) -> None:
        tone = TONES[one.rule.severity]
        self.picture.setPixmap(pixmap(ICONS[one.rule.severity], getattr(tokens(), tone), 16, 2))
        self.title.setText(one.rule.title)
        self.kind.setText(f"{WORDS[one.rule.severity]}  ·  {one.rule.id}")
        set_role(self.kind, tone)
        self.sentence.setText(breakable(one.sentence))
        self.advice.setText(one.rule.advice)
        projects = sorted({each.source or "No project" for each in self._found})
        self.facts["Project"].setText(one_line(", ".join(projects), 60))
        self.facts["Project"].setToolTip(tooltip(", ".join(projects)))
        self.facts["Times"].setText(number(sum(each.count for each in self._found)))
        self.facts["First seen"].setText(_when(min(each.first_ms for each in self._found)))
        self.facts["Last seen"].setText(_when(max(each.last_ms for each in self._found)))
        self.live.setEnabled(one.last_event is not None)
        muted = one.is_muted
        self.muting.setText("Unmute" if muted else "Mute…")
        self.muting.setToolTip("Count it again" if muted else "Leave it out of lists and counts")
        self._give_room()

    # Evidence

    def _look_for_evidence(self, one: Finding) -> None:
        if one.last_event is None:
            self.events_title.setText("The request")
            self.evidence.setCurrentWidget(self.raw)

            def read(store: Store) -> Stored | None:
                return store.captures.get(one.last_capture)

            self._context.jobs.read(self, read, "evidence").then(self._show_request)
        else:
            self.evidence.setCurrentWidget(self.events)

            newest = sorted(self._found, key=lambda each: -each.last_ms)[:MOST_FINDINGS]

            def rows(store: Store) -> list[EventRow]:
                from app.lint.reading import events_of

                # One event may show several findings of a rule.
                found = {number for each in newest
                         for number in events_of(store, each.id, MOST_EVENTS)}  # fmt: skip
                return store.events.rows(sorted(found, reverse=True)[:MOST_EVENTS])

            self._context.jobs.read(self, rows, "evidence").then(self._show_events)

    def _show_request(self, found: Stored | None) -> None:
        self.raw.show_capture(found.capture if found else None)

    def _show_events(self, found: list[EventRow]) -> None:
        one = self.newest
        more = one is not None and len(found) >= MOST_EVENTS
        words = f"The newest {number(len(found))} events" if more else "Events that show it"
        self.events_title.setText(words)
        kept = self.events.currentItem()
        chosen = kept.data(0, _ID) if kept else None
        self.events.clear()
        for row in found:
            item = QTreeWidgetItem(
                [
                    one_line(_told_apart(row.type)),
                    one_line(row.user_id or row.device_id or ""),
                    clock(row.received_ms).partition(".")[0],
                ]
            )
            item.setData(0, _ID, row.id)
            item.setToolTip(0, tooltip(f"{row.type}\nOpen it in the inspector"))
            item.setToolTip(1, tooltip(row.user_id or row.device_id or ""))
            for column in (1, 2):
                item.setFont(column, mono_font())
            self.events.addTopLevelItem(item)
            if row.id == chosen:
                self.events.setCurrentItem(item)

    # What can be done

    def _ask_for_event(self, item: QTreeWidgetItem, _column: int = 0) -> None:
        self.event_asked.emit(item.data(0, _ID))

    def _ask_for_events(self) -> None:
        if one := self.newest:
            self.filter_asked.emit(f"problem:{one.rule.id}")

    def _mute(self) -> None:
        one = self.newest
        if one is None:
            return
        if one.is_muted:
            self.unmute_asked.emit(one.rule.id, one.api_key)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        projects = {each.api_key: each.source for each in self._found if each.api_key}
        for key, source in list(projects.items())[:MOST_PROJECTS]:
            name = one_line(source, 40).replace("&", "&&")
            menu.addAction(
                f"Mute {one.rule.id} in {name}", partial(self.mute_asked.emit, one.rule.id, key)
            )
        menu.addAction(
            f"Mute {one.rule.id} everywhere", partial(self.mute_asked.emit, one.rule.id, None)
        )
        menu.popup(self.muting.mapToGlobal(self.muting.rect().bottomLeft()))

    def copy_text(self) -> None:
        """The problem as a person would write it down."""
        one = self.newest
        if one is None:
            return
        text = (
            f"{one.rule.id} {one.rule.title} ({WORDS[one.rule.severity].lower()})\n"
            f"{one.sentence}\nWhat to do: {one.rule.advice}\n"
            f"Project: {one.source}\nTimes: {one.count}\n"
            f"First seen: {local_time(one.first_ms)}\nLast seen: {local_time(one.last_ms)}\n"
        )
        QGuiApplication.clipboard().setText(clipboard(text))


def _when(at_ms: int) -> str:
    return local_time(at_ms).partition(".")[0]


def _told_apart(event_type: str) -> str:
    """A type without what all of Amplitude's own begin with, so that the rest is seen."""
    rest = event_type.removeprefix(PREFIX)
    return (event_type if rest == event_type else f"…{rest}") or "(no type)"
