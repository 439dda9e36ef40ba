"""
What is behind a point: the people, what they did before and after, the uploads it came in, the
conversion drivers of a funnel, and the groups where events carry any.

A panel at the side. Everything is asked a page at a time, in the charts' thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.label.element import ACTIONS
from app.query import Clock, Warehouse, menu
from app.query.definition import AnyChart, Funnel
from app.query.drivers import Driver
from app.query.microscope import People, Point, highlighted
from app.query.streams import PAGE, BehindUpload, Stream, User, count
from app.store.uncounted import Uncounted, uncounted
from ui.chartthread import ChartThread
from ui.context import Context
from ui.elided import ElidedLabel
from ui.pages.explore.asking import charts_of
from ui.pages.explore.driverspanel import DriversPanel
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.streams import StreamTree
from ui.pages.ingestion.choice import Choice, ChoiceButton
from ui.pages.ingestion.listtable import ListTable, column
from ui.pages.ingestion.uploadpanel import UploadPanel
from ui.plain import clock, number, one_line, plural
from ui.table.cells import Cell
from ui.theme import hairline, label, tint

if TYPE_CHECKING:
    from app.store import Store

WIDTH = 460
MOST_PROPERTIES = 100
TABS = {"users": "Users", "streams": "User streams", "uploads": "Uploads", "drivers": "Drivers",
        "groups": "Groups"}  # fmt: skip
OPENS = {
    "users": "Enter or a double click opens the person",
    "streams": "Enter or a double click opens the event, or the person",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with all that is needed to look behind it, and what it is in words."""

    chart: AnyChart
    point: Point
    clock: Clock
    said: str


