"""
From uploads that somebody chose elsewhere to the people behind them: a chart of exactly their
events, and one of its deeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.query import Clock, EventSpec, PropertyRef, Range, Segmentation, Warehouse
from app.query.definition import Condition
from app.query.microscope import Point

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk

MOST = 10_000
"""Uploads that a condition can name."""
TWO_DAYS = 2 * 86_400_000
MINUTE = 60_000


def chart_of(uploads: Sequence[int], start_ms: int, end_ms: int, clock: Clock) -> Segmentation:
    """All events that count of these uploads; their times are from `start_ms` to `end_ms`."""
    ids = tuple(str(one) for one in uploads[:MOST])
    event = EventSpec("any", where=(Condition(PropertyRef("field", "upload_id"), "is", ids),))
    start, end = start_ms - start_ms % MINUTE, end_ms - end_ms % MINUTE + MINUTE
    wanted = Range(start=clock.at(start).isoformat(), end=clock.at(end).isoformat())
    interval = "hour" if end - start <= TWO_DAYS else "day"
    return Segmentation(wanted, interval, events=(event,))


def look_behind(desk: Desk, deed: str, uploads: Sequence[int]) -> None:
    """Show the chart of these uploads, and do something with all who are behind it."""
    clock, listed = desk.clock(), ", ".join(str(int(one)) for one in uploads[:MOST])

    def work(warehouse: Warehouse) -> Segmentation | None:
        question = f"SELECT min(time), max(time) FROM events WHERE upload IN ({listed})"
        rows = warehouse.rows(question) if listed else []
        if not rows or rows[0][0] is None:
            return None
        return chart_of(uploads, int(rows[0][0]), int(rows[0][1]), clock)

    def show(chart: Segmentation | None) -> None:
        if chart is None:
            desk.tell("Nobody is behind these uploads: nothing in them counts.")
            return
        desk.afterwards = lambda answer: desk.deeds.do(deed, answer, Point())
        desk.put(chart)

    desk.asker.ask(desk, work, "uploads").then(show).catch(desk.fail)
