"""
Two people on one site with the real Browser SDK: a login, a logout, a second login, a session that
times out, and refusals on the way; told by Ingestion and Users.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app import paths
from app import settings as keys
from app.ingest.rules import DEFAULT
from app.settings import Settings
from tests.end2end.capturing import printed
from tests.ports import free_port
from ui.application import Application
from ui.browser import engine
from ui.pages.connect import ConnectPage
from ui.pages.ingestion import IngestionPage
from ui.pages.users import UsersPage
from ui.pages.users.peoplelist import person_title
from ui.table.view import EventTableView
from ui.theme import Theme

from .recount import Delivery, Json, Somebody, people
from .test_browser_sdk import page_with_sdk, pytestmark  # noqa: F401
from .test_users import fact

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
ADA, BOB = "ada-lovelace", "bob-marley"

SITE = """<!doctype html><meta charset="utf-8"><title>Waiting</title>
<script src="/sdk.js"></script>
<script>
const a = window.amplitude;
a.init('%s', undefined, {
  deviceId: 'browser-device-1', sessionTimeout: 2500, fetchRemoteConfig: false,
  autocapture: {sessions: true, pageViews: false, attribution: false, formInteractions: false,
                fileDownloads: false, elementInteractions: false},
});
function say(title, calls) {
  Promise.all(calls.map(call => call.promise)).then(() => { document.title = title; });
}
const steps = {
  visit() { say('visit', [a.track('Landing')]); },
  login(user, plan) {
    a.setUserId(user);
    say(user, [a.identify(new a.Identify().set('plan', plan)), a.track('Login', {plan})]);
  },
  buy() { say('bought', [a.track('Buy', {item: 'lamp'}), a.track('Buy', {item: 'bulb'})]); },
  leave() { a.reset(); say('left', [a.track('Goodbye')]); },
  idle() { setTimeout(() => say('back', [a.track('Back again')]), 3000); },
  hurry() { document.title = 'hurried'; a.track('Too Fast'); },
};
document.title = 'ready';
</script>"""


class Journey:
    """The window, and what a person does with it."""

    def __init__(self, qtbot: QtBot, application: Application) -> None:
        self.qtbot, self.application = qtbot, application
        self.window = application.window
        self.workspace: Path = application.context.workspace

    def wait(self, is_true: Any) -> None:
        self.qtbot.waitUntil(is_true)

    def go(self, key: Qt.Key, name: str) -> Any:
        """Open a page by its shortcut."""
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        self.qtbot.keyClick(self.window, key, CTRL)
        self.wait(lambda: self.window.current == name)
        return self.window.page(name)

    def browse(self, url: str) -> Any:
        """Open a site as Connect offers it."""
        connect = self.go(Key.Key_1, "connect")
        assert isinstance(connect, ConnectPage)
        connect.builtin.address.clear()
        self.qtbot.keyClicks(connect.builtin.address, url)
        self.qtbot.keyClick(connect.builtin.address, Key.Key_Return)
        self.wait(lambda: bool(connect.opener.windows))
        page = connect.opener.windows[0].page
        self.wait(lambda: page.title() == "ready")
        return page

    def do(self, page: Any, step: str, title: str, *faults: str) -> None:
        """One step on the site, while these faults are on."""
        capture = self.application.capture
        if faults:
            with self.qtbot.waitSignal(capture.changed):
                capture.set_faults(list(faults))
        page.runJavaScript(f"steps.{step}")
        self.wait(lambda: page.title() == title)

    def stop_capture(self) -> None:
        """So that the SDK's next try, half a minute later, changes nothing."""
        self.go(Key.Key_1, "connect")
        self.qtbot.keyClick(self.window, Key.Key_E, CTRL)
        self.wait(lambda: self.application.capture.state == "stopped")

    def statuses(self) -> list[int | None]:
        store = self.application.context.store.current
        assert store
        return [one["status"] for one in store.uploads.export()]


@pytest.fixture
def journey(qapp: Any, qtbot: QtBot, tmp_path: Path, theme: Theme) -> Iterator[Journey]:
    # The engine keeps the proxy that it was given first, for as long as the tests run.
    routed = engine.routed_through()
    port = int(routed.rpartition(":")[2]) if routed else free_port()
    Settings(paths.settings_file()).update(
        {keys.PROXY_PORT: port, keys.ENDPOINT_PORT: free_port(), keys.DELIVERY: "local"}
    )
    theme.deleteLater()
    made = Application(qapp, tmp_path / "workspace")
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    made.window.show()
    made.start()
    qtbot.waitUntil(lambda: made.capture.state == "listening")
    yield Journey(qtbot, made)
    made.window.page("connect").shutdown()
    made.shutdown()


