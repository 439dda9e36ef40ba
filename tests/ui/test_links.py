"""Links to events: between two processes, to what is gone, and whatever else is said."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QProcess
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from pytestqt.qtbot import QtBot

from app.errors import BadInput
from app.links import EventLink, parse_link, workspace_name
from tests.factories import emptied
from ui.context import Context
from ui.links import LinkServer, hand_over
from ui.pages.live import LivePage

from .conftest import Workspace

ROOT = Path(__file__).resolve().parents[2]
EVENTSCOPE = [sys.executable, "-m", "app"]


@given(st.integers(-(1 << 63), (1 << 63) - 1), st.integers(1, 1 << 53))
def test_a_link_is_read_back(identity: int, event: int) -> None:
    link = EventLink(workspace_name(identity), event)
    assert parse_link(f" {link}\n") == link


@pytest.mark.parametrize(
    "text",
    ["", "eventscope://event/1", "eventscope://event/0123456789abcdef/0", "https://a/",
     "eventscope://event/0123456789ABCDEF/1", "eventscope://event/0123456789abcdef/1/../x",
     "eventscope://event/" + "0" * 5000],
)  # fmt: skip
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a link to an event"):
        parse_link(text)


@pytest.fixture
def server(context: Context, workspace: Workspace) -> Any:
    workspace.add("First", "Second")
    made = LinkServer(context.store)
    context.store.open()
    yield made
    made.close()


def test_a_second_eventscope_hands_its_link_over_and_ends(
    qtbot: QtBot, server: LinkServer, workspace: Workspace
) -> None:
    link = EventLink(workspace.store.name(), 2)
    process = QProcess()
    process.setWorkingDirectory(str(ROOT))
    with qtbot.waitSignal(server.asked) as asked:
        process.start(EVENTSCOPE[0], [*EVENTSCOPE[1:], str(link)])
    assert asked.args == [link]
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.NotRunning)
    assert process.exitCode() == 0


def test_what_is_no_link_is_dropped_and_a_window_that_died_is_replaced(
    qtbot: QtBot, server: LinkServer, workspace: Workspace, context: Context
) -> None:
    name = f"eventscope-{workspace.store.name()}"
    said: list[object] = []
    server.asked.connect(said.append)
    for words in (b"show me\n", b"x" * 5000, b"\xff\n", b"eventscope://event/1\n"):
        line = QLocalSocket()
        line.connectToServer(name)
        line.write(words)
        qtbot.waitUntil(
            lambda line=line: line.state() == QLocalSocket.LocalSocketState.UnconnectedState
        )
    assert said == []
    # A second window on the workspace leaves the first one its name.
    other = LinkServer(context.store)
    other.listen()
    assert not other._server.isListening()
    server.close()
    other.listen()
    assert other._server.isListening()
    other.close()


def test_nobody_to_hand_it_to(qapp: Any) -> None:
    assert not hand_over(EventLink("0" * 16, 1))
    assert QLocalServer.removeServer("eventscope-" + "0" * 16)


def test_a_link_that_is_none_is_said_on_the_command_line() -> None:
    found = subprocess.run(
        [*EVENTSCOPE, "eventscope://event/nonsense"],
        check=False, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert found.returncode == 1
    assert "This is not a link to an event." in found.stderr


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> LivePage:
    workspace.add("First", "Second", "Third")
    context.store.open()
    made = LivePage(context)
    context.notifications.show_in(made)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: len(made.model) == 3)
    return made


def test_a_copied_link_opens_its_event(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    page.deeds.copy_link(2)
    page.table.go_to(0)
    context.actions.trigger("live.link")
    # First the newest one may be shown.
    qtbot.waitUntil(lambda: page.table.current_id() == 2)
    qtbot.waitUntil(lambda: page.inspector.detail and page.inspector.detail.row.id == 2)
    page.show_link(EventLink("0" * 16, 2))
    assert "another workspace" in context.notifications.cards[-1].notice.text
    emptied(workspace.store)
    page.show_link(EventLink(workspace.store.name(), 2))
    assert any("no longer stored" in one.notice.text for one in context.notifications.cards)
