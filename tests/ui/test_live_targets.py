"""Targeting: one person, device or address."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.study import Study
from ui.context import Context
from ui.pages.live import LivePage

from .conftest import Workspace, event

Key = Qt.Key


@pytest.fixture
def page(qtbot: QtBot, context: Context, workspace: Workspace) -> LivePage:
    ada = {"user_id": "ada-lovelace", "device_id": "phone-1"}
    workspace.add(event("before", user_id=None, device_id="phone-1", ip="203.0.113.7"))
    workspace.add(event("login", **ada, ip="203.0.113.7", user_properties={"plan": "pro"}))
    workspace.add(event("other", user_id="bob-the-builder", device_id="laptop-2", ip="$remote"))
    workspace.add(event("tablet", user_id="ada-lovelace", device_id="tablet-3"))
    with Study(context.workspace) as study:
        study.catch_up()
    context.store.open()
    made = LivePage(context)
    qtbot.addWidget(made)
    made.resize(1300, 600)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: len(made.model) == 4)
    return made


def types(page: LivePage) -> list[str]:
    return [page.model.text(row, "type") for row in range(len(page.model))]


def target(qtbot: QtBot, page: LivePage, by: int, text: str, name: str = "") -> list[str]:
    page.targets.open_finder()
    finder = page.targets.finder
    assert finder
    finder.by.setCurrentIndex(by)
    finder.name.setText(name)
    finder.text.clear()
    qtbot.waitUntil(lambda: finder.list.count() == 0)
    qtbot.keyClicks(finder.text, text)
    qtbot.waitUntil(lambda: finder.list.count() > 0)
    return [finder.list.item(at).text() for at in range(finder.list.count())]


def test_by_user_id_with_everything_that_was_merged(qtbot: QtBot, page: LivePage) -> None:
    assert page.targets.finder is None
    found = target(qtbot, page, 1, "ada-l")
    assert len(found) == 1
    assert found[0].startswith("ada-lovelace   3 events")
    finder = page.targets.finder
    assert finder
    qtbot.keyClick(finder.text, Key.Key_Return)
    qtbot.waitUntil(lambda: types(page) == ["tablet", "login", "before"])
    assert page.targets.text() == "ada-lovelace"
    page.filter.set_text("tablet")
    qtbot.waitUntil(lambda: types(page) == ["tablet"])
    # That less is shown can be seen, until it is not so any more.
    assert page.targets.property("used") is True
    page.clear_filter()
    assert page.targets.property("used") is False
    qtbot.waitUntil(lambda: len(page.model) == 4)


def test_by_address_is_first_and_exact(qtbot: QtBot, page: LivePage) -> None:
    page.targets.open_finder()
    finder = page.targets.finder
    assert finder
    assert finder.by.currentText() == "IP address"
    found = target(qtbot, page, 0, "203.0.113.7")
    assert found[0] == "203.0.113.7   exactly this address"
    qtbot.keyClick(finder.text, Key.Key_Return)
    qtbot.waitUntil(lambda: types(page) == ["login", "before"])


def test_by_device_and_by_property(qtbot: QtBot, page: LivePage) -> None:
    found = target(qtbot, page, 2, "phone-1")
    assert found[0] == "phone-1   exactly this device"
    found = target(qtbot, page, 3, "pro", name="plan")
    assert found[0].startswith("ada-lovelace")
    assert page.targets.finder
    page.targets.finder.hide()


def test_nobody_is_said(qtbot: QtBot, page: LivePage) -> None:
    page.targets.open_finder()
    finder = page.targets.finder
    assert finder
    finder.by.setCurrentIndex(1)
    qtbot.keyClicks(finder.text, "nobody")
    qtbot.waitUntil(lambda: finder.note.text() == "Nobody was seen with that.")
    assert not finder.save.isEnabled()
    finder.hide()


def test_a_target_is_remembered_and_removed(qtbot: QtBot, page: LivePage, context: Context) -> None:
    context.notifications.show_in(page)
    target(qtbot, page, 1, "bob-t")
    assert page.targets.finder
    page.targets.finder.accept()
    qtbot.waitUntil(lambda: types(page) == ["other"])
    state = page.layout_state()
    page.clear_filter()
    qtbot.waitUntil(lambda: len(page.model) == 4)
    page.restore_layout(state)
    qtbot.waitUntil(lambda: types(page) == ["other"])
    page.targets.fill()
    entries = {one.text(): one for one in page.targets.list.actions()}
    assert entries["bob-the-builder"].isChecked()
    entries["Remove"].menu().actions()[0].trigger()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(page.model) == 4)
    assert page.targets.saved() == []
    # That can be undone, with all that was so.
    (card,) = context.notifications.cards
    assert card.notice.text == "The target “bob-the-builder” was removed."
    assert card.notice.action is not None
    card.notice.action[1]()
    assert [one.name for one in page.targets.saved()] == ["bob-the-builder"]
    qtbot.waitUntil(lambda: types(page) == ["other"])


def test_the_arrows_choose_while_one_types(qtbot: QtBot, page: LivePage) -> None:
    found = target(qtbot, page, 1, "-")
    assert [text.split()[0] for text in found] == ["ada-lovelace", "bob-the-builder"]
    finder = page.targets.finder
    assert finder
    qtbot.keyClick(finder.text, Key.Key_Down)
    assert finder.list.currentRow() == 1
    qtbot.keyClick(finder.text, Key.Key_Return)
    qtbot.waitUntil(lambda: page.targets.text() == "bob-the-builder")


def test_the_beginning_of_an_address_is_nobodys(qtbot: QtBot, page: LivePage) -> None:
    assert len(target(qtbot, page, 0, "203.0.113.")) == 1
    assert "exactly" not in target(qtbot, page, 0, "203.0.113.")[0]
    finder = page.targets.finder
    assert finder
    finder.text.setText("198.51")
    qtbot.waitUntil(lambda: finder.note.text() == "Nobody was seen with that.")
    assert not finder.save.isEnabled()
    assert target(qtbot, page, 0, "198.51.100.4")[0].endswith("exactly this address")
