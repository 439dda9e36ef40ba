"""
What a person calls the projects that sent something: a line for each, in Settings.

Names are kept with what was captured, so the capture process writes them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app import wire
from app.model import LONGEST_NAME
from ui.context import Context
from ui.plain import local_time, one_line, tooltip
from ui.theme import label, mono_font, set_role

if TYPE_CHECKING:
    from app.store.events import Source

MOST = 40
HEIGHT = 28
NOBODY = "Projects are listed here as soon as they send something."
STOPPED = "Names are kept by the capture process: start capture on Connect first."


class ProjectNames(QWidget):
    """An API key and a name, for each project."""

    def __init__(self, context: Context, width: int) -> None:
        super().__init__()
        self._context = context
        self._width = width
        self._shown: tuple[Source, ...] = ()
        self.lines: dict[str, QLineEdit] = {}
        self.note = label("", "small", wrap=True)
        self.rows = QGridLayout()
        self.rows.setHorizontalSpacing(24)
        self.rows.setVerticalSpacing(8)
        self.rows.setColumnStretch(0, 1)
        both = QVBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        both.addLayout(self.rows)
        both.addWidget(self.note)
        context.feed.changed.connect(self.look)
        context.capture.state_changed.connect(lambda _state: self._say_state())
        self._say_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Bring the list up to date, unless a person is writing in it."""
        if not self.isVisible() or any(line.hasFocus() for line in self.lines.values()):
            return
        nothing: list[Source] = []
        found = tuple(self._context.store.ask(lambda store: store.events.sources(), nothing))
        if found != self._shown:
            self._shown = found
            self._fill()
        self._say_state()

    def _fill(self) -> None:
        while part := self.rows.takeAt(0):
            if widget := part.widget():
                widget.deleteLater()
        self.lines = {}
        for at, one in enumerate(self._shown[:MOST]):
            self.rows.addWidget(self._key(one), at, 0)
            self.rows.addWidget(self._line(one), at, 1)

    def _key(self, one: Source) -> QLabel:
        key = label(one_line(one.api_key, 48) or "(no API key)")
        key.setFont(mono_font())
        key.setToolTip(tooltip(f"{one.api_key}\nFirst seen {local_time(one.first_seen_ms)}"))
        return key

    def _line(self, one: Source) -> QLineEdit:
        line = QLineEdit(one.name)
        line.setMaxLength(LONGEST_NAME)
        line.setFixedSize(QSize(self._width, HEIGHT))
        line.setPlaceholderText("such as Shop (web)")
        line.setAccessibleName(f"Name of project {one_line(one.api_key, 48)}")
        line.setToolTip("How this project is called on every page; empty for its key")
        line.setEnabled(bool(one.api_key))
        line.editingFinished.connect(partial(self._name, one, line))
        self.lines[one.api_key] = line
        return line

    def _name(self, one: Source, line: QLineEdit) -> None:
        name = line.text().strip()
        now = {source.api_key: source.name for source in self._shown}
        if name == now.get(one.api_key, ""):
            return
        if not self._context.capture.send(wire.NameProject(one.api_key, name)):
            line.setText(now.get(one.api_key, ""))
            self._say(STOPPED, "bad")
            return
        line.setText(name)
        self._shown = tuple(
            source._replace(name=name) if source.api_key == one.api_key else source
            for source in self._shown
        )

    def _say_state(self) -> None:
        more = len(self._shown) - MOST
        if not self._shown:
            self._say(NOBODY)
        elif self._context.capture.state != "listening":
            self._say(STOPPED)
        else:
            self._say(f"{more:,} more are not listed." if more > 0 else "")

    def _say(self, sentence: str, role: str = "small") -> None:
        self.note.setText(sentence)
        set_role(self.note, role)
        self.note.setVisible(bool(sentence))
        self.note.setAlignment(Qt.AlignmentFlag.AlignLeft)
