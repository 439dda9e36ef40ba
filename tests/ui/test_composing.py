"""Writing a new event with what was captured at hand, and sending several again."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from ui.context import Context
from ui.pages.live import LivePage

from .conftest import KEY, OTHER_KEY, Workspace, event

Key = Qt.Key


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> LivePage:
    workspace.add(event("Buy", event_properties={"price": 12, "[Amplitude] Page URL": "x"}))
    workspace.add(event("Bought <b>", user_properties={"plan": "pro"}))
    context.store.open()
    made = LivePage(context)
    context.notifications.show_in(made)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: len(made.model) == 2)
    return made


def compose(qtbot: QtBot, page: LivePage, context: Context) -> QPlainTextEdit:
    # Without a window manager nobody gives the keyboard back when a list is closed.
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    context.actions.trigger("live.compose")
    send = page.inspector.send
    qtbot.waitUntil(send.text.hasFocus)
    assert send.isVisible()
    assert not page.inspector.tabs.isVisible()
    return send.text


def write(qtbot: QtBot, text: QPlainTextEdit, words: str) -> None:
    text.selectAll()
    qtbot.keyClick(text, Key.Key_Delete)
    qtbot.keyClicks(text, words)


def test_a_new_event_is_written_with_types_and_names_that_were_captured(
    qtbot: QtBot, page: LivePage, context: Context
) -> None:
    text = compose(qtbot, page, context)
    assert page.inspector.title.text() == "New event"
    assert page.inspector.send.key.text() == KEY
    assert text.textCursor().selectedText() == "Test Event"
    completion = page.inspector.send.text.completion
    qtbot.keyClicks(text, "bou")
    qtbot.waitUntil(lambda: completion.is_open)
    assert completion.words.stringList() == ["Bought <b>"]
    qtbot.keyClick(completion.popup, Key.Key_Down)
    qtbot.keyClick(completion.popup, Key.Key_Return)
    assert json.loads(text.toPlainText())["event_type"] == "Bought <b>"
    assert not completion.is_open
    write(qtbot, text, '{"event_properties": {"p')
    qtbot.waitUntil(lambda: completion.is_open)
    assert completion.words.stringList() == ["price", "[Amplitude] Page URL"]
    completion.take("price")
    assert text.toPlainText() == '{"event_properties": {"price"'
    write(qtbot, text, '{"user_properties": {"pl')
    qtbot.waitUntil(lambda: completion.is_open and completion.words.stringList() == ["plan"])
    qtbot.keyClick(completion.popup, Key.Key_Escape)
    assert not completion.is_open
    write(qtbot, text, '{"insert')
    assert completion.words.stringList() == ["insert_id"]


def test_what_was_begun_is_there_again(qtbot: QtBot, page: LivePage, context: Context) -> None:
    text = compose(qtbot, page, context)
    write(qtbot, text, '{"event_type": 7, ')
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.detail is not None)
    assert page.inspector.tabs.isVisible()
    assert json.loads(text.toPlainText())["event_type"] == "Buy"
    text = compose(qtbot, page, context)
    assert text.toPlainText() == '{"event_type": 7, '


def test_a_selection_is_sent_again_together(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    workspace.add(event("Elsewhere"), api_key=OTHER_KEY)
    page._refresh()
    qtbot.waitUntil(lambda: len(page.model) == 3)
    page.table.setFocus()
    page.table.selectAll()
    page.deeds.resend()
    send = page.inspector.send
    qtbot.waitUntil(lambda: send.text.toPlainText().startswith("["))
    assert [one["event_type"] for one in json.loads(send.text.toPlainText())] == [
        "Buy", "Bought <b>",
    ]  # fmt: skip
    assert page.inspector.title.text() == "3 events"
    assert send.key.text() == KEY
    assert send.answer.text() == "1 event of other projects left out."
    qtbot.mouseClick(send.send, Qt.MouseButton.LeftButton)
    assert "Start capturing first" in send.answer.text()


def test_what_was_edited_is_there_again_and_can_be_taken_back(
    qtbot: QtBot, page: LivePage, context: Context
) -> None:
    page.inspect(1)
    qtbot.waitUntil(lambda: page.inspector.detail is not None)
    page.inspector.resend()
    send = page.inspector.send
    text = send.text
    captured = text.toPlainText()
    assert not send.again.isVisible()
    write(qtbot, text, '{"event_type": "Bu')
    text.completion.popup.hide()
    assert send.again.isVisible()
    page.inspect(2)
    qtbot.waitUntil(lambda: "Bought" in text.toPlainText())
    assert not send.again.isVisible()
    page.inspect(1)
    qtbot.waitUntil(lambda: text.toPlainText() == '{"event_type": "Bu')
    qtbot.mouseClick(send.again, Qt.MouseButton.LeftButton)
    assert text.toPlainText() == captured
    assert not send.again.isVisible()
    text.undo()
    assert text.toPlainText() == '{"event_type": "Bu'
