"""The window: pages, palette, shortcuts, status bar, settings, and what is remembered."""

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import settings as keys
from app.errors import StoreUnavailable
from app.settings import Setting, Settings
from app.study import Study
from app.wire import Captured, Changed
from resources import path
from ui.actions import Action, Actions, tooltip
from ui.context import Context
from ui.pages.emptystate import EmptyState
from ui.pages.settings import checked_hosts
from ui.palette import matching, score
from ui.theme import Theme, is_dark, tokens
from ui.window import MainWindow

from .conftest import Workspace, event

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def changed() -> list[Setting[object]]:
    return []


@pytest.fixture
def window(
    qtbot: QtBot, context: Context, workspace: Workspace, changed: list[Setting[object]]
) -> Iterator[MainWindow]:
    context.store.open()
    made = MainWindow(context.settings, context.actions, changed.append, "live")
    qtbot.addWidget(made)
    made.attach(context)
    made.show()
    made.make_pages()
    qtbot.waitUntil(lambda: made.pages.keys() == made._made.keys())
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.page("connect").shutdown()


class Windows(QObject):
    """What becomes a window of its own, if only for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            kind = watched.windowType()
            if watched.isWindow() and kind is Qt.WindowType.Window:
                self.shown.append(type(watched).__name__)
        return False


# Pages


def test_nothing_flashes_up_as_a_window_while_pages_are_made(
    qtbot: QtBot, context: Context, workspace: Workspace, changed: list[Setting[object]]
) -> None:
    windows, application = Windows(), QApplication.instance()
    assert application is not None
    context.store.open()
    application.installEventFilter(windows)
    made = MainWindow(context.settings, context.actions, changed.append, "live")
    qtbot.addWidget(made)
    made.attach(context)
    made.show()
    for page in made.pages:
        made.go_to(page)
    application.removeEventFilter(windows)
    made.page("connect").shutdown()
    assert windows.shown == ["MainWindow"]


def test_pages_that_nobody_asked_for_wait_for_the_rows(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    workspace.add("Checkout")
    context.store.open()
    made = MainWindow(context.settings, context.actions, lambda _: None, "live")
    qtbot.addWidget(made)
    made.attach(context)
    assert made.page("live").stream.is_loading
    made.make_pages()
    assert made._made.keys() == {"live"}
    qtbot.waitUntil(lambda: made.pages.keys() == made._made.keys())
    assert made.page("live").model.text(0, "type") == "Checkout"
    made.page("connect").shutdown()


def test_the_rail_and_keys_lead_to_the_pages(qtbot: QtBot, window: MainWindow) -> None:
    assert window.current == "live"
    qtbot.mouseClick(window.rail.buttons["connect"], LEFT)
    assert window.current == "connect"
    qtbot.keyClick(window, Key.Key_2, CTRL)
    assert window.current == "live"
    assert window.rail.buttons["live"].isChecked()
    qtbot.keyClick(window, Key.Key_Comma, CTRL)
    assert window.current == "settings"


def test_what_ingestion_shows_can_be_seen_in_live(
    qtbot: QtBot, window: MainWindow, context: Context, workspace: Workspace
) -> None:
    workspace.add("first", "second")
    context.feed.notice()
    qtbot.keyClick(window, Key.Key_3, CTRL)
    assert window.current == "ingestion"
    page, live = window.page("ingestion"), window.page("live")
    page.live_asked.emit(1)
    assert window.current == "live"
    qtbot.waitUntil(lambda: live.inspector.detail is not None)
    assert live.inspector.detail.event.type == "first"
    # It is current among its like, too.
    qtbot.waitUntil(lambda: live.table.current_id() == 1)
    page.live_asked.emit("type:second")
    qtbot.waitUntil(lambda: len(live.model) == 1)
    assert live.table.current_id() != 1
    # Also when the list is on its way.
    live.filter.clear()
    page.live_asked.emit(1)
    qtbot.waitUntil(lambda: live.table.current_id() == 1)


def test_a_request_leads_to_its_events(
    qtbot: QtBot, window: MainWindow, context: Context, workspace: Workspace
) -> None:
    for kinds in (["before"], ["first", "second"], ["after"]):
        workspace.add(*kinds)
    context.feed.notice()
    window.go_to("requests")
    page, live = window.page("requests"), window.page("live")
    qtbot.waitUntil(lambda: len(page.model) == 3)
    page.table.go_to(1)
    # Visible, it still has to be given its place.
    qtbot.waitUntil(lambda: page.live.isVisible() and page.live.width() > 100)
    qtbot.mouseClick(page.live, Qt.MouseButton.LeftButton)
    assert window.current == "live"
    assert live.filter.box.text() == "upload:2"
    qtbot.waitUntil(lambda: len(live.model) == 2)
    assert [live.model.text(row, "type") for row in range(2)] == ["second", "first"]


def test_the_keyboard_follows_to_the_page(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.rail.buttons["connect"], LEFT)
    qtbot.keyClick(window, Key.Key_2, CTRL)
    qtbot.keyClick(window, Key.Key_Comma, CTRL)
    focused = window.focusWidget()
    assert focused is not None
    settings = window.page("settings")
    assert focused is settings or settings.isAncestorOf(focused)
    # What Enter or Space would press is not the way back.
    qtbot.keyClick(focused, Key.Key_Return)
    assert window.current == "settings"


def test_an_empty_live_page_leads_to_connect(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.page("live").nothing.buttons[0], LEFT)
    assert window.current == "connect"


def test_the_state_in_the_status_bar_leads_to_connect(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.status.state, LEFT)
    assert window.current == "connect"


def test_the_layout_is_remembered(
    qtbot: QtBot, window: MainWindow, context: Context, changed: list[Setting[object]]
) -> None:
    window.resize(1000, 700)
    window.page("live").table.setColumnWidth(2, 171)
    window.go_to("settings")
    window.close()
    again = Context(**{name: getattr(context, name) for name in context.__slots__})
    again.actions = Actions()
    second = MainWindow(again.settings, again.actions, changed.append)
    second.attach(again)
    qtbot.addWidget(second)
    assert second.current == "settings"
    # The screen of the tests is narrower than the window was.
    assert second.height() == 700
    assert second.page("live").table.columnWidth(2) == 171


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[1]", "[" * 100_000),
        '{"page": "nowhere", "geometry": "%%%"}',
        '{"page": ["live"], "geometry": {"width": 1}}',
    ],
    ids=range(6),
)
def test_a_damaged_layout_is_left_out(
    qtbot: QtBot, context: Context, changed: list[Setting[object]], text: str
) -> None:
    context.settings.set(keys.LAYOUT, text)
    made = MainWindow(context.settings, context.actions, changed.append)
    qtbot.addWidget(made)
    made.attach(context)
    assert made.current == "connect"
    made.page("connect").shutdown()


# Actions


def test_every_control_has_a_name_and_a_tooltip_with_its_shortcut(window: MainWindow) -> None:
    window.page("live").side.open()
    kinds = (QAbstractButton, QLineEdit, QComboBox, QSpinBox, QPlainTextEdit)
    nameless = [
        f"{type(one).__name__} {one.objectName()} in {type(one.parent()).__name__}"
        for page in ("live", "settings")
        for one in window.page(page).findChildren(QWidget)
        if isinstance(one, kinds)
        and not isinstance(one.parent(), QTableView)
        and not one.objectName().startswith("qt_")
        and not (one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()))
    ]
    assert nameless == []
    for button in window.findChildren(QToolButton):
        action = button.defaultAction()
        if action and not action.shortcut().isEmpty():
            assert action.shortcut().toString() in button.toolTip()


def test_every_action_says_what_it_does_and_its_icon_exists(window: MainWindow) -> None:
    for action in window.context.actions.all():
        assert action.title
        assert action.title[0].isupper()
        if action.icon:
            assert path(f"icons/{action.icon}.svg").is_file()


def test_no_shortcut_means_two_things(window: MainWindow) -> None:
    """Neither on any page, nor in the whole window: only one page is there at a time."""
    everywhere: dict[str, str] = {}
    on_page: dict[tuple[str, str], str] = {}
    for one in window.context.actions.all():
        page = one.id.partition(".")[0]
        for key in one.shortcuts:
            if page in window.pages:
                assert on_page.setdefault((page, key), one.id) == one.id
            else:
                assert everywhere.setdefault(key, one.id) == one.id
    assert not {key for _, key in on_page} & set(everywhere)


def test_an_action_that_cannot_be_done_is_not_done(qtbot: QtBot) -> None:
    done: list[int] = []
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = Actions()
    actions.add(
        Action("x.y", "Do & it", lambda: done.append(1), ("Ctrl+Y",), enabled=lambda: False), owner
    )
    actions.trigger("x.y")
    assert done == []
    assert tooltip(actions.get("x.y")) == "Do & it  (Ctrl+Y)"
    with pytest.raises(ValueError, match="exists already"):
        actions.add(Action("x.y", "Again", lambda: None), owner)


# The palette


def test_the_palette_finds_and_does(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Key.Key_K, CTRL)
    palette = window._palette
    assert palette.isVisible()
    qtbot.waitUntil(palette.line.hasFocus)
    qtbot.keyClicks(palette.line, "gosett")
    assert palette.list.currentItem().text() == "Go to Settings"
    qtbot.keyClick(palette.line, Key.Key_Return)
    assert window.current == "settings"
    assert not palette.isVisible()


def test_the_palette_goes_to_the_page_of_an_action(qtbot: QtBot, window: MainWindow) -> None:
    window.go_to("settings")
    window.open_palette()
    qtbot.keyClicks(window._palette.line, "filter events")
    qtbot.keyClick(window._palette.line, Key.Key_Return)
    assert window.current == "live"
    qtbot.waitUntil(window.page("live").filter.box.hasFocus)


def test_the_palette_skips_what_cannot_be_done(qtbot: QtBot, window: MainWindow) -> None:
    window.open_palette()
    palette = window._palette
    qtbot.keyClicks(palette.line, "clear captured")
    assert palette.list.count() == 1
    qtbot.keyClick(palette.line, Key.Key_Return)
    assert palette.isVisible()
    qtbot.keyClick(palette.line, Key.Key_Escape)
    assert not palette.isVisible()


def test_the_palette_says_when_nothing_fits(qtbot: QtBot, window: MainWindow) -> None:
    window.open_palette()
    qtbot.keyClicks(window._palette.line, "qqqq")
    assert window._palette.nothing.isVisible()
    window._palette.close_palette()


def test_a_click_elsewhere_closes_the_palette(qtbot: QtBot, window: MainWindow) -> None:
    window.open_palette()
    window.page("live").filter.box.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.waitUntil(lambda: not window._palette.isVisible())


def test_letters_at_the_beginning_of_words_fit_better() -> None:
    titles = ("Hide this event type", "Go to the newest event", "Choose event types")
    actions = [Action(title, title, lambda: None) for title in titles]
    assert matching(actions, "gne")[0].title == "Go to the newest event"
    assert matching(actions, "cet")[0].title == "Choose event types"
    assert score("xyz", "Choose event types") is None
    assert len(matching(actions, "")) == 3


def test_arrows_are_for_the_list_of_a_page_at_once(
    qtbot: QtBot, window: MainWindow, context: Context, workspace: Workspace
) -> None:
    workspace.add("a")
    context.feed.notice()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for page, wanted in (("requests", "table"), ("problems", "findings")):
        window.go_to(page)
        found = getattr(window.page(page), wanted)
        assert window.page(page).focusProxy() is getattr(found, "list", found)
    window.go_to("connect")
    window.go_to("requests")
    table = window.page("requests").table
    qtbot.waitUntil(table.isVisible)
    qtbot.waitUntil(table.hasFocus)
    # Where the keyboard was is where it comes back to.
    page = window.page("problems")
    page.tabs.setFocus()
    window.go_to("live")
    window.go_to("problems")
    qtbot.waitUntil(page.tabs.hasFocus)


# Shortcuts


def test_the_question_mark_lists_the_shortcuts(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClicks(window.page("live").table, "?")
    card = window._shortcuts
    assert card.isVisible()
    titles = [title for _, title in card.entries()]
    assert "Filter events" in titles
    assert "Next and previous event" in titles
    qtbot.keyClick(card, Key.Key_Escape)
    assert not card.isVisible()


@pytest.mark.parametrize("size", [(1280, 800), (900, 560), (640, 480)])
def test_all_shortcuts_can_be_read_in_a_small_window(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    window.go_to("live")
    window.open_shortcuts()
    card = window._shortcuts
    assert window.rect().contains(card.geometry())
    assert [title for title, _ in card.parts("live")][:2] == ["Everywhere", "Live"]
    seen, whole = card.area.viewport(), card.body
    assert whole.width() <= seen.width()
    bar = card.area.verticalScrollBar()
    qtbot.keyClick(card, Key.Key_End)
    assert bar.value() + seen.height() >= whole.height()
    qtbot.keyClick(card, Key.Key_Up)
    assert card.isVisible()
    qtbot.keyClick(card, Key.Key_A)
    assert not card.isVisible()


# The status bar


def test_the_status_bar_counts(
    qtbot: QtBot, window: MainWindow, context: Context, workspace: Workspace
) -> None:
    assert window.status.state.text() == "●  Not capturing"
    assert window.status.delivery.text() == "Forwarding to Amplitude"
    assert window.status.stored.text() == "0 events stored"
    workspace.add("a", "b")
    workspace.add(api_key="")
    context.feed.notice()
    qtbot.waitUntil(lambda: window.status.stored.text() == "2 events stored")
    qtbot.waitUntil(lambda: window.status.problems.text() == "1 error")
    assert window.status.problems.property("tone") == "bad"


def test_the_status_bar_tells_the_rate(window: MainWindow, context: Context) -> None:
    status = window.status
    status._begin_count(None)
    context.capture.captured.emit(Captured(1, 30))
    context.capture.captured.emit(Captured(2, 60))
    assert status.events_per_second() == 60


def test_the_status_bar_tells_the_delivery(window: MainWindow, context: Context) -> None:
    context.capture.set_delivery("block")
    assert window.status.delivery.text() == "Blocked"
    assert window.status.delivery.property("role") == "status-warning"


# Settings


def test_a_setting_counts_at_once(
    qtbot: QtBot, window: MainWindow, context: Context, changed: list[Setting[object]]
) -> None:
    window.go_to("settings")
    page = window.page("settings")
    port = page.editors[keys.PROXY_PORT].widget
    port.selectAll()
    qtbot.keyClicks(port, "9100")
    qtbot.keyClick(port, Key.Key_Return)
    assert context.settings.get(keys.PROXY_PORT) == 9100
    assert changed == [keys.PROXY_PORT]
    assert Settings(context.settings.path).get(keys.PROXY_PORT) == 9100


def test_every_setting_that_is_not_hidden_can_be_chosen(window: MainWindow) -> None:
    shown = set(window.page("settings").editors)
    assert shown == {one for one in keys.ALL if not one.hidden}
    assert all(one.label and one.help for one in shown)


def test_hosts_are_checked(qtbot: QtBot, window: MainWindow, context: Context) -> None:
    window.go_to("settings")
    editor = window.page("settings").editors[keys.HOSTS]
    area = editor.widget
    area.setPlainText("https://Shop.example/\n\nnot a host!")
    area.left.emit()
    assert editor.problem.text() == "'not a host!' is not a host name."
    assert context.settings.get(keys.HOSTS) == []
    area.setPlainText("https://Shop.example/\n*.shop.example")
    area.left.emit()
    assert context.settings.get(keys.HOSTS) == ["shop.example", "*.shop.example"]
    assert editor.problem.isHidden()
    assert checked_hosts(["a.example", "a.example"]) == ["a.example"]


def test_an_address_that_capture_could_not_use_is_refused(
    qtbot: QtBot, window: MainWindow, context: Context
) -> None:
    window.go_to("settings")
    editor = window.page("settings").editors[keys.UPSTREAM]
    editor.widget.setFocus()
    editor.widget.selectAll()
    qtbot.keyClicks(editor.widget, "api2.amplitude.com")
    qtbot.keyClick(editor.widget, Key.Key_Return)
    assert "Write it like https://api2.amplitude.com." in editor.problem.text()
    assert editor.problem.isVisible()
    assert context.settings.get(keys.UPSTREAM) == keys.UPSTREAM.default
    editor.widget.selectAll()
    qtbot.keyClicks(editor.widget, "https://api.eu.amplitude.com")
    qtbot.keyClick(editor.widget, Key.Key_Return)
    assert editor.problem.isHidden()
    assert context.settings.get(keys.UPSTREAM) == "https://api.eu.amplitude.com"


def test_the_same_port_twice_is_refused(qtbot: QtBot, window: MainWindow, context: Context) -> None:
    window.go_to("settings")
    editor = window.page("settings").editors[keys.PROXY_PORT]
    editor.widget.selectAll()
    qtbot.keyClicks(editor.widget, "8898")
    qtbot.keyClick(editor.widget, Key.Key_Return)
    assert "“Endpoint port” is 8898 already" in editor.problem.text()
    assert context.settings.get(keys.PROXY_PORT) == keys.PROXY_PORT.default


def test_a_setting_that_cannot_be_kept_says_why(
    qtbot: QtBot, window: MainWindow, context: Context, changed: list[Setting[object]]
) -> None:
    window.go_to("settings")
    context.settings.path = context.workspace / "workspace.sqlite" / "settings.json"
    editor = window.page("settings").editors[keys.AUTOSTART]
    qtbot.mouseClick(editor.widget, LEFT, pos=editor.widget.rect().center() / 8)
    assert "cannot be saved" in editor.problem.text()
    assert changed == []


# Light and dark


def test_light_and_dark_switch_while_the_window_is_open(
    qtbot: QtBot, window: MainWindow, theme: Theme, context: Context
) -> None:
    table = window.page("live").table
    light = window.grab().toImage()
    with qtbot.waitSignal(theme.changed):
        theme.choose("dark")
    assert is_dark(table.palette())
    assert tokens().name == "dark"
    dark = window.grab().toImage()
    assert dark.pixelColor(600, 500).lightness() < 60
    assert light.pixelColor(600, 500).lightness() > 200
    icon = context.actions.qaction("live.clear").icon().pixmap(16).toImage()
    assert max(icon.pixelColor(x, y).alpha() for x in range(16) for y in range(16)) > 0
    theme.choose("light")
    assert window.grab().toImage() == light


def test_the_palette_changes_the_appearance(
    window: MainWindow, context: Context, changed: list[Setting[object]]
) -> None:
    window.run("window.dark")
    assert context.settings.get(keys.THEME) == "dark"
    assert changed == [keys.THEME]


def test_the_remembered_layout_is_small(window: MainWindow, context: Context) -> None:
    window.save_layout()
    assert len(json.dumps(context.settings.get(keys.LAYOUT))) < 2000


# A workspace that cannot be read


def test_pages_say_why_there_is_nothing_to_show(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    workspace.add("first")
    workspace.store.close()
    file = workspace.folder / "workspace.sqlite"
    whole = file.read_bytes()
    file.write_bytes(b"no longer a database, " * 400)
    window = MainWindow(context.settings, context.actions, lambda _: None, "live")
    qtbot.addWidget(window)
    window.attach(context)
    window.show()
    with pytest.raises(StoreUnavailable):
        context.store.open()
    for page in ("live", "users"):
        window.go_to(page)
        shown = window.stack.currentWidget()
        assert isinstance(shown, EmptyState)
        assert shown.title.text() == "This workspace cannot be read"
        assert "damaged" in shown.text.text()
        assert window.current == page
        assert window.rail.buttons[page].isChecked()
    window.go_to("settings")
    assert window.stack.currentWidget() is window.page("settings")
    window.go_to("live")
    button = window.stack.currentWidget().buttons[0]
    qtbot.mouseClick(button, LEFT)
    assert window.stack.currentWidget().title.text() == "This workspace cannot be read"
    file.write_bytes(whole)
    qtbot.mouseClick(window.stack.currentWidget().buttons[0], LEFT)
    live = window.page("live")
    assert window.stack.currentWidget() is live
    qtbot.waitUntil(lambda: len(live.model) == 1)


def test_the_palette_stays_while_the_workspace_opens(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    window = MainWindow(context.settings, context.actions, lambda _: None, "settings")
    qtbot.addWidget(window)
    window.attach(context)
    window.show()
    window.activateWindow()
    window.open_palette()
    palette = window._palette
    qtbot.waitUntil(palette.line.hasFocus)
    context.store.open()
    assert palette.isVisible()
    qtbot.waitUntil(palette.line.hasFocus)


# Keys


def test_return_presses_the_button_with_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    button = window.rail.buttons["settings"]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Key.Key_Return)
    assert window.current == "settings"
    window.status.state.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(window.status.state, Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert window.current == "connect"


# Problems


def test_the_count_of_problems_leads_to_them(
    qtbot: QtBot, window: MainWindow, context: Context, workspace: Workspace
) -> None:
    workspace.add("good")
    workspace.add("bad", api_key="")
    context.feed.notice()
    qtbot.waitUntil(lambda: window.status.problems.text() == "1 error")
    qtbot.mouseClick(window.status.problems, LEFT)
    assert window.current == "problems"
    assert not any(button.isChecked() for button in window.rail.buttons.values())
    page = window.page("problems")
    qtbot.waitUntil(lambda: page.tabs.tabText(1) == "Uploads not understood  1")
    window.go_to("live")
    assert window.rail.buttons["live"].isChecked()
    window.run("go.problems")
    assert window.current == "problems"


def test_problems_lead_to_their_events(
    qtbot: QtBot, window: MainWindow, context: Context, workspace: Workspace
) -> None:
    workspace.add("good")
    bad = workspace.add(event("bad", user_id="undefined"))
    context.store.open()
    with Study(workspace.folder) as study:
        study.catch_up()
    window.go_to("problems")
    page = window.page("problems").findings
    qtbot.keyClicks(page.search, "LNT-02")
    qtbot.waitUntil(lambda: page.detail.events.topLevelItemCount() == 1)
    item = page.detail.events.topLevelItem(0)
    at = page.detail.events.visualItemRect(item).center()
    qtbot.mouseClick(page.detail.events.viewport(), LEFT, pos=at)
    assert window.current == "live"
    live = window.page("live")
    qtbot.waitUntil(lambda: live.inspector.detail is not None)
    assert live.inspector.detail.row.id == bad
    tab = live.inspector.stack.indexOf(live.inspector.problems)
    qtbot.waitUntil(lambda: live.inspector.tabs.tabText(tab).startswith("Problems  "))
    window.go_to("problems")
    qtbot.mouseClick(page.detail.live, LEFT)
    assert window.current == "live"
    qtbot.waitUntil(lambda: live.stream.matches == 1 and not live.stream.is_loading)
    assert live.filter.box.text() == "problem:LNT-02"


def test_faults_that_are_on_are_shown(window: MainWindow, context: Context) -> None:
    status = window.status
    assert status.faults.isHidden()
    context.capture._receive(Changed("local", [], ["500#2", "reset"]))
    assert status.faults.isVisible()
    assert status.faults.text() == "Faults on: 500#2, reset"
    assert status.faults.property("tone") == "warning"
    assert "500#2" in status.faults.toolTip()
    context.capture._receive(Changed("local", []))
    assert status.faults.isHidden()


# The palette's order and delivery


def test_the_palette_without_letters_keeps_the_order_of_the_table(window: MainWindow) -> None:
    window.open_palette()
    palette = window._palette
    shown = [palette.list.item(row).text() for row in range(palette.list.count())]
    titles = [one.title for one in window.context.actions.all()]
    assert shown == [one for one in titles if one not in ("Command palette", "Quit")] + ["Quit"]
    palette.close_palette()


def test_the_palette_switches_delivery(qtbot: QtBot, window: MainWindow, context: Context) -> None:
    window.open_palette()
    qtbot.keyClicks(window._palette.line, "delivery: block")
    qtbot.keyClick(window._palette.line, Key.Key_Return)
    assert context.settings.get(keys.DELIVERY) == "block"
    assert window.status.delivery.text() == "Blocked"
    assert window.page("connect").delivery.segments.buttons["block"].isChecked()
    window.run("delivery.local")
    assert context.capture.delivery == "local"


def test_messages_leave_the_answers_of_the_inspector_to_be_read(
    qtbot: QtBot, window: MainWindow, context: Context
) -> None:
    window.resize(1280, 800)
    context.notifications.info("In the corner.")
    corner = context.notifications.cards[0].geometry()
    assert corner.right() > window.width() - 40
    context.notifications.clear()
    context.actions.trigger("live.inspector")
    live = window.page("live")
    qtbot.waitUntil(lambda: live.inspector is not None and live.inspector.isVisible())
    inspector = live.inspector
    context.notifications.info("Beside it.")
    left = inspector.mapTo(window, inspector.rect().topLeft()).x()
    assert context.notifications.cards[0].geometry().right() < left
    context.notifications.clear()
