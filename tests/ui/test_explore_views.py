"""How charts of the Explore page are drawn: parts of a whole, two axes, histograms, times."""

import math
import re

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.query import Charts, Clock, read
from app.query.calendar import Buckets, Range
from app.query.figure import Figure, Series
from ui.charts.swatch import brush_of, colour_of, symbol_of
from ui.context import Context
from ui.pages.explore.axispopup import AxisPopup
from ui.pages.explore.comparing import ComparePopup
from ui.pages.explore.drawing import colours_of, usual
from ui.pages.explore.functions import FUNCTIONS
from ui.pages.explore.histogram import Heap, said_of, shaped
from ui.pages.explore.numbersfield import numbers_in
from ui.pages.explore.prompt import Prompt
from ui.pages.explore.ranges import RangePopup

from .conftest import Workspace, event
from .explore import LEFT, NOW_MS, World, menu, study, titles

DAY = 86_400_000
MINUTE = 60_000
KINDS = ("even", "odd")


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Nine people look 1 to 9 times at things of 10 to 90; three of them buy."""
    for person in range(1, 10):
        start = NOW_MS - person % 3 * DAY - 3 * 3_600_000
        name = f"user-{person}"
        workspace.add(
            *(
                event("Look", user_id=name, device_id=f"device-{name}", time=start + at * MINUTE,
                      event_properties={"price": person * 10, "kind": KINDS[person % 2]})
                for at in range(person)
            ),
            *(
                [event("Buy", user_id=name, device_id=f"device-{name}",
                       time=start + person * 10 * MINUTE)]
                if person % 3 == 0
                else []
            ),
        )  # fmt: skip
    study(workspace.folder)
    made = World(qtbot, context).show()
    made.add_event("Look")
    made.answered()
    return made


def test_parts_of_the_whole(world: World) -> None:
    controls = world.desk.controls
    assert controls.relative.isHidden()
    world.click("events[0].by+")
    world.pick("kind")
    world.choose("measure", "Event totals")
    world.choose("view", "Area")
    world.choose("relative", "% Relative")
    areas = world.desk.figure.areas
    world.until(lambda: areas.isVisible() and areas.data.series[0].unit == "%")
    for column in zip(*(one.values for one in areas.data.series), strict=True):
        assert all(map(math.isnan, column)) or sum(column) == pytest.approx(100)
    world.choose("view", "Bar")
    world.until(world.desk.figure.totals.isVisible)
    assert [one.said for one in world.desk.figure.totals.totals.parts] == ["55.6 %", "44.4 %"]
    assert sum(one.value for one in world.desk.figure.totals.totals.parts) == pytest.approx(100)
    world.choose("view", "Pie")
    assert controls.relative.isHidden()


def test_people_of_several_events_are_no_parts(world: World) -> None:
    world.add_event("Buy")
    world.choose("view", "Area")
    world.answered()
    assert not world.desk.controls.relative.isEnabled()
    assert "formula" in world.desk.controls.relative.toolTip()


def test_a_second_axis(world: World) -> None:
    world.add_event("Buy")
    world.choose("measure", "Event totals")
    world.answered()
    world.click(world.desk.controls.advanced)
    world.press(menu(), "Buy")
    chart = world.desk.figure.lines
    world.until(lambda: [one.is_right for one in chart.data.series] == [False, True])
    assert [one.title for one in chart.data.series] == ["Look", "Buy (right axis)"]
    axis = chart.plot.getAxis("right")
    assert axis.isVisible()
    # A point is where the numbers of its own axis say.
    (marks,) = axis._tickLevels
    heights = {float(text): place for place, text in marks}
    values, drawn = chart.data.series[1].values, chart.plot.drawn(chart.data.series[1])
    at = next(at for at, value in enumerate(values) if value == 3)
    assert drawn[at] == pytest.approx(heights[3.0])
    assert drawn[at] > 10
    world.desk.undo()
    world.until(lambda: not axis.isVisible())


def test_a_histogram_and_who_is_in_a_column(world: World) -> None:
    world.choose("measure", "Frequency")
    histogram = world.desk.figure.histogram
    world.until(lambda: histogram.isVisible() and histogram.heaps)
    assert histogram.titles == ("1", "2", "3", "4", "5", "6–10")
    assert histogram.heaps[0].counts == (1, 1, 1, 1, 1, 4)
    field = world.at("edges")
    world.qtbot.keyClicks(field, "1, 4, 7")
    world.qtbot.keyClick(field, Qt.Key.Key_Return)
    world.until(lambda: histogram.titles == ("1–3", "4–6", "7+"))
    assert histogram.heaps[0].counts == (3, 3, 3)
    world.choose("shape", "Running share (CDF)")
    world.until(lambda: histogram.shape == "running")
    histogram.setFocus()
    for _ in range(2):
        world.qtbot.keyClick(histogram, Qt.Key.Key_Right)
    assert histogram.accessibleDescription() == "up to 4–6: 66.7 %"
    world.qtbot.keyClick(histogram, Qt.Key.Key_Return)
    found = menu()
    assert "Zoom In" not in titles(found)
    world.press(found, "View Users")
    users = world.desk.behind.users
    world.until(lambda: sorted(row.user_id for row in users.rows) == ["user-4", "user-5", "user-6"])


def test_who_is_in_a_column_of_values(world: World) -> None:
    world.choose("measure", "Distribution of property")
    world.click("property")
    world.pick("price")
    histogram = world.desk.figure.histogram
    # On the way there, other measures may have been answered.
    world.until(lambda: histogram.heaps and sum(histogram.heaps[0].counts) == 45)
    last = len(histogram.titles) - 1
    world.qtbot.mouseClick(histogram, LEFT, pos=histogram.place_of(histogram.heaps[0].keys[last]))
    world.press(menu(), "View Users")
    users = world.desk.behind.users
    world.until(lambda: users.rows)
    assert "user-9" in [row.user_id for row in users.rows]


def test_shapes() -> None:
    """Semantics §10.10: the smallest bin with at least that share."""
    assert shaped([1, 3, 0], "share") == [25, 75, 0]
    assert shaped([1, 3, 0], "running") == [25, 100, 100]
    assert said_of(("a", "b", "c"), Heap("x", 0, (5, 4, 1), (0, 1, 2))) == (
        "median a  ·  90 % up to b"
    )
    assert said_of(("a",), Heap("x", 0, (0,), (0,))) == "Nobody"
    assert said_of(("0 – 1.0 h",), Heap("x", 0, (3,), (0,), None, "9 s")).endswith("up to 1.0 h")
    assert numbers_in("0, 5,10.5") == (0, 5, 10.5)
    assert numbers_in("") == ()
    for wrong in ("5, 1", "1, 1", "x", "nan", "inf, 2"):
        assert numbers_in(wrong) is None


def heads(world: World) -> list[str]:
    model = world.desk.table.model
    across = Qt.Orientation.Horizontal
    return [model.headerData(at, across) for at in range(model.columnCount())]


def show(world: World, **definition: object) -> None:
    world.desk.put(read({"range": {"last": 2}, "interval": "hour", **definition}))
    world.answered()


def test_each_formula_has_its_own_unit(world: World) -> None:
    both = ["Look", "Buy"]
    show(world, events=both, measure="formula", formula="%: UNIQUES(B)/UNIQUES(A); TOTALS(A)")
    share, total = world.desk.figure.lines.data.series
    assert (share.said(share.total), total.said(total.total)) == ("33.3 %", "45")
    model = world.desk.table.model
    assert [model.index(row, 1).data() for row in (0, 1)] == ["33.3 %", "45"]
    assert heads(world)[2].endswith(" 00:00")
    assert re.search(r"T00:00[+-]\d{4}", world.desk.table.csv())


def test_no_value_at_all_is_said(world: World) -> None:
    show(world, events=["Look"], measure="sum", property="nothing like it")
    nothing = world.desk.figure.lines.nothing
    world.until(nothing.isVisible)
    show(world, events=["Look"], measure="sum", property="price")
    world.until(nothing.isHidden)


def test_properties_are_called_what_a_person_calls_them(world: World) -> None:
    show(world, events=["Look"], by=[{"property": "@platform", "scope": "user"}])
    assert heads(world)[1] == "Platform"
    assert world.at("by[0]").text() == "Platform"


def test_two_earlier_times(world: World) -> None:
    for title in ("vs previous day", "vs previous week", "vs previous month"):
        world.click(world.desk.controls.compare)
        world.press(menu(), title)
    assert world.answered().chart.compare == ("week", "month")
    assert world.desk.controls.compare.text() == "vs previous week and previous month"
    names = [one.title for one in world.desk.figure.lines.data.series]
    assert names == ["Look", "Look (previous week)", "Look (previous month)"]


def test_any_earlier_time(world: World) -> None:
    def asked() -> ComparePopup:
        world.click(world.desk.controls.compare)
        world.press(menu(), "Another period…")
        found = QApplication.activePopupWidget()
        assert isinstance(found, ComparePopup)
        return found

    first = asked()
    first.count.setValue(45)
    world.click(first.button)
    assert world.answered().chart.compare == ("45 days",)
    assert world.desk.controls.compare.text() == "vs 45 days before"
    second = asked()
    second.form.setFocus()
    world.qtbot.keyClick(second.form, Qt.Key.Key_Down)
    second.day.setDate(QDate(2026, 8, 1))
    world.click(second.button)
    assert world.answered().chart.compare == ("45 days", "starting 2026-08-01")
    dashed = [(one.is_dashed, one.is_dotted) for one in world.desk.figure.lines.data.series]
    assert dashed == [(False, False), (True, False), (True, True)]
    assert len({one.colour for one in world.desk.figure.lines.data.series}) == 3


def test_earlier_periods_share_colours_when_there_are_too_few() -> None:
    periods = ("", "day", "week")
    figure = Figure(
        Buckets("day", (0,), (1,)),
        tuple(
            Series(str(event), (1.0,), 1.0, event=event, compared=period)
            for period in periods
            for event in range(4)
        ),
    )
    few = [0, 4, 8]
    assert len(set(colours_of(figure, few).values())) == 3
    every = colours_of(figure, range(12))
    assert [every[at] for at in range(12)] == [0, 1, 2, 3] * 3


def test_rows_that_were_chosen_are_forgotten_with_their_chart(world: World) -> None:
    world.click("events[0].by+")
    world.pick("kind")
    world.until(lambda: len(world.answered().figure.series) == 2)
    model = world.desk.table.model
    model.setData(model.index(0, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    lines = world.desk.figure.lines
    world.until(lambda: len(lines.data.series) == 1)
    world.click("events[0].by[0].remove")
    world.until(lambda: [one.title for one in lines.data.series] == ["Look"])
    assert model.drawn == {0}


def test_more_series_than_colours_are_told_apart() -> None:
    assert len({(colour_of(at).name(), symbol_of(at)) for at in range(32)}) == 32
    assert len({(colour_of(at).name(), brush_of(at).style()) for at in range(32)}) == 32
    series = tuple(Series(str(at), (1.0,), 1.0, event=at) for at in range(20))
    figure = Figure(Buckets("day", (0,), (1,)), series)
    assert len(set(colours_of(figure, range(20)).values())) == 20


def test_groups_of_a_histogram_are_whole_and_named() -> None:
    bins = ("1", "2", "3", "4")
    series = tuple(
        Series(f"Look; g{group}; {title}", (1.0,), 1.0, event=0, group=(f"g{group}",), bin=title)
        for group in range(7)
        for title in bins[: 4 - group % 2]
    )
    figure = Figure(Buckets("day", (0,), (1,)), series)
    shown = [figure.series[at] for at in usual(figure)]
    assert list(dict.fromkeys(one.group for one in shown)) == [(f"g{at}",) for at in range(5)]
    assert len(shown) == 4 + 3 + 4 + 3 + 4


def test_a_group_of_a_histogram_is_switched_off(world: World) -> None:
    world.click("events[0].by+")
    world.pick("kind")
    world.choose("measure", "Frequency")
    histogram, legend = world.desk.figure.histogram, world.desk.figure._binned.legend
    world.until(lambda: histogram.isVisible() and len(histogram.heaps) == 2)
    first = histogram.heaps[0].name
    assert legend.buttons["0"].text() == first
    world.click(legend.buttons["0"])
    assert [one.name for one in histogram.heaps] != [first]
    assert len(histogram.heaps) == 1
    world.click(legend.buttons["0"])
    assert histogram.heaps[0].name == first


def legend_name(world: World, text: str) -> None:
    """Say what the first series of the legend is to be called."""
    (button, *_) = world.desk.figure.lines.legend.buttons.values()
    button.setFocus()
    world.qtbot.keyClick(button, Qt.Key.Key_F2)
    asked = QApplication.activePopupWidget()
    assert isinstance(asked, Prompt)
    asked.field.clear()
    world.qtbot.keyClicks(asked.field, text)
    world.qtbot.keyClick(asked.field, Qt.Key.Key_Return)


def test_a_series_is_called_otherwise(world: World) -> None:
    world.click("events[0].by+")
    world.pick("kind")
    world.until(lambda: len(world.answered().figure.series) == 2)
    lines = world.desk.figure.lines
    name = world.answered().figure.series[0].name
    own = lines.data.series[0].title
    legend_name(world, "The first kind")
    world.until(lambda: lines.data.series[0].title == "The first kind")
    assert world.desk.table.model.lines[0].texts[1] == own
    assert world.answered().chart.legend == ((name, "The first kind"),)
    world.choose("view", "Pie")
    world.until(world.desk.figure.totals.isVisible)
    assert world.desk.figure.totals.totals.parts[0].title == "The first kind"
    world.choose("view", "Line")
    legend_name(world, "")
    world.until(lambda: lines.data.series[0].title == own)
    world.desk.undo()
    world.until(lambda: lines.data.series[0].title == "The first kind")


def axis_popup(world: World) -> AxisPopup:
    world.click(world.desk.controls.advanced)
    world.press(menu(), "Axis: limits and unit…")
    found = QApplication.activePopupWidget()
    assert isinstance(found, AxisPopup)
    return found


def test_an_axis_begins_and_ends_where_it_is_told(world: World) -> None:
    asked = axis_popup(world)
    world.qtbot.keyClicks(asked.low, "2")
    world.qtbot.keyClicks(asked.high, "1")
    assert not asked.done.isEnabled()
    assert "above" in asked.problem.text()
    asked.high.clear()
    world.qtbot.keyClicks(asked.high, "2.5")
    asked.unit.setFocus()
    for _ in range(4):
        world.qtbot.keyClick(asked.unit, Qt.Key.Key_Down)
    world.qtbot.keyClicks(asked.own, "# kg")
    world.qtbot.keyClick(asked.own, Qt.Key.Key_Return)
    world.until(lambda: world.answered().chart.axis.unit == "# kg")
    plot = world.desk.figure.lines.plot
    assert plot.scale_left[:2] == (2.0, 2.5)
    (marks,) = plot.getAxis("left")._tickLevels
    assert (marks[0][1], marks[-1][1]) == ("2 kg", "2.5 kg")
    world.desk.undo()
    world.until(lambda: plot.scale_left.low == 0)


def popup(world: World) -> RangePopup:
    world.click(world.desk.controls.range)
    world.press(menu(), "Another time…")
    found = QApplication.activePopupWidget()
    assert isinstance(found, RangePopup)
    return found


def test_any_time(world: World) -> None:
    asked = popup(world)
    # Numbers can be typed at once.
    assert asked.entry is asked.count
    asked.count.setValue(14)
    asked.offset.setValue(7)
    assert not asked.complete.isEnabled()
    world.click(asked.weekdays["sat"])
    world.click(asked.button)
    assert world.answered().chart.range == Range(last=14, offset=7, without=("sat",))
    assert world.desk.controls.range.text() == "Last 14 days, 7 earlier, without Sat"
    asked = popup(world)
    assert (asked.count.value(), asked.offset.value()) == (14, 7)
    world.click(asked.forms["since"])
    asked.begin.setSelectedDate(QDate(2026, 11, 10))
    world.click(asked.weekdays["sat"])
    world.click(asked.button)
    assert world.answered().chart.range == Range(since="2026-11-10")
    asked = popup(world)
    world.click(asked.forms["between"])
    asked.first.setSelectedDate(QDate(2026, 11, 20))
    asked.last.setSelectedDate(QDate(2026, 11, 18))
    asked.with_times.click()
    asked.from_time.setTime(asked.from_time.time().fromString("09:30", "HH:mm"))
    world.click(asked.button)
    wanted = world.answered().chart.range
    assert (wanted.start, wanted.end) == ("2026-11-18T23:59", "2026-11-20T09:30")


def test_functions_are_put_into_a_formula(world: World) -> None:
    world.choose("measure", "Formula")
    field = world.at("formula")
    field.setFocus()
    world.qtbot.keyClick(field, Qt.Key.Key_End)
    world.qtbot.keyClicks(field, "; ")
    world.click("formula+")
    world.pick("TOTALS(A)")
    world.until(lambda: len(world.answered().figure.series) == 2)
    assert field.text() == "UNIQUES(A); TOTALS(A)"
    assert [one.total for one in world.answered().figure.series] == [9, 45]
    # MIC-T8: behind a formula is nobody.
    plot = world.desk.figure.lines.plot
    values = plot.visible_series[0].values
    bucket = next(at for at, value in enumerate(values) if value)
    assert titles(world.click_point(0, bucket)) == []


@pytest.mark.parametrize("one", FUNCTIONS, ids=lambda pick: pick.title)
def test_every_function_is_one(charts: Charts, one: object) -> None:
    formula = one.value  # type: ignore[attr-defined]
    chart = {"events": [{"event": "Look", "by": ["price"]}], "formula": formula,
             "range": {"last": 3}}  # fmt: skip
    figure = charts.answer(read(chart))  # type: ignore[arg-type]
    assert figure.series is not None


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    from app.demo import fill
    from app.query import Warehouse

    folder = tmp_path_factory.mktemp("functions")
    fill(folder, 60, now_ms=NOW_MS)
    study(folder)
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        yield Charts(warehouse, Clock(NOW_MS))


def test_projects_can_be_chosen(world: World, workspace: Workspace) -> None:
    assert world.desk.findChild(QWidget, "project") is None
    workspace.add(event("Look", user_id="somebody", device_id="else", time=NOW_MS - DAY),
                  api_key="0" * 32)  # fmt: skip
    study(workspace.folder)
    world.context.feed.notice()
    world.until(lambda: world.desk.findChild(QWidget, "project"))
    world.until(lambda: world.total() == 10)
    world.choose("project", "0" * 32)
    world.until(lambda: world.total() == 1)
    assert world.answered().chart.project == "0" * 32


def test_people_in_several_groups_are_not_added_up(world: World) -> None:
    totals = world.desk.figure.totals.totals
    show(world, events=[{"event": "Look", "by": ["kind"]}], view="stacked_bar")
    world.until(totals.isVisible)
    world.until(lambda: len(totals.parts) == 2 and not totals.is_summed)
    assert totals.said_of_row([0, 1]) == ""
    assert totals.said_of_row([0]) == totals.parts[0].said
    show(world, events=[{"event": "Look", "by": ["kind"]}], view="stacked_bar", measure="totals")
    world.until(lambda: totals.is_summed)
    assert totals.said_of_row([0, 1]) == f"{sum(one.value for one in totals.parts):.0f}"
    show(world, events=[{"event": "Look", "by": ["kind"]}], view="stacked_bar", relative=True)
    world.until(lambda: {one.unit for one in totals.parts} == {"%"})
    assert totals.is_summed
