"""
Exporting events: which, as what, and without what; below the head of the page, never in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from app.errors import AppError
from app.exchange.exporting import SUFFIX, WHOLE, Format, export_captures, export_file
from app.exchange.redaction import Redaction
from app.filter import Filter
from ui.charts.saving import ask_where
from ui.context import Context
from ui.plain import number, one_line, plural
from ui.theme import label

if TYPE_CHECKING:
    from app.store import Store
    from app.store.captures import Stored

SELECTION, FILTERED, EVERYTHING = "The selection", "What the filter shows", "Everything"
TELL_MS = 100


class ExportBar(QFrame):
    """Hidden until `ask`.

    Signals:
        left: a person is done here.
    """

    left = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._ids: list[int] = []
        self._chosen = Filter()
        self._dialog: QFileDialog | None = None
        self._written = 0
        self.setProperty("card", True)
        self.setAccessibleName("Export events")
        self.which = QComboBox()
        self.which.setAccessibleName("Which events")
        self.form = QComboBox()
        self.form.addItems([str(form) for form in Format])
        self.form.setAccessibleName("As what")
        self.form.currentIndexChanged.connect(self._say_form)
        self.keys = QCheckBox("API keys")
        self.emails = QCheckBox("E-mail addresses")
        self.addresses = QCheckBox("IP addresses")
        for box in self._boxes():
            box.setChecked(True)
        self.properties = QLineEdit()
        self.properties.setPlaceholderText("Properties, with commas between them")
        self.properties.setAccessibleName("Properties to take out")
        self.state = label("", "muted")
        self.save = QPushButton("Save as…")
        self.save.setProperty("kind", "primary")
        self.save.clicked.connect(self._choose_file)
        self.stop = QPushButton("Cancel")
        self.stop.setToolTip("Export nothing  (Esc)")
        self.stop.clicked.connect(self.cancel)
        self._tell = QTimer(self, interval=TELL_MS)
        self._tell.timeout.connect(self._show_progress)
        self._lay_out()
        self.hide()

    def _boxes(self) -> tuple[QCheckBox, ...]:
        return self.keys, self.emails, self.addresses

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(label("Export", "strong"))
        first.addWidget(self.which)
        first.addWidget(label("as", "muted"))
        first.addWidget(self.form)
        first.addStretch(1)
        first.addWidget(self.state)
        first.addWidget(self.save)
        first.addWidget(self.stop)
        second.addWidget(label("Take out", "muted"))
        for box in self._boxes():
            second.addWidget(box)
        second.addWidget(self.properties, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 8, 8)
        rows.setSpacing(8)
        rows.addLayout(first)
        rows.addLayout(second)

    def ask(self, ids: list[int], chosen: Filter) -> None:
        """Offer to export these, or what a filter shows, or everything."""
        if self._tell.isActive():
            return
        self._ids, self._chosen = ids, chosen
        self.which.clear()
        if len(ids) > 1:
            self.which.addItem(f"{SELECTION} ({number(len(ids))})", SELECTION)
        if chosen:
            self.which.addItem(FILTERED, FILTERED)
        self.which.addItem(EVERYTHING, EVERYTHING)
        self._say_form()
        self.show()
        self.which.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def redaction(self) -> Redaction:
        """What is to be taken out."""
        names = (name.strip() for name in self.properties.text().split(","))
        return Redaction(
            self.keys.isChecked(),
            self.emails.isChecked(),
            self.addresses.isChecked(),
            tuple(name for name in names if name),
        )

    def write(self, path: Path) -> None:
        """Write the file, beside everything else."""
        which, form, what = self.which.currentData(), self._form(), self.redaction
        ids, chosen = self._ids, self._chosen if which == FILTERED else Filter()
        self._written = 0

        def work(store: Store) -> int:
            if form in WHOLE:
                uploads = self._uploads(store, which, ids, chosen)
                return export_captures(path, uploads, form, what, self._count)
            events = store.events.exported(ids) if which == SELECTION else (
                store.events.export(chosen)
            )  # fmt: skip
            return export_file(path, events, form, what, self._count)

        self.save.setEnabled(False)
        self._tell.start()
        self._context.jobs.read(self, work, "export").then(
            lambda count: self._done(path, count)
        ).catch(self._fail)

    def _uploads(
        self, store: Store, which: str, ids: list[int], chosen: Filter
    ) -> Iterator[Stored]:
        """Whole exchanges; of everything also those without events."""
        if which == SELECTION:
            wanted = store.events.uploads_of(ids)
        elif which == FILTERED:
            wanted = store.events.uploads_with(chosen)
        else:
            wanted = store.captures.ids()
        return store.captures.each(wanted)

    def cancel(self) -> None:
        """Stop what is being written; nothing of it is left."""
        self._context.jobs.drop(self, "export")
        self._end()
        self.left.emit()

    def _form(self) -> Format:
        return tuple(Format)[self.form.currentIndex()]

    @property
    def _unit(self) -> str:
        return "request" if self._form() in WHOLE else "event"

    def _say_form(self) -> None:
        """What a person may not expect: other events of the same uploads are in the file too."""
        if self._form() in WHOLE:
            self.state.setText("Whole requests, with all of their events")
        else:
            self.state.clear()

    def _choose_file(self) -> None:
        form = self._form()
        suffix = SUFFIX[form]
        self._dialog = ask_where(
            self, "Export events", f"events{suffix}", f"{form} (*{suffix})", self.write
        )

    def _count(self, written: int) -> None:
        # From the worker's thread; a number is all there is to see.
        self._written = written

    def _show_progress(self) -> None:
        self.state.setText(f"{plural(self._written, self._unit)} written…")

    def _done(self, path: Path, count: int) -> None:
        self._end()
        told = f"{plural(count, self._unit)} exported to {one_line(str(path), 200)}."
        self._context.notifications.info(told)
        self.left.emit()

    def _fail(self, error: AppError) -> None:
        self._tell.stop()
        self.save.setEnabled(True)
        self.state.setText(one_line(error.sentence, 120))

    def _end(self) -> None:
        self._tell.stop()
        self.save.setEnabled(True)
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            super().keyPressEvent(event)
