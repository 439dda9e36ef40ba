"""
Labeled events from files and to files, in Amplitude's own form.
"""

from __future__ import annotations

from pathlib import Path

import orjson
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import BadInput
from app.label.command import exports, read_json
from app.label.filed import filed
from ui.context import Context
from ui.plain import one_line, plural

FILTER = "Labeled events (*.json);;All files (*)"


class Exchange(QObject):
    """Signals: `read` with what a file has (`Filed`)."""

    read = Signal(object)

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
        self._context.jobs.run(self, lambda: filed(read_json(Path(path))), "import").then(
            self.read.emit
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