class Behind(QWidget):
    """Shows what is behind one point.

    Signals:
        closed: a person does not need it any more.
        live_asked: an event is wanted in Live (an id).
        person_asked: the person of an event is wanted (the event's id).
    """

    closed = Signal()
    live_asked = Signal(object)
    person_asked = Signal(object)

    def __init__(self, context: Context, thread: ChartThread) -> None:
        super().__init__()
        self._context = context
        self._thread = thread
        self.spot: Spot | None = None
        self.people: People | None = None
        self._users: list[User] = []
        self._streams: list[Stream] = []
        self._count = 0
        self.group_types: list[str] = []
        self.group = ""
        """The type of groups that is shown."""
        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Behind a point")
        self.setMinimumWidth(320)
        self._make_parts()
        self._lay_out()

    def _make_parts(self) -> None:
        self.title = ElidedLabel("strong")
        self.facts = label("", "muted")
        self.close_button = QToolButton()
        tint(self.close_button, "close")
        self.close_button.setToolTip("Close  (Esc)")
        self.close_button.setAccessibleName("Close what is behind the point")
        self.close_button.clicked.connect(self.closed)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("What is shown of it")
        self.tabs.setExpanding(False)
        for key, title in TABS.items():
            self.tabs.setTabData(self.tabs.addTab(title), key)
        self.tabs.currentChanged.connect(lambda _at: self._load())
        self.users = ListTable("Users behind the point", _user_columns())
        self.users.opened.connect(self._open_user)
        self.users.left.connect(self.closed)
        self.more = QPushButton()
        self.more.clicked.connect(self._load_more)
        self.opens = label("", "small")
        self.streams = StreamTree()
        self.streams.event_asked.connect(self.live_asked)
        self.streams.person_asked.connect(self.person_asked)
        self.streams.left.connect(self.closed)
        self.properties = ChoiceButton(
            "property", "properties", "Properties beside each event", "No properties"
        )
        self.properties.changed.connect(self._restart)
        self.uploads = ListTable("Uploads behind the point", _upload_columns())
        self.uploads.moved.connect(self._show_upload)
        self.uploads.left.connect(self.closed)
        self.upload = UploadPanel(self._context, {})
        self.upload.live_asked.connect(self.live_asked)
        self.upload.closed.connect(self.upload.hide)
        self.upload.hide()
        self.drivers = DriversPanel()
        self.drivers.asked.connect(self._load)
        self.drivers.left.connect(self.closed)
        self.groups = ListTable("Groups behind the point", _group_columns())
        self.groups.left.connect(self.closed)
        self.kind = Chooser("behind.group", {}, "", "Type of groups", self._choose_group)
        self.said = label("", "muted", wrap=True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 0)
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        second = QHBoxLayout()
        second.setContentsMargins(8, 0, 8, 0)
        second.setSpacing(8)
        second.addWidget(self.tabs)
        second.addStretch(1)
        third = QHBoxLayout()
        third.setContentsMargins(12, 4, 8, 4)
        third.addWidget(self.facts, 1)
        third.addWidget(self.properties)
        third.addWidget(self.kind)
        self.pair = QSplitter(Qt.Orientation.Vertical)
        self.pair.setChildrenCollapsible(False)
        self.pair.addWidget(self.uploads)
        self.pair.addWidget(self.upload)
        self.stack = QStackedWidget()
        for part in (self.users, self.streams, self.pair, self.drivers, self.groups, self.said):
            self.stack.addWidget(part)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addLayout(second)
        rows.addWidget(hairline())
        rows.addLayout(third)
        rows.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 6)
        foot.addWidget(self.more)
        foot.addStretch(1)
        foot.addWidget(self.opens)
        rows.addLayout(foot)
        self.more.hide()

    # What is shown

    @property
    def tab(self) -> str:
        """What is shown: a key of `TABS`."""
        return str(self.tabs.tabData(self.tabs.currentIndex()))

    def show_spot(self, spot: Spot, tab: str, properties: list[str]) -> None:
        """Look behind a point."""
        self.spot = spot
        self.people = None
        self.title.show_text(spot.said)
        self.properties.show_choices([Choice(one, one) for one in properties[:MOST_PROPERTIES]])
        step = spot.point.step or 1
        has_drivers = "drivers" in menu(spot.chart, spot.point)
        if isinstance(spot.chart, Funnel) and has_drivers:
            self.drivers.show_funnel(spot.chart, step, properties[:MOST_PROPERTIES])
        self.tabs.blockSignals(True)
        self.tabs.setTabVisible(list(TABS).index("drivers"), has_drivers)
        self.tabs.setTabVisible(list(TABS).index("groups"), bool(self.group_types))
        self.tabs.setCurrentIndex(list(TABS).index(tab))
        self.tabs.blockSignals(False)
        self._users, self._streams, self._count = [], [], 0
        self.upload.hide()
        self._load()

    def _choose_group(self, group: str) -> None:
        self.group = group
        self._load()

    def _offer_groups(self) -> None:
        if self.group not in self.group_types:
            self.group = self.group_types[0] if self.group_types else ""
        self.kind.blockSignals(True)
        self.kind.clear()
        for one in self.group_types:
            self.kind.addItem(one_line(one, 40), one)
        self.kind.choose(self.group)
        self.kind.blockSignals(False)

    def _restart(self) -> None:
        self._streams = []
        self._load()

    def _load(self) -> None:
        spot = self.spot
        if spot is None:
            return
        self.properties.setVisible(self.tab == "streams")
        self.kind.setVisible(self.tab == "groups")
        self.more.hide()
        self.opens.setText(OPENS.get(self.tab, ""))
        self.opens.setVisible(self.tab in OPENS)
        self.facts.setText("Looking…")
        if self.tab == "drivers":
            by, start = self.drivers.by, self.drivers.start
            self._ask(lambda charts, _people: charts.drivers(spot.chart, spot.point, by, start),
                      self._show_drivers, with_people=False)  # fmt: skip
        elif self.tab == "groups":
            self._offer_groups()
            group = self.group
            self._ask(lambda charts, people: charts.groups(spot.chart, people, group),
                      self._show_groups)  # fmt: skip
        elif self.tab == "uploads":
            self._ask(lambda charts, people: charts.uploads(spot.chart, people),
                      self._show_uploads)  # fmt: skip
        else:
            self._load_more(first=True)

    def _load_more(self, *_: object, first: bool = False) -> None:
        spot = self.spot
        if spot is None:
            return
        if self.tab == "users":
            page = 0 if first else len(self._users) // PAGE
            self._ask(lambda charts, people: charts.users(people, page),
                      partial(self._show_users, page))  # fmt: skip
        else:
            page = 0 if first else len(self._streams) // PAGE
            chosen = self.properties.chosen

            def streams(charts: Any, people: People) -> list[Stream]:
                known = charts.context().properties
                wanted = [one for key, one in known.items()
                          if key[0] == "event" and key[1] in chosen]  # fmt: skip
                return list(charts.streams(spot.chart, people, wanted, page))

            self._ask(streams, partial(self._show_streams, page))

    def _ask(
        self,
        question: Callable[[Any, Any], Any],
        show: Callable[[Any], object],
        *,
        with_people: bool = True,
    ) -> None:
        spot, folder, known = self.spot, self._context.workspace, self.people
        if spot is None:
            return

        def work(warehouse: Warehouse) -> tuple[People | None, int, Any]:
            charts = charts_of(warehouse, spot.clock, folder)
            if not with_people:
                return None, 0, question(charts, None)
            people = known or charts.people(spot.chart, spot.point)
            return people, count(warehouse.rows, people), question(charts, people)

        def shown(found: tuple[People | None, int, Any]) -> None:
            self.people, self._count = found[0] or self.people, found[1]
            show(found[2])

        self._thread.ask(self, work, "behind").then(shown).catch(self._fail)

    def _fail(self, error: AppError) -> None:
        self._say(error.sentence)

    def _say(self, sentence: str) -> None:
        self.facts.setText("")
        self.said.setText(sentence)
        self.stack.setCurrentWidget(self.said)

    def _show_users(self, page: int, found: list[User]) -> None:
        self._users = [*self._users[: page * PAGE], *found]
        self.users.show_rows(self._users)
        self._show_page(self.users, len(self._users))

    def _show_streams(self, page: int, found: list[Stream]) -> None:
        self._streams = [*self._streams[: page * PAGE], *found]
        self.streams.show_streams(self._streams, keep=page > 0)
        self._show_page(self.streams, len(self._streams))

    def _show_page(self, part: QWidget, shown: int) -> None:
        if not self._count:
            self._say("Nobody is behind this point.")
            return
        self.stack.setCurrentWidget(part)
        left = self._count - shown
        text = plural(self._count, "person", "people")
        self.facts.setText(f"{text}, {number(shown)} shown" if left > 0 else text)
        self.more.setText(f"Show {number(min(left, PAGE))} more of {number(left)}")
        self.more.setVisible(left > 0)

    # Uploads

    def _show_uploads(self, found: list[BehindUpload]) -> None:
        spot, people = self.spot, self.people
        if spot is None or people is None:
            return
        events = highlighted(spot.chart)
        named = {one.type for one in events if one.kind == "event"}
        if any(one.kind == "label" for one in events):
            named |= set(ACTIONS)
        is_named = all(one.kind in ("event", "label") for one in events)
        types = sorted(named) if is_named else []
        start, end = people.start_ms, people.end_ms

        def read(store: Store) -> list[Uncounted]:
            return uncounted(store.connection, types, start, end)

        self._context.jobs.read(self, read, "uncounted").then(
            partial(self._show_all_uploads, found)
        ).catch(self._fail)

    def _show_all_uploads(self, counted: list[BehindUpload], rest: list[Uncounted]) -> None:
        rows: list[BehindUpload | Uncounted] = [*counted, *rest]
        rows.sort(key=lambda one: (-one.upload, isinstance(one, Uncounted)))
        self.uploads.show_rows(rows)
        text = plural(len(counted), "upload")
        missed = sum(one.events for one in rest)
        if missed:
            text += f"  ·  {plural(missed, 'event')} not counted"
        self.facts.setText(text)
        if rows:
            self.stack.setCurrentWidget(self.pair)
        else:
            self._say("No upload is behind this point.")

    def _show_upload(self, line: int | None) -> None:
        if line is None or not 0 < line <= len(self.uploads.rows):
            return
        is_first = self.upload.isHidden()
        self.upload.show()
        if is_first:
            height = self.pair.height()
            self.pair.setSizes([height * 2 // 5, height * 3 // 5])
        self.upload.show_upload(self.uploads.row(line).upload)

    # People and drivers

    def _open_user(self, line: int) -> None:
        person = self.users.row(line).person

        def work(warehouse: Warehouse) -> int | None:
            rows = warehouse.rows(f"SELECT max(id) FROM events WHERE person = {person:d}")
            return int(rows[0][0]) if rows and rows[0][0] is not None else None

        self._thread.ask(self, work, "person").then(self._ask_person).catch(self._fail)

    def _ask_person(self, event_id: int | None) -> None:
        if event_id is not None:
            self.person_asked.emit(event_id)

    def _show_groups(self, found: list[str]) -> None:
        if not found:
            self._say(f"No event behind this point carries a group of the type {self.group}.")
            return
        self.groups.show_rows(found)
        self.stack.setCurrentWidget(self.groups)
        self.facts.setText(plural(len(found), "group"))

    def _show_drivers(self, found: list[Driver]) -> None:
        self.drivers.show_drivers(found)
        self.stack.setCurrentWidget(self.drivers)
        self.facts.setText(plural(len(found), "event") + " between the steps")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _user_columns() -> list[Any]:
    return [
        column("user", "User ID", 120, lambda row: row.user_id or Cell("anonymous", "muted"),
               "Who it is", lambda row: row.user_id, is_mono=True, is_wide=True, least=80),
        column("device", "Device ID", 120, lambda row: row.device_id, "A device of theirs",
               is_mono=True, cuts_middle=True, least=60, yields=1),
        column("events", "Events", 60, lambda row: number(row.events),
               "Events in the time of the point", is_number=True),
        column("first", "First", 104, lambda row: _minute(row.first_ms) if row.first_ms else "",
               "Their first event in the time of the point", yields=2),
    ]  # fmt: skip


def _minute(at_ms: int) -> str:
    """A time to the minute: there is little room."""
    return clock(at_ms).rpartition(":")[0]


def _group_columns() -> list[Any]:
    return [
        column("group", "Group", 200, lambda row: row or '""', "Its value", is_mono=True,
               is_wide=True)
    ]  # fmt: skip


def _upload_columns() -> list[Any]:
    return [
        column("upload", "Upload", 70, lambda row: f"#{row.upload}", "The number of the upload",
               is_mono=True),
        column("last", "Newest event", 120, lambda row: clock(row.last_ms).partition(".")[0],
               "When the newest of these events happened", is_wide=True),
        column("events", "Events", 60, lambda row: number(row.events),
               "Events of the chart in the time of the point", is_number=True),
        column("counted", "In the chart", 110, _counted, "Whether they count in the chart"),
    ]  # fmt: skip


def _counted(row: BehindUpload | Uncounted) -> Cell:
    if isinstance(row, BehindUpload):
        return Cell("counted", "good", has_dot=True)
    tone = "bad" if row.outcome == "rejected" else "warning"
    word = str(row.outcome) if row.outcome != "accepted" else "repeated"
    return Cell(word, tone, has_dot=True)
