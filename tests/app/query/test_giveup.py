"""
Long work in Python between two statements is given up, too.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.query import Charts, Warehouse, read
from app.query.anyorder import any_attempts, unordered
from app.query.attempts import one_by_one, queued
from app.query.funnel import funnel
from app.query.giveup import watched
from app.query.inorder import ordered
from app.query.journeys import journeys
from app.query.paths import Barriers, Found, Rows, grouped
from app.query.warehouse import Interrupted
from tests.app.query.small import CLOCK, DAYS, NOON, did, workspace

SPAN = 1 << 20
UNITS = 3000


class Asked:
    """Gives up when it is asked for the `wanted`-th time."""

    def __init__(self, wanted: int) -> None:
        self.times = 0
        self._wanted = wanted

    def __call__(self) -> None:
        self.times += 1
        if self.times == self._wanted:
            raise Interrupted("Now.")


def rows(kinds: int) -> Rows:
    """Many users who did as many things one after the other."""
    size = UNITS * kinds
    kind = np.tile(np.arange(kinds), UNITS)
    unit = np.repeat(np.arange(UNITS), kinds)
    mask = np.left_shift(np.int64(1), kind)
    return Rows(unit, unit, kind, np.arange(size), mask, kind == 0, kind)


def search(find: Callable[..., Found], *more: int) -> Callable[[Asked], object]:
    def run(go_on: Asked) -> object:
        some = rows(4)
        nodes = grouped(some, simultaneous=False)
        return find(some, nodes, 4, 10, Barriers(SPAN), *more, go_on)

    return run


def line(find: Callable[..., Any]) -> Callable[[Asked], object]:
    def run(go_on: Asked) -> object:
        some = rows(4)
        return find(some, np.arange(len(some)), 4, 10, Barriers(SPAN), go_on)

    return run


@pytest.mark.parametrize(
    "run",
    [
        search(ordered, SPAN),
        search(unordered, SPAN),
        search(any_attempts),
        line(queued),
        line(one_by_one),
    ],
    ids=["ordered", "unordered", "any_attempts", "queued", "one_by_one"],
)
def test_a_search_is_given_up(run: Callable[[Asked], object], monkeypatch: Any) -> None:
    monkeypatch.setattr("app.query.inorder.PIECE", 1000)
    whole = Asked(0)
    run(whole)
    assert whole.times > 2
    for wanted in (1, 3):
        given_up = Asked(wanted)
        with pytest.raises(Interrupted):
            run(given_up)
        assert given_up.times == wanted


def test_things_are_all_there_and_looked_at_now_and_then() -> None:
    asked = Asked(0)
    assert list(watched(range(2500), asked)) == list(range(2500))
    assert asked.times == 3


def test_charts_are_given_up_between_statements(tmp_path: Path) -> None:
    """What a page calls while an answer is worked out, and the next question is answered."""
    folder = workspace(tmp_path, [did(str(at), "A", NOON, {"p": at}) for at in range(5)])
    with Warehouse.open(folder) as warehouse:
        warehouse.refresh()
        charts = Charts(warehouse, CLOCK)
        go_on = charts.context().go_on
        go_on()
        warehouse.interrupt()
        with pytest.raises(Interrupted):
            go_on()
        go_on()
        for fields in ({"kind": "funnel", "steps": ["A", "A"], "by": ["p"]},
                       {"kind": "journeys", "start": "A"}):  # fmt: skip
            chart = read(fields | {"range": DAYS})
            asked = Asked(0)
            context = replace(charts.context(), go_on=asked)
            if fields["kind"] == "funnel":
                funnel(chart, warehouse.arrays, context)  # type: ignore[arg-type]
                assert asked.times > 5  # Once for each group, at least.
            else:
                journeys(chart, warehouse.rows, context)  # type: ignore[arg-type]
                assert asked.times
