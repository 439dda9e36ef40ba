"""
The bar above a chart: how it is drawn, over which time, compared with what.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.query.calendar import Range
from app.query.definition import AnyChart, Funnel, Segmentation
from ui.charts.flow import FlowLayout
from ui.pages.explore import words
from ui.pages.explore.pieces import Chooser
from ui.theme import label, tint

HEIGHT = 28
ROLLING = (2, 3, 7, 14, 28)


class Controls(QWidget):
    """What belongs to the time of a chart.

    Signals:
        changed: another definition.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.chart: AnyChart | None = None
        self.view = Chooser("view", words.VIEWS, "line", "How it is drawn", self._view)
        self.interval = Chooser(
            "interval", words.INTERVALS, "day", "Interval", lambda key: self._put(interval=key)
        )
        self.range = self._button("Time range")
        self.range.clicked.connect(self._ask_range)
        self.compare = Chooser(
            "compare", words.SHIFTS, "", "Compare with an earlier time",
            lambda key: self._put(compare=(key,) if key else ()),
        )  # fmt: skip
        self.advanced = self._button("Rolling average, rolling window, cumulative")
        self.advanced.clicked.connect(self._ask_advanced)
        self.notes = self._button("Annotations and releases: add, change, remove")
        self.notes.setText("Notes")
        self.notes.setAccessibleName("Annotations and releases")
        made = QHBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        self.flow = FlowLayout(holder, 6, 4)
        for part in (self.view, self.interval, self.range, self.compare, self.advanced, self.notes):
            self.flow.addWidget(part)
        policy = holder.sizePolicy()
        policy.setHeightForWidth(True)
        holder.setSizePolicy(policy)
        made.addWidget(holder)

    def _button(self, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("framed", True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        tint(button, "down")
        button.setToolTip(tip)
        button.setFixedHeight(HEIGHT)
        return button

    def show_chart(self, chart: AnyChart) -> None:
        """Show what is chosen."""
        self.chart = chart
        is_segmentation = isinstance(chart, Segmentation)
        for part in (self.view, self.compare, self.advanced):
            part.setVisible(is_segmentation)
        over_time = isinstance(chart, Funnel) and chart.show == "over_time"
        self.interval.setVisible(is_segmentation or over_time)
        self.notes.setVisible(is_segmentation or over_time)
        self.interval.choose(chart.interval)
        text = words.range_title(chart.range)
        self.range.setText(text.replace("&", "&&"))
        self.range.setAccessibleName(f"Time range: {text}")
        if isinstance(chart, Segmentation):
            self.view.choose(chart.view)
            self.compare.choose(chart.compare[0] if chart.compare else "")
            said = advanced_title(chart)
            self.advanced.setText(said or "Advanced")
            self.advanced.setAccessibleName(f"Advanced: {said or 'nothing'}")
        self.flow.invalidate()

    def _put(self, **changes: object) -> None:
        if self.chart is not None:
            self.changed.emit(replace(self.chart, **changes))  # type: ignore[arg-type]

    def _view(self, view: str) -> None:
        self._put(view=view)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _ask_range(self) -> None:
        chart, menu = self.chart, self._menu()
        if chart is None:
            return
        for title, wanted in words.RANGES.items():
            entry = menu.addAction(title)
            entry.setCheckable(True)
            entry.setChecked(chart.range == wanted)
            entry.triggered.connect(lambda _on=False, wanted=wanted: self._choose_range(wanted))
        menu.addSeparator()
        menu.addAction("From … to …", self._ask_dates)
        menu.popup(self.range.mapToGlobal(QPoint(0, self.range.height())))

    def _choose_range(self, wanted: Range) -> None:
        interval = self.chart.interval if self.chart else "day"
        if wanted.unit == "hour" or (wanted.last == 0 and wanted.unit == "day"):
            interval = "realtime" if wanted.last == 1 else "hour"
        elif interval in ("realtime", "hour"):
            interval = "day"
        self._put(range=wanted, interval=interval)

    def _ask_dates(self) -> None:
        popup = DatesPopup(self, self._choose_range)
        popup.move(self.range.mapToGlobal(QPoint(0, self.range.height() + 2)))
        popup.show()

    def _ask_advanced(self) -> None:
        chart = self.chart
        if not isinstance(chart, Segmentation):
            return
        menu = self._menu()
        none = {"rolling_average": 0, "rolling_window": 0, "cumulative": False}

        def add(title: str, is_on: bool, changes: dict[str, object]) -> None:
            entry = menu.addAction(title)
            entry.setCheckable(True)
            entry.setChecked(is_on)
            entry.triggered.connect(lambda _on=False: self._put(**{**none, **changes}))

        add("As it is", not advanced_title(chart), {})
        add("Cumulative", chart.cumulative, {"cumulative": True})
        unit = {"realtime": "intervals"}.get(chart.interval, f"{chart.interval}s")
        for name, title in (("rolling_average", "Rolling average"),
                            ("rolling_window", "Rolling window")):  # fmt: skip
            menu.addSection(title)
            for n in ROLLING:
                add(f"{title} over {n} {unit}", getattr(chart, name) == n, {name: n})
        menu.popup(self.advanced.mapToGlobal(QPoint(0, self.advanced.height())))


def advanced_title(chart: Segmentation) -> str:
    """What is done with the numbers, in a word; empty for nothing."""
    if chart.cumulative:
        return "Cumulative"
    if chart.rolling_average:
        return f"Rolling average, {chart.rolling_average}"
    return f"Rolling window, {chart.rolling_window}" if chart.rolling_window else ""


class DatesPopup(QFrame):
    """Two calendars: from and to, both included."""

    def __init__(self, parent: QWidget, take: Callable[[Range], object]) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("floating", True)
        self.setAccessibleName("From when to when")
        self._take = take
        self.first, self.last = QCalendarWidget(), QCalendarWidget()
        sides = QHBoxLayout()
        sides.setSpacing(12)
        for title, side in (("From", self.first), ("To, included", self.last)):
            side.setAccessibleName(title)
            side.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
            _dress(side)
            column = QVBoxLayout()
            column.addWidget(label(title, "section"))
            column.addWidget(side)
            sides.addLayout(column)
        button = QPushButton("Show this time")
        button.setProperty("kind", "primary")
        button.clicked.connect(self._done)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 10, 12, 12)
        rows.addLayout(sides)
        rows.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)

    def _done(self) -> None:
        days = sorted((_day(self.first.selectedDate()), _day(self.last.selectedDate())))
        self.close()
        self._take(Range(start=days[0].isoformat(), end=days[1].isoformat()))


def _dress(calendar: QCalendarWidget) -> None:
    """In our colours: no day is redder than others, and the arrows are ours."""
    plain = calendar.weekdayTextFormat(Qt.DayOfWeek.Monday)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, plain)
    for name, icon in (("prev", "back"), ("next", "right")):
        button = calendar.findChild(QToolButton, f"qt_calendar_{name}month")
        if isinstance(button, QToolButton):
            tint(button, icon)


def _day(of: QDate) -> date:
    return date(of.year(), of.month(), of.day())
