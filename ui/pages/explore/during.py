"""
In which time a condition holds: a button that opens the usual ranges, and any other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.query.calendar import Range
from ui.pages.explore import words
from ui.pages.explore.pieces import PickButton
from ui.pages.explore.ranges import RangePopup

EVER = Range(since="2000-01-01")
"""Before anybody sent events."""
IN_CHART = "the chart's range"
DEFAULT = Range(last=30)
EVER_TITLE = "at any time"
USUAL = {EVER_TITLE: EVER} | {
    title: wanted for title, wanted in words.RANGES.items() if wanted.unit != "hour"
}


def during_title(wanted: Range) -> str:
    """A time in words, inside a sentence."""
    if wanted == EVER:
        return EVER_TITLE
    title = words.range_title(wanted)
    return title[:1].lower() + title[1:]


def during_parts(
    place: str, wanted: Range | None, take: Callable[[Range | None], object], *, nothing: str
) -> list[QWidget | str]:
    """The button, with a word before it. `nothing` is what no time at all is called; without such
    words there must be one."""
    title = nothing or "today" if wanted is None else during_title(wanted)
    button = PickButton(place, title, "In which time")

    def ask() -> None:
        menu = QMenu(button.window())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if nothing:
            _add(menu, nothing, wanted is None, lambda: take(None))
        for text, one in USUAL.items():
            said = text[:1].lower() + text[1:]
            if said != nothing:
                _add(menu, said, wanted == one, partial(take, one))
        menu.addSeparator()
        menu.addAction("Another time…", another)
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def another() -> None:
        now = wanted if wanted is not None and wanted != EVER else Range(last=30)
        popup = RangePopup(button, now, take, weekdays=False)
        popup.open_at(button.mapToGlobal(QPoint(0, button.height() + 2)))

    button.clicked.connect(ask)
    return [button] if title == EVER_TITLE else ["in", button]


def _add(menu: QMenu, title: str, is_on: bool, run: Callable[[], object]) -> None:
    entry = menu.addAction(title)
    entry.setCheckable(True)
    entry.setChecked(is_on)
    entry.triggered.connect(lambda _on=False: run())
