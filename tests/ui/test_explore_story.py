"""
Why did sign-ups dip on Tuesday? On demo data, in the window, with mouse and keyboard: from the
chart to the person, to the event, to its raw upload, and to why others were refused.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from app import paths
from app import settings as keys
from app.demo import fill
from app.settings import Settings
from app.store.definitions import Definitions
from tests.ports import free_port
from ui.application import Application
from ui.browser import engine
from ui.pages.explore.picker import Picker
from ui.pages.users.charting import chart_of
from ui.theme import Theme

from .explore import NOW_MS, study

LEFT = Qt.MouseButton.LeftButton
DAY = 86_400_000
TUESDAY_NOON = 1_794_916_800_000
SIGN_UP = "Newsletter Signed Up"
EVENTS = 8000


class Somebody:
    """A person before the window, whose clicks are counted."""

    def __init__(self, qtbot: QtBot, application: Application) -> None:
        self.qtbot, self.window = qtbot, application.window
        self.clicks = 0
        page = self.window.page("explore")
        # As on the day on which the demo was made.
        page._now_ms = lambda: NOW_MS
        self.page = page

    def until(self, claim: Any) -> None:
        self.qtbot.waitUntil(lambda: bool(claim()))

    def press(self, key: Qt.Key) -> None:
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)
        self.qtbot.keyClick(self.window, key, Qt.KeyboardModifier.ControlModifier)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.clicks += 1
        self.qtbot.mouseClick(widget, LEFT, pos=at or QPoint())

    def click_tab(self, tabs: QTabBar, title: str) -> None:
        at = next(at for at in range(tabs.count()) if tabs.tabText(at) == title)
        self.click(tabs, tabs.tabRect(at).center())

    def choose(self, title: str) -> None:
        found = QApplication.activePopupWidget()
        assert isinstance(found, QMenu)
        entry = next(one for one in found.actions() if one.text() == title)
        self.click(found, found.actionGeometry(entry).center())


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A week of the demo's shop, studied."""
    folder = tmp_path_factory.mktemp("story") / "workspace"
    fill(folder, EVENTS, now_ms=NOW_MS)
    study(folder)
    return folder


@pytest.fixture
def somebody(qapp: Any, qtbot: QtBot, demo: Path, theme: Theme) -> Iterator[Somebody]:
    routed = engine.routed_through()
    port = int(routed.rpartition(":")[2]) if routed else free_port()
    Settings(paths.settings_file()).update(
        {keys.PROXY_PORT: port, keys.ENDPOINT_PORT: free_port(), keys.DELIVERY: "local"}
    )
    theme.deleteLater()
    made = Application(qapp, demo)
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    made.window.show()
    made.start()
    qtbot.waitUntil(lambda: made.capture.state == "listening")
    yield Somebody(qtbot, made)
    made.shutdown()


def test_why_sign_ups_dipped_on_tuesday(somebody: Somebody) -> None:
    find_the_dip(somebody)
    look_at_one_person(somebody)
    find_the_reason(somebody)
    assert somebody.clicks <= 10


def find_the_dip(me: Somebody) -> None:
    """The chart, and its lowest day."""
    me.press(Qt.Key.Key_7)
    desk = me.page.desk
    me.until(lambda: desk.vocabulary.types)
    me.click(desk.frame.nothing.buttons[0])
    picker = QApplication.activePopupWidget()
    assert isinstance(picker, Picker)
    me.qtbot.keyClicks(picker.search, "sign")
    while picker.list.currentItem().text(0) != SIGN_UP:
        me.qtbot.keyClick(picker.search, Qt.Key.Key_Down)
    me.qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    me.until(lambda: desk.answer is not None)
    plot = desk.figure.lines.plot
    data = desk.figure.lines.data
    tuesday = data.bin_of(TUESDAY_NOON)
    values = data.series[0].values
    assert values[tuesday] == 1
    assert values[tuesday] < values[tuesday - 1]
    assert values[tuesday] < values[tuesday + 1]
    me.click(plot.viewport(), plot.centre_of(tuesday, 1).toPoint())
    me.choose("View User Streams")


def look_at_one_person(me: Somebody) -> None:
    """The one who did sign up: what they did, one event, and what it was sent in."""
    desk, behind = me.page.desk, me.page.desk.behind
    me.until(lambda: behind.streams.marked() == [SIGN_UP])
    row = behind.streams.currentItem()
    assert row.text(0).endswith(SIGN_UP)
    place = behind.streams.visualItemRect(row).center()
    me.click(behind.streams.viewport(), place)
    me.qtbot.keyClick(behind.streams, Qt.Key.Key_Return)
    me.until(lambda: me.window.current == "live")
    inspector = me.window.page("live").inspector
    me.until(lambda: SIGN_UP in inspector.title.text())
    me.click_tab(inspector.tabs, "Raw")
    me.until(lambda: SIGN_UP in inspector.raw.text.toPlainText())
    me.press(Qt.Key.Key_7)
    me.until(desk.isVisible)


