"""Cohorts made, changed and used on the Explore page, with mouse and keyboard."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from app.query.definition import Segment
from app.query.node import Node
from app.query.readsegment import read_segment
from app.store.definitions import Definitions
from ui.context import Context
from ui.pages.explore.cohorteditor import CohortEditor
from ui.pages.explore.cohortlist import CohortList
from ui.pages.explore.drafts import finished_segment

from .conftest import Workspace, event
from .explore import NOW_MS, World, study

DAY = 86_400_000
KEY = Qt.Key


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Six people: all looked, the first four bought (the n-th n times), two of them gave back."""
    for person in range(1, 7):
        user = {"user_id": f"user-{person}", "device_id": f"device-{person}"}
        plan = {"user_properties": {"plan": "pro" if person % 2 else "free"}}
        workspace.add(event("Look", **user, **plan, time=NOW_MS - 2 * DAY))
        if person < 5:
            for at in range(person):
                workspace.add(event("Buy", **user, time=NOW_MS - DAY + at * 1000,
                                    event_properties={"price": 10 * person}))  # fmt: skip
        if person in (3, 4):
            workspace.add(event("Give Back", **user, time=NOW_MS - 3_600_000))
    study(workspace.folder)
    made = World(qtbot, context)
    made.show()
    made.add_event("Look")
    made.answered()
    return made


def editor(world: World) -> CohortEditor:
    return world.desk.cohorting.editor


def new_cohort(world: World, first: str = "Buy") -> CohortEditor:
    """The editor on a new cohort of those who did something, opened from the list."""
    listed = open_list(world)
    world.click(listed.add)
    world.pick(first)
    made = editor(world)
    assert made.isVisible()
    return made


def open_list(world: World) -> CohortList:
    world.context.actions.trigger("explore.cohorts")
    found = QApplication.activePopupWidget()
    assert isinstance(found, CohortList)
    return found


def counts(world: World, people: int) -> None:
    """That so many are counted now."""
    wanted = "1 person" if people == 1 else f"{people} people"
    world.until(lambda: editor(world).facts.count.text() == wanted)


def saved(world: World) -> dict[str, Segment]:
    with Definitions(world.context.workspace) as definitions:
        return {
            one.name: read_segment(Node(one.body["segment"])) for one in definitions.all("cohort")
        }


def turn(world: World, place: str, value: int) -> None:
    """Type a number."""
    field = world.at(place)
    field.setFocus()
    field.selectAll()
    world.qtbot.keyClicks(field, str(value))
    world.qtbot.keyClick(field, KEY.Key_Return)


def test_each_word_changes_the_count(world: World) -> None:
    new_cohort(world)
    counts(world, 4)
    assert editor(world).facts.said.text() == (
        "now: as many as 66.7 % of the 6 people active in the last 30 days"
    )
    turn(world, "performed[0].count", 3)
    counts(world, 2)
    world.choose("performed[0].negated", "did not")
    counts(world, 4)
    world.click("held+")
    world.pick("plan")
    counts(world, 4)  # Without a value it says nothing yet.
    world.click("held[0].values")
    world.pick("pro")
    counts(world, 2)
    world.desk.commands.trigger("explore.undo")
    counts(world, 4)
    world.desk.commands.trigger("explore.redo")
    counts(world, 2)


def test_what_is_counted(world: World) -> None:
    new_cohort(world)
    world.choose("performed[0].of", "as the sum of")
    world.click("performed[0].property")
    world.pick("price")
    turn(world, "performed[0].amount", 90)
    counts(world, 2)  # 10, 40, 90 and 160.
    world.choose("performed[0].of", "different")
    turn(world, "performed[0].count", 1)
    counts(world, 4)
    world.choose("performed[0].of", "than another event")
    world.click("performed[0].other")
    world.pick("Look")
    world.choose("performed[0].op", "more often than")
    counts(world, 3)


def test_a_sequence(world: World) -> None:
    new_cohort(world)
    world.click("performed[0].more")
    world.press(menu(), "…and then another event")
    world.pick("Give Back")
    counts(world, 2)
    world.click("performed[0].then[0].remove")
    counts(world, 4)


