"""
Sending an event again, or a new one: edited as JSON, to local ingestion or on to Amplitude.

It goes through the endpoint of the running capture, so it is captured like any other. Where it ends
is chosen here, whatever happens to other uploads: local ingestion answers it at once; for Amplitude
the project is named and confirmed first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.copying import as_json
from app.delivery import Delivery
from app.errors import AppError, BadInput
from app.sending import TEMPLATE, Answer, body_of, events_of, send
from ui.context import Context
from ui.inspector.eventcompletion import EventEditor
from ui.pages.confirm import ConfirmBar
from ui.pages.problems.reading import breakable
from ui.plain import lines, one_line, plural
from ui.theme import label, mono_font, set_role

if TYPE_CHECKING:
    from app.store.events import EventDetail, Source

MOST_SHOWN = 500_000
MOST_EDITED = 50
"""Events whose edited text is kept while others are looked at."""
TARGETS = (
    (Delivery.LOCAL, "Local ingestion", "Eventscope answers it; nothing leaves this machine."),
    (Delivery.FORWARD, "Amplitude", "It reaches the project, after a question."),
)


class SendView(QWidget):
    """The editor, the project, and what came back."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._event: int | None = None
        self._is_composing = False
        self._draft = self._captured = ""
        self._edited: dict[int, str] = {}
        self._is_sending = False
        self.text = EventEditor(context.jobs)
        self.text.setProperty("field", True)
        self.text.setFont(mono_font())
        self.text.setAccessibleName("Event to send, as JSON")
        self.key = QLineEdit()
        self.key.setAccessibleName("API key of the project")
        self.key.setPlaceholderText("API key")
        self.key.setFont(mono_font())
        self.new_id = QCheckBox("New insert ID, so that it is no duplicate")
        self.new_id.setChecked(True)
        self.to = QComboBox()
        self.to.setAccessibleName("Where to send it")
        for target, title, _ in TARGETS:
            self.to.addItem(title, target)
        self.to.currentIndexChanged.connect(lambda _at: self._show_where())
        self.where = label("", "muted", wrap=True)
        self.send = QPushButton("Send")
        self.send.setProperty("kind", "primary")
        self.send.setToolTip("Send this to the endpoint of the running capture")
        self.send.clicked.connect(self.start)
        self.again = QPushButton("As captured")
        self.again.setProperty("kind", "quiet")
        self.again.setToolTip("Take back what was edited")
        self.again.clicked.connect(self._show_captured)
        self.again.hide()
        self.text.document().modificationChanged.connect(self._offer_captured)
        self.confirm = ConfirmBar(is_narrow=True)
        self.confirm.no.setText("Cancel")
        self.answer = label("", "muted", wrap=True)
        self._lay_out()
        self._show_where()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 12, 16, 12)
        rows.setSpacing(8)
        rows.addWidget(self.text, 1)
        project = QHBoxLayout()
        project.addWidget(label("Project", "muted"))
        project.addWidget(self.key, 1)
        rows.addLayout(project)
        rows.addWidget(self.new_id)
        target = QHBoxLayout()
        target.addWidget(label("To", "muted"))
        target.addWidget(self.to)
        target.addWidget(self.where, 1)
        rows.addLayout(target)
        last = QHBoxLayout()
        last.addWidget(self.send)
        last.addWidget(self.again)
        last.addStretch(1)
        rows.addLayout(last)
        rows.addWidget(self.confirm)
        rows.addWidget(self.answer)

    def show_detail(self, detail: EventDetail | None) -> None:
        """Offer this event. What somebody edited stays while its event stays."""
        if detail is None or detail.row.id == self._event:
            return
        self._keep_draft()
        self._event = detail.row.id
        text = self._captured = as_json(detail.event)
        self.text.setPlainText(lines(text) if len(text) <= MOST_SHOWN else "")
        if self._event in self._edited:
            self.text.setPlainText(self._edited.pop(self._event))
            self.text.document().setModified(True)
        if len(text) > MOST_SHOWN:
            self._say("This event is too large to be edited here.", "warning")
        else:
            self._say("", "muted")
        self.key.setText(detail.upload.api_key or "")
        self.confirm.hide()

    def show_events(self, details: Sequence[EventDetail]) -> None:
        """Offer several events, of one project, as a list. An upload has one project."""
        if not details:
            self._say("These events are no longer stored.", "warning")
            return
        self._keep_draft()
        self._event = None
        key = details[0].upload.api_key or ""
        mine = [one for one in details if (one.upload.api_key or "") == key]
        text = json.dumps([one.event.raw for one in mine], indent=2, ensure_ascii=False)
        is_small = len(text) <= MOST_SHOWN
        self.text.setPlainText(lines(text) if is_small else "")
        self.key.setText(key)
        self.confirm.hide()
        left = len(details) - len(mine)
        if not is_small:
            self._say("These events are too large to be edited here. Select fewer.", "warning")
        elif left:
            self._say(f"{plural(left, 'event')} of other projects left out.", "warning")
        else:
            self._say("", "muted")

    def compose(self) -> None:
        """Offer a new event, or the one that was being written."""
        if not self._is_composing:
            self._keep_draft()
            self._is_composing = True
            self._event = None
            self.text.setPlainText(self._draft or json.dumps(TEMPLATE, indent=2))
            if not self.key.text().strip():
                self.key.setText(self._newest_key())
            self.new_id.setChecked(True)
            self.confirm.hide()
            self._say("", "muted")
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        found = self.text.document().find(f'"{TEMPLATE["event_type"]}"')
        if not found.isNull():
            # So that typing begins with what is to be another.
            found.setPosition(found.selectionStart() + 1)
            found.movePosition(
                QTextCursor.MoveOperation.Right,
                QTextCursor.MoveMode.KeepAnchor,
                len(TEMPLATE["event_type"]),
            )
            self.text.setTextCursor(found)

    def _keep_draft(self) -> None:
        """What a person wrote is there again when they come back to it."""
        if self._is_composing:
            self._is_composing = False
            self._draft = self.text.toPlainText()
        elif self._event is not None and self.text.document().isModified():
            self._edited[self._event] = self.text.toPlainText()
            for event in list(self._edited)[:-MOST_EDITED]:
                del self._edited[event]

    def _show_captured(self) -> None:
        """The event as it was captured; undoing brings back what was written."""
        cursor = QTextCursor(self.text.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(lines(self._captured))
        self.text.document().setModified(False)
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _newest_key(self) -> str:
        nothing: list[Source] = []
        sources = self._context.store.ask(lambda store: store.events.sources(), nothing)
        return sources[-1].api_key if sources else ""

    def start(self) -> None:
        """Send it, after a question when it would leave this machine."""
        try:
            events = events_of(self.text.toPlainText())
            body = body_of(events, self.key.text(), new_ids=self.new_id.isChecked())
        except BadInput as error:
            self._say(error.sentence, "bad")
            return
        if self._context.capture.state != "listening" or self._context.capture.info is None:
            self._say("Start capturing first: it receives what is sent from here.", "bad")
            return
        if self._is_sending:
            return
        if self._target is Delivery.FORWARD:
            count = plural(len(events), "event")
            self.confirm.ask(
                f"Send {count} to Amplitude, project {self._project()}?",
                "Send to Amplitude",
                lambda: self._send(body, Delivery.FORWARD),
            )
        else:
            self._send(body, Delivery.LOCAL)

    @property
    def _target(self) -> Delivery:
        return TARGETS[self.to.currentIndex()][0]

    def _send(self, body: bytes, to: Delivery) -> None:
        capture = self._context.capture
        if capture.info is None:
            self._say("Start capturing first: it receives what is sent from here.", "bad")
            return
        endpoint, word = capture.info.endpoint, capture.hand
        # Not disabled, which would take the keyboard away from it.
        self._is_sending = True
        self._say("Sending…", "muted")
        self._context.jobs.run(self, lambda: send(endpoint, body, word, to), "send").then(
            self._show_answer
        ).catch(self._fail)

    def _show_answer(self, answer: Answer) -> None:
        self._is_sending = False
        tone = "good" if answer.status == 200 else "bad"
        text = one_line(answer.text, 400)
        self._say(f"{answer.status} after {answer.milliseconds} ms: {text}", tone)

    def _fail(self, error: AppError) -> None:
        self._is_sending = False
        self._say(error.sentence, "bad")

    def _say(self, text: str, tone: str) -> None:
        self.answer.setText(breakable(text))
        set_role(self.answer, tone)

    def _project(self) -> str:
        key = self.key.text().strip()
        nothing: list[Source] = []
        sources = self._context.store.ask(lambda store: store.events.sources(), nothing)
        name = next((one.name for one in sources if one.api_key == key), "")
        short = f"{key[:4]}…{key[-4:]}" if len(key) > 12 else key
        return one_line(f"{name} ({short})" if name else short, 80)

    def _offer_captured(self, is_edited: bool) -> None:
        self.again.setVisible(is_edited and self._event is not None)

    def _show_where(self) -> None:
        """What the choice means; a question that was about another one is not asked any more."""
        self.where.setText(TARGETS[self.to.currentIndex()][2])
        self.confirm.leave()
