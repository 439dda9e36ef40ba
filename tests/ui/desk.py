"""
A Label page with its browser and its capture process, that tests of one module share.

The capture process is the real one, with the addon that adds SDKs (`tests.end2end.with_sdk`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from app.label.events import LabeledEvent
from tests.ports import free_port
from tests.ui.connecting import parts, start
from tests.ui.test_label_page import Person
from ui.browser import engine
from ui.collector import Collector
from ui.context import Context
from ui.pages.label.spark import BELOW_ROLE
from ui.theme import Theme

CLICKED, CHANGED = "[Amplitude] Element Clicked", "[Amplitude] Element Changed"
VIEWED = "[Amplitude] Page Viewed"
FENCE = "Until here"
LEFT = Qt.MouseButton.LeftButton


def pages(made: LabeledEvent) -> tuple[str, ...]:
    """The pages that the first definition asks for; it looks away from what follows a `#`."""
    (asked,) = (one for one in made.definitions[0].conditions if one.field == "page_url")
    assert asked.ignore_fragment
    return asked.values


class Desk(Person):
    """A person who opens sites, clicks, and labels."""

    def __init__(self, qtbot: QtBot, context: Context) -> None:
        super().__init__(qtbot, context)
        self.qtbot = qtbot

    def show(self, url: str, ready: str = "true") -> None:
        """Open a page and wait until its SDK has begun and something is there."""
        before = self.events(VIEWED)
        self.page.site.open(url)
        self.until(lambda: self.events(VIEWED) > before)
        self.until(lambda: self.run(ready))

    def click_until_told(self, element: str, kind: str = CLICKED) -> int:
        """Click in Navigate mode until it is reported; how often it was. An SDK begins to listen
        a moment after the page."""
        before = self.events(kind)
        for _attempt in range(30):
            self._click_and_see(element)
            self.catch_up()
            if self.events(kind) > before:
                break
        assert self.events(kind) > before
        return self.events(kind) - before

    def catch_up(self) -> None:
        """Wait until all is stored that the page's SDK has taken so far: it sends in order."""
        before = self.events(FENCE)
        self.until(lambda: self.run(f"window.amplitude?.track?.('{FENCE}') ? 1 : 0"))
        self.until(lambda: self.events(FENCE) > before)

    def _click_and_see(self, element: str) -> None:
        """Click, and wait until the page has seen it, or is gone by it."""
        self.run("window.clicksSeen ??= (addEventListener('click', () => clicksSeen++, true), 0)")
        seen = self.run("window.clicksSeen")
        self.click(element)
        self.until(lambda: self.run("window.clicksSeen") != seen)

    def pick(self, element: str) -> None:
        """Choose an element in Label mode."""
        self.label_mode()
        self.click(element)
        self.until(self.page.editor.isVisible)

    def only(self, *fields: str) -> None:
        """Switch on these conditions of what is edited, and no others."""
        for row in self.page.editor.rows:
            row.on.setChecked(row.field in fields)

    def keep(self, name: str) -> LabeledEvent:
        """Save under a name; nothing was sent by it."""
        sent = self.events(CLICKED) + self.events(CHANGED)
        self.name_and_save(name)
        self.until(lambda: name in self.told)
        self.navigate_mode()
        self.study()
        assert self.events(CLICKED) + self.events(CHANGED) == sent
        return self.labeled(name)

    @property
    def rows(self) -> list[QTreeWidgetItem]:
        """Of the list of labeled events."""
        tree = self.page.book.tree
        found = (tree.topLevelItem(at) for at in range(tree.topLevelItemCount()))
        return [row for row in found if row is not None]

    def below(self, row: QTreeWidgetItem) -> str:
        """What a row says below its name."""
        return str(row.data(0, BELOW_ROLE))

    def open_row(self, name: str) -> None:
        """Click a row of the list."""
        tree = self.page.book.tree
        row = next(one for one in self.rows if one.text(0) == name)
        where = tree.visualItemRect(row).center()
        self.qtbot.mouseClick(tree.viewport(), LEFT, pos=where)
        self.until(lambda: self.page.editor.name.text() == name)
        self.until(self.page.editor.repair.isVisible)

    def labeled(self, name: str) -> LabeledEvent:
        """A labeled event, as it is kept."""
        return next(one.label for one in self.page._told if one.label.name == name)

    def counts(self, name: str, events: int) -> None:
        """Wait until a label counts so many."""
        self.study()
        self.until(lambda: self.told.get(name) == events)

    def change(self, field: str) -> None:
        """Type into a field and leave it."""
        before = self.events(CHANGED)
        self.click(field)
        self.run(
            f"(e => {{ e.value += 'x'; e.dispatchEvent(new Event('change', {{bubbles: true}}));"
            f" return 1; }})({field})"
        )
        self.until(lambda: self.events(CHANGED) > before)


@contextmanager
def desk_at[D: Desk](
    request: pytest.FixtureRequest, folder: Path, who: type[D] = Desk
) -> Iterator[D]:
    """A desk whose workspace is in `folder`; for a fixture of any scope."""
    qt = QApplication.instance()
    assert isinstance(qt, QApplication)
    if not qt.findChild(Theme):
        Theme(qt, "light").choose("light")
    qtbot = QtBot(request)
    # The engine keeps the proxy that it was given first, for as long as the tests run.
    routed = engine.routed_through()
    port = int(routed.rpartition(":")[2]) if routed else free_port()
    with parts(folder / "workspace", port) as context:
        _add_sdks(context.capture)
        start(qtbot, context)
        # As in the window: workers would delete widgets that Python finds while they run.
        collector = Collector()
        made = who(qtbot, context)
        yield made
        collector.stop()
        made.page.shutdown()
        made.page.close()
        shiboken6.delete(made.page)


def _add_sdks(capture: Any) -> None:
    command = capture.command
    capture.command = lambda: [
        "tests.end2end.with_sdk" if word == "proxy" else word for word in command()
    ]
