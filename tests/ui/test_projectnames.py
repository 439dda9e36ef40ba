"""Naming projects in the settings, with the real capture process behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.model import LONGEST_NAME
from app.store import Store
from tests.factories import event, filled, upload
from tests.ui.connecting import parts, start
from ui.context import Context
from ui.pages.projectnames import NOBODY, STOPPED
from ui.pages.settings import SettingsPage

ONE, TWO = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"


@pytest.fixture
def context(qtbot: QtBot, tmp_path: Path) -> Iterator[Context]:
    with parts(tmp_path / "workspace") as made:
        yield made


@pytest.fixture
def page(qtbot: QtBot, context: Context) -> SettingsPage:
    made = SettingsPage(context)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


def names(context: Context) -> dict[str, str]:
    """What is stored."""
    with Store.read(context.workspace) as store:
        return {one.api_key: one.name for one in store.events.sources()}


def test_a_project_gets_a_name(qtbot: QtBot, context: Context, page: SettingsPage) -> None:
    assert page.projects.note.text() == NOBODY
    filled(context.workspace, [upload(event(), key=key) for key in (ONE, TWO)])
    start(qtbot, context)
    qtbot.waitUntil(lambda: list(page.projects.lines) == [ONE, TWO])
    page.activateWindow()
    page.show_projects()
    line = page.projects.lines[ONE]
    qtbot.waitUntil(line.hasFocus)
    qtbot.waitUntil(lambda: page.area.viewport().rect().contains(place(page, ONE)))
    qtbot.keyClicks(line, "  The <b>shop</b>  ")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(context) == {ONE: "The <b>shop</b>", TWO: ""})
    assert page.projects.note.isHidden()
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    qtbot.keyClicks(page.projects.lines[TWO], "x" * (LONGEST_NAME + 9))
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.keyClick(page.projects.lines[TWO], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(context) == {ONE: "", TWO: "x" * LONGEST_NAME})


def place(page: SettingsPage, key: str):  # type: ignore[no-untyped-def]
    """Where a line is within what is seen of the page."""
    line = page.projects.lines[key]
    return line.mapTo(page.area.viewport(), line.rect().center())


def test_nothing_is_named_while_nobody_writes(
    qtbot: QtBot, context: Context, page: SettingsPage
) -> None:
    filled(context.workspace, [upload(event(), key=ONE)])
    context.store.open()
    page.projects.look()
    line = page.projects.lines[ONE]
    qtbot.waitUntil(line.isVisible)
    assert page.projects.note.text() == STOPPED
    qtbot.keyClicks(line, "Shop")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert line.text() == ""
    assert page.projects.note.property("role") == "bad"
    assert names(context) == {ONE: ""}
