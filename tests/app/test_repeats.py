"""
What was sent before is recognised: retries, browsers that post again, heartbeats.
"""

from pathlib import Path
from typing import Any

from app.decode import decode
from app.model import Capture, Response
from app.store import Store
from app.store.migrate import update
from app.store.schema import M001_CAPTURES, STEPS
from tests.factories import event, filled, recorded, upload

FAILED = Response(500, (), b'{"code":500}')
OK = Response(200, (), b'{"code":200}')


def sent(*insert_ids: str, response: Response | None = OK, **fields: Any) -> Capture:
    """An upload of events with these ids."""
    return upload(*(event(insert_id=number) for number in insert_ids), response=response, **fields)


def attempts(store: Store) -> list[tuple[int, int | None, int]]:
    """attempt, retry_of and repeats of every upload."""
    return [
        (found["attempt"], found["retry_of"], found["repeats"]) for found in store.uploads.export()
    ]


def repeats(store: Store) -> list[int | None]:
    """For every event, the one that it repeats."""
    rows = store.connection.execute("SELECT repeat_of FROM events ORDER BY id")
    return [number for (number,) in rows]


def test_a_real_retry(tmp_path: Path) -> None:
    first = recorded("retry-500-then-200.02", status=500)
    again = recorded("retry-500-then-200.03")
    with Store.read(filled(tmp_path, [first, again])) as store:
        assert attempts(store) == [(1, None, 0), (2, 1, 2)]
        assert repeats(store) == [None, None, 1, 2]


def test_a_real_page_that_posts_what_its_frame_has_posted(tmp_path: Path) -> None:
    captures = [recorded(f"iframe-duplicate-resend.0{number}") for number in (2, 3)]
    with Store.read(filled(tmp_path, captures)) as store:
        assert attempts(store) == [(1, None, 0), (2, 1, 3)]
        assert repeats(store) == [None] * 4 + [1, 2, 3, None, None]


def test_attempts_are_counted_and_new_events_are_new(tmp_path: Path) -> None:
    captures = [
        sent("a", "b", response=FAILED),
        sent("a", "b", "c", response=FAILED),
        sent("a", "b", "c", "d"),
        sent("e"),
    ]
    with Store.read(filled(tmp_path, captures)) as store:
        assert attempts(store) == [(1, None, 0), (2, 1, 2), (3, 1, 3), (1, None, 0)]
        assert repeats(store) == [None, None, 1, 2, None, 1, 2, 5, None, None]


def test_what_is_left_of_a_refused_upload_begins_anywhere(tmp_path: Path) -> None:
    refused = b'{"code":400,"events_with_missing_fields":{"time":[0]}}'
    captures = [sent("a", "b", "c", "d", response=None, duration_ms=None), sent("b", "c")]
    with Store.write(tmp_path) as store:
        store.writer.add([(captures[0], decode(captures[0]))])
        store.writer.answer(1, sent("a", "b", "c", "d", response=Response(400, (), refused)))
        store.writer.add([(captures[1], decode(captures[1]))])
        half = sent("d")
        store.writer.add([(half, decode(half))])
        assert attempts(store) == [(1, None, 0), (2, 1, 2), (2, 1, 1)]


def test_the_same_id_elsewhere_is_another_event(tmp_path: Path) -> None:
    captures = [
        sent("1"),
        sent("1", key="f" * 32),
        upload(event(insert_id="1", device_id="other")),
        upload(event(), event()),
        upload(event(), event()),
    ]
    with Store.read(filled(tmp_path, captures)) as store:
        assert {found[0] for found in attempts(store)} == {1}


def test_pulses_of_a_heartbeat_are_one_event(tmp_path: Path) -> None:
    def pulse(*others: str, **delay: Any) -> Capture:
        beat = event("Video", insert_id="beat", delay={"id": "d", **delay})
        return upload(beat, *(event(insert_id=other) for other in others))

    captures = [pulse("x", timeout=9), pulse(timeout=9), pulse("y", timeout=9), pulse()]
    with Store.read(filled(tmp_path, captures)) as store:
        assert repeats(store) == [None, None, 1, 1, None, 1]
        assert attempts(store) == [(1, None, 0), (1, None, 1), (1, None, 1), (1, None, 1)]


def test_pruned_and_cleared_uploads_are_forgotten(tmp_path: Path) -> None:
    with Store.write(tmp_path) as store:
        for capture in (sent("a", response=FAILED), sent("b")):
            store.writer.add([(capture, decode(capture))])
        store.writer.prune()
        again = [sent("a"), sent("b")]
        store.writer.add([(capture, decode(capture)) for capture in again])
        assert attempts(store) == [(1, None, 0), (1, None, 0), (2, 2, 1)]
        while store.writer.prune(store.writer.last.capture):
            pass
        assert store.connection.execute("SELECT count(*) FROM sent").fetchone() == (0,)


def test_a_workspace_of_before_is_updated(tmp_path: Path) -> None:
    """The first step made files that are out there: it must never change, and the next must do."""
    with Store.write(tmp_path) as store:
        later = [name for name in STEPS if name != "m001_captures"]
        for table in ("sent", "events", "uploads", "captures", "facts", "sources", "names"):
            store.connection.execute(f"DROP TABLE {table}")
        for statement in M001_CAPTURES:
            store.connection.execute(statement)
        for name in later:
            store.connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (name,))
        store.connection.execute(
            "INSERT INTO uploads VALUES (1,NULL,'HTTP V2',NULL,'http','none',1,1,NULL,'{}',1,0,'')"
        )
        update(store.connection)
        (row,) = store.connection.execute("SELECT attempt, retry_of FROM uploads").fetchall()
    assert tuple(row) == (1, None)
