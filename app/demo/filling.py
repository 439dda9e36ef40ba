"""
Puts generated traffic into a workspace, through the same decoding and writing as live traffic.
"""

import itertools
from collections.abc import Callable
from pathlib import Path

from app.decode import decode
from app.demo.generator import captures
from app.demo.senders import SOURCES
from app.store import Store
from app.store.trouble import explained

_BATCH = 300
_CHECKPOINT_EVERY = 25


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
        arriving = captures(events, seed, now_ms, days)
        for number, batch in enumerate(itertools.batched(arriving, _BATCH), 1):
            writer.add([(capture, decode(capture)) for capture in batch])
            if progress:
                progress(min(writer.last.event - before, events), events)
            if number % _CHECKPOINT_EVERY == 0:
                # Here rather than beside: nobody waits for an answer, and the log stays small.
                with explained(folder):
                    store.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        for api_key, name in SOURCES:
            writer.name_source(api_key, name)
        return writer.last.event - before
