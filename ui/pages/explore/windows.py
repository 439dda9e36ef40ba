"""
Rows that funnels and journeys share: within how long, and what is counted.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from app.query.definition import LONGEST_WINDOW_S, Funnel, Journeys
from ui.pages.explore.numberbox import number_box
from ui.pages.explore.pieces import Change, Chooser, Pieces

COUNTS = {"uniques": "people", "totals": "attempts"}
UNITS = {"1": "seconds", "60": "minutes", "3600": "hours", "86400": "days"}


def window_parts(chart: Funnel | Journeys, change: Change) -> list[QWidget]:
    """A number and its unit."""
    number, unit = window_of(chart.window_s)
    amount = number_box(
        "window_s", "Within how long", (1, LONGEST_WINDOW_S // unit), number,
        lambda found: change(replace(chart, window_s=found * unit)),
    )  # fmt: skip
    units = Chooser(
        "window_s.unit", UNITS, str(unit), "Unit of the time",
        lambda found: change(replace(chart, window_s=limited(number * int(found)))),
    )  # fmt: skip
    return [amount, units]


def count_row(pieces: Pieces, chart: Funnel | Journeys, change: Change) -> QWidget:
    """People once, or each attempt."""
    count = Chooser("count", COUNTS, chart.count, "What is counted",
                    lambda found: change(replace(chart, count=found)))  # fmt: skip
    return pieces.row("counting", count)


def limited(seconds: int) -> int:
    """A time that a window can have."""
    return max(1, min(LONGEST_WINDOW_S, seconds))


def window_of(seconds: int) -> tuple[int, int]:
    """A time as a number of the largest unit that it is whole in."""
    unit = next(one for one in (86400, 3600, 60, 1) if seconds % one == 0)
    return seconds // unit, unit
