"""
The workspace: what is written is read back, ids grow, the oldest go, what is damaged is said.
"""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from app.decode import decode
from app.errors import BadInput, StoreUnavailable
from app.filter import Filter, parse
from app.filter.sql import where
from app.model import Capture, Decoded, Kind, Outcome, Response, Via
from app.store import Store
from app.store.http import pack, unpack
from app.store.schema import FILE, STEPS
from tests.factories import KEY, event, filled, recorded, upload


def types(store: Store, text: str = "", **fields: object) -> list[str]:
    """Types of the matching events, newest first."""
    chosen = Filter(parse(text), **fields)  # type: ignore[arg-type]
    return [row.type for row in store.events.rows(store.events.newest(chosen, 100))]


def test_written_is_read_back(tmp_path: Path) -> None:
    capture = recorded("browser-identify-group-revenue.04")
    with Store.read(filled(tmp_path, [capture])) as store:
        upload_found = decode(capture).upload
        assert upload_found
        assert store.events.count() == len(upload_found.events)
        for number, sent in enumerate(upload_found.events, 1):
            detail = store.events.detail(number)
            assert detail
            assert detail.event == sent
            assert detail.capture == capture
            assert detail.row.type == sent.type
            assert detail.row.outcome is Outcome.ACCEPTED


def test_messages_survive_packing() -> None:
    for headers in ((), (("A", "1"), ("a", ""), ("Länge", "ü\udcff"))):
        for body in (b"", b"\r\n\r\n", b"\x00\xff" * 100):
            assert unpack(pack(headers, body)) == (headers, body)
    assert unpack(pack((("X", "a\r\nInjected: yes"),), b"b"))[0] == (("X", "a  Injected: yes"),)


def test_rows_keep_the_asked_order_and_leave_out_what_is_gone(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event("A"), event("B"), event("C"))])
    with Store.read(tmp_path) as store:
        assert [row.type for row in store.events.rows([3, 99, 1])] == ["C", "A"]
        assert store.events.rows([]) == []
        assert store.events.detail(99) is None


def test_filters(tmp_path: Path) -> None:
    other = "f" * 32
    filled(
        tmp_path,
        [
            upload(event("Page Viewed"), event("Add to Cart", user_id="Ada")),
            upload(
                event("$identify", device_id="dev-2", user_properties={"$set": {"plan": "pro"}})
            ),
            upload(
                event('50% "off" \\o/', event_properties={"note": 'a "quoted\\ text'}), key=other
            ),
            upload(event("Grüße", session_id=77, event_properties={"städte": ["Köln"]})),
        ],
    )
    with Store.read(tmp_path) as store:
        assert types(store, "type:cart") == ["Add to Cart"]
        assert types(store, 'type:"page viewed"') == ["Page Viewed"]
        assert types(store, "-type:$identify -type:grüße -type:50%") == [
            "Add to Cart",
            "Page Viewed",
        ]
        assert types(store, "user:ada") == ["Add to Cart"]
        assert types(store, "device:dev-2") == ["$identify"]
        assert types(store, "session:77") == ["Grüße"]
        assert types(store, "source:fff") == ['50% "off" \\o/']
        assert types(store, "pro") == ["$identify"]
        assert types(store, "Köln") == ["Grüße"]
        assert types(store, r'"a \"quoted\\ text"') == ['50% "off" \\o/']
        assert types(store, "köln") == ["Grüße"]
        assert types(store, "type:GRÜSSE") == ["Grüße"]
        assert types(store, "50%") == ['50% "off" \\o/']
        assert types(store, "-pro -Köln type:$identify") == []
        assert types(store, "", hidden_types=("Grüße", "$identify")) == [
            '50% "off" \\o/',
            "Add to Cart",
            "Page Viewed",
        ]
        assert types(store, "", hidden_types=("Grüße",)) == [
            '50% "off" \\o/',
            "$identify",
            "Add to Cart",
            "Page Viewed",
        ]
        everything = ("Grüße", "$identify", '50% "off" \\o/', "Add to Cart", "Page Viewed", "gone")
        assert types(store, "", hidden_types=everything) == []
        assert types(store, "", source_id=2) == ['50% "off" \\o/']
        assert list(store.events.after(Filter(parse("type:e")), 1)) == [3, 5]
        assert list(store.events.newest(Filter(), 2, before=4)) == [3, 2]


