"""The card of phones and emulators, with the real capture process behind it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.settings import NETWORK
from tests.network import is_reached
from tests.ui.connecting import parts, start
from ui.context import Context
from ui.pages.connect.addresses import own_addresses
from ui.pages.connect.devices import DevicesCard

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def context(qtbot: QtBot, tmp_path: Path) -> Iterator[Context]:
    with parts(tmp_path / "workspace") as made:
        yield made


@pytest.fixture
def card(qtbot: QtBot, context: Context) -> DevicesCard:
    made = DevicesCard(context.capture, context.settings)
    qtbot.addWidget(made)
    made.resize(560, 600)
    made.show()
    start(qtbot, context)
    return made


def test_what_is_typed_for_a_device_on_a_cable(
    qtbot: QtBot, context: Context, card: DevicesCard
) -> None:
    assert context.capture.info
    port = context.capture.info.proxy.rpartition(":")[2]
    qtbot.waitUntil(card.android.code.isVisible)
    qtbot.mouseClick(card.android.code.copy, LEFT)
    copied = QGuiApplication.clipboard().text()
    assert f"adb reverse tcp:{port} tcp:{port}" in copied
    assert f"http_proxy 127.0.0.1:{port}" in copied
    # Pasted as a whole, it would end what it has just begun.
    assert "http_proxy :0" not in copied
    qtbot.mouseClick(card.android.undo.copy, LEFT)
    assert "http_proxy :0" in QGuiApplication.clipboard().text()
    qtbot.mouseClick(card.kinds.buttons["ios"], LEFT)
    qtbot.waitUntil(card.ios.code.isVisible)
    assert not card.android.isVisible()
    assert context.capture.info.certificate in card.ios.code.edit.toPlainText()
    assert "off" in card.ios.undo.edit.toPlainText()


def test_other_devices_connect_once_a_person_lets_them(
    qtbot: QtBot, context: Context, card: DevicesCard
) -> None:
    states: list[str] = []
    context.capture.state_changed.connect(states.append)
    qtbot.mouseClick(card.kinds.buttons["wifi"], LEFT)
    wifi = card.wifi
    qtbot.waitUntil(wifi.switch.isVisible)
    assert not wifi.found.isVisible()
    assert "this machine alone" in wifi.said.text()
    qtbot.mouseClick(wifi.switch, LEFT)
    qtbot.waitUntil(lambda: is_open(context) is True)
    assert context.settings.get(NETWORK) is True
    assert states == ["starting", "listening"], "nothing goes and comes back meanwhile"
    if own_addresses():
        qtbot.waitUntil(wifi.found.isVisible)
        assert wifi.code.text == wifi.page.text()
        assert wifi.page.text() in wifi.code.accessibleName()
        host, _, port = wifi.proxy.text().rpartition(":")
        if is_reached(host):
            page = httpx.get(wifi.page.text(), trust_env=False, timeout=20).text
            assert f"<dd>{host}</dd>" in page
            assert f"<dd>{port}</dd>" in page
    else:
        assert "no address in a local network" in wifi.said.text()
    qtbot.mouseClick(wifi.switch, LEFT)
    qtbot.waitUntil(lambda: is_open(context) is False)
    assert context.settings.get(NETWORK) is False
    assert not wifi.found.isVisible()


def is_open(context: Context) -> bool | None:
    """Whether capture listens for other devices; None while it does not listen at all."""
    return context.capture.info.network if context.capture.info else None
