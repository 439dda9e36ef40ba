"""
Calling a series otherwise in the legend; the table keeps its own name (semantics §6.5).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.query import Figure, Segmentation
from ui.pages.explore.drawing import name_of, title_of
from ui.pages.explore.prompt import Prompt
from ui.plain import one_line

if TYPE_CHECKING:
    from ui.pages.explore.desk import Desk


def ask_name(desk: Desk, at: int) -> None:
    """Ask what the series at this place of the figure is to be called. Its own name, or none at
    all, gives it its own name again."""
    answer = desk.answer
    if answer is None or not isinstance(answer.figure, Figure):
        return
    one = answer.figure.series[at]
    own, key = title_of(one), name_of(one)

    def take(name: str) -> None:
        chart = desk.chart
        if isinstance(chart, Segmentation):
            rest = tuple(pair for pair in chart.legend if pair[0] != key)
            given = ((key, name),) if name and name != own else ()
            desk.put(replace(chart, legend=(*rest, *given)))

    chart = desk.chart
    now = dict(chart.legend).get(key, own) if isinstance(chart, Segmentation) else own
    title = f"In the legend, “{one_line(own, 60)}” is called (empty: as it is)"
    Prompt(desk, title, "Rename", take, now, may_be_empty=True).open_at(desk.place())
