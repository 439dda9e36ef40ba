"""
Properties of groups (semantics §18): as of the event, by `eventscope chart`; and a second opinion.
"""

from pathlib import Path
from typing import Any

import pytest
import sqlglot
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.query import DIALECTS, Charts, Warehouse, read, translated
from app.store import Store
from app.study import Study
from tests.app.query.cases import Asking, Case, counts, total, totals, ways
from tests.app.query.small import CLOCK, DAYS, HOUR, NOON, did, figure
from tests.app.query.small import totals as by_group
from tests.app.query.test_groups import ORG, SPORT, STAYS, A, member
from tests.factories import filled, upload


def known(at: int, org: object, kind: str = "org", **said: object) -> dict:  # type: ignore[type-arg]
    """What `groupIdentify` sends."""
    fields = {"groups": {kind: org}, "group_properties": said}
    return did("caller", "$groupidentify", at, **fields)


PLANS = (
    member("1", "A", NOON - 5, "o1"),
    known(NOON - 4, "o1", **{"$set": {"plan": "free", "tags": ["x", "y"], "n": 5}}),
    member("1", "A", NOON - 3, "o1"),
    member("2", "A", NOON - 2, "o2"),
    known(NOON - 2, "o2", **{"$set": {"plan": "pro", "address": {"city": "Bonn"}}}),
    known(NOON - 1, "o1", **{"$set": {"plan": "pro"}, "$unset": {"n": "-"}}),
    member("1", "A", NOON, "o1"),
    member("2", "A", NOON + 1, "o2"),
    member("3", "A", NOON + 2, "o1"),
    did("4", "A", NOON + 3),
)
STAYED = (
    known(NOON - 3 * HOUR, "o1", plan="free"),
    known(NOON - 3 * HOUR, "o2", plan="pro"),
    *STAYS,
)
BOTH = (
    known(NOON - 3, "tennis", "sport", **{"$set": {"balls": 1, "kit": ["racket", "net"]}}),
    known(NOON - 3, "soccer", "sport", **{"$set": {"balls": 22, "kit": ["net"]}}),
    known(NOON - 3, "chess", "sport", **{"$set": {"balls": 1}}),
    did("1", "A", NOON, groups={"sport": ["tennis", "soccer", "chess"]}),
    did("2", "A", NOON, groups={"sport": "tennis"}),
    did("2", "B", NOON + 1, groups={"sport": "soccer"}),
    did("3", "A", NOON, groups={"sport": ["darts"]}),
)


def ref(name: str) -> dict[str, str]:
    return {"property": name, "scope": "group_property"}


def where(name: str, *values: object, op: str = "is") -> dict:  # type: ignore[type-arg]
    return {"segments": [{"where": [ref(name) | {"op": op, "values": list(values)}]}]}


