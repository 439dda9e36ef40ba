"""The Live page, used with mouse and keyboard."""

import json
import urllib.request

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QStackedWidget
from pytestqt.qtbot import QtBot

from app import settings as keys
from app.filter import EVERYTHING
from tests.ports import free_port
from ui.context import Context
from ui.pages.live import LivePage
from ui.plain import short_key
from ui.table.times import arrival

from .conftest import KEY, NOW_MS, OTHER_KEY, Workspace, event
from .connecting import start

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> LivePage:
    context.store.open()
    made = LivePage(context)
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    qtbot.waitUntil(lambda: not made.stream.is_loading)
    return made


def arrive(context: Context) -> None:
    context.feed.notice()


def types(page: LivePage) -> list[str]:
    return [page.model.text(row, "type") for row in range(len(page.model))]


def type_filter(qtbot: QtBot, page: LivePage, text: str) -> None:
    page.filter.take_focus()
    qtbot.keyClicks(page.filter.box, text)
    qtbot.keyClick(page.filter.box, Key.Key_Return)


def click_row(qtbot: QtBot, page: LivePage, row: int) -> None:
    place = page.table.visualRect(page.model.index(row, 1)).center()
    qtbot.mouseClick(page.table.viewport(), LEFT, pos=place)


def fill(qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace, count: int) -> None:
    workspace.add_all([[f"e{number}"] for number in range(count)])
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == count)


# What is shown