def test_both_pages_tell_what_two_people_did(journey: Journey) -> None:
    with page_with_sdk(SITE) as url:
        page = journey.browse(url)
        journey.do(page, "visit()", "visit")
        journey.do(page, f"login('{ADA}', 'pro')", ADA, "413#1")
        journey.do(page, "buy()", "bought", "400=fields#1")
        journey.do(page, "leave()", "left")
        journey.do(page, f"login('{BOB}', 'free')", BOB)
        journey.do(page, "idle()", "back")
        journey.do(page, "hurry()", "hurried", "429=rate")
        journey.wait(lambda: 429 in journey.statuses())
        journey.stop_capture()
    uploads = printed("uploads", journey.workspace)
    events = printed("events", journey.workspace)
    delivery, found = Delivery(uploads, events), people(events)

    # What the account itself has to hold, whatever the machine's pace.
    refused = [one["status"] for one in uploads if one["status"] != 200]
    assert refused == [413, 400, 429]
    assert set(found) == {ADA, BOB}
    assert not found[ADA].devices & found[BOB].devices
    assert len(found[BOB].blocks) > 1
    assert found[ADA].properties == {"plan": "pro"}
    assert found[BOB].properties == {"plan": "free"}
    assert Counter(one["event_type"] for one in found[ADA].events)["Buy"] == 1

    ingestion = journey.go(Key.Key_3, "ingestion")
    assert_delivery(journey, ingestion, delivery)
    users = journey.go(Key.Key_4, "users")
    for name, somebody in found.items():
        assert_person(journey, users, name, somebody)
    assert_the_time_of(journey, users, found[ADA])


def assert_delivery(journey: Journey, page: IngestionPage, delivery: Delivery) -> None:
    """Every chart and table."""

    def legends() -> dict[str, str]:
        buttons = [one for chart in page.charts.values() for one in chart.legend.buttons.values()]
        return dict(one.accessibleName().split(": ") for one in buttons)

    journey.wait(lambda: legends() == delivery.legends)
    journey.wait(lambda: not page.head.behind.text())
    assert page.head.counts.text() == delivery.head
    # Bars are where the legends say.
    for chart in page.charts.values():
        for series in chart.data.series:
            assert str(sum(series.values)) == delivery.legends[series.title]

    table = partial(copied, journey, page)
    shown = table("Uploads", "Events", "Size", "Try", "Latency")
    keys_of = ("events", "wire_bytes", "attempt", "duration_ms")
    newest = list(reversed(delivery.uploads))
    assert shown == [tuple(str(one[key]) for key in keys_of) for one in newest]
    statuses = [status.split(" ")[0] for (status,) in table("Uploads", "Status")]
    assert statuses == [str(one["status"]) for one in newest]

    (late,) = [one for one in delivery.events if one["status"] == 429]
    limits = ("What", "Who", "ID", "Rate", "Allowed", "Events refused", "Uploads")
    assert sorted(table("Held back", *limits)) == [
        ("Throttled", who, one, f"{DEFAULT.eps + 1}/s", f"{DEFAULT.eps}/s", "1", "1")
        for who, one in (("Device", late["device_id"]), ("User", BOB))
    ]
    refused = (400, "400 bad request"), (413, "413 too large"), (429, "429 throttled")
    assert sorted(table("Reasons", "Uploads", "Status", "Events")) == sorted(
        ("1", words, str(refused_events(delivery, status))) for status, words in refused
    )
    chains = table("Retries", "Tries", "Answers", "Took", "Events")
    assert chains == delivery.retries
    ranks = ("Answers", "Median", "90 %", "95 %", "99 %", "Longest")
    assert table("Latency", *ranks) == [delivery.latencies]
    lags = table("Lag and skew", "Count")[: len(delivery.lags)]
    assert [int(count) for (count,) in lags] == delivery.lags
    assert page.details.adjusted.text().startswith("No clock was off")
    assert table("Sizes", "Compression", "Uploads", "On the wire", "Unpacked") == delivery.sizes
    (library,) = {one["library"] for one in delivery.uploads}
    errors = len(delivery.uploads) - len(delivery.taken)
    assert table("SDKs", "SDK", "Uploads", "Errors", "Events", "Identifies") == [
        (
            library,
            str(len(delivery.uploads)),
            str(errors),
            delivery.legends["Events"],
            delivery.legends["Identifies"],
        )
    ]


