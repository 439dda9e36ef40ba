"""
The stream in groups: made of everything that is shown, by real events in a real store.
"""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.grouping import PAGE_VIEW_ID, By
from app.study import Study
from ui.context import Context
from ui.pages.live import LivePage, grouping
from ui.table.groupview import GroupView

from .conftest import NOW_MS, OTHER_KEY, Workspace, event

Key = Qt.Key


def did(kind: str, user: str = "ada-lovelace", device: str = "device-1", **more: Any) -> Any:
    return event(kind, user_id=user, device_id=device, **more)


def viewed(number: str, path: str = "") -> dict[str, Any]:
    page = {"[Amplitude] Page Path": path} if path else {}
    return {"event_properties": {PAGE_VIEW_ID: number, **page}}


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> LivePage:
    workspace.add(
        did("A", session_id=NOW_MS, **viewed("v-1", "/cart")),
        did("B", session_id=NOW_MS, **viewed("v-1")),
    )
    workspace.add(did("C", session_id=NOW_MS + 9, **viewed("v-2", "/<b>pay")))
    workspace.add(did("D", "bob-stone", "device-2"))
    context.store.open()
    made = LivePage(context)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: len(made.model) == 4)
    return made


def table_of(page: LivePage) -> GroupView:
    assert page.groups is not None
    return page.groups.table


def groups(page: LivePage) -> dict[str, list[str]]:
    """Titles, each with the types of the events that are shown below it."""
    return dict(in_order(page))


def in_order(page: LivePage) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    if page.groups is None:
        return found
    model = page.groups.model
    for row in range(len(model)):
        if model.is_head(row):
            head = model.head(row)
            found.append((head.title if head else "", []))
        else:
            found[-1][1].append(model.text(row, "type"))
    return found


def is_done(page: LivePage) -> bool:
    return page.groups is not None and not page.groups.model.is_partial


def use(qtbot: QtBot, page: LivePage, by: By) -> None:
    page.view.use_group(by)
    qtbot.waitUntil(lambda: len(table_of(page).model()) > 0 and is_done(page))


def test_groups_are_called_as_before_until_there_are_others(qtbot: QtBot, page: LivePage) -> None:
    use(qtbot, page, By.SESSION)
    before = groups(page)
    assert "Session of ada-lovelace" in before
    # Until the answer comes the old ones are painted, those too that were out of sight.
    page.view.use_group(By.UPLOAD)
    assert page.groups is not None
    page.groups.redraw()
    assert groups(page) == before
    qtbot.waitUntil(lambda: "Upload 3" in groups(page))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.UPLOAD, {"Upload 3": ["D"], "Upload 2": ["C"], "Upload 1": ["B", "A"]}),
        (By.PAGE_VIEW, {"Without a page view": [], "/<b>pay": ["C"], "/cart": ["B", "A"]}),
        (By.PERSON, {"bob-stone": ["D"], "ada-lovelace": ["C", "B", "A"]}),
    ],
)
def test_events_are_grouped(
    qtbot: QtBot, page: LivePage, by: By, expected: dict[str, list[str]]
) -> None:
    page.view.fill()
    next(one for one in page.view.list.actions() if one.text() == f"By {by}").trigger()
    qtbot.waitUntil(lambda: groups(page) == expected)
    assert page.stack.currentWidget() is page.groups
    assert page.view.state(())["group"] == by
    page.view.use_group(None)
    assert page.stack.currentWidget() is page.table


