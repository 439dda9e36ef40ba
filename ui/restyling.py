"""
Puts another stylesheet on everything that is there, quickly.

Qt goes through every widget that has rules, and from each of them through all that is in it: a
widget is polished once for each of those around it, which holds a window like ours for a second.
Here every widget is polished once; and what is behind another page when it is shown.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

_POLISHED = Qt.WidgetAttribute.WA_WState_Polished


def restyle(application: QApplication, sheet: str) -> None:
    """Use another stylesheet, on what can be seen at once, on other pages when they are shown.
    Needs that there was one before."""
    # Qt forgets the rules that it worked out, and with them whom to polish; so it polishes nobody.
    application.style().unpolish(application)
    application.setStyleSheet(sheet)
    for window in application.topLevelWidgets():
        _polish(window)


def _polish(widget: QWidget, *, whole: bool = False) -> None:
    """A widget and all that is in it; not `whole`: but for pages that are behind another."""
    if widget.testAttribute(_POLISHED):
        widget.style().polish(widget)
        QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))
    shown = None
    if isinstance(widget, QStackedWidget) and not whole:
        # Stacks in stacks are small, and their hidden sides may be asked for their colours.
        shown, whole = widget.currentWidget(), True
    for child in widget.children():
        if not isinstance(child, QWidget):
            continue
        if shown is None or child is shown:
            _polish(child, whole=whole)
        elif not child.findChild(_Sleeper, options=Qt.FindChildOption.FindDirectChildrenOnly):
            _Sleeper(child)


class _Sleeper(QObject):
    """Polishes a page that is behind another as soon as it is shown."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched is self._page:
            self._page.removeEventFilter(self)
            # Not later: the next change of colours must not find it any more.
            self.setParent(None)
            _polish(self._page, whole=True)
            self.deleteLater()
        return False
