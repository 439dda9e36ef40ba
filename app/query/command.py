"""
`eventscope chart`: the answer to a definition, as JSON.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.errors import BadInput
from app.output import put
from app.query.calendar import Clock
from app.query.charts import Charts, translated
from app.query.cohorts import KIND as COHORT
from app.query.definition import AnyChart, Funnel, Journeys, Segmentation, read, written
from app.query.microscope import (
    Point,
    excluded,
    filtered,
    journeys_of,
    menu,
    read_point,
    zoomed,
)
from app.query.warehouse import Warehouse
from app.store import Store
from app.store.definitions import Definitions
from app.store.trouble import explained
from app.study.caughtup import catch_up


def run_chart(given: argparse.Namespace, folder: Path) -> int:
    """Print the answer. Raises AppError."""
    chart = read(_json(given.definition))
    now = time.time_ns() // 1_000_000 if given.now is None else given.now
    clock = Clock(now, given.zone, given.week_start)
    with explained(folder):
        # Read first: it says in words when there is no workspace.
        Store.read(folder).close()
        catch_up(folder)
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        with Definitions(folder) as definitions:
            charts = Charts(warehouse, clock, cohorts=definitions.all(COHORT))
            if given.point:
                found = _behind(charts, chart, given, definitions, clock)
                statements: tuple[str, ...] = ()
            else:
                found, statements = charts.as_json(chart)
    if given.sql:
        text = translated(statements, given.sql)
    else:
        text = json.dumps(found, ensure_ascii=False)
    put([text + "\n"])
    return 0


def _behind(
    charts: Charts,
    chart: AnyChart,
    given: argparse.Namespace,
    definitions: Definitions,
    clock: Clock,
) -> Any:
    """What an action on a point gives, as JSON."""
    point, action = read_point(_parsed(given.point, "--point")), given.action
    if action == "menu":
        return {"menu": list(menu(chart, point))}
    if isinstance(chart, Journeys):
        raise BadInput("Nothing can be done with a point of journeys here.")
    if action == "zoom":
        return written(zoomed(chart, point, clock))
    if action == "filter":
        return written(filtered(chart, point))
    if action == "exclude" and isinstance(chart, Segmentation):
        return written(excluded(chart, point))
    if action == "drivers" and isinstance(chart, Funnel):
        return {"drivers": [asdict(one) for one in charts.drivers(chart, point)]}
    return _with_people(charts, chart, point, given, definitions, clock)


def _with_people(
    charts: Charts,
    chart: Segmentation | Funnel,
    point: Point,
    given: argparse.Namespace,
    definitions: Definitions,
    clock: Clock,
) -> Any:
    people, action = charts.people(chart, point), given.action
    if action == "users":
        return {"users": [one._asdict() for one in charts.users(people)]}
    if action == "streams":
        return {
            "streams": [
                {"user": one.user._asdict(), "events": [event._asdict() for event in one.events]}
                for one in charts.streams(chart, people)
            ]
        }
    if action == "uploads":
        return {"uploads": [one._asdict() for one in charts.uploads(chart, people)]}
    if action == "journeys":
        return written(journeys_of(chart, point, charts.persons(people), clock))
    if action == "download":
        if given.output is None:
            raise BadInput("--output says where the download goes.")
        count, more = charts.download(people, given.output)
        return {"users": count, "more": more}
    if action == "cohort":
        saved = charts.save_cohort(definitions, "From a chart", chart, point)
        return {"cohort": saved.id, "body": saved.body}
    raise BadInput(f"{action!r} does not go with this chart.")


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON: {error}.") from error


def _json(name: str) -> Any:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not UTF-8 text.") from error
    return _parsed(text, name)
