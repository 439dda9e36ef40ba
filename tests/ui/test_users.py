"""The Users page, through the real page on a real workspace."""

from __future__ import annotations

import itertools
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.links import EventLink, parse_link
from app.model import Capture, Response
from app.query.reading import read
from app.store.definitions import Definitions
from app.store.people.activity import ActivityReader
from app.study import Study
from tests.app.lookup.keyring_standin import install
from tests.app.lookup.standin import KEY as AMPLITUDE_KEY
from tests.app.lookup.standin import SECRET, standing_in
from tests.app.lookup.test_lookup import exported
from tests.app.study.world import MINUTE, T0, arrived, sent
from tests.factories import KEY
from ui.context import Context
from ui.inspector.info import InfoView
from ui.pages.users import UsersPage
from ui.pages.users.lines import MOST_TICKED
from ui.pages.users.peoplelist import person_title
from ui.pages.users.remote import RemotePane
from ui.plain import utc_time

from .conftest import Workspace

LEFT = Qt.MouseButton.LeftButton
ADA = {"user_id": "ada-1", "device_id": "phone-ada"}
S1, S2 = T0, T0 + 60 * MINUTE


class World:
    """A page, and the workspace that it shows."""

    def __init__(self, qtbot: QtBot, context: Context, workspace: Workspace) -> None:
        self.qtbot, self.context, self.workspace = qtbot, context, workspace
        context.store.open()
        self.page = UsersPage(context)
        qtbot.addWidget(self.page)
        self.page.resize(1200, 760)
        self.page.show()

    def receive(self, *captures: Capture) -> None:
        """These arrive and are studied, as they are when the window runs."""
        from app.decode import decode

        self.workspace.store.writer.add([(one, decode(one)) for one in captures])
        with Study(self.workspace.folder) as study:
            study.catch_up()
        self.context.feed.notice()

    def open(self, text: str) -> None:
        """Choose somebody in the list."""
        self.qtbot.waitUntil(lambda: text in self.people())
        row = self.people().index(text)
        place = self.page.people.visualRect(self.page.people.people.index(row)).center()
        self.qtbot.mouseClick(self.page.people.viewport(), LEFT, pos=place)
        self.qtbot.waitUntil(lambda: self.page.profile.title.text() == text)
        self.qtbot.waitUntil(lambda: bool(self.page.profile.activity.timeline.lines.lines))

    def people(self) -> list[str]:
        """The list, with its headings."""
        entries = self.page.people.people.entries
        return [one if isinstance(one, str) else person_title(one) for one in entries]

    def shown(self) -> list[str]:
        """The timeline: sessions in brackets, lone events with a star."""
        model = self.page.profile.activity.timeline.lines
        found = []
        for at, line in enumerate(model.lines):
            row = model.row(at)
            if row is None:
                found.append(f"[{line.block.events}]" if line.block else "gone")
            else:
                found.append(row.type if line.block else f"*{row.type}")
        return found

    def click_event(self, kind: str) -> None:
        """Look at the newest event of a type."""
        timeline = self.page.profile.activity.timeline
        at = next(at for at, one in enumerate(self.shown()) if one.strip("*") == kind)
        place = timeline.visualRect(timeline.lines.index(at)).center()
        before = self.page.event_pane.event_id
        self.qtbot.mouseClick(timeline.viewport(), LEFT, pos=place)
        self.qtbot.waitUntil(lambda: self.page.event_pane.event_id != before or before is not None)
        wanted = timeline.lines.lines[at].event_id
        self.qtbot.waitUntil(lambda: self.page.event_pane.event_id == wanted)
        self.qtbot.waitUntil(lambda: fact(self.page.event_pane.info, "Event type") == kind)


def fact(info: InfoView, name: str, section: str = "") -> Any:
    """The value of a line of Info; None when it is not there."""
    for node in info.facts.sections:
        if not section or node.name == section:
            for child in node.children:
                if child.name == name:
                    return child.value
    return None


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    return World(qtbot, context, workspace)


def worked_case() -> list[Capture]:
    return [
        sent("e1", 0, **ADA, session_id=S1),
        sent("e2", 2 * MINUTE, **ADA, session_id=S1),
        sent("e3", 3 * MINUTE, **ADA, session_id=-1),
        sent("e4", 60 * MINUTE, **ADA, session_id=S2),
    ]


def test_nobody_yet(world: World) -> None:
    assert world.page.stack.currentWidget() is world.page.none
    world.receive(sent("A", 1))
    world.qtbot.waitUntil(lambda: "1 event without" in world.page.nobody.text())
    assert world.page.people.people.rowCount() == 0


