"""The page of SDKs and their options."""

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.study import Study
from ui.context import Context
from ui.pages.sdks import SdksPage
from ui.pages.sdks.items import children, grandchildren, tops
from ui.pages.sdks.options import BETWEEN, DIFFERING

from .conftest import OTHER_KEY, Workspace

LEFT = Qt.MouseButton.LeftButton
BROWSER = "amplitude-ts/2.47.0"
NODE = "amplitude-node-ts/1.5.73"


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> SdksPage:
    context.store.open()
    made = SdksPage(context)
    qtbot.addWidget(made)
    made.resize(1200, 760)
    made.show()
    return made


def sent(library: str, kind: str = "Clicked", **fields: Any) -> dict[str, Any]:
    return {"event_type": kind, "user_id": "ada", "device_id": "d-1", "time": 1_795_281_104_000,
            "library": library, **fields}  # fmt: skip


def studied(context: Context, workspace: Workspace) -> None:
    """What is stored is learned, and the page hears of it."""
    with Study(workspace.folder) as study:
        study.catch_up()
    context.feed.notice()


@pytest.fixture
def filled(qtbot: QtBot, page: SdksPage, context: Context, workspace: Workspace) -> SdksPage:
    workspace.add(sent(BROWSER, app_version="7.1", ip="$remote"), sent(BROWSER, app_version="7.1"))
    workspace.add(sent(NODE), api_key=OTHER_KEY)
    studied(context, workspace)
    qtbot.waitUntil(lambda: len(grandchildren(page.list)) == 2)
    return page


def choose(qtbot: QtBot, page: SdksPage, title: str) -> None:
    """Click an instance in the list."""
    item = next(one for one in grandchildren(page.list) if one.text(0).startswith(title))
    at = page.list.visualItemRect(item).center()
    qtbot.mouseClick(page.list.viewport(), LEFT, pos=at)
    qtbot.waitUntil(lambda: page.title.text().startswith(title))


def test_an_empty_page_says_what_will_be_here(page: SdksPage) -> None:
    assert page.stack.currentWidget() is page.nothing
    assert [button.text() for button in page.nothing.buttons] == ["Connect an app"]


def test_projects_with_their_sdks(qtbot: QtBot, filled: SdksPage) -> None:
    assert filled.count.text() == "2 SDK instances in 2 projects"
    assert len(tops(filled.list)) == 2
    choose(qtbot, filled, "Node SDK 1.5.73")
    assert "flushQueueSize" in filled.table.shown
    assert "autocapture.pageViews" not in filled.table.shown
    choose(qtbot, filled, "Browser SDK 2.47.0")
    assert "autocapture.pageViews" in filled.table.shown
    assert "options are not known" in filled.unknown.text()


def test_differences_come_first_and_can_be_all(qtbot: QtBot, filled: SdksPage) -> None:
    choose(qtbot, filled, "Browser SDK")
    assert tops(filled.table)[0].text(0).startswith(DIFFERING)
    assert (
        filled.table.shown[0] == "trackingOptions.language"
        or "appVersion" in (filled.table.shown[:4])
    )
    every = len(filled.table.shown)
    qtbot.mouseClick(filled.only, LEFT, pos=filled.only.rect().center())
    if not filled.only.isChecked():
        filled.only.click()
    assert 0 < len(filled.table.shown) < every
    assert "appVersion" in filled.table.shown
    assert len(tops(filled.table)) == 1


def test_search_looks_at_names_values_and_meanings(qtbot: QtBot, filled: SdksPage) -> None:
    choose(qtbot, filled, "Browser SDK")
    filled.search.setFocus()
    qtbot.keyClicks(filled.search, "7.1")
    assert filled.table.shown == ["appVersion"]
    filled.search.clear()
    qtbot.keyClicks(filled.search, "flush")
    assert filled.table.shown == ["flushIntervalMillis", "flushQueueSize", "flushMaxRetries"]
    filled.search.clear()
    qtbot.keyClicks(filled.search, "no such thing")
    assert filled.table.shown == []


