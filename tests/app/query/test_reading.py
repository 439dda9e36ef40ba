"""
Definitions that nobody would write: each is a chart, which survives being written, or a sentence
with the place of the mistake.
"""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.query import BadDefinition, read, written
from app.query.calendar import INTERVALS
from app.query.definition import (
    COMPARISONS,
    COUNTED,
    FUNNEL_VIEWS,
    MEASURES,
    OPERATORS,
    ORDERS,
    SCOPES,
    TOP_KINDS,
    USERS,
    VIEWS,
    AnyChart,
    CohortRef,
    EventSpec,
    PropertyRef,
)
from app.query.walk import parts_of

MANY = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.lists(st.integers(0, 3), max_size=3),
)
NAME = st.one_of(st.sampled_from(["p", "a.b", 'q"', "😀", "\x00", "x" * 300]), st.text(min_size=1))


def maybe(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what belongs there."""
    return st.integers(0, 30).flatmap(lambda n: ODD if n == 0 else good)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={key: maybe(of) for key, of in fields.items()})


def needing(
    needed: dict[str, st.SearchStrategy[Any]], **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    optional = {key: maybe(of) for key, of in fields.items()}
    return st.fixed_dictionaries({k: maybe(v) for k, v in needed.items()}, optional=optional)


def few(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(of, max_size=3)


RANGE = st.one_of(
    needing(
        {"last": st.integers(0, 40)},
        unit=st.sampled_from(INTERVALS),
        offset=st.integers(0, 3),
        complete=st.booleans(),
        without=few(st.sampled_from(["sat", "sun", "never"])),
    ),
    st.sampled_from([{"since": "2026-11-01"}, {"start": "2026-11-01", "end": "2026-11-02T10:00"}]),
)
VALUE = st.one_of(st.none(), st.booleans(), st.integers(0, 6), st.text(max_size=3))
PROPERTY = st.one_of(NAME, needing({"property": NAME}, scope=st.sampled_from(SCOPES)))
CONDITION = needing(
    {"property": NAME, "values": st.lists(VALUE, min_size=1, max_size=3)},
    scope=st.sampled_from(SCOPES),
    op=st.sampled_from(OPERATORS),
)
PLAIN = st.one_of(
    NAME,
    needing({"event": NAME}, where=few(CONDITION), by=few(PROPERTY), name=NAME),
    needing({"kind": st.sampled_from(["any", "active", "new"])}, where=few(CONDITION)),
    needing({"label": st.integers(1, 9)}, name=NAME),
)
EVENT = st.one_of(PLAIN, needing({"combined": st.lists(PLAIN, min_size=2, max_size=3)}))
TOP = needing({"kind": st.sampled_from(TOP_KINDS)}, where=few(CONDITION), by=few(PROPERTY))
PERFORMED = needing(
    {"event": EVENT},
    op=st.sampled_from(COMPARISONS),
    count=st.integers(0, 5),
    during=RANGE,
    negated=st.booleans(),
    of=st.sampled_from(COUNTED),
    amount=st.floats(-5, 5),
    property=PROPERTY,
    other=EVENT,
    interval=st.sampled_from(INTERVALS),
    then=few(EVENT),
    within_days=st.integers(0, 9),
    each=st.booleans(),
)
RULE = some(
    name=NAME,
    users=st.sampled_from(USERS),
    where=few(CONDITION),
    performed=few(PERFORMED),
    held=few(CONDITION),
    cohorts=few(needing({"cohort": st.integers(1, 9)}, negated=st.booleans())),
    people=few(st.integers(1, 9)),
)
SEGMENT = st.one_of(RULE, needing({"either": few(RULE)}))
COMMON: dict[str, st.SearchStrategy[Any]] = {
    "version": st.just(1),
    "name": NAME,
    "range": RANGE,
    "interval": st.sampled_from(INTERVALS),
    "segments": few(SEGMENT),
    "by": few(PROPERTY),
    "project": NAME,
    "groups": NAME,
    "inactive": few(NAME),
    "compatible": st.booleans(),
}
SEGMENTATION = needing(
    {"events": st.lists(st.one_of(EVENT, TOP), min_size=1, max_size=3)},
    **COMMON,
    measure=st.sampled_from(MEASURES),
    property=PROPERTY,
    formula=st.just("UNIQUES(A)"),
    rolling_average=st.integers(0, 9),
    rolling_window=st.integers(0, 9),
    cumulative=st.booleans(),
    compare=few(st.sampled_from(["day", "45 days", "starting 2026-01-01", "ending 2026-02-31"])),
    edges=st.sampled_from([[], [0], [0, 5], [5, 0]]),
    items=st.booleans(),
    relative=st.booleans(),
    view=st.sampled_from(VIEWS),
    hidden=few(few(VALUE)),
    rows=st.integers(0, 9),
)
FUNNEL = needing(
    {"kind": st.just("funnel"), "steps": st.lists(EVENT, min_size=2, max_size=4)},
    **COMMON,
    order=st.sampled_from(ORDERS),
    window_s=st.integers(1, 99),
    count=st.sampled_from(["uniques", "totals"]),
    hold=few(PROPERTY),
    exclude=few(needing({"event": EVENT}, between=st.sampled_from([[1, 2], [2, 1], [1, 9]]))),
    show=st.sampled_from(FUNNEL_VIEWS),
    between=st.sampled_from([[1, 2], [2, 3]]),
    edges=st.sampled_from([[], [0, 5], [5, 0], [1]]),
    counted=EVENT,
    sum=PROPERTY,
    baseline=st.integers(0, 3),
)
JOURNEYS = needing(
    {"kind": st.just("journeys")},
    **COMMON,
    start=EVENT,
    end=EVENT,
    window_s=st.integers(1, 99),
    hide=few(NAME),
    include=few(NAME),
    exclude=few(EVENT),
    called=few(EVENT),
    expand=few(PROPERTY),
    levels=st.integers(2, 9),
)


def has(value: Any, path: str) -> bool:
    """Whether a place such as `events[1].where` is there, or what should hold it is."""
    pieces = re.findall(r"[^.\[\]]+|\[\d+\]", path)
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        if piece.startswith("["):
            if not isinstance(value, list) or int(piece[1:-1]) >= len(value):
                return False
            value = value[int(piece[1:-1])]
        elif isinstance(value, dict) and piece in value:
            value = value[piece]
        else:
            return last and isinstance(value, dict)
    return True


def is_there(value: Any, path: str) -> bool:
    """Whether a place is there itself."""
    for piece in re.findall(r"[^.\[\]]+|\[\d+\]", path):
        key = int(piece[1:-1]) if piece.startswith("[") else piece
        try:
            value = value[key]
        except (LookupError, TypeError):
            return False
    return True


def outcome(definition: Any) -> AnyChart | BadDefinition:
    """The chart, or the mistake."""
    try:
        return read(definition)
    except BadDefinition as error:
        return error


@pytest.mark.parametrize(
    "kind", [SEGMENTATION, FUNNEL, JOURNEYS], ids=["segmentation", "funnel", "journeys"]
)
def test_a_chart_or_the_place_of_the_mistake(kind: st.SearchStrategy[Any]) -> None:
    read_at_all = 0

    @MANY
    @given(definition=kind)
    def attack(definition: dict[str, Any]) -> None:
        nonlocal read_at_all
        chart = outcome(definition)
        if isinstance(chart, BadDefinition):
            assert chart.problem
            assert has(definition, chart.path), (chart.path, definition)
            return
        read_at_all += 1
        assert read(written(chart)) == chart
        assert read(json.loads(json.dumps(written(chart)))) == chart
        for at, part in parts_of(chart):
            # What is said about these is said at their place.
            if isinstance(part, EventSpec | PropertyRef | CohortRef):
                assert is_there(written(chart), at), at

    attack()
    assert read_at_all  # What is drawn depends on the constants of all modules that are loaded.


@MANY
@given(definition=ODD)
def test_anything(definition: Any) -> None:
    with pytest.raises(BadDefinition):
        read(definition)


@pytest.mark.parametrize("measure", ["uniques", "totals", "formula"])
def test_a_formula_that_waits_is_not_what_is_measured(measure: str) -> None:
    chart = read({"events": ["A"], "measure": measure, "formula": "UNIQUES(A)"})
    assert read(written(chart)) == chart


def test_the_look_is_read_and_written() -> None:
    look = {"axis": {"min": 1, "max": 9.5, "outside": False, "unit": "# kg"},
            "legend": [["A", "Visits"]]}  # fmt: skip
    kept = written(read({"events": ["A"], **look}))
    assert {key: kept[key] for key in look} == look


@pytest.mark.parametrize(
    ("look", "place"),
    [({"axis": {"min": 3, "max": 3}}, "axis.max"), ({"axis": {"unit": "x" * 21}}, "axis.unit"),
     ({"axis": {"log": True}}, "axis.log"), ({"legend": [["A"]]}, "legend[0]"),
     ({"axis": {"min": "low"}}, "axis.min")],
)  # fmt: skip
def test_a_look_says_where_it_is_wrong(look: dict[str, Any], place: str) -> None:
    with pytest.raises(BadDefinition) as raised:
        read({"events": ["A"], **look})
    assert raised.value.path == place
