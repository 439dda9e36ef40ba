"""
What every test gets: no screen, a home of its own, and a check that nothing was left behind.
"""

import os
import tempfile
import time

# Whoever looks for what depends on the time zone sets one.
os.environ.setdefault("TZ", "UTC")
if hasattr(time, "tzset"):
    time.tzset()
# Before PySide6 is imported anywhere. In any locale that has no UTF-8 Qt complains.
os.environ["LC_ALL"] = "C.UTF-8"
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["EVENTSCOPE_HOME"] = tempfile.mkdtemp(prefix="eventscope-tests-")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"

import gc
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

# A slow machine is no failure, and what holds here holds everywhere: each run tries the same. To
# look for more: --hypothesis-profile=searching.
SLOW = [HealthCheck.too_slow]
settings.register_profile("searching", deadline=None, suppress_health_check=SLOW)
settings.register_profile("patient", settings.get_profile("searching"), derandomize=True)
settings.load_profile("patient")
for asking in (httpx.get, httpx.post, httpx.Client.__init__):
    asking.__kwdefaults__["timeout"] = 120.0

HOME = Path(os.environ["EVENTSCOPE_HOME"])
GRACE_S = 60.0


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)
    # Hypothesis measures the collector with a function that Python holds until after the modules
    # are gone, and with it all that it can reach: DuckDB then says that it was leaked.
    gc.callbacks.clear()
    gc.unfreeze()


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of this test alone."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EVENTSCOPE_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True, scope="module")
def old_set_aside() -> None:
    """Python need not go through everything that was imported so far after each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """No thread, no child process and no window outlives its test."""
    with leaving_nothing_behind():
        yield


@contextmanager
def leaving_nothing_behind() -> Iterator[None]:
    """The same for whatever is done inside."""
    threads = set(threading.enumerate())
    children = _children()
    windows = _windows()
    yield
    left = _after_grace(
        lambda: _leftovers(threads, children, windows),
    )
    assert not left, f"left behind: {', '.join(left)}"


def _leftovers(threads: set[threading.Thread], children: set[int], windows: set[int]) -> list[str]:
    _delete_later()
    found = [
        f"thread {thread.name}"
        for thread in threading.enumerate()
        if thread not in threads and thread.is_alive() and not thread.name.startswith("Dummy-")
    ]
    found += [f"process {pid} ({_command(pid)})" for pid in _children() - children]
    found += [f"window {_windows_by_id()[key]!r}" for key in _windows() - windows]
    return found


def _after_grace(check):  # type: ignore[no-untyped-def]
    """What `check` still finds after things had time to end by themselves."""
    deadline = time.monotonic() + GRACE_S
    while (found := check()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def _delete_later() -> None:
    """Let Qt finish what was scheduled for deletion."""
    core = sys.modules.get("PySide6.QtCore")
    if core and core.QCoreApplication.instance():
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
        core.QCoreApplication.processEvents()
        gc.collect()


def _windows_by_id() -> dict[int, object]:
    widgets = sys.modules.get("PySide6.QtWidgets")
    if not widgets or not widgets.QApplication.instance():
        return {}
    shiboken = sys.modules["shiboken6"]
    return {
        shiboken.getCppPointer(widget)[0]: widget
        for widget in widgets.QApplication.topLevelWidgets()
        # Tooltips, menus and pop-ups of Qt's own are kept for reuse.
        if type(widget).__name__ not in ("QTipLabel", "QMenu", "QComboBoxPrivateContainer")
        and widget.objectName() != "qt_tooltip_label"
    }


def _windows() -> set[int]:
    return set(_windows_by_id())


def _children() -> set[int]:
    """Running child processes of this one (Linux only; elsewhere none are seen)."""
    found = set()
    for task in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        try:
            found.update(int(pid) for pid in task.read_text().split())
        except OSError:
            continue
    return {pid for pid in found if _state(pid) not in ("Z", "X", "") and not _is_engine(pid)}


def _is_engine(pid: int) -> bool:
    """Whether it belongs to QtWebEngine, which keeps its helpers for the life of the process."""
    return "QtWebEngineProcess" in _command(pid)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:120]
    except OSError:
        return "gone"
