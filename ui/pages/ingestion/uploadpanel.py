"""
One upload in detail: facts to read, and the bytes behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QPushButton,
)

from app.errors import AppError
from ui.context import Context
from ui.inspector.info import InfoView
from ui.inspector.raw import RawView
from ui.inspector.rawtext import Part
from ui.inspector.sidepanel import SidePanel, beside
from ui.pages.emptystate import EmptyState
from ui.pages.ingestion.statuses import tone, word
from ui.pages.ingestion.uploadfacts import upload_sections
from ui.plain import clock, one_line, plural
from ui.theme import label, set_role

if TYPE_CHECKING:
    from app.store import Store
    from app.store.captures import Stored
    from app.store.report.rows import UploadRow

NARROWEST = 360


class UploadPanel(SidePanel):
    """Everything about one upload.

    Signals:
        live_asked: its first event is wanted in Live (an id).
    """

    live_asked = Signal(object)

    def __init__(self, context: Context, names: dict[int, str]) -> None:
        super().__init__("Upload", NARROWEST)
        self._context = context
        self._names = names
        self.upload_id: int | None = None
        self.row: UploadRow | None = None
        self._shown: tuple[object, ...] | None = None
        self.status = label("", "good")
        self.when = label("", "muted")
        self.reason = label("", "muted", wrap=True)
        self.live = QPushButton("Show in Live")
        self.live.setToolTip("Show its events in the stream")
        self.live.clicked.connect(self._ask_live)
        self.info = InfoView()
        self.info.setAccessibleName("Facts of the selected upload")
        self.raw = RawView(context.jobs, parts=(Part.UPLOAD, Part.RESPONSE))
        self.gone = EmptyState(
            "trash", "No longer stored", "This upload was removed to keep the size cap, or cleared."
        )
        self.add_view("Info", self.info)
        self.add_view("Raw", self.raw)
        self.stack.addWidget(self.gone)
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)
        self.lay_out([self.live], [beside(self.status, self.when), self.reason])
        context.feed.changed.connect(self._look_again)

    def show_upload(self, upload_id: int) -> None:
        """Show this one."""
        self.upload_id = upload_id
        self._load()

    def _load(self) -> None:
        wanted = self.upload_id
        if wanted is None:
            return

        def read(store: Store) -> tuple[Stored | None, UploadRow | None]:
            rows = store.report.rows([wanted])
            return store.captures.get(wanted), rows[0] if rows else None

        self._context.jobs.read(self, read).then(self._show).catch(self._fail)

    def _look_again(self) -> None:
        """Its answer, or what the answer means, may be known by now."""
        if self.isVisible() and (self.row is None or self.row.outcome == "unanswered"):
            self._load()

    def _show(self, found: tuple[Stored | None, UploadRow | None]) -> None:
        stored, row = found
        if found == self._shown:
            return
        self._shown = found
        self.row = row
        self.tabs.setVisible(stored is not None)
        self.live.setVisible(row is not None and row.first_event_id is not None)
        if stored is None or row is None:
            self.stack.setCurrentWidget(self.gone)
            return
        self.title.show_text(f"{row.endpoint}, {plural(row.events, 'event')}")
        self.status.setText(f"● {word(row.status)}")
        set_role(self.status, tone(row.status))
        self.when.setText(clock(row.at_ms))
        reason = row.reason or row.problem or row.failure
        self.reason.setText(one_line(reason))
        self.reason.setVisible(bool(reason))
        project = self._names.get(row.source_id or 0, "")
        self.info.show_sections(upload_sections(stored, row, project))
        self.raw.show_capture(stored.capture)
        self.stack.setCurrentIndex(self.tabs.currentIndex())

    def _ask_live(self) -> None:
        if self.row and self.row.first_event_id is not None:
            self.live_asked.emit(self.row.first_event_id)

    def _fail(self, error: AppError) -> None:
        self._context.notifications.error(error.sentence, error.hint)
