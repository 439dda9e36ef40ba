"""The Explore page: a chart from a click, and everything that can be said about it."""

import dataclasses
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.query.definition import EventSpec
from tests.factories import emptied
from ui.actions import Actions
from ui.context import Context
from ui.pages.explore.behind import Behind
from ui.pages.explore.funnelview import FunnelView
from ui.pages.explore.journeysview import JourneysView
from ui.pages.explore.picker import Picker
from ui.pages.explore.pieces import PickButton

from .conftest import Workspace, event
from .explore import NOW_MS, World, study

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def empty(qtbot: QtBot, context: Context) -> World:
    return World(qtbot, context)


@pytest.fixture
def world(empty: World) -> World:
    empty.fill()
    return empty.show()


@pytest.fixture
def small(empty: World, workspace: Workspace) -> World:
    """Four sign-ups of three people on two days, from two countries."""
    for day, user, country, price in (
        (2, "ada", "SE", 10),
        (2, "bob", "FI", 20),
        (1, "ada", "SE", 30),
        (1, "cyd", "FI", 5),
    ):
        at = NOW_MS - day * DAY
        properties = {"country": country, "price": price}
        workspace.add(
            event("Sign Up", user_id=user, device_id=f"d-{user}", time=at,
                  event_properties=properties)
        )  # fmt: skip
    study(workspace.folder)
    return empty.show()


def test_nothing_captured_says_what_to_do(empty: World) -> None:
    empty.show()
    assert empty.desk.frame.stack.currentWidget() is empty.desk.frame.nobody
    asked: list[str] = []
    empty.context.actions.trigger = asked.append  # type: ignore[method-assign]
    for button in empty.desk.frame.nobody.buttons:
        empty.click(button)
    assert asked == ["go.connect", "connect.shop"]


@pytest.mark.parametrize(("at", "measure", "total"), [(1, "uniques", 3), (2, "totals", 4)])
def test_a_chart_to_begin_with(small: World, at: int, measure: str, total: int) -> None:
    nothing = small.desk.frame.nothing
    small.until(nothing.isVisible)
    small.click(nothing.buttons[at])
    assert small.answered().chart.measure == measure
    assert small.total() == total
    # A funnel does not begin with one event.
    small.desk.clear()
    small.click(small.desk.builder.kinds["funnel"])
    small.until(lambda: nothing.title.text() == "Pick two events")
    assert [one.isHidden() for one in nothing.buttons] == [False, True, True]


def test_a_workspace_without_events_says_so_until_there_are(
    empty: World, workspace: Workspace
) -> None:
    empty.context.store.open()
    empty.page.show()
    stack = empty.desk.frame.stack
    empty.until(lambda: stack.currentWidget() is empty.desk.frame.nobody)
    workspace.add(event("Sign Up"))
    study(workspace.folder)
    empty.desk.look()
    empty.until(lambda: stack.currentWidget() is empty.desk.frame.nothing)


def test_events_can_be_chosen_although_nothing_arrives(empty: World) -> None:
    empty.fill(300)
    empty.context.store.open()
    # As in a window that has been looking at a finished capture for a while.
    empty.context.feed.stop()
    empty.show()
    empty.add_event("Product Viewed")
    assert empty.answered().figure.series


def test_a_list_that_was_opened_early_fills(empty: World) -> None:
    empty.fill(300)
    empty.context.store.open()
    empty.page.resize(1224, 772)
    empty.page.show()
    # Before any name was looked up.
    assert not empty.desk.vocabulary.types
    empty.click("events+")
    picker = QApplication.activePopupWidget()
    assert isinstance(picker, Picker)
    assert picker.nothing.text() == "Looking for names…"
    empty.until(lambda: "Product Viewed" in picker.titles())
    assert picker.nothing.isHidden()
    empty.pick("Product Viewed")
    assert empty.answered().figure.series


def test_one_event_draws_a_chart(world: World) -> None:
    assert world.desk.frame.stack.currentWidget() is world.desk.frame.nothing
    world.click(world.desk.frame.nothing.buttons[0])
    world.pick("Product Viewed")
    figure = world.answered().figure
    assert len(figure.buckets) == 31
    assert figure.series[0].total > 0
    shown = world.desk.figure.lines
    world.until(shown.isVisible)
    assert shown.data.series[0].total == figure.series[0].total
    assert shown.data.partial == 30