def test_sessions_are_blocks_and_the_rest_stands_alone(world: World) -> None:  # UL-T1
    world.receive(*worked_case())
    world.open("ada-1")
    assert world.shown() == ["[1]", "e4", "*e3", "[2]", "e2", "e1"]
    assert "4 events" in world.page.profile.facts.text()
    assert "2 sessions" in world.page.profile.facts.text()
    assert world.people()[0] == "ada-1"


def test_the_eleventh_tick_is_refused(world: World) -> None:  # UL-T2
    events = [{"event_type": f"e{at}", **ADA, "session_id": S1} for at in range(12)]
    world.receive(arrived(0, *events))
    world.open("ada-1")
    timeline = world.page.profile.activity.timeline
    for at in range(1, 12):
        place = timeline.visualRect(timeline.lines.index(at)).topLeft() + QPoint(18, 12)
        world.qtbot.mouseClick(timeline.viewport(), LEFT, pos=place)
    assert len(timeline.lines.ticks) == MOST_TICKED
    assert timeline.lines.lines[11].event_id not in timeline.lines.ticks
    assert "10 events ticked" in world.page.profile.activity.ticks.text()
    world.qtbot.keyClick(timeline, Qt.Key.Key_Space)
    assert len(timeline.lines.ticks) == MOST_TICKED


def test_charts_of_ticked_events_in_order_of_time(world: World) -> None:
    world.receive(*worked_case(), sent("e1", 61 * MINUTE, **ADA, session_id=S2))
    world.open("ada-1")
    activity = world.page.profile.activity
    for number in (5, 2, 1):
        activity.timeline.lines.tick(number)
    world.qtbot.mouseClick(activity.funnel, LEFT)
    for number in (5, 2, 1):
        activity.timeline.lines.tick(number)
    world.qtbot.mouseClick(activity.segmentation, LEFT)
    with Definitions(world.workspace.folder) as kept:
        funnel, segmentation = kept.all("chart")
    made: Any = read(funnel.body)
    assert [step.event.type for step in made.steps] == ["e1", "e2", "e1"]
    assert funnel.name == "e1 → e2 → e1"
    made = read(segmentation.body)
    assert [event.type for event in made.events] == ["e1", "e2"]
    assert activity.foot.isHidden()


def test_a_filtered_device_keeps_the_sessions(world: World) -> None:  # UL-T3
    other = {"user_id": "ada-1", "device_id": "laptop-ada"}
    world.receive(
        sent("a", 0, **ADA, session_id=S1),
        sent("b", MINUTE, **other, session_id=S1),
        sent("c", 2 * MINUTE, **ADA, session_id=S1),
    )
    world.open("ada-1")
    devices = world.page.profile.activity.devices
    world.qtbot.waitUntil(lambda: len(devices.menu().actions()) == 2)
    next(one for one in devices.menu().actions() if one.text() == "laptop-ada").trigger()
    world.qtbot.waitUntil(lambda: world.shown() == ["[3]", "b"])
    assert "(1)" in devices.text()


def test_types_highlighted_and_alone(world: World) -> None:
    world.receive(*worked_case())
    world.open("ada-1")
    activity = world.page.profile.activity
    world.qtbot.waitUntil(lambda: len(activity.types.menu().actions()) == 4)
    next(one for one in activity.types.menu().actions() if one.text().startswith("e2")).trigger()
    assert activity.mode.currentText() == "Highlight chosen"
    assert activity.timeline.lines.highlighted == {"e2"}
    world.qtbot.waitUntil(lambda: len(world.shown()) == 6)
    world.qtbot.keyClicks(activity.mode, "Only")
    world.qtbot.waitUntil(lambda: world.shown() == ["[2]", "e2"])
    activity.show_everything()
    world.qtbot.waitUntil(lambda: len(world.shown()) == 6)


def test_somebody_without_properties(world: World) -> None:
    world.receive(sent("Order", 0, **ADA))
    world.open("ada-1")
    shown = world.page.profile.properties
    assert shown.stack.currentWidget() is shown.nothing
    world.receive(sent("$identify", 1, **ADA, user_properties={"plan": "pro"}))
    world.qtbot.waitUntil(lambda: shown.stack.currentWidget() is shown.tree)


