"""
The certificate card: our authority's certificate, and a real check that it works.
"""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from app import wire
from app.certificate import Certificate, read
from app.errors import AppError
from app.probe import Probe, probe
from ui.captureprocess import CaptureProcess
from ui.jobs import Jobs
from ui.pages.connect.parts import Card, CopyButton, value
from ui.theme import label, set_role


class TrustCard(Card):
    """Path, fingerprint and expiry; "it works" loads a page through the proxy."""

    def __init__(self, capture: CaptureProcess, jobs: Jobs) -> None:
        super().__init__("Certificate", icon="shield")
        self._capture = capture
        self._jobs = jobs
        self._certificate: Certificate | None = None
        self.path = value()
        self.fingerprint = value()
        self.expires = label()
        self.check = QPushButton("Check that it works")
        self.check.setAccessibleName("Check that it works")
        self.check.setToolTip("Loads a page of our own through the proxy, over TLS")
        self.result = label("", "muted", wrap=True)
        self.tries = label("", "muted", wrap=True)
        self._lay_out()
        self.check.clicked.connect(self.run_check)
        capture.listening.connect(self._begin)
        capture.state_changed.connect(self._show_state)
        self._show_state(capture.state)
        if capture.info:
            self._begin(capture.info)

    def run_check(self) -> None:
        """Load the probe page through the proxy, trusting our authority alone."""
        info = self._capture.info
        if info is None:
            return
        proxy, authority = info.proxy, Path(info.certificate)
        self.check.setEnabled(False)
        self._say("Checking…", "muted")
        self._jobs.run(self, lambda: probe(proxy, authority), "probe").then(self._show_result)

    def _begin(self, info: wire.Listening) -> None:
        path = Path(info.certificate)
        self._jobs.run(self, lambda: read(path), "certificate").then(self._show_certificate).catch(
            self._show_unreadable
        )
        self.run_check()

    def _show_certificate(self, found: Certificate) -> None:
        self._certificate = found
        self.facts.show()
        self.path.setText(_shortened(str(found.path)))
        self.path.setToolTip(str(found.path))
        self.fingerprint.setText(_shortened(found.sha256, 47))
        self.fingerprint.setToolTip(found.sha256)
        is_over = found.is_expired()
        days = (found.expires - datetime.now(UTC)).days
        words = "expired" if is_over else f"in {days} days" if days < 60 else ""
        date = f"{found.expires.astimezone():%d %B %Y}".lstrip("0")
        self.expires.setText(f"{date} ({words})" if words else date)
        set_role(self.expires, "bad" if is_over else "warning" if words else "")

    def _show_unreadable(self, error: AppError) -> None:
        self.facts.hide()
        self._say(str(error), "bad")

    def _show_result(self, found: Probe) -> None:
        self.check.setEnabled(self._capture.info is not None)
        if self._capture.info is None:
            return
        if found.is_good:
            now = datetime.now().astimezone()
            self._say(f"✓ It works. {found.sentence} Checked at {now:%H:%M:%S}.", "good")
        else:
            self._say(f"✕ {found.sentence}", "bad", found.tries)

    def _show_state(self, state: str) -> None:
        self.check.setEnabled(state == "listening")
        if state != "listening":
            self._jobs.drop(self, "probe")
            self._say("Start capture to check that apps can trust it.", "muted")

    def _say(self, sentence: str, role: str, tries: tuple[str, ...] = ()) -> None:
        self.result.setText(sentence)
        set_role(self.result, role)
        self.tries.setText("What to try:\n" + "\n".join(f"•  {text}" for text in tries))
        self.tries.setVisible(bool(tries))

    def _whole_path(self) -> str:
        return str(self._certificate.path) if self._certificate else ""

    def _whole_fingerprint(self) -> str:
        return self._certificate.sha256 if self._certificate else ""

    def _lay_out(self) -> None:
        self.head.addWidget(self.check)
        self.facts = QWidget()
        self.facts.hide()
        grid = QGridLayout(self.facts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        rows = (
            ("File", self.path, CopyButton("the certificate's path", self._whole_path, text=False)),
            (
                "SHA-256",
                self.fingerprint,
                CopyButton("the fingerprint", self._whole_fingerprint, text=False),
            ),
            ("Valid until", self.expires, None),
        )
        for number, (name, shown, copy) in enumerate(rows):
            grid.addWidget(label(name, "small"), number, 0)
            shown.setAccessibleName(name)
            grid.addWidget(shown, number, 1)
            if copy:
                grid.addWidget(copy, number, 2)
        outcome = QVBoxLayout()
        outcome.setSpacing(4)
        outcome.addWidget(self.result)
        outcome.addWidget(self.tries)
        self.rows.addWidget(self.facts)
        self.rows.addLayout(outcome)
        self.rows.addStretch(1)


def _shortened(text: str, longest: int = 52) -> str:
    """The beginning and end of a long path, which tell most."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
