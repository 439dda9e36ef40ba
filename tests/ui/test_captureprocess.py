"""The capture process as the window sees it, with the real child."""

import json
import logging
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from pytestqt.qtbot import QtBot

from app import paths, wire
from app.settings import DELIVERY, ENDPOINT_PORT, HOSTS, PROXY_PORT, Settings
from app.store import Store
from tests.ports import free_port
from ui.captureprocess import (
    UNEXPLAINED,
    CaptureProcess,
    explanation,
    parse_log_line,
    port_of,
)


@pytest.fixture
def settings(home: Path) -> Settings:
    found = Settings(paths.settings_file())
    found.update({PROXY_PORT: free_port(), ENDPOINT_PORT: free_port(), DELIVERY: "local"})
    return found


@pytest.fixture
def capture(qtbot: QtBot, settings: Settings, tmp_path: Path) -> Iterator[CaptureProcess]:
    process = CaptureProcess(settings, tmp_path / "workspace")
    yield process
    process.shutdown()


def start(qtbot: QtBot, capture: CaptureProcess) -> wire.Listening:
    with qtbot.waitSignal(capture.listening) as heard:
        capture.start()
    info = heard.args[0]
    assert isinstance(info, wire.Listening)
    return info


def send_event(info: wire.Listening, event_type: str) -> int:
    body = {"api_key": "0123", "events": [{"event_type": event_type, "user_id": "ada-1"}]}
    request = urllib.request.Request(
        f"{info.endpoint}/2/httpapi",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return int(answer.status)


def test_listens_and_announces_what_arrives(
    qtbot: QtBot, capture: CaptureProcess, settings: Settings
) -> None:
    states: list[str] = []
    capture.state_changed.connect(states.append)
    info = start(qtbot, capture)
    assert port_of(info.proxy) == settings.get(PROXY_PORT)
    assert port_of(info.endpoint) == settings.get(ENDPOINT_PORT)
    assert (capture.state, capture.delivery, capture.failure) == ("listening", "local", "")
    with qtbot.waitSignal(capture.captured) as heard:
        assert send_event(info, "Hello") == 200
    assert heard.args[0].last_event >= 1
    with qtbot.waitSignal(capture.state_changed):
        capture.stop()
        assert capture.is_stopping
    assert states == ["starting", "listening", "stopped"]
    assert capture.info is None


def test_switching_delivery_is_confirmed_and_kept(
    qtbot: QtBot, capture: CaptureProcess, settings: Settings
) -> None:
    start(qtbot, capture)
    with qtbot.waitSignal(capture.changed) as heard:
        capture.set_delivery("block")
    assert heard.args[0].delivery == capture.delivery == "block"
    assert settings.get(DELIVERY) == "block"


def test_delivery_can_be_chosen_while_nothing_runs(qtbot: QtBot, capture: CaptureProcess) -> None:
    with qtbot.waitSignal(capture.changed):
        capture.set_delivery("forward")
    assert capture.delivery == "forward"
    assert "forward" in capture.command()
    assert not capture.send(wire.Clear())


def test_a_killed_child_is_said_and_comes_back_on_its_ports(
    qtbot: QtBot, capture: CaptureProcess
) -> None:
    first = start(qtbot, capture)
    troubles: list[wire.Trouble] = []
    capture.trouble.connect(troubles.append)
    with qtbot.waitSignal(capture.listening) as heard:
        os.kill(first.pid, signal.SIGKILL)
    second = heard.args[0]
    assert second.pid != first.pid
    assert (second.proxy, second.endpoint) == (first.proxy, first.endpoint)
    assert "ended unexpectedly" in troubles[0].sentence
    assert (capture.state, capture.failure) == ("listening", "")


def test_a_killed_child_is_not_started_again_once_stopped(
    qtbot: QtBot, capture: CaptureProcess
) -> None:
    info = start(qtbot, capture)
    with qtbot.waitSignal(capture.trouble):
        os.kill(info.pid, signal.SIGKILL)
    assert capture.state == "starting"
    capture.stop()
    assert capture.state == "stopped"
    assert not capture._restart.isActive()


def test_start_while_stopping_starts_again(qtbot: QtBot, capture: CaptureProcess) -> None:
    first = start(qtbot, capture)
    with qtbot.waitSignal(capture.listening) as heard:
        capture.stop()
        capture.start()
    assert heard.args[0].pid != first.pid


def test_a_refused_start_says_why_and_does_not_loop(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    capture = CaptureProcess(settings, blocked)
    with qtbot.waitSignal(capture.state_changed, check_params_cb=lambda state: state == "failed"):
        capture.start()
    assert str(blocked) in capture.failure
    assert not capture._restart.isActive()


def test_a_program_that_is_not_there_fails_with_a_sentence(
    qtbot: QtBot, capture: CaptureProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with qtbot.waitSignal(capture.state_changed, check_params_cb=lambda state: state == "failed"):
        capture.start()
    assert capture.failure == "The capture process could not be started."
    assert capture.failure_details


def test_a_child_that_does_not_listen_to_reason_is_ended(
    qtbot: QtBot, capture: CaptureProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('ready', flush=True); time.sleep(60)"
    )
    monkeypatch.setattr(CaptureProcess, "command", lambda self: [sys.executable, "-c", stubborn])
    monkeypatch.setattr("ui.captureprocess.TERMINATE_AFTER_MS", 50)
    monkeypatch.setattr("ui.captureprocess.KILL_AFTER_MS", 50)
    capture.start()
    process = capture._process
    assert process is not None
    qtbot.waitSignal(process.readyReadStandardOutput).wait()
    ends: list[QProcess.ExitStatus] = []
    process.finished.connect(lambda _code, status: ends.append(status))
    with qtbot.waitSignal(capture.state_changed):
        capture.stop()
    assert capture.state == "stopped"
    assert ends == [QProcess.ExitStatus.CrashExit]


def test_added_hosts_are_on_the_command_line(capture: CaptureProcess, settings: Settings) -> None:
    settings.set(HOSTS, ["a.example", "b.example"])
    words = capture.command()
    assert words[-4:] == ["--host", "a.example", "--host", "b.example"]


def test_log_lines_are_folded_into_our_log(caplog: pytest.LogCaptureFixture) -> None:
    line = json.dumps({"level": "ERROR", "message": "Disk full."})
    assert parse_log_line(line) == (logging.ERROR, "Disk full.")
    assert parse_log_line("Traceback\n") == (logging.WARNING, "Traceback")
    assert parse_log_line("[1]") == (logging.WARNING, "[1]")


def test_the_failure_is_the_last_thing_said() -> None:
    info = json.dumps({"level": "INFO", "message": "bye"})
    assert explanation(["warned", "The disk is full.", info])[0] == "The disk is full."
    assert explanation(["The disk is full."]) == ("The disk is full.", "")
    assert explanation([info]) == ("", "bye")
    assert explanation([]) == ("", "")


@pytest.mark.parametrize(
    "lines",
    [
        ["Traceback (most recent call last):", '  File "x.py", line 1', "KeyError: 'a b.'"],
        ["ModuleNotFoundError: No module named 'proxy'"],
        ["mitmproxy.exceptions.OptionsError: Unknown options here."],
        [json.dumps({"level": "ERROR", "message": "x failed", "traceback": "Traceback …"})],
        ["python -m proxy: error: unrecognized arguments: --x"],
    ],
)
def test_what_only_programmers_read_is_in_the_details(lines: list[str]) -> None:
    sentence, details = explanation(lines)
    assert sentence == ""
    assert lines[-1] in details or "Traceback" in details


def test_a_child_that_breaks_at_once_is_said_in_a_sentence(
    qtbot: QtBot, capture: CaptureProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [sys.executable, "-c", "{}['missing']"]
    monkeypatch.setattr(CaptureProcess, "command", lambda self: broken)
    with qtbot.waitSignal(capture.state_changed, check_params_cb=lambda state: state == "failed"):
        capture.start()
    assert capture.failure == UNEXPLAINED
    assert "KeyError: 'missing'" in capture.failure_details


def test_a_workspace_that_another_captures_into_is_no_failure(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    with Store.write(tmp_path / "workspace"):
        capture = CaptureProcess(settings, tmp_path / "workspace")
        with qtbot.waitSignal(
            capture.state_changed,
            check_params_cb=lambda state: state == "elsewhere",
        ):
            capture.start()
    assert capture.failure == capture.failure_details == ""
    start(qtbot, capture)
    capture.shutdown()
