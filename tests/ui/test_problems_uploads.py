"""The tab of uploads that could not be understood."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.store import Store
from ui.context import Context
from ui.pages.problems.uploads import UploadsView

from .conftest import Workspace

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> UploadsView:
    context.store.open()
    made = UploadsView(context)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def cell(page: UploadsView, row: int, column: int) -> str:
    item = page.list.topLevelItem(row)
    assert item is not None
    return item.text(column)


def test_without_problems_it_says_so(page: UploadsView) -> None:
    assert page.stack.currentWidget() is page.nothing


def test_problems_are_listed_newest_first_with_their_bodies(
    qtbot: QtBot, page: UploadsView, context: Context, workspace: Workspace
) -> None:
    workspace.add("first", api_key="")
    workspace.add("fine")
    workspace.add("second\nwith a line", api_key="")
    context.feed.notice()
    qtbot.waitUntil(lambda: page.list.topLevelItemCount() == 2)
    assert "2 uploads could not be understood" in page.count.text()
    assert cell(page, 0, 1) == cell(page, 1, 1) != ""
    assert "https://api2.amplitude.com/2/httpapi" in cell(page, 0, 2)
    assert cell(page, 0, 3).endswith(" B")
    # Whichever came first keeps being the chosen one.
    above = page.list.visualItemRect(page.list.topLevelItem(0))  # type: ignore[arg-type]
    qtbot.mouseClick(page.list.viewport(), LEFT, pos=above.center())
    qtbot.waitUntil(lambda: "second" in page.raw.text.toPlainText())
    below = page.list.visualItemRect(page.list.topLevelItem(1))  # type: ignore[arg-type]
    qtbot.mouseClick(page.list.viewport(), LEFT, pos=below.center())
    qtbot.waitUntil(lambda: '"first"' in page.raw.text.toPlainText())
    qtbot.mouseClick(page.raw.copy, LEFT)
    qtbot.waitUntil(lambda: "first" in QGuiApplication.clipboard().text())


def test_a_further_problem_keeps_what_was_chosen(
    qtbot: QtBot, page: UploadsView, context: Context, workspace: Workspace
) -> None:
    workspace.add("first", api_key="")
    context.feed.notice()
    qtbot.waitUntil(lambda: "first" in page.raw.text.toPlainText())
    workspace.add("second", api_key="")
    context.feed.notice()
    qtbot.waitUntil(lambda: page.list.topLevelItemCount() == 2)
    assert page.list.currentItem() is page.list.topLevelItem(1)
    assert "first" in page.raw.text.toPlainText()


def test_the_store_gives_at_most_as_many_as_asked(workspace: Workspace) -> None:
    for name in "abc":
        workspace.add(name, api_key="")
    with Store.read(workspace.folder) as store:
        assert [one.id for one in store.uploads.with_problems(2)] == [3, 2]
