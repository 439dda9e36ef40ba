"""
The result of a measurement, and the table that `make bench` prints.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing. `ratio` is ours divided by the reference, or the value against its bar;
    `good` says whether the bar of design §6 is met."""

    what: str
    ours: str
    reference: str
    ratio: str
    bar: str
    good: bool


def show(rows: list[Row]) -> str:
    """The rows as an aligned table."""
    head = Row("what", "ours", "reference", "ratio", "bar", good=True)
    cells = [(r.what, r.ours, r.reference, r.ratio, r.bar) for r in (head, *rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(5)]
    marks = ["", *("met" if row.good else "MISSED" for row in rows)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + f"  {mark}"
        for line, mark in zip(cells, marks, strict=True)
    )