def test_a_first_visit_begins_with_what_is_to_be_done(qtbot: QtBot, world: World) -> None:
    nothing = world.desk.frame.nothing
    proxy = world.page.focusProxy()
    assert proxy is not None
    proxy.setFocus()
    button = nothing.buttons[0]
    world.until(button.hasFocus)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    picker = QApplication.activePopupWidget()
    assert isinstance(picker, Picker)
    covered = button.rect().translated(button.mapToGlobal(QPoint(0, 0)))
    assert not picker.geometry().intersects(covered)
    # Beside the button, and not where the builder would have opened it.
    assert picker.x() > world.desk.builder.mapToGlobal(world.desk.builder.rect().topRight()).x()
    world.pick("Product Viewed")
    assert world.answered()
    world.until(lambda: world.page.window().focusWidget() is world.desk.figure.lines.plot)


def test_the_first_step_that_is_missing_is_chosen(world: World) -> None:
    world.click(world.desk.builder.kinds["funnel"])
    world.click(world.desk.frame.nothing.buttons[0])
    world.pick("Product Viewed")
    assert [one.event.type for one in world.desk.chart.steps] == ["Product Viewed", ""]
    world.click(world.desk.builder.kinds["journeys"])
    world.desk.clear()
    world.click(world.desk.builder.kinds["journeys"])
    world.click(world.desk.frame.nothing.buttons[0])
    world.pick("Add to Cart")
    assert world.desk.chart.start.type == "Add to Cart"


def test_only_what_is_wanted_is_made(world: World) -> None:
    world.add_event("Product Viewed")
    world.answered()
    world.until(world.desk.figure.lines.isVisible)
    assert not world.desk.findChildren(FunnelView)
    assert not world.desk.findChildren(JourneysView)
    assert not world.desk.findChildren(Behind)
    world.press(world.click_point(0, 29), "View Users")
    world.until(lambda: world.desk.behind.users.rows)
    assert world.desk.behind.isVisible()


def test_filter_group_and_measure(small: World) -> None:
    small.add_event("Sign Up")
    assert small.total() == 3
    small.click("events[0].by+")
    small.pick("country")
    found = small.answered().figure.series
    assert [(one.group, one.total) for one in found] == [(("FI",), 2), (("SE",), 1)]
    small.click("events[0].where+")
    small.pick("country")
    # Not finished: it does not count yet.
    assert small.total() == 2
    small.click("events[0].where[0].values")
    small.pick("SE")
    small.until(lambda: len(small.answered().figure.series) == 1)
    assert small.total() == 1
    small.choose("measure", "Event totals")
    assert small.total() == 2


def test_values_are_typed_and_compared(small: World) -> None:
    small.add_event("Sign Up")
    small.click("events[0].where+")
    small.pick("price")
    small.choose("events[0].where[0].op", ">")
    small.click("events[0].where[0].values")
    small.pick("9")
    assert small.total() == 2
    assert small.at("events[0].where[0].values").accessibleName() == "Values: 9"


def test_undo_and_redo(small: World) -> None:
    small.add_event("Sign Up")
    small.choose("measure", "Event totals")
    assert small.total() == 4
    small.press_keys("Ctrl+Z")
    assert small.total() == 3
    small.press_keys("Ctrl+Shift+Z")
    assert small.total() == 4


def test_formula_says_where_it_is_wrong(small: World) -> None:
    small.add_event("Sign Up")
    small.choose("measure", "Formula")
    assert small.total() == 3
    field = small.at("formula")
    field.setFocus()
    field.selectAll()
    small.qtbot.keyClicks(field, "TOTALS(A)/UNIQUES(B)")
    small.until(lambda: small.desk.findChild(type(small.desk.frame.problem), "problem") is not None)
    said = small.at("problem").text()
    assert said == "There is no such event in this chart at 'B', character 19."
    # What was drawn before stays and is called so, and the keyboard stays, too.
    assert small.desk.frame.problem.text() == "What is drawn is the chart from before this mistake."
    assert small.desk.frame.problem.isVisible()
    assert small.at("formula") is field
    small.qtbot.keyClick(field, Qt.Key.Key_Backspace)
    small.qtbot.keyClick(field, Qt.Key.Key_Backspace)
    small.qtbot.keyClicks(field, "A)")
    small.until(lambda: small.desk.findChild(type(small.desk.frame.problem), "problem") is None)
    assert small.total() == pytest.approx(4 / 3)
    assert not small.desk.frame.problem.isVisible()


