"""What tests of the window share: a real workspace to write into, and the parts of the window."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import paths
from app.decode import decode
from app.model import Capture, Response, Via
from app.settings import Settings
from app.store import Store
from tests.ports import free_port
from ui import chartthread, jobs
from ui.actions import Actions
from ui.browser import engine
from ui.captureprocess import CaptureProcess
from ui.chartthread import ChartThread
from ui.context import Context
from ui.jobs import Jobs
from ui.livefeed import LiveFeed
from ui.notifications import Notifications
from ui.reader import Reader
from ui.theme import Theme

# How long anything may take: a slow machine is no failure, and who waits for what will never come
# waits for nothing but the report. Waits give no time of their own.
PATIENCE_MS = 60_000
for wait in ("waitUntil", "waitSignal", "waitSignals", "waitExposed", "waitActive"):
    getattr(QtBot, wait).__kwdefaults__["timeout"] = PATIENCE_MS
for threads in (jobs, chartthread):
    threads.PATIENCE_S = PATIENCE_MS / 1000

# The engine keeps the proxy that it is first told, for as long as the tests run; so it is told
# before any of them makes a profile. What it was told in the process that started this one is not
# for this one.
os.environ.pop(engine.FLAGS, None)
engine.prepare(f"127.0.0.1:{free_port()}")

KEY = "0123456789abcdef0123456789abcdef"
OTHER_KEY = "fedcba9876543210fedcba9876543210"
URL = "https://api2.amplitude.com/2/httpapi"
NOW_MS = 1_795_281_104_973


class Workspace:
    """A workspace that a test fills, as the capture process would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store.write(folder)
        self._at_ms = NOW_MS

    def add(self, *events: dict[str, Any] | str, **how: Any) -> int:
        """Store one upload; a text is an event of that type. Returns the last event's id."""
        return self.add_all([events], **how)

    def add_all(self, uploads: Any, **how: Any) -> int:
        """Store many uploads in one commit."""
        captures = [capture(*events, at_ms=self._next(), **how) for events in uploads]
        self.store.writer.add([(one, decode(one)) for one in captures])
        return self.store.writer.last.event

    def _next(self) -> int:
        self._at_ms += 1000
        return self._at_ms


def event(kind: str, **fields: Any) -> dict[str, Any]:
    """An event as an SDK sends it."""
    return {"event_type": kind, "user_id": "ada", "device_id": "d-1", "time": NOW_MS, **fields}


def capture(
    *events: dict[str, Any] | str,
    at_ms: int = NOW_MS,
    api_key: str = KEY,
    status: int | None = 200,
    failure: str = "",
    via: Via = Via.PROXY,
) -> Capture:
    """An upload of these events, and its answer."""
    items = [event(one) if isinstance(one, str) else one for one in events]
    response = None
    if status is not None:
        body = b'{"code": %d}' % status
        response = Response(status, (("content-type", "application/json"),), body)
    return Capture(
        at_ms=at_ms,
        method="POST",
        url=URL,
        headers=(("content-type", "application/json"),),
        body=json.dumps({"api_key": api_key, "events": items}).encode(),
        response=response,
        duration_ms=12,
        via=via,
        failure=failure,
    )


@pytest.fixture(scope="session", autouse=True)
def window_manager(qapp: Any) -> None:
    """Gives the keyboard back when a menu has closed. Elsewhere menus never become the active
    window; here one that closes right away does, a moment later, and stays it."""
    qapp.focusWindowChanged.connect(lambda _window: _give_back())


def _give_back() -> None:
    active = QApplication.activeWindow()
    owner = active.parentWidget() if active and not active.isVisible() else None
    if owner is not None:
        owner.window().activateWindow()


@pytest.fixture(autouse=True)
def theme(qapp: Any) -> Theme:
    """Our looks, once for the QApplication that all tests share."""
    found = qapp.findChild(Theme)
    made: Theme = found if isinstance(found, Theme) else Theme(qapp, "light")
    made.choose("light")
    # Pictures that are compared do not depend on when they were taken.
    qapp.setCursorFlashTime(0)
    # What another test copied is not waited for.
    QGuiApplication.clipboard().clear()
    return made


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace that is open for writing."""
    made = Workspace(tmp_path / "workspace")
    yield made
    made.store.close()


@pytest.fixture
def context(tmp_path: Path, qtbot: QtBot) -> Iterator[Context]:
    """The parts of the window on that workspace; nothing captures."""
    folder = tmp_path / "workspace"
    settings = Settings(paths.settings_file())
    capturing = CaptureProcess(settings, folder)
    reader = Reader(folder)
    jobs = Jobs(folder)
    feed = LiveFeed(capturing, reader)
    made = Context(
        settings=settings,
        workspace=folder,
        store=reader,
        jobs=jobs,
        feed=feed,
        capture=capturing,
        notifications=Notifications(),
        actions=Actions(),
        charts=ChartThread(folder),
    )
    yield made
    feed.stop()
    capturing.shutdown()
    assert made.charts is not None
    assert made.charts.shutdown()
    assert jobs.shutdown()
    reader.close()
