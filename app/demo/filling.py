"""
Puts generated traffic into a workspace, through the same decoding and writing as live traffic.
"""

import itertools
from collections.abc import Callable
from pathlib import Path

from app.decode import decode
from app.demo.generator import captures
from app.demo.senders import SOURCES
from app.store import Checkpointer, Store

_BATCH = 100


def fill(
    folder: Path,
    events: int,
    seed: int = 7,
    now_ms: int | None = None,
    days: float = 7,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Add at least `events` events to the workspace in `folder`; returns how many were added.

    `progress` is told how many of how many are stored. Raises StoreUnavailable.
    """
    with Store.write(folder) as store:
        writer = store.writer
        before = writer.last.event
        checkpointer = Checkpointer(folder, every_seconds=3)
        try:
            for batch in itertools.batched(captures(events, seed, now_ms, days), _BATCH):
                writer.add([(capture, decode(capture)) for capture in batch])
                if progress:
                    progress(min(writer.last.event - before, events), events)
            for api_key, name in SOURCES:
                writer.name_source(api_key, name)
        finally:
            checkpointer.stop()
        return writer.last.event - before
