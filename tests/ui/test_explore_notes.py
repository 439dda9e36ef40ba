"""Annotations and releases on the Explore page: drawn, changed, removed, and undone."""

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.query.releases import save_annotation, save_release
from app.store.definitions import Definitions
from ui.context import Context
from ui.pages.explore.noteform import NoteForm
from ui.pages.explore.notelist import NoteList

from .conftest import Workspace, event
from .explore import NOW_MS, World, study

DAY = 86_400_000


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Four people on as many days."""
    for day in range(1, 5):
        workspace.add(event("Look", user_id=f"user-{day}", device_id=f"device-{day}",
                            time=NOW_MS - day * DAY))  # fmt: skip
    study(workspace.folder)
    made = World(qtbot, context)
    with Definitions(workspace.folder) as definitions:
        save_annotation(definitions, "Sale began", NOW_MS - 2 * DAY)
        save_release(definitions, "2.1", "2.1", NOW_MS - 3 * DAY)
    made.show()
    made.add_event("Look")
    made.answered()
    made.until(lambda: len(drawn(made)) == 2)
    return made


def drawn(world: World) -> list[str]:
    return [one.title for one in world.desk.figure.lines.data.marks]


def bin_of(world: World, day: int) -> int:
    return world.desk.figure.lines.data.bin_of(NOW_MS - day * DAY)


def form() -> NoteForm:
    found = QApplication.activePopupWidget()
    assert isinstance(found, NoteForm)
    return found


def open_note(world: World, day: int, title: str) -> QMenu:
    """What can be done with a note, from the menu of its point."""
    entry = next(one for one in world.click_point(0, bin_of(world, day)).actions()
                 if one.text() == title)  # fmt: skip
    found = entry.menu()
    assert isinstance(found, QMenu)
    return found


def test_names_are_said_by_keyboard(world: World) -> None:
    plot = world.desk.figure.lines.plot
    plot.setFocus()
    while plot.cursor != bin_of(world, 2):
        world.qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert "Sale began" in world.desk.figure.lines.when.toolTip()
    world.qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert "Release 2.1" in world.desk.figure.lines.when.toolTip()


def test_a_note_is_changed_and_removed_at_its_point(world: World) -> None:
    found = open_note(world, 2, "“Sale began”")
    next(one for one in found.actions() if one.text() == "Change…").trigger()
    filled = form()
    assert filled.text.text() == "Sale began"
    filled.text.setText("Summer sale")
    filled.has_end.click()
    filled.end.setDateTime(QDateTime.fromMSecsSinceEpoch(NOW_MS - DAY))
    world.qtbot.keyClick(filled.text, Qt.Key.Key_Return)
    world.until(lambda: drawn(world) == ["Release 2.1", "Summer sale"])
    # It is in every interval that it went on in.
    data = world.desk.figure.lines.data
    for day, there in ((3, False), (2, True), (1, True), (0, False)):
        titles = [one.title for one in data.marks_of(bin_of(world, day))]
        assert ("Summer sale" in titles) is there, day
    found = open_note(world, 1, "“Summer sale”")
    next(one for one in found.actions() if one.text() == "Remove").trigger()
    world.until(lambda: drawn(world) == ["Release 2.1"])


def test_the_list_changes_them_with_the_keyboard(world: World, workspace: Workspace) -> None:
    world.click(world.desk.controls.notes)
    listed = QApplication.activePopupWidget()
    assert isinstance(listed, NoteList)
    rows = [listed.list.topLevelItem(at).text(0) for at in range(2)]
    assert rows == ["Sale began", "Release 2.1"]
    world.qtbot.keyClick(listed.list, Qt.Key.Key_Down)
    world.qtbot.keyClick(listed.list, Qt.Key.Key_Delete)
    world.until(lambda: drawn(world) == ["Sale began"])
    world.desk.noting.open_list()
    listed = QApplication.activePopupWidget()
    assert isinstance(listed, NoteList)
    world.click(listed.note)
    filled = form()
    assert not filled.button.isEnabled()
    # The chart is not saved: there is nothing that could show it alone.
    assert not filled.only_here.isEnabled()
    world.qtbot.keyClicks(filled.text, "Outage")
    filled.start.setDateTime(QDateTime.fromMSecsSinceEpoch(NOW_MS - DAY))
    world.click(filled.button)
    world.until(lambda: drawn(world) == ["Sale began", "Outage"])


def test_what_was_removed_comes_back(world: World) -> None:
    (note,) = (one for one in world.desk.marks if one.kind == "note")
    told: list[object] = []
    world.desk.tell = lambda _said, action=None: told.append(action)  # type: ignore[method-assign]
    world.desk.noting._remove(note)
    world.until(lambda: drawn(world) == ["Release 2.1"])
    (action,) = told
    assert isinstance(action, tuple)
    action[1]()
    world.until(lambda: drawn(world) == ["Release 2.1", "Sale began"])


def test_only_its_chart_shows_it(world: World, workspace: Workspace) -> None:
    with Definitions(workspace.folder) as definitions:
        save_annotation(definitions, "Only here", NOW_MS - DAY, chart=12_345)
    world.desk.look_up_marks()
    world.until(lambda: len(world.desk.marks) == 3)
    assert "Only here" not in drawn(world)
