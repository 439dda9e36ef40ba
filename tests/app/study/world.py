"""
A small world for tests of the study: uploads in order of arrival, and questions about them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.model import Capture
from app.store import Store
from app.study import Study
from tests.factories import filled, upload

T0 = 1_795_281_000_000
MINUTE = 60_000


def sent(kind: str, at_ms: int = 0, **fields: Any) -> Capture:
    """One event in an upload of its own, received when it happened. Ids are left out unless they
    are given."""
    return arrived(at_ms, {"event_type": kind, **fields})


def arrived(at_ms: int, *events: dict[str, Any], **capture: Any) -> Capture:
    """An upload received so long after T0; its events happened then, unless they say otherwise."""
    return upload(*({"time": T0 + at_ms, **event} for event in events), at_ms=T0 + at_ms, **capture)


def studied(folder: Path, captures: Sequence[Capture]) -> Store:
    """A workspace of these captures, studied; to be closed by the caller."""
    filled(folder, captures)
    with Study(folder) as study:
        study.catch_up()
    return Store.read(folder)


def owners(store: Store) -> list[int | None]:
    """Whose each event is, after all merges."""
    return [store.people.of_event(number) for number in range(1, store.events.count() + 1)]


def persons(store: Store) -> int:
    """How many people there are, after all merges."""
    (found,) = store.connection.execute("SELECT count(DISTINCT root) FROM study.people").fetchone()
    return int(found)
