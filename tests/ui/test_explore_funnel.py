"""Funnels on the Explore page: building one, its views, and what is behind its bars."""

import csv

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.query import Funnel, FunnelFigure
from ui.context import Context
from ui.pages.explore.funnelview import table

from .conftest import Workspace, event
from .explore import LEFT, NOW_MS, World, menu, study, titles

HOUR = 3_600_000
DAY = 24 * HOUR
MINUTE = 60_000


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Eight people look, five add, two buy; the two of them read a review before."""
    start = NOW_MS - 2 * DAY
    for at in range(8):
        name = f"user-{at}"
        steps = ["Look"]
        steps += ["Add"] if at < 5 else []
        steps += ["Review", "Buy"] if at < 2 else []
        workspace.add(
            *(
                event(step, user_id=name, device_id=f"device-{name}",
                      time=start + at * HOUR + place * 10 * MINUTE,
                      event_properties={"plan": "pro" if at % 2 else "free", "price": at})
                for place, step in enumerate(steps)
            )
        )  # fmt: skip
    study(workspace.folder)
    return World(qtbot, context).show()


def counts(world: World) -> list[tuple[int, ...]]:
    return [part.counts for part in world.answered().figure.parts]


@pytest.fixture
def funnel(world: World) -> World:
    world.add_event("Look")
    world.click(world.desk.builder.kinds["funnel"])
    assert world.desk.frame.nothing.title.text() == "Pick a second event"
    world.click("steps[1]")
    world.pick("Add")
    world.click("steps+")
    world.pick("Buy")
    world.until(lambda: counts(world) == [(8, 5, 2)])
    return world


def test_a_property_is_added_up_at_the_last_step(world: World) -> None:
    world.add_event("Look")
    world.click(world.desk.builder.kinds["funnel"])
    world.click("steps[1]")
    world.pick("Add")
    world.click("sum+")
    world.pick("price")
    world.until(lambda: world.answered().figure.parts[0].sum == 0 + 1 + 2 + 3 + 4)
    heads, (row,) = table(world.answered().figure, world.answered().chart)
    assert heads[-2:] == ["Sum of price", "price per person"]
    assert [one.text for one in row[-2:]] == ["10", "2"]
    shown = world.desk.figure.funnel.table
    assert shown.topLevelItem(0).text(shown.columnCount() - 1) == "2"
    world.click("sum.remove")
    world.until(lambda: "Sum of price" not in table(*drawn(world))[0])


def drawn(world: World) -> tuple[FunnelFigure, Funnel]:
    return world.answered().figure, world.answered().chart


def test_steps_become_bars(funnel: World) -> None:
    view = funnel.desk.figure.funnel
    funnel.until(view.bars.isVisible)
    assert view.takeaways.text() == (
        "25.0 % converted  ·  most were lost before step 2: 3  ·  "
        "slowest was step 3: 20.0 min in the median"
    )
    funnel.desk.taking.copy("csv")
    rows = list(csv.reader(funnel.desk.figure.funnel.csv().splitlines()))
    assert rows[1] == ["All", "25.0 %", "8", "5", "10.0 min", "2", "20.0 min"]
    funnel.click("steps[2].more")
    funnel.press(menu(), "Move up")
    assert counts(funnel) == [(8, 2, 0)]


def test_order_window_and_exclusion(funnel: World) -> None:
    amount = funnel.at("window_s")
    funnel.choose("window_s.unit", "minutes")
    amount = funnel.at("window_s")
    amount.selectAll()
    funnel.qtbot.keyClicks(amount, "10")
    funnel.qtbot.keyClick(amount, Qt.Key.Key_Return)
    funnel.until(lambda: counts(funnel) == [(8, 5, 0)])
    funnel.press_keys("Ctrl+Z")
    funnel.press_keys("Ctrl+Z")
    funnel.until(lambda: counts(funnel) == [(8, 5, 2)])
    funnel.choose("order", "exactly this order")
    funnel.until(lambda: counts(funnel) == [(8, 5, 0)])
    funnel.choose("order", "this order")
    funnel.click("exclude+")
    funnel.pick("Review")
    funnel.until(lambda: counts(funnel) == [(8, 5, 0)])
    funnel.choose("exclude[0].between", "between 1 and 2")
    funnel.until(lambda: counts(funnel) == [(8, 5, 2)])


def test_who_dropped_out(funnel: World) -> None:
    bars = funnel.desk.figure.funnel.bars
    funnel.qtbot.mouseClick(bars, LEFT, pos=bars.place_of(0, 2, converted=False))
    found = menu()
    assert found.actions()[0].text() == "3 people dropped out before step 2, Add: 37.5 %"
    funnel.press(found, "View Users")
    users = funnel.desk.behind.users
    funnel.until(lambda: [row.user_id for row in users.rows] == ["user-5", "user-6", "user-7"])


def open_drivers(funnel: World) -> None:
    """The drivers of the last step, with the keyboard."""
    bars = funnel.desk.figure.funnel.bars
    bars.setFocus()
    while bars.chosen != (0, 3, True):
        funnel.qtbot.keyClick(bars, Qt.Key.Key_Right)
    funnel.qtbot.keyClick(bars, Qt.Key.Key_Return)
    found = menu()
    assert "Explore Conversion Drivers" in titles(found)
    funnel.press(found, "Explore Conversion Drivers")


def test_drivers_with_the_keyboard(funnel: World) -> None:
    open_drivers(funnel)
    drivers = funnel.desk.behind.drivers.table
    funnel.until(lambda: [row.event for row in drivers.rows] == ["Review"])
    assert drivers.rows[0].correlation == pytest.approx(1.0)
    panel = funnel.desk.behind.drivers
    assert panel.facts.text() == (
        "Of 5 people after step 2, 2 (40.0 %) came to step 3 and 3 (60.0 %) dropped out."
    )
    drivers.setFocus()
    drivers.go_to(1)
    assert panel.line.text() == (
        "Review. Did it: 2 people, 2 (100.0 %) converted, 0 (0.0 %) dropped out."
        " Did not: 3 people, 0 (0.0 %) converted, 3 (100.0 %) dropped out."
    )
    # The same for those who dropped out: what goes with converting goes against it.
    funnel.choose("drivers.tab", "who dropped out")
    model = drivers.model()
    shown = [model.index(0, at).data() for at in range(3)]
    assert shown == ["Review", "high  −1.00", "0.0 %"]
    # From an earlier step there are more people, and more that they did.
    funnel.choose("drivers.start", "after step 1")
    funnel.until(lambda: panel.facts.text().startswith("Of 8 people after step 1,"))


def test_drivers_are_split_by_properties(funnel: World) -> None:
    open_drivers(funnel)
    panel = funnel.desk.behind.drivers
    funnel.until(lambda: bool(panel.table.rows))
    panel.expand.choose(frozenset({"price"}))
    funnel.until(lambda: [len(one.values) for one in panel.table.rows][:1] == [1])
    panel.expand.choose(frozenset({"a", "b", "c", "price"}))
    # Three are enough for anybody.
    assert panel.expand.chosen == {"a", "b", "c"}


def test_a_group_is_left_out(funnel: World) -> None:
    funnel.click("by+")
    funnel.pick("plan")
    funnel.until(lambda: len(counts(funnel)) == 2)
    bars = funnel.desk.figure.funnel.bars
    names = [part.group for part in funnel.answered().figure.parts]
    free = names.index(("free",))
    funnel.qtbot.mouseClick(bars, LEFT, pos=bars.place_of(free, 1, converted=True))
    funnel.press(menu(), "Exclude")
    funnel.until(lambda: [one.group for one in funnel.answered().figure.parts] == [("pro",)])
    funnel.press_keys("Ctrl+Z")
    funnel.until(lambda: len(counts(funnel)) == 2)
    funnel.qtbot.mouseClick(bars, LEFT, pos=bars.place_of(free, 1, converted=True))
    funnel.press(menu(), "Filter By")
    funnel.until(lambda: counts(funnel) == [(4, 3, 1)])


def test_groups_and_views(funnel: World) -> None:
    funnel.click("by+")
    funnel.pick("plan")
    funnel.until(lambda: sorted(counts(funnel)) == [(4, 2, 1), (4, 3, 1)])
    view = funnel.desk.figure.funnel
    assert view.table.topLevelItemCount() == 2
    funnel.choose("show", "Conversion over time")
    funnel.until(view.lines.isVisible)
    assert {one.title for one in view.lines.data.series} == {"free", "pro"}
    funnel.choose("show", "Time to convert")
    funnel.until(lambda: view.bins.isVisible() and view.bins.heaps)
    bins = view.bins
    assert sum(sum(one.counts) for one in bins.heaps) == 2
    at, number = next((at, number) for at, one in enumerate(bins.heaps)
                      for number, count in enumerate(one.counts) if count)  # fmt: skip
    funnel.qtbot.mouseClick(bins, LEFT, pos=bins.place_of(bins.heaps[at].keys[number]))
    funnel.press(menu(), "View Users")
    funnel.until(lambda: len(funnel.desk.behind.users.rows) == 1)


def test_the_time_between_some_steps(funnel: World) -> None:
    """From looking to adding takes ten minutes, from adding to buying twenty."""
    funnel.choose("show", "Time to convert")
    bins = funnel.desk.figure.funnel.bins
    funnel.until(lambda: bins.isVisible() and bins.heaps and bins.heaps[0].median_said)
    assert bins.heaps[0].median_said == "30.0 min"
    funnel.choose("between[1]", "step 2")
    funnel.until(lambda: bins.heaps[0].median_said == "10.0 min")
    assert sum(bins.heaps[0].counts) == 5
    funnel.choose("shape", "Share (PDF)")
    funnel.until(lambda: bins.shape == "share")
    field = funnel.at("edges")
    funnel.qtbot.keyClicks(field, "0, 300, 900")
    funnel.qtbot.keyClick(field, Qt.Key.Key_Return)
    funnel.until(lambda: bins.titles == ("0 s – 5 min", "5 min – 15 min"))
    assert bins.said(0, 1) == "5 min – 15 min: 100.0 %"


def test_an_optional_step(funnel: World) -> None:
    funnel.click("steps[1].more")
    funnel.press(menu(), "This step is optional")
    funnel.until(lambda: counts(funnel) == [(8, 5, 2), (8, 2)])
    view = funnel.desk.figure.funnel
    assert [view.table.topLevelItem(at).text(0) for at in range(2)] == ["with Add", "without Add"]
    # The last bar of the funnel without it is its own step.
    bars = view.bars
    funnel.qtbot.mouseClick(bars, LEFT, pos=bars.place_of(1, 2, converted=True))
    found = menu()
    assert found.actions()[0].text() == "without Add, 2 people did step 3, Buy: 25.0 %"
    funnel.press(found, "View Users")
    funnel.until(lambda: len(funnel.desk.behind.users.rows) == 2)
    funnel.click("steps[1].optional.remove")
    funnel.until(lambda: counts(funnel) == [(8, 5, 2)])


def test_events_are_compared(funnel: World) -> None:
    funnel.click("steps[1].more")
    funnel.press(menu(), "Compare with another event…")
    funnel.pick("Review")
    funnel.until(lambda: counts(funnel) == [(8, 5, 2), (8, 2, 2)])
    names = [part.variant for part in funnel.answered().figure.parts]
    assert names == ["Add", "Review"]
    funnel.click("steps[1].compared[0].remove")
    funnel.until(lambda: counts(funnel) == [(8, 5, 2)])
    funnel.desk.undo()
    # What has ways of its own has no histogram: the step is one event again.
    funnel.choose("show", "Time to convert")
    funnel.until(lambda: funnel.answered().chart.steps[1].compared == ())


def test_the_table_is_put_in_order_by_its_head(funnel: World) -> None:
    funnel.click("by+")
    funnel.pick("plan")
    funnel.until(lambda: len(counts(funnel)) == 2)
    shown = funnel.desk.figure.funnel.table

    def names() -> list[str]:
        return [shown.topLevelItem(at).text(0) for at in range(shown.topLevelItemCount())]

    before = names()
    head = shown.header()
    place = QPoint(head.sectionViewportPosition(0) + 40, head.height() // 2)
    for _ in range(2):
        funnel.qtbot.mouseClick(head.viewport(), LEFT, pos=place)
        found = names()
        down = head.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        assert found == sorted(before, reverse=down)
    funnel.qtbot.mouseClick(head.viewport(), LEFT, pos=place)
    assert names() == before  # The third click takes the order away.


def test_who_is_better_than_the_first(funnel: World) -> None:
    funnel.choose("show", "A/B improvement and significance")
    funnel.click("by+")
    funnel.pick("plan")
    funnel.until(lambda: len(counts(funnel)) == 2)
    table = funnel.desk.figure.funnel.table
    heads = [table.headerItem().text(at) for at in range(table.columnCount())]
    assert heads[-2:] == ["Improvement", "Significance"]
    last = len(heads) - 1
    assert [table.topLevelItem(at).text(last) == "baseline" for at in range(2)] == [True, False]
    assert table.topLevelItem(1).text(last - 1).endswith(" %")
    bars = funnel.desk.figure.funnel.bars
    funnel.qtbot.mouseClick(bars, LEFT, pos=bars.place_of(1, 1, converted=True))
    funnel.press(menu(), "Measure Others by This")
    funnel.until(lambda: table.topLevelItem(1).text(last) == "baseline")
    assert table.topLevelItem(0).text(last) != "baseline"
