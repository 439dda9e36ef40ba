"""
The switch for links in the settings.
"""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app import linkhandler
from ui.context import Context
from ui.pages.settings import SettingsPage

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="desktop entries")


@pytest.fixture
def page(
    qtbot: QtBot, context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> SettingsPage:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = SettingsPage(context)
    qtbot.addWidget(made)
    made.show()
    return made


def test_it_is_switched_on_and_off(qtbot: QtBot, page: SettingsPage) -> None:
    box = page.links.box
    assert not box.isChecked()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    qtbot.waitUntil(lambda: box.isEnabled() and linkhandler.is_registered())
    assert box.isChecked()
    page.hide()
    linkhandler.unregister()
    page.show()
    assert not box.isChecked()
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: box.isEnabled() and linkhandler.is_registered())
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: box.isEnabled() and not linkhandler.is_registered())
    assert page.links.problem.isHidden()


def test_what_stands_in_the_way_is_said(qtbot: QtBot, page: SettingsPage, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    box = page.links.box
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    qtbot.waitUntil(page.links.problem.isVisible)
    assert "Links cannot be opened" in page.links.problem.text()
    assert not box.isChecked()
