"""Other colours: everything is polished once, pages behind others when they are shown."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.tokens import DARK, LIGHT


class Counting(QLabel):
    """How often its style has changed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("role", "bad")
        self.changes = 0

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.changes += 1

    @property
    def colour(self) -> str:
        return self.palette().color(self.foregroundRole()).name()


@pytest.fixture
def light(theme: Theme) -> Iterator[Theme]:
    yield theme
    theme.choose("light")


def nested(inner: QWidget, depth: int) -> QWidget:
    """A widget in a widget in a widget."""
    for _ in range(depth):
        outer = QWidget()
        QVBoxLayout(outer).addWidget(inner)
        inner = outer
    return inner


def test_each_widget_changes_once_however_deep_it_is(qtbot: QtBot, light: Theme) -> None:
    counting = Counting("deep")
    window = nested(counting, 8)
    qtbot.addWidget(window)
    window.show()
    before = counting.changes
    assert counting.colour == LIGHT.bad.lower()
    light.choose("dark")
    assert counting.changes == before + 1
    assert counting.colour == DARK.bad.lower()


def test_a_page_behind_another_changes_when_it_is_shown(qtbot: QtBot, light: Theme) -> None:
    stack = QStackedWidget()
    front, back = Counting("front"), Counting("back")
    inner = QStackedWidget()
    innermost = Counting("innermost")
    inner.addWidget(QWidget())
    inner.addWidget(innermost)
    behind = QWidget()
    column = QVBoxLayout(behind)
    column.addWidget(back)
    column.addWidget(inner)
    for page in (nested(front, 2), behind):
        stack.addWidget(page)
    qtbot.addWidget(stack)
    stack.show()
    for page in (1, 0):
        # Seen once, so that they have the old colours.
        stack.setCurrentIndex(page)
        inner.setCurrentIndex(page)
    before = back.changes
    light.choose("dark")
    assert front.colour == DARK.bad.lower()
    assert back.changes == before
    stack.setCurrentIndex(1)
    assert back.changes == before + 1
    assert back.colour == DARK.bad.lower()
    assert innermost.colour == DARK.bad.lower()
    stack.setCurrentIndex(0)
    stack.setCurrentIndex(1)
    assert back.changes == before + 1


def test_there_and_back_while_a_page_is_behind(qtbot: QtBot, light: Theme) -> None:
    stack = QStackedWidget()
    back = Counting("back")
    stack.addWidget(QWidget())
    stack.addWidget(nested(back, 1))
    qtbot.addWidget(stack)
    stack.show()
    stack.setCurrentIndex(1)
    stack.setCurrentIndex(0)
    before = back.changes
    for choice in ("dark", "light", "dark"):
        light.choose(choice)
    stack.setCurrentIndex(1)
    assert back.changes == before + 1
    assert back.colour == DARK.bad.lower()


def test_what_was_never_shown_gets_the_colours_in_use(qtbot: QtBot, light: Theme) -> None:
    late = Counting("late")
    window = nested(late, 1)
    qtbot.addWidget(window)
    light.choose("dark")
    window.show()
    assert late.colour == DARK.bad.lower()


def test_painted_colours_are_those_in_use(qtbot: QtBot, light: Theme) -> None:
    window = QWidget()
    button = QPushButton("Save")
    button.setProperty("kind", "primary")
    QVBoxLayout(window).addWidget(button)
    qtbot.addWidget(window)
    window.show()
    at = button.rect().center()
    at.setX(12)
    assert button.grab().toImage().pixelColor(at).name() == LIGHT.accent.lower()
    light.choose("dark")
    assert button.grab().toImage().pixelColor(at).name() == DARK.accent.lower()
