"""
What was found, over restarts, removals and bad input; mutes; plans; the command.
"""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.__main__ import main
from app.decode import decode
from app.filter import Filter, parse
from app.lint.mutes import is_muted, mute, muted, unmute
from app.lint.plan import fits
from app.lint.reading import all_findings, events_of, findings_of, totals
from app.lint.recent import Recent
from app.lint.report import MOST_EVENTS, MOST_SUBJECTS, OTHERS
from app.model import Capture
from app.store import Store
from app.store.definitions import Definitions
from app.study import Study
from tests.app.lint.found import NOW, event, found, sent, study
from tests.factories import KEY, emptied, filled


def add(folder: Path, *captures: Capture) -> None:
    filled(folder, captures)


def test_the_same_finding_counts_up(tmp_path: Path) -> None:
    findings = found(
        tmp_path,
        sent(event(insert_id=None), at=10),
        sent(event("Other", 5000, insert_id=None), event("More", 9000, insert_id=None), at=20),
    )
    (one,) = findings["LNT-13"]
    assert (one.count, one.first_event, one.last_event) == (3, 1, 3)
    assert (one.first_ms, one.last_ms, one.last_capture) == (NOW + 10, NOW + 20, 2)
    with Store.read(tmp_path) as store:
        assert events_of(store, one.id) == [3, 2, 1]
        assert [finding.id for finding in findings_of(store, 2)] == [one.id]


def test_rules_remember_what_they_saw_in_another_run(tmp_path: Path) -> None:
    add(tmp_path, sent(event(user_id="A1234")))
    assert "LNT-05" not in study(tmp_path)
    add(tmp_path, sent(event("Other", 5000, user_id="B5678"), at=5000))
    assert study(tmp_path)["LNT-05"][0].count == 1
    add(tmp_path, sent(event("Third", 9000, user_id="A1234"), at=9000))
    (one,) = study(tmp_path)["LNT-05"]
    assert (one.count, one.last_event) == (2, 3)


def test_each_way_to_study_finds_the_same(tmp_path: Path) -> None:
    captures = [
        sent(event(f"E{at % 3}", at * 700, user_id=f"user {at % 2}"), at=at * 700)
        for at in range(40)
    ]
    together = found(tmp_path / "together", *captures)
    for capture in captures:
        add(tmp_path / "one by one", capture)
        one_by_one = study(tmp_path / "one by one")
    assert one_by_one == together
    assert together


def test_evidence_and_findings_go_with_what_was_removed(tmp_path: Path) -> None:
    found(tmp_path, sent(event(insert_id=None)), sent(event("B", 5000, user_id="undefined")))
    with Store.write(tmp_path) as store:
        store.writer.prune(up_to=1)
    left = study(tmp_path)
    assert left.keys() == {"LNT-02", "LNT-05", "LNT-04"}
    with Store.read(tmp_path) as store:
        assert findings_of(store, 1) == []
    with Store.write(tmp_path) as store:
        emptied(store)
    add(tmp_path, sent(event("New", 9000)))
    assert study(tmp_path) == {}


def test_evidence_and_subjects_are_limited(tmp_path: Path) -> None:
    events = [event(f"E{at}", at * 2000, insert_id=None) for at in range(MOST_EVENTS + 5)]
    (one,) = found(tmp_path / "events", sent(*events))["LNT-13"]
    assert one.count == MOST_EVENTS + 5
    with Store.read(tmp_path / "events") as store:
        assert len(events_of(store, one.id, 9999)) == MOST_EVENTS
    senders = [
        sent(event(at=at * 2000, user_id=f'"user-{at}"', device_id=None), at=at * 2000)
        for at in range(MOST_SUBJECTS + 5)
    ]
    subjects = found(tmp_path / "subjects", *senders)["LNT-03"]
    assert len(subjects) == MOST_SUBJECTS + 1
    (others,) = [one for one in subjects if one.subject == OTHERS]
    assert others.count == 5


