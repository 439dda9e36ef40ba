"""
Charts over captured events, and everything behind a point of one.

    with Warehouse.open(folder) as warehouse:        # the charts' own copy of the events
        warehouse.refresh(progress)                  # what is new; milliseconds when nothing is
        charts = Charts(warehouse, clock, cohorts=definitions.all("cohort"))
        chart = read(json)                           # BadDefinition says where a mistake is
        figure = charts.answer(chart)                # Segmentation -> Figure
        figure = charts.funnel(chart)                # Funnel -> FunnelFigure
        figure = charts.journeys(chart)              # Journeys -> JourneysFigure
        translated(figure.sql, "snowflake")          # the SQL, for other engines

        offered = menu(chart, point)                 # what can be done with a point
        people = charts.people(chart, point)         # the users behind it, not read yet
        charts.users(people, page), charts.streams(chart, people, properties, page)
        charts.uploads(chart, people), charts.download(people, path, progress, go_on)
        charts.drivers(chart, point), charts.save_cohort(definitions, name, chart, point)
        charts.size(segment), charts.population(segment) # of a cohort's rule
        zoomed(chart, point, clock), filtered(chart, point), excluded(chart, point)

Definitions are frozen (`app.query.definition`); `written(chart)` gives their JSON back. `Clock`
holds now, the time zone and the first day of the week. `warehouse.properties()` and
`warehouse.types()` are for completion. A warehouse is asked from one thread at a time (others
wait); `warehouse.interrupt()` gives an overtaken question up, which then raises `Interrupted`.
Errors for people are `BadInput`, `StoreUnavailable` and `Interrupted`, all `AppError`.
"""

from app.query.calendar import Buckets, Clock, Range
from app.query.charts import Charts, translated
from app.query.definition import (
    Condition,
    EventSpec,
    Funnel,
    Held,
    Journeys,
    Performed,
    PropertyRef,
    Segment,
    Segmentation,
)
from app.query.figure import Figure, Series, as_json
from app.query.filling import Progress
from app.query.funnelfigure import FunnelFigure
from app.query.journeys import JourneysFigure
from app.query.microscope import People, Point, menu, read_point
from app.query.node import BadDefinition
from app.query.pointcharts import excluded, filtered, journeys_of, zoomed
from app.query.reading import read
from app.query.sql import DIALECTS
from app.query.warehouse import Interrupted, Warehouse
from app.query.writing import written

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
    "FunnelFigure",
    "Held",
    "Interrupted",
    "Journeys",
    "JourneysFigure",
    "People",
    "Performed",
    "Point",
    "Progress",
    "PropertyRef",
    "Range",
    "Segment",
    "Segmentation",
    "Series",
    "Warehouse",
    "as_json",
    "excluded",
    "filtered",
    "journeys_of",
    "menu",
    "read",
    "read_point",
    "translated",
    "written",
    "zoomed",
]
