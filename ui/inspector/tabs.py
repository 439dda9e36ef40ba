"""
The tabs of a panel, which never scroll: a tab that is out of sight is not there. With little
room long names become short ones, and then there is less between them.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QTabBar

SHORT = {"User at that time": "User"}
WIDEST_GAP = 24
SMALLEST_GAP = 10
"""Between two names."""


class PanelTabs(QTabBar):
    """Names as wide as they are, with as much between them as there is room for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._names: list[str] = []
        self._counts: dict[int, int] = {}
        self._gap = WIDEST_GAP
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName(name)

    def add(self, name: str) -> None:
        """One more tab."""
        self._names.append(name)
        at = self.addTab(name)
        self.setTabToolTip(at, name)

    def count_on(self, tab: int, count: int) -> None:
        """Say how many there are of what a tab shows."""
        self._counts[tab] = count
        self.fit()

    def show_only(self, tab: int, *, is_shown: bool) -> None:
        """Show or hide a tab that is not always there."""
        self.setTabVisible(tab, is_shown)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def fit(self) -> None:
        """Use the names and the gap that fit."""
        shown = [at for at in range(self.count()) if self.isTabVisible(at)]
        room = self.width() // max(1, len(shown))
        for names in (self._names, [SHORT.get(name, name) for name in self._names]):
            texts = [self._counted(at, name) for at, name in enumerate(names)]
            measure = QFontMetrics(self.font()).horizontalAdvance
            taken = sum(measure(texts[at]) for at in shown)
            room = (self.width() - taken) // max(1, len(shown))
            if room >= WIDEST_GAP:
                break
        for at, text in enumerate(texts):
            if self.tabText(at) != text:
                self.setTabText(at, text)
        gap = max(SMALLEST_GAP, min(WIDEST_GAP, room))
        if gap != self._gap:
            self._gap = gap
            side = gap // 2
            self.setStyleSheet(
                f"QTabBar::tab {{ padding-left: 2px; padding-right: 2px;"
                f" margin: 0 {max(1, side - 2)}px; }}"
            )

    def _counted(self, tab: int, name: str) -> str:
        count = self._counts.get(tab, 0)
        return f"{name}  {count:,}" if count else name
