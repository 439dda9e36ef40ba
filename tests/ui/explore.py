"""What tests of the Explore page share: a page on demo data, driven with mouse and keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.demo import fill
from app.study import Study
from ui.context import Context
from ui.pages.explore import ExplorePage
from ui.pages.explore.desk import Desk
from ui.pages.explore.picker import Picker

LEFT = Qt.MouseButton.LeftButton
EVENTS = 2500
NOW_MS = 1_795_281_104_973


class World:
    """A page, and a person before it."""

    def __init__(self, qtbot: QtBot, context: Context) -> None:
        self.qtbot, self.context = qtbot, context
        self.now = NOW_MS
        self.page = ExplorePage(context, lambda: self.now)
        qtbot.addWidget(self.page)

    @property
    def desk(self) -> Desk:
        return self.page.desk

    def fill(self, events: int = EVENTS) -> None:
        """Believable traffic of a week, studied."""
        fill(self.context.workspace, events, now_ms=self.now)
        study(self.context.workspace)

    def show(self) -> "World":
        self.context.store.open()
        self.page.resize(1224, 772)
        with self.qtbot.waitExposed(self.page):
            self.page.show()
        if self.context.store.current is not None:
            self.until(lambda: bool(self.desk.builder.pieces.vocabulary.types))
        return self

    def until(self, claim: Callable[[], Any]) -> None:
        self.qtbot.waitUntil(lambda: bool(claim()))

    # What a person does

    def at(self, place: str) -> Any:
        """The control of a place in the definition."""
        found = self.desk.findChild(QWidget, place)
        assert found is not None, place
        return found

    def top_of(self, place: str) -> int:
        """Where a control of the definition begins, in pixels of the page."""
        return self.at(place).mapTo(self.page, QPoint()).y()  # type: ignore[no-any-return]

    def click(self, widget: QWidget | str) -> None:
        one = self.at(widget) if isinstance(widget, str) else widget
        self.qtbot.mouseClick(one, LEFT)

    def pick(self, text: str) -> None:
        """Type into the open picker, and take what is first."""
        picker = QApplication.activePopupWidget()
        assert isinstance(picker, Picker)
        self.qtbot.keyClicks(picker.search, text)
        self.until(lambda: any(one.startswith(text) for one in picker.titles()))
        while not picker.list.currentItem().text(0).startswith(text):
            self.qtbot.keyClick(picker.search, Qt.Key.Key_Down)
        self.qtbot.keyClick(picker.search, Qt.Key.Key_Return)

    def choose(self, place: str, title: str) -> None:
        """Choose a word of a list with the keyboard."""
        box = self.at(place)
        box.setFocus()
        here, there = box.currentIndex(), box.findText(title)
        assert there >= 0, title
        key = Qt.Key.Key_Down if there > here else Qt.Key.Key_Up
        for _ in range(abs(there - here)):
            box = self.at(place)
            self.qtbot.keyClick(box, key)

    def press_keys(self, keys: str) -> None:
        """A shortcut, pressed where the keyboard is."""
        self.page.activateWindow()
        self.until(self.page.isActiveWindow)
        self.qtbot.keySequence(QApplication.focusWidget() or self.page, keys)

    def add_event(self, name: str) -> None:
        self.click("events+")
        self.pick(name)

    def answered(self) -> Any:
        """The answer to what is on the page now."""
        self.until(lambda: self.desk.answer is not None and self.is_answered())
        assert self.desk.answer is not None
        return self.desk.answer

    def is_answered(self) -> bool:
        from app.query import read, written
        from ui.pages.explore.drafts import finished

        answer = self.desk.answer
        return answer is not None and answer.chart == read(written(finished(self.desk.chart)))

    def total(self, at: int = 0) -> float | None:
        return self.answered().figure.series[at].total  # type: ignore[no-any-return]

    def click_point(self, series: int, bucket: int) -> QMenu:
        """Click a point of the chart; the menu that opens."""
        plot = self.desk.figure.stack.currentWidget().plot  # type: ignore[attr-defined]
        value = plot.visible_series[series].values[bucket]
        self.qtbot.mouseClick(plot.viewport(), LEFT, pos=_whole(plot.centre_of(bucket, value)))
        return menu()

    def press(self, open_menu: QMenu, title: str) -> None:
        """Click an entry of a menu."""
        entry = next(one for one in open_menu.actions() if one.text() == title)
        assert entry.isEnabled(), title
        place = open_menu.actionGeometry(entry).center()
        self.qtbot.mouseClick(open_menu, LEFT, pos=place)


def _whole(place: Any) -> QPoint:
    return QPoint(round(place.x()), round(place.y()))


def study(folder: Path) -> None:
    with Study(folder) as studying:
        studying.catch_up()


def menu() -> QMenu:
    """The menu that is open."""
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def titles(of: QMenu) -> list[str]:
    return [one.text() for one in of.actions() if one.text() and one.isEnabled()]