def copied(
    journey: Journey, page: IngestionPage, title: str, *columns: str
) -> list[tuple[str, ...]]:
    """Columns of a table of Ingestion, as it is copied."""
    bar = page.details.bar
    at = next(at for at in range(bar.count()) if bar.tabText(at) == title)
    journey.qtbot.mouseClick(bar, LEFT, NONE, bar.tabRect(at).center())
    tables = page.details.stack.widget(at).findChildren(EventTableView)
    journey.wait(lambda: all(one.isVisible() and one.model().rowCount() for one in tables))
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    journey.application.context.actions.trigger("ingestion.copy")
    journey.wait(lambda: bool(clipboard.text()))
    rows = csv.DictReader(io.StringIO(clipboard.text()))
    return [tuple(row[column] for column in columns) for row in rows]


def refused_events(delivery: Delivery, status: int) -> int:
    """How many events were refused with it for what they say themselves, or else all of them."""
    found = [one for one in delivery.events if one["status"] == status]
    assert not any(one["outcome"] == "accepted" for one in found)
    return sum(one["field"] is not None and one["field"] != "" for one in found) or len(found)


def find(journey: Journey, page: UsersPage, name: str, timeline: list[str]) -> None:
    """Look for somebody by id, and open them."""
    page.search.take_focus()
    journey.qtbot.keyClick(page.search.box, Key.Key_A, CTRL)
    journey.qtbot.keyClicks(page.search.box, name)
    journey.qtbot.keyClick(page.search.box, Key.Key_Return)
    found = page.people.people
    journey.wait(lambda: [person_title(one) for one in found.entries] == [name])
    assert page.count.text() == "1 person found"
    place = page.people.visualRect(found.index(0)).center()
    journey.qtbot.mouseClick(page.people.viewport(), LEFT, NONE, place)
    journey.wait(lambda: page.profile.title.text() == name)
    lines = page.profile.activity.timeline.lines
    journey.wait(lambda: len(lines.lines) == len(timeline))


def assert_person(journey: Journey, page: UsersPage, name: str, somebody: Somebody) -> None:
    """Looked for by id; head, sessions, events, devices, properties."""
    find(journey, page, name, somebody.timeline)
    model = page.profile.activity.timeline.lines

    def shown(at: int) -> str:
        row, block = model.row(at), model.lines[at].block
        if row is not None:
            return row.type
        return f"[{block.events}]" if block else "gone"

    assert [shown(at) for at in range(len(model.lines))] == somebody.timeline
    facts = page.profile.facts.text()
    sessions = len(somebody.blocks)
    for part in (
        f"{len(somebody.events)} events",
        f"{sessions} session{'s' if sessions > 1 else ''}",
        "1 device ",
    ):
        assert f" · {part}" in facts
    assert list(page.profile.profile.devices) == list(somebody.devices)
    own = {one.name: one.value for one in page.profile.profile.properties if not one.is_own}
    assert own == somebody.properties


def assert_the_time_of(journey: Journey, page: UsersPage, ada: Somebody) -> None:
    """The plan is known of what came after it was set, and not of what came before."""
    find(journey, page, ADA, ada.timeline)
    timeline = page.profile.activity.timeline
    kinds: dict[str, Json] = {one["event_type"]: one for one in ada.events}
    for kind, plan in (("Landing", None), ("Buy", "pro")):
        at = timeline.lines.place_of(kinds[kind]["id"])
        assert at is not None
        timeline.scrollTo(timeline.lines.index(at))
        where = timeline.visualRect(timeline.lines.index(at)).center()
        journey.qtbot.mouseClick(timeline.viewport(), LEFT, NONE, where)
        info = page.event_pane.info
        journey.wait(lambda info=info, kind=kind: fact(info, "Event type") == kind)
        journey.wait(lambda info=info, plan=plan: fact(info, "plan") == plan)
