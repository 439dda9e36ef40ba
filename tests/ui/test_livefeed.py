"""Notices become a few refreshes, and none is lost."""

import time
from itertools import pairwise

from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from app.wire import Captured
from ui.context import Context
from ui.livefeed import EVERY_MS

from .conftest import Workspace


def test_a_single_notice_is_passed_on_at_once(qtbot: QtBot, context: Context) -> None:
    seen: list[int] = []
    context.feed.changed.connect(lambda: seen.append(1))
    context.capture.captured.emit(Captured(1, 1))
    assert seen


def test_a_storm_becomes_ten_a_second_and_its_last_counts(qtbot: QtBot, context: Context) -> None:
    seen: list[float] = []
    context.feed.changed.connect(lambda: seen.append(time.monotonic()))
    while len(seen) < 5:
        context.capture.captured.emit(Captured(1, 1))
        QCoreApplication.processEvents()
    context.capture.captured.emit(Captured(1, 1))
    last_notice = time.monotonic()
    qtbot.waitUntil(lambda: seen[-1] >= last_notice)
    gaps = [after - before for before, after in pairwise(seen)]
    assert min(gaps) >= EVERY_MS / 1000 * 0.8


def test_a_lost_notice_is_made_up_for(qtbot: QtBot, context: Context, workspace: Workspace) -> None:
    context.store.open()
    context.feed.look()
    with qtbot.waitSignal(context.feed.changed):
        workspace.add("Checkout")


def test_nothing_is_said_when_nothing_happens(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    context.store.open()
    context.feed.look()
    qtbot.wait(EVERY_MS * 2)
    with qtbot.assertNotEmitted(context.feed.changed, wait=1300):
        context.feed.look()