def test_alternatives_and_what_holds_in_any_case(world: World) -> None:
    made = new_cohort(world, "Give Back")
    counts(world, 2)
    world.click("either+")
    assert [len(way.performed) for way in made.segment.either] == [1, 0]
    # An alternative that says nothing is not everybody.
    assert finished_segment(made.segment).either == made.segment.either[:1]
    counts(world, 2)
    world.click("either[1].held+")
    world.pick("plan")
    world.click("either[1].held[0].values")
    world.pick("free")
    counts(world, 4)  # 3, 4 gave back; 2, 4, 6 are free.
    world.click("performed+")
    world.pick("Buy")
    counts(world, 3)
    world.click("either[0].remove")
    assert not made.segment.either
    assert (len(made.segment.performed), len(made.segment.held)) == (1, 1)
    counts(world, 2)


def test_it_is_kept_used_and_changed(world: World) -> None:
    made = new_cohort(world)
    assert made.name.placeholderText() == "Did Buy"
    world.qtbot.keyClicks(made.name, "Buyers")
    world.click(made.use)
    assert [ref.cohort for ref in world.desk.chart.segments[0].cohorts] == [1]
    assert world.desk.frame.isVisible()
    world.until(lambda: world.is_answered() and world.total() == 4)
    listed = open_list(world)
    world.until(lambda: listed.list.topLevelItem(0).text(2) == "4")
    world.qtbot.keyClick(listed.list, KEY.Key_Return)
    counts(world, 4)
    turn(world, "performed[0].count", 4)
    counts(world, 1)
    world.qtbot.keyClick(world.at("performed[0].count"), KEY.Key_Return,
                         Qt.KeyboardModifier.ControlModifier)  # fmt: skip
    world.until(lambda: world.is_answered() and world.total() == 1)
    assert list(saved(world)) == ["Buyers"]
    assert saved(world)["Buyers"].performed[0].count == 4


def test_a_circle_is_said_in_the_editor(world: World) -> None:
    new_cohort(world)
    world.click(editor(world).keep)
    world.until(lambda: bool(world.desk.vocabulary.cohorts))
    new_cohort(world, "Look")
    counts(world, 6)
    world.click("cohorts+")
    world.pick("Did Buy")
    counts(world, 4)
    world.click(editor(world).keep)
    world.until(lambda: len(world.desk.vocabulary.cohorts) == 2)
    listed = open_list(world)
    listed.list.setCurrentItem(listed.list.topLevelItem(0))
    world.click(listed.edit)
    counts(world, 4)
    assert editor(world).facts.users.text() == "Used by “Did Look”"
    world.click("cohorts+")
    picker: Any = QApplication.activePopupWidget()
    assert picker.titles() == ["Did Look"]  # It cannot be in itself.
    world.qtbot.keyClick(picker.search, KEY.Key_Return)
    sheet = editor(world).sheet
    world.until(lambda: sheet.findChild(QLabel, "problem") is not None)
    said = sheet.findChild(QLabel, "problem")
    assert isinstance(said, QLabel)
    assert "depends on itself" in said.text()


def test_days_are_drawn(world: World) -> None:
    made = new_cohort(world)
    world.until(lambda: made.facts.days.data.count == 30)
    values = made.facts.days.data.series[0].values
    assert values[-1] == 4
    assert values[0] == 0
    world.click("held+")
    world.pick("plan")
    world.click("held[0].values")
    world.pick("pro")
    world.until(lambda: "only known as of now" in made.facts.undated.text())
    assert not made.facts.days.isVisible()


def go_back_to_it(world: World) -> None:
    world.context.notifications.show_in(world.page)
    buttons = world.page.findChildren(QPushButton)
    world.click(next(one for one in buttons if one.text() == "Back to it"))


def test_a_chart_from_elsewhere_is_seen_while_a_cohort_is_made(world: World) -> None:
    made = new_cohort(world)
    turn(world, "performed[0].count", 2)
    world.desk.add_event("Opened")
    assert world.desk.frame.isVisible()
    assert not made.isVisible()
    go_back_to_it(world)
    assert made.isVisible()
    assert made.segment.performed[0].count == 2


def test_closing_loses_nothing(world: World) -> None:
    made = new_cohort(world)
    turn(world, "performed[0].count", 2)
    world.qtbot.keyClick(made.sheet, KEY.Key_Escape)
    assert world.desk.frame.isVisible()
    assert not saved(world)
    go_back_to_it(world)
    assert made.isVisible()
    assert made.segment.performed[0].count == 2


def menu() -> QMenu:
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found
