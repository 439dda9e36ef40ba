"""
The bar above a chart: how it is drawn, over which time, compared with what.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.query.calendar import Range
from app.query.definition import AnyChart, Axis, Funnel, Journeys, Segmentation
from ui.charts.flow import FlowLayout
from ui.pages.explore import words
from ui.pages.explore.axispopup import AxisPopup
from ui.pages.explore.comparing import ComparePopup
from ui.pages.explore.pieces import Chooser
from ui.pages.explore.ranges import RangePopup
from ui.plain import one_line
from ui.theme import tint

HEIGHT = 28
ROLLING = (2, 3, 7, 14, 28)
RELATIVE = {"": "# Absolute", "yes": "% Relative"}
SHAPES = {"count": "Counts", "share": "Share (PDF)", "running": "Running share (CDF)"}


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
        self.relative = Chooser(
            "relative", RELATIVE, "", "As numbers, or as parts of the whole",
            lambda key: self._put(relative=bool(key)),
        )  # fmt: skip
        self.shape = Chooser(
            "shape", SHAPES, "count", "What the columns show", lambda key: self._put(shape=key)
        )
        self.compare = self._button("Compare with an earlier time, or two")
        self.compare.clicked.connect(self._ask_compare)
        self.advanced = self._button("Rolling average, rolling window, cumulative; axes")
        self.advanced.clicked.connect(self._ask_advanced)
        self.notes = self._button("Annotations and releases: add, change, remove")
        self.notes.setText("Notes")
        self.notes.setAccessibleName("Annotations and releases")
        made = QHBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        self.flow = FlowLayout(holder, 6, 4)
        for part in (
            self.view, self.relative, self.shape, self.interval, self.range, self.compare,
            self.advanced, self.notes,
        ):  # fmt: skip
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
            compared = words.compared_title(chart.compare)
            self.compare.setText(compared or "Compare to…")
            self.compare.setAccessibleName(f"Compared: {compared or 'nothing'}")
            self._show_relative(chart)
            said = advanced_title(chart)
            self.advanced.setText(said or "Advanced")
            self.advanced.setAccessibleName(f"Advanced: {said or 'nothing'}")
        is_binned = has_bins(chart)
        self.shape.setVisible(is_binned)
        if is_binned and not isinstance(chart, Journeys):
            self.shape.choose(chart.shape)
        self.relative.setVisible(is_segmentation and not is_binned and _is_parted(chart))
        self.flow.invalidate()

    def _show_relative(self, chart: Segmentation) -> None:
        """Parts of people of several events are no parts of a whole: somebody may be in all."""
        overlap = chart.view == "area" and chart.measure == "uniques" and len(chart.events) > 1
        self.relative.setEnabled(not overlap)
        self.relative.setToolTip(
            "People of several events overlap: measure it with a formula instead"
            if overlap
            else "As numbers, or as parts of the whole"
        )
        self.relative.choose("yes" if chart.relative and not overlap else "")

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
        menu.addAction("Another time…", self.ask_another_range)
        menu.popup(self.range.mapToGlobal(QPoint(0, self.range.height())))

    def _choose_range(self, wanted: Range) -> None:
        interval = self.chart.interval if self.chart else "day"
        if wanted.unit == "hour" or (wanted.last == 0 and wanted.unit == "day"):
            interval = "realtime" if wanted.last == 1 else "hour"
        elif interval in ("realtime", "hour"):
            interval = "day"
        self._put(range=wanted, interval=interval)

    def ask_another_range(self) -> None:
        """Choose any time."""
        chart = self.chart
        if chart is None:
            return
        compared = isinstance(chart, Segmentation) and chart.compare
        counted = not isinstance(chart, Journeys) and chart.interval != "realtime"
        popup = RangePopup(self, chart.range, self._choose_range, weekdays=counted and not compared)
        popup.open_at(self.range.mapToGlobal(QPoint(0, self.range.height() + 2)))

    def _ask_compare(self) -> None:
        chart = self.chart
        if not isinstance(chart, Segmentation):
            return
        menu = self._menu()
        nothing = menu.addAction("Nothing", lambda: self._put(compare=()))
        nothing.setCheckable(True)
        nothing.setChecked(not chart.compare)
        menu.addSeparator()
        for key, title in words.SHIFTS.items():
            entry = menu.addAction(title)
            entry.setCheckable(True)
            entry.setChecked(key in chart.compare)
            entry.triggered.connect(lambda on, key=key: self._compare(key, on=on))
        for key in chart.compare:
            if key not in words.SHIFTS:
                entry = menu.addAction(f"vs {words.shift_title(key)}")
                entry.setCheckable(True)
                entry.setChecked(True)
                entry.triggered.connect(lambda on, key=key: self._compare(key, on=on))
        menu.addAction("Another period…", self._ask_period)
        if chart.range.without:
            said = menu.addAction("Not while days of the week are left out")
            for entry in menu.actions():
                entry.setEnabled(False)
            said.setEnabled(False)
        menu.popup(self.compare.mapToGlobal(QPoint(0, self.compare.height())))

    def _ask_period(self) -> None:
        popup = ComparePopup(self, lambda period: self._compare(period, on=True))
        popup.open_at(self.compare.mapToGlobal(QPoint(0, self.compare.height() + 2)))

    def _compare(self, key: str, *, on: bool) -> None:
        chart = self.chart
        if isinstance(chart, Segmentation):
            rest = tuple(one for one in chart.compare if one != key)
            self._put(compare=(*rest[-1:], key) if on else rest)

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
        if chart.view == "line" and len(chart.events) > 1:
            self._add_axes(menu, chart)
        menu.addSeparator()
        axis = menu.addAction("Axis: limits and unit…", self.ask_axis)
        axis.setCheckable(True)
        axis.setChecked(chart.axis != Axis())
        menu.popup(self.advanced.mapToGlobal(QPoint(0, self.advanced.height())))

    def ask_axis(self) -> None:
        """Choose where the axis of numbers begins and ends, and its unit."""
        chart = self.chart
        if isinstance(chart, Segmentation):
            limited = chart.view in ("line", "area")
            popup = AxisPopup(
                self, chart.axis, lambda axis: self._put(axis=axis), is_limited=limited
            )
            popup.open_at(self.advanced.mapToGlobal(QPoint(0, self.advanced.height() + 2)))

    def _add_axes(self, menu: QMenu, chart: Segmentation) -> None:
        """Which events (or formulas) the axis at the right is for."""
        menu.addSection("Second axis, at the right")
        titles = [one.title() for one in chart.events]
        if chart.measure == "formula":
            titles = [one.strip() for one in chart.formula.split(";") if one.strip()]
        for at, title in enumerate(titles):
            entry = menu.addAction(one_line(title, 60).replace("&", "&&"))
            entry.setCheckable(True)
            entry.setChecked(at in chart.right)
            rest = tuple(one for one in chart.right if one != at)
            entry.triggered.connect(
                lambda on, at=at, rest=rest: self._put(
                    right=tuple(sorted((*rest, at))) if on else rest
                )
            )


def has_bins(chart: AnyChart) -> bool:
    """Whether it is drawn as a histogram."""
    if isinstance(chart, Segmentation):
        return chart.view == "bar" and chart.measure in ("frequency", "distribution")
    return isinstance(chart, Funnel) and chart.show in ("time_to_convert", "frequency")


def _is_parted(chart: AnyChart) -> bool:
    return isinstance(chart, Segmentation) and chart.view in ("area", "bar", "stacked_bar")


def advanced_title(chart: Segmentation) -> str:
    """What is done with the numbers, in a word; empty for nothing."""
    if chart.cumulative:
        return "Cumulative"
    if chart.rolling_average:
        return f"Rolling average, {chart.rolling_average}"
    return f"Rolling window, {chart.rolling_window}" if chart.rolling_window else ""
