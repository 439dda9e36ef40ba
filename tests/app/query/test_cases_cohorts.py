"""
Worked cases of cohorts (semantics §19), as `eventscope chart` answers with them as segments.

A case is called after the id of the worked case that it is (COH-T1), or else in a word; after a
slash, which part of it. Cohorts of points are in `test_pointcohorts`, of groups in `test_groups`.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.app.query.cases import Asking, Case, key_of, points, total, totals
from tests.app.query.small import DAY, NOON, did

ALL = {"range": {"last": 60}}
WEEK = {"last": 6}


def who(rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Users who did anything, of those for whom a rule holds."""
    by = {"by": [{"property": "user_id", "scope": "field"}]}
    return {"events": [{"kind": "any"}], "segments": [rule], **ALL, **by, **more}


def names(found: dict[str, Any]) -> list[str]:
    return sorted(name.rpartition("-")[2] for name in totals(found))


def performed(event: Any, **more: Any) -> dict[str, Any]:
    return {"performed": [{"event": event, **more}]}


def times(user: str, kind: str, *days: float, **fields: Any) -> list[dict[str, Any]]:
    """An event so many days ago."""
    return [did(user, kind, round(NOON - day * DAY), **fields) for day in days]


RECENT = (*times("1", "A", 0, 3, 6), *times("2", "A", 0, 3, 8))
PREFERS = (
    *times("1", "Play", 0, 1, 2, 3),
    *times("1", "Favorite", 0, 1),
    *times("2", "Play", 0, 1),
    *times("2", "Favorite", 0, 1),
)
POWER = (
    *(event for n in range(50) for event in times("1", "A", 10 + n / 100)),
    *times("1", "A", 45),
    *times("1", "A", 0),
    *times("2", "A", 0),
)
BOTH = (*times("1", "A", 0), *times("2", "A", 0), *times("2", "B", 0))
CREDITS = (
    *times("1", "A", 0),
    *times("2", "A", 0, user_properties={"$set": {"credits": 9}}),
    *times("3", "A", 0, user_properties={"$set": {"credits": 3}}),
)
EARLY = (*times("1", "A", 10), *times("1", "B", 8), *times("2", "A", 10), *times("2", "B", 6))
SPENT = (
    *times("1", "A", 0, 1, event_properties={"price": 30, "color": "red"}),
    *times("2", "A", 0, event_properties={"price": 50, "color": "blue"}),
    *times("2", "A", 1, event_properties={"price": "$9", "color": "red"}),
)
DAYS_APART = (*times("1", "A", 0, 0.1, 0.2), *times("2", "A", 0, 1, 2))
CHAIN = (*times("1", "A", 2), *times("1", "B", 1), *times("2", "B", 2), *times("2", "A", 1))
HELD = (
    *times("1", "A", 2, user_properties={"$set": {"plan": "free"}}),
    *times("1", "A", 0, user_properties={"$set": {"plan": "pro"}}),
    *times("2", "A", 0, user_properties={"$set": {"plan": "free"}}),
)
COUNTED = tuple(one for n in (1, 2, 3) for one in times(str(n), "A", *range(n)))
ACTIVE = (*times("1", "A", 0), *times("2", "Push", 0), *times("3", "A", 40), *times("3", "A", 0))
LAST_ACTIVE = (
    *times("1", "A", 1, user_properties={"$set": {"plan": "free"}}),
    *times("1", "Push", 0, user_properties={"$set": {"plan": "pro"}}),
)
NOT_RANKED = {"property": "after", "scope": "count", "op": "is", "values": [2]}
FEW = {"property": "credits", "scope": "user", "op": "<", "values": [5]}
THIRTY = {"event": "A", "count": 50, "during": {"last": 30}, "each": True}
ON_FREE = {"property": "plan", "scope": "user", "values": ["free"]}

