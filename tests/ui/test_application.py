"""The running application: what it says when something breaks, and an orderly end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from app import paths
from app import settings as keys
from app.errors import StoreUnavailable
from app.settings import Settings
from app.store import Store
from app.store.schema import STEPS
from tests.ports import free_port
from ui.application import Application
from ui.captureprocess import ELSEWHERE
from ui.theme import Theme, tokens

from .conftest import KEY, Workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def running(qapp: Any, qtbot: QtBot, folder: Path, theme: Theme) -> Iterator[Application]:
    """The whole application on a new workspace, capturing on free ports."""
    Settings(paths.settings_file()).update(
        {keys.PROXY_PORT: free_port(), keys.ENDPOINT_PORT: free_port(), keys.DELIVERY: "local"}
    )
    theme.deleteLater()
    made = Application(qapp, folder)
    qtbot.addWidget(made.window)
    made.window.show()
    made.start()
    yield made
    made.window.page("connect").shutdown()
    made.shutdown()


def cards(application: Application) -> list[str]:
    return [card.notice.text for card in application.context.notifications.cards]


def test_a_first_start_begins_with_connect_and_captures(qtbot: QtBot, running: Application) -> None:
    assert running.window.current == "connect"
    qtbot.waitUntil(lambda: running.context.capture.state == "listening")
    qtbot.waitUntil(lambda: running.context.store.current is not None)
    assert running.window.status.state.text().startswith("●  Capturing on 127.0.0.1:")


def test_what_is_captured_is_studied_beside_the_window(qtbot: QtBot, running: Application) -> None:
    context = running.context
    qtbot.waitUntil(lambda: context.capture.state == "listening")
    assert context.capture.info
    body = {"api_key": KEY, "events": [{"event_type": "A", "device_id": "device-1"}]}
    httpx.post(f"{context.capture.info.endpoint}/2/httpapi", json=body, trust_env=False)
    qtbot.waitUntil(
        lambda: context.store.ask(lambda store: store.people.of_event(1), None) == 1,
    )
    assert context.study
    assert context.study.is_running
    # One that dies is started again, and goes on.
    process = context.study.findChild(QProcess)
    assert process
    with qtbot.waitSignal(process.finished):
        os.kill(process.processId(), signal.SIGKILL)
    qtbot.waitUntil(lambda: context.study.is_running)
    httpx.post(f"{context.capture.info.endpoint}/2/httpapi", json=body, trust_env=False)
    qtbot.waitUntil(
        lambda: context.store.ask(lambda store: store.people.of_event(2), None) == 1,
    )


def test_a_bug_is_logged_and_shown_once_with_details(qtbot: QtBot, running: Application) -> None:
    for _ in range(3):
        try:
            {}["missing"]
        except KeyError as error:
            running.report(KeyError, error, error.__traceback__)
    assert cards(running) == ["Something in Eventscope went wrong: KeyError. Capture goes on."]
    assert "Traceback" in running.context.notifications.cards[0].notice.details
    assert "unexpected" in paths.log_file().read_text("utf-8")


def test_what_the_environment_does_is_said_as_a_sentence(running: Application) -> None:
    error = StoreUnavailable("The disk is full.", "Free some space.")
    running.report(StoreUnavailable, error, None)
    assert cards(running) == ["The disk is full. Free some space."]


def test_a_damaged_workspace_is_said(qapp: Any, qtbot: QtBot, folder: Path, theme: Theme) -> None:
    folder.mkdir()
    (folder / "workspace.sqlite").write_bytes(b"this is not a database" * 1000)
    Settings(paths.settings_file()).set(keys.AUTOSTART, False)
    theme.deleteLater()
    application = Application(qapp, folder)
    qtbot.addWidget(application.window)
    application.window.show()
    application.start()
    assert any("damaged" in text for text in cards(application))
    application.window.page("connect").shutdown()
    application.shutdown()


def test_a_second_instance_calmly_shows_the_same_events(
    qapp: Any, qtbot: QtBot, workspace: Workspace, theme: Theme
) -> None:
    theme.deleteLater()
    Settings(paths.settings_file()).update(
        {keys.PROXY_PORT: free_port(), keys.ENDPOINT_PORT: free_port()}
    )
    application = Application(qapp, workspace.folder)
    qtbot.addWidget(application.window)
    application.window.show()
    application.start()
    qtbot.waitUntil(lambda: application.context.capture.state == "elsewhere")
    assert cards(application) == [ELSEWHERE]
    assert application.context.notifications.cards[0].notice.level == "note"
    status, card = application.window.status, application.window.page("connect").capture
    assert status.state.text() == "●  Another Eventscope captures"
    assert status.state.property("tone") == "note"
    assert status.delivery.isHidden()
    assert card.title.text() == "Another Eventscope captures"
    assert card.note.text() == ELSEWHERE
    application.window.go_to("live")
    workspace.add("seen in both")
    qtbot.waitUntil(lambda: len(application.window.page("live").model) == 1)
    qtbot.waitUntil(lambda: status.stored.text() == "1 event stored")
    application.window.page("connect").shutdown()
    application.shutdown()


@pytest.fixture
def older(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that an older version made."""
    with monkeypatch.context() as patch:
        patch.delitem(STEPS, list(STEPS)[-1])
        Store.write(folder).close()
    assert Store.read_if_current(folder) is None
    return folder


