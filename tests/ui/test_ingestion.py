"""The Ingestion page: its numbers, what is behind them, and everything a person can do there."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.decode import decode
from app.model import Capture, Via
from app.store.report import Frame
from app.study import Study
from tests.app.study.delivery import (
    HOUR,
    MINUTE,
    NOW,
    answered,
    identify_form,
    one,
    replay,
    silenced,
    throttled,
)
from tests.factories import KEY, upload
from ui.charts import Chart
from ui.context import Context
from ui.pages.ingestion import IngestionPage
from ui.pages.ingestion.listtable import ListTable
from ui.table.view import EventTableView

from .conftest import Workspace

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
DAY = 24 * HOUR


class World:
    """A page, and the traffic behind it."""

    def __init__(self, qtbot: QtBot, context: Context, workspace: Workspace) -> None:
        self.qtbot, self.context, self.workspace = qtbot, context, workspace
        self.now = NOW
        self.page: IngestionPage

    def arrive(self, *captures: Capture, studied: bool = True) -> None:
        """Store these, and have them studied."""
        self.workspace.store.writer.add([(one, decode(one)) for one in captures])
        if studied:
            with Study(self.workspace.folder) as study:
                study.catch_up()
        self.context.feed.notice()

    def show(self, width: int = 1200, height: int = 740) -> IngestionPage:
        self.context.store.open()
        self.page = IngestionPage(self.context, lambda: self.now)
        self.qtbot.addWidget(self.page)
        self.page.resize(width, height)
        with self.qtbot.waitExposed(self.page):
            self.page.show()
        return self.page

    def totals(self) -> tuple[str, ...]:
        """Successes; events and identifies; errors, as they stand on the page."""
        page = self.page
        legend = page.charts["events"].legend.buttons
        if not legend:
            return ()
        numbers = [legend[key].accessibleName().split(": ")[1] for key in ("events", "identifies")]
        return (
            page.charts["successes"].total.text(),
            *numbers,
            page.charts["errors"].total.text(),
        )

    def wait(self, is_true: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_true)

    def open_tab(self, title: str) -> None:
        """Click a tab."""
        bar = self.page.details.bar
        at = next(at for at in range(bar.count()) if bar.tabText(at) == title)
        self.qtbot.mouseClick(bar, LEFT, NONE, bar.tabRect(at).center())

    def click_bin(self, chart: Chart, at: int, value: float = 0.5) -> None:
        """Click a bar."""
        place = chart.plot.centre_of(at, value).toPoint()
        self.qtbot.mouseClick(chart.plot.viewport(), LEFT, NONE, place)

    def drag(self, chart: Chart, first: int, last: int) -> None:
        """Draw a range."""
        view = chart.plot.viewport()
        places = [chart.plot.centre_of(at, 0.5).toPoint() for at in (first, last)]
        self.qtbot.mousePress(view, LEFT, NONE, places[0])
        self.qtbot.mouseMove(view, (places[0] + places[1]) / 2)
        self.qtbot.mouseMove(view, places[1])
        self.qtbot.mouseRelease(view, LEFT, NONE, places[1])

    def bin_of(self, at_ms: int) -> int:
        return self.page.charts["errors"].data.bin_of(at_ms)

    def choose(self, button: Any, *titles: str) -> None:
        """Switch entries of a choice on or off with the mouse; the list stays open."""
        self.qtbot.mouseClick(button, LEFT)
        self.wait(button.list.isVisible)
        for title in titles:
            entry = next(entry for entry in button.list.actions() if entry.text() == title)
            where = button.list.actionGeometry(entry).center()
            self.qtbot.mouseClick(button.list, LEFT, NONE, where)
            assert button.list.isVisible()
        button.list.close()


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> Iterator[World]:
    yield World(qtbot, context, workspace)
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def lines(table: EventTableView, *keys: str) -> list[tuple[str, ...]]:
    """What a table shows."""
    model = table.model()
    return [tuple(model.text(row, key) for key in keys) for row in range(model.rowCount())]


def five_events() -> list[dict[str, object]]:
    return [one(f"E{number}", insert_id=f"i{number}") for number in range(5)]


def an_hour() -> list[Capture]:
    """DBG-T1: two requests that are taken, a 400, a 429."""
    return [
        answered(NOW - 40 * MINUTE, 200, *five_events(), one("$identify")),
        answered(NOW - 30 * MINUTE, 200, one("A"), one("B")),
        answered(NOW - 20 * MINUTE, 400, one("C")),
        throttled(NOW - 10 * MINUTE, "d1-device"),
    ]


# The worked cases


def test_requests_of_an_hour(world: World) -> None:
    # DBG-T1
    world.arrive(*an_hour())
    page = world.show()
    world.wait(lambda: page.charts["errors"].data.count == 60)
    assert world.totals() == ("2", "7", "1", "2")
    assert page.head.counts.text() == "4 requests  ·  50.0 % refused"
    names = [one.accessibleName() for one in page.charts["errors"].legend.buttons.values()]
    assert names == ["400 bad request: 1", "429 throttled: 1"]
    world.open_tab("Held back")
    world.wait(lambda: len(page.details.limits.rows) == 1)
    keys = ("kind", "who", "name", "rate", "threshold", "events", "uploads")
    assert lines(page.details.limits, *keys) == [
        ("Throttled", "Device", "d1-device", "31/s", "10/s", "1", "1")
    ]


def test_throttled_more_than_half_an_hour_ago(world: World) -> None:
    # DBG-T2
    world.arrive(throttled(NOW - 31 * MINUTE))
    page = world.show()
    world.wait(lambda: page.charts["errors"].total.text() == "1")
    world.open_tab("Held back")
    sentence = "No user or device was throttled in the last 30 minutes, and none is silenced."
    world.wait(lambda: any(text.text() == sentence for text in visible_labels(page)))
    assert page.details.limits.rows == ()
    # Any other window shows it.
    world.qtbot.mouseClick(page.details.ranged, LEFT)
    world.wait(lambda: len(page.details.limits.rows) == 1)


def visible_labels(page: QWidget) -> list[Any]:
    from PySide6.QtWidgets import QLabel

    return [one for one in page.findChildren(QLabel) if one.isVisible()]


def test_one_endpoint_of_several(world: World) -> None:
    # DBG-T3
    captures = [answered(NOW - at * MINUTE, 200, one()) for at in (1, 2, 3)]
    world.arrive(*captures, *(identify_form(NOW - at * MINUTE) for at in (4, 5)))
    page = world.show()
    world.wait(lambda: page.charts["successes"].data.count == 60)
    assert world.totals() == ("5", "3", "2", "0")
    world.choose(page.head.endpoints, "Identify")
    world.wait(lambda: world.totals() == ("2", "0", "2", "0"))
    assert page.head.endpoints.text() == "Identify"
    world.choose(page.head.endpoints, "HTTP V2")
    world.wait(lambda: world.totals() == ("5", "3", "2", "0"))
    assert page.head.endpoints.text() == "2 endpoints"
    world.choose(page.head.endpoints, "Identify")
    world.wait(lambda: world.totals() == ("3", "3", "0", "0"))
    world.qtbot.mouseClick(page.head.clear, LEFT)
    world.wait(lambda: world.totals() == ("5", "3", "2", "0"))
    assert page.head.endpoints.text() == "All endpoints"
    assert not page.head.clear.isVisible()


def test_hours_of_a_week(world: World) -> None:
    # DBG-T4
    ten = NOW // HOUR * HOUR - 5 * HOUR
    world.arrive(answered(ten - MINUTE, 200, one()), answered(ten, 200, one()))
    page = world.show()
    world.qtbot.mouseClick(page.head.frames[Frame.WEEK], LEFT)
    chart = page.charts["successes"]
    world.wait(lambda: chart.data.count == 168)
    at = chart.data.bin_of(ten)
    assert chart.data.series[0].values[at - 1 : at + 1] == (1, 1)
    assert chart.total.text() == "2"
    # The window slides with now.
    world.now += HOUR
    world.wait(lambda: chart.data.bin_of(ten) == at - 1)
    assert chart.data.series[0].values[at - 2 : at] == (1, 1)


def test_a_silenced_device(world: World) -> None:
    # DBG-T5
    world.arrive(silenced(NOW - 2 * HOUR), silenced(NOW - MINUTE))
    page = world.show()
    world.wait(lambda: page.charts["errors"].total.text() == "1")
    world.open_tab("Held back")
    world.wait(lambda: len(page.details.limits.rows) == 1)
    keys = ("kind", "name", "uploads")
    assert lines(page.details.limits, *keys) == [("Silenced", "device-1", "2")]


# What is behind a number


def test_a_click_shows_the_uploads_behind_a_bar(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show()
    world.wait(lambda: len(page.details.model) == 4)
    chart = page.charts["errors"]
    world.click_bin(chart, world.bin_of(NOW - 20 * MINUTE))
    world.wait(lambda: len(page.details.model) == 1)
    assert lines(page.details.uploads, "status", "events") == [("400 bad request", "1")]
    assert page.chosen.text().startswith("400 bad request, ")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    titles = [entry.text() for entry in menu.actions() if entry.isEnabled() and entry.text()]
    assert titles == [
        "Show these uploads",
        "Show everything of this time",
        "Show the reasons of this time",
        "Zoom in",
        "Show in Live",
    ]
    reasons = next(entry for entry in menu.actions() if entry.text().startswith("Show the reas"))
    where = menu.actionGeometry(reasons).center()
    world.qtbot.mouseClick(menu, LEFT, NONE, where)
    world.wait(lambda: len(page.details.reasons.rows) == 1)
    assert page.details.tab.title == "Reasons"
    assert lines(page.details.reasons, "uploads", "status") == [("1", "400 bad request")]
    # Escape: everything again.
    world.open_tab("Uploads")
    page.details.uploads.setFocus()
    world.qtbot.keyClick(page.details.uploads, Qt.Key.Key_Escape)
    world.wait(lambda: len(page.details.model) == 4)
    assert page.chosen.text() == "The last hour"


def test_a_drawn_range_and_zooming_into_it(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show()
    world.wait(lambda: len(page.details.model) == 4)
    first, last = (world.bin_of(NOW - ago * MINUTE) for ago in (40, 30))
    world.drag(page.charts["successes"], first, last)
    world.wait(lambda: len(page.details.model) == 2)
    assert all(chart.plot.brush == (first, last) for chart in page.charts.values())
    world.qtbot.mouseClick(page.chosen_buttons["zoom"], LEFT)
    world.wait(lambda: world.totals() == ("2", "7", "1", "0"))
    data = page.charts["successes"].data
    assert data.count == 66
    assert data.edges[0] == (NOW - 40 * MINUTE) // MINUTE * MINUTE
    assert not any(button.isChecked() for button in page.head.frames.values())
    world.qtbot.mouseClick(page.head.frames[Frame.HOUR], LEFT)
    world.wait(lambda: world.totals() == ("2", "7", "1", "2"))


def test_one_upload_in_detail(world: World) -> None:
    invalid = {"code": 400, "error": "x", "events_with_invalid_fields": {"time": [0]}}
    world.arrive(*an_hour(), answered(NOW - 1, 400, one("Paid <b>"), body=invalid))
    page = world.show()
    table = page.details.uploads
    world.wait(lambda: len(page.details.model) == 5)
    row = table.visualRect(page.details.model.index(0, 0)).center()
    world.qtbot.mouseClick(table.viewport(), LEFT, NONE, row)
    world.wait(lambda: page.is_inspecting and page.panel.row is not None)
    panel = page.panel
    assert panel is not None
    assert panel.status.text() == "● 400 bad request"
    texts = " ".join(node.name for part in panel.info.facts.sections for node in part.children)
    assert "Reason" in texts
    assert "Paid <b>" in texts
    world.qtbot.mouseClick(panel.tabs, LEFT, NONE, panel.tabs.tabRect(1).center())
    world.wait(lambda: "Paid <b>" in panel.raw.text.toPlainText())
    world.qtbot.mouseClick(panel.raw.parts[list(panel.raw.parts)[1]], LEFT)
    world.wait(lambda: "events_with_invalid_fields" in panel.raw.text.toPlainText())
    with world.qtbot.waitSignal(page.live_asked) as told:
        world.qtbot.mouseClick(panel.live, LEFT)
    assert told.args == [11]
    world.qtbot.keyClick(panel.raw.text, Qt.Key.Key_Escape)
    assert not page.is_inspecting
    world.qtbot.keyClick(page, Qt.Key.Key_U)
    assert page.is_inspecting


def test_an_upload_that_was_removed(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show()
    world.wait(lambda: len(page.details.model) == 4)
    page.inspect(99)
    world.wait(lambda: page.panel.stack.currentWidget() is page.panel.gone)
    assert not page.panel.live.isVisible()


def test_a_reason_opens_an_example(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show()
    world.open_tab("Reasons")
    world.wait(lambda: len(page.details.reasons.rows) == 2)
    page.details.reasons.setFocus()
    page.details.reasons.go_to(1)
    world.qtbot.keyClick(page.details.reasons, Qt.Key.Key_Return)
    world.wait(lambda: page.panel is not None and page.panel.row is not None)
    assert page.panel.upload_id == page.details.reasons.rows[1].upload_id


def test_in_live(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show()
    world.wait(lambda: len(page.details.model) == 4)
    world.click_bin(page.charts["errors"], world.bin_of(NOW - 20 * MINUTE))
    QApplication.activePopupWidget().close()
    with world.qtbot.waitSignal(page.live_asked) as told:
        world.qtbot.mouseClick(page.chosen_buttons["live"], LEFT)
    from app.filter import Filter, parse

    text = told.args[0]
    found = world.context.store.current.events.newest(Filter(parse(text)), 10)
    assert list(found) == [9]


# Live


def test_the_newest_bin_grows(world: World) -> None:
    world.arrive(answered(NOW - 5 * MINUTE, 200, *five_events(), one(), one()))
    page = world.show()
    chart = page.charts["successes"]
    world.wait(lambda: chart.total.text() == "1")
    world.arrive(answered(NOW, 200, one()), studied=False)
    world.wait(lambda: chart.total.text() == "2")
    before = chart.plot.full_draws
    for _ in range(2):
        world.arrive(answered(NOW, 200, one()), studied=False)
    world.wait(lambda: len(page.details.model) == 4)
    assert chart.plot.full_draws <= before + 2
    events = page.charts["events"].plot
    before = events.full_draws
    world.arrive(answered(NOW, 200, one()), studied=False)
    world.wait(lambda: page.charts["events"].legend.buttons["events"]
               .accessibleName() == "Events: 11")  # fmt: skip
    assert events.full_draws == before
    assert chart.data.partial == 59


def test_new_uploads_come_on_top_and_the_chosen_one_stays(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show()
    table = page.details.uploads
    world.wait(lambda: len(page.details.model) == 4)
    table.setFocus()
    table.go_to(1)
    world.arrive(answered(NOW, 200, one()), studied=False)
    world.wait(lambda: len(page.details.model) == 5)
    assert table.current_id() == 3
    assert table.currentIndex().row() == 2


def test_an_answer_that_comes_late(world: World) -> None:
    waiting = upload(one(), at_ms=NOW, response=None, duration_ms=None)
    world.arrive(waiting, studied=False)
    page = world.show()
    world.wait(lambda: lines(page.details.uploads, "status") == [("Waiting",)])
    assert page.head.counts.text() == "0 requests  ·  1 waiting for an answer"
    world.workspace.store.writer.answer(1, throttled(NOW))
    with Study(world.workspace.folder) as study:
        study.catch_up()
    world.context.feed.notice()
    world.wait(lambda: lines(page.details.uploads, "status") == [("429 throttled",)])
    world.wait(lambda: page.charts["errors"].total.text() == "1")
    world.wait(lambda: lines(page.details.uploads, "reason") != [("",)])


def test_what_is_not_seen_is_not_asked_for(world: World) -> None:
    page = world.show()
    world.wait(lambda: page.stack.currentWidget() is page.nothing)
    page.hide()
    with world.qtbot.waitSignal(world.context.feed.changed):
        world.arrive(*an_hour())
    assert page.charts["errors"].data.count in {0, 60}
    assert page.charts["errors"].total.text() in {"", "0"}
    page.show()
    world.wait(lambda: world.totals() == ("2", "7", "1", "2"))


# Frames, zones, nothing


def test_nothing_at_all(world: World) -> None:
    page = world.show()
    world.wait(lambda: page.stack.currentWidget() is page.nothing)
    world.arrive(*an_hour())
    world.wait(lambda: page.stack.currentWidget() is page.halves)


def test_nothing_lately(world: World) -> None:
    world.arrive(answered(NOW - 3 * DAY, 200, one()))
    page = world.show()
    world.wait(page.elsewhere.isVisible)
    assert page.elsewhere.text.text() == (
        "Nothing arrived in the last hour. The last request came 3 d ago."
    )
    world.qtbot.mouseClick(page.elsewhere.button, LEFT)
    world.wait(lambda: page.charts["successes"].total.text() == "1")
    assert page.head.frames[Frame.ALL].isChecked()


def test_what_is_still_being_read_may_have_arrived_lately(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.report.tail.MOST", 0)
    world.arrive(answered(NOW - 3 * DAY, 200, one()))
    page = world.show()
    world.wait(page.elsewhere.isVisible)
    world.arrive(answered(NOW - 10_000, 200, one()), studied=False)
    world.wait(lambda: "still being read" in page.head.behind.text())
    assert not page.elsewhere.isVisible()
    assert not page.elsewhere.isVisible()


def test_tables_do_not_say_that_there_is_nothing_while_it_is_being_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.report.tail.MOST", 0)
    world.arrive(throttled(NOW - 10_000), throttled(NOW - 9_000), studied=False)
    page = world.show()
    # Not that nothing was sent either.
    world.wait(lambda: page.stack.currentWidget() is page.halves)
    world.open_tab("Held back")

    def says(sentence: str) -> bool:
        return any(text.text() == sentence for text in visible_labels(page.details))

    world.wait(lambda: says("2 captures are still being read."))
    world.open_tab("Reasons")
    world.wait(lambda: says("2 captures are still being read."))
    world.arrive()
    world.wait(lambda: len(page.details.reasons.rows) == 1)
    world.open_tab("Retries")
    world.wait(lambda: says("Nothing was sent again in this time."))


@pytest.mark.parametrize(
    ("frame", "bins"), [(Frame.FIVE_MINUTES, 30), (Frame.DAY, 96), (Frame.ALL, 41)]
)
def test_other_frames(world: World, frame: Frame, bins: int) -> None:
    world.arrive(*an_hour(), answered(NOW, 200, one()))
    page = world.show()
    world.qtbot.mouseClick(page.head.frames[frame], LEFT)
    world.wait(lambda: page.charts["errors"].data.count == bins)
    state = page.layout_state()
    assert state["frame"] == frame


def test_times_that_no_calendar_has(world: World) -> None:
    """Archives say when something arrived, and may say anything."""
    times = (0, NOW, 4_102_444_800_000, 2**53, 2**61)
    world.arrive(*(answered(at_ms, 200, one(), via=Via.IMPORT) for at_ms in times))
    page = world.show()
    world.qtbot.mouseClick(page.head.frames[Frame.ALL], LEFT)
    world.wait(lambda: page.charts["successes"].total.text() == "5")
    world.wait(lambda: len(page.details.model) == 5)
    world.drag(page.charts["successes"], 0, page.charts["successes"].data.count - 1)
    world.wait(lambda: page.state.span is not None)
    world.qtbot.mouseClick(page.chosen_buttons["zoom"], LEFT)
    assert not page.grab().isNull()
    world.qtbot.mouseClick(page.chosen_buttons["live"], LEFT)


def test_times_in_utc(world: World) -> None:
    world.arrive(answered(NOW, 200, one()))
    page = world.show()
    world.wait(lambda: len(page.details.model) == 1)
    world.qtbot.mouseClick(page.head.utc, LEFT)
    assert lines(page.details.uploads, "time") == [("21 Nov 18:00:30",)]
    assert page.layout_state()["utc"] is True
    world.click_bin(page.charts["successes"], 59)
    assert page.chosen.text() == "Successes, 21 Nov 18:00 – 18:01"


# The other tables


def test_retries_latencies_sizes_and_sdks(world: World) -> None:
    event = one(insert_id="same", library="sdk-a/1")
    world.arrive(
        answered(NOW - 5000, 500, event, body=b"", duration_ms=10),
        answered(NOW - 4000, 429, event, duration_ms=20),
        answered(NOW - 2000, 200, event, duration_ms=1500),
    )
    page = world.show()
    details = page.details
    world.open_tab("Retries")
    world.wait(lambda: len(details.chains.rows) == 1)
    assert lines(details.chains, "tries", "statuses", "took") == [("3", "500 → 429 → 200", "3.0 s")]
    world.open_tab("Latency")
    world.wait(lambda: len(details.latencies.rows) == 1)
    keys = ("endpoint", "answers", "p50", "p99", "longest")
    assert lines(details.latencies, *keys) == [("HTTP V2", "3", "20 ms", "1.5 s", "1.5 s")]
    world.open_tab("Sizes")
    world.wait(lambda: len(details.sizes.rows) == 1)
    assert lines(details.sizes, "compression", "uploads", "saved") == [("none", "3", "0 %")]
    world.open_tab("SDKs")
    world.wait(lambda: len(details.sdks.rows) == 1)
    keys = ("sdk", "uploads", "errors", "share", "events")
    assert lines(details.sdks, *keys) == [("sdk-a/1", "3", "2", "66.7 %", "1")]
    world.open_tab("Lag and skew")
    world.wait(lambda: len(details.lags.rows) == 8)
    found = [line for line in lines(details.lags, "name", "count") if line[1] != "0"]
    assert found == [("10 to 60 min", "3")]
    assert details.adjusted.text().startswith("No clock was off")
    world.qtbot.mouseClick(page.chosen_buttons["copy"], LEFT)
    rows = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text())))
    assert rows[0] == ["Range", "Count", "Share"]
    assert ["10 to 60 min", "3", "100.0 %"] in rows


def test_session_replay(world: World) -> None:
    captures = [replay(NOW), replay(NOW, 429), replay(NOW, 402), replay(NOW, session="undefined")]
    world.arrive(*captures)
    page = world.show()
    world.open_tab("Session Replay")
    world.wait(lambda: page.replays.total.text() == "4")
    names = [one.accessibleName() for one in page.replays.legend.buttons.values()]
    assert names == [
        "200: 1",
        "402 quota used up: 1",
        "429 throttled: 1",
        "Invalid session id: 1",
    ]
    assert world.totals() == ("0", "0", "0", "0")
    assert not page.elsewhere.isVisible()
    world.click_bin(page.replays, 59, 0.5)
    world.wait(lambda: lines(page.details.uploads, "status") == [("200",)])
    world.wait(lambda: lines(page.details.uploads, "endpoint") == [("Session Replay",)])


def test_hostile_ids(world: World) -> None:
    hostile = "=cmd()<img src=x>\u202e\n\t" + "d" * 100_000
    world.arrive(
        throttled(NOW - 1000, hostile),
        answered(NOW, 200, one(device_id=hostile, library=hostile)),
        answered(NOW, 400, one(), body={"code": 400, "error": hostile}),
    )
    page = world.show()
    world.wait(lambda: len(page.details.model) == 3)
    world.open_tab("Held back")
    world.wait(lambda: len(page.details.limits.rows) == 1)
    (shown,) = lines(page.details.limits, "name")[0]
    assert "\n" not in shown
    assert "\u202e" not in shown
    page.details.limits.selectAll()
    page.details.limits.setFocus()
    world.qtbot.keyClick(page.details.limits, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "\t'=cmd()" in QGuiApplication.clipboard().text()
    for title in ("Reasons", "SDKs", "Uploads"):
        world.open_tab(title)
        world.wait(lambda: any(table.isVisible() for table in page.findChildren(EventTableView)))
        assert not page.grab().isNull()
    world.choose(page.head.sdks)
    assert all(len(entry.text()) < 80 for entry in page.head.sdks.list.actions())


def test_by_project(world: World) -> None:
    other = "fedcba9876543210fedcba9876543210"
    world.arrive(answered(NOW, 200, one()), answered(NOW, 200, one(), one(), key=other))
    world.workspace.store.writer.name_source(KEY, "Lantern & shop")
    page = world.show()
    world.wait(lambda: world.totals() == ("2", "3", "0", "0"))
    world.choose(page.head.projects, "Lantern && shop")
    world.wait(lambda: world.totals() == ("1", "1", "0", "0"))
    world.wait(lambda: lines(page.details.uploads, "project") == [("Lantern & shop",)])


def test_small_windows_have_room(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show(820, 480)
    world.wait(lambda: len(page.details.model) == 4)
    for chart in page.charts.values():
        assert chart.plot.plot_area().height() > 40
        assert chart.width() > 200


def test_every_control_has_a_name(world: World) -> None:
    from PySide6.QtWidgets import QAbstractButton

    world.arrive(*an_hour())
    page = world.show()
    world.wait(lambda: len(page.details.model) == 4)
    for button in page.findChildren(QAbstractButton):
        if button.isVisible() and button.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert button.accessibleName() or button.text(), button
            assert button.toolTip(), button.text()
    for table in page.findChildren(ListTable):
        assert table.accessibleName()
    for chart in page.charts.values():
        assert chart.plot.accessibleName().endswith(", chart")


def test_as_it_was_left(world: World) -> None:
    world.arrive(*an_hour())
    page = world.show()
    page.hide()
    again = World(world.qtbot, world.context, world.workspace)
    again.context.actions = type(again.context.actions)()
    again.page = IngestionPage(again.context, lambda: NOW)
    again.page.restore_layout({"frame": ["1w"], "utc": []})
    again.page.restore_layout({"frame": "1w", "utc": True, "junk": 1})
    world.qtbot.addWidget(again.page)
    again.page.show()
    world.wait(lambda: again.page.charts["errors"].data.count == 168)
    assert again.page.head.frames[Frame.WEEK].isChecked()
    assert again.page.head.utc.isChecked()
