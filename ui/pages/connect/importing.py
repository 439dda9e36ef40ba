"""
The import card: a file that was captured elsewhere, read into the workspace.
"""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton

from app import wire
from ui.captureprocess import CaptureProcess
from ui.pages.connect.parts import Card, beside
from ui.plain import one_line, plural
from ui.theme import label, set_role

FILTER = "Captured traffic (*.har *.json *.ndjson *.jsonl *.gz);;All files (*)"


class ImportCard(Card):
    """Choose a file or drop one on the page; the result is told here."""

    def __init__(self, capture: CaptureProcess) -> None:
        super().__init__(
            "Import a file",
            "HAR, an HTTP V2 body, or events as NDJSON. Or drop files on this page.",
            "import",
        )
        self._capture = capture
        self._dialog: QFileDialog | None = None
        self._waiting: set[str] = set()
        self.choose = QPushButton("Choose files…")
        self.choose.setAccessibleName("Choose files to import")
        self.result = label("", "muted", wrap=True)
        self.result.hide()
        self.rows.addLayout(beside(self.choose, 1))
        self.rows.addWidget(self.result)
        self.choose.clicked.connect(self.show_dialog)
        capture.imported.connect(self._show_result)
        capture.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """The capture process reads files, so it has to run."""
        is_ready = self._capture.state == "listening"
        self.choose.setEnabled(is_ready)
        self.choose.setToolTip("" if is_ready else "Start capture first")
        if not is_ready and self._waiting:
            self._waiting.clear()
            self._say("Capture stopped before the import ended.", "bad")

    def show_dialog(self) -> None:
        """Ask for files, without holding anything up."""
        if self._dialog is None:
            self._dialog = QFileDialog(self, "Import files", "", FILTER)
            self._dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
            self._dialog.filesSelected.connect(self.read_files)
        self._dialog.open()

    def read_files(self, paths: list[str]) -> None:
        """Have these files read."""
        for path in paths:
            if self._capture.send(wire.Import(str(Path(path).absolute()))):
                self._waiting.add(str(Path(path).absolute()))
                self._say(f"Reading {one_line(Path(path).name, 80)}…", "muted")
            else:
                self._say("Start capture first; it reads the files.", "bad")

    def _show_result(self, message: wire.Imported) -> None:
        self._waiting.discard(message.path)
        name = one_line(Path(message.path).name, 80)
        found = f"{plural(message.events, 'event')} in {plural(message.uploads, 'upload')}"
        if message.problem:
            before = f" {found} were read." if message.uploads else ""
            self._say(f"{name}: {message.problem}{before}", "bad")
        else:
            self._say(f"✓ {name}: {found}.", "good")

    def _say(self, sentence: str, role: str) -> None:
        self.result.setText(sentence)
        set_role(self.result, role)
        self.result.show()
