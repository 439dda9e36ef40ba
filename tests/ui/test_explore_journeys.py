"""Journeys on the Explore page: from a chart to what people did next, and what a node offers."""

import csv

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QWidget
from pytestqt.qtbot import QtBot

from app.label.labels import Labels
from app.query import Funnel, Point, read
from app.study import Study
from tests.app.study.test_labels import NAMES as CLICKED
from tests.app.study.test_labels import clicks, label
from ui.context import Context
from ui.pages.explore.prompt import Prompt

from .conftest import Workspace, event
from .explore import LEFT, NOW_MS, World, menu, study, titles

DAY = 86_400_000
MINUTE = 60_000
WAYS = ("ABC", "ABD", "AC", "A")
PLACES = {"A": "home", "B": "shop"}
NAMES = {"A": "Open", "B": "Search", "C": "Look", "D": "Leave"}


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Four people: JRN-T2 of the semantics."""
    for at, way in enumerate(WAYS):
        name = f"user-{at}"
        workspace.add(
            *(
                event(NAMES[step], user_id=name, device_id=f"device-{name}",
                      time=NOW_MS - DAY + place * MINUTE,
                      event_properties={"place": PLACES[step]} if step in PLACES else {})
                for place, step in enumerate(way)
            )
        )  # fmt: skip
    study(workspace.folder)
    return World(qtbot, context).show()


def shares(world: World) -> dict[tuple[str, ...], float]:
    world.answered()
    return {node.way: node.share for node in world.desk.figure.journeys.map.nodes}


@pytest.fixture
def journeys(world: World) -> World:
    world.add_event("Open")
    world.click(world.desk.builder.kinds["journeys"])
    world.until(lambda: bool(shares(world)))
    return world


def test_what_people_did_next(journeys: World) -> None:
    found = shares(journeys)
    assert found[("Open",)] == 1
    assert found[("Open", "Search")] == 0.5
    assert found[("Open", "Look")] == 0.25
    assert found[("Open", "Dropped off")] == 0.25
    assert found[("Open", "Search", "Leave")] == 0.25
    view = journeys.desk.figure.journeys
    assert view.facts.text() == "4 people begin here"
    rows = list(csv.reader(view.csv().splitlines()))
    assert rows[0][0] == "Path"
    assert len(rows) == 5


def test_whole_paths_are_compared_and_put_in_order(journeys: World) -> None:
    view = journeys.desk.figure.journeys
    table = view.table
    cells = lambda at: [table.topLevelItem(n).text(at) for n in range(4)]  # noqa: E731
    assert cells(0)[0] == "Open → Dropped off"
    assert sorted(cells(4)) == ["100 %", "50 %", "50 %", "67 %"]
    header = table.header()
    # Sections have their places once the first of them has stretched.
    journeys.until(lambda: header.isVisible() and header.length() == header.viewport().width())
    for at, rising in ((4, ["50 %", "50 %", "67 %", "100 %"]), (3, ["0.0 s", "1.0 min"])):
        there = QPoint(header.sectionViewportPosition(at) + 20, header.height() // 2)
        for down in (True, False):
            journeys.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=there)
            shown = cells(at)[::-1] if down else cells(at)
            assert shown[: len(rising)] == rising
            assert table.headerItem().text(at).endswith("↓" if down else "↑")
    assert [row.split(",")[3] for row in view.csv().splitlines()[1:]] == cells(3)
    assert table.isColumnHidden(5)


def test_one_person_begins_and_ends(world: World) -> None:
    first = {"property": "user_id", "scope": "field", "values": ["user-0"]}
    for at, says in (("start", "1 person begins here"), ("end", "1 person ends here")):
        definition = {"kind": "journeys", at: "Open", "segments": [{"where": [first]}]}
        world.desk.put(read({"range": {"last": 7}, **definition}))
        world.until(lambda says=says: world.desk.figure.journeys.facts.text() == says)


def test_nodes_offer_what_can_be_done(journeys: World) -> None:
    flow = journeys.desk.figure.journeys.map
    journeys.qtbot.mouseClick(flow, LEFT, pos=flow.place_of(("Open", "Dropped off")))
    found = menu()
    # MIC-T7: there, and of no use.
    assert titles(found) == []
    assert [one.text() for one in found.actions()[2:]] == ["View User Streams", "Create Cohort"]
    journeys.qtbot.keyClick(found, Qt.Key.Key_Escape)
    journeys.qtbot.mouseClick(flow, LEFT, pos=flow.place_of(("Open", "Search")))
    found = menu()
    assert titles(found) == [
        "Filter By",
        "Exclude",
        "View User Streams",
        "View Users",
        "Download Users",
        "Create Cohort",
        "View uploads behind this point",
        "Expand by Property…",
        "Create Funnel",
    ]
    journeys.press(found, "Exclude")
    journeys.until(lambda: shares(journeys).get(("Open", "Look")) == 0.5)
    journeys.press_keys("Ctrl+Z")
    journeys.until(lambda: ("Open", "Search") in shares(journeys))


def test_who_took_a_way(journeys: World) -> None:
    flow = journeys.desk.figure.journeys.map
    journeys.qtbot.mouseClick(flow, LEFT, pos=flow.place_of(("Open", "Search")))
    journeys.press(menu(), "View Users")
    behind = journeys.desk.behind
    journeys.until(lambda: [row.user_id for row in behind.users.rows] == ["user-0", "user-1"])
    assert behind.title.text().startswith("Open → Search: 2 people, 50.0 % of all")
    behind.tabs.setCurrentIndex(1)
    journeys.until(lambda: behind.streams.marked() == ["Open", "Search", "Open", "Search"])
    journeys.qtbot.mouseClick(flow, LEFT, pos=flow.place_of(("Open", "Search", "Look")))
    journeys.press(menu(), "Create Cohort")
    prompt = QApplication.activePopupWidget()
    assert isinstance(prompt, Prompt)
    prompt.field.setText("Looked")
    journeys.qtbot.keyClick(prompt.field, Qt.Key.Key_Return)
    journeys.until(lambda: journeys.desk.vocabulary.cohorts)
    journeys.click(journeys.desk.builder.kinds["segmentation"])
    journeys.click("segments[0].cohorts+")
    journeys.pick("Looked")
    assert journeys.total() == 1


def test_steps_are_expanded(journeys: World) -> None:
    flow = journeys.desk.figure.journeys.map
    journeys.qtbot.mouseClick(flow, LEFT, pos=flow.place_of(("Open", "Search")))
    journeys.press(menu(), "Expand by Property…")
    journeys.pick("place")
    journeys.until(lambda: ("Open · home", "Search · shop", "Look · (none)") in shares(journeys))


def test_a_way_becomes_a_funnel(journeys: World) -> None:
    flow = journeys.desk.figure.journeys.map
    flow.setFocus()
    while flow.chosen != ("Open", "Search", "Look"):
        journeys.qtbot.keyClick(flow, Qt.Key.Key_Down)
    assert "Open → Search → Look: 1 person, 25.0 % of all" in flow.accessibleDescription()
    journeys.qtbot.keyClick(flow, Qt.Key.Key_Return)
    journeys.press(menu(), "Create Funnel")
    journeys.until(lambda: isinstance(journeys.answered().chart, Funnel))
    assert journeys.answered().figure.parts[0].counts == (4, 2, 1)


def test_whole_paths_are_copied(journeys: World) -> None:
    table = journeys.desk.figure.journeys.table
    journeys.until(lambda: table.topLevelItemCount() == 4)
    table.setFocus()
    table.selectAll()
    journeys.qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    head, *lines = QApplication.clipboard().text().splitlines()
    assert head.split("\t")[:4] == ["Path", "People", "Share", "Mean time"]
    assert "Open → Search → Look → Dropped off\t1\t25.0 %" in "\n".join(lines)
    assert len(lines) == 4


def test_shares_of_the_step_before(journeys: World) -> None:
    flow = journeys.desk.figure.journeys.map
    node = next(one for one in flow.nodes if one.way == ("Open", "Search", "Look"))
    assert flow.said(node).endswith("1 person, 25.0 % of all")
    journeys.choose("shares", "% of the step before")
    assert flow.said(node).endswith("1 person, 50.0 % of the step before")


@pytest.mark.parametrize(("keys", "place"), [("Shift+E", "end"), ("Shift+G", "expand[0]")])
def test_keys_of_journeys(journeys: World, keys: str, place: str) -> None:
    journeys.press_keys(keys)
    journeys.pick("Look" if place == "end" else "place")
    journeys.until(lambda: journeys.desk.findChild(QWidget, place) is not None)
    chart = journeys.answered().chart
    assert chart.end.type == "Look" if place == "end" else chart.expand[0].name == "place"


def test_before_and_between(journeys: World) -> None:
    journeys.click("start.remove")
    assert journeys.desk.frame.nothing.title.text() == "Pick where journeys begin"
    journeys.click("end+")
    journeys.pick("Look")
    journeys.until(lambda: journeys.desk.figure.journeys.map.is_backward)
    assert shares(journeys)[("Look", "Search", "Open")] == 0.5
    journeys.click("start")
    journeys.pick("Open")
    journeys.until(lambda: shares(journeys).get(("Open", "Search", "Look")) == 0.25)


def test_journeys_of_a_point(world: World) -> None:
    world.add_event("Search")
    values = [one.total for one in world.answered().figure.series]
    assert values == [2]
    points = world.desk.figure.lines.data.series[0].values
    world.press(world.click_point(0, points.index(2)), "Show User Journeys")
    world.until(lambda: shares(world).get(("Search",)) == 1)
    assert shares(world)[("Search", "Look")] == 0.5
    assert "2 people" in world.desk.figure.journeys.facts.text()


def test_clicks_are_called_by_their_labels(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    folder = workspace.folder
    workspace.add(*clicks(*CLICKED, time=NOW_MS - MINUTE))
    with Labels(folder) as labels:
        labels.save(label(".cards .add", name="Add to cart"))
    with Study(folder) as studying:
        studying.catch_up()
        studying.refresh()
    world = World(qtbot, context).show()
    kind = "[Amplitude] Element Clicked"
    world.desk.put(read({"kind": "journeys", "start": kind, "range": {"last": 7}}))
    assert ("Add to cart" in str(list(shares(world)))) is False
    # What is offered is known a moment later.
    world.until(lambda: world.desk.findChild(QCheckBox, "called") is not None)
    world.click("called")
    world.until(lambda: any("Add to cart" in way for way in shares(world)))
    (way,) = [way for way in shares(world) if way[-1] == "Add to cart"][:1]
    found = world.desk.deeds.actions(Point(way=(*way, "Add to cart")))
    made = next(one for one in found if one.title == "Create Funnel")
    made.run(None)
    assert isinstance(world.desk.chart, Funnel)
    assert world.desk.chart.steps[-1].event.kind == "label"
    world.desk.undo()
    # Left out as a whole, it is seen, and comes back.
    leave = next(one for one in found if one.title == "Exclude")
    leave.run(None)
    assert world.desk.chart.exclude[0].label
    world.until(lambda: not any("Add to cart" in way[1:] for way in shares(world)))
    world.click("exclude[0].remove")
    world.until(lambda: any("Add to cart" in way for way in shares(world)))
    world.click("called")
    world.until(lambda: not any("Add to cart" in way for way in shares(world)))
