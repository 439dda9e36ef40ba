"""
The faults that a person prepared: each with a switch, what it does in words, how often it did.

They are remembered, but off: what breaks uploads must never be on because it was on last week.
"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app import settings as keys
from app import wire
from app.errors import AppError, BadInput
from app.ingest.faultwords import scope, title
from ui.context import Context
from ui.pages.connect.parts import Card
from ui.plain import one_line, plural, tooltip
from ui.theme import hairline, label, tint

MOST = 100
TITLE_WIDTH = 230


class FaultsCard(Card):
    """The list. What is on is what the capture process says is on."""

    def __init__(self, context: Context) -> None:
        super().__init__("Faults", "", "warning")
        self._context = context
        self._texts = [text for text in context.settings.get(keys.FAULTS) if _is_good(text)]
        self._counts: dict[str, int] = {}
        self.rows_by_text: dict[str, FaultRow] = {}
        self.empty = label("None yet. Add one below, and it is on at once.", "muted", wrap=True)
        self.stopped = label("Start capture to switch faults on.", "muted", wrap=True)
        self.off = QPushButton("All off")
        self.off.setAccessibleName("Switch all faults off")
        self.off.setToolTip("Uploads are treated as usual again")
        self.off.clicked.connect(self.switch_all_off)
        self.head.addWidget(self.off)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.rows.addWidget(self.stopped)
        self.rows.addWidget(self.empty)
        self.rows.addLayout(self._list)
        capture = context.capture
        capture.changed.connect(self.refresh)
        capture.listening.connect(self.refresh)
        capture.state_changed.connect(self.refresh)
        capture.faults_met.connect(self._count)
        self.refresh()

    def add(self, text: str) -> None:
        """Take in a fault and switch it on."""
        if text not in self._texts:
            self._keep([text, *self._texts][:MOST])
        self.switch(text, is_on=True)
        self.refresh()

    def switch(self, text: str, *, is_on: bool) -> None:
        """Switch one of them."""
        on = [other for other in self._context.capture.faults if other != text]
        self._context.capture.set_faults([*on, text] if is_on else on)

    def switch_all_off(self) -> None:
        """Let all uploads be as usual."""
        self._context.capture.set_faults([])

    def remove(self, text: str) -> None:
        """Switch one off and forget it."""
        if text in self._context.capture.faults:
            self.switch(text, is_on=False)
        self._keep([other for other in self._texts if other != text])
        self.refresh()

    def refresh(self, _message: object = None) -> None:
        """Show what there is and what is on. Faults of the command line are shown too."""
        capture = self._context.capture
        runs = capture.state == "listening"
        on = set(capture.faults)
        shown = [*(text for text in capture.faults if text not in self._texts), *self._texts]
        if list(self.rows_by_text) != shown:
            self._fill(shown)
        for text, row in self.rows_by_text.items():
            row.show_state(is_on=text in on, can_switch=runs, count=self._counts.get(text, 0))
        self.off.setEnabled(bool(on))
        self.empty.setVisible(not shown)
        self.stopped.setVisible(bool(shown) and not runs)

    def _count(self, message: wire.FaultsMet) -> None:
        self._counts |= dict(zip(message.faults, message.counts, strict=False))
        self.refresh()

    def _fill(self, texts: list[str]) -> None:
        for row in self.rows_by_text.values():
            self._list.removeWidget(row)
            row.deleteLater()
        self.rows_by_text = {}
        for text in texts:
            row = FaultRow(text)
            row.switch.clicked.connect(lambda is_on, text=text: self.switch(text, is_on=is_on))
            row.remove.clicked.connect(lambda _checked=False, text=text: self.remove(text))
            self.rows_by_text[text] = row
            self._list.addWidget(row)

    def _keep(self, texts: list[str]) -> None:
        self._texts = texts
        try:
            self._context.settings.set(keys.FAULTS, texts)
        except AppError as error:
            self._context.notifications.warn(error.sentence)


class FaultRow(QWidget):
    """One fault: its switch, its words, its count, and a way to be rid of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        what, whom = title(text), scope(text)
        # An ampersand would underline the letter behind it.
        self.switch = QCheckBox(what.replace("&", "&&"))
        self.switch.setAccessibleName(f"{what}, {whom}")
        self.switch.setToolTip(tooltip(f"On or off. On the command line: --fault {text}"))
        self.switch.setMinimumWidth(TITLE_WIDTH)
        self.whom = label(one_line(whom, 120), "muted")
        self.count = label("", "small")
        self.remove = QPushButton()
        self.remove.setProperty("kind", "plain")
        self.remove.setAccessibleName(f"Remove: {what}")
        self.remove.setToolTip("Remove this fault")
        self.remove.setFixedWidth(28)
        tint(self.remove, "close")
        row = QHBoxLayout()
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        row.addWidget(self.switch)
        row.addWidget(self.whom, 1)
        row.addWidget(self.count)
        row.addWidget(self.remove)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(hairline())
        rows.addLayout(row)

    def show_state(self, *, is_on: bool, can_switch: bool, count: int) -> None:
        """Show whether it is on and how often it met an upload."""
        self.switch.setChecked(is_on)
        self.switch.setEnabled(can_switch)
        met = f"met {plural(count, 'request')}" if count else "has met none yet" if is_on else ""
        self.count.setText(met)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _is_good(text: str) -> bool:
    try:
        title(text)
    except BadInput:
        return False
    return True
