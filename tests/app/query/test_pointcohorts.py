"""
Cohorts made from points (semantics §8.18, §10.8): those that can be asked again are, and hold what
the point's own chart would hold then.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.query import read
from app.query.cohorts import is_static
from app.query.microscope import Point
from app.study import Study
from tests.app.query.cases import Asking, Case, key_of, total, workspace_of
from tests.app.query.small import DAY, DAYS, HOUR, MIDNIGHT, NOON, did
from tests.factories import filled, upload

YESTERDAY = 5
TODAY = 6
HISTORY = (
    did("1", "A", NOON - DAY, {"plan": "pro"}),
    did("1", "B", NOON - DAY + HOUR),
    did("2", "A", NOON, {"plan": "free"}),
    did("3", "A", NOON, {"plan": "pro"}),
    did("3", "B", NOON + 1),
)
CASE = Case("cohorts", HISTORY, {}, total, None)
A = {"events": ["A"], "range": DAYS}
FUNNEL = {"kind": "funnel", "steps": ["A", "B"], "range": DAYS}
ANYBODY = {"events": [{"kind": "any"}], "range": DAYS}
ONCE = {"performed": [{"event": "B"}]}


@pytest.fixture
def ask(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Asking:
    return Asking(workspace_of(tmp_path / "workspace", [CASE]), tmp_path, capfd)


def made(ask: Asking, chart: dict[str, Any], point: dict[str, Any]) -> dict[str, Any]:
    found = ask("cohorts", chart, "--point", json.dumps(point), "--action", "cohort")
    assert not isinstance(found, str), found
    return found


def size(ask: Asking, cohort: int) -> float | None:
    return total(ask("cohorts", ANYBODY | {"segments": [{"cohorts": [{"cohort": cohort}]}]}))


def later(ask: Asking, *events: dict[str, Any]) -> None:
    """More arrives."""
    key = key_of("cohorts")
    named = [
        one | {name: f"{key} {one[name]}" for name in ("user_id", "device_id")} for one in events
    ]
    filled(ask.folder, [upload(*named, key=key, at_ms=NOON)])
    with Study(ask.folder) as study:
        study.catch_up()


def test_a_funnel_of_events_is_asked_again(ask: Asking) -> None:
    """§8.18: dynamic if only events were added."""
    came = made(ask, FUNNEL, {"step": 2})
    dropped = made(ask, FUNNEL, {"step": 2, "converted": False})
    then = made(ask, FUNNEL | {"show": "over_time"}, {"bucket": YESTERDAY})
    assert {one["body"]["type"] for one in (came, dropped, then)} == {"dynamic"}
    assert [size(ask, one["cohort"]) for one in (came, dropped, then)] == [2, 1, 1]
    later(ask, did("2", "B", NOON + HOUR), did("4", "A", NOON), did("5", "A", NOON - DAY))
    later(ask, did("5", "B", NOON - DAY + 1))
    assert [size(ask, one["cohort"]) for one in (came, dropped, then)] == [4, 1, 2]


@pytest.mark.parametrize(
    ("chart", "fixed"),
    [
        (FUNNEL, False),
        (FUNNEL | {"order": "any"}, False),
        (FUNNEL | {"show": "over_time"}, False),
        (FUNNEL | {"segments": [{"where": [{"property": "plan", "values": ["pro"]}]}]}, False),
        (FUNNEL | {"hold": ["plan"]}, True),
        (FUNNEL | {"by": ["plan"]}, True),
        (FUNNEL | {"segments": [ONCE]}, True),
        (FUNNEL | {"exclude": [{"event": "X"}]}, True),
        (FUNNEL | {"steps": [{"combined": ["A", "C"]}, "B"]}, True),
        (FUNNEL | {"steps": ["A", {"event": "B", "compared": ["C"]}]}, True),
        (FUNNEL | {"show": "time_to_convert"}, True),
        (FUNNEL | {"show": "frequency"}, True),
        (A, False),
        (A | {"measure": "totals", "segments": [ONCE]}, False),
        (A | {"measure": "sum", "property": "price"}, True),
        (A | {"measure": "property_average", "property": "price"}, True),
        (A | {"segments": [{"cohorts": [{"cohort": 1}]}]}, True),
        (A | {"segments": [{"either": [{"cohorts": [{"cohort": 1}]}, ONCE]}]}, True),
        (A | {"segments": [{"performed": [{"event": "B", "each": True}]}]}, True),
        (A | {"segments": [{"users": "new"}]}, True),
        ({"kind": "journeys", "start": "A"}, True),
    ],
)
def test_which_are_fixed(chart: dict[str, Any], fixed: bool) -> None:
    assert is_static(read(chart), Point(bucket=0)) is fixed


def test_a_rule_holds_all_that_made_the_point(ask: Asking) -> None:
    """The segment's range, properties that users had, and the project come along."""
    did_yesterday = {"event": "B", "during": {"start": "2026-11-20", "end": "2026-11-20"}}
    pro = {"property": "plan", "scope": "event", "values": ["pro"], "when": "ever"}
    segments = [{"performed": [did_yesterday], "held": [pro]}]
    rule = made(ask, A | {"segments": segments}, {"bucket": YESTERDAY})
    assert rule["body"]["type"] == "dynamic"
    assert size(ask, rule["cohort"]) == 1
    free = [{"held": [pro | {"values": ["free"]}]}]
    assert size(ask, made(ask, A | {"segments": free}, {"bucket": TODAY})["cohort"]) == 1
    # Asked about "the chart's range", the rule keeps the range of the chart it came from.
    rule = made(ask, A | {"segments": [ONCE], "range": {"last": 0}}, {"bucket": 0})
    later(ask, did("2", "B", NOON - 40 * DAY))
    assert size(ask, rule["cohort"]) == 1


def test_a_rule_is_about_its_project(ask: Asking) -> None:
    rule = made(ask, A, {"bucket": TODAY})
    filled(ask.folder, [upload(did("elsewhere", "A", MIDNIGHT + 1), key="f" * 32, at_ms=NOON)])
    with Study(ask.folder) as study:
        study.catch_up()
    segment = {"segments": [{"cohorts": [{"cohort": rule["cohort"]}]}], "project": None}
    assert total(ask("cohorts", ANYBODY | segment)) == 2
    by = [{"property": "project", "scope": "field"}]
    found = ask("cohorts", ANYBODY | {"project": None, "by": by})
    assert {one["group"][0]: one["total"] for one in found["series"]} == {
        key_of("cohorts"): 3,
        "f" * 32: 1,
    }
