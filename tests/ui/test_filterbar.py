"""The filter bar, with keyboard and mouse, on a workspace with events."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app import settings as keys
from app.filter import EVERYTHING, All, Condition, Not, Op, equals, parse
from app.label.labels import Labels
from app.study import Study
from tests.app.study.test_labels import label
from ui.context import Context
from ui.pages.filterbar import FilterBar

from .conftest import NOW_MS, Workspace, event

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot, context: Context, workspace: Workspace) -> FilterBar:
    workspace.add(
        event("Add to Cart", event_properties={"price": 12, "Item name": 'big "red" lamp'}),
        event("Add to List", user_id="bob@shop.example", event_properties={"price": 3}),
        event("<b>Look</b>\n\u202e", device_id="d-2", library="amplitude-ts/2.11.0"),
    )
    context.store.open()
    made = FilterBar(context)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    made.activateWindow()
    made.take_focus()
    qtbot.waitUntil(made.box.hasFocus)
    return made


def offered(bar: FilterBar) -> list[str]:
    if not bar.completion.is_open:
        return []
    view = bar.completion.list
    return [view.topLevelItem(at).text(0) for at in range(view.topLevelItemCount())]


def write(qtbot: QtBot, bar: FilterBar, text: str) -> None:
    bar.box.selectAll()
    qtbot.keyClicks(bar.box, text)


def until(qtbot: QtBot, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(is_so)


def test_keys_are_completed_with_tab(qtbot: QtBot, bar: FilterBar) -> None:
    write(qtbot, bar, "outc")
    assert offered(bar) == ["outcome"]
    qtbot.keyClick(bar.box, Key.Key_Tab)
    assert bar.box.text() == "outcome:"
    assert offered(bar)[:2] == ["accepted", "duplicate"]
    qtbot.keyClick(bar.box, Key.Key_Down)
    qtbot.keyClick(bar.box, Key.Key_Down)
    qtbot.keyClick(bar.box, Key.Key_Return)
    assert bar.box.text() == "outcome:duplicate "
    until(qtbot, lambda: bar.query == parse("outcome:duplicate"))


def test_values_that_were_captured_are_offered(qtbot: QtBot, bar: FilterBar) -> None:
    write(qtbot, bar, "type:add")
    until(qtbot, lambda: offered(bar) == ["Add to List", "Add to Cart"])
    qtbot.keyClick(bar.box, Key.Key_Down)
    qtbot.keyClick(bar.box, Key.Key_Down)
    qtbot.keyClick(bar.box, Key.Key_Return)
    assert bar.box.text() == 'type:"Add to Cart" '
    write(qtbot, bar, "sdk:")
    until(qtbot, lambda: offered(bar) == ["amplitude-ts/2.11.0"])
    write(qtbot, bar, "status:2")
    until(qtbot, lambda: offered(bar) == ["200"])
    write(qtbot, bar, "upload:")
    until(qtbot, lambda: offered(bar)[-1:] == ["1"])
    qtbot.keyClick(bar.box, Key.Key_Up)
    qtbot.keyClick(bar.box, Key.Key_Return)
    assert bar.box.text() == "upload:1 "
    write(qtbot, bar, "user:b")
    until(qtbot, lambda: offered(bar) == ["bob@shop.example"])


def test_what_was_learned_is_offered(qtbot: QtBot, bar: FilterBar, workspace: Workspace) -> None:
    phone = {"platform": "iOS", "os_name": "ios", "os_version": "17", "country": "Ghana"}
    page = {"[Amplitude] Page URL": "https://shop.example/cart"}
    # Without anybody's id: refused, and a problem.
    workspace.add(event("Look", user_id=None, device_id=None), status=400)
    workspace.add(event("Buy", session_id=NOW_MS, ip="203.0.113.7", event_properties=page, **phone))
    with Labels(workspace.folder) as labels:
        labels.save(label(".cards .add", name="Buy it"))
    with Study(workspace.folder) as study:
        study.catch_up()
    for text, values in {
        "platform:": ["iOS"],
        "os_name:1": ["ios 17"],
        "country:g": ["Ghana"],
        "ip = 203": ["203.0.113.7"],
        "page:shop": ["https://shop.example/cart"],
        "session:17": [str(NOW_MS)],
        "label:buy": ["Buy it"],
    }.items():
        write(qtbot, bar, text)
        until(qtbot, lambda values=values: offered(bar) == values)
    write(qtbot, bar, "problem:usable")
    until(qtbot, lambda: offered(bar) == ["LNT-01"])


def test_properties_and_their_values_are_offered(qtbot: QtBot, bar: FilterBar) -> None:
    write(qtbot, bar, "-prop.i")
    until(qtbot, lambda: offered(bar) == ["price", "Item name"])
    qtbot.keyClick(bar.box, Key.Key_Up)
    qtbot.keyClick(bar.box, Key.Key_Tab)
    assert bar.box.text() == '-prop."Item name" '
    qtbot.keyClicks(bar.box, "= ")
    until(qtbot, lambda: offered(bar) == ['big "red" lamp'])
    qtbot.keyClick(bar.box, Key.Key_Tab)
    assert bar.box.text() == r'-prop."Item name" = "big \"red\" lamp" '
    wanted = Not(equals("prop", 'big "red" lamp', ("Item name",)))
    until(qtbot, lambda: bar.query == All((wanted,)))


def test_a_word_offers_event_types_and_hostile_names_stay_plain(
    qtbot: QtBot, bar: FilterBar
) -> None:
    write(qtbot, bar, "look")
    until(qtbot, lambda: offered(bar) == ["<b>Look</b>↵\ufffd"])
    place = bar.completion.list.visualItemRect(bar.completion.list.topLevelItem(0)).center()
    qtbot.mouseClick(bar.completion.list.viewport(), LEFT, pos=QPoint(place))
    assert bar.box.text().startswith('type = "<b>Look</b>')
    qtbot.waitUntil(bar.box.hasFocus)


def test_escape_puts_the_offers_away_first(qtbot: QtBot, bar: FilterBar) -> None:
    write(qtbot, bar, "us")
    assert offered(bar) == ["user"]
    qtbot.keyClick(bar.box, Key.Key_Escape)
    assert offered(bar) == []
    assert bar.box.text() == "us"
    qtbot.keyClick(bar.box, Key.Key_Escape)
    assert bar.box.text() == ""


def test_control_space_offers_every_key(qtbot: QtBot, bar: FilterBar) -> None:
    bar.clear()
    qtbot.keyClick(bar.box, Key.Key_Space, CTRL)
    assert {"type", "user", "prop", "time"} <= set(offered(bar))
    bar.box.clearFocus()
    assert offered(bar) == []


def test_what_is_wrong_is_underlined_and_said(qtbot: QtBot, bar: FilterBar) -> None:
    bar.box.setText("😀 session:abc")
    qtbot.keyClick(bar.box, Key.Key_Return)
    assert bar.problem.text() == "A session is a number, not 'abc'."
    marked = bar.box.grab().toImage()
    bar.box.mark()
    assert bar.box.grab().toImage() != marked
    assert bar.query == EVERYTHING
    write(qtbot, bar, "price > 3")
    qtbot.keyClick(bar.box, Key.Key_Return)
    assert bar.problem.text() == "“price” is no key. A property is written prop.price."


def test_conditions_are_chips(qtbot: QtBot, bar: FilterBar) -> None:
    assert not bar.chips.isVisibleTo(bar.chips.parentWidget() or bar)
    bar.set_text('type:"Add to Cart"  prop.price>10 (ada or bob)')
    assert [chip.text() for chip in bar.chips.chips] == [
        'type:"Add to Cart"', "prop.price>10", "(ada or bob)",
    ]  # fmt: skip
    bar.chips.chips[0].click()
    assert bar.box.text() == "prop.price>10 (ada or bob)"
    bar.chips.clear.click()


def test_conditions_are_added_once_and_replace_their_opposite(bar: FilterBar) -> None:
    one = equals("type", "Add to Cart")
    bar.set_text("ada")
    bar.add(one)
    bar.add(one)
    assert bar.box.text() == 'ada type = "Add to Cart"'
    bar.add(Not(one))
    assert bar.box.text() == 'ada type != "Add to Cart"'
    bar.add(Condition("prop", "10", Op.MORE, ("price",)))
    assert parse(bar.box.text()) == bar.query


def test_up_brings_earlier_filters_back(qtbot: QtBot, bar: FilterBar, context: Context) -> None:
    for text in ("ada", "type:add"):
        write(qtbot, bar, text)
        bar.completion.close()
        qtbot.keyClick(bar.box, Key.Key_Return)
    assert context.settings.get(keys.FILTER_HISTORY) == ["type:add", "ada"]
    bar.clear()
    qtbot.keyClick(bar.box, Key.Key_Up)
    assert bar.box.text() == "type:add"
    qtbot.keyClick(bar.box, Key.Key_Up)
    assert bar.box.text() == "ada"
    qtbot.keyClick(bar.box, Key.Key_Up)
    assert bar.box.text() == "ada"


def test_a_filter_is_saved_by_name_and_removed(
    qtbot: QtBot, bar: FilterBar, context: Context
) -> None:
    context.notifications.show_in(bar)
    bar.set_text("type:add")
    bar.saved.fill()
    bar.saved.list.actions()[0].trigger()
    qtbot.waitUntil(bar.naming.line.hasFocus)
    qtbot.keyClicks(bar.naming.line, "Additions")
    qtbot.keyClick(bar.naming.line, Key.Key_Return)
    qtbot.waitUntil(bar.box.hasFocus)
    bar.clear()
    bar.saved.fill()
    entries = {action.text(): action for action in bar.saved.list.actions()}
    entries["Additions"].trigger()
    assert bar.box.text() == "type:add"
    removing = next(action for action in bar.saved.list.actions() if action.menu())
    removing.menu().actions()[0].trigger()  # type: ignore[attr-defined]
    assert bar.saved.saved() == []
    undo = context.notifications.cards[0].notice.action
    assert undo is not None
    undo[1]()
    assert [one.name for one in bar.saved.saved()] == ["Additions"]
