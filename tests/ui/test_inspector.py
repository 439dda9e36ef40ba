"""The inspector: facts to read, raw text to search and copy, whatever was sent."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.decode import decode
from app.filter import parse
from app.links import EventLink, parse_link
from app.store.events import EventDetail
from tests.effort import effort
from tests.factories import emptied
from ui.context import Context
from ui.inspector.facts import Fact, Section, outcome_sentence, sections, step
from ui.inspector.info import fitting_name
from ui.inspector.panel import NARROWEST, Inspector
from ui.inspector.pretty import pretty
from ui.inspector.raw import RawView
from ui.inspector.rawtext import Part, as_curl, shown, whole
from ui.inspector.tree import FactsModel, Node
from ui.inspector.treesearch import trails
from ui.inspector.uploadtab import upload_sections
from ui.plain import local_time, utc_time

from .conftest import KEY, NOW_MS, Workspace, capture, event

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def detail(workspace: Workspace, sent: Any, **how: Any) -> EventDetail:
    number = workspace.add(sent, **how)
    found = workspace.store.events.detail(number)
    assert found
    return found


def nested(depth: int) -> Any:
    value: Any = "bottom"
    for _ in range(depth):
        value = {"in": value}
    return value


@pytest.fixture
def inspector(qtbot: QtBot, context: Context, workspace: Workspace) -> Inspector:
    workspace.add("First")
    context.store.open()
    made = Inspector(context)
    qtbot.addWidget(made)
    made.resize(440, 700)
    made.show()
    return made


def show(qtbot: QtBot, inspector: Inspector, event_id: int) -> None:
    inspector.show_event(event_id)
    qtbot.waitUntil(lambda: inspector.detail is not None and inspector.detail.row.id == event_id)


def line(inspector: Inspector, *names: str) -> Node:
    """The line under these names, opening what lies on the way."""
    model = inspector.info.facts
    nodes = [child for section in model.sections for child in section.children]
    for place, name in enumerate(names):
        node = next(one for one in nodes if one.name == name)
        if place + 1 < len(names):
            model.fetchMore(model.index_of(node))
            nodes = node.children
    inspector.info.setCurrentIndex(model.index_of(node))
    return node


def clip() -> str:
    return QGuiApplication.clipboard().text()


# Facts


def test_facts_say_what_was_sent_and_what_became_of_it(workspace: Workspace) -> None:
    found = detail(workspace, event("Buy", session_id=NOW_MS, insert_id="i-1", platform="Web"))
    facts = {fact.name: fact.value for section in sections(found, "Shop") for fact in section.facts}
    assert facts["Outcome"] == "The server answered 200"
    assert facts["User ID"] == "ada"
    assert facts["Device ID"] == "d-1"
    assert facts["Session ID"] == NOW_MS
    assert facts["Insert ID"] == "i-1"
    assert facts["Project"] == "Shop"
    assert facts["Position"] == "1 of 1 event"
    assert facts["Transport"] == "http"
    assert facts["Status"] == "200"
    assert facts["Platform"] == "Web"
    assert "… in UTC" in facts


def test_a_failure_is_the_outcome(workspace: Workspace) -> None:
    found = detail(workspace, "Buy", status=None, failure="The server closed the connection.")
    first = sections(found, "")[0].facts[0]
    assert first.value == "The server closed the connection."


def test_sections_with_nothing_in_them_are_left_out(workspace: Workspace) -> None:
    titles = [section.title for section in sections(detail(workspace, "Buy"), "")]
    assert titles == ["Event", "Upload"]


@pytest.mark.parametrize("odd", [7, "text", [1, 2], None, {"a": 1}])
def test_properties_of_an_odd_shape_are_shown_as_they_are(workspace: Workspace, odd: Any) -> None:
    found = detail(workspace, event("Buy", event_properties=odd))
    titles = [section.title for section in sections(found, "")]
    assert ("Event properties" in titles) == (odd is not None)


@pytest.mark.parametrize(
    ("name", "path"), [("a", ".a"), (0, "[0]"), ("a b", '["a b"]'), ('"\\', '["\\"\\\\"]')]
)
def test_paths_are_written_as_javascript_reads_them(name: str | int, path: str) -> None:
    assert step(name) == path


# The tree


def test_the_tree_keeps_qts_rules(workspace: Workspace, qtmodeltester: ModelTester) -> None:
    found = detail(
        workspace, event("Buy", event_properties={"a": [1, {"b": None}], "c": {}, "d": []})
    )
    model = FactsModel()
    model.show_sections(sections(found, ""))
    qtmodeltester.check(model)


def test_a_huge_list_opens_in_chunks(workspace: Workspace) -> None:
    found = detail(workspace, event("Buy", event_properties={"many": list(range(100_000))}))
    model = FactsModel()
    with effort() as spent:
        model.show_sections(sections(found, ""))
        node = model.sections[1].children[0]
        index = model.index_of(node)
        assert model.rowCount(index) == 0
        assert model.canFetchMore(index)
        model.fetchMore(index)
        model.fetchMore(index)
        assert model.rowCount(index) == 400
        assert node.children[399].path == "event_properties.many[399]"
    assert spent.counts < 120


def test_values_are_copied_as_they_were_sent(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    cart = [{"sku": "x\ny", "price": 1.5}]
    number = workspace.add(event("Buy", event_properties={"cart": cart}))
    show(qtbot, inspector, number)
    line(inspector, "cart", "[0]", "sku")
    qtbot.keyClick(inspector.info, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clip() == "x\ny"
    inspector.info.copy_path()
    assert clip() == "event_properties.cart[0].sku"
    line(inspector, "cart")
    inspector.info.copy_value()
    assert json.loads(clip()) == cart


def test_a_heading_closes_with_a_click_and_stays_closed(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    show(qtbot, inspector, 1)
    info = inspector.info

    def upload() -> Any:
        return info.facts.index_of(next(one for one in info.facts.sections if one.name == "Upload"))

    assert info.isExpanded(upload())
    info.scrollTo(upload())
    place = info.visualRect(upload()).center()
    qtbot.mouseClick(info.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not info.isExpanded(upload())
    show(qtbot, inspector, workspace.add("Second"))
    assert not info.isExpanded(upload())


def test_what_was_opened_opens_again_for_the_next_event(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    sent = event("Buy", event_properties={"cart": {"items": [1]}})
    show(qtbot, inspector, workspace.add(sent))
    model = inspector.info.facts
    inspector.info.expand(model.index_of(line(inspector, "cart")))
    show(qtbot, inspector, workspace.add(sent))
    assert inspector.info.isExpanded(model.index_of(line(inspector, "cart")))


# Raw


@given(JSON)
def test_pretty_json_is_the_same_json(value: Any) -> None:
    assert repr(json.loads(pretty(value).text)) == repr(value)


def test_deep_json_is_written_and_cut() -> None:
    assert pretty(nested(900)).text.count("{") == 900
    assert pretty(nested(900), most=1000).is_cut


def test_a_number_too_long_for_python_is_shown() -> None:
    assert pretty(10**6000).text.startswith("0x")


def test_raw_parts(workspace: Workspace) -> None:
    found = detail(workspace, event("Buy", event_properties={"a": 1}))
    assert json.loads(whole(found, Part.EVENT))["event_properties"] == {"a": 1}
    assert shown(found, Part.EVENT).text == whole(found, Part.EVENT)
    assert shown(found, Part.UPLOAD).text.startswith("POST https://api2.amplitude.com/2/httpapi")
    assert json.loads(whole(found, Part.UPLOAD))["events"][0]["event_type"] == "Buy"
    assert shown(found, Part.RESPONSE).text.startswith("Status 200")
    assert json.loads(whole(found, Part.RESPONSE)) == {"code": 200}


def test_a_curl_command_is_safe_to_paste() -> None:
    command = as_curl(capture("it's $(rm) `x`"))
    assert "'\\''s $(rm) `x`" in command
    assert command.startswith("curl -X POST 'https://api2.amplitude.com/2/httpapi'")


def test_the_raw_tab_searches_and_steps(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    number = workspace.add(event("Buy", event_properties={"a": "needle", "b": "Needle needle"}))
    show(qtbot, inspector, number)
    inspector.open_search()
    raw = inspector.raw
    qtbot.waitUntil(lambda: "needle" in raw.text.toPlainText())
    qtbot.keyClicks(raw.needle, "needle")
    assert raw.found.text() == "1 of 3"
    qtbot.keyClick(raw.needle, Qt.Key.Key_Return)
    assert raw.found.text() == "2 of 3"
    qtbot.keyClick(raw.needle, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(raw.needle, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert raw.found.text() == "3 of 3"
    qtbot.keyClicks(raw.needle, "zz")
    assert raw.found.text() == "Nothing found"
    qtbot.keyClick(raw.needle, Qt.Key.Key_Escape)
    assert raw.bar.isHidden()


def test_raw_parts_are_switched_and_copied_by_clicks(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    show(qtbot, inspector, 1)
    inspector.tabs.setCurrentIndex(1)
    raw: RawView = inspector.raw
    qtbot.mouseClick(raw.parts[Part.RESPONSE], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: raw.text.toPlainText().startswith("Status 200"))
    qtbot.mouseClick(raw.copy, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: clip() == '{"code": 200}')


def test_copied_goes_away_and_moves_nothing(
    qtbot: QtBot, inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(qtbot, inspector, 1)
    inspector.tabs.setCurrentIndex(1)
    raw = inspector.raw
    # Only when it was seen.
    raw._copied_ends.setInterval(3_600_000)
    before = raw.text.geometry()
    qtbot.mouseClick(raw.copy, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: raw.copied.text() == "Copied.")
    assert raw.text.geometry() == before
    raw._copied_ends.start(0)
    qtbot.waitUntil(lambda: raw.copied.text() == "")
    assert raw.text.geometry() == before


def test_the_upload_opens_at_the_chosen_event(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    last = workspace.add(*(event(f"Number {number}") for number in range(40)))
    show(qtbot, inspector, last - 10)
    inspector.tabs.setCurrentIndex(1)
    raw = inspector.raw
    qtbot.mouseClick(raw.parts[Part.UPLOAD], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: raw.text.toPlainText().startswith("POST"))
    found = shown(inspector.detail, Part.UPLOAD)
    rows = found.text.split("\n")
    chosen = "\n".join(rows[found.event.start : found.event.stop])
    assert json.loads(chosen.rstrip(","))["event_type"] == "Number 29"
    assert raw.text.firstVisibleBlock().blockNumber() == found.event.start
    (mark,) = raw.text.extraSelections()
    assert mark.cursor.selectedText().replace("\u2029", "\n") == f"{chosen}\n"


# Hostile


@pytest.mark.parametrize(
    "properties",
    [
        {"long": "x" * 1_000_000},
        {"<b>x</b>\n\0\u202e": "<img src=x>\n\0\u202e\ud800"},
        {"many": list(range(100_000))},
        {"deep": nested(900)},
        {f"k{number}": number for number in range(5000)},
        {"big": 10**400, "nan": float("nan")},
        {"": ""},
    ],
    ids=["long", "acting", "many", "deep", "wide", "numbers", "empty"],
)
def test_hostile_properties_are_shown_without_a_pause(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace, properties: dict[str, Any]
) -> None:
    number = workspace.add(event("Buy", event_properties=properties))
    show(qtbot, inspector, number)
    with effort() as spent:
        inspector.info.expandAll()
        inspector.grab()
        inspector.tabs.setCurrentIndex(1)
        for part in Part:
            inspector.raw.show_part(part)
            qtbot.waitUntil(lambda: not inspector.raw.text.document().isEmpty())
            inspector.grab()
    assert spent.counts < 600
    assert len(inspector.raw.text.toPlainText()) < 200_000


def test_long_text_is_cut_with_a_sentence_and_copied_whole(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    show(qtbot, inspector, workspace.add(event("Buy", event_properties={"long": "x" * 500_000})))
    inspector.tabs.setCurrentIndex(1)
    qtbot.waitUntil(inspector.raw.note.isVisible)
    assert "Only the beginning" in inspector.raw.note.text()
    qtbot.mouseClick(inspector.raw.copy, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: clip().count("x") >= 500_000)


def test_a_body_that_is_no_json_is_shown_as_text_or_bytes(workspace: Workspace) -> None:
    found = detail(workspace, "Buy")
    object.__setattr__(found.capture, "body", b"\xff\x00\x01binary")
    assert "not text" in shown(found, Part.UPLOAD).text
    object.__setattr__(found.capture, "body", b"\x1f\x8bbroken")
    assert "damaged" in shown(found, Part.UPLOAD).text
    object.__setattr__(found.capture, "body", b"plain words")
    assert shown(found, Part.UPLOAD).text.endswith("plain words")


# The panel


def test_a_removed_event_says_so(qtbot: QtBot, inspector: Inspector, workspace: Workspace) -> None:
    show(qtbot, inspector, 1)
    emptied(workspace.store)
    inspector.show_event(1)
    qtbot.waitUntil(lambda: inspector.stack.currentWidget() is inspector.gone)


def test_an_answer_shows_when_it_comes(
    qtbot: QtBot, inspector: Inspector, context: Context, workspace: Workspace
) -> None:
    show(qtbot, inspector, workspace.add("Buy", status=None))
    assert inspector.outcome.text() == "● Unanswered"
    workspace.store.writer.answer(2, capture("Buy"))
    context.feed.notice()
    qtbot.waitUntil(lambda: inspector.outcome.text() == "● Accepted")


def test_the_newest_of_quick_choices_is_shown(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    last = workspace.add_all([[f"e{number}"] for number in range(50)])
    for number in range(2, last + 1):
        inspector.show_event(number)
    qtbot.waitUntil(lambda: inspector.title.text() == "e49")


def test_tooltips_are_plain(qtbot: QtBot, inspector: Inspector, workspace: Workspace) -> None:
    show(qtbot, inspector, workspace.add("<b>Buy</b>"))
    assert inspector.title.text() == "<b>Buy</b>"
    assert "&lt;b&gt;" in inspector.title.toolTip()


def test_the_context_menu_copies(qtbot: QtBot, inspector: Inspector, workspace: Workspace) -> None:
    show(qtbot, inspector, 1)
    info = inspector.info
    index = info.facts.index_of(line(inspector, "User ID"))
    info.customContextMenuRequested.emit(QPoint(info.visualRect(index).center()))
    menu = QGuiApplication.instance().activePopupWidget()  # type: ignore[union-attr]
    titles = [action.text() for action in menu.actions()]
    assert titles[:2] == ["Copy value", "Copy name and value"]
    menu.actions()[1].trigger()
    menu.close()
    assert clip() == "User ID: ada"


def test_why_an_event_was_refused_is_said_in_full(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    show(qtbot, inspector, 1)
    assert inspector.reason.isHidden()
    refused = workspace.add("Buy", status=413)
    show(qtbot, inspector, refused)
    assert inspector.reason.isVisible()
    assert inspector.reason.text() == outcome_sentence(inspector.detail)
    # All of it is to be seen, in as many lines as it takes.
    needed = inspector.reason.heightForWidth(inspector.reason.width())
    assert inspector.reason.height() >= needed
    # Nor does one long word of a server make the inspector wider.
    inspector.resize(NARROWEST, 700)
    endless = workspace.add("Buy", status=None, failure="x" * 5000)
    show(qtbot, inspector, endless)
    assert inspector.width() == NARROWEST
    show(qtbot, inspector, 1)
    assert inspector.reason.isHidden()


# The upload, search, what values mean


def heading(inspector: Inspector, title: str) -> dict[str, Any]:
    found = next(one for one in inspector.upload.facts.sections if one.name == title)
    return {child.name: child.value for child in found.children}


def test_the_upload_has_a_tab_of_its_own(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    number = workspace.add(event("Buy"), event("Sell"))
    show(qtbot, inspector, number)
    tab = next(at for at in range(9) if inspector.tabs.tabText(at) == "Upload")
    qtbot.mouseClick(
        inspector.tabs, Qt.MouseButton.LeftButton, pos=inspector.tabs.tabRect(tab).center()
    )
    assert inspector.stack.currentWidget() is inspector.upload
    assert heading(inspector, "Answer")["Status"] == "200"
    assert heading(inspector, "Answer")["What the SDK does next"]
    assert heading(inspector, "Request")["Position"] == "2 of 2 events"
    assert heading(inspector, "Request")["API key"] == KEY
    assert heading(inspector, "Time and size")["Took"] == "12 ms"
    assert heading(inspector, "Request headers") == {"content-type": "application/json"}
    assert heading(inspector, "Response headers") == {"content-type": "application/json"}


def test_attempts_are_listed_with_what_came_of_them(workspace: Workspace) -> None:
    sent = event("Buy", insert_id="i-1")
    workspace.add(sent, status=500)
    number = workspace.add(sent)
    found = workspace.store.events.detail(number)
    assert found
    (attempts,) = [one for one in upload_sections(found, "") if one.title == "Attempts"]
    assert [(one.name, one.value, one.tone) for one in attempts.facts] == [
        ("Attempt 1", "500", "warning"),
        ("Attempt 2", "after 1.0 s: 200 (this one)", "good"),
    ]
    assert [one.condition for one in attempts.facts] == list(parse("upload:1 upload:2").parts)


@pytest.mark.parametrize(
    ("skew_ms", "says"),
    [
        (300, "less than a second"),
        (-5_200, "5.2 s (ahead)"),
        (180_000, "3 minutes (behind); event times are corrected"),
    ],
)
def test_a_clock_that_is_off_is_said(workspace: Workspace, skew_ms: int, says: str) -> None:
    one = capture("Buy", at_ms=NOW_MS)
    body = json.loads(one.body)
    body["client_upload_time"] = utc_time(NOW_MS - skew_ms)
    sent = replace(one, body=json.dumps(body).encode())
    workspace.store.writer.add([(sent, decode(sent))])
    found = workspace.store.events.detail(workspace.store.writer.last.event)
    assert found
    facts = {one.name: one.value for part in upload_sections(found, "") for one in part.facts}
    assert facts["Its clock is off by"] == says


def test_a_search_opens_the_way_to_names_and_values(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    deep = {"cart": [{"sku": f"s-{n}", "tags": ["plain"]} for n in range(900)]}
    deep["cart"][850]["tags"] = ["plain", "Needle <b>"]
    show(qtbot, inspector, workspace.add(event("Buy", event_properties=deep)))
    inspector.info.setFocus()
    inspector.open_search()
    assert inspector.search.isVisible()
    qtbot.keyClicks(inspector.search.needle, "needle")
    assert inspector.search.found.text() == "1 of 1"
    node = inspector.info.current_node()
    assert node
    assert node.path == "event_properties.cart[850].tags[1]"
    assert inspector.info.isExpanded(inspector.info.currentIndex().parent())
    inspector.search.needle.clear()
    qtbot.keyClicks(inspector.search.needle, "sku")
    assert inspector.search.found.text() == "1 of 500+"
    qtbot.keyClick(inspector.search.needle, Qt.Key.Key_Return)
    assert inspector.search.found.text() == "2 of 500+"
    qtbot.keyClick(inspector.search.needle, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert inspector.search.found.text() == "1 of 500+"
    qtbot.keyClicks(inspector.search.needle, "nowhere")
    assert inspector.search.found.text() == "Nothing found"
    qtbot.keyClick(inspector.search.needle, Qt.Key.Key_Escape)
    assert not inspector.search.isVisible()


@given(JSON, st.text(max_size=2))
def test_a_search_finds_every_line_that_holds_the_text(value: Any, needle: str) -> None:
    model = FactsModel()
    shown_sections = [Section("S", (Fact("value", value),))]
    model.show_sections(shown_sections)
    for trail in trails(shown_sections, needle):
        node = model.sections[trail[0]]
        for row in trail[1:]:
            while row >= len(node.children):
                model.fetchMore(model.index_of(node))
            node = node.children[row]
        held = node.value if isinstance(node.value, str) else json.dumps(node.value)
        scalar = held.casefold() if not isinstance(node.value, dict | list) else ""
        texts = (node.name.casefold(), scalar, str(node.value).casefold())
        assert any(needle.casefold() in text for text in texts)


def test_addresses_open_into_their_parts_and_times_are_read(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace
) -> None:
    sent = {
        "url": "https://ada:pw@shop.example/a%20b?q=caf%C3%A9&empty=#top",
        "at": NOW_MS,
        "expires": NOW_MS // 1000,
        "count": NOW_MS // 1000,
        "when": "2026-11-21T17:11:44Z",
    }
    show(qtbot, inspector, workspace.add(event("Buy", event_properties=sent)))
    node = line(inspector, "url")
    assert node.size == 5
    inspector.info.expand(inspector.info.currentIndex())
    inspector.info.facts.fetchMore(inspector.info.facts.index_of(node))
    assert [(child.name, child.value) for child in node.children] == [
        ("host", "shop.example"),
        ("path", "/a b"),
        ("?q", "café"),
        ("?empty", ""),
        ("#", "top"),
    ]
    assert not node.children[1].size
    assert line(inspector, "at").type_word() == local_time(NOW_MS)
    assert line(inspector, "expires").type_word() == local_time(NOW_MS // 1000 * 1000)
    assert line(inspector, "count").type_word() == "number"
    assert line(inspector, "when").type_word() == local_time(1_795_281_104_000)


def test_a_link_names_the_event_and_its_workspace(
    qtbot: QtBot, inspector: Inspector, workspace: Workspace, context: Context
) -> None:
    show(qtbot, inspector, workspace.add("Buy"))
    inspector.copies.list.actions()[-1].trigger()
    found = parse_link(clip())
    assert found == EventLink(workspace.store.name(), 2)
    assert context.store.ask(lambda store: store.name(), "") == found.workspace


@pytest.mark.parametrize("has_difference", [False, True])
def test_every_tab_is_in_sight_at_the_narrowest(
    qtbot: QtBot, context: Context, has_difference: bool
) -> None:
    inspector = Inspector(context)
    qtbot.addWidget(inspector)
    inspector.resize(NARROWEST, 600)
    inspector.show()
    tabs = inspector.tabs
    tabs.show()
    tabs.count_on(inspector.stack.indexOf(inspector.problems), 12)
    tabs.show_only(inspector._difference_tab, is_shown=has_difference)
    shown = [at for at in range(tabs.count()) if tabs.isTabVisible(at)]
    assert inspector.width() == NARROWEST
    assert all(tabs.rect().contains(tabs.tabRect(at)) for at in shown)
    assert "User" in [tabs.tabText(at) for at in shown]
    inspector.resize(900, 600)
    assert "User at that time" in [tabs.tabText(at) for at in shown]
    assert "Problems  12" in [tabs.tabText(at) for at in shown]


def test_names_of_amplitudes_own_properties_are_told_apart(inspector: Inspector) -> None:
    font = inspector.info.font()
    width = QFontMetrics(font).horizontalAdvance("…Element Class") + 4
    for name, seen in (
        ("[Amplitude] Element Class", "…Element Class"),
        ("2. [Amplitude] Cart", "2. …Cart"),
        ("plan", "plan"),
    ):
        assert fitting_name(name, font.key(), width, Qt.TextElideMode.ElideMiddle) == seen
    wide = fitting_name("[Amplitude] Tag", font.key(), 900, Qt.TextElideMode.ElideMiddle)
    assert wide == "[Amplitude] Tag"