def test_a_value_of_an_event_filters_live(world: World) -> None:
    world.receive(sent("Order", 1, **ADA, event_properties={"plan": "pro"}))
    world.open("ada-1")
    world.click_event("Order")
    asked: list[str] = []
    world.page.filter_asked.connect(asked.append)
    info = world.page.event_pane.info
    node = next(
        fact
        for section in info.facts.sections
        for fact in section.children
        if fact.path == "event_properties.plan"
    )
    info.customContextMenuRequested.emit(info.visualRect(info.facts.index_of(node)).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entries = {one.text(): one for one in menu.actions()}
    entries["Filter Live by this plan"].trigger()
    entries["Exclude this plan"].trigger()
    menu.close()
    assert asked == ['prop.plan = "pro"', 'prop.plan != "pro"']
    assert "Show as a column" not in entries


def test_properties_of_groups_are_in_raw_alone(world: World) -> None:  # UL-T5
    groups = {"groups": {"company": "Acme"}, "group_properties": {"secret_size": 42}}
    world.receive(
        sent("$identify", 0, **ADA, user_properties={"plan": "pro"}),
        sent("Order", 1, **ADA, **groups),
    )
    world.open("ada-1")
    world.click_event("Order")
    pane = world.page.event_pane
    assert fact(pane.info, "company") == "Acme"
    assert fact(pane.info, "secret_size") is None
    assert all("secret_size" not in str(node.value) for node in pane.info.facts.sections)
    assert fact(pane.info, "plan", "User properties at that time") == "pro"
    pane.tabs.setCurrentIndex(1)
    world.qtbot.waitUntil(lambda: "secret_size" in pane.raw.text.toPlainText())
    text = pane.raw.text.toPlainText()
    assert '"persisted_user_properties"' in text
    assert '"plan": "pro"' in text


def test_values_are_those_of_the_time(world: World) -> None:  # UP-T2, UP-T5
    week = 7 * 24 * 60 * MINUTE
    world.receive(
        sent("View A", 1, **ADA, city="New York", user_properties={"color": "red"}),
        sent("View B", 2, **ADA),
        sent("$identify", 1, **ADA, user_properties={"$set": {"color": "blue"}}),
        sent("View C", week, **ADA, city="San Francisco"),
    )
    world.open("ada-1")
    info, section = world.page.event_pane.info, "User properties at that time"
    world.click_event("View B")
    assert (fact(info, "color", section), fact(info, "City", section)) == ("red", "New York")
    world.click_event("View C")
    assert fact(info, "color", section) == "blue"
    assert fact(info, "● City", section) == "San Francisco"
    now = {one.shown: one.value for one in world.page.profile.properties._shown}
    assert now == {"color": "blue", "City": "San Francisco"}


def test_the_clock_of_a_device_is_corrected(world: World) -> None:  # TIME-T1, TIME-T4
    fast = {"event_type": "Fast", **ADA, "time": T0 + 1_000_000}
    right = {"event_type": "Right", **ADA, "time": T0 + 500_000}
    world.receive(
        uploaded(535_000, 505_000, right),
        uploaded(1_080_000, 1_200_000, fast, b'{"code":200,"server_upload_time":1795282080123}'),
    )
    world.open("ada-1")
    info = world.page.event_pane.info
    world.click_event("Fast")
    assert fact(info, "… how") == "adjusted: clock 2 min 0 s ahead"
    assert fact(info, "… in UTC") == utc_time(T0 + 880_000)
    assert fact(info, "Client event time") == utc_time(T0 + 1_000_000)
    assert fact(info, "Client upload time") == utc_time(T0 + 1_200_000)
    assert fact(info, "Server received") == utc_time(T0 + 1_080_000)
    assert fact(info, "Server upload") == utc_time(1_795_282_080_123)
    world.click_event("Right")
    assert fact(info, "… how").startswith("as sent")
    assert fact(info, "… in UTC") == utc_time(T0 + 500_000)
    assert fact(info, "Server upload") == "not told"


def uploaded(
    at_ms: int, client_ms: int, event: dict[str, Any], answer: bytes = b'{"code":200}'
) -> Capture:
    """An upload whose client says when it sent it."""
    said = {
        "api_key": KEY,
        "events": [event],
        "client_upload_time": utc_time(T0 + client_ms),
    }
    return arrived(at_ms, event, body=json.dumps(said).encode(), response=Response(200, (), answer))


def test_a_merge_that_arrives_late_is_said(world: World) -> None:
    world.receive(sent("Phone", 1, **ADA), sent("Laptop", 2, device_id="laptop-1"))
    world.open("ada-1")
    assert world.shown() == ["*Phone"]
    assert world.page.profile.news.isHidden()
    world.receive(sent("Login", 3, device_id="laptop-1", user_id="ada-1"))
    world.qtbot.waitUntil(lambda: "laptop-1 joined: “Login”" in world.page.profile.news.text())
    world.qtbot.waitUntil(lambda: world.shown() == ["*Login", "*Laptop", "*Phone"])
    world.qtbot.waitUntil(lambda: world.people().count("laptop-1") == 0)
    graph = world.page.profile.identity
    assert [(one.device, one.event_id) for one in graph.devices] == [
        ("phone-ada", 0),
        ("laptop-1", 3),
    ]
    assert "Was a person of its own until “Login”" in graph.devices[1].story
    world.page.profile.tabs.setCurrentIndex(2)
    world.qtbot.mouseClick(graph, LEFT, pos=graph.card_of(1).center())
    world.qtbot.waitUntil(lambda: world.page.event_pane.event_id == 3)
    assert world.page.profile.tabs.currentIndex() == 0


def test_the_open_person_may_be_merged_away(world: World) -> None:
    world.receive(sent("Laptop", 2, device_id="laptop-1"), sent("Phone", 1, **ADA))
    world.open("laptop-1")
    world.receive(sent("Login", 3, device_id="laptop-1", user_id="ada-1"))
    world.qtbot.waitUntil(lambda: world.page.profile.title.text() == "ada-1")
    world.qtbot.waitUntil(lambda: len(world.shown()) == 3)


def test_a_device_that_two_people_use(world: World) -> None:  # ID-T3
    world.receive(
        sent("A", 1, device_id="device-1", user_id="ada-1"),
        sent("B", 2, device_id="device-1", user_id="bob-2"),
        sent("C", 3, device_id="device-1"),
    )
    world.open("bob-2")
    assert world.shown() == ["*C", "*B"]
    assert "Also used by ada-1" in world.page.profile.identity.devices[0].story
    world.open("ada-1")
    world.qtbot.waitUntil(lambda: world.shown() == ["*A"])


def test_reset_makes_a_new_person_and_logging_out_does_not(world: World) -> None:  # ID-T6
    world.receive(
        sent("A", 1, **ADA, session_id=S1),
        sent("Logged out", 2, device_id="phone-ada", session_id=S1),
        sent("Reset", 3, device_id="new-device", session_id=S2),
    )
    world.open("ada-1")
    assert world.shown() == ["[2]", "Logged out", "A"]
    world.open("new-device")
    world.qtbot.waitUntil(lambda: world.shown() == ["[1]", "Reset"])
    assert world.page.profile.kind.text() == "Device ID"


def test_two_people_with_one_session_id(world: World) -> None:  # SES-T4
    world.receive(
        sent("a", 0, **ADA, session_id=S1),
        sent("b", 1, user_id="bob-22", session_id=S1),
    )
    world.open("ada-1")
    assert world.shown() == ["[1]", "a"]
    world.open("bob-22")
    world.qtbot.waitUntil(lambda: world.shown() == ["[1]", "b"])


def test_what_operations_make_of_properties(world: World) -> None:  # UP-T4
    operations = [
        {"$add": {"n": 1}},
        {"$add": {"n": 2}},
        {"$setOnce": {"s": "a"}},
        {"$setOnce": {"s": "b"}},
        {"$append": {"l": "x"}},
        {"$preInsert": {"l": "x"}},
        {"$preInsert": {"l": "y"}},
        {"$remove": {"l": "x"}},
    ]
    world.receive(
        *[sent("$identify", at, **ADA, user_properties=one) for at, one in enumerate(operations)],
        sent("a", 9, user_id="bob-22"),
    )
    world.open("ada-1")
    shown = {item.text(0): item.text(1) for item in world.page.profile.properties._items()}
    assert shown == {"n": "3", "s": "a", "l": '[ "y" ]'}


def test_live_updates_can_wait(world: World) -> None:
    world.receive(sent("a", 1, **ADA))
    world.open("ada-1")
    # What is being read at this moment is not shown any more, either.
    world.page._reading.now()
    world.page._reading.ask()
    world.qtbot.mouseClick(world.page.profile.live, LEFT)
    world.receive(sent("b", 2, **ADA))
    world.qtbot.waitUntil(lambda: "2 events" in _facts(world))
    assert world.shown() == ["*a"]
    world.qtbot.mouseClick(world.page.profile.live, LEFT)
    world.qtbot.waitUntil(lambda: world.shown() == ["*b", "*a"])


def _facts(world: World) -> str:
    model = world.page.people.people
    return str(model.data(model.index(model.rowCount() - 1)))


def test_ids_that_look_alike_are_said(world: World) -> None:
    world.receive(sent("a", 1, user_id="Ada@x.com"), sent("a", 2, user_id="ada@x.com\u200b"))
    world.open("Ada@x.com")
    text = world.page.profile.warning.text()
    assert "⟨U+200B⟩" in text
    assert "differs by" in text
    world.qtbot.mouseClick(world.page.profile.twin, LEFT)
    world.qtbot.waitUntil(lambda: world.page.profile.profile.person.user == "ada@x.com\u200b")  # type: ignore[union-attr]


def test_a_placeholder_is_said(world: World) -> None:  # ID-T5
    captures = [sent("a", at, user_id="None", device_id=f"device-{at}") for at in range(3)]
    world.receive(*captures)
    world.open("None")
    assert "everybody who sends it" in world.page.profile.warning.text()
    assert "3 devices" in world.page.profile.facts.text()


def test_search_with_completion_and_advanced(world: World) -> None:
    world.receive(
        sent("Login", 1, **ADA, user_properties={"plan": "pro"}),
        sent("Order", 2, user_id="bob-22", user_properties={"plan": "free"}),
    )
    page, box = world.page, world.page.search.box
    world.qtbot.waitUntil(lambda: len(world.people()) == 2)
    page.activateWindow()
    page.people.setFocus()
    world.qtbot.waitUntil(page.people.hasFocus)
    world.qtbot.keyClick(page.people, "/")
    world.qtbot.waitUntil(box.hasFocus)
    world.qtbot.keyClicks(box, "plan=p")
    world.qtbot.waitUntil(lambda: world.people() == ["ada-1"])
    assert "1 person found" in page.count.text()
    world.qtbot.keyClicks(box, "ro did:x@7y")
    world.qtbot.waitUntil(lambda: "length of time" in page.search.problem.text())
    world.qtbot.keyClick(box, Qt.Key.Key_Escape)
    world.qtbot.waitUntil(lambda: len(world.people()) == 2)
    world.qtbot.mouseClick(page.more, LEFT)
    line = page.advanced.lines[0]
    line.kind.setCurrentIndex(line.kind.findText("Performed"))
    world.qtbot.keyClicks(line.text, "Order")
    world.qtbot.waitUntil(lambda: world.people() == ["bob-22"])
    assert box.text() == "did:Order"
    line.sign.setCurrentIndex(1)
    world.qtbot.waitUntil(lambda: world.people() == ["ada-1"])
    assert box.text() == "-did:Order"
    page.search.set_text("plan=nothing")
    world.qtbot.waitUntil(lambda: page.count.text() == "Nobody found")
    world.qtbot.waitUntil(page.hint.isVisible)
    assert page.advanced.lines[0].name.text() == "plan"
    page.search.set_text("Plan")
    world.qtbot.waitUntil(lambda: len(world.people()) == 2)
    assert not page.hint.isVisible()


def test_what_is_offered_is_taken(world: World) -> None:
    world.receive(sent("Order Completed", 1, **ADA), sent("Login", 2, user_id="bob-22"))
    search = world.page.search
    world.qtbot.waitUntil(lambda: len(world.people()) == 2)
    world.page.activateWindow()
    search.take_focus()
    world.qtbot.waitUntil(search.box.hasFocus)
    world.qtbot.keyClicks(search.box, "did:ord")
    world.qtbot.waitUntil(lambda: search._names.rowCount() == 1)
    search._take(search._names.index(0))
    assert search.box.text() == 'did:"Order Completed" '
    world.qtbot.waitUntil(lambda: world.people() == ["ada-1"])
    search.popup.hide()


def test_pins_and_history_of_properties(world: World) -> None:
    world.receive(
        *[sent("$identify", at, **ADA, user_properties={"plan": plan, "n": [at] * 10_000})
          for at, plan in enumerate(("free", "pro"))],
        sent("a", 3, user_id="bob-22"),
    )  # fmt: skip
    world.open("ada-1")
    page, pane = world.page, world.page.profile.properties
    page.profile.tabs.setCurrentIndex(1)
    tree = pane.tree
    world.qtbot.keyClicks(pane.needle, "PRO")
    shown = [item for item in pane._items() if not item.isHidden()]
    assert [item.text(0) for item in shown] == ["plan"]
    shown[0].setExpanded(True)
    world.qtbot.waitUntil(lambda: shown[0].childCount() == 2)
    assert [shown[0].child(at).text(1) for at in range(2)] == ["pro", "free"]
    pane.needle.clear()
    tree.setCurrentItem(shown[0])
    pane.toggle_pin()
    assert page._property_pins == ("plan",)
    assert "plan  pro" in _chips(page)
    wide = next(item for item in pane._items() if item.text(0) == "n")
    assert wide.text(1).startswith("10,000 values")
    world.qtbot.mouseClick(page.profile.pin, LEFT)
    world.qtbot.waitUntil(lambda: world.people()[:2] == ["Pinned", "ada-1"])
    world.qtbot.mouseClick(page.profile.pin, LEFT)
    world.qtbot.waitUntil(lambda: "Pinned" not in world.people())
    assert world.people()[:2] == ["Recently opened", "ada-1"]


def _chips(page: UsersPage) -> list[str]:
    row = page.profile._pins
    items = (row.itemAt(at) for at in range(row.count()))
    return [item.widget().text() for item in items if item and item.widget()]  # type: ignore[attr-defined]


def test_a_day_is_chosen_and_one_without_events_says_so(world: World) -> None:
    day = 24 * 60 * MINUTE
    world.receive(sent("old", 0, **ADA), sent("new", 3 * day, **ADA))
    world.open("ada-1")
    activity = world.page.profile.activity
    strip = activity.days
    world.qtbot.waitUntil(lambda: len(strip.events) == 2)
    first, last = sorted(strip.events)
    world.qtbot.mouseClick(strip, LEFT, pos=strip.place_of(first).center().toPoint())
    world.qtbot.waitUntil(lambda: world.shown() == ["*old"])
    world.qtbot.keyClick(strip, Qt.Key.Key_Right)
    world.qtbot.waitUntil(lambda: world.shown() == ["*new"])
    assert strip.days == (last, last)
    between = strip.place_of(first).center().toPoint() + QPoint(int(strip._step()), 0)
    world.qtbot.mouseClick(strip, LEFT, pos=between)
    world.qtbot.waitUntil(lambda: activity.stack.currentWidget() is activity.nothing)
    world.qtbot.mouseClick(activity.nothing.buttons[0], LEFT)
    world.qtbot.waitUntil(lambda: world.shown() == ["*new", "*old"])


def test_what_arrives_meanwhile_does_not_lose_the_event_of_a_link(world: World) -> None:
    world.receive(*worked_case(), sent("x", 1, user_id="bob-22"))
    person = world.page._context.store.ask(lambda store: store.people.of_event(2), None)
    assert person
    world.page.open_person(person, 2)
    world.page._reading.now()  # The reading that is under way is dropped.
    world.qtbot.waitUntil(lambda: world.page.profile.activity.timeline.current_event == 2)


def test_a_link_leads_to_an_event(world: World) -> None:
    world.receive(*worked_case(), sent("x", 1, user_id="bob-22"))
    world.page.open_event(2)
    world.qtbot.waitUntil(lambda: world.page.event_pane.event_id == 2)
    world.qtbot.waitUntil(lambda: world.page.profile.title.text() == "ada-1")
    timeline = world.page.profile.activity.timeline
    world.qtbot.waitUntil(lambda: timeline.current_event == 2)
    with world.qtbot.waitSignal(world.page.event_asked) as asked:
        world.qtbot.mouseClick(world.page.event_pane.live, LEFT)
    assert asked.args == [2]
    world.qtbot.mouseClick(world.page.event_pane.link, LEFT)
    found = parse_link(QGuiApplication.clipboard().text())
    assert found == EventLink(world.workspace.store.name(), 2)
    world.open("bob-22")
    assert world.page.event_pane.isHidden()
    world.page.copy_id()
    assert QGuiApplication.clipboard().text() == "bob-22"


def test_a_long_history_is_read_while_it_is_scrolled(world: World) -> None:
    events = [
        {"event_type": f"e{at % 3}", **ADA, "session_id": S1 + at // 50 * 1000, "time": T0 + at}
        for at in range(1500)
    ]
    world.receive(*[arrived(at, *chunk) for at, chunk in enumerate(itertools.batched(events, 500))])
    world.open("ada-1")
    timeline = world.page.profile.activity.timeline
    first = len(timeline.lines.lines)
    assert first < 1000

    def is_read_to_its_end() -> bool:
        timeline.verticalScrollBar().setValue(timeline.verticalScrollBar().maximum())
        return len(timeline.lines.lines) == 1530

    world.qtbot.waitUntil(is_read_to_its_end)
    ids = [line.event_id for line in timeline.lines.lines if line.event_id]
    assert ids == sorted(ids, reverse=True)


def test_hostile_text_stays_text(world: World) -> None:
    nasty = "<b>bold</b>\u202e\n" + "x" * 1_000
    world.receive(
        sent(nasty, 1, user_id=nasty, device_id="\u2066<img src=x>", session_id=S1,
             user_properties={nasty: "y" * 1_000_000}, platform="<i>"),
    )  # fmt: skip
    world.qtbot.waitUntil(lambda: len(world.people()) == 1)
    world.page.people.setCurrentIndex(world.page.people.people.index(0))
    world.qtbot.waitUntil(lambda: len(world.shown()) == 2)
    for tab in range(5):
        world.page.profile.tabs.setCurrentIndex(tab)
        assert not world.page.grab().isNull()
    world.page.profile.tabs.setCurrentIndex(0)
    timeline = world.page.profile.activity.timeline
    timeline.setCurrentIndex(timeline.lines.index(1))
    info = world.page.event_pane.info
    world.qtbot.waitUntil(lambda: fact(info, "Event type") == nasty)
    assert "\n" not in world.page.profile.title.text()
    assert "\u202e" not in str(timeline.lines.data(timeline.lines.index(1)))


def test_cohorts_and_what_was_used(world: World) -> None:
    with Definitions(world.workspace.folder) as kept:
        kept.save("cohort", "Buyers", {"type": "static", "members": [["ada-1", ""]]})
        kept.save("cohort", "Phones", {"type": "static", "members": [["", "phone-ada"], 7]})
        kept.save("cohort", "Others", {"type": "static", "members": [["bob-22", "phone-ada"]]})
        kept.save("cohort", "By rule", {"type": "dynamic", "segment": {}})
        for name, kind in (("Shown", "$exposure"), ("Never", "Signed up")):
            done = {"event": {"event": kind}}
            kept.save("cohort", name, {"type": "dynamic", "segment": {"performed": [done]}})
        kept.save("cohort", "Broken", {"type": "dynamic", "segment": {"users": 7}})
    exposure = {"flag_key": "checkout", "variant": "on"}
    world.receive(
        sent("a", 1, **ADA, app_version="1.2", groups={"company": "Acme"}, country="NO"),
        sent("$exposure", 2, **ADA, event_properties=exposure),
    )
    world.open("ada-1")
    info = world.page.profile.details
    assert fact(info, "Buyers", "Cohorts") == "member"
    assert fact(info, "Phones", "Cohorts") == "member"
    assert fact(info, "Others", "Cohorts") == "not a member"
    assert fact(info, "By rule", "Cohorts") == "being asked …"
    world.page.profile.membership.now_ms = lambda: T0 + MINUTE
    tabs = world.page.profile.tabs
    world.qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(3).center())
    world.qtbot.waitUntil(lambda: fact(info, "By rule", "Cohorts") == "member")
    assert fact(info, "Shown", "Cohorts") == "member"
    assert fact(info, "Never", "Cohorts") == "not a member"
    assert "cannot be asked: " in fact(info, "Broken", "Cohorts")
    assert fact(info, "1.2", "Versions") == "1 event"
    assert fact(info, "company: Acme", "Groups") == "1 event"
    assert fact(info, "NO", "Countries") == "1 event"
    assert str(fact(info, "checkout", "Experiments and flags")).startswith("on  (1 time")


def test_cleared_while_open(world: World) -> None:
    world.receive(sent("a", 1, **ADA))
    world.open("ada-1")
    while world.workspace.store.writer.prune(up_to=world.workspace.store.writer.last.capture):
        pass
    with Study(world.workspace.folder) as study:
        study.catch_up()
    world.context.feed.notice()
    world.qtbot.waitUntil(lambda: world.page.middle.currentWidget() is world.page.gone)
    world.qtbot.waitUntil(lambda: world.people() == [])


def test_in_a_small_window_the_list_gives_way_to_an_event(world: World) -> None:
    world.receive(*worked_case())
    world.page.resize(820, 500)
    world.open("ada-1")
    assert world.page.side.isVisible()
    world.click_event("e2")
    assert not world.page.side.isVisible()
    world.qtbot.keyClick(world.page.event_pane, Qt.Key.Key_Escape)
    assert world.page.side.isVisible()


def test_models_are_sound(world: World, qtmodeltester: Any) -> None:
    world.receive(*worked_case())
    world.open("ada-1")
    qtmodeltester.check(world.page.profile.activity.timeline.lines)
    qtmodeltester.check(world.page.people.people)


def test_what_amplitude_has_is_laid_beside(world: World) -> None:
    world.receive(
        sent("Order", 0, **ADA, insert_id="i-1", event_properties={"price": 1}),
        sent("Here", 1000, **ADA, insert_id="i-2"),
    )
    world.open("ada-1")
    pane = world.page.profile.remote
    world.page.profile.tabs.setCurrentIndex(4)
    with standing_in() as amplitude:
        pane.hosts = amplitude.hosts
        world.qtbot.mouseClick(pane.ask, LEFT)
        assert "are needed" in pane.said.text()
        assert pane.key.text() == KEY
        pane.key.clear()
        world.qtbot.keyClicks(pane.key, AMPLITUDE_KEY)
        world.qtbot.keyClicks(pane.secret, "wrong")
        assert amplitude.asked == []
        world.qtbot.mouseClick(pane.ask, LEFT)
        world.qtbot.waitUntil(lambda: "refuses" in pane.said.text())
        pane.secret.setText(SECRET)
        world.qtbot.mouseClick(pane.ask, LEFT)
        world.qtbot.waitUntil(lambda: "knows nobody" in pane.said.text())
        amplitude.knows(
            "ada-1",
            7,
            exported("There", T0 + 2000, "i-3"),
            exported("Order", T0, "i-1", event_properties={"price": 2}, device_id="phone-ada"),
        )
        world.qtbot.mouseClick(pane.ask, LEFT)
        world.qtbot.waitUntil(lambda: pane.tree.topLevelItemCount() == 3)
        assert "1 differs, 1 only here, 1 only there" in pane.said.text()
        items = [pane.tree.topLevelItem(at) for at in range(3)]
        assert [item.text(2) for item in items if item] == ["There", "Here", "Order"]
        assert items[2] is not None
        assert items[2].text(3) == "price"
        amplitude.held.clear()
        world.qtbot.mouseClick(pane.ask, LEFT)
        assert pane.stop.isVisible()
        world.qtbot.mouseClick(pane.stop, LEFT)
        assert pane.said.text() == "Cancelled."
        amplitude.held.set()
        pane.tree.itemActivated.emit(items[2], 0)
        world.qtbot.waitUntil(lambda: world.page.event_pane.event_id == 1)


def test_the_secret_is_remembered_in_the_keyring_of_who_wants_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = install(tmp_path, monkeypatch)
    world.receive(sent("Order", 0, **ADA, insert_id="i-1"))
    world.open("ada-1")
    pane = world.page.profile.remote
    tabs = world.page.profile.tabs
    world.qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(4).center())
    world.qtbot.waitUntil(pane.remember.isVisible)
    assert not pane.remember.isChecked()
    assert "until Eventscope is closed" in pane.promise.text()
    with standing_in() as amplitude:
        pane.hosts = amplitude.hosts
        amplitude.knows("ada-1", 7, exported("Order", T0, "i-1", device_id="phone-ada"))
        pane.key.setText(AMPLITUDE_KEY)
        pane.secret.setText(SECRET)
        world.qtbot.mouseClick(pane.remember, LEFT)
        assert not kept.exists()
        world.qtbot.mouseClick(pane.ask, LEFT)
        world.qtbot.waitUntil(lambda: "Amplitude has" in pane.said.text())
    world.qtbot.waitUntil(lambda: "in the system's keyring" in pane.promise.text())
    assert json.loads(kept.read_text()) == {f"Eventscope {AMPLITUDE_KEY}": SECRET}

    # The next run knows it, and forgets it when it is told to.
    again = RemotePane(world.context)
    world.qtbot.addWidget(again)
    again.key.setText(AMPLITUDE_KEY)
    again.resize(900, 400)
    again.show()
    world.qtbot.waitUntil(lambda: again.secret.text() == SECRET)
    assert again.remember.isChecked()
    world.qtbot.mouseClick(again.remember, LEFT)
    world.qtbot.waitUntil(lambda: json.loads(kept.read_text()) == {})
    assert not again.remember.isChecked()


