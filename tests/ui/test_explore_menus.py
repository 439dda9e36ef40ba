"""The menu of a point of each kind of chart holds exactly what semantics §10.3 says."""

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.query import read
from app.query.journeys import DROPPED
from app.query.microscope import Point
from ui.context import Context

from .conftest import Workspace, event
from .explore import NOW_MS, World, study

DAY = 86_400_000
USERS = ["View Users", "Download Users", "Create Cohort", "View uploads behind this point"]
STREAMS = ["View User Streams", *USERS]
JOURNEYS = ["Show User Journeys", *STREAMS]
NOTED = ["Add Annotation", "Create Release"]
RELEASE = ["Create Release"]
GROUPED = ["Filter By", "Exclude"]
LOOK = {"events": ["Look"]}
BY_PLAN = {"events": [{"event": "Look", "by": ["plan"]}]}
STEPS = {"kind": "funnel", "steps": ["Look", "Add", "Buy"]}
EITHER = {"combined": ["Add", "Buy"]}
IN_TURN: dict[str, Any] = {"kind": "journeys", "start": "Look"}


@pytest.fixture
def world(qtbot: QtBot, context: Context, workspace: Workspace) -> World:
    """Four people look, three add, two buy."""
    for person in range(4):
        steps = ["Look", "Add", "Buy"][: max(1, person)]
        for at, step in enumerate(steps):
            workspace.add(
                event(step, user_id=f"user-{person}", device_id=f"device-{person}",
                      time=NOW_MS - DAY + at * 60_000,
                      event_properties={"plan": "pro" if person % 2 else "free"})
            )  # fmt: skip
    study(workspace.folder)
    return World(qtbot, context).show()


def offered(world: World, chart: dict[str, Any], point: Point) -> list[str]:
    """What can be chosen at a point of a chart that was answered."""
    world.desk.put(read({"range": {"last": 7}, **chart}))
    world.until(lambda: world.desk.answer is not None and world.is_answered())
    return [
        one.title
        for one in world.desk.deeds.actions(point)
        if one.is_enabled is None or one.is_enabled(point)
    ]


def test_segmentation(world: World) -> None:
    at = Point(bucket=6)
    plan = ("free",)
    assert offered(world, LOOK, at) == ["Zoom In", *JOURNEYS, *NOTED]
    assert offered(world, BY_PLAN, Point(group=plan, bucket=6)) == [
        "Zoom In", *GROUPED, *JOURNEYS, *NOTED,
    ]  # fmt: skip
    several = {"events": ["Look", "Buy"]}
    assert offered(world, several, at) == ["Zoom In", "Exclude", *JOURNEYS, *NOTED]
    # Nothing is finer than five minutes, and bars are of the whole range.
    finest = {**LOOK, "range": {"last": 24, "unit": "hour"}, "interval": "realtime"}
    assert offered(world, finest, at) == [*JOURNEYS, *NOTED]
    assert offered(world, {**LOOK, "view": "bar"}, Point()) == [*JOURNEYS, *NOTED]
    assert offered(world, {**BY_PLAN, "view": "pie"}, Point(group=plan)) == [
        *GROUPED, *JOURNEYS, *NOTED,
    ]  # fmt: skip
    frequency = {**LOOK, "measure": "frequency", "view": "bar"}
    assert offered(world, frequency, Point(bin=0)) == [*JOURNEYS, *NOTED]


def test_behind_a_formula_is_nobody(world: World) -> None:
    formula = {"events": ["Look", "Buy"], "formula": "UNIQUES(B)/UNIQUES(A)"}
    assert offered(world, formula, Point(formula=0, bucket=6)) == []
    (said,) = world.desk.deeds.actions(Point(formula=0, bucket=6))
    assert said.title.startswith("Behind a formula are no people")


def test_funnels(world: World) -> None:
    drivers = [*JOURNEYS[:2], "Explore Conversion Drivers", *JOURNEYS[2:]]
    assert set(offered(world, STEPS, Point(step=2))) == {*drivers, *RELEASE}
    assert offered(world, STEPS, Point(step=1)) == [*JOURNEYS, *RELEASE]
    by = {**STEPS, "by": ["plan"]}
    assert offered(world, by, Point(step=1, group=("pro",))) == [*GROUPED, *JOURNEYS, *RELEASE]
    over_time = {**STEPS, "show": "over_time"}
    assert offered(world, over_time, Point(bucket=6)) == ["Zoom In", *JOURNEYS, *RELEASE]
    # Neither journeys nor drivers of a step that is one of several events; no drivers but in this
    # order, and of people.
    either = {**STEPS, "steps": ["Look", EITHER]}
    assert offered(world, either, Point(step=2)) == [*STREAMS, *RELEASE]
    for other in ({"order": "any"}, {"show": "time_to_convert"}):
        found = offered(world, {**STEPS, **other}, Point(step=2))
        assert "Explore Conversion Drivers" not in found


def test_journeys(world: World) -> None:
    ours = ["Expand by Property…"]
    first = offered(world, IN_TURN, Point(way=("Look",)))
    assert first == [*STREAMS, *ours]
    second = offered(world, IN_TURN, Point(way=("Look", "Add")))
    assert second == [*GROUPED, *STREAMS, *ours, "Create Funnel"]
    dropped = Point(way=("Look", DROPPED))
    assert offered(world, IN_TURN, dropped) == []
    # They are said, and cannot be chosen (§10.1).
    assert [one.title for one in world.desk.deeds.actions(dropped)] == [
        "View User Streams", "Create Cohort",
    ]  # fmt: skip
