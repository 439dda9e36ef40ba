"""
What a definition asks for and is not there: never a silent zero, but a sentence at its place
(issue "never a wrong number"); through `eventscope chart`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.label.labels import Labels
from app.query import Charts, Clock, Warehouse
from app.store.definitions import Definitions
from app.study import Study
from tests.app.query.small import DAYS, NOON, did, workspace
from tests.app.study.test_labels import NAMES, clicks, label
from tests.factories import filled, upload

KEY = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32
A: dict[str, Any] = {"events": ["Sign Up"], "range": DAYS}


class Asked:
    """A workspace with two projects, and what is said to definitions."""

    def __init__(self, folder: Path) -> None:
        self.folder = workspace(folder, ())
        sent = [
            did("1", "Sign Up", NOON, {"plan": "pro", "cart": {"price": 5}}, platform="Web"),
            did("2", "Log In", NOON, user_properties={"$set": {"country": "SE"}}),
        ]
        filled(folder, [upload(*sent, key=KEY, at_ms=NOON)])
        filled(folder, [upload(did("3", "Other", NOON), key=OTHER, at_ms=NOON)])
        with Labels(folder) as labels:
            filled(folder, [upload(*clicks(*NAMES, time=NOON), at_ms=NOON)])
            self.label = labels.save(label(".cards .add", name="Add to cart")).id
        with Study(folder) as study:
            study.catch_up()
            study.refresh()

    def __call__(
        self, capfd: pytest.CaptureFixture[str], definition: dict[str, Any], *more: str
    ) -> tuple[Any, str]:
        """The answer (None for a mistake), and what was said beside it."""
        file = self.folder / "definition.json"
        file.write_text(json.dumps(definition))
        given = ["chart", "--workspace", str(self.folder), str(file), "--now", str(NOON), *more]
        code = main(given)
        said = capfd.readouterr()
        return (None if code else json.loads(said.out)), said.err.strip()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    return Asked(tmp_path_factory.mktemp("names"))


def condition(name: str, **more: Any) -> dict[str, Any]:
    return {"property": name, "values": ["x"], **more}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"project": "1" * 32},
            "project: No event has come from a project with the key “" + "1" * 32 + "”.",
        ),
        ({"events": [{"label": 999}]}, "events[0]: There is no labeled event 999."),
        (
            {"events": ["Sign Up", {"label": 998, "name": "Buy"}]},
            "events[1]: There is no labeled event 998 “Buy”.",
        ),
        (
            {"segments": [{"performed": [{"event": {"label": 997}}]}]},
            "segments[0].performed[0].event: There is no labeled event 997.",
        ),
        (
            {"segments": [{"cohorts": [{"cohort": 9}]}]},
            "segments[0].cohorts[0].cohort: There is no cohort 9.",
        ),
        (
            {"segments": [{"either": [{"cohorts": [{"cohort": 8}]}]}]},
            "segments[0].either[0].cohorts[0].cohort: There is no cohort 8.",
        ),
        ({"groups": "org"}, "groups: No event carries a group of the type 'org'."),
    ],
)
def test_what_is_gone_is_a_mistake(
    asked: Asked, capfd: pytest.CaptureFixture[str], change: dict[str, Any], said: str
) -> None:
    assert asked(capfd, A | change) == (None, said)
    assert asked(capfd, A | change, "--point", "{}") == (None, said)


@pytest.mark.parametrize(
    ("definition", "at", "sentence"),
    [
        (
            A | {"events": ["Sign Up", "Sing Up"]},
            "events[1]",
            "No event “Sing Up” has come so far. Did you mean “Sign Up”?",
        ),
        (
            A | {"project": OTHER},
            "events[0]",
            "No event “Sign Up” has come from this project so far.",
        ),
        (
            A | {"events": [{"combined": ["Sign Up", "Quite different"]}]},
            "events[0].combined[1]",
            "No event “Quite different” has come so far.",
        ),
        (
            A | {"events": [{"event": "Sign Up", "where": [condition("plam")]}]},
            "events[0].where[0].property",
            "No event property “plam” has come so far. Did you mean “plan”?",
        ),
        (
            A | {"by": ["country"]},
            "by[0]",
            "No event property “country” has come so far. There is a user property “country”.",
        ),
        (
            A | {"by": ["Platform"]},
            "by[0]",
            "No event property “Platform” has come so far. There is a user property “@platform”.",
        ),
        (
            A | {"measure": "sum", "property": "nothing.like"},
            "property",
            "No event property “nothing.like” has come so far.",
        ),
        (
            A | {"segments": [{"held": [condition("contry", scope="user")]}]},
            "segments[0].held[0].property",
            "No user property “contry” has come so far. Did you mean “country”?",
        ),
        (
            {"kind": "funnel", "steps": ["Sign Up", {"event": "Log in"}], "range": DAYS},
            "steps[1]",
            "No event “Log in” has come so far. Did you mean “Log In”?",
        ),
        (
            {
                "kind": "funnel",
                "steps": ["Sign Up", "Log In"],
                "range": DAYS,
                "exclude": [{"event": "Gone"}],
                "hold": ["session"],
            },
            "hold[0]",
            "No event property “session” has come so far.",
        ),
        (
            {"kind": "journeys", "start": "Sign Up", "range": DAYS, "hide": ["Log Out"]},
            "hide[0]",
            "No event “Log Out” has come so far.",
        ),
        (
            {"kind": "journeys", "start": "Sign Up", "range": DAYS, "include": ["Sign In · x"]},
            "include[0]",
            "No event “Sign In” has come so far. Did you mean “Sign Up”?",
        ),
    ],
)
def test_what_has_never_come_is_said_beside_the_answer(
    asked: Asked,
    capfd: pytest.CaptureFixture[str],
    definition: dict[str, Any],
    at: str,
    sentence: str,
) -> None:
    found, said = asked(capfd, definition)
    assert {"at": at, "sentence": sentence} in found["warnings"]
    assert f"{at}: {sentence}" in said.splitlines()


def test_properties_of_actions_are_there_or_not(
    asked: Asked, capfd: pytest.CaptureFixture[str]
) -> None:
    said = "No event property “pice” has come so far."
    streams = ("--point", "{}", "--action", "streams", "--property", "pice")
    assert asked(capfd, A, *streams) == (None, said)
    funnel = {"kind": "funnel", "steps": ["Sign Up", "Log In"], "range": DAYS}
    drivers = ("--point", '{"step": 2}', "--action", "drivers", "--by", "pice")
    assert asked(capfd, funnel, *drivers) == (None, said)


def test_nothing_is_said_of_what_is_there(asked: Asked, capfd: pytest.CaptureFixture[str]) -> None:
    where = [condition("plan"), condition("cart.price"), condition("country", scope="user")]
    fields = [condition("user_id", scope="field"), {"scope": "count", "values": [1]}]
    found, said = asked(
        capfd,
        A
        | {
            "events": [{"event": "Sign Up", "where": where + fields}, {"label": asked.label}],
            "project": KEY,
        },
    )
    assert (found["warnings"], said) == ([], "")


def test_an_archived_label_counts_nothing_and_says_so(
    asked: Asked, capfd: pytest.CaptureFixture[str]
) -> None:
    with Labels(asked.folder) as labels:
        old = labels.save(label(".cards .old", name="Old one")).id
        assert old is not None
        labels.archive(old)
    found, _ = asked(capfd, A | {"events": [{"label": old}]})
    said = "The labeled event “Old one” is archived: it counts nothing."
    assert found["warnings"] == [{"at": "events[0]", "sentence": said}]
    assert found["series"][0]["name"] == "Old one"


def test_a_cohort_whose_rule_asks_for_what_is_gone(
    asked: Asked, capfd: pytest.CaptureFixture[str]
) -> None:
    rule = {"type": "dynamic", "segment": {"performed": [{"event": {"label": 996}}]}}
    with Definitions(asked.folder) as definitions:
        cohort = definitions.save("cohort", "Buyers", rule).id
    _, said = asked(capfd, A | {"segments": [{"cohorts": [{"cohort": cohort}]}]})
    assert said == (
        f"segments[0].cohorts[0].cohort: In the rule of cohort {cohort}: "
        "There is no labeled event 996."
    )
    with Definitions(asked.folder) as definitions, Warehouse.open(asked.folder) as warehouse:
        warehouse.refresh()
        cohorts = [one for one in definitions.all("cohort") if one.id == cohort]
        charts = Charts(warehouse, Clock(NOON), cohorts=cohorts, labels=definitions.all("label"))
        assert charts.memberships(1) == {
            cohort: "performed[0].event: There is no labeled event 996."
        }
    _, said = asked(capfd, {"performed": [{"event": {"label": 995}}]}, "--cohort")
    assert said == "performed[0].event: There is no labeled event 995."
    found, said = asked(capfd, {"performed": [{"event": "Sing Up"}]}, "--cohort")
    assert found["warnings"][0]["at"] == "performed[0].event"


def test_a_journey_from_a_label_is_headed_by_its_name(
    asked: Asked, capfd: pytest.CaptureFixture[str]
) -> None:
    """§11: not by the type, which all clicks have."""
    chart = {"kind": "journeys", "start": {"label": asked.label}, "range": DAYS, "levels": 3}
    found, _ = asked(capfd, chart)
    assert found["nodes"][0]["way"] == ["Add to cart"]
    assert found["total"] > 0
    point = ("--point", '{"way": ["Add to cart"]}')
    people, _ = asked(capfd, chart, *point)
    assert len(people["users"]) == found["total"]
    called = chart | {"start": "[Amplitude] Element Clicked", "called": [{"label": asked.label}]}
    steps = {way for node in asked(capfd, called)[0]["nodes"] for way in node["way"]}
    assert "Add to cart" in steps
    way = next(
        node["way"]
        for node in asked(capfd, called)[0]["nodes"]
        if len(node["way"]) > 1 and node["way"][-1] == "Add to cart"
    )
    without, _ = asked(capfd, called, "--point", json.dumps({"way": way}), "--action", "exclude")
    assert without["exclude"] == [{"label": asked.label, "name": "Add to cart"}]
