"""
Labeling in a person's own browser: which sites, and what to do there.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app import settings as keys
from app import wire
from app.agentwords import Outside
from app.errors import AppError
from app.hosts import parse_host
from ui.context import Context
from ui.pages.label.remote import RemoteAgent
from ui.plain import one_line
from ui.theme import label, mono_font, set_role

WIDTH = 520
STEPS = (
    "1.  Name the sites below, one a line. Their pages get a small script of Eventscope through "
    "the proxy; every other page, and everything that is no page, stays as it is to the byte.",
    "2.  Open the site in a browser that goes through Eventscope (Connect starts one), or reload "
    "it there.",
    "3.  Switch to Label above, and click in that browser.",
)


class OwnBrowser(QWidget):
    """Signals: `left` when a person wants to do it another way."""

    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.agent = RemoteAgent(context.capture, self)
        self.agent.pages_changed.connect(self._show_state)
        self.agent.outside.connect(self._show_outside)
        context.capture.state_changed.connect(self._show_state)
        self.sites = QPlainTextEdit()
        self.sites.setProperty("field", True)
        self.sites.setAccessibleName("Sites to label, one a line")
        self.sites.setPlaceholderText("shop.example.com\nlocalhost:3000")
        self.sites.setFont(mono_font())
        self.sites.setFixedHeight(76)
        self.sites.setTabChangesFocus(True)
        self.use = QPushButton("Use these sites")
        self.use.setProperty("kind", "primary")
        self.use.clicked.connect(self.choose)
        self.leave = QPushButton("Back")
        self.leave.clicked.connect(self._leave)
        self.state = label("", "strong", wrap=True)
        self._lay_out()

    def begin(self) -> None:
        """Show the sites that were chosen before."""
        self.sites.setPlainText("\n".join(self._context.settings.get(keys.LABELED)))
        self.sites.setFocus()
        self._show_state()

    def choose(self) -> None:
        """Bring the agent to these sites, and to no others."""
        lines = [one.strip() for one in self.sites.toPlainText().splitlines() if one.strip()]
        hosts = [parse_host(one) for one in lines]
        wrong = next((line for line, host in zip(lines, hosts, strict=True) if not host), None)
        if wrong is not None:
            self._say(f"“{one_line(wrong, 80)}” is no site. Write it like shop.example.com.", "bad")
            return
        found = [host for host in hosts if host]
        try:
            self._context.settings.set(keys.LABELED, found)
        except AppError as error:
            self._say(error.sentence, "bad")
            return
        self._context.capture.send(wire.SetLabeled(found))
        self.sites.setPlainText("\n".join(found))
        self._show_state()

    def _leave(self) -> None:
        """Other pages are none of ours any more."""
        self._context.capture.send(wire.SetLabeled([]))
        self.left.emit()

    def _show_state(self, _what: object = None) -> None:
        if self._context.capture.state != "listening":
            self._say("Capture is not running. Start it on Connect.", "warning")
        elif not self._context.settings.get(keys.LABELED):
            self._say("", "muted")
        elif self.agent.is_there:
            self._say(f"{one_line(self.agent.host, 80)} is open in your browser.", "good")
        else:
            self._say(
                "Waiting for a page of these sites. Reload one that is open already.", "muted"
            )

    def _show_outside(self, host: str, page: Outside) -> None:
        if page.is_sandboxed:
            self._say(
                f"A page of {one_line(host, 80)} keeps scripts such as ours out (its "
                "Content-Security-Policy has “sandbox”). The built-in browser can label it: go "
                "back, and open it there.",
                "warning",
            )
            return
        why = "its service worker kept it" if page.has_worker else "it was open before"
        self._say(
            f"A page of {one_line(host, 80)} is open that cannot be labeled yet: {why}. "
            "Hold Shift and reload it.",
            "warning",
        )

    def _say(self, text: str, role: str) -> None:
        self.state.setText(text)
        set_role(self.state, role)

    def _lay_out(self) -> None:
        body = QWidget()
        body.setFixedWidth(WIDTH)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(10)
        rows.addWidget(label("Label in your own browser", "title"))
        for step in STEPS:
            rows.addWidget(label(step, "muted", wrap=True))
        rows.addWidget(self.sites)
        buttons = QHBoxLayout()
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        buttons.addWidget(self.use)
        rows.addLayout(buttons)
        rows.addWidget(self.state)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(body)
        row.addStretch(1)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addLayout(row)
        whole.addStretch(3)
