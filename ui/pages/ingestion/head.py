"""
The head of the Ingestion page: the time frame, and which requests are meant.
"""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.store.report import Frame, Scope
from app.store.report.scope import Choices
from ui.pages.ingestion.choice import Choice, ChoiceButton
from ui.pages.ingestion.state import FRAME_WORDS
from ui.theme import label


class Head(QWidget):
    """Title, time frame, choices.

    Signals:
        frame_chosen: a Frame.
        scope_chosen: a Scope.
        zone_chosen: whether times are to be in UTC.
    """

    frame_chosen = Signal(object)
    scope_chosen = Signal(object)
    zone_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.counts = label("", "muted")
        self.behind = label("", "warning")
        self.frames: dict[Frame, QPushButton] = {}
        self.endpoints = ChoiceButton("endpoint", "endpoints", "Choose endpoints")
        self.projects = ChoiceButton("project", "projects", "Choose projects")
        self.sdks = ChoiceButton("SDK", "SDKs", "Choose SDK versions")
        self.hosts = ChoiceButton("host", "hosts", "Choose hosts")
        self.utc = QPushButton("UTC")
        self.utc.setCheckable(True)
        self.utc.setProperty("kind", "quiet")
        self.utc.setToolTip("Show times in UTC instead of local time")
        self.utc.setAccessibleName("Times in UTC")
        self.clear = QPushButton("Clear")
        self.clear.setProperty("kind", "quiet")
        self.clear.setToolTip("All endpoints, projects, SDKs and hosts")
        self._lay_out()
        self.utc.toggled.connect(self.zone_chosen)
        self.clear.clicked.connect(self.clear_scope)
        for button in self._choices():
            button.changed.connect(self._tell_scope)
        self._show_clear()

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(4)
        first.addWidget(label("Ingestion", "title"))
        first.addSpacing(8)
        first.addWidget(self.counts)
        first.addSpacing(8)
        first.addWidget(self.behind)
        first.addStretch(1)
        group = QButtonGroup(self)
        for frame, (word, sentence) in FRAME_WORDS.items():
            button = QPushButton(word)
            button.setCheckable(True)
            button.setProperty("kind", "quiet")
            button.setToolTip(f"Show {sentence}")
            button.setAccessibleName(f"Time frame: {sentence}")
            button.clicked.connect(lambda _on=False, frame=frame: self.frame_chosen.emit(frame))
            group.addButton(button)
            first.addWidget(button)
            self.frames[frame] = button
        self._group = group
        first.addSpacing(8)
        first.addWidget(self.utc)
        second = QHBoxLayout()
        second.setSpacing(8)
        for choice in self._choices():
            second.addWidget(choice)
        second.addWidget(self.clear)
        second.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 10, 12, 10)
        rows.setSpacing(8)
        rows.addLayout(first)
        rows.addLayout(second)

    def show_frame(self, frame: Frame | None) -> None:
        """Press the button of this frame; None while a person looks at a range of their own."""
        self._group.setExclusive(False)
        for one, button in self.frames.items():
            button.setChecked(one is frame)
        self._group.setExclusive(frame is not None)

    def show_choices(self, choices: Choices, names: Mapping[int, str]) -> None:
        """What can be chosen."""
        self.endpoints.show_choices([Choice(one, one) for one in choices.endpoints])
        projects = [
            Choice(str(one), names.get(one, "") if one else "No API key") for one in choices.sources
        ]
        self.projects.show_choices(projects)
        self.sdks.show_choices([Choice(one, one) for one in choices.sdks])
        self.hosts.show_choices([Choice(one, one) for one in choices.hosts])

    def clear_scope(self) -> None:
        """Everything is meant again."""
        for button in self._choices():
            button.blockSignals(True)
            button.choose(frozenset())
            button.blockSignals(False)
        self._tell_scope()

    def _choices(self) -> tuple[ChoiceButton, ...]:
        return self.endpoints, self.projects, self.sdks, self.hosts

    def _tell_scope(self) -> None:
        self._show_clear()
        sources = frozenset(int(one) for one in self.projects.chosen)
        self.scope_chosen.emit(
            Scope(self.endpoints.chosen, sources, self.sdks.chosen, self.hosts.chosen)
        )

    def _show_clear(self) -> None:
        self.clear.setVisible(any(button.chosen for button in self._choices()))