def test_a_row_opens_to_the_sentences_behind_it(qtbot: QtBot, filled: SdksPage) -> None:
    choose(qtbot, filled, "Browser SDK")
    item = filled.table.item_of("appVersion")
    assert item is not None
    assert (item.text(1), item.text(2), item.text(3)) == ("7.1", "Seen on the wire", "not set")
    at = filled.table.visualItemRect(item).center()
    at.setX(40)
    qtbot.mouseClick(filled.table.viewport(), LEFT, pos=at)
    assert item.isExpanded()
    texts = [child.text(0) for child in children(item)]
    assert texts == ["The version of the app.", "2 events of 2 carry it.  (capture 1)"]
    filled.table.setFocus()
    qtbot.keyClick(filled.table, Qt.Key.Key_Return)
    assert not item.isExpanded()


def test_the_events_behind_a_sentence_can_be_shown(qtbot: QtBot, filled: SdksPage) -> None:
    choose(qtbot, filled, "Node SDK")
    item = filled.table.item_of("optOut")
    assert item is not None
    filled.table.setCurrentItem(item)
    at = filled.table.visualItemRect(item).center()
    filled.table.customContextMenuRequested.emit(at)
    menu = next(one for one in filled.table.findChildren(QMenu) if one.isVisible())
    copy, show = menu.actions()
    assert (copy.text(), show.text()) == ("Copy", "Show the events of capture 2")
    with qtbot.waitSignal(filled.event_asked) as asked:
        show.trigger()
    assert asked.args == [3]
    menu.close()


def test_copying(qtbot: QtBot, filled: SdksPage) -> None:
    choose(qtbot, filled, "Browser SDK")
    item = filled.table.item_of("appVersion")
    assert item is not None
    filled.table.setCurrentItem(item)
    filled.copy_chosen()
    assert QGuiApplication.clipboard().text() == "7.1"
    menu = filled.copy.menu()
    as_json, as_markdown = menu.actions()[:2]
    as_json.trigger()
    told = json.loads(QGuiApplication.clipboard().text())
    assert told["sdk"] == "Browser SDK"
    assert {one["name"] for one in told["options"]} >= {"appVersion", "serverUrl"}
    as_markdown.trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "## Browser SDK 2.47.0"
    assert "| appVersion | 7.1 | Seen on the wire | not set |" in lines


def test_two_instances_side_by_side(qtbot: QtBot, filled: SdksPage) -> None:
    choose(qtbot, filled, "Browser SDK")
    other = next(
        at for at in range(filled.other.count()) if filled.other.itemText(at).startswith("Node")
    )
    filled.other.setFocus()
    qtbot.keyClicks(filled.other, "Node")
    assert filled.other.currentIndex() == other
    filled.other.activated.emit(other)
    assert filled.title.text() == "Browser SDK 2.47.0  and  Node SDK 1.5.73"
    assert tops(filled.table)[0].text(0).startswith(BETWEEN)
    assert filled.table.shown[0] == "apiKey"
    row = filled.table.item_of("autocapture.sessions")
    assert row is not None
    assert row.text(3) == "no such option"
    filled.other.setCurrentIndex(0)
    filled.other.activated.emit(0)
    assert filled.title.text() == "Browser SDK 2.47.0"


def test_new_traffic_changes_what_is_known_and_keeps_what_was_chosen(
    qtbot: QtBot, filled: SdksPage, context: Context, workspace: Workspace
) -> None:
    choose(qtbot, filled, "Node SDK")
    item = filled.table.item_of("plan")
    assert item is not None
    filled.table.setCurrentItem(item)
    workspace.add(sent(NODE, plan={"version": "2"}), api_key=OTHER_KEY)
    workspace.add(sent("amplitude-python/1.3.0"), api_key=OTHER_KEY)
    studied(context, workspace)
    qtbot.waitUntil(lambda: len(grandchildren(filled.list)) == 3)
    assert filled.title.text() == "Node SDK 1.5.73"
    current = filled.table.currentItem()
    assert current is not None
    assert current.text(0) == "plan"


def test_hostile_text_stays_text(
    qtbot: QtBot, page: SdksPage, context: Context, workspace: Workspace
) -> None:
    evil = "<b>x</b>\n\u202e|" * 20
    workspace.add(sent(f"{evil}/1", app_version="y" * 1_000_000, plan={"a": evil}))
    studied(context, workspace)
    qtbot.waitUntil(lambda: bool(grandchildren(page.list)))
    assert "\u202e" not in page.title.text()
    assert "\n" not in page.title.text()
    page.grab()
    page.copy.menu().actions()[1].trigger()
    assert "<b>" not in QGuiApplication.clipboard().text()
