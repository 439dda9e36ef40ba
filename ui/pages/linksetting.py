"""
The row of the settings that makes this program open `eventscope://` links.

It is a fact about the desktop and not a setting of ours, so it is asked for each time it is shown.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from app import linkhandler
from app.errors import AppError
from ui.jobs import Jobs
from ui.theme import label, set_role

TITLE = "Open eventscope:// links with this program"
HELP = (
    "A link to an event is copied from the inspector. With this on, clicking it anywhere on this"
    " machine shows the event; it works while its workspace is open here."
)


class LinkSetting(QWidget):
    """A switch, what it means, and what stood in the way."""

    def __init__(self, jobs: Jobs, width: int) -> None:
        super().__init__()
        self._jobs = jobs
        self.box = QCheckBox("On")
        self.box.setFixedWidth(width)
        self.box.setAccessibleName(TITLE)
        self.box.setAccessibleDescription(HELP)
        self.box.setToolTip(HELP)
        self.box.clicked.connect(self._use)
        self.problem = label("", "small", wrap=True)
        self.problem.hide()
        top = Qt.AlignmentFlag.AlignTop
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        grid.addWidget(label(TITLE), 0, 0)
        grid.addWidget(label(HELP, "small", wrap=True), 1, 0, top)
        grid.addWidget(self.box, 0, 1, 2, 1, top)
        grid.addWidget(self.problem, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(1, 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Others register too."""
        super().showEvent(event)
        self._look()

    def _look(self) -> None:
        reason = linkhandler.why_not()
        self.box.setEnabled(not reason)
        self.box.setChecked(not reason and linkhandler.is_registered())
        self._say(reason, "small")

    def _use(self, wanted: bool) -> None:
        # Tools of the desktop take their time.
        self.box.setEnabled(False)
        run = linkhandler.register if wanted else linkhandler.unregister
        self._jobs.run(self, run, "links").then(lambda _nothing: self._look()).catch(self._fail)

    def _fail(self, error: AppError) -> None:
        self._look()
        self._say(str(error), "bad")

    def _say(self, text: str, role: str) -> None:
        set_role(self.problem, role)
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
