"""The breakdown table, charts over the whole range, and what is kept and taken elsewhere."""

import csv
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.query import read
from app.store.definitions import Definitions
from ui.context import Context
from ui.pages.explore.prompt import Prompt
from ui.pages.explore.sqlview import SqlPopup

from .conftest import Workspace, event
from .explore import LEFT, NOW_MS, World, menu, study, titles

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Twelve countries, the first one with twelve people and the last with one."""
    at = 0
    for country in range(12):
        for person in range(12 - country):
            at += 1
            name = f"user-{country}-{person}"
            workspace.add(
                event("Buy", user_id=name, device_id=f"device-{name}", time=NOW_MS - at * HOUR,
                      event_properties={"country": f"C{country:02}"})
            )  # fmt: skip
    study(workspace.folder)
    made = World(qtbot, context).show()
    made.add_event("Buy")
    made.click("events[0].by+")
    made.pick("country")
    made.until(lambda: len(made.answered().figure.series) == 12)
    return made


def checked(world: World) -> list[str]:
    model = world.desk.table.model
    return [line.texts[1] for line in model.lines if line.at in model.drawn]


def test_rows_choose_what_is_drawn(world: World) -> None:
    table = world.desk.table
    world.until(lambda: len(checked(world)) == 10)
    assert len(world.desk.figure.lines.data.series) == 10
    table.view.setFocus()
    table.view.setCurrentIndex(table.model.index(0, 0))
    world.qtbot.keyClick(table.view, Qt.Key.Key_Space)
    assert next(one.title for one in world.desk.figure.lines.data.series) == "C01"
    # A row that was not among the first.
    table.view.setCurrentIndex(table.model.index(11, 0))
    world.qtbot.keyClick(table.view, Qt.Key.Key_Space)
    assert [one.title for one in world.desk.figure.lines.data.series][-1] == "C11"
    # What was picked stays picked when something else changes.
    world.choose("interval", "Weekly")
    world.until(lambda: world.answered().figure.buckets.interval == "week")
    assert "C00" not in checked(world)
    assert "C11" in checked(world)
    world.until(table.top.isVisible)
    world.click(table.top)
    assert len(checked(world)) == 10


def test_rows_are_searched_and_sorted(world: World) -> None:
    table = world.desk.table
    world.qtbot.keyClicks(table.search, "c1")
    assert [line.texts[1] for line in table.model.lines] == ["C10", "C11"]
    # The chart and the copy hold all of them.
    assert len(world.desk.figure.lines.data.series) == 10
    assert len(list(csv.reader(table.csv().splitlines()))) == 13
    table.search.clear()
    header = table.view.horizontalHeader()
    place = header.sectionViewportPosition(2) + 10
    pos = header.viewport().rect().topLeft()
    world.qtbot.mouseClick(header.viewport(), LEFT, pos=pos + type(pos)(place, 5))
    totals = [line.numbers[0] for line in table.model.lines]
    assert totals in (sorted(totals), sorted(totals, reverse=True))  # type: ignore[type-var]


@pytest.mark.parametrize("view", ["Bar", "Stacked bar", "Pie", "Number"])
def test_the_whole_range(world: World, view: str) -> None:
    world.choose("view", view)
    area = world.desk.figure.totals
    world.until(lambda: area.isVisible() and len(area.totals.parts) == 10)
    totals = area.totals
    assert [one.said for one in totals.parts][:3] == ["12", "11", "10"]
    assert totals.parts[0].title == "C00"
    totals.setFocus()
    world.qtbot.keyClick(totals, Qt.Key.Key_Down)
    assert totals.accessibleDescription() == "C00: 12"
    world.qtbot.keyClick(totals, Qt.Key.Key_Return)
    found = menu()
    assert "View Users" in titles(found)
    assert "Zoom In" not in titles(found)
    world.press(found, "View Users")
    world.until(lambda: len(world.desk.behind.users.rows) == 12)


def test_a_point_is_clicked_in_a_bar(world: World) -> None:
    world.choose("view", "Bar")
    totals = world.desk.figure.totals.totals
    world.until(lambda: totals.isVisible() and totals.parts)
    world.qtbot.mouseClick(totals, LEFT, pos=totals.shape_of(totals.parts[2].key))
    found = menu()
    assert found.actions()[0].text() == "C02: 10"
    world.press(found, "Filter By")
    assert world.total() == 10


def test_a_chart_is_saved_and_opened_again(world: World, workspace: Workspace) -> None:
    world.press_keys("Shift+S")
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, Prompt)
    assert prompt.field.text() == "Buy"
    prompt.field.setText("Buyers by country")
    world.qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    world.until(lambda: [one.name for one in world.desk.head.kept] == ["Buyers by country"])
    with Definitions(workspace.folder) as definitions:
        (saved,) = definitions.all("chart")
    assert read(saved.body) == world.answered().chart
    world.choose("measure", "Event totals")
    assert world.desk.head.state.text() == "changed, not saved"
    world.press_keys("Shift+N")
    assert world.desk.head.title.text() == "New chart"
    world.click(world.desk.head.charts)
    world.press(menu(), "Buyers by country")
    assert world.desk.head.title.text() == "Buyers by country"
    assert world.answered().chart == read(saved.body)
    world.desk.keeping.remove()
    world.until(lambda: not world.desk.head.kept)


def test_pinned_charts_are_a_list(world: World) -> None:
    # What has no name yet is asked for one.
    world.press_keys("Shift+T")
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, Prompt)
    world.qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    world.until(lambda: world.desk.head.kept and world.desk.head.kept[0].is_pinned)
    world.press_keys("Shift+T")
    world.until(lambda: not world.desk.head.kept[0].is_pinned)
    world.press_keys("Shift+T")
    world.until(lambda: world.desk.head.kept[0].is_pinned)
    world.press_keys("Shift+P")
    pinned = world.desk.pinned
    world.until(pinned.isVisible)
    (figure,) = pinned.figures.values()
    world.until(lambda: figure.answer is not None)
    assert len(figure.lines.data.series) == 10
    # What belongs to one chart is not above all of them.
    assert not world.desk.controls.isVisible()
    world.click(pinned.back)
    world.until(world.desk.figure.isVisible)
    assert world.desk.controls.isVisible()


def test_copies(world: World) -> None:
    clipboard = QGuiApplication.clipboard()
    world.desk.taking.copy("json")
    assert read(json.loads(clipboard.text())) == world.answered().chart
    world.desk.taking.copy("csv")
    rows = list(csv.reader(clipboard.text().splitlines()))
    assert rows[0][:3] == ["Event", "country", "Whole range"]
    assert rows[1][:3] == ["Buy", "C00", "12"]
    world.desk.taking.copy("picture")
    assert clipboard.pixmap().width() > 300
    world.desk.taking.copy("sql")
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, SqlPopup)
    assert "'Buy'" in popup.findChild(QPlainTextEdit).toPlainText()
    popup.dialect.setFocus()
    world.qtbot.keyClick(popup.dialect, Qt.Key.Key_Down)
    world.click(popup.copy)
    assert clipboard.text().startswith("WITH")