def test_an_older_workspace_is_brought_up_to_date_by_the_capture_process(
    older: Path, running: Application, qtbot: QtBot
) -> None:
    context = running.context
    # The window neither stands still for it nor gets in the way.
    assert context.store.current is None
    assert cards(running) == ["This workspace is brought up to date. It takes a moment."]
    qtbot.waitUntil(lambda: context.capture.state == "listening")
    qtbot.waitUntil(lambda: context.store.current is not None)
    assert context.study
    qtbot.waitUntil(lambda: bool(context.study and context.study.is_running))


def test_an_older_workspace_is_shown_without_a_capture_process(
    older: Path, qapp: Any, qtbot: QtBot, theme: Theme
) -> None:
    Settings(paths.settings_file()).update(
        {keys.AUTOSTART: False, keys.PROXY_PORT: free_port(), keys.ENDPOINT_PORT: free_port()}
    )
    theme.deleteLater()
    application = Application(qapp, older)
    qtbot.addWidget(application.window)
    application.window.show()
    application.start()
    context = application.context
    assert context.store.current is None
    qtbot.waitUntil(lambda: context.store.current is not None)
    # Whoever starts capture meanwhile is not left with a workspace in use.
    context.capture.start()
    qtbot.waitUntil(lambda: context.capture.state == "listening")
    application.window.page("connect").shutdown()
    application.shutdown()


def test_settings_take_effect(qtbot: QtBot, running: Application) -> None:
    qtbot.waitUntil(lambda: running.context.capture.state == "listening")
    running.settings.set(keys.DELIVERY, "block")
    running.use_setting(keys.DELIVERY)
    qtbot.waitUntil(lambda: running.window.status.delivery.text() == "Blocked")
    running.settings.set(keys.THEME, "dark")
    running.use_setting(keys.THEME)
    assert tokens().name == "dark"
    running.settings.set(keys.THEME, "light")
    running.use_setting(keys.THEME)
    live = running.window.page("live")
    for follows in (False, True):
        running.settings.set(keys.FOLLOW, follows)
        running.use_setting(keys.FOLLOW)
        assert live.stream.is_following is follows
    running.settings.set(keys.UPSTREAM, "https://api.eu.amplitude.com")
    running.use_setting(keys.UPSTREAM)
    assert cards(running)[-1] == "“Endpoint forwards to” counts when capture starts again."


def test_a_card_about_capture_goes_when_it_listens_again(
    qtbot: QtBot, running: Application
) -> None:
    capture = running.context.capture
    qtbot.waitUntil(lambda: capture.state == "listening")
    assert capture.info is not None
    with qtbot.waitSignal(capture.trouble):
        os.kill(capture.info.pid, signal.SIGKILL)
    assert "ended unexpectedly" in cards(running)[0]
    qtbot.waitUntil(lambda: capture.state == "listening")
    assert cards(running) == []


def test_a_damaged_settings_file_is_said(
    qapp: Any, qtbot: QtBot, folder: Path, theme: Theme
) -> None:
    paths.settings_file().parent.mkdir(parents=True, exist_ok=True)
    paths.settings_file().write_text("{")
    theme.deleteLater()
    application = Application(qapp, folder)
    application.settings.set(keys.AUTOSTART, False)
    qtbot.addWidget(application.window)
    application.window.show()
    application.start()
    assert any("settings file was damaged" in text for text in cards(application))
    application.window.page("connect").shutdown()
    application.shutdown()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_window_and_leaves_nothing_running(
    folder: Path, home: Path, number: signal.Signals
) -> None:
    Settings(paths.settings_file()).update(
        {keys.PROXY_PORT: free_port(), keys.ENDPOINT_PORT: free_port()}
    )
    code = (
        "import sys; from pathlib import Path; from ui.__main__ import main;"
        f"sys.exit(main(['eventscope'], workspace=Path({str(folder)!r})))"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], env=dict(os.environ), stderr=subprocess.PIPE
    )
    try:
        _wait_for_workspace(folder, child)
        child.send_signal(number)
        _, errors = child.communicate(timeout=120)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 0, errors
    assert b"Traceback" not in errors
    with Store.write(folder):  # Nobody holds it any more.
        pass


def _wait_for_workspace(folder: Path, child: "subprocess.Popen[bytes]") -> None:
    """Until the capture process has made its tables; the window is up before that."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert child.poll() is None, child.communicate()
        wal = folder / "workspace.sqlite"
        if wal.exists() and wal.stat().st_size > 0:
            return
        time.sleep(0.05)
    raise AssertionError("the capture process made no workspace")


def test_nothing_heavy_is_imported_to_show_the_window() -> None:
    code = (
        "import sys; import ui.__main__; from PySide6 import QtCore, QtWidgets;"
        "from ui.application import Application; from ui.theme import make_application;"
        "from app import paths; qt = make_application(['eventscope']);"
        "one = Application(qt, paths.default_workspace(), 'live');"
        "one.window.show(); qt.processEvents();"
        "heavy = ('pyqtgraph', 'numpy', 'duckdb', 'sqlite_utils', 'httpx', 'mitmproxy', 'sqlglot',"
        " 'PySide6.QtWebEngineCore', 'app.store', 'app.model', 'asyncio');"
        "found = [name for name in heavy if name in sys.modules];"
        # Types of Qt are made when they are first asked for; these are hundreds of lists of words.
        "lazy = {'Qt': QtCore, 'QStyle': QtWidgets};"
        "found += [name for name, module in lazy.items() if name in vars(module)];"
        "print(found); one.shutdown()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_the_status_bar_asks_beside_the_gui_thread_loads_no_widgets() -> None:
    """Types of Qt that are made in two threads at once end the process."""
    code = (
        "import sys; import ui.pages.problems.reading;"
        "print([one for one in sys.modules if one.startswith('PySide6.QtWidgets')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
