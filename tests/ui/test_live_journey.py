"""What a person does in their first minutes on the Live page, in the real window."""

import json
import shlex
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from app import paths
from app import settings as keys
from app.settings import Settings
from tests.ports import free_port
from ui.application import Application
from ui.pages.live import LivePage
from ui.theme import Theme

from .conftest import KEY

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def application(qapp: Any, qtbot: QtBot, tmp_path: Path, theme: Theme) -> Iterator[Application]:
    Settings(paths.settings_file()).update(
        {keys.PROXY_PORT: free_port(), keys.ENDPOINT_PORT: free_port(), keys.DELIVERY: "local"}
    )
    theme.deleteLater()
    made = Application(qapp, tmp_path / "workspace")
    qtbot.addWidget(made.window)
    made.window.show()
    made.start()
    qtbot.waitUntil(lambda: made.capture.state == "listening")
    yield made
    made.window.page("connect").shutdown()
    made.shutdown()


def post(endpoint: str, *events: dict[str, Any]) -> int:
    body = json.dumps({"api_key": KEY, "events": events}).encode()
    request = urllib.request.Request(
        f"{endpoint.rstrip('/')}/2/httpapi", body, {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def event(kind: str, user: str = "ada-lovelace", **fields: Any) -> dict[str, Any]:
    return {"event_type": kind, "user_id": user, "device_id": "device-1", **fields}


def texts(page: LivePage) -> list[str]:
    return [page.model.text(row, "type") for row in range(len(page.model))]


def is_whole(text: QLabel) -> bool:
    """Whether nothing of it is cut, once it has its place."""
    wrapped = int(Qt.TextFlag.TextWordWrap)
    needed = text.fontMetrics().boundingRect(text.rect(), wrapped, text.text())
    return text.rect().contains(needed)


class Person:
    """Somebody at the window, with either only the keys or the mouse and a filter to type."""

    def __init__(self, qtbot: QtBot, application: Application) -> None:
        self.qtbot = qtbot
        self.application = application
        self.window = application.window
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        qtbot.keyClick(self.window, Key.Key_2, CTRL)
        qtbot.waitUntil(lambda: self.window.current == "live")
        QGuiApplication.clipboard().clear()
        page = self.window.findChild(LivePage)
        assert isinstance(page, LivePage)
        self.page = page

    def press(self, key: Key, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> None:
        """A key, wherever the focus is."""
        target = QApplication.focusWidget()
        assert target
        self.qtbot.keyClick(target, key, modifiers)

    def type_filter(self, text: str) -> None:
        box = self.page.filter.box
        self.qtbot.waitUntil(box.hasFocus)
        box.selectAll()
        self.qtbot.keyClicks(box, text)
        self.qtbot.keyClick(box, Key.Key_Return)

    def click(self, row: int, column: str = "type", *, modifiers: Any = None) -> None:
        at = self._place(row, column)
        how = modifiers or Qt.KeyboardModifier.NoModifier
        self.qtbot.mouseClick(self.page.table.viewport(), LEFT, how, at)

    def choose(self, row: int, column: str, title: str) -> None:
        """From the menu of a cell."""
        viewport = self.page.table.viewport()
        at = viewport.mapTo(self.window, self._place(row, column))
        handle = self.window.windowHandle()
        QTest.mouseClick(handle, Qt.MouseButton.RightButton, pos=at)  # type: ignore[call-overload]
        self.qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        self.choose_from(menu, title)
        self.come_back()

    def come_back(self) -> None:
        """Where no window manager does it, a menu that has closed may be left active, and on a slow
        machine become it only now."""
        QApplication.processEvents()
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def choose_in_turn(self, menu: QMenu, title: str) -> None:
        """From a menu that keeps whoever opens it, once it is open."""
        if menu.isVisible():
            self.choose_from(menu, title)
        else:
            QTimer.singleShot(10, menu, lambda: self.choose_in_turn(menu, title))

    def choose_from(self, menu: QMenu, title: str) -> None:
        action = next(one for one in menu.actions() if one.text() == title)
        self.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())

    def click_tab(self, name: str) -> None:
        tabs = self.page.inspector.tabs
        at = next(at for at in range(tabs.count()) if tabs.tabToolTip(at) == name)
        self.qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(at).center())

    def row_of(self, kind: str, outcome: str) -> int:
        page = self.page
        return next(at for at in range(len(page.model)) if page.model.text(at, "type") == kind
                    and page.model.text(at, "outcome") == outcome)  # fmt: skip

    def _place(self, row: int, column: str) -> QPoint:
        model = self.page.model
        at = next(at for at, one in enumerate(model.columns) if one.key == column)
        found: QPoint = self.page.table.visualRect(model.index(row, at)).center()
        return found

    # What came of it

    def send_everything(self) -> None:
        """What the app under test sends: seven events of two users."""
        info = self.application.capture.info
        assert info
        for status, events in SENT:
            assert post(info.endpoint, *events) == status
        self.qtbot.waitUntil(lambda: len(self.page.model) == 7)

    def sees(self, *types: str) -> None:
        self.qtbot.waitUntil(lambda: texts(self.page) == list(types))

    def sees_a_difference(self) -> None:
        page = self.page
        self.qtbot.waitUntil(
            lambda: page.inspector is not None and page.inspector.difference.isVisible()
        )
        view = page.inspector.difference.list
        shown = [view.topLevelItem(at) for at in range(view.topLevelItemCount())]
        price = next(one for one in shown if one.text(0) == "≠ event_properties.price")
        assert {price.text(1), price.text(2)} == {"12", "3"}

    def sees_the_plan(self) -> None:
        def is_known() -> bool:
            inspector = self.page.inspector
            facts = inspector.user.facts.sections
            return inspector.user.isVisible() and any(
                (fact.name, fact.value) == ("plan", "pro") for one in facts for fact in one.children
            )

        self.qtbot.waitUntil(is_known)

    def has_copied_a_command(self) -> None:
        """One that a shell understands, and that sends what was sent."""
        board = QGuiApplication.clipboard()
        self.qtbot.waitUntil(lambda: board.text().startswith("curl -X POST"))
        words = shlex.split(board.text().replace("\\\n", " "))
        assert any(word.endswith("/2/httpapi") for word in words)
        body = next(word for word in words if word.startswith('{"api_key"'))
        assert json.loads(body)["events"] == [CHEAP]

    def sees_a_duplicate(self, count: int) -> None:
        send = self.page.inspector.send
        self.qtbot.waitUntil(lambda: send.answer.text().startswith("200 after"))
        model = self.page.model
        self.qtbot.waitUntil(lambda: len(model) == count + 1)
        self.qtbot.waitUntil(lambda: model.text(0, "outcome") == "Duplicate")
        assert model.text(0, "type") == "Add to Cart"


CHEAP = event("Add to Cart", insert_id="cart-2", event_properties={"price": 3, "item": "string"})
SENT = (
    (200, [event("$identify", user_properties={"$set": {"plan": "pro"}})]),
    (
        200,
        [event("Add to Cart", insert_id="cart-1", event_properties={"price": 12, "item": "lamp"})],
    ),
    (200, [CHEAP]),
    (200, [event("Page Viewed"), event("Page Viewed")]),
    (400, [event("Add to Cart", event_properties={"price": 99}, time="not a time")]),
    (400, [event("Other", user="bob-the-builder", time="x")]),
)


def test_the_journey_by_keys(qtbot: QtBot, application: Application) -> None:
    person = Person(qtbot, application)
    page = person.page
    person.send_everything()
    page.table.setFocus()

    # All rejected events of one user with price over 10.
    person.press(Key.Key_Slash)
    person.type_filter("user:ada outcome:rejected prop.price > 10")
    person.sees("Add to Cart")
    assert page.model.text(0, "outcome") == "Rejected"

    # Two Add to Cart events, compared.
    person.press(Key.Key_Slash)
    person.type_filter("type:add outcome:accepted")
    person.sees("Add to Cart", "Add to Cart")
    person.press(Key.Key_Home)
    person.press(Key.Key_Down, SHIFT)
    person.press(Key.Key_D)
    person.sees_a_difference()

    # The plan of the user when they clicked.
    person.press(Key.Key_Home)
    person.press(Key.Key_U)
    person.sees_the_plan()

    # As a cURL command.
    person.press(Key.Key_C, SHIFT)
    person.has_copied_a_command()

    # Page views hidden.
    person.press(Key.Key_Slash)
    person.type_filter("type:page")
    person.sees("Page Viewed", "Page Viewed")
    person.press(Key.Key_Home)
    person.press(Key.Key_H)
    person.press(Key.Key_Slash)
    person.type_filter(" ")
    person.sees("Other", "Add to Cart", "Add to Cart", "Add to Cart", "$identify")

    # Sent again to local ingestion, which calls it a duplicate.
    person.press(Key.Key_Home)
    while page.table.currentIndex().row() < person.row_of("Add to Cart", "Accepted"):
        person.press(Key.Key_J)
    person.press(Key.Key_R)
    send, chosen = page.inspector.send, page.table.current_id()
    qtbot.waitUntil(lambda: page.inspector.detail.row.id == chosen and send.text.hasFocus())
    assert "nothing leaves this machine" in send.where.text()
    assert send.to.currentText() == "Local ingestion"
    for wanted in (send.new_id, send.send):
        for _ in range(5):
            if not wanted.hasFocus():
                person.press(Key.Key_Tab)
        qtbot.waitUntil(wanted.hasFocus)
        person.press(Key.Key_Space)
    assert not send.new_id.isChecked()
    person.sees_a_duplicate(5)


def test_a_menu_that_closes_at_once_keeps_no_keyboard(qtbot: QtBot) -> None:
    button = QPushButton("Menu")
    qtbot.addWidget(button)
    button.show()
    button.activateWindow()
    qtbot.waitUntil(button.isActiveWindow)
    menu = QMenu(button)
    menu.addAction("One")
    menu.popup(QPoint(5, 5))
    menu.close()
    # What the platform says of it comes only now.
    for _ in range(3):
        QApplication.processEvents()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is button)


