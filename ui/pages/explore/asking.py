"""
What a chart is answered with, put together in the thread that asks.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimeZone

from app.errors import BadInput
from app.query import Charts, Clock, Figure, Segmentation, Warehouse, read, written
from app.query.cohorts import KIND as COHORT
from app.query.definition import AnyChart, Funnel
from app.query.funnelfigure import FunnelFigure
from app.query.journeys import JourneysFigure
from app.query.names import LABEL, Notice
from app.store.definitions import Definitions
from ui.pages.explore.drafts import finished

type AnyFigure = Figure | FunnelFigure | JourneysFigure


@dataclass(frozen=True, slots=True)
class Answer:
    """A chart that was answered: its finished definition, its numbers, and the clock they were
    made with. `events` is the newest one that counts; `notices` say what has never come."""

    chart: AnyChart
    figure: AnyFigure
    clock: Clock
    events: int
    took_ms: int
    notices: tuple[Notice, ...] = ()


def clock_at(now_ms: int) -> Clock:
    """Now, in the person's time zone."""
    name = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    clock = Clock(now_ms, name or "UTC")
    try:
        clock.tz()
    except BadInput:
        return Clock(now_ms)
    return clock


def charts_of(warehouse: Warehouse, clock: Clock, folder: Path) -> Charts:
    """The engine, with the cohorts and labeled events of a workspace."""
    with Definitions(folder) as definitions:
        return Charts(
            warehouse, clock, cohorts=definitions.all(COHORT), labels=definitions.all(LABEL)
        )


def answered(warehouse: Warehouse, chart: AnyChart, clock: Clock, folder: Path) -> Answer:
    """The answer to a chart. Raises BadDefinition, BadInput, Interrupted."""
    began = time.monotonic()
    # Through the JSON form: it says where a mistake is.
    chart = read(written(finished(chart)))
    charts = charts_of(warehouse, clock, folder)
    if isinstance(chart, Segmentation):
        figure: AnyFigure = charts.answer(chart)
    elif isinstance(chart, Funnel):
        figure = charts.funnel(chart)
    else:
        figure = charts.journeys(chart)
    took = round((time.monotonic() - began) * 1000)
    return Answer(chart, figure, clock, warehouse.last_event(), took, charts.notices(chart))