def test_mutes_are_for_a_project_or_for_all(tmp_path: Path) -> None:
    found(tmp_path, sent(event(insert_id=None)))
    assert muted(tmp_path) == frozenset()
    with Store.read(tmp_path) as store:
        assert totals(store) == (0, 0, 1)
        mute(tmp_path, "LNT-13", "another key")
        assert totals(store, muted(tmp_path)) == (0, 0, 1)
        mute(tmp_path, "LNT-13", KEY)
        mute(tmp_path, "LNT-13", KEY)
        assert totals(store, muted(tmp_path)) == (0, 0, 0)
        assert all_findings(store, muted(tmp_path))[0].is_muted
        unmute(tmp_path, "LNT-13", KEY)
        assert totals(store, muted(tmp_path)) == (0, 0, 1)
        mute(tmp_path, "LNT-13", None)
        assert is_muted(muted(tmp_path), "LNT-13", None)
        assert totals(store, muted(tmp_path)) == (0, 0, 0)


PLAN = {
    "events": {
        "Order Placed": {
            "properties": {
                "total": {"type": "number", "required": True},
                "size": {"type": "enum", "values": ["S", "M"]},
                "gift": {"type": "boolean"},
            }
        }
    },
    "user_properties": {"plan": {"type": "string"}},
}


def test_a_plan_is_kept(tmp_path: Path) -> None:  # SCH-T2, SCH-T7
    with Definitions(tmp_path) as definitions:
        definitions.save("plan", "Shop", PLAN)
        definitions.save("plan", "Other project", {"api_key": "f" * 32, "events": {}})
    good = {"total": 9.5, "size": "M", "gift": "yes"}
    assert found(tmp_path, sent(event("Order Placed", event_properties=good))) == {}
    bad = {"total": "9.50", "size": "XL", "colour": "red", "gift": "oui"}
    add(
        tmp_path,
        sent(event("Order Placed", 5000, event_properties=bad), at=5000),
        sent(event("Order Placed", 9000, user_properties={"plan": 1}), at=9000),
        sent(event("Order Cancelled", 15_000), at=15_000),
        sent(event("[Amplitude] Page Viewed", 19_000), at=19_000),
    )
    assert {one.sentence for one in study(tmp_path)["LNT-27"]} == {
        '"Order Placed": "total" is not of type number.',
        '"Order Placed": "total" is missing.',
        '"Order Placed": "size" is not one of S, M.',
        '"Order Placed": "colour" is not planned.',
        '"Order Placed": "gift" is not of type boolean.',
        'User properties: "plan" is not of type string.',
        '"Order Cancelled" is not in the plan.',
    }
    with Definitions(tmp_path) as definitions:
        later = {"events": {**PLAN["events"], "Order Cancelled": {}}}
        definitions.save("plan", "Shop", later, definitions.all("plan")[0].id)
    before = {one.subject: one.count for one in study(tmp_path)["LNT-27"]}
    add(tmp_path, sent(event("Order Cancelled", 25_000), at=25_000))
    assert {one.subject: one.count for one in study(tmp_path)["LNT-27"]} == before