TOTALS = A | {"measure": "totals"}
CASES = [
    Case(
        "GPR/each",
        PLANS,
        TOTALS | {"by": [ref("org.plan")]},
        totals,
        # As of each event: those before the call, and those of no group, have none.
        {"pro": 3, "(none)": 3, "free": 1},
    ),
    Case("GPR/filter", PLANS, TOTALS | where("org.plan", "pro"), total, 3),
    Case("GPR/not", PLANS, TOTALS | where("org.plan", "pro", op="is not"), total, 4),
    Case("GPR/number", PLANS, TOTALS | where("org.n", "4", op=">"), total, 1),
    Case("GPR/unset", PLANS, TOTALS | where("org.n", None), total, 6),
    Case(
        "GPR/array",
        PLANS,
        TOTALS | {"by": [ref("org.tags")]},
        totals,
        {"(none)": 4, "x": 3, "y": 3},
    ),
    Case("GPR/set", PLANS, TOTALS | where("org.tags", "x", "y", op="set is"), total, 3),
    Case("GPR/child", PLANS, TOTALS | where("org.address.city", "Bonn"), total, 1),
    Case(
        "GPR/groups",
        PLANS,
        A | ORG | {"by": [ref("org.plan")]},
        totals,
        {"(none)": 2, "pro": 2, "free": 1},
    ),
    Case("GPR/sum", PLANS, A | {"measure": "sum", "property": ref("org.n")}, total, 5),
    Case(
        "GPR/funnel",
        PLANS,
        {"kind": "funnel", "steps": ["A", "A"], "range": DAYS, "resolution": "millisecond"}
        | {"hold": [ref("org.plan")]},
        counts,
        # Users 1 and 3 with pro, 2 with pro, 1 with free: only one of them did it twice.
        [4, 0],
    ),
    Case(
        "GPR/way",
        PLANS,
        {"kind": "journeys", "start": "A", "range": DAYS, "levels": 2, "expand": [ref("org.plan")]},
        ways,
        {
            "A · (none)": 3,
            "A · pro": 1,
            "A · (none) > A · free": 1,
            "A · (none) > A · pro": 1,
            "A · (none) > Dropped off": 1,
            "A · pro > Dropped off": 1,
        },
    ),
    Case(
        "GPR/had",
        PLANS,
        A
        | {
            "segments": [
                {"held": [ref("org.plan") | {"op": "is", "values": ["free"], "when": "ever"}]}
            ]
        },
        total,
        1,
    ),
    Case("GPR user", STAYED, TOTALS | {"by": [ref("org.plan")]}, totals, {"free": 1, "pro": 1}),
    Case(
        "GPR user/groups",
        STAYED,
        A | ORG | {"by": [ref("org.plan")]},
        totals,
        {"free": 1, "pro": 1},
    ),
    Case(
        "GPR several",
        BOTH,
        TOTALS | {"by": [ref("sport.balls")]},
        totals,
        # An event of three groups, of which two have one ball, counts once for it.
        {"1": 2, "22": 1, "(none)": 1},
    ),
    Case(
        "GPR several/listed",
        BOTH,
        TOTALS | {"by": [ref("sport.kit")]},
        totals,
        {"net": 2, "racket": 2, "(none)": 1},
    ),
    Case("GPR several/filter", BOTH, A | where("sport.balls", "22"), total, 1),
    Case("GPR several/none", BOTH, A | where("sport.balls", None), total, 1),
    Case(
        "GPR several/groups",
        BOTH,
        A | SPORT | {"by": [ref("sport.balls")]},
        totals,
        {"1": 2, "(none)": 1, "22": 1},
    ),
    Case(
        "GPR several/kit",
        BOTH,
        TOTALS | SPORT | {"by": [ref("sport.kit")]},
        totals,
        {"net": 3, "racket": 2, "(none)": 2},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_properties_of_groups(ask: Asking, case: Case) -> None:
    ask.check(case)


def test_one_that_is_not_there_is_said(ask: Asking) -> None:
    for name, says in (("plan", "org.plan"), ("org.plam", "Did you mean “org.plan”?")):
        (said,) = ask("GPR", TOTALS | {"by": [ref(name)]})["warnings"]
        assert said["at"] == "by[0]"
        assert "No property of groups" in said["sentence"]
        assert says in said["sentence"] or name == "plan"
    (said,) = ask("GPR", TOTALS | {"by": ["org.plan"]})["warnings"]
    assert "There is a property of groups “org.plan”." in said["sentence"]


def test_they_are_said_in_other_dialects(ask: Asking) -> None:
    with Warehouse.open(ask.folder) as warehouse:
        charts = Charts(warehouse, CLOCK)
        for name in ("org.plan", "sport.kit"):
            found = charts.answer(read(TOTALS | {"by": [ref(name)]}))
            for dialect in DIALECTS:
                text = translated(found.sql, dialect)
                assert "group_values" in text
                assert sqlglot.parse(text, read=dialect)


def stored(folder: Path, *events: dict[str, Any], key: str = "k" * 32) -> Path:
    """A workspace with an upload more."""
    filled(folder, [upload(*events, at_ms=NOON, key=key)])
    with Study(folder) as study:
        study.catch_up()
    return folder


def test_what_is_new_is_loaded(tmp_path: Path) -> None:
    """Call by call, with a name that is new and a list under one that had none."""
    chart = TOTALS | {"by": [ref("org.plan")]}
    seen = []
    for said in ({"plan": "free"}, {"seats": 2}, {"plan": ["a", "b"]}, {"$unset": {"plan": "-"}}):
        stored(tmp_path, known(NOON, "o1", **said), member("1", "A", NOON, "o1"))
        seen.append(by_group(figure(tmp_path, chart)))
    assert seen == [
        {("free",): 1},
        {("free",): 2},
        {("free",): 2, ("a",): 1, ("b",): 1},
        {("free",): 2, ("a",): 1, ("b",): 1, (None,): 1},
    ]


@pytest.mark.parametrize("is_loaded", [False, True])
def test_what_was_said_stays_when_the_call_is_removed(tmp_path: Path, is_loaded: bool) -> None:
    stored(tmp_path, known(NOON, "o1", plan="free", size=1), known(NOON, "o1", plan="team"))
    stored(tmp_path, member("1", "A", NOON, "o1"))
    chart = TOTALS | {"by": [ref("org.plan"), ref("org.size")]}
    if is_loaded:
        assert by_group(figure(tmp_path, chart)) == {("team", "1"): 1}
    with Store.write(tmp_path) as store:
        store.writer.prune(up_to=1)
    stored(tmp_path, known(NOON, "o1", size=2), member("1", "A", NOON, "o1"))
    stored(tmp_path, known(NOON, "o1", plan="pro"), member("1", "A", NOON, "o1"))
    expected = {("team", "1"): 1, ("team", "2"): 1, ("pro", "2"): 1}
    assert by_group(figure(tmp_path, chart)) == expected


def test_groups_of_two_projects_are_not_the_same(tmp_path: Path) -> None:
    for key, plan in (("a" * 32, "free"), ("b" * 32, "pro")):
        event = member(plan, "A", NOON, "o1")
        stored(tmp_path, known(NOON, "o1", plan=plan), event, key=key)
    assert by_group(figure(tmp_path, A | ORG)) == {(): 2}
    by_plan = {"by": [ref("org.plan")]}
    assert by_group(figure(tmp_path, A | ORG | by_plan)) == {("free",): 1, ("pro",): 1}
    often = {"segments": [{"performed": [{"event": "A", "count": 2}]}]}
    assert by_group(figure(tmp_path, A | ORG | often)) == {(): 0}
    (names,) = [{"by": [{"property": "org", "scope": "group"}]}]
    assert by_group(figure(tmp_path, A | ORG | names)) == {("o1",): 2}


HOSTILE = ("plan", "p\"l'an", "a.b", "é", "PLAN", "", "-- x")


def test_names_are_anything(tmp_path: Path) -> None:
    pairs = [(kind, name) for kind in ("org", "o\"r'g", "o.r", "é -- ") for name in HOSTILE]
    events = [
        one
        for kind, name in pairs
        for one in (
            known(NOON, "o1", kind, **{name: f"{kind}{name}"}),
            did("1", "A", NOON, groups={kind: "o1"}),
        )
    ]
    stored(tmp_path, *events)
    with Warehouse.open(tmp_path) as warehouse:
        warehouse.refresh()
        charts = Charts(warehouse, CLOCK)
        for kind, name in pairs:
            chart = TOTALS | where(f"{kind}.{name}", f"{kind}{name}")
            assert charts.answer(read(chart)).series[0].total, (kind, name)


PLAN = st.sampled_from(["free", "pro", None])
SOME = st.sampled_from(["o1", "o2", "o3"])
THING = st.one_of(
    st.tuples(st.just("known"), SOME, PLAN),
    st.tuples(st.just("in"), st.sampled_from("123"), SOME),
    st.tuples(st.just("A"), st.sampled_from("123"), st.none() | SOME | st.lists(SOME, max_size=3)),
)


def sent(at: int, kind: str, first: Any, second: Any) -> dict[str, Any]:
    """What is sent for a thing that happens."""
    if kind == "known":
        change = {"$unset": {"plan": "-"}} if second is None else {"$set": {"plan": second}}
        return known(NOON + at, first, **change)
    if kind == "in":
        said = {"user_properties": {"$set": {"org": second}}, "groups": {"org": second}}
        return did(first, "$identify", NOON + at, **said)
    return member(first, "A", NOON + at, second)


def expected(things: list[tuple[str, Any, Any]]) -> dict[tuple[str | None], float]:
    """How many events of users whose groups have each plan, by a plain loop."""
    plans: dict[str, str | None] = {}
    groups: dict[str, str] = {}
    found: dict[tuple[str | None], float] = {}
    for kind, first, second in things:
        if kind == "known":
            plans[first] = second
        elif kind == "in":
            groups[first] = second
        else:
            own = [groups[first]] if first in groups else []
            named = own if second is None else second if isinstance(second, list) else [second]
            have = {plans[one] for one in named if plans.get(one)} or {None}
            for plan in have:
                found[plan,] = found.get((plan,), 0) + 1
    return found


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(things=st.lists(THING, min_size=20, max_size=60), cut=st.integers(0, 60))
def test_beside_a_plain_loop(
    tmp_path_factory: pytest.TempPathFactory, things: list[tuple[str, Any, Any]], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("groups")
    chart = TOTALS | {"by": [ref("org.plan")]}
    for low, high in ((0, cut), (cut, len(things))):
        if things[low:high]:
            stored(folder, *(sent(low + at, *one) for at, one in enumerate(things[low:high])))
            found = by_group(figure(folder, chart))
            found.pop((), None)
            assert found == expected(things[:high])
