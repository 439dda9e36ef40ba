"""How the stream is shown: columns, times, names, marks."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.exchange import captures_from
from app.filter import equals
from app.marks import NO_MARK, Mark
from app.store.marks import read_marks
from app.study import Study
from ui.context import Context
from ui.inspector.conditions import column_at, condition_at
from ui.pages.live import LivePage
from ui.table.times import arrival

from .conftest import KEY, Workspace, event

Key = Qt.Key
SELECT = QItemSelectionModel.SelectionFlag.Select
SENT_WITH = ("Platform", "OS version", "Country")
"""What only the study knows."""
CLICK = "[Amplitude] Element Clicked"


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> LivePage:
    properties = {"price": 12, "note": "<b>=1+1\n"}
    phone = {"platform": "iOS", "os_name": "ios", "os_version": "17.1", "country": "<b>Ghana"}
    workspace.add(event("Buy", insert_id="buy-1", event_properties=properties, **phone))
    workspace.add(event(CLICK, event_properties={"[Amplitude] Element Text": "Add to cart"}))
    workspace.add(
        event("$identify", user_id="ada-lovelace", user_properties={"$set": {"plan": "pro"}})
    )
    context.store.open()
    made = LivePage(context)
    qtbot.addWidget(made)
    made.resize(1400, 600)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: len(made.model) == 3)
    return made


def texts(page: LivePage, key: str) -> list[str]:
    return [page.model.text(row, key) for row in range(len(page.model))]


def entry(page: LivePage, title: str):  # type: ignore[no-untyped-def]
    page.view.fill()
    page.view.fill_columns()
    entries = [*page.view.list.actions(), *page.view.columns.actions()]
    return next(one for one in entries if one.text() == title)


def test_autocaptured_events_have_names(page: LivePage) -> None:
    assert texts(page, "type") == ["$identify", "Clicked “Add to cart”", "Buy"]
    cell = page.model.cell(1, 1)
    assert cell.icons == (("sparkle", "accent"),)
    assert cell.help == f"Sent as {CLICK}"
    entry(page, "Names for autocaptured events").trigger()
    assert texts(page, "type")[1] == CLICK


def test_columns_are_chosen_and_remembered(page: LivePage) -> None:
    entry(page, "SDK").trigger()
    entry(page, "Session").trigger()
    keys = [column.key for column in page.model.columns]
    assert "sdk" not in keys
    assert keys[-1] == "session"
    header = page.table.horizontalHeader()
    header.moveSection(header.visualIndex(keys.index("outcome")), 0)
    page.table.setColumnWidth(keys.index("user"), 171)
    state = page.layout_state()
    entry(page, "By session").trigger()
    entry(page, "As at first").trigger()
    assert page.current_table is page.table
    assert next(column.key for column in page.model.columns) == "time"
    page.restore_layout(state)
    again = [column.key for column in page.model.columns]
    assert again == ["outcome", *(key for key in keys if key != "outcome")]
    assert page.table.columnWidth(again.index("user")) == 171


def test_any_property_is_a_column(page: LivePage) -> None:
    adding = entry(page, "Add an event property")
    names = {one.text(): one for one in adding.menu().actions()}  # type: ignore[attr-defined]
    names["price\t1×"].trigger()
    page.view.toggle_column("prop.note")
    page.view.toggle_column("user.plan")
    assert texts(page, "prop.price") == ["–", "–", "12"]
    assert texts(page, "prop.note") == ["–", "–", "<b>=1+1↵"]
    assert texts(page, "user.plan") == ["pro", "–", "–"]
    entry(page, "price").trigger()
    assert "prop.price" not in [column.key for column in page.model.columns]


@pytest.mark.parametrize(
    "state",
    [7, {}, {"columns": 7}, {"columns": ["nothing", 3]}, {"time": [], "columns": ["prop."]}],
)
def test_a_view_that_makes_no_sense_is_left_out(page: LivePage, state: object) -> None:
    before = page.view.look
    page.view.restore(state)
    assert page.view.look == before


def test_the_column_of_the_type_stays(page: LivePage) -> None:
    entry(page, "Event").trigger()
    page.view.restore({"columns": ["user"]})
    assert [column.key for column in page.model.columns] == ["user", "type"]


def test_times_are_told_in_three_ways(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    entry(page, "Since the event before").trigger()
    assert texts(page, "time") == ["+1.0 s", "+1.0 s", "–"]
    workspace.add("more")
    context.feed.notice()
    qtbot.waitUntil(lambda: len(page.model) == 4)
    assert texts(page, "time") == ["+1.0 s", "+1.0 s", "+1.0 s", "–"]
    entry(page, "How long ago").trigger()
    assert texts(page, "time")[0] != "+1.0 s"
    entry(page, "Clock").trigger()
    received = page.rows_of([page.model.id_at(0)])[0].received_ms
    assert texts(page, "time")[0] == arrival(received).text


def test_what_was_sent_before_is_marked_and_can_be_folded(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    sent = event("Pay", insert_id="i-1")
    workspace.add(sent, status=500)
    workspace.add(sent)
    context.feed.notice()
    qtbot.waitUntil(lambda: len(page.model) == 5)
    assert page.model.cell(0, 1).icons == (("reload", "muted"),)
    assert page.model.cell(1, 1).icons == ()
    entry(page, "Fold what was sent before").trigger()
    qtbot.waitUntil(lambda: len(page.model) == 4)
    assert texts(page, "outcome")[0] == "Rejected" or texts(page, "type")[0] == "Pay"


def test_p_pins_and_the_filter_finds_it(qtbot: QtBot, page: LivePage, context: Context) -> None:
    page.table.go_to(2)
    page.table.setFocus()
    qtbot.keyClick(page.table, Key.Key_P)
    assert page.model.cell(2, 1).icons == (("pin", "accent"),)
    assert read_marks(context.workspace) == {1: Mark(is_pinned=True)}
    page.filter.set_text("is:pinned")
    qtbot.waitUntil(lambda: texts(page, "type") == ["Buy"])
    page.table.go_to(0)
    qtbot.keyClick(page.table, Key.Key_P)
    assert read_marks(context.workspace) == {}


def test_a_note_is_written_and_found(qtbot: QtBot, page: LivePage, context: Context) -> None:
    page.table.go_to(0)
    page.table.setFocus()
    qtbot.keyClick(page.table, Key.Key_N)
    qtbot.waitUntil(page.note.line.hasFocus)
    qtbot.keyClicks(page.note.line, "why <b>here</b>?")
    qtbot.keyClick(page.note.line, Key.Key_Return)
    qtbot.waitUntil(page.table.hasFocus)
    assert page.model.cell(0, 1).help == "Note: why <b>here</b>?"
    page.filter.set_text("has:note")
    qtbot.waitUntil(lambda: texts(page, "type") == ["$identify"])
    page.marks.note(3, "")
    assert page.marks.of(3) == NO_MARK


def test_a_colour_is_given_from_the_menu_of_the_cell(qtbot: QtBot, page: LivePage) -> None:
    page.view.toggle_column("prop.price")
    at = [column.key for column in page.model.columns].index("prop.price")
    page.table.go_to(2)
    place = page.table.visualRect(page.model.index(2, at)).center()
    page.table.customContextMenuRequested.emit(QPoint(place))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entries = {one.text(): one for one in menu.actions()}
    entries["Exclude price “12”"].trigger()
    assert page.filter.box.text() == "prop.price != 12"
    colours = entries["Colour"].menu()
    next(one for one in colours.actions() if one.text() == "Red").trigger()  # type: ignore[attr-defined]
    menu.close()
    page.filter.clear()
    qtbot.waitUntil(lambda: len(page.model) == 3)
    assert page.model.cell(2, 1).tone == "bad"
    assert page.model.cell(2, 1).has_dot


def test_space_peeks(qtbot: QtBot, page: LivePage) -> None:
    page.table.go_to(1)
    page.table.setFocus()
    qtbot.keyClick(page.table, Key.Key_Space)
    assert page.side.is_open
    qtbot.waitUntil(page.table.hasFocus)
    qtbot.keyClick(page.table, Key.Key_Space)
    assert not page.side.is_open


def test_two_events_are_compared(qtbot: QtBot, page: LivePage, context: Context) -> None:
    context.notifications.show_in(page)
    page.table.go_to(2)
    page.table.setFocus()
    qtbot.keyClick(page.table, Key.Key_D)
    assert "another event" in context.notifications.cards[0].notice.text
    qtbot.keyClick(page.table, Key.Key_K)
    qtbot.keyClick(page.table, Key.Key_D)
    qtbot.waitUntil(lambda: page.inspector is not None and page.inspector.difference.isVisible())
    view = page.inspector.difference.list
    rows = {
        view.topLevelItem(at).text(0): view.topLevelItem(at).text(2)
        for at in range(view.topLevelItemCount())
    }
    assert rows["≠ event_type"] == CLICK
    assert rows["− event_properties.price"] == "–"
    page.table.go_to(0)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "$identify")
    assert not page.inspector.difference.isVisible()


def test_the_user_at_that_time_is_told(qtbot: QtBot, page: LivePage, context: Context) -> None:
    with Study(context.workspace) as study:
        study.catch_up()
    page.table.go_to(0)
    page.inspect(3)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "$identify")
    shown = {
        (section.name, fact.name): fact.shown()
        for section in page.inspector.user.facts.sections
        for fact in section.children
    }
    assert shown["Changed by this event", "plan"] == "(none) → pro"
    assert shown["User properties at that time", "plan"] == "pro"
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "Buy")
    sections = page.inspector.user.facts.sections
    assert [one.children[0].name for one in sections] == ["Nothing known"]


def test_a_refused_event_says_what_was_known_of_its_user(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    number = workspace.add(event("Bought", user_id="ada-lovelace"), status=400)
    with Study(context.workspace) as study:
        study.catch_up()
    context.feed.changed.emit()
    qtbot.waitUntil(lambda: len(page.model) == 4)
    page.table.go_to(0)
    page.inspect(number)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "Bought")
    told, known = page.inspector.user.facts.sections[:2]
    assert told.children[0].value.endswith("and changed nothing.")
    assert [(one.name, one.value) for one in known.children] == [("plan", "pro")]


def test_a_value_in_the_inspector_is_filtered_by(qtbot: QtBot, page: LivePage) -> None:
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "Buy")
    info = page.inspector.info
    info.customContextMenuRequested.emit(place_of(info, "event_properties.price"))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(one for one in menu.actions() if one.text() == "Filter by this price").trigger()
    menu.close()
    assert page.filter.box.text() == "prop.price = 12"
    qtbot.waitUntil(lambda: texts(page, "type") == ["Buy"])


def place_of(info: Any, path: str, name: str | None = None) -> QPoint:
    """Where a fact of Info is; paths of times have several names."""
    node = next(
        fact
        for section in info.facts.sections
        for fact in section.children
        if fact.path == path and name in (None, fact.name)
    )
    return info.visualRect(info.facts.index_of(node)).center()  # type: ignore[no-any-return]


def menu_of(view: Any, at: QPoint) -> dict[str, QAction]:
    view.customContextMenuRequested.emit(at)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    found = {one.text(): one for one in menu.actions()}
    menu.close()
    return found


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        ("", "API key", f'project = "{KEY}"'),
        ("", "Outcome", "outcome:accepted"),
        ("", "Reached us by", "via:proxy"),
        ("", "Status", "status:200"),
        ("", "Upload", "upload:1"),
        ("insert_id", "Insert ID", '"buy-1"'),
        ("device_id", "Device ID", 'device = "d-1"'),
        # The day is that of the time zone.
        ("", "Received", "time:2026-11-2"),
        ("platform", "Platform", 'platform = "iOS"'),
        ("os_version", "OS version", 'os = "17.1"'),
        ("country", "Country", 'country = "<b>Ghana"'),
    ],
)
def test_every_value_that_filters_know_is_offered(
    qtbot: QtBot, page: LivePage, path: str, name: str, text: str
) -> None:
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "Buy")
    info = page.inspector.info
    entries = menu_of(info, place_of(info, path, name))
    entries[f"Filter by this {name}"].trigger()
    assert page.filter.box.text().startswith(text)
    qtbot.waitUntil(lambda: not page.stream.is_loading)
    assert "Buy" in texts(page, "type") or name in SENT_WITH


def test_values_are_filtered_by_wherever_they_are_read(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    phone = {"platform": "iOS", "os_name": "ios", "os_version": "16"}
    workspace.add(event("Buy", user_id=None, device_id=None, event_properties={"price": 3}))
    workspace.add(event("Sell", user_id="ada-lovelace", device_id="device-9", **phone))
    with Study(workspace.folder) as study:
        study.catch_up()
    page._refresh()
    qtbot.waitUntil(lambda: len(page.model) == 5)

    # Where two events differ.
    page.table.selectRow(0)
    page.table.selectionModel().select(
        page.model.index(4, 0), SELECT | QItemSelectionModel.SelectionFlag.Rows
    )
    context.actions.trigger("live.difference")
    different = page.inspector.difference.list
    qtbot.waitUntil(lambda: different.topLevelItemCount() > 0)
    item = next(one for one in map(different.topLevelItem, range(different.topLevelItemCount()))
                if one.text(0).endswith("os_version"))  # fmt: skip
    place = different.visualItemRect(item).center()
    entries = menu_of(different, place)
    assert {"Copy path", "Copy the left value", "Copy the right value"} <= entries.keys()
    entries["Filter by “16”"].trigger()
    qtbot.waitUntil(lambda: texts(page, "type") == ["Sell"])
    menu_of(different, place)["Exclude “16”"].trigger()
    qtbot.waitUntil(lambda: "Sell" not in texts(page, "type"))
    page.filter.clear()
    qtbot.waitUntil(lambda: len(page.model) == 5)

    # What the device of somebody was then.
    page.table.go_to_id(5)
    qtbot.waitUntil(lambda: page.inspector.detail.row.id == 5)
    page.inspector.tabs.setCurrentIndex(page.inspector.stack.indexOf(page.inspector.user))
    user = page.inspector.user
    qtbot.waitUntil(lambda: any(
        fact.name == "OS version" for part in user.facts.sections for fact in part.children
    ))  # fmt: skip
    node = next(fact for part in user.facts.sections for fact in part.children
                if fact.name == "OS version")  # fmt: skip
    menu_of(user, user.visualRect(user.facts.index_of(node)).center())[
        "Filter by this OS version"
    ].trigger()
    assert page.filter.box.text() == 'os = "16"'
    page.filter.clear()
    qtbot.waitUntil(lambda: len(page.model) == 5)

    # In the text as it was sent.
    page.inspector.tabs.setCurrentIndex(page.inspector.stack.indexOf(page.inspector.raw))
    text = page.inspector.raw.text
    qtbot.waitUntil(lambda: text.find('"device-9"'))
    entries = menu_of(text, text.cursorRect().center())
    entries["Exclude “device-9”"].trigger()
    qtbot.waitUntil(lambda: len(page.model) == 4)
    page.filter.clear()
    qtbot.waitUntil(lambda: len(page.model) == 5)

    # A problem of its own.
    page.table.go_to_id(4)
    qtbot.waitUntil(lambda: page.inspector.detail.row.id == 4)
    page.inspector.tabs.setCurrentIndex(page.inspector.stack.indexOf(page.inspector.problems))
    problems = page.inspector.problems
    qtbot.waitUntil(lambda: any("LNT-01" in one.toolTip() for one in likes(problems)))
    one = next(one for one in likes(problems) if "LNT-01" in one.toolTip())
    qtbot.waitUntil(one.isVisible)
    qtbot.mouseClick(one, Qt.MouseButton.LeftButton)
    assert page.filter.box.text() == "problem:LNT-01"
    # Those whose ids are long enough have it not.
    qtbot.waitUntil(lambda: texts(page, "type") == ["Buy", "Clicked “Add to cart”", "Buy"])


def likes(problems: QWidget) -> list[QPushButton]:
    found = problems.findChildren(QPushButton)
    return [one for one in found if one.text() == "Events with this problem"]


def test_cells_of_projects_and_insert_ids_are_filtered_by(qtbot: QtBot, page: LivePage) -> None:
    for key in ("insert_id", "status", "upload"):
        page.view.toggle_column(key)
    page.resize(1900, 700)
    keys = [column.key for column in page.model.columns]
    for key, title, text in (
        ("project", f"Exclude project “{KEY}”", f'project != "{KEY}"'),
        ("insert_id", "Filter by insert ID “buy-1”", '"buy-1"'),
        ("status", "Exclude status “200”", "-status:200"),
        ("upload", "Filter by upload “1”", "upload:1"),
    ):
        row = texts(page, "type").index("Buy")
        place = page.table.visualRect(page.model.index(row, keys.index(key))).center()
        menu_of(page.table, place)[title].trigger()
        assert page.filter.box.text() == text
        page.filter.clear()
        qtbot.waitUntil(lambda: len(page.model) == 3)


def test_what_events_were_sent_with_is_a_column_once_it_is_known(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    page.resize(1900, 700)
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "Buy")
    info = page.inspector.info
    at = place_of(info, "os_name")
    menu_of(info, at)["Show as a column"].trigger()
    page.side.close_inspector()
    page.view.fill_columns()
    more = next(one.menu() for one in page.view.columns.actions() if "sent with" in one.text())
    next(one for one in more.actions() if one.text() == "Country").trigger()
    assert texts(page, "os") == ["–", "–", "–"]
    with Study(workspace.folder) as study:
        study.catch_up()
    page._refresh()
    qtbot.waitUntil(lambda: texts(page, "os") == ["–", "–", "ios 17.1"])
    assert texts(page, "country") == ["–", "–", "<b>Ghana"]
    column = [one.key for one in page.model.columns].index("country")
    place = page.table.visualRect(page.model.index(2, column)).center()
    menu_of(page.table, place)["Exclude country “<b>Ghana”"].trigger()
    assert page.filter.box.text() == 'country != "<b>Ghana"'
    qtbot.waitUntil(lambda: texts(page, "type") == ["$identify", "Clicked “Add to cart”"])
    assert page.view.state(page.view.look.columns)["columns"][-2:] == ["os", "country"]


def test_a_property_becomes_a_column_where_its_value_is(qtbot: QtBot, page: LivePage) -> None:
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "Buy")
    info = page.inspector.info
    at = place_of(info, "event_properties.price")
    for _ in range(2):
        menu_of(info, at)["Show as a column"].trigger()
    assert texts(page, "prop.price") == ["–", "–", "12"]
    assert [column_at(path) for path in (
        'user_properties["$set"].plan', 'user_properties["a b"]', "event_properties.a.b", "user_id"
    )] == ["user.plan", "user.a b", "", ""]  # fmt: skip
    assert column_at("os_version") == "os"


def test_what_no_event_has_is_not_offered_to_filter_by() -> None:
    # The address that only the server sees.
    assert condition_at("ip", "$remote") is None
    assert condition_at("ip", "203.0.113.7") == equals("ip", "203.0.113.7")
    assert condition_at("platform", ["iOS"]) is None
    assert condition_at("os_version", 17) == equals("os", "17")


def test_a_type_is_hidden_with_one_click(qtbot: QtBot, page: LivePage) -> None:
    viewport = page.table.viewport()
    at = [column.key for column in page.model.columns].index("type")
    row = texts(page, "type").index("Buy")
    place = page.table.visualRect(page.model.index(row, at))
    button = next(one for one in viewport.findChildren(QToolButton))
    assert not button.isVisible()
    qtbot.mouseMove(viewport, place.center())
    qtbot.waitUntil(button.isVisible)
    assert place.contains(button.geometry())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Buy" not in texts(page, "type"))
    assert page.types.types == ("Buy",)
    assert not button.isVisible()


def test_a_small_window_shows_what_became_of_events_beside_the_inspector(
    qtbot: QtBot, page: LivePage
) -> None:
    page.inspect(1)
    page.resize(844, 520)
    assert page.inspector.width() >= page.inspector.minimumWidth()
    outcome = [column.key for column in page.model.columns].index("outcome")
    shown = page.table.visualRect(page.model.index(0, outcome))
    assert page.table.viewport().rect().contains(shown)
    page.resize(1400, 700)
    assert page.table.width() > 800


def test_the_event_is_copied_as_code(qtbot: QtBot, page: LivePage) -> None:
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.title.text() == "Buy")
    entries = {one.text(): one for one in page.inspector.copies.list.actions()}
    entries["track() call"].trigger()
    assert QGuiApplication.clipboard().text().startswith('amplitude.track("Buy", {')
    entries["cURL (the whole upload)"].trigger()
    assert QGuiApplication.clipboard().text().startswith("curl -X POST")


def test_what_the_filter_shows_is_exported(
    qtbot: QtBot, page: LivePage, tmp_path: Path, context: Context
) -> None:
    context.notifications.show_in(page)
    page.filter.set_text("type:buy")
    qtbot.waitUntil(lambda: texts(page, "type") == ["Buy"])
    page.table.setFocus()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(page.table, Key.Key_E, both)
    bar = page.export
    assert bar.isVisible()
    assert [bar.which.itemText(at) for at in range(bar.which.count())] == [
        "What the filter shows", "Everything",
    ]  # fmt: skip
    qtbot.keyClicks(bar.properties, "note")
    path = tmp_path / "out.ndjson"
    bar.write(path)
    qtbot.waitUntil(lambda: not bar.isVisible())
    (line,) = path.read_text("utf-8").splitlines()
    assert json.loads(line)["event"]["event_properties"] == {"price": 12, "note": "[redacted]"}
    assert "1 event exported to" in context.notifications.cards[0].notice.text
    page.ask_to_export()
    bar.form.setCurrentText("Eventscope bundle")
    assert bar.state.text() == "Whole requests, with all of their events"
    for box in (bar.keys, bar.emails, bar.addresses):
        qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    bar.properties.clear()
    bar.write(tmp_path / "out.zip")
    qtbot.waitUntil(lambda: not bar.isVisible())
    (found,) = captures_from(tmp_path / "out.zip")
    kept = context.store.ask(lambda store: store.captures.get(1), None)
    assert kept
    assert found == kept.capture
    page.table.selectAll()
    page.ask_to_export()
    qtbot.keyClick(bar.which, Key.Key_Escape)
    assert not bar.isVisible()
