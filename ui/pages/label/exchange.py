"""
Labeled events from files and to files, in Amplitude's own form.
"""

from __future__ import annotations

from pathlib import Path

import orjson
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import BadInput
from app.label.amplitude import imported
from app.label.command import exports, read_json
from app.label.events import LabeledEvent, labeled_event
from ui.context import Context
from ui.plain import one_line, plural

FILTER = "Labeled events (*.json);;All files (*)"
MOST = 5000

type Read = tuple[list[LabeledEvent], list[str]]


class Exchange(QObject):
    """Signals: `read` with labeled events from a file, and sentences on what was lost."""

    read = Signal(list, list)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._owner = parent
        self._dialogs: dict[str, QFileDialog] = {}

    def ask_import(self) -> None:
        """Choose a file to read."""
        dialog = self._dialog("Import labeled events")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.open()

    def ask_export(self) -> None:
        """Choose a file to write."""
        dialog = self._dialog("Export labeled events")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile("labeled-events.json")
        dialog.open()

    def import_file(self, path: str) -> None:
        """Read a file in the background: one labeled event or a list, in Amplitude's form or
        ours."""
        self._context.jobs.run(self, lambda: read_file(Path(path)), "import").then(
            lambda found: self.read.emit(*found)
        )

    def export_file(self, path: str) -> None:
        """Write all that count to a file, in the background."""
        folder = self._context.workspace

        def work() -> tuple[int, list[str]]:
            forms, warnings = exports(folder)
            try:
                Path(path).write_bytes(orjson.dumps(forms, option=orjson.OPT_INDENT_2) + b"\n")
            except OSError as error:
                raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
            return len(forms), warnings

        self._context.jobs.run(self, work, "export").then(
            lambda done: self._tell(Path(path).name, *done)
        )

    def _tell(self, name: str, count: int, warnings: list[str]) -> None:
        told = f"{plural(count, 'labeled event')} written to {one_line(name, 80)}."
        if warnings:
            self._context.notifications.warn(told, "\n".join(warnings[:20]))
        else:
            self._context.notifications.info(told)

    def _dialog(self, title: str) -> QFileDialog:
        found = self._dialogs.get(title)
        if found is None:
            found = self._dialogs[title] = QFileDialog(self._owner, title, "", FILTER)
            is_import = title.startswith("Import")
            found.fileSelected.connect(self.import_file if is_import else self.export_file)
        return found


def read_file(file: Path) -> Read:
    """The labeled events of a file. Raises BadInput when it is none; what single ones cannot be
    read for is said."""
    body = read_json(file)
    found: list[LabeledEvent] = []
    warnings: list[str] = []
    for one in (body if isinstance(body, list) else [body])[:MOST]:
        try:
            if isinstance(one, dict) and "definitions" in one:
                found.append(labeled_event(str(one.get("name", "")), one))
            else:
                made = imported(one)
                found.append(made.form)
                warnings += made.warnings
        except BadInput as error:
            warnings.append(error.sentence)
    return found, warnings
