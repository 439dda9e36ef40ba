"""Microscope on the Explore page: from a point to people, streams, events, uploads and files."""

import csv
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.query.microscope import Point
from app.store.definitions import Definitions
from ui.context import Context
from ui.pages.explore.cohortlist import CohortList
from ui.pages.explore.noteform import NoteForm
from ui.pages.explore.prompt import Prompt

from .conftest import Workspace, event
from .explore import NOW_MS, World, study, titles

HOUR = 3_600_000
DAY = 24 * HOUR


def sign_up(user: str, at_ms: int, country: str = "SE") -> dict[str, object]:
    return event("Sign Up", user_id=user, device_id=f"device-{user}", time=at_ms,
                 event_properties={"country": country})  # fmt: skip


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Sign-ups over five days; on one of them most were refused by the server."""
    for day, users in ((5, "abcd"), (4, "efgh"), (3, "ijkl"), (1, "mnop")):
        for user in users:
            at = NOW_MS - day * DAY
            workspace.add(
                event("Page Seen", user_id=user * 5, device_id=f"device-{user * 5}",
                      time=at - HOUR // 60),
                sign_up(user * 5, at, "FI" if user in "aei" else "SE"),
            )  # fmt: skip
    tuesday = NOW_MS - 2 * DAY
    workspace.add(sign_up("quinn", tuesday))
    workspace.add(sign_up("rosie", tuesday), sign_up("simon", tuesday), status=400)
    study(workspace.folder)
    made = World(qtbot, context).show()
    made.add_event("Sign Up")
    made.answered()
    return made


def values(world: World) -> list[float]:
    return [one for one in world.desk.figure.lines.data.series[0].values if one]


def dip(world: World) -> int:
    """The interval that most sign-ups are missing from."""
    points = world.desk.figure.lines.data.series[0].values
    return next(at for at, value in enumerate(points) if value == 1)


def test_why_did_sign_ups_dip(world: World) -> None:
    world.until(lambda: values(world) == [4, 4, 4, 1, 4])
    found = world.click_point(0, dip(world))
    assert titles(found) == [
        "Zoom In",
        "Show User Journeys",
        "View User Streams",
        "View Users",
        "Download Users",
        "Create Cohort",
        "View uploads behind this point",
        "Add Annotation",
        "Create Release",
    ]
    world.press(found, "View User Streams")
    behind = world.desk.behind
    world.until(lambda: behind.streams.topLevelItemCount() == 1)
    assert behind.streams.topLevelItem(0).text(0) == "quinn"
    assert behind.streams.marked() == ["Sign Up"]
    # One event, in Live.
    row = behind.streams.topLevelItem(0).child(0)
    behind.streams.setCurrentItem(row)
    behind.streams.setFocus()
    with world.qtbot.waitSignal(world.page.live_asked) as asked:
        world.qtbot.keyClick(behind.streams, Qt.Key.Key_Return)
    assert asked.args is not None
    # What did not count is found beside what did, down to the answer.
    world.qtbot.mouseClick(
        behind.tabs, Qt.MouseButton.LeftButton, pos=behind.tabs.tabRect(2).center()
    )
    world.until(lambda: len(behind.uploads.rows) == 2)
    assert behind.facts.text() == "1 upload  ·  2 events not counted"
    assert behind.uploads.csv().splitlines()[1].endswith(",2,rejected")
    behind.uploads.selectRow(0)
    world.until(lambda: "400" in behind.upload.status.text())
    behind.upload.tabs.setCurrentIndex(1)
    world.until(behind.upload.raw.isVisible)


def test_users_of_a_point_lead_to_people(world: World) -> None:
    world.press(world.click_point(0, dip(world) - 1), "View Users")
    behind = world.desk.behind
    world.until(lambda: len(behind.users.rows) == 4)
    assert [row.user_id for row in behind.users.rows] == ["iiiii", "jjjjj", "kkkkk", "lllll"]
    behind.users.selectRow(1)
    with world.qtbot.waitSignal(world.page.person_asked) as asked:
        world.qtbot.keyClick(behind.users, Qt.Key.Key_Return)
    event_id = asked.args[0]
    store = world.context.store.current
    assert store is not None
    assert store.events.rows([event_id])[0].user_id == "jjjjj"
    world.qtbot.keyClick(behind.users, Qt.Key.Key_Escape)
    assert behind.isHidden()


def test_zoom_filter_exclude(world: World) -> None:
    before = dip(world) - 1
    world.click("events[0].by+")
    world.pick("country")
    world.until(lambda: len(world.answered().figure.series) == 2)
    names = [one.group for one in world.answered().figure.series]
    assert names == [("SE",), ("FI",)]
    world.press(world.click_point(1, before), "Exclude")
    world.until(lambda: len(world.answered().figure.series) == 1)
    world.press_keys("Ctrl+Z")
    world.until(lambda: len(world.answered().figure.series) == 2)
    world.press(world.click_point(1, before), "Filter By")
    assert world.total() == 3
    assert world.at("events[0].where[0].values").accessibleName() == "Values: FI"
    world.press(world.click_point(0, before), "Zoom In")
    world.until(lambda: world.answered().figure.buckets.interval == "hour")
    assert len(world.answered().figure.buckets) == 24
    assert world.total() == 1


def test_a_cohort_is_made_and_used(world: World, workspace: Workspace) -> None:
    world.press(world.click_point(0, dip(world)), "Create Cohort")
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, Prompt)
    prompt.field.setText("Came on Tuesday")
    world.qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    world.until(lambda: world.desk.vocabulary.cohorts)
    with Definitions(workspace.folder) as definitions:
        assert [one.name for one in definitions.all("cohort")] == ["Came on Tuesday"]
    world.click("segments[0].cohorts+")
    world.pick("Came on Tuesday")
    assert world.total() == 1
    world.choose("segments[0].cohorts[0]", "not in cohort")
    assert world.total() == 16


def test_users_are_downloaded(world: World, tmp_path: Path) -> None:
    world.press(world.click_point(0, dip(world) - 1), "Download Users")
    dialog = world.page.findChild(QFileDialog)
    assert dialog is not None
    path = tmp_path / "people.csv"
    dialog.selectFile(str(path))
    dialog.accept()
    said = told(world)
    world.until(lambda: said)
    assert said == ["Downloaded: 4 people in people.csv."]
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    assert rows[0][:3] == ["amplitude_id", "user_id", "device_ids"]
    assert [row[1] for row in rows[1:]] == ["iiiii", "jjjjj", "kkkkk", "lllll"]
    assert world.desk.frame.writing.isHidden()


def told(world: World) -> list[str]:
    """What the page says in passing."""
    said: list[str] = []
    world.desk.tell = lambda text, _action=None: said.append(text)  # type: ignore[method-assign]
    return said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a file that is slow to be read")
def test_charts_answer_while_a_download_is_written(world: World, tmp_path: Path) -> None:
    """It holds up no chart, says how far it is, and can be stopped."""
    path = tmp_path / "people.csv"
    # Nobody reads yet: writing waits.
    os.mkfifo(path)
    said = told(world)
    spot = world.desk.deeds.spot(world.answered(), Point(bucket=dip(world) - 1))
    world.desk.downloads.users(spot, path)
    world.until(world.desk.frame.writing.isVisible)
    world.choose("measure", "Event totals")
    assert world.total() == 17
    world.click(world.desk.frame.stop)
    assert not said
    with path.open(encoding="utf-8") as file:
        assert len(file.readlines()) == 5
    world.until(lambda: said)
    assert said == ["The download was stopped; 4 people in people.csv."]
    assert world.desk.frame.writing.isHidden()


def test_properties_stand_beside_events(world: World) -> None:
    world.press(world.click_point(0, dip(world)), "View User Streams")
    behind = world.desk.behind
    world.until(lambda: behind.streams.topLevelItemCount() == 1)
    behind.properties.choose(frozenset({"country"}))
    world.until(lambda: behind.streams.marked() == ["Sign Up  country: SE"])


def test_a_note_is_drawn_on_the_chart(world: World, workspace: Workspace) -> None:
    at = dip(world)
    world.press(world.click_point(0, at), "Add Annotation")
    form = QApplication.activePopupWidget()
    assert isinstance(form, NoteForm)
    assert not form.button.isEnabled()
    world.qtbot.keyClicks(form.text, "Sign-up form changed")
    world.click(form.button)
    chart = world.desk.figure.lines
    world.until(lambda: [one.title for one in chart.data.marks_of(at)] == ["Sign-up form changed"])
    world.press(world.click_point(0, at), "Create Release")
    form = QApplication.activePopupWidget()
    assert isinstance(form, NoteForm)
    world.qtbot.keyClicks(form.text, "2.1")
    world.qtbot.keyClick(form.text, Qt.Key.Key_Return)
    world.until(lambda: len(chart.data.marks_of(at)) == 2)
    chart.plot.setFocus()
    world.qtbot.mouseMove(chart.plot.viewport(), chart.plot.centre_of(at).toPoint())
    world.until(lambda: "Release 2.1" in chart.when.text())
    assert "Sign-up form changed" in chart.when.text()
    with Definitions(workspace.folder) as definitions:
        assert len(definitions.all("annotation")) == len(definitions.all("release")) == 1


def cohorts(world: World) -> CohortList:
    world.press_keys("Shift+C")
    found = QApplication.activePopupWidget()
    assert isinstance(found, CohortList)
    return found


def test_cohorts_are_kept_renamed_and_removed(world: World) -> None:
    empty = cohorts(world)
    assert not empty.keep.isEnabled()
    assert not empty.remove.isEnabled()
    empty.close()
    world.click("segments.where+")
    world.pick("country")
    world.click("segments[0].where[0].values")
    world.pick("FI")
    world.until(lambda: world.total() == 3)
    world.click(cohorts(world).keep)
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, Prompt)
    world.qtbot.keyClicks(prompt.field, "Finns")
    world.qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    world.until(lambda: [name for _, name in world.desk.vocabulary.cohorts] == ["Finns"])
    listed = cohorts(world)
    row = listed.list.topLevelItem(0)
    world.until(lambda: row.text(2) == "3")
    assert (row.text(0), row.text(1)) == ("Finns", "by a rule")
    world.qtbot.keyClick(listed.list, Qt.Key.Key_Delete)
    world.until(lambda: not world.desk.vocabulary.cohorts)