def test_new_event_appears_on_top(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Look")
    workspace.add("Checkout")
    arrive(context)
    qtbot.waitUntil(lambda: types(page) == ["Checkout", "Look"])
    assert page.head.counts.text() == "2 events"


def test_a_row_shows_who_where_and_what_became_of_it(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add(event("Buy", library="amplitude-ts/2.48.1"), status=429)
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 1)
    cells = {column.key: page.model.text(0, column.key) for column in page.model.columns}
    assert cells.pop("time") == arrival(NOW_MS + 1000).text
    assert cells == {
        "type": "Buy",
        "user": "ada",
        "device": "d-1",
        "project": "0123…cdef",
        "sdk": "amplitude-ts/2.48.1",
        "outcome": "Throttled",
        "via": "Proxy",
    }


def test_before_anything_was_captured_the_page_says_what_will_appear(
    qtbot: QtBot, page: LivePage
) -> None:
    assert page.stack.currentWidget() is page.nothing
    assert page.nothing.buttons[0].text() == "Connect an app"


def test_events_that_came_while_the_page_was_hidden_are_there_when_it_shows(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    page.hide()
    workspace.add("Buy")
    arrive(context)
    page.show()
    qtbot.waitUntil(lambda: types(page) == ["Buy"])


def test_the_page_waits_for_a_workspace(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    page = LivePage(context)
    qtbot.addWidget(page)
    page.show()
    assert page.stack.currentWidget() is page.nothing
    workspace.add("Buy")
    context.store.open()
    qtbot.waitUntil(lambda: types(page) == ["Buy"])


# Filter


def test_a_filter_shows_only_what_matches(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Buy", "Look", "Buy more")
    arrive(context)
    type_filter(qtbot, page, "type:buy")
    qtbot.waitUntil(lambda: types(page) == ["Buy more", "Buy"])
    assert page.head.counts.text() == "3 events  ·  2 match"
    qtbot.keyClick(page.filter.box, Key.Key_Escape)
    qtbot.waitUntil(lambda: len(page.model) == 3)


def test_typing_alone_filters_after_a_moment(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Buy", "Look")
    arrive(context)
    page.filter.take_focus()
    qtbot.keyClicks(page.filter.box, "look")
    qtbot.waitUntil(lambda: types(page) == ["Look"])


def test_what_is_wrong_with_a_filter_is_said_and_nothing_changes(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Buy")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 1)
    type_filter(qtbot, page, "session:abc")
    assert page.filter.problem.text() == "A session is a number, not 'abc'."
    assert page.filter.problem.isVisible()
    assert types(page) == ["Buy"]
    qtbot.keyClick(page.filter.box, Key.Key_Escape)
    assert not page.filter.problem.isVisible()


def test_when_nothing_matches_the_page_says_so_and_offers_the_way_back(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Buy")
    arrive(context)
    type_filter(qtbot, page, "type:sell")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_match)
    qtbot.mouseClick(page.no_match.buttons[0], LEFT)
    qtbot.waitUntil(lambda: types(page) == ["Buy"])
    assert page.filter.box.text() == ""


def test_a_word_that_only_looks_like_a_key_is_said_to_be_text(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add(event("Buy", event_properties={"note": "foo:bar"}), "Look")
    arrive(context)
    type_filter(qtbot, page, "foo:bar")
    qtbot.waitUntil(lambda: types(page) == ["Buy"])
    assert page.filter.hint.text() == "No key “foo”; looked for as text."
    assert page.filter.hint.isVisible()
    type_filter(qtbot, page, "https://shop.example")
    assert not page.filter.hint.isVisible()


def test_what_is_half_typed_filters_nothing_yet(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Buy", "Look")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 2)
    for text in ("type:", "-", "-type:", "outcome:"):
        type_filter(qtbot, page, text)
        assert page.filter.query == EVERYTHING
        assert not page.filter.problem.isVisible()
        assert not page.filter.hint.isVisible()
        assert len(page.model) == 2
    type_filter(qtbot, page, "outcome:acc sdk:nothing")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_match)
    type_filter(qtbot, page, "outcome:lost")
    assert page.filter.problem.text().startswith("'lost' is no outcome. There are: accepted,")


@pytest.mark.parametrize("key", ["/", "Ctrl+F"])
def test_the_filter_is_a_key_away(qtbot: QtBot, page: LivePage, key: str) -> None:
    page.activateWindow()
    page.table.setFocus()
    if key == "/":
        qtbot.keyClick(page.table, Key.Key_Slash)
    else:
        qtbot.keyClick(page.table, Key.Key_F, CTRL)
    qtbot.waitUntil(page.filter.box.hasFocus)


def test_letters_typed_into_the_filter_are_no_shortcuts(qtbot: QtBot, page: LivePage) -> None:
    page.filter.take_focus()
    qtbot.keyClicks(page.filter.box, "fight/h?")
    assert page.filter.box.text() == "fight/h?"
    assert page.stream.is_following


# Projects and types


def test_one_project_is_shown_alone(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("mine")
    workspace.add("theirs", api_key=OTHER_KEY)
    workspace.store.writer.name_source(OTHER_KEY, "Shop <b>")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 2)
    page.projects.fill()
    names = [action.text() for action in page.projects.list.actions()]
    assert names[:3] == ["All projects", "0123…cdef", "Shop <b>  ·  fedc…3210"]
    assert names[3:] == ["", "Name projects…"]
    page.projects.list.actions()[2].trigger()
    qtbot.waitUntil(lambda: types(page) == ["theirs"])
    assert page.projects.text() == "Shop <b>"
    page.projects.fill()
    page.projects.list.actions()[0].trigger()
    qtbot.waitUntil(lambda: len(page.model) == 2)


def test_a_project_without_events_is_named(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("gone", api_key=OTHER_KEY)
    workspace.add("mine")
    workspace.store.writer.name_source(OTHER_KEY, "Shop <b>")
    workspace.store.writer.prune(up_to=1)
    arrive(context)
    qtbot.waitUntil(lambda: types(page) == ["mine"])
    page.projects.fill()
    page.projects.list.actions()[1].trigger()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_match)
    assert page.no_match.title.text() == "No event of project Shop <b> yet"
    type_filter(qtbot, page, "x")
    qtbot.waitUntil(lambda: page.no_match.title.text() == "No event of project Shop <b> matches")
    qtbot.keyClick(page.filter.box, Key.Key_Escape)
    qtbot.waitUntil(lambda: page.no_match.buttons[0].text() == "Show all projects")
    qtbot.mouseClick(page.no_match.buttons[0], LEFT)
    qtbot.waitUntil(lambda: types(page) == ["mine"])


def test_h_hides_a_type_and_its_chip_brings_it_back(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("noise", "Buy", "noise")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 3)
    click_row(qtbot, page, 0)
    qtbot.keyClick(page.table, Key.Key_H)
    qtbot.waitUntil(lambda: types(page) == ["Buy"])
    assert [chip.text() for chip in page.types.chips.chips] == ["noise"]
    assert context.settings.get(keys.HIDDEN_TYPES) == ["noise"]
    qtbot.mouseClick(page.types.chips.chips[0], LEFT)
    qtbot.waitUntil(lambda: len(page.model) == 3)
    assert not page.types.chips.isVisible()


def test_the_place_is_kept_while_filters_come_and_go(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add_all([[kind] for kind in ("Buy", "noise", "Look", "noise", "Buy", "Look") * 20])
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 120)
    page.table.go_to(61)
    found = page.table.current_id()
    assert page.model.text(61, "type") == "Buy"
    # What fits a filter is still current, and in view.
    type_filter(qtbot, page, "type:buy")
    qtbot.waitUntil(lambda: len(page.model) == 40)
    assert page.table.current_id() == found
    qtbot.keyClick(page.filter.box, Key.Key_Escape)
    qtbot.waitUntil(lambda: len(page.model) == 120)
    assert page.table.current_id() == found
    # What does not is current again when everything is shown.
    page.filter.set_text("type:noise")
    qtbot.waitUntil(lambda: len(page.model) == 40)
    assert not page.table.currentIndex().isValid()
    page.filter.clear()
    qtbot.waitUntil(lambda: len(page.model) == 120)
    assert page.table.current_id() == found
    place = page.table.visualRect(page.table.currentIndex())
    assert page.table.viewport().rect().contains(place)
    # Nothing goes there when nobody saw it before.
    page.table.scrollToTop()
    page.filter.set_text("type:buy")
    qtbot.waitUntil(lambda: len(page.model) == 40)
    assert page.table.verticalScrollBar().value() == 0


def test_after_hiding_a_type_keys_go_on_from_there(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add_all([[kind] for kind in ("Buy", "noise", "Look", "noise", "Buy", "noise")])
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 6)
    page.table.setFocus()
    page.table.go_to(2)
    qtbot.keyClick(page.table, Key.Key_H)
    qtbot.waitUntil(lambda: types(page) == ["Buy", "Look", "Buy"])
    assert page.table.currentIndex().row() == 1
    page.table.go_to(2)
    qtbot.keyClick(page.table, Key.Key_H)
    qtbot.waitUntil(lambda: types(page) == ["Look"])
    assert page.table.currentIndex().row() == 0


def test_types_are_chosen_from_a_list_with_counts(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("noise", "Buy", "noise")
    arrive(context)
    qtbot.mouseClick(page.types.button, LEFT)
    popup = page.types.popup
    qtbot.waitUntil(lambda: popup.list.topLevelItemCount() == 2)
    items = [popup.list.topLevelItem(at) for at in range(2)]
    assert [(item.text(0), item.text(1)) for item in items] == [("noise", "2"), ("Buy", "1")]
    items[0].setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: types(page) == ["Buy"])
    qtbot.keyClicks(popup.search, "bu")
    assert items[0].isHidden()
    assert not popup.show_all.isEnabled()
    popup.search.clear()
    qtbot.mouseClick(popup.show_all, LEFT)
    qtbot.waitUntil(lambda: len(page.model) == 3)
    popup.close()


def test_types_are_found_and_hidden_by_keys(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Page Viewed", "Cart Viewed", "Buy")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 3)
    qtbot.keyClick(page.table, Key.Key_T)
    popup = page.types.popup
    qtbot.waitUntil(lambda: popup.list.topLevelItemCount() == 3)
    qtbot.keyClicks(popup.search, "viewed")
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Return):
        qtbot.keyClick(popup.search, key)
    (hidden,) = popup.hidden
    assert hidden.endswith("Viewed")
    # All that is listed, and nothing else.
    qtbot.mouseClick(popup.hide_all, LEFT)
    qtbot.waitUntil(lambda: types(page) == ["Buy"])
    assert not popup.hide_all.isEnabled()
    qtbot.mouseClick(popup.show_all, LEFT)
    qtbot.waitUntil(lambda: len(page.model) == 3)
    popup.search.setText("no such")
    assert popup.none.isVisible()
    assert popup.none.text() == "No type has this in its name."
    assert not popup.hide_all.isEnabled()
    popup.search.setText("buy")
    assert not popup.none.isVisible()
    qtbot.keyClick(popup.search, Key.Key_Return)
    qtbot.waitUntil(lambda: "Buy" not in types(page))
    popup.close()


def test_one_type_is_shown_alone_or_none(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("noise", "Buy", "noise", "Look")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 4)
    qtbot.keyClick(page.table, Key.Key_T)
    popup = page.types.popup
    qtbot.waitUntil(lambda: popup.list.topLevelItemCount() == 3)
    tree = popup.list
    buy = tree.topLevelItem(1)
    link = tree.visualRect(tree.indexFromItem(buy, 2)).center()
    qtbot.mouseMove(tree.viewport(), link)
    qtbot.waitUntil(lambda: buy.text(2) == "Only this")
    assert tree.topLevelItem(0).text(2) == ""
    qtbot.mouseClick(tree.viewport(), LEFT, pos=link)
    qtbot.waitUntil(lambda: types(page) == ["Buy"])
    shown = [tree.topLevelItem(at).checkState(0) for at in range(3)]
    assert shown == [Qt.CheckState.Unchecked, Qt.CheckState.Checked, Qt.CheckState.Unchecked]
    qtbot.mouseClick(popup.hide_all, LEFT)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_match)
    assert not popup.hide_all.isEnabled()
    qtbot.mouseClick(popup.show_all, LEFT)
    qtbot.waitUntil(lambda: len(page.model) == 4)
    tree.customContextMenuRequested.emit(tree.visualItemRect(tree.topLevelItem(2)).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.actions()[0].trigger()
    menu.close()
    qtbot.waitUntil(lambda: types(page) == ["Look"])
    popup.close()


def test_nothing_to_see_says_that_types_are_hidden(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Look", "Buy")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 2)
    type_filter(qtbot, page, "type:Sell")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_match)
    assert not page.no_match.buttons[1].isVisible()
    type_filter(qtbot, page, "type:Buy")
    qtbot.waitUntil(lambda: types(page) == ["Buy"])
    page.types.hide(["Buy"])
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.no_match)
    assert page.no_match.text.text().endswith("1 event type is hidden.")
    qtbot.mouseClick(page.no_match.buttons[1], LEFT)
    qtbot.waitUntil(lambda: types(page) == ["Buy"])


def test_the_menu_of_a_row_filters_and_copies(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add("Buy & go", "Look")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 2)
    place = page.table.visualRect(page.model.index(1, 1)).center()
    page.table.customContextMenuRequested.emit(QPoint(place))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = {action.text(): action for action in menu.actions()}
    entry["Copy user ID"].trigger()
    assert QGuiApplication.clipboard().text() == "ada"
    entry["Filter by type “Buy && go”"].trigger()
    menu.close()
    assert page.filter.box.text() == 'type = "Buy & go"'
    qtbot.waitUntil(lambda: types(page) == ["Buy & go"])


# Follow and pause


def test_f_pauses_and_follows(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 3)
    qtbot.keyClick(page.table, Key.Key_F)
    assert page.head.state.text() == "Paused"
    workspace.add("new")
    arrive(context)
    qtbot.waitUntil(page.following.pill.isVisible)
    assert page.following.pill.text() == "1 new"
    assert types(page) == ["e2", "e1", "e0"]
    assert page.head.counts.text() == "4 events"
    qtbot.keyClick(page.table, Key.Key_F)
    assert types(page) == ["new", "e2", "e1", "e0"]
    assert not page.following.pill.isVisible()
    assert context.settings.get(keys.FOLLOW) is True


def test_going_to_the_newest_is_remembered_like_following(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 3)
    qtbot.keyClick(page.table, Key.Key_F)
    assert context.settings.get(keys.FOLLOW) is False
    qtbot.keyClick(page.table, Key.Key_G)
    assert page.stream.is_following
    assert context.settings.get(keys.FOLLOW) is True


def test_the_setting_counts_at_once(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 200)
    page.table.verticalScrollBar().setValue(50)
    page.following.use(False)
    page.table.verticalScrollBar().setValue(0)
    qtbot.wait(20)
    assert not page.stream.is_following
    page.following.use(True)
    assert page.stream.is_following
    assert page.head.state.text() == ""


def test_when_the_page_is_shown_the_keyboard_is_in_the_table(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 3)
    pages, other = QStackedWidget(), QLineEdit()
    qtbot.addWidget(pages)
    pages.addWidget(other)
    pages.addWidget(page)
    pages.show()
    pages.activateWindow()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    pages.setCurrentWidget(page)
    qtbot.waitUntil(page.table.hasFocus)
    page.filter.take_focus()
    pages.setCurrentWidget(other)
    pages.setCurrentWidget(page)
    qtbot.waitUntil(page.table.hasFocus)
    qtbot.keyClick(page.table, Key.Key_End)
    assert page.table.currentIndex().row() == 2
    page.setParent(None)


def test_scrolling_away_pauses_and_nothing_moves(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 200)
    page.table.verticalScrollBar().setValue(50)
    assert not page.stream.is_following
    before = page.table.grab().toImage()
    for number in range(5):
        workspace.add(f"new {number}")
        arrive(context)
        qtbot.waitUntil(lambda number=number: len(page.stream.waiting) == number + 1)
    page.following.pill.hide()
    assert page.table.grab().toImage() == before
    page.following.show_pill()
    qtbot.mouseClick(page.following.pill, LEFT)
    assert types(page)[0] == "new 4"
    assert page.table.verticalScrollBar().value() == 0
    assert page.stream.is_following


def test_scrolling_back_to_the_top_follows_again(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 200)
    page.table.verticalScrollBar().setValue(50)
    page.table.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: page.stream.is_following)


def test_a_pause_that_was_asked_for_outlasts_scrolling(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 200)
    page.following.toggle()
    page.table.verticalScrollBar().setValue(50)
    page.table.verticalScrollBar().setValue(0)
    qtbot.wait(20)
    assert not page.stream.is_following
    assert context.settings.get(keys.FOLLOW) is False


def test_following_keeps_the_newest_in_view_and_the_selection_where_it_was(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 100)
    click_row(qtbot, page, 2)
    chosen = page.table.current_id()
    workspace.add("new")
    arrive(context)
    qtbot.waitUntil(lambda: page.model.text(0, "type") == "new")
    assert page.table.verticalScrollBar().value() == 0
    assert page.table.current_id() == chosen


# Copy and clear


def test_rows_are_copied_as_tab_separated_values(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add(event("=cmd()", user_id="a\tb"), "Look")
    arrive(context)
    qtbot.waitUntil(lambda: len(page.model) == 2)
    qtbot.keyClick(page.table, Key.Key_A, CTRL)
    qtbot.keyClick(page.table, Key.Key_C, CTRL)
    clipboard = QGuiApplication.clipboard()
    qtbot.waitUntil(lambda: "Look" in clipboard.text())
    rows = [line.split("\t") for line in clipboard.text().split("\n")]
    assert [row[1:3] for row in rows] == [["Look", "ada"], ["'=cmd()", "a b"]]


IDS = {"user_id": "ada-lovelace", "device_id": "device-1"}


def send(endpoint: str, *names: str) -> None:
    """What an SDK does."""
    body = {"api_key": KEY, "events": [event(name, **IDS) for name in names]}
    request = urllib.request.Request(
        f"{endpoint.rstrip('/')}/2/httpapi",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def test_a_real_upload_shows_and_clear_removes_it_when_confirmed(
    qtbot: QtBot, context: Context
) -> None:
    context.settings.update(
        {keys.PROXY_PORT: free_port(), keys.ENDPOINT_PORT: free_port(), keys.DELIVERY: "local"}
    )
    context.capture.set_delivery("local")
    start(qtbot, context)
    page = LivePage(context)
    qtbot.addWidget(page)
    page.show()
    assert context.capture.info is not None
    send(context.capture.info.endpoint, "Look", "Buy")
    qtbot.waitUntil(lambda: types(page) == ["Buy", "Look"])
    qtbot.keyClick(page.table, Key.Key_L, CTRL)
    assert page.confirm.text.text() == "Remove all 2 events of all projects? This cannot be undone."
    qtbot.waitUntil(page.confirm.no.hasFocus)
    qtbot.keyClick(page.confirm.no, Key.Key_Escape)
    assert not page.confirm.isVisible()
    assert types(page) == ["Buy", "Look"]
    page.projects.fill()
    page.projects.list.actions()[1].trigger()
    qtbot.waitUntil(lambda: not page.stream.is_loading)
    qtbot.keyClick(page.table, Key.Key_L, CTRL)
    send(context.capture.info.endpoint, "Meanwhile")
    question = "Remove all 3 events of all projects? This cannot be undone."
    qtbot.waitUntil(lambda: page.confirm.text.text() == question)
    qtbot.mouseClick(page.confirm.yes, LEFT)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.nothing)
    assert page.projects.text() == "All projects"
    send(context.capture.info.endpoint, "Again")
    qtbot.waitUntil(lambda: types(page) == ["Again"])


def test_clear_needs_the_capture_process(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 1)
    context.notifications.show_in(page)
    qtbot.keyClick(page.table, Key.Key_L, CTRL)
    assert not page.confirm.isVisible()
    assert "Start capturing first" in context.notifications.cards[0].notice.text


# The inspector


def test_a_click_opens_the_inspector_and_escape_closes_it(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 3)
    assert not page.side.is_open
    click_row(qtbot, page, 1)
    qtbot.waitUntil(lambda: page.inspector is not None and page.inspector.title.text() == "e1")
    assert page.side.is_open
    qtbot.keyClick(page.table, Key.Key_J)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "e0")
    qtbot.keyClick(page.table, Key.Key_Escape)
    assert not page.side.is_open
    qtbot.keyClick(page.table, Key.Key_I)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "e0" and page.side.is_open)


def test_the_search_key_searches_where_one_is(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    fill(qtbot, page, context, workspace, 1)
    page.activateWindow()
    click_row(qtbot, page, 0)
    qtbot.waitUntil(lambda: page.inspector is not None and page.inspector.title.text() == "e0")
    page.inspector.info.setFocus()
    qtbot.keyClick(page.inspector.info, Key.Key_F, CTRL)
    qtbot.waitUntil(page.inspector.search.needle.hasFocus)
    page.inspector.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: not page.inspector.search.isVisible())
    page.inspector.raw.text.setFocus()
    qtbot.keyClick(page.inspector.raw.text, Key.Key_F, CTRL)
    qtbot.waitUntil(page.inspector.raw.needle.hasFocus)


# The whole


def test_column_widths_are_remembered(page: LivePage) -> None:
    page.table.setColumnWidth(2, 177)
    state = page.layout_state()
    page.table.setColumnWidth(2, 99)
    page.restore_layout(state)
    assert page.table.columnWidth(2) == 177


@pytest.mark.parametrize("state", [{}, {"columns": 7}, {"columns": {"user": "x", "time": -4}}])
def test_a_layout_that_makes_no_sense_is_left_out(page: LivePage, state: dict[str, object]) -> None:
    before = page.table.widths()
    page.restore_layout(state)
    assert page.table.widths() == before


def test_api_keys_are_shortened() -> None:
    assert short_key(KEY) == "0123…cdef"
    assert short_key("short") == "short"
