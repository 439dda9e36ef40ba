"""Problems: the list of findings, its details, mutes, and where they lead."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from app.lint.mutes import mute, muted
from app.study import Study
from ui.context import Context
from ui.inspector.problems import ProblemsView
from ui.pages.problems.findings import MOST_OF_A_RULE, FindingsView
from ui.pages.problems.page import ProblemsPage
from ui.statusbar import StatusBar

from .conftest import KEY, NOW_MS, OTHER_KEY, Workspace, event

LEFT = Qt.MouseButton.LeftButton
KEYS = Qt.Key


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> ProblemsPage:
    context.store.open()
    made = ProblemsPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def good(kind: str, at: int = 0, **fields: object) -> dict[str, object]:
    """An event that no rule minds."""
    found = {"insert_id": f"{kind}-{at}", "device_id": "device-1", "user_id": "ada-1"}
    return event(kind, **{**found, "time": NOW_MS + at, **fields})


def study(workspace: Workspace, context: Context) -> None:
    with Study(workspace.folder) as running:
        running.catch_up()
    context.feed.notice()


def lines(view: FindingsView) -> list[str]:
    tops = (view.list.topLevelItem(at) for at in range(view.list.topLevelItemCount()))
    return [item.text(1) for item in tops if item]


def top(view: FindingsView, rule: str) -> QTreeWidgetItem:
    item = view.list.topLevelItem(lines(view).index(rule))
    assert item is not None
    return item


def click(qtbot: QtBot, view: FindingsView, item: QTreeWidgetItem) -> None:
    view.list.scrollToItem(item)
    qtbot.mouseClick(view.list.viewport(), LEFT, pos=view.list.visualItemRect(item).center())


def press_menu(qtbot: QtBot, page: ProblemsPage, place: int) -> None:
    """Choose from the menu of the mute button, as the keyboard does."""
    qtbot.mouseClick(page.findings.detail.muting, LEFT)
    menu = page.findings.detail.findChild(QMenu)
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    for _ in range(place + 1):
        qtbot.keyClick(menu, KEYS.Key_Down)
    qtbot.keyClick(menu, KEYS.Key_Return)


@pytest.fixture
def two(qtbot: QtBot, page: ProblemsPage, context: Context, workspace: Workspace) -> FindingsView:
    """An error of one event, and a note of two projects."""
    workspace.add(good("Clicked", user_id="undefined"))
    workspace.add(good("Seen", 5000, insert_id=None, device_id="device-2"))
    workspace.add(good("Other", 9000, insert_id=None, device_id="device-3"), api_key=OTHER_KEY)
    study(workspace, context)
    qtbot.waitUntil(lambda: lines(page.findings) == ["LNT-02", "LNT-13"])
    return page.findings


def test_without_problems_it_says_what_is_looked_for(qtbot: QtBot, page: ProblemsPage) -> None:
    qtbot.waitUntil(lambda: page.summary.text() == "Nothing found")
    assert page.findings.stack.currentWidget() is page.findings.nothing
    assert page.findings.detail.isHidden()


def test_the_count_of_errors_says_what_the_tabs_divide(
    qtbot: QtBot, page: ProblemsPage, context: Context, workspace: Workspace, two: FindingsView
) -> None:
    workspace.add("unreadable", api_key="")
    study(workspace, context)
    qtbot.waitUntil(lambda: page.tabs.tabText(1) == "Uploads not understood  1")
    first, rest = page.summary.text().split("  ·  ")
    assert first == "3 errors, 3 notes"
    assert rest == "among them 1 upload not understood"


def test_findings_are_listed_worst_first(page: ProblemsPage, two: FindingsView) -> None:
    assert page.summary.text() == "1 error, 2 notes"
    assert page.tabs.tabText(0) == "Findings  3"
    note = top(two, "LNT-13")
    assert note.text(0) == "No insert_id"
    assert (note.text(2), note.text(3), note.childCount()) == ("2 projects", "2", 2)
    below = note.child(1)
    assert below is not None
    assert 'sends "Seen" without an insert_id' in below.text(0)
    assert below.text(2) == KEY


def test_the_chosen_one_is_explained_with_its_events(
    qtbot: QtBot, page: ProblemsPage, two: FindingsView
) -> None:
    click(qtbot, two, top(two, "LNT-02"))
    detail = two.detail
    assert detail.title.text() == "An id that stands for nobody, or for many"
    assert detail.kind.text() == "Error  ·  LNT-02"
    assert 'The user_id is "undefined"' in detail.sentence.text()
    assert detail.advice.text().startswith("Leave the user id out")
    qtbot.waitUntil(lambda: detail.events.topLevelItemCount() == 1)
    shown = detail.events.topLevelItem(0)
    assert shown is not None
    assert (shown.text(0), shown.text(1)) == ("Clicked", "undefined")
    with qtbot.waitSignal(page.event_asked) as asked:
        at = detail.events.visualItemRect(shown).center()
        qtbot.mouseClick(detail.events.viewport(), LEFT, pos=at)
    assert asked.args == [1]
    with qtbot.waitSignal(page.filter_asked) as filtered:
        qtbot.mouseClick(detail.live, LEFT)
    assert filtered.args == ["problem:LNT-02"]


def test_a_rule_shows_the_events_of_all_projects(qtbot: QtBot, two: FindingsView) -> None:
    click(qtbot, two, top(two, "LNT-13"))
    events = two.detail.events
    qtbot.waitUntil(lambda: events.topLevelItemCount() == 2)
    assert two.detail.facts["Times"].text() == "2"
    shown = [events.topLevelItem(at) for at in range(2)]
    assert [item.text(0) for item in shown if item] == ["Other", "Seen"]
    qtbot.mouseClick(two.detail.muting, LEFT)
    menu = two.detail.findChild(QMenu)
    assert menu is not None
    assert {one.text() for one in menu.actions()} == {
        f"Mute LNT-13 in {KEY}", f"Mute LNT-13 in {OTHER_KEY}", "Mute LNT-13 everywhere"
    }  # fmt: skip
    menu.close()


def test_keys_open_rules_and_copy(qtbot: QtBot, two: FindingsView) -> None:
    click(qtbot, two, top(two, "LNT-02"))
    qtbot.keyClick(two.list, KEYS.Key_Down)
    qtbot.keyClick(two.list, KEYS.Key_Right)
    assert top(two, "LNT-13").isExpanded()
    qtbot.keyClick(two.list, KEYS.Key_Down)
    qtbot.waitUntil(lambda: '"Other"' in two.detail.sentence.text())
    qtbot.keyClick(two.list, KEYS.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("LNT-13\tNote\tNo insert_id\t")
    assert "\n" not in copied
    qtbot.mouseClick(two.detail.copy, LEFT)
    assert "What to do: Send an insert_id" in QGuiApplication.clipboard().text()


def test_search_and_severities_narrow_the_list(qtbot: QtBot, two: FindingsView) -> None:
    qtbot.keyClicks(two.search, "insert_id other")
    assert lines(two) == ["LNT-13"]
    assert top(two, "LNT-13").childCount() == 1
    qtbot.keyClicks(two.search, " nothing like it")
    assert two.stack.currentWidget() is two.no_match
    assert two.detail.isHidden()
    qtbot.mouseClick(two.no_match.buttons[0], LEFT)
    assert lines(two) == ["LNT-02", "LNT-13"]
    assert two.severities["error"].text() == "Errors 1"
    qtbot.mouseClick(two.severities["error"], LEFT)
    assert lines(two) == ["LNT-13"]


def test_muted_ones_are_left_out_until_asked_for(
    qtbot: QtBot, page: ProblemsPage, two: FindingsView, context: Context, workspace: Workspace
) -> None:
    context.notifications.show_in(page)
    bar = StatusBar(context)
    qtbot.addWidget(bar)
    bar.show()
    qtbot.waitUntil(lambda: bar.problems.text() == "1 error")
    click(qtbot, two, top(two, "LNT-02"))
    press_menu(qtbot, page, 0)
    qtbot.waitUntil(lambda: lines(two) == ["LNT-13"])
    assert muted(workspace.folder) == {("LNT-02", KEY)}
    assert page.summary.text() == "2 notes  ·  1 muted"
    qtbot.waitUntil(lambda: bar.problems.text() == "2 notes")
    qtbot.mouseClick(two.show_muted, LEFT, pos=QPoint(8, two.show_muted.height() // 2))
    assert lines(two) == ["LNT-02", "LNT-13"]
    assert top(two, "LNT-02").text(0).endswith("(muted)")
    (card,) = context.notifications.cards
    assert card.notice.text == "LNT-02 is muted in this project."
    assert card.notice.action is not None
    card.notice.action[1]()
    qtbot.waitUntil(lambda: page.summary.text() == "1 error, 2 notes")
    assert muted(workspace.folder) == frozenset()


def test_unmuting_ends_every_mute_and_can_be_undone(
    qtbot: QtBot, page: ProblemsPage, two: FindingsView, context: Context, workspace: Workspace
) -> None:
    context.notifications.show_in(page)
    click(qtbot, two, top(two, "LNT-13"))
    press_menu(qtbot, page, 2)
    qtbot.waitUntil(lambda: lines(two) == ["LNT-02"])
    mute(workspace.folder, "LNT-13", OTHER_KEY)
    two.show_muted.setChecked(True)
    click(qtbot, two, top(two, "LNT-13"))
    assert two.detail.muting.text() == "Unmute"
    qtbot.mouseClick(two.detail.muting, LEFT)
    qtbot.waitUntil(lambda: muted(workspace.folder) == frozenset())
    qtbot.waitUntil(lambda: page.summary.text() == "1 error, 2 notes")
    action = context.notifications.cards[-1].notice.action
    assert action is not None
    action[1]()
    both = {("LNT-13", None), ("LNT-13", OTHER_KEY)}
    qtbot.waitUntil(lambda: muted(workspace.folder) == both)


def test_more_of_the_same_keeps_what_is_open_and_chosen(
    qtbot: QtBot, two: FindingsView, context: Context, workspace: Workspace
) -> None:
    note = top(two, "LNT-13")
    note.setExpanded(True)
    below = note.child(1)
    assert below is not None
    click(qtbot, two, below)
    workspace.add(good("Seen", 15_000, insert_id=None, device_id="device-2"))
    workspace.add(good("Clicked", 19_000, session_id=12, device_id="device-4"))
    study(workspace, context)
    qtbot.waitUntil(lambda: lines(two) == ["LNT-02", "LNT-15", "LNT-13"])
    assert top(two, "LNT-13").isExpanded()
    assert top(two, "LNT-13").text(3) == "3"
    (chosen,) = two.chosen()
    assert (chosen.api_key, chosen.count) == (KEY, 2)
    qtbot.waitUntil(lambda: two.detail.events.topLevelItemCount() == 2)


def test_a_small_window_has_room_for_what_is_wrong(
    qtbot: QtBot, page: ProblemsPage, two: FindingsView
) -> None:
    page.resize(824, 496)
    click(qtbot, two, top(two, "LNT-02"))
    qtbot.waitUntil(two.detail.isVisible)
    shown = [at for at in range(two.list.columnCount()) if not two.list.isColumnHidden(at)]
    assert shown == [0, 1, 3]
    assert two.list.columnWidth(0) > 200
    # Nothing is squeezed: what does not fit is scrolled to.
    detail = two.detail
    for text in (detail.sentence, detail.advice):
        assert text.height() >= text.heightForWidth(text.width())
    tops = [value.geometry() for value in detail.facts.values()]
    assert all(one.bottom() < other.top() for one, other in pairwise(tops))
    assert detail.events.height() > 60
    assert detail.live.visibleRegion().boundingRect() == detail.live.rect()
    page.resize(1500, 900)
    qtbot.waitUntil(lambda: not two.list.isColumnHidden(2) and not two.list.isColumnHidden(4))
    assert detail.area.height() >= detail.words.heightForWidth(detail.area.width())


def test_a_finding_without_events_shows_the_request(
    qtbot: QtBot, page: ProblemsPage, context: Context, workspace: Workspace
) -> None:
    workspace.add(status=500)
    study(workspace, context)
    view = page.findings
    qtbot.waitUntil(lambda: lines(view) == ["LNT-32"])
    assert view.detail.evidence.currentWidget() is view.detail.raw
    assert not view.detail.live.isEnabled()
    qtbot.waitUntil(lambda: KEY in view.detail.raw.text.toPlainText())


def test_very_many_of_a_rule_and_hostile_text(
    qtbot: QtBot, page: ProblemsPage, context: Context, workspace: Workspace
) -> None:
    odd = "<b>x</b>\u202e\n" + "W" * 100_000
    for at in range(MOST_OF_A_RULE + 3):
        workspace.add(good("Seen", at * 5000, user_id=f'"{at} {odd}', device_id=None))
    study(workspace, context)
    view = page.findings
    qtbot.waitUntil(lambda: "LNT-03" in lines(view))
    item = top(view, "LNT-03")
    assert item.childCount() == MOST_OF_A_RULE + 1
    last = item.child(MOST_OF_A_RULE)
    assert last is not None
    assert last.text(0) == "and 3 more"
    click(qtbot, view, item)
    assert "\u202e" not in view.detail.sentence.text()
    words = view.detail.sentence
    assert words.minimumSizeHint().width() < view.detail.width() - 32
    assert words.height() >= words.heightForWidth(words.width())
    assert all(one.height() >= one.sizeHint().height() for one in view.detail.facts.values())


def test_the_inspector_counts_and_explains(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    first = workspace.add(good("W" * 5000, user_id="undefined", insert_id=None))
    second = workspace.add(good("Fine", 9000, device_id="device-9"))
    context.store.open()
    view = ProblemsView(context)
    qtbot.addWidget(view)
    view.resize(400, 500)
    view.show()
    counts: list[int] = []
    view.counted.connect(counts.append)
    view.show_event(first)
    assert view.currentWidget() is view.nothing
    study(workspace, context)
    view.show_event(first)
    qtbot.waitUntil(lambda: counts[-1:] == [2])
    assert view.currentWidget() is view.area
    mute(workspace.folder, "LNT-13", None)
    view.show_event(first)
    qtbot.waitUntil(lambda: counts[-1] == 1)
    assert view.area.widget().minimumSizeHint().width() <= view.width()
    view.show_event(second)
    qtbot.waitUntil(lambda: counts[-1] == 0)
    assert view.currentWidget() is view.nothing
