"""What a person does in their first minutes on the Live page, in the real window."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app import paths
from app import settings as keys
from app.settings import Settings
from ui.application import Application
from ui.pages.live import LivePage
from ui.theme import Theme

from .conftest import KEY
from .connecting import free_port

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
LONG_MS = 20_000


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
    qtbot.waitUntil(lambda: made.capture.state == "listening", timeout=LONG_MS)
    yield made
    made.window.page("connect").shutdown()
    made.shutdown()


def post(endpoint: str, *events: dict[str, Any]) -> int:
    body = json.dumps({"api_key": KEY, "events": events}).encode()
    request = urllib.request.Request(
        f"{endpoint.rstrip('/')}/2/httpapi", body, {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def event(kind: str, user: str = "ada-lovelace", **fields: Any) -> dict[str, Any]:
    return {"event_type": kind, "user_id": user, "device_id": "device-1", **fields}


def texts(page: LivePage) -> list[str]:
    return [page.model.text(row, "type") for row in range(len(page.model))]


def test_the_journey(qtbot: QtBot, application: Application) -> None:
    window = application.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Key.Key_2, CTRL)
    qtbot.waitUntil(lambda: window.current == "live")
    page = window.findChild(LivePage)
    assert isinstance(page, LivePage)
    info = application.capture.info
    assert info
    identify = {"user_properties": {"$set": {"plan": "pro"}}}
    assert post(info.endpoint, event("$identify", **identify)) == 200
    bought = {"event_properties": {"price": 12, "item": "lamp"}, "insert_id": "cart-1"}
    assert post(info.endpoint, event("Add to Cart", **bought)) == 200
    cheap = {"event_properties": {"price": 3, "item": "string"}, "insert_id": "cart-2"}
    assert post(info.endpoint, event("Add to Cart", **cheap)) == 200
    assert post(info.endpoint, event("Page Viewed"), event("Page Viewed")) == 200
    refused = {"event_properties": {"price": 99}, "time": "not a time"}
    assert post(info.endpoint, event("Add to Cart", **refused)) == 400
    assert post(info.endpoint, event("Other", user="bob-the-builder", time="x")) == 400
    qtbot.waitUntil(lambda: len(page.model) == 7, timeout=LONG_MS)

    # All rejected events of one user with price over 10.
    page.table.setFocus()
    qtbot.keyClick(page.table, Key.Key_Slash)
    qtbot.keyClicks(page.filter.box, "user:ada outcome:rejected prop.price > 10")
    qtbot.keyClick(page.filter.box, Key.Key_Return)
    qtbot.waitUntil(lambda: texts(page) == ["Add to Cart"])
    assert page.model.text(0, "outcome") == "Rejected"

    # Two Add to Cart events, compared.
    qtbot.keyClick(page.table, Key.Key_Slash)
    qtbot.keyClick(page.filter.box, Key.Key_Escape)
    qtbot.keyClicks(page.filter.box, "type:add outcome:accepted")
    qtbot.keyClick(page.filter.box, Key.Key_Return)
    qtbot.waitUntil(lambda: texts(page) == ["Add to Cart"] * 2)
    page.table.go_to(0)
    qtbot.keyClick(page.table, Key.Key_Down, SHIFT)
    qtbot.keyClick(page.table, Key.Key_D)
    qtbot.waitUntil(lambda: page.inspector is not None and page.inspector.difference.isVisible())
    view = page.inspector.difference.list
    paths_shown = [view.topLevelItem(at).text(0) for at in range(view.topLevelItemCount())]
    assert "≠ event_properties.price" in paths_shown

    # The plan of the user when they clicked.
    qtbot.keyClick(page.table, Key.Key_End)
    qtbot.keyClick(page.table, Key.Key_Return)
    tabs = page.inspector.tabs
    at = next(at for at in range(tabs.count()) if tabs.tabText(at) == "User at that time")
    qtbot.mouseClick(tabs, LEFT, pos=tabs.tabRect(at).center())

    def knows_the_plan() -> bool:
        facts = page.inspector.user.facts.sections
        return any((fact.name, fact.value) == ("plan", "pro") for one in facts
                   for fact in one.children)  # fmt: skip

    qtbot.waitUntil(knows_the_plan, timeout=LONG_MS)

    # As a cURL command.
    copies = {one.text(): one for one in page.inspector.copies.list.actions()}
    copies["cURL (the whole upload)"].trigger()
    assert QGuiApplication.clipboard().text().startswith("curl -X POST")

    # Page views hidden.
    page.filter.clear()
    qtbot.waitUntil(lambda: len(page.model) == 7)
    row = texts(page).index("Page Viewed")
    place = page.table.visualRect(page.model.index(row, 1)).center()
    qtbot.mouseClick(page.table.viewport(), LEFT, pos=place)
    qtbot.keyClick(page.table, Key.Key_H)
    qtbot.waitUntil(lambda: "Page Viewed" not in texts(page))

    # Sent again to local ingestion, which calls it a duplicate.
    qtbot.waitUntil(lambda: len(page.model) == 5)
    row = next(at for at in range(5) if page.model.text(at, "outcome") == "Accepted"
               and texts(page)[at] == "Add to Cart")  # fmt: skip
    page.table.go_to(row)
    qtbot.keyClick(page.table, Key.Key_R)
    send = page.inspector.send
    chosen = page.table.current_id()
    qtbot.waitUntil(lambda: page.inspector.detail.row.id == chosen and send.isVisible())
    assert "nothing leaves this machine" in send.where.text()
    send.new_id.setFocus()
    qtbot.keyClick(send.new_id, Key.Key_Space)
    assert not send.new_id.isChecked()
    qtbot.mouseClick(send.send, LEFT)
    qtbot.waitUntil(lambda: send.answer.text().startswith("200 after"), timeout=LONG_MS)
    qtbot.waitUntil(lambda: len(page.model) == 6, timeout=LONG_MS)
    qtbot.waitUntil(lambda: page.model.text(0, "outcome") == "Duplicate", timeout=LONG_MS)
