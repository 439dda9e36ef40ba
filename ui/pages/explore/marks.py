"""
What happened besides events: annotations and releases, to be marked on charts over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.query import Clock, Warehouse
from app.query.calendar import Buckets
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
    found = [
        Mark(one.start_ms, one.name, "note", _end(one.end_ms), one.id, _number(one.chart))
        for one in notes
    ]
    found += [
        Mark(
            one.at_ms, " ".join(filter(None, ("Release", one.version, one.platform))), "release",
            id=one.id,
        )
        for one in releases
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.at_ms, one.title)))


def _end(value: object) -> int | None:
    # What other hands wrote into the file may be anything.
    return value if type(value) is int else None


def _number(value: object) -> int | None:
    return value if type(value) is int else None


def shown_on(known: Sequence[Mark], chart: int | None) -> tuple[Mark, ...]:
    """Those that a chart shows; `chart` is its number, if it is saved."""
    return tuple(one for one in known if one.chart is None or one.chart == chart)


def marks_in(buckets: Buckets | None, known: Sequence[Mark]) -> tuple[Mark, ...]:
    """Those in the time of a chart; the newest, when there are very many."""
    if buckets is None or not len(buckets):
        return ()
    span = buckets.span
    return _between(known, span.start_ms, span.end_ms)[-MOST:]


def marks_at(figure: object, bucket: int | None, known: Sequence[Mark]) -> tuple[Mark, ...]:
    """Those in one interval of a figure."""
    buckets = getattr(figure, "buckets", None)
    if bucket is None or not isinstance(buckets, Buckets) or bucket >= len(buckets):
        return ()
    return _between(known, buckets.starts[bucket], buckets.ends[bucket])


def _between(known: Sequence[Mark], start_ms: int, end_ms: int) -> tuple[Mark, ...]:
    return tuple(
        one
        for one in known
        if one.at_ms < end_ms and max(one.at_ms + 1, one.end_ms or 0) > start_ms
    )
