"""Faults and limits in the window, with the real capture process behind them."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app import settings as keys
from app.ingest.faultwords import CHOICES, ENDPOINTS, composed, scope, title
from app.settings import Settings
from tests.ui.connecting import parts, start
from ui.context import Context
from ui.pages.faults import FaultsPage

KEY = "0123456789abcdef0123456789abcdef"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with parts(tmp_path / "workspace") as made:
        yield made


@pytest.fixture
def page(qtbot: QtBot, context: Context) -> FaultsPage:
    made = FaultsPage(context)
    qtbot.addWidget(made)
    made.resize(1224, 740)
    made.show()
    return made


def press(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.mouseClick(button, LEFT)


def post(context: Context, key: str = KEY, device: str = "device-1") -> int:
    """The status that an upload gets."""
    event = {"event_type": "Sent", "user_id": "user-1", "device_id": device}
    body = json.dumps({"api_key": key, "events": [event]}).encode()
    assert context.capture.info
    url = f"{context.capture.info.endpoint}/2/httpapi"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return int(error.code)


def test_nothing_can_be_switched_while_nothing_captures(page: FaultsPage) -> None:
    assert not page.adding.button.isEnabled()
    assert "Start capture" in page.adding.says.text()
    assert page.faults.empty.isVisible()
    assert not page.faults.off.isEnabled()


def test_a_fault_is_added_meets_uploads_and_is_switched_off(
    qtbot: QtBot, context: Context, page: FaultsPage
) -> None:
    start(qtbot, context)
    assert post(context) == 200
    form = page.adding
    form.kind.setCurrentIndex(form.kind.findData("503"))
    assert "Unavailable (503). Every upload." in form.says.text()
    press(qtbot, form.button)
    qtbot.waitUntil(lambda: context.capture.faults == ["503"])
    assert post(context) == 503
    assert post(context) == 503
    row = page.faults.rows_by_text["503"]
    qtbot.waitUntil(lambda: row.count.text() == "met 2 requests")
    assert row.switch.isChecked()
    press(qtbot, page.faults.off)
    qtbot.waitUntil(lambda: not row.switch.isChecked())
    assert post(context) == 200
    # It stays in the list, and it is remembered, off.
    row.switch.click()
    qtbot.waitUntil(lambda: context.capture.faults == ["503"])
    assert post(context) == 503
    press(qtbot, row.remove)
    qtbot.waitUntil(lambda: context.capture.faults == [])
    assert page.faults.rows_by_text == {}
    assert context.settings.get(keys.FAULTS) == []


def test_a_counted_fault_ends_by_itself(qtbot: QtBot, context: Context, page: FaultsPage) -> None:
    start(qtbot, context)
    form = page.adding
    form.often.setCurrentIndex(form.often.findData("first"))
    form.amount.setValue(2)
    assert "only the first 2" in form.says.text()
    press(qtbot, form.button)
    qtbot.waitUntil(lambda: context.capture.faults == ["500#2"])
    assert [post(context) for _ in range(3)] == [500, 500, 200]
    row = page.faults.rows_by_text["500#2"]
    qtbot.waitUntil(lambda: not row.switch.isChecked())


def test_what_is_wrong_in_the_form_is_said(
    qtbot: QtBot, context: Context, page: FaultsPage
) -> None:
    start(qtbot, context)
    page.adding.host.setText("no host at all")
    assert "is not a host name" in page.adding.says.text()
    assert not page.adding.button.isEnabled()
    page.adding.host.setText("api2.amplitude.com")
    assert page.adding.fault() == "500,host=api2.amplitude.com"
    assert page.adding.button.isEnabled()


def test_limits_count_at_once_and_are_kept(
    qtbot: QtBot, context: Context, page: FaultsPage
) -> None:
    start(qtbot, context)
    assert post(context) == 200
    limits = page.limits
    limits.silenced.setPlainText("device-9\n\n device-8 ")
    press(qtbot, limits.save)
    assert limits.note.text() == "Saved."
    qtbot.waitUntil(lambda: post(context, device="device-9") == 400)
    assert post(context) == 200
    again = Settings(context.settings.path).get(keys.INGESTION)
    assert again["sources"]["*"]["silenced_devices"] == ["device-8", "device-9"]
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: limits.source.count() == 2)
    limits.source.setCurrentIndex(1)
    assert limits.known.isVisible()
    limits.known.click()
    press(qtbot, limits.save)
    qtbot.waitUntil(lambda: post(context) == 400)
    press(qtbot, limits.back)
    qtbot.waitUntil(lambda: post(context) == 200)


def test_prepared_faults_are_remembered_but_off(qtbot: QtBot, context: Context) -> None:
    context.settings.set(keys.FAULTS, ["reset=after@0.5", "nonsense", "latency=250,source=a&b"])
    made = FaultsPage(context)
    qtbot.addWidget(made)
    made.show()
    assert list(made.faults.rows_by_text) == ["reset=after@0.5", "latency=250,source=a&b"]
    row = made.faults.rows_by_text["latency=250,source=a&b"]
    assert not row.switch.isChecked()
    assert row.whom.text() == "Every upload of the project a&b"
    assert row.switch.text() == "Slow: 250 ms"


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.key)
def test_every_choice_can_be_composed_and_said(choice: object) -> None:
    key = choice.key  # type: ignore[attr-defined]
    for endpoint in (*ENDPOINTS, ""):
        text = composed(key, number=7, percent=50, count=3, on=str(endpoint), source=KEY)
        assert title(text).startswith(choice.title)  # type: ignore[attr-defined]
        assert scope(text).endswith("50% of them, only the first 3")
