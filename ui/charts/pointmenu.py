"""
What can be done with a point of a chart: the same small menu on every page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from ui.charts.data import Point
from ui.plain import one_line
from ui.theme import tint


@dataclass(frozen=True, slots=True)
class PointAction:
    """One thing to do with a point."""

    title: str
    run: Callable[[Point], object]
    icon: str = ""
    is_enabled: Callable[[Point], bool] | None = None
    children: tuple["PointAction", ...] = ()
    """Entries of a menu of its own; `run` is then not asked for."""


class PointMenu(QMenu):
    """Opens beside a point; says what the point is, then what can be done with it. Goes by itself
    when it is left."""

    def __init__(
        self, parent: QWidget, point: Point, said: str, actions: Sequence[PointAction]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(said)
        head = self.addAction(one_line(said, 70).replace("&", "&&"))
        head.setEnabled(False)
        self.addSeparator()
        for action in actions:
            _add(self, action, point)

    def open_at(self, at: QPoint) -> None:
        """Open it with its corner at a place on the screen; the first action is chosen."""
        self.popup(at)
        enabled = [entry for entry in self.actions() if entry.isEnabled() and entry.text()]
        if enabled:
            self.setActiveAction(enabled[0])


def _add(menu: QMenu, action: PointAction, point: Point) -> None:
    title = action.title.replace("&", "&&")
    if action.children:
        inner = menu.addMenu(title)
        if action.icon:
            tint(inner.menuAction(), action.icon)
        for one in action.children:
            _add(inner, one, point)
        return
    entry = menu.addAction(title)
    if action.icon:
        tint(entry, action.icon)
    entry.setEnabled(action.is_enabled is None or action.is_enabled(point))
    entry.triggered.connect(lambda _checked=False, run=action.run: run(point))
