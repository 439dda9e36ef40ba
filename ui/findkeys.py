"""
The keys that lead to the search of a page: the same everywhere, and told where the search is.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget

from ui.actions import shown

KEYS = ("Ctrl+F", "/")


def find_with_keys(page: QWidget, line: QLineEdit, tip: str) -> None:
    """Have the keys lead to `line` while `page` has the keyboard. What was typed there is selected:
    typing on begins anew."""

    def go() -> None:
        line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        line.selectAll()

    for keys in KEYS:
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(keys), page, go, context=inside)
    line.setToolTip(f"{tip}  ({', '.join(shown(keys) for keys in KEYS)})")