def answered(status: int) -> Response:
    return Response(status, (), b'{"code":%d}' % status)


def test_filters_by_what_became_of_an_upload(tmp_path: Path) -> None:
    web, node = event("Web", library="amplitude-ts/2.1"), event("Node", library="amplitude-node/1")
    filled(
        tmp_path,
        [
            upload(web, {**web, "event_type": "Web too"}),
            upload(node, response=answered(429), via=Via.ENDPOINT),
            Capture(1, "GET", "https://api2.amplitude.com/other", via=Via.IMPORT),
            upload(event("Bare"), response=None, via=Via.IMPORT, key="f" * 32),
            upload(node, response=answered(200), via=Via.ENDPOINT),
        ],
    )
    with Store.read(tmp_path) as store:
        assert types(store, "outcome:throttled") == ["Node"]
        assert types(store, "outcome:ACC") == ["Node", "Web too", "Web"]
        assert types(store, "-outcome:a") == ["Bare", "Node"]
        assert types(store, "outcome:unanswered") == ["Bare"]
        assert types(store, "outcome:rejected") == []
        assert types(store, "via:endpoint") == ["Node", "Node"]
        assert types(store, "-via:e") == ["Bare", "Web too", "Web"]
        assert types(store, "via:imp") == ["Bare"]
        assert types(store, "via:demo") == []
        assert types(store, "sdk:TS/2") == ["Web too", "Web"]
        assert types(store, "-sdk:amplitude") == ["Bare"]
        assert types(store, "sdk:nothing") == []
        assert types(store, "sdk:node outcome:thr via:endpoint") == ["Node"]
        assert types(store, "project:FFF") == ["Bare"]
        assert types(store, "-project:fff -outcome:throttled") == ["Node", "Web too", "Web"]
        assert types(store, "project:none") == []


def test_filters_by_upload_when_there_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.store.events.MOST_UPLOADS", 50)
    new, old = (event(name, library=f"sdk/{name}") for name in ("New", "Old"))
    many = 55
    filled(tmp_path, [upload(old)] * many + [upload(new), upload(old)] * many)
    with Store.read(tmp_path) as store:
        assert list(store.events.newest(Filter(parse("sdk:new")), 2)) == [
            3 * many - 1,
            3 * many - 3,
        ]
        assert list(store.events.newest(Filter(parse("sdk:new")), 2, before=many + 2)) == [many + 1]
        assert len(store.events.newest(Filter(parse("sdk:old via:proxy")), 9999)) == 2 * many
        assert len(store.events.newest(Filter(parse("-sdk:new")), 9999)) == 2 * many
        assert list(store.events.after(Filter(parse("sdk:n")), 3 * many - 3)) == [3 * many - 1]


def test_rare_outcomes_are_found_by_an_index(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event("A"))])
    with Store.read(tmp_path) as store:
        found = where(Filter(parse("outcome:silenced")), store.events)
        plan = store.connection.execute(
            f"EXPLAIN QUERY PLAN SELECT id FROM events WHERE {found.sql} ORDER BY id DESC"
        ).fetchall()
        assert ["events_outcome" in row[3] for row in plan] == [True]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("is:local", "captures_local"),
        ("status != 200", "captures_status"),
        ("status >= 400", "captures_status"),
        ("status:429", "captures_status"),
        ("is:failed", "captures_failure"),
    ],
)
def test_rare_answers_are_found_by_an_index(tmp_path: Path, text: str, index: str) -> None:
    filled(tmp_path, [upload(event("A"))])
    asked: list[str] = []
    with Store.read(tmp_path) as store:
        store.connection.set_trace_callback(asked.append)
        assert not store.events.newest(Filter(parse(text)), 1)
        store.connection.set_trace_callback(None)
        captures = [one for one in asked if "FROM captures" in one]
        assert captures
        plans = [
            store.connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchall() for one in captures
        ]
        assert all(index in plan[0][3] for plan in plans)


