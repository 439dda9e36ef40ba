"""
Funnels as one statement: the same numbers as the engine's own.
"""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from app.query import DIALECTS, Charts, Warehouse, read, translated
from tests.app.query.naive import Did
from tests.app.query.small import CLOCK, DAYS, HOUR, NOON, did, workspace
from tests.app.query.test_second_opinion import FEW, Opened, fresh, histories

__all__ = ["fresh"]


def by_statement(warehouse: Warehouse, statement: str) -> tuple[int, ...]:
    (row,) = warehouse.rows(statement)
    return tuple(int(one or 0) for one in row)


ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("AB", {}),
    ("ABC", {}),
    ("CBAX", {"window_s": 2}),
    ("ABA", {"resolution": "millisecond", "window_s": 2}),
    ("AAB", {"resolution": "millisecond"}),
    ("ABC", {"hold": ["v"]}),
)


@FEW
@given(events=histories("ABCX", 12, 500))
def test_beside_the_engine(fresh, events: list[Did]) -> None:  # type: ignore[no-untyped-def]
    with Opened(fresh(), events) as opened:
        # Asked of the same events, because a workspace takes longer to make than to ask.
        for steps, fields in ASKED:
            chart = read(
                {"kind": "funnel", "range": DAYS, "steps": list(steps), "window_s": 3, **fields}
            )
            figure = opened.charts.funnel(chart)
            (statement,) = figure.sql
            counted = by_statement(opened.warehouse, statement)
            assert counted == figure.parts[0].counts, (steps, fields)


def charts(folder: Path) -> tuple[Warehouse, Charts]:
    events = [did("1", "A", NOON, {"v": "x"}), did("1", "B", NOON + HOUR, {"v": "x"})]
    events += [did("2", "A", NOON, {"v": "y"}), did("3", "A", NOON, {"v": "y"})]
    warehouse = Warehouse.open(workspace(folder, events))
    warehouse.refresh()
    return warehouse, Charts(warehouse, CLOCK)


def test_groups_segments_and_ways_have_their_own(tmp_path: Path) -> None:
    warehouse, made = charts(tmp_path)
    with warehouse:
        funnel = {"kind": "funnel", "range": DAYS, "steps": ["A", "B"]}
        (statement,) = made.funnel(read(funnel | {"by": ["v"]})).sql
        assert warehouse.rows(statement) == [("y", 2, 0), ("x", 1, 1)]
        where = [{"property": "v", "values": ["y"]}]
        chart = read(funnel | {"segments": [{"where": where}, {}]})
        assert [by_statement(warehouse, one) for one in made.funnel(chart).sql] == [(2, 0), (3, 1)]
        compared = read(funnel | {"steps": ["A", {"event": "B", "compared": ["C"]}]})
        assert [by_statement(warehouse, one) for one in made.funnel(compared).sql] == [
            (3, 1),
            (3, 0),
        ]


@pytest.mark.parametrize(
    "change",
    [
        {"order": "exact"},
        {"order": "any"},
        {"count": "totals"},
        {"exclude": [{"event": "X"}]},
        {"show": "time_to_convert"},
        {"steps": ["A", "A"]},
        {"steps": ["A", {"kind": "any"}]},
        {"steps": ["A", {"event": "B", "by": ["v"]}]},
    ],
)
def test_what_one_statement_cannot_say_is_called_a_selection(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    warehouse, made = charts(tmp_path)
    with warehouse:
        figure = made.funnel(read({"kind": "funnel", "range": DAYS, "steps": ["A", "B"]} | change))
        assert figure.sql
        for dialect in DIALECTS:
            text = translated(figure.sql, dialect)
            assert text.count("Only the events that this funnel looks at") == len(figure.sql)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_it_is_said_in_other_dialects(tmp_path: Path, dialect: str) -> None:
    warehouse, made = charts(tmp_path)
    with warehouse:
        figure = made.funnel(read({"kind": "funnel", "range": DAYS, "steps": ["A", "B", "C"]}))
    text = translated(figure.sql, dialect)
    assert "UNBOUNDED FOLLOWING" in text
    assert "Only the events" not in text
