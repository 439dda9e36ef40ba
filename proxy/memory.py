"""
Keeps what local ingestion remembers: read at the start, written once a second and at the end.
"""

import asyncio
import logging
import time
from pathlib import Path

from app.errors import StoreUnavailable
from app.ingest.local import LocalIngestion
from app.store.ingestion import IngestionStore, Kept

log = logging.getLogger(__name__)

SAVE_SECONDS = 1.0


class IngestionMemory:
    """Local ingestion and its file. Without the file it works, and forgets at the end."""

    def __init__(self, folder: Path, ingestion: LocalIngestion) -> None:
        self.ingestion = ingestion
        self._store: IngestionStore | None = None
        self._failing = False
        try:
            self._store = IngestionStore(folder)
            ingestion.remember(self._store.load(_now_ms()))
        except StoreUnavailable as error:
            log.warning("%s", error)

    async def keep(self) -> None:
        """Save what changed, until cancelled."""
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            self.save()

    def save(self) -> None:
        """Save what changed. What the disk refuses is lost at the end, not now."""
        rows = self.ingestion.unsaved()
        if not rows or not self._store:
            return
        try:
            self._store.save([Kept(*row) for row in rows], _now_ms())
        except StoreUnavailable as error:
            if not self._failing:
                log.warning("%s", error)
            self._failing = True
        else:
            self._failing = False

    def clear(self) -> None:
        """Begin anew, as if nothing had ever arrived. Raises StoreUnavailable."""
        self.ingestion.forget()
        if self._store:
            self._store.clear()

    def close(self) -> None:
        """Save the rest and close the file."""
        self.save()
        if self._store:
            self._store.close()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
