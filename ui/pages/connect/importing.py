"""
The import card: a file that was captured elsewhere, read into the workspace.
"""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QPushButton, QWidget

from app import wire
from ui.actions import shown
from ui.captureprocess import CaptureProcess
from ui.pages.connect.parts import Card, beside
from ui.plain import one_line, plural
from ui.theme import label, set_role

FILTER = (
    "Captured traffic (*.har *.json *.ndjson *.jsonl *.gz *.zip *.flow *.flows *.mitm);;"
    "All files (*)"
)
MOST_TOLD = 5
"""Files that could not be read, each with its reason."""


class ImportCard(Card):
    """Choose a file or drop one on the page; the result is told here."""

    def __init__(self, capture: CaptureProcess) -> None:
        super().__init__(
            "Import a file",
            "HAR, HTTP V2 bodies, events as NDJSON, Amplitude's export, mitmproxy flows, or what"
            " Eventscope exported. Or drop files on this page.",
            "import",
        )
        self._capture = capture
        self._dialog: QFileDialog | None = None
        self._waiting: dict[str, wire.Importing | None] = {}
        self._ended: list[wire.Imported] = []
        self.choose = QPushButton("Choose files…")
        self.choose.setAccessibleName("Choose files to import")
        self.result = label("", "muted", wrap=True)
        self.result.hide()
        self.rows.addLayout(beside(self.choose, 1))
        self.rows.addWidget(self.result)
        self.rows.addWidget(self._progress())
        self.choose.clicked.connect(self.show_dialog)
        capture.imported.connect(self._show_result)
        capture.importing.connect(self._show_progress)
        capture.state_changed.connect(self.refresh)
        self.refresh()

    def _progress(self) -> QWidget:
        """How far it is, and a way to stop it."""
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName("How much of the files was read")
        self.stop = QPushButton("Cancel")
        self.stop.setToolTip("Stop reading; what was read until then stays")
        self.stop.setAccessibleName("Stop the import")
        self.stop.clicked.connect(self.cancel)
        self.reading = QWidget()
        row = QHBoxLayout(self.reading)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        self.reading.hide()
        return self.reading

    def refresh(self) -> None:
        """The capture process reads files, so it has to run."""
        is_ready = self._capture.state == "listening"
        self.choose.setEnabled(is_ready)
        does = f"Read captured traffic into the workspace  ({shown('Ctrl+O')})"
        self.choose.setToolTip(does if is_ready else "Start capture first")
        if not is_ready and self._waiting:
            self._waiting.clear()
            self.reading.hide()
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
        if not self._waiting:
            self._ended.clear()
        for path in paths:
            if self._capture.send(wire.Import(str(Path(path).absolute()))):
                self._waiting[str(Path(path).absolute())] = None
                self.bar.setRange(0, 0)
                self.reading.show()
                self.stop.setEnabled(True)
                self._say(f"Reading {one_line(Path(path).name, 80)}…", "muted")
            else:
                self._say("Start capture first; it reads the files.", "bad")

    def cancel(self) -> None:
        """Stop reading."""
        self.stop.setEnabled(False)
        for path in self._waiting:
            self._capture.send(wire.CancelImport(path))

    def _show_progress(self, message: wire.Importing) -> None:
        if message.path not in self._waiting:
            return
        self._waiting[message.path] = message
        known = [one for one in self._waiting.values() if one]
        # In thousandths: a bar counts to two billion, files are larger.
        total = sum(one.size for one in known)
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * sum(one.read for one in known) / max(1, total)))
        events = plural(sum(one.events for one in known), "event")
        name = one_line(Path(message.path).name, 80)
        what = name if len(self._waiting) == 1 else plural(len(self._waiting), "file")
        self._say(f"Reading {what}… {events} so far.", "muted")

    def _show_result(self, message: wire.Imported) -> None:
        self._waiting.pop(message.path, None)
        self.reading.setVisible(bool(self._waiting))
        self._ended.append(message)
        bad = [one for one in self._ended if one.problem]
        good = [one for one in self._ended if not one.problem]
        # What went wrong first, and of what went well the sum: nothing of it is told elsewhere.
        lines = [_told(one) for one in bad[:MOST_TOLD]]
        if len(bad) > MOST_TOLD:
            lines.append(f"{plural(len(bad) - MOST_TOLD, 'further file')} could not be read.")
        if len(good) == 1:
            lines.append(_told(good[0]))
        elif good:
            found = _counts(sum(one.events for one in good), sum(one.uploads for one in good))
            lines.append(f"✓ {plural(len(good), 'file')}: {found}.")
        self._say("\n".join(lines), "bad" if bad else "good")

    def _say(self, sentence: str, role: str) -> None:
        self.result.setText(sentence)
        set_role(self.result, role)
        self.result.show()


def _told(message: wire.Imported) -> str:
    """What became of one file."""
    name = one_line(Path(message.path).name, 80)
    found = _counts(message.events, message.uploads)
    if message.problem:
        before = f" {found} were read." if message.uploads else ""
        # Most sentences name the file themselves.
        said = message.problem if message.problem.startswith(name) else f"{name}: {message.problem}"
        return f"{said}{before}"
    return f"✓ {name}: {found}."


def _counts(events: int, uploads: int) -> str:
    return f"{plural(events, 'event')} in {plural(uploads, 'upload')}"