def test_the_journey_by_mouse(qtbot: QtBot, application: Application) -> None:
    person = Person(qtbot, application)
    page = person.page
    person.send_everything()

    # All rejected events of one user with price over 10.
    refused = person.row_of("Add to Cart", "Rejected")
    person.choose(refused, "outcome", "Filter by outcome “rejected”")
    person.sees("Other", "Add to Cart")
    person.choose(1, "user", "Filter by user “ada-lovelace”")
    person.sees("Add to Cart")
    qtbot.mouseClick(page.filter.box, LEFT)
    person.type_filter(f"{page.filter.box.text()} prop.price > 10")
    person.sees("Add to Cart")
    assert page.model.text(0, "outcome") == "Rejected"
    qtbot.mouseClick(page.filter.chips.clear, LEFT)
    qtbot.waitUntil(lambda: len(page.model) == 7)

    # Two Add to Cart events, compared.
    cheap = person.row_of("Add to Cart", "Accepted")
    person.click(cheap)
    person.click(cheap + 1, modifiers=CTRL)
    person.choose(cheap, "type", "Compare two events")
    person.sees_a_difference()

    # The plan of the user when they clicked.
    person.click(cheap)
    person.click_tab("User at that time")
    person.sees_the_plan()

    # As a cURL command.
    person.choose_in_turn(page.inspector.copies.list, "cURL (the whole upload)")
    qtbot.mouseClick(page.inspector.copies, LEFT)
    person.come_back()
    person.has_copied_a_command()

    # Page views hidden.
    viewed = texts(page).index("Page Viewed")
    person.choose(viewed, "type", "Hide this event type")
    person.sees("Other", "Add to Cart", "Add to Cart", "Add to Cart", "$identify")

    # Sent again to local ingestion, which calls it a duplicate.
    again = person.row_of("Add to Cart", "Accepted")
    person.click(again)
    person.choose(again, "type", "Edit and send again")
    send, chosen = page.inspector.send, page.table.current_id()
    qtbot.waitUntil(lambda: page.inspector.detail.row.id == chosen and send.isVisible())
    qtbot.mouseClick(send.new_id, LEFT, pos=QPoint(8, send.new_id.height() // 2))
    assert not send.new_id.isChecked()
    qtbot.mouseClick(send.send, LEFT)
    person.sees_a_duplicate(5)

    # Whatever happens to other uploads, this one stays here, until somebody says otherwise.
    application.capture.set_delivery("forward")
    qtbot.waitUntil(lambda: application.capture.delivery == "forward")
    qtbot.mouseClick(send.send, LEFT)
    person.sees_a_duplicate(6)
    assert page.model.text(0, "via") == "Endpoint"
    application.capture.set_delivery("local")
    qtbot.waitUntil(lambda: application.capture.delivery == "local")
    before = send.answer.text()
    send.to.setCurrentIndex(1)
    qtbot.mouseClick(send.send, LEFT)
    assert send.confirm.isVisible()
    # The project is named, in full.
    asking = send.confirm.text
    assert asking.text() == "Send 1 event to Amplitude, project 0123…cdef?"
    qtbot.waitUntil(lambda: is_whole(asking))
    assert send.answer.text() == before
    # Who does not want it is where they were.
    qtbot.waitUntil(send.confirm.no.hasFocus)
    person.press(Key.Key_Escape)
    assert not send.confirm.isVisible()
    qtbot.waitUntil(send.send.hasFocus)
    qtbot.mouseClick(send.send, LEFT)
    send.to.setCurrentIndex(0)
    assert not send.confirm.isVisible()
