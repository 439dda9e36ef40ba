"""Every exchange is in the list, with what it is, what it holds, and its bytes."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.decode import decode
from app.model import Capture, Kind, Response
from app.store.requests import Wanted
from tests.factories import DATA, recorded
from tests.ui.conftest import KEY, NOW_MS, Workspace
from ui.context import Context
from ui.inspector.info import InfoView
from ui.pages.requests import RequestsPage
from ui.plain import short_key

CONFIG = Capture(
    NOW_MS,
    "GET",
    f"https://sr-client-cfg.amplitude.com/config/{KEY}?config_group=browser",
    response=Response(200, (), b'{"configs":{"analyticsSDK":{"browserSDK":{"autocapture":true}}}}'),
    duration_ms=31,
)
NOTHING_HELD = Qt.KeyboardModifier.NoModifier
ODD = Capture(NOW_MS, "POST", "https://api2.amplitude.com/<b>odd</b>?q=100%", body=b"\x00\xff")


def store(workspace: Workspace, *captures: Capture) -> None:
    workspace.store.writer.add([(one, decode(one)) for one in captures])


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> RequestsPage:
    context.store.open()
    made = RequestsPage(context)
    qtbot.addWidget(made)
    made.resize(1224, 740)
    made.show()
    return made


def kinds(page: RequestsPage) -> list[str]:
    return [page.model.text(row, "kind") for row in range(len(page.model))]


def test_empty_says_what_will_appear(qtbot: QtBot, page: RequestsPage) -> None:
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.nothing)
    assert page.nothing.buttons[0].text() == "Connect an app"


def test_everything_is_listed_as_what_it_is(
    qtbot: QtBot, workspace: Workspace, page: RequestsPage
) -> None:
    workspace.add("Bought", "Sold")
    store(workspace, CONFIG, ODD)
    page.clear()
    qtbot.waitUntil(lambda: len(page.model) == 3)
    assert kinds(page) == ["Not understood", "Remote configuration", "Upload"]
    assert page.model.text(2, "note") == "2 events"
    assert page.model.text(1, "status") == "200"
    assert page.model.text(0, "status") == "Waiting"
    assert page.model.text(1, "took") == "31 ms"
    assert page.model.text(2, "project") == short_key(KEY)
    assert page.count.text() == "3 requests"


def test_an_upload_with_a_problem_says_it(
    qtbot: QtBot, workspace: Workspace, page: RequestsPage
) -> None:
    store(workspace, replace(ODD, url="https://api2.amplitude.com/2/httpapi"))
    page.clear()
    qtbot.waitUntil(lambda: len(page.model) == 1)
    assert page.model.text(0, "note").startswith("The body is not")
    assert page.model.cells(0)[2].tone == "bad"


def test_by_kind_and_by_text(qtbot: QtBot, workspace: Workspace, page: RequestsPage) -> None:
    for _ in range(3):
        workspace.add("Bought")
    store(workspace, CONFIG, ODD)
    page.show_others()
    qtbot.waitUntil(lambda: kinds(page) == ["Not understood", "Remote configuration"])
    assert page.count.text() == "2 of 5"
    page.search.setFocus()
    qtbot.keyClicks(page.search, "100%")
    qtbot.waitUntil(lambda: kinds(page) == ["Not understood"])
    page.search.setText("nothing like this")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_match)
    qtbot.mouseClick(page.no_match.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.model) == 5)


def test_what_arrives_and_what_is_answered_is_shown(
    qtbot: QtBot, context: Context, workspace: Workspace, page: RequestsPage
) -> None:
    waiting = replace(CONFIG, response=None)
    store(workspace, waiting)
    context.feed.changed.emit()
    qtbot.waitUntil(lambda: len(page.model) == 1)
    assert page.model.text(0, "status") == "Waiting"
    workspace.store.writer.answer(1, CONFIG)
    store(workspace, ODD)
    context.feed.changed.emit()
    qtbot.waitUntil(lambda: len(page.model) == 2)
    assert page.model.text(1, "status") == "200"
    while workspace.store.writer.prune(up_to=1):
        pass
    context.feed.changed.emit()
    qtbot.waitUntil(lambda: len(page.model) == 1)


def test_the_chosen_one_is_explained(
    qtbot: QtBot, workspace: Workspace, page: RequestsPage
) -> None:
    store(workspace, CONFIG)
    page.clear()
    qtbot.waitUntil(lambda: len(page.model) == 1)
    at = page.table.visualRect(page.model.index(0, 1)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(page.tabs.isVisible)
    facts = page.info.facts
    headings = [facts.index(row, 0).data() for row in range(facts.rowCount())]
    assert headings[0] == "Exchange"
    assert "Contents" in headings
    page.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "config_group=browser" in page.raw.text.toPlainText())
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert not page.tabs.isVisible()
    page.table.selectAll()
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0].startswith("Time\tKind\tWhat")
    assert "Remote configuration" in copied[1]


def test_the_events_of_an_upload_are_shown_in_live(
    qtbot: QtBot, context: Context, workspace: Workspace, page: RequestsPage
) -> None:
    workspace.add("Bought", "Sold")
    store(workspace, CONFIG)
    page.clear()
    qtbot.waitUntil(lambda: len(page.model) == 2)
    asked: list[str] = []
    page.live_asked.connect(asked.append)
    page.table.go_to(0)
    qtbot.waitUntil(page.tabs.isVisible)
    assert not page.live.isVisible()
    assert not context.actions.get("requests.live").is_enabled
    page.table.go_to(1)
    # Visible, it still has to be given its place.
    qtbot.waitUntil(lambda: page.live.isVisible() and page.live.width() > 100)
    qtbot.mouseClick(page.live, Qt.MouseButton.LeftButton)
    assert asked == ["upload:1"]
    context.actions.trigger("requests.live")
    offered = {}
    for row in (0, 1):
        place = page.table.visualRect(page.model.index(row, 1)).center()
        page.table.customContextMenuRequested.emit(place)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = menu.actions()[0]
        offered[action.text(), row] = action.isEnabled()
        action.trigger()
        menu.close()
    assert offered == {("Show events in Live", 0): False, ("Show events in Live", 1): True}
    assert asked == ["upload:1"] * 3


def test_the_answer_comes_while_it_is_looked_at(
    qtbot: QtBot, context: Context, workspace: Workspace, page: RequestsPage
) -> None:
    store(workspace, replace(CONFIG, response=None, duration_ms=None))
    page.clear()
    qtbot.waitUntil(lambda: len(page.model) == 1)
    page.table.go_to(0)
    qtbot.waitUntil(page.tabs.isVisible)
    assert said(page.info, "Status") is None
    workspace.store.writer.answer(1, CONFIG)
    context.feed.changed.emit()
    qtbot.waitUntil(lambda: said(page.info, "Status") == "200")
    assert said(page.info, "Took") == "31 ms"


def said(info: InfoView, name: str) -> object:
    """The value of a line of Info; None when it is not there."""
    lines = (line for section in info.facts.sections for line in section.children)
    return next((line.value for line in lines if line.name == name), None)


def test_whatever_was_recorded_has_a_row_and_facts(
    qtbot: QtBot, context: Context, workspace: Workspace, page: RequestsPage
) -> None:
    names = sorted(path.stem for path in (DATA / "requests").glob("*.json"))
    captures = [recorded(name) for name in names]
    hostile = replace(ODD, url="https://api2.amplitude.com/" + "x" * 1_000_000, failure="<i>no\n")
    store(workspace, *captures, hostile)
    page.clear()
    qtbot.waitUntil(lambda: len(page.model) == len(names) + 1)
    for row in range(len(page.model)):
        assert all("\n" not in one.text for one in page.model.cells(row))
        page.table.go_to(row)
        wanted = page.model.id_at(row)
        found = workspace.store.captures.get(wanted)
        assert found
        qtbot.waitUntil(lambda: page.info.facts.rowCount() > 0)
    assert context.notifications.cards == []


def test_many_are_paged(tmp_path: Path, workspace: Workspace) -> None:
    workspace.add_all([["Bought"]] * 50)
    store(workspace, *[CONFIG] * 30)
    reader = workspace.store.requests
    assert reader.span() == (1, 80)
    wanted = Wanted((Kind.REMOTE_CONFIG,))
    first = reader.newest(wanted, 20, 81)
    assert list(first) == list(range(80, 60, -1))
    assert list(reader.newest(wanted, 20, first[-1])) == list(range(60, 50, -1))
    assert list(reader.after(wanted, 78)) == [79, 80]
    assert [row.id for row in reader.rows([80, 999, 1])] == [80, 1]
    assert reader.rows([1])[0].sent_bytes > 100


@pytest.mark.parametrize(
    ("key", "held"),
    [(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier), (Qt.Key.Key_Slash, NOTHING_HELD)],
)
def test_the_search_is_reached_by_keys(
    qtbot: QtBot,
    workspace: Workspace,
    page: RequestsPage,
    key: Qt.Key,
    held: Qt.KeyboardModifier,
) -> None:
    workspace.add("Bought")
    page.clear()
    qtbot.waitUntil(lambda: len(page.model) == 1)
    page.search.setText("api2")
    page.activateWindow()
    page.table.setFocus()
    qtbot.waitUntil(page.table.hasFocus)
    qtbot.keyClick(page.table, key, held)
    qtbot.waitUntil(page.search.hasFocus)
    assert page.search.selectedText() == "api2"
    assert "Ctrl+F" in page.search.toolTip()
