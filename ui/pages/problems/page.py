"""
Problems: findings of the rules in one tab, uploads that could not be understood in another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from ui.context import Context
from ui.pages.problems.findings import FindingsView
from ui.pages.problems.uploads import UploadsView
from ui.plain import number
from ui.theme import hairline, label

if TYPE_CHECKING:
    from ui.pages.problems.reading import Loaded

_FINDINGS, _UPLOADS = range(2)


class ProblemsPage(QWidget):
    """Both lists, one at a time.

    Signals:
        event_asked: a person wants to see this event (its id).
        filter_asked: a person wants to see all events that this filter text fits.
    """

    event_asked = Signal(object)
    filter_asked = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.findings = FindingsView(context)
        self.uploads = UploadsView(context)
        self.summary = label("", "muted")
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Kinds of problems")
        self.tabs.addTab("Findings")
        self.tabs.addTab("Uploads not understood")
        self.tabs.setTabToolTip(_FINDINGS, "What rules found in events and requests")
        self.tabs.setTabToolTip(_UPLOADS, "Uploads that could not be read, with their bytes")
        self._lay_out()
        self.setFocusProxy(self.findings.list)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.findings.loaded.connect(self._show_counts)
        self.findings.event_asked.connect(self.event_asked)
        self.findings.filter_asked.connect(self.filter_asked)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(16, 12, 16, 6)
        head.setSpacing(2)
        head.addWidget(label("Problems", "title"))
        head.addWidget(self.summary)
        tabs = QVBoxLayout()
        tabs.setContentsMargins(4, 0, 8, 0)
        tabs.addWidget(self.tabs)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.findings)
        self.stack.addWidget(self.uploads)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(head)
        rows.addLayout(tabs)
        rows.addWidget(hairline())
        rows.addWidget(self.stack, 1)

    def _show_counts(self, found: Loaded) -> None:
        self.summary.setText(found.summary)
        findings = len(found.findings) - found.muted
        self.tabs.setTabText(_FINDINGS, _counted("Findings", findings))
        self.tabs.setTabText(_UPLOADS, _counted("Uploads not understood", found.uploads))


def _counted(title: str, count: int) -> str:
    return f"{title}  {number(count)}" if count else title