def test_groups_are_of_what_is_filtered_and_counted_truly(
    qtbot: QtBot, page: LivePage, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Windows so small that the groups come from many of them.
    monkeypatch.setattr(grouping, "FIRST", 3)
    monkeypatch.setattr(grouping, "WINDOW", 7)
    workspace.add_all(
        [[did(f"Step {at % 3}", f"user-{at % 4}", f"d-{at % 4}")] for at in range(120)]
    )
    page._refresh()
    use(qtbot, page, By.PERSON)
    model = page.groups.model if page.groups else None
    assert model
    wanted = {f"user-{at}": 30 for at in range(4)} | {"bob-stone": 1, "ada-lovelace": 3}

    def heads() -> dict[str, int]:
        rows = (model.head(row) for row in range(len(model)) if model.is_head(row))
        return {head.title: head.count for head in rows}

    qtbot.waitUntil(lambda: heads() == wanted and is_done(page))
    assert page.groups
    assert page.groups.note.text() == "6 groups"
    page.filter.set_text('type:"Step 2" user:user-1')
    page.filter.apply()
    qtbot.waitUntil(lambda: groups(page) == {"user-1": ["Step 2"] * 10} and is_done(page))
    page.filter.set_text("")
    page.filter.apply()
    page.types.hide(["Step 0", "Step 1", "Step 2"])
    qtbot.waitUntil(lambda: set(groups(page)) == {"bob-stone", "ada-lovelace"} and is_done(page))


def test_sessions_of_one_person_are_apart_and_merged_people_together(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    use(qtbot, page, By.SESSION)
    assert [types for _, types in in_order(page)] == [[], ["C"], ["B", "A"]]
    use(qtbot, page, By.PERSON)
    workspace.add(event("F", user_id=None, device_id="device-9"))
    with Study(workspace.folder) as study:
        study.catch_up()
        page._refresh()
        expected = {"device-9": ["F"], "bob-stone": ["D"], "ada-lovelace": ["C", "B", "A"]}
        qtbot.waitUntil(lambda: groups(page) == expected)
        # What happened on a device before a login is of who logged in.
        workspace.add(did("E", device="device-9"))
        study.catch_up()
    page._refresh()
    qtbot.waitUntil(
        lambda: groups(page) == {"ada-lovelace": ["E", "F", "C", "B", "A"], "bob-stone": ["D"]}
    )


def test_what_was_refused_is_in_the_group_of_its_user(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    workspace.add(did("Refused"), status=400)
    with Study(workspace.folder) as study:
        study.catch_up()
    page._refresh()
    use(qtbot, page, By.PERSON)
    qtbot.waitUntil(lambda: groups(page).get("ada-lovelace") == ["Refused", "C", "B", "A"])


def test_groups_close_stay_closed_and_new_events_come_in(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    use(qtbot, page, By.PERSON)
    table, model = table_of(page), page.groups.model if page.groups else None
    assert model
    table.setFocus()
    table.go_to(2)
    assert model.is_head(2)
    qtbot.keyClick(table, Key.Key_Return)
    assert groups(page) == {"bob-stone": ["D"], "ada-lovelace": []}
    workspace.add(did("Newest", "bob-stone", "device-2"))
    page._refresh()
    expected = {"bob-stone": ["Newest", "D"], "ada-lovelace": []}
    qtbot.waitUntil(lambda: groups(page) == expected)
    assert model.id_at(table.currentIndex().row()) == model.id_at(3)
    table.toggle(model.place(3)[0])
    assert groups(page)["ada-lovelace"] == ["C", "B", "A"]


def test_a_click_opens_and_a_double_click_does_not_close_again(
    qtbot: QtBot, page: LivePage
) -> None:
    use(qtbot, page, By.PAGE_VIEW)
    table = table_of(page)
    at = table.visualRect(table.model().index(0, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert groups(page)["Without a page view"] == ["D"]
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert groups(page)["Without a page view"] == []
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert groups(page)["Without a page view"] == ["D"]
    assert not page.side.is_open
    event = table.visualRect(table.model().index(1, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=event)
    qtbot.waitUntil(lambda: page.inspector is not None and page.inspector.detail is not None)
    assert page.inspector.detail.event.type == "D"


def test_while_paused_groups_stay_and_their_place_too(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    workspace.add_all([[did(f"E{at}")] for at in range(90)])
    page._refresh()
    use(qtbot, page, By.UPLOAD)
    qtbot.waitUntil(lambda: len(groups(page)) == 93)
    table = table_of(page)
    table.verticalScrollBar().setValue(12)
    assert not page.stream.is_following
    before = table.id_at(table.rowAt(0))
    workspace.add(did("Late"))
    page._refresh()
    qtbot.waitUntil(page.following.pill.isVisible)
    assert page.following.pill.parent() is table
    assert len(groups(page)) == 93
    assert table.id_at(table.rowAt(0)) == before
    qtbot.mouseClick(page.following.pill, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: groups(page).get("Upload 94") == ["Late"])
    assert table.verticalScrollBar().value() == 0


def test_what_is_removed_leaves_its_groups(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    use(qtbot, page, By.PERSON)
    workspace.store.connection.execute("DELETE FROM events WHERE id < 3")
    page._refresh()
    qtbot.waitUntil(lambda: groups(page) == {"bob-stone": ["D"], "ada-lovelace": ["C"]})


def test_the_keyboard_moves_and_opens_as_in_the_table(qtbot: QtBot, page: LivePage) -> None:
    use(qtbot, page, By.UPLOAD)
    table = table_of(page)
    table.setFocus()
    table.go_to(0)
    assert table.current_id() is None
    qtbot.keyClick(table, Key.Key_J)
    assert table.current_id() == 4
    qtbot.keyClick(table, Key.Key_Return)
    qtbot.waitUntil(lambda: page.inspector is not None and page.inspector.detail is not None)
    assert page.inspector.detail.row.id == 4
    qtbot.keyClick(table, Key.Key_Left)
    assert table.current_id() is None
    qtbot.keyClick(table, Key.Key_Left)
    assert groups(page)["Upload 3"] == []
    qtbot.keyClick(table, Key.Key_Right)
    assert groups(page)["Upload 3"] == ["D"]
    qtbot.keyClick(table, Key.Key_Escape)
    assert not page.side.is_open


def test_all_that_is_done_with_events_is_done_in_groups(
    qtbot: QtBot, page: LivePage, context: Context
) -> None:
    use(qtbot, page, By.UPLOAD)
    table = table_of(page)
    table.setFocus()
    table.selectAll()
    assert table.selected_ids(100) == [4, 3, 2, 1]
    assert table.selected_count() == 4
    table.go_to_id(4)
    context.actions.trigger("live.pin")
    model = page.groups.model if page.groups else None
    assert model
    qtbot.waitUntil(lambda: any(cell.icons for cell in model.cells(1)))
    assert table.current_id() == 4
    table.customContextMenuRequested.emit(
        QPoint(40, table.visualRect(model.index(0, 0)).center().y())
    )
    assert not table.findChildren(type(page.view.list))
    context.actions.trigger("live.hide_type")
    qtbot.waitUntil(lambda: "Upload 3" not in groups(page))


def test_projects_have_their_own_persons(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    workspace.add(did("Elsewhere"), api_key=OTHER_KEY)
    with Study(workspace.folder) as study:
        study.catch_up()
    page._refresh()
    use(qtbot, page, By.PERSON)
    qtbot.waitUntil(lambda: len(page.groups.model.groups) == 3 if page.groups else False)


def test_after_hiding_a_type_keys_go_on_in_groups(qtbot: QtBot, page: LivePage) -> None:
    use(qtbot, page, By.UPLOAD)
    table = table_of(page)
    table.setFocus()
    row = next(at for at in range(len(table.model())) if table.id_at(at) == 2)
    table.go_to(row)
    qtbot.keyClick(table, Key.Key_H)
    qtbot.waitUntil(lambda: page.types.types == ("B",))
    qtbot.waitUntil(lambda: table.current_id() == 1 and is_done(page))
    assert table.selected_ids(9) == [1]
    qtbot.keyClick(table, Key.Key_H)
    qtbot.waitUntil(lambda: page.types.types == ("B", "A"))
