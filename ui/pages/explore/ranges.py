"""
Choosing the time of a chart beyond the usual ranges: so many units, since a day, from one to
another, with or without some days of the week (semantics §0.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import QDate, QPoint, Qt, QTime
from PySide6.QtWidgets import (
    QButtonGroup,
    QCalendarWidget,
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTimeEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.query.calendar import WEEKDAYS, Range
from ui.pages.explore.numberbox import indent, number_box
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.popup import Popup
from ui.theme import label, tint

FORMS = {"last": "Last …", "since": "Since …", "between": "From … to …"}
UNITS = {"hour": "hours", "day": "days", "week": "weeks", "month": "months",
         "quarter": "quarters", "year": "years"}  # fmt: skip
DAY_NAMES = dict(zip(WEEKDAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
MOST_UNITS = 400
LAST_MINUTE = QTime(23, 59)


class RangePopup(Popup):
    """Asks for a range; `take` gets it."""

    def __init__(
        self, parent: QWidget, now: Range, take: Callable[[Range], object], *, weekdays: bool
    ) -> None:
        """`weekdays` tells whether days of the week can be left out."""
        super().__init__(parent, "Time range")
        self._take = take
        self.stack = QStackedWidget()
        self._pages = (self._last(now), self._since(now), self._between(now))
        for page in self._pages:
            self.stack.addWidget(page)
        self.days = self._weekdays(now)
        self.days.setVisible(weekdays)
        button = QPushButton("Show this time")
        button.setProperty("kind", "primary")
        button.clicked.connect(self._done)
        self.button = button
        self.rows.setSpacing(10)
        self.rows.addLayout(self._forms(now))
        self.rows.addWidget(self.stack)
        foot = QHBoxLayout()
        foot.addWidget(self.days)
        foot.addStretch(1)
        foot.addWidget(button)
        self.rows.addLayout(foot)

    def _forms(self, now: Range) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        group = QButtonGroup(self)
        self.forms: dict[str, QPushButton] = {}
        for at, (form, title) in enumerate(FORMS.items()):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            button.clicked.connect(lambda _on=False, at=at: self._show(at))
            group.addButton(button)
            row.addWidget(button)
            self.forms[form] = button
        row.addStretch(1)
        form = "last" if now.last is not None else "since" if now.since else "between"
        self.forms[form].setChecked(True)
        self.stack.setCurrentIndex(list(FORMS).index(form))
        return row

    def _show(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self.days.setEnabled(at < 2)
        self._fit()

    def _fit(self) -> None:
        """As large as what is shown of it, not as all of it together."""
        for page in self._pages:
            kind = (
                QSizePolicy.Policy.Preferred
                if page is self.stack.currentWidget()
                else QSizePolicy.Policy.Ignored
            )
            page.setSizePolicy(kind, kind)
        self.stack.adjustSize()
        self.adjustSize()

    def _last(self, now: Range) -> QWidget:
        count = 30 if now.last is None else now.last
        self.count = number_box("range.count", "How many", (0, MOST_UNITS), count)
        self.offset = number_box(
            "range.offset", "Shifted back by how many", (0, MOST_UNITS), now.offset
        )
        self.unit = Chooser("range.unit", UNITS, now.unit, "Unit", lambda _: None)
        self.complete = QCheckBox("without the one that is not over yet")
        self.complete.setChecked(now.complete)
        # What is shifted back has no running unit to leave out.
        self.offset.valueChanged.connect(lambda found: self.complete.setEnabled(found == 0))
        self.complete.setEnabled(now.offset == 0)
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(_line(self.count, self.unit, "and the running one"))
        rows.addLayout(_line("shifted back by", self.offset, "of them"))
        rows.addLayout(_line(self.complete))
        rows.addStretch(1)
        return made

    def _since(self, now: Range) -> QWidget:
        self.begin = _calendar("Since", now.since)
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.begin)
        row.addStretch(1)
        return made

    def _between(self, now: Range) -> QWidget:
        self.first, self.last = _calendar("From", now.start), _calendar("To, included", now.end)
        self.with_times = QCheckBox("with times of day")
        self.from_time, self.to_time = QTimeEdit(), QTimeEdit(LAST_MINUTE)
        for field, what in ((self.from_time, "From what time"), (self.to_time, "Until what time")):
            field.setDisplayFormat("HH:mm")
            indent(field)
            field.setAccessibleName(what)
            field.setEnabled(False)
            self.with_times.toggled.connect(field.setEnabled)
        sides = QHBoxLayout()
        sides.setSpacing(12)
        for side, field in ((self.first, self.from_time), (self.last, self.to_time)):
            column = QVBoxLayout()
            column.addWidget(label(side.accessibleName(), "section"))
            column.addWidget(side)
            column.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft)
            sides.addLayout(column)
        made = QWidget()
        rows = QVBoxLayout(made)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addLayout(sides)
        rows.addWidget(self.with_times)
        return made

    def _weekdays(self, now: Range) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(label("Count", "muted"))
        self.weekdays: dict[str, QPushButton] = {}
        for day, title in DAY_NAMES.items():
            button = QPushButton(title)
            button.setCheckable(True)
            button.setChecked(day not in now.without)
            button.setProperty("kind", "quiet")
            button.setToolTip(f"Count what happened on {title}")
            row.addWidget(button)
            self.weekdays[day] = button
        return made

    def open_at(self, place: QPoint) -> None:
        """Show it there, as far as the screen allows; the keyboard goes to what is chosen."""
        self._fit()
        self.entry = next(button for button in self.forms.values() if button.isChecked())
        if self.stack.currentIndex() == 0:
            self.entry = self.count
        super().open_at(place)

    def range(self) -> Range:
        """What was chosen."""
        form = list(FORMS)[self.stack.currentIndex()]
        if form == "between":
            return self._chosen_between()
        without = tuple(day for day, button in self.weekdays.items() if not button.isChecked())
        # Without any day there would be no time left.
        without = without if self.days.isVisibleTo(self) and len(without) < len(WEEKDAYS) else ()
        if form == "since":
            return Range(since=_day(self.begin.selectedDate()).isoformat(), without=without)
        offset = self.offset.value()
        found = Range(
            last=self.count.value(), unit=self.unit.currentData(), offset=offset, without=without
        )
        return replace(found, complete=self.complete.isChecked() and not offset)

    def _chosen_between(self) -> Range:
        first, last = _day(self.first.selectedDate()), _day(self.last.selectedDate())
        if not self.with_times.isChecked():
            first, last = sorted((first, last))
            return Range(start=first.isoformat(), end=last.isoformat())
        moments = sorted(
            datetime(day.year, day.month, day.day, time.hour(), time.minute())  # noqa: DTZ001 - the person's
            for day, time in ((first, self.from_time.time()), (last, self.to_time.time()))
        )
        start, end = (one.isoformat(timespec="minutes") for one in moments)
        return Range(start=start, end=end)

    def _done(self) -> None:
        found = self.range()
        self.close()
        self._take(found)


def _line(*parts: QWidget | str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(6)
    for part in parts:
        row.addWidget(label(part, "muted") if isinstance(part, str) else part)
    row.addStretch(1)
    return row


def _calendar(what: str, chosen: str | None) -> QCalendarWidget:
    """In our colours: no day is redder than others, and the arrows are ours."""
    calendar = QCalendarWidget()
    calendar.setAccessibleName(what)
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    if chosen:
        day = date.fromisoformat(chosen[:10])
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
    plain = calendar.weekdayTextFormat(Qt.DayOfWeek.Monday)
    for weekday in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(weekday, plain)
    for name, icon in (("prev", "back"), ("next", "right")):
        button = calendar.findChild(QToolButton, f"qt_calendar_{name}month")
        if isinstance(button, QToolButton):
            tint(button, icon)
    return calendar


def _day(of: QDate) -> date:
    return date(of.year(), of.month(), of.day())