def test_types_of_a_plan() -> None:
    assert fits(True, {"type": "boolean"})
    assert not fits(True, {"type": "number"})
    assert fits([], {"type": "array"})
    assert fits({}, {"type": "object"})
    assert fits("x", {"type": "any"})
    assert fits("x", {})


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.sampled_from(["\ud800", "\u202e", "4111 1111 1111 1111", "a@b.co", "$3", "x" * 1100]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
FIELDS = [
    "event_type",
    "user_id",
    "device_id",
    "time",
    "session_id",
    "insert_id",
    "event_properties",
    "user_properties",
    "groups",
    "library",
    "price",
    "revenue",
    "app_version",
    "user_agent",
    "country",
]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=60,
)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(FIELDS), VALUES)
        | st.dictionaries(
            st.sampled_from(["event_properties", "user_properties"]),
            st.dictionaries(
                st.sampled_from(
                    ["$set", "$unset", "$price", "flag_key", "variant", "utm_source", "12"]
                )
                | st.text(max_size=5),
                VALUES,
            ),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_sent_no_rule_stumbles(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture, odd: list[dict]
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    events = [{**event(kind), **one} for one in odd for kind in ("Clicked", "$identify")]
    events += [{**event("$exposure"), **one} for one in odd]
    findings = found(folder, sent(*events), sent(*reversed(events), at=100))
    for rule in findings.values():
        for one in rule:
            assert "\n" not in one.sentence
            assert len(one.sentence) <= 600
    assert [record.getMessage() for record in caplog.records] == []


def test_a_huge_value_is_quick_and_quoted_short(tmp_path: Path) -> None:
    huge = "x" * 1_000_000
    capture = sent(event(huge, user_id=f'"{huge}', event_properties={huge: huge}, library=None))
    assert decode(capture).upload
    findings = found(tmp_path, capture)
    assert {"LNT-03", "LNT-24"} <= findings.keys()
    assert all(len(one.sentence) <= 600 for rule in findings.values() for one in rule)


def test_memory_is_bounded() -> None:
    memory: Recent[int, int] = Recent(10)
    for number in range(1000):
        memory.put(number, number)
        memory.peek(0)
    assert len(memory) <= 20
    assert memory.peek(0) == 0
    assert memory.peek(999) == 999
    kept, gone = memory.changes()
    assert {key for key, _ in kept} >= {0, *range(991, 1000)}
    assert len(kept) == len(memory)
    assert 500 in gone
    assert memory.changes() == ([], [])


def test_saved_memory_is_what_is_remembered(tmp_path: Path) -> None:
    saved: dict[int, int] = {}
    memory: Recent[int, int] = Recent(5)
    for number in range(100):
        memory.put(number % 17, number)
        kept, gone = memory.changes()
        saved.update(kept)
        for key in gone:
            saved.pop(key, None)
        again: Recent[int, int] = Recent(5)
        again.load(saved.items())
        assert len(again) == len(memory) == len(saved)
        assert saved[number % 17] == number


def test_problems_are_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    add(tmp_path, sent(event(insert_id=None, event_properties={"text": "Grüße"})))
    words = ["problems", "--workspace", str(tmp_path)]
    assert main(words) == 0
    (line,) = capfd.readouterr().out.splitlines()
    printed = json.loads(line)
    assert printed == {
        "rule": "LNT-13",
        "severity": "info",
        "title": "No insert_id",
        "sentence": 'amplitude-ts/2.48.1 sends "Clicked" without an insert_id.',
        "advice": printed["advice"],
        "api_key": KEY,
        "subject": "amplitude-ts/2.48.1",
        "count": 1,
        "first_seen_ms": NOW,
        "last_seen_ms": NOW,
        "last_capture": 1,
        "events": [1],
        "muted": False,
    }
    assert main([*words, "--fail-on", "warning"]) == 0


def test_problems_fail_a_build(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    add(tmp_path, sent(event(user_id="undefined")))
    words = ["problems", "--workspace", str(tmp_path), "--fail-on"]
    assert main([*words, "error"]) == 1
    assert capfd.readouterr().err == "1 problem of severity error or worse.\n"
    assert main([*words, "warning"]) == 1
    mute(tmp_path, "LNT-02", KEY)
    assert main([*words, "error"]) == 0
    capfd.readouterr()
    assert main(["problems", "--workspace", str(tmp_path / "none")]) == 1
    assert "There is no workspace" in capfd.readouterr().err


def test_a_study_that_is_far_behind_is_no_problem_for_readers(tmp_path: Path) -> None:
    add(tmp_path, sent(event(insert_id=None)))
    with Store.read(tmp_path) as store:
        assert all_findings(store) == []
        with Study(tmp_path) as running:
            running.catch_up()
        assert [one.rule.id for one in all_findings(store)] == ["LNT-13"]


def test_filters_leave_out_what_is_muted_unless_it_is_named(tmp_path: Path) -> None:
    other = "f" * 32
    found(
        tmp_path,
        sent(event("A", insert_id=None)),
        sent(event("B", 5000, user_id="undefined")),
        sent(event("C", 9000, insert_id=None), key=other),
    )

    def types(text: str) -> set[str]:
        with Store.read(tmp_path) as store:
            ids = store.events.newest(Filter(parse(text)), 10)
            return {row.type for row in store.events.rows(ids)}

    assert types("has:problem") == types("problem:lnt") == {"A", "B", "C"}
    mute(tmp_path, "LNT-13", KEY)
    assert types("has:problem") == types("problem:lnt") == {"B", "C"}
    assert types("-has:problem") == {"A"}
    assert types("problem:lnt-13") == {"A", "C"}
    mute(tmp_path, "LNT-13", None)
    assert "A" not in types("has:problem")
    assert types("problem:insert") == set()
    unmute(tmp_path, "LNT-13", None)
    unmute(tmp_path, "LNT-13", KEY)
    assert types("problem:insert") == {"A", "C"}
