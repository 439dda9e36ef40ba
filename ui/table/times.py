"""
Times in tables: as a clock, as how long ago, or since the event before.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from ui.plain import ago, clock, local_time, moment
from ui.table.cells import Cell
from ui.table.look import AGO, SINCE

AHEAD_MS = 60_000
"""Clocks that are compared are not the same to the second."""
LONGEST_TIME = 15


def short_clock(at_ms: int, now: datetime | None = None) -> str:
    """The time with milliseconds today, with the day instead of them before, and only the day in
    another year: never longer than the column is wide."""
    local = moment(at_ms)
    today = now or datetime.now().astimezone()
    if local is None or local.date() == today.date():
        return clock(at_ms, now)
    if local.year == today.year:
        return f"{local.day} {local:%b %H:%M:%S}"
    return f"{local.day} {local:%b %Y}"


def arrival(at_ms: int, now: datetime | None = None) -> Cell:
    """When something arrived, as a cell. What was imported may say a time that is still to come;
    that is said in words."""
    now_ms = round((now.timestamp() if now else time.time()) * 1000)
    if at_ms <= now_ms + AHEAD_MS:
        return Cell(short_clock(at_ms, now), "muted")
    words = ago(at_ms, now_ms)
    return Cell(
        words if len(words) <= LONGEST_TIME else "in the future",
        "warning",
        help=f"{local_time(at_ms)} is still to come, by this computer's clock. What is imported"
        " keeps the time that its file says.",
    )


def time_cell(row: Any, how: str) -> Cell:
    """When an event arrived, told like this (one of CLOCK, AGO, SINCE)."""
    if how == AGO:
        passed = round(time.time() * 1000) - row.received_ms
        return arrival(row.received_ms) if passed < -AHEAD_MS else Cell(_span(passed), "muted")
    if how == SINCE:
        if row.before_ms is None:
            return Cell("–", "faint")
        return Cell(f"+{_span(row.received_ms - row.before_ms)}", "muted")
    return arrival(row.received_ms)


def _span(milliseconds: int) -> str:
    """How long, in one or two units."""
    if milliseconds < 1000:
        return f"{max(0, milliseconds)} ms"
    seconds = milliseconds // 1000
    if seconds < 60:
        return f"{milliseconds / 1000:.1f} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60} min"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"
