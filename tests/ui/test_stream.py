"""Which ids a table shows: at once, completely, and as they arrive."""

import time

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.decode import decode
from app.filter import Filter, parse
from tests.factories import emptied
from ui.context import Context
from ui.pages.live.searching import SearchRow
from ui.table import stream as module
from ui.table.columns import event_columns
from ui.table.model import PagedTableModel
from ui.table.stream import EventStream, Search

from .conftest import OTHER_KEY, Workspace, capture


@pytest.fixture
def stream(context: Context, workspace: Workspace) -> EventStream:
    context.store.open()
    model = PagedTableModel(
        event_columns({}),
        lambda ids: context.store.ask(lambda store: store.events.rows(ids), []),
        context.jobs,
    )
    return EventStream(model, context.jobs, QObject(context.jobs))


def types(stream: EventStream) -> list[str]:
    return [stream.model.text(row, "type") for row in range(len(stream.model))]


def show(qtbot: QtBot, stream: EventStream, text: str = "", **more: object) -> None:
    stream.show_filter(Filter(parse(text), **more))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not stream.is_loading and stream.is_complete)


def refresh(qtbot: QtBot, stream: EventStream) -> None:
    with qtbot.waitSignal(stream.counted):
        stream.refresh()


def test_everything_is_shown_newest_first(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    workspace.add("a", "b")
    workspace.add("c")
    show(qtbot, stream)
    assert types(stream) == ["c", "b", "a"]
    assert stream.known.count == 3


def test_an_empty_workspace_shows_nothing(qtbot: QtBot, stream: EventStream) -> None:
    show(qtbot, stream)
    assert types(stream) == []
    assert stream.known.count == 0


def test_new_events_appear_on_top(qtbot: QtBot, stream: EventStream, workspace: Workspace) -> None:
    show(qtbot, stream)
    workspace.add("a")
    refresh(qtbot, stream)
    workspace.add("b", "c")
    refresh(qtbot, stream)
    assert types(stream) == ["c", "b", "a"]


def test_only_what_matches_appears(qtbot: QtBot, stream: EventStream, workspace: Workspace) -> None:
    workspace.add("Buy", "Look", "Buy")
    show(qtbot, stream, "type:buy")
    workspace.add("Look", "Buy now")
    refresh(qtbot, stream)
    assert types(stream) == ["Buy now", "Buy", "Buy"]
    assert stream.matches == 3
    assert stream.known.count == 5


def test_the_rest_follows_the_first_page_in_chunks(
    qtbot: QtBot, stream: EventStream, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST", 10)
    monkeypatch.setattr(module, "CHUNKS", (3, 7))
    workspace.add_all([[f"Buy {number}", "Look"] for number in range(100)])
    show(qtbot, stream, "type:buy")
    assert types(stream) == [f"Buy {number}" for number in reversed(range(100))]


def test_paused_events_wait_and_then_show(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    workspace.add("a")
    show(qtbot, stream)
    stream.pause()
    workspace.add("b")
    refresh(qtbot, stream)
    workspace.add("c")
    refresh(qtbot, stream)
    assert types(stream) == ["a"]
    assert len(stream.waiting) == 2
    stream.follow()
    assert types(stream) == ["c", "b", "a"]
    assert not stream.waiting


def test_clearing_removes_everything_also_what_waits(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    workspace.add("a")
    show(qtbot, stream)
    stream.pause()
    workspace.add("b")
    refresh(qtbot, stream)
    emptied(workspace.store)
    refresh(qtbot, stream)
    assert types(stream) == []
    assert not stream.waiting
    stream.follow()
    workspace.add("c")
    refresh(qtbot, stream)
    assert types(stream) == ["c"]


def test_pruned_events_go_from_the_bottom(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    workspace.add_all([[f"e{number}"] for number in range(1, 801)])
    show(qtbot, stream)
    left = workspace.store.writer.prune()
    assert left is not None
    refresh(qtbot, stream)
    assert 1 < left.event < 800
    assert types(stream) == [f"e{number}" for number in range(800, left.event - 1, -1)]
    assert stream.known.count == 801 - left.event


def test_one_project_alone(qtbot: QtBot, stream: EventStream, workspace: Workspace) -> None:
    workspace.add("mine")
    workspace.add("theirs", api_key=OTHER_KEY)
    show(qtbot, stream, source_id=2)
    assert types(stream) == ["theirs"]


def test_hidden_types_are_left_out(qtbot: QtBot, stream: EventStream, workspace: Workspace) -> None:
    workspace.add("a", "b", "a")
    show(qtbot, stream, hidden_types=("a",))
    assert types(stream) == ["b"]


def test_an_answer_shows_when_it_comes(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    workspace.add("a", status=None)
    show(qtbot, stream)
    assert stream.model.text(0, "outcome") == "Unanswered"
    workspace.store.writer.answer(1, capture("a"))
    refresh(qtbot, stream)
    assert stream.model.text(0, "outcome") == "Accepted"


def test_a_storm_of_notices_loses_nothing(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    show(qtbot, stream, "type:b")
    for number in range(60):
        workspace.add("a", f"b{number}")
        stream.refresh()
        stream.refresh()
    qtbot.waitUntil(lambda: len(stream.model) == 60)
    assert types(stream) == [f"b{number}" for number in reversed(range(60))]


def test_a_new_filter_overtakes_the_old_one(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    workspace.add("a", "b")
    stream.show_filter(Filter(parse("type:a")))
    stream.refresh()
    stream.show_filter(Filter(parse("type:b")))
    qtbot.waitUntil(lambda: not stream.is_loading and types(stream) == ["b"])


def test_a_filter_by_outcome_finds_what_is_answered_later(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    now_ms = int(time.time() * 1000)
    writer = workspace.store.writer
    waiting = capture("late", at_ms=now_ms, status=None)
    (number,) = writer.add([(waiting, decode(waiting))])
    workspace.add("taken")
    show(qtbot, stream, "outcome:throttled")
    refresh(qtbot, stream)
    assert types(stream) == []
    writer.answer(number, capture("late", at_ms=now_ms, status=429))
    refresh(qtbot, stream)
    assert types(stream) == ["late"]
    show(qtbot, stream, "outcome:accepted")
    assert types(stream) == ["taken"]


def test_a_search_tells_how_far_it_is_and_is_stopped(
    qtbot: QtBot, stream: EventStream, workspace: Workspace
) -> None:
    workspace.add_all([["a", "b"]] * 50)
    shown, model = stream, stream.model
    row = SearchRow(shown)
    qtbot.addWidget(row)
    shown.show_filter(Filter(parse("type:a")))
    shown.stop()
    assert shown.was_stopped
    assert len(model) == 0
    assert row.isHidden()
    workspace.add("a")
    shown.refresh()
    qtbot.waitUntil(lambda: len(model) >= 1)
    shown.show_filter(Filter(parse("type:b")))
    qtbot.waitUntil(lambda: shown.is_complete and not shown.is_loading)
    assert len(model) == 50
    assert not shown.was_stopped
    assert shown.search.part_done(1) == 1
    assert Search(top=101, at=51).part_done(1) == 0.5
    row._show()
    assert row.isVisible()
    shown.counted.emit()
    assert not row.isVisible()
