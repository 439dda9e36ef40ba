"""
Adding a fault: what goes wrong, for whom, how often; said in words before it is added.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QSpinBox

from app.errors import BadInput
from app.hosts import parse_host
from app.ingest.faultwords import BY_KEY, CHOICES, ENDPOINTS, composed, scope, title
from ui.context import Context
from ui.pages.connect.parts import Card, beside
from ui.pages.faults.sourcebox import WIDTH, SourceBox
from ui.plain import one_line
from ui.theme import label, set_role

EVERY, FIRST, SHARE = "every", "first", "share"


class AddingCard(Card):
    """A small form.

    Signals:
        added: the text of a fault.
    """

    added = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__("Add a fault", "", "plus")
        self._context = context
        self.kind = _combo("What goes wrong", [(one.title, one.key) for one in CHOICES])
        self.number = _spin("How much", 1, 600_000)
        self.endpoint = _combo("Kind of upload", [("Every upload", "")])
        for endpoint, words in ENDPOINTS.items():
            self.endpoint.addItem(words, str(endpoint))
        self.source = SourceBox(context, "Every project", "")
        self.source.setAccessibleName("Project")
        self.source.setToolTip("Project")
        self.host = QLineEdit()
        self.host.setAccessibleName("Host")
        self.host.setPlaceholderText("any host")
        self.host.setToolTip("Only what is sent to this host, such as api2.amplitude.com")
        self.host.setFixedWidth(WIDTH)
        self.often = _combo(
            "How often", [("Every time", EVERY), ("The first …", FIRST), ("A share", SHARE)]
        )
        self.often.setFixedWidth(160)
        self.amount = _spin("How many", 1, 1_000_000)
        self.says = label("", "muted", wrap=True)
        self.button = QPushButton("Add and switch on")
        self.button.setProperty("kind", "primary")
        self.button.setToolTip("Uploads meet it from now on, until it is switched off")
        self.button.clicked.connect(self._add)
        self._lay_out()
        for combo in (self.kind, self.endpoint, self.source, self.often):
            combo.currentIndexChanged.connect(self.refresh)
        self.kind.currentIndexChanged.connect(self._show_usual)
        self.often.currentIndexChanged.connect(self._show_amount)
        for spin in (self.number, self.amount):
            spin.valueChanged.connect(self.refresh)
        self.host.textChanged.connect(self.refresh)
        context.capture.state_changed.connect(self.refresh)
        self._show_usual()
        self._show_amount()

    def fault(self) -> str:
        """The fault as it is chosen. Raises BadInput."""
        host = self.host.text().strip()
        if host and parse_host(host) is None:
            raise BadInput(f"{host!r} is not a host name.")
        often, amount = self.often.currentData(), self.amount.value()
        return composed(
            self.kind.currentData(),
            number=self.number.value(),
            percent=amount if often == SHARE else 100,
            count=amount if often == FIRST else None,
            host=parse_host(host) or "",
            source=self.source.currentData(),
            on=self.endpoint.currentData(),
        )

    def refresh(self, _what: object = None) -> None:
        """Say what would be added, or why nothing can be."""
        runs = self._context.capture.state == "listening"
        try:
            text = self.fault()
        except BadInput as error:
            self.says.setText(one_line(error.sentence))
            set_role(self.says, "bad")
            self.button.setEnabled(False)
            return
        choice = BY_KEY[self.kind.currentData()]
        words = f"{title(text)}. {scope(text)}. {choice.help}"
        self.says.setText(words if runs else f"{words} Start capture to add it.")
        set_role(self.says, "muted")
        self.button.setEnabled(runs)

    def _add(self) -> None:
        self.added.emit(self.fault())

    def _show_usual(self, _index: int = 0) -> None:
        choice = BY_KEY[self.kind.currentData()]
        self.number.setVisible(bool(choice.unit))
        self.number.setSuffix(f" {choice.unit}" if choice.unit else "")
        if choice.unit:
            self.number.setValue(choice.usual)
        is_config = choice.key.startswith("remote-config")
        self.endpoint.setEnabled(not is_config)
        if is_config:
            self.endpoint.setCurrentIndex(0)
        self.endpoint.setItemText(0, "Remote configuration" if is_config else "Every upload")
        self.refresh()

    def _show_amount(self, _index: int = 0) -> None:
        often = self.often.currentData()
        self.amount.setVisible(often != EVERY)
        self.amount.setMaximum(99 if often == SHARE else 1_000_000)
        self.amount.setSuffix(" %" if often == SHARE else "")
        self.amount.setValue(50 if often == SHARE else 1)
        self.refresh()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        lines = (
            ("What goes wrong", beside(self.kind, self.number, 1)),
            ("For", beside(self.endpoint, self.source, 1)),
            ("Sent to", beside(self.host, 1)),
            ("How often", beside(self.often, self.amount, 1)),
        )
        for at, (name, parts) in enumerate(lines):
            grid.addWidget(label(name, "small"), at, 0)
            grid.addLayout(parts, at, 1)
        grid.setColumnMinimumWidth(0, 110)
        grid.setColumnStretch(1, 1)
        self.rows.addLayout(grid)
        self.rows.addWidget(self.says)
        self.rows.addLayout(beside(self.button, 1))


def _combo(name: str, items: list[tuple[str, str]]) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    combo.setFixedWidth(WIDTH)
    for words, key in items:
        combo.addItem(words, key)
    return combo


def _spin(name: str, least: int, most: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setAccessibleName(name)
    spin.setToolTip(name)
    spin.setRange(least, most)
    spin.setFixedWidth(130)
    spin.setFixedHeight(28)
    # The style sheet's padding does not reach the line inside.
    spin.lineEdit().setTextMargins(7, 0, 7, 0)
    return spin
