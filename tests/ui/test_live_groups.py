"""The stream in groups: what belongs together, opened and closed, live, with the keyboard."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.grouping import PAGE_VIEW_ID, By, grouped
from app.study import Study
from ui.context import Context
from ui.pages.live import LivePage

from .conftest import NOW_MS, Workspace, event

Key = Qt.Key


def did(kind: str, user: str = "ada-lovelace", device: str = "device-1", **more: Any) -> Any:
    """Ids that are long enough to count."""
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


def groups(page: LivePage) -> dict[str, list[str]]:
    tree = page.groups.tree
    found = {}
    for at in range(tree.topLevelItemCount()):
        head = tree.topLevelItem(at)
        found[head.text(0).split("   ")[0]] = [
            head.child(row).text(0) for row in range(head.childCount())
        ]
    return found


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.UPLOAD, {"Upload 3": ["D"], "Upload 2": ["C"], "Upload 1": ["B", "A"]}),
        (
            By.PAGE_VIEW,
            {"Without a page view": [], "/<b>pay": ["C"], "/cart": ["B", "A"]},
        ),
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


def test_sessions_of_one_person_are_apart_and_merged_people_together(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    page.view.use_group(By.SESSION)
    qtbot.waitUntil(lambda: page.groups.tree.topLevelItemCount() == 3)
    # What happens on a device after a login is of who logged in.
    workspace.add(did("E", device="device-9"))
    workspace.add({"event_type": "F", "device_id": "device-9"})
    with Study(workspace.folder) as study:
        study.catch_up()
    page.view.use_group(By.PERSON)
    page._refresh()
    qtbot.waitUntil(
        lambda: groups(page) == {"ada-lovelace": ["F", "E", "C", "B", "A"], "bob-stone": ["D"]}
    )


def test_groups_close_stay_closed_and_new_events_come_in(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    page.view.use_group(By.PERSON)
    tree = page.groups.tree
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 2)
    tree.setFocus()
    tree.setCurrentItem(tree.topLevelItem(1))
    qtbot.keyClick(tree, Key.Key_Return)
    assert not tree.topLevelItem(1).isExpanded()
    workspace.add(did("Newest", "bob-stone", "device-2"))
    page._refresh()
    qtbot.waitUntil(lambda: groups(page).get("bob-stone") == ["Newest", "D"])
    assert not tree.topLevelItem(1).isExpanded()
    assert tree.topLevelItem(0).isExpanded()
    assert page.groups.note.text() == "2 groups"
    assert groups(page)["ada-lovelace"] == []
    tree.topLevelItem(1).setExpanded(True)
    assert groups(page)["ada-lovelace"] == ["C", "B", "A"]


def test_the_keyboard_moves_and_opens_as_in_the_table(qtbot: QtBot, page: LivePage) -> None:
    page.view.use_group(By.UPLOAD)
    tree = page.groups.tree
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 3)
    tree.setFocus()
    tree.setCurrentItem(tree.topLevelItem(0))
    qtbot.keyClick(tree, Key.Key_J)
    assert tree.current_id() == 4
    assert page.table.current_id() == 4
    qtbot.keyClick(tree, Key.Key_Return)
    qtbot.waitUntil(lambda: page.inspector is not None and page.inspector.detail is not None)
    assert page.inspector.detail.row.id == 4
    qtbot.keyClick(tree, Key.Key_K)
    assert tree.current_id() is None
    qtbot.keyClick(tree, Key.Key_Escape)
    assert not page.is_inspecting


def test_marks_are_seen_at_once(qtbot: QtBot, page: LivePage, context: Context) -> None:
    page.view.use_group(By.UPLOAD)
    tree = page.groups.tree
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 3)
    tree.setFocus()
    tree.setCurrentItem(tree.topLevelItem(0).child(0))
    assert tree.topLevelItem(0).child(0).icon(0).isNull()
    context.actions.trigger("live.pin")
    qtbot.waitUntil(lambda: not tree.topLevelItem(0).child(0).icon(0).isNull())
    assert tree.current_id() == 4


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.none() | st.integers(-1, 2))))
def test_every_event_is_in_one_group(values: list[tuple[int, int, int | None]]) -> None:
    from app.model import Outcome, Via
    from app.store.events import EventRow

    rows = [
        EventRow(at, upload, 0, "T", None, f"u{who}", None, session, 1, None, Outcome.ACCEPTED,
                 200, "", Via.PROXY, "")
        for at, (upload, who, session) in enumerate(values)
    ]  # fmt: skip
    for by in By:
        found = grouped(rows, by)
        assert sorted(one for group in found for one in group.ids) == list(range(len(rows)))
        assert len({group.key for group in found}) == len(found)
        assert [group.ids[0] for group in found] == sorted(group.ids[0] for group in found)
