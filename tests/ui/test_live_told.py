"""What the stream tells besides events: the worst problem, and how often something was sent."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.lint.mutes import mute
from app.lint.reading import findings_of
from app.model import Outcome
from app.store.attempts import Attempts, attempts_of
from app.study import Study
from ui.context import Context
from ui.pages.live import LivePage

from .conftest import KEY, NOW_MS, Workspace, event


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> LivePage:
    workspace.add(event("Fine"))
    # No id of anybody: refused, and a problem.
    workspace.add(event("Nobody", user_id=None, device_id=None), status=400)
    context.store.open()
    made = LivePage(context)
    qtbot.addWidget(made)
    made.resize(1400, 600)
    made.show()
    qtbot.waitUntil(lambda: len(made.model) == 2)
    return made


def study(workspace: Workspace) -> None:
    with Study(workspace.folder) as made:
        made.catch_up()


def icons(page: LivePage, row: int) -> list[str]:
    at = next(at for at, one in enumerate(page.model.columns) if one.key == "type")
    return [name for name, _ in page.model.cell(row, at).icons]


def test_the_worst_problem_has_an_icon_once_it_is_known(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    assert icons(page, 0) == []
    study(workspace)
    page._refresh()
    qtbot.waitUntil(lambda: icons(page, 0) != [])
    found = context.store.ask(lambda store: findings_of(store, 2), [])
    severity = str(found[0].rule.severity)
    assert icons(page, 0) == [severity]
    at = next(at for at, one in enumerate(page.model.columns) if one.key == "type")
    assert found[0].rule.title in page.model.cell(0, at).help
    assert page.model.cell(0, at).help.startswith(severity.capitalize())


def test_what_is_muted_has_none(
    qtbot: QtBot, page: LivePage, context: Context, workspace: Workspace
) -> None:
    study(workspace)
    page._refresh()
    qtbot.waitUntil(lambda: icons(page, 0) != [])
    for one in context.store.ask(lambda store: findings_of(store, 2), []):
        mute(workspace.folder, one.rule.id, KEY)
    page.hide()
    page.show()
    assert icons(page, 0) == []


def test_what_was_sent_several_times_says_so_while_it_is_folded(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    sent = event("Buy", insert_id="i-1")
    for status in (500, 503, 200):
        number = workspace.add(sent, status=status)
    page._refresh()
    qtbot.waitUntil(lambda: len(page.model) == 5)
    assert attempts_of(workspace.store.connection, [1, 2, 3, number]) == {
        3: Attempts(3, Outcome.ACCEPTED, "")
    }
    page.view.toggle_fold()
    qtbot.waitUntil(lambda: len(page.model) == 3)
    assert page.model.text(0, "outcome") == "3 attempts · accepted"
    assert page.model.text(1, "outcome") == "Rejected"
    at = next(at for at, one in enumerate(page.model.columns) if one.key == "outcome")
    cell = page.model.cell(0, at)
    assert cell.tone == "good"
    assert cell.help == "The first sending: unanswered. The last: accepted."
    # The answer to a later attempt arrives while it is looked at.
    workspace.add(sent, status=200)
    page._refresh()
    qtbot.waitUntil(lambda: page.model.text(0, "outcome").startswith("4 attempts"))
    qtbot.keyClick(page.table, Qt.Key.Key_J)
    page.view.toggle_fold()
    qtbot.waitUntil(lambda: len(page.model) == 6)


def test_what_events_were_sent_with_is_told_of_those_without_problems(
    qtbot: QtBot, page: LivePage, workspace: Workspace
) -> None:
    study(workspace)
    page.view.show_column("language")
    who = {"user_id": "ada-lovelace", "device_id": "device-2", "insert_id": "i-1"}
    number = workspace.add(event("Fine", time=NOW_MS + 3000, language="de-DE", **who))
    page._refresh()
    qtbot.waitUntil(lambda: len(page.model) == 3)
    assert page.model.text(0, "language") == "–"
    study(workspace)
    page._refresh()
    qtbot.waitUntil(lambda: page.model.text(0, "language") == "de-DE")
    assert number not in page.told.problems
