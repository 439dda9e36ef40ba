"""
The legend of a chart: a switch for each series, with its number.
"""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from ui.charts.data import Series
from ui.charts.flow import FlowLayout
from ui.charts.swatch import colour_of, paint_square, paint_symbol
from ui.plain import one_line, tooltip
from ui.theme import small_font, tokens

SWATCH, DASHED = 9, 26
GAP = 5
PAD = 4
HEIGHT = 20
MOST_ROWS = 2
NARROWEST = 120
LONG = 40
SHORT = 12
"""Letters of a name where there is little room."""


def short_names(names: Sequence[str], longest: int) -> list[str]:
    """Names of at most so many letters. Where cutting them at the end would make several alike,
    what they begin with is left out; where that does not help, all but how they end."""
    alike: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        alike.setdefault(one_line(name, longest), []).append(name)
    short: dict[str, str] = {}
    for cut, whole in alike.items():
        short |= {whole[0]: cut} if len(whole) == 1 else _told_apart(whole, longest)
    return [short[name] for name in names]


def _told_apart(names: Sequence[str], longest: int) -> dict[str, str]:
    one, other = min(names), max(names)
    pairs = enumerate(zip(one, other, strict=False))
    same = next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
    # From the beginning of a word on.
    begin = one.rfind(" ", 0, same) + 1 or same
    found = {name: "…" + one_line(name[begin:], longest) for name in names}
    if len(set(found.values())) < len(names):
        found = {name: "…" + one_line(name[-longest:], longest) for name in names}
    return found


class LegendButton(QAbstractButton):
    """A series: its colour, its name, a number. Checked while it is shown.

    Signals:
        renaming: another name is wanted: F2, or the menu that says so.
    """

    renaming = Signal(str)

    def __init__(
        self, series: Series, *, can_be_renamed: bool = False, is_filled: bool = False
    ) -> None:
        """`is_filled` tells whether it is drawn as bars or an area, and not as a line."""
        super().__init__()
        self.is_filled = is_filled
        self.key = series.key
        self._colour = series.colour
        self._series = series
        self._number = ""
        self._swatch = DASHED if series.is_dashed else SWATCH
        self.setCheckable(True)
        self.setChecked(True)
        self.setFont(small_font())
        self._name = one_line(series.title, LONG)
        self._short = one_line(series.title, SHORT)
        self.setText(self._name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.can_be_renamed = can_be_renamed
        keys = "Space, rename: F2" if can_be_renamed else "Space"
        self.setToolTip(tooltip(f"{series.title}: show or hide  ({keys})"))
        self.show_number(series.total)

    def show_number(self, value: float) -> None:
        """The total, or the value under the cursor."""
        text = self._series.said(value)
        if text != self._number:
            self._number = text
            self.setAccessibleName(f"{self._name}: {text}")
            self.updateGeometry()
            self.update()

    def call(self, name: str, short: str) -> None:
        """Its name beside those of others, and the one for little room, which is a number such as
        a status if it begins so."""
        first = name.partition(" ")[0]
        self._name, self._short = name, first if first.isdigit() else short
        self.setAccessibleName(f"{name}: {self._number}")

    def shorten(self, wanted: bool) -> None:
        """Say as little as tells series apart, or all."""
        self.setText(self._short if wanted else self._name)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(f"{self.text()}  {self._number}")
        return QSize(2 * PAD + self._swatch + GAP + width + 2, HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_F2:
            self.renaming.emit(self.key)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.can_be_renamed:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Rename in the legend…  (F2)", lambda: self.renaming.emit(self.key))
            menu.popup(event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        self._paint_swatch(painter)
        metrics = self.fontMetrics()
        left = PAD + self._swatch + GAP
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(QColor(colours.muted))
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), middle, self.text())
        left += metrics.horizontalAdvance(self.text() + "  ")
        painter.setPen(QColor(colours.text if self.isChecked() else colours.muted))
        painter.drawText(self.rect().adjusted(left, 0, 0, 0), middle, self._number)

    def _paint_swatch(self, painter: QPainter) -> None:
        swatch = QRectF(PAD, (HEIGHT - SWATCH) / 2, SWATCH, SWATCH)
        colour = colour_of(self._colour)
        if self._series.is_dashed:
            # As the line is drawn, and long enough to see how it is dashed.
            style = Qt.PenStyle.DashDotDotLine if self._series.is_dotted else Qt.PenStyle.DashLine
            painter.setPen(QPen(colour, 2, style))
            middle_y = swatch.center().y()
            painter.drawLine(QPointF(PAD, middle_y), QPointF(PAD + self._swatch, middle_y))
        elif self.is_filled and self.isChecked():
            paint_square(painter, swatch, self._colour)
        else:
            paint_symbol(painter, swatch, self._colour, filled=self.isChecked())


class Legend(QWidget):
    """All switches of a chart, in rows as far as there is room.

    Signals:
        switched: the keys of the series that are hidden now (a frozenset).
        renaming: the key of a series that is to be called otherwise.
    """

    switched = Signal(object)
    renaming = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, LegendButton] = {}
        self.can_be_renamed = False
        """Whether somebody takes other names."""
        self.is_filled = False
        """Whether series are drawn as bars or areas, and not as lines."""
        self.setAccessibleName("Series")
        self._shape: tuple[tuple[str, str, int, str], ...] = ()
        self._flow = FlowLayout(self, 6, 0)
        # Whatever the numbers are: the chart must not change its width with them.
        self.setMinimumWidth(NARROWEST)

    @property
    def hidden(self) -> frozenset[str]:
        """The keys of series that are switched off."""
        return frozenset(key for key, one in self.buttons.items() if not one.isChecked())

    def show_series(self, series: Sequence[Series]) -> None:
        """Switches for these; what was hidden stays so."""
        shape = tuple(
            (one.key, one.title, one.colour, one.unit + str(one.is_dashed + one.is_dotted))
            for one in series
        )
        if shape != self._shape:
            self._shape = shape
            self._rebuild(series)
        for one in series:
            self.buttons[one.key].show_number(one.total)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        """Short names rather than many rows."""
        for wanted in (False, True):
            for button in self.buttons.values():
                button.shorten(wanted)
            self._flow.invalidate()
            if self._flow.heightForWidth(self.width()) <= MOST_ROWS * HEIGHT:
                break

    def show_values(self, values: dict[str, float]) -> None:
        """Numbers by series."""
        for key, value in values.items():
            if key in self.buttons:
                self.buttons[key].show_number(value)

    def _rename(self, key: str) -> None:
        if self.can_be_renamed:
            self.renaming.emit(key)

    def _rebuild(self, series: Sequence[Series]) -> None:
        hidden = self.hidden
        for button in self.buttons.values():
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for one in series:
            button = LegendButton(one, can_be_renamed=self.can_be_renamed, is_filled=self.is_filled)
            button.renaming.connect(self._rename)
            button.setChecked(one.key not in hidden)
            button.toggled.connect(lambda _on: self.switched.emit(self.hidden))
            self._flow.addWidget(button)
            # Now and not later: what is not shown yet has no size to fit by.
            button.show()
            self.buttons[one.key] = button
        titles = [one.title for one in series]
        names = zip(short_names(titles, LONG), short_names(titles, SHORT), strict=True)
        for button, (name, short) in zip(self.buttons.values(), names, strict=True):
            button.call(name, short)
