"""
The thread that answers charts: what is overtaken ends at once, and never arrives.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.query import Interrupted, Warehouse
from tests.app.query.small import NOON, did, workspace
from ui.chartthread import ChartThread

FOREVER = "SELECT sum(a.range * b.range) FROM range(1000000) a, range(1000000) b"
COUNT = "SELECT count(*) FROM events"


@pytest.fixture
def charts(tmp_path: Path) -> Iterator[ChartThread]:
    made = ChartThread(workspace(tmp_path, [did("1", "A", NOON)]))
    made.refresh()
    yield made
    assert made.shutdown()


class Asked:
    """A question that can be held up before its statement, and remembers how it ended."""

    def __init__(self, statement: str) -> None:
        self.began, self.may_go_on, self.ended = (threading.Event() for _ in range(3))
        self.error: Exception | None = None
        self._statement = statement

    def __call__(self, warehouse: Warehouse) -> list[tuple[Any, ...]]:
        self.began.set()
        self.may_go_on.wait(60)
        try:
            return warehouse.rows(self._statement)
        except Exception as error:
            self.error = error
            raise
        finally:
            self.ended.set()


@pytest.mark.parametrize("is_running", [True, False])
def test_what_is_overtaken_ends_and_never_arrives(
    charts: ChartThread, qtbot: QtBot, is_running: bool
) -> None:
    """While its statement runs, and between two of them."""
    owner, answers = QObject(), []
    first, second = Asked(FOREVER if is_running else COUNT), Asked(COUNT)
    second.may_go_on.set()
    charts.ask(owner, first, "chart").then(answers.append)
    qtbot.waitUntil(first.began.is_set)
    if is_running:
        first.may_go_on.set()
        # The statement is begun at any moment now: given up before or in it, it ends.
    charts.ask(owner, second, "chart").then(answers.append)
    first.may_go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert first.ended.is_set()
    assert isinstance(first.error, Interrupted)
    assert answers == [[(1,)]]


def test_what_is_overtaken_after_its_last_statement_takes_nothing_with_it(
    charts: ChartThread, qtbot: QtBot
) -> None:
    owner, answers = QObject(), []
    first, second = Asked(COUNT), Asked(COUNT)
    for one in (first, second):
        one.may_go_on.set()
    may_end = threading.Event()

    def work(warehouse: Warehouse) -> list[tuple[Any, ...]]:
        found = first(warehouse)
        may_end.wait(60)
        return found

    charts.ask(owner, work, "chart").then(answers.append)
    qtbot.waitUntil(first.ended.is_set)
    charts.ask(owner, second, "chart").then(answers.append)
    may_end.set()
    qtbot.waitUntil(lambda: len(answers) == 1)
    assert second.error is None


@pytest.mark.parametrize("how", ["dropped", "overtaken"])
def test_an_answer_that_is_on_its_way_never_arrives(
    charts: ChartThread, qtbot: QtBot, how: str
) -> None:
    owner, answers = QObject(), []
    charts.ask(owner, lambda _: "old", "chart").then(answers.append)
    after = threading.Event()
    # The thread comes to this when it is through with the first, and nothing is delivered while
    # no events are processed.
    charts.ask(owner, lambda _: after.set(), "after")
    assert after.wait(60)
    if how == "dropped":
        charts.drop(owner, "chart")
    else:
        charts.ask(owner, lambda _: "new", "chart").then(answers.append)
    charts.ask(owner, lambda _: "last", "last").then(answers.append)
    qtbot.waitUntil(lambda: "last" in answers)
    assert answers == (["last"] if how == "dropped" else ["new", "last"])


def test_a_question_of_another_purpose_is_not_given_up(charts: ChartThread, qtbot: QtBot) -> None:
    owner, answers = QObject(), []
    first, second = Asked(COUNT), Asked(COUNT)
    second.may_go_on.set()
    charts.ask(owner, first, "chart").then(answers.append)
    qtbot.waitUntil(first.began.is_set)
    charts.ask(owner, second, "names").then(answers.append)
    first.may_go_on.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert first.error is None


def test_what_is_dropped_never_arrives_and_takes_nothing_with_it(
    charts: ChartThread, qtbot: QtBot
) -> None:
    owner, answers = QObject(), []
    first, second = Asked(COUNT), Asked(COUNT)
    charts.ask(owner, first, "chart").then(lambda _rows: answers.append("chart"))
    charts.ask(owner, second, "names").then(lambda _rows: answers.append("names"))
    qtbot.waitUntil(first.began.is_set)
    charts.drop(owner, "chart")
    for one in (first, second):
        one.may_go_on.set()
    qtbot.waitUntil(lambda: answers == ["names"])
    assert isinstance(first.error, Interrupted)
    assert second.error is None
