"""
The switch between projects: each by its name and the ends of its API key.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from ui.plain import one_line, short_key
from ui.theme import show_use, tint

ALL = "All projects"


class ProjectSwitch(QToolButton):
    """Which project is shown. `names` gives what a table calls each, by source id; it is the same
    dictionary for good.

    Signals:
        chosen: another project is wanted now, or all of them.
        naming: a person wants to give projects names.
    """

    chosen = Signal()
    naming = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.source: int | None = None
        self.names: dict[int, str] = {}
        self._sources: tuple[tuple[int, str, str], ...] = ()
        frame(self, ALL, "Show one project or all of them")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.list = QMenu(self)
        self.list.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setMenu(self.list)
        self.list.aboutToShow.connect(self.fill)

    def take(self, sources: tuple[tuple[int, str, str], ...]) -> bool:
        """These projects are known now (id, API key, name); whether that is news."""
        if not sources or sources == self._sources:
            return False
        self._sources = sources
        self.names.clear()
        self.names.update((one, name or short_key(key)) for one, key, name in sources)
        return True

    def choose(self, source: int | None) -> None:
        """Show one project, or all of them."""
        self.show_chosen(source)
        self.chosen.emit()

    def show_chosen(self, source: int | None) -> None:
        """The same without telling anybody."""
        self.source = source
        name = ALL if source is None else self.names[source]
        self.setText(one_line(name, 28).replace("&", "&&"))
        self.setAccessibleName(f"Project: {one_line(name)}")
        show_use(self, is_used=source is not None)

    @property
    def name(self) -> str:
        """The name of the project that is shown; empty for all."""
        return self.names.get(self.source or 0, "")

    def named(self, source: int) -> str:
        """How a filter names a project: by its name, where no other one has it, or by its key."""
        names = [name for _, _, name in self._sources]
        key, name = next((key, name) for one, key, name in self._sources if one == source)
        return name if name and names.count(name) == 1 else key

    def fill(self) -> None:
        """Bring the menu up to date."""
        self.list.clear()
        for source, name in ((None, ALL), *self._titles()):
            entry = self.list.addAction(one_line(name, 60).replace("&", "&&"))
            entry.setCheckable(True)
            entry.setChecked(source == self.source)
            entry.triggered.connect(lambda _checked=False, source=source: self.choose(source))
        self.list.addSeparator()
        self.list.addAction("Name projects…", self.naming.emit)

    def _titles(self) -> list[tuple[int, str]]:
        return [
            (one, f"{name}  ·  {short_key(key)}" if name else short_key(key))
            for one, key, name in self._sources
        ]


def frame(button: QToolButton, text: str, tip: str) -> None:
    """Make it one of the framed buttons beside the filter, with an arrow after its text."""
    button.setProperty("framed", True)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(16, 16))
    button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    tint(button, "down")
