"""Cohorts from lists of ids, and written as files, on the Explore page."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from app.store.definitions import Definition, Definitions
from ui.context import Context
from ui.pages.explore.cohortimport import CohortImport
from ui.pages.explore.cohortlist import CohortList

from .conftest import Workspace, event
from .explore import LEFT, NOW_MS, World, study

DAY = 86_400_000


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Four people of two companies, and somebody who has only a device."""
    for person in range(4):
        workspace.add(
            event("Look", user_id=f"user-{person}", device_id=f"device-{person}",
                  time=NOW_MS - DAY, groups={"company": f"Company {person % 2}"},
                  user_properties={"plan": "pro"})
        )  # fmt: skip
    workspace.add(event("Look", user_id=None, device_id="alone", time=NOW_MS - DAY))
    study(workspace.folder)
    made = World(qtbot, context).show()
    made.add_event("Look")
    made.answered()
    return made


def drop(world: World, path: Path) -> bool:
    """A file is let go over the page; whether the page took it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, copy = QPointF(400, 300), Qt.DropAction.CopyAction
    dropped = QDropEvent(place, copy, data, LEFT, Qt.KeyboardModifier.NoModifier)
    dropped.setAccepted(False)
    world.desk.dropEvent(dropped)
    return dropped.isAccepted()


def told(world: World) -> list[str]:
    """What was said in passing."""
    found: list[str] = []
    world.context.notifications.info = lambda text, *_: found.append(text)  # type: ignore[method-assign]
    return found


def cohorts(world: World) -> list[Definition]:
    with Definitions(world.context.workspace) as definitions:
        return definitions.all("cohort")


def read(world: World) -> CohortImport:
    """The page of the list, once its ids were looked up."""
    page = world.desk.cohorting.exchange.page
    world.until(lambda: page.isVisible() and page.pages.currentIndex() == 1)
    return page


def test_a_file_is_dropped_and_used(world: World, tmp_path: Path) -> None:
    path = tmp_path / "vip people.csv"
    path.write_text("user-1,Ada\nuser-2,Bob\nnobody,Eve\n")
    assert drop(world, path)
    page = read(world)
    assert page.count.text() == "2 people"
    assert page.said.text() == "3 ids in vip people.csv: 2 known here, 1 not."
    assert page.unknown.toPlainText() == "nobody"
    assert page.name.text() == "vip people"
    world.click(page.use)
    world.until(lambda: world.total() == 2)
    (kept,) = cohorts(world)
    assert kept.body["members"] == [["user-1", ""], ["user-2", ""], ["nobody", ""]]
    assert world.desk.frame.isVisible()


def test_what_was_copied_is_pasted(world: World) -> None:
    QGuiApplication.clipboard().setText("device-0\nalone\n")
    world.context.actions.trigger("explore.import_cohort")
    page = world.desk.cohorting.exchange.page
    world.until(page.isVisible)
    assert not page.keep.isEnabled()
    world.qtbot.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    read(world)
    # More of them are devices than users, so that is what they are.
    assert page.kind.currentText() == "device ids"
    assert page.count.text() == "2 people"
    assert page.unknown.isHidden()
    world.choose("list.kind", "user ids")
    world.until(lambda: page.count.text() == "0 people")
    assert page.unknown.toPlainText() == "device-0\nalone"
    world.choose("list.kind", "device ids")
    world.until(lambda: page.count.text() == "2 people")
    page.name.setFocus()
    world.qtbot.keyClicks(page.name, "Devices")
    world.qtbot.keyClick(page.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    (kept,) = cohorts(world)
    assert (kept.name, kept.body["members"]) == ("Devices", [["", "device-0"], ["", "alone"]])


def test_groups_are_listed(world: World, tmp_path: Path) -> None:
    path = tmp_path / "companies.txt"
    path.write_text("Company 1\nCompany 7\n")
    assert drop(world, path)
    page = read(world)
    world.choose("list.kind", "groups: company")
    world.until(lambda: page.count.text() == "1 group")
    assert page.unknown.toPlainText() == "Company 7"
    world.click(page.use)
    world.until(lambda: world.total() == 2)


def test_what_is_no_list_is_said_or_left(world: World, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG")
    assert not drop(world, picture)
    wrong = tmp_path / "wrong.csv"
    wrong.write_bytes(b"\xff\xd8\xff")
    assert drop(world, wrong)
    page = world.desk.cohorting.exchange.page
    world.until(page.problem.isVisible)
    assert page.problem.text().startswith("wrong.csv is no text")
    assert page.nothing.isVisible()
    empty = tmp_path / "empty.csv"
    empty.write_text("\n\n")
    page.read_file(empty)
    world.until(lambda: page.problem.text() == "There is no id in empty.csv.")
    world.qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert world.desk.frame.isVisible()
    assert cohorts(world) == []


def export(world: World, name: str, title: str, to: Path) -> str:
    """Choose what is written of a cohort in its list, and where; what is in the file then."""
    world.context.actions.trigger("explore.cohorts")
    listed: Any = QApplication.activePopupWidget()
    assert isinstance(listed, CohortList)
    (row,) = listed.list.findItems(name, Qt.MatchFlag.MatchExactly)
    listed.list.setCurrentItem(row)
    world.click(listed.export)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    world.press(menu, title)
    (dialog,) = world.desk.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(to))
    dialog.close()
    world.until(lambda: to.exists() and world.desk.frame.writing.isHidden())
    return to.read_text()


def test_a_cohort_is_written_and_read_again(world: World, tmp_path: Path) -> None:
    with Definitions(world.context.workspace) as definitions:
        rule = {"performed": [{"event": "Look", "during": {"last": 30}}]}
        definitions.save("cohort", "Lookers", {"type": "dynamic", "segment": rule})
    said = told(world)
    ids = export(world, "Lookers", "List of ids, one a line…", tmp_path / "ids.csv")
    assert ids.split() == ["user-0", "user-1", "user-2", "user-3"]
    assert said == ["Downloaded: 4 ids in ids.csv, 1 person without a user id left out."]
    full = export(world, "Lookers", "People with their properties…", tmp_path / "people.csv")
    assert full.splitlines()[0] == "amplitude_id,user_id,device_ids,plan"
    assert len(full.splitlines()) == 6
    # A download of people is a list, too: its ids are in the column that is called so.
    assert drop(world, tmp_path / "people.csv")
    page = read(world)
    assert page.said.text() == (
        "4 ids in people.csv, in its column “user_id”: 4 known here, 0 not."
    )
