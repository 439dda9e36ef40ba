"""
A small field for a number; the arrow keys and the wheel change it, too.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox

HEIGHT, INSIDE = 28, 6


def _is_letter(event: QEvent) -> bool:
    """Whether a key asks to be typed that is no part of a number: it may be a shortcut."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    return Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z


class _Whole(QSpinBox):
    def event(self, event: QEvent) -> bool:
        return False if _is_letter(event) else super().event(event)


class _Amount(QDoubleSpinBox):
    def event(self, event: QEvent) -> bool:
        return False if _is_letter(event) else super().event(event)


def number_box(
    place: str, what: str, limits: tuple[int, int], value: int,
    take: Callable[[int], object] | None = None,
) -> QSpinBox:  # fmt: skip
    """For whole numbers between the limits; `take` gets what was typed once it is finished."""
    box: QSpinBox = _Whole()
    box.setRange(*limits)
    box.setValue(value)
    if take is not None:
        box.valueChanged.connect(take)
    return _finished(box, place, what)


def amount_box(
    place: str, what: str, most: float, value: float, take: Callable[[float], object]
) -> QDoubleSpinBox:
    """The same for amounts, down to minus the most."""
    box: QDoubleSpinBox = _Amount()
    box.setRange(-most, most)
    box.setValue(value)
    box.valueChanged.connect(take)
    return _finished(box, place, what)


def _finished[T: (QSpinBox, QDoubleSpinBox)](box: T, place: str, what: str) -> T:
    box.setObjectName(place)
    box.setAccessibleName(what)
    box.setToolTip(what)
    box.setKeyboardTracking(False)
    box.setFixedHeight(HEIGHT)
    indent(box)
    return box


def indent(box: QAbstractSpinBox) -> None:
    """Keep the text away from the edge: the style's padding does not reach it."""
    box.lineEdit().setTextMargins(INSIDE, 0, 0, 0)
