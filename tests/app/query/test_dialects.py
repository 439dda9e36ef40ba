"""
"Show SQL": what a chart of any kind asks can be said for six engines, and reads back there.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from app.query import DIALECTS, Charts, Warehouse, read, translated
from tests.app.query.small import CLOCK, DAYS, NOON, did, workspace

A = {"event": "A", "by": ["list"]}
WHERE = [
    {"property": "p", "op": op, "values": ["x", None] if op == "is" else ["3"]}
    for op in (
        *("is", "contains", "starts with", "<", ">=", "set is", "set contains", "glob"),
        *("is not", "does not contain", "does not start with", "set is not", "not glob"),
    )
]
SEGMENT = {
    "users": "new",
    "where": [{"property": "plan", "scope": "user", "values": ["pro"]}],
    "performed": [
        {"event": "A", "of": "sum", "property": "price", "amount": 3, "op": ">="},
        {"event": "A", "of": "distinct", "property": "list", "count": 2},
        {"event": "A", "then": ["B"], "within_days": 3},
        {"event": "A", "count": 2, "each": True, "during": {"last": 7}},
    ],
    "held": [{"property": "plan", "scope": "user", "op": "<", "values": [5]}],
    "either": [{"users": "active"}, {"held": [{"property": "p", "values": ["x"], "when": "ever"}]}],
}
FUNNEL = {"kind": "funnel", "steps": ["A", "B"]}
KINDS: dict[str, dict[str, Any]] = {
    "uniques": {"events": ["A", {"kind": "active"}, {"kind": "new"}, {"combined": ["A", "B"]}]},
    "filters": {"events": [{"event": "A", "where": WHERE}, {"label": 1}]},
    "groups": {"events": [A], "by": [{"property": "list", "scope": "event"}], "measure": "totals"},
    "carts": {"events": [{"event": "A", "by": ["cart.price"]}], "measure": "totals"},
    "ranks": {"events": [{"event": "A", "where": [{"scope": "count", "values": [2]}]}]},
    "segments": {"events": ["A"], "segments": [SEGMENT]},
    "hours": {"events": ["A"], "interval": "hour", "range": {"last": 0}},
    "top": {"events": [{"kind": "top"}, {"kind": "segment_top"}], "segments": [SEGMENT]},
    "window": {"events": ["A"], "rolling_window": 3},
    "average": {"events": ["A"], "rolling_average": 3},
    "cumulative": {"events": ["A"], "cumulative": True},
    "compared": {"events": ["A"], "compare": ["month", "10 days"]},
    **{
        measure: {"events": [A], "measure": measure}
        for measure in ("active", "average", "frequency")
    },
    **{
        measure: {"events": ["A"], "measure": measure, "property": "price"}
        for measure in ("sum", "property_average", "median", "distinct_per_user", "distribution")
    },
    "formula": {
        "events": [{"event": "A", "by": ["price"]}, "B"],
        "formula": "PROPSUM(A)/UNIQUES(B); PERCENTILE(A,0.9); ROLLWIN(UNIQUES,B,3); HIST(B)",
    },
    "counted groups": {"events": ["A"], "groups": "org"},
    "funnel": FUNNEL,
    "funnel by": FUNNEL | {"by": ["p"], "hold": ["list"]},
    "funnel of milliseconds": FUNNEL | {"resolution": "millisecond", "by": ["p"]},
    "funnel any": FUNNEL | {"order": "any", "exclude": [{"event": "X"}]},
    "funnel exact": FUNNEL | {"order": "exact", "count": "totals"},
    "funnel any attempts": FUNNEL | {"order": "any", "count": "totals"},
    "funnel times": FUNNEL | {"show": "time_to_convert"},
    "funnel frequency": FUNNEL | {"show": "frequency", "counted": "X"},
    "funnel ways": FUNNEL | {"steps": ["A", {"event": "X", "optional": True}, "B"]},
    "funnel of groups": FUNNEL | {"groups": "org"},
    "funnel by its groups": FUNNEL
    | {"groups": "org", "by": [{"property": "org", "scope": "group"}]},
    "journeys": {"kind": "journeys", "start": "A", "end": "B", "expand": ["p"], "collapse": True},
    "journeys before": {"kind": "journeys", "end": "B", "session": True, "hide": ["X"]},
    "journeys that hold": {
        "kind": "journeys",
        "start": {"event": "A", "name": "it's A"},
        "include": ["B"],
        "called": [{"label": 1, "name": "Clicked"}],
    },
    "journeys of groups": {"kind": "journeys", "start": "A", "groups": "org", "count": "totals"},
}


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Charts]:
    properties = {"p": "x", "price": 3, "list": ["a", "b"], "cart": [{"price": 3}]}
    events = [
        did("1", "A", NOON, properties, groups={"org": ["o1", "o2"]}),
        did("1", "B", NOON + 1000, {"p": 'it\'s "quoted"'}, user_properties={"plan": "pro"}),
    ]
    with Warehouse.open(workspace(tmp_path_factory.mktemp("dialects"), events)) as warehouse:
        warehouse.refresh()
        yield Charts(warehouse, CLOCK)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_back_in_every_dialect(charts: Charts, kind: str) -> None:
    _, statements = charts.as_json(read({"range": DAYS} | KINDS[kind]))
    assert statements
    for dialect in DIALECTS:
        text = translated(statements, dialect)
        found = sqlglot.parse(text, read=dialect)
        assert len(found) == len(statements), (dialect, text)
        for one in found:
            # What it cannot read becomes a command, as a whole.
            assert isinstance(one, exp.Query), (dialect, text)
