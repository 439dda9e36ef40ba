"""
A chart with its title, its legend, and what is under the cursor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.charts.data import ChartData, Point, as_csv
from ui.charts.legend import Legend
from ui.charts.pointmenu import PointAction, PointMenu
from ui.charts.saving import ask_where
from ui.charts.ticks import full_text, span_text
from ui.elided import ElidedLabel
from ui.plain import clipboard, one_line
from ui.theme import label, tint

if TYPE_CHECKING:
    from ui.charts.plot import TimePlot

LEAST_HEIGHT = 90


class Chart(QWidget):
    """One chart. What a person does with a point is given as `actions`.

    Signals:
        picked: a Point was clicked, or chosen with Enter; its menu opens as well.
        brushed: from when to when a range was drawn, in milliseconds; None when it is gone.
        told: a sentence for the person.
    """

    picked = Signal(object)
    brushed = Signal(object)
    told = Signal(str)

    def __init__(
        self,
        title: str,
        kind: str = "bars",
        actions: Callable[[Point], Sequence[PointAction]] = lambda _point: (),
        nothing: str = "Nothing in this time",
    ) -> None:
        super().__init__()
        # Imported here: with numpy it takes longer than a window does.
        from ui.charts.plot import TimePlot

        self.setProperty("surface", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.plot: TimePlot = TimePlot(kind)
        self._title = title
        self._actions = actions
        self.legend = Legend()
        self.legend.is_filled = kind != "lines"
        self.title = label(title, "strong")
        self.total = label("", "muted")
        self.when = ElidedLabel("small")
        self.when.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.nothing = label(nothing, "muted")
        self.nothing.setParent(self.plot)
        self.nothing.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.more = QToolButton()
        tint(self.more, "more")
        self.more.setIconSize(QSize(16, 16))
        self.more.setToolTip("Copy or save this chart as picture or CSV")
        self.more.setAccessibleName(f"{title}: copy or save")
        self.more.clicked.connect(self._show_more)
        self.plot.setAccessibleName(f"{title}, chart")
        self.plot.setMinimumHeight(LEAST_HEIGHT)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.plot.setToolTip("")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.total)
        # Cut where there is no room: the chart must not change its width under the mouse.
        head.addWidget(self.when, 1)
        head.addWidget(self.more)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 6)
        rows.setSpacing(2)
        rows.addLayout(head)
        rows.addWidget(self.legend)
        rows.addWidget(self.plot, 1)

    def _connect(self) -> None:
        self.legend.switched.connect(lambda hidden: self.plot.show_data(self.data, hidden))
        self.plot.pointed.connect(self._show_pointed)
        self.plot.picked.connect(self._pick)
        self.plot.asked.connect(self._ask)
        self.plot.brushed.connect(self._brush)

    @property
    def data(self) -> ChartData:
        """What is shown."""
        return self.plot.data

    def show_data(self, data: ChartData) -> None:
        """Show this; series that were switched off stay off."""
        self.legend.show_series(data.series)
        self.plot.show_data(data, self.legend.hidden)
        whole = sum(one.total for one in data.series)
        self.total.setText(full_text(whole) if data.head is None else data.head)
        self.nothing.setVisible(not any(one.total > 0 or one.total < 0 for one in data.series))
        self._place_nothing()

    def show_zone(self, zone: tzinfo | None) -> None:
        """Times in this zone; None is that of the person."""
        self.plot.show_zone(zone)

    def show_brush(self, span: tuple[int, int] | None) -> None:
        """Mark a range of time, from and to in milliseconds."""
        if span is None or not self.data.count:
            self.plot.show_brush(None)
        else:
            first, last = self.data.bin_of(span[0]), self.data.bin_of(span[1] - 1)
            self.plot.show_brush((first, last))

    def picture(self) -> QPixmap:
        """The chart as it looks, without its button."""
        self.more.hide()
        found = self.grab()
        self.more.show()
        return found

    def copy_picture(self) -> None:
        """The chart as a picture to the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.picture())
        self.told.emit(f"{self._title}: copied as a picture.")

    def copy_csv(self) -> None:
        """The numbers as CSV to the clipboard."""
        QGuiApplication.clipboard().setText(clipboard(as_csv(self.data)))
        self.told.emit(f"{self._title}: copied as CSV.")

    def save_picture(self, path: Path) -> None:
        """The chart as a PNG file."""
        good = self.picture().save(str(path), "PNG")
        self._tell_saved(path, "" if good else "the file cannot be written")

    def save_csv(self, path: Path) -> None:
        """The numbers as a CSV file."""
        try:
            path.write_text(as_csv(self.data), "utf-8", newline="")
        except OSError as error:
            self._tell_saved(path, error.strerror or str(error))
        else:
            self._tell_saved(path, "")

    def _tell_saved(self, path: Path, problem: str) -> None:
        name = one_line(path.name, 80)
        if problem:
            self.told.emit(f"{name} was not saved: {problem}.")
        else:
            self.told.emit(f"{self._title}: saved as {name}.")

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._place_nothing()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_C:
            self.copy_csv()
        else:
            super().keyPressEvent(event)

    def describe(self, point: Point) -> str:
        """A point in words."""
        one = self.data.one(point.series)
        when = span_text(point.start_ms, point.end_ms, self.plot.zone)
        said = one.said(point.value) if one else full_text(point.value)
        return f"{one.title if one else ''}: {said}, {when}"

    def _place_nothing(self) -> None:
        self.nothing.adjustSize()
        area = self.plot.rect()
        self.nothing.move(
            area.center().x() - self.nothing.width() // 2,
            area.center().y() - self.nothing.height(),
        )

    def _show_pointed(self, at: int | None) -> None:
        data = self.data
        if at is None or at >= data.count:
            self.when.show_text("")
            self.legend.show_values({one.key: one.total for one in data.series})
            return
        start, end = data.edges[at], data.edges[at + 1]
        is_open = data.partial is not None and at >= data.partial
        text = span_text(start, end, self.plot.zone)
        happened = "".join(f"  ·  {one_line(one.title, 60)}" for one in data.marks_of(at))
        self.when.show_text((f"{text}, not over yet" if is_open else text) + happened)
        self.legend.show_values({one.key: one.values[at] for one in data.series})
        point = self.plot.point(at, self.plot.series_at)
        if point is not None:
            self.plot.setAccessibleDescription(self.describe(point))

    def _pick(self, point: Point, where: QPoint) -> None:
        self.picked.emit(point)
        self._ask(point, where)

    def _ask(self, point: Point, where: QPoint) -> None:
        actions = self._actions(point)
        if actions:
            PointMenu(self, point, self.describe(point), actions).open_at(where)

    def _brush(self, bins: tuple[int, int] | None) -> None:
        if bins is None:
            self.brushed.emit(None)
        else:
            first, last = bins
            self.brushed.emit((self.data.edges[first], self.data.edges[last + 1]))

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy as picture", self.copy_picture)
        menu.addAction("Copy as CSV", self.copy_csv)
        menu.addSeparator()
        menu.addAction("Save as picture…", self._ask_picture)
        menu.addAction("Save as CSV…", self._ask_csv)
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _ask_picture(self) -> None:
        name = f"{self._title}.png"
        ask_where(self, "Save as picture", name, "Pictures (*.png)", self.save_picture)

    def _ask_csv(self) -> None:
        ask_where(self, "Save as CSV", f"{self._title}.csv", "CSV (*.csv)", self.save_csv)