CASES = [
    Case("COH-T1", RECENT, who(performed("A", count=3, during=WEEK)), names, ["1"]),
    Case(
        "COH-T1/eight", RECENT, who(performed("A", count=3, during={"last": 8})), names, ["1", "2"]
    ),
    Case("COH-T1/fewer", RECENT, who(performed("A", op="<", count=3, during=WEEK)), names, ["2"]),
    Case("COH-T1/never", RECENT, who(performed("X", op="=", count=0)), names, ["1", "2"]),
    Case(
        "COH-T1/since",
        RECENT,
        who(performed("A", count=2, during={"since": "2026-11-20"})),
        names,
        [],
    ),
    Case(
        "COH-T2",
        PREFERS,
        who(performed("Play", of="relative", op=">", other="Favorite")),
        names,
        ["1"],
    ),
    Case(
        "COH-T2/as often",
        PREFERS,
        who(performed("Play", of="relative", op="=", other="Favorite")),
        names,
        ["2"],
    ),
    Case(
        "COH-T5",
        POWER,
        {"events": ["A"], "segments": [{"performed": [THIRTY]}], "range": {"last": 46}},
        lambda f: [day for day, n in enumerate(reversed(points(f))) if n],
        [0, 10],
    ),
    Case(
        "COH-T6",
        BOTH,
        who({"performed": [{"event": "A"}, {"event": "B", "negated": True}]}),
        names,
        ["1"],
    ),
    Case(
        "COH-T6/or",
        BOTH,
        who({"either": [performed("B"), performed("X")]}),
        names,
        ["2"],
    ),
    Case("COH-T7", CREDITS, who({"held": [FEW]}), names, ["1", "3"]),
    Case("COH-T7/ever", CREDITS, who({"held": [FEW | {"when": "ever"}]}), names, ["3"]),
    Case("COH-T8", EARLY, who(performed("B", within_days=3)), names, ["1"]),
    Case("COH-T8/five", EARLY, who(performed("B", within_days=5)), names, ["1", "2"]),
    Case(
        "sum",
        SPENT,
        who(performed("A", of="sum", property="price", op=">=", amount=60)),
        names,
        ["1"],
    ),
    Case(
        "sum/exactly",
        SPENT,
        who(performed("A", of="sum", property="price", op="=", amount=50)),
        names,
        ["2"],
    ),
    Case(
        "sum/distinct",
        SPENT,
        who(performed("A", of="distinct", property="color", count=2)),
        names,
        ["2"],
    ),
    Case(
        "intervals",
        DAYS_APART,
        who(performed("A", of="intervals", interval="day", count=3)),
        names,
        ["2"],
    ),
    Case(
        "intervals/hours",
        DAYS_APART,
        who(performed("A", of="intervals", interval="hour", count=3)),
        names,
        ["1", "2"],
    ),
    Case("then", CHAIN, who(performed("A", then=["B"])), names, ["1"]),
    Case("held", HELD, who({"held": [ON_FREE]}), names, ["2"]),
    Case("held/ever", HELD, who({"held": [ON_FREE | {"when": "ever"}]}), names, ["1", "2"]),
    Case(
        "held/then",
        HELD,
        who({"held": [ON_FREE | {"during": {"start": "2026-11-19", "end": "2026-11-20"}}]}),
        names,
        ["1"],
    ),
    Case("active", HELD, who({"users": "new"}), names, ["1", "2"]),
    *(
        Case(f"counted/{op} 2", COUNTED, who(performed("A", op=op, count=2)), names, expected)
        for op, expected in (
            ("=", ["2"]),
            ("!=", ["1", "3"]),
            ("<", ["1"]),
            ("<=", ["1", "2"]),
            (">", ["3"]),
            (">=", ["2", "3"]),
        )
    ),
    Case(
        "counted/not so often",
        COUNTED,
        who(performed("A", count=2, negated=True)),
        names,
        ["1"],
    ),
    # The second of its like, of a user who did it twice (§20).
    Case(
        "counted/second",
        COUNTED,
        who(performed({"event": "A", "where": [NOT_RANKED]})),
        names,
        ["2", "3"],
    ),
    Case(
        "counted/on one day",
        COUNTED,
        who(performed("A", during={"start": "2026-11-19", "end": "2026-11-19"})),
        names,
        ["3"],
    ),
    # An exclusion beats all inclusions, also those of alternatives.
    Case(
        "counted/excluded",
        COUNTED,
        who(
            {
                "performed": [{"event": "A", "count": 3, "negated": True}],
                "either": [performed("A", count=2), performed("A", count=3)],
            }
        ),
        names,
        ["2"],
    ),
    # Had been active, or new, in the range of the chart.
    Case(
        "been active",
        ACTIVE,
        who({"users": "active"}, inactive=["Push"]),
        names,
        ["1", "3"],
    ),
    Case(
        "been active/new",
        ACTIVE,
        who({"users": "new"}, range={"last": 30}),
        names,
        ["1", "2"],
    ),
    # §0.3: what is most recent is so with the newest active event.
    Case("last active", LAST_ACTIVE, who({"held": [ON_FREE]}), names, []),
    Case(
        "last active/inactive left out",
        LAST_ACTIVE,
        who({"held": [ON_FREE]}, inactive=["Push"]),
        names,
        ["1"],
    ),
    Case("held/not", HELD, who({"held": [ON_FREE | {"negated": True}]}), names, ["1"]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case(ask: Asking, case: Case) -> None:
    ask.check(case)


def test_an_interval_cohort_is_of_those_intervals_only(ask: Asking) -> None:
    """§19: a user is there in the intervals that qualify; all together they are the union."""
    each = {"performed": [{"event": "A", "count": 2, "each": True}]}
    chart = {"events": ["A"], "segments": [each], "range": {"last": 2}}
    found = ask("intervals", chart)
    assert points(found) == [0, 0, 1]
    assert total(found) == 1


def test_size_and_population(ask: Asking) -> None:
    """§19: each day is asked as it was then, also of a range that goes on after it."""
    (case, other) = ("COH-T1", "COH-T7")
    key = {"property": "project", "scope": "field", "values": [key_of(case)]}
    event = {"event": "A", "where": [key]}
    november = {"start": "2026-11-01", "end": "2026-11-30"}
    rule = {"performed": [{"event": event, "count": 3, "during": november}]}
    found = ask(case, rule, "--cohort")
    assert found["size"] == 2
    assert [n for _, n in found["population"]][-8:] == [0] * 7 + [2]
    assert len(found["population"]) == 30
    ever = {
        "property": "user_id",
        "scope": "field",
        "op": "is not",
        "values": ["x"],
        "when": "ever",
    }
    rule = {"performed": [{"event": event, "during": {"since": "2026-11-01"}}], "held": [ever]}
    assert [n for _, n in ask(case, rule, "--cohort")["population"]][-10:-6] == [0, 1, 1, 2]
    latest = {"held": [FEW]}
    found = ask(other, latest, "--cohort")
    assert found["population"] is None
    assert found["active"] >= found["size"] > 1
    assert "performed[0].event" in ask(case, {"performed": [{"event": 5}]}, "--cohort")


def test_a_list_of_ids_is_a_cohort(ask: Asking, tmp_path: Path) -> None:
    """§19: one id a line, no header, the leftmost column only; unknown ones are skipped."""
    key = key_of("COH-T1")
    file = tmp_path / "ids.csv"
    file.write_text(f"{key} user-1,more\n{key} user-9\n\n{key} user-2\n")
    found = ask.typed(str(file), "--ids", "user", "--save", "From a file")
    assert (found["listed"], found["size"]) == (3, 2)
    rule = {"cohorts": [{"cohort": found["cohort"]}]}
    assert names(ask("COH-T1", who(rule))) == ["1", "2"]
    assert names(ask("COH-T1", who({"cohorts": [rule["cohorts"][0] | {"negated": True}]}))) == []
    file.write_text(f"{key} device-2\n")
    assert ask.typed(str(file), "--ids", "device") == {"listed": 1, "size": 1}
    assert "cannot be read" in ask.typed(str(tmp_path / "none"), "--ids", "user")


def test_a_rule_is_kept(ask: Asking) -> None:
    rule = performed("A", count=3, during={"last": 8})
    made = ask("COH-T1", rule, "--cohort", "--save", "Often")
    found = ask("COH-T1", who({"cohorts": [{"cohort": made["cohort"]}]}))
    assert names(found) == ["1", "2"]


def test_cohorts_in_a_circle_are_refused(ask: Asking) -> None:
    from app.store.definitions import Definitions

    with Definitions(ask.folder) as definitions:
        first = definitions.save("cohort", "a", {"type": "dynamic", "segment": {}})
        body = {"type": "dynamic", "segment": {"cohorts": [{"cohort": first.id}]}}
        second = definitions.save("cohort", "b", body)
        back = {"cohorts": [{"cohort": second.id}]}
        definitions.save("cohort", "a", {"type": "dynamic", "segment": back}, first.id)
    said = ask("COH-T1", who({"cohorts": [{"cohort": first.id}]}))
    assert "depends on itself" in said
