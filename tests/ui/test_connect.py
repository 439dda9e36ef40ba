"""The Connect page with the real capture process behind it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app import probe
from app.settings import BROWSER_HOME, DELIVERY, PROXY_PORT
from tests.ui.connecting import event_types, parts, site, start
from ui.context import Context
from ui.pages.connect import ConnectPage
from ui.pages.connect.installed import EXTRA_ARGUMENTS

LEFT = Qt.MouseButton.LeftButton

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def context(qtbot: QtBot, tmp_path: Path) -> Iterator[Context]:
    with parts(tmp_path / "workspace") as made:
        yield made


@pytest.fixture
def page(qtbot: QtBot, context: Context) -> Iterator[ConnectPage]:
    made = ConnectPage(context)
    qtbot.addWidget(made)
    made.resize(1224, 772)
    made.show()
    yield made
    made.shutdown()


@pytest.fixture
def running(qtbot: QtBot, context: Context, page: ConnectPage) -> ConnectPage:
    start(qtbot, context)
    qtbot.waitUntil(lambda: page.trust.result.text().startswith("✓"))
    return page


def test_start_and_stop(qtbot: QtBot, context: Context, page: ConnectPage) -> None:
    assert page.capture.title.text() == "Capture is stopped"
    assert not page.capture.proxy.isVisible()
    assert not page.builtin.open_shop.isEnabled()
    assert not page.trust.check.isEnabled()
    with qtbot.waitSignal(context.capture.listening):
        qtbot.mouseClick(page.capture.button, LEFT)
    assert context.capture.info
    assert page.capture.title.text() == "Capturing"
    assert page.capture.proxy.text() == context.capture.info.proxy
    assert page.capture.endpoint.text() == context.capture.info.endpoint
    assert page.builtin.open_shop.isEnabled()
    qtbot.mouseClick(page.capture.button, LEFT)
    assert not page.capture.button.isEnabled()
    qtbot.waitUntil(lambda: context.capture.state == "stopped")
    assert page.capture.button.text() == "Start capture"
    assert page.capture.button.isEnabled()


def test_a_failure_is_told_where_the_button_is(
    qtbot: QtBot, context: Context, page: ConnectPage
) -> None:
    context.workspace.write_text("not a folder")
    qtbot.mouseClick(page.capture.button, LEFT)
    qtbot.waitUntil(lambda: context.capture.state == "failed")
    assert page.capture.title.text() == "Capture could not start"
    assert str(context.workspace) in page.capture.note.text()
    assert page.capture.button.text() == "Try again"


def test_a_port_that_moved_is_said(qtbot: QtBot, context: Context, page: ConnectPage) -> None:
    taken = context.settings.get(PROXY_PORT)
    with socket.create_server(("127.0.0.1", taken)):
        start(qtbot, context)
    assert f"Port {taken} is in use" in page.capture.note.text()
    assert page.capture.note.isVisible()


def test_it_really_works(qtbot: QtBot, running: ConnectPage, context: Context) -> None:
    trust = running.trust
    assert "It works" in trust.result.text()
    assert trust.result.property("role") == "good"
    qtbot.waitUntil(trust.facts.isVisible)
    assert context.capture.info
    _button(running, "Copy the certificate's path").click()
    assert QGuiApplication.clipboard().text() == context.capture.info.certificate
    _button(running, "Copy the fingerprint").click()
    assert len(QGuiApplication.clipboard().text()) == 95
    assert trust.expires.text()


def test_the_check_fails_with_what_to_try(
    qtbot: QtBot, running: ConnectPage, context: Context
) -> None:
    assert context.capture.info
    pid = context.capture.info.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(probe, "TIMEOUT_S", 0.3)
            qtbot.mouseClick(running.trust.check, LEFT)
            qtbot.waitUntil(lambda: running.trust.result.text().startswith("✕"))
    finally:
        os.kill(pid, signal.SIGCONT)
    assert running.trust.result.property("role") == "bad"
    assert "What to try" in running.trust.tries.text()
    assert running.trust.tries.isVisible()
    qtbot.mouseClick(running.trust.check, LEFT)
    qtbot.waitUntil(lambda: running.trust.result.text().startswith("✓"))
    assert not running.trust.tries.isVisible()


def test_delivery_is_switched_by_mouse_and_keys(
    qtbot: QtBot, running: ConnectPage, context: Context
) -> None:
    delivery = running.delivery
    assert delivery.segments.key == "local"
    assert "Nothing leaves" in delivery.sentence.text()
    with qtbot.waitSignal(context.capture.changed):
        qtbot.mouseClick(delivery.segments.buttons["block"], LEFT)
    assert context.capture.delivery == "block"
    assert context.settings.get(DELIVERY) == "block"
    assert delivery.sentence.property("role") == "bad"
    assert "closed without an answer" in delivery.sentence.text()
    with qtbot.waitSignal(context.capture.changed):
        qtbot.keyClick(delivery.segments.buttons["block"], Qt.Key.Key_Right)
    assert delivery.segments.key == context.capture.delivery == "forward"
    assert delivery.sentence.property("role") == "muted"


def test_copying_says_so_and_moves_nothing(qtbot: QtBot, running: ConnectPage) -> None:
    button = running.endpoint.code.copy
    width = button.width()
    assert button.text() == "Copy"
    qtbot.mouseClick(button, LEFT)
    assert button.text() == "Copied"
    assert button.width() == width
    assert "serverUrl: 'http://127.0.0.1:" in QGuiApplication.clipboard().text()
    qtbot.waitUntil(lambda: button.text() == "Copy")


def test_every_sdk_can_be_chosen(qtbot: QtBot, running: ConnectPage, context: Context) -> None:
    endpoint = running.endpoint
    assert context.capture.info
    address = context.capture.info.endpoint
    assert endpoint.url.text() == f"{address}/2/httpapi"
    seen = set()
    for _ in range(endpoint.sdk.count()):
        seen.add(endpoint.code.edit.toPlainText())
        qtbot.keyClick(endpoint.sdk, Qt.Key.Key_Down)
    assert len(seen) == endpoint.sdk.count() >= 10
    assert all(address.partition("://")[2] in code for code in seen)


def test_variables_for_every_shell(qtbot: QtBot, running: ConnectPage, context: Context) -> None:
    terminal = running.terminal
    assert context.capture.info
    proxy = context.capture.info.proxy
    qtbot.waitUntil(lambda: f"HTTPS_PROXY=http://{proxy}" in terminal.code.edit.toPlainText())
    for title, words in (
        ("fish", "set -gx HTTPS_PROXY"),
        ("PowerShell", "$env:HTTPS_PROXY"),
        ("cmd", 'set "HTTPS_PROXY='),
    ):
        qtbot.mouseClick(terminal.shells.buttons[title], LEFT)
        assert words in terminal.code.edit.toPlainText()
    terminal.runtime.setCurrentIndex(terminal.runtime.findText("Java"))
    assert "keytool" in terminal.runtime_code.edit.toPlainText()
    assert "trust store" in terminal.hint.text()


@pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("curl") is None, reason="curl is not installed"
)
def test_the_variables_work_in_a_real_shell(qtbot: QtBot, running: ConnectPage) -> None:
    code = running.terminal.code.edit
    qtbot.waitUntil(lambda: "SSL_CERT_FILE" in code.toPlainText())
    command = running.terminal.runtime_code.edit.toPlainText()
    done = subprocess.run(
        ["bash", "-c", f"{code.toPlainText()}\n{command} --silent --show-error"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout) == {"eventscope": True}


def test_variables_stay_through_a_restart(
    qtbot: QtBot, running: ConnectPage, context: Context
) -> None:
    assert context.capture.info
    with qtbot.waitSignal(context.capture.trouble):
        os.kill(context.capture.info.pid, signal.SIGKILL)
    assert running.terminal.code.isVisible()
    assert running.capture.title.text() == "Capture is starting…"
    with qtbot.waitSignal(context.capture.listening):
        pass
    assert running.capture.title.text() == "Capturing"
    qtbot.waitUntil(lambda: running.trust.result.text().startswith("✓"))


def test_a_file_is_imported(
    qtbot: QtBot, running: ConnectPage, context: Context, tmp_path: Path
) -> None:
    good = tmp_path / "good.json"
    good.write_text(
        json.dumps({"api_key": "0123", "events": [{"event_type": "Imported", "user_id": "ada"}]})
    )
    bad = tmp_path / "bad.json"
    bad.write_text("[1, 2")
    with qtbot.waitSignal(context.capture.imported):
        running.importing.read_files([str(good)])
    assert running.importing.result.text() == "✓ good.json: 1 event in 1 upload."
    assert event_types(context.workspace) == ["Imported"]
    with qtbot.waitSignal(context.capture.imported):
        _drop(running, bad)
    assert running.importing.result.text().startswith("bad.json is not valid JSON")
    assert running.importing.result.property("role") == "bad"
    # Of several, what went wrong is not lost behind what went well.
    running.importing.read_files([str(bad), str(good), str(good)])
    qtbot.waitUntil(running.importing.reading.isHidden)
    first, rest = running.importing.result.text().split("\n")
    assert first.startswith("bad.json is not valid JSON")
    assert rest.startswith("✓ ")
    assert running.importing.result.property("role") == "bad"


def test_a_long_import_tells_how_far_it_is_and_can_be_stopped(
    qtbot: QtBot, running: ConnectPage, context: Context, tmp_path: Path
) -> None:
    line = json.dumps({"api_key": "0123", "events": [{"event_type": "E", "user_id": "ada"}]})
    path = tmp_path / "long.ndjson"
    path.write_text(f"{line}\n" * 200_000)
    card = running.importing
    with qtbot.waitSignal(context.capture.importing):
        card.read_files([str(path)])
    qtbot.waitUntil(lambda: 0 < card.bar.value() < 1000)
    assert card.result.text().startswith("Reading long.ndjson… ")
    with qtbot.waitSignal(context.capture.imported) as told:
        qtbot.mouseClick(card.stop, LEFT)
    assert told.args
    assert "The import was stopped" in card.result.text()
    assert 0 < told.args[0].events < 200_000
    assert len(event_types(context.workspace)) == told.args[0].events
    assert not card.reading.isVisible()


def test_the_import_dialog_holds_nothing_up(qtbot: QtBot, running: ConnectPage) -> None:
    qtbot.mouseClick(running.importing.choose, LEFT)
    dialog = running.importing._dialog
    assert dialog is not None
    assert dialog.isVisible()
    dialog.reject()


def test_a_drop_while_stopped_is_answered(page: ConnectPage, tmp_path: Path) -> None:
    _drop(page, tmp_path / "any.har")
    assert "Start capture first" in page.importing.result.text()


def test_what_is_no_address_opens_nothing(qtbot: QtBot, running: ConnectPage) -> None:
    qtbot.keyClicks(running.builtin.address, "not an address")
    qtbot.keyClick(running.builtin.address, Qt.Key.Key_Return)
    assert "not an address" in running.builtin.problem.text()
    assert running.opener.windows == []


def test_browsers_that_are_not_there_are_grey(
    qtbot: QtBot, running: ConnectPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = running.installed
    monkeypatch.setattr("ui.pages.connect.installed.browsers.find", lambda _browser: None)
    installed.look()
    assert not any(button.isEnabled() for button in installed.buttons.values())
    assert installed.missing.text().startswith("Not found on this machine: Chrome, Chromium")
    assert "was not found" in installed.buttons["edge"].toolTip()


@pytest.mark.slow
@pytest.mark.parametrize("key", ["chromium", "chrome", "firefox"])
def test_a_real_browser_sends_what_its_page_sends(
    qtbot: QtBot,
    running: ConnectPage,
    context: Context,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    button = running.installed.buttons[key]
    if not button.isEnabled():
        pytest.skip(f"{key} is not installed")
    if key == "firefox":
        if shutil.which("certutil") is None:
            pytest.skip("Firefox needs certutil (libnss3-tools) to trust us unattended")
        monkeypatch.setenv(EXTRA_ARGUMENTS, "--headless")
    else:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        monkeypatch.setenv(EXTRA_ARGUMENTS, "--headless" + (" --no-sandbox" if root else ""))
    with site() as url:
        context.settings.set(BROWSER_HOME, url)
        with qtbot.waitSignal(context.capture.captured):
            qtbot.mouseClick(button, LEFT)
        qtbot.waitUntil(lambda: "Page Seen" in event_types(context.workspace))
        (launched,) = running.installed.launched
        assert launched.profile.is_dir()
        running.installed.shutdown()
    assert not launched.profile.exists()


def test_everything_has_a_name_and_keeps_to_plain_text(running: ConnectPage) -> None:
    kinds = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit)
    controls = [found for kind in kinds for found in running.findChildren(kind)]
    named = [found for found in controls if not found.objectName().startswith("qt_")]
    assert len(named) > 25
    assert [repr(found) for found in named if not found.accessibleName()] == []
    # A text to read tells what it is; what can be done with a control is told where it is.
    told = [found for found in named if not isinstance(found, QPlainTextEdit)]
    own = [found for found in told if not isinstance(found.parent(), QLineEdit)]
    assert [found.accessibleName() for found in own if not found.toolTip()] == []
    labels = running.findChildren(QLabel)
    assert {found.textFormat() for found in labels} == {Qt.TextFormat.PlainText}


def test_everything_is_reached_by_tab(qtbot: QtBot, running: ConnectPage) -> None:
    running.activateWindow()
    running.capture.button.setFocus()
    seen = {running.focusWidget()}
    for _ in range(80):
        qtbot.keyClick(running.focusWidget(), Qt.Key.Key_Tab)
        seen.add(running.focusWidget())
    for wanted in (
        running.delivery.segments.buttons["local"],
        running.trust.check,
        running.builtin.address,
        running.builtin.open_shop,
        running.endpoint.sdk,
        running.endpoint.code.copy,
        running.terminal.code.copy,
        running.importing.choose,
    ):
        assert wanted in seen, wanted.accessibleName()


def test_columns_stand_below_each_other_where_it_is_narrow(
    qtbot: QtBot, running: ConnectPage
) -> None:
    assert running.terminal.mapTo(running, QPoint()).x() > running.builtin.width()
    running.resize(700, 772)
    qtbot.waitUntil(lambda: running.terminal.mapTo(running, QPoint()).x() < 100)
    assert running.terminal.width() > 500


def _button(page: ConnectPage, name: str) -> QAbstractButton:
    return next(
        found for found in page.findChildren(QAbstractButton) if found.accessibleName() == name
    )


def _drop(page: ConnectPage, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    page.dropEvent(
        QDropEvent(
            QPointF(10, 10),
            Qt.DropAction.CopyAction,
            mime,
            LEFT,
            Qt.KeyboardModifier.NoModifier,
        )
    )