def test_the_oldest_event_that_waits_for_its_answer(tmp_path: Path) -> None:
    filled(
        tmp_path,
        [
            upload(event(), response=None, at_ms=100),
            upload(event(), event()),
            upload(event(), response=None, at_ms=200),
            upload(event(), response=None, at_ms=200, failure="refused"),
        ],
    )
    with Store.read(tmp_path) as store:
        assert [store.events.first_waiting(since) for since in (50, 150, 250)] == [1, 4, None]


def test_session_must_be_a_number() -> None:
    with pytest.raises(BadInput, match="number"):
        parse("session:abc")


def test_types_and_sources(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event("A"), event("B"), event("A"))])
    with Store.read(tmp_path) as store:
        assert store.events.types() == [("A", 2), ("B", 1)]
        (source,) = store.events.sources()
        assert source.api_key == KEY


def test_forwarded_upload_is_completed_by_its_answer(tmp_path: Path) -> None:
    waiting = upload(event("A"), event("B"), response=None, duration_ms=None)
    answered = upload(event("A"), event("B"), response=Response(429, (), b"{}"))
    with Store.write(tmp_path) as writing, Store.read(tmp_path) as store:
        (number,) = writing.writer.add([(waiting, decode(waiting))])
        assert {row.outcome for row in store.events.rows([1, 2])} == {Outcome.UNANSWERED}
        detail = store.events.detail(1)
        assert detail
        assert detail.capture.response is None
        writing.writer.answer(number, answered)
        assert {row.outcome for row in store.events.rows([1, 2])} == {Outcome.THROTTLED}
        detail = store.events.detail(1)
        assert detail
        assert detail.capture.response == Response(429, (), b"{}")


def test_a_batch_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    good = upload(event("A", user_id="only-here"))
    bad = Capture(1, "POST", "http://x", failure="\ud800", via=object())  # type: ignore[arg-type]
    broken = Decoded(Kind.UNKNOWN, note=7)  # type: ignore[arg-type]
    with Store.write(tmp_path) as store:
        with pytest.raises(AttributeError):
            store.writer.add([(good, decode(good)), (bad, broken)])
        assert store.events.count() == 0
        assert store.writer.add([(good, decode(good))]) == [1]
        assert store.events.rows([1])[0].user_id == "only-here"


def test_ids_go_on_after_everything_is_removed_and_after_a_restart(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event("A"), event("B")), upload(event("Later"))])
    with Store.write(tmp_path) as store:
        first = store.writer.prune(up_to=1)
        assert first
        assert (first.capture, first.event) == (2, 3)
        assert store.writer.prune(up_to=1) is None
        assert store.events.count() == 1
        store.writer.prune(up_to=2)
        assert store.events.count() == 0
        (names,) = store.connection.execute("SELECT count(*) FROM names").fetchone()
        assert names == 0
    with Store.write(tmp_path) as store:
        another = upload(event("C"))
        assert store.writer.add([(another, decode(another))]) == [3]
        assert store.events.last_id() == 4


def test_a_bite_is_small_in_events_too(tmp_path: Path) -> None:
    many = upload(*[event() for _ in range(4000)])
    with Store.write(tmp_path) as store:
        store.writer.add([(many, decode(many))] * 10)
        first = store.writer.prune(up_to=10)
        assert first
        assert (first.capture, first.event) == (4, 12_001)


