"""
Saves what can be copied as a file, without holding anything up.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where(
    parent: QWidget, title: str, name: str, kinds: str, save: Callable[[Path], None]
) -> QFileDialog:
    """Ask for a file, beside everything else that goes on, and then `save` there. `name` is what
    it suggests, with the ending that files without one get."""
    dialog = QFileDialog(parent, title, name, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.fileSelected.connect(lambda path: save(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.setWindowModality(Qt.WindowModality.NonModal)
    dialog.show()
    return dialog
