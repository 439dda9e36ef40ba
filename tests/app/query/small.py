"""
Small workspaces for charts, filled through the real decode path and studied.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.query import Charts, Clock, Figure, Warehouse, read
from app.study import Study
from tests.factories import event, filled, upload

DAY = 86_400_000
HOUR = 3_600_000
NOON = 1_795_262_400_000
"""2026-11-21 12:00 UTC, a Saturday."""
MIDNIGHT = NOON - 12 * HOUR
CLOCK = Clock(NOON)
DAYS = {"last": 6, "unit": "day"}
"""The seven days from 2026-11-15 on."""


def did(
    user: str, kind: str, at: int, properties: dict[str, Any] | None = None, **fields: Any
) -> dict[str, Any]:
    """An event of a user. Ids shorter than five characters would be refused."""
    named = {"user_id": f"user-{user}", "device_id": f"device-{user}", "time": at}
    if properties is not None:
        named["event_properties"] = properties
    return event(kind, **(named | fields))


def workspace(folder: Path, events: Iterable[dict[str, Any]], received: int = NOON) -> Path:
    """A workspace that holds these events, studied."""
    listed = list(events)
    filled(
        folder, [upload(*listed[i : i + 100], at_ms=received) for i in range(0, len(listed), 100)]
    )
    with Study(folder) as study:
        study.catch_up()
    return folder


def figure(folder: Path, definition: dict[str, Any], clock: Clock = CLOCK, **more: Any) -> Figure:
    """The answer to a definition over a workspace."""
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        return Charts(warehouse, clock, **more).answer(read(definition))


def answer(
    folder: Path, events: Iterable[dict[str, Any]], definition: dict[str, Any], **more: Any
) -> Figure:
    """The answer to a definition over events."""
    return figure(workspace(folder, events), definition, **more)


def totals(found: Figure) -> dict[tuple[str | None, ...], float | None]:
    """The totals by group."""
    return {one.group: one.total for one in found.series}
