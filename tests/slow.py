"""
A slow machine, to find tests that a fast one lets pass:

    python -m pytest -p tests.slow tests/ui

Threads begin late and answer late, timers fire late, widgets are laid out and deleted late, and
the GUI thread stands still now and then. What is late, and by how much, is drawn from the test's
name and `SLOW_SEED`: a test that fails fails again. Nothing that is delayed here has to be on time;
whoever fails did not wait, or waits for something that may pass unseen.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from ui import chartthread, jobs

LATE_S = 0.15
STALL_EVERY_MS = 4
STALL_SHARE = 0.15

_chance = random.Random()
_lock = threading.Lock()
_once = QTimer.singleShot


def late() -> float:
    """Seconds; often none, sometimes many."""
    with _lock:
        kind = _chance.random()
        return 0.0 if kind < 0.3 else _chance.uniform(0, LATE_S * (1 if kind < 0.9 else 2))


def _later(run: Callable[[], object]) -> None:
    _once(round(late() * 1000), run)


def _slow_work(owner: type, name: str) -> None:
    """Before and after a method that runs beside the GUI thread."""
    work = getattr(owner, name)

    def slow(*given: Any) -> Any:
        time.sleep(late())
        found = work(*given)
        time.sleep(late())
        return found

    setattr(owner, name, slow)


def _slow_timers() -> None:
    start = QTimer.start

    def slow_start(timer: QTimer, *given: Any) -> None:
        # Connected to a signal, it is given what that carries.
        given = tuple(one for one in given if isinstance(one, int))
        if timer.isSingleShot():
            given = (round((given[0] if given else timer.interval()) + late() * 1000),)
        start(timer, *given)

    QTimer.start = slow_start  # type: ignore[method-assign,assignment]
    QTimer.singleShot = staticmethod(  # type: ignore[method-assign,assignment]
        lambda wait, *given: _once(round(wait + late() * 1000), *given)
    )


def _slow_deletion() -> None:
    delete = QObject.deleteLater

    def slow_delete(one: QObject) -> None:
        _later(lambda: shiboken6.isValid(one) and delete(one))

    QObject.deleteLater = slow_delete  # type: ignore[method-assign]


class SlowLayout(QObject):
    """Holds up what asks a widget to lay its children out."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._passing: set[QObject] = set()
        self._held: set[QObject] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.LayoutRequest or watched in self._passing:
            return False
        # Nobody tells Python of the end of what Qt made for itself.
        if not watched.isWidgetType() or not shiboken6.createdByPython(watched):
            return False
        if watched not in self._held:
            self._held.add(watched)
            _later(lambda: self._lay_out(watched))
        return True

    def _lay_out(self, widget: QObject) -> None:
        self._held.discard(widget)
        if shiboken6.isValid(widget):
            self._passing.add(widget)
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.LayoutRequest))
            self._passing.discard(widget)


def _stall() -> None:
    with _lock:
        stands_still = _chance.random() < STALL_SHARE
    if stands_still:
        time.sleep(late())


@pytest.fixture(scope="session", autouse=True)
def layouts(qapp: QApplication) -> SlowLayout:
    """For all tests of this process, as everything else that is slow."""
    stalls = QTimer(qapp, interval=STALL_EVERY_MS)
    stalls.timeout.connect(_stall)
    stalls.start()
    _slow_work(threading.Thread, "run")
    _slow_work(jobs._Worker, "_do")
    _slow_work(chartthread.ChartThread, "_answer")
    _slow_timers()
    _slow_deletion()
    return SlowLayout(qapp)


@pytest.fixture(autouse=True)
def drawn_anew(
    request: pytest.FixtureRequest, qapp: QApplication, layouts: SlowLayout
) -> Iterator[None]:
    """Each test has delays of its own, the same each time."""
    _chance.seed(os.environ.get("SLOW_SEED", "1") + request.node.nodeid)
    # What the engine makes and deletes by itself must not be looked at by Python.
    is_safe = request.node.get_closest_marker("webengine") is None
    if is_safe:
        qapp.installEventFilter(layouts)
    yield
    if is_safe:
        qapp.removeEventFilter(layouts)