def test_pruning_removes_the_oldest_and_their_names(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event(f"T{n}", user_id=f"u{n}")) for n in range(100)])
    with Store.write(tmp_path) as store:
        before = store.writer.used_bytes()
        removed = store.writer.prune()
        assert removed
        assert removed.capture == removed.event == 6
        assert store.events.count() == 95
        assert store.events.rows([6])[0].type == "T5"
        kept = {text for (text,) in store.connection.execute("SELECT text FROM names")}
        assert {"T5", "u5", "device-1"} <= kept
        assert not {"T4", "u4"} & kept
        while store.writer.prune():
            pass
        assert store.events.count() == 0
        assert store.writer.used_bytes() < before
        fresh = upload(event("T0", user_id="u0"))
        store.writer.add([(fresh, decode(fresh))])
        assert store.events.rows([101])[0].user_id == "u0"


def test_readers_cannot_write(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event())])
    with Store.read(tmp_path) as store:
        with pytest.raises(sqlite3.OperationalError):
            store.connection.execute("DELETE FROM events")
        with pytest.raises(RuntimeError):
            _ = store.writer


def test_readers_see_commits(tmp_path: Path) -> None:
    with Store.write(tmp_path) as writing, Store.read(tmp_path) as reading:
        version = reading.data_version()
        assert reading.data_version() == version
        one = upload(event())
        writing.writer.add([(one, decode(one))])
        assert reading.data_version() != version
        assert reading.events.last_id() == 1


def test_one_writer(tmp_path: Path) -> None:
    with Store.write(tmp_path), pytest.raises(StoreUnavailable, match="in use"):
        Store.write(tmp_path)
    Store.write(tmp_path).close()


def test_files_are_private(tmp_path: Path) -> None:
    filled(tmp_path / "new", [upload(event())])
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "workspace.sqlite").stat().st_mode & 0o777 == 0o600


def test_uploads_as_printed(tmp_path: Path) -> None:
    broken = Capture(5, "POST", "https://api2.amplitude.com/2/httpapi", body=b"{")
    with Store.read(filled(tmp_path, [recorded("browser-batch.04"), broken])) as store:
        first, second = store.uploads.export()
        assert first["endpoint"] == "Batch"
        assert first["outcomes"] == {"accepted": first["events"]}
        assert second["problem"]
        assert second["status"] is None
        assert store.uploads.problems() == 1


def test_a_file_of_an_older_version_is_brought_up_to_date_by_whoever_reads(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    older = Migrations("eventscope")

    @older(name="m001_captures")
    def first(db: Database) -> None:
        for statement in STEPS["m001_captures"]:
            db.execute(statement)

    older.apply(Database(connection))
    connection.close()
    with Store.read(tmp_path) as store:
        assert list(store.uploads.export()) == []
        assert list(store.events.export(Filter())) == []


def test_options_of_any_depth_are_printed(tmp_path: Path) -> None:
    deep = "[" * 1100 + "]" * 1100
    body = f'{{"api_key":"k","options":{{"a":{deep}}},"events":[]}}'.encode()
    capture = Capture(1, "POST", "https://api2.amplitude.com/2/httpapi", body=body)
    with Store.read(filled(tmp_path, [capture])) as store:
        (found,) = store.uploads.export()
        assert found["api_key"] == "k"


def test_reading_while_the_oldest_go(tmp_path: Path) -> None:
    filled(tmp_path, [upload(event(f"E{n}"), response=None) for n in range(300)])
    with Store.write(tmp_path) as writing, Store.read(tmp_path) as reading:
        found = []
        for entry in reading.events.export(Filter()):
            found.append(entry["id"])
            writing.writer.prune()
        assert found == sorted(found)
        assert found


def test_export_is_in_order_and_whole(tmp_path: Path) -> None:
    filled(tmp_path, [upload(*[event(f"E{n}") for n in range(7)]) for _ in range(3)])
    with Store.read(tmp_path) as store:
        found = list(store.events.export(Filter(parse("-type:E3"))))
        assert [entry["id"] for entry in found] == [n for n in range(1, 22) if (n - 1) % 7 != 3]
        assert found[0]["event"]["event_type"] == "E0"
