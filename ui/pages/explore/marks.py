"""
What happened besides events: annotations and releases, to be marked on charts over time.
"""

from __future__ import annotations

from pathlib import Path

from app.query import Clock, Figure, Warehouse
from app.query.releases import ANNOTATION, detected, noted, versions
from app.query.releases import KIND as RELEASE
from app.query.releases import annotations as notes_of
from app.store.definitions import Definitions
from ui.charts.data import Mark

MOST = 40


def marks(warehouse: Warehouse, clock: Clock, folder: Path) -> tuple[Mark, ...]:
    """Annotations, releases that people noted, and those that versions of apps tell, by time."""
    with Definitions(folder) as definitions:
        notes = notes_of(definitions.all(ANNOTATION))
        releases = noted(definitions.all(RELEASE))
    releases += detected(versions(warehouse.rows, warehouse.properties()), clock)
    found = [Mark(one.start_ms, one.name) for one in notes]
    found += [
        Mark(one.at_ms, " ".join(filter(None, ("Release", one.version, one.platform))), "release")
        for one in releases
    ]
    return tuple(sorted(found))


def marks_in(figure: Figure, known: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Those in the time of a figure; the newest, when there are very many."""
    span = figure.buckets.span
    return tuple(one for one in known if span.start_ms <= one.at_ms < span.end_ms)[-MOST:]
