"""The breakdown table: what stays at the left, its order, sums, search, copies (semantics §6.4)."""

import csv

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QHeaderView
from pytestqt.qtbot import QtBot

from app.query import Figure, read
from app.query.calendar import Buckets
from app.query.figure import Series
from ui.context import Context
from ui.pages.explore.picker import Picker
from ui.pages.explore.tablemodel import SUMMARIES, changed

from .conftest import Workspace, event
from .explore import LEFT, NOW_MS, World, study

HOUR = 3_600_000


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Four countries of a day, in a chart by the hour: many columns of numbers."""
    at = 0
    for country in range(4):
        for person in range(4 - country):
            at += 1
            name = f"user-{country}-{person}"
            workspace.add(
                event("Buy", user_id=name, device_id=f"device-{name}", time=NOW_MS - at * HOUR,
                      event_properties={"country": f"C{country}"})
            )  # fmt: skip
    study(workspace.folder)
    made = World(qtbot, context).show()
    ask(made)
    return made


def ask(world: World, **definition: object) -> None:
    """Another chart, answered and in the table."""
    buy = {"event": "Buy", "by": ["country"]}
    chart = {"range": {"last": 2}, "interval": "hour", "events": [buy], **definition}
    world.desk.put(read(chart))
    world.answered()
    world.until(world.desk.table.view.fixed.isVisible)


def heads(world: World) -> list[str]:
    model, across = world.desk.table.model, Qt.Orientation.Horizontal
    return [model.headerData(at, across) for at in range(model.columnCount())]


def click_head(world: World, header: QHeaderView, column: int) -> None:
    place = QPoint(header.sectionViewportPosition(column) + 10, header.height() // 2)
    world.qtbot.mouseClick(header.viewport(), LEFT, pos=place)


def test_the_segment_comes_before_the_event_and_its_groups(world: World) -> None:
    ask(world, segments=[{"name": "All"}, {"name": "Some", "where": [
        {"property": "country", "op": "is", "values": ["C0", "C1"]}]}],
        events=["Buy"], by=[])  # fmt: skip
    assert heads(world)[:3] == ["Segment", "Event", "Whole range"]
    assert [line.texts for line in world.desk.table.model.lines] == [
        ("All", "Buy"),
        ("Some", "Buy"),
    ]


def test_what_a_row_is_stays_while_its_numbers_scroll(world: World) -> None:
    view = world.desk.table.view
    fixed = view.fixed
    world.until(lambda: view.horizontalScrollBar().maximum() > 0)
    assert fixed.count == 2
    assert fixed.width() == view.columnWidth(0) + view.columnWidth(1)
    view.setFocus()
    view.setCurrentIndex(view.model().index(1, 0))
    world.qtbot.keyClick(view, Qt.Key.Key_End)
    bar = view.horizontalScrollBar()
    world.until(lambda: bar.value() > 0)
    # The columns themselves went out of sight; these stand where they were.
    assert view.visualRect(view.model().index(1, 0)).right() < 0
    assert fixed.visualRect(view.model().index(1, 0)).left() == 0
    # Going back cell by cell shows each beside what stays, and not below it.
    for _ in range(view.model().columnCount() - 3):
        world.qtbot.keyClick(view, Qt.Key.Key_Left)
    at = view.currentIndex()
    assert at.column() == 2
    assert view.visualRect(at).left() >= fixed.width()


def test_what_stays_is_clicked_and_sorted(world: World) -> None:
    table = world.desk.table
    fixed = table.view.fixed
    box = fixed.visualRect(table.model.index(0, 0))
    world.qtbot.mouseClick(fixed.viewport(), LEFT, pos=QPoint(box.left() + 10, box.center().y()))
    assert table.model.drawn == {1, 2, 3}
    assert [one.title for one in world.desk.figure.lines.data.series] == ["C1", "C2", "C3"]
    click_head(world, fixed.horizontalHeader(), 1)
    first = [line.texts[1] for line in table.model.lines]
    click_head(world, fixed.horizontalHeader(), 1)
    assert [line.texts[1] for line in table.model.lines] == first[::-1]
    assert sorted(first) in (first, first[::-1])
    # Both heads say by what it is sorted.
    assert table.view.horizontalHeader().sortIndicatorSection() == 1
    click_head(world, table.view.horizontalHeader(), 2)
    assert fixed.horizontalHeader().sortIndicatorSection() == 2


def test_a_narrow_table_leaves_room_for_numbers(world: World) -> None:
    view = world.desk.table.view
    assert view.fixed.count == 2
    for at in (0, 1):
        view.setColumnWidth(at, 200)
    world.page.resize(760, 700)
    world.until(lambda: view.fixed.count == 1)
    assert view.fixed.width() < view.viewport().width()


def test_what_is_taken_wider_stays_wider(world: World) -> None:
    view = world.desk.table.view
    view.fixed.setColumnWidth(0, 230)
    assert view.columnWidth(0) == 230
    assert view.fixed.width() == 230 + view.columnWidth(1)
    ask(world, range={"last": 3})
    assert view.columnWidth(0) == 230


def test_people_are_not_summed(world: World) -> None:
    table = world.desk.table
    items, at = table.summary.model(), table.summary.findData("sum")
    assert not items.flags(items.index(at, 0)) & Qt.ItemFlag.ItemIsEnabled
    ask(world, measure="totals")
    assert items.flags(items.index(at, 0)) & Qt.ItemFlag.ItemIsEnabled
    world.choose("summary", "Sum")
    assert heads(world)[2] == "Sum"
    assert [line.numbers[0] for line in table.model.lines] == [4, 3, 2, 1]
    # A chart of people says something else instead, and the sum comes back with one of events.
    ask(world)
    assert heads(world)[2] == SUMMARIES["total"]
    ask(world, measure="totals")
    assert heads(world)[2] == "Sum"


def test_a_change_is_the_last_minus_the_first(world: World) -> None:
    ask(world, measure="totals", interval="day", range={"last": 2})
    world.choose("summary", "Change")
    table = world.desk.table
    for line in table.model.lines:
        assert line.numbers[0] == (line.numbers[-1] or 0) - (line.numbers[1] or 0)
    tip = table.model.headerData(2, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "last interval minus the first" in tip


def test_how_many_rows_are_drawn_until_some_are_picked(world: World) -> None:
    table, lines = world.desk.table, world.desk.figure.lines
    assert table.top.isHidden()
    table.most.setFocus()
    table.most.selectAll()
    world.qtbot.keyClicks(table.most, "2")
    world.qtbot.keyClick(table.most, Qt.Key.Key_Return)
    world.until(lambda: [one.title for one in lines.data.series] == ["C0", "C1"])
    table.view.setFocus()
    table.view.setCurrentIndex(table.model.index(3, 0))
    world.qtbot.keyClick(table.view, Qt.Key.Key_Space)
    assert [one.title for one in lines.data.series] == ["C0", "C1", "C3"]
    world.until(table.top.isVisible)
    world.click(table.top)
    assert [one.title for one in lines.data.series] == ["C0", "C1"]
    assert table.top.isHidden()
    assert world.page.layout_state()["rows"] == 2


def test_letters_in_a_number_are_shortcuts(world: World) -> None:
    table = world.desk.table
    table.most.setFocus()
    world.press_keys("Shift+E")
    picker = QApplication.activePopupWidget()
    assert isinstance(picker, Picker)
    picker.close()
    table.most.setFocus()
    table.most.selectAll()
    world.qtbot.keyClicks(table.most, "3")
    assert table.most.text() == "3"


def test_a_search_says_how_many_it_leaves_and_a_copy_has_all(world: World) -> None:
    table = world.desk.table
    world.qtbot.keyClicks(table.search, "c3")
    assert table.count.text() == "1 of 4 rows"
    assert len(list(csv.reader(table.csv().splitlines()))) == 5
    assert len(world.desk.figure.lines.data.series) == 4
    table.view.setFocus()
    table.view.selectRow(0)
    world.qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\t")[:3] == ["Buy", "C3", "1"]
    table.search.clear()
    assert table.count.text() == "4 rows"


def test_rows_of_an_earlier_period_say_the_change(world: World) -> None:
    # 10 of the last hours against those a day before, when nobody did anything.
    ask(world, measure="totals", interval="day", by=[], events=["Buy"], compare=["day"])
    table = world.desk.table
    world.until(table.against.isVisible)
    own, before = table.model.lines
    assert before.texts[0] == "Buy (previous day)"
    world.choose("against", "Change since")
    own, change = table.model.lines
    assert change.texts[0] == "Buy (vs previous day)"
    assert change.numbers == tuple(
        None if now is None or then is None else now - then
        for now, then in zip(own.numbers, before.numbers, strict=True)
    )
    at = next(at for at, number in enumerate(change.numbers) if (number or 0) > 0)
    model = table.model
    assert model.index(1, at + len(model.texts)).data().startswith("+")
    world.choose("against", "Change in %")
    share = table.model.lines[1]
    for part, now, then in zip(share.numbers, own.numbers, before.numbers, strict=True):
        wanted = None if not then or now is None else (now - then) / then * 100
        assert part == (None if wanted is None else pytest.approx(wanted))
    assert "Buy (vs previous day)" in table.csv()
    ask(world, events=["Buy"])
    assert table.against.isHidden()


def test_a_change_is_of_what_was_before() -> None:
    own = Series("Buy", (10.0, 30.0), 40.0, event=0)
    before = Series("Buy", (5.0, 0.0), 5.0, event=0, compared="day")
    figure = Figure(Buckets("day", (0, 1), (1, 2)), (own, before))
    assert changed(figure, before, "total", share=False) == (35, 5, 30)
    assert changed(figure, before, "total", share=True) == (700, 100, None)
    assert changed(figure, before, "average", share=False)[0] == 20 - 2.5