def find_the_reason(me: Somebody) -> None:
    """Those who are missing: their uploads stand beside, with the answer that they got."""
    behind = me.page.desk.behind
    assert behind.isVisible()
    me.click_tab(behind.tabs, "Uploads")
    me.until(lambda: "not counted" in behind.facts.text())
    assert behind.facts.text() == "1 upload  ·  2 events not counted"
    refused = next(
        at for at, one in enumerate(behind.uploads.rows, 1)
        if getattr(one, "outcome", "") == "rejected"
    )  # fmt: skip
    table = behind.uploads
    me.click(table.viewport(), table.visualRect(table.model().index(refused - 1, 0)).center())
    panel = behind.upload
    me.until(panel.isVisible)
    me.until(lambda: "time" in panel.reason.text())
    me.click_tab(panel.tabs, "Raw")
    me.until(lambda: '"time": "2026-11-17T' in panel.raw.text.toPlainText())


def focused(me: Somebody) -> QWidget:
    """What has the keyboard."""
    me.window.activateWindow()
    me.until(me.window.isActiveWindow)
    found = QApplication.focusWidget()
    assert found is not None
    return found


def strike(me: Somebody, *pressed: Qt.Key) -> None:
    """Keys, where the keyboard is."""
    for key in pressed:
        me.qtbot.keyClick(QApplication.activePopupWidget() or focused(me), key)


def shortcut(me: Somebody, text: str) -> None:
    me.window.activateWindow()
    me.until(me.window.isActiveWindow)
    me.qtbot.keySequence(QApplication.focusWidget() or me.window, text)


def test_why_sign_ups_dipped_with_the_keyboard_alone(somebody: Somebody) -> None:
    me, key = somebody, Qt.Key
    shortcut(me, "Ctrl+7")
    desk = me.page.desk
    me.until(lambda: desk.vocabulary.types)
    shortcut(me, "Shift+N")
    shortcut(me, "Shift+E")
    picker: Any = QApplication.activePopupWidget()
    me.qtbot.keyClicks(picker.search, SIGN_UP)
    me.until(lambda: picker.titles()[:1] == [SIGN_UP])
    me.qtbot.keyClick(picker.search, key.Key_Return)
    me.until(lambda: desk.answer is not None and desk.figure.lines.isVisible())
    shortcut(me, "Shift+J")
    plot, tuesday = desk.figure.lines.plot, desk.figure.lines.data.bin_of(TUESDAY_NOON)
    assert focused(me) is plot
    while plot.cursor > tuesday:
        strike(me, key.Key_Left)
    assert plot.accessibleDescription().startswith(f"{SIGN_UP}: 1, Tue 17 Nov")
    strike(me, key.Key_Return)
    opened: Any = QApplication.activePopupWidget()
    while opened.activeAction().text() != "View User Streams":
        strike(me, key.Key_Down)
    strike(me, key.Key_Return)
    behind = desk.behind
    me.until(lambda: behind.streams.marked() == [SIGN_UP])
    look_with_the_keyboard(me)


def look_with_the_keyboard(me: Somebody) -> None:
    """From the tabs behind the point to the event, back, and on to the upload that was refused."""
    behind, key = me.page.desk.behind, Qt.Key
    assert focused(me) is behind.tabs
    while focused(me) is not behind.streams:
        strike(me, key.Key_Tab)
    strike(me, key.Key_Return)
    me.until(lambda: me.window.current == "live")
    inspector = me.window.page("live").inspector
    me.until(lambda: SIGN_UP in inspector.title.text())
    shortcut(me, "Ctrl+7")
    me.until(behind.isVisible)
    assert focused(me) is behind.streams
    while focused(me) is not behind.tabs:
        strike(me, key.Key_Backtab)
    strike(me, key.Key_Right)
    me.until(lambda: "2 events not counted" in behind.facts.text())
    while focused(me) is not behind.uploads:
        strike(me, key.Key_Tab)
    refused = next(
        at for at, one in enumerate(behind.uploads.rows)
        if getattr(one, "outcome", "") == "rejected"
    )  # fmt: skip
    while behind.uploads.currentIndex().row() != refused:
        strike(me, key.Key_Down)
    me.until(lambda: behind.upload.isVisible() and "time" in behind.upload.reason.text())
    assert me.clicks == 0


def test_who_is_behind_uploads_of_ingestion(somebody: Somebody) -> None:
    me = somebody
    me.window.go_to("ingestion")
    ingestion = me.window.page("ingestion")
    me.window.context.actions.trigger("ingestion.frame_all")
    chart = ingestion.charts["events"]
    me.until(lambda: chart.data.count and any(one.total for one in chart.data.series))
    values = chart.data.series[0].values
    most = values.index(max(values))
    me.click(chart.plot.viewport(), chart.plot.centre_of(most, max(values) / 2).toPoint())
    me.choose("View Users")
    me.until(lambda: me.window.current == "explore")
    behind = me.page.desk.behind
    me.until(lambda: behind.isVisible() and behind.users.rows)
    answer = me.page.desk.answer
    (condition,) = answer.chart.events[0].where
    assert condition.property.name == "upload_id"
    assert answer.figure.series[0].total >= len(behind.users.rows) > 0


def test_a_chart_that_was_kept_elsewhere_is_opened(somebody: Somebody, demo: Path) -> None:
    name, body = chart_of("funnel", ["Product Viewed", "Add to Cart"])
    with Definitions(demo) as definitions:
        made = definitions.save("chart", name, body)
    # As "Open" beside "Saved as a chart" on Users does.
    somebody.window.page("users").chart_asked.emit(made.id)
    assert somebody.window.current == "explore"
    desk = somebody.page.desk
    somebody.until(lambda: desk.answer is not None and desk.figure.funnel.isVisible())
    assert desk.head.title.text() == "Product Viewed → Add to Cart"