def test_an_event_that_never_came_is_said_at_its_place(small: World) -> None:
    small.add_event("Sign Up")
    small.desk.put(
        dataclasses.replace(small.desk.chart, events=(EventSpec("event", "Sing Up"),))  # type: ignore[call-arg]
    )
    small.until(lambda: small.desk.findChild(QLabel, "notice") is not None)
    said = small.at("notice")
    assert said.text() == "No event “Sing Up” has come so far. Did you mean “Sign Up”?"
    # Below the event. A new label has its place only when the page was laid out.
    small.until(lambda: small.top_of("notice") > small.top_of("events[0]"))
    small.press_keys("Ctrl+Z")
    assert small.total() == 3
    small.until(lambda: small.desk.findChild(QLabel, "notice") is None)


def test_new_events_appear_while_it_is_seen(small: World, workspace: Workspace) -> None:
    small.add_event("Sign Up")
    assert small.total() == 3
    workspace.add(event("Sign Up", user_id="dan", device_id="d-dan", time=NOW_MS - HOUR))
    study(workspace.folder)
    small.context.feed.notice()
    small.until(lambda: small.total() == 4)


def test_events_are_found_by_words_and_seen_without_any(empty: World, workspace: Workspace) -> None:
    at = NOW_MS - HOUR
    names = ("Newsletter Signed Up", "Sign In", " ")
    workspace.add(*(event(name, device_id="device-1", time=at) for name in names))
    study(workspace.folder)
    empty.show()
    empty.click("events+")
    picker = QApplication.activePopupWidget()
    assert isinstance(picker, Picker)
    assert '" "' in picker.titles()
    empty.qtbot.keyClicks(picker.search, "sign up")
    assert picker.titles() == ["Newsletter Signed Up"]
    empty.qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert empty.total() == 1


def test_what_was_removed_is_not_drawn_any_more(small: World, workspace: Workspace) -> None:
    small.add_event("Sign Up")
    assert small.total() == 3
    emptied(workspace.store)
    study(workspace.folder)
    small.context.feed.notice()
    small.until(lambda: small.total() == 0)


def test_hostile_names_are_plain_text(empty: World, workspace: Workspace) -> None:
    name = "<b>Bold</b>\n'; DROP TABLE events; --"
    properties = {'p"<i>\n': "v" * 1_000_000}
    at = NOW_MS - HOUR
    workspace.add(event(name, device_id="device-1", time=at, event_properties=properties))
    study(workspace.folder)
    empty.show()
    empty.add_event("<b>Bold")
    assert empty.total() == 1
    shown = empty.at("events[0]")
    assert isinstance(shown, PickButton)
    assert "\n" not in shown.text()
    empty.click("events[0].by+")
    empty.pick('p"<i>')
    assert len(empty.answered().figure.series) == 1


def test_the_page_loads_nothing_before_it_is_seen() -> None:
    """What draws and answers charts takes longer to load than a window does."""
    code = (
        "import sys; import ui.pages.explore, ui.chartthread, ui.parts;"
        "print([n for n in ('duckdb', 'sqlglot', 'pyqtgraph', 'numpy', 'app.query')"
        " if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_an_event_of_live_is_added(small: World) -> None:
    small.page.add_event("Sign Up")
    assert small.total() == 3
    small.page.add_event("Sign Up")
    assert len(small.answered().figure.series) == 2


def test_the_event_whose_button_it_is_goes(small: World) -> None:
    small.add_event("Sign Up")
    small.add_event("Any Event")
    small.click("events[1].remove")
    small.until(small.is_answered)
    assert [one.title() for one in small.desk.chart.events] == ["Sign Up"]  # type: ignore[union-attr]


def test_either_of_two_events(small: World, workspace: Workspace) -> None:
    at = NOW_MS - HOUR
    workspace.add(event("Sign In", user_id="dan", device_id="device-dan", time=at))
    study(workspace.folder)
    small.context.feed.notice()
    small.until(lambda: ("Sign In", 1) in small.desk.vocabulary.types)
    small.add_event("Sign Up")
    assert small.total() == 3
    small.click("events[0].or+")
    small.pick("Sign In")
    assert small.total() == 4
    assert small.at("events[0]").accessibleName() == "Event: Sign Up or Sign In"


def test_the_chart_is_there_again(small: World) -> None:
    small.add_event("Sign Up")
    small.choose("measure", "Event totals")
    assert small.total() == 4
    again = World(small.qtbot, _fresh(small.context))
    again.page.restore_layout(small.page.layout_state())
    again.show()
    assert again.total() == 4
    # What was left by somebody else or a newer version is no reason to stop.
    third = World(small.qtbot, _fresh(small.context))
    third.page.restore_layout({"builder": "wide", "chart": {"version": 99}})
    third.show()
    assert third.desk.frame.stack.currentWidget() is third.desk.frame.nothing


def _fresh(context: Context) -> Context:
    """The same parts for another page."""
    return dataclasses.replace(context, actions=Actions())
