"""
Return presses the button that has the focus, as Space does. Qt does so in dialogs only.

A key that a button has no use for goes up to its window, which asks here; nobody else is watched.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def pressed_by_return(window: QWidget, event: QKeyEvent) -> bool:
    """Press the button of `window` that has the focus, if this key does that."""
    button = window.focusWidget()
    if event.key() not in _RETURN or event.modifiers() not in _PLAIN:
        return False
    if not isinstance(button, QAbstractButton) or not button.isEnabled():
        return False
    if not event.isAutoRepeat():
        button.click()
    return True
