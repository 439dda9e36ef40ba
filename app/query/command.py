"""
`eventscope chart`: the answer to a definition, as JSON.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from app.errors import BadInput
from app.output import put
from app.query.calendar import Clock
from app.query.charts import Charts, translated
from app.query.cohorts import KIND as COHORT
from app.query.cohorts import imported, save_dynamic, save_listed
from app.query.columns import Property
from app.query.definition import AnyChart, Funnel, Journeys, Segment
from app.query.drivers import driver_json
from app.query.microscope import People, Point, menu, read_point
from app.query.names import LABEL, Notice
from app.query.node import Node
from app.query.pointcharts import excluded, filtered, journeys_of, period_of, zoomed
from app.query.reading import read
from app.query.readsegment import read_segment
from app.query.releases import (
    ANNOTATION,
    annotations,
    marks_json,
    noted,
    save_annotation,
    save_release,
)
from app.query.releases import KIND as RELEASE
from app.query.warehouse import Warehouse
from app.query.writing import written
from app.store.definitions import Definitions
from app.study.caughtup import catch_up

BYTE_ORDER_MARK = "\ufeff"
"""What some editors begin a file with; it is part of nothing in it."""


def run_chart(given: argparse.Namespace, folder: Path) -> int:
    """Print the answer. Raises AppError."""
    if given.action and not given.point:
        raise BadInput("--action is done at a place in the answer, which --point names.")
    given.action = given.action or "users"
    members = imported(_text(given.definition), device=given.ids == "device") if given.ids else None
    asked = None if given.marks or given.ids else _asked(given)
    now = time.time_ns() // 1_000_000 if given.now is None else given.now
    clock = Clock(now, given.zone, given.week_start, given.quarter_start)
    catch_up(folder)
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        with Definitions(folder) as definitions:
            charts = Charts(
                warehouse, clock, cohorts=definitions.all(COHORT), labels=definitions.all(LABEL)
            )
            statements: tuple[str, ...] = ()
            if members is not None:
                found = _listed(charts, definitions, members, given.save)
            elif asked is None:
                found = _marks(charts, definitions)
            elif isinstance(asked, Segment):
                found = charts.cohort_json(asked)
                if given.save:
                    found["cohort"] = save_dynamic(definitions, given.save, asked).id
            elif given.point:
                found = _behind(charts, asked, given, definitions, clock)
            else:
                found, statements = charts.as_json(asked)
            if asked is not None:
                _warn(charts.notices(asked))
    if given.sql:
        text = translated(statements, given.sql)
    else:
        text = json.dumps(found, ensure_ascii=False)
    put([text + "\n"])
    return 0


def _asked(given: argparse.Namespace) -> AnyChart | Segment:
    value = _json(given.definition)
    return read_segment(Node(value)) if given.cohort else read(value)


def _listed(
    charts: Charts, definitions: Definitions, members: list[list[str]], name: str | None
) -> dict[str, Any]:
    """How many users a list of ids names, and how many of them are known."""
    found = {"listed": len(members), "size": charts.known(members)}
    if name:
        found["cohort"] = save_listed(definitions, name, members).id
    return found


def _marks(charts: Charts, definitions: Definitions) -> dict[str, Any]:
    """What is marked on charts over time."""
    notes = annotations(definitions.all(ANNOTATION))
    return marks_json(notes, [*noted(definitions.all(RELEASE)), *charts.releases()])


def _warn(notices: tuple[Notice, ...]) -> None:
    """Beside the answer, so that whoever reads SQL or people sees it, too."""
    for one in notices:
        sys.stderr.write(f"{one.at}: {one.sentence}\n")


def _behind(
    charts: Charts,
    chart: AnyChart,
    given: argparse.Namespace,
    definitions: Definitions,
    clock: Clock,
) -> Any:
    """What an action on a point gives, as JSON."""
    point, action = read_point(_parsed(given.point, "--point")), given.action
    chart = charts.with_names(chart)
    if action == "menu":
        return {"menu": list(menu(chart, point))}
    if action == "filter":
        return written(filtered(chart, point))
    if action == "exclude":
        return written(excluded(chart, point))
    if action in ("annotation", "release"):
        return _noted(charts, chart, point, given, definitions, clock)
    if action == "zoom" and not isinstance(chart, Journeys):
        return written(zoomed(chart, point, clock))
    if action == "drivers" and isinstance(chart, Funnel):
        _properties(charts, given.by)
        found = charts.drivers(chart, point, given.by, given.from_step)
        return {"drivers": [driver_json(one) for one in found]}
    return _with_people(charts, chart, point, given, definitions, clock)


def _noted(
    charts: Charts,
    chart: AnyChart,
    point: Point,
    given: argparse.Namespace,
    definitions: Definitions,
    clock: Clock,
) -> Any:
    """A note or a release at the time of a point."""
    if given.action not in menu(chart, point) or isinstance(chart, Journeys):
        raise BadInput(f"{given.action!r} does not go with this point.")
    if not given.text:
        raise BadInput("--text says what to note.")
    start, end = period_of(chart, point, clock)
    if given.action == "annotation":
        until = end if point.bucket is None else None
        note = save_annotation(definitions, given.text, start, until)
        return {"annotation": note.id, "body": note.body}
    if given.version not in charts.versions():
        raise BadInput("--app-version names a version that events came from.")
    release = save_release(definitions, given.text, given.version, start)
    return {"release": release.id, "body": release.body}


def _with_people(
    charts: Charts,
    chart: AnyChart,
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
                for one in charts.streams(chart, people, _properties(charts, given.properties))
            ]
        }
    if action == "uploads":
        return {"uploads": [one._asdict() for one in charts.uploads(chart, people)]}
    if action == "journeys" and not isinstance(chart, Journeys):
        return written(journeys_of(chart, point, charts.persons(people), clock))
    if action == "download":
        if given.output is None:
            raise BadInput("--output says where the download goes.")
        count, more = charts.download(people, given.output)
        return {"users": count, "more": more}
    if action in ("groups", "group_download", "group_cohort"):
        return _with_groups(charts, chart, people, given, definitions)
    if action == "cohort":
        saved = charts.save_cohort(definitions, "From a chart", chart, point)
        return {"cohort": saved.id, "body": saved.body}
    raise BadInput(f"{action!r} does not go with this chart.")


def _with_groups(
    charts: Charts,
    chart: AnyChart,
    people: People,
    given: argparse.Namespace,
    definitions: Definitions,
) -> Any:
    if not given.group:
        listed = ", ".join(charts.group_types()) or "none"
        raise BadInput(f"--group names a type of groups; events carry {listed}.")
    if given.action == "groups":
        return {"groups": charts.groups(chart, people, given.group)}
    if given.action == "group_download":
        if given.output is None:
            raise BadInput("--output says where the download goes.")
        count, more = charts.download_groups(chart, people, given.group, given.output)
        return {"groups": count, "more": more}
    saved = charts.save_group_cohort(definitions, "From a chart", chart, people, given.group)
    return {"cohort": saved.id, "body": saved.body}


def _properties(charts: Charts, names: list[str]) -> list[Property]:
    """Properties of events that are asked for by their names."""
    found = charts.named(names)
    for name in names:
        if all(one.name != name for one in found):
            raise BadInput(f"No event property “{name[:60]}” has come so far.")
    return found


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not JSON: {error}.") from error


def _json(name: str) -> Any:
    return _parsed(_text(name), name)


def _text(name: str) -> str:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
        return text.removeprefix(BYTE_ORDER_MARK)
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not UTF-8 text.") from error
