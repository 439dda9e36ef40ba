"""
Labels without a browser: from captured clicks, repaired, undone, from files and to files.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.errors import StoreUnavailable
from app.label.element import Action
from app.label.events import LabeledEvent
from app.label.labels import Labels
from app.study import Study
from ui.context import Context
from ui.pages.label import LabelPage
from ui.pages.live import LivePage
from ui.theme import tokens

from .conftest import Workspace, event

DAY_MS = 86_400_000
LEFT = Qt.MouseButton.LeftButton


def click(text: str, classes: str, days_ago: float = 0) -> dict[str, Any]:
    """A click on a button, as the SDK reports it."""
    now_ms = time.time_ns() // 1_000_000
    node = {"tag": "button", "index": 0, "indexOfType": 0, "classes": classes.split()}
    body = {"tag": "body", "index": 1, "indexOfType": 0}
    said = {
        "Element Hierarchy": [node, {"tag": "form", "index": 0, "id": "order"}, body],
        "Element Tag": "button",
        "Element Text": text,
        "Element Class": classes,
        "Page URL": "https://shop.example/cart",
    }
    return event(
        "[Amplitude] Element Clicked",
        time=round(now_ms - days_ago * DAY_MS),
        event_properties={f"[Amplitude] {name}": value for name, value in said.items()},
    )


class Desk:
    """The Label page on a workspace that a test fills."""

    def __init__(self, qtbot: QtBot, context: Context, workspace: Workspace) -> None:
        self._qtbot = qtbot
        self.context, self.workspace = context, workspace
        self.page = LabelPage(context)
        self.page.resize(1280, 800)
        qtbot.addWidget(self.page)
        context.store.open()
        self.page.show()

    def add(self, *events: dict[str, Any]) -> int:
        last = self.workspace.add(*events)
        with Study(self.context.workspace) as study:
            study.catch_up()
        self.context.feed.look()
        return last

    def until(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()))

    def label_captured(self, event_id: int) -> None:
        self.page.label_captured(event_id)
        self.until(self.page.editor.isVisible)

    @property
    def kept(self) -> list[LabeledEvent]:
        with Labels(self.context.workspace) as labels:
            return labels.all()

    @property
    def told(self) -> dict[str, int]:
        return {one.label.name: one.events for one in self.page._told}


@pytest.fixture
def desk(qtbot: QtBot, context: Context, workspace: Workspace) -> Desk:
    return Desk(qtbot, context, workspace)


def test_a_captured_click_is_labeled_without_a_page(desk: Desk, qtbot: QtBot) -> None:
    page = desk.page
    last = desk.add(click("Order", "cta", 2), click("Order", "cta"))
    desk.label_captured(last)
    assert page.editor.name.text() == "Order clicked"
    assert "button “Order”" in page.editor.description.text()
    desk.until(lambda: "2 events captured so far" in page.editor.count.text())
    # Nothing is open of which “now” could speak.
    assert all(" now" not in button.accessibleName() for button in page.editor.choices.buttons)
    qtbot.mouseClick(page.editor.save, LEFT)
    desk.until(lambda: desk.told == {"Order clicked": 2})
    days = page._told[0].days
    assert (len(days), sum(days), days[-1] or days[-2]) == (30, 2, 1)
    item = page.book.tree.topLevelItem(0)
    assert item
    assert "2 events" in item.data(0, Qt.ItemDataRole.AccessibleTextRole)
    # Chosen again, it says how it did.
    page.book.tree.setCurrentItem(item)
    assert sum(page.editor.spark.days) == 2
    assert page.editor.health.text() == "Works."
    qtbot.mouseClick(page.editor.cancel, LEFT)
    assert not page.editor.isVisible()
    where = page.book.tree.visualItemRect(item).center()
    qtbot.mouseClick(page.book.tree.viewport(), LEFT, pos=where)
    assert page.editor.isVisible()


def test_a_workspace_that_cannot_be_read_is_not_called_empty(desk: Desk, qtbot: QtBot) -> None:
    page, store = desk.page, desk.context.store
    desk.label_captured(desk.add(click("Order", "cta")))
    qtbot.mouseClick(page.editor.save, LEFT)
    desk.until(lambda: desk.told == {"Order clicked": 1})
    desk.workspace.store.close()
    file = desk.workspace.folder / "workspace.sqlite"
    whole = file.read_bytes()
    file.write_bytes(b"no longer a database, " * 400)
    store.close()
    with pytest.raises(StoreUnavailable):
        store.open()
    assert "damaged" in page.book.nothing.text()
    assert page.book.nothing.isVisible()
    assert not page.book.tree.isVisible()
    assert not page.book.add.isEnabled()
    file.write_bytes(whole)
    store.open()
    desk.until(lambda: page.book.tree.topLevelItemCount() == 1)
    assert page.book.add.isEnabled()
    assert not page.book.nothing.isVisible()


def test_an_event_that_clicks_nothing_is_said_so(desk: Desk) -> None:
    last = desk.add(event("Order Placed"))
    desk.page.label_captured(last)
    desk.until(lambda: desk.context.notifications._waiting)
    assert "does not say" in desk.context.notifications._waiting[0].text
    assert not desk.page.editor.isVisible()


def test_every_change_can_be_undone(desk: Desk, qtbot: QtBot) -> None:
    page = desk.page
    last = desk.add(click("Order", "cta"))
    desk.label_captured(last)
    qtbot.mouseClick(page.editor.save, LEFT)
    desk.until(lambda: page._told)
    first = desk.kept[0]
    page.edit(first)
    page.editor.name.selectAll()
    qtbot.keyClicks(page.editor.name, "Bought")
    qtbot.mouseClick(page.editor.save, LEFT)
    page.keeper.archive(desk.kept[0])
    assert (desk.kept[0].name, desk.kept[0].archived) == ("Bought", True)
    page.keeper.remove(desk.kept[0])
    assert desk.kept == []
    undo = desk.context.actions.get("label.undo")
    for name, archived in (("Bought", True), ("Bought", False), ("Order clicked", False)):
        undo.run()
        assert [(one.name, one.archived) for one in desk.kept] == [(name, archived)]
        assert desk.kept[0].id == first.id
    undo.run()
    assert desk.kept == []
    assert not undo.is_enabled


def test_a_name_that_was_taken_since_stays_with_the_other(desk: Desk) -> None:
    page = desk.page
    desk.label_captured(desk.add(click("Order", "cta")))
    page.save()
    first = desk.kept[0]
    page.keeper.remove(first)
    with Labels(desk.context.workspace) as labels:
        labels.save(LabeledEvent(first.name, first.definitions))
    page.keeper.undo()
    assert len(desk.kept) == 1
    assert "stays as it is" in desk.context.notifications._waiting[-1].text


def test_a_lost_element_is_found_again(desk: Desk, qtbot: QtBot) -> None:
    page = desk.page
    old = [click("Order", "cta primary", 10 + number / 10) for number in range(6)]
    last = desk.add(*old, click("Help", "quiet", 10))
    desk.label_captured(last - 1)
    page.editor.choices.buttons[0].click()
    definition = page.editor.draft.definitions[0]
    only = definition.value("selector") or definition.value("text")
    assert only
    page.save()
    desk.until(lambda: desk.told == {"Order clicked": 6})
    # The next release: another text, other classes.
    pressed = click("Order now", "cta wide")
    node = pressed["event_properties"]["[Amplitude] Element Hierarchy"][0]
    node["attrs"] = {"aria-expanded": "true"}
    desk.add(*(click("Order now", "cta wide") for _ in range(3)), pressed, click("Help", "quiet"))
    with Labels(desk.context.workspace) as labels:
        whole = labels.all()[0]
        labels.save(LabeledEvent(whole.name, whole.definitions[:1], id=whole.id))
    page._look_again()
    desk.until(lambda: page._told and page._told[0].health[0].needs_repair)
    item = page.book.tree.topLevelItem(0)
    assert item
    assert "Needs repair" in item.data(0, Qt.ItemDataRole.AccessibleTextRole)
    # The mark is painted, left of the name.
    painted = page.book.tree.viewport().grab().toImage()
    row = page.book.tree.visualItemRect(item)
    warning = QColor(tokens().warning)
    inside = range(row.left() + 10, row.left() + 30)
    assert any(
        painted.pixelColor(x, y) == warning
        for x in inside
        for y in range(row.top(), row.top() + 24)
    )
    page.book.tree.setCurrentItem(item)
    assert page.editor.health.text().startswith("Needs repair")
    qtbot.mouseClick(page.editor.repair, LEFT)
    desk.until(lambda: page.editor.choices.buttons)
    offered = [one.text() for one in page.editor.choices.buttons]
    assert "Order now" in offered[0]
    # It was in two states, and is found by the same in both.
    assert sum("Order now" in one for one in offered) == 1
    assert page.editor.tabs.count() == 2
    qtbot.mouseClick(page.editor.save, LEFT)
    desk.until(lambda: desk.told == {"Order clicked": 10})
    assert [one.origin for one in desk.kept[0].definitions] == ["label", "repair"]


def test_labels_go_to_a_file_and_come_back(desk: Desk, tmp_path: Path) -> None:
    page = desk.page
    desk.label_captured(desk.add(click("Order", "cta")))
    page.save()
    file = tmp_path / "labels.json"
    page.exchange.export_file(str(file))
    desk.until(file.exists)
    desk.until(lambda: "written" in desk.context.notifications._waiting[-1].text)
    forms = json.loads(file.read_text())
    assert [one["name"] for one in forms] == ["Order clicked"]
    page.keeper.remove(desk.kept[0])
    file.write_text(json.dumps([*forms, {"name": "Broken", "definition": 7}]))
    page.exchange.import_file(str(file))
    desk.until(lambda: desk.kept)
    assert desk.kept[0].name == "Order clicked"
    notice = desk.context.notifications._waiting[-1]
    assert "Entry 2 (“Broken”)" in notice.details
    assert "a list “definition”" in notice.details
    page.keeper.undo()
    assert desk.kept == []


def test_what_is_no_file_of_labels_is_said(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "labels.json"
    file.write_text("{")
    with qtbot.waitSignal(desk.context.jobs.failed) as failed:
        desk.page.exchange.import_file(str(file))
    assert "no JSON" in failed.args[0].sentence


def test_clicks_in_vain_are_counted_apart(desk: Desk, qtbot: QtBot) -> None:
    page, order = desk.page, click("Order", "cta")
    last = desk.add(order, {**order, "event_type": "[Amplitude] Dead Click", "insert_id": "vain"})
    desk.label_captured(last)
    assert page.editor.name.text() == "Order clicked in vain"
    assert page.editor.action.currentText() == "Clicked in vain"
    assert "nothing happened" in page.editor.action.toolTip()
    desk.until(lambda: "1 event captured so far" in page.editor.count.text())
    # What was clicked in vain was clicked as well.
    page.editor.action.setFocus()
    qtbot.keyClick(page.editor.action, Qt.Key.Key_Home)
    assert page.editor.action.currentText() == "Clicked"
    qtbot.mouseClick(page.editor.save, LEFT)
    desk.until(lambda: desk.kept)
    assert [one.action for one in desk.kept[0].definitions] == [Action.CLICKED]


def test_live_offers_it_for_clicks_alone(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    workspace.add("Other", click("Order", "cta"))
    context.store.open()
    live = LivePage(context)
    qtbot.addWidget(live)
    live.resize(1000, 500)
    live.show()
    qtbot.waitUntil(lambda: len(live.model) == 2)
    titles = [menu_of(live, row) for row in range(2)]
    assert ["Label this…" in one for one in titles] == [True, False]


def test_live_shows_which_label_counts_an_event(desk: Desk, qtbot: QtBot) -> None:
    live = LivePage(desk.context)
    qtbot.addWidget(live)
    live.resize(1000, 500)
    live.show()
    desk.label_captured(desk.add(click("Order", "cta"), click("Help", "quiet")) - 1)
    qtbot.waitUntil(lambda: len(live.model) == 2)
    live.model.text(0, "type")
    assert live.labels.by_event == {}
    desk.page.save()
    desk.add(click("Order", "cta"))
    qtbot.waitUntil(lambda: len(live.model) == 3)

    def shown() -> list[str]:
        return [live.model.cells(row)[1].text for row in range(3)]

    qtbot.waitUntil(lambda: shown().count("Order clicked") == 2)
    assert [row for row, text in enumerate(shown()) if text == "Order clicked"] == [0, 2]
    live.view.toggle_column("labels")
    at = [one.key for one in live.model.columns].index("labels")
    assert [live.model.cells(row)[at].text for row in range(3)] == [
        "Order clicked", "–", "Order clicked",
    ]  # fmt: skip
    live.filter.take_focus()
    qtbot.keyClicks(live.filter.box, 'label:"Order clicked"')
    qtbot.keyClick(live.filter.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(live.model) == 2)
    # Renamed while nobody looked.
    live.hide()
    with Labels(desk.context.workspace) as labels:
        one = labels.all()[0]
        labels.save(LabeledEvent("Bought", one.definitions, id=one.id))
    live.filter.clear()
    live.show()
    qtbot.waitUntil(lambda: live.model.cells(0)[1].text == "Bought")


def menu_of(live: LivePage, row: int) -> list[str]:
    """What the menu of a row offers."""
    live.table.customContextMenuRequested.emit(
        live.table.visualRect(live.model.index(row, 1)).center()
    )
    menu = live.table.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
    titles = [action.text() for action in menu.actions()]
    menu.close()
    return titles


def test_opening_a_site_while_nothing_captures_offers_to_start(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    desk = Desk(qtbot, context, workspace)
    context.notifications.show_in(desk.page)
    qtbot.mouseClick(desk.page.site.start.buttons[1], LEFT)
    (card,) = context.notifications.cards
    assert "Capture is not running" in card.notice.text
    assert card.notice.action
    title, start = card.notice.action
    assert title == "Start capture"
    start()
    assert context.capture.state == "starting"
    context.capture.stop()
    qtbot.waitUntil(lambda: context.capture.state == "stopped")
