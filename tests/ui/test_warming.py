"""What charts need is loaded before it is needed, and nobody waits in front of a dead window."""

from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.context import Context
from ui.pages.explore import ExplorePage
from ui.pages.ingestion import IngestionPage
from ui.warming import BEGIN_MS, PAUSE_MS, Warming

from .conftest import Workspace


@pytest.fixture
def cold(context: Context, workspace: Workspace) -> Context:
    """A window that has just started on a workspace with an event."""
    workspace.add("first")
    context.store.open()
    context.warming = Warming()
    return context


def test_everything_is_loaded_a_piece_at_a_time(qtbot: QtBot) -> None:
    warming = Warming()
    warming.begin()
    assert warming._timer.interval() == BEGIN_MS
    warming._load()
    assert warming._timer.interval() == PAUSE_MS
    assert not warming.is_warm
    with qtbot.waitSignal(warming.warmed):
        warming.hurry()
    assert warming.is_warm
    assert not warming._timer.isActive()
    warming.hurry()
    warming.begin()
    assert not warming._timer.isActive()


def test_explore_says_that_it_opens_and_opens(qtbot: QtBot, cold: Context) -> None:
    page = ExplorePage(cold)
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    opening: Any = page._opening
    assert page._made is None
    assert any(one.text() == "Opening…" for one in opening.findChildren(QLabel))
    page.resize(1000, 700)
    assert opening.size() == page.size()
    qtbot.waitUntil(lambda: page._made is not None)
    qtbot.waitUntil(page.desk.isVisible)
    qtbot.waitUntil(lambda: page.desk.frame.size() == page.size())
    assert not any(one.isVisible() for one in page.children() if one is opening)


def test_explore_is_there_when_it_is_asked_for_something(qtbot: QtBot, cold: Context) -> None:
    page = ExplorePage(cold)
    qtbot.addWidget(page)
    page.show()
    assert page._made is None
    page.add_event("first")
    assert page._opening is not None
    assert not page._opening.isVisible()
    qtbot.waitUntil(page.desk.isVisible)


def test_a_page_that_was_left_is_not_opened(qtbot: QtBot, cold: Context) -> None:
    page = ExplorePage(cold)
    qtbot.addWidget(page)
    page.show()
    page.hide()
    assert cold.warming
    with qtbot.waitSignal(cold.warming.warmed):
        cold.warming.hurry()
    assert page._made is None
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    page.show()
    assert page._made is not None


def test_ingestion_says_that_it_opens_and_opens(qtbot: QtBot, cold: Context) -> None:
    page = IngestionPage(cold)
    qtbot.addWidget(page)
    page.show()
    assert not page._is_built
    assert page._opening is not None
    qtbot.waitUntil(lambda: page._is_built and page.answer is not None)
    assert page.charts["events"].isVisible()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    page.hide()
    page.show()
    assert not page._opening.isVisible()
    assert page.charts["events"].isVisible()


def test_ingestion_does_what_is_asked_while_it_opens(qtbot: QtBot, cold: Context) -> None:
    page = IngestionPage(cold)
    qtbot.addWidget(page)
    page.show()
    assert not page._is_built
    cold.actions.trigger("ingestion.frame_1w")
    assert page.state.frame == "1w"
    assert page._opening is not None
    assert not page._opening.isVisible()
    qtbot.waitUntil(lambda: page.answer is not None)
