"""
Charts over captured events.

    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()                          # what is new; tells its progress
        charts = Charts(warehouse, clock)
        figure = charts.answer(read(definition))     # `read` says where a definition is wrong
        translated(figure.sql, "snowflake")          # the SQL, for other engines

A definition (`app.query.definition`) is frozen and has a JSON form; an answer is a `Figure` of
`Series`, ready to be drawn. `Clock` holds now and the time zone. `warehouse.interrupt()` gives an
overtaken question up, which then raises `Interrupted`.
"""

from app.query.calendar import Buckets, Clock, Range
from app.query.charts import Charts, translated
from app.query.definition import (
    Condition,
    EventSpec,
    Funnel,
    Journeys,
    PropertyRef,
    Segment,
    Segmentation,
    read,
    written,
)
from app.query.figure import Figure, Series, as_json
from app.query.node import BadDefinition
from app.query.sql import DIALECTS
from app.query.warehouse import Interrupted, Progress, Warehouse

__all__ = [
    "DIALECTS",
    "BadDefinition",
    "Buckets",
    "Charts",
    "Clock",
    "Condition",
    "EventSpec",
    "Figure",
    "Funnel",
    "Interrupted",
    "Journeys",
    "Progress",
    "PropertyRef",
    "Range",
    "Segment",
    "Segmentation",
    "Series",
    "Warehouse",
    "as_json",
    "read",
    "translated",
    "written",
]
