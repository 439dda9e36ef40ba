"""
Makes the index of `app.store.grams`, a segment of events at a time, from what is stored.

Unlike what followers learn it does not depend on what came before: it is made in any order, and
made again without the rest.
"""

import sqlite3
import time
from collections.abc import Iterable

from app.store.grams import BLOCK, GRAMS, GROUP_OF, SEGMENT, forms
from app.study.reading import Captures

TOGETHER_S = 0.4
"""For how long segments go into one transaction, which others may wait for."""


def missing(study: sqlite3.Connection, captures: Captures) -> list[int]:
    """The segments all of whose events are stored, and that are not indexed; the newest first,
    in which is looked first."""
    known = study.execute(
        "SELECT segment FROM gram_segments WHERE identity = ?", (captures.identity(),)
    )
    return sorted({*captures.whole_segments(SEGMENT)} - {one for (one,) in known}, reverse=True)


def index(study: sqlite3.Connection, captures: Captures, segments: list[int]) -> None:
    """Index the first of these segments, and more while there is time. In a transaction of the
    study's file."""
    enough = time.monotonic() + TOGETHER_S
    for segment in segments:
        study.execute("DELETE FROM grams WHERE segment = ?", (segment,))
        study.executemany(
            "INSERT INTO grams VALUES (?, ?, ?)",
            [(segment, gram, blocks) for gram, blocks in _blocks_by_gram(captures, segment)],
        )
        study.execute(
            "INSERT OR REPLACE INTO gram_segments VALUES (?, ?)", (segment, captures.identity())
        )
        if time.monotonic() > enough:
            return


def forget(study: sqlite3.Connection, first_event: int) -> None:
    """Segments all of whose events were removed. In a transaction."""
    for table in ("grams", "gram_segments"):
        study.execute(f"DELETE FROM {table} WHERE segment < ?", (first_event // SEGMENT,))


def _blocks_by_gram(captures: Captures, segment: int) -> Iterable[tuple[int, int]]:
    """In which blocks of a segment each three characters are, as signed bits; in order."""
    # Imported here: nothing else of the study needs it, and commands seldom have to index.
    import numpy as np

    found = np.zeros(GRAMS, np.uint64)
    for block in range(SEGMENT // BLOCK):
        first = segment * SEGMENT + block * BLOCK
        text = "\n".join(forms("\n".join(captures.texts(first, first + BLOCK))))
        groups = np.frombuffer(text.encode("utf-8", "replace").translate(GROUP_OF), np.uint8)
        wide = groups.astype(np.uint32)
        found[(wide[:-2] << 12) | (wide[1:-1] << 6) | wide[2:]] |= np.uint64(1 << block)
    there = found.nonzero()[0]
    return zip(there.tolist(), found[there].view(np.int64).tolist(), strict=True)
