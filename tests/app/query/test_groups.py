"""
Groups instead of users (semantics §18), as `eventscope chart` answers.
"""

from pathlib import Path

import pytest

from tests.app.query.cases import Asking, Case, counts, points, total, totals, ways
from tests.app.query.small import DAY, DAYS, HOUR, NOON, did

type Event = dict[str, object]


def member(user: str, kind: str, at: int, org: object = None, **fields: object) -> dict:  # type: ignore[type-arg]
    named = {"groups": {"org": org}} if org is not None else {}
    return did(user, kind, at, **(named | fields))


def joined(user: str, at: int, org: str) -> dict:  # type: ignore[type-arg]
    """What `setGroup` sends."""
    said = {"user_properties": {"$set": {"org": org}}, "groups": {"org": org}}
    return did(user, "$identify", at, **said)


INVOICES = (
    member("1", "Send", NOON - HOUR, "o1"),
    member("2", "Pay", NOON, "o1"),
    member("3", "Send", NOON, "o2"),
)
LATER = (member("1", "A", NOON - HOUR, "o1"), member("1", "B", NOON))
STAYS = (
    joined("1", NOON - 2 * HOUR, "o1"),
    did("1", "A", NOON - HOUR),
    did("1", "B", NOON - HOUR + 1),
    joined("1", NOON - 1, "o2"),
    did("1", "A", NOON),
)
SPORTS = (
    did("1", "A", NOON, groups={"sport": ["tennis", "soccer"]}),
    did("2", "A", NOON, groups={"sport": "tennis"}),
    did("2", "B", NOON + 1, groups={"sport": "tennis"}),
)
FUNNEL = {"kind": "funnel", "steps": ["Send", "Pay"], "range": DAYS}
ORG, SPORT = {"groups": "org"}, {"groups": "sport"}
A = {"events": ["A"], "range": DAYS}
BY_SPORT = {"by": [{"property": "sport", "scope": "group"}]}

CASES = [
    Case("GRP-A1/users", INVOICES, FUNNEL, counts, [2, 0]),
    Case("GRP-A1/groups", INVOICES, FUNNEL | ORG, counts, [2, 1]),
    Case("GRP-A1/any order", INVOICES, FUNNEL | ORG | {"order": "any"}, counts, [2, 1]),
    Case("GRP-A1/totals", INVOICES, FUNNEL | ORG | {"count": "totals"}, counts, [2, 1]),
    Case(
        "GRP-A1/way",
        INVOICES,
        {"kind": "journeys", "start": "Send", "range": DAYS, "levels": 2} | ORG,
        ways,
        {"Send": 2, "Send > Pay": 1, "Send > Dropped off": 1},
    ),
    Case("GRP-A2/event", LATER, A | ORG, total, 1),
    Case("GRP-A2/next", LATER, A | ORG | {"events": ["B"]}, total, 0),
    Case("GRP-A2 user/both", STAYS, A | ORG | {"events": ["B"]}, total, 1),
    Case(
        "GRP-A3",
        STAYS,
        A | ORG | {"interval": "hour", "range": {"start": "2026-11-21T11:00", "end": "2026-11-21"}},
        lambda found: points(found)[:2],
        [1, 1],
    ),
    Case("GRP-A3/both", STAYS, A | ORG, total, 2),
    Case("GRP-A4", SPORTS, A | SPORT, total, 2),
    Case("GRP-A4/totals", SPORTS, A | SPORT | {"measure": "totals"}, total, 3),
    Case("GRP-A4/each", SPORTS, A | SPORT | BY_SPORT, totals, {"tennis": 1, "soccer": 1}),
    Case(
        "GRP-A4/way",
        SPORTS,
        {"kind": "journeys", "start": "A", "range": DAYS, "levels": 2} | SPORT,
        ways,
        {"A": 2, "A > A": 1, "A > Dropped off": 1},
    ),
    Case(
        "GRP-A4/performed",
        SPORTS,
        A | SPORT | {"segments": [{"performed": [{"event": "A", "count": 2}]}]},
        total,
        1,
    ),
    Case("GRP-A4/new", SPORTS, A | SPORT | {"segments": [{"users": "new"}]}, total, 2),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_groups_are_what_counts(ask: Asking, case: Case) -> None:
    ask.check(case)


def test_behind_a_point_are_groups_and_their_members(ask: Asking) -> None:
    point = '{"bucket": 6}'
    found = ask("GRP-A4", A | SPORT, "--point", point, "--action", "groups", "--group", "sport")
    assert found == {"groups": ["soccer", "tennis"]}
    users = ask("GRP-A4", A | SPORT, "--point", point)["users"]
    assert [one["user_id"][-1] for one in users] == ["1", "2"]
    dropped = '{"step": 2, "converted": false}'
    chart = FUNNEL | ORG
    found = ask("GRP-A1", chart, "--point", dropped, "--action", "groups", "--group", "org")
    assert found == {"groups": ["o2"]}
    node = '{"way": ["Send", "Pay"]}'
    way = {"kind": "journeys", "start": "Send", "range": DAYS, "levels": 2} | ORG
    found = ask("GRP-A1", way, "--point", node, "--action", "groups", "--group", "org")
    assert found == {"groups": ["o1"]}


def test_a_cohort_of_groups_filters_charts_of_groups(ask: Asking) -> None:
    point = '{"step": 2, "converted": true}'
    made = ask("GRP-A1", FUNNEL | ORG, "--point", point, "--action", "cohort")
    assert made["body"] == {"type": "groups", "group": "org", "values": ["o1"]}
    segment = [{"cohorts": [{"cohort": made["cohort"]}]}]
    assert counts(ask("GRP-A1", FUNNEL | ORG | {"segments": segment})) == [1, 1]
    users = ask("GRP-A1", FUNNEL, "--point", '{"step": 1}', "--action", "cohort")
    segment = [{"cohorts": [{"cohort": users["cohort"]}]}]
    said = ask("GRP-A1", FUNNEL | ORG | {"segments": segment})
    assert "holds users; this chart counts groups" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"groups": "team"}, "No event carries a group of the type 'team'"),
        ({"groups": 5}, "groups: A text is needed"),
        ({"groups": "org", "segments": [{"people": [1]}]}, "list of users"),
    ],
)
def test_groups_that_cannot_be_counted(ask: Asking, change: dict, says: str) -> None:  # type: ignore[type-arg]
    assert says in ask("GRP-A1", A | change)


def test_groups_are_said_in_other_dialects(ask: Asking, tmp_path: Path) -> None:
    import sqlglot

    from app.query import DIALECTS, Charts, Clock, Warehouse, read, translated

    with Warehouse.open(ask.folder) as warehouse:
        charts = Charts(warehouse, Clock(NOON + DAY))
        found = charts.answer(read(A | SPORT))
        for dialect in DIALECTS:
            text = translated(found.sql, dialect)
            assert "unit_events" in text
            assert sqlglot.parse(text, read=dialect)
