"""Background work: results in the GUI thread, the newest wins, an orderly end."""

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.errors import BadInput, StoreUnavailable
from app.store import Store
from ui.context import Context
from ui.jobs import Jobs

from .conftest import Workspace

FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def endless(store: Store) -> object:
    return store.connection.execute(FOREVER).fetchone()


def test_a_result_arrives_in_the_gui_thread(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    workspace.add("Checkout")
    found: list[tuple[int, threading.Thread]] = []
    owner = QObject()
    context.jobs.read(owner, lambda store: store.events.count()).then(
        lambda count: found.append((count, threading.current_thread()))
    )
    qtbot.waitUntil(lambda: bool(found))
    assert found == [(1, threading.main_thread())]


def test_a_newer_job_interrupts_and_overtakes_the_older(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    owner = QObject()
    results: list[object] = []
    started = threading.Event()

    def slow(store: Store) -> object:
        started.set()
        return endless(store)

    context.jobs.read(owner, slow).then(results.append)
    assert started.wait(60)
    context.jobs.read(owner, lambda _store: "new").then(results.append)
    qtbot.waitUntil(lambda: bool(results))
    assert results == ["new"]


@pytest.mark.parametrize("how", ["dropped", "overtaken"])
def test_a_result_that_is_on_its_way_never_arrives(
    qtbot: QtBot, context: Context, workspace: Workspace, how: str
) -> None:
    owner, other = QObject(), QObject()
    results: list[str] = []
    context.jobs.run(owner, lambda: "old").then(results.append)
    # It is done, and nothing is delivered while no events are processed.
    deadline = time.monotonic() + 60
    while any(worker.job for worker in context.jobs._workers) or context.jobs._queue:
        assert time.monotonic() < deadline
    if how == "dropped":
        context.jobs.drop(owner)
    else:
        context.jobs.run(owner, lambda: "new").then(results.append)
    context.jobs.run(other, lambda: "last").then(results.append)
    qtbot.waitUntil(lambda: "last" in results)
    if how == "overtaken":
        qtbot.waitUntil(lambda: "new" in results)
    assert "old" not in results


def test_other_purposes_and_owners_are_left_alone(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    first, second = QObject(), QObject()
    results: list[str] = []
    context.jobs.run(first, lambda: "a").then(results.append)
    context.jobs.run(first, lambda: "b", "other").then(results.append)
    context.jobs.run(second, lambda: "c").then(results.append)
    qtbot.waitUntil(lambda: sorted(results) == ["a", "b", "c"])


def test_what_failed_half_read_lets_later_jobs_be_overtaken(
    qtbot: QtBot, context: Context, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cursor in the frames of an error would keep its query open, and as long as one is open,
    an interrupt ends whatever comes next."""
    monkeypatch.setattr("ui.jobs.WORKERS", 1)
    owner, started, found = QObject(), threading.Event(), list[object]()

    def half_read(store: Store) -> None:
        rows = store.connection.execute("VALUES (1), (2)")
        raise BadInput(f"after {rows.fetchone()[0]}")

    def slow(store: Store) -> object:
        started.set()
        return endless(store)

    context.jobs.read(owner, half_read, "half").catch(found.append)
    qtbot.waitUntil(lambda: len(found) == 1)
    context.jobs.read(owner, slow).then(found.append)
    assert started.wait(60)
    context.jobs.read(owner, lambda store: store.connection.execute("SELECT 7").fetchone()).then(
        found.append
    )
    qtbot.waitUntil(lambda: len(found) == 2)
    assert found[1] == (7,)


def test_nothing_reaches_an_owner_that_is_gone(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    owner, other = QObject(), QObject()
    reached: list[str] = []
    hold = threading.Event()
    context.jobs.run(owner, hold.wait).then(lambda _: reached.append("gone"))
    delete(owner)
    hold.set()
    context.jobs.run(other, lambda: None).then(lambda _: reached.append("there"))
    qtbot.waitUntil(lambda: "there" in reached)
    assert reached == ["there"]


def test_dropped_jobs_never_deliver(qtbot: QtBot, context: Context, workspace: Workspace) -> None:
    owner = QObject()
    reached: list[str] = []
    context.jobs.read(owner, endless).then(lambda _: reached.append("dropped"))
    context.jobs.drop(owner)
    context.jobs.run(owner, lambda: None, "other").then(lambda _: reached.append("done"))
    qtbot.waitUntil(lambda: bool(reached))
    assert reached == ["done"]


def test_what_the_environment_does_is_caught(qtbot: QtBot, context: Context) -> None:
    problems: list[Exception] = []
    context.jobs.read(QObject(context.jobs), lambda store: store.events.count()).catch(
        problems.append
    )
    qtbot.waitUntil(lambda: bool(problems))
    assert isinstance(problems[0], StoreUnavailable)
    assert "no workspace" in problems[0].sentence


def test_what_nobody_catches_is_announced(qtbot: QtBot, context: Context) -> None:
    def fail() -> None:
        raise BadInput("Not like this.")

    with qtbot.waitSignal(context.jobs.failed) as failed:
        context.jobs.run(QObject(context.jobs), fail)
    assert str(failed.args[0]) == "Not like this."


def test_a_bug_reaches_the_excepthook(
    qtbot: QtBot, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[type[BaseException]] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, _error, _trace: seen.append(kind))
    context.jobs.run(QObject(context.jobs), lambda: {}["missing"])
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [KeyError]


def test_the_end_does_not_wait_for_a_running_query(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    jobs = Jobs(workspace.folder)
    started = threading.Event()

    def slow(store: Store) -> object:
        started.set()
        return endless(store)

    jobs.read(QObject(jobs), slow)
    assert started.wait(60)
    # It would have no other end.
    assert jobs.shutdown()
    late: list[object] = []
    jobs.run(QObject(jobs), lambda: 1).then(late.append)
    assert not late


def test_many_jobs_from_many_owners_all_arrive(
    qtbot: QtBot, context: Context, workspace: Workspace
) -> None:
    owners = [QObject(context.jobs) for _ in range(200)]
    found: list[int] = []
    for number, owner in enumerate(owners):
        context.jobs.read(owner, lambda _store, number=number: number).then(found.append)
    qtbot.waitUntil(lambda: len(found) == 200)
    assert sorted(found) == list(range(200))
