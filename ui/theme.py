"""
How everything looks: colours, sizes, fonts and icons, in one place.

Fusion with our palette and one stylesheet made from `Tokens`. Light and dark follow the system or
the setting, and switch while the window is open: the stylesheet and palette change by themselves,
icons set with `tint` are drawn again, and what paints itself asks `tokens()` each time.

`Qt`, the namespace of all of Qt's lists of words, is imported where it is used, here and in what
else makes the window's frame: it takes as long as a tenth of the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QRectF, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QLabel, QWidget

from resources import path
from ui.style import stylesheet
from ui.tokens import DARK, LIGHT, Tokens

if TYPE_CHECKING:
    from PySide6.QtCore import Qt

BASE_PX = 13
SMALL_PX = 11
ROW = 24
RAIL = 56

_ICON = "iconName"
_ROLE = "iconRole"


def tokens() -> Tokens:
    """The colours in use now. Cheap enough to ask in every paint."""
    return DARK if is_dark(QGuiApplication.palette()) else LIGHT


def is_dark(palette: QPalette) -> bool:
    """Whether a palette is one with light text on a dark ground."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def make_application(argv: Sequence[str]) -> QApplication:
    """The QApplication, in the style that everything is made for."""
    # Said as an argument: to set it later costs as much as a tenth of the window.
    return QApplication([*argv[:1], "-style", "Fusion", *argv[1:]])


class Theme(QObject):
    """Applies the chosen appearance and follows the system when told to.

    Signals:
        changed: other colours are in use now.
    """

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._applied: Tokens | None = None
        application.setFont(base_font())
        application.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._apply()

    def choose(self, choice: str) -> None:
        """Use `light`, `dark`, or what the `system` uses."""
        self._choice = choice
        self._apply()

    def _follow_system(self, _scheme: Qt.ColorScheme) -> None:
        self._apply()

    def _apply(self) -> None:
        chosen = self._tokens()
        if chosen is self._applied:
            return
        is_first = self._applied is None
        self._applied = chosen
        self._application.setPalette(palette(chosen))
        if is_first:
            self._application.setStyleSheet(stylesheet(chosen))
        else:
            # Imported here: nothing is to be styled anew at the start.
            from ui.restyling import restyle

            restyle(self._application, stylesheet(chosen))
        _retint()
        self.changed.emit()

    def _tokens(self) -> Tokens:
        if self._choice == "system":
            if self._applied is None:
                # Still the system's own palette.
                return tokens()
            from PySide6.QtCore import Qt

            scheme = self._application.styleHints().colorScheme()
            return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        return DARK if self._choice == "dark" else LIGHT


def palette(colours: Tokens) -> QPalette:
    """A Fusion palette of our colours."""
    role = QPalette.ColorRole
    pairs = {
        role.Window: colours.ground,
        role.WindowText: colours.text,
        role.Base: colours.surface,
        role.AlternateBase: colours.ground,
        role.Text: colours.text,
        role.PlaceholderText: colours.muted,
        role.Button: colours.surface,
        role.ButtonText: colours.text,
        role.BrightText: colours.bad,
        role.Highlight: colours.selected,
        role.HighlightedText: colours.text,
        role.Accent: colours.accent,
        role.Link: colours.accent,
        role.LinkVisited: colours.accent,
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.Light: colours.raised,
        role.Midlight: colours.line,
        role.Mid: colours.line,
        role.Dark: colours.line,
        role.Shadow: colours.line,
    }
    result = QPalette()
    for key, colour in pairs.items():
        result.setColor(key, QColor(colour))
    faint = QColor(colours.faint)
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, faint)
    return result


def base_font() -> QFont:
    """The system's UI font at our size."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPixelSize(BASE_PX)
    return font


def small_font() -> QFont:
    """For secondary text."""
    font = base_font()
    font.setPixelSize(SMALL_PX)
    return font


def mono_font(pixels: int = 12) -> QFont:
    """For values, ids and code."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(pixels)
    return font


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label that never reads its text as markup. Roles: see `ui.style`."""
    from PySide6.QtCore import Qt

    result = QLabel()
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setText(text)
    result.setWordWrap(wrap)
    if role:
        result.setProperty("role", role)
    return result


def hairline() -> QFrame:
    """A line between two areas."""
    line = QFrame()
    line.setProperty("line", True)
    line.setFixedHeight(1)
    return line


def vertical_hairline() -> QFrame:
    """A line between two areas side by side."""
    line = QFrame()
    line.setProperty("line", True)
    line.setFixedWidth(1)
    return line


def set_role(widget: QWidget, role: str) -> None:
    """Change the style role of a widget that is already shown."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def show_use(button: QAbstractButton, *, is_used: bool) -> None:
    """Whether it leaves anything out now, so that nobody wonders why so little is shown."""
    if button.property("used") != is_used:
        button.setProperty("used", is_used)
        button.style().unpolish(button)
        button.style().polish(button)


def tint(target: QAbstractButton | QAction, name: str, role: str = "muted") -> None:
    """Give a button or action an icon that keeps to the colours in use. `role` is the name of a
    colour in `Tokens`."""
    target.setProperty(_ICON, name)
    target.setProperty(_ROLE, role)
    target.setIcon(icon(name, role, is_switch=target.isCheckable()))


def icon(name: str, role: str = "muted", *, is_switch: bool = False) -> QIcon:
    """An icon in the colours in use now; that of a switch shows when it is on."""
    colours = tokens()
    result = QIcon()
    looks = [(QIcon.State.Off, getattr(colours, role))]
    if is_switch:
        looks.append((QIcon.State.On, colours.accent))
    # Drawn only for the screens that are there: icons are most of what a window draws at start.
    scales = {max(1, round(screen.devicePixelRatio())) for screen in QGuiApplication.screens()}
    for state, colour in looks:
        for size in (16, 20):
            for scale in scales:
                result.addPixmap(pixmap(name, colour, size, scale), QIcon.Mode.Normal, state)
    return result


@lru_cache(maxsize=512)
def pixmap(name: str, colour: str, size: int, scale: int = 1) -> QPixmap:
    """One icon from `resources/icons` in one colour, `size` logical pixels wide."""
    drawn = QPixmap(size * scale, size * scale)
    drawn.fill(QColor(0, 0, 0, 0))
    painter = QPainter(drawn)
    _renderer(name, colour).render(painter, QRectF(0, 0, size * scale, size * scale))
    painter.end()
    drawn.setDevicePixelRatio(scale)
    return drawn


@lru_cache(maxsize=16)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return path(f"icons/{name}.svg").read_text("utf-8")


def _retint() -> None:
    """Draw every icon again that was set with `tint`."""
    targets: list[QObject] = []
    for widget in QApplication.allWidgets():
        targets.extend((widget, *widget.actions()))
    for target in targets:
        name = target.property(_ICON)
        if name and isinstance(target, QAbstractButton | QAction):
            tint(target, name, target.property(_ROLE))
