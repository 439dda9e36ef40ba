"""Groups on the Explore page: counted instead of people, and behind a point."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.store.definitions import Definitions
from ui.context import Context
from ui.pages.explore.prompt import Prompt

from .conftest import Workspace, event
from .explore import NOW_MS, World, study

HOUR = 3_600_000


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """GRP-A1: in one company ada sends and bob pays; in another cyd sends."""
    for user, kind, company, at in (
        ("ada", "Send", "Acme", 3),
        ("bob", "Pay", "Acme", 2),
        ("cyd", "Send", "Birch", 1),
    ):
        workspace.add(event(kind, user_id=user, device_id=f"device-{user}",
                            time=NOW_MS - at * HOUR, groups={"company": company}))  # fmt: skip
    study(workspace.folder)
    made = World(qtbot, context).show()
    made.add_event("Send")
    made.answered()
    return made


def of_groups(world: World) -> QMenu:
    """What can be done with the groups of the newest day."""
    buckets = world.answered().figure.buckets
    entries = world.click_point(0, len(buckets) - 1).actions()
    found = next(one for one in entries if one.text() == "Groups: company").menu()
    assert isinstance(found, QMenu)
    return found


def test_groups_complete_what_people_do_not(world: World) -> None:
    world.add_event("Pay")
    world.click(world.desk.builder.kinds["funnel"])
    figure = lambda: world.answered().figure  # noqa: E731
    world.until(lambda: figure().parts[0].counts == (2, 0))
    world.choose("groups", "company (groups)")
    world.until(lambda: figure().parts[0].counts == (2, 1))
    assert "1 group did step 2, Pay" in world.desk.figure.funnel.bars.said(0, 2, converted=True)


def test_charts_split_and_filter_by_what_is_known_of_groups(
    world: World, workspace: Workspace
) -> None:
    said = {"groups": {"company": "Birch"}, "group_properties": {"$set": {"plan": "Team"}}}
    workspace.add(event("$groupidentify", time=NOW_MS - HOUR, **said))
    workspace.add(event("Send", user_id="dan", device_id="device-dan", time=NOW_MS - HOUR,
                        groups={"company": "Birch"}))  # fmt: skip
    study(workspace.folder)
    world.until(lambda: "company.plan" in [name for _, name, _ in world.desk.vocabulary.properties])
    world.click("by+")
    world.pick("company.plan")
    shares = lambda: {one.group: one.total for one in world.answered().figure.series}  # noqa: E731
    world.until(lambda: shares() == {("Team",): 1, (None,): 2})
    world.click("events[0].where+")
    world.pick("company.plan")
    world.click("events[0].where[0].values")
    world.pick("Team")
    world.until(lambda: shares() == {("Team",): 1})


def test_groups_behind_a_point(world: World) -> None:
    next(one for one in of_groups(world).actions() if one.text() == "View Groups").trigger()
    behind = world.desk.behind
    world.until(lambda: list(behind.groups.rows) == ["Acme", "Birch"])
    assert behind.tab == "groups"
    assert behind.facts.text() == "2 groups"


def test_groups_become_a_cohort(world: World, workspace: Workspace) -> None:
    entries = of_groups(world).actions()
    next(one for one in entries if one.text() == "Create Cohort of Groups").trigger()
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, Prompt)
    prompt.field.setText("Senders")
    world.qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    world.until(lambda: world.desk.vocabulary.cohorts)
    with Definitions(workspace.folder) as definitions:
        (kept,) = definitions.all("cohort")
    assert kept.body["values"] == ["Acme", "Birch"]


def test_groups_are_downloaded(world: World, tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    answer = world.answered()
    point = world.desk.figure.point_of(0, len(answer.figure.buckets) - 1)
    assert point is not None
    world.desk.downloads.groups(world.desk.deeds.spot(answer, point), "company", path)
    world.until(path.exists)
    world.until(world.desk.frame.writing.isHidden)
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    assert rows[0] == ["group_id", "group_name", "first_time", "creator_amplitude_id"]
    assert [row[1] for row in rows[1:]] == ["Acme", "Birch"]
