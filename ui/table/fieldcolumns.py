"""
What events were sent with and from where, as columns: one for each key of filters that looks at it.
"""

from __future__ import annotations

from typing import Any

from app.filter.fields import COLUMNS, NOTHING_SAID, shown
from ui.plain import one_line
from ui.table.cells import Cell, Column
from ui.table.look import Look

_TITLES = {
    "platform": ("Platform", 92, 90),
    "os": ("OS", 116, 72),
    "version": ("Version", 92, 82),
    "model": ("Device model", 130, 126),
    "brand": ("Device brand", 126, 124),
    "carrier": ("Carrier", 104, 80),
    "country": ("Country", 116, 86),
    "region": ("Region", 116, 80),
    "city": ("City", 116, 72),
    "dma": ("DMA", 116, 72),
    "language": ("Language", 104, 98),
}
"""Titles, widths, and how narrow they become: no title is cut."""


def field_columns(look: Look) -> tuple[Column, ...]:
    """All of them, in the order of the keys."""
    return tuple(_column(key, look) for key in COLUMNS)


def shows_fields(look: Look) -> bool:
    """Whether one of them is among the columns."""
    return not COLUMNS.keys().isdisjoint(look.columns)


def _column(key: str, look: Look) -> Column:
    title, width, least = _TITLES[key]

    def value(row: Any) -> str:
        return shown(look.fields.get(row.id, NOTHING_SAID), key)

    def cell(row: Any) -> Cell:
        text = value(row)
        return Cell(one_line(text)) if text else Cell("–", "faint")

    what = f"{title} that was sent with the event"
    return Column(key, title, width, cell, value, what, least=least, most=260)