def test_a_long_search_says_so_and_can_be_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.receive(*worked_case())
    world.open("ada-1")
    activity = world.page.profile.activity
    searching = activity.searching
    world.qtbot.waitUntil(lambda: not activity._is_reading)
    assert searching.isHidden()
    is_asked, goes_on = threading.Event(), threading.Event()
    page = ActivityReader.page

    def slow(self: ActivityReader, *given: Any) -> Any:
        is_asked.set()
        goes_on.wait(120)
        return page(self, *given)

    monkeypatch.setattr(ActivityReader, "page", slow)
    world.qtbot.mouseClick(activity.calls, LEFT)
    world.qtbot.waitUntil(searching.isVisible)
    assert is_asked.is_set()
    world.qtbot.mouseClick(searching.stop, LEFT)
    assert searching.isHidden()
    # What was shown before was about something else, and the late answer changes nothing.
    assert activity.stack.currentWidget() is activity.nothing
    assert activity.nothing.title.text() == "Stopped"
    goes_on.set()
    world.qtbot.mouseClick(activity.nothing.buttons[0], LEFT)
    world.qtbot.waitUntil(lambda: len(world.shown()) == 6)
    assert activity.calls.isChecked()
    assert searching.isHidden()


def test_what_takes_long_is_not_begun_anew_while_events_pour_in(world: World) -> None:
    """With a busy person the profile takes longer than the feed waits between two notices."""
    world.receive(*worked_case())
    world.qtbot.waitUntil(lambda: bool(world.people()))
    page, jobs = world.page, world.context.jobs
    # No events are processed from here on: what is under way cannot be delivered.
    page.open_person(1)
    under_way = jobs._newest[id(page), "profile"]
    for _ in range(20):
        world.context.feed.changed.emit()
    assert jobs._newest[id(page), "profile"] is under_way
    assert not under_way.is_overtaken
    world.qtbot.waitUntil(lambda: page.profile.title.text() == "ada-1")
    # Once it is there, what came meanwhile is looked at.
    world.receive(sent("late", 61 * MINUTE, **ADA, session_id=S2))
    world.qtbot.waitUntil(lambda: "late" in world.shown())
